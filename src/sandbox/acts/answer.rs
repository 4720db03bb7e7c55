//! What came back from the bot at once.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::sender::Delivery;

/// The bot's immediate answer to a command or an interaction.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status; 0 where none came.
    pub status: u16,
    /// The answer's text; empty where there is none.
    pub text: String,
    /// The answer's blocks; null where there are none.
    pub blocks: Value,
    /// The whole answer; null where it is empty.
    pub body: Value,
    /// What the person is shown instead: Slack's error code.
    pub error: Option<String>,
    /// What is wrong with the answer's blocks.
    pub complaints: Vec<String>,
    /// How long it took, in real time.
    pub elapsed: Duration,
}

impl Answer {
    /// An answer to an interaction: its body says nothing.
    pub fn plain(delivery: &Delivery, elapsed: Duration) -> Self {
        Self {
            status: delivery.status(),
            text: String::new(),
            blocks: Value::Null,
            body: Value::Null,
            error: delivery.error().map(str::to_owned),
            complaints: Vec::new(),
            elapsed,
        }
    }

    /// No answer, as none was asked for.
    pub fn none() -> Self {
        Self {
            status: 200,
            text: String::new(),
            blocks: Value::Null,
            body: Value::Null,
            error: None,
            complaints: Vec::new(),
            elapsed: Duration::ZERO,
        }
    }

    /// An answer to a command: nothing, a text, or a message as JSON.
    pub fn of_command(delivery: &Delivery, elapsed: Duration) -> Self {
        let mut answer = Self::plain(delivery, elapsed);
        let Delivery::Answered { json, body, .. } = delivery else { return answer };
        if answer.error.is_some() || body.trim().is_empty() {
            return answer;
        }
        answer.body = if *json { serde_json::from_str(body).unwrap_or(Value::Null) } else { json!({ "text": body }) };
        if !answer.body.is_object() {
            answer.error = Some("invalid_command_response".to_owned());
            answer.complaints.push(format!("not a JSON object: {body}"));
        }
        answer.text = answer.body["text"].as_str().unwrap_or_default().to_owned();
        answer.blocks = answer.body["blocks"].clone();
        answer
    }

    /// The answer, which has to have been a good one.
    ///
    /// # Panics
    /// Where Slack would show an error.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "an assertion; the answer itself is often of no interest")]
    pub fn expect_ok(self) -> Self {
        assert!(self.error.is_none(), "Slack shows an error: {self:?}");
        self
    }
}
