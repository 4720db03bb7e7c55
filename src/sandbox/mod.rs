//! The simulated Slack workspace.

pub mod page;
