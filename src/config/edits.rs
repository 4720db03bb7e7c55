//! The settings' file while the bot runs: what of an edit takes force at once, and what at the next start.

use std::path::{Path, PathBuf};

use super::Settings;

/// `watchroom.toml`, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it says, word for word, or why it cannot be read.
    pub text: Result<String, String>,
}

/// What the file says of this counts from the next start on: connections are made once, and most of it belongs to a secret. All
/// else takes force within seconds of an edit.
pub const AT_START: [&str; 17] = [
    "listen",
    "public_url",
    "data",
    "playbook",
    "slack_api_url",
    "alert_sources",
    "pagerduty",
    "opsgenie",
    "grafana_oncall",
    "pagers",
    "ntfy",
    "gotify",
    "twilio",
    "mail",
    "webhooks",
    "status_page",
    "connectors",
];

/// What somebody should hear of a file that people edit while the bot runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It cannot be used.
    Broken,
    /// It can be used again.
    Mended,
    /// Some of it counts from the next start on.
    Waits,
}

impl SettingsFile {
    /// Reads it.
    #[must_use]
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).map_err(|e| format!("{} cannot be read: {e}", path.display()));
        Self { path: path.to_owned(), text }
    }

    /// What stands otherwise in `other`, of that which counts from the next start on.
    #[must_use]
    pub fn waits_for_start(&self, other: &Self) -> Vec<&'static str> {
        let table = |file: &Self| -> toml::Table {
            file.text.as_ref().ok().and_then(|text| text.parse().ok()).unwrap_or_default()
        };
        let (ours, theirs) = (table(self), table(other));
        AT_START.into_iter().filter(|key| ours.get(*key) != theirs.get(*key)).collect()
    }
}

impl Settings {
    /// These, as they come into force in a process that began with `start`.
    #[must_use]
    pub fn in_process_of(self, start: &Self) -> Self {
        Self {
            public_url: start.public_url.clone(),
            ways: start.ways.clone(),
            webhooks: start.webhooks.clone(),
            external_pagers: start.external_pagers.clone(),
            connectors: start.connectors.clone(),
            status_page: start.status_page.clone(),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::file::File;

    fn file(text: &str) -> SettingsFile {
        SettingsFile { path: "watchroom.toml".into(), text: Ok(text.into()) }
    }

    #[test]
    fn what_waits_for_a_start_is_named() {
        let before = file("listen = '127.0.0.1:1'\n[paging]\nwait_min = 5\n[ntfy]\n");
        let live = file("listen = '127.0.0.1:1'\ncall_bridge = 'https://x.example'\n[paging]\nwait_min = 9\n[ntfy]\n");
        assert!(before.waits_for_start(&live).is_empty());
        let both = file("listen = '127.0.0.1:2'\n[[webhooks]]\nname = 'siren'\n");
        assert_eq!(before.waits_for_start(&both), ["listen", "ntfy", "webhooks"]);
    }

    /// Every key of the file is known here: a new one is either read again or stands in the list.
    #[test]
    fn each_key_is_read_again_or_waits() {
        const AGAIN: [&str; 12] = [
            "digest",
            "timezone",
            "announce_channel",
            "updates_channel",
            "alerts_channel",
            "call_bridge",
            "archive_on_close",
            "paging",
            "policies",
            "schedules",
            "people",
            "alert_rules",
        ];
        let unknown = toml::from_str::<File>("x = 1").expect_err("no key").to_string();
        let keys = unknown.split_once("expected one of ").expect("the keys").1;
        let mut keys: Vec<&str> = keys.split('`').skip(1).step_by(2).collect();
        keys.sort_unstable();
        let mut known = [AT_START.as_slice(), &AGAIN].concat();
        known.sort_unstable();
        assert_eq!(keys, known);
    }
}
