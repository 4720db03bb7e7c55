//! What is asked, and what becomes of it.

use super::{Ask, ladder, lists, tasks};
use crate::incident::{Context, Incident, Rejection, What};

/// The events that an ask makes now.
///
/// # Errors
/// Why nothing changes.
pub fn decide(it: &Incident, ask: &Ask, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    match ask {
        Ask::NextRung { role, version } => ladder::next_rung(it, role, *version, cx),
        Ask::FoundGroup { role, version, group, people, failed } => {
            ladder::found(it, role, *version, group, (people, failed.as_deref()), cx)
        }
        Ask::Unreachable { role, offer, why } => ladder::unreachable(it, role, *offer, why),
        Ask::TickOff { role, duty, owner, why } => lists::tick_off(it, role, duty, owner.as_ref(), why.as_deref(), cx),
        Ask::AddTask { text, owner, due } => tasks::create(it, text, owner.as_ref(), *due, cx),
        Ask::GiveTask { task, to } => tasks::give(it, *task, to),
        Ask::PostponeTask { task, due } => tasks::postpone(it, *task, *due, cx),
        Ask::FinishTask { task } => tasks::finish(it, *task),
    }
}
