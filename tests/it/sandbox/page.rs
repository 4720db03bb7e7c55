//! The page's own API, and who may use it.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use watchroom::sandbox::{Keeper, Workspace};

use super::{World, button, modal};

impl World {
    async fn get(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.slack.page_url());
        self.http.get(url).send().await.unwrap().json().await.unwrap()
    }

    async fn act(&self, user: &str, mut body: Value) -> Value {
        body["as"] = json!(user);
        let url = format!("{}sandbox/act", self.slack.page_url());
        self.http.post(url).json(&body).send().await.unwrap().json().await.unwrap()
    }
}

#[tokio::test]
async fn the_page_and_what_it_starts_with() {
    let world = World::new().await;
    for (path, kind) in [("", "text/html"), ("app.js", "text/javascript"), ("style.css", "text/css")] {
        let file = world.http.get(format!("{}{path}", world.slack.page_url())).send().await.unwrap();
        assert!(file.headers()["content-type"].to_str().unwrap().starts_with(kind));
        assert!(file.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'self'"));
    }
    let start = world.get("sandbox/bootstrap?as=U0ALICE").await;
    assert_eq!(start["me"], "U0ALICE");
    assert_eq!(start["users"].as_array().unwrap().len(), 7);
    assert_eq!(start["commands"][0]["command"], "/incident");
    assert_eq!(start["shortcuts"]["message"][0]["callback_id"], "declare_from");
    assert_eq!(start["emoji"]["pushpin"], "📌");
    let kinds: Vec<&str> = start["channels"].as_array().unwrap().iter().filter_map(|c| c["kind"].as_str()).collect();
    assert!(kinds.contains(&"public") && kinds.contains(&"im") && kinds.contains(&"home"), "{kinds:?}");
    assert!(!start["channels"].to_string().contains("security"), "alice is not in it");
    assert_eq!(
        world.get("sandbox/bootstrap?as=U0NOBODY").await["me"],
        "U0ALICE",
        "a stranger looks on as the first person"
    );
    assert_eq!(world.get("sandbox/messages?as=U0ALICE&channel=C0SECURITY").await["error"], "channel_not_found");
}

#[tokio::test]
async fn people_talk_and_count_what_they_missed() {
    let world = World::new().await;
    let said = world.act("U0ALICE", json!({ "do": "say", "channel": "C0GENERAL", "text": "hi @bob" })).await;
    let ts = said["ts"].clone();
    let general = async || {
        let start = world.get("sandbox/bootstrap?as=U0BOB").await;
        let mut channels = start["channels"].as_array().unwrap().iter();
        let found = channels.find(|c| c["name"] == "general").unwrap();
        (found["unread"].clone(), found["mentions"].clone())
    };
    assert_eq!(general().await, (json!(1), json!(1)));
    world.act("U0BOB", json!({ "do": "read", "channel": "C0GENERAL" })).await;
    assert_eq!(general().await, (json!(0), json!(0)));
    let on = json!({ "channel": "C0GENERAL", "ts": ts });
    let with = |what: &str, more: Value| {
        let mut body = on.clone();
        body["do"] = json!(what);
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    assert_eq!(world.act("U0BOB", with("react", json!({ "name": "eyes" }))).await["ok"], true);
    assert_eq!(world.act("U0BOB", with("pin", json!({}))).await["ok"], true);
    assert_eq!(world.act("U0BOB", with("edit", json!({ "text": "x" }))).await["error"], "cant_update_message");
    assert_eq!(world.act("U0ALICE", with("edit", json!({ "text": "edited" }))).await["ok"], true);
    let reply = json!({ "do": "say", "channel": "C0GENERAL", "text": "re", "thread_ts": ts });
    assert_eq!(world.act("U0BOB", reply).await["ok"], true);
    let shown = world.get("sandbox/messages?as=U0BOB&channel=C0GENERAL").await["messages"][0].clone();
    assert_eq!((&shown["text"], &shown["pinned"], &shown["reply_count"]), (&json!("edited"), &json!(true), &json!(1)));
    assert_eq!(shown["reactions"], json!([{ "name": "eyes", "users": ["U0BOB"] }]));
    let thread = format!("sandbox/messages?as=U0BOB&channel=C0GENERAL&thread={}", ts.as_str().unwrap());
    assert_eq!(world.get(&thread).await["messages"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn commands_presses_and_forms_go_to_the_bot() {
    let world = World::new().await;
    let say = |text: &str| json!({ "do": "say", "channel": "C0GENERAL", "text": text });
    assert_eq!(world.act("U0ALICE", say("/nonsense x")).await["error"], "invalid_command");
    assert_eq!(world.act("U0ALICE", say("/incident")).await["ok"], true);
    let trigger = world.received().await[0].field("trigger_id");
    let view = world.ok("views.open", json!({ "trigger_id": trigger, "view": modal("m") })).await["view"].clone();
    let submit = |title: &str| json!({ "do": "submit", "view_id": view["id"], "state": { "title": { "text": { "value": title } } } });
    let told = world.act("U0ALICE", submit("")).await;
    assert_eq!((&told["ok"], told["errors"]["title"].is_string()), (&json!(false), true));
    let press = json!({
        "do": "block_action", "container": { "type": "view", "view_id": view["id"] }, "block_id": "more",
        "action_id": "preview", "element_type": "button", "state": { "title": { "text": { "value": "typed" } } },
    });
    assert_eq!(world.act("U0ALICE", press).await["ok"], true);
    let sent = world.received().await[0].json();
    assert_eq!(sent["view"]["state"]["values"]["title"]["text"]["value"], "typed");
    assert_eq!(world.act("U0ALICE", submit("typed")).await["result"], "closed");
    assert_eq!(world.received().await[0].json()["type"], "view_submission");
    let blocks = json!([{ "type": "actions", "block_id": "b", "elements": [button("Go", "go", "1")] }]);
    let post = json!({ "channel": "U0ALICE", "text": "t", "blocks": blocks });
    let posted = world.ok("chat.postMessage", post).await;
    let press = json!({
        "do": "block_action", "block_id": "b", "action_id": "go", "element_type": "button",
        "container": { "type": "message", "channel": posted["channel"], "ts": posted["ts"] },
    });
    assert_eq!(world.act("U0ALICE", press).await["ok"], true);
    assert_eq!(world.received().await[0].json()["actions"][0]["value"], "1");
    assert_eq!(world.act("U0FRANK", say("hi")).await["error"], "user_disabled");
}

/// An edit gives blocks new names: a press that was under way meant the button that is still there, as it was shown.
#[tokio::test]
async fn a_press_on_a_message_that_was_edited_a_moment_before() {
    let world = World::new().await;
    let blocks = |value| json!([{ "type": "actions", "elements": [button("Go", "go", value)] }]);
    let post = json!({ "channel": "U0ALICE", "text": "t", "blocks": blocks("1") });
    let posted = world.ok("chat.postMessage", post).await;
    let shown = format!("sandbox/messages?as=U0ALICE&channel={}", posted["channel"].as_str().unwrap());
    let name = async || world.get(&shown).await["messages"][0]["blocks"][0]["block_id"].clone();
    let before = name().await;
    let edit = json!({ "channel": posted["channel"], "ts": posted["ts"], "text": "t", "blocks": blocks("2") });
    world.ok("chat.update", edit).await;
    assert_ne!(name().await, before);
    let press = |action: &str| {
        json!({
            "do": "block_action", "block_id": before, "action_id": action, "element_type": "button", "value": "1",
            "container": { "type": "message", "channel": posted["channel"], "ts": posted["ts"] },
        })
    };
    assert_eq!(world.act("U0ALICE", press("go")).await["ok"], true);
    assert_eq!(world.received().await[0].json()["actions"][0]["value"], "1");
    assert_eq!(world.act("U0ALICE", press("gone")).await["error"], "no_such_element");
}

#[tokio::test]
async fn two_windows_see_the_same() {
    let world = World::new().await;
    let listen = async |user: &str| {
        let url = format!("{}sandbox/stream?as={user}", world.slack.page_url());
        let mut stream = world.http.get(url).send().await.unwrap();
        assert!(stream.chunk().await.unwrap().unwrap().starts_with(b"event: clock"));
        stream
    };
    let (mut bob, mut erin) = (listen("U0BOB").await, listen("U0ERIN").await);
    world.act("U0ALICE", json!({ "do": "say", "channel": "C0CHECKOUT", "text": "look" })).await;
    world.act("U0ERIN", json!({ "do": "say", "channel": "C0SECURITY", "text": "hidden" })).await;
    let until = async |stream: &mut reqwest::Response, what: &str| {
        let mut all = String::new();
        while !all.contains(what) {
            all.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
        }
        all
    };
    until(&mut erin, "hidden").await;
    world.act("U0ALICE", json!({ "do": "say", "channel": "C0CHECKOUT", "text": "last" })).await;
    let seen = until(&mut bob, "last").await;
    assert!(seen.contains("event: message") && seen.contains("look") && seen.contains("event: unread"), "{seen}");
    assert!(!seen.contains("hidden"));
}

#[tokio::test]
async fn faults_and_the_clock_have_switches() {
    let world = World::new().await;
    let fault = json!({ "do": "fault", "fault": { "kind": "outage", "methods": "chat.*", "seconds": 60 } });
    assert_eq!(world.act("U0ALICE", fault).await["faults"][0]["kind"], "outage");
    assert_eq!(world.get("sandbox/faults").await["faults"][0]["methods"], "chat.*");
    let moved = world.act("U0ALICE", json!({ "do": "clock", "advance_seconds": 60 })).await;
    assert_eq!(moved["now"], 1_700_000_060_000_i64);
    assert_eq!(world.get("sandbox/faults").await["faults"], json!([]));
    world.act("U0ALICE", json!({ "do": "fault", "rate_limits": true })).await;
    assert_eq!(world.get("sandbox/faults").await["rate_limits"], true);
    let bad = json!({ "do": "fault", "fault": { "kind": "nonsense" } });
    assert_eq!(world.act("U0ALICE", bad).await["error"], "invalid_fault");
}

#[tokio::test]
async fn other_sites_are_kept_away() {
    let world = World::new().await;
    let url = format!("{}sandbox/act", world.slack.page_url());
    let body = json!({ "as": "U0ALICE", "do": "say", "channel": "C0GENERAL", "text": "forged" });
    let status = async |request: reqwest::RequestBuilder| request.send().await.unwrap().status().as_u16();
    let post = || world.http.post(&url).json(&body);
    assert_eq!(status(post().header("host", "evil.example")).await, 403);
    assert_eq!(status(post().header("origin", "http://evil.example")).await, 403);
    assert_eq!(status(world.http.post(&url).header("content-type", "text/plain").body(body.to_string())).await, 415);
    let read = world.http.get(format!("{}sandbox/bootstrap?as=U0ALICE", world.slack.page_url()));
    assert_eq!(status(read.header("host", "evil.example")).await, 403);
    assert!(world.slack.messages("general").is_empty());
    let own = world.slack.page_url();
    assert_eq!(status(post().header("origin", own.trim_end_matches('/'))).await, 200);
}

/// The workspace as it was kept last.
#[derive(Debug, Default)]
struct Kept(Mutex<String>);

impl Keeper for Kept {
    fn keep(&self, workspace: &Workspace) {
        *self.0.lock().unwrap() = serde_json::to_string(workspace).unwrap();
    }
}

/// Killed at any moment, the workspace knows all that the bot was answered: else the bot would believe in a room that is
/// not there.
#[tokio::test]
async fn a_workspace_goes_on_where_it_was() {
    let kept = Arc::new(Kept::default());
    let world = World::with(|config| config.keeper = Some(Arc::clone(&kept) as Arc<dyn Keeper>)).await;
    let now = || serde_json::from_str::<Workspace>(&kept.0.lock().unwrap()).unwrap();
    let room = world.room("inc-1").await;
    assert!(now().channels.contains_key(&room), "it is kept before the bot hears of it");
    let ts = world.post(&room, "kept").await;
    for (method, args) in [
        ("conversations.setPurpose", json!({ "channel": room, "purpose": "the room of INC-1" })),
        ("conversations.setTopic", json!({ "channel": room, "topic": "SEV1" })),
        ("conversations.invite", json!({ "channel": room, "users": "U0BOB" })),
        ("bookmarks.add", json!({ "channel_id": room, "title": "call", "type": "link", "link": "https://a.example" })),
        ("pins.add", json!({ "channel": room, "timestamp": ts })),
        ("chat.update", json!({ "channel": room, "ts": ts, "text": "kept, and changed" })),
    ] {
        let before = now();
        world.ok(method, args).await;
        assert_ne!(json!(before), json!(now()), "{method}");
    }
    let next = World::with(|config| config.resume = Some(now())).await;
    let found = next.slack.messages("inc-1").into_iter().find(|m| m.ts == ts).unwrap();
    assert!(found.pinned && found.contains("kept, and changed"), "{found}");
    assert!(next.post(&room, "and more").await > ts, "stamps go on");
    assert_ne!(next.room("inc-2").await, room, "ids do not come again");
}

#[tokio::test]
async fn rooms_threads_and_direct_messages_come_and_go() {
    let world = World::new().await;
    let say =
        |text: &str, thread: &Value| json!({ "do": "say", "channel": "C0GENERAL", "text": text, "thread_ts": thread });
    let parent = world.act("U0ALICE", say("parent", &Value::Null)).await["ts"].clone();
    world.act("U0BOB", say("reply", &parent)).await;
    let delete = json!({ "do": "delete", "channel": "C0GENERAL", "ts": parent });
    assert_eq!(world.act("U0BOB", delete.clone()).await["error"], "cant_delete_message");
    assert_eq!(world.act("U0ALICE", delete).await["ok"], true);
    let left = world.get("sandbox/messages?as=U0BOB&channel=C0GENERAL").await["messages"][0].clone();
    assert_eq!((&left["deleted"], &left["text"]), (&json!(true), &json!("This message was deleted.")));
    let made = world.act("U0ALICE", json!({ "do": "create_channel", "name": "war-room", "private": true })).await;
    let room = made["channel"].as_str().unwrap().to_owned();
    let on = |what: &str, user: &str| json!({ "do": what, "channel": room, "user": user });
    assert_eq!(world.act("U0BOB", on("join", "")).await["error"], "channel_not_found", "private: one is invited");
    assert_eq!(world.act("U0ALICE", on("invite", "U0BOB")).await["ok"], true);
    assert_eq!(world.act("U0BOB", on("leave", "")).await["ok"], true);
    let general = json!({ "do": "leave", "channel": "C0GENERAL" });
    assert_eq!(world.act("U0BOB", general).await["error"], "cant_leave_general");
    assert_eq!(world.act("U0ALICE", on("archive", "")).await["ok"], true);
    let late = json!({ "do": "say", "channel": room, "text": "late" });
    assert_eq!(world.act("U0ALICE", late).await["error"], "is_archived");
    let dm = world.act("U0ALICE", json!({ "do": "open_dm", "user": "U0BOB" })).await["channel"].clone();
    world.act("U0ALICE", json!({ "do": "say", "channel": dm, "text": "between us" })).await;
    let start = world.get("sandbox/bootstrap?as=U0BOB").await;
    let found = start["channels"].as_array().unwrap().iter().find(|c| c["id"] == dm).unwrap();
    assert_eq!((&found["im_user"], &found["mentions"]), (&json!("U0ALICE"), &json!(1)));
    assert!(!world.get("sandbox/bootstrap?as=U0ERIN").await["channels"].to_string().contains(dm.as_str().unwrap()));
    assert_eq!(world.act("U0ALICE", json!({ "do": "dance" })).await["error"], "unknown_act");
}
