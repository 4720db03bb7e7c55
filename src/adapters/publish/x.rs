//! An account on X, by version 2 of its interface (<https://docs.x.com/x-api/posts/manage-tweets/integrate>). It knows no key for a text, and
//! lets a program change none: whether a text stands there the account's own posts tell, where its plan lets it read them, and what is
//! wrong is corrected below it.

use std::fmt;

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use super::{
    door::{Door, SKEW, asked, id_of, is_same, part, said, standing, taken_away, unread},
    oauth1::authorization,
};
use crate::{
    adapters::reach::{Look, answer::at},
    clock::SharedClock,
    config::XConfig,
    incident::comms::Published,
    ports::{Connector, Found, Publication, Trouble},
};

pub(super) struct X {
    door: Door,
    config: XConfig,
    clock: SharedClock,
}

impl fmt::Debug for X {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("X").field("config", &self.config).finish_non_exhaustive()
    }
}

impl X {
    pub fn new(config: XConfig, clock: SharedClock) -> Self {
        Self { door: Door::new(config.allow_private), config, clock }
    }

    /// In whose name it posts.
    pub async fn look(&self) -> Result<Look, Trouble> {
        let who = self.ask(Method::GET, "2/users/me", None).await?;
        let name = who["data"]["username"].as_str().ok_or_else(|| Trouble::Refused("there is no X".into()))?;
        Ok(Look::Fine(format!("posts as @{name}; whether its keys may write only a post would tell")))
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Trouble> {
        let url = at(&self.config.api_url, path)?;
        let request = self.door.to(method.clone(), url.clone()).await?;
        let request = request.header("authorization", self.signed(method.as_str(), &url)?);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        asked(request, |body| said(&body["detail"]).or_else(|| said(&body["title"]))).await
    }

    fn signed(&self, method: &str, url: &Url) -> Result<String, Trouble> {
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce).map_err(|e| Trouble::Unreachable(e.to_string()))?;
        let now = self.clock.now().as_second();
        Ok(authorization(&self.config, method, url, (now, &hex::encode(nonce))))
    }

    async fn post(&self, text: &Publication, under: Option<&str>) -> Result<Published, Trouble> {
        let mut body = json!({ "text": text.whole });
        if let Some(under) = under {
            body["reply"] = json!({ "in_reply_to_tweet_id": under });
        }
        let posted = self.ask(Method::POST, "2/tweets", Some(&body)).await?;
        id_of(&posted["data"]["id"]).map(|id| place(text, id)).ok_or_else(unread)
    }

    /// Below another one; where X does not let it stand there, by itself.
    async fn post_below(&self, text: &Publication, under: &str) -> Result<Published, Trouble> {
        match self.post(text, Some(under)).await {
            Err(Trouble::Refused(why)) if is_about_reply(&why) => self.post(text, None).await,
            posted => posted,
        }
    }

    /// The account's post that says this and is no older.
    async fn own(&self, text: &Publication) -> Result<Found, Trouble> {
        let me = self.ask(Method::GET, "2/users/me", None).await?;
        let me = id_of(&me["data"]["id"]).ok_or_else(unread)?;
        let since = since(text.sent_at);
        let path = format!(
            "2/users/{}/tweets?max_results=100&exclude=retweets&start_time={since}&tweet.fields=entities",
            part(&me)
        );
        let posts = self.ask(Method::GET, &path, None).await?;
        let none = Vec::new();
        // Where there are none it says only how many there are.
        let posts = match posts["meta"]["result_count"].as_u64() {
            Some(0) => &none,
            Some(_) | None => posts["data"].as_array().ok_or_else(unread)?,
        };
        let own = posts.iter().find(|post| is_same(&words(post), &text.whole));
        match own {
            // Nobody knows its words any more.
            _ if text.whole.is_empty() && !posts.is_empty() => Ok(Found::Unknown),
            Some(post) => id_of(&post["id"]).map(|id| Found::There(place(text, id))).ok_or_else(unread),
            None => Ok(Found::Nowhere),
        }
    }
}

/// As X reads times: to the second.
fn since(sent_at: Timestamp) -> String {
    let since = sent_at.checked_sub(SKEW.as_secs().seconds()).unwrap_or(sent_at);
    since.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn place(text: &Publication, id: String) -> Published {
    let link = format!("https://x.com/i/web/status/{id}");
    standing(text, id, Some(link))
}

/// Does it mind only where the text was to stand? The post may be deleted, and some plans answer nobody who did not ask.
fn is_about_reply(why: &str) -> bool {
    why.to_lowercase().contains("reply")
}

/// What was written: X shortens addresses, writes some signs as HTML does, and puts names before answers.
fn words(post: &Value) -> String {
    let mut text = post["text"].as_str().unwrap_or_default().to_owned();
    for url in post["entities"]["urls"].as_array().into_iter().flatten() {
        if let (Some(short), Some(long)) = (url["url"].as_str(), url["expanded_url"].as_str()) {
            text = text.replace(short, long);
        }
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let mut rest = text.trim_start();
    while let Some((name, behind)) = rest.split_once(char::is_whitespace).filter(|(name, _)| name.starts_with('@')) {
        let _ = name;
        rest = behind.trim_start();
    }
    rest.to_owned()
}

#[async_trait::async_trait]
impl Connector for X {
    async fn publish(&self, text: &Publication, before: Option<&Published>) -> Result<Published, Trouble> {
        match before {
            Some(before) => self.post_below(text, &before.update).await,
            None => self.post(text, None).await,
        }
    }

    async fn find(&self, text: &Publication, _: Option<&Published>) -> Result<Found, Trouble> {
        match self.own(text).await {
            // Not every plan may read.
            Err(Trouble::Refused(_)) => Ok(Found::Unknown),
            found => found,
        }
    }

    /// Says it below the one that is wrong.
    async fn correct(&self, at: &Published, text: &Publication) -> Result<Published, Trouble> {
        self.post_below(text, &at.update).await
    }

    async fn withdraw(&self, at: &Published) -> Result<bool, Trouble> {
        taken_away(self.ask(Method::DELETE, &format!("2/tweets/{}", part(&at.update)), None).await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_x_made_of_a_text_is_known_again() {
        let post = json!({
            "text": "@example @shop 5 &lt; 6 &amp; more: https://t.co/abc",
            "entities": { "urls": [{ "url": "https://t.co/abc", "expanded_url": "https://status.example.com/x" }] },
        });
        assert!(is_same(&words(&post), "5 < 6 & more:\nhttps://status.example.com/x"));
        assert_eq!(words(&json!({ "text": "@example" })), "@example");
        assert_eq!(words(&json!({})), "");
    }

    #[test]
    fn times_are_to_the_second() {
        let at = "2026-11-22T03:00:00.25Z".parse().expect("a time");
        assert_eq!(since(at), "2026-11-22T02:59:00Z");
    }
}
