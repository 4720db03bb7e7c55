//! What is open, told to the leadership.

use serde_json::Value;

use super::{
    Delivery,
    errand::{Errand, Stop},
    posting::{Parcel, receipt},
};
use crate::{
    engine::{DIGESTED, DIGESTS, digesting, to_value},
    ids::IncidentId,
    incident::{Incident, MessageRef},
    render::{self, Message, View},
    store::Job,
};

/// How many receipts are read at a time.
const CHUNK: usize = 500;

impl Delivery {
    pub(super) async fn tell_digest(&self, job: &Job, look: bool) -> Result<(), Stop> {
        let asked = digesting(job).map_err(Stop::Record)?;
        let Some(digest) = &self.engine.settings().digest else { return self.end_aside(job, None).await };
        let open = self.engine.digested().await?;
        if open.is_empty() && !digest.when_nothing && !look {
            return self.end_aside(job, None).await;
        }
        let all: Vec<&Incident> = open.iter().map(AsRef::as_ref).collect();
        let message = render::digest(self.everywhere(), &all, (asked.due, job.due), DIGESTED);
        let channel = self.configured(&digest.channel).await?;
        let parcel = Parcel { key: &job.key, look, since: job.due, under: None };
        let posted = self.send_once(&parcel, &channel, &message).await?;
        let named: Vec<IncidentId> = open.iter().take(DIGESTED).map(|it| it.id).collect();
        let mut receipt: Value = receipt(&posted.at);
        receipt["about"] = to_value(&named);
        receipt["due"] = to_value(&asked.due);
        self.end_aside(job, Some(receipt)).await
    }

    /// The digests that named this incident, as they read now: redacting a title, or making a secret of it, is rare.
    pub(super) async fn digests_of(&self, it: &Errand) -> Result<Vec<(MessageRef, Message)>, Stop> {
        let mut edits = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let found = self.engine.store().receipts(DIGESTS, after.as_deref(), CHUNK).await?;
            let full = found.len() == CHUNK;
            for (key, receipt) in found {
                let about: Vec<IncidentId> = serde_json::from_value(receipt["about"].clone()).unwrap_or_default();
                let due: Option<jiff::Timestamp> = serde_json::from_value(receipt["due"].clone()).unwrap_or_default();
                after = Some(key);
                let at: Option<MessageRef> = serde_json::from_value(receipt).ok();
                let (Some(at), Some(due), true) = (at, due, about.contains(&it.incident.id)) else { continue };
                let named = self.engine.digested_before(&about).await?;
                let all: Vec<&Incident> = named.iter().map(AsRef::as_ref).collect();
                edits.push((at, render::digest(self.everywhere(), &all, (due, due), DIGESTED)));
            }
            if !full {
                return Ok(edits);
            }
        }
    }

    /// What renderings of several incidents look at.
    pub(super) fn everywhere(&self) -> View<'_> {
        View { playbook: self.engine.playbook(), settings: self.engine.settings(), now: self.clock.now() }
    }
}
