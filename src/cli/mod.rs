//! One file per subcommand. Exit codes: 0 fine, 1 a check failed, 2 bad usage or configuration.

mod check;
mod doctor;
mod import_oncall;
mod records;
mod sandbox;
mod serve;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use self::{
    import_oncall::ImportOncallArguments,
    sandbox::{app_of_manifest, ways_of_phones},
};
use crate::config::{Config, Problems};

/// An incident-response bot for Slack, in one binary.
#[derive(Debug, Parser)]
#[command(name = "watchroom", version)]
pub struct Arguments {
    /// Settings file; without it `WATCHROOM_CONFIG`, then ./watchroom.toml where there is one
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print data as JSON, where output is data
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the bot
    Serve,
    /// Try it: the real bot beside a simulated Slack workspace in the browser
    Sandbox(SandboxArguments),
    /// Validate settings and playbook; print every problem at once
    Check {
        /// Check only this playbook: it needs no settings and no secrets
        #[arg(value_name = "PLAYBOOK", conflicts_with_all = ["schema", "builtin"])]
        playbook: Option<PathBuf>,
        /// Print the JSON Schema of a playbook instead, for editors
        #[arg(long, conflicts_with = "builtin")]
        schema: bool,
        /// Print the built-in playbook instead, to copy and change
        #[arg(long)]
        builtin: bool,
    },
    /// Check a live deployment: token, scopes, clock, store, and who would be paged right now
    Doctor,
    /// Print the event log
    Export(ExportArguments),
    /// Restore an export into an empty store
    Import {
        /// The export
        file: PathBuf,
    },
    /// Turn schedules and policies of PagerDuty, Opsgenie or Grafana OnCall into settings
    ImportOncall(ImportOncallArguments),
    /// Walk the hash chain of every incident; name the first broken link
    Verify,
    /// Make a consistent copy of the record; the server may run
    Backup {
        /// Where to; must not exist, or be empty
        dir: PathBuf,
    },
    /// Restore a backup into an empty store
    Restore {
        /// The backup
        dir: PathBuf,
    },
}

/// `watchroom sandbox`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that people type")]
pub struct SandboxArguments {
    /// Where the simulated workspace listens
    #[arg(long, default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    /// Where the bot keeps its record; without it ./watchroom-data/sandbox
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Start with an empty record
    #[arg(long)]
    fresh: bool,
    /// Run a sample incident by itself, at a watchable pace
    #[arg(long)]
    play: bool,
    /// With --play: this long between two steps
    #[arg(long, value_name = "SECONDS", default_value = "4", requires = "play", value_parser = seconds)]
    pace: Duration,
    /// Let the workspace bring everything over connections that the bot opens (Socket Mode), and nothing over HTTP
    #[arg(long)]
    socket_mode: bool,
    /// Listen on an address that others can reach. Whoever reaches it can act as anyone in the sandbox
    #[arg(long)]
    allow_remote: bool,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let given = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    given.ok_or_else(|| "give it in seconds, such as 4 or 0.5".into())
}

/// `watchroom export`.
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// Only this incident
    #[arg(long, value_name = "ID")]
    incident: Option<crate::ids::IncidentId>,
    /// As what
    #[arg(long, value_enum, default_value = "jsonl")]
    format: Format,
    /// The public status page as files below this directory, instead of the log
    #[arg(long, value_name = "DIR", conflicts_with_all = ["incident", "format"])]
    status_page: Option<PathBuf>,
}

/// What an export looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One event a line; `import` reads it
    Jsonl,
    /// For people
    Markdown,
}

/// How a subcommand can go wrong.
#[derive(Debug)]
enum Failure {
    /// A check found something; exit code 1.
    Check(String),
    /// Bad usage or configuration; exit code 2.
    Usage(String),
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self::Usage(problems.to_string())
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Check(format!("{error:#}"))
    }
}

/// Carries out what was asked and says how it went.
#[must_use]
pub fn run(arguments: Arguments) -> ExitCode {
    crate::adapters::http::install_crypto();
    crate::telemetry::start(Config::environment("RUST_LOG").as_deref(), arguments.json);
    let Arguments { config, json, command } = arguments;
    let config = config.as_deref();
    let outcome = match command {
        Command::Serve => serve::run(config),
        Command::Sandbox(args) => sandbox::run(args, config),
        Command::Check { schema: true, .. } => check::schema(),
        Command::Check { builtin: true, .. } => {
            check::builtin();
            Ok(())
        }
        Command::Check { schema: false, builtin: false, playbook } => check::run(config, playbook.as_deref(), json),
        Command::Doctor => doctor::run(config, json),
        Command::Export(args) => records::export(config, &args),
        Command::Import { file } => records::import(config, &file),
        Command::ImportOncall(args) => import_oncall::run(&args),
        Command::Verify => records::verify(config, json),
        Command::Backup { dir } => records::backup(config, &dir),
        Command::Restore { dir } => records::restore(config, &dir),
    };
    let (code, sentence) = match outcome {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Check(sentence)) => (1, sentence),
        Err(Failure::Usage(sentence)) => (2, sentence),
    };
    #[expect(clippy::print_stderr, reason = "a command line's last word belongs on standard error")]
    {
        eprintln!("{sentence}");
    }
    ExitCode::from(code)
}

/// Settings from the process's environment.
fn load(path: Option<&Path>) -> Result<Config, Failure> {
    Ok(Config::load(path, &Config::environment)?)
}

/// The runtime for commands that talk to somebody.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let built = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    built.map_err(|e| Failure::Check(format!("the runtime does not start: {e}")))
}

/// Prints one line of output.
#[expect(clippy::print_stdout, reason = "output of a command belongs on standard output")]
fn say(line: impl std::fmt::Display) {
    println!("{line}");
}
