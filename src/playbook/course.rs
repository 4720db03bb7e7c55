//! When an event is an incident, how bad it is, and the way it takes: criteria, severities, kinds, phases.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ActivityId, CriterionId, KindId, Paged, PhaseId, RoleId, Severity};

/// A reason to declare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Its name in records.
    pub id: CriterionId,
    /// A sentence that is true or not. At most 75 characters, Slack's limit for a tick box.
    pub label: String,
    /// The severity it suggests; of several ticks the worst counts.
    pub suggest: Severity,
    /// The kind it suggests, where it is not the default one.
    #[serde(default)]
    pub kind: Option<KindId>,
}

/// What a severity means and asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeverityDef {
    /// 1 the worst.
    pub level: Severity,
    /// One word (`critical`).
    pub label: String,
    /// Shown with its name.
    pub emoji: String,
    /// A plain definition.
    pub means: String,
    /// Major incidents are closed only with what their phases need, and keep leading and hands-on work apart.
    #[serde(default)]
    pub major: bool,
    /// Minutes that someone asked to take a role has before the next one is asked; 0: nobody else is asked.
    #[serde(default)]
    pub answer_within_min: u32,
    /// May it be worked on in a thread, without a room?
    #[serde(default)]
    pub thread: bool,
    /// Who is paged, without being asked for, where an incident is this bad: `service`, where somebody answers for it,
    /// `service:<id>`, `role:<id>`.
    #[serde(default)]
    pub page: Vec<Paged>,
}

/// Who may see an incident.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Everybody in the workspace.
    #[default]
    Workspace,
    /// Only those who were let in: a private room, a codename, nothing on any surface to anyone else.
    NeedToKnow,
}

/// A kind of incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// Its name.
    pub id: KindId,
    /// For people.
    pub label: String,
    /// Who may see incidents of this kind.
    #[serde(default)]
    pub visibility: Visibility,
    /// The role that whoever declares holds at first.
    pub lead_role: RoleId,
    /// Roles that every incident of this kind has; the lead holds one that nobody else has accepted.
    #[serde(default)]
    pub required_roles: Vec<RoleId>,
    /// For a need-to-know kind: the roles that each, by another person, must find a text for the public right before it goes there;
    /// none: nothing ever goes there.
    #[serde(default)]
    pub release_roles: Vec<RoleId>,
    /// In order; those with `beside` stand in no order and run beside the others.
    pub phases: Vec<Phase>,
}

/// What a phase means for timers and pages, whatever it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// People feel it.
    Active,
    /// Impact has ended; we watch.
    Monitoring,
    /// Mended for good. Updates and pages end.
    Resolved,
}

/// A phase of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Its name.
    pub id: PhaseId,
    /// For people.
    pub label: String,
    /// Shown with its label.
    pub emoji: String,
    /// What it means for timers and pages.
    pub stage: Stage,
    /// What is true while it lasts, in a sentence.
    #[serde(default)]
    pub means: String,
    /// What must be there before it is left.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// Minutes that its signal is watched before it is left; for [`Need::Watched`].
    #[serde(default)]
    pub watch_min: u32,
    /// Runs beside the others: it opens with this phase, and stays open until its own needs are met.
    #[serde(default)]
    pub beside: Option<PhaseId>,
    /// The row of the RACI table that it is; none: the row with the phase's own name, if there is one.
    #[serde(default)]
    pub activity: Option<ActivityId>,
}

/// What a phase needs before it is left. The record can tell of each whether it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// A sentence: who feels what.
    ImpactStatement,
    /// A fix on the timeline.
    Fix,
    /// The final fix: which one, by which signal, confirmed by whom.
    FinalFix,
    /// The phase has lasted for its `watch_min`.
    Watched,
    /// Who noticed first: monitoring, an employee, a customer, someone else.
    DetectionSource,
    /// The severity was looked at once more since declaring.
    SeverityReviewed,
    /// A sentence: what was reached, when, from where, whose data.
    ScopeStatement,
    /// An entry in the list of evidence.
    Evidence,
    /// A sentence: what stops it from getting worse.
    ContainmentStatement,
    /// A sentence: what was removed.
    EradicationStatement,
    /// A sentence: by which criteria all is normal again.
    RecoveryStatement,
    /// Every customer whose impact is confirmed was told.
    NoticesDelivered,
}
