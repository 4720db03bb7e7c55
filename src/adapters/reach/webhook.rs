//! Webhooks of the deployment's own, signed as Standard Webhooks has it (<https://www.standardwebhooks.com>).

use reqwest::header::CONTENT_TYPE;
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use super::answer::read;
use crate::{
    adapters::{address::Reach as Near, http::Http},
    clock::SharedClock,
    config::{Secret, WebhookConfig},
    ports::{Call, Trouble},
    render::webhook::body,
    standard_webhooks::signature,
};

#[derive(Debug)]
pub(super) struct Webhooks {
    all: Vec<WebhookConfig>,
    public: Http,
    private: Http,
    clock: SharedClock,
}

impl Webhooks {
    pub fn new(all: Vec<WebhookConfig>, clock: SharedClock) -> Self {
        Self { all, public: Http::within(Near::Public), private: Http::within(Near::Private), clock }
    }

    /// Tells a webhook; `key` makes it itself, so that whoever gets it twice can tell.
    pub async fn call(&self, name: &str, facts: &Value, key: &str) -> Result<(), Trouble> {
        let known = self.all.iter().find(|webhook| webhook.name == name);
        let webhook = known.ok_or_else(|| Trouble::Refused("not_set_up".into()))?;
        let refused = |why: &str| Trouble::Refused(why.to_owned());
        let url = Url::parse(webhook.url.expose()).map_err(|_| refused("no_address"))?;
        let (http, near) =
            if webhook.allow_private { (&self.private, Near::Private) } else { (&self.public, Near::Public) };
        near.check(&url).map_err(|_| refused("private_address"))?;
        let body = body(webhook.template.as_deref(), facts).map_err(|_| refused("bad_template"))?;
        self.post(http, url, (body, webhook.secret.as_ref()), key).await
    }

    /// Tells a program of somebody who subscribed.
    pub async fn call_at(&self, call: &Call) -> Result<(), Trouble> {
        let refused = |why: &str| Trouble::Refused(why.to_owned());
        let url = Url::parse(call.url.expose()).map_err(|_| refused("no_address"))?;
        let (http, near) =
            if call.allow_private { (&self.private, Near::Private) } else { (&self.public, Near::Public) };
        near.check(&url).map_err(|_| refused("private_address"))?;
        self.post(http, url, (call.body.to_string(), Some(&call.secret)), &call.key).await
    }

    async fn post(
        &self,
        http: &Http,
        url: Url,
        (body, secret): (String, Option<&Secret>),
        key: &str,
    ) -> Result<(), Trouble> {
        let client = http.client().await.map_err(|e| Trouble::Unreachable(e.to_string()))?;
        let id = format!("msg_{}", hex::encode(&Sha256::digest(key)[..16]));
        let stamp = self.clock.now().as_second().to_string();
        let mut request = client.post(url).header(CONTENT_TYPE, "application/json");
        request = request.header("webhook-id", &id).header("webhook-timestamp", &stamp);
        if let Some(secret) = secret {
            request = request.header("webhook-signature", signature(secret, &id, &stamp, body.as_bytes()));
        }
        read(request.body(body).send().await).await.map(drop)
    }
}
