//! Which documents follow from an incident's events: its state, and the indices to find it by.

mod beside;
mod documents;
pub(super) mod key;
mod subscribers;

use std::sync::{Arc, OnceLock};

use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};

use self::documents::documents;
pub(super) use self::documents::people;
pub use self::subscribers::Headcount;
use crate::{
    ids::{ChannelId, IncidentId, StreamId, UserId},
    incident::{EVENT_VERSION, Event, Incident, MessageRef, What, apply},
    paging::{
        rota::{Calendar, Roll},
        schedule::ScheduleId,
    },
    store::{self, Doc, Projector, Puts, ReadError, Recorded},
};

/// Incidents kept parsed in memory.
const CACHED: usize = 2048;
/// And what differs from so many schedules,
const SCHEDULES: usize = 4096;
/// and the absences of so many people.
const PEOPLE: usize = 32_768;
/// Grows whenever `project` makes other documents.
const VERSION: u32 = 19;

/// The projector of incidents, and the cache of their present states. Only the store's committer fills the cache, one
/// commit after the other, so that it is never behind what it has answered. Where other processes write to the store too,
/// nothing is kept here: see [`Incidents::shared`].
#[derive(Debug)]
pub struct Incidents {
    /// Others write to the store too.
    shared: bool,
    cache: Cache<IncidentId, Arc<Incident>>,
    /// Whose room a channel is, if anybody's: asked with every command. What a reader found is kept unless the committer
    /// knows better by then.
    rooms: Cache<ChannelId, Option<IncidentId>>,
    /// What differs from schedules, and when people are away: asked with every page of a schedule, and of all schedules with many a
    /// command. Kept as rooms are.
    rolls: Cache<ScheduleId, Arc<Roll>>,
    calendars: Cache<UserId, Arc<Calendar>>,
    unreadable: OnceLock<String>,
}

impl Default for Incidents {
    fn default() -> Self {
        Self {
            shared: false,
            cache: Cache::new(CACHED),
            rooms: Cache::new(CACHED),
            rolls: Cache::new(SCHEDULES),
            calendars: Cache::new(PEOPLE),
            unreadable: OnceLock::new(),
        }
    }
}

impl Incidents {
    /// For a store that other processes write to as well: what they change makes everything untrue that would be kept here, so
    /// that nothing is, and every look is one into the store.
    #[must_use]
    pub fn shared() -> Self {
        Self { shared: true, ..Self::default() }
    }

    /// Why the record cannot be used by this release, if it holds events that only a later one understands.
    pub fn unreadable(&self) -> Option<&str> {
        self.unreadable.get().map(String::as_str)
    }

    /// The incident's state, if it was changed lately.
    pub fn cached(&self, id: IncidentId) -> Option<Arc<Incident>> {
        self.cache.get(&id)
    }

    /// The incident whose room this is; `stored` says what the store knows.
    pub(super) async fn in_room(
        &self,
        channel: &ChannelId,
        stored: impl Future<Output = Result<Option<IncidentId>, ReadError>>,
    ) -> Result<Option<IncidentId>, ReadError> {
        if self.shared { Box::pin(stored).await } else { self.rooms.get_or_insert_async(channel, stored).await }
    }

    /// What differs from a schedule; `stored` says what the store knows.
    pub(super) async fn roll(
        &self,
        schedule: &ScheduleId,
        stored: impl Future<Output = Result<Roll, ReadError>>,
    ) -> Result<Arc<Roll>, ReadError> {
        let stored = async { stored.await.map(Arc::new) };
        if self.shared { Box::pin(stored).await } else { self.rolls.get_or_insert_async(schedule, stored).await }
    }

    /// When somebody is away; `stored` says what the store knows.
    pub(super) async fn calendar(
        &self,
        who: &UserId,
        stored: impl Future<Output = Result<Calendar, ReadError>>,
    ) -> Result<Arc<Calendar>, ReadError> {
        let stored = async { stored.await.map(Arc::new) };
        if self.shared { Box::pin(stored).await } else { self.calendars.get_or_insert_async(who, stored).await }
    }

    /// The documents of an incident; from now on it is read as it stands `after`.
    fn changed(&self, before: Option<&Incident>, after: &Arc<Incident>, source: Option<&MessageRef>) -> Puts {
        let puts = documents(before, after, source);
        if self.shared {
            return puts;
        }
        if let Some(channel) = new_room(before, after) {
            self.rooms.insert(channel.clone(), Some(after.id));
        }
        self.cache.insert(after.id, Arc::clone(after));
        puts
    }
}

impl Projector for Incidents {
    fn project(&self, event: &Recorded, doc: &dyn Fn(&str) -> Option<Vec<u8>>) -> Puts {
        let id = match &event.stream {
            StreamId::Incident(id) => *id,
            StreamId::Org(name) if name == key::EVENTS => return self.project_kept(event, doc),
            StreamId::Org(name) if name == key::REPORTS => return self.project_report(event, doc),
            StreamId::Org(name) if name == key::ALERTS => return self.project_alerts(event, doc),
            StreamId::Org(name) if name == key::STATUS => return self.project_status(event, doc),
            StreamId::Org(name) if name == key::SUBSCRIBERS => return self.project_subscriber(event, doc),
            StreamId::Schedule(name) => return self.project_roll(name, event, doc),
            StreamId::Person(who) => return self.project_person(who, event, doc),
            StreamId::Org(_) => return Vec::new(),
        };
        let cached = self.cache.get(&id).filter(|i| i.version + 1 == event.seq);
        let before = cached.or_else(|| doc(&key::head(id)).and_then(|bytes| parse(&bytes)).map(Arc::new));
        let event = match Event::deserialize(&event.body) {
            Ok(known) if known.v <= EVENT_VERSION => known,
            Ok(_) | Err(_) => {
                // Kept as it is for the release that understands it; whoever starts this one is told.
                let _ = self.unreadable.set(later_release(event));
                return Vec::new();
            }
        };
        let Some(after) = apply(before.as_deref().cloned(), &event) else { return Vec::new() };
        self.changed(before.as_deref(), &Arc::new(after), source(&event))
    }

    fn foreseen(&self, stream: &StreamId, seq: u64, foreseen: &store::Foreseen) -> Option<Puts> {
        let Foreseen { before, after, source } = foreseen.downcast_ref().filter(|it: &&Foreseen| {
            it.after.version == seq && matches!(stream, StreamId::Incident(id) if *id == it.after.id)
        })?;
        Some(self.changed(before.as_deref(), after, source.as_ref()))
    }

    fn objection(&self) -> Option<String> {
        self.unreadable().map(str::to_owned)
    }

    fn forget(&self) {
        self.cache.clear();
        self.rooms.clear();
        self.rolls.clear();
        self.calendars.clear();
    }

    fn version(&self) -> u32 {
        VERSION
    }
}

/// What an event makes of its incident, found out when it was decided.
struct Foreseen {
    before: Option<Arc<Incident>>,
    after: Arc<Incident>,
    source: Option<MessageRef>,
}

/// Saves the committer reading and folding an event that was folded just before.
pub(super) fn foreseen(before: Option<Arc<Incident>>, after: Arc<Incident>, event: &Event) -> store::Foreseen {
    Arc::new(Foreseen { before, after, source: source(event).cloned() })
}

/// The message that an entry was taken from.
fn source(event: &Event) -> Option<&MessageRef> {
    match &event.what {
        What::EntryAdded { source, .. } => source.as_ref(),
        _ => None,
    }
}

/// What is told of an event that this release does not understand.
fn later_release(event: &Recorded) -> String {
    let (v, kind) = (&event.body["v"], &event.body["what"]["kind"]);
    format!(
        "event {} of {} (kind {kind}, version {v}) was written by a later release of watchroom; nothing was changed. Start \
         that release or a newer one",
        event.seq, event.stream
    )
}

/// A state as it was stored; one of another shape counts as absent, and the store rebuilds it by [`VERSION`].
pub(super) fn parse(bytes: &[u8]) -> Option<Incident> {
    serde_json::from_slice(bytes).ok()
}

/// The channel that became its room.
fn new_room<'a>(before: Option<&Incident>, after: &'a Incident) -> Option<&'a ChannelId> {
    let channel = &after.room.as_ref()?.channel;
    let old = before.and_then(|before| Some(&before.room.as_ref()?.channel));
    (old != Some(channel)).then_some(channel)
}

/// Our own types always serialise.
fn bytes<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("our own types serialise")
}

/// What stands under a key that says all by itself.
fn empty() -> Doc {
    Doc::Bytes(Vec::new())
}
