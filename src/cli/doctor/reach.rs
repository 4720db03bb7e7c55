//! By which ways those who would be woken tonight are reached.

use std::collections::BTreeSet;

use super::{Finding, doubtful, fine, oncall::Rota};
use crate::{config::Settings, ids::UserId, paging::reach::Way, ports::Chat};

/// Which ways there are, and who of these has none, or none that was ever proved.
pub(super) async fn findings(
    settings: &Settings,
    rota: Option<&Rota<'_>>,
    woken: &BTreeSet<UserId>,
    chat: &dyn Chat,
) -> Vec<Finding> {
    if settings.ways.is_empty() {
        return vec![fine(
            "ways to people: Slack messages alone, which may not wake anyone; tell people to allow notifications from the bot, or \
             set up others (README, \u{201c}More than Slack\u{201d})",
        )];
    }
    let mut findings = vec![fine(format!("ways to people: Slack, {}", listed(&settings.ways)))];
    if settings.public_url.is_none() {
        findings.push(doubtful(
            "WATCHROOM_PUBLIC_URL is not set: what goes out by other ways than Slack has no link that acknowledges",
        ));
    }
    let Some(rota) = rota else { return findings };
    let (mut slack_only, mut unproved) = (Vec::new(), Vec::new());
    for who in woken {
        let contacts = rota.contacts(who);
        let has = || contacts.into_iter().flat_map(|contacts| contacts.usable(&settings.ways));
        let name = async || chat.person(who).await.map_or_else(|_| who.to_string(), |person| person.name);
        if has().next().is_none() {
            slack_only.push(name().await);
        } else if has().all(|contact| contact.proved.is_none()) {
            unproved.push(name().await);
        }
    }
    if !slack_only.is_empty() {
        findings.push(doubtful(format!(
            "ways to people: only Slack reaches {}, and a Slack message may not wake anyone; `/incident oncall me` gives them others",
            slack_only.join(", ")
        )));
    }
    if !unproved.is_empty() {
        findings.push(doubtful(format!(
            "ways to people: nobody knows whether those of {} work; `/incident oncall test me` proves it",
            unproved.join(", ")
        )));
    }
    findings
}

/// As people read them.
pub(in crate::cli) fn listed(ways: &[Way]) -> String {
    ways.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
