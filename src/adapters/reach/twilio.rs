//! Text messages and voice calls, through Twilio's REST API of 2010-04-01. It has no key that makes a repetition known: where an
//! answer was lost, people are rather asked twice.

use super::{
    Look,
    answer::{at, client, explained},
};
use crate::{
    adapters::http::Http,
    config::TwilioConfig,
    ports::Trouble,
    render::{
        Notice,
        by_way::{call, text, twilio_failed},
    },
};

/// Twilio's number for a key that lacks a permission, or is none.
const MAY_NOT: u64 = 70051;

#[derive(Debug)]
pub(super) struct Twilio {
    http: Http,
    config: TwilioConfig,
}

impl Twilio {
    pub fn new(http: Http, config: TwilioConfig) -> Self {
        Self { http, config }
    }

    /// Sends a text message; returns its SID.
    pub async fn text(&self, to: &str, notice: &Notice) -> Result<Option<String>, Trouble> {
        let sender = match (&self.config.messaging_service, &self.config.from) {
            (Some(service), _) => ("MessagingServiceSid", service.clone()),
            (None, Some(from)) => ("From", from.clone()),
            (None, None) => return Err(Trouble::Refused("not_set_up".into())),
        };
        let mut form = vec![("To", to.to_owned()), sender, ("Body", text(notice))];
        form.extend(self.hook(notice, "status/").map(|url| ("StatusCallback", url)));
        self.post("Messages.json", &form).await
    }

    /// Calls; returns the call's SID. Its words come along, so that it speaks even where nobody can answer it.
    pub async fn call(&self, to: &str, notice: &Notice) -> Result<Option<String>, Trouble> {
        let from = self.config.from.clone().ok_or_else(|| Trouble::Refused("not_set_up".into()))?;
        let words = call(notice, self.hook(notice, "").as_deref());
        let mut form = vec![("To", to.to_owned()), ("From", from), ("Twiml", words)];
        form.extend(self.hook(notice, "status/").map(|url| ("StatusCallback", url)));
        self.post("Calls.json", &form).await
    }

    /// Are the credentials right? Only the account's own may look at it; with a key it is asked which numbers are ours.
    pub async fn look(&self) -> Result<Look, Trouble> {
        let TwilioConfig { account, user, password, .. } = &self.config;
        let what = if self.config.by_key() { "/IncomingPhoneNumbers.json?PageSize=1" } else { ".json" };
        let url = at(&self.config.url, &format!("2010-04-01/Accounts/{account}{what}"))?;
        let sent = client(&self.http).await?.get(url).basic_auth(user, Some(password.expose())).send().await;
        let mut may_not = false;
        let answer = explained(sent, |body| {
            let code = body["code"].as_u64()?;
            may_not = code == MAY_NOT;
            Some(twilio_failed(code))
        });
        match answer.await {
            Err(_) if may_not && self.config.by_key() => Ok(Look::Doubtful(
                "the API key may not look at anything, or is none; a test by text message tells which".into(),
            )),
            Err(trouble) => Err(trouble),
            Ok(_) if self.config.by_key() => Ok(Look::Fine("the API key is known".into())),
            Ok(answer) => match (answer["status"].as_str(), answer["type"].as_str()) {
                (Some("active"), Some("Trial")) => {
                    Ok(Look::Doubtful("a trial account reaches only numbers that were verified".into()))
                }
                (Some("active"), _) => Ok(Look::Fine("the account is active".into())),
                (status, _) => Err(Trouble::Refused(format!("the account is {}", status.unwrap_or("unknown")))),
            },
        }
    }

    /// Where Twilio tells what came of it: beside the page behind the link, by the same token.
    fn hook(&self, notice: &Notice, kind: &str) -> Option<String> {
        // What nobody can prove to come from Twilio would be turned away.
        self.config.auth_token.as_ref()?;
        let (base, token) = notice.acknowledge.as_deref()?.rsplit_once("/ack/")?;
        Some(format!("{base}/hooks/twilio/{kind}{token}"))
    }

    async fn post(&self, what: &str, form: &[(&str, String)]) -> Result<Option<String>, Trouble> {
        let TwilioConfig { url, account, user, password, .. } = &self.config;
        let url = at(url, &format!("2010-04-01/Accounts/{account}/{what}"))?;
        let request = client(&self.http).await?.post(url).basic_auth(user, Some(password.expose()));
        let answer =
            explained(request.form(form).send().await, |body| body["code"].as_u64().map(twilio_failed)).await?;
        Ok(answer["sid"].as_str().map(str::to_owned))
    }
}
