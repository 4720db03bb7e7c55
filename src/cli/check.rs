//! `watchroom check`: is what is written down sound?

use std::path::Path;

use super::{Failure, say};
use crate::{
    clock::{Clock as _, SystemClock},
    config::Config,
    playbook::{self, Contact, Service},
};

pub(super) fn run(path: Option<&Path>, json: bool) -> Result<(), Failure> {
    let today = SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let mut problems = match Config::load_at(path, &Config::environment, Some(today)) {
        Ok(config) => [missing(&config), policies(&config), config.playbook.problems].concat(),
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

/// Prints the JSON Schema of a playbook.
pub(super) fn schema() -> Result<(), Failure> {
    let schema = serde_json::to_string_pretty(&playbook::schema()).map_err(|e| Failure::Check(e.to_string()))?;
    say(schema);
    Ok(())
}

/// Prints the playbook inside the binary, comments and all.
pub(super) fn builtin() {
    say(playbook::BUILTIN.trim_end());
}

/// The playbook names policies that the settings must have.
fn policies(config: &Config) -> Vec<String> {
    let known = |name: &str| config.settings.policies.iter().any(|p| p.name.eq_ignore_ascii_case(name));
    let services = config.playbook.playbook.iter().flat_map(|p| p.services.iter().enumerate());
    // A service without a policy is paged by its owner.
    let policy_of = |s: &Service| match (&s.policy, &s.owner) {
        (Some(policy), _) => Some(("policy", policy.clone())),
        (None, Some(Contact::OnCall(name))) => Some(("owner", name.clone())),
        (None, Some(Contact::User(_) | Contact::Group(_) | Contact::External(_)) | None) => None,
    };
    let sentence = |n: usize, service: &Service, key: &str, policy: &str| {
        let file = config.playbook.path.as_ref().map(|p| p.display().to_string()).unwrap_or_default();
        let line = playbook::line_of(&config.playbook.text, "services", n, key);
        let id = &service.id;
        format!("{file}:{line}: service `{id}` names the policy `{policy}`; add it to [[policies]] of watchroom.toml")
    };
    let named = services.filter_map(|(n, s)| Some((n, s, policy_of(s)?)));
    let unknown = named.filter(|(_, _, (_, policy))| !known(policy));
    unknown.map(|(n, service, (key, policy))| sentence(n, service, key, &policy)).collect()
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
