//! Settings: `watchroom.toml` and the environment, every problem told at once. They are read at start; what the file says of who is
//! on call, paged and told is read again when it changes.
//!
//! The environment wins over the file. Secrets come only from the environment, or from a file that it names
//! (`SLACK_BOT_TOKEN_FILE`), and never appear in a log.

mod alerts;
mod asked;
mod calendars;
mod connectors;
mod digest;
mod edits;
mod external;
mod file;
mod gotify;
mod grafana_oncall;
mod load;
mod mail;
mod names;
mod opsgenie;
mod pagerduty;
mod pagers;
mod playbook;
mod schedule;
mod secret;
mod settings;
mod status_page;
mod tokens;
mod twilio;
mod ways;
mod webhooks;

pub use alerts::{AlertSource, Mapping, SourceKind};
pub use asked::{asked_for_service, asking, named_for_service, nobody, policy_of, policy_of_role, policy_of_service};
pub use calendars::{Address, Aliases, CalendarSource};
pub use connectors::{
    Abilities, ConnectorConfig, ConnectorKind, Counts, DeskConfig, HookConfig, HookKind, Host, HostedPage,
    MastodonConfig, STATUS_PAGE, XConfig,
};
pub use digest::Digest;
pub use edits::{AT_START, Heard, SettingsFile};
pub use external::ExternalPagers;
pub(crate) use file::external_target;
pub use gotify::GotifyConfig;
pub use grafana_oncall::GrafanaOnCallConfig;
pub use load::{Config, Environment, Looked, Problems, SlackConfig};
pub use mail::{MailConfig, MailTls};
pub use opsgenie::{JiraSite, OpsgenieConfig};
pub use pagerduty::PagerDutyConfig;
pub use pagers::PagerConfig;
pub use playbook::PlaybookFile;
pub use secret::Secret;
pub use settings::{Followed, Settings};
pub use status_page::{Component, LANGUAGES, REMIND_MIN, StatusPageSettings, SubscriberSettings};
pub use tokens::ApiToken;
pub use twilio::TwilioConfig;
pub use ways::{NtfyConfig, WaysConfig};
pub use webhooks::WebhookConfig;
