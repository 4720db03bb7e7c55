//! 4  The bot on one screen: load, decide, apply, effects, commit, answer.

mod alarms;
mod alerts;
mod books;
mod callers;
mod case;
mod choices;
mod desk;
mod digest;
mod feeds;
mod files;
mod following;
mod kept;
mod links;
mod maintenance;
mod names;
mod oncall;
mod owners;
mod plan;
mod projection;
mod reach;
mod read;
mod reports;
mod rota;
mod sight;
mod similar;
mod status;
mod subscribers;
mod unheard;
mod watch;

use std::collections::VecDeque;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use books::Books;
pub use callers::{Caller, Callers};
pub use choices::Choices;
pub use desk::{Telling, Told, is_of_report};
pub use digest::{DIGESTED, DIGESTS, Digesting, digesting, is_of_digest};
pub use files::{Edited, News};
pub use following::{FOLLOWED, Following, following, is_of_followers};
pub use links::{Linked, Links};
pub use maintenance::{Told as UpkeepTold, Upkeep, is_of_maintenance};
pub use oncall::{FOUR_WEEKS, Rostering};
pub use plan::{Alarm, Work, brief_key};
pub(crate) use plan::{card as card_key, correction_key, is_outlet_key, outlet_key};
pub use projection::{Headcount, Incidents};
pub use reach::{Reaching, Testing, is_of_reach};
pub use reports::report_key;
pub use rota::{Rota, Told as RotaTold, is_of_schedule};
pub use sight::Sight;
pub use similar::Alike;
pub use status::OwnPage;
pub(crate) use status::{first_stream, stream as status_stream};
pub use subscribers::{Asking, Posting, Whom, Word, is_of_subscribers, mailing};
pub use unheard::{Unheard, is_unheard};
pub use watch::{Showing, Shown, Taken, is_of_alerts};

use self::projection::key;
use crate::{
    clock::SharedClock,
    config::{PlaybookFile, Settings},
    ids::{IncidentId, Series, StreamId, UserId},
    incident::{
        Actor, Command, Context, Declaration, EVENT_VERSION, Effect, Effects, Event, Incident, Rejection, Turns, What,
        access, apply, case as records, decide, effects, follow,
        intake::{self, Subject},
    },
    playbook::Playbook,
    store::{Append, Commit, CommitError, Finish, Foreseen, Json, ReadError, Remember, Store},
};

/// How often a decision is made again because someone else was faster.
const ATTEMPTS: usize = 16;
/// The most events that one decision may bring beside those that it makes: far more than any has use for.
const MOST_EVENTS: usize = 1000;
/// How long an answer is remembered for a request that comes again.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);
/// How long the same title declared by the same person, or the same message declared from, counts as a slip.
const SAME_TITLE: SignedDuration = SignedDuration::from_secs(60);

/// One thing asked of the bot.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What makes this request itself: a request that comes again with the same key changes nothing and gets the same
    /// answer.
    pub key: Option<String>,
    /// Who asks.
    pub by: Actor,
    /// Of which incident; ignored for [`Command::Declare`].
    pub incident: Option<IncidentId>,
    /// What.
    pub command: Command,
    /// Declare even if this person declared the same title just now.
    pub anyway: bool,
    /// Jobs that this ends, whatever becomes of the command.
    pub finish: Vec<Finish>,
}

impl Ask {
    /// A person's request.
    pub fn new(key: Option<String>, by: Actor, incident: Option<IncidentId>, command: Command) -> Self {
        Self { key, by, incident, command, anyway: false, finish: Vec::new() }
    }
}

/// What was done; durable.
#[derive(Debug, Clone)]
pub struct Done {
    /// The incident after it.
    pub incident: Arc<Incident>,
    /// The events it made, with their places in the stream.
    pub events: Vec<(u64, Event)>,
    /// The request was answered before; nothing changed now.
    pub repeated: bool,
}

/// Why nothing was done.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refusal {
    /// The incident's rules say no.
    #[error("rejected: {why:?}")]
    Rejected {
        /// Why.
        why: Rejection,
        /// The incident as it stands.
        incident: Option<Arc<Incident>>,
    },
    /// This person declared this title a moment ago.
    #[error("declared as {first} a moment ago")]
    Duplicate {
        /// As this incident.
        first: IncidentId,
    },
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// The record cannot be read or written.
    #[error("{0}")]
    Closed(String),
    /// The record did not answer in time: it may have taken it.
    #[error("{0}")]
    Away(String),
    /// Too many people changed the incident at the same moment.
    #[error("too many changes at the same moment")]
    Busy,
}

impl From<ReadError> for Refusal {
    fn from(e: ReadError) -> Self {
        Self::Closed(e.0)
    }
}

/// Of a commit that whoever made it does not make again: what stands in its way now is gone in a moment.
impl From<CommitError> for Refusal {
    fn from(e: CommitError) -> Self {
        match e {
            CommitError::Full => Self::Full,
            CommitError::Closed(why) => Self::Closed(why),
            CommitError::Away(why) => Self::Away(why),
            CommitError::Conflict { .. } | CommitError::Known { .. } | CommitError::Fenced => Self::Busy,
        }
    }
}

/// The bot: everything that is not talking to somebody.
#[derive(Debug)]
pub struct Engine {
    store: Arc<dyn Store>,
    incidents: Arc<Incidents>,
    clock: SharedClock,
    books: Books,
    /// One playbook comes into force after the other.
    adopting: tokio::sync::Mutex<()>,
    choices: Choices,
    callers: Callers,
    /// What calendars of other programs say.
    feeds: feeds::Feeds,
    links: Links,
    /// One change of alerts is made after the other: a storm would have them all in each other's way.
    alerting: tokio::sync::Mutex<()>,
    status: status::StatusCache,
    /// The next number to try in each series; the commit makes sure that nobody else has it.
    next_numbers: [AtomicU64; Series::ALL.len()],
}

/// What is remembered of an answered request: enough to give the same answer, and no words of people.
#[derive(Debug, Serialize, Deserialize)]
struct Answer {
    id: IncidentId,
    from: u64,
    to: u64,
}

/// One incident's share of a commit.
struct Part {
    id: IncidentId,
    before: Option<Arc<Incident>>,
    after: Arc<Incident>,
    events: Vec<(u64, Event)>,
    planned: Vec<(u64, Effects)>,
    /// What the projector need not find out again, for each event.
    foreseen: Vec<Foreseen>,
}

impl Engine {
    /// A bot on this store. `incidents` must be the store's projector.
    pub async fn new(
        store: Arc<dyn Store>,
        incidents: Arc<Incidents>,
        clock: SharedClock,
        playbook: &PlaybookFile,
        settings: Arc<Settings>,
    ) -> Result<Self, ReadError> {
        let next_numbers: [AtomicU64; Series::ALL.len()] = Default::default();
        for (series, next) in Series::ALL.into_iter().zip(&next_numbers) {
            next.store(read::last_number(store.as_ref(), series).await? + 1, Ordering::Relaxed);
        }
        let books = Books::open(store.as_ref(), playbook, clock.now()).await?;
        let choices = Choices::open(store.as_ref(), settings).await?;
        let adopting = tokio::sync::Mutex::default();
        let (callers, feeds, links) = (Callers::default(), feeds::Feeds::default(), Links::default());
        let (alerting, status) = (tokio::sync::Mutex::default(), status::StatusCache::default());
        let engine = Self {
            store,
            incidents,
            clock,
            books,
            adopting,
            choices,
            callers,
            feeds,
            links,
            alerting,
            status,
            next_numbers,
        };
        engine.adopt(playbook).await.map_err(|refusal| ReadError(refusal.to_string()))?;
        Ok(engine)
    }

    /// The same, with links that answer pages.
    #[must_use]
    pub fn with_links(self, links: Links) -> Self {
        Self { links, ..self }
    }

    /// Links that answer pages.
    pub const fn links(&self) -> &Links {
        &self.links
    }

    /// Whoever waits for a room.
    pub fn callers(&self) -> &Callers {
        &self.callers
    }

    /// A number that no incident has had.
    fn reserve(&self, series: Series) -> IncidentId {
        let next = Series::ALL.into_iter().zip(&self.next_numbers).find(|(s, _)| *s == series);
        IncidentId { series, number: next.map_or(0, |(_, next)| next.fetch_add(1, Ordering::Relaxed)) }
    }

    /// Goes on behind the numbers that other processes have given.
    async fn skip_taken_numbers(&self) -> Result<(), ReadError> {
        for (series, next) in Series::ALL.into_iter().zip(&self.next_numbers) {
            next.fetch_max(read::last_number(self.store.as_ref(), series).await? + 1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Takes a number back that was reserved and not used, unless the next one is taken already.
    fn give_back(&self, id: IncidentId) {
        if let Some((_, next)) = Series::ALL.into_iter().zip(&self.next_numbers).find(|(s, _)| *s == id.series) {
            let _taken = next.compare_exchange(id.number + 1, id.number, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    /// How the organisation works at present.
    pub fn playbook(&self) -> &Playbook {
        self.books.current()
    }

    /// The deployment's choices that are in force.
    pub fn settings(&self) -> &Settings {
        self.choices.in_force()
    }

    /// The store that it works on.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Its clock.
    pub fn clock(&self) -> &SharedClock {
        &self.clock
    }

    /// Carries out one command: when this returns `Ok`, it is on disk.
    ///
    /// # Errors
    /// A [`Refusal`]; then nothing changed, except that `ask.finish` was carried out where the incident's rules said no.
    pub async fn ask(&self, ask: Ask) -> Result<Done, Refusal> {
        // A number that is reserved is used up. Anything else is found out by the commit, which looks all the same.
        if matches!(ask.command, Command::Declare(_))
            && let Some(done) = Box::pin(self.answered(&ask)).await?
        {
            return Ok(done);
        }
        let _alone = if alerts::concerns(&ask.command) { Some(Box::pin(self.alerting.lock()).await) } else { None };
        for attempt in 0..ATTEMPTS {
            let now = self.clock.now();
            let parts = match self.decide(&ask, now, attempt > 0).await {
                Ok(parts) => parts,
                // Another process gave it; the next attempt goes on behind all that are given.
                Err(Refusal::Rejected { why: Rejection::NumberTaken, .. }) if attempt + 1 < ATTEMPTS => continue,
                // What was done when it was asked for first may not be possible any more.
                Err(refusal) => {
                    return match Box::pin(self.answered(&ask)).await? {
                        Some(done) => Ok(done),
                        None => Box::pin(self.refuse(&ask, refusal, now)).await,
                    };
                }
            };
            let mut commit = Self::commit_of(&ask, &parts, now);
            let declared = parts[0].id;
            let unused = || {
                if matches!(ask.command, Command::Declare(_)) {
                    self.give_back(declared);
                }
            };
            let also = match self.with_kept(&mut commit, &ask, &parts[0]).await {
                Ok(()) => self.with_reports(&mut commit, &ask.by, &parts).await,
                refused => refused,
            };
            let also = match also {
                Ok(()) => self.with_alerts(&mut commit, &ask.by, &parts).await,
                refused => refused,
            };
            if let Err(refusal) = also {
                unused();
                return Box::pin(self.refuse(&ask, refusal, now)).await;
            }
            let committed = self.store.commit(commit).await;
            if committed.is_err() {
                unused();
            }
            match committed {
                Ok(()) => {
                    let first = parts.into_iter().next().ok_or(Refusal::Busy)?;
                    return Ok(Done { incident: first.after, events: first.events, repeated: false });
                }
                Err(CommitError::Conflict { .. }) => {}
                Err(CommitError::Known { answer, key }) => return Box::pin(self.known(&ask, &key, answer)).await,
                Err(e @ (CommitError::Full | CommitError::Away(_) | CommitError::Fenced | CommitError::Closed(_))) => {
                    return Err(e.into());
                }
            }
        }
        Err(Refusal::Busy)
    }

    /// Ends jobs without a command.
    pub async fn finish(&self, finish: Vec<Finish>) -> Result<(), CommitError> {
        let at = Some(self.clock.now());
        self.store.commit(Commit { finish, at, ..Commit::default() }).await
    }

    /// Ends a job by asking for others: what is for many becomes a job for each of them.
    pub async fn fan_out(
        &self,
        id: IncidentId,
        seq: u64,
        effects: Vec<Effect>,
        finish: Vec<Finish>,
    ) -> Result<(), CommitError> {
        let now = self.clock.now();
        let effects = Effects { now: effects, later: Vec::new() };
        let enqueue = plan::jobs(std::iter::once((id, seq, &effects)), now);
        self.store.commit(Commit { enqueue, finish, at: Some(now), ..Commit::default() }).await.map(drop)
    }

    /// Remembers that somebody has an App Home, so that redacted words can be taken from it.
    pub async fn has_home(&self, who: &UserId) -> Result<(), Refusal> {
        if self.is_home_known(who).await? {
            return Ok(());
        }
        // A receipt without a job: the home was shown when it was opened.
        let shown = Finish { id: 0, key: plan::home(who), receipt: Some(Value::Bool(true)), postpone: None };
        Ok(self.finish(vec![shown]).await?)
    }

    /// Did they ever open their App Home?
    pub async fn is_home_known(&self, who: &UserId) -> Result<bool, ReadError> {
        Ok(self.store.receipt(&plan::home(who)).await?.is_some())
    }

    /// Up to `limit` people who have an App Home, after `after`.
    pub async fn homes(&self, after: Option<&UserId>, limit: usize) -> Result<Vec<UserId>, ReadError> {
        let found = self.store.receipts(plan::HOMES, after.map(plan::home).as_deref(), limit).await?;
        Ok(found.iter().filter_map(|(key, _)| key.strip_prefix(plan::HOMES).map(UserId::from)).collect())
    }

    /// The command, and whatever belongs into the same commit.
    async fn decide(&self, ask: &Ask, now: Timestamp, fresh: bool) -> Result<Vec<Part>, Refusal> {
        if fresh {
            Box::pin(self.skip_taken_numbers()).await?;
        }
        let (id, command) = match (&ask.command, ask.incident) {
            (Command::Declare(d), _) => {
                let id = self.reserve(access::series(d, self.playbook()));
                let subject = Subject::titled(&d.title, d.service.as_ref());
                let repeats = Box::pin(self.before(&subject, |_, likeness| likeness.may_be_repeated())).await?;
                let alerts = Box::pin(self.found_alerts(d.alerts.as_deref())).await?.map(Box::new);
                (id, Command::Declare(Declaration { id: Some(id), repeats, alerts, ..d.clone() }))
            }
            (Command::Intake(intake::Ask::AttachAlerts(asked)), Some(id)) => {
                let found = Box::pin(self.found_alerts(Some(asked))).await?.unwrap_or_else(|| asked.clone());
                (id, Command::Intake(intake::Ask::AttachAlerts(found)))
            }
            (Command::Intake(intake::Ask::Tag { condition, holds, .. }), Some(id)) => {
                (id, Command::Intake(Box::pin(self.tagging(id, condition, *holds)).await?))
            }
            (Command::Access(asked), Some(id)) => (id, Command::Access(Box::pin(self.moving(id, asked)).await?)),
            (Command::Redact { entry, why, .. }, Some(id)) => (
                id,
                Command::Redact {
                    entry: *entry,
                    found: Box::pin(self.redactable(id, *entry)).await?,
                    why: why.clone(),
                },
            ),
            (Command::Case(asked), Some(id)) => (id, Command::Case(Box::pin(self.with_words(ask, id, asked)).await?)),
            (command, Some(id)) => (id, command.clone()),
            (_, None) => return Err(Refusal::Closed("a command without an incident".into())),
        };
        let first = self.part(ask, id, &command, now, fresh).await;
        if first.is_err() && matches!(command, Command::Declare(_)) {
            self.give_back(id);
        }
        let mut parts = vec![first?];
        match &command {
            Command::MergeInto { into } => {
                parts.push(self.part(ask, *into, &Command::TakeMerged { from: id }, now, fresh).await?);
            }
            Command::Access(access::Ask::Restrict { kind, to: Some(to), .. }) => {
                let continues = parts[0].before.clone();
                let service = continues.as_ref().and_then(|old| old.intake.service.clone());
                let criteria = continues.as_ref().map(|old| old.intake.criteria.clone()).unwrap_or_default();
                let carried = match &continues {
                    Some(old) => records::carried(old, Box::pin(self.history(id)).await?),
                    None => Vec::new(),
                };
                let (id, kind) = (Some(*to), kind.clone());
                let goes_on = Declaration { id, kind, criteria, service, continues, carried, ..Declaration::default() };
                parts.push(self.part(ask, *to, &Command::Declare(goes_on), now, fresh).await?);
            }
            Command::Redact { entry, why, .. } => {
                if let Some((other, redact)) = Box::pin(self.redacted_beside(id, *entry, why)).await? {
                    parts.push(self.part(ask, other, &redact, now, fresh).await?);
                }
            }
            _ => {}
        }
        for (id, command) in self.reminders_beside(&parts[0], now).await? {
            parts.push(self.part(ask, id, &command, now, fresh).await?);
        }
        Ok(parts)
    }

    /// A change of kind that makes a secret of an open incident is a move to another number.
    async fn moving(&self, id: IncidentId, asked: &access::Ask) -> Result<access::Ask, Refusal> {
        let Some(it) = self.incident(id).await? else { return Ok(asked.clone()) };
        let own = access::moves(&it, asked, self.books.of(&it));
        let Some(kind) = own.or_else(|| access::moves(&it, asked, self.playbook())) else { return Ok(asked.clone()) };
        let (access::Ask::Restrict { why, .. } | access::Ask::ChangeKind { why, .. }) = asked else {
            return Ok(asked.clone());
        };
        Ok(access::Ask::Restrict { kind: Some(kind), why: why.clone(), to: Some(self.reserve(Series::Sec)) })
    }

    /// People ask nothing of what they may not see.
    async fn gate(&self, ask: &Ask, it: &Incident, command: &Command) -> Result<(), Refusal> {
        let Some(who) = ask.by.person() else { return Ok(()) };
        let open = access::gate(it, who, command) == access::Gate::Open
            || self.may_see(it, who).await?
            || match access::answers(command) {
                Some(page) => self.may_answer(it, page, who, None).await?,
                None => false,
            };
        if open { Ok(()) } else { Err(Refusal::Rejected { why: access::refused(it), incident: None }) }
    }

    /// The playbook that what begins is declared under: where an incident goes on, its own, as long as that has the kind.
    fn book_for(&self, command: &Command) -> &Playbook {
        let Command::Declare(Declaration { continues: Some(old), kind, .. }) = command else { return self.playbook() };
        let own = self.books.of(old);
        let knows = kind.as_ref().is_none_or(|kind| own.kinds.iter().any(|k| k.id == *kind));
        if knows { own } else { self.playbook() }
    }

    /// Whose turn it is by each policy that this command may begin a page by.
    async fn turns(&self, command: &Command) -> Result<Turns, ReadError> {
        let all = match command {
            Command::StartPage { policy } => std::slice::from_ref(policy),
            // The playbook has pages begin by themselves, by any of them.
            Command::Declare(_) | Command::ChangeSeverity { .. } | Command::Intake(_) => {
                self.settings().policies.as_slice()
            }
            _ => return Ok(Turns::new()),
        };
        let mut turns = Turns::new();
        for policy in all.iter().filter(|policy| policy.takes_turns()) {
            turns.insert(policy.name.clone(), self.folded(&key::turns(&policy.name)).await?);
        }
        Ok(turns)
    }

    async fn part(
        &self,
        ask: &Ask,
        id: IncidentId,
        command: &Command,
        now: Timestamp,
        fresh: bool,
    ) -> Result<Part, Refusal> {
        let before = if fresh { self.stored(id).await? } else { self.incident(id).await? };
        if before.is_none() && !matches!(command, Command::Declare(_)) {
            return Err(Refusal::Rejected { why: Rejection::NoSuchIncident(id), incident: None });
        }
        if let Some(it) = &before {
            self.gate(ask, it, command).await?;
        }
        let playbook = before.as_deref().map_or_else(|| self.book_for(command), |it| self.books.of(it));
        let turns = self.turns(command).await?;
        let cx = Context { by: &ask.by, now, playbook, settings: self.settings(), turns: &turns };
        let decided = decide(before.as_deref(), command, &cx);
        let whats = decided.map_err(|why| Refusal::Rejected { why, incident: before.clone() })?;
        let mut after = before.clone();
        let mut foreseen = Vec::with_capacity(whats.len());
        let (mut events, mut planned) = (Vec::with_capacity(whats.len()), Vec::with_capacity(whats.len()));
        let asked = whats.into_iter().map(|what| (ask.by.clone(), what));
        let mut waiting: VecDeque<(Actor, What)> = asked.collect();
        let most = waiting.len() + MOST_EVENTS;
        while let Some((by, what)) = waiting.pop_front() {
            if events.len() == most {
                return Err(Refusal::Closed("a decision that brings events without end".into()));
            }
            let event = Event { v: EVENT_VERSION, at: now, by, what };
            let next = apply(after.as_deref().cloned(), &event).map(Arc::new);
            if let Some(next) = &next {
                waiting.extend(follow(&cx, after.as_deref(), next, &event).into_iter().map(|what| (Actor::Bot, what)));
                planned.push((next.version, effects(&cx, after.as_deref(), next, &event)));
                foreseen.push(projection::foreseen(after.clone(), Arc::clone(next), &event));
                events.push((next.version, event));
            }
            after = next;
        }
        self.pass_over_followers(&mut planned).await?;
        let after = after.ok_or(Refusal::Busy)?;
        Ok(Part { id, before, after, events, planned, foreseen })
    }

    fn commit_of(ask: &Ask, parts: &[Part], now: Timestamp) -> Commit {
        let mut commit = Commit { at: Some(now), finish: ask.finish.clone(), ..Commit::default() };
        for part in parts {
            let stream = StreamId::Incident(part.id);
            commit.expect.push((stream.clone(), part.before.as_ref().map_or(0, |b| b.version)));
            for ((_, event), foreseen) in part.events.iter().zip(&part.foreseen) {
                let foreseen = Some(Arc::clone(foreseen));
                commit.append.push(Append { foreseen, ..Append::new(stream.clone(), event) });
                if let crate::incident::What::Redacted { entry, edits, .. } = &event.what {
                    commit.erase.extend(std::iter::once(entry).chain(edits).map(|seq| (stream.clone(), *seq)));
                }
            }
        }
        commit.enqueue = plan::jobs(parts.iter().flat_map(|p| p.planned.iter().map(|(seq, fx)| (p.id, *seq, fx))), now);
        let first = &parts[0];
        let answer =
            Answer { id: first.id, from: first.before.as_ref().map_or(0, |b| b.version) + 1, to: first.after.version };
        if let Some(key) = &ask.key {
            let until = now.saturating_add(REMEMBERED).unwrap_or(Timestamp::MAX);
            commit.remember.push(Remember { key: key.clone(), until, answer: Json::of(&answer) });
        }
        if let (Command::Declare(d), false, Some(person)) = (&ask.command, ask.anyway, ask.by.person()) {
            let until = now.saturating_add(SAME_TITLE).unwrap_or(Timestamp::MAX);
            // One trouble is one incident, also where two people declare it from the same message.
            let from = d.source.as_ref().map(|source| format!("declare-from/{}/{}", source.channel, source.ts));
            for key in std::iter::once(same_title(person.as_str(), &d.title)).chain(from) {
                commit.remember.push(Remember { key, until, answer: Json::of(&answer) });
            }
        }
        commit
    }

    /// A request whose command is refused still ends its jobs: a stale timer is a used timer. What nobody typed is also
    /// remembered: it may come again when it would not be refused any more, and be wrong then.
    async fn refuse(&self, ask: &Ask, refusal: Refusal, now: Timestamp) -> Result<Done, Refusal> {
        let remember = match (&refusal, &ask.key, &ask.by) {
            (Refusal::Rejected { incident: Some(it), .. }, Some(key), Actor::Bot) => {
                let until = now.saturating_add(REMEMBERED).unwrap_or(Timestamp::MAX);
                let answer = Json::of(&Answer { id: it.id, from: it.version + 1, to: it.version });
                vec![Remember { key: key.clone(), until, answer }]
            }
            _ => Vec::new(),
        };
        let is_something = !ask.finish.is_empty() || !remember.is_empty();
        if matches!(refusal, Refusal::Rejected { .. }) && is_something {
            let commit = Commit { finish: ask.finish.clone(), remember, at: Some(now), ..Commit::default() };
            match self.store.commit(commit).await {
                Ok(()) | Err(CommitError::Known { .. } | CommitError::Conflict { .. }) => {}
                Err(e @ (CommitError::Full | CommitError::Away(_) | CommitError::Fenced | CommitError::Closed(_))) => {
                    return Err(e.into());
                }
            }
        }
        Err(refusal)
    }

    /// Was this request answered before?
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn knows(&self, key: &str) -> Result<bool, ReadError> {
        Ok(self.store.known(key, self.clock.now()).await?.is_some())
    }

    /// The answer that was given to this request before, if it was.
    async fn answered(&self, ask: &Ask) -> Result<Option<Done>, Refusal> {
        let Some(key) = ask.key.as_deref() else { return Ok(None) };
        match self.store.known(key, self.clock.now()).await? {
            Some(answer) => self.again(ask, answer).await.map(Some),
            None => Ok(None),
        }
    }

    async fn known(&self, ask: &Ask, key: &str, answer: Json) -> Result<Done, Refusal> {
        if ask.key.as_deref() == Some(key) {
            return self.again(ask, answer).await;
        }
        let answer: Answer = answer.read().map_err(|e| Refusal::Closed(e.to_string()))?;
        Err(Refusal::Duplicate { first: answer.id })
    }

    /// The same answer again, to whoever may still have it: they may have been removed from a need-to-know incident since.
    async fn again(&self, ask: &Ask, answer: Json) -> Result<Done, Refusal> {
        let Answer { id, from, to } = answer.read().map_err(|e| Refusal::Closed(e.to_string()))?;
        let missing = || Refusal::Closed(format!("{id} was answered for, but is not in the record"));
        let incident = self.incident(id).await?.ok_or_else(missing)?;
        self.gate(ask, &incident, &ask.command).await?;
        let limit = usize::try_from((to + 1).saturating_sub(from)).unwrap_or(usize::MAX);
        let events = self.events(id, from, limit).await?;
        Ok(Done { incident, events, repeated: true })
    }
}

/// The claim that keeps a slip from becoming a second incident. The title itself is not kept, only its digest.
fn same_title(person: &str, title: &str) -> String {
    use sha2::{Digest, Sha256};
    let words = title.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    format!("declare/{person}/{}", hex::encode(&Sha256::digest(words)[..12]))
}

/// Our own types always serialise: they have no maps with keys that are not strings, and no failing impls.
pub(crate) fn to_value<T: Serialize + ?Sized>(value: &T) -> Value {
    serde_json::to_value(value).expect("our own types serialise")
}
