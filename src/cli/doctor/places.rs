//! Social networks, other chats, service desks and programs: does each let us in, and would a text get there?

use std::sync::Arc;

use super::{Finding, bad, doubtful, fine};
use crate::{
    adapters::{publish, reach::Look},
    clock::{SharedClock, SystemClock},
    config::{Config, ConnectorKind},
};

/// Nothing is said anywhere.
pub(super) async fn findings(config: &Config) -> Vec<Finding> {
    let clock: SharedClock = Arc::new(SystemClock);
    let mut findings = Vec::new();
    for connector in &config.connectors {
        let place = format!("connector {}", connector.name);
        match publish::look(&connector.kind, &clock).await {
            Some(Ok(Look::Fine(found))) => findings.push(fine(format!("{place}: {found}"))),
            Some(Ok(Look::Doubtful(found))) => findings.push(doubtful(format!("{place}: {found}"))),
            Some(Err(trouble)) => findings.push(bad(format!("{place}: {trouble}"))),
            None => findings.extend(unsigned(&place, config, &connector.kind)),
        }
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
