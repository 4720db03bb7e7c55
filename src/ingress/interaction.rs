//! `POST /slack/interactions`

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use tokio::time::Instant;

use super::{
    Door,
    dispatch::{Answer, Spoken},
    forms,
    inbound::{Interaction, Payload},
    message, press, submit, suggest, words,
};
use crate::{
    command::plain,
    engine::Refusal,
    ids::{MessageTs, UserId},
    incident::MessageRef,
    render::{Message, forms::Declaring},
};

/// How long the word that follows a press may take within the request.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long the whole request may take; after three seconds Slack shows that nothing came.
const WHOLE: Duration = Duration::from_millis(2600);
/// The shortcut, and the message shortcuts, that `manifest.yml` names.
const DECLARE: &str = "declare";
const DECLARE_FROM_MESSAGE: &str = "declare_from_message";
const ADD_TO_TIMELINE: &str = "add_to_timeline";

pub async fn answer(door: &Door, body: &[u8]) -> Response {
    let payload = serde_urlencoded::from_bytes::<Payload>(body).unwrap_or_default();
    if payload.ssl_check.as_deref() == Some("1") {
        return StatusCode::OK.into_response();
    }
    take(door, payload.payload.as_deref().unwrap_or_default()).await
}

/// An interaction that Slack brought, in whichever way, as JSON.
pub async fn take(door: &Door, json: &str) -> Response {
    let read = serde_json::from_str::<Interaction>(json).ok();
    let since = Some(Instant::now());
    let read = read.map(|it| Interaction { since, ..it });
    let Some((it, me)) = read.and_then(|it| it.me().map(|me| (it, me))) else {
        return super::slash::not_understood(door);
    };
    door.counters.interactions.up();
    match (it.kind.as_deref().unwrap_or_default(), it.callback_id.as_deref().unwrap_or_default()) {
        ("block_actions", _) => press::pressed(door, &it, &me).await,
        ("view_submission", _) => return submit::submitted(door, &it, &me).await,
        ("block_suggestion", _) => return suggest::options(door, &it, &me).await,
        ("view_closed", _) => {}
        ("shortcut", DECLARE) => {
            let spoken = Spoken { trigger: it.trigger_id.as_deref(), ..Spoken::by(&me) };
            tell(door, &it, &me, forms::open_declare(door, &spoken, &Declaring::default()).await).await;
        }
        ("message_action", DECLARE_FROM_MESSAGE) => {
            tell(door, &it, &me, from_message(door, &it, &me).await).await;
        }
        ("message_action", ADD_TO_TIMELINE) => {
            let added = add_to_timeline(door, &it, &me).await;
            tell(door, &it, &me, answered(door, added)).await;
        }
        _ => {
            door.counters.not_understood.up();
            tell(door, &it, &me, Answer::say(message::NOT_UNDERSTOOD)).await;
        }
    }
    StatusCode::OK.into_response()
}

/// Refusals are answers too.
pub fn answered(door: &Door, outcome: Result<Answer, Refusal>) -> Answer {
    outcome.unwrap_or_else(|refusal| Answer::Say(words::refused(door, &refusal)))
}

/// Tells whoever acted: through the address that came with the action, else where it happened, else in a small window, else by
/// direct message.
/// Everything is committed by now; if all of these fail, only the word about it is lost.
pub async fn tell(door: &Door, it: &Interaction, me: &UserId, answer: Answer) {
    let (said, instead) = match answer {
        Answer::Nothing => return,
        Answer::Say(said) => (said, None),
        Answer::Instead(said) => (said, it.answer()),
    };
    let patience = patience(it);
    match tokio::time::timeout(patience, say(door, it, me, &said, instead, patience / 2)).await {
        Ok(true) => {}
        Ok(false) => tracing::warn!("an answer was not delivered"),
        Err(_) => tracing::warn!("an answer was not delivered in time"),
    }
}

/// How long the word about what was done may take.
fn patience(it: &Interaction) -> Duration {
    let gone = it.since.map_or(Duration::ZERO, |since| since.elapsed());
    PATIENCE.min(WHOLE.saturating_sub(gone))
}

/// Says in an answer's place what became of what it offered. Where that fails, it shows elsewhere all the same.
pub async fn settle(door: &Door, it: &Interaction, answer: &str, said: &Message) {
    match tokio::time::timeout(patience(it), door.chat.replace(answer, said)).await {
        Ok(Ok(())) => {}
        Ok(Err(trouble)) => tracing::debug!(error = %trouble, "an old answer stays as it was"),
        Err(_) => tracing::warn!("an old answer was not changed in time"),
    }
}

/// `window` is how long Slack may take to open a small window.
async fn say(
    door: &Door,
    it: &Interaction,
    me: &UserId,
    said: &Message,
    instead: Option<&str>,
    window: Duration,
) -> bool {
    if let Some(url) = instead
        && door.chat.replace(url, said).await.is_ok()
    {
        return true;
    }
    if let Some(url) = it.response_url.as_deref().filter(|url| !url.is_empty())
        && door.chat.respond(url, said).await.is_ok()
    {
        return true;
    }
    if let Some(channel) = it.at() {
        return door.chat.whisper(&channel, me, said).await.is_ok();
    }
    let Some(trigger) = it.trigger_id.as_deref() else { return false };
    let opening = tokio::time::timeout(window, door.chat.open_view(trigger, &forms::notice(said))).await;
    if matches!(opening, Ok(Ok(()))) {
        return true;
    }
    // Slack lays no fourth window on three: then it stands above what was typed, which stays.
    let view = it.view.as_ref().and_then(|view| Some((view.id.as_deref()?, forms::with_notice(view, said)?)));
    if let Some((id, shown)) = view
        && door.chat.update_view(id, None, &shown).await.is_ok()
    {
        return true;
    }
    // The trigger of a form that was not opened opens nothing else either, and there is no channel to say it in.
    by_direct_message(door, me, said, trigger).await
}

async fn by_direct_message(door: &Door, me: &UserId, said: &Message, trigger: &str) -> bool {
    let Ok(channel) = door.chat.direct(me).await else { return false };
    door.chat.post(&channel, said, &format!("answer/{trigger}")).await.is_ok()
}

/// The form that declares, filled with the words of a message.
async fn from_message(door: &Door, it: &Interaction, me: &UserId) -> Answer {
    let spoken = Spoken { trigger: it.trigger_id.as_deref(), ..Spoken::by(me) };
    let text = plain(it.message.as_ref().and_then(|m| m.text.as_deref()).unwrap_or_default());
    // The first line, because titles are short.
    let title = text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default().to_owned();
    let from = Declaring { title, source: it.on(), channel: it.at(), ..Declaring::default() };
    forms::open_declare(door, &spoken, &from).await
}

/// The message shortcut; what Slack sends along is the message as it stood when it was pressed.
async fn add_to_timeline(door: &Door, it: &Interaction, me: &UserId) -> Result<Answer, Refusal> {
    let Some(at) = it.on() else { return Ok(Answer::say(message::NOT_UNDERSTOOD)) };
    if let Some((on, entry)) = door.engine.seen_by(me).entry_of(&at).await? {
        return Ok(Answer::say(format!("That message is on the timeline of {on} already, as entry {entry}.")));
    }
    let source = it.message.as_ref();
    let text = source.and_then(|m| m.text.as_deref()).unwrap_or_default();
    let author = source.filter(|m| m.bot_id.is_none()).and_then(|m| m.user.clone()).map(UserId);
    let Some(id) = incident_at(door, it, me, &at).await? else {
        let spoken = Spoken { trigger: it.trigger_id.as_deref(), ..Spoken::by(me) };
        return forms::open_pick(door, &spoken, &at, author.as_ref(), text).await;
    };
    if text.trim().is_empty() {
        return Ok(Answer::Say(message::no_words(id)));
    }
    put(door, me, id, at, author, text).await
}

/// The incident whose room or thread this message stands in.
async fn incident_at(
    door: &Door,
    it: &Interaction,
    me: &UserId,
    at: &MessageRef,
) -> Result<Option<crate::ids::IncidentId>, Refusal> {
    let (sight, thread) = (door.engine.seen_by(me), it.message.as_ref().and_then(|m| m.thread_ts.clone()));
    match (sight.in_room(&at.channel).await?, thread) {
        (Some(id), _) => Ok(Some(id)),
        (None, Some(ts)) => Ok(sight.in_thread(&MessageRef { channel: at.channel.clone(), ts: MessageTs(ts) }).await?),
        (None, None) => Ok(None),
    }
}

async fn put(
    door: &Door,
    me: &UserId,
    id: crate::ids::IncidentId,
    at: MessageRef,
    author: Option<UserId>,
    text: &str,
) -> Result<Answer, Refusal> {
    let spoken = Spoken { key: Some(super::event::entry_key(id, &at)), ..Spoken::by(me) };
    let command = super::event::from_message(at, author, text);
    super::dispatch::request(door, &spoken, Some(id), command).await?;
    // The room hears of it.
    Ok(Answer::Nothing)
}
