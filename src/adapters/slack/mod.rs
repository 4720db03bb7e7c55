//! Slack, through its Web API.
//!
//! slack-morphism has the session; the way out is our own connector on the program's one HTTP client ([`connector`]).
//! Answers are read as plain JSON: a typed answer that does not fit would turn a message that was posted into an error.

mod calls;
mod channels;
mod connector;
mod limits;
mod messages;
mod people;
mod port;
mod socket;
mod trouble;

use std::fmt;

use slack_morphism::{SlackApiToken, SlackApiTokenValue, SlackClient};
use url::Url;

use super::http::Http;
use crate::{clock::SharedClock, config::Secret};
use connector::Connector;
use limits::Limiter;
pub use limits::Pace;
pub use socket::{Socket, Sockets};

/// A workspace, as our app sees it.
pub struct SlackChat {
    client: SlackClient<Connector>,
    token: SlackApiToken,
    limiter: Limiter,
    people: people::People,
    channels: channels::Channels,
}

impl SlackChat {
    /// A workspace behind `api_url`, seen with the bot's token, at the pace that Slack allows.
    #[expect(clippy::needless_pass_by_value, reason = "whoever has it has no other use for it")]
    pub fn new(http: Http, api_url: Url, token: Secret, clock: SharedClock) -> Self {
        Self {
            client: SlackClient::new(Connector::new(http, api_url.as_str())),
            token: SlackApiToken::new(SlackApiTokenValue(token.expose().to_owned())),
            people: people::People::new(clock.clone()),
            channels: channels::Channels::default(),
            limiter: Limiter::new(clock, Pace::Slack),
        }
    }

    /// The same at another pace.
    #[must_use]
    pub fn at_pace(mut self, pace: Pace) -> Self {
        self.limiter.set_pace(pace);
        self
    }
}

/// The token stays out of it.
impl fmt::Debug for SlackChat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlackChat").field("connector", &self.client.http_api.connector).finish_non_exhaustive()
    }
}
