//! What lets the bot answer: triggers (3 s, once) and response addresses (30 min, five times).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Workspace;
use crate::sandbox::Refusal;

const TRIGGER_LIFE: SignedDuration = SignedDuration::from_secs(3);
/// Spent triggers are remembered for so long, to tell `exchanged` from `invalid`.
const TRIGGER_MEMORY: SignedDuration = SignedDuration::from_mins(10);
const RESPONSE_URL_LIFE: SignedDuration = SignedDuration::from_mins(30);
const RESPONSE_URL_USES: u8 = 5;

/// Where the person was when the trigger was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TriggerContext {
    /// In a message, a command or a global shortcut: may open a first modal.
    Outside,
    /// In a modal: may push another on top of it.
    Modal(String),
}

/// A `trigger_id`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Trigger {
    /// Whose it is.
    pub user: String,
    /// When it was made.
    pub made: Timestamp,
    /// Whether it was exchanged already.
    pub used: bool,
    /// Where.
    pub context: TriggerContext,
}

/// A `response_url`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ResponseUrl {
    /// Whose command or press it answers.
    pub user: String,
    /// Where that was.
    pub channel: String,
    /// The message that was pressed, if one was.
    pub message_ts: Option<String>,
    /// When it was made.
    pub made: Timestamp,
    /// How often it was used.
    pub uses: u8,
}

impl Workspace {
    /// A new trigger for this person.
    pub fn new_trigger(&mut self, user: &str, context: TriggerContext) -> String {
        let now = self.now;
        self.triggers.retain(|_, t| now.duration_since(t.made) < TRIGGER_MEMORY);
        self.last_id += 1;
        let id = format!("{}.{}.{}", self.last_id, now.as_microsecond(), self.salt.to_lowercase());
        self.triggers.insert(id.clone(), Trigger { user: user.to_owned(), made: now, used: false, context });
        id
    }

    /// Spends a trigger.
    pub fn exchange(&mut self, id: &str) -> Result<Trigger, Refusal> {
        let now = self.now;
        let trigger = self.triggers.get_mut(id).ok_or(Refusal::from("invalid_trigger_id"))?;
        if trigger.used {
            return Err("exchanged_trigger_id".into());
        }
        if now.duration_since(trigger.made) > TRIGGER_LIFE {
            return Err("expired_trigger_id".into());
        }
        trigger.used = true;
        Ok(trigger.clone())
    }

    /// A new response address; returns its secret path.
    pub fn new_response_url(&mut self, user: &str, channel: &str, message_ts: Option<&str>) -> String {
        let now = self.now;
        self.response_urls.retain(|_, r| now.duration_since(r.made) <= RESPONSE_URL_LIFE);
        let secret = self.fresh("R");
        let url = ResponseUrl {
            user: user.to_owned(),
            channel: channel.to_owned(),
            message_ts: message_ts.map(str::to_owned),
            made: now,
            uses: 0,
        };
        self.response_urls.insert(secret.clone(), url);
        secret
    }

    /// Spends one use of a response address.
    pub fn use_response_url(&mut self, secret: &str) -> Result<ResponseUrl, Refusal> {
        let now = self.now;
        let url = self.response_urls.get_mut(secret).ok_or(Refusal::from("expired_url"))?;
        if url.uses >= RESPONSE_URL_USES {
            return Err("used_url".into());
        }
        if now.duration_since(url.made) > RESPONSE_URL_LIFE {
            return Err("expired_url".into());
        }
        url.uses += 1;
        Ok(url.clone())
    }
}
