//! What is PostgreSQL's own: several processes over one record, connections that are lost, and what is said when it does not open.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use serde_json::json;
use watchroom::store::{
    AtRest, Commit, CommitError, Health, Lease, OnPending, Store,
    postgres::{OpenError, Options, PostgresStore},
};

use super::{
    database::{Database, LEASE},
    kit::{Counting, Dice, Dir, appending, asking, at, done, everything, fill, filled, inc, key, lane, note},
};

/// Two processes that write at once never both win, and never write over one another.
#[tokio::test]
async fn one_of_many_wins_across_processes() {
    let database = Database::new();
    let (one, other) = (database.open().unwrap(), database.open().unwrap());
    for round in 0..10 {
        let tries = (0..20).map(|n| {
            let store = if n % 2 == 0 { &one } else { &other };
            store.commit(Commit { expect: vec![(inc(1), round)], ..appending(vec![note(&inc(1), &n.to_string())]) })
        });
        assert_eq!(join_all(tries).await.into_iter().flatten().count(), 1, "round {round}");
    }
    for store in [&one, &other] {
        assert_eq!(store.length(&inc(1)).await.unwrap(), 10);
        assert_eq!(store.doc("count/inc/INC-1").await.unwrap(), Some(b"10".to_vec()));
    }
    assert_eq!(database.number("SELECT count(DISTINCT commit_number) FROM watchroom_event"), 10);
}

/// What one process answered the other reads at once.
#[tokio::test]
async fn reads_see_what_others_have_answered() {
    let database = Database::new();
    let (one, other) = (database.open().unwrap(), database.open().unwrap());
    fill(&one).await;
    assert_eq!(everything(&other).await.unwrap(), everything(&one).await.unwrap());
}

/// Whoever carries out jobs hears of those that others ask for.
#[tokio::test]
async fn work_that_another_process_asks_for_is_heard_of() {
    let database = Database::new();
    let (asks, works) = (database.open().unwrap(), database.open().unwrap());
    works.lease().await.unwrap();
    // The ear may not be open yet: then it is found by looking.
    for n in 0..3 {
        let name = format!("lane {n}");
        asks.commit(asking(vec![lane(&name, &name, OnPending::Keep, json!(n))])).await.unwrap();
        let mut heard = Vec::new();
        while !heard.contains(&name) {
            let woken = tokio::time::timeout(Duration::from_secs(10), works.wakeup()).await.expect("a hint");
            heard.extend(woken.lanes);
        }
    }
}

/// One process at a time carries out jobs; another takes over from one that has fallen silent, and what that one finishes late
/// counts for nothing.
#[tokio::test]
async fn a_late_finish_counts_for_nothing() {
    let database = Database::new();
    let (one, other) = (database.open().unwrap(), database.open().unwrap());
    one.commit(asking(vec![lane("m", "l", OnPending::Keep, json!(1))])).await.unwrap();
    let Some(Lease::For { fence: first, time }) = one.lease().await.unwrap() else { panic!("no lease") };
    assert_eq!((time, other.lease().await.unwrap()), (LEASE, None));
    assert_eq!(one.lease().await.unwrap(), Some(Lease::For { fence: first, time }), "it goes on");
    let begun = one.lane("l", 1).await.unwrap().remove(0);
    let second = loop {
        match other.lease().await.unwrap() {
            Some(Lease::For { fence, .. }) => break fence,
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    };
    assert!(second > first);
    assert_eq!(one.lease().await.unwrap(), None);
    let late = Commit { finish: vec![done(begun.id, "m")], ..appending(vec![note(&inc(1), "done")]) };
    assert!(matches!(one.commit(late.clone()).await, Err(CommitError::Fenced)));
    assert_eq!((other.length(&inc(1)).await.unwrap(), other.lane("l", 9).await.unwrap().len()), (0, 1));
    one.commit(appending(vec![note(&inc(1), "people may still ask")])).await.unwrap();
    other.commit(late).await.unwrap();
    assert_eq!(other.lane("l", 9).await.unwrap(), []);
}

/// A process that is stopped hands over at once.
#[tokio::test]
async fn a_stop_hands_over() {
    let database = Database::new();
    let patient = || PostgresStore::open(&database.url(), Arc::new(Counting(1)), Options::default()).unwrap();
    let (one, other) = (patient(), patient());
    assert!(one.lease().await.unwrap().is_some());
    assert_eq!(other.lease().await.unwrap(), None);
    one.close().await;
    assert!(other.lease().await.unwrap().is_some());
}

/// Connections that are cut, again and again, lose nothing that was answered and make nothing twice.
#[tokio::test(flavor = "multi_thread")]
async fn lost_connections_lose_and_double_nothing() {
    let database = Arc::new(Database::new());
    let store = Arc::new(database.open().unwrap());
    let cutting = Arc::clone(&database);
    let cuts = tokio::task::spawn_blocking(move || {
        for _ in 0..12 {
            std::thread::sleep(Duration::from_millis(60));
            cutting.cut();
        }
    });
    let (mut said, mut sent) = (Vec::new(), 0);
    while !cuts.is_finished() {
        let wave = (sent..sent + 20).map(|n| {
            let commit = Commit {
                remember: vec![key(&format!("k{n}"), 600, json!(n))],
                ..appending(vec![note(&inc(n % 3 + 1), &format!("words {n}"))])
            };
            let store = Arc::clone(&store);
            async move { (n, store.commit(commit).await) }
        });
        said.extend(join_all(wave).await);
        sent += 20;
    }
    cuts.await.unwrap();
    let mut kept = Vec::new();
    for number in 1..=3 {
        let events = store.events(&inc(number), 1, 100_000).await.unwrap();
        kept.extend(events.into_iter().map(|event| event.body["text"]["$text"].as_str().unwrap().to_owned()));
    }
    let all = kept.len();
    kept.sort();
    kept.dedup();
    assert_eq!(kept.len(), all, "nothing twice");
    let answered: Vec<_> = said.iter().filter(|(_, said)| said.is_ok()).collect();
    assert!(answered.len() > 50, "{} of {sent} answered", answered.len());
    for (n, _) in &answered {
        assert!(kept.contains(&format!("words {n}")), "{n} was answered and is lost");
    }
    let refused = said.iter().filter_map(|(_, said)| said.as_ref().err());
    assert!(refused.clone().all(|error| matches!(error, CommitError::Away(_))), "{:?}", refused.collect::<Vec<_>>());
}

/// What the server does not take is refused by itself; whatever came with it is made.
#[tokio::test]
async fn a_commit_that_the_server_refuses_stands_alone() {
    let database = Database::new();
    let store = database.open().unwrap();
    // Longer than an index takes, and no repetition that would shrink.
    let mut dice = Dice::new();
    let name: String = (0..9000).map(|_| char::from(b'!' + u8::try_from(dice.below(90)).unwrap())).collect();
    let odd = Commit { remember: vec![key(&name, 60, json!(0))], at: Some(at(0)), ..Commit::default() };
    let plain = (0..9).map(|n| appending(vec![note(&inc(n + 1), "words")]));
    let commits = plain.clone().chain([odd]).chain(plain);
    let said = join_all(commits.map(|commit| store.commit(commit))).await;
    for (n, said) in said.iter().enumerate() {
        assert_eq!(said.is_err(), n == 9, "{n}: {said:?}");
    }
    assert_eq!(store.health(), Health::Writable);
    assert_eq!(store.length(&inc(9)).await.unwrap(), 2);
}

/// A release that makes other documents takes over; the one before says so and stops, and does not come back by mistake.
#[tokio::test]
async fn a_newer_release_takes_over() {
    let mut database = Database::new();
    let old = database.open().unwrap();
    fill(&old).await;
    database.documents_are_made_otherwise();
    let new = database.open().unwrap();
    let refused = old.commit(appending(vec![note(&inc(1), "late")])).await.unwrap_err();
    assert!(refused.to_string().contains("another release"), "{refused}");
    assert!(matches!(old.health(), Health::Closed(_)));
    new.commit(appending(vec![note(&inc(1), "goes on")])).await.unwrap();
    let back = PostgresStore::open(&database.url(), Arc::new(Counting(1)), Options { lease: LEASE }).unwrap_err();
    assert!(back.to_string().contains("start that release"), "{back}");
}

/// Many processes that start at once on an empty database make the tables once.
#[tokio::test(flavor = "multi_thread")]
async fn processes_may_start_at_once() {
    let database = Arc::new(Database::new());
    let starts = (0..5).map(|_| {
        let database = Arc::clone(&database);
        tokio::task::spawn_blocking(move || database.open())
    });
    let stores: Vec<_> = join_all(starts).await.into_iter().map(|opened| opened.unwrap().unwrap()).collect();
    join_all(stores.iter().map(|store| store.commit(appending(vec![note(&inc(1), "a")])))).await;
    assert_eq!(stores[0].length(&inc(1)).await.unwrap(), 5);
    assert_eq!(database.number("SELECT count(*) FROM watchroom_migration"), 1);
}

/// What keeps it from opening is said so that it can be mended, and nothing of the password with it.
#[test]
fn a_database_that_does_not_open_says_why() {
    let database = Database::new();
    let (schema, server) = (database.schema(), database.server());
    let open = |url: &str| PostgresStore::open(url, Arc::new(Counting(1)), Options { lease: LEASE }).unwrap_err();
    let (as_user, host) = server.strip_prefix("postgres://").and_then(|rest| rest.split_once('@')).unwrap();
    assert!(!as_user.is_empty());
    let unreachable = open("postgres://u:hunter2@127.0.0.1:1/room");
    assert!(matches!(unreachable, OpenError::Unreachable { .. }), "{unreachable:?}");
    assert!(unreachable.to_string().contains("127.0.0.1:1/room cannot be reached"), "{unreachable}");
    let stranger = open(&format!("postgres://nobody_{schema}:hunter2@{host}"));
    assert!(matches!(stranger, OpenError::Refused { .. }), "{stranger:?}");
    // Members of this role are asked for their password, see tests/run.
    let role = format!("member_{schema}");
    database.run(&format!("CREATE ROLE {role} LOGIN PASSWORD 'right' IN ROLE with_password"));
    let wrong = open(&format!("postgres://{role}:hunter2@{host}"));
    let none = open(&format!("postgres://{role}@{host}"));
    let rights = open(&format!("postgres://{role}:right@{host}?options=-csearch_path%3D{schema}"));
    database.run(&format!("DROP ROLE {role}"));
    assert!(matches!(wrong, OpenError::Refused { .. }), "{wrong:?}");
    assert!(matches!(none, OpenError::Refused { .. }), "{none:?}");
    assert!(matches!(rights, OpenError::Rights { .. }), "{rights:?}");
    let (base, _) = server.rsplit_once('/').unwrap();
    let elsewhere = open(&format!("{base}/no_such_database"));
    assert!(matches!(elsewhere, OpenError::NoDatabase { .. }), "{elsewhere:?}");
    for said in [unreachable, stranger, wrong, none, rights, elsewhere] {
        assert!(!said.to_string().contains("hunter2"), "{said}");
    }
}

/// A changed byte, a missing event or missing words are named.
#[tokio::test]
async fn damage_is_named() {
    let database = Database::new();
    let store = database.open().unwrap();
    fill(&store).await;
    let record = AtRest::Database(database.url());
    let sound = record.verify().unwrap();
    assert_eq!((sound.streams, sound.events, sound.erased), (3, 72, 2));
    let damaged = |change: &str, named: &str| {
        database.run(&format!("CREATE TABLE kept AS SELECT * FROM watchroom_event; {change}"));
        let said = record.verify().unwrap_err().to_string();
        assert!(said.contains(named), "{change}: {said}");
        database.run("DELETE FROM watchroom_event; INSERT INTO watchroom_event SELECT * FROM kept; DROP TABLE kept");
    };
    let of = |seq: u32| format!("WHERE stream = 'inc/INC-1' AND seq = {seq}");
    damaged(
        &format!("UPDATE watchroom_event SET body = replace(body, 'note', 'nota') {}", of(7)),
        "event 7 of inc/INC-1",
    );
    damaged(&format!("UPDATE watchroom_event SET texts = NULL {}", of(8)), "event 8 of inc/INC-1");
    damaged(&format!("UPDATE watchroom_event SET texts = replace(texts, 'round', 'bound') {}", of(9)), "event 9");
    damaged(&format!("DELETE FROM watchroom_event {}", of(5)), "event 6 of inc/INC-1");
    damaged(&format!("DELETE FROM watchroom_event {}", of(24)), "event 24 of inc/INC-1");
    record.verify().unwrap();
}

/// An export of one store reads the same from the other, erased texts and all, and its documents are made anew.
#[tokio::test]
async fn a_record_moves_between_stores() {
    let (database, dir) = (Database::new(), Dir::new());
    filled(dir.path()).await;
    let (directory, record) = (AtRest::Directory(dir.path().to_owned()), AtRest::Database(database.url()));
    let (mut before, mut after) = (Vec::new(), Vec::new());
    directory.export(None, &mut before).unwrap();
    let imported = record.import(&mut &before[..]).unwrap();
    assert_eq!((imported.events, imported.streams), (72, 3));
    record.export(None, &mut after).unwrap();
    assert_eq!(String::from_utf8(after.clone()).unwrap(), String::from_utf8(before).unwrap());
    let store = database.open().unwrap();
    assert_eq!(store.doc("count/inc/INC-1").await.unwrap(), Some(b"24".to_vec()));
    store.commit(Commit { expect: vec![(inc(1), 24)], ..appending(vec![note(&inc(1), "goes on")]) }).await.unwrap();
    record.verify().unwrap();
    let again = Dir::new();
    let again = AtRest::Directory(again.path().join("record"));
    again.import(&mut &after[..]).unwrap();
    again.verify().unwrap();
    let half = &after[..after.len() / 2];
    let other = Database::new();
    let other = AtRest::Database(other.url());
    assert!(other.import(&mut &half[..]).unwrap_err().to_string().contains("line"));
    assert_eq!(other.verify().unwrap().events, 0, "half an export leaves nothing");
}
