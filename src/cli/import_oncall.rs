//! `watchroom import-oncall`: schedules and policies of another provider, as our settings.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};

use super::{Failure, say};
use crate::{
    clock::{Clock as _, SystemClock},
    ids::UserId,
    paging::{
        import::{Beside, Provider, Source, is_placeholder, read},
        schedule::Zone,
    },
    render,
};

/// The largest export that is read, in bytes, all files together.
const LARGEST: u64 = 64 * 1024 * 1024;

/// `watchroom import-oncall`.
#[derive(Debug, Args)]
pub struct ImportOncallArguments {
    /// A file with an answer of the provider's API (JSON), or a directory of such
    #[arg(value_name = "FILE or DIR")]
    path: PathBuf,
    /// Whose answers they are
    #[arg(long, value_enum)]
    from: From,
    /// The time zone of schedules that name none, like Europe/Berlin
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    zone: String,
    /// A TOML file with people's ids in Slack by e-mail address: "someone@example.com" = "U0123456"
    #[arg(long, value_name = "FILE")]
    people: Option<PathBuf>,
}

/// A provider, as people type it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum From {
    /// Opsgenie, Jira Service Management Operations
    Opsgenie,
    /// Grafana OnCall
    Grafana,
    /// PagerDuty
    Pagerduty,
}

impl From {
    const fn provider(self) -> Provider {
        match self {
            Self::Opsgenie => Provider::Opsgenie,
            Self::Grafana => Provider::Grafana,
            Self::Pagerduty => Provider::PagerDuty,
        }
    }
}

/// Settings on standard output; on standard error what was lost, and how schedules compare with their rendering.
pub(super) fn run(arguments: &ImportOncallArguments) -> Result<(), Failure> {
    let provider = arguments.from.provider();
    let zone = Zone::named(&arguments.zone).map_err(|e| Failure::Usage(format!("--zone: {e}")))?;
    let people = arguments.people.as_deref().map(people).transpose()?.unwrap_or_default();
    let sources = sources(&arguments.path)?;
    let beside = Beside { people: &people, zone: &zone, now: SystemClock.now() };
    let imported = read(provider, &sources, &beside).map_err(|problems| {
        let place = arguments.path.display();
        let told = problems.iter().map(|problem| match problem.file.as_str() {
            "" => format!("{place}: {}", render::import::unreadable(provider, problem)),
            _ => render::import::unreadable(provider, problem),
        });
        Failure::Check(told.collect::<Vec<_>>().join("\n"))
    })?;
    let strangers = imported.people.keys().filter(|who| is_placeholder(who.as_str())).count();
    let mut told: Vec<String> = imported.checked.iter().map(render::import::checked).collect();
    told.extend(imported.left.iter().map(|left| render::import::left(&imported, left)));
    if strangers > 0 {
        let who = if strangers == 1 { "1 person has".to_owned() } else { format!("{strangers} people have") };
        told.push(format!("{who} no id in Slack yet: give --people, or put ids where `watchroom check` finds none"));
    }
    say(render::import::settings(provider, &imported).trim_end());
    for line in &told {
        warn(line);
    }
    Ok(())
}

#[expect(clippy::print_stderr, reason = "what is no output of a command belongs on standard error")]
fn warn(line: &str) {
    eprintln!("{line}");
}

/// The file, or all JSON files of the directory by their names.
fn sources(path: &Path) -> Result<Vec<Source>, Failure> {
    let cannot = |path: &Path, e: &io::Error| Failure::Usage(format!("{} cannot be read: {e}", path.display()));
    let mut files = Vec::new();
    if path.is_dir() {
        for entry in fs::read_dir(path).map_err(|e| cannot(path, &e))? {
            files.push(entry.map_err(|e| cannot(path, &e))?.path());
        }
        files.retain(|file| file.extension().is_some_and(|ext| ext.eq_ignore_ascii_case("json")));
        files.sort();
        if files.is_empty() {
            return Err(Failure::Usage(format!("{} has no files that end in .json", path.display())));
        }
    } else {
        files.push(path.to_owned());
    }
    let mut all = 0;
    let mut sources = Vec::new();
    for file in files {
        all += fs::metadata(&file).map_err(|e| cannot(&file, &e))?.len();
        if all > LARGEST {
            let mib = LARGEST / (1024 * 1024);
            return Err(Failure::Usage(format!(
                "{} has more than {mib} MiB; leave out what is no schedule, policy or user",
                path.display()
            )));
        }
        let text = fs::read_to_string(&file).map_err(|e| match e.kind() {
            io::ErrorKind::InvalidData => {
                Failure::Check(format!("{} is no text; save the answer as it comes", file.display()))
            }
            _ => cannot(&file, &e),
        })?;
        sources.push(Source { name: file.display().to_string(), text });
    }
    Ok(sources)
}

/// People's ids in Slack by their addresses.
fn people(path: &Path) -> Result<BTreeMap<String, UserId>, Failure> {
    let place = path.display();
    let text = fs::read_to_string(path).map_err(|e| Failure::Usage(format!("{place} cannot be read: {e}")))?;
    let written: BTreeMap<String, String> = toml::from_str(&text).map_err(|e| {
        Failure::Usage(format!(
            "{place}: write lines like \"someone@example.com\" = \"U0123456\": {}",
            e.to_string().trim()
        ))
    })?;
    let mut people = BTreeMap::new();
    for (email, id) in written {
        if id.trim().is_empty() || is_placeholder(id.trim()) {
            return Err(Failure::Usage(format!(
                "{place}: `{id}` of {email} is no id in Slack; write one like U0123456"
            )));
        }
        people.insert(email.trim().to_lowercase(), id.trim().into());
    }
    Ok(people)
}
