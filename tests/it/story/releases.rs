//! Records of other releases.

use std::sync::Arc;

use serde_json::json;
use watchroom::{
    app::{self, Ports},
    clock::SystemClock,
    config::{Config, Secret},
    engine::Incidents,
    ids::{IncidentId, StreamId},
    incident::{Effect, What},
    store::{
        Append, Commit, Store,
        sled::{Options, SledStore},
    },
};

#[tokio::test]
async fn an_event_of_a_later_release_refuses_the_start() {
    watchroom::adapters::http::install_crypto();
    let dir = std::env::temp_dir().join(format!("watchroom-later-{}", std::process::id()));
    let store = SledStore::open(&dir, Arc::new(Incidents::default()), Options::default()).expect("opens");
    let body = json!({ "v": 1, "at": "2026-11-22T03:00:00Z", "by": "bot", "what": { "kind": "teleported" } });
    let stream = StreamId::Incident(IncidentId::inc(1));
    let append = vec![Append::new(stream, &body)];
    store.commit(Commit { append, ..Commit::default() }).await.expect("kept");
    store.close().await;
    drop(store);
    // The later release's documents are not this one's: a release that adds kinds raises the projector's version.
    std::fs::remove_dir_all(dir.join("sled")).expect("a rebuild");
    let mut config = Config::defaults();
    config.data.clone_from(&dir);
    config.slack.bot_token = Some(Secret::new("xoxb-x"));
    config.slack.signing_secret = Some(Secret::new("x"));
    let refused = app::build(&config, Arc::new(SystemClock), Ports::default()).await.expect_err("refused");
    let sentence = refused.to_string();
    assert!(sentence.contains("later release") && sentence.contains("teleported"), "{sentence}");
    std::fs::remove_dir_all(&dir).expect("our own directory");
}

/// The release before named pages at other providers with other words. What it recorded reads as what this one records, and is written in
/// the new words.
#[test]
fn what_the_release_before_recorded_of_pages_at_providers_is_read() {
    let of = json!({ "at": "pagerduty", "id": "PSVC" });
    let at = "2026-11-22T03:00:30Z";
    for (before, now) in [
        (
            json!({ "kind": "page_heard_of", "page": 1, "there": { "of": of, "at": at }, "done": "escalated", "name": null }),
            json!({ "kind": "page_updated_externally", "page": 1, "source": { "of": of, "at": at }, "update": "escalated", "name": null }),
        ),
        (
            json!({ "kind": "page_taken_there", "page": 1, "there": { "of": of, "at": at }, "name": null }),
            json!({ "kind": "page_acknowledged_externally", "page": 1, "source": { "of": of, "at": at }, "name": null }),
        ),
        (
            json!({ "kind": "page_acknowledged", "page": 1, "by": "U0BOB", "there": { "of": of, "at": at } }),
            json!({ "kind": "page_acknowledged", "page": 1, "by": "U0BOB", "source": { "of": of, "at": at } }),
        ),
    ] {
        let read: What = serde_json::from_value(before.clone()).unwrap_or_else(|e| panic!("{before}: {e}"));
        assert_eq!(serde_json::to_value(read).expect("JSON"), now);
    }
    let act = json!({ "act": "acknowledge" });
    let job = |word| json!({ "do": word, "page": 1, "of": of, "number": 1, "act": act });
    let waiting: Effect = serde_json::from_value(job("follow")).expect("an effect of the release before");
    assert_eq!(serde_json::to_value(waiting).expect("JSON"), job("sync_external"));
}
