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
mod trouble;

use std::fmt;

use slack_morphism::{SlackApiToken, SlackApiTokenValue, SlackClient};

use crate::clock::SharedClock;
use connector::Connector;
use limits::Limiter;
pub use limits::Pace;

/// Where Slack's Web API lives.
pub const SLACK_API_URL: &str = "https://slack.com/api";

/// A workspace, as our app sees it.
pub struct Slack {
    client: SlackClient<Connector>,
    token: SlackApiToken,
    limiter: Limiter,
    people: people::People,
    channels: channels::Channels,
}

impl Slack {
    /// A workspace behind `api_url`, seen with the bot token `token`.
    #[must_use]
    pub fn new(http: reqwest::Client, api_url: &str, token: &str, clock: SharedClock, pace: Pace) -> Self {
        Self {
            client: SlackClient::new(Connector::new(http, api_url)),
            token: SlackApiToken::new(SlackApiTokenValue(token.to_owned())),
            people: people::People::new(clock.clone()),
            channels: channels::Channels::default(),
            limiter: Limiter::new(clock, pace),
        }
    }
}

/// The token stays out of it.
impl fmt::Debug for Slack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slack").field("connector", &self.client.http_api.connector).finish_non_exhaustive()
    }
}
