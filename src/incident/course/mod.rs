//! The course that an incident takes: what its phases need, who answers for them, who is asked and told, and what holds up
//! its end.
//!
//! A phase changes at once; what it still needs is suggested, once. Refused is only what cannot be taken back: calling a major
//! incident resolved without its final fix, and closing it with open ends.

mod apply;
mod ask;
mod beside;
mod consult;
mod decide;
mod effects;
mod exits;
mod fact;
mod fix;
mod follow;
mod gates;
mod needs;
mod no;
mod raci;
mod spans;
mod state;
mod way;

pub use ask::{Alarm, Ask, Said};
pub use beside::opens;
pub use exits::accepts;
pub use fact::{Fact, Gate, Missing};
pub use gates::{closing, left_open, resolving, untold};
pub use needs::{STATEMENT_LIMIT, is_met, is_statement, missing};
pub use no::No;
pub use raci::informs_customers;
pub use spans::{Spans, spans};
pub use state::{Beside, Consult, Exit, FinalFix, State};
pub use way::{Way, is_secret, way};

pub(super) use apply::apply;
pub(super) use beside::open as begin_beside;
pub(super) use consult::{asked_at_first, miss, remind, upcoming};
pub(super) use decide::decide;
pub(super) use effects::{effects, is_said, is_shown, timers};
pub(super) use follow::{first, follow, has_work};
pub(super) use gates::pass;
pub(super) use raci::means;
