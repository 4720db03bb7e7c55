//! What is recorded of a case beside its timeline: the customers whom it reaches and what they were told, and what customers
//! reported; pieces of evidence with who keeps them; what was observed, suspected or confirmed.
//!
//! A customer is named, its impact is confirmed, it is told, it acknowledges. Nobody is told before there is a plan of how
//! customers are told, and before the impact on that customer is confirmed; it takes a person to tell, and the bot records
//! what was sent by hand. Words stay in the events: the state has their places.
//!
//! Where an open incident goes on as a need-to-know one, its records come along ([`Fact::Carried`]): who recorded them and when
//! stays as it was, nobody hears of them again, and their times ring there from then on. The stub keeps its own record, as it
//! keeps its timeline; what is redacted in one of the two is redacted in both. Open tasks, questions and fixes come with them
//! ([`What::Carried`](crate::incident::What::Carried)), and what customers were promised is somebody's task there.

mod apply;
mod ask;
mod carry;
mod customers;
mod decide;
mod effects;
mod evidence;
mod external;
mod fact;
mod no;
mod notices;
mod report;
mod reports;
mod state;

pub use ask::{Alarm, Ask, Engaging, Found, Notice, Piece};
pub(crate) use carry::{carried, received};
pub use customers::{names, notices_due, owner};
pub(super) use customers::{overdue, upcoming};
pub use external::may_come;
pub use fact::{Certainty, Fact, Motive, Reach};
pub use no::No;
pub use notices::{Waits, approvers, may_approve, notice_reference, notice_to_fill, notice_waits, wants_two};
pub use report::{
    ACKNOWLEDGE_WITHIN, Acknowledged, FILED_VERSION, Filed, Filing, Report, Source, due as report_due,
    make as make_report,
};
pub use state::{Customer, Engagement, Evidence, Observation, Plan, Standing, State, Waiting};

pub(super) use apply::{apply, redacted};
pub(super) use decide::decide;
pub(super) use effects::{effects, is_said, timers};

/// The most customers of one incident.
pub(crate) const MOST_CUSTOMERS: usize = 60;
/// The most pieces of evidence of one incident.
pub(crate) const MOST_EVIDENCE: usize = 40;
/// The most engagements of one incident.
pub(crate) const MOST_ENGAGEMENTS: usize = 20;
/// The most observations of one incident.
pub(crate) const MOST_OBSERVATIONS: usize = 40;
/// How many reports that wait for their acknowledgement the state remembers; a list shows the others too.
pub(crate) const MOST_WAITING: usize = 50;
/// The longest name of a customer, in characters.
pub const NAME_LIMIT: usize = 80;
/// The longest line that says how somebody is reached, in characters.
pub const CONTACT_LIMIT: usize = 200;
