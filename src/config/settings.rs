//! The deployment's choices that the incident domain looks at.

use serde::{Deserialize, Serialize};

use crate::paging::{Policy, Target};

/// The deployment's choices that the incident domain and its renderings look at. No secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Where new incidents are announced: a channel's id, or its name without `#`.
    pub announce_channel: Option<String>,
    /// Where status updates are posted besides the room.
    pub updates_channel: Option<String>,
    /// The standing call bridge, shown on every card.
    pub call_bridge: Option<String>,
    /// This deployment's own address, for links.
    pub public_url: Option<String>,
    /// IANA zone used where a person's own is not known.
    pub timezone: String,
    /// Archive the room when its incident is closed?
    pub archive_on_close: bool,
    /// Escalation policies by name.
    pub policies: Vec<Policy>,
    /// Asked when nobody answered. Empty only where nothing is configured; then the announce channel is asked.
    pub fallback: Vec<Target>,
    /// Minutes that a person paged by name has before the fallback is asked.
    pub page_wait_min: u32,
    /// Minutes between repeated messages to a person paged by name.
    pub page_repeat_min: u32,
}
