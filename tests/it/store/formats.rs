//! Records of every past version open for ever. The fixtures were written by the release that introduced each version and
//! are never made anew.

use std::{fs, path::Path};

use serde_json::json;
use watchroom::store::{Store, journal};

use super::kit::{Dir, at, copy, everything, files, inc, open};

fn fixtures() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/store/fixtures"))
}

/// Version 1 of the journal: events, erased texts, jobs, timers, receipts and keys are all there.
#[tokio::test]
async fn a_journal_of_version_1_opens() {
    let dir = Dir::new();
    copy(&fixtures().join("journal-v1"), dir.path());
    let before: Vec<_> = files(&dir.path().join("journal")).iter().map(|file| fs::read(file).unwrap()).collect();
    let verified = journal::verify(dir.path()).unwrap();
    assert_eq!((verified.streams, verified.events, verified.erased, verified.unfinished), (3, 72, 2, None));
    let store = open(dir.path()).unwrap();
    let events = store.events(&inc(1), 1, 100).await.unwrap();
    assert_eq!((events.len(), events[9].seq, events[9].at), (24, 10, at(9)));
    assert_eq!(events[9].body, json!({"kind": "note", "text": {"$text": "words of round 9 in inc/INC-1"}}));
    assert_eq!(events[2].body, json!({"kind": "note", "text": {"$text": null}}));
    assert_eq!(store.doc("count/inc/INC-2").await.unwrap(), Some(b"24".to_vec()));
    assert_eq!(store.known("key 7", at(3600)).await.unwrap(), Some(json!({"round": 7}).into()));
    assert_eq!(store.known("key 7", at(3601)).await.unwrap(), None);
    assert_eq!(store.receipt("job 1").await.unwrap(), Some(json!({"ts": 3})));
    let lane = store.lane("lane 0", 100).await.unwrap();
    assert_eq!((lane[0].key.as_str(), lane[1].key.as_str(), lane[1].body.value()), ("job 0", "card", json!(23)));
    assert_eq!(store.lane("lane 1", 100).await.unwrap().len(), 2);
    assert_eq!(store.next_timer().await.unwrap(), Some(at(19)));
    store.close().await;
    let after: Vec<_> = files(&dir.path().join("journal")).iter().map(|file| fs::read(file).unwrap()).collect();
    assert_eq!(after, before, "opening changes no byte of what is there");
}

/// Version 1 of the export.
#[tokio::test]
async fn an_export_of_version_1_is_imported() {
    let (dir, other) = (Dir::new(), Dir::new());
    let export = fs::read(fixtures().join("export-v1.jsonl")).unwrap();
    assert_eq!(journal::import(dir.path(), &mut &export[..]).unwrap().events, 72);
    copy(&fixtures().join("journal-v1"), other.path());
    let (imported, original) = (open(dir.path()).unwrap(), open(other.path()).unwrap());
    let events = |all: Vec<String>| all.into_iter().filter(|line| line.starts_with("Recorded")).collect::<Vec<_>>();
    let [imported, original] = [everything(&imported).await.unwrap(), everything(&original).await.unwrap()];
    assert_eq!(events(imported), events(original));
}
