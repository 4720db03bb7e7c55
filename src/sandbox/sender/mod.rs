//! What Slack sends to the bot: signed commands, interactions and events.

mod payload;
mod socket;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use hmac::{Hmac, KeyInit, Mac};
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::Sha256;

pub use payload::{action, channel_name, container_message, person};
pub use socket::{Out, Sockets};

use super::{
    shell::{Busy, Shell},
    state::{APP, BOT_USER, TEAM, VERIFICATION_TOKEN},
};

/// Retries of an event: after so many seconds.
const RETRIES: [i64; 3] = [0, 60, 300];

/// How a request to the bot ended.
#[derive(Clone, Debug)]
pub enum Delivery {
    /// The bot answered.
    Answered {
        status: u16,
        /// `x-slack-no-retry: 1`.
        no_retry: bool,
        json: bool,
        body: String,
    },
    /// No answer in time.
    TimedOut,
    /// No connection, or it broke.
    Unreachable,
}

impl Delivery {
    /// The error a person is shown, or `None` where it went well.
    pub fn error(&self) -> Option<&'static str> {
        match self {
            Self::Answered { status: 200..=299, .. } => None,
            Self::Answered { status: 500.., .. } => Some("http_service_error"),
            Self::Answered { .. } => Some("http_client_error"),
            Self::TimedOut => Some("operation_timeout"),
            Self::Unreachable => Some("dispatch_failed"),
        }
    }

    /// The bot's status; 0 without an answer.
    pub fn status(&self) -> u16 {
        match self {
            Self::Answered { status, .. } => *status,
            Self::TimedOut | Self::Unreachable => 0,
        }
    }

    /// The bot's answer.
    pub fn body(&self) -> &str {
        match self {
            Self::Answered { body, .. } => body,
            Self::TimedOut | Self::Unreachable => "",
        }
    }
}

/// Slack's signature: HMAC-SHA256 of `v0:<timestamp>:<body>` with the signing secret.
pub fn signature(secret: &str, timestamp: i64, body: &str) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(format!("v0:{timestamp}:").as_bytes());
    mac.update(body.as_bytes());
    format!("v0={}", hex::encode(mac.finalize().into_bytes()))
}

impl Shell {
    /// Posts a signed request to the bot, or brings it over a connection, and waits for its answer, no longer than Slack would.
    pub async fn post_to_bot(
        &self,
        path: &str,
        kind: &str,
        body: String,
        retry: Option<Retry>,
    ) -> (Delivery, Duration) {
        if self.sockets.is_on() {
            return self.bring_to_bot(path, &body, retry).await;
        }
        let now = self.config.clock.now().as_second();
        let mut request = self
            .http
            .post(format!("{}{path}", self.bot_url()))
            .timeout(self.config.patience)
            .header("content-type", kind)
            .header("user-agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
            .header("x-slack-request-timestamp", now)
            .header("x-slack-signature", signature(&self.config.signing_secret, now, &body));
        if let Some((number, reason)) = retry {
            request = request.header("x-slack-retry-num", number).header("x-slack-retry-reason", reason);
        }
        let started = Instant::now();
        let delivery = match request.body(body).send().await {
            Ok(response) => read_answer(response).await,
            Err(error) => failure(&error),
        };
        (delivery, started.elapsed())
    }

    /// Sends an interaction's payload.
    pub async fn interact(&self, payload: &Value) -> (Delivery, Duration) {
        let body = form([("payload", payload.to_string())]);
        self.post_to_bot("/slack/interactions", "application/x-www-form-urlencoded", body, None).await
    }

    /// Starts the delivery of an event, with Slack's retries.
    pub fn send_event(self: &Arc<Self>, mut event: Value) {
        if event.get("event_ts").is_none() {
            let now = self.config.clock.now();
            event["event_ts"] = json!(format!("{}.{:06}", now.as_second(), now.subsec_microsecond()));
        }
        let busy = self.busy();
        let shell = Arc::clone(self);
        let id = self.with(|ws| ws.fresh("Ev"));
        let envelope = json!({
            "token": VERIFICATION_TOKEN, "team_id": TEAM, "context_team_id": TEAM, "context_enterprise_id": null,
            "api_app_id": APP, "event": event, "type": "event_callback", "event_id": id,
            "event_time": self.config.clock.now().as_second(), "is_ext_shared_channel": false,
            "event_context": format!("4-{id}"),
            "authorizations": [{
                "enterprise_id": null, "team_id": TEAM, "user_id": BOT_USER, "is_bot": true,
                "is_enterprise_install": false,
            }],
        });
        let body = envelope.to_string();
        self.remember_event(body.clone());
        self.spawn(async move { deliver_event(shell, body, busy, None).await });
    }

    /// Sends the last events once more, as if their answers had been lost on the way; returns how many.
    pub fn send_events_again(self: &Arc<Self>, last: usize) -> usize {
        let past = self.past_events();
        let again: Vec<String> = past.into_iter().rev().take(last).rev().collect();
        let count = again.len();
        for body in again {
            let (shell, busy) = (Arc::clone(self), self.busy());
            self.spawn(async move { deliver_event(shell, body, busy, Some((1, "http_timeout"))).await });
        }
        count
    }
}

/// Why an event is sent again: which time, and what went wrong before.
type Retry = (usize, &'static str);

async fn deliver_event(shell: Arc<Shell>, body: String, mut busy: Busy, mut retry: Option<Retry>) {
    for number in retry.map_or(0, |r| r.0)..=RETRIES.len() {
        let (delivery, _) = shell.post_to_bot("/slack/events", "application/json", body.clone(), retry).await;
        let reason = match delivery {
            Delivery::Answered { status: 200..=299, .. } | Delivery::Answered { no_retry: true, .. } => return,
            Delivery::Answered { .. } => "http_error",
            Delivery::TimedOut => "http_timeout",
            Delivery::Unreachable => "connection_failed",
        };
        let Some(wait) = RETRIES.get(number) else { break };
        if *wait > 0 {
            let now = shell.config.clock.now();
            let due = now.saturating_add(SignedDuration::from_secs(*wait)).unwrap_or(now);
            busy = shell.wait_until(due, busy).await;
        }
        retry = Some((number + 1, reason));
    }
    tracing::warn!("the bot never took an event");
}

async fn read_answer(response: reqwest::Response) -> Delivery {
    let status = response.status().as_u16();
    let header = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let no_retry = header("x-slack-no-retry") == "1";
    let json = header("content-type").starts_with("application/json");
    match response.text().await {
        Ok(body) => Delivery::Answered { status, no_retry, json, body },
        Err(error) => failure(&error),
    }
}

fn failure(error: &reqwest::Error) -> Delivery {
    if error.is_timeout() { Delivery::TimedOut } else { Delivery::Unreachable }
}

/// A form body.
pub fn form<'a>(fields: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (key, value) in fields {
        form.append_pair(key, &value);
    }
    form.finish()
}

#[cfg(test)]
mod tests {
    use super::signature;

    /// The example in Slack's documentation.
    #[test]
    fn signs_as_documented() {
        let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&\
                    channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&\
                    response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&\
                    trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        assert_eq!(
            signature("8f742231b10e8888abcd99yyyzzz85a5", 1_531_420_618, body),
            "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
        );
    }
}
