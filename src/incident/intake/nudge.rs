//! Quiet words of the organisation's values: each once in an incident, at its moment, at most one within twenty minutes, and
//! none where somebody muted them.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    incident::{EntryKind, Event, Incident, What, case, intake::Detection, state::unset},
    playbook::{Moment, Need, Playbook, Stage, Value},
};

/// Between two of them.
const APART: SignedDuration = SignedDuration::from_mins(20);
/// The most that are remembered; more values than that have no say in one incident.
const MOST: usize = 16;

/// What is known for the words of values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Nudges {
    /// Somebody wants to hear no more of them.
    #[serde(skip_serializing_if = "unset")]
    pub muted: bool,
    /// The values that had their say.
    #[serde(skip_serializing_if = "unset")]
    pub said: Vec<String>,
    /// When the last one had.
    #[serde(skip_serializing_if = "unset")]
    pub last: Option<Timestamp>,
    /// When something moved last: an entry, a page, a change.
    #[serde(skip_serializing_if = "unset")]
    pub moved_at: Option<Timestamp>,
    /// Since when the phase lasts.
    #[serde(skip_serializing_if = "unset")]
    pub phase_at: Option<Timestamp>,
    /// Is a fix on the timeline?
    #[serde(skip_serializing_if = "unset")]
    pub fixed: bool,
    /// Since when it may be known that a customer was first: who noticed it was said, or a report came in.
    #[serde(skip_serializing_if = "unset")]
    pub customer_at: Option<Timestamp>,
}

impl Nudges {
    /// A value has had its say.
    pub(super) fn had(&mut self, value: &str, at: Timestamp) {
        self.said.push(value.to_owned());
        self.last = Some(at);
    }
}

/// Notes what moves.
pub fn noticed(it: &mut Incident, event: &Event) {
    let nudges = &mut it.intake.nudges;
    if let What::Case(case::Fact::ReportAttached { .. }) = &event.what {
        nudges.customer_at = nudges.customer_at.or(Some(event.at));
    }
    match &event.what {
        What::Declared { .. } | What::PhaseChanged { .. } => {
            nudges.phase_at = Some(event.at);
            nudges.moved_at = Some(event.at);
        }
        What::Reopened { .. } => {
            nudges.phase_at = Some(event.at);
            nudges.moved_at = Some(event.at);
            nudges.fixed = false;
        }
        What::EntryAdded { entry, .. } => {
            nudges.moved_at = Some(event.at);
            nudges.fixed |= *entry == EntryKind::Fix;
        }
        What::SeverityChanged { .. }
        | What::RoleTaken { .. }
        | What::PageStarted { .. }
        | What::PageAcknowledged { .. }
        | What::PageAcknowledgedExternally { .. }
        | What::UpdatePosted { .. } => nudges.moved_at = Some(event.at),
        // What people write down, do and decide; what timers and deliveries record moves nothing.
        What::Case(_) | What::Duty(_) | What::Course(_) | What::Comms(_) if event.by.person().is_some() => {
            nudges.moved_at = Some(event.at);
        }
        // Nothing moves any more; reopening begins anew.
        What::Closed {} | What::Cancelled { .. } => (nudges.moved_at, nudges.phase_at) = (None, None),
        _ => {}
    }
}

/// Every value that will have a say if nothing more happens, and when.
#[must_use]
pub fn dues<'a>(playbook: &'a Playbook, it: &Incident) -> Vec<(Timestamp, &'a Value)> {
    let nudges = &it.intake.nudges;
    if nudges.muted || !it.is_open() || nudges.said.len() >= MOST {
        return Vec::new();
    }
    let waiting = playbook.values.iter().filter(|value| !nudges.said.contains(&value.id));
    waiting.filter_map(|value| Some((due(playbook, it, value)?, value))).collect()
}

/// Was a customer first? Somebody says so, or one reported it before we noticed.
fn was_first(it: &Incident) -> bool {
    let noticed = it.detected_at.unwrap_or(it.declared_at);
    it.intake.detection == Some(Detection::Customer) || it.case.first_report_at.is_some_and(|at| at < noticed)
}

fn due(playbook: &Playbook, it: &Incident, value: &Value) -> Option<Timestamp> {
    let nudge = value.nudge.as_ref()?;
    let (intake, active) = (&it.intake, it.stage == Stage::Active);
    let since = match nudge.on {
        Moment::Stuck => intake.nudges.moved_at.filter(|_| active),
        Moment::NoFix => {
            let phase = playbook.kind(&it.kind).phase(it.phase.as_str());
            let asks = active && !intake.nudges.fixed && phase.is_some_and(|p| p.needs.contains(&Need::Fix));
            intake.nudges.phase_at.filter(|_| asks)
        }
        Moment::CustomerFirst => intake.nudges.customer_at.filter(|_| was_first(it)),
        Moment::Repeated => intake.repeats.or(intake.resembles).map(|_| it.declared_at),
        Moment::Resolved => it.resolved_at.filter(|_| it.stage == Stage::Resolved),
    };
    let after = |at: Timestamp, by: SignedDuration| at.saturating_add(by).unwrap_or(Timestamp::MAX);
    let at = after(since?, SignedDuration::from_mins(nudge.after_min.into()));
    Some(intake.nudges.last.map_or(at, |last| at.max(after(last, APART))))
}
