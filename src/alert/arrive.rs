//! What a delivery means for its group: which of its alerts are news, and whether the group is.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    Alert, Delivery, Ended, Fired, Group, Happening, MOST, One, Opened, QUIET, SPACING, Standing, WORDED, Words,
};
use crate::playbook::{ServiceId, Severity};

/// Whose alerts these are.
#[derive(Clone, Debug)]
pub struct Source<'a> {
    /// The delivery that they are of.
    pub delivery: &'a Delivery,
    /// What makes their group itself.
    pub key: String,
    /// Their own group is one too many.
    pub folded: bool,
    /// Their service.
    pub service: Option<&'a ServiceId>,
    /// How bad an incident of them would be, where a rule says so.
    pub suggest: Option<Severity>,
}

/// What a delivery brings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrival {
    /// A group of its own, instead of the one that is known.
    pub opened: Option<Opened>,
    /// Alerts that fire.
    pub fired: Vec<Fired>,
    /// Alerts that do not fire any more.
    pub resolved: Vec<Ended>,
    /// There are more alerts than are told apart.
    more: bool,
    suggest: Option<Severity>,
    show: Timestamp,
}

impl Arrival {
    /// What is recorded of it, for the group of this number.
    #[must_use]
    pub fn facts(self, group: u64) -> Vec<Happening> {
        let Self { opened, fired, resolved, more, suggest, show } = self;
        let mut facts: Vec<Happening> = opened.map(Happening::GroupOpened).into_iter().collect();
        if !fired.is_empty() || more {
            facts.push(Happening::AlertsFired { group, alerts: fired, more, suggest, show });
        }
        if !resolved.is_empty() {
            facts.push(Happening::AlertsResolved { group, alerts: resolved, show });
        }
        facts
    }

    /// Does it bring anything?
    #[must_use]
    pub fn is_news(&self) -> bool {
        !self.fired.is_empty() || !self.resolved.is_empty() || self.more
    }
}

/// What these alerts mean for the group that is known, if any is. `over`: since when nobody works on the incident that it belongs to.
#[must_use]
pub fn arrive(
    known: Option<&Group>,
    over: Option<Timestamp>,
    source: &Source<'_>,
    alerts: &[&Alert],
    now: Timestamp,
) -> Arrival {
    let none = BTreeMap::new();
    let mut work = Work::of(known.map_or(&none, |group| &group.alerts));
    for alert in alerts {
        work.take(alert, now);
    }
    let more = (work.more || source.delivery.truncated) && !known.is_some_and(|group| group.more);
    let more = more && alerts.iter().any(|alert| alert.firing);
    let show = match known.map(|group| group.show) {
        None => now,
        Some(show) if show > now => show,
        Some(show) => now.max(show.saturating_add(SPACING).unwrap_or(now)),
    };
    let (fired, resolved) = (work.fired(), work.resolved());
    let arrival = Arrival { opened: None, fired, resolved, more, suggest: source.suggest, show };
    match known {
        Some(group) if is_past(group, over, &arrival, alerts, now) => Arrival {
            opened: opened(source, alerts),
            fired: still_firing(group, &arrival.resolved).chain(arrival.fired).collect(),
            resolved: Vec::new(),
            show: now,
            ..arrival
        },
        None if arrival.is_news() => Arrival { opened: opened(source, alerts), ..arrival },
        Some(_) | None => arrival,
    }
}

/// Does what fires now belong to another group, although this one has the same key?
fn is_past(group: &Group, over: Option<Timestamp>, arrival: &Arrival, alerts: &[&Alert], now: Timestamp) -> bool {
    let long_since = |at: Timestamp| now.duration_since(at) > QUIET;
    let fires = !arrival.fired.is_empty();
    match &group.standing {
        // What only fires on may have been about to end when the incident was resolved.
        Standing::Attached { .. } => {
            over.is_some_and(|over| fires || long_since(over) && still_fires(group, arrival, alerts))
        }
        Standing::Free | Standing::Dismissed { .. } => fires && !group.is_firing() && long_since(group.changed),
    }
}

/// Is an alert of the group delivered as firing that fires as far as is known?
fn still_fires(group: &Group, arrival: &Arrival, alerts: &[&Alert]) -> bool {
    let ends = |key: &str| arrival.resolved.iter().any(|ended| ended.key == key);
    let fires = |key: &str| group.alerts.get(key).is_some_and(|one| one.ended.is_none());
    alerts.iter().any(|alert| alert.firing && fires(&alert.key) && !ends(&alert.key))
}

/// What fires on, beside what ends just now.
fn still_firing(group: &Group, ended: &[Ended]) -> impl Iterator<Item = Fired> {
    let ends = |key: &String| ended.iter().any(|ended| ended.key == *key);
    let firing = group.alerts.iter().filter(move |(key, one)| one.ended.is_none() && !ends(key));
    firing.map(|(key, one)| Fired { key: key.clone(), starts: one.starts, words: one.words.clone() })
}

fn opened(source: &Source<'_>, alerts: &[&Alert]) -> Option<Opened> {
    let first = alerts.iter().find(|alert| alert.firing).or(alerts.first())?;
    let severity = alerts.iter().filter(|alert| alert.firing).find_map(|alert| alert.severity.clone());
    Some(Opened {
        key: source.key.clone(),
        source: source.delivery.source.clone(),
        title: match &source.delivery.title {
            _ if source.folded => "Alerts of many groups".to_owned(),
            Some(title) => title.clone(),
            None => first.name.clone(),
        },
        service: source.service.cloned(),
        severity: severity.or_else(|| first.severity.clone()),
        link: source.delivery.link.clone().or_else(|| first.link.clone().filter(|_| !source.folded)),
    })
}

/// The alerts of a group, and what changed of them.
struct Work<'a> {
    before: &'a BTreeMap<String, One>,
    changed: BTreeMap<&'a str, One>,
    /// How many are told apart, and how many of those that fire have their words.
    firing: usize,
    worded: usize,
    more: bool,
}

impl<'a> Work<'a> {
    fn of(before: &'a BTreeMap<String, One>) -> Self {
        let firing = before.values().filter(|one| one.ended.is_none());
        let worded = firing.clone().filter(|one| one.words.is_some()).count();
        Self { before, changed: BTreeMap::new(), firing: firing.count(), worded, more: false }
    }

    fn take(&mut self, alert: &'a Alert, now: Timestamp) {
        let known = self.changed.get(alert.key.as_str()).or_else(|| self.before.get(&alert.key));
        let starts = alert.starts.map(|at| at.min(now));
        if alert.firing {
            match known.cloned() {
                None => self.fire(alert, starts.unwrap_or(now)),
                // Another episode: the end of the one before is still on its way, and must not end this one.
                Some(One { ended: None, starts: since, words }) => {
                    if let Some(starts) = starts.filter(|at| *at > since) {
                        self.changed.insert(&alert.key, One { starts, ended: None, words });
                    }
                }
                // What is over stays over, also where its beginning comes late.
                Some(one) if starts.is_none_or(|at| at > one.starts) => self.fire(alert, starts.unwrap_or(now)),
                Some(_) => {}
            }
            return;
        }
        let ended = alert.ends.filter(|at| *at <= now).unwrap_or(now);
        let is_new = match known {
            None => true,
            Some(One { ended: None, starts: since, .. }) => starts.is_none_or(|at| at >= *since),
            Some(one) => starts.is_some_and(|at| at > one.starts),
        };
        if !is_new {
            return;
        }
        if let Some(One { ended: None, words, .. }) = known {
            let worded = usize::from(words.is_some());
            (self.firing, self.worded) = (self.firing - 1, self.worded - worded);
        }
        let starts = starts.or(known.map(|one| one.starts)).unwrap_or(ended);
        self.changed.insert(&alert.key, One { starts, ended: Some(ended.max(starts)), words: None });
    }

    fn fire(&mut self, alert: &'a Alert, starts: Timestamp) {
        if self.firing >= MOST {
            self.more = true;
            return;
        }
        let words = (self.worded < WORDED).then(|| Words {
            name: alert.name.clone(),
            summary: alert.summary.clone(),
            severity: alert.severity.clone(),
            link: alert.link.clone(),
        });
        (self.firing, self.worded) = (self.firing + 1, self.worded + usize::from(words.is_some()));
        self.changed.insert(&alert.key, One { starts, ended: None, words });
    }

    fn fired(&self) -> Vec<Fired> {
        let firing = self.changed.iter().filter(|(_, one)| one.ended.is_none());
        firing
            .map(|(key, one)| Fired { key: (*key).to_owned(), starts: one.starts, words: one.words.clone() })
            .collect()
    }

    fn resolved(&self) -> Vec<Ended> {
        let over = self.changed.iter().filter_map(|(key, one)| Some((key, one, one.ended?)));
        over.map(|(key, one, ended)| Ended { key: (*key).to_owned(), starts: one.starts, ended }).collect()
    }
}
