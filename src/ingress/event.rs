//! `POST /slack/events`
//!
//! A request that changes something is answered after its commit. Where the record or Slack cannot be reached, the
//! answer is 500: Slack then sends the event again, with the same id.

use std::time::Duration;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use jiff::Timestamp;

use super::{
    Door,
    inbound::{Envelope, Event, Item},
    message, words,
};
use crate::{
    command::plain,
    engine::{Ask, Refusal},
    ids::{ChannelId, IncidentId, MessageTs, UserId},
    incident::{Actor, Command, EntryKind, MessageRef, RoomLoss, What, access},
    ports::{ChatMessage, Trouble},
};

/// How long Slack may take to show us a message or take one, within the request.
const PATIENCE: Duration = Duration::from_secs(2);
/// The emoji that puts a message on the timeline.
const PIN: &str = "pushpin";

/// Come again.
#[derive(Debug)]
struct Again;

impl From<crate::store::ReadError> for Again {
    fn from(e: crate::store::ReadError) -> Self {
        tracing::error!(error = %e, "event not handled");
        Self
    }
}

pub async fn answer(door: &Door, body: &[u8]) -> Response {
    let Ok(envelope) = serde_json::from_slice::<Envelope>(body) else {
        door.counters.not_understood.up();
        // Sent again it would not be understood better.
        return StatusCode::OK.into_response();
    };
    if envelope.kind.as_deref() == Some("url_verification") {
        return Json(serde_json::json!({ "challenge": envelope.challenge.unwrap_or_default() })).into_response();
    }
    let Some(event) = envelope.event else {
        door.counters.not_understood.up();
        return StatusCode::OK.into_response();
    };
    door.counters.events.up();
    if let Err(Again) = handle(door, &event, envelope.event_id.as_deref()).await {
        door.counters.failed.up();
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    StatusCode::OK.into_response()
}

async fn handle(door: &Door, event: &Event, event_id: Option<&str>) -> Result<(), Again> {
    let key = event_id.map(|id| format!("event/{id}"));
    match event.kind.as_deref().unwrap_or_default() {
        "message" if event.is_typed_to_us() => unheard(door, event, key).await,
        "message" => message(door, event, key).await,
        "reaction_added" if event.reaction.as_deref() == Some(PIN) => pinned(door, event).await,
        "app_home_opened" if event.tab.as_deref() != Some("messages") => home(door, event).await,
        "app_mention" => mention(door, event, key).await,
        "channel_archive" | "group_archive" => lost(door, event, key, RoomLoss::Archived).await,
        "channel_deleted" | "group_deleted" => lost(door, event, key, RoomLoss::Deleted).await,
        "channel_left" | "group_left" => lost(door, event, key, RoomLoss::Removed).await,
        "channel_rename" | "group_rename" => renamed(door, event, key).await,
        "channel_unarchive" | "group_unarchive" => back(door, event, key).await,
        "member_joined_channel" if !is_us(door, event).await => member(door, event, key, true).await,
        "member_left_channel" if !is_us(door, event).await => member(door, event, key, false).await,
        "member_left_channel" if is_us(door, event).await => lost(door, event, key, RoomLoss::Removed).await,
        "member_joined_channel" if is_us(door, event).await => back(door, event, key).await,
        kind @ ("app_uninstalled" | "tokens_revoked") => {
            tracing::warn!(event.kind = kind, "Slack took our access away; install the app again and restart");
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Somebody typed to the bot, perhaps below a message that it sent them: the words go nowhere, and they must know.
async fn unheard(door: &Door, event: &Event, key: Option<String>) -> Result<(), Again> {
    let (Some(who), Some(channel)) = (event.who(), event.about()) else { return Ok(()) };
    if is_us(door, event).await {
        return Ok(());
    }
    let thread = event.thread_ts.clone().map(MessageTs);
    door.engine.unheard(key, &who, channel, thread).await.map_err(|refusal| {
        tracing::error!(error = %refusal, "event not handled");
        Again
    })
}

async fn is_us(door: &Door, event: &Event) -> bool {
    let who = event.who();
    who.is_some() && who == door.me().await
}

/// Asks it of an incident in nobody's name; what the incident's rules refuse is no trouble.
async fn ask(door: &Door, key: Option<String>, by: Actor, id: IncidentId, command: Command) -> Result<(), Again> {
    match door.engine.ask(Ask::new(key, by, Some(id), command)).await {
        Ok(_) | Err(Refusal::Rejected { .. }) => Ok(()),
        Err(refusal) => {
            tracing::error!(error = %refusal, "event not handled");
            Err(Again)
        }
    }
}

/// Someone came into a room or left it. In a private room that is how people come to see an incident without us.
async fn member(door: &Door, event: &Event, key: Option<String>, came: bool) -> Result<(), Again> {
    let Some((id, _)) = room_of(door, event.about()).await? else { return Ok(()) };
    let is_secret = door.engine.incident(id).await?.is_some_and(|it| it.is_secret());
    let Some(who) = event.who().filter(|_| is_secret) else { return Ok(()) };
    let by = event.inviter.clone().map(UserId);
    // Whom we brought in was let in before, or was removed again meanwhile.
    if came && by.is_some() && by == door.me().await {
        return Ok(());
    }
    let asked = if came { access::Ask::Joined { who, by } } else { access::Ask::Left { who } };
    ask(door, key, Actor::Bot, id, Command::Access(asked)).await
}

async fn room_of(door: &Door, channel: Option<ChannelId>) -> Result<Option<(IncidentId, ChannelId)>, Again> {
    let Some(channel) = channel else { return Ok(None) };
    Ok(door.engine.in_room(&channel).await?.map(|id| (id, channel)))
}

async fn lost(door: &Door, event: &Event, key: Option<String>, how: RoomLoss) -> Result<(), Again> {
    let Some((id, _)) = room_of(door, event.about()).await? else { return Ok(()) };
    // We archive rooms ourselves when their incidents are closed; that is no loss.
    if how == RoomLoss::Archived && is_us(door, event).await {
        return Ok(());
    }
    ask(door, key, Actor::Bot, id, Command::RoomLost { how, at: happened(event) }).await
}

/// A room that cannot be used has not come back because it has another name: public channels tell theirs to everybody.
async fn renamed(door: &Door, event: &Event, key: Option<String>) -> Result<(), Again> {
    let Some((id, _)) = room_of(door, event.about()).await? else { return Ok(()) };
    let usable = door.engine.incident(id).await?.is_some_and(|it| it.open_room().is_some());
    if usable { back(door, event, key).await } else { Ok(()) }
}

async fn back(door: &Door, event: &Event, key: Option<String>) -> Result<(), Again> {
    let Some((id, channel)) = room_of(door, event.about()).await? else { return Ok(()) };
    let known = door.engine.incident(id).await?.and_then(|it| it.room.as_ref().map(|r| r.name.clone()));
    let Some(name) = event.name().or(known) else { return Ok(()) };
    ask(door, key, Actor::Bot, id, Command::RoomBack { channel, name, at: happened(event) }).await
}

/// A message that stands on a timeline was edited or deleted.
async fn message(door: &Door, event: &Event, key: Option<String>) -> Result<(), Again> {
    let Some(channel) = event.about() else { return Ok(()) };
    let changed = event.message.as_ref();
    let (ts, text) = match event.subtype.as_deref() {
        // What is deleted while it has a thread becomes a tombstone.
        Some("message_changed") => match changed {
            Some(m) if m.subtype.as_deref() == Some("tombstone") => (m.ts.clone(), None),
            Some(m) => (m.ts.clone(), m.text.clone()),
            None => return Ok(()),
        },
        Some("message_deleted") => {
            (event.deleted_ts.clone().or_else(|| event.previous_message.as_ref()?.ts.clone()), None)
        }
        _ => return Ok(()),
    };
    let Some(ts) = ts else { return Ok(()) };
    let at = MessageRef { channel, ts: MessageTs(ts) };
    let by = changed.and_then(|m| m.user.clone()).map_or(Actor::Bot, |user| Actor::Person(UserId(user)));
    for (id, entry) in door.engine.entries_of(&at).await? {
        // One event may be about an entry of more than one incident.
        let key = key.as_ref().map(|key| format!("{key}/{id}"));
        let Some(text) = &text else {
            ask(door, key, Actor::Bot, id, Command::LoseEntrySource { entry }).await?;
            continue;
        };
        // Slack also reports previews and threads as changes of the message.
        let before = event.previous_message.as_ref().and_then(|m| m.text.as_deref());
        if before != Some(text.as_str()) && has_words(door, id, entry).await? {
            ask(door, key, by.clone(), id, Command::EditEntry { entry, text: plain(text) }).await?;
        }
    }
    Ok(())
}

/// An entry whose words were removed for good does not get new ones by an edit.
async fn has_words(door: &Door, id: IncidentId, entry: u64) -> Result<bool, Again> {
    let event = door.engine.event(id, entry).await?;
    Ok(event.is_some_and(|e| matches!(&e.what, What::EntryAdded { text, .. } if text.words().is_some())))
}

async fn pinned(door: &Door, event: &Event) -> Result<(), Again> {
    let (Some(who), Some(Item { kind, channel: Some(channel), ts: Some(ts) })) = (event.who(), &event.item) else {
        return Ok(());
    };
    if kind.as_deref() != Some("message") || door.me().await.as_ref() == Some(&who) {
        return Ok(());
    }
    let at = MessageRef { channel: ChannelId(channel.clone()), ts: MessageTs(ts.clone()) };
    let sight = door.engine.seen_by(&who);
    let room = sight.in_room(&at.channel).await?;
    // Elsewhere it may stand in the thread of an incident, which the event does not say.
    if room.is_none() && !door.engine.has_threads(&at.channel).await? || sight.entry_of(&at).await?.is_some() {
        return Ok(());
    }
    let found = match tokio::time::timeout(PATIENCE, door.chat.message(&at)).await {
        Ok(Ok(found)) => found,
        Ok(Err(Trouble::Refused(why))) => {
            tracing::warn!(error = %why, "a message cannot be read");
            let sentence = "I may not read that message, so it is not on the timeline. Invite me to this channel, then \
                            take the pushpin away and set it again; or type `/incident note` and the words.";
            whisper(door, &at.channel, &who, sentence).await;
            return Ok(());
        }
        Ok(Err(_)) | Err(_) => return Err(Again),
    };
    let Some(found) = found else {
        if room.is_some() {
            let sentence = "I cannot find that message any more, so it is not on the timeline; `/incident note` and the \
                            words put them there.";
            whisper(door, &at.channel, &who, sentence).await;
        }
        return Ok(());
    };
    let root = found.thread.clone().map(|ts| MessageRef { channel: at.channel.clone(), ts });
    let id = match room {
        Some(id) => id,
        None => match sight.in_thread(root.as_ref().unwrap_or(&at)).await? {
            Some(id) => id,
            None => return Ok(()),
        },
    };
    put(door, &who, id, &at, found, root.as_ref()).await
}

/// Puts a message on the timeline that somebody marked; where that cannot be, they hear why, below `root` where the message stands
/// in a thread.
async fn put(
    door: &Door,
    who: &UserId,
    id: IncidentId,
    at: &MessageRef,
    found: ChatMessage,
    root: Option<&MessageRef>,
) -> Result<(), Again> {
    let said = if found.text.trim().is_empty() {
        message::no_words(id)
    } else {
        let command = from_message(at.clone(), found.author, &found.text);
        let ask = Ask::new(Some(entry_key(id, at)), Actor::Person(who.clone()), Some(id), command);
        match door.engine.ask(ask).await {
            Ok(_) => return Ok(()),
            Err(refusal @ Refusal::Rejected { .. }) => words::refused(door, &refusal),
            Err(refusal) => {
                tracing::error!(error = %refusal, "event not handled");
                return Err(Again);
            }
        }
    };
    match root {
        Some(root) => heard(tokio::time::timeout(PATIENCE, door.chat.whisper_under(root, who, &said)).await),
        None => heard(tokio::time::timeout(PATIENCE, door.chat.whisper(&at.channel, who, &said)).await),
    }
    Ok(())
}

/// One message is on a timeline once, however often and by however many it is put there.
pub fn entry_key(id: IncidentId, at: &MessageRef) -> String {
    format!("entry/{id}/{}/{}", at.channel, at.ts)
}

/// Puts a message on the timeline, at the time and in the name of whoever wrote it.
pub fn from_message(at: MessageRef, author: Option<UserId>, text: &str) -> Command {
    let said_at = time_of(&at.ts);
    Command::AddEntry { entry: EntryKind::Message, text: plain(text), said_at, author, source: Some(at) }
}

/// When it happened, by Slack's clock.
fn happened(event: &Event) -> Option<Timestamp> {
    time_of(&MessageTs(event.ts.clone()?))
}

/// When a message was sent: its time stamp begins with the second.
pub fn time_of(ts: &MessageTs) -> Option<Timestamp> {
    let (second, micros) = ts.as_str().split_once('.')?;
    let micros: i64 = micros.parse().ok().filter(|m| (0..1_000_000).contains(m))?;
    Timestamp::from_microsecond(second.parse::<i64>().ok()?.checked_mul(1_000_000)?.checked_add(micros)?).ok()
}

async fn home(door: &Door, event: &Event) -> Result<(), Again> {
    let Some(who) = event.who() else { return Ok(()) };
    if let Err(refusal) = door.engine.has_home(&who).await {
        tracing::warn!(error = %refusal, "a home is not remembered");
    }
    let view = crate::home::home(&door.engine, &door.providers, door.chat.as_ref(), &who).await?;
    match tokio::time::timeout(PATIENCE, door.chat.publish_home(&who, &view)).await {
        Ok(Ok(())) => {}
        Ok(Err(trouble)) => tracing::warn!(error = %trouble, "a home was not shown"),
        Err(_) => tracing::warn!("a home was not shown in time"),
    }
    Ok(())
}

async fn mention(door: &Door, event: &Event, key: Option<String>) -> Result<(), Again> {
    let (Some(who), Some(channel)) = (event.who(), event.about()) else { return Ok(()) };
    if let Some(thread) = &event.thread_ts {
        let root = MessageRef { channel: channel.clone(), ts: MessageTs(thread.clone()) };
        if let Some(id) = door.engine.seen_by(&who).in_thread(&root).await? {
            let text = event.text.as_deref().unwrap_or_default();
            let Some(said) = super::thread::mentioned(door, key, &who, &root, id, text).await else { return Ok(()) };
            heard(tokio::time::timeout(PATIENCE, door.chat.whisper_under(&root, &who, &said)).await);
            return Ok(());
        }
    }
    let sentence = match door.engine.seen_by(&who).in_room(&channel).await? {
        Some(id) => format!(
            "I listen to `/incident`, not to mentions. `/incident` alone shows the card of {id}; `/incident help` says \
             what else there is."
        ),
        None => {
            "I listen to `/incident`, not to mentions. `/incident` alone declares an incident; `/incident help` says \
                 what else there is."
                .to_owned()
        }
    };
    whisper(door, &channel, &who, &sentence).await;
    Ok(())
}

/// A courtesy: where it fails, nothing is lost.
async fn whisper(door: &Door, channel: &ChannelId, who: &UserId, sentence: &str) {
    let said = message::say(sentence);
    heard(tokio::time::timeout(PATIENCE, door.chat.whisper(channel, who, &said)).await);
}

/// Whether it was said is noted in the log.
fn heard(said: Result<Result<(), Trouble>, tokio::time::error::Elapsed>) {
    match said {
        Ok(Ok(())) => {}
        Ok(Err(trouble)) => tracing::warn!(error = %trouble, "a reply was not sent"),
        Err(_) => tracing::warn!("a reply was not sent in time"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_knows_when_it_was_sent() {
        assert_eq!(time_of(&"1700000000.000100".into()), "2023-11-14T22:13:20.0001Z".parse().ok());
        for bad in ["", "1700000000", "x.000100", "1.-00001", "99999999999999999999.000000"] {
            assert_eq!(time_of(&bad.into()), None, "{bad}");
        }
    }
}
