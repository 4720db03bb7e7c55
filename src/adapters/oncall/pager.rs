//! Programs of the deployment's own that page people: by signed webhooks, and, where they have an address for it, asked who is on call.
//!
//! ```text
//! {"type": "page.asked", "timestamp": "2026-11-22T03:00:00Z", "data": {"key": "…", "title": "…", "text": "…", "link": "…", "urgent": true}}
//! {"type": "page.acknowledged", …, "data": {"key": "…"}}      also page.resolved
//! {"type": "page.escalated", …, "data": {"key": "…", "level": 2}}
//! {"type": "page.raised", …, "data": {"key": "…", "urgent": true}}      it has become urgent
//! ```
//!
//! What makes a page itself is its key: whoever is asked for it again has nothing more to do, as long as it is open.

use std::collections::BTreeMap;

use jiff::Timestamp;
use reqwest::{Method, RequestBuilder, header::CONTENT_TYPE};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::{
    call::{ASKED, SENT, answer, taken},
    level::{Row, by_level},
};
use crate::{
    adapters::{address::Reach, http::Http},
    clock::SharedClock,
    config::{PagerConfig, Secret},
    ports::{
        ExternalNext, ExternalOnCall, ExternalPageRequest, ExternalPerson, ExternalState, ExternalTarget,
        OnCallProvider, Pager, Trouble,
    },
    standard_webhooks::signature,
};

/// What it takes to be let in.
const SCOPE: &str = "the secret that both sides sign with";

/// All of them; `service` is the name of one.
#[derive(Debug)]
pub struct WebhookPagers {
    all: BTreeMap<String, PagerConfig>,
    public: Http,
    private: Http,
    clock: SharedClock,
}

impl WebhookPagers {
    /// Speaks with those of the settings.
    #[must_use]
    pub fn new(all: &[PagerConfig], clock: SharedClock) -> Self {
        let all = all.iter().map(|pager| (pager.name.clone(), pager.clone())).collect();
        Self { all, public: Http::within(Reach::Public), private: Http::within(Reach::Private), clock }
    }

    fn pager(&self, name: &str) -> Result<&PagerConfig, Trouble> {
        self.all.get(name).ok_or_else(|| Trouble::Refused(format!("[[pagers]] has no `{name}`")))
    }

    /// A signed request. Its id is its own; that of a page is its key.
    async fn request(
        &self,
        pager: &PagerConfig,
        (method, url): (Method, &Secret),
        body: String,
    ) -> Result<RequestBuilder, Trouble> {
        let url = Url::parse(url.expose()).map_err(|_| Trouble::Refused("no_address".into()))?;
        let (http, near) =
            if pager.allow_private { (&self.private, Reach::Private) } else { (&self.public, Reach::Public) };
        near.check(&url).map_err(|_| Trouble::Refused("private_address".into()))?;
        let client = http.client().await.map_err(|e| Trouble::Unreachable(e.to_string()))?;
        let now = self.clock.now();
        let itself = Sha256::digest(format!("{method}/{}/{now}/{body}", pager.name));
        let (id, stamp) = (format!("msg_{}", hex::encode(&itself[..16])), now.as_second().to_string());
        let signed = signature(&pager.secret, &id, &stamp, body.as_bytes());
        let request = client.request(method, url).header(CONTENT_TYPE, "application/json").body(body);
        Ok(request.header("webhook-id", id).header("webhook-timestamp", stamp).header("webhook-signature", signed))
    }

    async fn tell(&self, name: &str, kind: &str, data: Value) -> Result<(), Trouble> {
        let pager = self.pager(name)?;
        let body = json!({ "type": kind, "timestamp": self.clock.now().to_string(), "data": data }).to_string();
        let request = self.request(pager, (Method::POST, &pager.url), body).await?;
        taken(request.timeout(SENT)).await.map_err(|failed| failed.trouble(SCOPE))
    }
}

impl WebhookPagers {
    async fn levels(&self, of: &ExternalTarget) -> Result<Vec<Rung>, Trouble> {
        let (ExternalTarget::Service(name) | ExternalTarget::Policy(name) | ExternalTarget::Schedule(name)) = of;
        let pager = self.pager(name)?;
        let url = pager.on_call_url.as_ref();
        let url = url.ok_or_else(|| Trouble::Refused("it does not say who is on call".into()))?;
        let request = self.request(pager, (Method::GET, url), String::new()).await?;
        let found = answer(request.timeout(ASKED)).await.map_err(|failed| failed.trouble(SCOPE))?;
        let unread = |_| Trouble::Unreachable("an answer that cannot be read".into());
        let found: OnCall = serde_json::from_value(found).map_err(unread)?;
        Ok(found.levels)
    }
}

#[async_trait::async_trait]
impl Pager for WebhookPagers {
    async fn page(&self, page: &ExternalPageRequest) -> Result<(), Trouble> {
        let ExternalPageRequest { service, key, title, text, link, urgent } = page;
        let data = json!({ "key": key, "title": title, "text": text, "link": link, "urgent": urgent });
        self.tell(service, "page.asked", data).await
    }

    async fn acknowledge(&self, service: &str, key: &str) -> Result<(), Trouble> {
        self.tell(service, "page.acknowledged", json!({ "key": key })).await
    }

    async fn escalate(&self, service: &str, key: &str, level: u32) -> Result<(), Trouble> {
        self.tell(service, "page.escalated", json!({ "key": key, "level": level })).await
    }

    async fn raise(&self, service: &str, key: &str) -> Result<(), Trouble> {
        self.tell(service, "page.raised", json!({ "key": key, "urgent": true })).await
    }

    async fn resolve(&self, service: &str, key: &str) -> Result<(), Trouble> {
        self.tell(service, "page.resolved", json!({ "key": key })).await
    }

    /// It says by itself what becomes of a page.
    async fn state(&self, _service: &str, _key: &str) -> Result<ExternalState, Trouble> {
        Err(Trouble::Refused("it says by itself what becomes of a page".into()))
    }
}

/// What an address for it answers.
#[derive(Deserialize)]
struct OnCall {
    levels: Vec<Rung>,
}

#[derive(Deserialize)]
struct Rung {
    level: u32,
    people: Vec<Person>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    next: Option<Next>,
}

/// Whoever comes then; nobody, where there is nobody.
#[derive(Deserialize)]
struct Next {
    people: Vec<Person>,
    from: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Person {
    id: Option<String>,
    name: String,
    email: Option<String>,
    slack: Option<String>,
}

impl From<Person> for ExternalPerson {
    fn from(Person { id, name, email, slack }: Person) -> Self {
        let slack = slack.map(Into::into);
        Self { id: id.unwrap_or_else(|| name.clone()), name, email: email.map(|email| email.to_lowercase()), slack }
    }
}

#[async_trait::async_trait]
impl OnCallProvider for WebhookPagers {
    async fn on_call(&self, of: &ExternalTarget, _at: Timestamp) -> Result<Vec<ExternalOnCall>, Trouble> {
        let rows = self.levels(of).await?.into_iter().flat_map(|Rung { level, people, since, until, .. }| {
            people.into_iter().map(move |who| Row { level, who: who.into(), since, until })
        });
        Ok(by_level(rows))
    }

    async fn next(&self, of: &ExternalTarget, _at: Timestamp) -> Result<Vec<ExternalNext>, Trouble> {
        let levels = self.levels(of).await?;
        if levels.iter().all(|rung| rung.next.is_none()) {
            return Err(Trouble::Refused("it does not say".into()));
        }
        let next = levels.into_iter().filter_map(|Rung { level, next, .. }| {
            let Next { people, from } = next?;
            Some(ExternalNext { level, people: people.into_iter().map(Into::into).collect(), from })
        });
        Ok(next.collect())
    }

    /// It says all that it knows of somebody wherever it names them.
    async fn person(&self, id: &str) -> Result<ExternalPerson, Trouble> {
        Ok(ExternalPerson { id: id.to_owned(), name: id.to_owned(), email: None, slack: None })
    }
}
