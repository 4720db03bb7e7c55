//! Who is who: from the provider's id to the person's in Slack.

use std::collections::BTreeMap;

use crate::ids::UserId;

/// Somebody named in an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Met {
    /// How people call them; empty where the export does not say.
    pub name: String,
    /// Their e-mail address, in lower case.
    pub email: Option<String>,
}

/// Is this written in place of a person's id, until somebody fills it in: an e-mail address, or `?` and the provider's id?
#[must_use]
pub fn is_placeholder(who: &str) -> bool {
    !who.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

/// Everyone whom the provider knows.
#[derive(Debug, Default)]
pub(super) struct Directory {
    known: BTreeMap<String, (Met, Option<UserId>)>,
}

impl Directory {
    /// Adds somebody under the provider's id, with their id in Slack where the provider knows it.
    pub(super) fn add(&mut self, id: &str, name: &str, email: Option<&str>, slack: Option<UserId>) {
        let email = email.map(|e| e.trim().to_lowercase()).filter(|e| e.contains('@'));
        self.known.insert(id.to_owned(), (Met { name: name.trim().to_owned(), email }, slack));
    }

    /// The same of somebody who is named elsewhere in passing: what is known of them stays.
    pub(super) fn add_missing(&mut self, id: &str, email: Option<&str>) {
        if !self.known.contains_key(id) {
            self.add(id, "", email, None);
        }
    }

    /// Whom the provider means, and how they are written: by what was said of their address, by the provider's knowledge, by the
    /// address itself, at last by the provider's id.
    pub(super) fn find(&self, id: &str, name: &str, slack: &BTreeMap<String, UserId>) -> (UserId, Met) {
        let (mut met, known) = self.known.get(id).cloned().unwrap_or_default();
        if met.name.is_empty() {
            name.trim().clone_into(&mut met.name);
        }
        let said = met.email.as_ref().and_then(|email| slack.get(email)).cloned();
        let who = said.or(known).unwrap_or_else(|| match &met.email {
            Some(email) => email.as_str().into(),
            None => format!("?{id}").into(),
        });
        (who, met)
    }
}
