//! `watchroom check`: is what is written down sound?

use std::path::Path;

use super::{Failure, doctor::listed, say};
use crate::{
    clock::{Clock as _, SystemClock},
    config::{self, Config, Looked, PlaybookFile},
    paging::reach::Way,
    playbook, render,
};

/// All that `serve` needs; or one playbook by itself, which needs no settings and no secrets.
pub(super) fn run(path: Option<&Path>, playbook: Option<&Path>, json: bool) -> Result<(), Failure> {
    let today = Some(SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC).date());
    if playbook.is_some() {
        let file = PlaybookFile::read(playbook, today);
        let problems = file.problems.clone();
        return tell(&file, None, problems, json);
    }
    let Looked { settings, playbook, config } = Config::look(path, &Config::environment, today);
    let ways = config.as_ref().ok().map(|config| config.settings.ways.clone());
    let urgency = config.as_ref().map(|config| urgency(&config.settings)).unwrap_or_default();
    let problems = match config {
        Ok(config) => [config.playbook.problems.clone(), config.unknown_names(), missing(&config)].concat(),
        Err(problems) => problems.0,
    };
    let settings = settings.map_or_else(
        || "no watchroom.toml here, so the environment and what is usual".to_owned(),
        |file| file.path.display().to_string(),
    );
    let looked = Settings { from: &settings, ways: ways.as_deref(), urgency };
    tell(&playbook, Some(&looked), problems, json)
}

/// What stands in the settings.
struct Settings<'a> {
    /// Where they stand.
    from: &'a str,
    /// The ways to people that they set up, where they can be used.
    ways: Option<&'a [Way]>,
    /// When pages are urgent, by policy.
    urgency: Vec<String>,
}

/// When pages are urgent by each policy that says so.
pub(super) fn urgency(settings: &config::Settings) -> Vec<String> {
    let own = settings.policies.iter().filter(|policy| policy.urgent.is_some());
    own.map(|policy| format!("policy {}: {}", policy.name, render::urgency(policy))).collect()
}

/// What was read, and what is wrong with it; no `settings` where they were not looked at.
fn tell(
    playbook: &PlaybookFile,
    settings: Option<&Settings<'_>>,
    mut problems: Vec<String>,
    json: bool,
) -> Result<(), Failure> {
    problems.dedup();
    if json {
        let named = playbook.playbook.as_ref();
        let of = serde_json::json!({
            "path": playbook.path,
            "name": named.map(|p| &p.name),
            "version": named.map(|p| &p.version),
        });
        let ways = settings.and_then(|settings| settings.ways);
        let urgency = settings.map(|settings| &settings.urgency);
        let ok = problems.is_empty();
        say(serde_json::json!({ "ok": ok, "playbook": of, "ways": ways, "urgency": urgency, "problems": problems }));
    } else {
        if let Some(Settings { from, .. }) = settings {
            say(format_args!("Settings: {from}"));
        }
        say(format_args!("Playbook: {}", which(playbook)));
        match settings.and_then(|settings| settings.ways) {
            Some([]) => say("Ways to people: Slack messages alone, which may not wake anyone"),
            Some(ways) => say(format_args!("Ways to people: Slack, {}", listed(ways))),
            None => {}
        }
        settings.iter().flat_map(|settings| &settings.urgency).for_each(say);
        match (problems.is_empty(), settings) {
            (true, Some(_)) => say("Settings and playbook are sound."),
            (true, None) => say("The playbook is sound. `watchroom check` looks at it together with the settings."),
            (false, _) => {}
        }
    }
    match problems.as_slice() {
        [] => Ok(()),
        _ if json => Err(Failure::Check(format!("{} problems", problems.len()))),
        _ => Err(Failure::Check(problems.join("\n"))),
    }
}

/// The playbook that was read.
pub(super) fn which(file: &PlaybookFile) -> String {
    match (&file.path, &file.playbook) {
        (None, book) => {
            let version = book.as_ref().map(|book| format!(", version {}", book.version)).unwrap_or_default();
            format!("the built-in one{version} (WATCHROOM_PLAYBOOK names another)")
        }
        (Some(path), Some(book)) => {
            format!("{}: \u{201c}{}\u{201d}, version {}", path.display(), book.name, book.version)
        }
        (Some(path), None) => format!("{}, which cannot be used as it is", path.display()),
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

/// What `serve` could not do without, and a playbook can.
fn missing(config: &Config) -> Vec<String> {
    let mut problems = Vec::new();
    let slack = &config.slack;
    let hears = slack.signing_secret.is_some() || slack.app_token.is_some();
    let needed = [
        ("SLACK_BOT_TOKEN", slack.bot_token.is_some()),
        ("SLACK_SIGNING_SECRET (or SLACK_APP_TOKEN for Socket Mode)", hears),
    ];
    let unset: Vec<&str> = needed.iter().filter(|(_, is_set)| !is_set).map(|(name, _)| *name).collect();
    if !unset.is_empty() {
        problems.push(format!(
            "not set: {}; `watchroom serve` needs them to speak with Slack (to check a playbook alone: `watchroom check FILE`)",
            unset.join(" and ")
        ));
    }
    if config.settings.fallback.is_empty() {
        problems.push(
            "nobody is asked when a page finds no answer: set `fallback` in [paging], or `announce_channel`".to_owned(),
        );
    }
    problems
}
