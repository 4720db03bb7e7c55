//! The files of an export, taken apart.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Provider, Unreadable, Why};

/// One answer of the provider's API.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name, for people.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// What stands in an answer, and where: for sentences about it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    pub file: &'a str,
    pub at: &'a str,
    pub value: &'a Value,
}

impl Source {
    /// The answers in it: one, or a list of them.
    pub(super) fn answers(&self) -> Result<Vec<Value>, Unreadable> {
        match serde_json::from_str(self.text.trim_start_matches('\u{feff}')) {
            Ok(Value::Array(all)) => Ok(all),
            Ok(one) => Ok(vec![one]),
            Err(e) => Err(Unreadable { file: self.name.clone(), why: Why::NoJson(e.to_string()) }),
        }
    }
}

impl Item<'_> {
    /// As the provider's own type.
    pub(super) fn parse<T: DeserializeOwned>(self, problems: &mut Vec<Unreadable>) -> Option<T> {
        let parsed = T::deserialize(self.value);
        let shape = |e: serde_json::Error| Unreadable {
            file: self.file.to_owned(),
            why: Why::Shape(self.at.to_owned(), e.to_string()),
        };
        parsed.map_err(|e| problems.push(shape(e))).ok()
    }
}

/// Whose answer this looks like.
pub(super) fn looks_like(answer: &Value) -> Option<Provider> {
    let has = |keys: &[&str]| keys.iter().any(|key| answer.get(key).is_some());
    if has(&["schedules", "schedule", "escalation_policies", "escalation_policy", "users", "user"]) {
        Some(Provider::PagerDuty)
    } else if has(&["data", "values"]) {
        Some(Provider::Opsgenie)
    } else if has(&["results", "on_call_now", "rolling_users", "escalation_chain_id"]) {
        Some(Provider::Grafana)
    } else {
        None
    }
}

/// That of which nothing is an answer of this provider.
pub(super) fn other(file: &str, answer: &Value) -> Unreadable {
    Unreadable { file: file.to_owned(), why: Why::Other(looks_like(answer)) }
}

/// The elements of a list, or the one thing there is, each with its place.
pub(super) fn elements<'a>(value: &'a Value, at: &str) -> Vec<(String, &'a Value)> {
    match value {
        Value::Array(all) => all.iter().enumerate().map(|(n, value)| (format!("{at}[{n}]"), value)).collect(),
        Value::Null => Vec::new(),
        one => vec![(at.to_owned(), one)],
    }
}

/// Leaves out what came before under the same id.
pub(super) fn once<T>(all: &mut Vec<T>, id: impl Fn(&T) -> &String) {
    let mut known = std::collections::BTreeSet::new();
    all.retain(|one| known.insert(id(one).clone()));
}
