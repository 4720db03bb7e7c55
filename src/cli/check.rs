//! `watchroom check`: is what is written down sound?

use std::path::Path;

use super::{Failure, say};
use crate::config::Config;

pub(super) fn run(path: Option<&Path>, json: bool) -> Result<(), Failure> {
    let mut problems = match Config::load(path, &Config::environment) {
        Ok(config) => missing(&config),
        Err(problems) => problems.0,
    };
    problems.dedup();
    if json {
        say(serde_json::json!({ "ok": problems.is_empty(), "problems": problems }));
    } else if problems.is_empty() {
        say("Settings and playbook are sound.");
    }
    match problems.as_slice() {
        [] => Ok(()),
        _ if json => Err(Failure::Check(format!("{} problems", problems.len()))),
        _ => Err(Failure::Check(problems.join("\n"))),
    }
}

/// What `serve` could not do without.
fn missing(config: &Config) -> Vec<String> {
    let mut problems = Vec::new();
    if config.slack.bot_token.is_none() {
        problems.push("SLACK_BOT_TOKEN is not set; the bot cannot speak in Slack without it".to_owned());
    }
    if config.slack.signing_secret.is_none() {
        problems.push("SLACK_SIGNING_SECRET is not set; without it nothing that arrives can be trusted".to_owned());
    }
    if config.settings.fallback.is_empty() {
        problems.push(
            "nobody is asked when a page finds no answer: set `fallback` in [paging], or `announce_channel`".to_owned(),
        );
    }
    problems
}
