//! `watchroom serve`: the bot.

use std::{path::Path, sync::Arc};

use anyhow::Context as _;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use super::{Failure, load, runtime};
use crate::{
    app::{self, App, Ports},
    clock::SystemClock,
    config::Config,
};

pub(super) fn run(path: Option<&Path>) -> Result<(), Failure> {
    let config = load(path)?;
    let slack = &config.slack;
    if slack.bot_token.is_none() || slack.signing_secret.is_none() && slack.app_token.is_none() {
        return Err(Failure::Usage(
            "SLACK_BOT_TOKEN must be set, and SLACK_SIGNING_SECRET (HTTP) or SLACK_APP_TOKEN (Socket Mode); `watchroom check` says what is \
             missing, and `watchroom sandbox` runs without Slack"
                .into(),
        ));
    }
    runtime()?.block_on(serve(&config)).map_err(Failure::from)
}

async fn serve(config: &Config) -> anyhow::Result<()> {
    let listener =
        TcpListener::bind(config.listen).await.with_context(|| format!("cannot listen on {}", config.listen))?;
    let app = app::build(config, Arc::new(SystemClock), Ports::default()).await?;
    app.start();
    let address = app.listen(listener)?;
    tracing::info!(%address, record = %config.record(), "watchroom serves");
    until_told(app).await
}

/// Runs until a signal says stop; a second one stops at once.
pub(super) async fn until_told(app: App) -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let failed = tokio::select! {
        _ = interrupt.recv() => None,
        _ = terminate.recv() => None,
        why = app.failed() => Some(why),
    };
    tracing::info!("stopping; a second signal stops at once");
    tokio::select! {
        () = app.stop() => {}
        _ = interrupt.recv() => tracing::warn!("stopped at once; what was under way is done after the next start"),
        _ = terminate.recv() => tracing::warn!("stopped at once; what was under way is done after the next start"),
    }
    failed.map_or(Ok(()), |why| Err(anyhow::anyhow!(why)))
}
