//! Places beside the chat that take texts for others: a file for each kind of [`ConnectorKind`].

mod door;
mod hook;
mod jira;
mod mastodon;
mod oauth1;
mod tickets;
mod webhook;
mod x;
mod zendesk;

use std::{collections::BTreeMap, sync::Arc};

use self::{hook::Hook, jira::JiraDesk, mastodon::Mastodon, webhook::Webhook, x::X, zendesk::Zendesk};
use super::reach::Look;
use crate::{
    clock::SharedClock,
    config::{ConnectorConfig, ConnectorKind},
    ports::{Connector, Reach, Trouble},
};

/// Every place that the settings name.
#[must_use]
pub fn connectors(
    all: &[ConnectorConfig],
    reach: &Arc<dyn Reach>,
    clock: &SharedClock,
) -> BTreeMap<String, Arc<dyn Connector>> {
    let place = |it: &ConnectorConfig| -> Arc<dyn Connector> {
        match &it.kind {
            ConnectorKind::Webhook { webhook } => Arc::new(Webhook::new(webhook.clone(), Arc::clone(reach))),
            ConnectorKind::Mastodon(config) => Arc::new(Mastodon::new(config.clone())),
            ConnectorKind::X(config) => Arc::new(X::new(config.clone(), Arc::clone(clock))),
            ConnectorKind::Hook(config) => Arc::new(Hook::new(config.clone())),
            ConnectorKind::JiraDesk(config) => Arc::new(JiraDesk::new(config.clone())),
            ConnectorKind::Zendesk(config) => Arc::new(Zendesk::new(config.clone())),
        }
    };
    all.iter().map(|it| (it.name.clone(), place(it))).collect()
}

/// Looks at a place without saying anything there; none where only a text would tell.
pub async fn look(kind: &ConnectorKind, clock: &SharedClock) -> Option<Result<Look, Trouble>> {
    Some(match kind {
        ConnectorKind::Webhook { .. } => return None,
        ConnectorKind::Mastodon(config) => Mastodon::new(config.clone()).look().await,
        ConnectorKind::X(config) => X::new(config.clone(), Arc::clone(clock)).look().await,
        ConnectorKind::Hook(config) => Hook::new(config.clone()).look().await,
        ConnectorKind::JiraDesk(config) => JiraDesk::new(config.clone()).look().await,
        ConnectorKind::Zendesk(config) => Zendesk::new(config.clone()).look().await,
    })
}
