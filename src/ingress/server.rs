//! Accepts connections. Each is a task of the program like any other: told to stop it answers what it was asked and ends;
//! cut off, it lets go of everything at once.

use std::{pin::pin, sync::Weak};

use axum::{Router, serve::Listener};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::net::{TcpListener, TcpStream};

use crate::lifecycle::{Stopping, Tasks};

/// Serves `router` until `tasks` stop or are gone.
pub async fn serve(mut listener: TcpListener, router: Router, tasks: Weak<Tasks>) {
    let Some(stop) = tasks.upgrade().map(|tasks| tasks.stopping()) else { return };
    loop {
        let stream = tokio::select! {
            // What fails while accepting is waited out within.
            (stream, _) = Listener::accept(&mut listener) => stream,
            () = stop.wait() => return,
        };
        let Some(tasks) = tasks.upgrade() else { return };
        tasks.spawn_apart("connection", connection(stream, router.clone(), stop.clone()));
    }
}

async fn connection(stream: TcpStream, router: Router, stop: Stopping) {
    let mut http = hyper::server::conn::http1::Builder::new();
    let serving =
        http.timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut serving = pin!(serving);
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = stop.wait() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}
