//! What people see of alerts, and what becomes of them by rule.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Ask, Engine, Refusal, projection::key};
use crate::{
    alert::{Act, Group, Standing},
    incident::{
        Actor, Command, Declaration, Incident,
        intake::{self, Attaching},
    },
    playbook::ServiceId,
    store::{Json, NewJob, OnPending, Queue, ReadError},
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

    /// The latest open incident of a service that everybody may see.
    async fn open_of(&self, service: Option<&ServiceId>) -> Result<Option<std::sync::Arc<Incident>>, ReadError> {
        let Some(service) = service else { return Ok(None) };
        let keys = self.store.docs(&key::services(service), None, OF_SERVICE, true).await?;
        let all = self.all_of(keys.iter().filter_map(|(k, _)| key::id_of(k))).await?;
        Ok(all.into_iter().find(|it| it.is_open() && !it.is_secret()))
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

    /// Does what a rule says of a group that nobody took yet.
    ///
    /// # Errors
    /// [`Refusal`]s of the store.
    pub async fn rule_alerts(&self, number: u64, act: &Act) -> Result<(), Refusal> {
        let Some(group) = self.alerts(number).await? else { return Ok(()) };
        let Standing::Free = group.standing else { return self.page_by_rule(&group, act).await };
        let open = self.open_of(group.opened.service.as_ref()).await?.map(|it| it.id);
        let of = || Attaching { group: number, found: None };
        let ask = match (open, act) {
            (Some(id), _) => {
                let attach = Command::Intake(intake::Ask::AttachAlerts(of()));
                Ask::new(None, Actor::Bot, Some(id), attach)
            }
            (None, Act::Declare { severity, lead, on_call, .. }) => {
                let on_call = match on_call {
                    Some(schedule) => self.on_call(schedule, None, self.clock.now()).await?,
                    None => Vec::new(),
                };
                let declaration = Declaration {
                    title: group.opened.title.chars().take(200).collect(),
                    severity: *severity,
                    service: group.opened.service.clone(),
                    alerts: Some(Box::new(of())),
                    lead: Some(on_call.into_iter().next().unwrap_or_else(|| lead.clone())),
                    ..Declaration::default()
                };
                let key = Some(format!("alerts-declare/{number}"));
                // Two groups may be called the same, and are not one because of that.
                Ask { anyway: true, ..Ask::new(key, Actor::Bot, None, Command::Declare(declaration)) }
            }
            (None, Act::Attach | Act::Offer { .. } | Act::Ignore) => return Ok(()),
        };
        match self.ask(ask).await {
            Ok(_) if open.is_none() => match self.alerts(number).await? {
                Some(group) => self.page_by_rule(&group, act).await,
                None => Ok(()),
            },
            Ok(_) => Ok(()),
            Err(Refusal::Rejected { why, .. }) => {
                // It is offered all the same.
                tracing::warn!(alerts = number, ?why, "what a rule says of alerts could not be done");
                Ok(())
            }
            Err(refusal) => Err(refusal),
        }
    }

    /// Pages by the rule's policy for an incident that the bot declared of this group, once.
    async fn page_by_rule(&self, group: &Group, act: &Act) -> Result<(), Refusal> {
        let (Act::Declare { policy: Some(name), .. }, Some(id)) = (act, group.incident()) else { return Ok(()) };
        let declared = self.event(id, 1).await?.is_some_and(|event| event.by == Actor::Bot);
        let policy = self.settings().policies.iter().find(|policy| policy.name.eq_ignore_ascii_case(name));
        let (Some(policy), true) = (policy.cloned(), declared) else { return Ok(()) };
        let key = Some(format!("alerts-page/{}", group.number));
        match self.ask(Ask::new(key, Actor::Bot, Some(id), Command::StartPage { policy })).await {
            Ok(_) | Err(Refusal::Rejected { .. }) => Ok(()),
            Err(refusal) => Err(refusal),
        }
    }
}
