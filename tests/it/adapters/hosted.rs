//! Hosted status pages that do what they are asked, and whose answer never comes or stops in the middle: it is looked whether it is there.

use std::{sync::Arc, time::Duration};

use watchroom::{
    adapters::{
        http::{Http, install_crypto},
        publish::hosted::Hosts,
    },
    clock::{SharedClock, SystemClock},
    config::Host,
    ports::{Connector, Found, Publication, Trouble},
    status::{ComponentStatus, PostStatus},
};

use crate::harness::{
    fails::Fails,
    hosted::{FakeHost, HOSTS},
};

/// How long a write may take.
const LONG: Duration = Duration::from_secs(15);

fn text(key: &str, body: &str) -> Publication {
    Publication {
        key: format!("outlet/{key}"),
        incident: "5f1d7a84db00d2fc".into(),
        title: "Problem with payments ".repeat(20),
        body: body.into(),
        whole: body.into(),
        status: PostStatus::Investigating,
        impact: [("pay".into(), ComponentStatus::PartialOutage)].into(),
        notify: true,
        started_at: "2026-11-22T03:00:00Z".parse().expect("a time"),
        sent_at: "2026-11-22T03:05:00Z".parse().expect("a time"),
        next_by: None,
        link: None,
        linked: Vec::new(),
    }
}

async fn there() -> Vec<(FakeHost, Arc<dyn Connector>)> {
    install_crypto();
    let clock: SharedClock = Arc::new(SystemClock);
    let mut all = Vec::new();
    for host in HOSTS {
        let fake = FakeHost::start(host).await;
        let place = Hosts::new(&Http::default(), &clock).page(&fake.page());
        all.push((fake, place));
    }
    all
}

/// Asked for, with its answer lost; then found, and asked for again the same.
async fn once(fake: &FakeHost, place: &dyn Connector, fails: Fails) {
    let host = fake.host;
    fake.fail([fails]);
    let first = text("1", "Some payments fail.");
    let lost = tokio::time::timeout(LONG, place.publish(&first, None)).await.expect("in time");
    assert!(matches!(lost, Err(Trouble::Ambiguous(_))), "{host:?}, {fails:?}: {lost:?}");
    let at = match place.find(&first, None).await.expect("looked") {
        Found::There(at) => at,
        // A new incident is made once under our key.
        _ => place.publish(&first, None).await.expect("the same"),
    };
    assert_eq!(place.publish(&first, None).await, Ok(at.clone()), "{host:?}, {fails:?}");

    fake.fail([fails]);
    let second = text("2", "Most payments fail.");
    let lost = tokio::time::timeout(LONG, place.publish(&second, Some(&at))).await.expect("in time");
    assert!(matches!(lost, Err(Trouble::Ambiguous(_))), "{host:?}, {fails:?}: {lost:?}");
    let Ok(Found::There(next)) = place.find(&second, Some(&at)).await else { panic!("{host:?}, {fails:?}") };
    assert_ne!(next.update, at.update, "{host:?}");
    assert_eq!(fake.said().len(), 2, "{host:?}, {fails:?}");
    assert_eq!(fake.memory().incidents.len(), 1, "{host:?}, {fails:?}");
    assert_eq!(place.find(&text("3", "No payment works."), Some(&next)).await, Ok(Found::Nowhere), "{host:?}");
}

#[tokio::test]
async fn a_text_whose_answer_never_comes_is_found() {
    let (hang, stall) = (there().await, there().await);
    let hang = hang.iter().map(|(fake, place)| once(fake, place.as_ref(), Fails::Hangs));
    let stall = stall.iter().map(|(fake, place)| once(fake, place.as_ref(), Fails::Stalls));
    futures_util::future::join_all(hang.chain(stall)).await;
}

/// A text that stands there is changed, once; where a host lets nobody do that, the correction stands behind it, once.
#[tokio::test]
async fn a_text_is_corrected_once() {
    for (fake, place) in there().await {
        let host = fake.host;
        let at = place.publish(&text("1", "Some payments fail."), None).await.expect("there");
        let better = text("1/corrected", "Some payments by card fail.");
        for fails in [Some(Fails::AfterTheWrite), None, None] {
            fake.fail(fails);
            let corrected = place.correct(&at, &better).await;
            match fails {
                Some(_) => assert!(matches!(corrected, Err(Trouble::Ambiguous(_))), "{host:?}: {corrected:?}"),
                None => assert!(corrected.is_ok(), "{host:?}: {corrected:?}"),
            }
        }
        let said: Vec<String> = fake.said().into_iter().map(|said| said.body).collect();
        let changed = vec![better.body.clone()];
        let behind = vec!["Some payments fail.".to_owned(), better.body];
        let expected = if host == Host::IncidentIo { behind } else { changed };
        assert_eq!(said, expected, "{host:?}");
    }
}

/// No text carries the times of a maintenance window.
#[tokio::test]
async fn maintenance_is_not_announced_by_halves() {
    for (fake, place) in there().await {
        let planned = Publication { status: PostStatus::Scheduled, ..text("1", "We move house.") };
        let refused = place.publish(&planned, None).await;
        assert!(matches!(refused, Err(Trouble::Refused(_))), "{refused:?}");
        assert!(fake.said().is_empty());
    }
}
