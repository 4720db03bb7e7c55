//! Pushes by Gotify: `POST /message` (<https://gotify.net/api-docs>). A message reaches the user to whom the application belongs whose
//! token sends it, so that each person has a token of their own.

use http::HeaderValue;
use serde_json::{Value, json};
use url::Url;

use super::{
    Look,
    answer::{at, client, read},
};
use crate::{
    adapters::http::Http,
    config::GotifyConfig,
    ports::Trouble,
    render::{Notice, by_way::push},
};

/// What makes itself heard, and what only shows.
const URGENT: u8 = 10;
const USUAL: u8 = 5;

#[derive(Debug)]
pub(super) struct Gotify {
    http: Http,
    config: GotifyConfig,
}

impl Gotify {
    pub fn new(http: Http, config: GotifyConfig) -> Self {
        Self { http, config }
    }

    /// Sends it to whom the token of this name belongs; returns its id.
    pub async fn send(&self, name: &str, notice: &Notice) -> Result<Option<String>, Trouble> {
        let token = self.config.tokens.get(name).ok_or_else(|| Trouble::Refused("no_token".into()))?;
        let mut token = HeaderValue::from_str(token.expose()).map_err(|_| Trouble::Refused("no_token".into()))?;
        token.set_sensitive(true);
        let request = client(&self.http).await?.post(self.at("message")?).header("X-Gotify-Key", token);
        let answer = read(request.json(&body(notice)).send().await).await?;
        Ok(answer["id"].as_u64().map(|id| id.to_string()))
    }

    /// Is it there? Which version, and for whom we have tokens; whether they are right only a message would tell.
    pub async fn look(&self) -> Result<Look, Trouble> {
        let answer = read(client(&self.http).await?.get(self.at("version")?).send().await).await?;
        let version = answer["version"].as_str().ok_or_else(|| Trouble::Refused("no Gotify there".into()))?;
        let names: Vec<&str> = self.config.tokens.keys().map(String::as_str).collect();
        Ok(Look::Fine(format!("version {version}; there are tokens for {}", names.join(", "))))
    }

    fn at(&self, path: &str) -> Result<Url, Trouble> {
        at(&self.config.url, path)
    }
}

fn body(notice: &Notice) -> Value {
    let mut extras = json!({ "client::display": { "contentType": "text/plain" } });
    // A tap leads to where it can be answered.
    if let Some(click) = notice.acknowledge.as_ref().or(notice.link.as_ref()) {
        extras["client::notification"] = json!({ "click": { "url": click } });
    }
    json!({
        "title": notice.title,
        "message": push(notice),
        "priority": if notice.urgent { URGENT } else { USUAL },
        "extras": extras,
    })
}
