//! Ways to people beside the chat: which are set up, and how.

use serde::Deserialize;
use url::Url;

use super::{GotifyConfig, MailConfig, Secret, TwilioConfig, WebhookConfig, file::File, load::Reader};
use crate::paging::reach::Way;

/// The ways that are set up.
#[derive(Clone, Debug, Default)]
pub struct WaysConfig {
    /// Pushes by ntfy.
    pub ntfy: Option<NtfyConfig>,
    /// Pushes by Gotify.
    pub gotify: Option<GotifyConfig>,
    /// Text messages and calls.
    pub twilio: Option<TwilioConfig>,
    /// Mails.
    pub mail: Option<MailConfig>,
    /// Programs that steps tell.
    pub webhooks: Vec<WebhookConfig>,
}

/// How to reach an ntfy server.
#[derive(Clone, Debug)]
pub struct NtfyConfig {
    /// Its address.
    pub url: Url,
    /// Lets us publish, where the server asks for it.
    pub token: Option<Secret>,
}

impl WaysConfig {
    /// Which they are.
    #[must_use]
    pub fn set_up(&self) -> Vec<Way> {
        let is_set_up = |way: &Way| match way {
            Way::Ntfy => self.ntfy.is_some(),
            Way::Gotify => self.gotify.is_some(),
            Way::Sms => self.twilio.as_ref().is_some_and(TwilioConfig::texts),
            Way::Call => self.twilio.as_ref().is_some_and(TwilioConfig::calls),
            Way::Mail => self.mail.is_some(),
        };
        Way::ALL.into_iter().filter(is_set_up).collect()
    }
}

/// `[ntfy]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct NtfyEntry {
    pub url: Option<String>,
}

/// Where ntfy is, unless the settings say otherwise.
const NTFY: &str = "https://ntfy.sh/";

impl Reader<'_> {
    /// Every way, with its problems told.
    pub fn ways(&mut self, file: &File) -> WaysConfig {
        WaysConfig {
            ntfy: self.ntfy(file.ntfy.as_ref()),
            gotify: self.gotify(file.gotify.as_ref()),
            twilio: self.twilio(file.twilio.as_ref()),
            mail: self.mail(file.mail.as_ref()),
            webhooks: self.webhooks(file),
        }
    }

    /// Set up where the file has the section, or the environment an address.
    fn ntfy(&mut self, entry: Option<&NtfyEntry>) -> Option<NtfyConfig> {
        let url = self.value("NTFY_URL", entry.and_then(|entry| entry.url.clone()));
        let url = url.or_else(|| entry.map(|_| NTFY.to_owned()))?;
        let token = self.secret("NTFY_TOKEN");
        Some(NtfyConfig { url: self.address("NTFY_URL", &url)?, token })
    }

    /// The base address of a neighbour, from the environment or the file, else its usual one.
    pub fn address_of(&mut self, name: &str, file: Option<&String>, usual: &str) -> Option<Url> {
        let text = self.value(name, file.cloned()).unwrap_or_else(|| usual.to_owned());
        self.address(name, &text)
    }

    /// The base address of a neighbour.
    pub fn address(&mut self, name: &str, text: &str) -> Option<Url> {
        let with_slash = if text.ends_with('/') { text.to_owned() } else { format!("{text}/") };
        let url = Url::parse(&with_slash).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        if url.is_none() {
            self.problems.push(format!("{name} `{text}` is no http or https address"));
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Problems};

    type Set = (&'static str, &'static str);

    const ACCOUNT: Set = ("TWILIO_ACCOUNT_SID", "AC0123456789abcdef0123456789abcdef");
    const TOKEN: Set = ("TWILIO_AUTH_TOKEN", "a-token-of-twilio");
    const KEY: Set = ("TWILIO_API_KEY", "SK0123456789abcdef0123456789abcdef");
    const SECRET: Set = ("TWILIO_API_SECRET", "a-secret-of-twilio");
    const FROM: Set = ("TWILIO_FROM", "+15005550006");
    const SERVICE: Set = ("TWILIO_MESSAGING_SERVICE_SID", "MG0123456789abcdef0123456789abcdef");
    const GOTIFY: Set = ("GOTIFY_URL", "https://gotify.example.com");
    const SMTP: Set = ("SMTP_URL", "smtps://bot:a-password@smtp.example.com");
    const SENDER: Set = ("MAIL_FROM", "Watchroom <watchroom@example.com>");

    fn load(env: &[Set]) -> Result<Config, Problems> {
        Config::load(None, &|name| env.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn a_way_is_on_once_all_that_it_needs_is_there() {
        let cases: [(&[Set], &[Way]); 6] = [
            (&[ACCOUNT, TOKEN, FROM], &[Way::Sms, Way::Call]),
            (&[ACCOUNT, KEY, SECRET, SERVICE], &[Way::Sms]),
            (&[ACCOUNT, TOKEN, ("TWILIO_FROM", "Watchroom")], &[Way::Sms]),
            (&[GOTIFY, ("GOTIFY_TOKENS", "ada=A1,ben=A2")], &[Way::Gotify]),
            (&[SMTP, SENDER], &[Way::Mail]),
            (&[], &[]),
        ];
        for (env, ways) in cases {
            let config = load(env).expect("sound");
            assert_eq!(config.settings.ways, ways, "{env:?}");
            let shown = format!("{config:?}");
            for secret in ["a-token-of-twilio", "a-secret-of-twilio", "A1", "a-password"] {
                assert!(!shown.contains(secret), "{secret} in {shown}");
            }
        }
    }

    #[test]
    fn what_is_missing_is_said_without_what_is_secret() {
        let cases: [(&[Set], &str); 11] = [
            (&[TOKEN, FROM], "TWILIO_ACCOUNT_SID is missing"),
            (&[ACCOUNT, FROM], "or TWILIO_AUTH_TOKEN alone"),
            (&[ACCOUNT, KEY, FROM, TOKEN], "TWILIO_API_KEY and TWILIO_API_SECRET together"),
            (&[ACCOUNT, ("TWILIO_API_KEY", "SK1"), SECRET, FROM], "TWILIO_API_KEY is missing, or is none"),
            (&[ACCOUNT, TOKEN], "nobody to send from"),
            (&[GOTIFY], "Gotify needs both"),
            (&[GOTIFY, ("GOTIFY_TOKENS", "ada=A1,ada=A2")], "names `ada` twice"),
            (&[GOTIFY, ("GOTIFY_TOKENS", "a-password")], "entry 1 is no token"),
            (&[SMTP], "mails need both"),
            (&[("SMTP_URL", "bot:a-password@smtp.example.com"), SENDER], "SMTP_URL is no address of a mail server"),
            (&[SMTP, ("MAIL_FROM", "Watchroom")], "is no mail address"),
        ];
        for (env, said) in cases {
            let Problems(problems) = load(env).expect_err(said);
            assert!(problems.len() == 1 && problems[0].contains(said), "{env:?}: {problems:?}");
            assert!(!problems[0].contains("a-password"), "{problems:?}");
        }
    }
}
