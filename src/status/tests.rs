use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::incident::{Actor, Text};

fn at(minutes: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
}

fn said(update: &str, status: PostStatus, impact: &[(&str, ComponentStatus)]) -> Change {
    Change::IncidentPosted {
        post: "p1".into(),
        update: update.into(),
        name: Text::new("Checkout"),
        body: Text::new("Payments fail."),
        status,
        impact: impact.iter().map(|(c, s)| ((*c).into(), *s)).collect(),
        started_at: at(0),
        next_by: None,
        notify: true,
    }
}

fn fold(changes: &[(i64, Change)]) -> (Page, Option<Post>) {
    changes.iter().zip(1..).fold((Page::default(), None), |(page, post), ((minute, what), seq)| {
        apply(page, post, seq, &Posted { v: POSTED_VERSION, at: at(*minute), by: Actor::Bot, what: what.clone() })
    })
}

#[test]
fn components_stand_as_the_open_posts_say_and_are_well_again_when_it_is_over() {
    use ComponentStatus::{DegradedPerformance, MajorOutage, Operational};
    let first = said("u1", PostStatus::Investigating, &[("pay", MajorOutage), ("shop", DegradedPerformance)]);
    let second = said("u2", PostStatus::Monitoring, &[("pay", DegradedPerformance)]);
    let last = said("u3", PostStatus::Resolved, &[]);
    let (page, post) = fold(&[(1, first), (5, second), (9, last)]);
    let post = post.expect("a post");
    assert_eq!((post.status, post.resolved_at, post.monitoring_at), (PostStatus::Resolved, Some(at(9)), Some(at(5))));
    assert_eq!(post.worst(), MajorOutage);
    let changes: Vec<_> = post.updates.iter().map(|u| u.changes.get(&"pay".into()).copied()).collect();
    let expected = [(Operational, MajorOutage), (MajorOutage, DegradedPerformance), (DegradedPerformance, Operational)];
    assert_eq!(changes, expected.map(Some));
    let spells = |c: &str| page.spells[&c.into()].iter().map(|s| (s.from, s.to, s.status)).collect::<Vec<_>>();
    assert_eq!(spells("pay"), [(at(1), Some(at(5)), MajorOutage), (at(5), Some(at(9)), DegradedPerformance)]);
    assert_eq!(spells("shop"), [(at(1), Some(at(5)), DegradedPerformance)]);
    assert!(page.open.is_empty() && page.status(&"pay".into()) == Operational);
}

#[test]
fn the_same_update_counts_once_and_can_be_corrected_and_redacted() {
    let first = said("u1", PostStatus::Investigating, &[("pay", ComponentStatus::MajorOutage)]);
    let correct = Change::UpdateCorrected {
        post: "p1".into(),
        update: "u1".into(),
        name: None,
        body: Text::new("Payments by card fail."),
    };
    let (_, post) = fold(&[(1, first.clone()), (2, first.clone()), (3, correct)]);
    let post = post.expect("a post");
    let bodies: Vec<_> = post.updates.iter().map(|u| (u.body.or_tombstone(), u.corrected_at)).collect();
    assert_eq!(bodies, [("Payments by card fail.", Some(at(3)))]);
    let redact = Change::UpdateRedacted { post: "p1".into(), update: "u1".into() };
    let (_, post) = fold(&[(1, first), (4, redact)]);
    assert_eq!(post.expect("a post").updates[0].body, Text::erased());
}

#[test]
fn maintenance_touches_components_only_while_it_goes_on() {
    let impact: Impact = [("pay".into(), ComponentStatus::UnderMaintenance)].into();
    let plan = Change::MaintenancePlanned {
        post: "p1".into(),
        update: "u1".into(),
        name: Text::new("New database"),
        body: Text::new("Short interruptions."),
        window: Window { from: at(60), to: at(120) },
        impact,
        notify: true,
    };
    let moved = |update: &str, status| Change::MaintenanceMoved {
        post: "p1".into(),
        update: update.into(),
        status,
        body: Text::new("…"),
        notify: false,
    };
    let status = |changes: &[(i64, Change)]| {
        let (page, post) = fold(changes);
        (post.map(|p| p.status), page.status(&"pay".into()))
    };
    let (planned, begun) = ((1, plan), (60, moved("u2", PostStatus::InProgress)));
    let done = (120, moved("u3", PostStatus::Completed));
    assert_eq!(status(std::slice::from_ref(&planned)), (Some(PostStatus::Scheduled), ComponentStatus::Operational));
    let going = [planned.clone(), begun.clone()];
    assert_eq!(status(&going), (Some(PostStatus::InProgress), ComponentStatus::UnderMaintenance));
    assert_eq!(status(&[planned, begun, done]), (Some(PostStatus::Completed), ComponentStatus::Operational));
}

#[test]
fn the_clock_brings_each_part_of_maintenance_in_its_turn() {
    use maintenance::{Due, watch};
    let plan = Change::MaintenancePlanned {
        post: "p1".into(),
        update: "u1".into(),
        name: Text::new("New database"),
        body: Text::new("Short interruptions."),
        window: Window { from: at(2000), to: at(2060) },
        impact: Impact::new(),
        notify: true,
    };
    let begun = Change::MaintenanceMoved {
        post: "p1".into(),
        update: "u2".into(),
        status: PostStatus::InProgress,
        body: Text::new("…"),
        notify: true,
    };
    let (planned, going) = (fold(&[(0, plan.clone())]).1, fold(&[(0, plan), (2000, begun)]).1);
    let (planned, going) = (planned.expect("planned"), going.expect("begun"));
    let looked = |post: &Post, now: i64| watch(post, &[1440, 60], at(now));
    assert_eq!(looked(&planned, 0), (vec![], Some(at(560))));
    assert_eq!(looked(&planned, 560), (vec![Due::Remind(1440)], Some(at(1940))));
    assert_eq!(looked(&planned, 1945), (vec![Due::Remind(60)], Some(at(2000))));
    assert_eq!(looked(&planned, 2001), (vec![Due::Begin], Some(at(2001))));
    assert_eq!(looked(&planned, 2100), (vec![Due::Complete], None), "it only ends");
    assert_eq!(looked(&going, 2001), (vec![], Some(at(2045))));
    assert_eq!(looked(&going, 2045), (vec![Due::AskOver], Some(at(2060))));
    assert_eq!(looked(&going, 2060), (vec![Due::Complete], None));
    let late = Post { planned_at: at(1950), ..planned };
    assert_eq!(looked(&late, 1950), (vec![], Some(at(2000))), "whoever plans it then knows that it is near");
}
