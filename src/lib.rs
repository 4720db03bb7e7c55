//! Watchroom: an incident-response bot for Slack.

pub mod clock;
pub mod command;
pub mod config;
pub mod engine;
pub mod ids;
pub mod incident;
pub mod ingress;
pub mod paging;
pub mod playbook;
pub mod ports;
pub mod render;
pub mod sandbox;
pub mod store;
