//! How many pages one person gets from one incident within minutes, before further ones are folded into the last.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A message is recorded a moment after it was due. One that is due exactly so many minutes after another is outside them, or a
/// page that repeats at an even pace would be folded for a second's delay.
const DELAY: SignedDuration = SignedDuration::from_secs(30);

/// At most so many pages within so many minutes, to one person from one incident. Zero pages: as many as there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Guard {
    /// How many messages of their own.
    pub pages: u32,
    /// Within how many minutes.
    pub minutes: u32,
}

impl Default for Guard {
    /// One page that repeats every two minutes stays just below it.
    fn default() -> Self {
        Self { pages: 5, minutes: 10 }
    }
}

impl Guard {
    /// Is a further page folded, after messages that were sent at these times?
    pub fn folds(self, sent: impl Iterator<Item = Timestamp>, now: Timestamp) -> bool {
        let within = SignedDuration::from_mins(self.minutes.into()).saturating_sub(DELAY);
        let recent = sent.filter(|at| now.duration_since(*at) < within).count();
        self.pages > 0 && u32::try_from(recent).unwrap_or(u32::MAX) >= self.pages
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: Timestamp = Timestamp::UNIX_EPOCH;

    fn at(seconds: i64) -> Timestamp {
        T0 + SignedDuration::from_secs(seconds)
    }

    #[test]
    fn one_page_that_repeats_every_two_minutes_is_never_folded() {
        let mut sent = Vec::new();
        for n in 0..100 {
            // Recorded up to some seconds after they were due.
            let due = at(n * 120);
            assert!(!Guard::default().folds(sent.iter().copied(), due), "message {n}");
            sent.push(due + SignedDuration::from_secs((n * 7) % 20));
        }
    }

    #[test]
    fn the_sixth_within_ten_minutes_is_folded_unless_it_is_switched_off() {
        let sent = || (0..5).map(|n| at(n * 60));
        assert!(Guard::default().folds(sent(), at(300)));
        assert!(!Guard::default().folds(sent(), at(600)), "the first is long ago");
        assert!(!Guard { pages: 0, minutes: 10 }.folds(sent(), at(300)));
    }
}
