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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::{Event, What};

    /// An event of INC-1 with this beside what every release wrote.
    fn declared(more: &str) -> Visibility {
        let event = format!(
            r#"{{"v":1,"at":"2026-03-02T10:00:00Z","by":{{"person":"U1"}},"what":{{"kind":"declared","id":"INC-1",
            "title":{{"$text":"x"}},"severity":2,"incident_kind":"ops","phase":"investigating","lead":"U1",
            "lead_role":"commander","started_at":"2026-03-02T10:00:00Z","criteria":[]{more}}}}}"#
        );
        match serde_json::from_str::<Event>(&event).expect("an event").what {
            What::Declared { visibility, .. } => visibility,
            other => panic!("{other:?}"),
        }
    }

    /// [K6] What an earlier release wrote is open; what a later one may write is kept from everyone who was not let in.
    #[test]
    fn an_unknown_visibility_is_need_to_know() {
        assert_eq!(declared(""), Visibility::Workspace);
        assert_eq!(declared(r#","visibility":"workspace""#), Visibility::Workspace);
        for unknown in [r#""need_to_know""#, r#""board_only""#, "null", "7", r#"{"only":["U1"]}"#] {
            assert_eq!(declared(&format!(r#","visibility":{unknown}"#)), Visibility::NeedToKnow, "{unknown}");
        }
    }
}
