//! Asking people for help.

use jiff::{SignedDuration, Timestamp};

use super::{
    Delivery,
    errand::{Errand, Stop},
    posting::{Posted, is_gone, receipt},
};
use crate::{
    config::asked_for_service,
    engine::Work,
    ids::UserId,
    incident::{Command, Effect, Event, Incident, MessageRef, Text, What, comms, duty},
    paging::{
        Attempt, Condition, Outcome, Page, PageId, PageState, Target,
        schedule::{Cover, Gap},
    },
    ports::Trouble,
    render,
};

/// A page that has not gone out so long after it was asked for counts as failed, so that others are asked meanwhile.
pub(super) const PATIENCE: SignedDuration = SignedDuration::from_secs(60);
/// The same for somebody who has other ways, which are tried then, for a webhook, and for another provider.
const PATIENCE_BESIDE: SignedDuration = SignedDuration::from_secs(10);
/// A group that could not be looked up so long after is not waited for: the others are asked, and the room hears why.
const GROUP_PATIENCE: SignedDuration = SignedDuration::from_secs(10);
/// A pause that Slack names and that is waited out before it is asked again who is in a group.
const LEFT_ALONE: SignedDuration = SignedDuration::from_secs(20);
/// It is asked for so often before that, however late the first time was: after downtime everything is late.
const GROUP_TRIES: u32 = 3;
/// How many jobs are looked at behind a page.
const BEHIND: usize = 16;

impl Delivery {
    /// Asks one person, channel or webhook. Sent again rather than not at all.
    pub(super) async fn send_page(
        &self,
        it: &Errand,
        id: PageId,
        (round, step, times): (u32, u32, u32),
        to: &Target,
    ) -> Result<(), Stop> {
        let Some(page) = it.incident.page(id) else { return self.end(it, None).await };
        let _turn = self.turns.take(it.incident.id, to, None).await;
        let attempt = |outcome| Attempt { round, step, times, to: to.clone(), way: None, outcome };
        let wanted = is_wanted(page) && !page.is_done_with(to) && !self.asked_again_behind(it, id, to).await?;
        if !wanted && !it.look {
            return self.end(it, None).await;
        }
        if let Target::Webhook(name) = to {
            if !wanted {
                return self.end(it, None).await;
            }
            let facts = render::webhook::facts(&it.incident, page, self.clock.now());
            self.reach.tell(name, &facts, &it.job.key).await?;
            let attempt = attempt(Outcome::Taken { id: None });
            return self.report(it, None, Command::RecordAttempt { page: id, attempt }).await;
        }
        if let Target::External(of) = to {
            if !wanted {
                return self.end(it, None).await;
            }
            return self.page_external(it, page, of, attempt(Outcome::Taken { id: None })).await;
        }
        let channel = self.conversation(to).await?;
        // Where an earlier try has sent it, that is what came of it.
        let there = if it.look { self.look_for(it, &channel, it.job.due).await? } else { None };
        if wanted
            && there.is_none()
            && let Some(folded) = self.fold(it, id, to).await?
        {
            return self.report(it, None, Command::RecordAttempt { page: id, attempt: attempt(folded) }).await;
        }
        let posted = match there {
            Some(at) => Posted { at, found: true },
            None if wanted => {
                let message = render::page(self.world(it), &it.incident, page, to, times == 1, None);
                self.post_once(it, &channel, &message, it.job.due).await?
            }
            // Nobody needs it any more; had it been there, it would have to be shown as over.
            None => return self.end(it, None).await,
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
            job.body.read::<Work>().is_ok_and(
                |work| matches!(&work.effect, Effect::SendPage { page, to: other, .. } if *page == id && other == to),
            )
        }))
    }

    /// Shows the page as it stands on the last message that went to `to`.
    pub(super) async fn show_page(&self, it: &Errand, id: PageId, to: &Target) -> Result<(), Stop> {
        let _turn = self.turns.take(it.incident.id, to, None).await;
        let history = self.engine.history(it.incident.id).await?;
        // Of a page that was let go nothing is known but that it is over, once it is.
        let over = || (id.0 <= it.incident.pages_over).then(|| render::ended_page(&it.incident));
        if let Some(at) = last_message(&history, id, to)
            && let Some(message) = self.page_message(it, &history, &at, to, None).or_else(over)
        {
            match self.chat.update(&at, &message).await {
                Err(Trouble::Refused(code)) if is_gone(&code) => {}
                updated => updated?,
            }
        }
        self.end(it, None).await
    }

    /// Asks whoever acknowledged whether they are still on it, or shows what became of that.
    pub(super) async fn check_page(&self, it: &Errand, id: PageId, to: &UserId, version: u32) -> Result<(), Stop> {
        let Some(page) = it.incident.page(id) else { return self.end(it, None).await };
        let asked_before = it.look || self.receipt(&it.job.key).await?.is_some();
        if !asked_before && page.check().is_none_or(|(_, check)| check.version != version) {
            // They were heard of before they were asked.
            return self.end(it, None).await;
        }
        let channel = self.chat.direct(to).await?;
        let message = render::still_on_it(self.world(it), &it.incident, page, to, version);
        let posted = self.show(it, &channel, &message).await?;
        self.end(it, Some(receipt(&posted.at))).await
    }

    /// The same for everyone who got a message: a job for each.
    pub(super) async fn show_pages(&self, it: &Errand, page: PageId) -> Result<(), Stop> {
        self.for_everyone(it, page, 0, |to| Effect::ShowPage { page, to }).await
    }

    /// Everyone whom the page reached hears what happened: a job for each.
    pub(super) async fn tell_paged(&self, it: &Errand, page: PageId, seq: u64) -> Result<(), Stop> {
        self.for_everyone(it, page, seq, |to| Effect::Tell { to, seq }).await
    }

    /// Who that is stands in the events alone: the state has only those who are asked now.
    async fn for_everyone(
        &self,
        it: &Errand,
        page: PageId,
        seq: u64,
        effect: impl Fn(Target) -> Effect,
    ) -> Result<(), Stop> {
        let history = self.engine.history(it.incident.id).await?;
        let mut reached: Vec<&Target> = Vec::new();
        for (_, to, _) in messages(&history).filter(|(of, ..)| *of == page) {
            if !reached.contains(&to) {
                reached.push(to);
            }
        }
        let effects = reached.into_iter().cloned().map(effect).collect();
        self.engine.fan_out(it.incident.id, seq, effects, vec![it.finish(None)]).await?;
        self.forget(&it.job.key);
        Ok(())
    }

    /// Who is in the group that a page wants to reach?
    pub(super) async fn look_up_group(
        &self,
        it: &Errand,
        page: PageId,
        version: u32,
        target: &Target,
    ) -> Result<(), Stop> {
        let others = self.behind_service(&it.whole, target);
        let people = self.people_of(&it.whole, target).await?;
        let strangers = if people.is_empty() { self.strangers(target).await? } else { Vec::new() };
        let (target, failed) = (target.clone(), None);
        let found = Command::FoundTargets { page, version, target, people, others, strangers, failed };
        self.report(it, None, found).await
    }

    /// Whom a service stands for, each of them to be asked in their own way.
    fn behind_service(&self, it: &Incident, target: &Target) -> Vec<Target> {
        let Target::Service(service) = target else { return Vec::new() };
        let now = self.clock.now();
        let asks = |only: &Condition| only.skips(it.severity, now).is_none();
        asked_for_service(self.engine.settings(), self.engine.books().of(it), service, asks)
    }

    /// Whom a calendar names where a schedule has nobody.
    async fn strangers(&self, target: &Target) -> Result<Vec<String>, Stop> {
        let (schedule, rotation) = match target {
            Target::Schedule(id) => (id, None),
            Target::Rotation { schedule, rotation } => (schedule, Some(rotation.as_str())),
            Target::Person(_)
            | Target::Group(_)
            | Target::Channel(_)
            | Target::Role(_)
            | Target::Service(_)
            | Target::Webhook(_)
            | Target::External(_) => return Ok(Vec::new()),
        };
        Ok(match self.engine.cover(schedule, rotation, self.clock.now()).await? {
            Some(Cover::Gap(Gap::Strangers { names })) => names,
            Some(Cover::Gap(_) | Cover::People(_)) | None => Vec::new(),
        })
    }

    /// Who is meant by a target now.
    pub(super) async fn people_of(&self, it: &Incident, target: &Target) -> Result<Vec<UserId>, Stop> {
        Ok(match target {
            Target::Person(person) => vec![person.clone()],
            Target::Group(group) => self.chat.group_members(group).await?,
            // A service stands for targets of its own.
            Target::Channel(_) | Target::Webhook(_) | Target::External(_) | Target::Service(_) => Vec::new(),
            Target::Schedule(id) => self.engine.on_call(id, None, self.clock.now()).await?,
            Target::Rotation { schedule, rotation } => {
                self.engine.on_call(schedule, Some(rotation), self.clock.now()).await?
            }
            Target::Role(role) => {
                it.roles.get(role).map(|r| r.holders().map(|h| h.person).collect()).unwrap_or_default()
            }
        })
    }

    /// Who is in it could not be found out.
    pub(super) async fn not_found_out(
        &self,
        it: &Errand,
        (page, version): (PageId, u32),
        target: &Target,
        why: &str,
    ) -> Result<(), Stop> {
        let (people, others, strangers) = (Vec::new(), Vec::new(), Vec::new());
        let (target, failed) = (target.clone(), Some(why.to_owned()));
        let found = Command::FoundTargets { page, version, target, people, others, strangers, failed };
        self.report(it, None, found).await
    }

    /// A page was refused for good.
    pub(super) async fn page_failed(&self, it: &Errand, why: &str) -> Result<(), Stop> {
        self.have_ways_found(it).await?;
        match failed(it, why) {
            Some(command) => self.report(it, None, command).await,
            None => self.end(it, None).await,
        }
    }

    /// The errand cannot be tried before `next`: is that too late? `true` where that ended it.
    pub(super) async fn out_of_patience(&self, it: &Errand, trouble: &Trouble, next: Timestamp) -> Result<bool, Stop> {
        let (late, pause) = (next.duration_since(it.job.due), next.duration_since(self.clock.now()));
        match &it.effect {
            // Behind the fallback there is nobody who could be asked instead.
            Effect::LookUpGroup { page, target, .. } if late > GROUP_PATIENCE && is_last_hope(it, *page) => {
                let what = format!("look up {target}, whom the fallback asks, yet, and goes on trying");
                self.is_late_with(it, &what, &trouble.to_string()).await.map(|()| false)
            }
            Effect::LookUpGroup { page, version, target } if is_asked_enough(it, late, pause) => {
                self.not_found_out(it, (*page, *version), target, &format!("Slack {trouble}")).await?;
                Ok(true)
            }
            Effect::Duty(duty::Deed::LookUpGroup { role, version, group }) if is_asked_enough(it, late, pause) => {
                let why = Some(format!("Slack {trouble}"));
                self.found_role_group(it, role, *version, group, Vec::new(), why).await?;
                Ok(true)
            }
            Effect::Reach { .. } if late > super::reach::PATIENCE => {
                self.way_is_late(it, trouble).await.map(|()| false)
            }
            Effect::SendPage { page, to, .. } if late > patience(it, *page, to) => {
                self.have_ways_found(it).await?;
                let wanted = it.incident.page(*page).is_some_and(is_wanted)
                    && !is_recorded(&self.engine.history(it.incident.id).await?, it);
                let whose = if matches!(to, Target::Webhook(_) | Target::External(_)) { "" } else { "Slack " };
                if let Some(command) = failed(it, &format!("{whose}{trouble}")).filter(|_| wanted) {
                    self.ask_beside(it, command).await?;
                }
                Ok(false)
            }
            Effect::SyncExternal { of, act, .. } => self.sync_is_late(it, of, *act, trouble, late).await,
            // A person may post by hand what does not get through.
            Effect::Comms(comms::Deed::Post { send, outlet, .. }) if late > PATIENCE => {
                let command = super::comms::post_failed(*send, outlet, &trouble.to_string(), true);
                self.ask_beside(it, command).await.map(|()| false)
            }
            Effect::Comms(comms::Deed::Correct { send, outlet, correction, .. }) if late > PATIENCE => {
                let asked =
                    super::correcting::Correcting { send: *send, outlet, correction: *correction, again: false };
                self.ask_beside(it, asked.failed(&trouble.to_string(), true)).await.map(|()| false)
            }
            _ => Ok(false),
        }
    }
}

/// Was it asked often enough who is in a group, and for long enough? Who wants to be left alone for long is not waited for: nobody is
/// asked meanwhile.
fn is_asked_enough(it: &Errand, late: SignedDuration, pause: SignedDuration) -> bool {
    late > GROUP_PATIENCE && (it.tries.saturating_add(1) >= GROUP_TRIES || pause > LEFT_ALONE)
}

/// Does the page's fallback ask, and nobody who could acknowledge is reached by it yet?
fn is_last_hope(it: &Errand, page: PageId) -> bool {
    it.incident.page(page).is_some_and(|page| page.waits() && page.at_fallback() && !page.is_answerable())
}

/// How long a message has to get out before others are asked, or the same person by other ways.
fn patience(it: &Errand, page: PageId, to: &Target) -> SignedDuration {
    let has_ways = |page: &Page| match to {
        Target::Person(who) => page.beside(who).is_some(),
        Target::Webhook(_) | Target::External(_) => true,
        Target::Group(_)
        | Target::Channel(_)
        | Target::Schedule(_)
        | Target::Rotation { .. }
        | Target::Role(_)
        | Target::Service(_) => false,
    };
    if it.incident.page(page).is_some_and(has_ways) { PATIENCE_BESIDE } else { PATIENCE }
}

/// Was this attempt recorded already, whatever came of it?
fn is_recorded(history: &[(u64, Event)], it: &Errand) -> bool {
    let Effect::SendPage { page, round, step, times, to, .. } = &it.effect else { return true };
    history.iter().any(|(_, event)| match &event.what {
        What::PageAttempted { page: of, attempt: a } => {
            of == page && a.way.is_none() && (a.round, a.step, a.times) == (*round, *step, *times) && a.to == *to
        }
        _ => false,
    })
}

fn failed(it: &Errand, why: &str) -> Option<Command> {
    let Effect::SendPage { page, round, step, times, to, .. } = &it.effect else { return None };
    let outcome = Outcome::Failed { why: why.to_owned() };
    let attempt = Attempt { round: *round, step: *step, times: *times, to: to.clone(), way: None, outcome };
    Some(Command::RecordAttempt { page: *page, attempt })
}

/// Is anyone still wanted? A page that ran out of people before its messages went out is.
fn is_wanted(page: &Page) -> bool {
    match page.state {
        PageState::Waiting | PageState::Exhausted { .. } => true,
        PageState::Acknowledged { .. } | PageState::AcknowledgedExternally { .. } | PageState::Ended { .. } => false,
    }
}

/// Every message that asked for help: of which page, whom, and where it is.
pub(super) fn messages(history: &[(u64, Event)]) -> impl Iterator<Item = (PageId, &Target, MessageRef)> {
    history.iter().filter_map(|(_, event)| match &event.what {
        What::PageAttempted { page, attempt } => {
            let (channel, ts) = attempt.outcome.message()?;
            Some((*page, &attempt.to, MessageRef { channel: channel.clone(), ts: ts.clone() }))
        }
        _ => None,
    })
}

/// The last message of a page that went to `to`.
pub(super) fn last_message(history: &[(u64, Event)], page: PageId, to: &Target) -> Option<MessageRef> {
    messages(history).filter(|(of, whom, _)| *of == page && *whom == to).last().map(|(.., at)| at)
}

/// Why they said that they cannot come.
pub(super) fn why_not<'a>(history: &'a [(u64, Event)], page: PageId, to: &Target) -> Option<&'a Text> {
    history.iter().rev().find_map(|(_, event)| match &event.what {
        What::PageDeclined { page: of, by, why } if *of == page && *to == Target::Person(by.clone()) => why.as_ref(),
        _ => None,
    })
}
