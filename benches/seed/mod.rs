//! Incidents put straight into the record, as they would stand there after years.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use watchroom::{
    clock::{Clock, SystemClock},
    engine::Alarm,
    ids::{ChannelId, IncidentId, StreamId, UserId},
    incident::{Actor, EVENT_VERSION, EntryKind, Event, Text, Timer, What},
    playbook::{KindId, PhaseId, RoleId, Severity, Stage, Visibility},
    store::{Append, Commit, Json, NewJob, OnPending, Queue, Store},
};

/// So many commits wait at once.
const AT_ONCE: u64 = 64;
/// What titles are made of.
const THINGS: [&str; 8] = ["checkout", "search", "login", "billing", "uploads", "webhooks", "exports", "payments"];

fn declared(n: u64, update_due: Option<Timestamp>, at: Timestamp) -> What {
    let thing = THINGS[(n % 8) as usize];
    What::Declared {
        id: IncidentId::inc(n),
        title: Text::new(format!("{thing} fails in region {} after deploy {n}", n % 40)),
        severity: Severity(2),
        incident_kind: KindId::from("operational"),
        phase: PhaseId::from("investigating"),
        lead: UserId(format!("U{:04}", n % 50)),
        lead_role: RoleId::from("lead"),
        started_at: at,
        source: None,
        declared_in: Some(ChannelId::from("C0GENERAL")),
        criteria: vec![],
        update_due,
        playbook: None,
        opening: Box::default(),
        visibility: Visibility::Workspace,
        codename: None,
        continues: None,
    }
}

/// Ten events, from declared to closed.
fn story(n: u64, at: Timestamp) -> Vec<Event> {
    let note = |minute: u64| What::EntryAdded {
        entry: EntryKind::Note,
        text: Text::new(format!("replica lag is at {minute} seconds and falling, node {n} looks healthy again")),
        said_at: None,
        author: None,
        source: None,
    };
    let to = |from: &str, to: &str, stage, update_due| What::PhaseChanged {
        from: PhaseId::from(from),
        to: PhaseId::from(to),
        stage,
        why: None,
        update_due,
    };
    let due = Some(at);
    let update = What::UpdatePosted {
        text: Text::new("We found the cause and are rolling back; the next update comes within half an hour"),
        phase: PhaseId::from("mitigating"),
        next_by: due,
    };
    let room = What::RoomOpened { channel: ChannelId(format!("C{n:09}")), name: format!("inc-{n}-checkout-fails") };
    let whats = [
        declared(n, due, at),
        room,
        note(1),
        to("investigating", "mitigating", Stage::Active, due),
        note(2),
        update,
        to("mitigating", "monitoring", Stage::Monitoring, due),
        note(3),
        to("monitoring", "resolved", Stage::Resolved, None),
        What::Closed {},
    ];
    let by = Actor::Person(UserId(format!("U{:04}", n % 50)));
    whats.into_iter().map(|what| Event { v: EVENT_VERSION, at, by: by.clone(), what }).collect()
}

/// A commit, and how long its events are as JSON.
fn commit(n: u64, events: &[Event], enqueue: Vec<NewJob>, at: Timestamp) -> (Commit, u64) {
    let stream = StreamId::Incident(IncidentId::inc(n));
    let bytes = events.iter().map(|event| Json::of(event).to_string().len() as u64).sum();
    let append = events.iter().map(|event| Append::new(stream.clone(), event)).collect();
    (Commit { expect: vec![(stream, 0)], append, enqueue, at: Some(at), ..Commit::default() }, bytes)
}

/// Writes all of them, many at a time; how long their events are as JSON.
async fn write(store: Arc<dyn Store>, count: u64, make: fn(u64, Timestamp) -> (Commit, u64), at: Timestamp) -> u64 {
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..AT_ONCE {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let mut sum = 0;
            for n in (1..=count).skip(task as usize).step_by(AT_ONCE as usize) {
                let (commit, bytes) = make(n, at);
                store.commit(commit).await.expect("a commit");
                sum += bytes;
            }
            sum
        });
    }
    tasks.join_all().await.into_iter().sum()
}

/// Closed incidents `INC-1` to `INC-count` of ten events each; how long their events are as JSON.
pub async fn closed(store: Arc<dyn Store>, count: u64) -> u64 {
    let at = SystemClock.now().saturating_sub(SignedDuration::from_hours(24)).expect("yesterday");
    write(store, count, |n, at| commit(n, &story(n, at), vec![], at), at).await
}

/// Open incidents `INC-1` to `INC-count`, declared a day ago.
pub async fn open(store: Arc<dyn Store>, count: u64) {
    let make = |n, at| {
        let by = Actor::Person(UserId(format!("U{:04}", n % 50)));
        commit(n, &[Event { v: EVENT_VERSION, at, by, what: declared(n, None, at) }], vec![], at)
    };
    let at = SystemClock.now().saturating_sub(SignedDuration::from_hours(24)).expect("yesterday");
    write(store, count, make, at).await;
}

/// Open incidents, each with an update promised for `due` and the timer that watches it.
pub async fn watched(store: Arc<dyn Store>, count: u64, due: Timestamp) {
    let make = |n, due: Timestamp| {
        let at = due.saturating_sub(SignedDuration::from_hours(1)).expect("an hour before");
        let by = Actor::Person(UserId(format!("U{:04}", n % 50)));
        let event = Event { v: EVENT_VERSION, at, by, what: declared(n, Some(due), at) };
        let id = IncidentId::inc(n);
        let body = Json::of(&Alarm { v: 1, id, timer: Timer::MissUpdate { version: 1 } });
        let key = format!("timer/{id}/miss");
        commit(n, &[event], vec![NewJob { key, queue: Queue::Timer, due, on_pending: OnPending::Replace, body }], at)
    };
    write(store, count, make, due).await;
}
