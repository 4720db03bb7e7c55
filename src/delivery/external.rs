//! Pages at other providers: sent, moved on, and looked at again. Nothing there does harm twice, so that what may have been done is
//! done again.

use std::sync::Arc;

use jiff::SignedDuration;

use super::{
    Delivery,
    errand::{Errand, Stop},
};
use crate::{
    engine::Work,
    incident::{Command, Effect, What},
    paging::{
        Attempt, Outcome, Page, PageId, Target,
        external::{self, Act, External, Heard, Provider, Update, key},
    },
    ports::{ExternalPageRequest, ExternalPerson, ExternalState, Pager, Trouble},
    render,
    store::Queue,
};

/// What is to be done there after what was done here, and is not after so long, is said aloud.
const SYNC_PATIENCE: SignedDuration = SignedDuration::from_mins(15);
/// To ask the next ones there is tried for so long: others were asked here meanwhile, and what comes later waits behind it.
const ESCALATE_PATIENCE: SignedDuration = SignedDuration::from_mins(1);
/// What a provider took may be there so much later.
const SETTLES: SignedDuration = SignedDuration::from_mins(5);
/// A page that the provider does not know.
const UNKNOWN: &str = "not_found";
/// How many jobs are looked at behind one.
const BEHIND: usize = 16;

impl Delivery {
    fn pager(&self, of: &External) -> Result<Arc<dyn Pager>, Trouble> {
        let unset = || Trouble::Refused(format!("{} is not set up", of.at));
        self.providers.pager(of.at).ok_or_else(unset)
    }

    /// Asks another provider; where it has asked before, it looks first what became of that.
    pub(super) async fn page_external(
        &self,
        it: &Errand,
        page: &Page,
        of: &External,
        mut told: Attempt,
    ) -> Result<(), Stop> {
        // What was given back here meanwhile goes there by another number, as a page of its own.
        let Some(external) = page.external_page(of).filter(|external| goes_by(&it.effect, external.number)) else {
            return self.end(it, None).await;
        };
        let (pager, key) = (self.pager(of)?, key(it.incident.id, page, of, external.number));
        // Whoever resolved it there is not woken by a repetition; a further step asks anew.
        if external.resolved && told.times > 1 {
            return self.end(it, None).await;
        }
        told.outcome = Outcome::Taken { id: Some(key.clone()) };
        if self.was_delivered(it, page.id, of, &key).await? {
            match pager.state(&of.id, &key).await {
                Ok(ExternalState::Acknowledged { by, at }) => {
                    let found = Heard::Found { at, known: external.updated_at };
                    return self.record_update(it, of.at, key, (Update::Acknowledged, found), by).await;
                }
                Ok(ExternalState::Resolved) if told.times > 1 => {
                    let found = Heard::Found { at: None, known: external.updated_at };
                    return self.record_update(it, of.at, key, (Update::Resolved, found), None).await;
                }
                Ok(ExternalState::Asking(_)) => {
                    let attempt = told;
                    return self.report(it, None, Command::RecordAttempt { page: page.id, attempt }).await;
                }
                // Who may page need not be able to look: then it is asked for again, which makes no second one.
                Ok(ExternalState::Unknown | ExternalState::Resolved) | Err(Trouble::Refused(_)) => {}
                // So does who may, while nothing can be looked at; only a repetition has nothing else to do.
                Err(_) if told.times == 1 => {}
                Err(trouble) => return Err(trouble.into()),
            }
        }
        let render::Notice { title, text, link, urgent, .. } =
            render::page_external(self.world(it), &it.incident, page);
        pager.page(&ExternalPageRequest { service: of.id.clone(), key, title, text, link, urgent }).await?;
        self.report(it, None, Command::RecordAttempt { page: page.id, attempt: told }).await
    }

    /// The record hears what a look at the provider found.
    async fn record_update(
        &self,
        it: &Errand,
        from: Provider,
        key: String,
        (update, heard): (Update, Heard),
        by: Option<ExternalPerson>,
    ) -> Result<(), Stop> {
        let who = match &by {
            Some(by) => self.providers.who(from, by).await,
            None => None,
        };
        let name = by.map(|by| by.name);
        self.report(it, None, Command::ExternalUpdate { key, update, who, name, heard }).await
    }

    /// Does there what was done here.
    pub(super) async fn sync_external(
        &self,
        it: &Errand,
        (page, number): (PageId, u32),
        of: &External,
        act: Act,
    ) -> Result<(), Stop> {
        let Some(key) = self.key_of(it, page, of, number).await? else { return self.end(it, None).await };
        if self.is_overtaken(it, (page, number), act).await? {
            return self.end(it, None).await;
        }
        let pager = self.pager(of)?;
        let done = match act {
            Act::Acknowledge => pager.acknowledge(&of.id, &key).await,
            Act::Escalate { level } => pager.escalate(&of.id, &key, level).await,
            Act::Raise => pager.raise(&of.id, &key).await,
            Act::Resolve => pager.resolve(&of.id, &key).await,
        };
        match done {
            Err(Trouble::Refused(code)) if code == UNKNOWN => {
                if self.clock.now().duration_since(it.job.due) < SETTLES {
                    return Err(Trouble::Unreachable("the page is not there yet".into()).into());
                }
                // What never got there needs no end.
                if self.was_delivered(it, page, of, &key).await? {
                    return Err(Trouble::Refused(code).into());
                }
            }
            done => done?,
        }
        self.end(it, None).await
    }

    /// Does something wait behind it that makes it needless? Nobody is to be asked whom somebody else has spared it, and what is over
    /// needs no acknowledgement: a provider in half its trouble must not hold up the other half.
    async fn is_overtaken(&self, it: &Errand, page: (PageId, u32), act: Act) -> Result<bool, Stop> {
        let Queue::Lane(lane) = &it.job.queue else { return Ok(false) };
        let overtakes = |later: Act| match act {
            Act::Escalate { .. } | Act::Raise => matches!(later, Act::Acknowledge | Act::Resolve),
            Act::Acknowledge => later == Act::Resolve,
            Act::Resolve => false,
        };
        let behind = self.engine.store().lane(lane, BEHIND).await?;
        Ok(behind.iter().filter(|job| job.id != it.job.id).any(|job| {
            job.body.read::<Work>().is_ok_and(|work| match work.effect {
                Effect::SyncExternal { page: id, number, act, .. } => (id, number) == page && overtakes(act),
                _ => false,
            })
        }))
    }

    /// It is not done yet, and would be tried next so long after it was to be done: `true` where that ends it.
    pub(super) async fn sync_is_late(
        &self,
        it: &Errand,
        of: &External,
        act: Act,
        trouble: &Trouble,
        late: SignedDuration,
    ) -> Result<bool, Stop> {
        let what = match act {
            Act::Escalate { .. } if late > ESCALATE_PATIENCE => {
                return self.give_up(it, &trouble.to_string()).await.map(|()| true);
            }
            Act::Acknowledge if late > SYNC_PATIENCE => format!("acknowledge in {of} yet, and goes on trying"),
            Act::Resolve if late > SYNC_PATIENCE => {
                format!("resolve in {of} yet, which may go on asking people, and goes on trying")
            }
            Act::Raise if late > SYNC_PATIENCE => format!("make a page urgent in {of} yet, and goes on trying"),
            Act::Escalate { .. } | Act::Acknowledge | Act::Raise | Act::Resolve => return Ok(false),
        };
        self.is_late_with(it, &what, &trouble.to_string()).await.map(|()| false)
    }

    /// The page may be no part of the incident's state any more.
    async fn key_of(&self, it: &Errand, page: PageId, of: &External, number: u32) -> Result<Option<String>, Stop> {
        if let Some(page) = it.incident.page(page) {
            return Ok(Some(key(it.incident.id, page, of, number)));
        }
        let history = self.engine.history(it.incident.id).await?;
        let began =
            history.iter().find(|(_, event)| matches!(event.what, What::PageStarted { page: id, .. } if id == page));
        Ok(began.map(|(_, event)| external::key_of(it.incident.id, page, event.at, of, number)))
    }

    /// Under this key, where the record has it: a release before this one kept none.
    async fn was_delivered(&self, it: &Errand, page: PageId, of: &External, key: &str) -> Result<bool, Stop> {
        let to = Target::External(of.clone());
        let history = self.engine.history(it.incident.id).await?;
        Ok(history.iter().any(|(_, event)| match &event.what {
            What::PageAttempted { page: id, attempt } if *id == page && attempt.to == to => match &attempt.outcome {
                Outcome::Taken { id: Some(under) } => under == key,
                outcome => outcome.arrived(),
            },
            _ => false,
        }))
    }
}

/// Is it sent by this number? Work of a release before this one does not say by which.
fn goes_by(effect: &Effect, number: u32) -> bool {
    matches!(effect, Effect::SendPage { number: by, .. } if *by == 0 || *by == number)
}
