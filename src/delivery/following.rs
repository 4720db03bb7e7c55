//! Those who follow incidents without being in their rooms.

use serde_json::Value;

use super::{
    Delivery,
    errand::{Errand, Stop},
    posting::{Parcel, receipt},
};
use crate::{
    engine::{FOLLOWED, following, to_value},
    ids::{IncidentId, UserId},
    incident::{Incident, MessageRef},
    render::{self, Message},
    store::{Finish, Job},
};

/// How many people are looked at, or receipts read, at a time.
const CHUNK: usize = 500;
/// How many incidents one message names.
const TOGETHER: usize = 20;

impl Delivery {
    /// Everybody who follows such incidents hears of this event, but not who did it.
    pub(super) async fn tell_followers(&self, it: &Errand, seq: u64) -> Result<(), Stop> {
        let event = self.event_of(it, seq).await?;
        let mut last: Option<UserId> = None;
        loop {
            let found = self.engine.followers(last.as_ref(), CHUNK).await?;
            let done = found.len() < CHUNK;
            last = found.last().map(|(who, _)| who.clone());
            let wants = |(who, all): &(UserId, crate::incident::following::Subscriptions)| {
                event.by.person() != Some(who) && all.want(&it.incident, &event)
            };
            let people: Vec<UserId> = found.into_iter().filter(wants).map(|(who, _)| who).collect();
            let finish = if done { vec![it.finish(None)] } else { Vec::new() };
            self.engine.tell_followers(it.incident.id, people, finish).await?;
            if done {
                self.forget(&it.job.key);
                return Ok(());
            }
        }
    }

    /// One message with all that changed of what somebody follows, as it stands; a while after the last one.
    pub(super) async fn tell_follower(&self, job: &Job, look: bool) -> Result<(), Stop> {
        let who = following(job).map_err(Stop::Record)?.who;
        if let Some(again) = self.engine.hears_again(&who).await? {
            let later = Finish { id: job.id, key: job.key.clone(), receipt: None, postpone: Some(again) };
            return Ok(self.engine.finish(vec![later]).await?);
        }
        let waiting = self.engine.store().lane(&format!("{FOLLOWED}{who}"), TOGETHER).await?;
        let mut told: Vec<IncidentId> = Vec::new();
        for waiting in &waiting {
            let id = following(waiting).map_err(Stop::Record)?.id;
            if !told.contains(&id) {
                told.push(id);
            }
        }
        let all = self.engine.digested_before(&told).await?;
        let finish = |receipt: Option<Value>| {
            let ends = |job: &Job| Finish { id: job.id, key: job.key.clone(), receipt: None, postpone: None };
            let key = format!("{}/{}", job.key, job.id);
            let told = receipt.map(|receipt| Finish { id: 0, key, receipt: Some(receipt), postpone: None });
            waiting.iter().map(ends).chain(told).collect::<Vec<_>>()
        };
        let all: Vec<&Incident> = all.iter().map(AsRef::as_ref).collect();
        let message = render::following::news(self.everywhere(), &all);
        let channel = self.chat.direct(&who).await?;
        let key = format!("{}/{}", job.key, job.id);
        let parcel = Parcel { key: &key, look, since: job.due, under: None };
        if all.is_empty() && (!look || self.sent_before(&parcel, &channel).await?.is_none()) {
            return Ok(self.engine.finish(finish(None)).await?);
        }
        // What an earlier try sent knows nothing of what came since, and may name what is need-to-know by now.
        let posted = self.keep_shown(&parcel, &channel, &message).await?;
        let mut kept = receipt(&posted.at);
        kept["about"] = to_value(&told);
        self.engine.heard(&who, finish(Some(kept))).await?;
        self.forget(&key);
        Ok(())
    }

    /// What those who follow were told that named this incident, as it reads now.
    pub(super) async fn followed_of(&self, it: &Errand) -> Result<Vec<(MessageRef, Message)>, Stop> {
        let named = self.messages_that_named(it, FOLLOWED).await?;
        let anew = named.into_iter().map(|(at, _, all)| {
            let all: Vec<&Incident> = all.iter().map(AsRef::as_ref).collect();
            (at, render::following::news(self.everywhere(), &all))
        });
        Ok(anew.collect())
    }
}
