//! The simulated Slack workspace.
