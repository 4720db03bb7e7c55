//! Records of other releases.

use std::sync::Arc;

use serde_json::json;
use watchroom::{
    app::{self, Ports},
    clock::SystemClock,
    config::{Config, Secret},
    engine::Incidents,
    ids::{IncidentId, StreamId},
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
