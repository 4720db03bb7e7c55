//! 3  Who is asked, in which order, and the life of one page. Pure.

mod page;
mod policy;

pub use page::{Attempt, Outcome, Page, PageId, PageState};
pub use policy::{AT_ONCE, Policy, Step, Target, WAITING};
