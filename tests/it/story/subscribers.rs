//! Whoever subscribed to the status page is told of it by mail.

use jiff::SignedDuration;
use watchroom::{
    config::{ConnectorConfig, ConnectorKind},
    incident::{Actor, comms::Delivered},
    status::{Change, ComponentStatus, PostStatus, Window},
    web::snapshot,
};

use super::{
    maintenance::plan,
    status_page::{send, update},
};
use crate::harness::{
    Bot, edited, minutes,
    neighbour::mail::{Fault, Server, Taken},
    subscribers::{PAGE, link, subscribing},
};

const ADA: &str = "ada@customer.example";
const BEN: &str = "ben@customer.example";

fn hours(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n)
}

/// Mails about posts, and none about the subscription itself.
fn news(server: &Server, mailbox: &str) -> Vec<Taken> {
    let about = |mail: &Taken| !mail.shown().contains("Confirm") && !mail.shown().contains("subscribed already");
    server.taken_for(mailbox).into_iter().filter(about).collect()
}

/// Everything that stands in a directory, read as text.
fn bytes_of(dir: &std::path::Path) -> String {
    let mut all = String::new();
    for entry in std::fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        all += &if path.is_dir() {
            bytes_of(&path)
        } else {
            String::from_utf8_lossy(&std::fs::read(&path).expect("a file")).into_owned()
        };
    }
    all
}

/// Only whoever reads the mailbox subscribes it: looking at the link confirms nothing, its button does. From then on they are told, until
/// one request ends it; then nothing of them remains in the record.
#[tokio::test]
async fn a_subscription_is_confirmed_told_and_ended_and_leaves_nothing() {
    let (mut bot, server) = subscribing(|_| {}).await;
    let form = bot.open(&format!("{}/status/subscribe?lang=de", bot.url)).await;
    assert!(form.0 == 200 && form.1.contains("E-Mail-Adresse") && !form.1.contains("<script"), "{form:?}");
    let (status, page) = bot.ask_for_updates("8.8.8.8", &[("mail", ADA)]).await;
    assert!(status == 202 && page.contains("Look into your mailbox") && !page.contains(ADA), "{status} {page}");
    let asks = server.taken_for(ADA).pop().expect("a mail");
    assert!(!asks.text.contains("List-Unsubscribe"), "there is nothing to leave yet");
    let link = link(&asks, &bot.url);
    let looked = bot.open(&link).await;
    assert!(looked.0 == 200 && looked.1.contains("Confirm the subscription"), "{looked:?}");
    bot.declare("alice", "sev2 checkout is down").await;
    update(&bot, "alice", "Some payments fail", &[]).await;
    assert_eq!(news(&server, ADA).len(), 0, "a look confirmed it");

    bot.crash_and_restart().await;
    let link = link.replace(link.split("/status").next().expect("an address"), &bot.url);
    let (status, page) = bot.press_subscription(&link, &[("do", "keep")]).await;
    assert!(status == 200 && page.contains("You are subscribed."), "{status} {page}");
    update(&bot, "alice", "Payments by card fail", &[]).await;
    let told = news(&server, ADA);
    let [mail] = &told[..] else { panic!("{told:?}") };
    assert!(mail.shown().contains("Payments by card fail.") && !mail.shown().contains("checkout is down"), "{mail:?}");
    assert_eq!(mail.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    let leave = mail.header("List-Unsubscribe");
    let leave = leave.trim_matches(['<', '>']).replace(PAGE, &format!("{}/status", bot.url));
    assert!(!leave.contains("customer"), "{leave}");
    assert!(bytes_of(&bot.config.data.join("journal")).contains(ADA), "the search finds what is there");

    assert_eq!(bot.press_subscription(&leave, &[("List-Unsubscribe", "One-Click")]).await.0, 200);
    assert_eq!(bot.press_subscription(&leave, &[("List-Unsubscribe", "One-Click")]).await.0, 200, "said twice");
    assert_eq!(bot.open(&leave).await.0, 404);
    update(&bot, "alice", "Payments fail again", &[]).await;
    assert_eq!(news(&server, ADA).len(), 1);
    assert!(!bytes_of(&bot.config.data.join("journal")).contains(ADA));
    bot.crash_and_restart().await;
    assert_eq!(bot.app().engine.subscribers_count().await.expect("read"), watchroom::engine::Headcount::default());
}

/// What is answered is the same, whoever asks for whatever address; and nobody is written to more than a few times.
#[tokio::test]
async fn nobody_learns_who_is_subscribed_nor_floods_a_mailbox() {
    let (bot, server) = subscribing(|_| {}).await;
    bot.subscribe(&server, ADA, &[]).await;
    bot.advance(minutes(6)).await;
    let known = bot.ask_for_updates("1.1.1.1", &[("mail", ADA)]).await;
    let unknown = bot.ask_for_updates("1.1.1.1", &[("mail", BEN)]).await;
    assert_eq!(known, unknown);
    let last = server.taken_for(ADA).pop().expect("a mail");
    assert!(last.shown().contains("You are subscribed already."), "{last:?}");
    // Again at once, under another name of the same mailbox, and all day: three mails and no more, and always the same answer.
    assert_eq!(bot.ask_for_updates("1.1.1.2", &[("mail", BEN)]).await, known);
    assert_eq!(bot.ask_for_updates("1.1.1.2", &[("mail", "Ben+again@customer.example")]).await, known);
    assert_eq!(server.taken_for(BEN).len() + server.taken_for("Ben+again@customer.example").len(), 1);
    for n in 0..5 {
        bot.advance(minutes(6)).await;
        assert_eq!(bot.ask_for_updates(&format!("1.1.2.{n}"), &[("mail", BEN)]).await.0, 202);
    }
    assert_eq!(server.taken_for(BEN).len(), 3);
    // One place asks for many.
    let mut answers = Vec::new();
    for n in 0..11 {
        answers.push(bot.ask_for_updates("9.9.9.9", &[("mail", &format!("victim{n}@elsewhere.example"))]).await.0);
    }
    assert_eq!((answers[9], answers[10]), (202, 429), "{answers:?}");
    for wrong in ["", "ada", "ada@", "a b@customer.example", "ada@customer.example\r\nBcc: x@y.example"] {
        assert_eq!(bot.ask_for_updates("7.7.7.7", &[("mail", wrong)]).await.0, 422, "{wrong}");
    }
}

/// Whoever does not confirm is forgotten after a day.
#[tokio::test]
async fn whoever_does_not_confirm_is_forgotten() {
    let (mut bot, server) = subscribing(|_| {}).await;
    bot.ask_for_updates("8.8.8.8", &[("mail", ADA)]).await;
    let link = link(&server.taken_for(ADA)[0], &bot.url);
    bot.clock.advance(hours(23));
    assert_eq!(bot.open(&link).await.0, 200);
    bot.ask_for_updates("8.8.8.8", &[("mail", BEN)]).await;
    bot.crash().await;
    bot.clock.advance(hours(1));
    bot.restart().await;
    let link = link.replace(link.split("/status").next().expect("an address"), &bot.url);
    assert_eq!(bot.open(&link).await.0, 404);
    let journal = bytes_of(&bot.config.data.join("journal"));
    assert!(!journal.contains(ADA) && journal.contains(BEN), "only who was asked a day ago");
    assert_eq!(bot.app().engine.subscribers_count().await.expect("read").pending, 1);
    bot.clock.advance(hours(23));
    bot.settle().await;
    assert_eq!(bot.app().engine.subscribers_count().await.expect("read").pending, 0);
}

/// Subscribers hear of what they chose, only where the sender said so, in their language, and what belongs together stands together.
#[tokio::test]
async fn subscribers_hear_what_they_chose_where_the_sender_said_so() {
    let (bot, server) = subscribing(|_| {}).await;
    bot.subscribe(&server, ADA, &[]).await;
    bot.subscribe(&server, BEN, &[("component", "search"), ("component", "nothing")]).await;
    let fay = "fay@customer.example";
    bot.http
        .post(format!("{}/status/subscribe?lang=fr", bot.url))
        .form(&[("mail", fay)])
        .send()
        .await
        .expect("an answer");
    bot.settle().await;
    let of_fay = link(&server.taken_for(fay)[0], &bot.url);
    bot.press_subscription(&of_fay, &[("do", "keep")]).await;

    let room = bot.declare("alice", "sev2 checkout is down").await;
    send(&bot, "alice", "Nothing to see", ("status_page", &[]), true).await;
    assert_eq!((news(&server, ADA).len(), news(&server, BEN).len()), (0, 0), "it was a quiet one");
    update(&bot, "alice", "Some payments fail", &[("pay", ComponentStatus::PartialOutage)]).await;
    bot.slash_in("alice", &room, "/incident phase identified").await;
    update(&bot, "alice", "Payments by card fail", &[("pay", ComponentStatus::MajorOutage)]).await;
    let told = news(&server, ADA);
    let [first, second] = &told[..] else { panic!("{told:?}") };
    assert!(first.shown().contains("Payments (Partial outage)"), "{first:?}");
    assert!(second.shown().contains("Identified") && second.shown().contains("Next update by"), "{second:?}");
    assert_eq!(first.header("Subject"), second.header("Subject"));
    assert_eq!(first.header("References"), second.header("References"));
    assert_ne!(first.header("Message-ID"), second.header("Message-ID"));
    assert!(second.shown().contains(&format!("{PAGE}/incidents/")), "{second:?}");
    let french = news(&server, fay).pop().expect("a mail");
    assert!(french.shown().contains("Prochaine mise"), "{french:?}");
    assert_ne!(
        french.header("References"),
        second.header("References"),
        "two who compare find nothing that is the same"
    );
    assert_eq!(news(&server, BEN).len(), 0, "it is not about search");

    let window = Window { from: bot.in_minutes(60), to: bot.in_minutes(120) };
    let planned = Change::MaintenancePlanned {
        post: "m1".into(),
        update: "plan".into(),
        name: "A new index".into(),
        body: "Search is slow.".into(),
        window,
        impact: [("search".into(), ComponentStatus::UnderMaintenance)].into(),
        notify: true,
    };
    let moved = Change::MaintenanceMoved {
        post: "m1".into(),
        update: "begin".into(),
        status: PostStatus::InProgress,
        body: "It began.".into(),
        notify: true,
    };
    for what in [planned, moved] {
        bot.app().engine.change_status_page(&Actor::Bot, what, |_| false).await.expect("changed");
        bot.settle().await;
    }
    let told = news(&server, BEN);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].shown().contains("Scheduled") && told[1].shown().contains("In progress"), "{told:?}");
    assert_eq!(told[1].header("References"), told[0].header("Message-ID"), "the first one is the root");
}

/// Whoever subscribed hears of maintenance as it is planned, once more before it begins, when it begins and when it ends: once each, over
/// crashes, and of a quiet one nothing.
#[tokio::test]
async fn subscribers_hear_of_maintenance_and_are_reminded_once() {
    let (mut bot, server) = subscribing(|_| {}).await;
    bot.subscribe(&server, ADA, &[]).await;
    bot.subscribe(&server, BEN, &[("component", "search")]).await;
    plan(&bot, "alice", "New database", 25 * 60, 26 * 60).await;
    let said = |n: usize| {
        let told = news(&server, ADA);
        assert_eq!(told.len(), n, "{told:?}");
        told.last().map(Taken::shown).unwrap_or_default()
    };
    assert!(said(1).contains("Scheduled") && said(1).contains("Short interruptions are possible."));
    bot.crash_and_restart().await;
    bot.advance(minutes(2 * 60)).await;
    assert!(!said(1).contains("Reminder"), "a day before only the planner is reminded");
    let changed = async || bot.open(&format!("{}/api/v2/status.json", bot.url)).await.1;
    let before = changed().await;
    assert!(before.contains("updated_at"), "{before}");
    bot.advance(minutes(22 * 60 + 1)).await;
    assert!(said(2).contains("Reminder: this begins soon") && said(2).contains("Short interruptions"), "{}", said(2));
    assert_eq!(news(&server, ADA)[1].header("References"), news(&server, ADA)[0].header("Message-ID"));
    assert_eq!(changed().await, before, "the page reads as before");
    bot.crash_and_restart().await;
    bot.advance(minutes(60)).await;
    assert!(said(3).contains("In progress"), "{}", said(3));
    bot.crash_and_restart().await;
    bot.advance(minutes(60)).await;
    assert!(said(4).contains("Completed"), "{}", said(4));
    assert_eq!(news(&server, BEN).len(), 0, "it is not about search");

    plan(&bot, "alice", "New index", 10, 20).await;
    assert!(said(5).contains("Scheduled"));
    bot.slash("alice", "/incident maintenance cancel The supplier is not ready").await;
    assert!(said(6).contains("Cancelled") && !said(6).contains("Completed"), "{}", said(6));
    bot.slash("alice", "/incident maintenance plan Quiet").await;
    let at = |minutes: i64| serde_json::json!(bot.clock_second() + minutes * 60);
    let values = [("What is done", "x".into()), ("From", at(90)), ("Until", at(100))];
    bot.slack.act_as("alice").fill(values).await.expect("fields of the form");
    bot.submit("alice", &[("Subscribers", "Only show it")]).await;
    bot.advance(minutes(120)).await;
    assert_eq!(bot.app().engine.status_page().await.expect("read").posts[0].updates.len(), 3, "it came and went");
    said(6);
}

/// A person who asks to be forgotten is, by whoever may speak on the page: whatever was asked for with their address, and nobody else's.
#[tokio::test]
async fn whoever_asks_for_it_is_forgotten() {
    let (mut bot, server) = subscribing(|_| {}).await;
    let link = bot.subscribe(&server, ADA, &[]).await;
    bot.subscribe(&server, BEN, &[]).await;
    bot.advance(minutes(6)).await;
    // Asked for and not confirmed; and answered for.
    bot.ask_for_updates("8.8.4.4", &[("mail", ADA), ("webhook", "https://program.example/x")]).await;
    assert!(bytes_of(&bot.config.data.join("journal")).contains(ADA), "the search finds what is there");
    let typed = "/incident statuspage forget Ada@customer.example";
    let answer = bot.slash("alice", typed).await.text;
    assert!(answer.starts_with("2 subscriptions have ended") && !answer.to_lowercase().contains(ADA), "{answer}");
    assert_eq!(bot.open(&link).await.0, 404);
    bot.declare("alice", "sev2 checkout is down").await;
    update(&bot, "alice", "Some payments fail", &[]).await;
    assert_eq!((news(&server, ADA).len(), news(&server, BEN).len()), (0, 1));
    let journal = bytes_of(&bot.config.data.join("journal")).to_lowercase();
    assert!(!journal.contains(ADA) && journal.contains(BEN) && journal.contains("forgotten"), "who did it is known");
    let again = bot.slash("alice", typed).await.text;
    assert!(again.starts_with("Nobody subscribed"), "{again}");
    let wrong = bot.slash("alice", "/incident statuspage forget ada").await.text;
    assert!(wrong.contains("Type the mail address"), "{wrong}");
    bot.crash_and_restart().await;
    assert_eq!(bot.app().engine.subscribers_count().await.expect("read").confirmed, 1);
}

/// Only whom the playbook names for the page may have somebody forgotten.
#[tokio::test]
async fn nobody_else_has_a_subscriber_forgotten() {
    let (bot, server) = subscribing(|config| {
        config.playbook = edited(|playbook| {
            let commander = playbook.roles.iter_mut().find(|role| role.id.as_str() == "commander").expect("it");
            commander.main = Some(watchroom::playbook::Contact::User("U0BOB".into()));
        });
    })
    .await;
    let link = bot.subscribe(&server, ADA, &[]).await;
    let refused = bot.slash("alice", &format!("/incident statuspage forget {ADA}")).await.text;
    assert!(refused.contains("Only those may do that"), "{refused}");
    assert_eq!(bot.open(&link).await.0, 200);
    bot.slash("bob", &format!("/incident statuspage forget {ADA}")).await;
    assert_eq!(bot.open(&link).await.0, 404);
}

/// Where the register has no channel for the page, it names nobody for it: then anybody may.
#[tokio::test]
async fn without_a_channel_for_the_page_anybody_has_a_subscriber_forgotten() {
    let (bot, server) = subscribing(|config| {
        config.playbook = edited(|playbook| {
            playbook.channels.iter_mut().for_each(|channel| channel.connector = None);
        });
    })
    .await;
    let link = bot.subscribe(&server, ADA, &[]).await;
    bot.slash("dave", &format!("/incident statuspage forget {ADA}")).await;
    assert_eq!(bot.open(&link).await.0, 404);
}

/// What no button of ours sent changes nothing; one click ends it in both forms that mail programs send; and no search engine keeps the pages.
#[tokio::test]
async fn only_our_buttons_and_one_click_change_a_subscription() {
    let (bot, server) = subscribing(|_| {}).await;
    bot.ask_for_updates("8.8.8.8", &[("mail", ADA)]).await;
    let link = link(&server.taken_for(ADA)[0], &bot.url);
    for fields in [&[][..], &[("do", "something")], &[("component", "search")]] {
        let (status, page) = bot.press_subscription(&link, fields).await;
        assert!(status == 200 && page.contains("Confirm the subscription"), "{fields:?}: {status} {page}");
    }
    let head = bot.http.head(&link).send().await.expect("an answer");
    assert_eq!((head.status().as_u16(), &head.headers()["x-robots-tag"]), (200, &"noindex, nofollow".parse().unwrap()));
    assert_eq!(bot.app().engine.subscribers_count().await.expect("read").confirmed, 0);
    bot.press_subscription(&link, &[("do", "keep")]).await;
    let body = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
    let request = bot.http.post(&link).header("content-type", "multipart/form-data; boundary=x").body(body);
    let left = request.send().await.expect("an answer");
    assert_eq!((left.status().as_u16(), bot.open(&link).await.0), (200, 404), "it is over");
}

/// The server says this of all of them; the one that it does not know is the fourth.
fn server_says(server: &Server, people: &[String], answer: Option<&'static str>) -> usize {
    for mailbox in people {
        server.say_of(mailbox, answer);
    }
    3
}

/// One mailbox that refuses, or asks for patience, holds up nobody else; a server that is away is waited for, and nobody is told twice.
#[tokio::test]
async fn one_mailbox_holds_up_nobody_and_a_server_that_is_away_loses_nobody() {
    let (bot, server) = subscribing(|_| {}).await;
    let people: Vec<String> = (0..24).map(|n| format!("reader{n}@customer.example")).collect();
    for (n, mailbox) in people.iter().enumerate() {
        bot.advance(minutes(1)).await;
        bot.ask_for_updates(&format!("8.8.8.{n}"), &[("mail", mailbox)]).await;
        let link = link(&server.taken_for(mailbox)[0], &bot.url);
        bot.press_subscription(&link, &[("do", "keep")]).await;
    }
    server.say_of(&people[3], Some("550 5.1.1 no such mailbox"));
    server.say_of(&people[4], Some("451 4.7.1 greylisted"));
    bot.declare("alice", "sev2 checkout is down").await;
    update(&bot, "alice", "Some payments fail", &[]).await;
    let told = || people.iter().map(|mailbox| news(&server, mailbox).len()).collect::<Vec<_>>();
    let expected = |odd: usize, others: usize| -> Vec<usize> {
        (0..24)
            .map(|n| {
                if n == 3 {
                    0
                } else if n == 4 {
                    odd
                } else {
                    others
                }
            })
            .collect()
    };
    assert_eq!(told(), expected(0, 1));
    // What comes later stands behind what waits.
    update(&bot, "alice", "Payments by card fail", &[]).await;
    assert_eq!(told(), expected(0, 2));
    server.say_of(&people[4], None);
    bot.advance(minutes(6)).await;
    assert_eq!(told(), expected(2, 2));
    let late = news(&server, &people[4]);
    assert!(late[0].shown().contains("Some payments fail.") && late[1].shown().contains("by card"), "{late:?}");

    let odd = server_says(&server, &people, Some("421 4.3.2 going down"));
    update(&bot, "alice", "Payments fail everywhere", &[]).await;
    bot.advance(minutes(2)).await;
    assert_eq!(told(), expected(2, 2), "it goes down");
    server_says(&server, &people, None);
    server.say_of(&people[odd], Some("550 5.1.1 no such mailbox"));
    bot.advance(minutes(6)).await;
    assert_eq!(told(), expected(3, 3), "nobody is lost, and nobody is told twice");
}

/// Nothing that everybody reads says who subscribed.
#[tokio::test]
async fn nothing_public_says_who_subscribed() {
    let (bot, server) = subscribing(|_| {}).await;
    bot.subscribe(&server, ADA, &[]).await;
    bot.declare("alice", "sev2 checkout is down").await;
    update(&bot, "alice", "Some payments fail", &[]).await;
    assert_eq!(news(&server, ADA).len(), 1);
    let dir = bot.config.data.with_file_name("public");
    let standing = bot.app().engine.status_page().await.expect("read");
    let settings = bot.config.settings.status_page.clone().expect("a page");
    snapshot::write(&dir, &standing, &settings, bot.in_minutes(0)).expect("written");
    assert!(!bytes_of(&dir).contains("customer.example"));
    for path in ["/status", "/status/subscribe", "/api/v2/summary.json", "/history.atom", "/metrics", "/readyz"] {
        let page = bot.open(&format!("{}{path}", bot.url)).await.1;
        assert!(!page.contains("customer.example"), "{path}: {page}");
    }
    let said: Vec<_> = bot.slack.channels().iter().flat_map(|c| bot.slack.messages(&c.id)).collect();
    assert!(!said.iter().any(|m| m.contains("customer.example")));
}

/// Without subscribers in the settings there is no form; nothing is asked of anybody.
#[tokio::test]
async fn a_page_without_subscribers_has_no_form() {
    let bot = Bot::with_status_page().await;
    assert_eq!(bot.open(&format!("{}/status/subscribe", bot.url)).await.0, 404);
    assert_eq!(bot.ask_for_updates("8.8.8.8", &[("mail", ADA)]).await.0, 404);
    assert!(!bot.open(&format!("{}/status", bot.url)).await.1.contains("/status/subscribe"));
}

/// A bot that mails one channel of the register to two lists.
async fn mailing() -> (Bot, Server) {
    subscribing(|config| {
        let to = vec!["partners@lists.example".to_owned(), "press@lists.example".to_owned()];
        let kind = ConnectorKind::Mail { to, language: "de".into() };
        config.settings.connectors.insert("lists".into(), kind.abilities());
        config.connectors = vec![ConnectorConfig { name: "lists".into(), kind }];
        config.playbook = edited(|playbook| {
            let channel = playbook.channels.iter_mut().find(|channel| channel.id.as_str() == "status_page");
            channel.expect("a channel").connector = Some("lists".into());
        });
    })
    .await
}

/// A list gets each text once, behind the one before; neither list reads of the other.
#[tokio::test]
async fn a_list_gets_each_text_behind_the_one_before() {
    let (bot, server) = mailing().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    update(&bot, "alice", "Some payments fail", &[]).await;
    bot.slash_in("alice", &room, "/incident phase identified").await;
    update(&bot, "alice", "Payments by card fail", &[]).await;
    let taken = server.taken();
    let [first, second] = &taken[..] else { panic!("{taken:?}") };
    assert_eq!(first.to, "partners@lists.example press@lists.example");
    assert_eq!(first.header("To"), "Watchroom <watchroom@example.com>");
    assert!(first.shown().contains("Wird untersucht") && first.shown().contains("Some payments fail."), "{first:?}");
    assert_eq!(second.header("References"), first.header("Message-ID"));
    assert!(!first.text.contains("INC-1") && !first.text.contains("List-Unsubscribe"), "{first:?}");
}

/// Where the answer was lost nobody can look whether a list got it: a person is asked, and nothing is mailed again by itself.
#[tokio::test]
async fn where_a_mails_answer_was_lost_a_person_looks() {
    let (bot, server) = mailing().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    server.fail([Fault::Cut]);
    update(&bot, "alice", "Some payments fail", &[]).await;
    bot.advance(minutes(10)).await;
    assert_eq!(server.taken().len(), 1);
    let it = bot.app().engine.incident("INC-1".parse().expect("an id")).await.expect("read").expect("there");
    let state = &it.comms.sends[0].deliveries[0].state;
    assert!(matches!(state, Delivered::Failed { why, .. } if why == "maybe_there"), "{state:?}");
    assert!(bot.said(&room).iter().any(|m| m.contains("Posted by hand")), "{:?}", bot.said(&room));
}
