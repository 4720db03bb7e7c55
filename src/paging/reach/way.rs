//! Which ways there are.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A way to a person beside the chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// A push by ntfy; its address is a topic.
    Ntfy,
    /// A push by Gotify; its address is the name that stands in the settings before the token of an application of theirs.
    Gotify,
    /// A text message; its address is a telephone number.
    Sms,
    /// A voice call; its address is a telephone number.
    Call,
    /// A mail; its address is a mail address.
    Mail,
}

impl Way {
    /// All of them, in the order in which they are shown: what wakes people best first.
    pub const ALL: [Self; 5] = [Self::Ntfy, Self::Gotify, Self::Sms, Self::Call, Self::Mail];

    /// Does it ring a telephone, whatever its owner asked of it? What is not urgent goes out by the others alone.
    #[must_use]
    pub const fn rings(self) -> bool {
        match self {
            Self::Sms | Self::Call => true,
            Self::Ntfy | Self::Gotify | Self::Mail => false,
        }
    }

    /// Its name in job keys, forms and settings.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Ntfy => "ntfy",
            Self::Gotify => "gotify",
            Self::Sms => "sms",
            Self::Call => "call",
            Self::Mail => "mail",
        }
    }

    /// The way of this name.
    #[must_use]
    pub fn named(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.key() == key)
    }
}

impl fmt::Display for Way {
    /// As it appears in a sentence: "by …".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ntfy => "ntfy",
            Self::Gotify => "Gotify",
            Self::Sms => "SMS",
            Self::Call => "voice call",
            Self::Mail => "e-mail",
        })
    }
}
