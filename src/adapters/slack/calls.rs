//! One call to one method: its turn, its answer, its trouble.

use serde_json::Value;
use slack_morphism::errors::SlackClientError;

use super::{
    SlackChat,
    limits::{MESSAGES, Rate, TIER_2, TIER_3, TIER_4},
    trouble::trouble,
};
use crate::{ids::ChannelId, ports::Trouble};

/// What doing it twice would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Twice {
    /// Nothing that once has not done.
    Harmless,
    /// Two of what should be one.
    Double,
}

/// Which limit a call counts against.
#[derive(Debug, Clone)]
pub(super) enum Turn {
    /// The method's own.
    Method,
    /// Messages in this conversation.
    Message(ChannelId),
    /// Pages in this conversation: they do not stand in line behind anything else.
    Page(ChannelId),
    /// None: someone waits in front of the screen, and what they opened is gone in three seconds.
    Now,
}

/// The tier that Slack documents for each method that we call.
fn rate(method: &str) -> Rate {
    match method {
        "conversations.create"
        | "conversations.setTopic"
        | "conversations.setPurpose"
        | "conversations.archive"
        | "conversations.rename"
        | "conversations.list"
        | "users.conversations"
        | "bookmarks.add"
        | "pins.add"
        | "usergroups.users.list" => TIER_2,
        "users.info" | "auth.test" | "conversations.members" => TIER_4,
        _ => TIER_3,
    }
}

impl SlackChat {
    /// Calls a method that changes something.
    pub(super) async fn call(&self, method: &str, body: &Value, twice: Twice, turn: Turn) -> Result<Value, Trouble> {
        self.wait(method, &turn).await?;
        let session = self.client.open_session(&self.token);
        let answer = session.http_session_api.http_post::<_, Value>(method, body, None).await;
        answer.map_err(|e| self.failed(method, &turn, &e, twice))
    }

    /// Calls a method that only looks. Slack reads the arguments of these from the address alone.
    pub(super) async fn look(&self, method: &str, arguments: &[(&str, &str)]) -> Result<Value, Trouble> {
        self.wait(method, &Turn::Method).await?;
        let arguments: Vec<(&str, Option<&str>)> =
            arguments.iter().map(|(name, value)| (*name, Some(*value))).collect();
        let session = self.client.open_session(&self.token);
        let answer = session.http_session_api.http_get::<Value, _, _>(method, &arguments, None).await;
        answer.map_err(|e| self.failed(method, &Turn::Method, &e, Twice::Harmless))
    }

    async fn wait(&self, method: &str, turn: &Turn) -> Result<(), Trouble> {
        match place(method, turn) {
            Some((place, rate)) => self.limiter.turn(&place, rate).await,
            None => Ok(()),
        }
    }

    fn failed(&self, method: &str, turn: &Turn, error: &SlackClientError, twice: Twice) -> Trouble {
        let trouble = trouble(error, twice == Twice::Harmless);
        if let (Trouble::RateLimited(wait), Some((place, rate))) = (&trouble, place(method, turn)) {
            self.limiter.closed(&place, rate, *wait);
        }
        tracing::debug!(method, %trouble, "Slack did not do it");
        trouble
    }
}

fn place(method: &str, turn: &Turn) -> Option<(String, Rate)> {
    match turn {
        Turn::Method => Some((method.to_owned(), rate(method))),
        Turn::Message(channel) => Some((format!("message {channel}"), MESSAGES)),
        Turn::Page(channel) => Some((format!("page {channel}"), MESSAGES)),
        Turn::Now => None,
    }
}

/// A text in an answer.
pub(super) fn text<'a>(answer: &'a Value, pointer: &str) -> Option<&'a str> {
    answer.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// A text that an answer must have. Where a change was made and its answer lacks it, the change may be there all the
/// same.
pub(super) fn needed(answer: &Value, pointer: &str) -> Result<String, Trouble> {
    text(answer, pointer)
        .map(str::to_owned)
        .ok_or_else(|| Trouble::Ambiguous(format!("an answer without {}", pointer.trim_start_matches('/'))))
}

/// Where the next page of a list begins.
pub(super) fn next_cursor(answer: &Value) -> Option<String> {
    text(answer, "/response_metadata/next_cursor").map(str::to_owned)
}
