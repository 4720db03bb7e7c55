//! Composition: what production and every test build the same way.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use anyhow::Context as _;
use tokio::net::TcpListener;

use crate::{
    adapters::{
        http::Http,
        publish,
        reach::Ways,
        slack::{Pace, SlackChat, Sockets},
    },
    calendars::Calendars,
    clock::SharedClock,
    config::{Config, STATUS_PAGE, Secret},
    delivery::Delivery,
    engine::{Engine, Incidents, Links, OwnPage},
    follower::{Files, Follower},
    hearing::Hearing,
    ingress::{self, Door, Ops, SocketMode},
    lifecycle::{Broken, Tasks},
    ports::{Chat, Reach},
    providers::Providers,
    store::{
        Health, SharedProjector, Store,
        postgres::{self, PostgresStore},
        sled::{self, SledStore},
    },
    web::{self, StatusPages, snapshot},
};

/// How long a stop waits for what is under way.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// How often it is looked whether the record can still be written.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Said where Slack could bring us nothing.
pub const NO_WAY_IN: &str = "set SLACK_SIGNING_SECRET, where Slack reaches the bot over HTTP, or SLACK_APP_TOKEN, where it does not (Socket Mode)";

/// What can be handed in instead of what the settings name.
#[derive(Debug, Default)]
pub struct Ports {
    /// The chat, instead of Slack at `SLACK_API_URL`.
    pub chat: Option<Arc<dyn Chat>>,
    /// Ways to people beside the chat, instead of those that the settings name.
    pub reach: Option<Arc<dyn Reach>>,
    /// Calls Slack as fast as it takes them, for a clock that stands still and a Slack that only plays.
    pub unhurried: bool,
    /// The store, instead of the database at `DATABASE_URL`, or journal and sled in `WATCHROOM_DATA`.
    pub store: Option<(Arc<dyn Store>, Arc<Incidents>)>,
}

/// The bot, put together and not yet started.
#[derive(Debug)]
pub struct App {
    /// What decides.
    pub engine: Arc<Engine>,
    /// What carries out.
    pub delivery: Arc<Delivery>,
    /// What fetches calendars of other programs.
    pub calendars: Arc<Calendars>,
    router: axum::Router,
    store: Arc<dyn Store>,
    /// The way to Slack, where it is ours to make.
    http: Option<Http>,
    tasks: Arc<Tasks>,
    /// What follows the files that people edit, where there are any.
    files: Option<Arc<Follower>>,
    /// Whether Slack can bring us anything, where that goes over connections that we open.
    hearing: Option<Arc<Hearing>>,
    socket: Option<Arc<SocketMode>>,
}

/// Puts the bot together.
///
/// # Errors
/// A sentence that says what to do, when the store does not open or a setting is missing.
pub async fn build(config: &Config, clock: SharedClock, ports: Ports) -> anyhow::Result<App> {
    let http = Http::default();
    let (chat, made) = match ports.chat {
        Some(chat) => (chat, None),
        None => (slack(config, &http, &clock, ports.unhurried)?, Some(http.clone())),
    };
    let reach = ports.reach.unwrap_or_else(|| Arc::new(Ways::new(&http, &config.ways, Arc::clone(&clock))));
    let (store, incidents) = match ports.store {
        Some(given) => given,
        None => open(config).await?,
    };
    if let Some(why) = incidents.unreadable() {
        store.close().await;
        anyhow::bail!("{why}");
    }
    let settings = Arc::new(config.settings.clone());
    let (secret, app_token) = (config.slack.signing_secret.as_ref(), config.slack.app_token.clone());
    anyhow::ensure!(secret.is_some() || app_token.is_some(), NO_WAY_IN);
    // Whoever has the bot's token could answer any page anyway.
    let linking = config.slack.bot_token.as_ref().or(secret).context("SLACK_BOT_TOKEN is not set")?.expose();
    let links = Links::new(linking, config.settings.public_url.as_deref());
    let engine = Engine::new(Arc::clone(&store), incidents, Arc::clone(&clock), &config.playbook, settings).await?;
    let engine = Arc::new(engine.with_links(links));
    let calendars = Calendars::open(config, Arc::clone(&engine), Arc::clone(&chat), Arc::clone(&clock)).await;
    let calendars = Arc::new(calendars.context("reading the copies of calendars panicked")?);
    engine.watch_schedules().await?;
    engine.watch_digest().await?;
    engine.watch_maintenance().await?;
    let providers = Arc::new(Providers::new(config, &http, Arc::clone(&chat), Arc::clone(&clock)));
    let (to, of) = (Arc::clone(&providers), Arc::clone(&engine));
    let mut places = publish::connectors(&config.connectors, &reach, &http, &clock);
    if config.settings.status_page.is_some() {
        places.insert(STATUS_PAGE.to_owned(), Arc::new(OwnPage(Arc::clone(&engine))));
    }
    let delivery = Delivery::new(of, Arc::clone(&chat), reach, to, Arc::clone(&clock));
    let delivery = Arc::new(delivery.with_connectors(places));
    let followed = Files {
        engine: Arc::clone(&engine),
        delivery: Arc::clone(&delivery),
        calendars: Arc::clone(&calendars),
        providers: Arc::clone(&providers),
    };
    let files = Follower::of(config, followed, Arc::clone(&clock)).map(Arc::new);
    let signing = secret.map(|secret| secret.expose().to_owned()).unwrap_or_default();
    let door = Door::new(Arc::clone(&engine), chat, providers, signing);
    let door = door.with_api_tokens(config.api_tokens.clone());
    let door = door.with_alert_sources(config.alert_sources.clone());
    let by_pagerduty = config.pagerduty.as_ref().map(|pagerduty| pagerduty.webhook_secrets.clone());
    let door = door.with_pagerduty_secrets(by_pagerduty.unwrap_or_default());
    let door = door.with_pagers(config.pagers.clone());
    let by_twilio = config.ways.twilio.as_ref().and_then(|twilio| twilio.auth_token.clone());
    let door = Arc::new(door.with_twilio_secret(by_twilio));
    let tasks = Arc::new(Tasks::new());
    // Where Slack can reach us over HTTP too, it may be the way that it takes.
    let hearing = app_token.as_ref().map(|_| Hearing::new(Arc::clone(&clock), secret.is_none()));
    let socket = app_token.zip(hearing.clone()).map(|(token, hearing)| {
        let sockets = Sockets::new(config.slack.api_url.clone(), token, Arc::clone(&clock));
        Arc::new(SocketMode::new(Arc::clone(&door), sockets, hearing))
    });
    let (of, by) = (Arc::clone(&engine), Arc::clone(&door));
    let ops = Arc::new(Ops { engine: of, door: by, broken: tasks.watch(), hearing: hearing.clone() });
    let pages = Arc::new(StatusPages::new(Arc::clone(&engine), clock));
    let router = ingress::router(door).merge(ingress::ops_router(ops)).merge(web::router(pages));
    Ok(App { engine, delivery, calendars, router, store, http: made, tasks, files, hearing, socket })
}

/// Opens the record.
async fn open(config: &Config) -> anyhow::Result<(Arc<dyn Store>, Arc<Incidents>)> {
    let (dir, database) = (config.data.clone(), config.database.clone());
    let opened = tokio::task::spawn_blocking(move || match database {
        Some(url) => shared(&url),
        None => own(&dir),
    });
    opened.await.context("opening the record panicked")?
}

/// Journal and sled, of this process alone.
fn own(dir: &Path) -> anyhow::Result<(Arc<dyn Store>, Arc<Incidents>)> {
    let incidents = Arc::new(Incidents::default());
    let store = SledStore::open(dir, Arc::clone(&incidents) as SharedProjector, sled::Options::default())?;
    Ok((Arc::new(store), incidents))
}

/// The database, which other processes use too.
fn shared(url: &Secret) -> anyhow::Result<(Arc<dyn Store>, Arc<Incidents>)> {
    let incidents = Arc::new(Incidents::shared());
    let projector = Arc::clone(&incidents) as SharedProjector;
    let store = PostgresStore::open(url.expose(), projector, postgres::Options::default())?;
    Ok((Arc::new(store), incidents))
}

/// Makes the HTTP client beside the start. Returns when there can be none: whoever watches the process is told why, and
/// starts it again.
async fn reached(http: Http) {
    match http.client().await {
        Ok(_) => std::future::pending().await,
        Err(error) => tracing::error!(%error, "Slack cannot be reached"),
    }
}

/// Returns when the record cannot be written any more. Only a start can mend that, so the process ends, and whoever watches
/// it starts it again.
async fn closed(store: Arc<dyn Store>) {
    while !matches!(store.health(), Health::Closed(_)) {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    tracing::error!("the record cannot be written until the next start; the process ends");
}

fn slack(config: &Config, http: &Http, clock: &SharedClock, at_once: bool) -> anyhow::Result<Arc<dyn Chat>> {
    let token =
        config.slack.bot_token.clone().context("SLACK_BOT_TOKEN is not set; the bot cannot speak without it")?;
    let chat = SlackChat::new(http.clone(), config.slack.api_url.clone(), token, Arc::clone(clock));
    Ok(Arc::new(if at_once { chat.at_pace(Pace::Free) } else { chat }))
}

impl App {
    /// Everything that is served over HTTP.
    pub fn router(&self) -> axum::Router {
        self.router.clone()
    }

    /// Starts what works by itself: lanes and timers, and a look at the files that people edit every few seconds.
    pub fn start(&self) {
        let (delivery, stop) = (Arc::clone(&self.delivery), self.tasks.stopping());
        self.tasks.spawn("delivery", async move { delivery.run(stop).await });
        let calendars = Arc::clone(&self.calendars);
        self.keep("calendars", async move { calendars.run().await });
        self.keep("record", closed(Arc::clone(&self.store)));
        if let Some(http) = self.http.clone() {
            self.keep("http client", reached(http));
        }
        if let Some(dir) = self.engine.settings().status_page.as_ref().and_then(|page| page.snapshot.clone()) {
            let engine = Arc::clone(&self.engine);
            self.keep("status page", async move { snapshot::keep(&engine, dir).await });
        }
        for _ in 0..ingress::CONNECTIONS {
            if let Some(socket) = self.socket.clone() {
                // Weakly: the tasks own the one that hands over to them.
                let (tasks, stop) = (Arc::downgrade(&self.tasks), self.tasks.stopping());
                self.tasks.spawn("socket", async move { socket.keep(tasks, stop).await });
            }
        }
        if let Some(hearing) = self.hearing.clone().filter(|hearing| hearing.is_only_way()) {
            let delivery = Arc::clone(&self.delivery);
            self.keep("hearing", async move { hearing.tell(&delivery).await });
        }
        if let Some(files) = self.files.clone() {
            self.keep("files", async move { files.run().await });
        }
    }

    /// Returns when everything is done that can be done now. Only after [`start`](Self::start).
    pub async fn settled(&self) {
        self.calendars.settled().await;
        if let Some(files) = &self.files {
            files.settled().await;
        }
        self.delivery.settled().await;
    }

    /// Lets what stands in the files that people edit come into force now, and whoever answers for them hear where it cannot. The app does so
    /// by itself within seconds.
    ///
    /// # Errors
    /// A sentence, where it cannot be recorded.
    pub async fn reload_files(&self) -> anyhow::Result<()> {
        match &self.files {
            Some(files) => files.look(true).await,
            None => Ok(()),
        }
    }

    /// Serves HTTP on this listener until the app is stopped.
    pub fn listen(&self, listener: TcpListener) -> anyhow::Result<SocketAddr> {
        let address = listener.local_addr()?;
        // Weakly: the tasks own the one that accepts.
        let tasks = Arc::downgrade(&self.tasks);
        self.tasks.spawn("http", ingress::serve(listener, self.router(), tasks));
        Ok(address)
    }

    /// Owns a task that belongs to the app's surroundings, such as the sandbox's own; it is dropped when the app stops.
    pub fn keep(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let stop = self.tasks.stopping();
        self.tasks.spawn(name, async move {
            tokio::select! {
                () = stop.wait() => {}
                () = task => {}
            }
        });
    }

    /// Ends intake, finishes what is under way within a limit, and closes the record.
    pub async fn stop(self) {
        if !self.tasks.stop(STOP_WITHIN).await {
            tracing::warn!("not everything ended in time; it is done after the next start");
        }
        self.store.close().await;
    }

    /// Cuts everything off at once, open connections too, and leaves the record as a crash would. It is free to be opened
    /// again when this returns.
    pub async fn abandon(self) {
        self.tasks.stop(Duration::ZERO).await;
    }

    /// Resolves when a task of the app has ended that should not have.
    pub async fn failed(&self) -> Broken {
        self.tasks.failed().await
    }
}
