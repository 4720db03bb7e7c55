//! Places beside the chat that take texts for others: are they there, and do they have what the settings say?

use std::{collections::BTreeMap, sync::Arc};

use super::{Finding, bad, doubtful, fine};
use crate::{
    adapters::{
        http::Http,
        publish::{self, hosted::Hosts},
        reach::Look,
    },
    clock::{SharedClock, SystemClock},
    config::{Config, ConnectorKind, Host, HostedPage},
};

/// How many components are named where one is missing.
const NAMED: usize = 20;

/// Each is looked at; nothing is published.
pub(super) async fn findings(config: &Config, http: &Http) -> Vec<Finding> {
    let clock: SharedClock = Arc::new(SystemClock);
    let mut hosts = Hosts::new(http, &clock);
    let mut findings = Vec::new();
    for connector in &config.connectors {
        let place = format!("connector {}", connector.name);
        if let ConnectorKind::Hosted(page) = &connector.kind {
            let place = format!("{place}, {}", page.host.label());
            match hosts.components(page).await {
                Ok(there) => findings.extend(components(&place, config, page, &there)),
                Err(trouble) => findings.push(bad(format!("{place}: {trouble}"))),
            }
        } else {
            match publish::look(&connector.kind, &clock).await {
                Some(Ok(Look::Fine(found))) => findings.push(fine(format!("{place}: {found}"))),
                Some(Ok(Look::Doubtful(found))) => findings.push(doubtful(format!("{place}: {found}"))),
                Some(Err(trouble)) => findings.push(bad(format!("{place}: {trouble}"))),
                None => findings.extend(unsigned(&place, config, &connector.kind)),
            }
        }
        findings.extend(unused(&place, config, &connector.name));
    }
    findings
}

/// A program that cannot tell whether what it gets is ours would publish anybody's words.
fn unsigned(place: &str, config: &Config, kind: &ConnectorKind) -> Option<Finding> {
    let ConnectorKind::Webhook { webhook: name } = kind else { return None };
    let webhook = config.ways.webhooks.iter().find(|webhook| webhook.name == *name)?;
    let told = || {
        doubtful(format!(
            "{place}: nobody can tell that what webhook `{name}` gets is of this bot; set `secret_env`, and it is signed"
        ))
    };
    webhook.secret.is_none().then(told)
}

/// Which of ours are there, and which have no counterpart.
fn components(place: &str, config: &Config, page: &HostedPage, there: &BTreeMap<String, String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (id, theirs) in &page.components {
        if !there.contains_key(theirs) {
            let all: Vec<String> = there.iter().take(NAMED).map(|(id, name)| format!("{name} {id}")).collect();
            findings.push(bad(format!(
                "{place}: the page has no component {theirs}, which {id} should be; it has {}",
                all.join(", ")
            )));
        }
    }
    for id in ours(config).into_iter().filter(|id| !page.components.contains_key(&id.as_str().into())) {
        findings.push(doubtful(format!(
            "{place}: {id} is none of its `components`; texts go there without a word of how it stands"
        )));
    }
    let may = match page.host {
        Host::IncidentIo => "; that the key may write too, only a text tells",
        Host::Statuspage | Host::Instatus => "",
    };
    findings.push(fine(format!("{place}: page {} has {} components{may}", page.page, there.len())));
    findings
}

/// What the forms offer: the components of our own page, or those that services name.
fn ours(config: &Config) -> Vec<String> {
    if let Some(page) = &config.settings.status_page {
        return page.components.iter().map(|component| component.id.to_string()).collect();
    }
    let services = config.playbook.playbook.iter().flat_map(|book| &book.services);
    let mut all: Vec<String> = services.flat_map(|service| service.components.iter().cloned()).collect();
    all.sort();
    all.dedup();
    all
}

fn unused(place: &str, config: &Config, name: &str) -> Option<Finding> {
    let book = config.playbook.playbook.as_ref()?;
    let is_named = book.channels.iter().any(|channel| channel.connector.as_deref() == Some(name));
    (!is_named).then(|| {
        doubtful(format!(
            "{place}: no channel of the playbook's register has `connector = \"{name}\"`; nothing goes there"
        ))
    })
}
