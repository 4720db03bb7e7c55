//! What comes along where an open incident turns out to be a secret, and goes on as another.

use super::Fact;
use crate::incident::{Event, What};

/// All that was recorded of its case, in order, as the one that goes on records it: by whom and when it was recorded first. Words
/// that were redacted stay away.
pub fn carried(history: impl IntoIterator<Item = (u64, Event)>) -> Vec<Fact> {
    let records = history.into_iter().filter_map(|(entry, Event { at, by, what, .. })| match what {
        What::Case(record) => Some(Fact::Carried { entry, at, by, record: Box::new(without_task(record)) }),
        _ => None,
    });
    records.collect()
}

/// Tasks do not come along: their numbers are others there.
fn without_task(record: Fact) -> Fact {
    match record {
        Fact::ImpactConfirmed { customer, impact, due, .. } => {
            Fact::ImpactConfirmed { customer, impact, due, task: None }
        }
        other => other,
    }
}
