//! What customers report: kept in a stream of its own, each under a reference, and attached to the incident that it belongs to.
//! Whoever reports sees their own report, and nothing of an incident.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::CONTACT_LIMIT;
use crate::{
    ids::{IncidentId, UserId},
    incident::{
        Actor, Needed, Rejection, Text,
        decide::{LONGEST_BACK, TEXT_LIMIT, text},
    },
};

/// The version that this release writes.
pub const FILED_VERSION: u8 = 1;
/// How long a report may wait for its acknowledgement.
pub const ACKNOWLEDGE_WITHIN: SignedDuration = SignedDuration::from_mins(30);

/// One fact in the stream of reports.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filed {
    /// Version of this shape.
    pub v: u8,
    /// When.
    pub at: Timestamp,
    /// Who made it happen.
    pub by: Actor,
    /// What happened.
    pub what: Filing,
}

/// What happens to reports. A report's number is the place in the stream at which it was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Filing {
    /// Somebody reported something.
    ReportMade {
        /// The words.
        text: Text,
        /// Who reported it, where that is somebody else than whoever wrote it down.
        reporter: Option<Text>,
        /// How it came in.
        source: Source,
        /// When it was reported, where that was earlier.
        reported_at: Option<Timestamp>,
        /// What makes it itself, as a digest: a delivery that comes again makes no other.
        key: String,
    },
    /// It belongs to this incident.
    ReportAttached {
        /// Which report.
        report: u64,
        /// Which incident.
        incident: IncidentId,
    },
    /// It belongs to no incident after all.
    ReportDetached {
        /// Which report.
        report: u64,
    },
    /// A person is looking at it.
    ReportAcknowledged {
        /// Which report.
        report: u64,
    },
    /// Its words were removed for good.
    ReportForgotten {
        /// Which report.
        report: u64,
    },
}

/// How a report came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Somebody in Slack.
    Person(UserId),
    /// A program, by the name of its token.
    Hook(String),
}

/// A report as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Its number: `R-12` is 12.
    pub number: u64,
    /// When it came in.
    pub at: Timestamp,
    /// The words.
    pub text: Text,
    /// Who reported it, where that is somebody else than whoever wrote it down.
    pub reporter: Option<Text>,
    /// How it came in.
    pub source: Source,
    /// When it was reported.
    pub reported_at: Timestamp,
    /// The incident that it belongs to.
    pub incident: Option<IncidentId>,
    /// Who looks at it, and since when.
    pub acknowledged: Option<Acknowledged>,
}

/// Somebody looks at a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// Who.
    pub by: Option<UserId>,
    /// Since when.
    pub at: Timestamp,
}

/// By when a report that came in at `at` should be acknowledged.
#[must_use]
pub fn due(at: Timestamp) -> Timestamp {
    at.saturating_add(ACKNOWLEDGE_WITHIN).unwrap_or(Timestamp::MAX)
}

impl Report {
    /// By when it should be acknowledged.
    #[must_use]
    pub fn due(&self) -> Timestamp {
        due(self.at)
    }

    /// Has it waited too long for its acknowledgement?
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.acknowledged.is_none() && self.due() <= now
    }

    /// Is it this person's own?
    #[must_use]
    pub fn is_by(&self, who: &UserId) -> bool {
        matches!(&self.source, Source::Person(person) if person == who)
    }

    /// Could it still be attached to an incident?
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.incident.is_none() && self.text.words().is_some()
    }
}

/// What makes a report of these words.
///
/// # Errors
/// Where there are none, or too many, or it was reported later than now or more than a year ago.
pub fn make(
    raw: &str,
    reporter: Option<&str>,
    source: Source,
    reported_at: Option<Timestamp>,
    key: String,
    now: Timestamp,
) -> Result<Filing, Rejection> {
    let words = text(raw, Needed::Report, TEXT_LIMIT)?;
    let reporter = match reporter.map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => Some(text(name, Needed::Contact, CONTACT_LIMIT)?),
        None => None,
    };
    if reported_at.is_some_and(|at| at > now) {
        return Err(Rejection::Case(super::No::ReportedLater));
    }
    if reported_at.is_some_and(|at| now.duration_since(at) > LONGEST_BACK) {
        return Err(Rejection::Case(super::No::ReportedLongAgo));
    }
    Ok(Filing::ReportMade { text: words, reporter, source, reported_at, key })
}
