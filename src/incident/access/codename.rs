//! Codenames: short, neutral, from a fixed list, one for each number.

use crate::ids::{IncidentId, Series};

/// Both lists are fixed for ever: a codename is read back to its number.
const FIRST: [&str; 64] = [
    "amber", "ashen", "azure", "birch", "bold", "brass", "brisk", "bronze", "calm", "cedar", "chalk", "clear",
    "cobalt", "copper", "coral", "cosmic", "crimson", "dusky", "early", "ebony", "fern", "flint", "frosty", "gentle",
    "golden", "granite", "hazel", "honest", "indigo", "ivory", "jade", "keen", "late", "lemon", "lilac", "linen",
    "lunar", "maple", "marble", "mellow", "misty", "mossy", "nimble", "noble", "ochre", "olive", "opal", "pearl",
    "plain", "polar", "quartz", "quiet", "russet", "sable", "sandy", "scarlet", "silent", "silver", "solar", "steady",
    "teal", "tidal", "velvet", "willow",
];
const SECOND: [&str; 64] = [
    "badger", "beaver", "bison", "bittern", "buzzard", "camel", "condor", "crane", "curlew", "dolphin", "dunlin",
    "eagle", "egret", "elk", "falcon", "finch", "fox", "gannet", "gecko", "godwit", "goose", "grebe", "grouse", "gull",
    "hare", "harrier", "hawk", "heron", "hoopoe", "ibex", "ibis", "jackdaw", "jay", "kestrel", "kite", "lapwing",
    "lark", "linnet", "lynx", "magpie", "marten", "merlin", "mole", "moose", "newt", "osprey", "otter", "owl",
    "petrel", "pipit", "plover", "puffin", "quail", "raven", "robin", "rook", "seal", "skylark", "snipe", "stork",
    "swift", "teal", "tern", "wren",
];
/// How many pairs there are.
const PAIRS: u64 = 64 * 64;
/// Odd, so that every pair is met once before any is met again.
const STRIDE: u64 = 1669;

/// The codename of an incident: no two numbers of a series have the same.
#[must_use]
pub fn codename(id: IncidentId) -> String {
    let n = id.number.saturating_sub(1);
    let pair = (n % PAIRS) * STRIDE % PAIRS;
    let word = |list: &[&'static str; 64], at: u64| usize::try_from(at).map_or("", |at| list[at % 64]);
    let name = format!("{}-{}", word(&FIRST, pair / 64), word(&SECOND, pair % 64));
    match n / PAIRS {
        0 => name,
        round => format!("{name}-{}", round + 1),
    }
}

/// The need-to-know incident whose codename this is, in any case; whether there is one is not known here.
#[must_use]
pub fn numbered(text: &str) -> Option<IncidentId> {
    let text = text.to_lowercase();
    let mut parts = text.split('-');
    let place =
        |list: &[&str; 64], word: &str| list.iter().position(|w| *w == word).and_then(|at| u64::try_from(at).ok());
    let pair = place(&FIRST, parts.next()?)? * 64 + place(&SECOND, parts.next()?)?;
    let round = match parts.next() {
        None => 0,
        Some(round) => round.parse::<u64>().ok()?.checked_sub(1).filter(|r| *r > 0)?,
    };
    let n = (0..PAIRS).find(|n| n * STRIDE % PAIRS == pair)?;
    let number = round.checked_mul(PAIRS)?.checked_add(n)?.checked_add(1)?;
    let id = IncidentId { series: Series::Sec, number };
    (codename(id) == text).then_some(id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_number_has_a_codename_of_its_own_that_leads_back_to_it() {
        let sec = |number| IncidentId { series: Series::Sec, number };
        let all: BTreeSet<String> = (1..=2 * PAIRS).map(|n| codename(sec(n))).collect();
        assert_eq!(all.len() as u64, 2 * PAIRS);
        for n in [1, 2, 77, PAIRS, PAIRS + 1, 3 * PAIRS + 9] {
            assert_eq!(numbered(&codename(sec(n))), Some(sec(n)));
            assert_eq!(numbered(&codename(sec(n)).to_uppercase()), Some(sec(n)));
        }
        for no in ["", "amber", "amber-", "amber-x", "amber-heron-1", "amber-heron-01", "amber-heron-2-2", "x-heron"] {
            assert_eq!(numbered(no), None, "{no}");
        }
    }

    #[test]
    fn neighbours_do_not_look_alike() {
        let names: Vec<String> = (1..5).map(|number| codename(IncidentId { series: Series::Sec, number })).collect();
        let firsts: BTreeSet<&str> = names.iter().filter_map(|n| n.split('-').next()).collect();
        assert_eq!(firsts.len(), names.len(), "{names:?}");
    }
}
