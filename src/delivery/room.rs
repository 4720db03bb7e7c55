//! The incident's room: opened once, dressed, talked in, archived.

use std::time::Duration;

use super::{
    Delivery,
    errand::{Errand, Stop},
    giving_up::loss,
    posting::{is_gone, not_let_in, receipt},
    retry::refused_for_good,
    thread::place,
};
use crate::{
    engine::{Caller, card_key},
    ids::{ChannelId, IncidentId, UserId},
    incident::{Command, Event, Incident, RoomLoss, Said, What, access, case::may_come},
    ports::{OwnChannel, Trouble},
    render::{self, Message},
};

/// How long the word to whoever declared may take: the room is not dressed before.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many names are tried for a room.
pub(super) const NAMES: u32 = 50;

impl Delivery {
    /// Makes the room, or adopts the one that an earlier try made.
    pub(super) async fn open_room(&self, it: &Errand) -> Result<(), Stop> {
        if it.incident.room.is_some() {
            return self.end(it, None).await;
        }
        if it.look
            && let Some(room) = self.own_room(&it.incident).await?
        {
            return self.opened(it, room.id, room.name).await;
        }
        let mut name = render::room_name(&it.incident);
        for suffix in 2..NAMES {
            match self.chat.create_channel(&name, it.incident.is_secret()).await {
                Ok(channel) => return self.opened(it, channel, name).await,
                Err(Trouble::Refused(code)) if code == "name_taken" => {}
                Err(trouble) => return Err(trouble.into()),
            }
            // Whoever has the name may be ourselves, in a life before this one.
            if suffix == 2
                && let Some(room) = self.own_room(&it.incident).await?
            {
                return self.opened(it, room.id, room.name).await;
            }
            name = render::room_name_with_suffix(&it.incident, suffix);
        }
        Err(Trouble::Refused("name_taken".into()).into())
    }

    async fn opened(&self, it: &Errand, channel: ChannelId, name: String) -> Result<(), Stop> {
        match self.chat.set_purpose(&channel, &purpose(&it.incident)).await {
            Err(trouble @ Trouble::Refused(_)) => {
                // Only a later doubt would have needed it.
                tracing::warn!(job = it.job.key, %trouble, "the room carries no mark");
            }
            // To be found again as ours without a mark: by its name, and because nobody else's room it is.
            marked => marked.map_err(|trouble| match trouble {
                Trouble::Unreachable(what) | Trouble::Ambiguous(what) => Trouble::Ambiguous(what),
                other => other,
            })?,
        }
        let told = render::room_made(&it.incident, &channel);
        self.report(it, None, Command::RoomOpened { channel, name }).await?;
        if let Some(caller) = self.engine.callers().take(it.incident.id) {
            match tokio::time::timeout(PATIENCE, self.answer(it.incident.id, &caller, &told)).await {
                Ok(Ok(())) => {}
                // They are invited, and their role's message says it as well.
                Ok(Err(trouble)) => tracing::warn!(%trouble, "whoever declared was not told where the room is"),
                Err(_) => tracing::warn!("whoever declared was not told in time where the room is"),
            }
        }
        Ok(())
    }

    /// Says it to whoever declared, where they did.
    async fn answer(&self, id: IncidentId, caller: &Caller, told: &Message) -> Result<(), Trouble> {
        let (person, channel) = match caller {
            Caller::Typed { url } => return self.chat.respond(url, told).await,
            Caller::Form { person, channel } => (person, channel),
        };
        if let Some(channel) = channel
            && self.chat.whisper(channel, person, told).await.is_ok()
        {
            return Ok(());
        }
        let direct = self.chat.direct(person).await?;
        self.chat.post(&direct, told, &format!("declared/{id}")).await.map(drop)
    }

    /// The room that we made for this incident, if there is one.
    pub(super) async fn own_room(&self, incident: &Incident) -> Result<Option<OwnChannel>, Stop> {
        let prefix = incident.id.to_string().to_lowercase();
        let mark = mark(incident);
        let rooms = self.chat.own_channels(&prefix).await?;
        // A mark can be copied into a channel that everybody reads.
        let may = |room: &OwnChannel| room.ours || !incident.is_secret();
        let mut marked = rooms.iter().filter(|room| room.purpose.split_whitespace().any(|word| word == mark));
        if let Some(marked) = marked.find(|room| may(room)) {
            return Ok(Some(marked.clone()));
        }
        // The mark is set after the room is made; a room without any is one whose maker did not get that far.
        for room in rooms {
            let named =
                room.name == prefix || room.name.strip_prefix(&prefix).is_some_and(|rest| rest.starts_with('-'));
            if room.ours && named && room.purpose.is_empty() && self.engine.in_room(&room.id).await?.is_none() {
                return Ok(Some(room));
            }
        }
        Ok(None)
    }

    /// Brings people in.
    pub(super) async fn invite(&self, it: &Errand, people: &[UserId]) -> Result<(), Stop> {
        let Some(channel) = room(it) else { return self.end(it, None).await };
        // Whoever was removed again meanwhile stays outside.
        let people: Vec<UserId> = people.iter().filter(|p| access::may_see(&it.incident, p)).cloned().collect();
        let people = self.who_may_come(it, people).await?;
        if people.is_empty() {
            return self.end(it, None).await;
        }
        for person in self.chat.invite(channel, &people).await? {
            let what = format!("bring <@{person}> into the room");
            self.give_up_on(it, &what, "Slack does not let them in", person.as_str()).await?;
        }
        self.end(it, None).await
    }

    /// Those who belong to the organisation, or are from outside with an engagement; of the others the room hears.
    async fn who_may_come(&self, it: &Errand, people: Vec<UserId>) -> Result<Vec<UserId>, Stop> {
        let mut within = Vec::new();
        for person in people {
            let is_outside = !may_come(&it.incident, &person)
                && match self.chat.person(&person).await {
                    Ok(known) => known.is_outside,
                    // Whom Slack does not know it does not let in either.
                    Err(Trouble::Refused(_)) => false,
                    Err(trouble) => return Err(trouble.into()),
                };
            if !is_outside {
                within.push(person);
                continue;
            }
            let what = format!("bring <@{person}> into the room");
            let why = "they are from outside, and no engagement of theirs is recorded (/incident external add)";
            self.give_up_on(it, &what, why, person.as_str()).await?;
        }
        Ok(within)
    }

    /// The room's topic, as it should be.
    pub(super) async fn topic(&self, it: &Errand) -> Result<(), Stop> {
        let Some(channel) = room(it) else { return self.end(it, None).await };
        let topic = render::topic(self.world(it), &it.incident);
        let mut done = self.chat.set_topic(channel, &topic).await;
        if self.went_in(channel, &done).await? {
            done = self.chat.set_topic(channel, &topic).await;
        }
        done?;
        self.end(it, None).await
    }

    /// Only members may do some things: where that was refused we go into the room, and it is worth another try.
    pub(super) async fn went_in(&self, room: &ChannelId, done: &Result<(), Trouble>) -> Result<bool, Trouble> {
        match done {
            Err(Trouble::Refused(code)) if code == "not_in_channel" => {
                self.chat.join(room).await.map_err(|trouble| not_let_in(trouble, code))?;
                Ok(true)
            }
            Err(_) | Ok(()) => Ok(false),
        }
    }

    /// The room's bookmarks.
    pub(super) async fn bookmark(&self, it: &Errand) -> Result<(), Stop> {
        let Some(channel) = room(it) else { return self.end(it, None).await };
        let card = match self.receipt(&card_key(it.incident.id)).await? {
            Some(at) => self.address_of(it, &at).await,
            None => None,
        };
        for (title, link, emoji) in render::bookmarks(self.world(it), &it.incident, card) {
            self.chat.bookmark(channel, &title, &link, &emoji).await?;
        }
        self.end(it, None).await
    }

    /// The pinned card, as it stands.
    pub(super) async fn card(&self, it: &Errand) -> Result<(), Stop> {
        let Some(channel) = place(it) else { return self.end(it, None).await };
        let message = render::card(self.world(it), &it.whole);
        let known = self.receipt(&it.job.key).await?;
        let posted = match &known {
            // It was given a room: the card in the thread stays behind.
            Some(at) if at.channel != *channel => {
                self.leave_card(it, at).await?;
                self.post_once(it, channel, &message, it.incident.declared_at).await?
            }
            Some(_) | None => self.show(it, channel, &message).await?,
        };
        if room(it).is_none() {
            return self.end(it, Some(receipt(&posted.at))).await;
        }
        // A message that the record does not know yet may not be pinned yet, whoever posted it.
        if known.as_ref() != Some(&posted.at) {
            match self.chat.pin(&posted.at).await {
                Err(Trouble::Refused(code)) => self.give_up_on(it, "pin the card", &code, "pin").await?,
                pinned => pinned?,
            }
        }
        self.end(it, Some(receipt(&posted.at))).await
    }

    /// A line in the room. What people must hear goes to the lead where there is no room to say it in.
    pub(super) async fn say(&self, it: &Errand, seq: u64) -> Result<(), Stop> {
        let event = self.whole_event_of(it, seq).await?;
        let Some(channel) = place(it) else {
            if must_be_heard(&event.what) {
                return self.tell_lead(it, seq).await;
            }
            return self.end(it, None).await;
        };
        let message = match &event.what {
            What::Declared { source: Some(source), .. } => {
                let link = self.address_of(it, source).await;
                render::first_line(self.world(it), &it.whole, &event, link.as_deref())
            }
            _ => render::line(self.world(it), &it.whole, seq, &event),
        };
        let posted = self.post_once(it, channel, &message, it.job.due).await?;
        self.end(it, Some(receipt(&posted.at))).await
    }

    /// Lines that the room heard, as they stand now. What it never heard it does not hear now either.
    pub(super) async fn show_said(&self, it: &Errand, what: Said) -> Result<(), Stop> {
        if place(it).is_none() {
            return self.end(it, None).await;
        }
        let lines = match what {
            Said::Update(seq) => {
                let event = self.whole_event_of(it, seq).await?;
                vec![(seq, render::line(self.world(it), &it.whole, seq, &event))]
            }
            Said::Missed => {
                let history = self.engine.history(it.incident.id).await?;
                let last = history.iter().rfind(|(_, event)| matches!(event.what, What::UpdateMissed { .. }));
                let line = |(seq, event): &(u64, Event)| (*seq, render::line(self.world(it), &it.whole, *seq, event));
                last.map(line).into_iter().collect()
            }
            Said::Report(report) => {
                render::lines_of_report(self.world(it), &it.whole, &self.engine.history(it.incident.id).await?, report)
            }
        };
        for (seq, message) in lines {
            if let Some(at) = self.receipt(&format!("say/{}/{seq}", it.incident.id)).await? {
                match self.chat.update(&at, &message).await {
                    // Somebody deleted it: nobody reads it any more.
                    Err(Trouble::Refused(code)) if is_gone(&code) => {}
                    updated => updated?,
                }
            }
        }
        self.end(it, None).await
    }

    /// Takes someone out of the room. Where Slack does not let us, those inside are told to do it by hand.
    pub(super) async fn show_out(&self, it: &Errand, who: &UserId) -> Result<(), Stop> {
        // Let in again meanwhile, they stay.
        let stays = access::may_see(&it.incident, who) && !it.incident.case.was_engaged(who);
        let old = match it.incident.access.continues {
            Some(old) if !stays => self.engine.incident(old).await?,
            _ => None,
        };
        // The emptied room that it began in is everybody's but theirs who came to help.
        let old = old.filter(|_| it.incident.case.was_engaged(who));
        let old = old.as_ref().and_then(|old| old.open_room()).map(|room| &room.channel);
        for channel in room(it).filter(|_| !stays).into_iter().chain(old) {
            match self.chat.kick(channel, who).await {
                Err(Trouble::Refused(code)) => {
                    let what = format!("take <@{who}> out of the room, so someone in it must do that by hand");
                    self.give_up_on(it, &what, &code, who.as_str()).await?;
                }
                done => done?,
            }
        }
        self.end(it, None).await
    }

    /// The last words, then the door is closed. An archived room throws the bot out as well.
    pub(super) async fn archive_room(&self, it: &Errand) -> Result<(), Stop> {
        let Some(channel) = room(it).filter(|_| !it.incident.is_open()) else { return self.end(it, None).await };
        let history = self.engine.history(it.incident.id).await?;
        let message = render::summary(self.world(it), &it.whole, &history);
        let posted = self.post_once(it, channel, &message, it.job.due).await?;
        let summary = Some(receipt(&posted.at));
        let done = self.chat.archive(channel).await;
        // Where the summary stands is kept in any case: words of it may be redacted later.
        let how = match done.as_ref().err().and_then(refused_for_good) {
            None => done.map(|()| RoomLoss::Archived)?,
            Some(code) => {
                if let Some(how) = loss(code) {
                    return self.report(it, summary, Command::RoomLost { how, at: None }).await;
                }
                let what = "archive this room; someone who may must do it. The summary is above. Slack's reason";
                self.give_up_on(it, what, code, "all").await?;
                return self.end(it, summary).await;
            }
        };
        self.report(it, summary, Command::RoomLost { how, at: None }).await
    }
}

/// The room, where it can be used.
pub(super) fn room(it: &Errand) -> Option<&ChannelId> {
    it.incident.open_room().map(|room| &room.channel)
}

/// Things that go wrong must reach a human, room or no room.
pub(super) const fn must_be_heard(what: &What) -> bool {
    match what {
        What::DeliveryFailed { .. } | What::UpdateMissed { .. } => true,
        // Nobody else can be asked: Slack does not know whoever acknowledged.
        What::PageChecked { by, .. } => by.is_none(),
        What::Duty(fact) => fact.must_be_heard(),
        _ => false,
    }
}

/// What marks a room as this incident's, also against an incident with the same number in another record.
fn mark(incident: &Incident) -> String {
    format!("watchroom:{}:{}", incident.id, incident.declared_at.as_second())
}

fn purpose(incident: &Incident) -> String {
    format!(
        "Everything about {} in one place; the pinned card shows how it stands. Watchroom knows its room by {}",
        incident.id,
        mark(incident)
    )
}
