//! Bad input: whatever people type, they get a plain sentence, and nobody is woken by it.

use serde_json::{Value, json};
use watchroom::{
    command::GRAMMAR,
    incident::What,
    sandbox::{Outcome, signature},
};

use crate::harness::{Bot, minutes, shown};

/// What people should not type, and do.
pub fn nasty() -> Vec<String> {
    vec![
        String::new(),
        "x".repeat(10_000),
        "😀".repeat(3_000),
        "🏳️‍🌈 ما الخطأ \u{202e}gnp.exe\u{202c} \u{2066}x\u{2069} שלום".into(),
        "<!channel> <!here|here> <!everyone> @channel @here".into(),
        "*bold* _it_ `code` ```block``` ~no~ <https://evil.example|https://bank.example> &lt;!channel&gt; > quote"
            .into(),
        "nul\u{0}bell\u{7}esc\u{1b}[31m\ttab\nline\r\nline \u{feff}".into(),
        "-- -1 '\" ; DROP TABLE incidents; {} [] \\ % $(x) 99999999999999999999".into(),
    ]
}

/// Words that wake everyone, as Slack would read them.
const WAKES: [&str; 4] = ["<!channel", "<!here", "<!everyone", "<!group"];

/// Does anything in this wake everyone where Slack reads it as markup? In plain texts it is only words.
pub fn wakes(sent: &Value) -> bool {
    const NEVER_SHOWN: [&str; 4] = ["value", "initial_value", "private_metadata", "metadata"];
    match sent {
        Value::Object(map) if map.get("type").is_some_and(|t| t == "plain_text") => false,
        Value::Object(map) => map.iter().any(|(key, inner)| !NEVER_SHOWN.contains(&key.as_str()) && wakes(inner)),
        Value::Array(all) => all.iter().any(wakes),
        Value::String(text) => WAKES.iter().any(|word| text.contains(word)),
        _ => false,
    }
}

/// Nothing that was sent to Slack would wake anyone by a word that somebody typed, or hide or reorder what stands there.
#[track_caller]
pub fn expect_nobody_woken(bot: &Bot) {
    for call in bot.slack.calls() {
        let sent = call.args.to_string();
        assert!(!wakes(&call.args), "{}: {sent}", call.method);
        if call.method.starts_with("chat.") || call.method.starts_with("conversations.") {
            assert!(!sent.contains('\u{202e}') && !sent.contains("\\u0000"), "{}: {sent}", call.method);
        }
        if !call.ok() {
            let error = call.response["error"].as_str().unwrap_or_default();
            let ours = ["invalid_blocks", "msg_too_long", "msg_blocks_too_long", "invalid_arguments", "no_text"];
            assert!(!ours.contains(&error), "{} was refused: {} for {sent}", call.method, call.response);
        }
    }
}

#[tokio::test]
async fn every_command_answers_whatever_is_behind_it_and_wakes_nobody() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slack.act_as("alice").join(&room).expect("joined");
    let alice = bot.slack.act_as("alice");
    for bad in nasty() {
        for verb in GRAMMAR {
            for place in [room.as_str(), "general"] {
                let typed = format!("/incident {} {bad}", verb.name);
                let answer = alice.slash(place, &typed).await.expect("typed");
                let short: String = typed.chars().take(60).collect();
                assert!(answer.error.is_none(), "`{short}`: {:?} {:?}", answer.error, answer.complaints);
                assert!(!wakes(&answer.body), "`{short}`: {}", answer.body);
                let length = answer.text.chars().count();
                assert!(length < 4000, "`{short}`: an answer of {length} characters, which nobody reads");
                if answer.text.is_empty() {
                    assert!(bot.slack.view("alice").is_some(), "`{short}`: neither a word nor a form");
                }
                while alice.close().await.is_ok() {}
            }
        }
        bot.settle().await;
    }
    bot.advance(minutes(1)).await;
    expect_nobody_woken(&bot);
    let stuck = bot.app().engine.store().lanes().await.expect("lanes");
    assert!(stuck.is_empty(), "what cannot be posted blocks everything behind it: {stuck:?}");
}

/// Verbs of duties, roles and channels: what is behind them is kept as words, or refused with a sentence that says what to do.
#[tokio::test]
async fn odd_words_behind_tasks_and_roles_are_words_or_refused() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slack.act_as("bob").join(&room).expect("joined");
    for bad in nasty() {
        let short: String = bad.chars().take(30).collect();
        for typed in [
            format!("task {bad}"),
            format!("task {bad} @bob by 20m"),
            format!("task -- {bad}"),
            format!("checklist {bad}"),
            format!("tasks {bad}"),
            format!("channels {bad}"),
            format!("role operations because {bad}"),
            format!("role operations @alice because {bad}"),
            format!("role {bad} because nobody else"),
        ] {
            let answer = bot.slash_in("alice", &room, &format!("/incident {typed}")).await;
            let name: String = typed.chars().take(50).collect();
            assert!(!answer.text.is_empty() || bot.slack.view("alice").is_some(), "`{name}`: nothing at all");
            assert!(answer.text.chars().count() < 4000, "`{name}`: an answer nobody reads");
            assert!(!wakes(&answer.body), "`{name}`: {}", answer.body);
            while bot.slack.act_as("alice").close().await.is_ok() {}
        }
        let tasks = bot.slash_in("alice", &room, "/incident tasks").await;
        assert!(!wakes(&tasks.body) && !tasks.body.to_string().contains('\u{202e}'), "{short}: {}", tasks.body);
        bot.slash_in("alice", &room, "/incident unassign operations").await;
    }
    let empty = bot.slash_in("alice", &room, "/incident task").await.text;
    assert!(empty.contains("What is to be done?"), "{empty}");
    let bare = bot.slash_in("alice", &room, "/incident role operations because").await.text;
    assert!(!bare.is_empty() && !bot.card(&room).contains("*Operations lead*"), "no reason is no reason: {bare}");
    bot.advance(minutes(30)).await;
    expect_nobody_woken(&bot);
    assert!(bot.app().engine.store().lanes().await.expect("lanes").is_empty(), "nothing is stuck");
}

/// Mentions in the thread of a small incident: every one is answered, and none wakes anybody.
#[tokio::test]
async fn odd_words_in_a_thread_are_answered_and_wake_nobody() {
    let bot = Bot::start().await;
    let dave = bot.slack.act_as("dave");
    dave.slash("support", "/incident the logo is blurred").await.expect("typed");
    dave.fill([("Why is it an incident?", json!(["not_sure"]))]).await.expect("filled");
    dave.choose(&bot.form("dave"), "How bad is it?", "4").await.expect("chosen");
    bot.settle().await;
    dave.fill([("Where?", json!(["thread"]))]).await.expect("offered for what needs few people");
    bot.submit("dave", &[]).await;
    let root =
        bot.said("support").into_iter().find(|m| m.contains("INC-1") && m.thread_ts.is_none()).expect("a thread");
    for bad in nasty() {
        for verb in ["", "note", "task", "role operations because", "resolev"] {
            let text = format!("@watchroom {verb} {bad}");
            // Aside, or by the thread itself; what dave wrote is one of its messages.
            let said = || bot.slack.ephemerals("dave", "support").len() + bot.said("support").len();
            let before = said();
            dave.reply("support", &root.ts, &text).expect("said");
            bot.settle().await;
            let short: String = text.chars().take(60).collect();
            assert!(said() > before + 1, "`{short}`: no answer");
        }
    }
    bot.advance(minutes(1)).await;
    expect_nobody_woken(&bot);
    assert!(bot.app().engine.store().lanes().await.expect("lanes").is_empty(), "nothing is stuck");
}

#[tokio::test]
async fn every_bare_text_answers_and_wakes_nobody() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    let alice = bot.slack.act_as("alice");
    for bad in nasty() {
        for place in ["general", room.as_str()] {
            for typed in [format!("/incident {bad}"), format!("/incident INC-1 {bad}"), format!("/incident sev1 {bad}")]
            {
                let answer = alice.slash(place, &typed).await.expect("typed");
                let short: String = typed.chars().take(60).collect();
                assert!(answer.error.is_none(), "`{short}`: {:?} {:?}", answer.error, answer.complaints);
                assert!(!answer.text.is_empty() || bot.slack.view("alice").is_some(), "`{short}`: nothing at all");
                while alice.close().await.is_ok() {}
            }
        }
    }
    bot.settle().await;
    expect_nobody_woken(&bot);
}

#[tokio::test]
async fn words_that_would_wake_everyone_stay_words_wherever_they_are_shown() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 <!channel> is down @here").await;
    for typed in
        ["note look @channel <!here>", "update all <!everyone> @channel", "title <!channel> again", "sev 2 @here"]
    {
        bot.slash_in("alice", &room, &format!("/incident {typed}")).await;
    }
    let alice = bot.slack.act_as("alice");
    let ts = alice.say(&room, "@channel the cache is cold").expect("said");
    alice.react(&room, &ts, "pushpin").expect("an emoji");
    bot.settle().await;
    bot.slash_in("alice", &room, "/incident page @bob").await;
    bot.slash_in("alice", &room, "/incident INC-1 show").await;
    alice.open_home().expect("opened");
    bot.advance(minutes(15)).await;
    expect_nobody_woken(&bot);
    assert!(bot.count(&room, "@channel") >= 2, "the words are kept as words:\n{}", shown(&bot.said(&room)));
}

#[tokio::test]
async fn an_unknown_verb_close_to_a_known_one_asks_back_and_changes_nothing() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    let before = bot.history("INC-1").await.len();
    for (typed, meant) in
        [("resovle", "resolve"), ("pgae @bob", "page"), ("timline", "timeline"), ("INC-1 stauts next", "phase")]
    {
        let answer = bot.slash_in("alice", &room, &format!("/incident {typed}")).await;
        assert!(answer.text.contains("Did you mean") && answer.text.contains(meant), "`{typed}`: {}", answer.text);
    }
    assert_eq!(bot.history("INC-1").await.len(), before);
    bot.expect_nothing_doubled(1);
}

#[tokio::test]
async fn people_nobody_knows_and_people_who_left_are_answered_with_a_sentence() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    let before = bot.history("INC-1").await.len();
    for typed in ["page @nobody", "role scribe @nobody", "handoff @frank", "lead @frank", "page @frank"] {
        let answer = bot.slash_in("alice", &room, &format!("/incident {typed}")).await;
        assert!(answer.text.contains("cannot tell who"), "`{typed}`: {}", answer.text);
    }
    assert_eq!(bot.history("INC-1").await.len(), before, "nothing was changed");
    // Somebody who leaves between the picking and the doing.
    let gone = [("lead <@U0FRANK>", "@frank"), ("handoff <@U0GHOST>", "U0GHOST"), ("page <@U0FRANK>", "@frank")];
    for (typed, who) in gone {
        let answer = raw(&bot, "/slack/commands", &slash_body(&room, typed)).await;
        assert!(answer.contains("INC-1"), "`{typed}`: {answer}");
        bot.settle().await;
        let told = bot.count(&room, "could not");
        assert!(told >= 1, "{who} is silently missing:\n{}", shown(&bot.said(&room)));
    }
    assert!(bot.app().engine.store().lanes().await.expect("lanes").is_empty(), "nothing is stuck");
}

#[tokio::test]
async fn an_incident_that_does_not_exist_is_said_so() {
    let bot = Bot::start().await;
    bot.declare("alice", "sev1 checkout is down").await;
    for verb in GRAMMAR.iter().filter(|v| v.is_now()) {
        for example in verb.examples.iter().filter(|e| !e.contains("INC-") && !e.contains('<')) {
            let answer = bot.slash("alice", &format!("/incident INC-99 {example}")).await;
            assert!(!answer.text.is_empty() || bot.slack.view("alice").is_some(), "`{example}`: nothing");
            assert!(!answer.text.contains("recorded"), "`{example}`: {}", answer.text);
        }
    }
    for typed in ["INC-99 note x", "INC-99 sev 1", "INC-99", "show INC-99", "INC-1 merge INC-99", "INC-99 page @bob"] {
        let answer = bot.slash("alice", &format!("/incident {typed}")).await;
        assert!(answer.text.contains("no INC-99"), "`{typed}`: {}", answer.text);
    }
    let huge = bot.slash("alice", "/incident INC-99999999999999999999999 note x").await;
    assert!(!huge.text.is_empty() || bot.slack.view("alice").is_some());
}

fn slash_body(channel: &str, text: &str) -> String {
    let trigger = format!("1.{}", text.len());
    let fields = [("command", "/incident"), ("text", text), ("user_id", "U0ALICE"), ("channel_id", channel)];
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .append_pair("trigger_id", &trigger)
        .finish()
}

/// Sends a signed request; the answer must be one.
pub async fn raw(bot: &Bot, path: &str, body: &str) -> String {
    let stamp = bot.clock_second();
    let request = bot
        .http
        .post(format!("{}{path}", bot.url))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-slack-request-timestamp", stamp)
        .header("x-slack-signature", signature(bot.slack.signing_secret(), stamp, body));
    let response = request.body(body.to_owned()).send().await.expect("an answer");
    assert_eq!(response.status(), 200, "{body}");
    response.text().await.expect("words")
}

#[tokio::test]
async fn a_form_that_is_sent_after_its_incident_ended_says_so_and_changes_nothing() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 search is slow").await;
    bot.press_card("bob", &room, "Post update").await;
    bot.slash_in("alice", &room, "/incident resolve a new index").await;
    bot.slash_in("alice", &room, "/incident close").await;
    let before = bot.history("INC-1").await;
    let outcome = bot.submit("bob", &[("Update", "too late")]).await;
    match outcome {
        Outcome::Errors(errors) => assert!(errors.values().any(|e| e.contains("has ended")), "{errors:?}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(bot.history("INC-1").await, before);
}

#[tokio::test]
async fn a_button_on_an_old_card_does_nothing_wrong() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    let old = bot.card(&room);
    let actions = old.blocks.iter().find(|b| b.to_string().contains("phase.next")).expect("buttons").clone();
    let next = actions["elements"].as_array().and_then(|all| all.iter().find(|e| e["action_id"] == "phase.next"));
    let next = next.expect("a button").clone();
    bot.press_card("bob", &room, "Identified →").await;
    bot.press_card("bob", &room, "Monitoring →").await;
    let before = bot.history("INC-1").await;
    bot.slack.act_as("alice").press_stale(&old, &actions, &next).await.expect("pressed").expect_ok();
    bot.settle().await;
    assert_eq!(bot.history("INC-1").await, before, "an old button does not turn the clock back");
    let told = bot.slack.ephemerals("alice", &room);
    assert!(told.iter().any(|m| m.contains("has gone on")), "{}", shown(&told));
    bot.slash_in("alice", &room, "/incident cancel -- false alarm").await;
    bot.slack.act_as("alice").press_stale(&old, &actions, &next).await.expect("pressed").expect_ok();
    bot.settle().await;
    let told = bot.slack.ephemerals("alice", &room);
    assert!(told.iter().any(|m| m.contains("has ended")), "{}", shown(&told));
    let changed = bot.history("INC-1").await.iter().filter(|w| matches!(w, What::PhaseChanged { .. })).count();
    assert_eq!(changed, 2);
}
