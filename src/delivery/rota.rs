//! What people are told about who is on call, in lanes of their own; and user groups that follow a schedule.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{
    Delivery,
    errand::Stop,
    posting::{Parcel, receipt},
    retry::{self, Verdict},
};
use crate::{
    config::Followed,
    engine::{Rota, RotaTold},
    ids::{GroupId, UserId},
    paging::{
        Target,
        rota::{Personal, Same, Span, is_concerned, same, schedules_of},
        schedule::{Override, ScheduleId},
    },
    ports::Trouble,
    render::{Message, oncall as render},
    store::Job,
};

/// So far ahead it is looked whether a step will ask the same people as the step before.
const STEPS_AHEAD: SignedDuration = SignedDuration::from_hours(7 * 24);
/// So far ahead it is looked who will be on call.
const PEOPLE_AHEAD: SignedDuration = SignedDuration::from_hours(14 * 24);

impl Delivery {
    pub(super) async fn tell_of_schedule(&self, job: &Job, look: bool) -> Result<(), Stop> {
        let rota: Rota = job
            .body
            .read()
            .map_err(|e| Stop::Record(format!("job `{}` was written by another release: {e}", job.key)))?;
        if let RotaTold::Away { to, seq } = &rota.what {
            return self.tell_away(job, look, to, *seq).await;
        }
        if let RotaTold::Home { to } = &rota.what {
            self.show_home(to).await?;
            return self.end_aside(job, None).await;
        }
        if let RotaTold::Void { to } = &rota.what {
            return self.tell_void(job, look, &rota.schedule, to).await;
        }
        // Nobody wants to hear of one that the file does not have any more.
        let Some(followed) = self.engine.settings().schedule_of(&rota.schedule) else {
            return self.end_aside(job, None).await;
        };
        let now = self.clock.now();
        match &rota.what {
            RotaTold::Changed { to, seq } => {
                let fact = self.engine.rostered(&rota.schedule, *seq).await?;
                let fact = fact.ok_or_else(|| Stop::Record(format!("job `{}` is about no fact", job.key)))?;
                self.tell_person(job, look, to, &render::changed(followed, to, &fact, now)).await
            }
            RotaTold::Ask { to, number } => {
                let rolled = self.engine.rolled(followed).await?;
                let Some(ask) = rolled.roll.ask(*number) else { return self.end_aside(job, None).await };
                let message = render::asked(followed, to, ask, now);
                let parcel = Parcel { key: &job.key, look, since: ask.at, under: None };
                let channel = self.chat.direct(to).await?;
                let posted = self.keep_shown(&parcel, &channel, &message).await?;
                self.end_aside(job, Some(receipt(&posted.at))).await
            }
            RotaTold::Shift { to, span } => {
                // They may have found somebody else since.
                let theirs = self.engine.on_call(&rota.schedule, None, span.from).await?.contains(to);
                if !theirs {
                    return self.end_aside(job, None).await;
                }
                self.tell_person(job, look, to, &render::shift(followed, *span, now)).await
            }
            RotaTold::Uncovered { to, who, by, span, .. } => {
                self.tell_person(job, look, to, &render::uncovered(followed, who, by, *span, now)).await
            }
            RotaTold::Gaps { missing } => {
                self.tell_owner(job, look, followed, &render::gaps(followed, missing, now)).await
            }
            RotaTold::Calendar { layer, news } => {
                let feed = self.engine.feed(&rota.schedule, layer);
                let message = feed.and_then(|feed| render::calendar_news(followed, &feed, news));
                match message {
                    Some(message) => self.tell_owner(job, look, followed, &message).await,
                    // It is over, or the file does not name it any more.
                    None => self.end_aside(job, None).await,
                }
            }
            RotaTold::People => self.look_at_people(job, look, followed).await,
            RotaTold::Steps => self.look_at_steps(job, look, followed).await,
            RotaTold::Group => match &followed.user_group {
                Some(group) => self.follow(job, look, followed, group).await,
                None => self.end_aside(job, None).await,
            },
            RotaTold::Away { .. } | RotaTold::Home { .. } | RotaTold::Void { .. } => self.end_aside(job, None).await,
        }
    }

    async fn tell_person(&self, job: &Job, look: bool, to: &UserId, message: &Message) -> Result<(), Stop> {
        let channel = self.chat.direct(to).await?;
        let parcel = Parcel { key: &job.key, look, since: job.due, under: None };
        let posted = self.send_once(&parcel, &channel, message).await?;
        self.end_aside(job, Some(receipt(&posted.at))).await
    }

    async fn tell_away(&self, job: &Job, look: bool, to: &UserId, seq: u64) -> Result<(), Stop> {
        let fact: Option<Personal> = self.engine.personal(to, seq).await?;
        let fact = fact.ok_or_else(|| Stop::Record(format!("job `{}` is about no fact", job.key)))?;
        self.tell_person(job, look, to, &render::away(&fact, self.clock.now())).await
    }

    /// Their overrides of a schedule that is gone count for nothing, unless it is back by now.
    async fn tell_void(&self, job: &Job, look: bool, schedule: &ScheduleId, to: &UserId) -> Result<(), Stop> {
        let (now, roll) = (self.clock.now(), self.engine.roll(schedule).await?);
        let concerns = |over: &&Override| over.created_by == *to || over.people().any(|person| person == to);
        let theirs: Vec<&Override> = roll.coming(now).into_iter().filter(concerns).collect();
        if theirs.is_empty() || self.engine.settings().schedule_of(schedule).is_some() {
            return self.end_aside(job, None).await;
        }
        self.tell_person(job, look, to, &render::void(schedule, &theirs, now)).await
    }

    /// Whoever owns a schedule: a person, each member of a group, or a channel. Where there is none, or none that can be told,
    /// the announce channel hears it.
    async fn tell_owner(&self, job: &Job, look: bool, followed: &Followed, message: &Message) -> Result<(), Stop> {
        self.reach_owner(job, look, followed, message).await?;
        self.end_aside(job, None).await
    }

    async fn reach_owner(&self, job: &Job, look: bool, followed: &Followed, message: &Message) -> Result<(), Stop> {
        let owners = match &followed.owner {
            Some(Target::Group(group)) => {
                self.chat.group_members(group).await?.into_iter().map(Target::Person).collect()
            }
            Some(owner) => vec![owner.clone()],
            None => Vec::new(),
        };
        let mut told = false;
        for owner in &owners {
            match self.tell_one(job, look, owner, message).await {
                Ok(()) => told = true,
                Err(Stop::Trouble(trouble)) if retry::verdict(&trouble) == Verdict::Never => {
                    tracing::warn!(job = job.key, %trouble, "the owner of a schedule was not told");
                }
                Err(stop) => return Err(stop),
            }
        }
        let announce = self.engine.settings().announce_channel.as_deref().filter(|_| !told);
        if let Some(channel) = announce {
            self.tell_one(job, look, &Target::Channel(channel.into()), message).await?;
        }
        Ok(())
    }

    /// Who will be on call within two weeks and cannot be reached any more? The owner hears of each once.
    async fn look_at_people(&self, job: &Job, look: bool, followed: &Followed) -> Result<(), Stop> {
        let (now, schedule) = (self.clock.now(), &followed.schedule.id);
        let rolled = self.engine.rolled(followed).await?;
        let window = now..now.saturating_add(PEOPLE_AHEAD).unwrap_or(Timestamp::MAX);
        let mut left: Vec<(UserId, Span)> = Vec::new();
        let mut seen = BTreeSet::new();
        for slot in rolled.roster().render(&window) {
            for who in slot.cover.people().filter(|who| seen.insert((*who).clone())) {
                let is_there = match self.chat.person(who).await {
                    Ok(person) => person.active && !person.is_bot,
                    Err(Trouble::Refused(code)) if code == "user_not_found" => false,
                    Err(trouble) => return Err(trouble.into()),
                };
                left.extend((!is_there).then(|| (who.clone(), Span { from: slot.from, until: slot.until })));
            }
        }
        let untold = self.engine.untold_left(schedule, left).await?;
        if !untold.is_empty() {
            self.reach_owner(job, look, followed, &render::left(followed, &untold, now)).await?;
            self.engine.told_left(schedule, &untold).await?;
        }
        self.end_aside(job, None).await
    }

    /// Will a step of a policy ask by this schedule the same people as the step before? The owner hears of each once.
    async fn look_at_steps(&self, job: &Job, look: bool, followed: &Followed) -> Result<(), Stop> {
        let (now, schedule) = (self.clock.now(), &followed.schedule.id);
        let window = now..now.saturating_add(STEPS_AHEAD).unwrap_or(Timestamp::MAX);
        let settings = self.engine.settings();
        let mut all: Vec<Same> = Vec::new();
        for policy in settings.policies.iter().filter(|policy| schedules_of(policy).any(|id| id == schedule)) {
            let ids: BTreeSet<&ScheduleId> = schedules_of(policy).collect();
            let mut schedules = Vec::new();
            for followed in ids.into_iter().filter_map(|id| settings.schedule_of(id)) {
                schedules.push(self.engine.rolled(followed).await?);
            }
            let found = same(policy, &schedules, &window).into_iter();
            all.extend(found.filter(|same| is_concerned(policy, same, schedule)));
        }
        let untold = self.engine.untold_same(schedule, all).await?;
        if !untold.is_empty() {
            self.reach_owner(job, look, followed, &render::same(followed, &untold, now)).await?;
            self.engine.told_same(schedule, &untold).await?;
        }
        self.end_aside(job, None).await
    }

    async fn tell_one(&self, job: &Job, look: bool, to: &Target, message: &Message) -> Result<(), Stop> {
        // Jobs that replace each other have one key, and what they tell is not the same.
        let key = format!("{}/{}/{}", job.key, job.id, to.key());
        let parcel = Parcel { key: &key, look, since: job.due, under: None };
        let channel = self.conversation(to).await?;
        self.send_once(&parcel, &channel, message).await.map(drop)
    }

    /// The user group has those as members who are on call. Where Slack refuses that for good, the owner hears of it: the group goes
    /// on naming others.
    async fn follow(&self, job: &Job, look: bool, followed: &Followed, group: &GroupId) -> Result<(), Stop> {
        let done = self.set_members(followed, group).await;
        let refused = match &done {
            Err(Stop::Trouble(trouble)) => retry::refused_for_good(trouble),
            Ok(()) | Err(_) => None,
        };
        let Some(why) = refused else {
            done?;
            return self.end_aside(job, None).await;
        };
        tracing::warn!(job = job.key, why, "a user group does not follow its schedule");
        if self.engine.is_group_untold(&followed.schedule.id, why).await? {
            self.reach_owner(job, look, followed, &render::group_stays(followed, group, why)).await?;
            self.engine.told_group(&followed.schedule.id, why).await?;
        }
        self.end_aside(job, None).await
    }

    /// Slack has no empty groups: in a gap it stays as it is.
    async fn set_members(&self, followed: &Followed, group: &GroupId) -> Result<(), Stop> {
        let mut wanted = self.engine.on_call(&followed.schedule.id, None, self.clock.now()).await?;
        let mut members = self.chat.group_members(group).await?;
        wanted.sort_unstable();
        members.sort_unstable();
        if !wanted.is_empty() && wanted != members {
            self.chat.set_group_members(group, &wanted).await?;
        }
        Ok(())
    }
}
