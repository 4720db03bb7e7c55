//! Opsgenie, and Jira Service Management Operations, which speaks almost the same.
//!
//! Alerts go in by an API integration's key, with our key as `alias`: an open alert with the same alias is the same alert. Writes are
//! taken (202) and done later, so that one that was taken may yet come to nothing: each counts once its own outcome is known.

mod oncall;
mod page;
mod taken;

use reqwest::{Method, RequestBuilder};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use self::taken::Taken;
use super::call::{ASKED, Failed, answer};
use crate::{
    adapters::http::Http,
    config::{JiraSite, OpsgenieConfig},
    paging::wire::opsgenie as wire,
    ports::Trouble,
};

/// Opsgenie, or Jira Service Management.
#[derive(Debug)]
pub struct Opsgenie {
    http: Http,
    config: OpsgenieConfig,
    taken: Taken,
}

impl Opsgenie {
    /// Speaks with it as these settings say.
    #[must_use]
    pub fn new(http: Http, config: OpsgenieConfig) -> Self {
        Self { http, config, taken: Taken::default() }
    }

    fn at(&self, prefix: &[&str], segments: &[&str], query: &[(&str, &str)]) -> Result<Url, Trouble> {
        let mut url = self.config.api_url.clone();
        let unfit = || Trouble::Unreachable("OPSGENIE_API_URL takes no path".into());
        url.path_segments_mut().map_err(|()| unfit())?.pop_if_empty().extend(prefix).extend(segments);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    /// What stands there: of Opsgenie inside of `data`, of Jira Service Management as it is.
    async fn get<T: DeserializeOwned>(&self, segments: &[&str], query: &[(&str, &str)]) -> Result<T, Failed> {
        let request = self.read(segments, query).await.map_err(Failed::Trouble)?;
        let mut answer = answer(request.timeout(ASKED)).await?;
        let said = if self.config.site.is_none() {
            answer.get_mut("data").map(Value::take).unwrap_or_default()
        } else {
            answer
        };
        let unread = |_| Failed::Trouble(Trouble::Unreachable("an answer that cannot be read".into()));
        serde_json::from_value(said).map_err(unread)
    }

    async fn read(&self, segments: &[&str], query: &[(&str, &str)]) -> Result<RequestBuilder, Trouble> {
        if let Some(site) = &self.config.site {
            return self.as_user(site, Method::GET, segments, query).await;
        }
        let client = self.http.client().await.map_err(|e| Trouble::Unreachable(e.to_string()))?;
        self.with_key(client.get(self.at(&["v2"], segments, query)?))
    }

    /// What Jira Service Management takes from a user alone.
    async fn as_user(
        &self,
        site: &JiraSite,
        method: Method,
        segments: &[&str],
        query: &[(&str, &str)],
    ) -> Result<RequestBuilder, Trouble> {
        let client = self.http.client().await.map_err(|e| Trouble::Unreachable(e.to_string()))?;
        let token = site.token.as_ref().ok_or_else(|| Trouble::Refused("JIRA_API_TOKEN is not set".into()))?;
        let url = self.at(&["jsm", "ops", "api", &site.cloud_id, "v1"], segments, query)?;
        Ok(client.request(method, url).basic_auth(&site.user, Some(token.expose())))
    }

    /// A write, which both take by the same key in the same words.
    async fn write(
        &self,
        method: Method,
        segments: &[&str],
        query: &[(&str, &str)],
    ) -> Result<RequestBuilder, Trouble> {
        let client = self.http.client().await.map_err(|e| Trouble::Unreachable(e.to_string()))?;
        let prefix: &[&str] = if self.config.site.is_some() { &["jsm", "ops", "integration", "v2"] } else { &["v2"] };
        self.with_key(client.request(method, self.at(prefix, segments, query)?))
    }

    fn with_key(&self, request: RequestBuilder) -> Result<RequestBuilder, Trouble> {
        let key = self.config.key.as_ref().ok_or_else(|| Trouble::Refused("OPSGENIE_API_KEY is not set".into()))?;
        Ok(request.header("authorization", format!("GenieKey {}", key.expose())))
    }

    /// What a token needs for reading.
    const fn scope(&self) -> &'static str {
        if self.config.site.is_some() { "the role of a user of Jira Service Management" } else { "the right to read" }
    }
}
