//! Events that nobody called an incident yet: kept with their own time, and promoted later. They have a stream of their own.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{ChannelId, IncidentId, UserId},
    incident::{Actor, MessageRef, Needed, Rejection, Text, decide},
    playbook::ServiceId,
};

/// The version that this release writes.
pub const NOTED_VERSION: u8 = 1;

/// One fact in the stream of kept events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Noted {
    /// Version of this shape.
    pub v: u8,
    /// When.
    pub at: Timestamp,
    /// Who made it happen.
    pub by: Actor,
    /// What happened.
    pub what: Happening,
}

/// What happens to kept events. An event's number is the place in the stream at which it was kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Happening {
    /// Something was said, and not called an incident.
    EventKept {
        /// The words.
        text: Text,
        /// The message that they were taken from.
        source: Option<MessageRef>,
        /// When that was said.
        said_at: Option<Timestamp>,
        /// Where the form was opened.
        channel: Option<ChannelId>,
        /// What is in trouble, where that was said.
        service: Option<ServiceId>,
    },
    /// It is an incident after all.
    EventPromoted {
        /// Which event.
        event: u64,
        /// Which incident.
        into: IncidentId,
    },
    /// Its words were removed for good.
    EventForgotten {
        /// Which event.
        event: u64,
    },
}

/// A kept event as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Its number.
    pub number: u64,
    /// When it was kept.
    pub at: Timestamp,
    /// Who said so.
    pub by: Option<UserId>,
    /// The words.
    pub text: Text,
    /// The message that they were taken from.
    pub source: Option<MessageRef>,
    /// When that was said.
    pub said_at: Option<Timestamp>,
    /// Where the form was opened.
    pub channel: Option<ChannelId>,
    /// What is in trouble, where that was said.
    pub service: Option<ServiceId>,
    /// The incident that it became.
    pub promoted: Option<IncidentId>,
}

impl Kept {
    /// When it happened: when its words were said, else when it was kept.
    #[must_use]
    pub fn happened_at(&self) -> Timestamp {
        self.said_at.unwrap_or(self.at)
    }

    /// Could it still become an incident?
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.promoted.is_none() && self.text.words().is_some()
    }
}

/// What keeps these words.
///
/// # Errors
/// Where there are none, or more than a title can have.
pub fn keep(
    raw: &str,
    source: Option<&MessageRef>,
    said_at: Option<Timestamp>,
    channel: Option<&ChannelId>,
    service: Option<&ServiceId>,
) -> Result<Happening, Rejection> {
    let text = decide::text(raw, Needed::Title, decide::TITLE_LIMIT)?;
    Ok(Happening::EventKept {
        text,
        source: source.cloned(),
        said_at,
        channel: channel.cloned(),
        service: service.cloned(),
    })
}
