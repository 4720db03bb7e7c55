//! PagerDuty: REST API v2 with schedules of both generations, and Events API v2.
//!
//! A page goes in as an event where the service has an integration key, which needs no other right, or as an incident in the name of the
//! user that `from` names. Our key is the `dedup_key` of the one and the `incident_key` of the other.

mod oncall;
mod page;

use reqwest::{Method, RequestBuilder};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::call::{ASKED, Failed, answer};
use crate::{
    adapters::http::Http,
    config::PagerDutyConfig,
    paging::wire::pagerduty as wire,
    ports::{ExternalPerson, Trouble},
};

/// The version of the API that is spoken.
const ACCEPT: &str = "application/vnd.pagerduty+json;version=2";
/// The largest page of a list.
const PAGE: usize = 100;
/// The most of a list that can be asked for.
const MOST: usize = 10_000;
/// How often a list that changes while it is read is read again.
const TRIES: usize = 3;

/// PagerDuty.
#[derive(Debug)]
pub struct PagerDuty {
    http: Http,
    config: PagerDutyConfig,
}

impl PagerDuty {
    /// Speaks with it as these settings say.
    #[must_use]
    pub fn new(http: Http, config: PagerDutyConfig) -> Self {
        Self { http, config }
    }

    /// An address of the REST API.
    fn at(&self, segments: &[&str], query: &[(&str, &str)]) -> Result<Url, Trouble> {
        let mut url = self.config.api_url.clone();
        let unfit = || Trouble::Unreachable("PAGERDUTY_API_URL takes no path".into());
        url.path_segments_mut().map_err(|()| unfit())?.pop_if_empty().extend(segments);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    async fn request(&self, method: Method, url: Url) -> Result<RequestBuilder, Trouble> {
        let client = self.http.client().await.map_err(|e| Trouble::Unreachable(e.to_string()))?;
        let token = self.config.token.as_ref();
        let token = token.ok_or_else(|| Trouble::Refused("PAGERDUTY_API_TOKEN is not set".into()))?.expose();
        // A token of an app, by OAuth, says by its beginning what it is.
        let scheme = if token.starts_with("pdus+") || token.starts_with("pdeu+") { "Bearer " } else { "Token token=" };
        // It wants to be told of a kind of content even where there is none.
        let request = client.request(method, url).header("accept", ACCEPT).header("content-type", "application/json");
        Ok(request.header("authorization", format!("{scheme}{token}")))
    }

    /// What stands there; `Refused` keeps the status for those who know what it means.
    async fn get<T: DeserializeOwned>(&self, url: Url) -> Result<T, Failed> {
        let request = self.request(Method::GET, url).await.map_err(Failed::Trouble)?;
        let answer = answer(request.timeout(ASKED)).await?;
        let unread = |_| Failed::Trouble(Trouble::Unreachable("an answer that cannot be read".into()));
        serde_json::from_value(answer).map_err(unread)
    }

    /// A whole list, `field` of each answer. What is added or removed while it is read moves the rest from page to page: then it is read
    /// again.
    async fn list<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        field: &str,
        scope: &str,
    ) -> Result<Vec<T>, Trouble> {
        for _ in 0..TRIES {
            if let Some(all) = self.read_through(path, query, field, scope).await? {
                let unread = |_| Trouble::Unreachable("an answer that cannot be read".into());
                return all.into_iter().map(serde_json::from_value).collect::<Result<_, _>>().map_err(unread);
            }
        }
        Err(Trouble::Unreachable("the list changes while it is read".into()))
    }

    /// The same once; nothing where it changed.
    async fn read_through(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        field: &str,
        scope: &str,
    ) -> Result<Option<Vec<Value>>, Trouble> {
        let mut all: Vec<Value> = Vec::new();
        let mut total = None;
        let limit = PAGE.to_string();
        while all.len() + PAGE <= MOST {
            let offset = all.len().to_string();
            let paging = [("limit", limit.as_str()), ("offset", offset.as_str()), ("total", "true")];
            let url = self.at(path, &[query, &paging[..]].concat())?;
            let mut answer: Value = self.get(url).await.map_err(|failed| failed.trouble(scope))?;
            let there = answer["total"].as_u64();
            if *total.get_or_insert(there) != there {
                return Ok(None);
            }
            let Some(Value::Array(rows)) = answer.get_mut(field).map(Value::take) else {
                return Err(Trouble::Unreachable("an answer that cannot be read".into()));
            };
            let is_last = rows.is_empty() || answer["more"] != true;
            all.extend(rows);
            if is_last {
                let is_whole = there.is_none_or(|there| usize::try_from(there).is_ok_and(|n| n == all.len()));
                return Ok(is_whole.then_some(all));
            }
        }
        Err(Trouble::Refused("more than 10 000 are on call; ask for one of them".into()))
    }
}

impl From<wire::Reference> for ExternalPerson {
    fn from(user: wire::Reference) -> Self {
        let name = if user.name().is_empty() { user.id.clone() } else { user.name().to_owned() };
        Self { id: user.id, name, email: user.email.map(|email| email.to_lowercase()), slack: None }
    }
}
