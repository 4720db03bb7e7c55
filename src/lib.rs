//! Watchroom: an incident-response bot for Slack.

pub mod clock;
pub mod ids;
pub mod sandbox;
pub mod store;
