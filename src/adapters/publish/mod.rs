//! Places beside the chat that take texts for others: a file for each kind of [`ConnectorKind`].

mod door;
mod hook;
pub mod hosted;
mod jira;
mod mail;
mod mastodon;
mod oauth1;
mod tickets;
mod webhook;
mod x;
mod zendesk;

use std::{collections::BTreeMap, sync::Arc};

use self::{
    hook::Hook, hosted::Hosts, jira::JiraDesk, mail::Mails, mastodon::Mastodon, webhook::Webhook, x::X,
    zendesk::Zendesk,
};
use super::{http::Http, reach::Look};
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
    http: &Http,
    clock: &SharedClock,
) -> BTreeMap<String, Arc<dyn Connector>> {
    let mut hosts = Hosts::new(http, clock);
    let mut place = |it: &ConnectorConfig| -> Arc<dyn Connector> {
        match &it.kind {
            ConnectorKind::Webhook { webhook } => Arc::new(Webhook::new(webhook.clone(), Arc::clone(reach))),
            ConnectorKind::Mastodon(config) => Arc::new(Mastodon::new(config.clone())),
            ConnectorKind::X(config) => Arc::new(X::new(config.clone(), Arc::clone(clock))),
            ConnectorKind::Hook(config) => Arc::new(Hook::new(config.clone())),
            ConnectorKind::JiraDesk(config) => Arc::new(JiraDesk::new(config.clone())),
            ConnectorKind::Zendesk(config) => Arc::new(Zendesk::new(config.clone())),
            ConnectorKind::Hosted(page) => hosts.page(page),
            ConnectorKind::Mail { to, language } => Arc::new(Mails::new(to.clone(), language, Arc::clone(reach))),
        }
    };
    all.iter().map(|it| (it.name.clone(), place(it))).collect()
}

/// Looks at a place without saying anything there; none where only a text would tell, and for hosted pages, which [`Hosts`] looks at.
pub async fn look(kind: &ConnectorKind, clock: &SharedClock) -> Option<Result<Look, Trouble>> {
    Some(match kind {
        ConnectorKind::Webhook { .. } | ConnectorKind::Hosted(_) | ConnectorKind::Mail { .. } => return None,
        ConnectorKind::Mastodon(config) => Mastodon::new(config.clone()).look().await,
        ConnectorKind::X(config) => X::new(config.clone(), Arc::clone(clock)).look().await,
        ConnectorKind::Hook(config) => Hook::new(config.clone()).look().await,
        ConnectorKind::JiraDesk(config) => JiraDesk::new(config.clone()).look().await,
        ConnectorKind::Zendesk(config) => Zendesk::new(config.clone()).look().await,
    })
}
