//! What people see of alerts, and what becomes of them by rule.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ATTEMPTS, Ask, Engine, REMEMBERED, Refusal, projection::key};
use crate::{
    alert::{Act, Group, Standing, reference},
    config::policy_of,
    ids::{IncidentId, Series},
    incident::{
        Actor, Command, Declaration, Event, Incident, Rejection, What,
        intake::{self, Attaching},
        not_paged,
    },
    playbook::{ServiceId, Severity},
    store::{Commit, CommitError, Json, NewJob, OnPending, Queue, ReadError, Remember},
};

/// What the lanes of this work begin with.
pub(super) const LANES: &str = "alerts/";
/// How many incidents of a service are looked at for one that is open.
const OF_SERVICE: usize = 50;

/// The body of an outbox entry about a group of alerts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Showing {
    /// Version of this shape.
    pub v: u8,
    /// Which group.
    pub group: u64,
    /// What is to be done.
    pub what: Shown,
}

/// What is to be done about a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// Its message, as it stands; and its incident hears what it must.
    Message,
    /// What a rule says.
    Rule(Act),
    /// People hear that what a rule says could not be done, and why.
    Refused {
        /// What it says.
        act: Act,
        /// Why not.
        why: Box<Rejection>,
    },
}

/// What became of a group, for whoever is shown it.
#[derive(Debug, Clone)]
pub enum Taken {
    /// Nothing; it may belong to this incident.
    Not(Option<std::sync::Arc<Incident>>),
    /// It belongs to this incident, which everybody may see.
    By(std::sync::Arc<Incident>),
    /// Somebody deals with it, and not everybody may know where.
    Hidden,
    /// It was dismissed.
    Dismissed,
}

/// Is this the lane of work about alerts?
pub fn is_of_alerts(lane: &str) -> bool {
    lane.starts_with(LANES)
}

/// The message of a group, as it will stand then.
pub(super) fn show(group: u64, due: Timestamp) -> NewJob {
    let (lane, body) = (format!("{LANES}{group}"), Json::of(&Showing { v: 1, group, what: Shown::Message }));
    NewJob { key: lane.clone(), queue: Queue::Lane(lane), due, on_pending: OnPending::Replace, body }
}

/// Rules are carried out one after the other: what the first declares is what the next is attached to.
pub(super) fn by_rule(group: u64, act: Act, due: Timestamp) -> NewJob {
    let queue = Queue::Lane(format!("{LANES}rules"));
    let body = Json::of(&Showing { v: 1, group, what: Shown::Rule(act) });
    NewJob { key: format!("{LANES}rules/{group}"), queue, due, on_pending: OnPending::Replace, body }
}

/// People hear that a rule could not be followed.
fn refused(group: u64, act: Act, why: Rejection, due: Timestamp) -> NewJob {
    let key = format!("{LANES}refused/{group}");
    let body = Json::of(&Showing { v: 1, group, what: Shown::Refused { act, why: Box::new(why) } });
    NewJob { key: key.clone(), queue: Queue::Lane(key), due, on_pending: OnPending::Keep, body }
}

impl Engine {
    /// A group, and what became of it, for what is shown of it.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn alerts_to_show(&self, number: u64) -> Result<Option<(Group, Taken)>, ReadError> {
        let Some(group) = self.alerts(number).await? else { return Ok(None) };
        let taken = match &group.standing {
            Standing::Dismissed { .. } => Taken::Dismissed,
            Standing::Free => Taken::Not(self.open_of(group.opened.service.as_ref()).await?),
            Standing::Attached { incident } => match self.incident(*incident).await? {
                Some(it) if !it.is_secret() && it.access.moved.is_none() => Taken::By(it),
                Some(_) | None => Taken::Hidden,
            },
        };
        Ok(Some((group, taken)))
    }

    /// The latest incident of a service that somebody is at work on and that everybody may see. A drill is no such work.
    async fn open_of(&self, service: Option<&ServiceId>) -> Result<Option<std::sync::Arc<Incident>>, ReadError> {
        let Some(service) = service else { return Ok(None) };
        let keys = self.store.docs(&key::services(service), None, OF_SERVICE, true).await?;
        let all = self.all_of(keys.iter().filter_map(|(k, _)| key::id_of(k))).await?;
        let takes = |it: &Incident| it.is_worked_on() && !it.is_secret() && it.id.series != Series::Drill;
        Ok(all.into_iter().find(|it| takes(it)))
    }

    /// The incident that a group belongs to hears how it stands, where that is news.
    ///
    /// # Errors
    /// [`Refusal`]s of the store.
    pub async fn tell_of_alerts(&self, group: &Group) -> Result<(), Refusal> {
        let Some(id) = group.incident() else { return Ok(()) };
        let firing = u32::try_from(group.firing().len()).unwrap_or(u32::MAX);
        let stand = Command::Intake(intake::Ask::AlertsStand { group: group.number, firing });
        match self.ask(Ask::new(None, Actor::Bot, Some(id), stand)).await {
            Ok(_) | Err(Refusal::Rejected { .. }) => Ok(()),
            Err(refusal) => Err(refusal),
        }
    }

    /// Does what a rule says of a group: whoever took it, or an incident of its own, is as bad as the rule says, and the rule's
    /// policy is paged for it.
    ///
    /// # Errors
    /// [`Refusal`]s of the store.
    pub async fn rule_alerts(&self, number: u64, act: &Act) -> Result<(), Refusal> {
        // What it is attached to may be resolved at the same moment: that takes nothing any more, and the next one is looked for.
        for _ in 0..ATTEMPTS {
            let Some(group) = self.alerts(number).await? else { return Ok(()) };
            let taken = match group.standing {
                Standing::Attached { incident } => Ok(Some(incident)),
                Standing::Dismissed { .. } => Ok(None),
                Standing::Free => match self.open_of(group.opened.service.as_ref()).await? {
                    Some(it) => self.attach_by_rule(number, it.id).await,
                    None => self.declare_by_rule(&group, act).await,
                },
            };
            match taken {
                Ok(Some(id)) => return self.page_by_rule(&group, id, act).await,
                Ok(None) => return Ok(()),
                Err(Refusal::Rejected { why: Rejection::Ended(_) | Rejection::Merged { .. }, .. }) => {}
                // It is offered all the same.
                Err(Refusal::Rejected { why, .. }) => return self.tell_of_refused(&group, act, why).await,
                Err(refusal) => return Err(refusal),
            }
        }
        Err(Refusal::Busy)
    }

    /// Once for what the group is now: a look that was interrupted is done again.
    async fn tell_of_refused(&self, group: &Group, act: &Act, why: Rejection) -> Result<(), Refusal> {
        let now = self.clock.now();
        let key = format!("{LANES}refused/{}/{}", group.number, group.changed.as_millisecond());
        let until = now.saturating_add(REMEMBERED).unwrap_or(Timestamp::MAX);
        let commit = Commit {
            enqueue: vec![refused(group.number, act.clone(), why, now)],
            remember: vec![Remember { key, until, answer: Json::of(&true) }],
            at: Some(now),
            ..Commit::default()
        };
        match self.store.commit(commit).await {
            Ok(()) | Err(CommitError::Known { .. }) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    async fn attach_by_rule(&self, group: u64, id: IncidentId) -> Result<Option<IncidentId>, Refusal> {
        let attach = Command::Intake(intake::Ask::AttachAlerts(Attaching { group, found: None }));
        match self.ask(Ask::new(None, Actor::Bot, Some(id), attach)).await {
            // One that has as many as it takes is told of them all the same, by the page.
            Ok(_) | Err(Refusal::Rejected { why: Rejection::Intake(intake::No::ManyAlerts), .. }) => Ok(Some(id)),
            Err(refusal) => Err(refusal),
        }
    }

    async fn declare_by_rule(&self, group: &Group, act: &Act) -> Result<Option<IncidentId>, Refusal> {
        let Act::Declare { severity, lead, on_call, .. } = act else { return Ok(None) };
        let on_call = match on_call {
            Some(schedule) => self.on_call(schedule, None, self.clock.now()).await?,
            None => Vec::new(),
        };
        let declaration = Declaration {
            title: group.opened.title.chars().take(200).collect(),
            severity: *severity,
            service: group.opened.service.clone(),
            alerts: Some(Box::new(Attaching { group: group.number, found: None })),
            lead: Some(on_call.into_iter().next().unwrap_or_else(|| lead.clone())),
            ..Declaration::default()
        };
        let key = Some(format!("alerts-declare/{}", group.number));
        // Two groups may be called the same, and are not one because of that.
        let ask = Ask { anyway: true, ..Ask::new(key, Actor::Bot, None, Command::Declare(declaration)) };
        self.ask(ask).await.map(|done| Some(done.incident.id))
    }

    /// An incident to which alerts belong is as bad as their rule says, unless it was before: then people have found otherwise since.
    /// And the rule's policy is paged for it, where that is not being asked, and nobody who was is on it.
    async fn page_by_rule(&self, group: &Group, id: IncidentId, act: &Act) -> Result<(), Refusal> {
        let Act::Declare { severity, policy, .. } = act else { return Ok(()) };
        let key = |what: &str| Some(format!("alerts-{what}/{}/{}", group.number, group.changed.as_millisecond()));
        let Some(it) = self.incident(id).await?.filter(|it| it.is_worked_on() && !it.is_secret()) else {
            return Ok(());
        };
        if let Some(to) = severity.filter(|to| *to < it.severity)
            && worst(&self.history(id).await?).is_some_and(|worst| to < worst)
        {
            let why = format!("that is what the rule for the alerts {} says", reference(group.number));
            let raise = Command::ChangeSeverity { to, why: Some(why) };
            let what = format!("raise it to {to}");
            self.as_ruled(group, Ask::new(key("severity"), Actor::Bot, Some(id), raise), &what).await?;
        }
        let Some(name) = policy else { return Ok(()) };
        let what = format!("page {name}");
        let Some(policy) = policy_of(self.settings(), name) else {
            return self.not_as_ruled(group, id, &what, "the settings have no such policy any more".to_owned()).await;
        };
        let runs = |it: &Incident| it.pages.iter().any(|page| page.is_on() && page.policy.name == policy.name);
        if self.incident(id).await?.is_none_or(|it| runs(&it)) {
            return Ok(());
        }
        self.as_ruled(group, Ask::new(key("page"), Actor::Bot, Some(id), Command::StartPage { policy }), &what).await
    }

    /// What a rule says is done; where it cannot be, those who work on the incident hear why.
    async fn as_ruled(&self, group: &Group, ask: Ask, what: &str) -> Result<(), Refusal> {
        let id = ask.incident;
        match (self.ask(ask).await, id) {
            // Somebody else was faster.
            (Ok(_) | Err(Refusal::Rejected { why: Rejection::AlreadySo | Rejection::AlreadyAsked(_), .. }), _) => {
                Ok(())
            }
            (Err(Refusal::Rejected { why, .. }), Some(id)) => self.not_as_ruled(group, id, what, not_paged(&why)).await,
            (Err(refusal), _) => Err(refusal),
        }
    }

    async fn not_as_ruled(&self, group: &Group, id: IncidentId, what: &str, why: String) -> Result<(), Refusal> {
        let what = format!("{what}, as the rule for the alerts {} says", reference(group.number));
        let key = format!("alerts-refused/{}/{}/{what}", group.number, group.changed.as_millisecond());
        let give_up = Command::GiveUp { what, why };
        match self.ask(Ask::new(Some(key), Actor::Bot, Some(id), give_up)).await {
            Ok(_) | Err(Refusal::Rejected { .. }) => Ok(()),
            Err(refusal) => Err(refusal),
        }
    }
}

/// The worst that an incident was ever taken for.
fn worst(history: &[(u64, Event)]) -> Option<Severity> {
    let severities = history.iter().filter_map(|(_, event)| match &event.what {
        What::Declared { severity, .. } => Some(*severity),
        What::SeverityChanged { to, .. } => Some(*to),
        _ => None,
    });
    severities.min()
}
