//! Updates on status pages that others host.

use serde_json::json;
use watchroom::{
    config::{ConnectorKind, Host, HostedPage},
    incident::comms::{Ask, Delivered, Drafting},
    status::ComponentStatus,
};

use super::comms::{ask, drafting, incident, outlet};
use crate::harness::{
    Bot, edited,
    fails::Fails,
    hosted::{FakeHost, HOSTS, set_up, with_page_at},
    minutes,
    places::set_up as connect,
    subscribers::subscribing,
};

/// Sends an update to the page.
async fn update(bot: &Bot, words: &str, impact: &[(&str, ComponentStatus)], quiet: bool) {
    let usual = drafting(&["status_page"], words, true);
    let cause = ("cause".to_owned(), "A database is full".to_owned());
    let impact = impact.iter().map(|(id, status)| ((*id).into(), *status)).collect();
    let drafting = Drafting { impact, quiet, fields: usual.fields.into_iter().chain([cause]).collect(), ..usual };
    assert_eq!(ask(bot, "alice", Ask::Draft(drafting)).await, Ok(()), "{words}");
}

/// How many texts there say this.
fn count(fake: &FakeHost, words: &str) -> usize {
    fake.said().iter().filter(|said| said.body.contains(words)).count()
}

async fn last(bot: &Bot) -> Delivered {
    incident(bot).await.comms.sends.last().expect("a send").deliveries[0].state.clone()
}

/// An incident goes up with its components and with subscribers told, as people chose; what follows joins it; what is over touches
/// nothing any more.
#[tokio::test]
async fn a_text_goes_up_and_the_next_ones_join_it() {
    for host in HOSTS {
        let (bot, fake) = with_page_at(host).await;
        let room = bot.declare("alice", "sev2 checkout is down").await;
        update(&bot, "Some payments fail", &[("pay", ComponentStatus::PartialOutage)], false).await;
        let said = fake.said();
        assert!(said.len() == 1 && said[0].body.contains("Some payments fail."), "{host:?}: {said:?}");
        assert!(said[0].notified && said[0].status == "investigating", "{host:?}: {said:?}");
        assert_eq!(fake.component("there-pay"), "partial_outage", "{host:?}");
        let link = if host == Host::Statuspage { "http://stspg.io/i1" } else { "https://status.example.com" };
        bot.expect_once(&room, &format!("*Public status page*: published · <{link}|open>"));

        bot.slash_in("alice", &room, "/incident phase identified").await;
        update(&bot, "Carts are slow", &[("cart", ComponentStatus::DegradedPerformance)], true).await;
        let said = fake.said();
        assert!(said.len() == 2 && !said[1].notified && said[1].status == "identified", "{host:?}: {said:?}");
        assert_eq!(fake.component("there-pay"), "operational", "{host:?}");
        assert_eq!(fake.component("there-cart"), "degraded_performance", "{host:?}");

        bot.slash_in("alice", &room, "/incident resolve a new index").await;
        update(&bot, "All is well", &[], false).await;
        let said = fake.said();
        assert!(said.len() == 3 && said[2].notified && said[2].status == "resolved", "{host:?}: {said:?}");
        assert_eq!(fake.component("there-cart"), "operational", "{host:?}");
        let memory = fake.memory();
        let [it] = &memory.incidents[..] else { panic!("{host:?}: {memory:?}") };
        assert!(!it.name.contains("checkout") && !it.name.contains("INC-"), "{host:?}: {it:?}");
    }
}

/// Whatever becomes of a request, first or later, a text stands there once, and the room hears that it does.
#[tokio::test]
async fn whatever_becomes_of_a_request_a_text_stands_there_once() {
    let ways = [
        Fails::Limits(Some(7)),
        Fails::Limits(None),
        Fails::Status(500),
        Fails::Status(503),
        Fails::AfterTheWrite,
        Fails::Malformed,
    ];
    for host in HOSTS {
        for fails in ways {
            let (bot, fake) = with_page_at(host).await;
            bot.declare("alice", "sev2 checkout is down").await;
            for words in ["Some payments fail", "Most payments fail"] {
                fake.fail([fails]);
                // Nor does it matter that it cannot be looked at for a while.
                fake.memory().fails_looks.extend([Fails::Status(502), Fails::Malformed]);
                update(&bot, words, &[("pay", ComponentStatus::MajorOutage)], false).await;
                bot.advance(minutes(7)).await;
                assert_eq!(count(&fake, words), 1, "{host:?}, {fails:?}: {:?}", fake.said());
                let state = last(&bot).await;
                assert!(matches!(state, Delivered::Published { .. }), "{host:?}, {fails:?}: {state:?}");
            }
            assert_eq!(fake.memory().incidents.len(), 1, "{host:?}, {fails:?}");
        }
    }
}

/// The process dies after the text got there, and before it could know.
#[tokio::test]
async fn a_process_that_dies_meanwhile_says_nothing_twice() {
    for host in HOSTS {
        let (mut bot, fake) = with_page_at(host).await;
        bot.declare("alice", "sev2 checkout is down").await;
        for words in ["Some payments fail", "Most payments fail"] {
            fake.fail([Fails::AfterTheWrite]);
            update(&bot, words, &[], false).await;
            bot.crash_and_restart().await;
            bot.advance(minutes(2)).await;
            assert_eq!(count(&fake, words), 1, "{host:?}: {:?}", fake.said());
        }
        assert_eq!(fake.memory().incidents.len(), 1, "{host:?}");
    }
}

/// It may or may not be there, and somebody wrote there meanwhile: where no key of ours tells, a person is asked, who has looked.
#[tokio::test]
async fn where_it_cannot_be_told_whether_it_is_there_a_person_is_asked() {
    for host in [Host::IncidentIo, Host::Instatus] {
        let (bot, fake) = with_page_at(host).await;
        let room = bot.declare("alice", "sev2 checkout is down").await;
        update(&bot, "Some payments fail", &[], false).await;
        fake.fail([Fails::Status(500)]);
        update(&bot, "Most payments fail", &[], false).await;
        fake.memory().say("i1", "We are on it.", "investigating", false, &[].into());
        bot.advance(minutes(2)).await;
        assert_eq!(count(&fake, "Most payments fail"), 0, "{host:?}: {:?}", fake.said());
        assert!(matches!(last(&bot).await, Delivered::Failed { .. }), "{host:?}");
        bot.press("alice", &bot.said(&room), "Retry: Public status page").await;
        assert_eq!(count(&fake, "Most payments fail"), 1, "{host:?}: {:?}", fake.said());
    }
}

/// A token that is not known, or a page that is gone, is told in the room, with what to do.
#[tokio::test]
async fn what_a_page_refuses_is_told_in_the_room() {
    for host in HOSTS {
        let (bot, fake) = with_page_at(host).await;
        let room = bot.declare("alice", "sev2 checkout is down").await;
        fake.memory().shut = true;
        update(&bot, "Some payments fail", &[], false).await;
        assert!(bot.count(&room, "the token is not known (401)") > 0, "{host:?}: {:?}", bot.said(&room));
        fake.memory().shut = false;
        bot.press("alice", &bot.said(&room), "Retry: Public status page").await;
        assert_eq!(count(&fake, "Some payments fail"), 1, "{host:?}");
        bot.expect_once(&room, "*Public status page*: published");
    }
}

/// Words that are redacted are taken away, and what stands in their place says so; where a host lets nobody do that, the room hears it.
#[tokio::test]
async fn redacted_words_are_taken_away() {
    for host in HOSTS {
        let (bot, fake) = with_page_at(host).await;
        let room = bot.declare("alice", "sev2 checkout is down").await;
        update(&bot, "Zebra pays nothing", &[], false).await;
        let sent = incident(&bot).await.comms.sends[0].seq;
        bot.slash_in("alice", &room, &format!("/incident redact {sent} names a customer")).await;
        bot.settle().await;
        if host == Host::IncidentIo {
            assert!(bot.count(&room, "take the words of an update back") > 0, "{:?}", bot.said(&room));
        } else {
            assert_eq!(fake.said()[0].body, "This update was withdrawn.", "{host:?}");
        }
    }
}

/// A component that another open incident has too stays as that one has it.
#[tokio::test]
async fn a_component_of_another_open_incident_stays_down() {
    for host in [Host::Statuspage, Host::Instatus] {
        let (bot, fake) = with_page_at(host).await;
        let room = bot.declare("alice", "sev2 checkout is down").await;
        update(&bot, "Some payments fail", &[("pay", ComponentStatus::MajorOutage)], false).await;
        fake.memory().put_incident("there-pay", "major_outage");
        bot.slash_in("alice", &room, "/incident resolve a new index").await;
        update(&bot, "All is well with us", &[], false).await;
        assert_eq!(fake.component("there-pay"), "major_outage", "{host:?}: {:?}", fake.said());
        assert_eq!(fake.memory().incidents[0].status, "resolved", "{host:?}");
    }
}

/// What others keep with an incident of Statuspage stays there, and ours says nothing of the incident's number.
#[tokio::test]
async fn metadata_of_others_stays() {
    let (bot, fake) = with_page_at(Host::Statuspage).await;
    bot.declare("alice", "sev2 checkout is down").await;
    update(&bot, "Some payments fail", &[], false).await;
    fake.memory().incidents[0].metadata["jira"] = json!({ "issue": "X-1" });
    update(&bot, "Most payments fail", &[], false).await;
    let metadata = fake.memory().incidents[0].metadata.clone();
    assert_eq!(metadata["jira"]["issue"], "X-1");
    assert_eq!(metadata["watchroom"]["keys"].as_array().map(Vec::len), Some(2), "{metadata}");
    assert!(!metadata.to_string().contains("INC-"), "{metadata}");
}

/// What was over before anybody was told, and is not to wake anybody, belongs into the past: at Statuspage on the day that it began.
#[tokio::test]
async fn what_was_over_before_it_was_told_belongs_into_the_past() {
    let (bot, fake) = with_page_at(Host::Statuspage).await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("alice", &room, "/incident resolve a new index").await;
    update(&bot, "Some payments failed", &[("pay", ComponentStatus::MajorOutage)], true).await;
    let memory = fake.memory();
    let [it] = &memory.incidents[..] else { panic!("{memory:?}") };
    assert_eq!((it.backfilled.as_deref(), it.status.as_str()), (Some("2026-11-22"), "resolved"));
    assert_eq!(memory.components["there-pay"], "operational");
}

/// Statuspage asked for patience once: until then nobody asks it anything, for whichever incident.
#[tokio::test]
async fn statuspage_is_left_alone_for_as_long_as_it_asks() {
    let (bot, fake) = with_page_at(Host::Statuspage).await;
    bot.declare("alice", "sev2 checkout is down").await;
    fake.memory().fails_looks.push_back(Fails::Limits(Some(40)));
    update(&bot, "Some payments fail", &[], false).await;
    assert_eq!(fake.memory().requests.len(), 1);
    bot.seconds(39).await;
    assert_eq!(fake.memory().requests.len(), 1);
    bot.seconds(3).await;
    assert_eq!(count(&fake, "Some payments fail"), 1);
}

/// An address that somebody chose reaches into our own network only by leave.
#[tokio::test]
async fn an_address_of_our_own_network_needs_leave() {
    for host in HOSTS {
        let fake = FakeHost::start(host).await;
        let page = HostedPage { chosen: Some(false), ..fake.page() };
        let bot = Bot::configured(|config| set_up(config, page)).await;
        let room = bot.declare("alice", "sev2 checkout is down").await;
        update(&bot, "Some payments fail", &[], false).await;
        assert!(bot.count(&room, "private_address") > 0, "{host:?}: {:?}", bot.said(&room));
        assert_eq!(fake.memory().requests, Vec::<String>::new(), "{host:?}");
    }
}

/// What was resolved at incident.io stays so: what comes after begins a new incident.
#[tokio::test]
async fn after_its_end_a_new_incident_begins_at_incident_io() {
    let (bot, fake) = with_page_at(Host::IncidentIo).await;
    bot.declare("alice", "sev2 checkout is down").await;
    update(&bot, "Some payments fail", &[], false).await;
    // By hand, there.
    fake.memory().say("i1", "It is over.", "resolved", false, &[].into());
    fake.fail([Fails::AfterTheWrite]);
    update(&bot, "It fails again", &[], false).await;
    bot.advance(minutes(2)).await;
    assert_eq!(count(&fake, "It fails again"), 1, "{:?}", fake.said());
    assert_eq!(fake.memory().incidents.len(), 2);
}

/// Whether subscribers hear of a text is one choice for every page: the hosted one, our own and its subscribers, and what programs read there.
#[tokio::test]
async fn a_quiet_text_is_quiet_everywhere() {
    const ADA: &str = "ada@customer.example";
    let fake = FakeHost::start(Host::Statuspage).await;
    let (bot, server) = subscribing(|config| {
        connect(config, "public", ConnectorKind::Hosted(fake.page()));
        config.playbook = edited(|p| {
            outlet(p, "status_page").connector = Some("public".into());
            outlet(p, "service_desk").connector = Some("status_page".into());
        });
    })
    .await;
    bot.subscribe(&server, ADA, &[]).await;
    bot.declare("alice", "sev2 checkout is down").await;
    let before = server.taken_for(ADA).len();
    for (words, quiet) in [("Some payments fail", true), ("Most payments fail", false)] {
        let both = drafting(&["status_page", "service_desk"], words, true);
        assert_eq!(ask(&bot, "alice", Ask::Draft(Drafting { quiet, ..both })).await, Ok(()));
        bot.advance(minutes(1)).await;
    }
    let told: Vec<bool> = fake.said().iter().map(|said| said.notified).collect();
    assert_eq!(told, [false, true], "{:?}", fake.said());
    let mails = server.taken_for(ADA).split_off(before);
    assert!(mails.len() == 1 && mails[0].shown().contains("Most payments fail"), "{mails:?}");
    let read = bot.open(&format!("{}/api/v2/incidents.json", bot.url)).await.1;
    let read: serde_json::Value = serde_json::from_str(&read).expect("JSON");
    let updates = read["incidents"][0]["incident_updates"].as_array().expect("updates").iter();
    let mut told: Vec<(bool, bool)> =
        updates.map(|it| (it["body"].to_string().contains("Most"), it["deliver_notifications"] == true)).collect();
    told.sort_unstable();
    assert_eq!(told, [(false, false), (true, true)], "{read}");
}
