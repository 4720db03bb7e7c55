//! Bad input in forms: every field of every form takes or refuses whatever a client can send in it, and says so at a field that
//! the form has.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use watchroom::{
    incident::{Incident, MessageRef},
    paging::reach::{Contacts, Way},
    playbook::Severity,
    render::{
        View,
        forms::{
            Declaring, cancel_maintenance_form, criteria_form, declare_form, maintenance_form, needs_form,
            override_form, pick_form, ways_form,
        },
    },
    status::{
        Impact, Window,
        maintenance::{Ask, Plan},
    },
};

use super::bad_input::{expect_nobody_woken, nasty, raw, wakes};
use crate::{
    harness::{Bot, edited, minutes, policy, status_page},
    snapshots::{forms::each, intake::with_services},
    story::oncall::weekly,
};

/// A name that `render/ids.rs` gives: in which module, by which constant, what it says there, and the name itself.
struct Name {
    module: String,
    constant: &'static str,
    doc: &'static str,
    text: &'static str,
}

fn names() -> Vec<Name> {
    let (mut open, mut names, mut doc) = (Vec::new(), Vec::new(), "");
    for line in include_str!("../../../src/render/ids.rs").lines().map(str::trim) {
        let constant = line.strip_prefix("pub const ").and_then(|rest| rest.split_once(": &str = \""));
        if let Some((constant, text)) = constant {
            let text = text.trim_end_matches("\";");
            names.push(Name { module: open.join("::"), constant, doc, text });
        } else if line.starts_with('}') {
            open.pop();
        } else if let Some(opened) = line.strip_suffix('{') {
            open.push(opened.trim().strip_prefix("pub mod ").unwrap_or_default());
        }
        doc = line.strip_prefix("/// ").unwrap_or_default();
    }
    names
}

/// What forms are called.
fn callbacks() -> BTreeSet<&'static str> {
    let is_form = |n: &Name| {
        n.module == "form" || n.module.starts_with("form::") || n.module == "comms" && n.constant.ends_with("_FORM")
    };
    names().into_iter().filter(is_form).map(|n| n.text).collect()
}

/// What fields are called; one that ends in a dot is the beginning of several.
fn fields() -> BTreeSet<&'static str> {
    let is_field = |n: &Name| n.module == "field" || n.module == "comms" && n.doc.starts_with("Field: ");
    names().into_iter().filter(is_field).map(|n| n.text).collect()
}

/// A bot whose forms have everything that forms can have, and two incidents that have something of everything.
async fn at_work() -> Bot {
    let bot = Bot::configured(|config| {
        config.playbook = edited(|playbook| playbook.services = with_services("service").services[..2].to_vec());
        config.settings.schedules = vec![weekly("primary", &["U0BOB", "U0DAVE"])];
        config.settings.policies = vec![policy("night", &[("U0DAVE", 5)])];
        config.settings.ways = Way::ALL.to_vec();
        config.settings.show_status_page(status_page());
    })
    .await;
    let open = bot.declare("alice", "sev1 checkout is down").await;
    let secret = bot.declare_secret("alice", "sev2 security: keys leaked").await;
    for room in [open, secret] {
        for typed in [
            "role customer_comms @bob",
            "note it began at noon",
            "fix the old cache",
            "task look at the queue",
            "consult operations may we restart it?",
            "page @bob",
            "customers add Quagga Ltd security: sec@quagga.example",
            "customers add Tapir Inc technical: ops@tapir.example",
            "customers plan Quagga first | bob | Your orders were lost",
            "customers confirm 1 its orders were lost",
            "evidence the log of the cache",
            "observe suspected the supplier changed it",
            // Of one kind alone, which has a text for when a supplier is down.
            "phase identified",
        ] {
            bot.slash_in("alice", &room, &format!("/incident {typed}")).await;
        }
    }
    let begins = now(&bot) + minutes(60);
    let window = Window { from: begins, to: begins + minutes(60) };
    let (name, body) = ("New database".to_owned(), "Short interruptions.".to_owned());
    let plan = Ask::Plan(Plan { name, body, window, impact: Impact::new(), notify: true });
    bot.app().engine.change_maintenance(None, &"U0ALICE".into(), None, &plan).await.expect("planned");
    bot
}

/// Every form as it is shown at present, each with the fields that it has in one place or another.
async fn forms(bot: &Bot) -> Vec<Value> {
    let engine = &bot.app().engine;
    let w = View { playbook: engine.playbook(), settings: engine.settings(), now: now(bot) };
    let mut all: Vec<Value> = Vec::new();
    let mut save = |_: &str, view: &Value| {
        let ids = |view: &Value| inputs(view).iter().map(|b| b["block_id"].clone()).collect::<Vec<_>>();
        if !all.iter().any(|known| known["callback_id"] == view["callback_id"] && ids(known) == ids(view)) {
            all.push(view.clone());
        }
    };
    let mut open: Vec<std::sync::Arc<Incident>> = Vec::new();
    for id in ["INC-1", "SEC-1"] {
        let it = engine.incident(id.parse().expect("an id")).await.expect("a record").expect("declared");
        each(w, &it, "words of theirs", &mut save);
        save("criteria", &criteria_form(w, &it));
        for phase in &w.playbook.kind(&it.kind).phases {
            save("needs", &needs_form(w, &it, phase.id.as_str()));
        }
        open.push(it);
    }
    let channel = Some("C0GENERAL".into());
    let small = Declaring { channel, severity: Some(Severity(4)), unsure: true, ..Declaring::default() };
    save("declare", &declare_form(w, &small));
    let message = MessageRef { channel: "C0GENERAL".into(), ts: "1795316500.000100".into() };
    save("pick", &pick_form(&[open[0].as_ref()], &message, Some(&"U0BOB".into()), "the index is gone"));
    save("override", &override_form(w, None).expect("a schedule"));
    save("ways", &ways_form(&Contacts::default(), &w.settings.ways).expect("ways"));
    save("maintenance", &maintenance_form(w, "New database", None));
    let standing = engine.status_page().await.expect("read");
    let planned = standing.posts.iter().find(|post| post.window().is_some()).expect("planned");
    save("cancelled", &cancel_maintenance_form(planned));
    // What ends the incident comes last.
    let ends = ["resolve", "course.fix", "course.close", "cancel", "reopen"];
    all.sort_by_key(|view| ends.iter().position(|end| view["callback_id"] == *end).map_or(0, |at| at + 1));
    all
}

fn now(bot: &Bot) -> jiff::Timestamp {
    jiff::Timestamp::from_second(bot.clock_second()).expect("a time")
}

/// The fields of a form.
fn inputs(view: &Value) -> Vec<&Value> {
    view["blocks"].as_array().into_iter().flatten().filter(|block| block["type"] == "input").collect()
}

/// No form and no field is left out below: whoever gives one a name has it tried.
#[tokio::test]
async fn every_form_and_every_field_that_has_a_name_is_tried() {
    let bot = at_work().await;
    let forms = forms(&bot).await;
    let tried: BTreeSet<&str> = forms.iter().filter_map(|view| view["callback_id"].as_str()).collect();
    assert_eq!(tried, callbacks());
    assert!(tried.len() > 40, "the names moved; mend this test: {tried:?}");
    let ids: BTreeSet<&str> = forms.iter().flat_map(inputs).filter_map(|block| block["block_id"].as_str()).collect();
    let is_tried =
        |name: &&str| ids.iter().any(|id| if name.ends_with('.') { id.starts_with(name) } else { id == name });
    let left: Vec<&str> = fields().into_iter().filter(|name| !is_tried(name)).collect();
    assert!(left.is_empty(), "no form has these fields: {left:?}");
    assert!(fields().len() > 45, "the names moved; mend this test");
}

/// Moments that no picker offers.
fn odd_moments() -> [Value; 8] {
    let year_10_000 = 253_402_300_800_i64;
    [
        json!(i64::MIN),
        json!(-1),
        json!(0),
        json!(year_10_000),
        json!(i64::MAX),
        json!("tomorrow"),
        json!(1.5),
        json!(null),
    ]
}

/// A field with this in it, as a client sends it.
fn filled(element: &Value, with: &Value) -> Value {
    let kind = element["type"].as_str().expect("a kind");
    match kind {
        "plain_text_input" => json!({ "type": kind, "value": with }),
        "static_select" => json!({ "type": kind, "selected_option": { "value": with } }),
        "checkboxes" | "multi_static_select" => json!({ "type": kind, "selected_options": [{ "value": with }] }),
        "users_select" => json!({ "type": kind, "selected_user": with }),
        "multi_users_select" => json!({ "type": kind, "selected_users": [with] }),
        "datetimepicker" => json!({ "type": kind, "selected_date_time": with }),
        other => panic!("nobody has thought of bad input for {other}"),
    }
}

/// What stands in a field that was filled in as it was meant.
fn meant(callback: &str, block: &Value, second: i64) -> Value {
    let element = &block["element"];
    let first = || {
        let chosen = [&element["initial_option"]["value"], &element["initial_options"][0]["value"]];
        chosen.into_iter().find(|v| v.is_string()).unwrap_or(&element["options"][0]["value"]).clone()
    };
    let is_past = ["case.evidence", "case.notice"].contains(&callback);
    match (element["type"].as_str().expect("a kind"), block["block_id"].as_str().expect("a name")) {
        ("static_select" | "checkboxes" | "multi_static_select", _) => first(),
        ("users_select" | "multi_users_select", _) => json!("U0BOB"),
        ("datetimepicker", "until") => json!(second + 7200),
        ("datetimepicker", _) => json!(second + if is_past { -60 } else { 3600 }),
        (_, "url") => json!("https://graphs.example/carts"),
        (_, "sha256") => json!("0f".repeat(32)),
        (_, name) if name.starts_with("after.") => json!("5"),
        (_, "way.mail") => json!("alice@example.com"),
        (_, "way.sms" | "way.call") => json!("+491701234567"),
        _ => json!("words of theirs"),
    }
}

/// Sends a form with these values, whatever its fields allow.
async fn send(bot: &Bot, view: &Value, n: usize, values: &Value) -> String {
    let mut view = view.clone();
    view["id"] = format!("V{n}").into();
    view["hash"] = "1.a".into();
    view["state"] = json!({ "values": values });
    let payload = json!({ "type": "view_submission", "user": { "id": "U0ALICE" }, "view": view }).to_string();
    let body = url::form_urlencoded::Serializer::new(String::new()).append_pair("payload", &payload).finish();
    raw(bot, "/slack/interactions", &body).await
}

/// An answer that Slack takes, and that people can read.
#[track_caller]
fn expect_sound(name: &str, view: &Value, answer: &str) {
    assert!(answer.len() < 60_000, "{name}: {} bytes", answer.len());
    if answer.is_empty() {
        return;
    }
    let answer: Value = serde_json::from_str(answer).unwrap_or_else(|e| panic!("{name}: {e} in {answer}"));
    // What stands below a field is plain text, which wakes nobody.
    assert!(answer["response_action"] == "errors" || !wakes(&answer), "{name}: {answer}");
    match answer["response_action"].as_str() {
        Some("errors") => {
            let errors = answer["errors"].as_object().expect("errors by field");
            assert!(!errors.is_empty(), "{name}: {answer}");
            for (field, sentence) in errors {
                assert!(inputs(view).iter().any(|b| b["block_id"] == *field), "{name}: it has no field `{field}`");
                let sentence = sentence.as_str().expect("a sentence");
                assert!(!sentence.trim().is_empty() && !sentence.contains('`'), "{name}: below `{field}`: {sentence}");
                assert!(sentence.chars().count() <= 301, "{name}: below `{field}`: {sentence}");
            }
        }
        Some("update") => assert!(answer["view"]["blocks"].is_array(), "{name}: {answer}"),
        Some("clear") => {}
        _ => panic!("{name}: {answer}"),
    }
}

/// What must have happened for a form to get as far as its words.
async fn prepare(bot: &Bot, callback: &str) {
    let typed = match callback {
        "resolve" | "course.fix" | "cancel" => "reopen it goes on",
        "course.close" => "resolve the old cache",
        "reopen" => "cancel it was none",
        _ => return,
    };
    bot.slash("alice", &format!("/incident INC-1 {typed}")).await;
}

/// Each field in turn has what it should not have, the others what they were meant for; then all at once; then none as it should be.
async fn try_form(bot: &Bot, view: &Value, n: &mut usize) {
    let (callback, inputs) = (view["callback_id"].as_str().expect("a name"), inputs(view));
    for (bad, moment) in nasty().iter().zip(odd_moments()) {
        for at in 0..=inputs.len() {
            let value = |(i, block): (usize, &&Value)| {
                let (id, element) = (block["block_id"].as_str().expect("a name"), &block["element"]);
                let with = match element["type"].as_str() {
                    _ if at != i && at != inputs.len() => meant(callback, block, bot.clock_second()),
                    Some("datetimepicker") => moment.clone(),
                    _ => json!(bad),
                };
                (id.to_owned(), json!({ element["action_id"].as_str().expect("a name"): filled(element, &with) }))
            };
            let values: Map<String, Value> = inputs.iter().enumerate().map(value).collect();
            prepare(bot, callback).await;
            *n += 1;
            let short: String = bad.chars().take(20).collect();
            let at_field = inputs.get(at).map_or("every field", |block| block["block_id"].as_str().expect("a name"));
            expect_sound(&format!("{callback}, {at_field}: {short}"), view, &send(bot, view, *n, &values.into()).await);
        }
    }
    let first = inputs.first().and_then(|block| block["block_id"].as_str()).unwrap_or("why");
    for values in [json!({}), json!(null), json!({ first: null }), json!({ first: { first: { "value": 7 } } })] {
        *n += 1;
        expect_sound(&format!("{callback}: {values}"), view, &send(bot, view, *n, &values).await);
    }
}

async fn try_forms(mine: impl Fn(&str) -> bool) {
    let bot = at_work().await;
    let mut n = 0;
    for view in forms(&bot).await.iter().filter(|view| view["callback_id"].as_str().is_some_and(&mine)) {
        try_form(&bot, view, &mut n).await;
    }
    bot.settle().await;
    bot.advance(minutes(1)).await;
    expect_nobody_woken(&bot);
    let stuck = bot.app().engine.store().lanes().await.expect("lanes");
    assert!(stuck.is_empty(), "what cannot be posted blocks everything behind it: {stuck:?}");
}

#[tokio::test]
async fn every_form_of_the_card_takes_or_refuses_whatever_stands_in_its_fields() {
    try_forms(|callback| !callback.contains('.')).await;
}

#[tokio::test]
async fn every_form_of_a_case_takes_or_refuses_whatever_stands_in_its_fields() {
    try_forms(|callback| callback.starts_with("case.")).await;
}

#[tokio::test]
async fn every_other_form_takes_or_refuses_whatever_stands_in_its_fields() {
    try_forms(|callback| callback.contains('.') && !callback.starts_with("case.")).await;
}
