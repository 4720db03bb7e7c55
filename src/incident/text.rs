//! Words that people wrote, which the record must be able to forget.

use serde::{Deserialize, Serialize};

/// Words that a person wrote. On the wire `{"$text": "words"}`, which the store keeps beside the hashed body, so that
/// [`redaction`](crate::store::Commit::erase) leaves `{"$text": null}` and a chain that still verifies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    #[serde(rename = "$text")]
    words: Option<String>,
}

impl Text {
    /// Keeps `words` as they are.
    pub fn new(words: impl Into<String>) -> Self {
        Self { words: Some(words.into()) }
    }

    /// What is left after redaction.
    #[must_use]
    pub const fn erased() -> Self {
        Self { words: None }
    }

    /// The words, unless they were redacted.
    #[must_use]
    pub fn words(&self) -> Option<&str> {
        self.words.as_deref()
    }

    /// The words, or the tombstone that people see.
    #[must_use]
    pub fn or_tombstone(&self) -> &str {
        self.words().unwrap_or("[redacted]")
    }
}

impl From<&str> for Text {
    fn from(words: &str) -> Self {
        Self::new(words)
    }
}
