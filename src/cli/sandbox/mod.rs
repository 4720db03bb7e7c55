//! `watchroom sandbox`: the real bot beside a simulated Slack workspace.

mod keep;
mod phones;
mod play;

pub use phones::ways as ways_of_phones;

use std::{
    io,
    net::SocketAddr,
    num::NonZeroU16,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use jiff::civil::date;
use tokio::net::TcpListener;
use url::Url;

use super::{Failure, SandboxArguments, runtime, say, serve::until_told};
use crate::{
    app::{self, Ports},
    clock::MovableClock,
    config::{Config, Followed, Secret, StatusPageSettings},
    manifest,
    paging::{
        Policy, Step, Target,
        rota::Watch,
        schedule::{Active, Every, Handover, Layer, Mode, Rotation, Schedule, Zone},
    },
    sandbox::{self, Workspace},
};

/// How long people may take to read what the bot answers; the bot itself must answer within Slack's three seconds.
const PATIENCE: Duration = Duration::from_secs(3);

const HINT: &str = "Type `/incident declare sev1 checkout is down` in any channel, then open the room that appears.";

pub(super) fn run(arguments: SandboxArguments, config: Option<&Path>) -> Result<(), Failure> {
    if let Some(config) = config {
        return Err(Failure::Usage(format!(
            "the sandbox has settings of its own and does not read {}; leave out --config. A playbook to try is named by \
             WATCHROOM_PLAYBOOK",
            config.display()
        )));
    }
    if !arguments.listen.ip().is_loopback() && !arguments.allow_remote {
        return Err(Failure::Usage(format!(
            "{} can be reached by others, and whoever reaches the sandbox can act as anyone in it. Use 127.0.0.1, or add \
             --allow-remote if that is what you want",
            arguments.listen
        )));
    }
    runtime()?.block_on(serve(arguments)).map_err(Failure::from)
}

async fn serve(arguments: SandboxArguments) -> anyhow::Result<()> {
    let dir = arguments.data.clone().unwrap_or_else(|| PathBuf::from("watchroom-data/sandbox"));
    if arguments.fresh {
        keep::clear(&dir)?;
    }
    std::fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    let kept = keep::load(&dir)?;
    let clock = MovableClock::running();
    clock.advance(kept.as_ref().map_or(jiff::SignedDuration::ZERO, keep::Kept::moved));
    let is_new = kept.is_none();
    let had = kept.as_ref().and_then(|kept| kept.port);
    let listener = beside(had, arguments.listen).await.context("cannot listen on loopback")?;
    let keeper = keep::Keep { dir: dir.clone(), clock: clock.clone(), port: listener.local_addr()?.port() };
    let slack = Workspace::start(workspace(&arguments, &clock, keeper, kept.map(|k| k.workspace))).await;
    let slack = Arc::new(slack.with_context(|| format!("cannot listen on {}", arguments.listen))?);
    slack.set_socket_mode(arguments.socket_mode);
    let mut config = bot(&slack, &dir)?;
    if arguments.socket_mode {
        config.slack.signing_secret = None;
        config.slack.app_token = Some(Secret::new(slack.app_token()));
    }
    config.settings.show_status_page(status_page(&format!("http://{}/status", listener.local_addr()?)));
    let app = app::build(&config, Arc::new(clock.clone()), Ports::default()).await?;
    if is_new {
        phones::hand_out(&app.engine).await?;
    }
    app.start();
    let bot = format!("http://{}", app.listen(listener)?);
    slack.set_bot_url(&bot);
    say(format_args!("Watchroom sandbox: {}", slack.page_url()));
    if !config.api_tokens.is_empty() {
        say(format_args!("Programs that have a token reach the bot at {bot}/hooks/report"));
    }
    say(format_args!("Its public status page: {bot}/status"));
    say(
        "Open that address in a browser. Stop with Ctrl-C; the next start goes on where this one stopped (--fresh starts over).",
    );
    if arguments.play {
        app.keep("play", play::play(slack, arguments.pace));
    } else {
        say(HINT);
    }
    until_told(app).await
}

/// Where the bot listens, with its status page: where it did before, so that links go on leading there; else behind the workspace; where that is
/// taken, anywhere.
async fn beside(had: Option<u16>, workspace: SocketAddr) -> io::Result<TcpListener> {
    let behind = workspace.port().checked_add(1).filter(|_| workspace.port() != 0);
    for port in had.into_iter().chain(behind) {
        if let Ok(listener) = TcpListener::bind(("127.0.0.1", port)).await {
            return Ok(listener);
        }
    }
    TcpListener::bind(("127.0.0.1", 0)).await
}

/// The simulated workspace, with what our own manifest asks for.
fn workspace(
    arguments: &SandboxArguments,
    clock: &MovableClock,
    keeper: keep::Keep,
    resume: Option<Workspace>,
) -> sandbox::Config {
    let shared: crate::clock::SharedClock = Arc::new(clock.clone());
    sandbox::Config {
        listen: arguments.listen,
        movable: Some(clock.clone()),
        patience: PATIENCE,
        hint: HINT.into(),
        resume,
        keeper: Some(Arc::new(keeper)),
        any_host: arguments.allow_remote,
        ..app_of_manifest(shared)
    }
}

/// A workspace with our app installed as the manifest describes it.
pub fn app_of_manifest(clock: crate::clock::SharedClock) -> sandbox::Config {
    let shortcut = |(callback_id, name): (String, String)| sandbox::Shortcut { callback_id, name };
    sandbox::Config {
        scopes: manifest::scopes(),
        events: manifest::events(),
        commands: vec![sandbox::Command {
            command: "/incident".into(),
            description: manifest::command("description"),
            usage_hint: manifest::command("usage_hint"),
            should_escape: true,
        }],
        global_shortcuts: manifest::shortcuts("global").into_iter().map(shortcut).collect(),
        message_shortcuts: manifest::shortcuts("message").into_iter().map(shortcut).collect(),
        ..sandbox::Config::new(clock)
    }
}

/// The bot's settings in the sandbox: everything set, so that everything can be tried.
fn bot(slack: &sandbox::Handle, data: &Path) -> anyhow::Result<Config> {
    let mut config = Config::for_sandbox(&Config::environment)?;
    config.data = data.join("record");
    config.slack.api_url = Url::parse(&slack.api_url())?;
    config.slack.signing_secret = Some(Secret::new(slack.signing_secret()));
    config.slack.bot_token = Some(Secret::new(slack.bot_token()));
    config.ways = phones::ways(Url::parse(&slack.twilio_url())?, Url::parse(&slack.ntfy_url())?);
    let settings = &mut config.settings;
    settings.ways = config.ways.set_up();
    settings.public_url = Some(slack.public_url());
    settings.announce_channel = Some("C0INCIDENTS".into());
    settings.updates_channel = Some("C0GENERAL".into());
    settings.call_bridge = Some("https://meet.example.com/incident".into());
    settings.fallback = vec![Target::Group("S0MANAGERS".into()), Target::Channel("C0INCIDENTS".into())];
    let step = |targets, wait_min| Step { targets, wait_min, repeat_min: 2, ..Step::default() };
    settings.policies = vec![Policy {
        name: "checkout".into(),
        steps: vec![step(vec![Target::Person("U0BOB".into())], 5), step(vec![Target::Group("S0CHECKOUT".into())], 5)],
        repeat: 1,
        fallback: settings.fallback.clone(),
        ..Policy::default()
    }];
    settings.schedules = vec![weekly()];
    Ok(config)
}

/// A page for the public.
fn status_page(url: &str) -> StatusPageSettings {
    let components =
        [("checkout", "Checkout", Some("Shop")), ("payments", "Payments", Some("Shop")), ("search", "Search", None)];
    StatusPageSettings::of("Sandbox", url, &components)
}

/// Three who take turns by the week.
fn weekly() -> Followed {
    let rotation = Rotation {
        name: "weekly".into(),
        effective_from: None,
        participants: ["U0ALICE", "U0BOB", "U0CAROL"].map(|who| vec![who.into()]).to_vec(),
        handover: Handover { start: date(2026, 1, 5).at(9, 0, 0, 0), every: Every::Weeks(NonZeroU16::MIN) },
        shifts_per_participant: NonZeroU16::MIN,
        restrictions: Vec::new(),
    };
    let layer = Layer {
        name: "all".into(),
        mode: Mode::Replace,
        active: Active::default(),
        rotations: vec![rotation],
        calendar: None,
    };
    let (id, name, tz) = ("checkout".into(), "Checkout on call".into(), Zone::utc());
    Followed {
        schedule: Schedule { id, name, tz, layers: vec![layer] },
        owner: Some(Target::Person("U0CAROL".into())),
        user_group: Some("S0ONCALL".into()),
        watch: Watch { remind_min: 60, gaps_expected: false },
    }
}
