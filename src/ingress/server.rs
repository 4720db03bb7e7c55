//! Accepts connections. Each is a task of the program like any other: told to stop it answers what it was asked and ends;
//! cut off, it lets go of everything at once.

use std::{net::SocketAddr, pin::pin, sync::Weak};

use axum::{Router, serve::Listener};
use http::Request;
use hyper::{
    body::Incoming,
    service::{Service as _, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::net::{TcpListener, TcpStream};

use crate::lifecycle::{Stopping, Tasks};

/// Whoever connected: stands in the extensions of each request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Serves `router` until `tasks` stop or are gone.
pub async fn serve(mut listener: TcpListener, router: Router, tasks: Weak<Tasks>) {
    let Some(stop) = tasks.upgrade().map(|tasks| tasks.stopping()) else { return };
    loop {
        let (stream, peer) = tokio::select! {
            // What fails while accepting is waited out within.
            accepted = Listener::accept(&mut listener) => accepted,
            () = stop.wait() => return,
        };
        let Some(tasks) = tasks.upgrade() else { return };
        tasks.spawn_apart("connection", connection(stream, Peer(peer), router.clone(), stop.clone()));
    }
}

async fn connection(stream: TcpStream, peer: Peer, router: Router, stop: Stopping) {
    let mut http = hyper::server::conn::http1::Builder::new();
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        router.call(request)
    });
    let serving = http.timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
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
