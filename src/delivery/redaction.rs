//! Redacted words taken back wherever the bot posted them.
//!
//! What is kept up to date (card, topic, announcement) shows the words no more by itself. Here is the rest: lines in the
//! room, status updates, tasks, the summary that a room was closed with; and for a title, which stands in many places, also
//! pages, roles, reminders, whatever was told in direct messages, the room's name and App Homes.

use jiff::SignedDuration;

use super::{
    Delivery,
    errand::{Errand, Stop},
    pages::last_message,
};
use crate::{
    engine::{correction_key, outlet_key},
    home::home,
    ids::{IncidentId, UserId},
    incident::{Effect, Event, Incident, MessageRef, What, access, comms, duty},
    paging::Target,
    playbook::{OutletId, RoleId},
    ports::Trouble,
    render::{self, Message},
};

/// How many waiting jobs of a lane are looked through.
pub(super) const WAITING: usize = 1000;
/// How many receipts or people are read at a time.
const CHUNK: usize = 500;
/// What was being posted when the words were redacted is in its place after this, or is rendered without them.
const UNDER_WAY: SignedDuration = SignedDuration::from_secs(30);

/// A text that was sent, and its corrections (from 1): the event of each, which it is, and where it went.
pub(super) fn said(history: &[(u64, Event)], send: u32) -> impl Iterator<Item = (u64, u32, &[comms::Sending])> {
    history.iter().filter_map(move |(at, event)| match &event.what {
        What::Comms(comms::Fact::Sent { send: of, outlets, .. }) if *of == send => Some((*at, 0, outlets.as_slice())),
        What::Comms(comms::Fact::Corrected { send: of, outlets, correction, .. }) if *of == send => {
            Some((*at, *correction, outlets.as_slice()))
        }
        _ => None,
    })
}

/// The key of the job that brings it there.
pub(super) fn said_key(id: IncidentId, (send, correction): (u32, u32), outlet: &OutletId) -> String {
    match correction {
        0 => outlet_key(id, send, outlet),
        correction => correction_key(id, send, outlet, correction),
    }
}

/// Edits one after the other, and the refusal that one of them met: what is refused in one place is still to be done in
/// the others.
#[derive(Debug, Default)]
struct Edits {
    refused: Option<Trouble>,
    /// What a place beside Slack met: it is tried again.
    away: Option<Trouble>,
}

impl Delivery {
    /// Takes back the words that were posted for an event, in the room and outside.
    pub(super) async fn retract(&self, it: &Errand, seq: u64) -> Result<(), Stop> {
        let mut edits = Edits::default();
        self.retract_one(it, seq, &mut edits).await?;
        self.edited(it, edits).await
    }

    /// Takes back all words that were redacted so far; of what goes on as a secret, everything that was said.
    pub(super) async fn retract_all(&self, it: &Errand) -> Result<(), Stop> {
        let mut edits = Edits::default();
        let moved = it.whole.access.moved.map_or(0, |moved| moved.seq);
        for (seq, event) in self.engine.history(it.incident.id).await? {
            match event.what {
                _ if seq < moved => self.retract_one(it, seq, &mut edits).await?,
                What::Redacted { entry, .. } => self.retract_one(it, entry, &mut edits).await?,
                _ => {}
            }
        }
        self.edited(it, edits).await
    }

    async fn retract_one(&self, it: &Errand, seq: u64, edits: &mut Edits) -> Result<(), Stop> {
        let id = it.incident.id;
        let broadcast = format!("broadcast/{id}/{seq}");
        // An update that is being posted at this moment may carry the words, and has no receipt yet.
        let waiting = self.engine.store().lane(super::broadcast::UPDATES, WAITING).await?;
        if waiting.iter().any(|job| job.key == broadcast) {
            return Err(Stop::NotYet);
        }
        // What everybody reads first, whatever Slack says. A place that is away holds up none of the rest.
        match self.withdraw_outside(it, seq).await {
            Err(Stop::Trouble(trouble)) => edits.away = Some(trouble),
            done => done?,
        }
        let message = render::retracted(&it.incident, seq);
        for key in [format!("say/{id}/{seq}"), broadcast] {
            if let Some(at) = self.receipt(&key).await? {
                self.edit(&at, &message, edits).await?;
            }
        }
        self.withdraw(it, seq, &message, edits).await?;
        self.show_questions(it, seq, edits).await?;
        // The words of a task, and the reason why somebody holds a role, were told to people as well.
        let history = self.engine.history(id).await?;
        // Why somebody could not come stands on their own message.
        if let Some(What::PageDeclined { page, by, .. }) =
            history.iter().find(|(at, _)| *at == seq).map(|(_, e)| &e.what)
            && let to = Target::Person(by.clone())
            && let Some(at) = last_message(&history, *page, &to)
            && let Some(message) = self.page_message(it, &history, &at, &to, None)
        {
            self.edit(&at, &message, edits).await?;
        }
        if history.iter().any(|(at, e)| *at == seq && matches!(e.what, What::Duty(_) | What::RoleTaken { .. })) {
            let told = self.told_of(it, &history).await?;
            for (at, message) in told.into_iter().chain(self.reminders_of(it).await?) {
                self.edit(&at, &message, edits).await?;
            }
        }
        self.show_summaries(it, edits).await
    }

    /// The question that an event asked, as it reads now.
    async fn show_questions(&self, it: &Errand, seq: u64, edits: &mut Edits) -> Result<(), Stop> {
        let prefix = format!("question/{}/{seq}/", it.incident.id);
        for (key, at) in self.posted_under(&prefix).await? {
            let event = self.event_of(it, seq).await?;
            let to = UserId::from(&key[prefix.len()..]);
            self.edit(&at, &render::question(self.world(it), &it.incident, &event, &to), edits).await?;
        }
        Ok(())
    }

    /// A text that was sent to others stands in their channels, and with support. As a draft, and with how it got there, it
    /// stands in the room: after a redaction these show themselves anew, but not in the room of a stub.
    async fn withdraw(&self, it: &Errand, seq: u64, inside: &Message, edits: &mut Edits) -> Result<(), Stop> {
        let id = it.incident.id;
        let What::Comms(fact) = self.event_of(it, seq).await?.what else { return Ok(()) };
        if it.whole.access.moved.is_some() {
            let mut keys = Vec::new();
            if let comms::Fact::Drafted { draft, .. } | comms::Fact::Sent { draft, .. } = &fact {
                keys.push(format!("draft/{id}/{draft}"));
            }
            if let comms::Fact::Sent { send, .. } = &fact {
                keys.push(format!("receipt/{id}/{send}"));
            }
            for key in keys {
                if let Some(at) = self.receipt(&key).await? {
                    self.edit(&at, inside, edits).await?;
                }
            }
        }
        let (comms::Fact::Sent { send, .. } | comms::Fact::Corrected { send, .. }) = fact else { return Ok(()) };
        let history = self.engine.history(id).await?;
        // What was said in its place goes with it: it says the same in other words, or stands beside it.
        for (said_at, correction, outlets) in said(&history, send) {
            for to in outlets {
                self.withdraw_from(it, (send, correction), to, edits).await?;
            }
            for (_, at) in self.posted_under(&format!("tell/{id}/{said_at}/")).await? {
                self.edit(&at, inside, edits).await?;
            }
            if let Some(at) = self.receipt(&format!("say/{id}/{said_at}")).await? {
                self.edit(&at, inside, edits).await?;
            }
        }
        Ok(())
    }

    /// A text, or a correction of it, out of one place.
    async fn withdraw_from(
        &self,
        it: &Errand,
        (send, correction): (u32, u32),
        to: &comms::Sending,
        edits: &mut Edits,
    ) -> Result<(), Stop> {
        let key = said_key(it.incident.id, (send, correction), &to.outlet);
        if self.is_on_its_way(&to.outlet, &key).await? {
            return Err(Stop::NotYet);
        }
        if let Some(at) = self.receipt(&key).await? {
            self.edit(&at, &render::comms::withdrawn(), edits).await?;
        }
        Ok(())
    }

    /// The summaries that the room was closed with, as they read now.
    async fn show_summaries(&self, it: &Errand, edits: &mut Edits) -> Result<(), Stop> {
        let posted = self.posted_under(&format!("archive/{}/", it.incident.id)).await?;
        if posted.is_empty() {
            return Ok(());
        }
        let history = self.engine.history(it.incident.id).await?;
        let message = match it.whole.access.moved {
            Some(moved) => render::retracted(&it.incident, moved.seq),
            None => render::summary(self.world(it), &it.whole, &history),
        };
        for (_, at) in posted {
            self.edit(&at, &message, edits).await?;
        }
        Ok(())
    }

    /// Shows the title as it is now wherever an earlier one may stand.
    pub(super) async fn retitle(&self, it: &Errand) -> Result<(), Stop> {
        if self.clock.now().duration_since(it.job.due) < UNDER_WAY && self.is_under_way(it).await? {
            return Err(Stop::NotYet);
        }
        let history = self.engine.history(it.incident.id).await?;
        let mut edits = Edits::default();
        for (at, message) in self.pages_of(it, &history) {
            self.edit(&at, &message, &mut edits).await?;
        }
        for (at, message) in self.told_of(it, &history).await? {
            self.edit(&at, &message, &mut edits).await?;
        }
        let beside = self.digests_of(it).await?.into_iter().chain(self.followed_of(it).await?);
        for (at, message) in self.reminders_of(it).await?.into_iter().chain(beside) {
            self.edit(&at, &message, &mut edits).await?;
        }
        self.edited(it, edits).await
    }

    /// Is a message about this incident on its way that was asked for before the words were redacted?
    async fn is_under_way(&self, it: &Errand) -> Result<bool, Stop> {
        let about = format!("/{}/", it.incident.id);
        let pages = format!("page{about}");
        for lane in self.engine.store().lanes().await? {
            if ["dm/", "chan/", "updates", pages.as_str()].iter().any(|with| lane.starts_with(with)) {
                let waiting = self.engine.store().lane(&lane, WAITING).await?;
                // A reminder may name this one beside another.
                let names = |key: &str| key.contains(&about) || key.starts_with("remind/");
                if waiting.iter().any(|job| job.id < it.job.id && names(&job.key)) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Every message that asked somebody for help, as it should read now.
    fn pages_of(&self, it: &Errand, history: &[(u64, Event)]) -> Vec<(MessageRef, Message)> {
        let mut edits: Vec<(MessageRef, Message)> = Vec::new();
        for (_, to, at) in super::pages::messages(history) {
            // Several pages may live in one.
            if edits.iter().all(|(other, _)| *other != at) {
                let message = self.page_message(it, history, &at, to, None);
                edits.push((at, message.unwrap_or_else(|| render::old_page(&it.incident))));
            }
        }
        edits
    }

    /// What was told in direct messages and outside: roles, lines, status updates.
    async fn told_of(&self, it: &Errand, history: &[(u64, Event)]) -> Result<Vec<(MessageRef, Message)>, Stop> {
        let (w, incident) = (self.world(it), &it.incident);
        let event = |seq: &str| {
            let seq: u64 = seq.parse().ok()?;
            let event = history.iter().find(|(at, _)| *at == seq).map(|(_, event)| event);
            event.map(|event| access::outside_event(&it.whole, event))
        };
        let mut edits = Vec::new();
        let tasks = self.outside_words_of_tasks(incident).await?;
        for kind in ["tell", "brief", "task", "broadcast", "question"] {
            let prefix = format!("{kind}/{}/", incident.id);
            for (key, at) in self.posted_under(&prefix).await? {
                let parts: Vec<&str> = key[prefix.len()..].split('/').collect();
                let message = match (kind, parts.as_slice()) {
                    ("tell", [seq, _]) => event(seq).map(|event| render::told(w, incident, &event)),
                    ("question", [seq, to]) => {
                        event(seq).map(|e| render::question(w, incident, &e, &UserId::from(*to)))
                    }
                    ("brief", [role, to, which]) => brief(w, incident, role, to, which, &tasks),
                    ("task", [seq, to]) => event(seq).and_then(|event| match &event.what {
                        What::Duty(duty::Fact::TaskAdded { task, text, .. }) => {
                            Some(render::task(incident, *task, &UserId::from(*to), text))
                        }
                        _ => None,
                    }),
                    // What a secret had said outside before it was one is retracted.
                    ("broadcast", [seq]) => event(seq)
                        .filter(|_| !incident.is_secret())
                        .zip(seq.parse().ok())
                        .map(|(event, seq)| render::update_broadcast(w, incident, seq, &event)),
                    _ => None,
                };
                edits.extend(message.map(|message| (at, message)));
            }
        }
        Ok(edits)
    }

    /// The reminders that named this incident, among all that were ever sent: redacting a title is rare.
    async fn reminders_of(&self, it: &Errand) -> Result<Vec<(MessageRef, Message)>, Stop> {
        let mut edits = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let found = self.engine.store().receipts("remind/", after.as_deref(), CHUNK).await?;
            let full = found.len() == CHUNK;
            for (key, receipt) in found {
                let about: Vec<IncidentId> = serde_json::from_value(receipt["about"].clone()).unwrap_or_default();
                after = Some(key);
                if about.contains(&it.incident.id)
                    && let Ok(at) = serde_json::from_value(receipt)
                {
                    edits.push((at, render::old_reminder(&about)));
                }
            }
            if !full {
                return Ok(edits);
            }
        }
    }

    /// The messages of jobs whose key begins with this.
    async fn posted_under(&self, prefix: &str) -> Result<Vec<(String, MessageRef)>, Stop> {
        let mut all: Vec<(String, MessageRef)> = Vec::new();
        loop {
            let after = all.last().map(|(key, _)| key.clone());
            let found = self.engine.store().receipts(prefix, after.as_deref(), CHUNK).await?;
            let full = found.len() == CHUNK;
            for (key, receipt) in found {
                let at = serde_json::from_value(receipt);
                let at = at.map_err(|e| Stop::Record(format!("the receipt of `{key}` is of another release: {e}")))?;
                all.push((key, at));
            }
            if !full {
                return Ok(all);
            }
        }
    }

    async fn edit(&self, at: &MessageRef, message: &Message, edits: &mut Edits) -> Result<(), Stop> {
        match self.chat.update(at, message).await {
            Ok(()) => Ok(()),
            Err(Trouble::Refused(code)) if code == "message_not_found" => Ok(()),
            Err(trouble @ Trouble::Refused(_)) => {
                edits.refused = Some(trouble);
                Ok(())
            }
            Err(trouble) => Err(trouble.into()),
        }
    }

    /// Ends an errand of edits; what was refused is told.
    async fn edited(&self, it: &Errand, edits: Edits) -> Result<(), Stop> {
        let out_of_reach = it.incident.room.is_some() && it.incident.open_room().is_none();
        if let Some(trouble) = edits.away {
            return Err(trouble.into());
        }
        match edits.refused {
            Some(_) if out_of_reach && !matches!(it.effect, Effect::Retitle) => {
                let why = "the room is closed to it. Open the room and invite Watchroom, and it takes them back";
                self.give_up_on(it, "take redacted words out of the room yet", why, "room").await?;
                self.end(it, None).await
            }
            Some(trouble) => Err(trouble.into()),
            None => self.end(it, None).await,
        }
    }

    /// Takes the title out of the room's name. A name that people gave stays.
    pub(super) async fn rename_room(&self, it: &Errand) -> Result<(), Stop> {
        let (channel, named) = match it.whole.open_room() {
            Some(room) => (room.channel.clone(), room.name.clone()),
            // It may have been made, and the answer lost, before there was nothing more to make it for.
            None if it.whole.room.is_none() && it.whole.access.moved.is_some() => match self.own_room(&it.whole).await?
            {
                Some(made) => (made.id, made.name),
                None => return self.end(it, None).await,
            },
            None => return self.end(it, None).await,
        };
        let number = it.incident.id.to_string().to_lowercase();
        if !named.strip_prefix(&number).is_some_and(|rest| rest.starts_with('-')) {
            return self.end(it, None).await;
        }
        let mut name = number.clone();
        for suffix in 2..super::room::NAMES {
            let mut done = self.chat.rename_channel(&channel, &name).await;
            if self.went_in(&channel, &done).await? {
                done = self.chat.rename_channel(&channel, &name).await;
            }
            match done {
                Ok(()) => {
                    return self.report(it, None, crate::incident::Command::RoomBack { channel, name, at: None }).await;
                }
                Err(Trouble::Refused(code)) if code == "name_taken" => name = format!("{number}-{suffix}"),
                Err(trouble) => return Err(trouble.into()),
            }
        }
        Err(Trouble::Refused("name_taken".into()).into())
    }

    /// The App Homes of everyone who has one: a job for each.
    pub(super) async fn homes(&self, it: &Errand) -> Result<(), Stop> {
        let mut last: Option<UserId> = None;
        loop {
            let people = self.engine.homes(last.as_ref(), CHUNK).await?;
            let done = people.len() < CHUNK;
            last = people.last().cloned();
            let homes = people.into_iter().map(|to| Effect::Home { to }).collect();
            let finish = if done { vec![it.finish(None)] } else { Vec::new() };
            self.engine.fan_out(it.incident.id, 0, homes, finish).await?;
            if done {
                self.forget(&it.job.key);
                return Ok(());
            }
        }
    }

    /// Somebody's App Home, as it stands, where they ever opened it.
    pub(super) async fn home(&self, it: &Errand, to: &UserId) -> Result<(), Stop> {
        self.show_home(to).await?;
        self.end(it, None).await
    }

    /// The same, without its end.
    pub(super) async fn show_home(&self, to: &UserId) -> Result<(), Stop> {
        if self.engine.is_home_known(to).await? {
            let home = home(&self.engine, &self.providers, self.chat.as_ref(), to).await?;
            self.chat.publish_home(to, &home).await?;
        }
        Ok(())
    }
}

/// A role's message, by what stands in its key.
fn brief(
    w: render::View<'_>,
    it: &Incident,
    role: &str,
    to: &str,
    which: &str,
    tasks: &render::TaskWords,
) -> Option<Message> {
    let (offer, since) = match which.split_once('.')? {
        ("offer", number) => (Some(number.parse().ok()?), 0),
        ("given", since) => (None, since.parse().ok()?),
        _ => return None,
    };
    Some(render::brief(w, it, &RoleId::from(role), &UserId::from(to), offer, since, tasks))
}
