//! Which documents follow from an incident's events: its state, and the indices to find it by.

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};

use crate::{
    alert::{self, Group, Happening as OfAlerts, NOTICED_VERSION, Noticed},
    ids::{ChannelId, IncidentId, MessageTs, StreamId, UserId},
    incident::{
        EVENT_VERSION, Event, Incident, MessageRef, Text, What, apply,
        case::{Acknowledged, FILED_VERSION, Filed, Filing, Report, Source},
        intake::{Happening, Kept, NOTED_VERSION, Noted},
    },
    paging::{
        PageState,
        rota::{Calendar, PERSONAL_VERSION, Personal, ROSTERED_VERSION, Roll, Rostered},
    },
    playbook::ServiceId,
    store::{self, Doc, Projector, Puts, ReadError, Recorded},
};

/// Incidents kept parsed in memory.
const CACHED: usize = 2048;
/// Grows whenever `project` makes other documents.
const VERSION: u32 = 12;

/// The projector of incidents, and the cache of their present states. Only the store's committer fills the cache, one
/// commit after the other, so that it is never behind what it has answered.
#[derive(Debug)]
pub struct Incidents {
    cache: Cache<IncidentId, Arc<Incident>>,
    /// Whose room a channel is, if anybody's: asked with every command. What a reader found is kept unless the committer
    /// knows better by then.
    rooms: Cache<ChannelId, Option<IncidentId>>,
    unreadable: OnceLock<String>,
}

impl Default for Incidents {
    fn default() -> Self {
        Self { cache: Cache::new(CACHED), rooms: Cache::new(CACHED), unreadable: OnceLock::new() }
    }
}

impl Incidents {
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
        self.rooms.get_or_insert_async(channel, stored).await
    }

    /// The documents of an incident; from now on it is read as it stands `after`.
    fn changed(&self, before: Option<&Incident>, after: &Arc<Incident>, source: Option<&MessageRef>) -> Puts {
        let puts = documents(before, after, source);
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
            StreamId::Schedule(name) => return self.project_roll(name, event, doc),
            StreamId::Person(who) => return self.project_calendar(who, event, doc),
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

    fn forget(&self) {
        self.cache.clear();
        self.rooms.clear();
    }

    fn version(&self) -> u32 {
        VERSION
    }
}

impl Incidents {
    /// The documents of kept events.
    fn project_kept(&self, event: &Recorded, doc: &dyn Fn(&str) -> Option<Vec<u8>>) -> Puts {
        let noted = match Noted::deserialize(&event.body) {
            Ok(known) if known.v <= NOTED_VERSION => known,
            Ok(_) | Err(_) => {
                let _ = self.unreadable.set(later_release(event));
                return Vec::new();
            }
        };
        let before = |number| doc(&key::kept(number)).and_then(|bytes| serde_json::from_slice::<Kept>(&bytes).ok());
        let kept = match noted.what {
            Happening::EventKept { text, source, said_at, channel, service } => Some(Kept {
                number: event.seq,
                at: noted.at,
                by: noted.by.person().cloned(),
                text,
                source,
                said_at,
                channel,
                service,
                promoted: None,
            }),
            Happening::EventPromoted { event, into } => before(event).map(|k| Kept { promoted: Some(into), ..k }),
            Happening::EventForgotten { event } => before(event).map(|k| Kept { text: Text::erased(), ..k }),
        };
        let Some(kept) = kept else { return Vec::new() };
        let waits = kept.is_waiting().then(empty);
        vec![(key::kept(kept.number), Some(bytes(&kept).into())), (key::kept_waiting(kept.number), waits)]
    }
}

impl Incidents {
    /// The documents of customers' reports.
    fn project_report(&self, event: &Recorded, doc: &dyn Fn(&str) -> Option<Vec<u8>>) -> Puts {
        let filed = match Filed::deserialize(&event.body) {
            Ok(known) if known.v <= FILED_VERSION => known,
            Ok(_) | Err(_) => {
                let _ = self.unreadable.set(later_release(event));
                return Vec::new();
            }
        };
        let at = filed.at;
        let before = |number| doc(&key::report(number)).and_then(|bytes| serde_json::from_slice::<Report>(&bytes).ok());
        let mut puts = Vec::new();
        let report = match filed.what {
            Filing::ReportMade { text, reporter, source, reported_at, key: made } => {
                puts.push((key::report_key(&made), Some(event.seq.to_string().into_bytes().into())));
                if let Source::Person(person) = &source {
                    puts.push((key::report_by(person, event.seq), Some(empty())));
                }
                let (number, reported_at) = (event.seq, reported_at.unwrap_or(at));
                Some(Report { number, at, text, reporter, source, reported_at, incident: None, acknowledged: None })
            }
            Filing::ReportAttached { report, incident } => {
                let known = before(report);
                // It may have belonged to what goes on as this one.
                let other = known.as_ref().and_then(|r| r.incident).filter(|other| *other != incident);
                puts.extend(other.map(|other| (key::report_of(other, report), None)));
                puts.push((key::report_of(incident, report), Some(empty())));
                known.map(|r| Report { incident: Some(incident), ..r })
            }
            Filing::ReportDetached { report } => {
                let before = before(report);
                let of = before.as_ref().and_then(|r| r.incident);
                puts.extend(of.map(|id| (key::report_of(id, report), None)));
                before.map(|r| Report { incident: None, ..r })
            }
            Filing::ReportAcknowledged { report } => {
                let by = filed.by.person().cloned();
                before(report).map(|r| Report { acknowledged: Some(Acknowledged { by, at }), ..r })
            }
            Filing::ReportForgotten { report } => {
                let reporter = |r: &Report| r.reporter.as_ref().map(|_| Text::erased());
                before(report).map(|r| Report { text: Text::erased(), reporter: reporter(&r), ..r })
            }
        };
        let Some(report) = report else { return Vec::new() };
        puts.push((key::report_free(report.number), report.is_free().then(empty)));
        puts.push((key::report(report.number), Some(bytes(&report).into())));
        puts
    }
}

impl Incidents {
    /// The document of a schedule's overrides and asks.
    fn project_roll(&self, name: &str, event: &Recorded, doc: &dyn Fn(&str) -> Option<Vec<u8>>) -> Puts {
        match Rostered::deserialize(&event.body) {
            Ok(known) if known.v <= ROSTERED_VERSION => {
                folded(key::roll(name), doc, |roll: &mut Roll| roll.apply(event.seq, &known))
            }
            Ok(_) | Err(_) => {
                let _ = self.unreadable.set(later_release(event));
                Vec::new()
            }
        }
    }

    /// The document of a person's absences.
    fn project_calendar(&self, who: &UserId, event: &Recorded, doc: &dyn Fn(&str) -> Option<Vec<u8>>) -> Puts {
        match Personal::deserialize(&event.body) {
            Ok(known) if known.v <= PERSONAL_VERSION => {
                folded(key::calendar(who), doc, |calendar: &mut Calendar| calendar.apply(event.seq, &known))
            }
            Ok(_) | Err(_) => {
                let _ = self.unreadable.set(later_release(event));
                Vec::new()
            }
        }
    }
}

/// A document that events of one stream fold into.
fn folded<T: Default + Serialize + for<'de> Deserialize<'de>>(
    key: String,
    doc: &dyn Fn(&str) -> Option<Vec<u8>>,
    fold: impl FnOnce(&mut T),
) -> Puts {
    let mut state: T = doc(&key).and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    fold(&mut state);
    vec![(key, Some(bytes(&state).into()))]
}

impl Incidents {
    /// The documents of groups of alerts.
    fn project_alerts(&self, event: &Recorded, doc: &dyn Fn(&str) -> Option<Vec<u8>>) -> Puts {
        let noticed = match Noticed::deserialize(&event.body) {
            Ok(known) if known.v <= NOTICED_VERSION => known,
            Ok(_) | Err(_) => {
                let _ = self.unreadable.set(later_release(event));
                return Vec::new();
            }
        };
        let known = |number| doc(&key::alerts(number)).and_then(|bytes| serde_json::from_slice::<Group>(&bytes).ok());
        let number = match &noticed.what {
            OfAlerts::GroupOpened(_) => event.seq,
            OfAlerts::AlertsFired { group, .. }
            | OfAlerts::AlertsResolved { group, .. }
            | OfAlerts::GroupAttached { group, .. }
            | OfAlerts::GroupDismissed { group } => *group,
            OfAlerts::GroupsForgotten { groups } => {
                let latest = |digest: &str| doc(&key::alerts_key(digest));
                return groups
                    .iter()
                    .filter_map(|number| known(*number))
                    .flat_map(|g| forgotten(&g, &latest))
                    .collect();
            }
        };
        let before = known(number);
        let aged = before.as_ref().map(|group| key::alerts_age(group.forget_at(), number));
        let Some(group) = alert::apply(before, event.seq, &noticed) else { return Vec::new() };
        let mut puts: Puts = Vec::new();
        let ages = key::alerts_age(group.forget_at(), number);
        puts.extend(aged.filter(|old| *old != ages).map(|old| (old, None)));
        puts.push((ages, Some(empty())));
        puts.push((key::alerts_waiting(number), group.waits().then(empty)));
        if matches!(noticed.what, OfAlerts::GroupOpened(_)) {
            puts.push((key::alerts_key(&group.opened.key), Some(number.to_string().into_bytes().into())));
        }
        puts.push((key::alerts(number), Some(Doc::Later(Arc::new(move || bytes(&group))))));
        puts
    }
}

/// A group leaves the documents; what its key stands for only where that is this one.
fn forgotten(group: &Group, latest: &dyn Fn(&str) -> Option<Vec<u8>>) -> Puts {
    let (number, digest) = (group.number, &group.opened.key);
    let is_latest = latest(digest).is_some_and(|bytes| bytes == number.to_string().as_bytes());
    let mut gone = vec![key::alerts(number), key::alerts_waiting(number), key::alerts_age(group.forget_at(), number)];
    gone.extend(is_latest.then(|| key::alerts_key(digest)));
    gone.into_iter().map(|key| (key, None)).collect()
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

fn documents(before: Option<&Incident>, after: &Arc<Incident>, source: Option<&MessageRef>) -> Puts {
    let id = after.id;
    let state = Arc::clone(after);
    let mut puts: Puts = vec![(key::head(id), Some(Doc::Later(Arc::new(move || bytes(state.as_ref())))))];
    let mark = |on: bool| on.then(empty);
    if before.is_none() {
        puts.push((key::all(id), Some(empty())));
    }
    if before.is_none_or(|b| b.is_open() != after.is_open()) {
        puts.push((key::open(id), mark(after.is_open())));
    }
    if let Some(channel) = new_room(before, after) {
        puts.push((key::room(channel), Some(id.to_string().into_bytes().into())));
    }
    // Titles change rarely: what did not change needs no comparing.
    if before.is_none_or(|b| b.title != after.title) {
        changes(&before.map(words).unwrap_or_default(), &words(after), |w| key::word(w, id), &mut puts);
    }
    let root = |it: &Incident| it.intake.thread.as_ref().and_then(|t| Some(key::thread(&t.channel, t.root.as_ref()?)));
    if let Some(thread) = root(after).filter(|thread| before.and_then(root).as_ref() != Some(thread)) {
        puts.push((thread, Some(id.to_string().into_bytes().into())));
    }
    let service = |it: &Incident| it.intake.service.iter().cloned().collect::<BTreeSet<ServiceId>>();
    if before.is_none_or(|b| b.intake.service != after.intake.service) {
        changes(&before.map(service).unwrap_or_default(), &service(after), |s| key::service(s, id), &mut puts);
    }
    // So do the people.
    if before.is_none_or(|b| (b.is_open(), &b.roles, &b.pages) != (after.is_open(), &after.roles, &after.pages)) {
        changes(&before.map(people).unwrap_or_default(), &people(after), |p| key::who(p, id), &mut puts);
    }
    if let Some(source) = source {
        puts.push((
            key::message(source, after.is_secret()),
            Some(format!("{id} {}", after.version).into_bytes().into()),
        ));
    }
    puts
}

/// Deletes the index entries that are gone and puts those that are new.
fn changes<T: Ord>(old: &BTreeSet<T>, new: &BTreeSet<T>, key: impl Fn(&T) -> String, puts: &mut Puts) {
    puts.extend(old.iter().filter(|o| !new.contains(o)).map(|gone| (key(gone), None)));
    puts.extend(new.iter().filter(|n| !old.contains(n)).map(|came| (key(came), Some(empty()))));
}

/// The words that an incident is found by: those of its title, and its codename. Whoever looks finds what they may see.
fn words(it: &Incident) -> BTreeSet<String> {
    let title = it.title.text.words().map(crate::incident::intake::tokens);
    let codename = it.access.codename.as_deref().map(crate::incident::intake::tokens);
    title.into_iter().chain(codename).flatten().collect()
}

/// Whose incident it is while it goes on: role holders, those who are asked to take one, and those who said they are
/// on it.
fn people(it: &Incident) -> BTreeSet<UserId> {
    if !it.is_open() {
        return BTreeSet::new();
    }
    let holders = it
        .roles
        .values()
        .flat_map(|r| r.holder.iter().chain(r.more.iter().map(|h| &h.person)).chain(r.offers.iter().map(|o| &o.to)));
    let owners = it.duty.tasks.iter().map(|t| &t.owner);
    let answered = it.pages.iter().filter_map(|p| match &p.state {
        PageState::Acknowledged { by, .. } => Some(by),
        PageState::Waiting | PageState::Exhausted { .. } | PageState::Ended { .. } => None,
    });
    holders.chain(owners).chain(answered).cloned().collect()
}

/// The names of documents.
pub(super) mod key {
    use jiff::Timestamp;

    use super::{ChannelId, IncidentId, MessageRef, MessageTs, ServiceId, UserId};

    /// The stream of kept events, `org/events`.
    pub const EVENTS: &str = "events";

    /// Sorts by series, then by number.
    fn sorted(id: IncidentId) -> String {
        format!("{}/{:012}", id.series.prefix(), id.number)
    }

    pub fn head(id: IncidentId) -> String {
        format!("inc/{id}")
    }

    pub const ALL: &str = "all/";

    pub fn all(id: IncidentId) -> String {
        format!("{ALL}{}", sorted(id))
    }

    pub const OPEN: &str = "open/";

    pub fn open(id: IncidentId) -> String {
        format!("{OPEN}{}", sorted(id))
    }

    pub fn room(channel: &ChannelId) -> String {
        format!("room/{channel}")
    }

    pub fn words(word: &str) -> String {
        format!("word/{word}/")
    }

    pub fn word(word: &str, id: IncidentId) -> String {
        format!("{}{}", words(word), sorted(id))
    }

    pub fn services(service: &ServiceId) -> String {
        format!("service/{service}/")
    }

    pub fn service(service: &ServiceId, id: IncidentId) -> String {
        format!("{}{}", services(service), sorted(id))
    }

    pub fn thread(channel: &ChannelId, root: &MessageTs) -> String {
        format!("thread/{channel}/{root}")
    }

    pub fn kept(number: u64) -> String {
        format!("kept/{number:012}")
    }

    /// The stream of customers' reports, `org/reports`.
    pub const REPORTS: &str = "reports";

    pub fn report(number: u64) -> String {
        format!("report/{number:012}")
    }

    /// By what makes it itself.
    pub fn report_key(key: &str) -> String {
        format!("report-key/{key}")
    }

    pub const REPORTS_FREE: &str = "report-free/";

    pub fn report_free(number: u64) -> String {
        format!("{REPORTS_FREE}{number:012}")
    }

    pub fn reports_of(id: IncidentId) -> String {
        format!("report-of/{}/", sorted(id))
    }

    pub fn report_of(id: IncidentId, number: u64) -> String {
        format!("{}{number:012}", reports_of(id))
    }

    pub fn reports_by(user: &UserId) -> String {
        format!("report-by/{user}/")
    }

    pub fn report_by(user: &UserId, number: u64) -> String {
        format!("{}{number:012}", reports_by(user))
    }

    /// The stream of alerts, `org/alerts`.
    pub const ALERTS: &str = "alerts";

    pub fn alerts(number: u64) -> String {
        format!("alerts/{number:012}")
    }

    /// By what makes the group itself: the latest.
    pub fn alerts_key(digest: &str) -> String {
        format!("alerts-key/{digest}")
    }

    pub const ALERTS_WAITING: &str = "alerts-waiting/";

    pub fn alerts_waiting(number: u64) -> String {
        format!("{ALERTS_WAITING}{number:012}")
    }

    pub const ALERTS_AGE: &str = "alerts-age/";

    /// By when the group may be forgotten.
    pub fn alerts_age(at: Timestamp, number: u64) -> String {
        format!("{ALERTS_AGE}{:012}/{number:012}", at.as_second().max(0))
    }

    pub const KEPT_WAITING: &str = "kept-waiting/";

    pub fn kept_waiting(number: u64) -> String {
        format!("{KEPT_WAITING}{number:012}")
    }

    /// The overrides and asks of a schedule.
    pub fn roll(schedule: &str) -> String {
        format!("roll/{schedule}")
    }

    /// When a person is away.
    pub fn calendar(who: &UserId) -> String {
        format!("calendar/{who}")
    }

    pub fn whose(user: &UserId) -> String {
        format!("who/{user}/")
    }

    pub fn who(user: &UserId, id: IncidentId) -> String {
        format!("{}{}", whose(user), sorted(id))
    }

    /// What is secret has a place of its own, so that nobody else meets it there.
    pub fn message(at: &MessageRef, secret: bool) -> String {
        format!("{}/{}/{}", if secret { "secret-msg" } else { "msg" }, at.channel, at.ts)
    }

    /// The incident at the end of a sorted key.
    pub fn id_of(key: &str) -> Option<IncidentId> {
        let mut parts = key.rsplit('/');
        let number: u64 = parts.next()?.parse().ok()?;
        format!("{}-{number}", parts.next()?).parse().ok()
    }
}
