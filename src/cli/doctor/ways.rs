//! Ways to people beside Slack: does each neighbour let us in, and can people answer by it?

use std::sync::Arc;

use super::{Finding, bad, doubtful, fine};
use crate::{
    adapters::{
        http::Http,
        reach::{Look, Ways},
    },
    clock::SystemClock,
    config::Config,
};

/// Nobody is called or written to.
pub(super) async fn findings(http: &Http, config: &Config) -> Vec<Finding> {
    let mut findings = missing(config);
    for (neighbour, looked) in Ways::new(http, &config.ways, Arc::new(SystemClock)).look().await {
        findings.push(match looked {
            Ok(Look::Fine(found)) => fine(format!("{neighbour}: {found}")),
            Ok(Look::Doubtful(found)) => doubtful(format!("{neighbour}: {found}")),
            Err(trouble) => bad(format!("{neighbour}: {trouble}")),
        });
    }
    findings
}

/// What a way needs besides its own settings.
fn missing(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(twilio) = &config.ways.twilio {
        if twilio.auth_token.is_none() || config.settings.public_url.is_none() {
            findings.push(doubtful(
                "Twilio: nobody can answer a call by a key, and it is not heard whether messages got there; set both \
                 TWILIO_AUTH_TOKEN and WATCHROOM_PUBLIC_URL",
            ));
        }
        if !twilio.calls() {
            findings
                .push(doubtful("Twilio: only text messages; calls need a number in `from` of [twilio], as +15550100"));
        }
    }
    findings
}
