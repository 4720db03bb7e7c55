//! The workspace's own HTTP server: Web API, response addresses, the page and its API; what reaches people's telephones, and the way
//! to the bot for those who follow a link there.

mod act;
mod cut;
mod emoji;
mod front;
mod guard;
mod live;
mod ntfy;
mod page;
mod socket;
mod twilio;
mod web_api;

use std::{io, sync::Arc};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{any, get, post},
};
use tokio::net::TcpListener;

use super::shell::Shell;

/// Larger requests are refused.
const LARGEST: usize = 2 * 1024 * 1024;

/// Starts to serve; returns once the address is taken.
pub async fn start(shell: &Arc<Shell>) -> io::Result<()> {
    let listener = TcpListener::bind(shell.config.listen).await?;
    let address = listener.local_addr()?;
    shell.address.get_or_init(|| address);
    let app = router(Arc::clone(shell)).into_make_service_with_connect_info::<cut::Connection>();
    let mut stop = shell.stop.subscribe();
    let stopped = async move {
        drop(stop.wait_for(|stop| *stop).await);
    };
    let serving = axum::serve(cut::CuttableListener(listener), app).with_graceful_shutdown(stopped);
    shell.spawn(async move {
        if let Err(error) = serving.await {
            tracing::error!(%error, "the workspace's server ended");
        }
    });
    Ok(())
}

fn router(shell: Arc<Shell>) -> Router {
    let page = Router::new()
        .route("/sandbox/bootstrap", get(page::bootstrap))
        .route("/sandbox/messages", get(page::messages))
        .route("/sandbox/stream", get(live::stream))
        .route("/sandbox/faults", get(page::faults))
        .route("/sandbox/act", post(act::act))
        .layer(middleware::from_fn_with_state(Arc::clone(&shell), guard::guard));
    Router::new()
        .merge(page::files())
        .route("/api/{method}", any(web_api::call))
        .route("/response/{team}/{secret}", post(web_api::respond))
        .route("/socket/{ticket}", get(socket::connect))
        .route("/twilio/2010-04-01/Accounts/{account}/{what}", post(twilio::send))
        .route("/ntfy/", post(ntfy::publish))
        .route("/ack/{token}", any(front::pass))
        .route("/hooks/{*rest}", any(front::pass))
        .route("/calendar/{*rest}", any(front::pass))
        .merge(page)
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(shell)
}
