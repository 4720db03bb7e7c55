//! How trouble comes in: criteria, events that are kept and promoted, the service, who noticed first, what is similar, a thread
//! instead of a room, and the quiet words of the organisation's values.

mod alerts;
mod apply;
mod ask;
mod decide;
mod effects;
mod fact;
mod kept;
mod nudge;
mod similar;
mod state;

pub use ask::{Ask, Attaching, FoundAlerts};
pub use fact::{Detection, Fact, Opening};
pub use kept::{Happening, Kept, NOTED_VERSION, Noted, keep};
pub use similar::{Likeness, Subject, alike, condition, tokens};
pub use state::{Alerts, State, Thread};

pub use nudge::{Nudges, dues};

pub(super) use alerts::declared as declared_of_alerts;
pub(super) use apply::{apply, opened};
pub use decide::may_thread;
pub(super) use decide::{decide, nudge, opening, upcoming};
pub(super) use effects::{people, tells, timers};
pub(super) use nudge::noticed;

use crate::{
    ids::IncidentId,
    playbook::{CriterionId, Playbook, Severity},
};

/// Why something about the intake is not so.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum No {
    /// There is no event with this number, or its words are gone.
    NoSuchEvent(u64),
    /// The event is an incident already.
    Promoted {
        /// Which event.
        event: u64,
        /// Which incident.
        into: IncidentId,
    },
    /// It has a room already.
    HasRoom,
    /// The playbook has no such service.
    NoSuchService(String),
    /// There is no group of alerts with this number, or it was forgotten.
    NoSuchAlerts(u64),
    /// Somebody took the group, or dismissed it.
    AlertsTaken(u64),
    /// As many groups belong to it as may.
    ManyAlerts,
    /// As many conditions are known as may.
    ManyConditions {
        /// The most.
        limit: usize,
    },
    /// That condition is not known of it.
    NoSuchCondition,
}

/// The severity that these criteria suggest: the worst of them.
#[must_use]
pub fn suggested(playbook: &Playbook, ticked: &[CriterionId]) -> Option<Severity> {
    playbook.criteria.iter().filter(|c| ticked.contains(&c.id)).map(|c| c.suggest).min()
}
