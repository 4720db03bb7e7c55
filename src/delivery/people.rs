//! Direct messages to the people concerned.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Delivery,
    errand::{Errand, Stop},
    posting::{is_gone, receipt},
};
use crate::{
    engine::{brief_key, to_value},
    ids::{IncidentId, UserId},
    incident::{Effect, MessageRef, Reminded, What, access, comms::Fact, course},
    paging::Target,
    playbook::RoleId,
    ports::Trouble,
    render::{self, Due},
};

/// The most members of a group that are told.
const MEMBERS: usize = 500;

impl Delivery {
    /// Someone outside the room hears what happened.
    pub(super) async fn tell(&self, it: &Errand, to: &Target, seq: u64) -> Result<(), Stop> {
        if let Target::Group(_) | Target::Schedule(_) = to {
            return self.tell_members(it, to, seq).await;
        }
        // Whoever is in several groups that are told hears it once.
        if let Some(told) = self.receipt(&it.job.key).await? {
            return self.end(it, Some(receipt(&told))).await;
        }
        let event = self.event_of(it, seq).await?;
        let message = render::told(self.world(it), &it.incident, &event);
        let channel = self.conversation(to).await?;
        let posted = self.post_once(it, &channel, &message, it.job.due).await?;
        self.end(it, Some(receipt(&posted.at))).await
    }

    /// Each member of a group, or whoever is on call, hears it, of a secret those who were let in or, as whoever the playbook names
    /// for a role does, that a phase of it began.
    async fn tell_members(&self, it: &Errand, of: &Target, seq: u64) -> Result<(), Stop> {
        let event = self.event_of(it, seq).await?;
        // Who was told by name is not told twice.
        let (told, is_named): (&[UserId], bool) = match &event.what {
            What::Comms(Fact::Escalated { people, .. }) => (people, false),
            What::Course(course::Fact::InformedGroups { told, .. }) => (told, true),
            _ => (&[], false),
        };
        let members = self.people_of(&it.whole, of).await?;
        let hears = |who: &UserId| (is_named || access::may_see(&it.whole, who)) && !told.contains(who);
        let members = members.into_iter().filter(hears);
        let effects = members.take(MEMBERS).map(|who| Effect::Tell { to: Target::Person(who), seq }).collect();
        self.engine.fan_out(it.incident.id, seq, effects, vec![it.finish(None)]).await?;
        self.forget(&it.job.key);
        Ok(())
    }

    /// A role and its buttons, as they stand.
    pub(super) async fn brief(
        &self,
        it: &Errand,
        role: &RoleId,
        to: &UserId,
        offer: Option<u32>,
        since: u64,
    ) -> Result<(), Stop> {
        let told_before = it.look || self.receipt(&it.job.key).await?.is_some();
        if !told_before && !concerns(it, role, to, offer, since) {
            // It was over before they heard of it.
            return self.end(it, None).await;
        }
        let channel = self.chat.direct(to).await?;
        let tasks = self.outside_words_of_tasks(&it.incident).await?;
        let message = render::brief(self.world(it), &it.incident, role, to, offer, since, &tasks);
        let posted = self.show(it, &channel, &message).await?;
        self.end(it, Some(receipt(&posted.at))).await
    }

    /// A role and its buttons, as they stand, on the message that somebody has.
    pub(super) async fn show_brief(
        &self,
        it: &Errand,
        role: &RoleId,
        to: &UserId,
        offer: Option<u32>,
        since: u64,
    ) -> Result<(), Stop> {
        if let Some(at) = self.receipt(&brief_key(it.incident.id, role, to, offer, since)).await? {
            let tasks = self.outside_words_of_tasks(&it.incident).await?;
            let message = render::brief(self.world(it), &it.incident, role, to, offer, since, &tasks);
            match self.chat.update(&at, &message).await {
                Err(Trouble::Refused(code)) if is_gone(&code) => {}
                updated => updated?,
            }
        }
        self.end(it, None).await
    }

    /// A question to a role, as it stands.
    pub(super) async fn question(&self, it: &Errand, number: u32, asked: u64, to: &UserId) -> Result<(), Stop> {
        let told_before = it.look || self.receipt(&it.job.key).await?.is_some();
        let waits = it.incident.course.consult(number).is_some_and(|c| c.to.as_ref() == Some(to));
        let wanted = told_before || (waits && it.incident.is_open());
        if !wanted {
            // It was answered, or the incident over, before they heard of it.
            return self.end(it, None).await;
        }
        let event = self.event_of(it, asked).await?;
        let channel = self.chat.direct(to).await?;
        let message = render::question(self.world(it), &it.incident, &event, to);
        let posted = self.show(it, &channel, &message).await?;
        self.end(it, Some(receipt(&posted.at))).await
    }

    /// Something is due soon.
    pub(super) async fn remind(
        &self,
        it: &Errand,
        to: &UserId,
        about: &[IncidentId],
        beside: &[Reminded],
    ) -> Result<(), Stop> {
        let mut incidents = BTreeMap::new();
        for id in about.iter().chain(beside.iter().map(|r| &r.id)) {
            let open = self.engine.incident(*id).await?.filter(|i| i.is_open() && access::may_see(i, to));
            incidents.extend(open.map(|i| (*id, access::outside(&i).into_owned())));
        }
        let mut due = Due::default();
        for (id, incident) in &incidents {
            due.words.insert(*id, self.outside_words_of_tasks(incident).await?);
        }
        let updates = about.iter().filter_map(|id| incidents.get(id));
        due.updates.extend(updates.filter(|i| i.update.due.is_some() && i.lead() == Some(to)));
        due.beside.extend(beside.iter().filter_map(|r| Some((incidents.get(&r.id)?, &r.of))));
        let Some(message) = render::reminder(self.world(it), to, &due) else { return self.end(it, None).await };
        let channel = self.chat.direct(to).await?;
        let posted = self.post_once(it, &channel, &message, it.job.due).await?;
        self.end(it, Some(receipt_of_reminder(&posted.at, about, beside))).await
    }
}

/// What is kept of a reminder: also which incidents it names, for the day when a title of them is redacted.
pub(super) fn receipt_of_reminder(at: &MessageRef, about: &[IncidentId], beside: &[Reminded]) -> Value {
    let mut receipt = receipt(at);
    let named: Vec<IncidentId> = about.iter().copied().chain(beside.iter().map(|r| r.id)).collect();
    receipt["about"] = to_value(&named);
    receipt
}

/// Does this person still have the role, or still the offer of it, that the message is about?
fn concerns(it: &Errand, role: &RoleId, to: &UserId, offer: Option<u32>, since: u64) -> bool {
    let Some(state) = it.incident.roles.get(role) else { return false };
    match offer {
        Some(number) => state.offer(number).is_some(),
        None => state.of(to).is_some_and(|held| held.since == since),
    }
}
