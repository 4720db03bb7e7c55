//! Webhooks of the deployment's own, signed as Standard Webhooks has it (<https://www.standardwebhooks.com>).

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use super::answer::read;
use crate::{
    adapters::{address::Reach as Near, http::Http},
    clock::SharedClock,
    config::{Secret, WebhookConfig},
    ports::Trouble,
    render::webhook::body,
};

/// What a secret begins with where it is written in base64.
const ENCODED: &str = "whsec_";

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
        let client = http.client().await.map_err(|e| Trouble::Unreachable(e.to_string()))?;
        let id = format!("msg_{}", hex::encode(&Sha256::digest(key)[..16]));
        let stamp = self.clock.now().as_second().to_string();
        let mut request = client.post(url).header(CONTENT_TYPE, "application/json");
        request = request.header("webhook-id", &id).header("webhook-timestamp", &stamp);
        if let Some(secret) = &webhook.secret {
            request = request.header("webhook-signature", signature(secret, &id, &stamp, &body));
        }
        read(request.body(body).send().await).await.map(drop)
    }
}

/// # Panics
/// Never: a key of any length will do.
fn signature(secret: &Secret, id: &str, stamp: &str, body: &str) -> String {
    let encoded = secret.expose().strip_prefix(ENCODED).and_then(|text| BASE64_STANDARD.decode(text).ok());
    let key = encoded.unwrap_or_else(|| secret.expose().as_bytes().to_vec());
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key of any length will do");
    mac.update(format!("{id}.{stamp}.{body}").as_bytes());
    format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that the specification publishes.
    #[test]
    fn agrees_with_the_published_example() {
        let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let said = signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "{\"test\": 2432232314}");
        assert_eq!(said, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
