//! Providers that say who is on call, and page. All of what is asked of them can be asked twice: pages are made once under our key.

mod cached;
mod call;
mod grafana;
mod level;
mod opsgenie;
mod pager;
mod pagerduty;

pub use cached::{Cached, Known};
pub use grafana::GrafanaOnCall;
pub use opsgenie::Opsgenie;
pub use pager::WebhookPagers;
pub use pagerduty::PagerDuty;
