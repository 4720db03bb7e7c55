//! Need-to-know incidents: who is let in, what everybody else meets, and how an open incident becomes one.

mod carried;
mod goes_on;
mod leftovers;

use watchroom::{incident::access::codename, sandbox::state::Kind};

use crate::harness::{Bot, minutes, policy, shown};

fn name(n: u64) -> String {
    codename(format!("SEC-{n}").parse().expect("an id"))
}

/// Everything that a person may read anywhere: channels that they are in or could join, their messages, their home.
fn read_by(bot: &Bot, who: &str) -> String {
    let me = bot.slack.user_id(who);
    let mut all: Vec<String> = Vec::new();
    for channel in bot.slack.channels() {
        let open = channel.kind == Kind::Public || channel.members.contains(&me);
        if open {
            all.push(format!("#{} {} {}", channel.name, channel.topic, channel.purpose));
            all.push(shown(&bot.slack.messages(&channel.id)));
        }
    }
    all.push(shown(&bot.slack.dm(who)));
    all.extend(bot.slack.home(who).map(|home| home.json.to_string()));
    all.join("\n")
}

/// The update of a secret starts from the text that the playbook has for those inside.
#[tokio::test]
async fn an_update_of_a_secret_starts_from_its_own_text() {
    let bot = Bot::start().await;
    bot.slash("erin", "/incident declare sev1 security: tokens in a zebra log").await;
    let room = bot.secret_room();
    bot.press_card("erin", &room, "Post update").await;
    let form = bot.form("erin").json.to_string();
    for part in ["SEC-1", "is in Detection", "Suspected: nothing yet", "Do not discuss this outside of this room"] {
        assert!(form.contains(part), "{part} is missing in {form}");
    }
}

/// [A4] A tick about data makes it a security incident, and the room is private before anything is posted.
#[tokio::test]
async fn a_data_tick_opens_a_private_room_before_any_word() {
    let bot = Bot::start().await;
    bot.slash("erin", "/incident").await;
    let form = bot.form("erin");
    assert!(form.json.to_string().contains("Private: only those let in see it"), "{}", form.json);
    let person = bot.slack.act_as("erin");
    let ticks = serde_json::json!(["data_exposed"]);
    person
        .fill([("What is wrong?", "tokens in a zebra log".into()), ("Why is it an incident?", ticks)])
        .await
        .expect("filled");
    person.submit().await.expect("sent");
    bot.settle().await;
    let room = bot.slack.channel(&bot.secret_room());
    assert_eq!((room.kind, room.name.as_str()), (Kind::Private, format!("sec-1-{}", name(1)).as_str()));
    assert!(bot.card(&room.id).contains("tokens in a zebra log"), "those inside read the title");
    let calls = bot.slack.calls();
    let made = calls.iter().position(|c| c.method == "conversations.create").expect("a room was made");
    assert_eq!(calls[made].args["is_private"], true);
    let told_before =
        |c: &&watchroom::sandbox::Call| c.method.starts_with("chat.") && c.args.to_string().contains("zebra");
    assert_eq!(calls[..made].iter().filter(told_before).count(), 0, "not a word before there is a private room");
    assert_eq!(calls.iter().filter(|c| c.method == "conversations.create").count(), 1, "and no other room");
    let posted = calls.iter().position(|c| c.method == "chat.postMessage" && c.args.to_string().contains("zebra"));
    assert!(posted.is_some_and(|at| at > made), "the first word comes after the private room");
    for outsider in ["alice", "bob", "carol", "dave"] {
        assert!(!read_by(&bot, outsider).contains("zebra"), "{outsider} reads it");
    }
    let card = bot.card(&room.id);
    assert!(card.contains("Security coordinator") || card.contains("coordinator"), "the kind's lead role: {card}");
}

/// [A4] `security:` says it in words, with a severity or without.
#[tokio::test]
async fn security_in_words_declares_a_need_to_know_incident() {
    let bot = Bot::start().await;
    for (n, said) in
        (1..).zip(["declare sev1 security: zebra one", "security: zebra two", "sev2 security: zebra three"])
    {
        let answer = bot.slash("erin", &format!("/incident {said}")).await;
        assert!(answer.text.contains(&format!("SEC-{n}")) && answer.text.contains(&name(n)), "{}", answer.text);
        assert!(!answer.text.contains("zebra"), "{}", answer.text);
        assert_eq!(bot.slack.channel(&bot.secret_room()).name, format!("sec-{n}-{}", name(n)));
    }
    // Numbers of open incidents have no gap that would speak of it.
    bot.declare("alice", "sev3 search is slow").await;
    assert!(bot.slack.channels().iter().any(|c| c.name.starts_with("inc-1-")));
    assert!(!read_by(&bot, "alice").contains("zebra"));
}

/// [G9] For someone outside, its number answers exactly as one that does not exist, whatever they ask.
#[tokio::test]
async fn outside_a_number_is_like_one_that_does_not_exist() {
    let bot = Bot::start().await;
    bot.declare_secret("erin", "sev1 security: zebra keys leaked").await;
    bot.declare("alice", "sev3 search is slow").await;
    // Nor is it offered as a title, where the verb does not say of which incident.
    for typed in ["merge", "timeline", "summary"] {
        let asked = async |id: &str| {
            let answer = bot.slash("alice", &format!("/incident {typed} {id}")).await;
            assert!(answer.text.contains(&format!("There is no {id}")), "{typed}: {}", answer.text);
            format!("{} {}", answer.text, answer.body).replace(id, "SEC-n")
        };
        assert_eq!(asked("SEC-1").await, asked("SEC-9").await, "{typed}");
    }
    for verb in [
        "",
        "show",
        "summary",
        "timeline",
        "roles",
        "access",
        "update hello",
        "update",
        "phase next",
        "severity 1",
        "close",
        "note hello",
        "ack",
        "page @bob",
        "lead",
        "merge INC-1",
        "private",
        "kind ops",
        "access add @alice me",
        "redact 1 x",
        "title x",
        "cancel",
        "reopen",
        "handoff @bob",
        "link https://x.example",
    ] {
        let real = bot.slash("alice", &format!("/incident SEC-1 {verb}")).await.text;
        let none = bot.slash("alice", &format!("/incident SEC-7 {verb}")).await.text;
        assert_eq!(real.replace("SEC-1", "SEC-7"), none, "`{verb}`");
    }
    let merged = bot.slash("alice", "/incident INC-1 merge SEC-1").await.text;
    assert_eq!(merged.replace("SEC-1", "SEC-7"), bot.slash("alice", "/incident INC-1 merge SEC-7").await.text);
    for look in ["list", "list recent", "list mine", "find zebra", &format!("find {}", name(1))] {
        let said = bot.slash("alice", &format!("/incident {look}")).await.text;
        assert!(!said.contains("SEC-1") && !said.contains("keys"), "{look}: {said}");
    }
    // Its codename is a word like any other: the form opens with it.
    bot.slash("alice", &format!("/incident {} timeline", name(1))).await;
    assert!(bot.form("alice").json.to_string().contains(&format!("{} timeline", name(1))));
    assert!(!read_by(&bot, "alice").contains("zebra"));
}

/// [G9] Inside, the codename stands before any verb as the number does, and lists show the codename alone.
#[tokio::test]
async fn inside_the_codename_leads_to_it() {
    let bot = Bot::start().await;
    let room = bot.declare_secret("erin", "sev1 security: zebra keys leaked").await;
    let codename = name(1);
    bot.slash("erin", &format!("/incident {codename} note rotated the zebra keys")).await;
    bot.expect_once(&room, "rotated the zebra keys");
    let shown = bot.slash("erin", &format!("/incident {}", codename.to_uppercase())).await.text;
    assert!(shown.contains("SEC-1") && shown.contains("zebra keys leaked"), "{shown}");
    let listed = bot.slash("erin", "/incident list").await.text;
    assert!(listed.contains(&codename) && !listed.contains("zebra"), "{listed}");
    assert!(bot.slash("erin", "/incident find zebra").await.text.contains("SEC-1"));
}

/// [G9] No announcement, no update outside, no call link; messages to single people have the codename and the link.
#[tokio::test]
async fn nothing_is_said_outside_the_room() {
    let bot = Bot::with(|s| s.call_bridge = Some("https://meet.example/everyone".into())).await;
    let room = bot.declare_secret("erin", "sev1 security: zebra keys leaked").await;
    bot.slash_in("erin", &room, "/incident update zebra rotated next 10m").await;
    bot.slash_in("erin", &room, "/incident handoff @dave").await;
    bot.advance(minutes(30)).await;
    for channel in ["incidents", "general"] {
        assert_eq!(bot.count(channel, "SEC-1") + bot.count(channel, "zebra"), 0, "{}", shown(&bot.said(channel)));
    }
    let bookmarks = format!("{:?}", bot.slack.channel(&room).bookmarks);
    assert!(!bookmarks.contains("meet.example"), "a call that everybody knows is no place for it: {bookmarks}");
    let offer = bot.expect_dm("dave", "SEC-1");
    assert!(offer.contains(&name(1)) && offer.contains(&format!("#sec-1-{}", name(1))), "{offer}");
    for who in ["dave", "erin"] {
        assert!(!shown(&bot.slack.dm(who)).contains("zebra"), "{who} reads it in a message");
    }
    assert!(!bot.slack.channel(&room).topic.contains("zebra"));
}

/// [G9] Who is let in, by whom and why is kept, and shown to those inside.
#[tokio::test]
async fn the_access_list_has_a_log() {
    let bot = Bot::start().await;
    let room = bot.declare_secret("erin", "sev1 security: zebra keys leaked").await;
    let refused = bot.slash("bob", "/incident SEC-1 access add @bob curious").await.text;
    assert!(refused.contains("There is no SEC-1"), "{refused}");
    assert!(bot.slash_in("erin", &room, "/incident access add @bob").await.text.contains("Say why"));
    bot.slash_in("erin", &room, "/incident access add @bob knows the vault").await;
    bot.expect_once(&room, "let <@U0BOB> in — knows the vault");
    assert!(bot.slack.channel(&room).members.contains(&"U0BOB".to_owned()), "and is in the room");
    // A member brings another one in, in Slack itself.
    bot.slack.with(|ws| ws.join(&room, "U0DAVE", Some("U0BOB"))).expect("in the room");
    bot.settle().await;
    assert!(bot.slash("dave", "/incident SEC-1 show").await.text.contains("zebra"));
    let log = bot.slash_in("bob", &room, "/incident access").await.text;
    for part in ["<@U0ERIN>", "knows the vault", "<@U0BOB> brought <@U0DAVE> into the room"] {
        assert!(log.contains(part), "`{part}` is missing: {log}");
    }
    bot.slash_in("erin", &room, "/incident access remove @bob done here").await;
    assert!(!bot.slack.channel(&room).members.contains(&"U0BOB".to_owned()), "and is out of the room");
    assert!(bot.slash("bob", "/incident SEC-1 show").await.text.contains("There is no SEC-1"));
    assert!(bot.slash_in("erin", &room, "/incident access").await.text.contains("removed <@U0BOB> — done here"));
}

/// [G9] Whoever is paged by name learns a codename, and comes in by acknowledging; one of a group must be let in.
#[tokio::test]
async fn acknowledging_lets_in_whoever_was_paged_by_name() {
    let bot = Bot::start().await;
    let room = bot.declare_secret("erin", "sev1 security: zebra keys leaked").await;
    bot.slash_in("erin", &room, "/incident page @bob").await;
    let page = bot.expect_dm("bob", "You are paged");
    assert!(page.contains("SEC-1") && page.contains(&name(1)) && !page.contains("zebra"), "{page}");
    assert!(
        bot.slash("bob", "/incident SEC-1 show").await.text.contains("There is no SEC-1"),
        "not before they answer"
    );
    bot.press("bob", &[page], "Acknowledge").await;
    assert!(bot.slack.channel(&room).members.contains(&"U0BOB".to_owned()));
    assert!(bot.slash("bob", "/incident SEC-1 show").await.text.contains("zebra"));
    // As one of a group.
    bot.slash_in("erin", &room, "/incident page @managers").await;
    let page = bot.expect_dm("carol", "You are paged");
    bot.press("carol", &[page], "Acknowledge").await;
    bot.expect_once(&room, "<@U0CAROL> answered a page, but was asked as one of a group");
    assert!(bot.slash("carol", "/incident SEC-1 show").await.text.contains("There is no SEC-1"));
    assert!(!bot.slack.channel(&room).members.contains(&"U0CAROL".to_owned()));
    bot.slash_in("erin", &room, "/incident access add @carol offered help").await;
    assert!(bot.slash("carol", "/incident SEC-1 ack").await.text.contains("you are on it"));
}

/// [G9] Whoever was asked first may answer when others are asked already, and when nobody has answered at all; not whoever was taken out.
#[tokio::test]
async fn whoever_was_paged_may_answer_at_whatever_step_it_is() {
    let bot = Bot::with(|settings| {
        settings.policies = vec![policy("leaks", &[("U0BOB", 5), ("U0CAROL", 5)])];
        settings.fallback = Vec::new();
    })
    .await;
    let room = bot.declare_secret("erin", "sev1 security: zebra keys leaked").await;
    bot.slash_in("erin", &room, "/incident page leaks").await;
    bot.expect_dm("bob", "You are paged");
    bot.advance(minutes(6)).await;
    bot.expect_dm("carol", "You are paged");
    bot.advance(minutes(40)).await;
    // Nobody has answered, and bob does now, on the message of the first step.
    let page = bot.slack.dm("bob").into_iter().find(|m| m.contains("Acknowledge")).expect("his page");
    let answer = bot.press("bob", &[page], "Acknowledge").await;
    assert!(!answer.text.contains("There is no SEC-1"), "{}", answer.text);
    assert!(bot.slash("bob", "/incident SEC-1 show").await.text.contains("zebra"), "he is in");
    // Taken out again, he answers nothing any more.
    bot.slash_in("erin", &room, "/incident access remove @bob not needed").await;
    assert!(bot.slash("bob", "/incident SEC-1 ack").await.text.contains("There is no SEC-1"));
}

/// [K6] Nothing of it is posted in a channel, not even a page.
#[tokio::test]
async fn a_channel_is_never_paged_about_a_secret() {
    let bot = Bot::start().await;
    let room = bot.declare_secret("erin", "sev1 security: zebra keys leaked").await;
    let refused = bot.slash_in("erin", &room, "/incident page #support").await.text;
    assert!(refused.contains("page people by name"), "{refused}");
    assert_eq!(bot.count("support", "SEC-1"), 0);
}

/// [I4] An open incident that turns out to be a security one goes on in a new private room, and leaves a stub.
#[tokio::test]
async fn an_open_incident_moves_to_a_private_room() {
    let bot = Bot::start().await;
    let old = bot.declare("alice", "sev2 zebra logins fail").await;
    bot.slash_in("alice", &old, "/incident assign scribe @dave").await;
    bot.slash_in("bob", &old, "/incident note the zebra token was used from abroad").await;
    bot.slash_in("alice", &old, "/incident update zebra logins fail for some").await;
    bot.slash_in("alice", &old, "/incident page @carol").await;
    let answer = bot.slash_in("alice", &old, "/incident private it is an attack with zebra stripes").await.text;
    assert!(answer.contains("SEC-1") && answer.contains(&name(1)), "{answer}");
    assert!(answer.contains("Slack's own lines"), "what stays readable is told: {answer}");
    let room = bot.slack.channel(&bot.secret_room());
    assert_eq!((room.kind, room.name), (Kind::Private, format!("sec-1-{}", name(1))));
    // Only the lead and role holders come along.
    assert!(room.members.contains(&"U0ALICE".to_owned()) && room.members.contains(&"U0DAVE".to_owned()));
    assert!(!room.members.contains(&"U0BOB".to_owned()), "{:?}", room.members);
    assert!(bot.card(&room.id).contains("zebra logins fail"));
    // The stub has no title, and what was posted is taken back.
    let stub = bot.card(&old);
    assert!(
        stub.contains("INC-1 continues elsewhere") && stub.contains("<@U0ALICE>") && !stub.contains("zebra"),
        "{stub}"
    );
    bot.expect_once("incidents", "INC-1 continues elsewhere");
    let channel = bot.slack.channel(&old);
    assert!(!channel.topic.contains("zebra"), "{}", channel.topic);
    assert_eq!(channel.name, "inc-1");
    for place in [old.as_str(), "incidents", "general"] {
        // Slack itself keeps the lines in which the topic was set.
        let said: Vec<_> = bot.said(place).into_iter().filter(|m| m.subtype.is_none()).collect();
        assert!(!said.iter().any(|m| m.contains("zebra") || m.contains("SEC-1")), "{place} says:\n{}", shown(&said));
    }
    // Posts to the old room stop; outside it answers with whom to ask.
    let before = bot.said(&old).len();
    let told = bot.slash_in("bob", &old, "/incident note more about the zebra").await.text;
    assert!(told.contains("INC-1 continues elsewhere. Ask <@U0ALICE>"), "{told}");
    assert_eq!(bot.slash("bob", "/incident INC-1 timeline").await.text, bot.slash("bob", "/incident INC-1").await.text);
    assert!(!bot.slash("bob", "/incident find zebra").await.text.contains("INC-1"));
    assert!(!bot.slash("bob", "/incident list recent").await.text.contains("INC-1"));
    bot.advance(minutes(60)).await;
    assert_eq!(bot.said(&old).len(), before, "{}", shown(&bot.said(&old)));
    // Whoever was paged is asked on, by the codename.
    let page = bot.expect_dm("carol", &name(1));
    assert!(!page.contains("zebra"), "{page}");
    let told = shown(&bot.slack.dm("carol"));
    assert!(!told.contains("nobody needs to come") && !told.contains("do not need to do anything"), "{told}");
    // Inside, the old record can still be read.
    assert!(bot.slash("dave", "/incident INC-1 timeline").await.text.contains("used from abroad"));
}

/// [I4] `kind` does the same for a need-to-know kind; between open kinds it changes the kind; there is no way back.
#[tokio::test]
async fn the_kind_can_be_changed_and_a_secret_stays_one() {
    let bot = Bot::start().await;
    bot.declare("alice", "sev2 zebra logins fail").await;
    let answer = bot.slash("alice", "/incident INC-1 kind security someone had access").await.text;
    assert!(answer.contains("SEC-1"), "{answer}");
    let back = bot.slash("alice", "/incident SEC-1 kind ops").await.text;
    assert!(back.contains("SEC-1 stays need-to-know"), "{back}");
    let again = bot.slash("alice", "/incident SEC-1 private").await.text;
    assert!(again.contains("need-to-know already"), "{again}");
}
