//! The ways to a person beside the chat: chosen, tested, proved; and what neighbours say later of what they took.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ATTEMPTS, Ask, Engine, REMEMBERED, Refusal, kept::Outcome as Committed, projection::key, rota::show_home};
use crate::{
    ids::{IncidentId, StreamId, UserId},
    incident::{Actor, Command, Incident, Rejection, What, access},
    paging::{
        Attempt, Outcome, PageId, Target,
        reach::{self, Contacts, Fact, Way},
        rota::{PERSONAL_VERSION, Personal, PersonalFact},
    },
    store::{Append, Commit, Finish, Json, NewJob, OnPending, Queue, ReadError, Remember},
};

/// What the lanes of this work begin with.
const LANES: &str = "reach/";

/// The body of an outbox entry about the ways to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaching {
    /// Version of this shape.
    pub v: u8,
    /// Whose ways.
    pub who: UserId,
    /// Which test.
    pub test: u64,
    /// What about it.
    pub what: Testing,
}

/// What is done about a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Testing {
    /// It goes out by this way.
    Send(Way),
    /// What came of it, in the chat; kept up to date.
    Show,
}

/// Is this the lane of such work, and not of an incident's?
pub fn is_of_reach(lane: &str) -> bool {
    lane.starts_with(LANES)
}

fn job(who: &UserId, test: u64, what: Testing, now: Timestamp) -> NewJob {
    let (place, on_pending) = match what {
        Testing::Send(way) => (way.key(), OnPending::Keep),
        Testing::Show => ("show", OnPending::Replace),
    };
    let body = Json::of(&Reaching { v: 1, who: who.clone(), test, what });
    let (key, queue) = (format!("{LANES}{who}/{test}/{place}"), Queue::Lane(format!("{LANES}{who}/{place}")));
    NewJob { key, queue, due: now, on_pending, body }
}

/// What follows from facts about the ways to somebody.
fn jobs(contacts: &Contacts, who: &UserId, facts: &[(u64, Fact)], now: Timestamp) -> Vec<NewJob> {
    let latest = contacts.test.as_ref().map(|test| test.number);
    let mut jobs = Vec::new();
    for (seq, fact) in facts {
        match fact {
            Fact::Tested { ways } => {
                jobs.extend(ways.iter().map(|way| job(who, *seq, Testing::Send(*way), now)));
                jobs.push(job(who, *seq, Testing::Show, now));
            }
            Fact::Tried { .. } | Fact::Proved { .. } => {
                jobs.extend(latest.map(|test| job(who, test, Testing::Show, now)));
            }
            Fact::WayChosen { .. } | Fact::WayDelayed { .. } | Fact::WayRemoved { .. } => {}
        }
    }
    jobs.push(show_home(who, now));
    jobs
}

/// Addresses that are not used any more.
fn outdated<'a>(before: &'a Contacts, facts: &'a [(u64, Fact)]) -> impl Iterator<Item = u64> + 'a {
    facts.iter().filter_map(|(_, fact)| match fact {
        Fact::WayChosen { way, .. } | Fact::WayRemoved { way } => before.of(*way).map(|contact| contact.seq),
        Fact::WayDelayed { .. } | Fact::Tested { .. } | Fact::Tried { .. } | Fact::Proved { .. } => None,
    })
}

impl Engine {
    /// The ways to somebody beside the chat.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn contacts(&self, who: &UserId) -> Result<Contacts, ReadError> {
        self.folded(&key::contacts(who)).await
    }

    /// Changes the ways to somebody, or tries them; an address that is not used any more is erased. A request that comes again with
    /// the same `request` changes nothing. Ends `finish` with it.
    ///
    /// # Errors
    /// [`Refusal`]s: of the rules, and of the store.
    pub async fn change_contacts(
        &self,
        request: Option<String>,
        who: &UserId,
        ask: &reach::Ask,
        finish: Option<Finish>,
    ) -> Result<Contacts, Refusal> {
        let stream = StreamId::Person(who.clone());
        for _ in 0..ATTEMPTS {
            let now = self.clock.now();
            let length = self.store.length(&stream).await?;
            let before = self.contacts(who).await?;
            if let Some(request) = &request
                && self.knows(request).await?
            {
                return Ok(before);
            }
            let refused = |why| Refusal::Rejected { why: Rejection::Reach(why), incident: None };
            let facts = reach::decide(&before, ask, &self.settings().ways, now).map_err(refused)?;
            let facts: Vec<(u64, Fact)> = (length + 1..).zip(facts).collect();
            let fact = |what: &Fact| Personal {
                v: PERSONAL_VERSION,
                at: now,
                by: who.clone(),
                what: PersonalFact::Reach(what.clone()),
            };
            let mut commit = Commit {
                expect: vec![(stream.clone(), length)],
                append: facts.iter().map(|(_, what)| Append::new(stream.clone(), &fact(what))).collect(),
                erase: outdated(&before, &facts).map(|seq| (stream.clone(), seq)).collect(),
                enqueue: jobs(&before, who, &facts, now),
                finish: finish.iter().cloned().collect(),
                at: Some(now),
                ..Commit::default()
            };
            commit.remember.extend(request.clone().map(|key| Remember {
                key,
                until: now.saturating_add(REMEMBERED).unwrap_or(Timestamp::MAX),
                answer: Json::of(&true),
            }));
            match self.committed(commit).await? {
                Committed::Done | Committed::Known(_) => return self.contacts(who).await.map_err(Refusal::from),
                Committed::Again => {}
            }
        }
        Err(Refusal::Busy)
    }

    /// An incident as it may be shown outside its room: to whom a page asks, behind a link that only they have.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn as_shown_outside(&self, id: IncidentId) -> Result<Option<Incident>, ReadError> {
        Ok(self.incident(id).await?.map(|it| access::outside(&it).into_owned()))
    }

    /// A neighbour says later what became of what it took under this `id`: it got there ([`Outcome::Delivered`]), or did not
    /// ([`Outcome::Failed`]). Said twice, or of what nobody knows, it changes nothing.
    ///
    /// # Errors
    /// [`Refusal`]s of the store.
    pub async fn heard_of(
        &self,
        id: IncidentId,
        page: PageId,
        who: &UserId,
        taken: &str,
        outcome: Outcome,
    ) -> Result<(), Refusal> {
        let mut latest: Option<Attempt> = None;
        for (_, event) in self.history(id).await? {
            let What::PageAttempted { page: of, attempt } = event.what else { continue };
            if of != page || attempt.to != Target::Person(who.clone()) {
                continue;
            }
            let is_it = matches!(&attempt.outcome, Outcome::Taken { id: Some(known) } if known == taken);
            let of_it = latest.as_ref().is_some_and(|l| {
                (l.way, l.round, l.step, l.times) == (attempt.way, attempt.round, attempt.step, attempt.times)
            });
            if is_it || of_it {
                latest = Some(attempt);
            }
        }
        let Some(latest) = latest.filter(|latest| latest.outcome != outcome) else { return Ok(()) };
        let command = Command::RecordAttempt { page, attempt: Attempt { outcome, ..latest } };
        match self.ask(Ask::new(None, Actor::Bot, Some(id), command)).await {
            Ok(_) | Err(Refusal::Rejected { .. }) => Ok(()),
            Err(other) => Err(other),
        }
    }
}
