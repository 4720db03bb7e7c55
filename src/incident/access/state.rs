//! Who is inside, and how an incident is called outside.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    ids::{IncidentId, UserId},
    playbook::Visibility,
};

/// Who may see a need-to-know incident, as it stands; the log of it is in the events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// How it is called where its title must not stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codename: Option<String>,
    /// Who may see it.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub inside: BTreeSet<UserId>,
    /// Who knocked and was not let in yet.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub knocked: BTreeSet<UserId>,
    /// It goes on as another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved: Option<Moved>,
    /// The open incident that it began as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continues: Option<IncidentId>,
}

/// It goes on as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// As which one.
    pub to: IncidentId,
    /// The event that says so.
    pub seq: u64,
}

/// Reads who may see an incident; what a later release may have written counts as need-to-know.
///
/// # Errors
/// Where there is no value at all.
pub fn visibility<'de, D: Deserializer<'de>>(d: D) -> Result<Visibility, D::Error> {
    let value = serde_json::Value::deserialize(d)?;
    Ok(serde_json::from_value(value).unwrap_or(Visibility::NeedToKnow))
}
