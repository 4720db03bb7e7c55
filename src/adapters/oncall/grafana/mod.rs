//! Grafana OnCall, and Grafana Cloud IRM, which took its place and speaks the same.
//!
//! A page goes in as an alert, by the address of an integration of the kind "Formatted Webhook", which needs no other right. Our key is its
//! `alert_uid`: alerts with the same one are one alert group, until that is resolved. What is done to the group afterwards goes by the API.
//! Alerts are taken and grouped later, so that a group may not be there yet.

mod oncall;
mod page;

use reqwest::{Method, RequestBuilder};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::call::{ASKED, Failed, answer};
use crate::{
    adapters::http::Http,
    config::GrafanaOnCallConfig,
    paging::wire::grafana as wire,
    ports::{ExternalPerson, Trouble},
};

/// The most pages of a list that are read.
const MOST: usize = 100;
/// How often a list that changes while it is read is read again.
const TRIES: usize = 3;

/// Grafana OnCall.
#[derive(Debug)]
pub struct GrafanaOnCall {
    http: Http,
    config: GrafanaOnCallConfig,
}

impl GrafanaOnCall {
    /// Speaks with it as these settings say.
    #[must_use]
    pub fn new(http: Http, config: GrafanaOnCallConfig) -> Self {
        Self { http, config }
    }

    /// An address of the API.
    fn at(&self, segments: &[&str], query: &[(&str, &str)]) -> Result<Url, Trouble> {
        let mut url = self.config.api_url.clone();
        let unfit = || Trouble::Unreachable("GRAFANA_ONCALL_API_URL is no base of an address".into());
        url.path_segments_mut().map_err(|()| unfit())?.pop_if_empty().extend(["api", "v1"]).extend(segments);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    async fn request(&self, method: Method, url: Url) -> Result<RequestBuilder, Trouble> {
        let client = self.http.client().await.map_err(|e| Trouble::Unreachable(e.to_string()))?;
        let token = self.config.token.as_ref();
        let token = token.ok_or_else(|| Trouble::Refused("GRAFANA_ONCALL_TOKEN is not set".into()))?.expose();
        let request = client.request(method, url);
        Ok(match &self.config.stack_url {
            // That of a service account says of which stack it is.
            Some(stack) => request.bearer_auth(token).header("x-grafana-url", stack),
            // OnCall's own keys come without a word before them.
            None => request.header("authorization", token),
        })
    }

    /// What stands there; `Refused` keeps the status for those who know what it means.
    async fn get<T: DeserializeOwned>(&self, segments: &[&str], query: &[(&str, &str)]) -> Result<T, Failed> {
        // Addresses of what is read end in a slash.
        let url = self.at(&[segments, &[""]].concat(), query).map_err(Failed::Trouble)?;
        let request = self.request(Method::GET, url).await.map_err(Failed::Trouble)?;
        let answer = answer(request.timeout(ASKED)).await?;
        serde_json::from_value(answer).map_err(|_| Failed::Trouble(unread()))
    }

    /// A whole list. What is added or removed while it is read moves the rest from page to page: then it is read again.
    async fn list<T: DeserializeOwned>(
        &self,
        segments: &[&str],
        query: &[(&str, &str)],
        scope: &str,
    ) -> Result<Vec<T>, Trouble> {
        for _ in 0..TRIES {
            if let Some(all) = self.read_through(segments, query, scope).await? {
                return all.into_iter().map(serde_json::from_value).collect::<Result<_, _>>().map_err(|_| unread());
            }
        }
        Err(Trouble::Unreachable("the list changes while it is read".into()))
    }

    /// The same once; nothing where it changed.
    async fn read_through(
        &self,
        segments: &[&str],
        query: &[(&str, &str)],
        scope: &str,
    ) -> Result<Option<Vec<Value>>, Trouble> {
        let mut all: Vec<Value> = Vec::new();
        let mut count = None;
        for page in 1..=MOST {
            let page = page.to_string();
            let query = [query, &[("page", page.as_str())]].concat();
            let part: wire::Part = match self.get(segments, &query).await {
                Ok(part) => part,
                // It became so short that there is no such page any more.
                Err(Failed::Refused(reqwest::StatusCode::NOT_FOUND)) if count.is_some() => return Ok(None),
                Err(failed) => return Err(failed.trouble(scope)),
            };
            if *count.get_or_insert(part.count) != part.count {
                return Ok(None);
            }
            all.extend(part.results);
            if part.next.is_none() {
                return Ok((all.len() == part.count).then_some(all));
            }
        }
        Err(Trouble::Refused(format!("a list of more than {MOST} pages")))
    }
}

fn unread() -> Trouble {
    Trouble::Unreachable("an answer that cannot be read".into())
}

impl From<wire::User> for ExternalPerson {
    fn from(user: wire::User) -> Self {
        let slack = user.slack.into_iter().find_map(|known| known.user_id).map(Into::into);
        let name = if user.username.is_empty() { user.id.clone() } else { user.username };
        let email = user.email.filter(|email| !email.is_empty()).map(|email| email.to_lowercase());
        Self { id: user.id, name, email, slack }
    }
}
