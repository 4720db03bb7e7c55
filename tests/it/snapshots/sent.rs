//! What really crosses the wire while people live through incidents.

use serde_json::{Value, json};
use watchroom::sandbox::{Answer, Call};

use super::recorder::record;
use crate::{
    harness::{Bot, minutes, policy},
    paper::METHODS,
};

/// Where a call shows blocks, a text or a view to somebody, it is recorded. Slack took every one of them.
pub fn record_calls(story: &str, calls: &[Call]) -> usize {
    let mut recorded = 0;
    for call in calls {
        let known = call.method == "response_url" || METHODS.iter().any(|(method, _)| *method == call.method);
        assert!(known, "{} is not in the table of methods that the manifest is held to", call.method);
        let kind = match call.method.as_str() {
            "views.publish" => "home",
            "views.open" | "views.push" | "views.update" => "modal",
            "chat.postMessage" | "chat.update" | "chat.postEphemeral" | "response_url" => "message",
            _ => continue,
        };
        assert!(call.ok() || call.status != 200, "{story}: Slack refused {}: {}", call.method, call.response);
        record(&format!("sent-{story}-{:03}-{}", call.seq, call.method), kind, &call.method, &call.args);
        recorded += 1;
    }
    recorded
}

/// Answers to commands and forms.
pub fn record_answer(story: &str, n: usize, answer: &Answer) {
    assert_eq!(answer.complaints, Vec::<String>::new(), "{story} {n}: {}", answer.text);
    if answer.body.get("text").is_some() {
        record(&format!("answered-{story}-{n:03}"), "ephemeral", "slash", &answer.body);
    }
}

/// A person's evening, and all that was said to them.
struct Evening {
    bot: Bot,
    room: String,
    story: String,
    answers: usize,
}

impl Evening {
    async fn begin(story: &str, title: &str) -> Self {
        let settings = |s: &mut watchroom::config::Settings| {
            s.policies = vec![policy("checkout", &[("U0BOB", 5), ("U0DAVE", 5)])];
            s.call_bridge = Some("https://meet.example.com/incident".into());
            s.public_url = Some("https://watchroom.example.com".into());
        };
        let bot = Bot::with(settings).await;
        bot.slack.act_as("alice").open_home().expect("a home");
        let room = bot.declare("alice", &format!("sev1 {title}")).await;
        Self { bot, room, story: story.into(), answers: 0 }
    }

    async fn types(&mut self, who: &str, typed: &str) {
        let answer = self.bot.slash_in(who, &self.room, typed).await;
        assert!(answer.status == 200, "{typed}: {answer:?}");
        self.answers += 1;
        record_answer(&self.story, self.answers, &answer);
    }

    async fn types_all(&mut self, who: &str, typed: &[&str]) {
        for typed in typed {
            self.types(who, &format!("/incident {typed}")).await;
        }
    }

    /// Opens the form behind a verb and closes it again.
    async fn opens(&mut self, who: &str, verb: &str) {
        self.types(who, &format!("/incident {verb}")).await;
        drop(self.bot.form(who));
        self.bot.slack.act_as(who).close().await.expect("closed");
    }

    fn end(self) -> Vec<Call> {
        let calls = self.bot.slack.calls();
        let recorded = record_calls(&self.story, &calls);
        assert!(recorded > 20, "only {recorded} bodies in {}", self.story);
        calls
    }
}

/// As much as one incident can see; returns every call of the bot.
pub async fn long_evening(story: &str, said: &str) -> Vec<Call> {
    let mut evening = Evening::begin(story, &format!("{said} checkout is down")).await;
    evening.types_all("alice", &["", "help", "help page", "list", "list mine", "list recent", "timeline"]).await;
    for verb in ["update", "phase", "severity", "role", "handoff", "page", "rename", "link"] {
        evening.opens("alice", verb).await;
    }
    let room = evening.room.clone();
    evening.bot.press_card("bob", &room, "Identified →").await;
    evening.types_all("alice", &["page checkout", "page @erin", "handoff @bob", "role scribe @erin"]).await;
    evening.bot.advance(minutes(12)).await;
    let dave = evening.bot.slack.dm("dave");
    evening.bot.press("dave", &dave, "Acknowledge").await;
    let erin = evening.bot.slack.dm("erin");
    evening.bot.press("erin", &erin, "Acknowledge").await;
    let bob = evening.bot.slack.dm("bob");
    evening.bot.press("bob", &bob, "Accept").await;
    let entries = ["note", "change", "decision", "fix"].map(|verb| format!("{verb} {said}"));
    evening.types_all("bob", &entries.each_ref().map(String::as_str)).await;
    let update = format!("update {said} we are on it next 15m");
    evening.types_all("bob", &[&update, "link https://a.example/x", "find checkout", "show", "summary", "roles"]).await;
    // Things that are refused, mistyped, or not there yet.
    let wrong = ["close", "sev 9", "phase nowhere", "timelin", "resolv", "page @nobody", "role nothing @bob", "note"];
    evening.types_all("alice", &wrong).await;
    evening.types_all("alice", &["status page is down", "oncall", "drill", "INC-99 show", "redact 999 x"]).await;
    evening.bot.advance(minutes(20)).await;
    evening.types_all("bob", &["mitigate it works again", "time ended 5 min ago", "resolve for good"]).await;
    evening.types_all("bob", &["reopen it came back", "resolve again", "close", "reopen once more"]).await;
    evening.types_all("bob", &["cancel -- it was nothing", "sev 1", "timeline", "summary"]).await;
    evening.bot.slack.act_as("bob").open_home().expect("a home");
    evening.bot.settle().await;
    evening.end()
}

#[tokio::test]
async fn a_long_evening_in_plain_words() {
    let calls = long_evening("plain", "since noon").await;
    let used = |method: &str| assert!(calls.iter().any(|c| c.method == method), "{method} was never called");
    ["chat.postMessage", "chat.update", "views.open", "views.publish", "pins.add"].into_iter().for_each(used);
}

#[tokio::test]
async fn a_long_evening_in_hostile_words() {
    let hostile = "<!channel> 🔥👩‍👩‍👧‍👦 \u{202e}معطل *b* `c` > & <b> <https://x.example|y> \u{200b}";
    long_evening("hostile", hostile).await;
}

/// The global shortcut, the message shortcuts, and forms that are sent.
#[tokio::test]
async fn forms_that_are_sent() {
    let bot = Bot::start().await;
    let alice = bot.slack.act_as("alice");
    alice.open_shortcut("declare").await.expect("a shortcut");
    bot.settle().await;
    let outcome = bot.submit("alice", &[("title", "checkout is down"), ("criteria", "not_sure")]).await;
    assert!(format!("{outcome:?}").contains("Closed"), "{outcome:?}");
    let ts = alice.say("general", "<!here> orders fail & nobody knows").expect("said");
    for shortcut in ["declare_from_message", "add_to_timeline"] {
        alice.message_shortcut(shortcut, "general", &ts).await.expect("a shortcut");
        bot.settle().await;
        drop(bot.form("alice"));
        alice.close().await.expect("closed");
    }
    let room = bot.latest_room();
    bot.press_card("alice", &room, "Post update").await;
    alice.fill([("text", json!("we are on it <!channel>"))]).await.expect("filled");
    alice.press(watchroom::sandbox::Target::View, "Preview").await.expect("pressed");
    bot.settle().await;
    let empty = bot.submit("alice", &[("text", "")]).await;
    assert!(!format!("{empty:?}").contains("Closed"), "an empty update is not posted: {empty:?}");
    let calls = bot.slack.calls();
    assert!(record_calls("forms", &calls) > 8);
    let updates: Vec<&Value> = calls.iter().filter(|c| c.method == "views.update").map(|c| &c.args).collect();
    assert!(!updates.is_empty(), "the preview is shown in the open form");
}
