//! Social networks, other chats and service desks, against places that refuse and fail as theirs do.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use watchroom::{
    adapters::{
        http::{Http, install_crypto},
        publish::{self, connectors},
        reach::{Look, Ways},
    },
    clock::{MovableClock, SharedClock},
    config::{
        ConnectorConfig, ConnectorKind, DeskConfig, HookConfig, HookKind, MastodonConfig, Secret, WaysConfig, XConfig,
    },
    ports::{Connector, Found, Publication, Reach, Trouble},
    status::PostStatus,
};

use crate::harness::{
    BEGIN,
    fails::Fails,
    places::{
        FakePlace,
        desks::{at_jira, at_zendesk, jira, zendesk},
        hooks::{discord, in_discord, in_mattermost, in_teams, mattermost, teams},
        social::{mastodon, on_mastodon, on_x, x},
    },
};

const WORDS: &str = "Some *payments* fail & we know why, see https://status.example.com.\nNext update by 12:30.";

fn text(key: &str, words: &str) -> Publication {
    let at = jiff::Timestamp::from_second(BEGIN).expect("a time");
    Publication {
        key: format!("outlet/{key}"),
        incident: "0f3a".into(),
        title: "Problem with payments".into(),
        body: words.into(),
        whole: words.into(),
        status: PostStatus::Investigating,
        impact: BTreeMap::new(),
        notify: true,
        started_at: at,
        sent_at: at,
        next_by: None,
        link: None,
        linked: Vec::new(),
    }
}

fn clock() -> SharedClock {
    Arc::new(MovableClock::still(jiff::Timestamp::from_second(BEGIN).expect("a time")))
}

fn connector(kind: ConnectorKind) -> Arc<dyn Connector> {
    install_crypto();
    let reach: Arc<dyn Reach> = Arc::new(Ways::new(&Http::default(), &WaysConfig::default(), clock()));
    let all = [ConnectorConfig { name: "place".into(), kind }];
    Arc::clone(&connectors(&all, &reach, &Http::default(), &clock())["place"])
}

/// The same text, with these tickets linked.
fn about(place: &FakePlace, tickets: &[&str], text: Publication) -> Publication {
    let linked = tickets.iter().map(|path| place.url.join(path).expect("an address").to_string()).collect();
    Publication { linked, ..text }
}

async fn look(kind: ConnectorKind) -> Result<Look, Trouble> {
    install_crypto();
    publish::look(&kind, &clock()).await.expect("it can be looked at")
}

fn refused(why: &str) -> Trouble {
    Trouble::Refused(why.into())
}

/// Whether a text may stand there after a failure is never guessed, and where the place lets us look, it is found, or is not.
async fn expect_troubles(place: &FakePlace, connector: &Arc<dyn Connector>, one: &Publication, lets_look: bool) {
    let patience = Duration::from_secs(7);
    for (n, (fails, expected, stands)) in (0_u32..).zip([
        (Fails::Limits(Some(7)), Trouble::RateLimited(patience), 0),
        (Fails::Limits(None), Trouble::RateLimited(Duration::from_secs(30)), 0),
        (Fails::Status(503), Trouble::Unreachable("status 503".into()), 0),
        (Fails::Status(500), Trouble::Ambiguous("status 500".into()), 0),
        (Fails::AfterTheWrite, Trouble::Ambiguous("status 502".into()), 1),
        (Fails::Status(400), refused("http_400"), 0),
    ]) {
        let words = format!("{} {n}", one.whole);
        let one = Publication { key: format!("{}/{n}", one.key), whole: words.clone(), ..one.clone() };
        let before = place.texts().len();
        place.fail([fails]);
        let trouble = connector.publish(&one, None).await.expect_err("it failed");
        let about =
            matches!((&trouble, &expected), (Trouble::Refused(a), Trouble::Refused(b)) if a.ends_with(b.as_str()));
        assert!(about || trouble == expected, "{fails:?}: {trouble:?}");
        assert_eq!(place.texts().len() - before, stands, "{fails:?}");
        let found = connector.find(&one, None).await.expect("looked");
        match (lets_look, stands) {
            (false, _) => assert_eq!(found, Found::Unknown),
            (true, 0) => assert_eq!(found, Found::Nowhere, "{fails:?}"),
            (true, _) => assert!(matches!(found, Found::There(_)), "{fails:?}: {found:?}"),
        }
    }
}

#[tokio::test]
async fn mastodon_has_a_thread_and_knows_a_text_by_its_key() {
    let place = mastodon().await;
    let connector = connector(on_mastodon(&place));
    let first = connector.publish(&text("1", WORDS), None).await.expect("published");
    assert_eq!(first.link.as_deref(), Some(format!("https://social.example/@shop/{}", first.update).as_str()));
    assert_eq!(connector.publish(&text("1", WORDS), None).await, Ok(first.clone()), "a repetition is known");
    let second = connector.publish(&text("2", "It is over."), Some(&first)).await.expect("published");
    assert_eq!(place.memory().texts[1].under.as_deref(), Some(first.update.as_str()));
    assert_eq!(place.texts(), [WORDS, "It is over."]);

    let corrected = connector.correct(&first, &text("1c", "Some cards fail.")).await;
    assert_eq!(corrected.map(|at| at.update), Ok(first.update.clone()));
    assert_eq!(place.texts(), ["Some cards fail.", "It is over."]);
    assert_eq!(connector.withdraw(&second).await, Ok(true));
    assert_eq!(connector.withdraw(&second).await, Ok(true), "gone is gone");
    let third = connector.publish(&text("3", "Really."), Some(&second)).await.expect("published by itself");
    assert_eq!((place.texts().len(), third.thread), (2, "0f3a".to_owned()));
    assert_eq!(place.memory().texts[1].under, None);
    // What is another account's reads as gone to whoever would change it.
    place.memory().foreign = true;
    let first_of_another = connector.withdraw(&first).await;
    assert_eq!(first_of_another, Err(refused("the post is another account's than the token's")));
    assert_eq!(connector.correct(&first, &text("1d", "Not so.")).await, first_of_another.map(|_| first.clone()));
    assert_eq!(connector.correct(&second, &text("2c", "Not so.")).await, Err(refused("the post was deleted there")));
    place.memory().foreign = false;
    let long = connector.publish(&text("4", &"x".repeat(501)), None).await;
    assert_eq!(long, Err(refused("Validation failed: Text character limit of 500 exceeded")));
    expect_troubles(&place, &connector, &text("5", WORDS), true).await;
}

/// Its keys last an hour: after that its own posts tell, those that are not older than the text.
#[tokio::test]
async fn mastodon_is_looked_at_where_keys_have_run_out() {
    let place = mastodon().await;
    let connector = connector(on_mastodon(&place));
    place.memory().forgets = true;
    let at = connector.publish(&text("1", WORDS), None).await.expect("published");
    assert_eq!(connector.find(&text("1", WORDS), None).await, Ok(Found::There(at)));
    assert_eq!(connector.find(&text("2", "Other words"), None).await, Ok(Found::Nowhere));
    place.memory().now = "2026-01-01T00:00:00.000Z";
    connector.publish(&text("3", "Long ago"), None).await.expect("published");
    assert_eq!(connector.find(&text("3", "Long ago"), None).await, Ok(Found::Nowhere), "it is another, of earlier");
    place.memory().blind = true;
    assert_eq!(connector.find(&text("1", WORDS), None).await, Ok(Found::Unknown), "the token may not look");
}

#[tokio::test]
async fn x_has_a_thread_and_corrections_below_what_is_wrong() {
    let place = x().await;
    let connector = connector(on_x(&place));
    let first = connector.publish(&text("1", WORDS), None).await.expect("published");
    assert_eq!(first.link.as_deref(), Some(format!("https://x.com/i/web/status/{}", first.update).as_str()));
    let twice = connector.publish(&text("1", WORDS), None).await;
    assert_eq!(twice, Err(refused("You are not allowed to create a Tweet with duplicate content.")));
    assert_eq!(connector.find(&text("1", WORDS), None).await, Ok(Found::There(first.clone())), "as X made it its own");
    let second = connector.publish(&text("2", "It is <over>."), Some(&first)).await.expect("published");
    assert_eq!(place.memory().texts[1].under.as_deref(), Some(first.update.as_str()));
    assert_eq!(connector.find(&text("2", "It is <over>."), None).await, Ok(Found::There(second.clone())));
    assert_eq!(connector.find(&text("3", "Other words"), None).await, Ok(Found::Nowhere));

    let corrected = connector.correct(&second, &text("2c", "It goes on.")).await.expect("said");
    let found = connector.find_correction(&second, &text("2c", "It goes on.")).await;
    assert_eq!(found, Ok(Found::There(corrected.clone())), "looked for before it is said again");
    assert_eq!(place.memory().texts[2].under.as_deref(), Some(second.update.as_str()));
    assert_eq!(place.texts(), [WORDS, "It is <over>.", "It goes on."], "nothing there can be changed");
    assert_eq!(connector.withdraw(&corrected).await, Ok(true));
    assert_eq!(place.texts().len(), 2);
    expect_troubles(&place, &connector, &text("4", WORDS), true).await;
}

/// X lets some accounts answer nobody, and some read nothing.
#[tokio::test]
async fn x_may_forbid_threads_and_looking() {
    let place = x().await;
    let connector = connector(on_x(&place));
    let first = connector.publish(&text("1", WORDS), None).await.expect("published");
    place.memory().forgets = true;
    connector.publish(&text("2", "It is over."), Some(&first)).await.expect("published by itself");
    assert_eq!(place.memory().texts[1].under, None);
    place.memory().blind = true;
    assert_eq!(connector.find(&text("2", "It is over."), None).await, Ok(Found::Unknown));
    connector.correct(&first, &text("1c", "Not so.")).await.expect("said all the same");
    assert_eq!(place.texts().len(), 3);
}

#[tokio::test]
async fn discord_changes_and_deletes_its_messages() {
    let place = discord().await;
    let connector = connector(in_discord(&place));
    let at = connector.publish(&text("1", "@everyone *look* <@1>"), None).await.expect("published");
    assert_eq!(place.texts(), ["@everyone \\*look\\* \\<@1>"]);
    connector.correct(&at, &text("1c", "Some cards fail.")).await.expect("changed");
    assert_eq!(place.texts(), ["Some cards fail."]);
    assert_eq!(connector.withdraw(&at).await, Ok(true));
    assert_eq!(connector.withdraw(&at).await, Ok(true), "gone is gone");
    assert_eq!(place.texts(), [""; 0]);
    expect_troubles(&place, &connector, &text("2", WORDS), false).await;
    place.fail([Fails::Malformed]);
    let unread = connector.publish(&text("3", WORDS), None).await;
    assert_eq!(unread, Err(Trouble::Ambiguous("an answer that cannot be read".into())));
}

/// They name no message: nothing there can be changed.
#[tokio::test]
async fn teams_and_mattermost_take_texts_as_they_are() {
    for (place, kind, escaped) in [
        (teams().await, in_teams as fn(&FakePlace) -> ConnectorKind, "@all *look*\n\u{a0}\n# now"),
        (mattermost().await, in_mattermost, "@\u{200b}all \\*look\\*\n\n\\# now"),
    ] {
        let connector = connector(kind(&place));
        let at = connector.publish(&text("1", "@all *look*\n\n# now"), None).await.expect("published");
        assert_eq!(place.texts(), [escaped]);
        assert_eq!(connector.withdraw(&at).await, Ok(false));
        connector.correct(&at, &text("1c", "Not so.")).await.expect("said behind it");
        assert_eq!(place.texts().len(), 2);
        expect_troubles(&place, &connector, &text("2", WORDS), false).await;
    }
}

/// Every linked request has each text once, however often it is tried, and however far an earlier try came.
#[tokio::test]
async fn requests_in_jira_are_told_once_each() {
    let place = jira().await;
    let connector = connector(at_jira(&place));
    let nothing = connector.publish(&text("1", WORDS), None).await;
    assert!(matches!(&nothing, Err(Trouble::Refused(why)) if why.contains("/incident link")), "{nothing:?}");
    let one = about(&place, &["browse/SUP-1", "servicedesk/customer/portal/2/SUP-2"], text("1", WORDS));
    place.fail([Fails::AfterTheWrite]);
    assert_eq!(connector.publish(&one, None).await, Err(Trouble::Ambiguous("status 502".into())));
    assert_eq!((place.texts().len(), connector.find(&one, None).await), (1, Ok(Found::Nowhere)), "one lacks it");
    let at = connector.publish(&one, None).await.expect("published");
    assert_eq!(at.update, "SUP-1/10001 SUP-2/10002");
    assert_eq!(connector.find(&one, None).await, Ok(Found::There(at.clone())));
    assert_eq!(connector.publish(&one, None).await, Ok(at.clone()));
    let flat = WORDS.to_owned();
    assert_eq!(place.texts(), [flat.clone(), flat]);

    connector.correct(&at, &text("1c", "Some cards fail.")).await.expect("changed");
    assert_eq!(place.texts(), ["Some cards fail."; 2]);
    assert_eq!(connector.withdraw(&at).await, Ok(true));
    assert_eq!(place.texts(), [""; 0]);
    let one = about(&place, &["browse/SUP-1"], text("2", WORDS));
    expect_troubles(&place, &connector, &one, true).await;
}

/// Where one of them cannot be told, nobody is, and the room hears which.
#[tokio::test]
async fn a_request_that_is_not_there_is_named() {
    let place = jira().await;
    let connector = connector(at_jira(&place));
    let gone = about(&place, &["browse/SUP-1", "browse/SUP-3"], text("1", WORDS));
    assert_eq!(connector.publish(&gone, None).await, Err(refused("SUP-3: not there, or not for our eyes")));
    assert_eq!(place.texts(), [""; 0]);
    place.memory().tickets.insert("DEV-1".into(), serde_json::json!({ "public": false }));
    let hidden = about(&place, &["browse/DEV-1"], text("2", WORDS));
    let why = "DEV-1: its customer cannot see the comment; is it a request?";
    assert_eq!(connector.publish(&hidden, None).await, Err(refused(why)));
}

/// A problem's open tickets are told, and tickets that are linked themselves.
#[tokio::test]
async fn tickets_of_a_problem_in_zendesk_are_told_once_each() {
    let place = zendesk().await;
    let connector = connector(at_zendesk(&place));
    let one = about(&place, &["agent/tickets/7", "agent/tickets/11"], text("1", WORDS));
    place.fail([Fails::Limits(Some(1))]);
    assert_eq!(connector.publish(&one, None).await, Err(Trouble::RateLimited(Duration::from_secs(1))));
    place.fail([Fails::Malformed]);
    assert!(matches!(connector.publish(&one, None).await, Err(Trouble::Ambiguous(_))));
    let at = connector.publish(&one, None).await.expect("published");
    let told: Vec<Option<String>> = place.memory().texts.iter().map(|text| text.under.clone()).collect();
    assert_eq!(told, ["8", "9", "11"].map(|id| Some(id.to_owned())));
    assert_eq!(connector.find(&one, None).await, Ok(Found::There(at.clone())));
    assert_eq!(connector.publish(&one, None).await, Ok(at.clone()));
    assert_eq!(connector.withdraw(&at).await, Ok(false), "a person does that there");
    // The correction goes to those that got what is wrong, whatever is linked by now; what one of them refuses the others hear.
    let correction = about(&place, &["agent/tickets/7"], text("1c", "Not so."));
    place.fail([Fails::Status(422)]);
    assert!(matches!(connector.correct(&at, &correction).await, Err(Trouble::Refused(why)) if why.starts_with("8: ")));
    let told = |place: &FakePlace| {
        let memory = place.memory();
        let corrected = memory.texts.iter().filter(|text| text.words == "Not so.");
        corrected.map(|text| text.under.clone().expect("a ticket")).collect::<Vec<_>>()
    };
    assert_eq!(told(&place), ["9", "11"]);
    assert_eq!(connector.find_correction(&at, &correction).await, Ok(Found::Nowhere), "one lacks it");
    let corrected = connector.correct(&at, &correction).await.expect("said behind it");
    assert_eq!(told(&place), ["9", "11", "8"]);
    assert_eq!(connector.find_correction(&at, &correction).await, Ok(Found::There(corrected)));
    let one = about(&place, &["agent/tickets/11"], text("2", WORDS));
    expect_troubles(&place, &connector, &one, true).await;
    let closed = about(&place, &["agent/tickets/10"], text("3", WORDS));
    assert_eq!(connector.publish(&closed, None).await, Err(refused("no open ticket belongs to what is linked")));
}

/// What the settings name may be in a private network only where they say so; nothing is asked there.
#[tokio::test]
async fn private_addresses_are_out_of_reach_unless_allowed() {
    let (social, network, chat, desk) = (mastodon().await, x().await, discord().await, jira().await);
    let one = about(&desk, &["browse/SUP-1"], text("1", WORDS));
    for (place, kind) in [
        (&social, on_mastodon(&social)),
        (&network, on_x(&network)),
        (&chat, in_discord(&chat)),
        (&desk, at_jira(&desk)),
        (&desk, at_zendesk(&desk)),
    ] {
        let guarded = match kind {
            ConnectorKind::Mastodon(it) => ConnectorKind::Mastodon(MastodonConfig { allow_private: false, ..it }),
            ConnectorKind::X(it) => ConnectorKind::X(XConfig { allow_private: false, ..it }),
            ConnectorKind::Hook(it) => ConnectorKind::Hook(HookConfig { allow_private: false, ..it }),
            ConnectorKind::JiraDesk(it) => ConnectorKind::JiraDesk(DeskConfig { allow_private: false, ..it }),
            ConnectorKind::Zendesk(it) => {
                let it = DeskConfig { allow_private: false, ..it };
                let linked = Publication { linked: vec![format!("{}agent/tickets/8", it.url)], ..one.clone() };
                let said = connector(ConnectorKind::Zendesk(it)).publish(&linked, None).await;
                assert!(matches!(&said, Err(Trouble::Refused(why)) if why.contains("private_address")), "{said:?}");
                continue;
            }
            other @ (ConnectorKind::Webhook { .. } | ConnectorKind::Mail { .. } | ConnectorKind::Hosted(_)) => {
                unreachable!("{other:?} is guarded elsewhere")
            }
        };
        assert_eq!(look(guarded.clone()).await, Err(refused("private_address")));
        let said = connector(guarded).publish(&one, None).await;
        assert!(matches!(&said, Err(Trouble::Refused(why)) if why.contains("private_address")), "{said:?}");
        assert!(place.memory().requests.is_empty(), "{:?}", place.memory().requests);
    }
}

#[tokio::test]
async fn each_is_looked_at_without_a_word() {
    let (social, network, chat, team, own) =
        (mastodon().await, x().await, discord().await, teams().await, mattermost().await);
    let (requests, tickets) = (jira().await, zendesk().await);
    let untold = "takes texts; whether its address is right only a text would tell";
    for (kind, found) in [
        (on_mastodon(&social), "posts as @shop"),
        (on_x(&network), "posts as @shop; whether its keys may write only a post would tell"),
        (in_discord(&chat), "the webhook \u{201c}Status\u{201d} is there"),
        (in_teams(&team), untold),
        (in_mattermost(&own), untold),
        (at_jira(&requests), "comments as Watchroom, on requests that are linked to an incident"),
        (at_zendesk(&tickets), "comments as Watchroom, on tickets of linked problems"),
    ] {
        assert!(!format!("{kind:?}").contains("hush"), "{kind:?}");
        assert_eq!(look(kind).await, Ok(Look::Fine(found.into())));
    }
    for place in [&social, &network, &chat, &team, &own, &requests, &tickets] {
        assert_eq!(place.memory().asked, 0);
    }
    let long = match on_mastodon(&social) {
        ConnectorKind::Mastodon(it) => MastodonConfig { max_chars: 1000, ..it },
        other => panic!("{other:?}"),
    };
    let told = look(ConnectorKind::Mastodon(long)).await;
    assert!(matches!(&told, Ok(Look::Doubtful(why)) if why.contains("max_chars = 500")), "{told:?}");
    tickets.memory().blind = true;
    assert!(look(at_zendesk(&tickets)).await.is_err());
    let wrong = HookConfig {
        kind: HookKind::Discord,
        url: Secret::new(&format!("{}api/webhooks/1/x", chat.url)),
        allow_private: true,
    };
    assert_eq!(look(ConnectorKind::Hook(wrong)).await, Err(refused("http_404")));
}
