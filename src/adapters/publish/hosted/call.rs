//! One request to whoever hosts a page, and what its answer, or the lack of one, means. Words stay behind.

use std::sync::Arc;

use http::{HeaderValue, header::AUTHORIZATION};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use url::Url;

use super::pace::Pace;
use crate::{
    adapters::{
        address::Reach as Near,
        http::Http,
        publish::door::unread,
        reach::answer::{client, read},
    },
    config::{Host, HostedPage, Secret},
    ports::Trouble,
};

#[derive(Debug)]
pub(super) struct Client {
    http: Http,
    host: Host,
    base: Url,
    token: Secret,
    /// How far it may be away, where somebody chose the address.
    near: Option<Near>,
    pace: Option<Arc<Pace>>,
}

impl Client {
    pub fn new(http: &Http, page: &HostedPage) -> Self {
        let near = page.chosen.map(|private| if private { Near::Private } else { Near::Public });
        let http = near.map_or_else(|| http.clone(), Http::within);
        Self { http, host: page.host, base: page.api_url.clone(), token: page.token.clone(), near, pace: None }
    }

    /// No faster than this.
    pub fn at(self, pace: Arc<Pace>) -> Self {
        Self { pace: Some(pace), ..self }
    }

    /// What stands there; nothing where nothing does.
    ///
    /// # Errors
    /// Never [`Trouble::Ambiguous`]: by looking nothing is done.
    pub async fn look(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Option<Value>, Trouble> {
        let request = self.request(Method::GET, path, query).await?;
        match self.sent(request).await {
            Ok(Value::Null) => Err(Trouble::Unreachable("an answer that cannot be read".into())),
            Ok(found) => Ok(Some(found)),
            Err(Trouble::Refused(code)) if code == "http_404" => Ok(None),
            Err(Trouble::Ambiguous(why)) => Err(Trouble::Unreachable(why)),
            Err(other) => Err(self.explained(other)),
        }
    }

    /// Changes something there; what it says then.
    ///
    /// # Errors
    /// [`Trouble::Ambiguous`] where it may be done: a failure of the server, or an answer that says nothing, tells neither.
    pub async fn write(&self, method: Method, path: &[&str], body: &Value) -> Result<Value, Trouble> {
        let request = self.request(method, path, &[]).await?.json(body);
        match self.sent(request).await {
            Ok(Value::Null) => Err(unread()),
            Ok(done) => Ok(done),
            Err(other) => Err(self.explained(other)),
        }
    }

    async fn request(&self, method: Method, path: &[&str], query: &[(&str, &str)]) -> Result<RequestBuilder, Trouble> {
        let mut url = self.base.clone();
        let unfit = |()| Trouble::Refused("its address takes no path".into());
        url.path_segments_mut().map_err(unfit)?.pop_if_empty().extend(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        if self.near.is_some_and(|near| near.check(&url).is_err()) {
            return Err(Trouble::Refused("private_address".into()));
        }
        let scheme = if self.host == Host::Statuspage { "OAuth" } else { "Bearer" };
        let token = HeaderValue::from_str(&format!("{scheme} {}", self.token.expose()));
        let mut token = token.map_err(|_| Trouble::Refused("the token has signs that none has".into()))?;
        token.set_sensitive(true);
        Ok(client(&self.http).await?.request(method, url).header(AUTHORIZATION, token))
    }

    async fn sent(&self, request: RequestBuilder) -> Result<Value, Trouble> {
        if let Some(pace) = &self.pace {
            pace.turn()?;
        }
        let said = read(request.send().await).await;
        if let (Err(Trouble::RateLimited(wait)), Some(pace)) = (&said, &self.pace) {
            pace.closed(*wait);
        }
        said
    }

    /// A refusal in words that say what to do.
    fn explained(&self, trouble: Trouble) -> Trouble {
        let Trouble::Refused(code) = &trouble else { return trouble };
        let right = match self.host {
            Host::Statuspage => "a key of a user who may manage the page",
            Host::IncidentIo => "the scope \"Create status page incidents, maintenance windows and publish updates\"",
            Host::Instatus => "a key of a teammate of the page",
        };
        let said = match code.as_str() {
            "http_401" => "the token is not known (401)".to_owned(),
            "http_403" => format!("the token may not do this (403); it takes {right}"),
            "http_404" => "it is not there (404)".to_owned(),
            "http_400" | "http_422" => {
                let status = &code["http_".len()..];
                format!("it does not take the text as it is ({status}); `watchroom doctor` looks at the components")
            }
            _ => return trouble,
        };
        Trouble::Refused(said)
    }
}
