//! Times as plain text, for texts that leave Slack too.

use jiff::{SignedDuration, Timestamp};

/// A time in UTC, saying so.
pub fn utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// A length of time in its two largest units: `3 h 20 min`, `45 s`.
pub fn duration(length: SignedDuration) -> String {
    let seconds = length.as_secs().max(0);
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, m) => format!("{m} min"),
        (0, h, 0) => format!("{h} h"),
        (0, h, m) => format!("{h} h {m} min"),
        (d, 0, _) => format!("{d} d"),
        (d, h, _) => format!("{d} d {h} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_read_as_people_say_them() {
        let text = |s| duration(SignedDuration::from_secs(s));
        assert_eq!(
            ["45 s", "10 min", "3 h 20 min", "2 d", "0 s"].map(str::to_owned),
            [45, 600, 12_000, 172_900, -5].map(text)
        );
    }
}
