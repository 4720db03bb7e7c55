//! Who is on call, put together by level.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::ports::{ExternalNext, ExternalOnCall, ExternalPerson, Trouble};

/// Somebody on call at a level, `[since, until)`.
#[derive(Clone)]
pub(super) struct Row {
    pub level: u32,
    pub who: ExternalPerson,
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

/// What a level asks and could not be looked at, with why.
///
/// # Errors
/// The trouble itself, where the provider wants to be left alone: then nothing more is asked of it.
pub(super) fn unknown(what: &str, trouble: Trouble) -> Result<String, Trouble> {
    match trouble {
        Trouble::RateLimited(_) => Err(trouble),
        Trouble::Unreachable(_) | Trouble::Ambiguous(_) | Trouble::Refused(_) => Ok(format!("{what} ({trouble})")),
    }
}

impl Row {
    fn is_on(&self, at: Timestamp) -> bool {
        self.since.is_none_or(|since| since <= at) && self.until.is_none_or(|until| at < until)
    }
}

/// The first change after `at` and before `end` of each level, among rows that cover that time. Whoever follows upon themselves is no
/// change.
pub(super) fn next_by_level(rows: &[Row], at: Timestamp, end: Timestamp) -> Vec<ExternalNext> {
    let levels: BTreeSet<u32> = rows.iter().map(|row| row.level).collect();
    let next = |level: u32| {
        let on = |at: Timestamp| -> BTreeMap<&str, &ExternalPerson> {
            let then = rows.iter().filter(|row| row.level == level && row.is_on(at));
            then.map(|row| (row.who.id.as_str(), &row.who)).collect()
        };
        let own = rows.iter().filter(|row| row.level == level);
        let turns: BTreeSet<Timestamp> = own.flat_map(|row| row.since.into_iter().chain(row.until)).collect();
        let now: Vec<&str> = on(at).into_keys().collect();
        let from = turns.into_iter().filter(|turn| at < *turn && *turn < end);
        let from = from.into_iter().find(|turn| on(*turn).into_keys().ne(now.iter().copied()))?;
        let people = on(from).into_values().cloned().collect();
        Some(ExternalNext { level, people, from: Some(from) })
    };
    levels.into_iter().filter_map(next).collect()
}

/// One for each level, while all of those in it stay the same.
pub(super) fn by_level(rows: impl IntoIterator<Item = Row>) -> Vec<ExternalOnCall> {
    let mut levels: BTreeMap<u32, ExternalOnCall> = BTreeMap::new();
    for Row { level, who, since, until } in rows {
        let known = ExternalOnCall { level, people: Vec::new(), unknown: Vec::new(), since, until };
        let all = levels.entry(level).or_insert(known);
        all.since = all.since.max(since);
        all.until = [all.until, until].into_iter().flatten().min();
        if !all.people.iter().any(|known| known.id == who.id) {
            all.people.push(who);
        }
    }
    levels.into_values().collect()
}

/// The same, with what of them could not be looked at.
pub(super) fn with_unknown(levels: Vec<ExternalOnCall>, unknown: Vec<(u32, String)>) -> Vec<ExternalOnCall> {
    let mut levels: BTreeMap<u32, ExternalOnCall> = levels.into_iter().map(|level| (level.level, level)).collect();
    for (level, what) in unknown {
        let none = ExternalOnCall { level, people: Vec::new(), unknown: Vec::new(), since: None, until: None };
        levels.entry(level).or_insert(none).unknown.push(what);
    }
    levels.into_values().collect()
}
