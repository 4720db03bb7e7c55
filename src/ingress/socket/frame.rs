//! What Slack sends over a connection, leniently.

use serde::Deserialize;
use serde_json::value::RawValue;

/// A message of Slack's.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Frame<'a> {
    /// `hello`, `disconnect`, or what it brings.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// What the answer names; a message without it wants none.
    pub envelope_id: Option<String>,
    /// What it brings: the same as over HTTP.
    #[serde(borrow)]
    pub payload: Option<&'a RawValue>,
    /// Why Slack ends the connection.
    pub reason: Option<String>,
}

/// What a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Hello,
    Disconnect,
    Command,
    Interaction,
    Event,
    Unknown,
}

impl Frame<'_> {
    pub fn kind(&self) -> Kind {
        match self.kind.as_deref().unwrap_or_default() {
            "hello" => Kind::Hello,
            "disconnect" => Kind::Disconnect,
            "slash_commands" => Kind::Command,
            "interactive" => Kind::Interaction,
            "events_api" => Kind::Event,
            _ => Kind::Unknown,
        }
    }

    /// What it brings, as JSON.
    pub fn json(&self) -> &str {
        self.payload.map_or("null", RawValue::get)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nulls_and_strangers_are_fine() {
        let text =
            r#"{"type":"slash_commands","envelope_id":"e","payload":{"a":[1]},"accepts_response_payload":true,"x":1}"#;
        let frame: Frame<'_> = serde_json::from_str(text).unwrap();
        assert_eq!((frame.kind(), frame.json()), (Kind::Command, r#"{"a":[1]}"#));
        let frame: Frame<'_> = serde_json::from_str(r#"{"type":null,"payload":null}"#).unwrap();
        assert_eq!((frame.kind(), frame.json(), &frame.envelope_id), (Kind::Unknown, "null", &None));
    }
}
