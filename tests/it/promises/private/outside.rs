//! Whatever somebody outside types, presses or sends about a secret's number gets what a number without an incident gets: the
//! same words, by the same calls to Slack, and so after the same time.

use serde_json::{Value, json};
use watchroom::{command::GRAMMAR, incident::access::codename, render::ids::ButtonValue};

use super::looks::interaction;
use crate::harness::Bot;

const SECRET: &str = "SEC-1";
const NONE: &str = "SEC-9";

/// A secret of Erin's, and something open.
async fn prepared() -> Bot {
    let bot = Bot::start().await;
    bot.declare_secret("erin", "sev1 security: zebra keys leaked").await;
    bot.declare("alice", "sev3 search is slow").await;
    bot
}

async fn version(bot: &Bot) -> u64 {
    let it = bot.app().engine.incident(SECRET.parse().expect("an id")).await.expect("the record");
    it.expect("an incident").version
}

/// What the bot asked of Slack since it was looked at last, whichever form it was opened with.
fn calls(bot: &Bot) -> String {
    let args = |args: &Value| {
        let mut args = args.clone();
        args.as_object_mut().map(|args| args.remove("trigger_id"));
        args
    };
    let calls = bot.slack.take_calls();
    calls.iter().map(|call| format!("{} {}", call.method, args(&call.args))).collect::<Vec<_>>().join("\n")
}

async fn typed(bot: &Bot, who: &str, id: &str, text: &str) -> String {
    drop(bot.slack.take_calls());
    let answer = bot.slash(who, &format!("/incident {id} {text}")).await;
    drop(bot.slack.act_as(who).close().await);
    // A report has a number of its own, whatever stands before it.
    let said = format!("{}\n{}", answer.body, calls(bot)).replace(id, "SEC-n");
    (1..10).fold(said, |said, n| said.replace(&format!("R-{n}"), "R-n"))
}

/// [G9] Every verb of the grammar, with and without arguments.
#[tokio::test]
async fn every_verb_is_answered_outside_as_if_there_were_none() {
    let bot = prepared().await;
    let before = version(&bot).await;
    // Declaring means another incident, and `away` one's own calendar, whatever stands before them.
    let verbs = || GRAMMAR.iter().filter(|verb| !["declare", "away"].contains(&verb.name));
    for text in verbs().flat_map(|verb| verb.names().chain(verb.examples.iter().copied())) {
        let text = text.replace("<@U1|alice>", "@dave").replace("<@U2|bob>", "@bob");
        let real = typed(&bot, "alice", SECRET, &text).await;
        assert_eq!(real, typed(&bot, "alice", NONE, &text).await, "`{text}`");
        assert!(!real.contains("zebra") && !real.contains(&codename(SECRET.parse().expect("an id"))), "{real}");
    }
    assert_eq!(version(&bot).await, before, "nothing was done to it");
    // Inside, it makes a difference.
    let mut told_apart = 0;
    for verb in verbs().filter(|verb| verb.is_now()) {
        told_apart +=
            usize::from(typed(&bot, "erin", SECRET, verb.name).await != typed(&bot, "erin", NONE, verb.name).await);
    }
    assert!(told_apart > 25, "only {told_apart} verbs look at the incident");
}

/// Every name that buttons, menus, forms and their fields have, as the bot has it.
fn names() -> Vec<&'static str> {
    let lines = include_str!("../../../../src/render/ids.rs").lines();
    let names = lines.filter_map(|line| line.split_once(": &str = \"")?.1.split_once('"').map(|(name, _)| name));
    let names: Vec<&str> = names.collect();
    assert!(names.len() > 80, "the names moved; mend this test: {names:?}");
    names
}

/// Something plausible in every field.
fn values(id: &str, now: i64) -> Value {
    let field = |name: &str| {
        let chosen = match name {
            "incident" => id,
            "phase" => "triage",
            "role" => "scribe",
            "comms.then" => "send",
            _ => "1",
        };
        let option = json!({ "value": chosen });
        let all = json!([option]);
        json!({ "x": {
            "value": "some words", "selected_option": option, "selected_options": all, "selected_user": "U0BOB",
            "selected_users": ["U0BOB"], "selected_date_time": now + 3600,
        } })
    };
    let fields = names().into_iter().chain(["place.impact"]).map(|name| (name.to_owned(), field(name)));
    Value::Object(fields.collect())
}

/// Everything that can be sent about an incident under this name: the form itself, what a menu asks for, presses in a form and in a
/// channel.
fn payloads(bot: &Bot, who: &str, (id, values): (&str, &Value), name: &str) -> Vec<Value> {
    let user = json!({ "id": bot.slack.user_id(who) });
    let memory = json!({
        "incident": id, "to": "external", "draft": [1, 1], "send": [1, "status_page"], "number": 1, "seen": "x",
        "about": ["scribe", "1", "U0BOB"], "source": { "channel": "C0GENERAL", "ts": "1700000000.000100" },
    });
    let memory = memory.to_string();
    let form = json!({
        "id": format!("V{who}{id}{name}"), "hash": "1", "callback_id": name, "private_metadata": memory,
        "state": { "values": values },
    });
    let pressed = |extra: &str| {
        let value = ButtonValue::of(id.parse().expect("an id")).number(1).version(1).extra(extra).to_string();
        json!([{ "action_id": name, "value": value }])
    };
    let view = json!({ "id": "V1", "hash": "1", "callback_id": "", "private_metadata": memory });
    let mut all = vec![
        json!({ "type": "view_submission", "user": user, "view": form }),
        json!({ "type": "block_suggestion", "user": user, "action_id": name, "block_id": name, "value": "" }),
        json!({ "type": "block_actions", "user": user, "view": view, "trigger_id": "t", "actions": pressed("external") }),
    ];
    let channel = json!({ "id": "C0GENERAL" });
    all.extend(["external", "scribe 1 U0BOB", &format!("{id} show")].map(|extra| {
        json!({ "type": "block_actions", "user": user, "channel": channel, "trigger_id": "t", "actions": pressed(extra) })
    }));
    all
}

async fn sent(bot: &Bot, who: &str, about: (&str, &Value), name: &str) -> Vec<String> {
    let mut answers = Vec::new();
    drop(bot.slack.take_calls());
    for payload in payloads(bot, who, about, name) {
        let answer = interaction(bot, &payload).await;
        answers.push(format!("{answer}\n{}", calls(bot)).replace(about.0, "SEC-n"));
    }
    answers
}

/// [G9] Every button, menu and form, forged as well as can be.
#[tokio::test]
async fn every_button_and_form_is_answered_outside_as_if_there_were_none() {
    let bot = prepared().await;
    let before = version(&bot).await;
    let now = bot.clock_second();
    let (secret, none) = ((SECRET, &values(SECRET, now)), (NONE, &values(NONE, now)));
    // Declaring means another incident, whatever is sent along.
    let names = || names().into_iter().filter(|name| !name.starts_with("declare"));
    for name in names() {
        let real = sent(&bot, "alice", secret, name).await;
        assert_eq!(real, sent(&bot, "alice", none, name).await, "`{name}`");
        let told = real.concat();
        assert!(!told.contains("zebra") && !told.contains(&codename(SECRET.parse().expect("an id"))), "{told}");
    }
    bot.settle().await;
    assert_eq!(version(&bot).await, before, "nothing was done to it");
    // Inside, it makes a difference.
    let mut told_apart = Vec::new();
    for name in names() {
        if sent(&bot, "erin", secret, name).await != sent(&bot, "erin", none, name).await {
            told_apart.push(name);
        }
        if told_apart.len() > 40 {
            break;
        }
    }
    assert!(told_apart.len() > 40, "only these look at the incident: {told_apart:?}");
}
