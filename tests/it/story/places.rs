//! Updates on social networks, in other chats and on customers' tickets.

use watchroom::{
    config::ConnectorKind,
    incident::comms::{Ask, Delivered, Drafting, No},
    playbook::Playbook,
};

use super::comms::{ask, drafting, incident, outlet};
use crate::harness::{
    Bot, edited,
    fails::Fails,
    minutes,
    places::{
        FakePlace,
        desks::{at_jira, at_zendesk, jira, zendesk},
        hooks::{discord, in_discord},
        set_up,
        social::{mastodon, on_mastodon, on_x, x},
    },
    shown,
};

/// Each of these channels of the register is a place of this kind.
async fn with(places: &[(&str, ConnectorKind)], change: fn(&mut Playbook)) -> Bot {
    Bot::configured(|config| {
        config.playbook = edited(|p| {
            change(p);
            for (channel, _) in places {
                outlet(p, channel).connector = Some(format!("at_{channel}"));
            }
        });
        for (channel, kind) in places {
            set_up(config, &format!("at_{channel}"), kind.clone());
        }
    })
    .await
}

/// An update for customers, sent as Alice.
async fn send(bot: &Bot, channels: &[&str], words: &str) -> Result<(), No> {
    ask(bot, "alice", Ask::Draft(drafting(channels, words, true))).await
}

/// How the last one stands in a channel.
async fn state(bot: &Bot, channel: &str) -> Delivered {
    let it = incident(bot).await;
    it.comms.sends.last().and_then(|sent| sent.delivery(&channel.into())).expect("sent there").state.clone()
}

fn count(place: &FakePlace, words: &str) -> usize {
    place.texts().iter().filter(|text| text.contains(words)).count()
}

async fn press(bot: &Bot, room: &str, button: &str) {
    let receipts: Vec<_> = bot.said(room).into_iter().filter(|m| m.contains("sent the update for customers")).collect();
    bot.press("alice", &receipts, button).await;
}

/// One approved text to a network, a chat and a customer's request; the next one below it; and what is redacted is gone everywhere.
#[tokio::test]
async fn one_text_goes_to_a_network_a_chat_and_a_request() {
    let (network, chat, desk) = (mastodon().await, discord().await, jira().await);
    let channels = ["social", "status_page", "service_desk"];
    let places =
        [("social", on_mastodon(&network)), ("status_page", in_discord(&chat)), ("service_desk", at_jira(&desk))];
    let mut bot = with(&places, |_| {}).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    for typed in ["role communications", &format!("link {}browse/SUP-2", desk.url)] {
        bot.slash_in("alice", &room, &format!("/incident {typed}")).await;
    }
    assert_eq!(send(&bot, &channels, "Zebra's *payments* fail").await, Ok(()));
    bot.crash_and_restart().await;
    assert_eq!(
        [count(&network, "Zebra's *payments*"), count(&chat, "\\*payments\\*"), count(&desk, "Zebra's")],
        [1; 3]
    );
    for place in [&network, &chat, &desk] {
        for ours in ["INC-1", "inc-1", "alice", "checkout is down"] {
            assert_eq!(count(place, ours), 0, "{ours}: {:?}", place.texts());
        }
    }
    let at = network.memory().texts[0].id.clone();
    bot.expect_once(&room, &format!("*Social network account*: published · <https://social.example/@shop/{at}|open>"));
    assert_eq!(desk.memory().texts[0].under.as_deref(), Some("SUP-2"));

    bot.slash_in("alice", &room, "/incident phase identified").await;
    let more = Drafting {
        fields: [("impact", "Fewer payments fail"), ("cause", "A database is full")]
            .map(|(place, words)| (place.to_owned(), words.to_owned()))
            .into(),
        ..drafting(&channels, "", true)
    };
    assert_eq!(ask(&bot, "alice", Ask::Draft(more)).await, Ok(()));
    assert_eq!(network.memory().texts[1].under, Some(at), "a thread");
    assert_eq!([network.texts().len(), chat.texts().len(), desk.texts().len()], [2; 3]);

    let sent = incident(&bot).await.comms.sends[0].seq;
    bot.slash_in("alice", &room, &format!("/incident redact {sent} names a customer")).await;
    for place in [&network, &chat, &desk] {
        assert_eq!((count(place, "Zebra"), place.texts().len()), (0, 1), "{:?}", place.texts());
    }
    bot.expect_nothing_doubled(1);
}

/// The form shows how long a text is as the place counts it, against what fits there, and nothing longer is sent.
#[tokio::test]
async fn a_text_is_as_long_as_the_place_counts_it() {
    let network = x().await;
    let bot = with(&[("social", on_x(&network))], |p| {
        // Only X itself says what fits.
        outlet(p, "social").max_chars = 0;
        let template =
            p.templates.iter_mut().find(|t| t.id.as_str() == "ops_investigating_external").expect("built in");
        template.title = None;
        template.body = "{{ impact }} {{ next_update }}".into();
    })
    .await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident role communications").await;
    // ` 2026-11-22 03:30 UTC` stands behind it.
    let words = |n: usize| format!("{}.", "語".repeat(n / 2 - 11));
    let long = send(&bot, &["social"], &words(282)).await;
    assert_eq!(long, Err(No::TooLongFor { outlet: "social".into(), limit: 280, length: 282 }));
    super::comms::write(&bot, "alice", &room).await;
    bot.submit("alice", &[("Impact", &words(280)), ("Next update", "in 30 min")]).await;
    let form = bot.form("alice").json["blocks"].to_string();
    assert!(form.contains("*Social network account* · 280 of 280 characters"), "{form}");
    assert_eq!(send(&bot, &["social"], &words(280)).await, Ok(()));
    assert_eq!(network.texts().len(), 1);
    assert_eq!(network.texts()[0].chars().count(), 280 - 129, "two for each of most of them");
}

/// After an answer that was lost a network that can be looked at has the text once; a chat that cannot is asked of the room, and a press
/// posts what is not there.
#[tokio::test]
async fn what_may_stand_there_is_looked_for_or_asked_about() {
    let (network, chat) = (mastodon().await, discord().await);
    network.memory().forgets = true;
    let mut bot = with(&[("social", on_mastodon(&network)), ("status_page", in_discord(&chat))], |_| {}).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident role communications").await;
    network.fail([Fails::AfterTheWrite]);
    chat.fail([Fails::AfterTheWrite]);
    assert_eq!(send(&bot, &["social", "status_page"], "Some payments fail").await, Ok(()));
    bot.crash_and_restart().await;
    bot.advance(minutes(6)).await;
    assert_eq!([count(&network, "Some payments"), count(&chat, "Some payments")], [1, 1]);
    assert!(state(&bot, "social").await.is_there());
    let doubtful = state(&bot, "status_page").await;
    assert!(matches!(&doubtful, Delivered::Failed { why } if why == "maybe_there"), "{doubtful:?}");
    // Somebody looks, and deletes it.
    chat.memory().texts.clear();
    press(&bot, &room, "Retry: Public status page").await;
    assert!(state(&bot, "status_page").await.is_there());
    assert_eq!(count(&chat, "Some payments"), 1);
}

/// A place that is down gets the texts when it is back, in order and once; the other has them meanwhile.
#[tokio::test]
async fn what_waits_arrives_in_order() {
    let (network, chat) = (x().await, discord().await);
    let bot = with(&[("social", on_x(&network)), ("status_page", in_discord(&chat))], |_| {}).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident role communications").await;
    network.fail([Fails::Status(503), Fails::Limits(Some(900)), Fails::Status(503)]);
    for words in ["Some payments fail", "More payments fail"] {
        assert_eq!(send(&bot, &["social", "status_page"], words).await, Ok(()));
    }
    assert_eq!((network.texts().len(), chat.texts().len()), (0, 2));
    bot.advance(minutes(30)).await;
    let texts = network.texts();
    assert!(texts.len() == 2 && texts[0].contains("Some payments") && texts[1].contains("More"), "{texts:?}");
    let first = network.memory().texts[0].id.clone();
    assert_eq!(network.memory().texts[1].under, Some(first));
}

/// Without a linked request the room hears what to do; linked, and tried once more, its customer is told.
#[tokio::test]
async fn requests_are_linked_to_be_told() {
    let desk = jira().await;
    let bot = with(&[("service_desk", at_jira(&desk))], |_| {}).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    assert_eq!(send(&bot, &["service_desk"], "Some payments fail").await, Ok(()));
    assert_eq!(desk.memory().asked, 0);
    let said = bot.said(&room);
    assert!(said.iter().any(|m| m.contains("link them (/incident link &lt;address&gt;)")), "{}", shown(&said));
    bot.slash_in("alice", &room, &format!("/incident link {}browse/SUP-1", desk.url)).await;
    press(&bot, &room, "Retry: Service desk banner and macros").await;
    assert_eq!(count(&desk, "Some payments fail"), 1);
    assert!(state(&bot, "service_desk").await.is_there());
}

/// What one ticket got before another one refused it is taken back when its words are redacted; where nobody can do that, the room hears it.
#[tokio::test]
async fn what_only_some_tickets_got_is_taken_back_too() {
    let (requests, tickets) = (jira().await, zendesk().await);
    for (desk, kind, linked) in [
        (&requests, at_jira(&requests), ["browse/SUP-1", "browse/SUP-2"]),
        (&tickets, at_zendesk(&tickets), ["agent/tickets/8", "agent/tickets/9"]),
    ] {
        let bot = with(&[("service_desk", kind)], |_| {}).await;
        let room = bot.declare("alice", "sev1 checkout is down").await;
        for path in linked {
            bot.slash_in("alice", &room, &format!("/incident link {}{path}", desk.url)).await;
        }
        desk.fail([Fails::AfterTheWrite, Fails::Status(422)]);
        assert_eq!(send(&bot, &["service_desk"], "Zebra pays nothing").await, Ok(()));
        bot.advance(minutes(2)).await;
        let refused = state(&bot, "service_desk").await;
        assert!(matches!(&refused, Delivered::Failed { why } if why.contains("http_422")), "{refused:?}");
        assert_eq!(count(desk, "Zebra"), 1, "{:?}", desk.texts());

        let sent = incident(&bot).await.comms.sends[0].seq;
        bot.slash_in("alice", &room, &format!("/incident redact {sent} names a customer")).await;
        bot.advance(minutes(2)).await;
        let told = bot.count(&room, "could not take the words of an update back from *Service desk banner and macros*");
        assert_eq!(count(desk, "Zebra"), told, "one or the other: {:?}", desk.texts());
        assert_eq!(told == 0, desk.url == requests.url, "Jira lets one delete them");
    }
}
