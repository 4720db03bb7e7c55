//! Incoming webhooks of Teams, Discord and Mattermost: each text is a message of its own in one channel. They let nobody look, so that the
//! room is asked where an answer was lost.

use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use super::door::{Door, asked, id_of, is_gone, mark, part, said, standing, taken_away, unread};
use crate::{
    adapters::reach::Look,
    config::{HookConfig, HookKind},
    incident::comms::Published,
    ports::{Connector, Found, Publication, Trouble},
    render::plain::{markdown, mattermost},
};

#[derive(Debug)]
pub(super) struct Hook {
    door: Door,
    config: HookConfig,
}

impl Hook {
    pub fn new(config: HookConfig) -> Self {
        Self { door: Door::new(config.allow_private), config }
    }

    /// Does it know us? The others would tell only by a message.
    pub async fn look(&self) -> Result<Look, Trouble> {
        let untold = || Look::Fine("takes texts; whether its address is right only a text would tell".into());
        match self.config.kind {
            HookKind::Discord => {
                let hook = asked(self.door.to(Method::GET, self.url()?).await?, |body| said(&body["message"])).await?;
                let name = hook["name"].as_str().ok_or_else(|| Trouble::Refused("there is no webhook".into()))?;
                Ok(Look::Fine(format!("the webhook \u{201c}{name}\u{201d} is there")))
            }
            HookKind::Mattermost => {
                let base = self.url()?;
                let (before, _) =
                    base.path().split_once("/hooks/").ok_or_else(|| Trouble::Refused("no_address".into()))?;
                let mut ping = base.clone();
                ping.set_path(&format!("{before}/api/v4/system/ping"));
                ping.set_query(None);
                asked(self.door.to(Method::GET, ping).await?, |body| said(&body["message"])).await?;
                Ok(untold())
            }
            // Made, and not sent.
            HookKind::Teams => self.door.to(Method::POST, self.url()?).await.map(|_| untold()),
        }
    }

    fn url(&self) -> Result<Url, Trouble> {
        Url::parse(self.config.url.expose()).map_err(|_| Trouble::Refused("no_address".to_owned()))
    }

    /// A message of ours in Discord.
    fn message(&self, id: &str) -> Result<Url, Trouble> {
        let mut url = self.url()?;
        let path = format!("{}/messages/{}", url.path().trim_end_matches('/'), part(id));
        url.set_path(&path);
        Ok(url)
    }

    fn body(&self, text: &Publication) -> Value {
        match self.config.kind {
            HookKind::Teams => card(&text.whole),
            HookKind::Discord => in_discord(text),
            HookKind::Mattermost => json!({ "text": mattermost(&text.whole) }),
        }
    }
}

/// Nobody is mentioned, whatever the text says.
fn in_discord(text: &Publication) -> Value {
    json!({ "content": markdown(&text.whole), "allowed_mentions": { "parse": [] } })
}

/// As the workflow "Post to a channel when a webhook request is received" takes it. Runs of text have no markup: they stand there as they
/// are.
fn card(text: &str) -> Value {
    let paragraph = |line: &str| {
        // An empty run is none, and leaves no line.
        let line = if line.trim().is_empty() { "\u{a0}" } else { line };
        json!({ "type": "RichTextBlock", "inlines": [{ "type": "TextRun", "text": line }] })
    };
    let body: Vec<Value> = text.lines().map(paragraph).collect();
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": body,
                "msteams": { "width": "Full" },
            },
        }],
    })
}

#[async_trait::async_trait]
impl Connector for Hook {
    async fn publish(&self, text: &Publication, _: Option<&Published>) -> Result<Published, Trouble> {
        let mut url = self.url()?;
        if self.config.kind == HookKind::Discord {
            url.query_pairs_mut().append_pair("wait", "true");
        }
        let request = self.door.to(Method::POST, url).await?.json(&self.body(text));
        let answer = asked(request, |body| said(&body["message"])).await?;
        let id = match self.config.kind {
            HookKind::Discord => id_of(&answer["id"]).ok_or_else(unread)?,
            // They name none.
            HookKind::Teams | HookKind::Mattermost => mark(text),
        };
        Ok(standing(text, id, None))
    }

    async fn find(&self, _: &Publication, _: Option<&Published>) -> Result<Found, Trouble> {
        Ok(Found::Unknown)
    }

    async fn correct(&self, at: &Published, text: &Publication) -> Result<Published, Trouble> {
        match self.config.kind {
            HookKind::Discord => {
                let request = self.door.to(Method::PATCH, self.message(&at.update)?).await?.json(&in_discord(text));
                asked(request, |body| said(&body["message"])).await?;
                Ok(standing(text, at.update.clone(), None))
            }
            HookKind::Teams | HookKind::Mattermost => self.publish(text, Some(at)).await,
        }
    }

    async fn withdraw(&self, at: &Published) -> Result<bool, Trouble> {
        match self.config.kind {
            HookKind::Discord => {
                let request = self.door.to(Method::DELETE, self.message(&at.update)?).await?;
                match asked(request, |body| said(&body["message"])).await {
                    // The message, or the webhook? Where that is gone, the message stands there still.
                    Err(trouble) if is_gone(&trouble) => {
                        Ok(asked(self.door.to(Method::GET, self.url()?).await?, |_| None).await.is_ok())
                    }
                    done => taken_away(done),
                }
            }
            HookKind::Teams | HookKind::Mattermost => Ok(false),
        }
    }
}
