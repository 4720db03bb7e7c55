//! Pushes by ntfy, published as JSON (<https://docs.ntfy.sh/publish/#publish-as-json>).

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    Look,
    answer::{at, client, read},
};
use crate::{adapters::http::Http, config::NtfyConfig, ports::Trouble, render::Notice};

/// What wakes people despite "do not disturb", and what does not.
const URGENT: u8 = 5;
const USUAL: u8 = 3;

#[derive(Debug)]
pub(super) struct Ntfy {
    http: Http,
    config: NtfyConfig,
}

impl Ntfy {
    pub fn new(http: Http, config: NtfyConfig) -> Self {
        Self { http, config }
    }

    /// Publishes it under `topic`; returns its id. A server that knows sequences shows what comes twice under one key once.
    pub async fn send(&self, topic: &str, notice: &Notice, key: &str) -> Result<Option<String>, Trouble> {
        let request = client(&self.http).await?.post(self.config.url.clone()).json(&body(topic, notice, key));
        let request = match &self.config.token {
            Some(token) => request.bearer_auth(token.expose()),
            None => request,
        };
        let answer = read(request.send().await).await?;
        Ok(answer["id"].as_str().map(str::to_owned))
    }

    /// Does it say that it is well? Whether the token is right only a message would tell.
    pub async fn look(&self) -> Result<Look, Trouble> {
        let answer = read(client(&self.http).await?.get(at(&self.config.url, "v1/health")?).send().await).await?;
        match answer["healthy"].as_bool() {
            Some(true) => Ok(Look::Fine("the server is well".into())),
            Some(false) | None => Err(Trouble::Refused("there is no ntfy, or it is not well".into())),
        }
    }
}

fn body(topic: &str, notice: &Notice, key: &str) -> Value {
    let view = |label: &str, url: &String| json!({ "action": "view", "label": label, "url": url, "clear": true });
    let acknowledge = notice.acknowledge.as_ref().map(|url| view("Acknowledge", url));
    let open = notice.link.as_ref().map(|url| view("Open", url));
    let mut body = json!({
        "topic": topic,
        "title": notice.title,
        "message": notice.text,
        "priority": if notice.urgent { URGENT } else { USUAL },
        "sequence_id": hex::encode(&Sha256::digest(key)[..16]),
        "actions": acknowledge.into_iter().chain(open).collect::<Vec<_>>(),
    });
    // A tap on the message itself leads to where it can be answered.
    if let Some(click) = notice.acknowledge.as_ref().or(notice.link.as_ref()) {
        body["click"] = json!(click);
    }
    body
}
