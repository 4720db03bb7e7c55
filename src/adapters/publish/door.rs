//! The way to a place whose address stands in the settings: within its reach, and nowhere else.

use jiff::{SignedDuration, Timestamp};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use crate::{
    adapters::{
        address::Reach as Near,
        http::Http,
        reach::answer::{at, client, explained},
    },
    incident::comms::Published,
    ports::{Publication, Trouble},
};

/// The words of a place that said no are shown in the room: no more of them than this.
const SAID: usize = 200;
/// How far a place's clock may be behind ours.
pub(super) const SKEW: SignedDuration = SignedDuration::from_mins(1);
/// Nothing is there, or not any more.
const GONE: [StatusCode; 2] = [StatusCode::NOT_FOUND, StatusCode::GONE];

#[derive(Debug)]
pub(super) struct Door {
    http: Http,
    near: Near,
}

impl Door {
    pub fn new(allow_private: bool) -> Self {
        let near = if allow_private { Near::Private } else { Near::Public };
        Self { http: Http::within(near), near }
    }

    /// A request to this very address.
    pub async fn to(&self, method: Method, url: Url) -> Result<RequestBuilder, Trouble> {
        self.near.check(&url).map_err(|_| Trouble::Refused("private_address".to_owned()))?;
        Ok(client(&self.http).await?.request(method, url))
    }

    /// A request to what is below a base, each part of the way as it is.
    pub async fn below(&self, method: Method, base: &Url, path: &str) -> Result<RequestBuilder, Trouble> {
        self.to(method, at(base, path)?).await
    }
}

/// What became of a request. A refusal has the words that `why` finds in its body; that nothing is there keeps its status.
pub(super) async fn asked(
    request: RequestBuilder,
    why: impl FnOnce(&Value) -> Option<String>,
) -> Result<Value, Trouble> {
    let sent = request.send().await;
    let gone = sent.as_ref().is_ok_and(|answer| GONE.contains(&answer.status()));
    explained(sent, |body| why(body).filter(|_| !gone)).await
}

/// All but what RFC 3986 leaves as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A part of an address, which may be anything.
pub(super) fn part(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// An id in an answer: text, or a number.
pub(super) fn id_of(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|id| id.to_string()))
}

/// It was taken, and says nothing that can be read: whether it stands there, somebody must look.
pub(super) fn unread() -> Trouble {
    Trouble::Ambiguous("an answer that cannot be read".into())
}

/// Can what a place wrote at this time be this text? It is no older; what cannot be read may be new. Jira writes
/// `2026-11-22T03:00:00.000+0000`, the others as RFC 3339 has it.
pub(super) fn is_new(at: &Value, text: &Publication) -> bool {
    let read = |at: &str| at.parse().or_else(|_| Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", at)).ok();
    at.as_str().and_then(read).is_none_or(|at| at.duration_since(text.sent_at) >= -SKEW)
}

/// The same words, however they are spaced.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}

/// A refusal in the neighbour's own words, on one line.
pub(super) fn said(value: &Value) -> Option<String> {
    let words = value.as_str()?.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(words.chars().take(SAID).collect()).filter(|words: &String| !words.is_empty())
}

/// Is it refused because there is nothing there?
pub(super) fn is_gone(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Refused(code) if GONE.iter().any(|gone| *code == format!("http_{}", gone.as_u16())))
}

/// Taken away, or gone before.
pub(super) fn taken_away(done: Result<Value, Trouble>) -> Result<bool, Trouble> {
    match done {
        Err(trouble) if !is_gone(&trouble) => Err(trouble),
        Ok(_) | Err(_) => Ok(true),
    }
}

/// What makes a text itself, in letters that any header takes.
pub(super) fn mark(text: &Publication) -> String {
    hex::encode(&Sha256::digest(&text.key)[..16])
}

/// Where a text of this incident stands now.
pub(super) fn standing(text: &Publication, update: String, link: Option<String>) -> Published {
    Published { thread: text.incident.clone(), update, link }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::status::PostStatus;

    #[test]
    fn what_is_of_earlier_is_not_looked_at() {
        let sent_at: Timestamp = "2026-11-22T03:00:00Z".parse().expect("a time");
        let text = Publication {
            key: "k".into(),
            incident: "i".into(),
            title: String::new(),
            body: String::new(),
            whole: String::new(),
            status: PostStatus::Investigating,
            impact: BTreeMap::new(),
            notify: true,
            started_at: sent_at,
            sent_at,
            next_by: None,
            link: None,
            linked: Vec::new(),
        };
        let at = |created: Value| is_new(&created, &text);
        for new in ["2026-11-22T04:00:01.000+0100", "2026-11-22T02:59:30.000+0000", "2026-11-22T03:00:00Z", "some day"]
        {
            assert!(at(json!(new)), "{new}");
        }
        assert!(at(Value::Null));
        for old in ["2026-11-22T03:30:00.000+0100", "2026-11-22T02:58:59.5Z"] {
            assert!(!at(json!(old)), "{old}");
        }
    }
}
