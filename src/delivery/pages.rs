//! Asking people for help.

use jiff::{SignedDuration, Timestamp};

use super::{
    Delivery,
    errand::{Errand, Stop},
    posting::{Posted, is_gone, receipt},
};
use crate::{
    engine::{Ask, Refusal, Work},
    ids::UserId,
    incident::{Actor, Command, Effect, MessageRef},
    paging::{Attempt, Outcome, Page, PageId, PageState, Target},
    ports::Trouble,
    render,
};

/// A page that has not gone out so long after it was asked for counts as failed, so that others are asked meanwhile.
pub(super) const PATIENCE: SignedDuration = SignedDuration::from_secs(60);
/// A group that could not be looked up so long after counts as empty.
const GROUP_PATIENCE: SignedDuration = SignedDuration::from_secs(10);
/// How many jobs are looked at behind a page.
const BEHIND: usize = 16;

impl Delivery {
    /// Asks one person or channel. Sent again rather than not at all.
    pub(super) async fn send_page(
        &self,
        it: &Errand,
        id: PageId,
        (round, step, times): (u32, u32, u32),
        to: &Target,
    ) -> Result<(), Stop> {
        let Some(page) = it.incident.page(id) else { return self.end(it, None).await };
        let attempt = |outcome| Attempt { round, step, times, to: to.clone(), outcome };
        let wanted = is_wanted(page) && !self.asked_again_behind(it, id, to).await?;
        if !wanted && !it.look {
            return self.end(it, None).await;
        }
        let channel = self.conversation(to).await?;
        let posted = if wanted {
            let message = render::page(self.world(), &it.incident, page, to, times == 1);
            self.post_once(it, &channel, &message, it.job.due).await?
        } else {
            // Nobody needs it any more, but if it is there it must be shown as over.
            match self.look_for(it, &channel, it.job.due).await? {
                Some(at) => Posted { at, found: true },
                None => return self.end(it, None).await,
            }
        };
        let MessageRef { channel, ts } = posted.at.clone();
        let attempt = attempt(Outcome::Sent { channel, ts });
        self.report(it, Some(receipt(&posted.at)), Command::RecordAttempt { page: id, attempt }).await
    }

    /// Does a later page of the same kind to the same people wait right behind? Then one is enough: after a long outage
    /// nobody wants to be asked six times at once.
    async fn asked_again_behind(&self, it: &Errand, id: PageId, to: &Target) -> Result<bool, Stop> {
        let lane = match &it.job.queue {
            crate::store::Queue::Lane(lane) => lane,
            crate::store::Queue::Timer => return Ok(false),
        };
        let behind = self.engine.store().lane(lane, BEHIND).await?;
        Ok(behind.iter().filter(|job| job.id != it.job.id).any(|job| {
            serde_json::from_value::<Work>(job.body.clone()).is_ok_and(
                |work| matches!(&work.effect, Effect::SendPage { page, to: other, .. } if *page == id && other == to),
            )
        }))
    }

    /// Shows the page as it stands on the last message that went to `to`.
    pub(super) async fn show_page(&self, it: &Errand, id: PageId, to: &Target) -> Result<(), Stop> {
        let last = it.incident.page(id).and_then(|page| Some((page, last_message(page, to)?)));
        if let Some((page, at)) = last {
            let message = render::page(self.world(), &it.incident, page, to, false);
            match self.chat.update(&at, &message).await {
                Err(Trouble::Refused(code)) if is_gone(&code) => {}
                updated => updated?,
            }
        }
        self.end(it, None).await
    }

    /// Who is in the group that a page wants to reach?
    pub(super) async fn look_up_group(
        &self,
        it: &Errand,
        page: PageId,
        version: u32,
        target: &Target,
    ) -> Result<(), Stop> {
        let people = match target {
            Target::Group(group) => self.chat.group_members(group).await?,
            Target::Person(person) => vec![person.clone()],
            Target::Channel(_) => Vec::new(),
        };
        self.found(it, page, version, target, people).await
    }

    pub(super) async fn found(
        &self,
        it: &Errand,
        page: PageId,
        version: u32,
        target: &Target,
        people: Vec<UserId>,
    ) -> Result<(), Stop> {
        self.report(it, None, Command::FoundTargets { page, version, target: target.clone(), people }).await
    }

    /// A page was refused for good.
    pub(super) async fn page_failed(&self, it: &Errand, why: &str) -> Result<(), Stop> {
        match failed(it, why) {
            Some(command) => self.report(it, None, command).await,
            None => self.end(it, None).await,
        }
    }

    /// The errand cannot be tried before `next`: is that too late? `true` where that ended it.
    pub(super) async fn out_of_patience(&self, it: &Errand, trouble: &Trouble, next: Timestamp) -> Result<bool, Stop> {
        let late = next.duration_since(it.job.due);
        match &it.effect {
            Effect::LookUpGroup { page, version, target } if late > GROUP_PATIENCE => {
                self.found(it, *page, *version, target, Vec::new()).await?;
                Ok(true)
            }
            Effect::SendPage { page, .. } if late > PATIENCE => {
                let wanted = it.incident.page(*page).is_some_and(|page| is_wanted(page) && !is_recorded(page, it));
                if let Some(command) = failed(it, &format!("Slack {trouble}")).filter(|_| wanted) {
                    match self.engine.ask(Ask::new(None, Actor::Bot, Some(it.incident.id), command)).await {
                        Ok(_) | Err(Refusal::Rejected { .. }) => {}
                        Err(other) => return Err(other.into()),
                    }
                }
                Ok(false)
            }
            _ => Ok(false),
        }
    }
}

/// Was this attempt recorded already, whatever came of it?
fn is_recorded(page: &Page, it: &Errand) -> bool {
    let Effect::SendPage { round, step, times, to, .. } = &it.effect else { return true };
    page.attempts.iter().any(|a| (a.round, a.step, a.times) == (*round, *step, *times) && a.to == *to)
}

fn failed(it: &Errand, why: &str) -> Option<Command> {
    let Effect::SendPage { page, round, step, times, to } = &it.effect else { return None };
    let outcome = Outcome::Failed { why: why.to_owned() };
    let attempt = Attempt { round: *round, step: *step, times: *times, to: to.clone(), outcome };
    Some(Command::RecordAttempt { page: *page, attempt })
}

/// Is anyone still wanted? A page that ran out of people before its messages went out is.
fn is_wanted(page: &Page) -> bool {
    match page.state {
        PageState::Waiting | PageState::Exhausted { .. } => true,
        PageState::Acknowledged { .. } | PageState::Ended { .. } => false,
    }
}

fn last_message(page: &Page, to: &Target) -> Option<MessageRef> {
    page.attempts.iter().rev().filter(|a| a.to == *to).find_map(|a| match &a.outcome {
        Outcome::Sent { channel, ts } => Some(MessageRef { channel: channel.clone(), ts: ts.clone() }),
        Outcome::Failed { .. } => None,
    })
}
