//! A time zone by its name.

use std::fmt;

use jiff::{
    Timestamp,
    civil::DateTime,
    tz::{AmbiguousOffset, TimeZone},
};
use serde::{Deserialize, Serialize};

/// A time zone of the IANA database (`Europe/Berlin`), looked up when it is read; written as its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

/// The time zone database has no zone of this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no time zone; write one like Europe/Berlin or America/New_York")]
pub struct UnknownZone(String);

impl Zone {
    /// The zone of this name, in any case.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        let rules =
            TimeZone::get(name).ok().filter(|tz| !tz.is_unknown()).ok_or_else(|| UnknownZone(name.to_owned()))?;
        Ok(Self { name: rules.iana_name().unwrap_or(name).to_owned(), rules })
    }

    /// Universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self { name: "UTC".into(), rules: TimeZone::UTC }
    }

    /// Its name in the database.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its clocks do.
    pub(in crate::paging) const fn rules(&self) -> &TimeZone {
        &self.rules
    }

    /// When this local time is: moved on where it does not exist, the first where it comes twice.
    #[must_use]
    pub fn instant(&self, local: DateTime) -> Timestamp {
        self.instant_or_skipped(local).0
    }

    /// The same, and whether it was moved on.
    pub(super) fn instant_or_skipped(&self, local: DateTime) -> (Timestamp, bool) {
        let beyond = if local.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
        let found = self.rules.to_ambiguous_timestamp(local);
        let skipped = matches!(found.offset(), AmbiguousOffset::Gap { .. });
        (found.compatible().unwrap_or(beyond), skipped)
    }

    /// What clocks show at this instant.
    #[must_use]
    pub fn local(&self, at: Timestamp) -> DateTime {
        self.rules.to_datetime(at)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl TryFrom<String> for Zone {
    type Error = UnknownZone;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::named(&name)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name
    }
}
