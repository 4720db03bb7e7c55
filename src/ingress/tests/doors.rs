//! What does not come in.

use http::StatusCode;

use super::*;

const PATHS: [&str; 3] = ["/slack/commands", "/slack/interactions", "/slack/events"];

#[tokio::test]
async fn unsigned_requests_learn_nothing() {
    let world = World::new().await;
    let body = "text=declare+x&user_id=U1&ssl_check=1".as_bytes();
    let now = world.now().as_second();
    let good = |stamp: i64| sign(SECRET, &stamp.to_string(), body);
    let cases = [
        (None, None),
        (Some(now), None),
        (None, Some(good(now))),
        (Some(now), Some("v0=00".to_owned())),
        (Some(now), Some(sign("another", &now.to_string(), body))),
        (Some(now - 301), Some(good(now - 301))),
        (Some(now + 301), Some(good(now + 301))),
    ];
    for path in PATHS {
        for (stamp, signature) in &cases {
            let mut headers = Vec::new();
            headers.extend(stamp.map(|s| ("x-slack-request-timestamp", s.to_string())));
            headers.extend(signature.clone().map(|s| ("x-slack-signature", s)));
            let reply = world.send(path, &headers, body.to_vec()).await;
            assert_eq!((reply.status, reply.body.as_str()), (StatusCode::UNAUTHORIZED, ""), "{path} {stamp:?}");
        }
    }
    assert_eq!(world.door.counters.unsigned.get(), 21);
    assert!(world.recent(1).await.is_empty());
}

#[tokio::test]
async fn a_mebibyte_is_the_limit() {
    let world = World::new().await;
    for path in PATHS {
        let reply = world.signed(path, "x".repeat(1024 * 1024 + 1)).await;
        assert_eq!((reply.status, reply.body.as_str()), (StatusCode::PAYLOAD_TOO_LARGE, ""));
        assert_eq!(world.signed(path, "x".repeat(1024 * 1024)).await.status, StatusCode::OK);
    }
    assert_eq!(world.door.counters.oversized.get(), 3);
}

#[tokio::test]
async fn what_is_signed_but_makes_no_sense_gets_a_sentence() {
    let world = World::new().await;
    for (path, body) in [
        ("/slack/commands", ""),
        ("/slack/commands", "text=declare+x"),
        ("/slack/commands", "%ff%fe=&&&=%"),
        ("/slack/interactions", ""),
        ("/slack/interactions", "payload=%7B"),
        ("/slack/interactions", "payload=%5B1%5D"),
        ("/slack/interactions", "payload=%7B%22type%22%3A%22block_actions%22%7D"),
    ] {
        let before = world.door.counters.not_understood.get();
        let reply = world.signed(path, body.into()).await;
        assert_eq!(reply.status, StatusCode::OK, "{path} {body}");
        assert!(reply.text().contains("could not understand"), "{path} {body}: {}", reply.body);
        assert_eq!(world.door.counters.not_understood.get(), before + 1, "{path} {body}");
    }
    for body in ["", "{", "[]", "7", r#"{"type":"event_callback"}"#] {
        assert_eq!(world.signed("/slack/events", body.into()).await.status, StatusCode::OK, "{body}");
    }
    assert_eq!(world.door.counters.not_understood.get(), 12);
    let strange = json!({ "type": "tomorrow", "user": { "id": "U1" }, "channel": { "id": "C1" } });
    assert_eq!(world.interact(&strange).await.status, StatusCode::OK);
    let said = world.chat.take();
    assert_eq!((said[0].0, said[0].1.as_str()), ("whisper", "C1/U1"));
}

#[tokio::test]
async fn slack_may_knock() {
    let world = World::new().await;
    for path in ["/slack/commands", "/slack/interactions"] {
        let reply = world.signed(path, "ssl_check=1&token=x".into()).await;
        assert_eq!((reply.status, reply.body.as_str()), (StatusCode::OK, ""));
    }
    let reply =
        world.signed("/slack/events", json!({ "type": "url_verification", "challenge": "abc" }).to_string()).await;
    assert_eq!(reply.json()["challenge"], "abc");
}
