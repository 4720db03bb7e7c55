//! Calendars of other programs, fetched now.

use std::sync::Arc;

use super::{Finding, bad, doubtful, fine};
use crate::{
    adapters::calendar::Fetcher,
    calendars::{People, opened},
    clock::{Clock as _, SystemClock},
    config::Config,
    paging::{rota::Feed, schedule::ScheduleId},
    ports::Chat,
    render::oncall::{missed, unread},
};

/// Each calendar: can it be fetched, what of it cannot be read, and whom does it name that Slack does not know? With what they say:
/// where one cannot be fetched, its last good copy.
pub(super) async fn look(config: &Config, chat: &dyn Chat) -> (Vec<Finding>, Vec<(ScheduleId, Arc<Feed>)>) {
    let (fetcher, people) = (Fetcher::default(), People { aliases: &config.people, chat: Some(chat) });
    let (mut findings, mut feeds) = (Vec::new(), Vec::new());
    for mut calendar in opened(config) {
        let now = SystemClock.now();
        calendar.fetch(&fetcher, now).await;
        let feed = calendar.feed(&people, now).await;
        let schedule = calendar.source().schedule.clone();
        findings.extend(about(&format!("schedule {schedule}, calendar of layer {}", feed.layer), &feed));
        feeds.push((schedule, Arc::new(feed)));
    }
    (findings, feeds)
}

fn about(place: &str, feed: &Feed) -> Vec<Finding> {
    let changed = feed.changed.map(|at| format!(", changed {at}")).unwrap_or_default();
    let mut findings = vec![match (&feed.failing, feed.fetched) {
        (None, _) => fine(format!("{place}: fetched now{changed}")),
        (Some(failing), Some(at)) => {
            let why = missed(&failing.why);
            bad(format!("{place}: it cannot be read: {why}; its last good copy counts, fetched {at}{changed}"))
        }
        (Some(failing), None) => bad(format!("{place}: it cannot be read: {}", missed(&failing.why))),
    }];
    findings.extend(feed.findings.iter().map(|finding| doubtful(format!("{place}: {}", unread(finding)))));
    if feed.untold > 0 {
        findings.push(doubtful(format!("{place}: and {} more of this kind", feed.untold)));
    }
    findings.extend(feed.strangers.iter().map(|name| {
        bad(format!(
            "{place}: it names {name}, whom Slack does not know, so that nobody is asked in their shifts; write the e-mail address \
             that they have in Slack into the event, or whoever it is under [people] in watchroom.toml"
        ))
    }));
    findings
}
