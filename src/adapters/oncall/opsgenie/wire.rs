//! Opsgenie's own words: <https://docs.opsgenie.com/docs/api-overview>. What is not looked at is left out.

use serde::Deserialize;

/// `…/schedules/{id}/on-calls?flat=false`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OnCalls {
    #[serde(default)]
    pub on_call_participants: Vec<Participant>,
}

/// Somebody, or something that stands for others: `user`, `team`, `escalation`, `rotation`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Participant {
    #[serde(rename = "type")]
    pub kind: String,
    pub id: Option<String>,
    /// Of a user of Opsgenie the e-mail address.
    pub name: Option<String>,
    /// Of an escalation: minutes until they are asked.
    #[serde(default)]
    pub escalation_time: u32,
    #[serde(default)]
    pub on_call_participants: Vec<Participant>,
}

/// `…/escalations/{id}`.
#[derive(Debug, Deserialize)]
pub(super) struct Escalation {
    #[serde(default)]
    pub rules: Vec<Rule>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Rule {
    pub delay: Delay,
    pub recipient: Recipient,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Delay {
    pub time_amount: u64,
    #[serde(default)]
    pub time_unit: Unit,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Unit {
    Days,
    Hours,
    #[default]
    Minutes,
    Seconds,
    #[serde(other)]
    Less,
}

impl Delay {
    /// In seconds.
    pub const fn seconds(&self) -> u64 {
        let unit = match self.time_unit {
            Unit::Days => 86_400,
            Unit::Hours => 3600,
            Unit::Minutes => 60,
            Unit::Seconds => 1,
            Unit::Less => 0,
        };
        self.time_amount.saturating_mul(unit)
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Recipient {
    #[serde(rename = "type")]
    pub kind: String,
    pub id: Option<String>,
    pub username: Option<String>,
}

/// `…/alerts/{alias}?identifierType=alias`.
#[derive(Debug, Deserialize)]
pub(super) struct Alert {
    /// Its own id, not our key.
    pub id: String,
    /// `open` or `closed`.
    pub status: String,
    #[serde(default)]
    pub acknowledged: bool,
    #[serde(default)]
    pub owner: Option<String>,
    #[serde(default)]
    pub report: Option<Report>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    pub acknowledged_by: Option<String>,
}
