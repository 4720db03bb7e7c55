//! Deliveries in any order come to the same.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::incident::Actor;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_316_400 + second).expect("a time")
}

fn alert(key: &str, starts: i64, ends: Option<i64>) -> Alert {
    let name = format!("alert {key}");
    Alert {
        key: key.into(),
        firing: ends.is_none(),
        name,
        starts: Some(at(starts)),
        ends: ends.map(at),
        ..Alert::default()
    }
}

fn source(delivery: &Delivery) -> Source<'_> {
    Source { delivery, key: "digest".into(), folded: false, service: None, suggest: None }
}

/// The group after these alerts came, and how many facts that made.
fn came(known: Option<Group>, alerts: &[Alert], now: Timestamp) -> (Option<Group>, usize) {
    let delivery = Delivery { source: "monitor".into(), ..Delivery::default() };
    let alerts: Vec<&Alert> = alerts.iter().collect();
    let number = known.as_ref().map_or(1, |group| group.number);
    let arrival = arrive(known.as_ref(), None, &source(&delivery), &alerts, now);
    let number = if arrival.opened.is_some() { number + 100 } else { number };
    let facts = arrival.facts(number);
    let count = facts.len();
    let fold = |group, what| apply(group, number, &Noticed { v: NOTICED_VERSION, at: now, by: Actor::Bot, what });
    (facts.into_iter().fold(known, fold), count)
}

#[test]
fn what_comes_twice_is_no_news() {
    let (group, _) = came(None, &[alert("a", 0, None), alert("a", 0, None), alert("b", 1, None)], at(10));
    assert_eq!(group.as_ref().map(|g| g.firing().len()), Some(2));
    let (again, facts) = came(group.clone(), &[alert("a", 0, None), alert("b", 1, None)], at(20));
    assert_eq!((again, facts), (group, 0));
}

#[test]
fn an_end_that_comes_before_its_beginning_stays_the_end() {
    let (group, _) = came(None, &[alert("a", 0, Some(5))], at(6));
    let (group, facts) = came(group, &[alert("a", 0, None)], at(7));
    assert_eq!((group.map(|g| g.is_firing()), facts), (Some(false), 0));
}

#[test]
fn what_fires_long_after_is_another_group() {
    let (first, _) = came(None, &[alert("a", 0, None)], at(0));
    let (quiet, _) = came(first, &[alert("a", 0, Some(5))], at(6));
    let soon = came(quiet.clone(), &[alert("a", 60, None)], at(61)).0.expect("a group");
    assert_eq!((soon.number, soon.is_firing()), (quiet.as_ref().expect("a group").number, true));
    let late = came(quiet.clone(), &[alert("a", 3600, None)], at(3601)).0.expect("a group");
    assert_ne!(late.number, quiet.expect("a group").number);
}

#[test]
fn a_storm_is_bounded() {
    let storm: Vec<Alert> = (0..5000).map(|n| alert(&n.to_string(), n, None)).collect();
    let (group, _) = came(None, &storm, at(6000));
    let group = group.expect("a group");
    let worded = group.alerts.values().filter(|one| one.words.is_some()).count();
    assert_eq!((group.alerts.len(), worded, group.more), (MOST, WORDED, true));
    let (same, facts) = came(Some(group.clone()), &storm, at(6001));
    assert_eq!((same.as_ref(), facts), (Some(&group), 0));
    let over: Vec<Alert> = storm.iter().map(|a| Alert { firing: false, ..a.clone() }).collect();
    let (quiet, _) = came(same, &over, at(7000));
    let quiet = quiet.expect("a group");
    assert!(!quiet.is_firing() && quiet.alerts.len() <= MOST, "{}", quiet.alerts.len());
}

#[test]
fn its_message_is_edited_now_and_then() {
    let (mut group, _) = came(None, &[alert("0", 0, None)], at(0));
    let mut shown = std::collections::BTreeSet::new();
    for n in 1..=60 {
        group = came(group, &[alert(&n.to_string(), n, None)], at(n)).0;
        shown.extend(group.as_ref().map(|g| g.show));
    }
    assert!(shown.len() <= 13, "{shown:?}");
    assert!(group.expect("a group").show <= at(60) + SPACING);
}

proptest! {
    /// However often and in whatever order what happened to an alert is told: it fires if its last episode does.
    #[test]
    fn order_does_not_matter(
        episodes in 1..4_i64,
        open in any::<bool>(),
        order in proptest::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let all: Vec<Alert> = (0..episodes)
            .flat_map(|n| {
                let fires = alert("a", n * 100, None);
                let ends = alert("a", n * 100, Some(n * 100 + 50));
                if open && n + 1 == episodes { vec![fires] } else { vec![fires, ends] }
            })
            .collect();
        let shuffled = order.iter().map(|index| index.get(&all)).chain(all.iter().rev()).cloned();
        let now = at(1000);
        let group = shuffled.fold(None, |group, alert| came(group, &[alert], now).0);
        prop_assert_eq!(group.map(|g| g.is_firing()), Some(open));
        let at_once = came(None, &all, now + SignedDuration::from_secs(1)).0;
        prop_assert_eq!(at_once.map(|g| g.is_firing()), Some(open));
    }
}
