//! Pages that the simulated Slack has not: those of a subscription, and of a page with more components than fit on one. They are left for
//! a browser, which looks in `tests/browser/status.test.mjs` whether everybody can use them.

use std::path::Path;

use watchroom::{
    config::{Component, StatusPageSettings, SubscriberSettings},
    render::status::{LANGUAGES, Reading},
    status::{ComponentStatus, Standing},
};

use super::status_page::update;
use crate::harness::{
    Bot, status_page,
    subscribers::{link, subscribing},
};

const ADA: &str = "ada@customer.example";

fn keep(name: &str, (status, page): (u16, String), wanted: (u16, &str)) {
    assert!(status == wanted.0 && page.contains(wanted.1), "{name}: {status} {page}");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/status-pages");
    std::fs::create_dir_all(&folder).expect("a folder for what is recorded");
    std::fs::write(folder.join(format!("{name}.html")), page).expect("recorded");
}

#[tokio::test]
async fn the_pages_of_a_subscription_are_left_for_a_browser() {
    let (bot, server) = subscribing(|_| {}).await;
    keep("subscribe", bot.open(&format!("{}/status/subscribe?lang=en", bot.url)).await, (200, "Subscribe"));
    keep("wrong", bot.ask_for_updates("8.8.8.8", &[("mail", "nobody")]).await, (422, "role=\"alert\""));
    keep("sent", bot.ask_for_updates("8.8.8.8", &[("mail", ADA)]).await, (202, "Look into your mailbox"));
    let link = link(&server.taken_for(ADA).pop().expect("a mail"), &bot.url);
    keep("confirm", bot.open(&link).await, (200, "Confirm the subscription"));
    keep("kept", bot.press_subscription(&link, &[("do", "keep")]).await, (200, "You are subscribed."));
    keep("left", bot.press_subscription(&link, &[("do", "leave")]).await, (200, "<h2"));
    keep("gone", bot.open(&link).await, (404, "<h2"));
    keep("nowhere", bot.open(&format!("{}/status/incidents/nothing", bot.url)).await, (404, "/status?lang="));
}

#[tokio::test]
async fn the_pages_of_many_components_are_left_for_a_browser() {
    let one = |n: usize| Component {
        id: format!("c{n}").as_str().into(),
        name: format!("Service number {n}"),
        group: Some(format!("Group {}", n % 7)),
        description: None,
    };
    let components = (0..150).map(one).collect();
    let subscribers = Some(SubscriberSettings { private_webhooks: false });
    let page = StatusPageSettings { components, subscribers, ..status_page() };
    let bot = Bot::with(|settings| settings.show_status_page(page)).await;
    bot.declare("alice", "sev2 checkout is down").await;
    update(&bot, "alice", "Some payments fail", &[("c8", ComponentStatus::PartialOutage)]).await;
    let overview = bot.open(&format!("{}/status?lang=en", bot.url)).await;
    let component = link_to(&overview.1, "/status/components/");
    keep("many", overview, (200, "Some payments fail"));
    let settings = bot.config.settings.status_page.as_ref().expect("a page");
    let now = bot.in_minutes(0);
    let group = Reading { standing: &Standing::default(), settings, words: LANGUAGES[0], now }.codes().1.remove(0);
    keep("group", bot.open(&format!("{}/status/groups/{group}?lang=en", bot.url)).await, (200, "Service number"));
    keep("component", bot.open(&format!("{}{component}", bot.url)).await, (200, "Service number"));
    keep("history", bot.open(&format!("{}/status/history?lang=en", bot.url)).await, (200, "Some payments fail"));
}

/// The first link to a page whose address begins so.
fn link_to(page: &str, begin: &str) -> String {
    let at = page.find(&format!("href=\"{begin}")).unwrap_or_else(|| panic!("no link to {begin} in {page}"));
    page[at + 6..].split('"').next().expect("an address").replace("&amp;", "&")
}
