//! What is open, told to the leadership.

use std::sync::Arc;

use jiff::Timestamp;
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
        let all: Vec<&Incident> = open.iter().map(AsRef::as_ref).collect();
        let message = render::digest(self.everywhere(), &all, (asked.due, job.due), DIGESTED);
        let channel = self.configured(&digest.channel).await?;
        let parcel = Parcel { key: &job.key, look, since: job.due, under: None };
        // Nothing is said of nothing; only what an earlier try may have left there must not go on saying what is over.
        let is_needless = open.is_empty() && !digest.when_nothing;
        if is_needless && (!look || self.sent_before(&parcel, &channel).await?.is_none()) {
            return self.end_aside(job, None).await;
        }
        // What an earlier try sent may name others than are open now: whoever finds it by its receipt must find those that it names.
        let posted = self.keep_shown(&parcel, &channel, &message).await?;
        let named: Vec<IncidentId> = open.iter().take(DIGESTED).map(|it| it.id).collect();
        let mut receipt: Value = receipt(&posted.at);
        receipt["about"] = to_value(&named);
        receipt["due"] = to_value(&asked.due);
        self.end_aside(job, Some(receipt)).await
    }

    /// The digests that named this incident, as they read now: redacting a title, or making a secret of it, is rare.
    pub(super) async fn digests_of(&self, it: &Errand) -> Result<Vec<(MessageRef, Message)>, Stop> {
        let named = self.messages_that_named(it, DIGESTS).await?;
        let anew = named.into_iter().filter_map(|(at, receipt, all)| {
            let due: Timestamp = serde_json::from_value(receipt["due"].clone()).ok()?;
            let all: Vec<&Incident> = all.iter().map(AsRef::as_ref).collect();
            Some((at, render::digest(self.everywhere(), &all, (due, due), DIGESTED)))
        });
        Ok(anew.collect())
    }

    /// Messages about several incidents, this one among them: where each is, its receipt, and the incidents as they are now.
    pub(super) async fn messages_that_named(
        &self,
        it: &Errand,
        receipts: &str,
    ) -> Result<Vec<(MessageRef, Value, Vec<Arc<Incident>>)>, Stop> {
        let mut messages = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let found = self.engine.store().receipts(receipts, after.as_deref(), CHUNK).await?;
            let full = found.len() == CHUNK;
            for (key, receipt) in found {
                after = Some(key);
                let about: Vec<IncidentId> = serde_json::from_value(receipt["about"].clone()).unwrap_or_default();
                let at: Option<MessageRef> = serde_json::from_value(receipt.clone()).ok();
                let (Some(at), true) = (at, about.contains(&it.incident.id)) else { continue };
                messages.push((at, receipt, self.engine.digested_before(&about).await?));
            }
            if !full {
                return Ok(messages);
            }
        }
    }

    /// What renderings of several incidents look at.
    pub(super) fn everywhere(&self) -> View<'_> {
        View { playbook: self.engine.playbook(), settings: self.engine.settings(), now: self.clock.now() }
    }
}
