//! What was recorded of a case before it turned out to be a secret: it comes along, and rings there.

use std::process::Command as Process;

use watchroom::{
    engine::Ask,
    ids::UserId,
    incident::{
        Actor, Command, EntryKind, Event, What, When,
        case::{self, Fact},
        comms, course, duty,
    },
    playbook::Audience,
    store::journal,
};

use super::read_by;
use crate::harness::{Bot, minutes, shown, unique};

const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const TOLD: &str = "/incident customers told 1 mail | We revoked your tokens | Issue new ones";

/// Alice's open incident with a case of all sorts, recorded by several people; dave is a guest, erin a customer's voice.
async fn open_case() -> (Bot, String) {
    let bot = Bot::start().await;
    bot.slack.with(|ws| ws.users.get_mut("U0DAVE").expect("dave").is_guest = true);
    bot.slash("erin", "/incident report the okapi is gone").await;
    let old = bot.declare("alice", "sev2 logins fail").await;
    for (who, typed) in [
        ("bob", "customers add Quagga Ltd security: sec@quagga.example"),
        ("bob", "customers plan Quagga first | bob | Your zebra tokens were read"),
        ("alice", "customers confirm 1 its zebra tokens were read"),
        ("bob", &format!("evidence tapir disk image sha256: {HASH} kept: safe 2")),
        ("bob", "evidence pass 1 @carol locker 7"),
        ("bob", "observe suspected a hyena had access"),
        ("alice", "reports attach R-1"),
        ("alice", "external add @dave skill until: 2 hours nda: yes scope: reads the tapir disk"),
    ] {
        bot.slash_in(who, &old, &format!("/incident {typed}")).await;
        bot.advance(minutes(1)).await;
    }
    (bot, old)
}

/// It turns out to be an attack.
async fn moved(bot: &Bot) -> String {
    let answer = bot.slash("alice", "/incident INC-1 kind security it is an attack").await;
    assert!(answer.text.contains("SEC-1"), "{}", answer.text);
    bot.secret_room()
}

/// The records of a case, each with when and by whom.
async fn records(bot: &Bot, id: &str) -> Vec<Event> {
    let history = bot.app().engine.history(id.parse().expect("an id")).await.expect("a record");
    let events = history.into_iter().map(|(_, event)| event);
    let case = events.filter(|event| matches!(event.what, What::Case(_)));
    // The task of telling stays behind.
    let same = case.map(|mut event| {
        if let What::Case(Fact::ImpactConfirmed { task, .. }) = &mut event.what {
            *task = None;
        }
        event
    });
    same.collect()
}

/// Everything that is shown of the case to whoever asks in this room.
async fn lists(bot: &Bot, who: &str, room: &str) -> String {
    let mut all = Vec::new();
    for typed in ["customers", "evidence", "observe", "reports", "external", "timeline", "summary"] {
        all.push(bot.slash_in(who, room, &format!("/incident {typed}")).await.text);
    }
    all.join("\n")
}

const PARTS: [&str; 13] = [
    "Quagga Ltd",
    "impact confirmed",
    "its zebra tokens were read",
    "sec@quagga.example",
    "*Plan* by <@U0BOB>",
    "tapir disk image",
    HASH,
    "custodian <@U0CAROL>, kept: locker 7",
    "a hyena had access",
    "the okapi is gone",
    "reads the tapir disk",
    "<@U0BOB> named customer 1",
    "<@U0ALICE> confirmed the impact on customer 1",
];

/// [I4] Customers, evidence, observations, reports, outside help and the plan are there, with whoever recorded them and when; the
/// room hears of none of it again, nobody outside reads any of it, and it survives a restart and a rebuild, with its chain whole.
#[tokio::test]
async fn the_records_of_a_case_come_along() {
    let (mut bot, old) = open_case().await;
    let before = records(&bot, "INC-1").await;
    assert_eq!(before.len(), 8);
    let room = moved(&bot).await;
    bot.advance(minutes(1)).await;
    assert_eq!(records(&bot, "SEC-1").await, before, "who, when and what");
    for word in ["Quagga", "zebra", "tapir", "hyena", "okapi"] {
        assert_eq!(bot.count(&room, word), 0, "said again: {}", shown(&bot.said(&room)));
        assert_eq!(bot.count(&old, word), 0, "left in the old room: {}", shown(&bot.said(&old)));
    }
    assert!(bot.card(&room).contains("1 to be told"), "{}", bot.card(&room));
    let all = lists(&bot, "alice", &room).await;
    for part in PARTS {
        assert!(all.contains(part), "no `{part}` in {all}");
    }
    // The stub keeps its own, for those inside.
    assert!(bot.slash("alice", "/incident INC-1 customers").await.text.contains("Quagga"));
    assert!(!bot.slash("alice", "/incident INC-1 reports").await.text.contains("okapi"), "a report is in one place");
    for who in ["bob", "carol", "dave", "erin"] {
        for id in ["INC-1", "SEC-1"] {
            for typed in ["customers", "evidence", "observe", "reports", "external", "timeline", "reports ack R-1"] {
                let said = bot.slash(who, &format!("/incident {id} {typed}")).await.text;
                let leaks = ["Quagga", "zebra", "tapir", "hyena"].iter().any(|word| said.contains(word));
                assert!(!leaks, "{who}: {id} {typed}: {said}");
            }
        }
        let read = read_by(&bot, who);
        assert!(!read.contains("Quagga") && !read.contains("tapir"), "{who} reads it");
    }
    // Whoever reported it still has their report, and learns nothing of where it went.
    for typed in ["report R-1", "report", "reports ack R-1"] {
        let own = bot.slash("erin", &format!("/incident {typed}")).await.text;
        assert!(!own.contains("SEC") && !own.contains("alice"), "{typed}: {own}");
    }
    bot.crash_and_restart().await;
    assert_eq!(records(&bot, "SEC-1").await, before, "after a restart");
    bot.crash().await;
    std::fs::remove_dir_all(bot.config.data.join("sled")).expect("a rebuild");
    bot.restart().await;
    let all = lists(&bot, "alice", &room).await;
    for part in PARTS {
        assert!(all.contains(part), "after a rebuild no `{part}` in {all}");
    }
    copies(&bot);
}

/// What is exported has the records, also in words; it verifies, and so does what is imported from it.
fn copies(bot: &Bot) {
    journal::verify(&bot.config.data).expect("every link holds");
    let export = Process::new(env!("CARGO_BIN_EXE_watchroom"))
        .args(["export", "--incident", "SEC-1", "--format", "markdown"])
        .env("WATCHROOM_DATA", &bot.config.data)
        .output()
        .expect("runs");
    let text = String::from_utf8_lossy(&export.stdout).into_owned();
    for part in ["**customer named** by <@U0BOB>", HASH, "to: U0CAROL", "**engaged** by <@U0ALICE>"] {
        assert!(export.status.success() && text.contains(part), "no `{part}` in {text}");
    }
    let mut out = Vec::new();
    journal::export(&bot.config.data, None, &mut out).expect("exported");
    let lines = String::from_utf8(out).expect("text");
    assert_eq!(lines.matches(r#""fact":"carried""#).count(), 8, "the record says that they came along");
    let copy = bot.config.data.with_file_name(format!("copy-{}", unique()));
    journal::import(&copy, &mut lines.as_bytes()).expect("imported");
    journal::verify(&copy).expect("every link of the copy holds");
}

/// [I4] A customer that came along is told as any other, and one that was not told holds up closing.
#[tokio::test]
async fn customers_that_came_along_are_told_and_hold_up_closing() {
    let (bot, _old) = open_case().await;
    let room = moved(&bot).await;
    bot.slash_in("alice", &room, "/incident role customer_comms @bob").await;
    let twice = bot.slash_in("bob", &room, "/incident customers add quagga ltd").await;
    assert!(twice.text.contains("That is customer 1 already"), "{}", twice.text);
    bot.slash_in("alice", &room, "/incident resolve rotated all tokens").await;
    bot.slash_in("alice", &room, "/incident phase improvement it is mended").await;
    let refused = bot.slash_in("alice", &room, "/incident close we are done").await;
    assert!(refused.text.contains("customer 1 is affected and was not told"), "{}", refused.text);
    let own = bot.slash_in("bob", &room, "/incident customers approve").await;
    assert!(own.text.contains("You wrote this plan"), "its author is known: {}", own.text);
    bot.slash_in("alice", &room, "/incident customers approve").await;
    bot.slash_in("bob", &room, TOLD).await;
    bot.expect_once(&room, "told customer 1 (its security contact)");
    let closing = bot.slash_in("alice", &room, "/incident close").await;
    assert!(!closing.text.contains("customer 1"), "{}", closing.text);
    bot.slash_in("alice", &room, "/incident customers add Tapir Inc").await;
    assert!(bot.slash_in("alice", &room, "/incident customers").await.text.contains("*2* Tapir Inc"));
    bot.slash_in("alice", &room, "/incident evidence a second disk").await;
    assert!(bot.slash_in("alice", &room, "/incident evidence").await.text.contains("*2* a second disk"));
    bot.slash_in("alice", &room, "/incident evidence pass 1 @bob his desk").await;
    assert!(
        bot.slash_in("alice", &room, "/incident evidence").await.text.contains("custodian <@U0BOB>, kept: his desk")
    );
}

/// [I4] What waited goes on waiting: for an answer to a report, for a customer to be told, for an engagement to end. Each rings
/// once, in the new room, also where the bot was down meanwhile.
#[tokio::test]
async fn carried_times_ring_in_the_new_incident_alone() {
    let (mut bot, old) = open_case().await;
    bot.slash_in("dave", &old, "/incident help").await;
    let room = moved(&bot).await;
    bot.slash_in("alice", &room, "/incident role analyst @dave").await;
    let is_in = |bot: &Bot| bot.slack.channel(&room).members.contains(&"U0DAVE".to_owned());
    assert!(is_in(&bot), "the engagement that lets a guest in came along");
    let is_in_old = |bot: &Bot| bot.slack.channel(&old).members.contains(&"U0DAVE".to_owned());
    assert!(is_in_old(&bot));
    bot.advance(minutes(15)).await;
    assert_eq!(bot.count(&room, "in time"), 0, "{}", shown(&bot.said(&room)));
    bot.crash_and_restart().await;
    bot.advance(minutes(25)).await;
    bot.expect_once(&room, "Nobody has acknowledged R-1 in time");
    bot.expect_once(&room, "Customer 1 is confirmed as affected and was not told in time");
    bot.press("alice", &bot.said(&room), "Acknowledge R-1").await;
    bot.expect_once(&room, "@alice acknowledged R-1");
    bot.advance(minutes(90)).await;
    bot.expect_once(&room, "Engagement 1 of @dave is over (its time is over)");
    assert!(!is_in(&bot) && !is_in_old(&bot), "out of both");
    bot.expect_once(&room, "Nobody has acknowledged");
    let late = |what: &What| {
        matches!(
            what,
            What::Case(Fact::ReportOverdue { .. } | Fact::NoticeOverdue { .. } | Fact::EngagementEnded { .. })
        )
    };
    assert_eq!(bot.history("SEC-1").await.iter().filter(|what| late(what)).count(), 3);
    assert_eq!(bot.history("INC-1").await.iter().filter(|what| late(what)).count(), 0);
    assert_eq!(bot.count(&old, "R-1") + bot.count(&old, "ngagement"), 0, "{}", shown(&bot.said(&old)));
}

/// [G6] A guest who was never let into what goes on leaves the room that it began in, when their engagement is over.
#[tokio::test]
async fn a_guest_leaves_the_emptied_room_too() {
    let (bot, old) = open_case().await;
    bot.slash_in("dave", &old, "/incident help").await;
    bot.slash_in("bob", &old, "/incident help").await;
    let room = moved(&bot).await;
    bot.slash_in("alice", &room, "/incident external end 1").await;
    let there = bot.slack.channel(&old).members;
    assert!(!there.contains(&"U0DAVE".to_owned()) && there.contains(&"U0BOB".to_owned()), "{there:?}");
    assert_eq!(bot.count(&room, "by hand"), 0, "{}", shown(&bot.said(&room)));
}

/// [I4] A report that was taken away before belongs where it was put since, and does not come along.
#[tokio::test]
async fn a_report_that_was_taken_away_stays_away() {
    let (bot, old) = open_case().await;
    let other = bot.declare("bob", "sev3 search is slow").await;
    bot.slash_in("alice", &old, "/incident reports detach R-1").await;
    bot.slash_in("bob", &other, "/incident reports attach R-1").await;
    let room = moved(&bot).await;
    assert!(!bot.slash_in("alice", &room, "/incident reports").await.text.contains("okapi"));
    assert!(bot.slash_in("bob", &other, "/incident reports").await.text.contains("okapi"));
    bot.advance(minutes(60)).await;
    assert_eq!(bot.count(&room, "R-1"), 0, "{}", shown(&bot.said(&room)));
    bot.expect_once(&other, "Nobody has acknowledged R-1 in time");
}

/// [I4] Words that were redacted before stay away; words that are redacted later, in either record, are gone from both.
#[tokio::test]
async fn carried_words_are_redacted_in_both_records() {
    let (bot, old) = open_case().await;
    bot.slash_in("bob", &old, "/incident customers add Ibex security: ibex@ibex.example").await;
    let place = |history: Vec<What>, wanted: fn(&Fact) -> bool| {
        let at = history.iter().position(|w| matches!(w, What::Case(fact) if wanted(fact)));
        at.expect("it is there") + 1
    };
    let ibex = |fact: &Fact| matches!(fact, Fact::CustomerNamed { customer: 2, .. });
    let observed = |fact: &Fact| matches!(fact, Fact::Observed { .. });
    let kept = |fact: &Fact| matches!(fact, Fact::EvidenceKept { .. });
    let entry = place(bot.history("INC-1").await, ibex);
    bot.slash_in("bob", &old, &format!("/incident redact {entry} not here")).await;
    let room = moved(&bot).await;
    let list = bot.slash_in("alice", &room, "/incident customers").await.text;
    assert!(list.contains("no contact is known") && !list.to_lowercase().contains("ibex"), "{list}");
    let entry = place(bot.history("SEC-1").await, observed);
    bot.slash_in("alice", &room, &format!("/incident redact {entry} it names somebody")).await;
    let entry = place(bot.history("INC-1").await, kept);
    bot.slash("alice", &format!("/incident INC-1 redact {entry} it names a disk")).await;
    for at in ["INC-1", "SEC-1"] {
        for typed in ["customers", "observe", "evidence", "timeline", "summary"] {
            let said = bot.slash("alice", &format!("/incident {at} {typed}")).await.text;
            let left = ["ibex", "hyena", "tapir disk image"].iter().any(|word| said.to_lowercase().contains(word));
            assert!(!left, "{at} {typed}: {said}");
        }
    }
    let again = bot.slash("alice", &format!("/incident INC-1 redact {entry} once more")).await.text;
    assert!(again.contains("already"), "{again}");
    let mut out = Vec::new();
    journal::export(&bot.config.data, None, &mut out).expect("exported");
    let out = String::from_utf8(out).expect("text").to_lowercase();
    assert!(!out.contains("ibex") && !out.contains("hyena") && !out.contains("tapir disk image"));
    journal::verify(&bot.config.data).expect("every link holds");
}

/// [I4] However much was recorded, it moves in one go.
#[tokio::test]
async fn the_longest_record_moves_in_one_go() {
    let bot = Bot::start().await;
    let id = "INC-1".parse().expect("an id");
    bot.declare("alice", "sev2 logins fail").await;
    bot.slash("alice", "/incident INC-1 customers add Quagga").await;
    let engine = &bot.app().engine;
    let ask = |command| engine.ask(Ask::new(None, Actor::Person(UserId::from("U0ALICE")), Some(id), command));
    for n in 0..1100 {
        let security = Some(format!("person {n}"));
        let contacts = case::Ask::ChangeContacts { customer: 1, security, technical: None };
        ask(Command::Case(contacts)).await.expect("changed");
    }
    let private = watchroom::incident::access::Ask::Restrict { kind: None, why: None, to: None };
    ask(Command::Access(private)).await.expect("moved");
    let it = engine.incident("SEC-1".parse().expect("an id")).await.expect("read").expect("declared");
    let known = engine.case_facts(&it).await.expect("read");
    let latest = Fact::ContactsChanged { customer: 1, security: Some("person 1099".into()), technical: None };
    assert_eq!(known.get(&it.case.customers[0].contacts), Some(&latest));
    assert_eq!(records(&bot, "SEC-1").await.len(), 1101);
}

/// An open incident of alice's with work that goes on: bob, who helps, has a task and a question; carol, who does not, a task; one
/// is done; something was mended; customers were promised an update, and the one before is not posted yet.
async fn open_work() -> (Bot, String) {
    let bot = Bot::start().await;
    let old = bot.declare("alice", "sev2 logins fail").await;
    for (who, typed) in [
        ("alice", "role responder @bob"),
        ("bob", "task ask the zebra vendor @bob in 30m"),
        ("bob", "task collect the tapir logs @carol in 40m"),
        ("bob", "task order pizza @carol in 20m"),
        ("bob", "fix restarted the ibex"),
        ("alice", "consult responder may we say hyena?"),
    ] {
        bot.slash_in(who, &old, &format!("/incident {typed}")).await;
        bot.advance(minutes(1)).await;
    }
    let engine = &bot.app().engine;
    let ask = |command| {
        engine.ask(Ask::new(None, Actor::Person("U0ALICE".into()), Some("INC-1".parse().expect("an id")), command))
    };
    ask(Command::Duty(duty::Ask::FinishTask { task: 3 })).await.expect("done");
    let letter = comms::Drafting {
        to: Audience::External,
        scenario: None,
        fields: [("impact".to_owned(), "Logging in fails.".to_owned())].into(),
        outlets: vec!["status_page".into()],
        next_by: Some(When::In(30)),
        warnings: vec![],
        of: None,
        send: true,
        again: false,
        impact: [].into(),
        quiet: false,
        corrects: None,
    };
    ask(Command::Comms(comms::Ask::Draft(letter))).await.expect("sent");
    bot.settle().await;
    (bot, old)
}

/// [I4] Open tasks, questions and fixes come along with whoever recorded them and when; what somebody outside had to do is the lead's,
/// and what customers were promised is somebody's task. Nothing of it rings in the old one; all of it, in the new one.
#[tokio::test]
async fn what_goes_on_comes_along() {
    let (mut bot, old) = open_work().await;
    let before = bot.app().engine.history("INC-1".parse().expect("an id")).await.expect("a record");
    let room = moved(&bot).await;
    bot.crash_and_restart().await;
    let tasks = bot.slash_in("alice", &room, "/incident tasks").await.text;
    for part in ["zebra vendor", "tapir logs", "Customers were promised an update", "Public status page"] {
        assert!(tasks.contains(part), "no {part} in {tasks}");
    }
    assert!(!tasks.contains("pizza"), "it is done: {tasks}");
    bot.expect_once(&room, "gave task 2 from @carol to @alice");
    bot.expect_once(&room, "nothing goes to them from here: tell them by hand");
    for word in ["zebra", "ibex", "hyena"] {
        assert_eq!(bot.count(&room, word), 0, "said again: {}", shown(&bot.said(&room)));
    }
    assert!(bot.card(&room).contains("Question 1 to *Service responder*"), "{}", bot.card(&room));
    let after = bot.app().engine.history("SEC-1".parse().expect("an id")).await.expect("a record");
    let goes_on = |what: &What| {
        matches!(
            what,
            What::Duty(duty::Fact::TaskAdded { task: 1 | 2, .. })
                | What::EntryAdded { entry: EntryKind::Fix, .. }
                | What::Course(course::Fact::ConsultAsked { .. })
        )
    };
    let those = |all: Vec<(u64, Event)>| {
        all.into_iter().map(|(_, event)| event).filter(|event| goes_on(&event.what)).collect::<Vec<Event>>()
    };
    assert_eq!((those(after.clone()), those(after).len()), (those(before), 4), "who, when and what");
    // What bob has is before him under the new number, without a word of it outside of the room.
    let asked = bot.slack.dm("bob").into_iter().rfind(|m| m.contains("SEC-1")).expect("told anew");
    assert!(!asked.contains("zebra") && !asked.contains("hyena"), "{asked}");
    bot.advance(minutes(60)).await;
    let rang = |history: Vec<What>| {
        let rings = |what: &&What| {
            matches!(
                what,
                What::Duty(duty::Fact::TaskReminded { .. }) | What::Course(course::Fact::ConsultOverdue { .. })
            )
        };
        history.iter().filter(rings).count()
    };
    assert!(rang(bot.history("SEC-1").await) >= 4, "{:?}", bot.history("SEC-1").await);
    assert_eq!(rang(bot.history("INC-1").await), 0);
    bot.expect_once(&room, "Question 1 has no answer yet");
    assert_eq!(bot.count(&old, "Question 1 has no answer yet"), 0);
    bot.slash_in("bob", &room, "/incident consult answer 1 no").await;
    bot.expect_once(&room, "answered question 1");
    // What is redacted in one is redacted in the other.
    let history = bot.history("INC-1").await;
    let fixed = |what: &What| matches!(what, What::EntryAdded { entry: EntryKind::Fix, .. });
    let entry = history.iter().position(fixed).expect("a fix") + 1;
    bot.slash("alice", &format!("/incident INC-1 redact {entry} it names an animal")).await;
    for id in ["INC-1", "SEC-1"] {
        let said = bot.slash("alice", &format!("/incident {id} timeline")).await.text;
        assert!(!said.contains("ibex"), "{id}: {said}");
    }
    journal::verify(&bot.config.data).expect("every link holds");
    for who in ["carol", "dave"] {
        let read = read_by(&bot, who);
        assert!(!read.contains("SEC-1") && !read.contains("hyena"), "{who} reads it");
    }
}
