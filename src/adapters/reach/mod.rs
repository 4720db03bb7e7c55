//! Ways to people beside the chat, each where its settings are.

pub(in crate::adapters) mod answer;
mod gotify;
mod mail;
mod mailing;
mod ntfy;
mod twilio;
mod webhook;

use serde_json::Value;

use crate::{
    adapters::http::Http,
    clock::SharedClock,
    config::WaysConfig,
    paging::reach::Way,
    ports::{Call, Mail as ToSend, Reach, Trouble, Unsent},
    render::Notice,
};
use gotify::Gotify;
use mail::Mail;
use ntfy::Ntfy;
use twilio::Twilio;
use webhook::Webhooks;

/// Every way that is set up.
#[derive(Debug)]
pub struct Ways {
    ntfy: Option<Ntfy>,
    gotify: Option<Gotify>,
    twilio: Option<Twilio>,
    mail: Option<Mail>,
    webhooks: Webhooks,
}

/// What is found where a neighbour is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// It works, as far as can be seen without waking anybody.
    Fine(String),
    /// It may not work as somebody expects.
    Doubtful(String),
}

impl Ways {
    /// The ways that the settings name, over this HTTP client.
    pub fn new(http: &Http, config: &WaysConfig, clock: SharedClock) -> Self {
        Self {
            ntfy: config.ntfy.clone().map(|config| Ntfy::new(http.clone(), config)),
            gotify: config.gotify.clone().map(|config| Gotify::new(http.clone(), config)),
            twilio: config.twilio.clone().map(|config| Twilio::new(http.clone(), config)),
            mail: config.mail.clone().map(Mail::new),
            webhooks: Webhooks::new(config.webhooks.clone(), clock),
        }
    }

    /// Looks at each neighbour without sending anything to anybody.
    pub async fn look(&self) -> Vec<(&'static str, Result<Look, Trouble>)> {
        let mut looks = Vec::new();
        if let Some(ntfy) = &self.ntfy {
            looks.push(("ntfy", ntfy.look().await));
        }
        if let Some(gotify) = &self.gotify {
            looks.push(("Gotify", gotify.look().await));
        }
        if let Some(twilio) = &self.twilio {
            looks.push(("Twilio", twilio.look().await));
        }
        if let Some(mail) = &self.mail {
            looks.push(("e-mail", mail.look().await));
        }
        looks
    }
}

#[async_trait::async_trait]
impl Reach for Ways {
    async fn send(&self, way: Way, address: &str, notice: &Notice, key: &str) -> Result<Option<String>, Trouble> {
        // Taken out of the settings since somebody asked for it.
        let gone = || Trouble::Refused("not_set_up".to_owned());
        match way {
            Way::Ntfy => self.ntfy.as_ref().ok_or_else(gone)?.send(address, notice, key).await,
            Way::Gotify => self.gotify.as_ref().ok_or_else(gone)?.send(address, notice).await,
            Way::Sms => self.twilio.as_ref().ok_or_else(gone)?.text(address, notice).await,
            Way::Call => self.twilio.as_ref().ok_or_else(gone)?.call(address, notice).await,
            Way::Mail => self.mail.as_ref().ok_or_else(gone)?.send(address, notice, key).await,
        }
    }

    async fn tell(&self, webhook: &str, facts: &Value, key: &str) -> Result<(), Trouble> {
        self.webhooks.call(webhook, facts, key).await
    }

    async fn mail(&self, mail: &ToSend) -> Result<(), Unsent> {
        let gone = || Unsent::Server(Trouble::Unreachable("mails are not set up any more".to_owned()));
        self.mail.as_ref().ok_or_else(gone)?.deliver(mail).await
    }

    async fn call(&self, call: &Call) -> Result<(), Trouble> {
        self.webhooks.call_at(call).await
    }
}
