//! Places beside the chat that take texts for others: a file for each kind of [`ConnectorKind`].

mod webhook;

use std::{collections::BTreeMap, sync::Arc};

use self::webhook::Webhook;
use crate::{
    config::{ConnectorConfig, ConnectorKind},
    ports::{Connector, Reach},
};

/// Every place that the settings name.
#[must_use]
pub fn connectors(all: &[ConnectorConfig], reach: &Arc<dyn Reach>) -> BTreeMap<String, Arc<dyn Connector>> {
    let place = |it: &ConnectorConfig| -> Arc<dyn Connector> {
        match &it.kind {
            ConnectorKind::Webhook { webhook } => Arc::new(Webhook::new(webhook.clone(), Arc::clone(reach))),
        }
    };
    all.iter().map(|it| (it.name.clone(), place(it))).collect()
}
