//! Asking people by other ways than the chat, each when it has its turn.

use jiff::SignedDuration;

use super::{
    Delivery,
    errand::{Errand, Stop},
    posting::{Parcel, receipt},
    retry::{self, Verdict},
};
use crate::{
    engine::{Linked, Reaching, Refusal, Testing},
    ids::UserId,
    incident::{Actor, Command, Effect, Event, What},
    paging::{
        Attempt, Outcome, Page, PageId, Target,
        reach::{self, Way},
    },
    ports::Trouble,
    render,
    store::{Finish, Job},
};

/// What has not gone out so long after its turn counts as failed; it is tried on while anyone waits for it.
pub(super) const PATIENCE: SignedDuration = SignedDuration::from_secs(10);
/// A test that does not get out for so long is told to have failed.
const TEST_PATIENCE: SignedDuration = SignedDuration::from_secs(30);

impl Delivery {
    /// By which ways beside the chat can somebody be asked?
    pub(super) async fn look_up_ways(
        &self,
        it: &Errand,
        page: PageId,
        asked: (u32, u32, u32),
        to: &UserId,
    ) -> Result<(), Stop> {
        match self.found_ways(page, asked, to).await? {
            Some(command) => self.report(it, None, command).await,
            None => self.end(it, None).await,
        }
    }

    /// None where there are none.
    async fn found_ways(&self, page: PageId, asked: (u32, u32, u32), to: &UserId) -> Result<Option<Command>, Stop> {
        let contacts = self.engine.contacts(to).await?;
        let usable = contacts.usable(&self.engine.settings().ways);
        let ways: Vec<(Way, u32)> = usable.map(|contact| (contact.way, contact.after_min)).collect();
        let found = |ways| Command::FoundWays { page, asked, who: to.clone(), ways };
        Ok((!ways.is_empty()).then_some(ways).map(found))
    }

    /// The chat does not reach somebody: their other ways must be known before that is recorded, or they would count as nobody.
    pub(super) async fn have_ways_found(&self, it: &Errand) -> Result<(), Stop> {
        let Effect::SendPage { page, round, step, times, to: Target::Person(to), .. } = &it.effect else {
            return Ok(());
        };
        if self.engine.settings().ways.is_empty() {
            return Ok(());
        }
        match self.found_ways(*page, (*round, *step, *times), to).await? {
            Some(command) => self.ask_beside(it, command).await,
            None => Ok(()),
        }
    }

    /// Reports something without ending the errand.
    pub(super) async fn ask_beside(&self, it: &Errand, command: Command) -> Result<(), Stop> {
        match self.engine.ask(crate::engine::Ask::new(None, Actor::Bot, Some(it.incident.id), command)).await {
            Ok(_) | Err(Refusal::Rejected { .. }) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }

    /// Asks somebody by one way, where the page still wants them and they have not answered.
    pub(super) async fn reach(
        &self,
        it: &Errand,
        id: PageId,
        asked: (u32, u32, u32),
        to: &UserId,
        way: Way,
    ) -> Result<(), Stop> {
        let (round, step, times) = asked;
        let Some(page) = it.incident.page(id).filter(|page| page.wants(to, way, (round, step))) else {
            return self.end(it, None).await;
        };
        let _turn = self.turns.take(it.incident.id, &Target::Person(to.clone()), Some(way)).await;
        let attempted = |outcome| Command::RecordAttempt { page: id, attempt: attempt(asked, to, way, outcome) };
        let contacts = self.engine.contacts(to).await?;
        let Some(address) = contacts.of(way).and_then(|contact| contact.address.words()) else {
            // They took it away since it was planned.
            let why = "no_address".to_owned();
            return self.report(it, None, attempted(Outcome::Failed { why })).await;
        };
        if way.rings() && !it.incident.is_urgent(page, self.clock.now()) {
            // It was when this was planned.
            let why = "not_urgent".to_owned();
            return self.report(it, None, attempted(Outcome::Failed { why })).await;
        }
        let history = self.engine.history(it.incident.id).await?;
        if self.is_one_too_many(&history, to, way) {
            return self.report(it, None, attempted(Outcome::Spared)).await;
        }
        let linked = Linked::Page { id: it.incident.id, page: id, who: to.clone(), way: Some(way) };
        let answer = self.engine.links().address(&linked);
        let notice = render::page_notice(self.world(it), &it.incident, page, answer);
        // Each repetition is one of its own.
        let key = format!("{}/{round}.{step}.{times}", it.job.key);
        let id = self.reach.send(way, address, &notice, &key).await?;
        self.report(it, None, attempted(Outcome::Taken { id })).await
    }

    /// Did this way ask them so often lately that it asks no more? Each way is counted by itself: what the chat folds wakes nobody, and a
    /// way that has not rung so often still rings.
    fn is_one_too_many(&self, history: &[(u64, Event)], to: &UserId, by: Way) -> bool {
        let taken = history.iter().filter_map(|(_, event)| match &event.what {
            What::PageAttempted { attempt, .. } => {
                let theirs = matches!(&attempt.to, Target::Person(who) if who == to) && attempt.way == Some(by);
                (theirs && matches!(attempt.outcome, Outcome::Taken { .. })).then_some(event.at)
            }
            _ => None,
        });
        self.engine.settings().page_guard.folds(taken, self.clock.now())
    }

    /// A way was refused for good.
    pub(super) async fn way_failed(&self, it: &Errand, why: &str) -> Result<(), Stop> {
        match failed(it, why) {
            Some(command) => self.report(it, None, command).await,
            None => self.end(it, None).await,
        }
    }

    /// A way is not heard of for long: others are asked meanwhile, and it goes on trying.
    pub(super) async fn way_is_late(&self, it: &Errand, trouble: &Trouble) -> Result<(), Stop> {
        let Effect::Reach { page, round, step, to, way, .. } = &it.effect else { return Ok(()) };
        let waits = |p: &Page| p.wants(to, *way, (*round, *step)) && p.beside(to).is_some_and(|b| b.due.contains(way));
        match failed(it, &trouble.to_string()).filter(|_| it.incident.page(*page).is_some_and(waits)) {
            Some(command) => self.ask_beside(it, command).await,
            None => Ok(()),
        }
    }

    /// A test of somebody's ways: goes out, or is shown.
    pub(super) async fn work_of_reach(&self, job: &Job, look: bool) -> Result<(), Stop> {
        let reaching: Reaching = job
            .body
            .read()
            .map_err(|e| Stop::Record(format!("job `{}` was written by another release: {e}", job.key)))?;
        match reaching.what {
            Testing::Send(way) => self.send_test(job, &reaching.who, reaching.test, way).await,
            Testing::Show => {
                let contacts = self.engine.contacts(&reaching.who).await?;
                let Some(test) = contacts.test.as_ref().filter(|test| test.number == reaching.test) else {
                    return self.end_aside(job, None).await;
                };
                let message = render::reach::tested(test, self.engine.links().has_address());
                let parcel = Parcel { key: &job.key, look, since: test.at, under: None };
                let channel = self.chat.direct(&reaching.who).await?;
                let posted = self.keep_shown(&parcel, &channel, &message).await?;
                self.end_aside(job, Some(receipt(&posted.at))).await
            }
        }
    }

    async fn send_test(&self, job: &Job, who: &UserId, test: u64, way: Way) -> Result<(), Stop> {
        let contacts = self.engine.contacts(who).await?;
        let address = contacts.of(way).filter(|contact| contact.seq < test).and_then(|contact| contact.address.words());
        let Some(address) = address else { return self.end_aside(job, None).await };
        let answer = self.engine.links().address(&Linked::Test { who: who.clone(), way, test });
        let notice = render::reach::test_notice(way, answer);
        let why = match self.reach.send(way, address, &notice, &job.key).await {
            Ok(_) => None,
            Err(trouble) => {
                let late = self.clock.now().duration_since(job.due) > TEST_PATIENCE;
                match retry::verdict(&trouble) {
                    Verdict::Again | Verdict::Look if !late => return Err(trouble.into()),
                    Verdict::Again | Verdict::Look | Verdict::Never => Some(match trouble {
                        Trouble::Refused(code) => code,
                        other => other.to_string(),
                    }),
                }
            }
        };
        let finish = Finish { id: job.id, key: job.key.clone(), receipt: None, postpone: None };
        let tried = reach::Ask::Tried { test, way, why };
        self.engine.change_contacts(None, who, &tried, Some(finish)).await?;
        Ok(())
    }
}

fn attempt((round, step, times): (u32, u32, u32), to: &UserId, way: Way, outcome: Outcome) -> Attempt {
    Attempt { round, step, times, to: Target::Person(to.clone()), way: Some(way), outcome }
}

fn failed(it: &Errand, why: &str) -> Option<Command> {
    let Effect::Reach { page, round, step, times, to, way, .. } = &it.effect else { return None };
    let outcome = Outcome::Failed { why: why.to_owned() };
    Some(Command::RecordAttempt { page: *page, attempt: attempt((*round, *step, *times), to, *way, outcome) })
}
