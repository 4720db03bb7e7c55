//! Export, import, backup and restore: whole or not at all.

use std::{fs, path::Path};

use watchroom::store::{
    Commit, Store,
    journal::{self, JournalError},
};

use super::kit::{Dir, appending, everything, files, fill, filled, inc, note, open};

fn exported(dir: &Path) -> Vec<u8> {
    let mut out = Vec::new();
    journal::export(dir, None, &mut out).unwrap();
    out
}

fn is_empty(dir: &Path) -> bool {
    !dir.join("journal").exists() && !dir.join("sled").exists() && !dir.join("journal.partial").exists()
}

/// An export, imported, has the same events, documents and chains, goes on, and exports to the same bytes.
#[tokio::test]
async fn an_export_comes_back_whole() {
    let (dir, other, third) = (Dir::new(), Dir::new(), Dir::new());
    let before = filled(dir.path()).await;
    let export = exported(dir.path());
    assert!(!String::from_utf8_lossy(&export).contains("words of round 2 in inc/INC-1"), "erased before");
    let imported = journal::import(other.path(), &mut &export[..]).unwrap();
    assert_eq!((imported.events, imported.streams), (72, 3));
    assert_eq!(journal::verify(other.path()).unwrap().erased, 2);
    assert_eq!(exported(other.path()), export);
    let store = open(other.path()).unwrap();
    let after = everything(&store).await.unwrap();
    let events = |all: &[String]| all.iter().filter(|line| line.starts_with("Recorded")).cloned().collect::<Vec<_>>();
    assert_eq!(events(&after), events(&before));
    assert!(after.contains(&"count/inc/INC-1 = 24".to_owned()));
    store.commit(Commit { expect: vec![(inc(1), 24)], ..appending(vec![note(&inc(1), "goes on")]) }).await.unwrap();
    drop(store);
    let again = exported(other.path());
    journal::import(third.path(), &mut &again[..]).unwrap();
    assert_eq!(exported(third.path()), again);
}

/// The export of one stream stands on its own.
#[tokio::test]
async fn one_stream_can_be_exported() {
    let (dir, other) = (Dir::new(), Dir::new());
    filled(dir.path()).await;
    let mut out = Vec::new();
    assert_eq!(journal::export(dir.path(), Some(&inc(2)), &mut out).unwrap().events, 24);
    assert_eq!(journal::import(other.path(), &mut &out[..]).unwrap().streams, 1);
}

/// Half an export, at whatever byte it ends, is refused whole; so is one with a changed byte.
#[tokio::test]
async fn a_damaged_export_is_refused_whole() {
    let dir = Dir::new();
    filled(dir.path()).await;
    let export = exported(dir.path());
    let other = Dir::new();
    let steps = export.len() / 150;
    for end in (0..export.len()).step_by(steps).chain([export.len() - 1]) {
        let half = journal::import(other.path(), &mut &export[..end]).unwrap_err();
        assert!(matches!(half, JournalError::BadExport { .. }), "{half}");
        assert!(is_empty(other.path()));
        let mut changed = export.clone();
        changed[end] ^= 0x02;
        let refused = journal::import(other.path(), &mut &changed[..]).unwrap_err();
        assert!(refused.to_string().contains("nothing was imported"), "byte {end}: {refused}");
        assert!(is_empty(other.path()));
    }
    let twice = [&export[..], &export[..]].concat();
    assert!(journal::import(other.path(), &mut &twice[..]).is_err());
    journal::import(other.path(), &mut &export[..]).unwrap();
    let refused = journal::import(other.path(), &mut &export[..]).unwrap_err();
    assert!(matches!(refused, JournalError::NotEmpty(_)), "{refused}");
}

/// A backup holds everything, jobs too, and is a store; restored it is the same again.
#[tokio::test]
async fn a_backup_comes_back_whole() {
    let (dir, to, back) = (Dir::new(), Dir::new(), Dir::new());
    let before = filled(dir.path()).await;
    assert_eq!(journal::backup(dir.path(), to.path()).unwrap().events, 72);
    assert_eq!(journal::restore(to.path(), back.path()).unwrap().events, 72);
    assert_eq!(everything(&open(back.path()).unwrap()).await.unwrap(), before);
    let refused = journal::restore(to.path(), back.path()).unwrap_err();
    assert!(matches!(refused, JournalError::NotEmpty(_)), "{refused}");
    let refused = journal::backup(dir.path(), to.path()).unwrap_err();
    assert!(matches!(refused, JournalError::NotEmpty(_)), "{refused}");
    assert_eq!(everything(&open(to.path()).unwrap()).await.unwrap(), before);
}

/// A backup that lost its end or a byte is not restored.
#[tokio::test]
async fn a_damaged_backup_is_not_restored() {
    let (dir, to) = (Dir::new(), Dir::new());
    filled(dir.path()).await;
    journal::backup(dir.path(), to.path()).unwrap();
    let last = files(&to.path().join("journal")).pop().unwrap();
    let whole = fs::read(&last).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() - 9] ^= 1;
    for damaged in [&whole[..whole.len() - 1], &whole[..whole.len() / 2], &flipped[..]] {
        fs::write(&last, damaged).unwrap();
        let back = Dir::new();
        assert!(matches!(journal::restore(to.path(), back.path()), Err(JournalError::Damaged(_))));
        assert!(is_empty(back.path()));
    }
    fs::remove_file(&last).unwrap();
    assert!(journal::restore(to.path(), Dir::new().path()).is_err());
}

/// Beside a running server that writes and erases, every copy is whole and consistent, and no erased word is exported.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_are_made_beside_a_running_server() {
    let dir = Dir::new();
    let store = open(dir.path()).unwrap();
    fill(&store).await;
    let path = dir.path().to_owned();
    let copying = tokio::task::spawn_blocking(move || {
        for round in 0..4_u64 {
            let (to, other) = (Dir::new(), Dir::new());
            let kept = journal::backup(&path, to.path()).unwrap().events;
            assert!(journal::verify(to.path()).unwrap().unfinished.is_none());
            journal::verify(&path).unwrap();
            let export = exported(&path);
            let came = journal::import(other.path(), &mut &export[..]).unwrap().events;
            assert!(came >= kept, "round {round}");
        }
    });
    // So many at most: what is copied must not grow faster than it can be read, or no copy would ever end.
    for round in 72..2_000 {
        if copying.is_finished() {
            break;
        }
        store.commit(appending(vec![note(&inc(7), &format!("written {round}"))])).await.unwrap();
        let seq = store.length(&inc(7)).await.unwrap();
        if seq % 5 == 0 {
            store.commit(Commit { erase: vec![(inc(7), seq - 2)], ..appending(vec![]) }).await.unwrap();
        }
    }
    copying.await.unwrap();
}

/// What is not there is said to be not there, and nothing is left behind.
#[tokio::test]
async fn nothing_cannot_be_copied() {
    let (dir, to) = (Dir::new(), Dir::new());
    let nowhere = dir.path().join("nowhere");
    for refused in [
        journal::backup(&nowhere, &to.path().join("b")).map(drop),
        journal::restore(&nowhere, &to.path().join("r")).map(drop),
        journal::verify(&nowhere).map(drop),
        journal::export(&nowhere, None, &mut Vec::new()).map(drop),
    ] {
        assert!(matches!(refused, Err(JournalError::Missing(_))), "{refused:?}");
    }
    assert!(!nowhere.exists() && files(to.path()).is_empty());
}

/// A store in use is neither imported into nor restored into.
#[tokio::test]
async fn a_store_in_use_is_left_alone() {
    let (dir, used) = (Dir::new(), Dir::new());
    filled(dir.path()).await;
    let _running = open(used.path()).unwrap();
    let refused = journal::restore(dir.path(), used.path()).unwrap_err();
    assert!(matches!(refused, JournalError::InUse(_)), "{refused}");
    let export = exported(dir.path());
    let refused = journal::import(used.path(), &mut &export[..]).unwrap_err();
    assert!(matches!(refused, JournalError::InUse(_)), "{refused}");
}
