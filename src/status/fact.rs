//! What is recorded of our own page.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Impact, PostId, PostStatus, Window};
use crate::incident::{Actor, Text};

/// The version of [`Posted`] that this release writes.
pub const POSTED_VERSION: u8 = 1;

/// A fact in the stream `org/status`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Posted {
    /// Version of this shape.
    pub v: u8,
    /// When.
    pub at: Timestamp,
    /// Who; the bot where it carries out what a person sent from an incident.
    pub by: Actor,
    /// What.
    pub what: Change,
}

/// What happened to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// An update of an incident: its first one opens the post.
    IncidentPosted {
        /// Which post.
        post: PostId,
        /// What makes this update itself, so that it stands there once.
        update: String,
        /// The headline.
        name: Text,
        /// The text.
        body: Text,
        /// How it stands.
        status: PostStatus,
        /// Every component that it touches, and how; all others of this post are operational again.
        impact: Impact,
        /// When the trouble began.
        started_at: Timestamp,
        /// When more is promised.
        next_by: Option<Timestamp>,
        /// Are subscribers told?
        notify: bool,
    },
    /// An update says something else now.
    UpdateCorrected {
        /// Which post.
        post: PostId,
        /// Which update.
        update: String,
        /// The headline, where that changes too.
        name: Option<Text>,
        /// The text.
        body: Text,
    },
    /// An update's words are gone for good.
    UpdateRedacted {
        /// Which post.
        post: PostId,
        /// Which update.
        update: String,
    },
    /// An incident is not the public's any more: its post is gone, with all that was said in it.
    IncidentTakenDown {
        /// Which post.
        post: PostId,
    },
    /// Maintenance is announced, or its plan changed.
    MaintenancePlanned {
        /// Which post.
        post: PostId,
        /// What makes this update itself.
        update: String,
        /// The headline.
        name: Text,
        /// The text.
        body: Text,
        /// From when until when.
        window: Window,
        /// The components that are worked on.
        impact: Impact,
        /// Are subscribers told?
        notify: bool,
    },
    /// It begins soon: subscribers are reminded of the plan, and nothing else changes.
    MaintenanceNear {
        /// Which post.
        post: PostId,
        /// In so many minutes.
        minutes: u32,
        /// Are subscribers told?
        notify: bool,
    },
    /// It began, is looked over, or is over.
    MaintenanceMoved {
        /// Which post.
        post: PostId,
        /// What makes this update itself.
        update: String,
        /// How it stands now.
        status: PostStatus,
        /// The text.
        body: Text,
        /// Are subscribers told?
        notify: bool,
    },
    /// Maintenance that will not be.
    MaintenanceCancelled {
        /// Which post.
        post: PostId,
        /// What makes this update itself.
        update: String,
        /// The text.
        body: Text,
        /// Are subscribers told?
        notify: bool,
    },
}

impl Change {
    /// Which post it is about.
    #[must_use]
    pub const fn post(&self) -> &PostId {
        match self {
            Self::IncidentPosted { post, .. }
            | Self::UpdateCorrected { post, .. }
            | Self::UpdateRedacted { post, .. }
            | Self::IncidentTakenDown { post }
            | Self::MaintenancePlanned { post, .. }
            | Self::MaintenanceNear { post, .. }
            | Self::MaintenanceMoved { post, .. }
            | Self::MaintenanceCancelled { post, .. } => post,
        }
    }

    /// Which update it is about; empty where it is all of them, or none.
    #[must_use]
    pub fn update(&self) -> &str {
        match self {
            Self::IncidentPosted { update, .. }
            | Self::UpdateCorrected { update, .. }
            | Self::UpdateRedacted { update, .. }
            | Self::MaintenancePlanned { update, .. }
            | Self::MaintenanceMoved { update, .. }
            | Self::MaintenanceCancelled { update, .. } => update,
            Self::IncidentTakenDown { .. } | Self::MaintenanceNear { .. } => "",
        }
    }

    /// Are subscribers told?
    #[must_use]
    pub const fn notifies(&self) -> bool {
        match self {
            Self::IncidentPosted { notify, .. }
            | Self::MaintenancePlanned { notify, .. }
            | Self::MaintenanceNear { notify, .. }
            | Self::MaintenanceMoved { notify, .. }
            | Self::MaintenanceCancelled { notify, .. } => *notify,
            Self::UpdateCorrected { .. } | Self::UpdateRedacted { .. } | Self::IncidentTakenDown { .. } => false,
        }
    }
}
