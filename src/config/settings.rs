//! The deployment's choices that the incident domain looks at.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Abilities, Counts, Digest, ExternalPagers, STATUS_PAGE, StatusPageSettings};
use crate::{
    alert::Rule,
    ids::GroupId,
    paging::{
        Guard, Policy, Target,
        reach::Way,
        rota::Watch,
        schedule::{Schedule, ScheduleId},
    },
};

/// The deployment's choices that the incident domain and its renderings look at. No secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Where new incidents are announced: a channel's id, or its name without `#`.
    pub announce_channel: Option<String>,
    /// Where status updates are posted besides the room.
    pub updates_channel: Option<String>,
    /// Where alerts are shown: the same; the announce channel where none is named.
    pub alerts_channel: Option<String>,
    /// What becomes of alerts without anybody's press; the first that fits counts.
    pub alert_rules: Vec<Rule>,
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
    /// See [`Policy::ack_timeout_min`], where a policy does not say.
    #[serde(default)]
    pub page_ack_timeout_min: Option<u32>,
    /// How many pages one person gets from one incident before further ones are folded.
    #[serde(default)]
    pub page_guard: Guard,
    /// Built-in schedules, each id once.
    pub schedules: Vec<Followed>,
    /// Ways to people beside the chat that are set up.
    #[serde(default)]
    pub ways: Vec<Way>,
    /// Programs that steps may tell, by name.
    #[serde(default)]
    pub webhooks: Vec<String>,
    /// What steps may page at other providers.
    #[serde(default)]
    pub external_pagers: ExternalPagers,
    /// Places beside the chat that take texts for others, by name; `status_page` is our own page.
    #[serde(default)]
    pub connectors: BTreeMap<String, Abilities>,
    /// Our own status page, where there is one.
    #[serde(default)]
    pub status_page: Option<StatusPageSettings>,
    /// When and where the leadership is told what is open.
    #[serde(default)]
    pub digest: Option<Digest>,
}

/// Minutes before a shift at which whoever has it is reminded, where the file does not say.
pub(super) const REMIND_MIN: u32 = 60;

/// A built-in schedule, and who follows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Followed {
    /// Who is on call by itself.
    pub schedule: Schedule,
    /// Who hears of gaps and of changes; none: the announce channel.
    pub owner: Option<Target>,
    /// Its members in Slack are kept as those on call.
    pub user_group: Option<GroupId>,
    /// How it is watched.
    pub watch: Watch,
}

impl Settings {
    /// The schedule that people type as this, by id or name in any case.
    #[must_use]
    pub fn schedule(&self, name: &str) -> Option<&Followed> {
        let name = name.trim();
        let is_called = |s: &Schedule| s.id.as_str().eq_ignore_ascii_case(name) || s.name.eq_ignore_ascii_case(name);
        self.schedules.iter().find(|f| is_called(&f.schedule))
    }

    /// There is a status page of our own, which takes texts like any connector.
    pub fn show_status_page(&mut self, page: StatusPageSettings) {
        let own =
            Abilities { counts: Counts::Body, edits: true, components: true, subscribers: true, ..Abilities::NONE };
        self.connectors.insert(STATUS_PAGE.to_owned(), own);
        self.status_page = Some(page);
    }

    /// The schedule of this id.
    #[must_use]
    pub fn schedule_of(&self, id: &ScheduleId) -> Option<&Followed> {
        self.schedules.iter().find(|f| f.schedule.id == *id)
    }
}
