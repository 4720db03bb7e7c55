//! Folds facts into groups. Total: a stored fact is true.

use std::collections::BTreeMap;

use super::{Ended, Fired, Group, Happening, MOST, Noticed, One, Standing, WORDED};

/// The group that the fact at place `seq` is about, after it; nothing where it is about none that is known.
#[must_use]
pub fn apply(before: Option<Group>, seq: u64, noticed: &Noticed) -> Option<Group> {
    let at = noticed.at;
    if let Happening::GroupOpened(opened) = &noticed.what {
        return Some(Group {
            number: seq,
            opened: opened.clone(),
            at,
            changed: at,
            alerts: BTreeMap::new(),
            more: false,
            suggest: None,
            standing: Standing::Free,
            show: at,
        });
    }
    let mut group = before?;
    match &noticed.what {
        Happening::GroupOpened(_) | Happening::GroupsForgotten { .. } => return None,
        Happening::AlertsFired { alerts, more, suggest, show, .. } => {
            for fired in alerts {
                fire(&mut group, fired);
            }
            group.more |= more;
            group.suggest = group.suggest.into_iter().chain(*suggest).min();
            (group.changed, group.show) = (at, *show);
        }
        Happening::AlertsResolved { alerts, show, .. } => {
            for ended in alerts {
                end(&mut group, ended);
            }
            // Those that are not told apart are over when all the others are.
            group.more &= group.alerts.values().any(|one| one.ended.is_none());
            (group.changed, group.show) = (at, *show);
        }
        Happening::GroupAttached { incident, .. } => group.standing = Standing::Attached { incident: *incident },
        Happening::GroupDismissed { .. } => {
            group.standing = Standing::Dismissed { by: noticed.by.person().cloned(), at };
        }
    }
    bound(&mut group);
    Some(group)
}

fn fire(group: &mut Group, fired: &Fired) {
    let one = One { starts: fired.starts, ended: None, words: fired.words.clone() };
    group.alerts.insert(fired.key.clone(), one);
}

fn end(group: &mut Group, ended: &Ended) {
    let words = group.alerts.get(&ended.key).and_then(|one| one.words.clone());
    group.alerts.insert(ended.key.clone(), One { starts: ended.starts, ended: Some(ended.ended), words });
}

/// What is over gives way to what fires: its words first, then it itself.
fn bound(group: &mut Group) {
    let mut over: Vec<(jiff::Timestamp, String)> =
        group.alerts.iter().filter_map(|(key, one)| Some((one.ended?, key.clone()))).collect();
    over.sort();
    let mut over = over.into_iter().map(|(_, key)| key).collect::<std::collections::VecDeque<_>>();
    let mut worded = group.alerts.values().filter(|one| one.words.is_some()).count();
    let mut excess = group.alerts.len().saturating_sub(MOST);
    while excess > 0
        && let Some(key) = over.pop_front()
    {
        worded -= usize::from(group.alerts.remove(&key).is_some_and(|one| one.words.is_some()));
        excess -= 1;
    }
    for key in over {
        if worded <= WORDED {
            return;
        }
        if let Some(one) = group.alerts.get_mut(&key) {
            worded -= usize::from(one.words.take().is_some());
        }
    }
}
