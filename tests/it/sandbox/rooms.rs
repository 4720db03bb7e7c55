//! Tokens, scopes, people, rooms and who is in them.

use serde_json::{Value, json};

use super::{SCOPES, World};

#[tokio::test]
async fn a_call_needs_the_token() {
    let world = World::new().await;
    let url = format!("{}auth.test", world.slack.api_url());
    let without: Value = world.http.post(&url).send().await.unwrap().json().await.unwrap();
    assert_eq!(without["error"], "not_authed");
    let wrong = world.http.post(&url).bearer_auth("xoxb-else").send().await.unwrap();
    assert_eq!(wrong.json::<Value>().await.unwrap()["error"], "invalid_auth");
    let form = world.http.post(&url).form(&[("token", "xoxb-sandbox-token")]).send().await.unwrap();
    assert_eq!(form.json::<Value>().await.unwrap()["user_id"], "U0BOT");
    assert_eq!(world.refused("no.such", json!({})).await, "unknown_method");
    assert_eq!(world.refused("apps.connections.open", json!({})).await, "not_allowed_token_type");
}

#[tokio::test]
async fn each_scope_is_needed() {
    let cases = [
        ("chat:write", "chat.postMessage", json!({ "channel": "C0GENERAL", "text": "x" })),
        ("channels:manage", "conversations.create", json!({ "name": "a" })),
        ("groups:write", "conversations.create", json!({ "name": "a", "is_private": true })),
        ("channels:history", "conversations.history", json!({ "channel": "C0GENERAL" })),
        ("channels:read", "conversations.info", json!({ "channel": "C0GENERAL" })),
        ("groups:read", "conversations.list", json!({ "types": "private_channel" })),
        ("channels:join", "conversations.join", json!({ "channel": "C0GENERAL" })),
        ("im:write", "conversations.open", json!({ "users": "U0ALICE" })),
        ("pins:write", "pins.add", json!({ "channel": "C0GENERAL", "timestamp": "1.000000" })),
        ("bookmarks:write", "bookmarks.add", json!({ "channel_id": "C0GENERAL" })),
        ("reactions:write", "reactions.add", json!({ "channel": "C0GENERAL", "timestamp": "1.000000", "name": "x" })),
        ("users:read", "users.info", json!({ "user": "U0ALICE" })),
        ("usergroups:read", "usergroups.list", json!({})),
        ("team:read", "team.info", json!({})),
    ];
    for (scope, method, args) in cases {
        let rest = SCOPES.iter().filter(|s| **s != scope).map(ToString::to_string).collect();
        let world = World::with(|config| config.scopes = rest).await;
        let answer = world.api(method, args).await;
        assert_eq!(answer["error"], "missing_scope", "{method} without {scope}: {answer}");
        assert!(answer["needed"].as_str().unwrap().contains(scope), "{answer}");
        assert!(!answer["provided"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn names_are_checked_and_stay_taken() {
    let world = World::new().await;
    for (name, error) in [
        ("general", "name_taken"),
        ("", "invalid_name_required"),
        ("Has Space", "invalid_name_specials"),
        ("___", "invalid_name_punctuation"),
        (&"a".repeat(81), "invalid_name_maxlength"),
    ] {
        assert_eq!(world.refused("conversations.create", json!({ "name": name })).await, error, "{name}");
    }
    let room = world.room("inc-1").await;
    world.ok("conversations.archive", json!({ "channel": room })).await;
    assert_eq!(world.refused("conversations.create", json!({ "name": "inc-1" })).await, "name_taken");
    let other = world.room("inc-2").await;
    assert_eq!(world.refused("conversations.rename", json!({ "channel": other, "name": "inc-1" })).await, "name_taken");
    world.ok("conversations.rename", json!({ "channel": other, "name": "inc-3" })).await;
    assert_eq!(world.slack.channel("inc-3").id, other);
}

#[tokio::test]
async fn archiving_ejects_the_bot() {
    let world = World::new().await;
    let room = world.room("inc-1").await;
    let here = json!({ "channel": room });
    world.ok("conversations.archive", here.clone()).await;
    assert!(!world.slack.channel("inc-1").members.contains(&"U0BOT".to_owned()));
    for (method, error) in [
        ("conversations.history", "not_in_channel"),
        ("conversations.unarchive", "not_in_channel"),
        ("conversations.archive", "already_archived"),
        ("conversations.join", "is_archived"),
    ] {
        assert_eq!(world.refused(method, here.clone()).await, error, "{method}");
    }
    let post = json!({ "channel": room, "text": "x" });
    assert_eq!(world.refused("chat.postMessage", post).await, "is_archived");
    assert_eq!(world.refused("conversations.setTopic", json!({ "channel": room, "topic": "x" })).await, "is_archived");
    let invite = json!({ "channel": room, "users": "U0ALICE" });
    assert_eq!(world.refused("conversations.invite", invite).await, "is_archived");
}

#[tokio::test]
async fn a_private_channel_is_not_there_for_strangers() {
    let world = World::new().await;
    let hidden = json!({ "channel": "C0SECURITY" });
    for method in ["conversations.info", "conversations.history", "conversations.join", "conversations.members"] {
        assert_eq!(world.refused(method, hidden.clone()).await, "channel_not_found", "{method}");
    }
    let listed = world.ok("conversations.list", json!({ "types": "public_channel,private_channel" })).await;
    let names: Vec<&str> = listed["channels"].as_array().unwrap().iter().filter_map(|c| c["name"].as_str()).collect();
    assert!(names.contains(&"general") && !names.contains(&"security"), "{names:?}");
    world.slack.invite_bot("security").unwrap();
    world.ok("conversations.info", hidden).await;
}

#[tokio::test]
async fn inviting_is_as_picky_as_slack() {
    let world = World::new().await;
    let room = world.room("inc-1").await;
    let invite = |users: &str| json!({ "channel": room, "users": users });
    world.ok("conversations.invite", invite("U0ALICE,U0BOB")).await;
    for (users, error) in [
        ("U0ALICE", "already_in_channel"),
        ("U0BOT", "cant_invite_self"),
        ("U0NOBODY", "user_not_found"),
        ("U0FRANK", "user_not_found"),
        ("", "no_user"),
    ] {
        assert_eq!(world.refused("conversations.invite", invite(users)).await, error, "{users}");
    }
    assert_eq!(world.refused("conversations.invite", invite("U0ALICE,U0CAROL")).await, "already_in_channel");
    assert!(!world.slack.channel("inc-1").members.contains(&"U0CAROL".to_owned()), "one bad name stops all");
    let mut forced = invite("U0ALICE,U0CAROL");
    forced["force"] = json!(true);
    let answer = world.ok("conversations.invite", forced).await;
    assert_eq!(answer["errors"][0]["error"], "already_in_channel");
    assert!(world.slack.channel("inc-1").members.contains(&"U0CAROL".to_owned()));
    let elsewhere = json!({ "channel": "C0GENERAL", "users": "U0ALICE" });
    assert_eq!(world.refused("conversations.invite", elsewhere).await, "not_in_channel");
    let many = vec!["U0ALICE"; 101].join(",");
    assert_eq!(world.refused("conversations.invite", invite(&many)).await, "invalid_arguments");
}

#[tokio::test]
async fn people_who_left_cannot_be_written_to() {
    let world = World::new().await;
    assert_eq!(world.refused("conversations.open", json!({ "users": "U0FRANK" })).await, "user_disabled");
    assert_eq!(world.refused("chat.postMessage", json!({ "channel": "U0FRANK", "text": "x" })).await, "user_disabled");
    let opened = world.ok("conversations.open", json!({ "users": "U0BOB" })).await;
    world.slack.deactivate("bob").unwrap();
    let late = json!({ "channel": opened["channel"]["id"], "text": "x" });
    assert_eq!(world.refused("chat.postMessage", late).await, "user_disabled");
    assert_eq!(world.refused("users.lookupByEmail", json!({ "email": "bob@example.com" })).await, "missing_scope");
    let shown = world.ok("users.info", json!({ "user": "U0BOB" })).await;
    assert_eq!(shown["user"]["deleted"], true);
    assert_eq!(world.refused("users.info", json!({ "user": "U0NOBODY" })).await, "user_not_found");
}

#[tokio::test]
async fn topics_have_a_length_and_need_membership() {
    let world = World::new().await;
    let room = world.room("inc-1").await;
    let topic = |channel: &str, text: &str| json!({ "channel": channel, "topic": text });
    world.ok("conversations.setTopic", topic(&room, &"é".repeat(250))).await;
    assert_eq!(world.refused("conversations.setTopic", topic(&room, &"é".repeat(251))).await, "too_long");
    assert_eq!(world.refused("conversations.setTopic", topic("C0GENERAL", "x")).await, "not_in_channel");
    assert_eq!(world.slack.channel("inc-1").topic.chars().count(), 250);
}

#[tokio::test]
async fn lists_come_in_pages() {
    let world = World::new().await;
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = world.ok("users.list", json!({ "limit": 3, "cursor": cursor })).await;
        seen.extend(page["members"].as_array().unwrap().iter().map(|m| m["id"].clone()));
        cursor = page["response_metadata"]["next_cursor"].as_str().unwrap().to_owned();
        if cursor.is_empty() {
            break;
        }
    }
    assert_eq!(seen.len(), 7);
    assert_eq!(world.refused("users.list", json!({ "cursor": "bad" })).await, "invalid_cursor");
    let room = world.room("inc-1").await;
    let mine = world.ok("users.conversations", json!({ "types": "public_channel" })).await;
    assert_eq!(mine["channels"].as_array().unwrap().len(), 1);
    assert_eq!(mine["channels"][0]["id"], room.as_str());
}

#[tokio::test]
async fn bookmarks_and_unknown_arguments() {
    let world = World::new().await;
    let room = world.room("inc-1").await;
    let add = |link: &str, emoji: &str| json!({ "channel_id": room, "title": "t", "type": "link", "link": link, "emoji": emoji });
    assert_eq!(world.refused("bookmarks.add", add("no link", ":x:")).await, "invalid_link");
    assert_eq!(world.refused("bookmarks.add", add("https://a.b", "x")).await, "invalid_emoji");
    let added = world.ok("bookmarks.add", add("https://a.b", ":link:")).await;
    let id = added["bookmark"]["id"].clone();
    let edit = json!({ "channel_id": room, "bookmark_id": id, "title": "new" });
    assert_eq!(world.ok("bookmarks.edit", edit).await["bookmark"]["title"], "new");
    assert_eq!(world.slack.channel("inc-1").bookmarks, [("new".to_owned(), "https://a.b".to_owned())]);
    world.ok("bookmarks.remove", json!({ "channel_id": room, "bookmark_id": id })).await;
    let gone = json!({ "channel_id": room, "bookmark_id": id });
    assert_eq!(world.refused("bookmarks.remove", gone).await, "not_found");
    let odd = world.ok("conversations.info", json!({ "channel": room, "what": 1 })).await;
    assert_eq!(odd["response_metadata"]["warnings"], json!(["unknown_argument: what"]));
}
