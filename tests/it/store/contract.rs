//! One suite for every store: each sentence of the trait's contract.

use std::sync::Arc;

use futures_util::{FutureExt, future::join_all};
use serde_json::{Value, json};
use watchroom::store::{
    Append, Commit, CommitError, Finish, Health, Job, OnPending, Queue, Store, Wakeup, memory::MemoryStore,
};

use super::{
    database::Database,
    kit::{Dir, appending, asking, at, counting, done, finishing, inc, key, lane, note, open, options, timer},
};

/// A store, and where it lives.
struct Bed {
    store: Arc<dyn Store>,
    dir: Option<Dir>,
    database: Option<Database>,
}

impl Bed {
    fn memory() -> Self {
        Self { store: Arc::new(MemoryStore::new(counting())), dir: None, database: None }
    }

    fn sled() -> Self {
        let dir = Dir::new();
        Self { store: Arc::new(open(dir.path()).unwrap()), dir: Some(dir), database: None }
    }

    fn postgres() -> Self {
        let database = Database::new();
        Self { store: Arc::new(database.open().unwrap()), dir: None, database: Some(database) }
    }

    /// What is on disk is opened again, after a crash or from the journal alone.
    fn again(self, rebuild: bool) -> Self {
        if let Some(mut database) = self.database {
            drop(self.store);
            if rebuild {
                database.documents_are_made_otherwise();
            }
            return Self { store: Arc::new(database.open().unwrap()), dir: None, database: Some(database) };
        }
        let Some(dir) = self.dir else { return self };
        drop(self.store);
        if rebuild {
            std::fs::remove_dir_all(dir.path().join("sled")).unwrap();
        }
        let store = watchroom::store::sled::SledStore::open(dir.path(), counting(), options()).unwrap();
        Self { store: Arc::new(store), dir: Some(dir), database: None }
    }
}

macro_rules! for_every_store {
    ($($(#[$doc:meta])* async fn $name:ident($bed:ident: Bed) $body:block)*) => {
        $($(#[$doc])* async fn $name($bed: Bed) $body)*
        mod memory {
            $(#[tokio::test] async fn $name() { super::$name(super::Bed::memory()).await; })*
        }
        mod sled {
            $(#[tokio::test] async fn $name() { super::$name(super::Bed::sled()).await; })*
        }
        mod postgres {
            $(#[tokio::test] async fn $name() { super::$name(super::Bed::postgres()).await; })*
        }
    };
}

fn keys(jobs: &[Job]) -> Vec<&str> {
    jobs.iter().map(|job| job.key.as_str()).collect()
}

fn stored(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

for_every_store! {
    /// Events come back as they were said, numbered from 1 in each stream.
    async fn events_come_back_in_order(bed: Bed) {
        let store = &bed.store;
        store.commit(appending(vec![note(&inc(1), "a"), note(&inc(2), "b"), note(&inc(1), "c")])).await.unwrap();
        let said = |seq, text: &str| watchroom::store::Recorded {
            stream: inc(1),
            seq,
            at: at(0),
            body: json!({"kind": "note", "text": {"$text": text}}),
        };
        for bed in [bed.again(false).again(true)] {
            assert_eq!(bed.store.events(&inc(1), 1, 10).await.unwrap(), [said(1, "a"), said(2, "c")]);
            assert_eq!(bed.store.events(&inc(1), 2, 10).await.unwrap(), [said(2, "c")]);
            assert_eq!(bed.store.events(&inc(1), 1, 1).await.unwrap(), [said(1, "a")]);
            assert_eq!(bed.store.events(&inc(3), 1, 10).await.unwrap(), []);
            assert_eq!(bed.store.length(&inc(1)).await.unwrap(), 2);
            assert_eq!(bed.store.length(&inc(3)).await.unwrap(), 0);
        }
    }

    /// A stream that is longer or shorter than expected refuses the whole commit.
    async fn an_expectation_refuses_all_or_nothing(bed: Bed) {
        let store = &bed.store;
        store.commit(appending(vec![note(&inc(1), "a")])).await.unwrap();
        for wrong in [0, 2] {
            let commit = Commit {
                expect: vec![(inc(2), 0), (inc(1), wrong)],
                enqueue: vec![timer("t", 1)],
                remember: vec![key("k", 60, json!(1))],
                ..appending(vec![note(&inc(2), "b")])
            };
            match store.commit(commit).await {
                Err(CommitError::Conflict { stream, actual: 1 }) => assert_eq!(stream, inc(1)),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(store.length(&inc(2)).await.unwrap(), 0);
        assert_eq!(store.next_timer().await.unwrap(), None);
        assert_eq!(store.known("k", at(0)).await.unwrap(), None);
        store.commit(Commit { expect: vec![(inc(1), 1)], ..appending(vec![note(&inc(1), "b")]) }).await.unwrap();
    }

    /// Of many that expect the same length exactly one wins, however they are grouped.
    async fn one_of_many_wins(bed: Bed) {
        let store = &bed.store;
        for round in 0..5 {
            let tries = (0..40).map(|n| {
                store.commit(Commit { expect: vec![(inc(1), round)], ..appending(vec![note(&inc(1), &n.to_string())]) })
            });
            let won = join_all(tries).await.into_iter().flatten().count();
            assert_eq!(won, 1);
        }
        assert_eq!(store.length(&inc(1)).await.unwrap(), 5);
    }

    /// A key is answered once until it runs out; that comes before any expectation.
    async fn a_key_is_said_once(bed: Bed) {
        let commit = |seconds, until, answer: &str| Commit {
            expect: vec![(inc(1), 0)],
            remember: vec![key("click", until, json!(answer))],
            at: Some(at(seconds)),
            ..appending(vec![note(&inc(1), "once")])
        };
        bed.store.commit(commit(0, 60, "first")).await.unwrap();
        let bed = bed.again(false).again(true);
        match bed.store.commit(commit(60, 120, "second")).await {
            Err(CommitError::Known { key, answer }) => assert_eq!((key.as_str(), answer.value()), ("click", json!("first"))),
            other => panic!("{other:?}"),
        }
        assert_eq!(bed.store.known("click", at(60)).await.unwrap(), Some(json!("first").into()));
        assert_eq!(bed.store.known("click", at(61)).await.unwrap(), None);
        assert_eq!(bed.store.known("other", at(0)).await.unwrap(), None);
        let later = Commit { expect: vec![], ..commit(61, 120, "second") };
        bed.store.commit(later).await.unwrap();
        let bed = bed.again(false).again(true);
        assert_eq!(bed.store.known("click", at(100)).await.unwrap(), Some(json!("second").into()));
        assert_eq!(bed.store.length(&inc(1)).await.unwrap(), 2);
    }

    /// Of many that come at once with one key, one is done and all others hear its answer.
    async fn a_double_click_is_done_once(bed: Bed) {
        let clicks = (0..40).map(|n| {
            bed.store.commit(Commit { remember: vec![key("k", 60, json!(n))], ..appending(vec![note(&inc(1), "x")]) })
        });
        let all = join_all(clicks).await;
        let winner = all.iter().position(Result::is_ok).unwrap();
        for (n, said) in all.iter().enumerate().filter(|(n, _)| *n != winner) {
            let Err(CommitError::Known { answer, .. }) = said else { panic!("{n}: {said:?}") };
            assert_eq!(*answer, json!(winner));
        }
        assert_eq!(bed.store.length(&inc(1)).await.unwrap(), 1);
    }

    /// Keys that ran out do not pile up; those that were said anew stay.
    async fn old_keys_are_swept(bed: Bed) {
        let say = |name: String, now: i64, until: i64| Commit {
            remember: vec![key(&name, until, json!(now))],
            at: Some(at(now)),
            ..Commit::default()
        };
        for now in 0..100 {
            bed.store.commit(say(format!("k{now}"), now, now + 10)).await.unwrap();
            bed.store.commit(say("often".to_owned(), now, now)).await.unwrap();
        }
        bed.store.commit(say("often".to_owned(), 100, 900)).await.unwrap();
        bed.store.commit(say("last".to_owned(), 101, 101)).await.unwrap();
        assert_eq!(bed.store.known("k5", at(5)).await.unwrap(), None, "swept long ago");
        assert!(bed.store.known("k99", at(99)).await.unwrap().is_some());
        assert_eq!(bed.store.known("often", at(899)).await.unwrap(), Some(json!(100).into()));
    }

    /// Documents follow the events, within a commit and across a rebuild.
    async fn documents_follow_events(bed: Bed) {
        let forget = Append::new(inc(2), &json!({"kind": "forget"}));
        bed.store.commit(appending(vec![note(&inc(1), "a"), note(&inc(1), "b"), note(&inc(2), "c")])).await.unwrap();
        bed.store.commit(appending(vec![note(&inc(1), "d"), forget])).await.unwrap();
        for bed in [bed.again(false).again(true)] {
            assert_eq!(bed.store.doc("count/inc/INC-1").await.unwrap(), Some(stored(&json!(3))));
            let last = json!({"kind": "note", "text": {"$text": "d"}});
            assert_eq!(bed.store.doc("last/inc/INC-1").await.unwrap(), Some(stored(&last)));
            assert_eq!(bed.store.doc("count/inc/INC-2").await.unwrap(), None);
        }
    }

    /// Documents are found by prefix, page by page, from either end.
    async fn documents_are_listed_in_key_order(bed: Bed) {
        let events = (1..=5).map(|n| note(&inc(n), "x")).collect();
        bed.store.commit(appending(events)).await.unwrap();
        let store = &bed.store;
        let list = |prefix: &'static str, after: Option<&'static str>, limit, backwards| async move {
            let found = store.docs(prefix, after, limit, backwards).await.unwrap();
            found.into_iter().map(|(key, _)| key.rsplit('-').next().unwrap().to_owned()).collect::<String>()
        };
        assert_eq!(list("count/", None, 10, false).await, "12345");
        assert_eq!(list("count/", None, 10, true).await, "54321");
        assert_eq!(list("count/", Some("count/inc/INC-2"), 2, false).await, "34");
        assert_eq!(list("count/", Some("count/inc/INC-4"), 2, true).await, "32");
        assert_eq!(list("last/", Some("count/inc/INC-4"), 2, false).await, "12", "`after` before the prefix");
        assert_eq!(list("count/", Some("last/inc/INC-4"), 2, true).await, "54", "`after` behind the prefix");
        assert_eq!(list("count/", Some("last/inc/INC-4"), 2, false).await, "");
        assert_eq!(list("none/", None, 10, false).await, "");
        assert_eq!(list("", None, 100, false).await, "1234512345");
        assert_eq!(list("count/", None, 0, false).await, "");
    }

    /// Jobs of a lane stand in the order they were asked for, with ids that grow.
    async fn a_lane_keeps_its_order(bed: Bed) {
        for n in 0..3 {
            let jobs = ["a", "b"].map(|l| lane(&format!("{l}{n}"), l, OnPending::Keep, json!(n)));
            bed.store.commit(asking(jobs.to_vec())).await.unwrap();
        }
        let bed = bed.again(false).again(true);
        let store = &bed.store;
        let jobs = store.lane("a", 10).await.unwrap();
        assert_eq!(keys(&jobs), ["a0", "a1", "a2"]);
        assert!(jobs.is_sorted_by(|one, next| one.id < next.id));
        assert_eq!((jobs[1].body.value(), &jobs[1].queue, jobs[1].due), (json!(1), &Queue::Lane("a".to_owned()), at(0)));
        assert_eq!(keys(&store.lane("b", 2).await.unwrap()), ["b0", "b1"]);
        assert_eq!(store.lanes().await.unwrap(), ["a", "b"]);
        store.commit(finishing(jobs.iter().map(|job| done(job.id, &job.key)).collect())).await.unwrap();
        assert_eq!(store.lanes().await.unwrap(), ["b"]);
        assert_eq!(store.lane("a", 10).await.unwrap(), []);
    }

    /// `Keep`: what is said already is not said again; after it is done it can be.
    async fn keep_drops_the_second(bed: Bed) {
        let once = |n: u32| asking(vec![lane("once", "l", OnPending::Keep, json!(n))]);
        bed.store.commit(once(1)).await.unwrap();
        bed.store.commit(once(2)).await.unwrap();
        let job = bed.store.lane("l", 9).await.unwrap().remove(0);
        assert_eq!(job.body, json!(1));
        let again = Commit { finish: vec![done(job.id, "once")], ..once(3) };
        bed.store.commit(again).await.unwrap();
        let bed = bed.again(false).again(true);
        let jobs = bed.store.lane("l", 9).await.unwrap();
        assert_eq!((jobs.len(), jobs[0].body.value()), (1, json!(3)), "finished and asked for anew in one commit");
        assert!(jobs[0].id > job.id);
        let twice = asking(vec![lane("two", "l", OnPending::Keep, json!(1)), lane("two", "l", OnPending::Keep, json!(2))]);
        bed.store.commit(twice).await.unwrap();
        let jobs = bed.store.lane("l", 9).await.unwrap();
        assert_eq!((jobs.len(), jobs[1].body.value()), (2, json!(1)));
    }

    /// `Replace`: new body, due time and id, same place; ending the outdated one ends nothing, but its receipt is kept.
    async fn replace_keeps_the_place(bed: Bed) {
        let card = |n: u32| lane("card", "l", OnPending::Replace, json!(n));
        bed.store.commit(asking(vec![card(1), lane("next", "l", OnPending::Keep, json!(0))])).await.unwrap();
        let old = bed.store.lane("l", 9).await.unwrap().remove(0);
        bed.store.commit(asking(vec![watchroom::store::NewJob { due: at(7), ..card(2) }])).await.unwrap();
        let late = Finish { receipt: Some(json!({"ts": "1"})), ..done(old.id, "card") };
        bed.store.commit(finishing(vec![late])).await.unwrap();
        let bed = bed.again(false).again(true);
        let jobs = bed.store.lane("l", 9).await.unwrap();
        assert_eq!(keys(&jobs), ["card", "next"]);
        assert_eq!((jobs[0].body.value(), jobs[0].due), (json!(2), at(7)));
        assert!(jobs[0].id > jobs[1].id);
        assert_eq!(bed.store.receipt("card").await.unwrap(), Some(json!({"ts": "1"})));
        let moved = asking(vec![lane("card", "other", OnPending::Replace, json!(3))]);
        bed.store.commit(moved).await.unwrap();
        assert_eq!(keys(&bed.store.lane("l", 9).await.unwrap()), ["next"]);
        assert_eq!(keys(&bed.store.lane("other", 9).await.unwrap()), ["card"]);
    }

    /// Timers come out by due time, also those that were moved; the earliest is known.
    async fn timers_are_found_by_due_time(bed: Bed) {
        bed.store.commit(asking(vec![timer("late", 30), timer("soon", 10), timer("moved", 40)])).await.unwrap();
        bed.store.commit(asking(vec![timer("moved", 5)])).await.unwrap();
        let bed = bed.again(false).again(true);
        let store = &bed.store;
        assert_eq!(store.next_timer().await.unwrap(), Some(at(5)));
        assert_eq!(keys(&store.timers(at(4), 9).await.unwrap()), [""; 0]);
        assert_eq!(keys(&store.timers(at(10), 9).await.unwrap()), ["moved", "soon"]);
        assert_eq!(keys(&store.timers(at(99), 2).await.unwrap()), ["moved", "soon"]);
        assert_eq!(keys(&store.timers(at(99), 9).await.unwrap()), ["moved", "soon", "late"]);
        let first = store.timers(at(99), 1).await.unwrap().remove(0);
        assert_eq!((first.due, &first.queue), (at(5), &Queue::Timer));
        store.commit(finishing(vec![done(first.id, "moved")])).await.unwrap();
        assert_eq!(store.next_timer().await.unwrap(), Some(at(10)));
        assert_eq!(store.lanes().await.unwrap(), [""; 0], "a timer is in no lane");
    }

    /// Postponing moves the due time and nothing else.
    async fn postponing_leaves_a_job_pending(bed: Bed) {
        let jobs = vec![timer("t", 10), lane("a", "l", OnPending::Keep, json!(1)), lane("b", "l", OnPending::Keep, json!(2))];
        bed.store.commit(asking(jobs)).await.unwrap();
        let (t, a) = (bed.store.timers(at(10), 1).await.unwrap().remove(0), bed.store.lane("l", 1).await.unwrap().remove(0));
        let later = |job: &Job| Finish { postpone: Some(at(50)), receipt: Some(json!("tried")), ..done(job.id, &job.key) };
        bed.store.commit(finishing(vec![later(&t), later(&a)])).await.unwrap();
        let bed = bed.again(false).again(true);
        assert_eq!(bed.store.timers(at(49), 9).await.unwrap(), []);
        assert_eq!(bed.store.timers(at(50), 9).await.unwrap(), [Job { due: at(50), ..t }]);
        assert_eq!(bed.store.lane("l", 1).await.unwrap(), [Job { due: at(50), ..a }], "it keeps its place");
        assert_eq!(bed.store.receipt("a").await.unwrap(), Some(json!("tried")));
    }

    /// A receipt outlives its job; ids that are not pending end nothing.
    async fn receipts_are_found_again(bed: Bed) {
        bed.store.commit(asking(vec![lane("m", "l", OnPending::Keep, json!(1))])).await.unwrap();
        let job = bed.store.lane("l", 1).await.unwrap().remove(0);
        bed.store.commit(finishing(vec![done(job.id + 1, "m"), done(99, "nobody")])).await.unwrap();
        assert_eq!(bed.store.lane("l", 9).await.unwrap().len(), 1);
        let receipt = json!({"channel": "C1", "ts": "1.2"});
        bed.store.commit(finishing(vec![Finish { receipt: Some(receipt.clone()), ..done(job.id, "m") }])).await.unwrap();
        let bed = bed.again(false).again(true);
        assert_eq!(bed.store.lane("l", 9).await.unwrap(), []);
        assert_eq!(bed.store.receipt("m").await.unwrap(), Some(receipt));
        assert_eq!(bed.store.receipt("nobody").await.unwrap(), None);
    }

    /// Ids never repeat, not even when everything was finished before a restart.
    async fn job_ids_never_repeat(bed: Bed) {
        bed.store.commit(asking(vec![timer("a", 1)])).await.unwrap();
        let first = bed.store.timers(at(1), 1).await.unwrap().remove(0);
        bed.store.commit(finishing(vec![done(first.id, "a")])).await.unwrap();
        let bed = bed.again(false).again(true);
        bed.store.commit(asking(vec![timer("a", 1)])).await.unwrap();
        assert!(bed.store.timers(at(1), 1).await.unwrap().remove(0).id > first.id);
    }

    /// Erased texts read `null`, everything around them stays, and erasing twice or nothing does no harm.
    async fn erased_texts_are_gone(bed: Bed) {
        let deep = json!({"kind": "note", "n": 1, "list": [{"$text": "secret one"}, {"a": {"$text": "secret two"}}]});
        let said = vec![Append::new(inc(1), &deep), note(&inc(1), "stays"), Append::new(inc(1), &json!({"n": 2}))];
        bed.store.commit(appending(said)).await.unwrap();
        for _ in 0..2 {
            let erase = vec![(inc(1), 1), (inc(1), 3), (inc(1), 77), (inc(9), 1)];
            bed.store.commit(Commit { erase, at: Some(at(1)), ..Commit::default() }).await.unwrap();
        }
        if let Some(dir) = &bed.dir {
            let journal = std::fs::read(dir.path().join("journal/00000001.jsonl")).unwrap();
            assert!(!String::from_utf8_lossy(&journal).contains("secret"));
        }
        if let Some(database) = &bed.database {
            let left = "SELECT count(*) FROM watchroom_event WHERE concat(body, texts) LIKE '%secret%'";
            assert_eq!(database.number(left), 0);
        }
        for bed in [bed.again(false).again(true)] {
            let events = bed.store.events(&inc(1), 1, 9).await.unwrap();
            assert_eq!(events[0].body, json!({"kind": "note", "n": 1, "list": [{"$text": null}, {"a": {"$text": null}}]}));
            assert_eq!(events[1].body["text"], json!({"$text": "stays"}));
            assert_eq!(events[2].body, json!({"n": 2}));
        }
    }

    /// An event can be erased by a commit that comes at the same time as many others.
    async fn erasing_under_load_hits_only_its_target(bed: Bed) {
        let add = (0..60).map(|n| bed.store.commit(appending(vec![note(&inc(n % 3 + 1), &format!("words {n}"))])));
        let erase = Commit { erase: vec![(inc(1), 1)], ..appending(vec![note(&inc(4), "tombstone")]) };
        for said in join_all(add.map(FutureExt::boxed).chain([bed.store.commit(erase.clone()).boxed()])).await {
            said.unwrap();
        }
        bed.store.commit(erase).await.unwrap();
        let bed = bed.again(false).again(true);
        for number in 1..=3 {
            for event in bed.store.events(&inc(number), 1, 99).await.unwrap() {
                assert_eq!(event.body["text"]["$text"].is_null(), (number, event.seq) == (1, 1));
            }
        }
    }

    /// Without a time a commit has that of the one before.
    async fn a_commit_without_a_time_takes_the_last(bed: Bed) {
        bed.store.commit(Commit { at: Some(at(5)), ..appending(vec![note(&inc(1), "a")]) }).await.unwrap();
        bed.store.commit(Commit { at: None, ..appending(vec![note(&inc(1), "b")]) }).await.unwrap();
        assert_eq!(bed.store.events(&inc(1), 2, 1).await.unwrap()[0].at, at(5));
    }

    /// A wakeup names the lanes that got work and whether a timer was set, and waits while there is nothing to say.
    async fn wakeups_name_what_changed(bed: Bed) {
        let store = &bed.store;
        assert!(store.wakeup().now_or_never().is_none());
        store.commit(asking(vec![lane("a", "x", OnPending::Keep, json!(1)), timer("t", 1)])).await.unwrap();
        store.commit(asking(vec![lane("b", "y", OnPending::Keep, json!(1))])).await.unwrap();
        let both = Wakeup { lanes: vec!["x".to_owned(), "y".to_owned()], timers: true };
        assert_eq!(store.wakeup().now_or_never(), Some(both));
        assert!(store.wakeup().now_or_never().is_none());
        store.commit(appending(vec![note(&inc(1), "no work")])).await.unwrap();
        assert!(store.wakeup().now_or_never().is_none());
        let waiting = store.wakeup();
        let work = store.commit(asking(vec![timer("t", 2)]));
        let (woken, said) = futures_util::future::join(waiting, work).await;
        assert!(woken.timers && woken.lanes.is_empty() && said.is_ok());
    }

    /// Names may hold anything; none runs into another.
    async fn odd_names_stay_apart(bed: Bed) {
        let odd = ["", "a", "a\u{0}", "a/b", "\u{1f525}", "\u{202e}x", "\u{7f}", "\"\\"];
        let jobs = odd.iter().map(|name| lane(name, name, OnPending::Keep, json!(name)));
        let keys = odd.iter().map(|name| key(name, 60, json!(name))).collect();
        let streams = odd.iter().map(|name| watchroom::ids::StreamId::Org(format!("x{name}"))).collect::<Vec<_>>();
        let append = streams.iter().map(|stream| note(stream, "\u{0}\n\u{2028}")).collect();
        let commit = Commit { append, remember: keys, ..asking(jobs.collect()) };
        bed.store.commit(commit).await.unwrap();
        let bed = bed.again(false).again(true);
        for (name, stream) in odd.iter().zip(&streams) {
            let jobs = bed.store.lane(name, 9).await.unwrap();
            assert_eq!((jobs.len(), jobs[0].body.value()), (1, json!(name)), "{name:?}");
            assert_eq!(bed.store.known(name, at(0)).await.unwrap(), Some(json!(name).into()));
            let events = bed.store.events(stream, 1, 9).await.unwrap();
            assert_eq!((events.len(), &events[0].body["text"]["$text"]), (1, &json!("\u{0}\n\u{2028}")));
        }
        assert_eq!(bed.store.lanes().await.unwrap().len(), odd.len());
    }

    /// Numbers and member order come back as they were: what was hashed is never written anew.
    async fn bodies_are_kept_to_the_letter(bed: Bed) {
        let body = json!({"z": 1.0, "a": 1e300, "big": u64::MAX, "neg": i64::MIN, "e": [], "o": {}, "u": "\u{10ffff}"});
        bed.store.commit(appending(vec![Append::new(inc(1), &body)])).await.unwrap();
        let bed = bed.again(true);
        assert_eq!(bed.store.events(&inc(1), 1, 1).await.unwrap()[0].body, body);
    }

    /// After closing, reads go on and commits are refused.
    async fn a_closed_store_refuses(bed: Bed) {
        bed.store.commit(appending(vec![note(&inc(1), "a")])).await.unwrap();
        assert_eq!(bed.store.health(), Health::Writable);
        bed.store.close().await;
        bed.store.close().await;
        assert!(matches!(bed.store.health(), Health::Closed(_)));
        let refused = bed.store.commit(appending(vec![note(&inc(1), "b")])).await;
        assert!(matches!(refused, Err(CommitError::Closed(_))), "{refused:?}");
        assert_eq!(bed.store.length(&inc(1)).await.unwrap(), 1);
    }

    /// Commits that were taken before a close are made durable by it.
    async fn closing_finishes_what_is_under_way(bed: Bed) {
        let commits = join_all((0..100).map(|_| bed.store.commit(appending(vec![note(&inc(1), "a")]))));
        let (said, ()) = futures_util::future::join(commits, bed.store.close()).await;
        let kept = said.iter().filter(|said| said.is_ok()).count() as u64;
        assert!(kept > 0);
        let bed = bed.again(false);
        assert_eq!(bed.store.length(&inc(1)).await.unwrap(), kept);
    }
}
