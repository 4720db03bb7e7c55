//! Who does what: the ladder by which people are asked to take roles, the checklists of those who hold them, roles that the
//! same person should not hold, and tasks.
//!
//! Roles themselves, and offers of them, are the incident's own ([`super::What::RoleTaken`], [`super::What::RoleOffered`]);
//! here is what the playbook asks beyond that.

mod acting;
mod apply;
mod ask;
mod check;
mod decide;
mod effects;
mod exclusions;
mod fact;
mod follow;
mod ladder;
mod lists;
mod several;
mod state;
mod tasks;

use super::{Incident, Upcoming};

pub use apply::apply;
pub use ask::{Ask, Deed};
pub use check::done_at;
pub use decide::decide;
pub use effects::{effects, over, timers};
pub(super) use exclusions::waived;
pub use fact::{Clash, Fact, No, NotHere, Owed, Rung};
pub use follow::follow;
pub(super) use ladder::{consulted, is_settled};
pub(super) use lists::remind as remind_item;
pub use several::Several;
pub use state::{Item, Ladder, List, Standing, State, Task};
pub(super) use tasks::phase_tasks;
pub(super) use tasks::remind as remind_task;
pub use tasks::{DEFAULT_MIN, MAJOR_MIN, add as new_task};

/// Every reminder of who does what that is still to come.
pub(super) fn upcoming(it: &Incident) -> impl Iterator<Item = Upcoming> + '_ {
    lists::upcoming(it).chain(tasks::upcoming(it))
}

/// The most people who are asked to take one role because they are in a user group.
pub(crate) const MOST_OF_A_GROUP: usize = 12;
/// The most open offers that the ladder makes in one incident; a group is cut short there, and the room hears it when nobody
/// takes the role.
pub(crate) const MOST_ASKED: usize = 60;
/// The most people who hold one role at once.
pub(crate) const MOST_HOLDERS: usize = 12;
/// The most duties that are kept for all holders together.
pub(crate) const MOST_ITEMS: usize = 80;
/// So many tasks that ended undone are remembered.
pub(crate) const MOST_DROPPED: usize = 200;
/// The most open tasks.
pub(crate) const MOST_TASKS: usize = 40;
