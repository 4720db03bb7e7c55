//! Slack's rate limits: a bucket for each method and, for posting, one for each channel.

use std::collections::HashMap;

use jiff::Timestamp;

/// How often a method may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// 20 a minute.
    Two,
    /// 50 a minute.
    Three,
    /// 100 a minute.
    Four,
    /// One message a second in each channel, with a small burst.
    Posting,
    /// Hundreds a minute.
    Special,
}

impl Tier {
    /// Burst, and calls a minute.
    const fn figures(self) -> (f64, f64) {
        match self {
            Self::Two => (20.0, 20.0),
            Self::Three => (50.0, 50.0),
            Self::Four => (100.0, 100.0),
            Self::Posting => (4.0, 60.0),
            Self::Special => (600.0, 600.0),
        }
    }
}

/// All buckets.
#[derive(Debug, Default)]
pub struct Limiter {
    buckets: HashMap<(String, String), (f64, Timestamp)>,
}

impl Limiter {
    /// Takes one call from the bucket, or says after how many seconds there is one.
    pub fn take(&mut self, method: &str, key: &str, tier: Tier, now: Timestamp) -> Result<(), u64> {
        let (burst, per_minute) = tier.figures();
        let (level, at) = self.buckets.entry((method.to_owned(), key.to_owned())).or_insert((burst, now));
        let passed = now.duration_since(*at).as_secs_f64().max(0.0);
        *level = (*level + passed * per_minute / 60.0).min(burst);
        *at = now;
        // The tolerance is for what sixty times a sixtieth is short of one.
        if *level >= 0.999_999 {
            *level -= 1.0;
            return Ok(());
        }
        let seconds = ((1.0 - *level) * 60.0 / per_minute).ceil().clamp(1.0, 60.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 1..=60 just above")]
        let seconds = seconds as u64;
        Err(seconds)
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let (mut limiter, start) = (Limiter::default(), Timestamp::UNIX_EPOCH);
        for _ in 0..4 {
            assert_eq!(limiter.take("chat.postMessage", "C1", Tier::Posting, start), Ok(()));
        }
        assert_eq!(limiter.take("chat.postMessage", "C1", Tier::Posting, start), Err(1));
        assert_eq!(limiter.take("chat.postMessage", "C2", Tier::Posting, start), Ok(()));
        let later = start + SignedDuration::from_secs(1);
        assert_eq!(limiter.take("chat.postMessage", "C1", Tier::Posting, later), Ok(()));
        assert_eq!(limiter.take("chat.postMessage", "C1", Tier::Posting, later), Err(1));
    }
}
