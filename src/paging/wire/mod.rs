//! What the APIs of other providers answer, in their own words: read from the files of an import, and by the adapters that ask them.

pub mod grafana;
pub mod opsgenie;
pub mod pagerduty;
