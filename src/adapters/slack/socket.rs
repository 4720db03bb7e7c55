//! Socket Mode's way out: Slack is asked for an address, and a WebSocket is opened there, through the proxies that the environment names.

use std::{fmt, time::Duration};

use http::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
use reqwest::{StatusCode, Upgraded};
use serde_json::json;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        handshake::{client::generate_key, derive_accept_key},
        protocol::{Role, WebSocketConfig},
    },
};
use url::Url;

use super::{
    SlackChat,
    calls::{Turn, Twice, needed},
    trouble::Failure,
};
use crate::{adapters::http::Http, clock::SharedClock, config::Secret, ports::Trouble};

/// How long opening may take, address and all.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long Slack may take to give an address.
const ASKED: Duration = Duration::from_secs(10);
/// The longest message that is taken in. Slack's own are far shorter.
const LONGEST: usize = 16 * 1024 * 1024;

/// A connection over which Slack brings what people do.
pub type Socket = WebSocketStream<Upgraded>;

/// Opens connections.
pub struct Sockets {
    app: SlackChat,
    http: Http,
}

impl fmt::Debug for Sockets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sockets").finish_non_exhaustive()
    }
}

impl Sockets {
    /// Asks the Web API at `api_url` for addresses, with the app's token.
    pub fn new(api_url: Url, app_token: Secret, clock: SharedClock) -> Self {
        let http = Http::for_upgrades();
        Self { app: SlackChat::new(http.clone(), api_url, app_token, clock), http }
    }

    /// A new connection.
    ///
    /// # Errors
    /// Slack's refusal where it gives no address (`invalid_auth`, `not_allowed_token_type`); otherwise that it cannot be reached.
    pub async fn open(&self) -> Result<Socket, Trouble> {
        let opening = async {
            let url = self.address().await?;
            self.connect(url).await
        };
        let late = |_| Trouble::Unreachable("no connection in time".into());
        tokio::time::timeout(PATIENCE, opening).await.map_err(late)?
    }

    /// An address that is good for one connection. Looks only, and proves what the token may do.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn address(&self) -> Result<Url, Trouble> {
        let none = json!({});
        let call = self.app.call("apps.connections.open", &none, Twice::Harmless, Turn::Now);
        let late = |_| Trouble::Unreachable("no answer in time".into());
        let answer = tokio::time::timeout(ASKED, call).await.map_err(late)??;
        let strange = || Trouble::Unreachable("an address that is none".into());
        let mut url: Url = needed(&answer, "/url")?.parse().map_err(|_| strange())?;
        // The handshake is a request like any other.
        let scheme = match url.scheme() {
            "wss" => "https",
            "ws" => "http",
            _ => return Err(strange()),
        };
        url.set_scheme(scheme).map_err(|()| strange())?;
        Ok(url)
    }

    async fn connect(&self, url: Url) -> Result<Socket, Trouble> {
        let broken = |why: &str| Trouble::Unreachable(why.to_owned());
        let key = generate_key();
        let http = self.http.client().await.map_err(|e| broken(&e.to_string()))?;
        let request = http
            .get(url)
            .header(CONNECTION, "Upgrade")
            .header(UPGRADE, "websocket")
            .header(SEC_WEBSOCKET_VERSION, "13")
            .header(SEC_WEBSOCKET_KEY, &key);
        let answer = request.send().await.map_err(|e| Failure::of(&e).trouble(true))?;
        let accepted = answer.headers().get(SEC_WEBSOCKET_ACCEPT).and_then(|accept| accept.to_str().ok());
        if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Err(broken(&format!("status {} in place of a WebSocket", answer.status().as_u16())));
        }
        if accepted != Some(derive_accept_key(key.as_bytes()).as_str()) {
            return Err(broken("an answer that is no WebSocket's"));
        }
        let upgraded = answer.upgrade().await.map_err(|e| Failure::of(&e).trouble(true))?;
        let limits = WebSocketConfig::default().max_message_size(Some(LONGEST)).max_frame_size(Some(LONGEST));
        Ok(WebSocketStream::from_raw_socket(upgraded, Role::Client, Some(limits)).await)
    }
}
