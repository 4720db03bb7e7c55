//! The bot as production builds it, on a real disk, with a Slack that only nods.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{Json, Router};
use serde_json::json;
use tokio::net::TcpListener;
use watchroom::{
    app::{self, App, Ports},
    clock::SystemClock,
    config::{Config, Secret},
};

use crate::load::SECRET;

/// The token that the bot speaks with.
pub const TOKEN: &str = "xoxb-bench";

/// A new directory on the disk that holds the build.
pub fn directory(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    if dir.exists() {
        std::fs::remove_dir_all(&dir).expect("removed");
    }
    std::fs::create_dir_all(&dir).expect("a directory");
    dir
}

/// Serves `router` on a free port, until the runtime ends.
pub async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    #[expect(clippy::disallowed_methods, reason = "it lives as long as the bench")]
    drop(tokio::spawn(async move { axum::serve(listener, router).await.expect("served") }));
    address
}

/// A Slack that knows everybody and takes everything.
pub async fn slack() -> SocketAddr {
    let yes = || async {
        let person = json!({"id": "U1", "name": "u", "tz": "Europe/Berlin"});
        let channel = json!({"id": "C0BENCH", "name": "inc", "is_member": true});
        Json(json!({"ok": true, "user": person, "user_id": "UBOT", "team_id": "T1", "bot_id": "B1", "user_name": "w",
            "channel": channel, "ts": "1700000000.000100", "messages": [], "channels": [], "members": []}))
    };
    serve(Router::new().fallback(yes)).await
}

/// The settings of a bot with its record in `data`.
pub fn config(data: &Path, slack: SocketAddr) -> Config {
    let mut config = Config::defaults();
    data.clone_into(&mut config.data);
    config.slack.api_url = format!("http://{slack}/api/").parse().expect("an address");
    config.slack.signing_secret = Some(Secret::new(SECRET));
    config.slack.bot_token = Some(Secret::new(TOKEN));
    config
}

/// A bot on `data`, working, and its address.
pub async fn bot(data: &Path, slack: SocketAddr, paused: bool) -> (App, SocketAddr) {
    let app = app::build(&config(data, slack), Arc::new(SystemClock), Ports::default()).await.expect("a bot");
    app.delivery.pause(paused);
    app.start();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = app.listen(listener).expect("a bot that listens");
    (app, address)
}

/// A runtime like the bot's own.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime")
}

/// The middle one.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
