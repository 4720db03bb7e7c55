//! An account on a Mastodon server (<https://docs.joinmastodon.org/methods/statuses/>). A server knows a text by its `Idempotency-Key` for an
//! hour; after that the account's own posts tell whether it stands there.

use reqwest::Method;
use serde_json::{Value, json};

use super::door::{Door, asked, id_of, is_gone, is_new, is_same, mark, part, said, standing, unread};
use crate::{
    adapters::reach::Look,
    config::MastodonConfig,
    incident::comms::Published,
    ports::{Connector, Found, Publication, Trouble},
};

/// How many of the account's own posts are looked through.
const LATEST: &str = "40";

#[derive(Debug)]
pub(super) struct Mastodon {
    door: Door,
    config: MastodonConfig,
}

impl Mastodon {
    pub fn new(config: MastodonConfig) -> Self {
        Self { door: Door::new(config.allow_private), config }
    }

    /// Whose token it is, and whether texts may be as long as the settings say.
    pub async fn look(&self) -> Result<Look, Trouble> {
        let who = self.ask(Method::GET, "api/v1/accounts/verify_credentials", None).await?;
        let who = who["acct"].as_str().ok_or_else(|| Trouble::Refused("there is no Mastodon".into()))?;
        let server = self.ask(Method::GET, "api/v2/instance", None).await?;
        let most = server["configuration"]["statuses"]["max_characters"].as_u64();
        Ok(match most {
            Some(most) if most < u64::from(self.config.max_chars) => Look::Doubtful(format!(
                "posts as @{who}, and takes at most {most} characters; set `max_chars = {most}`"
            )),
            Some(_) | None => Look::Fine(format!("posts as @{who}")),
        })
    }

    async fn ask(&self, method: Method, path: &str, body: Option<(&Value, &str)>) -> Result<Value, Trouble> {
        let request = self.door.below(method, &self.config.url, path).await?;
        let request = request.bearer_auth(self.config.token.expose());
        let request = match body {
            Some((body, key)) => request.header("idempotency-key", key).json(body),
            None => request,
        };
        asked(request, |body| said(&body["error"])).await
    }

    async fn post(&self, text: &Publication, under: Option<&str>) -> Result<Published, Trouble> {
        let body = json!({ "status": text.whole, "in_reply_to_id": under, "visibility": "public" });
        let post = self.ask(Method::POST, "api/v1/statuses", Some((&body, &mark(text)))).await?;
        at(text, &post)
    }

    /// A server says of another account's post that it is not there, where somebody would change it: is it truly gone?
    async fn expect_gone(&self, path: &str) -> Result<(), Trouble> {
        match self.ask(Method::GET, path, None).await {
            Ok(_) => Err(Trouble::Refused("the post is another account's than the token's".into())),
            Err(trouble) if is_gone(&trouble) => Ok(()),
            Err(trouble) => Err(trouble),
        }
    }

    /// The id of the account's post that says this and is no older; whether it can be told.
    async fn own(&self, text: &Publication) -> Result<Found, Trouble> {
        let who = self.ask(Method::GET, "api/v1/accounts/verify_credentials", None).await?;
        let who = id_of(&who["id"]).ok_or_else(unread)?;
        let path = format!("api/v1/accounts/{}/statuses?limit={LATEST}&exclude_reblogs=true", part(&who));
        let posts = self.ask(Method::GET, &path, None).await?;
        let posts = posts.as_array().ok_or_else(unread)?;
        let mut newer = posts.iter().filter(|post| is_new(&post["created_at"], text));
        if text.whole.is_empty() {
            // Nobody knows its words any more.
            return Ok(if newer.next().is_some() { Found::Unknown } else { Found::Nowhere });
        }
        for post in newer {
            let id = id_of(&post["id"]).ok_or_else(unread)?;
            let source = self.ask(Method::GET, &format!("api/v1/statuses/{}/source", part(&id)), None).await?;
            if source["text"].as_str().is_some_and(|own| is_same(own, &text.whole)) {
                return at(text, post).map(Found::There);
            }
        }
        Ok(Found::Nowhere)
    }
}

fn at(text: &Publication, post: &Value) -> Result<Published, Trouble> {
    let id = id_of(&post["id"]).ok_or_else(unread)?;
    Ok(standing(text, id, post["url"].as_str().map(str::to_owned)))
}

#[async_trait::async_trait]
impl Connector for Mastodon {
    async fn publish(&self, text: &Publication, before: Option<&Published>) -> Result<Published, Trouble> {
        match self.post(text, before.map(|before| before.update.as_str())).await {
            // What it was to stand below was deleted.
            Err(trouble) if before.is_some() && is_gone(&trouble) => self.post(text, None).await,
            posted => posted,
        }
    }

    async fn find(&self, text: &Publication, _: Option<&Published>) -> Result<Found, Trouble> {
        match self.own(text).await {
            // The token may post, and not look.
            Err(Trouble::Refused(_)) => Ok(Found::Unknown),
            found => found,
        }
    }

    async fn correct(&self, at: &Published, text: &Publication) -> Result<Published, Trouble> {
        let path = format!("api/v1/statuses/{}", part(&at.update));
        match self.ask(Method::PUT, &path, Some((&json!({ "status": text.whole }), &mark(text)))).await {
            Err(trouble) if is_gone(&trouble) => {
                self.expect_gone(&path).await?;
                Err(Trouble::Refused("the post was deleted there".into()))
            }
            changed => self::at(text, &changed?),
        }
    }

    async fn withdraw(&self, at: &Published) -> Result<bool, Trouble> {
        let path = format!("api/v1/statuses/{}", part(&at.update));
        match self.ask(Method::DELETE, &path, None).await {
            Err(trouble) if is_gone(&trouble) => self.expect_gone(&path).await.map(|()| true),
            done => done.map(|_| true),
        }
    }
}
