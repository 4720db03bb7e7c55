//! `[digest]`: what is open, told to a channel at a civil time.

use jiff::{Timestamp, civil::Time, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::load::Reader;
use crate::paging::schedule::Day;

/// So many days around now one of them is found, where there is any.
const DAYS: i32 = 8;

/// When and where what is open is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// Where: a channel's id, or its name without `#`.
    pub channel: String,
    /// At which civil time.
    pub at: Time,
    /// On which days; none: on each.
    pub days: Vec<Day>,
    /// Of which IANA zone.
    pub timezone: String,
    /// Also where nothing is open.
    pub when_nothing: bool,
}

impl Digest {
    /// The last time at or before `now`, and the first one after it.
    #[must_use]
    pub fn around(&self, now: Timestamp) -> (Option<Timestamp>, Option<Timestamp>) {
        let Ok(zone) = TimeZone::get(&self.timezone) else { return (None, None) };
        let today = now.to_zoned(zone.clone()).date();
        let is_day = |date: &jiff::civil::Date| {
            self.days.is_empty() || self.days.iter().any(|day| day.weekday() == date.weekday())
        };
        let dates = (-DAYS..=DAYS).filter_map(|n| today.checked_add(jiff::Span::new().days(n)).ok());
        // Where a clock is put forward over the time it is the moment after that.
        let times = dates.filter(is_day).filter_map(|date| date.to_datetime(self.at).to_zoned(zone.clone()).ok());
        let times: Vec<Timestamp> = times.map(|at| at.timestamp()).collect();
        let last = times.iter().rev().find(|at| **at <= now).copied();
        (last, times.iter().find(|at| **at > now).copied())
    }
}

/// `[digest]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DigestEntry {
    channel: String,
    at: Time,
    #[serde(default)]
    days: Vec<Day>,
    timezone: Option<String>,
    #[serde(default)]
    when_nothing: bool,
}

impl Reader<'_> {
    /// The digest, with its problems told; `timezone` where it names none.
    pub fn digest(&mut self, entry: &DigestEntry, timezone: &str) -> Digest {
        let channel = entry.channel.trim_start_matches('#').to_owned();
        if channel.is_empty() {
            self.problems.push("[digest] `channel` is empty; name a channel, or take the table out".to_owned());
        }
        let timezone = entry.timezone.clone().unwrap_or_else(|| timezone.to_owned());
        if TimeZone::get(&timezone).is_err() {
            let text = format!("[digest] `timezone` `{timezone}` is no IANA zone; write for example Europe/Berlin");
            self.problems.push(text);
        }
        Digest { channel, at: entry.at, days: entry.days.clone(), timezone, when_nothing: entry.when_nothing }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_at_the_same_hour_whatever_clocks_do() {
        let digest = Digest {
            channel: "leads".into(),
            at: jiff::civil::time(2, 30, 0, 0),
            days: vec![Day::Sun, Day::Mon],
            timezone: "Europe/Berlin".into(),
            when_nothing: false,
        };
        let around = |now: &str| {
            let (last, next) = digest.around(now.parse().expect("a time"));
            (last.expect("a last one").to_string(), next.expect("a next one").to_string())
        };
        let said = |last: &str, next: &str| (last.to_owned(), next.to_owned());
        assert_eq!(around("2026-11-23T01:30:00Z"), said("2026-11-23T01:30:00Z", "2026-11-29T01:30:00Z"));
        // There is no half past two on the day on which clocks are put forward.
        assert_eq!(around("2026-03-29T00:59:00Z"), said("2026-03-23T01:30:00Z", "2026-03-29T01:30:00Z"));
        assert_eq!(around("2026-03-29T02:00:00Z"), said("2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"));
    }
}
