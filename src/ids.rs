//! Names for things: people, conversations, incidents and the streams their events live in.
//!
//! Every id is a string on the wire (Slack's own ids, `INC-7`), so that JSON stays readable in the journal.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A newtype over Slack's opaque ids.
/// A name for something, kept as text: as Slack or a playbook writes it.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }
    };
}
pub(crate) use text_id;

text_id! {
    /// A person in Slack, `U…` or `W…`.
    UserId
}
text_id! {
    /// A user group in Slack, `S…`.
    GroupId
}
text_id! {
    /// A conversation in Slack: `C…` channel, `G…` old private channel, `D…` direct message.
    ChannelId
}
text_id! {
    /// A message's time stamp, which is its id within its conversation (`1700000000.000100`).
    MessageTs
}

/// The series an incident is numbered in. Need-to-know incidents have their own, so that gaps in `INC` say nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Series {
    /// Ordinary incidents, `INC-1`.
    Inc,
    /// Need-to-know incidents, `SEC-1`.
    Sec,
    /// Drills, `DRILL-1`.
    Drill,
}

impl Series {
    /// Every series, in the order people read them.
    pub const ALL: [Self; 3] = [Self::Inc, Self::Sec, Self::Drill];

    /// The prefix people type.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Inc => "INC",
            Self::Sec => "SEC",
            Self::Drill => "DRILL",
        }
    }
}

/// An incident's number, `INC-7`. Ids never repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IncidentId {
    /// Which series it is numbered in.
    pub series: Series,
    /// Counts from 1 in each series.
    pub number: u64,
}

impl IncidentId {
    /// `INC-number`.
    #[must_use]
    pub const fn inc(number: u64) -> Self {
        Self { series: Series::Inc, number }
    }
}

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.series.prefix(), self.number)
    }
}

/// The text was not an incident's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an incident's number; they look like INC-7")]
pub struct NotAnIncidentId;

impl FromStr for IncidentId {
    type Err = NotAnIncidentId;

    /// Accepts any case (`inc-7`); refuses zero, signs and leading zeros, so that each incident has one spelling.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (prefix, digits) = text.split_once('-').ok_or(NotAnIncidentId)?;
        let series =
            Series::ALL.into_iter().find(|s| s.prefix().eq_ignore_ascii_case(prefix)).ok_or(NotAnIncidentId)?;
        if digits.starts_with('0') || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotAnIncidentId);
        }
        Ok(Self { series, number: digits.parse().map_err(|_| NotAnIncidentId)? })
    }
}

impl Serialize for IncidentId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for IncidentId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What events are appended to: one ordered, hash-chained sequence.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StreamId {
    /// One incident, `inc/INC-7`.
    Incident(IncidentId),
    /// What belongs to one person, `person/U1` (reminders waiting to be merged, preferences).
    Person(UserId),
    /// One schedule, `sched/primary`.
    Schedule(String),
    /// What belongs to the whole organisation, `org/<name>`.
    Org(String),
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incident(id) => write!(f, "inc/{id}"),
            Self::Person(id) => write!(f, "person/{id}"),
            Self::Schedule(name) => write!(f, "sched/{name}"),
            Self::Org(name) => write!(f, "org/{name}"),
        }
    }
}

/// The text does not name a stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` does not name a stream (inc/…, person/…, sched/… or org/…)")]
pub struct NotAStream(String);

impl FromStr for StreamId {
    type Err = NotAStream;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let not = || NotAStream(text.to_owned());
        match text.split_once('/').ok_or_else(not)? {
            ("inc", id) => id.parse().map(Self::Incident).map_err(|_| not()),
            ("person", id) if !id.is_empty() => Ok(Self::Person(id.into())),
            ("sched", name) if !name.is_empty() => Ok(Self::Schedule(name.to_owned())),
            ("org", name) if !name.is_empty() => Ok(Self::Org(name.to_owned())),
            _ => Err(not()),
        }
    }
}

impl Serialize for StreamId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for StreamId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incident_has_one_spelling() {
        assert_eq!("inc-7".parse(), Ok(IncidentId::inc(7)));
        assert_eq!(IncidentId::inc(7).to_string(), "INC-7");
        for bad in
            ["INC7", "INC-", "INC-0", "INC-07", "INC-+7", "INC--7", "ABC-1", "INC-99999999999999999999", "-1", ""]
        {
            assert_eq!(bad.parse::<IncidentId>(), Err(NotAnIncidentId), "{bad}");
        }
    }

    #[test]
    fn streams_survive_their_spelling() {
        for text in ["inc/INC-7", "inc/SEC-1", "person/U1", "sched/primary", "org/main"] {
            assert_eq!(text.parse::<StreamId>().map(|s| s.to_string()), Ok(text.to_owned()));
        }
        for bad in ["inc/x", "person/", "what/ever", "inc"] {
            assert!(bad.parse::<StreamId>().is_err(), "{bad}");
        }
    }
}
