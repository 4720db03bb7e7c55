//! Need-to-know incidents: who may see one, who was let in by whom and why, what those outside are shown, and how an open
//! incident becomes a need-to-know one.
//!
//! # The rules
//!
//! - [`may_see`] is the one gate. People's reads go through `engine::Sight`, people's commands through [`gate()`], and both
//!   ask it. Someone outside gets the answer that a number without an incident gets.
//! - What is posted outside the room is rendered from [`outside()`]: every word of a person is gone, and the title is the
//!   codename. [`is_allowed`] refuses what must not be posted at all, when it is planned and again when it is carried out.
//! - A visibility that this release does not know counts as need-to-know; an event from before there was any as open.
//!
//! # An open incident that turns out to be a secret
//!
//! `private` and `kind` begin a new one in the `SEC` series in the same commit: it takes over title, severity, times, the lead,
//! role holders, the pages that wait and the records of the case, and gets a private room and a codename. The old number stays as a stub for ever: it
//! ends, its room, card, topic and announcement say that it continues elsewhere and whom to ask, and its record may be seen by
//! whoever may see the new one. Only the record and those inside know that the two are one. Nobody else is carried over. There is no
//! way back: what was a secret does not become an open incident; whoever may tell it declares a new one.

mod apply;
mod ask;
mod codename;
mod decide;
mod effects;
mod fact;
mod follow;
mod gate;
mod mask;
mod state;

pub use ask::{Ask, No};
pub use codename::{codename, numbered};
pub use effects::{Deed, is_allowed};
pub use fact::{Entry, Exit, Fact};
pub use gate::{Gate, answers, gate, may_see, refused};
pub use mask::{outside, outside_event};
pub use state::{Moved, State, visibility};

pub(super) use apply::apply;
pub(super) use decide::{acknowledge, decide, kind_of, leave, may_ask, reachable, without_channels};
pub(crate) use decide::{moves, series};
pub(super) use effects::{changes_card, changes_topic, effects, said_in_room};
pub(super) use follow::follow;
