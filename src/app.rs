//! Composition: what production and every test build the same way.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use tokio::{net::TcpListener, sync::watch};

use crate::{
    adapters::{http, slack::SlackChat},
    clock::SharedClock,
    config::Config,
    delivery::Delivery,
    engine::{Engine, Incidents},
    ingress::{self, Door, Ops},
    lifecycle::Tasks,
    ports::Chat,
    store::{
        Store,
        sled::{Options, SledStore},
    },
};

/// How long a stop waits for what is under way.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// What can be handed in instead of what the settings name.
#[derive(Debug, Default)]
pub struct Ports {
    /// The chat, instead of Slack at `SLACK_API_URL`.
    pub chat: Option<Arc<dyn Chat>>,
    /// The store, instead of journal and sled in `WATCHROOM_DATA`.
    pub store: Option<(Arc<dyn Store>, Arc<Incidents>)>,
}

/// The bot, put together and not yet started.
#[derive(Debug)]
pub struct App {
    /// What decides.
    pub engine: Arc<Engine>,
    /// What carries out.
    pub delivery: Arc<Delivery>,
    router: axum::Router,
    store: Arc<dyn Store>,
    tasks: Tasks,
}

/// Puts the bot together.
///
/// # Errors
/// A sentence that says what to do, when the store does not open or a setting is missing.
pub async fn build(config: &Config, clock: SharedClock, ports: Ports) -> anyhow::Result<App> {
    let (store, incidents) = match ports.store {
        Some(given) => given,
        None => open(config).await?,
    };
    let chat = match ports.chat {
        Some(chat) => chat,
        None => slack(config, &clock)?,
    };
    let playbook = Arc::new(config.playbook.clone());
    let settings = Arc::new(config.settings.clone());
    let engine = Engine::new(Arc::clone(&store), incidents, Arc::clone(&clock), playbook, settings).await?;
    let engine = Arc::new(engine);
    let delivery = Arc::new(Delivery::new(Arc::clone(&engine), Arc::clone(&chat), Arc::clone(&clock)));
    let door = Arc::new(Door::new(Arc::clone(&engine), Arc::clone(&chat), config.slack.signing_secret.clone(), clock));
    let ops = Arc::new(Ops::new(Arc::clone(&engine), Arc::clone(&delivery), Arc::clone(&door)));
    let router = ingress::router(door).merge(ingress::ops_router(ops));
    Ok(App { engine, delivery, router, store, tasks: Tasks::new() })
}

async fn open(config: &Config) -> anyhow::Result<(Arc<dyn Store>, Arc<Incidents>)> {
    let incidents = Arc::new(Incidents::default());
    let (dir, projector) = (config.data.clone(), Arc::clone(&incidents));
    let opened = tokio::task::spawn_blocking(move || SledStore::open(&dir, projector, Options::default())).await;
    let store = opened.context("opening the record panicked")??;
    Ok((Arc::new(store), incidents))
}

fn slack(config: &Config, clock: &SharedClock) -> anyhow::Result<Arc<dyn Chat>> {
    let token = config.slack.bot_token.clone().context("SLACK_BOT_TOKEN is not set; the bot cannot speak without it")?;
    let client = http::client().context("the HTTP client does not start")?;
    Ok(Arc::new(SlackChat::new(client, config.slack.api_url.clone(), token, Arc::clone(clock))))
}

impl App {
    /// Everything that is served over HTTP.
    pub fn router(&self) -> axum::Router {
        self.router.clone()
    }

    /// Starts what works by itself: lanes and timers.
    pub fn start(&mut self) {
        let (delivery, stop) = (Arc::clone(&self.delivery), self.tasks.stopping());
        self.tasks.spawn("delivery", async move { delivery.run(stop).await });
    }

    /// Serves HTTP on this listener until the app is stopped.
    pub fn listen(&mut self, listener: TcpListener) -> anyhow::Result<SocketAddr> {
        let address = listener.local_addr()?;
        let (router, mut stop) = (self.router(), self.tasks.stopping());
        self.tasks.spawn("http", async move {
            let until = async move { stop.wait().await };
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(until).await {
                tracing::error!(%error, "the HTTP server ended");
            }
        });
        Ok(address)
    }

    /// Ends intake, finishes what is under way within a limit, and closes the record.
    pub async fn stop(self) {
        self.tasks.stop(STOP_WITHIN).await;
        self.store.close().await;
    }

    /// Resolves when a task of the app has ended that should not have.
    pub async fn failed(&self) -> String {
        self.tasks.failed().await
    }
}

/// A switch that tells everyone to stop; kept here so that commands and tests stop an app the same way.
pub type Stop = watch::Receiver<bool>;
