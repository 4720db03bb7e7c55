//! Statuspage, incident.io and Instatus: every request that goes to them, and every answer that is read.

use std::sync::Arc;

use watchroom::{
    adapters::{
        http::{Http, install_crypto},
        publish::hosted::Hosts,
    },
    clock::{SharedClock, SystemClock},
    config::{ConnectorKind, HostedPage},
    incident::comms::Published,
    ports::{Connector, Found, Publication},
    status::{ComponentStatus, PostStatus},
};

use super::{address, settings};

/// A page of the examples, its incident and the last text there.
struct Example {
    page: HostedPage,
    at: Published,
}

fn example(kind: &str, (page, pay, cart): (&str, &str, &str), (thread, update): (&str, &str)) -> Example {
    let base = if kind == "statuspage" { "/v1" } else { "" };
    let toml = format!(
        "[[connectors]]\nname = 'public'\nkind = '{kind}'\npage = '{page}'\ntoken_env = 'TOKEN'\nallow_private = true\n\
         api_url = '{}{base}'\ncomponents = {{ pay = '{pay}', cart = '{cart}' }}",
        address(kind)
    );
    let config = settings(&toml, &[("TOKEN", "89a229ce1a8dbcf9ff30430fbe35eb4c")]);
    let ConnectorKind::Hosted(page) = &config.connectors[0].kind else { panic!("{:?}", config.connectors) };
    Example { page: page.clone(), at: Published { thread: thread.into(), update: update.into(), link: None } }
}

fn examples() -> [Example; 3] {
    install_crypto();
    let ulid = |end: &str| format!("01FCNDV6P870EA6S7TK1DSYD{end}");
    [
        example("statuspage", ("kctbh9vrtdwd", "8kbf7d35c070", "vtnh60py4yd7"), ("p31zjtct2jer", "drfcwbnpxnr6")),
        example("incident_io", (&ulid("G0"), &ulid("G1"), &ulid("G2")), (&ulid("G5"), &ulid("U1"))),
        example(
            "instatus",
            ("ckf01fonve9i40a32oas5b0uw", "ckf01fvnxywz50a35nh1qzssm", "ckf01fvnxywz50a35nh1qzssn"),
            ("ckf01m59ueaqb0a32wrljz1yd", "ckf01m5ioeaqi0a32jtv8ovp8"),
        ),
    ]
}

fn place(page: &HostedPage) -> Arc<dyn Connector> {
    let clock: SharedClock = Arc::new(SystemClock);
    Hosts::new(&Http::default(), &clock).page(page)
}

/// In each status, with as much and as little as there may be.
fn texts() -> Vec<Publication> {
    let usual = Publication {
        key: "outlet/0f3a".into(),
        incident: "5f1d7a84db00d2fc".into(),
        title: "Ein Problem mit „Zahlungen“".into(),
        body: "It is mended.".into(),
        whole: "It is mended.".into(),
        status: PostStatus::Monitoring,
        impact: [("pay".into(), ComponentStatus::MajorOutage), ("cart".into(), ComponentStatus::UnderMaintenance)]
            .into(),
        notify: true,
        started_at: "2026-11-22T03:00:00.123456789Z".parse().expect("a time"),
        sent_at: "2026-11-22T03:20:00.123456789Z".parse().expect("a time"),
        next_by: None,
        link: None,
        linked: Vec::new(),
    };
    let statuses = [PostStatus::Investigating, PostStatus::Identified, PostStatus::Monitoring, PostStatus::Resolved];
    let each = statuses.into_iter().map(|status| Publication { status, ..usual.clone() });
    let bare = Publication { impact: [].into(), notify: false, title: "é".repeat(300), ..usual.clone() };
    let over = Publication { status: PostStatus::Resolved, notify: false, ..usual.clone() };
    each.chain([bare, over]).collect()
}

#[tokio::test]
async fn hosted_pages_take_first_texts_and_further_ones() {
    for Example { page, at } in examples() {
        let place = place(&page);
        for text in texts() {
            let first = place.publish(&text, None).await;
            let first = first.unwrap_or_else(|trouble| panic!("{:?}, {text:?}: {trouble}", page.host));
            assert_eq!(first.thread, at.thread, "{:?}", page.host);
            let next = place.publish(&text, Some(&at)).await;
            next.unwrap_or_else(|trouble| panic!("{:?}, {text:?}: {trouble}", page.host));
        }
    }
}

#[tokio::test]
async fn hosted_pages_say_what_stands_there() {
    for Example { page, at } in examples() {
        let place = place(&page);
        let mut text = texts().remove(0);
        assert_eq!(place.find(&text, None).await, Ok(Found::Nowhere), "{:?}", page.host);
        text.body = "Most  payments fail.".into();
        let found = place.find(&text, Some(&at)).await.expect("looked");
        match page.host {
            // By its key, which the example does not have.
            watchroom::config::Host::Statuspage => assert_eq!(found, Found::Nowhere),
            _ => assert!(matches!(&found, Found::There(there) if there.update != at.update), "{found:?}"),
        }
    }
}

#[tokio::test]
async fn hosted_pages_take_corrections_and_take_words_back() {
    for Example { page, at } in examples() {
        let place = place(&page);
        place.correct(&at, &texts()[0]).await.unwrap_or_else(|trouble| panic!("{:?}: {trouble}", page.host));
        let withdrawn = place.withdraw(&at).await.unwrap_or_else(|trouble| panic!("{:?}: {trouble}", page.host));
        assert_eq!(withdrawn, page.host != watchroom::config::Host::IncidentIo);
    }
}

#[tokio::test]
async fn hosted_pages_say_which_components_they_have() {
    let clock: SharedClock = Arc::new(SystemClock);
    for (Example { page, .. }, names) in
        examples().into_iter().zip([&["Cart", "Payments"][..], &["Cart", "Payments", "Search"], &["Payments"]])
    {
        let all = Hosts::new(&Http::default(), &clock).components(&page).await.expect("components");
        let mut all: Vec<String> = all.into_values().collect();
        all.sort();
        assert_eq!(all, names, "{:?}", page.host);
    }
}
