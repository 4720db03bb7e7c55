//! 3  What an incident is and may become. Pure: no clock, no I/O, no logging.
//!
//! [`decide()`] says what a command means now, [`apply()`] folds an event into the state, [`follow()`] adds the events that come
//! with it, [`effects`] says what must be done about it. `engine/` puts them together.
//!
//! What belongs to one area (`Fact`s of the record, `Ask`s of people, its `State`) has a directory of its own here, and one arm in
//! each of [`What`], [`Command`] and [`Incident`].

pub mod access;
mod apply;
pub mod case;
mod command;
pub mod comms;
pub mod course;
mod decide;
pub mod duty;
mod effect;
mod event;
mod follow;
pub mod following;
pub mod intake;
mod rejection;
mod remind;
mod state;
mod text;
pub mod times;

pub use apply::apply;
pub use command::{Command, Declaration, Redactable, When};
pub(crate) use decide::clean;
pub use decide::{Context, Turns, WHY_LIMIT, decide, not_paged};
pub use effect::{Effect, Effects, Said, Timer, effects, said_aloud};
pub use event::{
    Actor, EVENT_VERSION, EntryKind, Event, ExternalSource, MessageRef, PageEnd, RoomLoss, Taken, TimeField, What,
};
pub use follow::follow;
pub use rejection::{Needed, Rejection, TimeProblem};
pub use remind::{Reminded, Reminder, Upcoming, remind_at, soon, upcoming};
pub use state::{
    Ending, Holder, Incident, Offer, Previous, Redactions, RoleState, Room, RoomState, UpdateState, Words,
};
pub use text::Text;
