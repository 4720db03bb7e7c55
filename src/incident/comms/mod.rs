//! What is said to those outside the room: who is owed which text by when, drafts and their approval, what was sent where and
//! what came of it.
//!
//! The internal update stays what it is ([`What::UpdatePosted`](super::What::UpdatePosted)); its words never become a text for
//! others. A text for others is a [`Letter`], which only a template makes.

mod apply;
mod ask;
mod cadence;
mod correct;
mod decide;
mod effects;
mod fact;
mod facts;
mod fit;
mod letter;
mod no;
mod outlets;
mod send;
mod state;
mod text;

pub use ask::{Alarm, Ask, Deed, Drafting};
pub use cadence::{factor, owner};
pub use correct::{corrected_letter, template_of_send};
pub use fact::{Amendment, Fact, MAYBE_THERE, NOT_SET_UP, Published, Sending, Way};
pub use facts::facts;
pub use fit::{Fit, is_short};
pub use letter::{Letter, Shape, letter, shape};
pub use no::No;
pub use outlets::{applies, customers_affected, is_secret, may_post, outlets_for, releasers, unreleased, writable};
pub use send::ALONE_AFTER;
pub use state::{Amended, Delivered, Delivery, Draft, Promise, Send, State, Thread};
pub use text::same_words;

use outlets::whole;

pub(super) use apply::{apply, redacted};
pub(super) use cadence::{escalate, follow, remind, upcoming};
pub(super) use decide::decide;
pub(super) use effects::{changes_card, effects, is_said, timers};
