//! 3  Who is asked, in which order, and the life of one page; who is on call. Pure.

pub mod external;
mod guard;
pub mod ical;
pub mod import;
mod page;
mod policy;
pub mod reach;
pub mod rota;
pub mod schedule;
pub(crate) mod wire;

pub use guard::Guard;
pub use page::{Attempt, Check, Onward, Outcome, Page, PageId, PageState, Return};
pub use policy::{AT_ONCE, Answers, Condition, Hours, LEAST_URGENT, Policy, Skipped, Step, Target, WAITING};
