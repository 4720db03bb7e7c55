//! The Slack adapter against the simulated workspace, which refuses and fails as Slack does.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use watchroom::{
    adapters::{http::Http, slack::SlackChat},
    clock::{Clock, MovableClock},
    config::Secret,
    ids::{ChannelId, UserId},
    incident::MessageRef,
    ports::{Chat, Trouble},
    render::Message,
    sandbox::{Config, Fault, FaultKind, Handle, Workspace},
};

const SCOPES: [&str; 17] = [
    "bookmarks:read",
    "bookmarks:write",
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "chat:write",
    "chat:write.public",
    "groups:history",
    "groups:read",
    "groups:write",
    "im:history",
    "im:write",
    "pins:write",
    "team:read",
    "usergroups:read",
    "users:read",
];

struct Wire {
    slack: Handle,
    chat: SlackChat,
    clock: MovableClock,
}

impl Wire {
    async fn new() -> Self {
        let clock = MovableClock::still("2026-03-02T10:00:00Z".parse().expect("a time"));
        let config = Config {
            scopes: SCOPES.map(str::to_owned).to_vec(),
            rate_limits: false,
            ..Config::new(Arc::new(clock.clone()))
        };
        let slack = Workspace::start(config).await.expect("a free port");
        let url = slack.api_url().parse().expect("an address");
        let token = Secret::new("xoxb-sandbox-token");
        let chat = SlackChat::new(Http::default(), url, token, Arc::new(clock.clone()));
        Self { slack, chat, clock }
    }

    fn fail(&self, kind: FaultKind, method: &str) {
        self.slack.fault(Fault::new(kind).on(method).times(1));
    }

    async fn room(&self) -> ChannelId {
        self.chat.create_channel("inc-1", false).await.expect("a room")
    }
}

fn message(text: &str) -> Message {
    Message { text: text.into(), blocks: Vec::new() }
}

fn since() -> Timestamp {
    "2026-03-02T09:55:00Z".parse().expect("a time")
}

#[tokio::test]
async fn a_message_is_posted_updated_pinned_and_found_by_its_key() {
    let wire = Wire::new().await;
    let room = wire.room().await;
    let at = wire.chat.post(&room, &message("first"), "card/INC-1").await.expect("posted");
    wire.chat.update(&at, &message("second")).await.expect("updated");
    wire.chat.pin(&at).await.expect("pinned");
    wire.chat.pin(&at).await.expect("pinned already is fine");
    assert_eq!(wire.chat.find_posted(&room, "card/INC-1", since()).await, Ok(Some(at.clone())));
    assert_eq!(wire.chat.find_posted(&room, "card/INC-2", since()).await, Ok(None));
    assert_eq!(wire.chat.message(&at).await.map(|m| m.map(|m| m.text)), Ok(Some("second".into())));
    let nowhere = MessageRef { ts: "1.000000".into(), ..at };
    assert_eq!(wire.chat.update(&nowhere, &message("x")).await, Err(Trouble::Refused("message_not_found".into())));
    assert_eq!(wire.chat.message(&nowhere).await, Ok(None));
}

#[tokio::test]
async fn a_message_is_found_behind_hundreds_of_others() {
    let wire = Wire::new().await;
    let room = wire.room().await;
    let at = wire.chat.post(&room, &message("first"), "say/INC-1/1").await.expect("posted");
    for n in 0..450 {
        wire.slack.act_as("alice").join(room.as_str()).ok();
        wire.slack.act_as("alice").say(room.as_str(), &format!("{n}")).expect("said");
    }
    assert_eq!(wire.chat.find_posted(&room, "say/INC-1/1", since()).await, Ok(Some(at)));
}

#[tokio::test]
async fn every_failure_says_whether_it_may_have_been_done() {
    let wire = Wire::new().await;
    let room = wire.room().await;
    let limited = Trouble::RateLimited(Duration::from_secs(7));
    for (kind, done) in [
        (FaultKind::ServerError { status: 503 }, false),
        (FaultKind::DropBefore, false),
        (FaultKind::DropAfter, true),
        (FaultKind::ErrorAfter, true),
    ] {
        let key = format!("say/{kind:?}");
        wire.fail(kind, "chat.postMessage");
        let failed = wire.chat.post(&room, &message("x"), &key).await;
        assert!(matches!(failed, Err(Trouble::Ambiguous(_))), "{kind:?}: {failed:?}");
        let found = wire.chat.find_posted(&room, &key, since()).await.expect("looked");
        assert_eq!(found.is_some(), done, "{kind:?}");
    }
    wire.fail(FaultKind::RateLimited { retry_after: 7 }, "chat.postMessage");
    assert_eq!(wire.chat.post(&room, &message("x"), "say/limited").await, Err(limited.clone()));
    let calls = wire.slack.calls().len();
    assert_eq!(wire.chat.post(&room, &message("x"), "say/limited").await, Err(limited), "told once is enough");
    assert_eq!(wire.slack.calls().len(), calls);
    wire.chat.post(&room, &message("x"), "page/INC-1/1/0.0.1/U1").await.expect("pages have their own budget");
    wire.clock.advance(jiff::SignedDuration::from_secs(7));
    wire.chat.post(&room, &message("x"), "say/limited").await.expect("posted");
}

#[tokio::test]
async fn looking_and_updating_twice_harm_nobody() {
    let wire = Wire::new().await;
    let room = wire.room().await;
    let at = wire.chat.post(&room, &message("x"), "card/INC-1").await.expect("posted");
    wire.fail(FaultKind::DropAfter, "chat.update");
    assert!(matches!(wire.chat.update(&at, &message("y")).await, Err(Trouble::Unreachable(_))));
    wire.fail(FaultKind::ServerError { status: 500 }, "users.info");
    assert!(matches!(wire.chat.person(&"U0BOB".into()).await, Err(Trouble::Unreachable(_))));
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let wire = Wire::new().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/api/", listener.local_addr().expect("its address")).parse().expect("an address");
    drop(listener);
    let clock: Arc<dyn Clock> = Arc::new(wire.clock.clone());
    let chat = SlackChat::new(Http::default(), url, Secret::new("xoxb-1"), clock);
    let failed = chat.post(&"C1".into(), &message("x"), "say/1").await;
    assert_eq!(failed, Err(Trouble::Unreachable("no connection".into())));
    assert!(!format!("{chat:?}").contains("xoxb"));
}

#[tokio::test]
async fn rooms_are_made_marked_and_found_again() {
    let wire = Wire::new().await;
    let room = wire.room().await;
    assert_eq!(wire.chat.create_channel("inc-1", false).await, Err(Trouble::Refused("name_taken".into())));
    wire.chat.set_purpose(&room, "Room of INC-1. watchroom:INC-1:1").await.expect("marked");
    wire.chat.set_topic(&room, "sev1 checkout is down").await.expect("set");
    let own = wire.chat.own_channels("inc-1").await.expect("listed");
    assert_eq!(own.len(), 1);
    assert!(own[0].ours && own[0].purpose.ends_with("watchroom:INC-1:1") && own[0].id == room, "{own:?}");
    for _ in 0..2 {
        wire.chat.bookmark(&room, "Call", "https://meet.example.com/1", ":telephone:").await.expect("added");
    }
    assert_eq!(wire.slack.channel("inc-1").bookmarks.len(), 1);
    assert_eq!(wire.chat.channel_named("incidents").await, Ok(Some("C0INCIDENTS".into())));
    assert_eq!(wire.chat.channel_named("nothing").await, Ok(None));
    for _ in 0..2 {
        wire.chat.archive(&room).await.expect("archived");
    }
    assert_eq!(
        wire.chat.post(&room, &message("x"), "say/1").await.map_err(|e| e.to_string()),
        Err("refused: is_archived".into())
    );
}

#[tokio::test]
async fn people_are_invited_looked_up_and_written_to() {
    let wire = Wire::new().await;
    let room = wire.room().await;
    let people: Vec<UserId> = ["U0ALICE", "U0FRANK", "U0BOB"].map(UserId::from).to_vec();
    for _ in 0..2 {
        assert_eq!(wire.chat.invite(&room, &people).await, Ok(vec!["U0FRANK".into()]));
    }
    let bob = wire.chat.person(&"U0BOB".into()).await.expect("known");
    assert_eq!((bob.zone.as_deref(), bob.active, bob.is_bot), (Some("Europe/Berlin"), true, false));
    assert_eq!(wire.chat.group_members(&"S0CHECKOUT".into()).await, Ok(vec!["U0BOB".into(), "U0CAROL".into()]));
    wire.slack.deactivate("carol").expect("deactivated");
    wire.clock.advance(jiff::SignedDuration::from_mins(11));
    assert_eq!(wire.chat.group_members(&"S0CHECKOUT".into()).await, Ok(vec!["U0BOB".into()]));
    let direct = wire.chat.direct(&"U0BOB".into()).await.expect("opened");
    wire.chat.post(&direct, &message("help"), "page/INC-1/1/0.0.1/U0BOB").await.expect("posted");
    assert!(wire.slack.dm("bob")[0].contains("help"));
    let me = wire.chat.identity().await.expect("known");
    assert_eq!((me.user.as_str(), me.team.as_str()), ("U0BOT", "T0SANDBOX"));
}
