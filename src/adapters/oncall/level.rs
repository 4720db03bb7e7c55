//! Who is on call, put together by level.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::ports::{ExternalOnCall, ExternalPerson};

/// Somebody on call at a level, `[since, until)`.
pub(super) struct Row {
    pub level: u32,
    pub who: ExternalPerson,
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

/// One for each level, while all of those in it stay the same.
pub(super) fn by_level(rows: impl IntoIterator<Item = Row>) -> Vec<ExternalOnCall> {
    let mut levels: BTreeMap<u32, ExternalOnCall> = BTreeMap::new();
    for Row { level, who, since, until } in rows {
        let known = ExternalOnCall { level, people: Vec::new(), since, until };
        let all = levels.entry(level).or_insert(known);
        all.since = all.since.max(since);
        all.until = [all.until, until].into_iter().flatten().min();
        if !all.people.iter().any(|known| known.id == who.id) {
            all.people.push(who);
        }
    }
    levels.into_values().collect()
}
