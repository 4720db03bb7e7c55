//! `[twilio]`: text messages and voice calls.

use serde::Deserialize;
use url::Url;

use super::{Secret, load::Reader};

/// How to reach Twilio.
#[derive(Clone, Debug)]
pub struct TwilioConfig {
    /// Its address.
    pub url: Url,
    /// Whose account, `AC…`.
    pub account: String,
    /// Who we are: an API key `SK…`, or the account itself.
    pub user: String,
    /// Proves that.
    pub password: Secret,
    /// What Twilio signs with; without it nobody can answer by telephone.
    pub auth_token: Option<Secret>,
    /// Who sends, `+15550100`; for text messages also a short code or a name.
    pub from: Option<String>,
    /// Who sends text messages instead, `MG…`.
    pub messaging_service: Option<String>,
}

impl TwilioConfig {
    /// Can text messages be sent?
    #[must_use]
    pub const fn texts(&self) -> bool {
        self.from.is_some() || self.messaging_service.is_some()
    }

    /// Can calls be made?
    #[must_use]
    pub fn calls(&self) -> bool {
        self.from.as_deref().is_some_and(is_number)
    }

    /// Is it an API key, which may be allowed less than the account itself?
    #[must_use]
    pub fn by_key(&self) -> bool {
        self.user != self.account
    }
}

/// `[twilio]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct TwilioEntry {
    url: Option<String>,
    account_sid: Option<String>,
    api_key: Option<String>,
    from: Option<String>,
    messaging_service_sid: Option<String>,
}

/// Where Twilio is, unless the settings say otherwise.
const TWILIO: &str = "https://api.twilio.com/";

/// `+` and digits (E.164).
fn is_number(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|n| (7..=15).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit()))
}

/// Twilio's ids: two letters and 32 digits in hex.
fn is_sid(text: &str, kind: &str) -> bool {
    text.strip_prefix(kind).is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
}

impl Reader<'_> {
    /// Set up where there is an account. What it may then do depends on who sends.
    pub fn twilio(&mut self, entry: Option<&TwilioEntry>) -> Option<TwilioConfig> {
        let is_named = entry.is_some();
        let entry = entry.cloned().unwrap_or_default();
        let account = self.value("TWILIO_ACCOUNT_SID", entry.account_sid);
        let (auth_token, secret) = (self.secret("TWILIO_AUTH_TOKEN"), self.secret("TWILIO_API_SECRET"));
        let key = self.value("TWILIO_API_KEY", entry.api_key);
        if account.is_none() && !is_named && auth_token.is_none() && key.is_none() && secret.is_none() {
            return None;
        }
        let account = self.twilio_sid("TWILIO_ACCOUNT_SID", "AC", account)?;
        let (user, password) = match (key, secret, &auth_token) {
            (Some(key), Some(secret), _) => (self.twilio_sid("TWILIO_API_KEY", "SK", Some(key))?, secret),
            (None, None, Some(token)) => (account.clone(), token.clone()),
            (Some(_), None, _) | (None, Some(_), _) | (None, None, None) => {
                self.problems.push(
                    "Twilio needs TWILIO_API_KEY and TWILIO_API_SECRET together, or TWILIO_AUTH_TOKEN alone".into(),
                );
                return None;
            }
        };
        let messaging_service = match self.value("TWILIO_MESSAGING_SERVICE_SID", entry.messaging_service_sid) {
            Some(sid) => Some(self.twilio_sid("TWILIO_MESSAGING_SERVICE_SID", "MG", Some(sid))?),
            None => None,
        };
        let from = self.value("TWILIO_FROM", entry.from).map(|from| from.trim().to_owned());
        if from.is_none() && messaging_service.is_none() {
            self.problems.push(
                "Twilio has nobody to send from; set `from` in [twilio] to a number of yours, as +15550100 (calls need one), or \
                 `messaging_service_sid`"
                    .into(),
            );
        }
        let url = self.value("TWILIO_API_URL", entry.url).unwrap_or_else(|| TWILIO.into());
        let url = self.address("TWILIO_API_URL", &url)?;
        Some(TwilioConfig { url, account, user, password, auth_token, from, messaging_service })
    }

    fn twilio_sid(&mut self, name: &str, kind: &str, sid: Option<String>) -> Option<String> {
        let found = sid.map(|sid| sid.trim().to_owned()).filter(|sid| is_sid(sid, kind));
        if found.is_none() {
            self.problems.push(format!("{name} is missing, or is none: it is {kind} and 32 digits in hex"));
        }
        found
    }
}
