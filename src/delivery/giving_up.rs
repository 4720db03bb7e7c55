//! What was refused for good: an event on the timeline and a word to a human, never only a line in a log.

use super::{
    Delivery,
    comms::post_failed,
    correcting::Correcting,
    errand::{Errand, Stop},
    posting::receipt,
    room::{must_be_heard, room},
};
use crate::{
    engine::{Ask, Refusal},
    incident::{
        Actor, Command, Effect, RoomLoss,
        access::Deed,
        comms::Deed::{self as Told, Post},
        duty::{self, Deed as DutyDeed},
    },
    paging::external::Act,
    playbook::RoleId,
    ports::Trouble,
    render,
};

impl Delivery {
    /// Ends an errand that was refused with `code`.
    pub(super) async fn give_up(&self, it: &Errand, code: &str) -> Result<(), Stop> {
        tracing::warn!(job = it.job.key, code, "given up");
        match &it.effect {
            Effect::SendPage { .. } => return self.page_failed(it, code).await,
            Effect::Reach { .. } => return self.way_failed(it, code).await,
            Effect::LookUpGroup { page, version, target } => {
                return self.not_found_out(it, (*page, *version), target, code).await;
            }
            effect if is_lost_thread(it, effect, code) => return self.give_room(it, code).await,
            Effect::Comms(Post { send, outlet, .. }) => {
                return self.report(it, None, post_failed(*send, outlet, code, false)).await;
            }
            Effect::Comms(Told::Correct { send, outlet, correction, .. }) => {
                let asked = Correcting { send: *send, outlet, correction: *correction, again: false };
                return self.report(it, None, asked.failed(code, false)).await;
            }
            Effect::Duty(DutyDeed::LookUpGroup { role, version, group }) => {
                let why = Some(code.to_owned());
                return self.found_role_group(it, role, *version, group, Vec::new(), why).await;
            }
            Effect::Brief { role, offer: Some(number), .. } if is_ladder(it, role, *number) => {
                let ask = duty::Ask::Unreachable { role: role.clone(), offer: *number, why: code.to_owned() };
                return self.report(it, None, Command::Duty(ask)).await;
            }
            effect if is_in_room(effect) && room(it).is_some() => {
                if let Some(how) = loss(code) {
                    let lost = Command::RoomLost { how, at: None };
                    let Some(seq) = self.unheard(it).await? else { return self.report(it, None, lost).await };
                    self.ask_beside(it, lost).await?;
                    return self.tell_lead(it, seq).await;
                }
            }
            _ => {}
        }
        if let Some(seq) = self.unheard(it).await? {
            // Saying that saying failed would go on for ever.
            return self.tell_lead(it, seq).await;
        }
        self.give_up_on(it, &purpose(&it.effect), code, "all").await?;
        self.end(it, None).await
    }

    /// What the room cannot hear, where it is a line that somebody must.
    async fn unheard(&self, it: &Errand) -> Result<Option<u64>, Stop> {
        let Effect::Say { seq } = &it.effect else { return Ok(None) };
        let event = self.event_of(it, *seq).await?;
        Ok(must_be_heard(&event.what).then_some(*seq))
    }

    /// Puts on the timeline that something was not done, once for each reason.
    pub(super) async fn give_up_on(&self, it: &Errand, what: &str, why: &str, part: &str) -> Result<(), Stop> {
        self.put_down(it, what, why, (part, why)).await
    }

    /// Puts on the timeline that something is not done yet and goes on being tried: each day once, for whatever reason.
    pub(super) async fn is_late_with(&self, it: &Errand, what: &str, why: &str) -> Result<(), Stop> {
        self.put_down(it, what, why, ("late", "")).await
    }

    async fn put_down(&self, it: &Errand, what: &str, why: &str, (part, reason): (&str, &str)) -> Result<(), Stop> {
        // Work that is done again and again (a card) would otherwise say so again and again, each time because it had
        // just said so.
        let key = format!("gave-up/{}/{part}/{reason}", it.job.key);
        // Nobody reads on in a stub: those who work on what goes on must hear of it, once for all that it had said.
        let (key, id, what) = match it.whole.access.moved {
            Some(moved) => {
                let what = format!("{what} (of {})", it.incident.id);
                (format!("gave-up/{}/{what}/{reason}", it.incident.id), moved.to, what)
            }
            None => (key, it.incident.id, what.to_owned()),
        };
        let command = Command::GiveUp { what, why: why.to_owned() };
        match self.engine.ask(Ask::new(Some(key), Actor::Bot, Some(id), command)).await {
            Ok(_) | Err(Refusal::Rejected { .. }) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }

    /// Says to whoever leads what the room cannot hear, and ends the errand whatever comes of it.
    pub(super) async fn tell_lead(&self, it: &Errand, seq: u64) -> Result<(), Stop> {
        let lead = it.incident.lead().unwrap_or(&it.incident.declared_by);
        let event = self.event_of(it, seq).await?;
        let message = render::line_elsewhere(self.world(it), &it.incident, seq, &event);
        let told = async {
            let channel = self.chat.direct(lead).await?;
            self.post_once(it, &channel, &message, it.job.due).await
        };
        match told.await {
            Ok(posted) => self.end(it, Some(receipt(&posted.at))).await,
            Err(Stop::Trouble(trouble @ Trouble::Refused(_)))
                if super::retry::verdict(&trouble) == super::retry::Verdict::Never =>
            {
                tracing::error!(job = it.job.key, %trouble, "nobody could be told; see the incident's timeline");
                self.end(it, None).await
            }
            Err(other) => Err(other),
        }
    }
}

/// Can the thread that it was meant for not be used?
fn is_lost_thread(it: &Errand, effect: &Effect, code: &str) -> bool {
    let is_there = it.incident.is_open() && it.whole.intake.in_thread().is_some();
    let lost = || loss(code).is_some() && matches!(effect, Effect::Card | Effect::Say { .. });
    is_there && (matches!(effect, Effect::Root) || lost())
}

/// Is it the playbook that offers this role, so that the next ones are asked?
fn is_ladder(it: &Errand, role: &RoleId, number: u32) -> bool {
    it.incident.roles.get(role).and_then(|s| s.offer(number)).is_some_and(|o| o.rung.is_some())
}

/// Is it done in the room?
const fn is_in_room(effect: &Effect) -> bool {
    match effect {
        Effect::Invite { .. }
        | Effect::Topic
        | Effect::Bookmark
        | Effect::Card
        | Effect::Say { .. }
        | Effect::ShowSaid { .. }
        | Effect::RenameRoom
        | Effect::ArchiveRoom
        | Effect::Comms(Told::ShowDraft { .. } | Told::Receipt { .. }) => true,
        Effect::LookUpGroup { .. }
        | Effect::SendPage { .. }
        | Effect::LookUpWays { .. }
        | Effect::Reach { .. }
        | Effect::SyncExternal { .. }
        | Effect::ShowPage { .. }
        | Effect::Tell { .. }
        | Effect::Brief { .. }
        | Effect::CheckPage { .. }
        | Effect::Question { .. }
        | Effect::OpenRoom
        | Effect::Root
        | Effect::Announce
        | Effect::Followers { .. }
        | Effect::Broadcast { .. }
        | Effect::Remind { .. }
        | Effect::Comms(Post { .. } | Told::Correct { .. })
        | Effect::Duty(_)
        | Effect::ShowPages { .. }
        | Effect::TellPaged { .. }
        | Effect::ShowBrief { .. }
        | Effect::Retract { .. }
        | Effect::RetractAll
        | Effect::Retitle
        | Effect::Homes
        | Effect::Home { .. }
        | Effect::Access(Deed::ShowOut { .. }) => false,
    }
}

/// A refusal that means that the room cannot be used any more.
pub(super) fn loss(code: &str) -> Option<RoomLoss> {
    match code {
        "is_archived" => Some(RoomLoss::Archived),
        "channel_not_found" => Some(RoomLoss::Deleted),
        "not_in_channel" => Some(RoomLoss::Removed),
        _ => None,
    }
}

/// What was to be done, as a person would say it: "could not …".
fn purpose(effect: &Effect) -> String {
    match effect {
        Effect::LookUpGroup { target, .. } => format!("look up {target}"),
        Effect::SendPage { to, .. } => format!("page {to}"),
        Effect::LookUpWays { to, .. } => format!("look up how else <@{to}> can be reached"),
        Effect::Reach { to, way, .. } => format!("reach <@{to}> by {way}"),
        Effect::SyncExternal { of, act: Act::Acknowledge, .. } => format!("acknowledge in {of}"),
        Effect::SyncExternal { of, act: Act::Escalate { .. }, .. } => format!("escalate in {of}"),
        Effect::SyncExternal { page, of, act: Act::Raise, .. } => {
            format!("make page {page} urgent in {of}, where it goes on as one that is not")
        }
        Effect::SyncExternal { of, act: Act::Resolve, .. } => format!("resolve in {of}"),
        Effect::ShowPage { to, .. } => format!("update the page that {to} got"),
        Effect::Tell { to, .. } => format!("send a message to {to}"),
        Effect::Brief { to, .. } => format!("send <@{to}> their role"),
        Effect::Remind { to, .. } => format!("remind <@{to}> of what is due"),
        Effect::CheckPage { to, .. } => format!("ask <@{to}> whether they are still on it"),
        Effect::Question { to, .. } => format!("ask <@{to}> a question"),
        Effect::Duty(DutyDeed::LookUpGroup { group, .. }) => format!("look up <!subteam^{group}>"),
        Effect::Duty(DutyDeed::ShowTask { to, .. }) => format!("send <@{to}> their task"),
        Effect::OpenRoom => "open a room".into(),
        Effect::Root => "show the incident above its thread".into(),
        Effect::Invite { .. } => "bring people into the room".into(),
        Effect::Topic => "set the room's topic".into(),
        Effect::Bookmark => "add the room's bookmarks".into(),
        Effect::Card => "show the card in the room".into(),
        Effect::Say { .. } => "write a line in the room".into(),
        Effect::ShowSaid { .. } => "bring a line in the room up to date".into(),
        Effect::Announce => "announce the incident".into(),
        Effect::Followers { .. } => "tell those who follow it".into(),
        Effect::Broadcast { .. } => "post the status update outside the room".into(),
        Effect::ShowPages { .. } => "update the pages that people got".into(),
        Effect::TellPaged { .. } => "tell everyone who was paged".into(),
        Effect::ShowBrief { to, .. } => format!("update the role that <@{to}> was sent"),
        Effect::Retract { .. } | Effect::RetractAll | Effect::Retitle => "take back redacted words in Slack".into(),
        Effect::RenameRoom => "take the redacted title out of the room's name".into(),
        Effect::Homes => "show App Homes as they stand".into(),
        Effect::Home { to } => format!("show <@{to}> their App Home as it stands"),
        Effect::ArchiveRoom => "archive the room".into(),
        Effect::Access(Deed::ShowOut { who }) => format!("take <@{who}> out of the room"),
        Effect::Comms(Told::ShowDraft { .. }) => "show a draft in the room".into(),
        Effect::Comms(Told::Receipt { .. }) => "show in the room what was sent".into(),
        Effect::Comms(Post { .. }) => "post an update outside the room".into(),
        Effect::Comms(Told::Correct { .. }) => "correct an update outside the room".into(),
    }
}
