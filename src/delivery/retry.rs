//! When to try again, and whether. Pure.

use jiff::SignedDuration;

use crate::ports::Trouble;

/// The first wait.
const FIRST: SignedDuration = SignedDuration::from_secs(1);
/// The longest wait of our own choosing for ordinary work.
pub const CAP: SignedDuration = SignedDuration::from_mins(5);
/// The longest wait of our own choosing for pages: when the neighbour is back, people are asked within seconds.
pub const PAGE_CAP: SignedDuration = SignedDuration::from_secs(15);

/// What becomes of work that met trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Try again later.
    Again,
    /// Try again later, but look first whether it was done.
    Look,
    /// Trying again will not help.
    Never,
}

/// What this trouble means for the work.
#[must_use]
pub fn verdict(trouble: &Trouble) -> Verdict {
    match trouble {
        Trouble::RateLimited(_) | Trouble::Unreachable(_) => Verdict::Again,
        Trouble::Ambiguous(_) => Verdict::Look,
        // A token that does not work is mended by a human, and then all that waits is still wanted.
        Trouble::Refused(code) if about_token(code) => Verdict::Again,
        Trouble::Refused(_) => Verdict::Never,
    }
}

/// Slack's code, where it refuses and trying again will not help.
#[must_use]
pub fn refused_for_good(trouble: &Trouble) -> Option<&str> {
    match trouble {
        Trouble::Refused(code) if verdict(trouble) == Verdict::Never => Some(code),
        Trouble::Refused(_) | Trouble::RateLimited(_) | Trouble::Unreachable(_) | Trouble::Ambiguous(_) => None,
    }
}

fn about_token(code: &str) -> bool {
    matches!(
        code,
        "access_denied"
            | "account_inactive"
            | "ekm_access_denied"
            | "enterprise_is_restricted"
            | "invalid_auth"
            | "not_authed"
            | "org_login_required"
            | "team_access_not_granted"
            | "token_expired"
            | "token_revoked"
            | "two_factor_setup_required"
    )
}

/// How long to wait before the next try, after `tries` that failed in a row, the last of them with `trouble`.
///
/// What the neighbour says wins. Otherwise the wait doubles up to `cap`, and `seed` spreads it over the upper half, so
/// that those who failed together do not come back together.
#[must_use]
pub fn wait(trouble: Option<&Trouble>, tries: u32, cap: SignedDuration, seed: u64) -> SignedDuration {
    if let Some(Trouble::RateLimited(told)) = trouble {
        return SignedDuration::try_from(*told).unwrap_or(CAP).max(FIRST);
    }
    let full = FIRST.checked_mul(1_i32.checked_shl(tries.min(30).saturating_sub(1)).unwrap_or(i32::MAX));
    let full = full.unwrap_or(cap).min(cap);
    let half = full / 2;
    let spread = u64::try_from(half.as_millis()).unwrap_or(0) + 1;
    let part = mix(seed.wrapping_add(tries.into())) % spread;
    half + SignedDuration::from_millis(i64::try_from(part).unwrap_or(0))
}

/// Spreads the bits of a number (splitmix64).
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn waits_double_up_to_the_cap_and_never_fall_below_half() {
        for seed in 0..200 {
            for (tries, full) in
                [(1, 1_000), (2, 2_000), (3, 4_000), (8, 128_000), (9, 256_000), (10, 300_000), (u32::MAX, 300_000)]
            {
                let wait = wait(None, tries, CAP, seed).as_millis();
                assert!((full / 2..=full).contains(&wait), "try {tries}, seed {seed}: {wait} ms");
            }
        }
    }

    #[test]
    fn waits_are_spread_but_the_same_for_the_same_seed() {
        let waits: std::collections::BTreeSet<_> = (0..50).map(|seed| wait(None, 6, CAP, seed)).collect();
        assert!(waits.len() > 40, "{waits:?}");
        assert_eq!(wait(None, 6, CAP, 7), wait(None, 6, CAP, 7));
    }

    #[test]
    fn what_the_neighbour_says_wins() {
        let told = Trouble::RateLimited(Duration::from_mins(15));
        assert_eq!(wait(Some(&told), 1, PAGE_CAP, 3), SignedDuration::from_mins(15));
    }

    #[test]
    fn only_a_no_for_good_ends_it() {
        assert_eq!(verdict(&Trouble::Refused("user_not_found".into())), Verdict::Never);
        assert_eq!(verdict(&Trouble::Refused("token_revoked".into())), Verdict::Again);
        assert_eq!(verdict(&Trouble::Ambiguous("lost".into())), Verdict::Look);
        assert_eq!(verdict(&Trouble::Unreachable("down".into())), Verdict::Again);
    }
}
