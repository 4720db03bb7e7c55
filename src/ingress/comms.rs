//! Buttons and forms of what is said to others.

use std::{collections::BTreeMap, time::Duration};

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    Door,
    dispatch::{Answer, Spoken, existing, request},
    forms::{opened, unless_shown},
    inbound::{Interaction, View},
    letter::{Again, again, taken},
    message,
    press::is,
    submit::{Invalid, errors, next, not_understood, update},
    values::Values,
    words,
};
use crate::{
    engine::Refusal,
    ids::{IncidentId, UserId},
    incident::{
        Command, EntryKind, Incident, Rejection, What,
        comms::{Ask, Fact, No},
    },
    playbook::{Audience, OutletId},
    render::{
        self,
        forms::comms::{Memory, Writing, alone_form, hand_form, later_form, letter_form, question_form},
        ids::{ButtonValue, comms as id, field},
    },
};

/// How long Slack may take to show a form.
const PATIENCE: Duration = Duration::from_millis(2500);

/// Carries out what was pressed.
pub async fn pressed(
    door: &Door,
    it: &Interaction,
    spoken: &Spoken<'_>,
    pressed: &str,
    value: &ButtonValue,
) -> Result<Answer, Refusal> {
    // A menu of a form carries no incident: the form remembers it.
    let of_form = || it.view.as_ref().and_then(|v| Memory::parse(v.private_metadata.as_deref()?)).map(|m| m.incident);
    let Some(incident) = value.incident.or_else(of_form) else { return Ok(Answer::say(message::NOT_UNDERSTOOD)) };
    let inc = existing(door, spoken.me, incident).await?;
    let ask = match pressed {
        _ if is(pressed, id::CHANNELS) => return Ok(Answer::Say(render::comms::register(door.view_of(&inc), &inc))),
        _ if is(pressed, id::WRITE) => return write(door, it, spoken, &inc, &value.extra).await,
        _ if is(pressed, id::LATER) => {
            let Some(to) = audience(&value.extra) else { return Ok(Answer::say(message::NOT_UNDERSTOOD)) };
            return Ok(opened(door, spoken, &later_form(&inc, to), &format!("{incident} update")).await);
        }
        _ if is(pressed, id::QUESTION) => {
            return Ok(opened(door, spoken, &question_form(&inc), &format!("{incident} note <question>")).await);
        }
        _ if is(pressed, id::CORRECT) => return correct(door, spoken, &inc, Some(value.number)).await,
        _ if is(pressed, id::HAND) => return by_hand(door, spoken, &inc, value).await,
        _ if is(pressed, id::PREVIEW) => return again(door, it, spoken.me, &inc, Again::Preview).await,
        _ if is(pressed, id::MORE) => return again(door, it, spoken.me, &inc, Again::More).await,
        _ if is(pressed, id::SCENARIO) || is(pressed, id::THEN) || is(pressed, id::ALSO) => {
            return again(door, it, spoken.me, &inc, Again::Chosen).await;
        }
        _ if is(pressed, id::APPROVE) => Ask::Approve { draft: value.number, version: value.version },
        _ if is(pressed, id::DROP) => Ask::Drop { draft: value.number },
        _ if is(pressed, id::RETRY) => Ask::Retry { send: value.number, outlet: OutletId(value.extra.clone()) },
        _ if is(pressed, id::SEND) || is(pressed, id::SEND_AGAIN) => {
            return send(door, spoken, &inc, value, is(pressed, id::SEND_AGAIN)).await;
        }
        // A field of a form: what was chosen is read when the form is sent.
        _ => return Ok(Answer::Nothing),
    };
    request(door, spoken, Some(incident), Command::Comms(ask)).await.map(|_| Answer::Nothing)
}

/// Who reads it, as buttons carry it.
fn audience(name: &str) -> Option<Audience> {
    serde_json::from_value(name.into()).ok()
}

/// The form for a text, with the draft that is there. Within another form it lies on top of that.
async fn write(
    door: &Door,
    it: &Interaction,
    spoken: &Spoken<'_>,
    inc: &Incident,
    to: &str,
) -> Result<Answer, Refusal> {
    let Some(to) = audience(to) else { return Ok(Answer::say(message::NOT_UNDERSTOOD)) };
    let below = it.view.as_ref().and_then(|v| v.callback_id.as_deref()).filter(|c| !c.is_empty());
    let of_letter = it.view.as_ref().and_then(|v| Memory::parse(v.private_metadata.as_deref()?));
    let on_two = of_letter.is_some_and(|letter| letter.on_form);
    let mut memory = Memory { on_form: below.is_some(), on_two, ..Memory::of(inc.id, to) };
    let mut writing = Writing { by: Some(spoken.me.clone()), ..Writing::default() };
    if let Some(draft) = inc.comms.draft_for(to) {
        memory.draft = Some((draft.number, draft.version));
        memory.more = true;
        let words = draft.fields.iter().filter_map(|(name, text)| Some((name.clone(), text.words()?.to_owned())));
        writing.fields = words.collect();
        let books = door.engine.books().of(inc);
        let template = books.templates.iter().find(|t| t.id == draft.template);
        writing.scenario = template.and_then(|t| t.scenario.clone());
        writing.outlets = Some(draft.outlets.clone());
        writing.impact = Some(draft.impact.clone());
        writing.quiet = draft.quiet;
    }
    let view = letter_form(door.view_of(inc), inc, &memory, &writing);
    match (below, spoken.trigger) {
        (Some(_), Some(trigger)) => {
            let pushed = tokio::time::timeout(PATIENCE, door.chat.push_view(trigger, &view)).await;
            Ok(unless_shown(door, pushed, &format!("{} channels", inc.id)))
        }
        _ => Ok(opened(door, spoken, &view, &format!("{} channels", inc.id)).await),
    }
}

/// The form that corrects a text that was sent, filled in as it was, or as the draft that is there; without a number the latest one.
pub async fn correct(door: &Door, spoken: &Spoken<'_>, inc: &Incident, number: Option<u32>) -> Result<Answer, Refusal> {
    let Some(send) = number.map_or_else(|| inc.comms.latest(), |number| inc.comms.send(number)) else {
        return match number {
            Some(_) => Err(Refusal::Rejected { why: No::NothingToCorrect.into(), incident: None }),
            None => Ok(Answer::say(message::NOTHING_SENT)),
        };
    };
    let mut memory = Memory { corrects: Some((send.number, send.corrected_times())), ..Memory::of(inc.id, send.to) };
    let draft = inc.comms.draft_of(send.to, Some(send.number));
    let filled = match draft {
        Some(draft) => draft.fields.clone(),
        None => match door.engine.event(inc.id, send.filled).await?.map(|event| event.what) {
            Some(What::Comms(Fact::Drafted { fields, .. })) => fields,
            _ => BTreeMap::new(),
        },
    };
    memory.draft = draft.map(|draft| (draft.number, draft.version));
    let fields = filled.iter().filter_map(|(name, text)| Some((name.clone(), text.words()?.to_owned()))).collect();
    let outlets = draft.map(|draft| draft.outlets.clone());
    let writing = Writing { by: Some(spoken.me.clone()), fields, outlets, ..Writing::default() };
    let view = letter_form(door.view_of(inc), inc, &memory, &writing);
    Ok(opened(door, spoken, &view, &format!("{} update correct", inc.id)).await)
}

async fn by_hand(door: &Door, spoken: &Spoken<'_>, inc: &Incident, value: &ButtonValue) -> Result<Answer, Refusal> {
    let outlet = OutletId(value.extra.clone());
    let delivery = inc.comms.send(value.number).and_then(|s| s.delivery(&outlet));
    let Some(delivery) = delivery.filter(|d| !d.state.is_there() || d.wants_hand()) else {
        return Ok(Answer::say("It is there already, or long over; nothing was changed."));
    };
    let view = hand_form(inc, value.number, &outlet, &delivery.to.label);
    Ok(opened(door, spoken, &view, &format!("{} note <where and when it was posted>", inc.id)).await)
}

/// Sends a draft. Where it says the same as the last one, or needs a reason, the person is asked.
async fn send(
    door: &Door,
    spoken: &Spoken<'_>,
    inc: &Incident,
    value: &ButtonValue,
    again: bool,
) -> Result<Answer, Refusal> {
    let (draft, version) = (value.number, value.version);
    let command = Command::Comms(Ask::Send { draft, version, again, alone: None });
    let why = match request(door, spoken, Some(inc.id), command).await {
        // The question whether to send it again is answered.
        Ok(done) if again => return Ok(Answer::Instead(words::done(door, &done))),
        Ok(_) => return Ok(Answer::Nothing),
        Err(Refusal::Rejected { why: Rejection::Comms(no), incident }) => (no, incident),
        Err(refusal) => return Err(refusal),
    };
    match why {
        (No::SameText, _) => Ok(Answer::Say(render::comms::same_text(inc, draft, version))),
        (No::NotApproved { alone_from: Some(from), .. }, _) if from <= door.clock().now() => {
            let to = inc.comms.draft(draft).map_or(Audience::External, |d| d.to);
            Ok(opened(door, spoken, &alone_form(inc, to, (draft, version)), &format!("{} channels", inc.id)).await)
        }
        (no, incident) => Err(Refusal::Rejected { why: no.into(), incident }),
    }
}

/// Takes a form.
pub async fn submitted(door: &Door, me: &UserId, view: &View, callback: &str) -> Response {
    let Some(memory) = view.private_metadata.as_deref().and_then(Memory::parse) else { return not_understood(door) };
    let inc = match existing(door, me, memory.incident).await {
        Ok(inc) => inc,
        Err(refusal) => return update(&words::refused(door, &refusal)),
    };
    let values = Values(view.state.as_ref().and_then(|s| s.values.as_ref()));
    let key = view.id.as_deref().map(|id| format!("view/{id}/{}", view.hash.as_deref().unwrap_or_default()));
    let spoken = Spoken { key, ..Spoken::by(me) };
    let asked = match callback {
        id::QUESTION_FORM => return asked_by_readers(door, &spoken, inc.id, view, values).await,
        id::LETTER_FORM => return taken(door, &spoken, &inc, memory, view, values).await,
        id::ALONE_FORM => alone(&memory, values),
        id::HAND_FORM => hand(door, &memory, values),
        id::LATER_FORM => later(&memory, values),
        _ => return not_understood(door),
    };
    match asked {
        Ok((field, ask)) => carry_out(door, &spoken, (memory.incident, ask), field, view).await,
        Err(Invalid(field, sentence)) => errors(view, field, &sentence),
    }
}

/// A question that came in, on the timeline.
async fn asked_by_readers(
    door: &Door,
    spoken: &Spoken<'_>,
    incident: IncidentId,
    view: &View,
    values: Values<'_>,
) -> Response {
    let Some(text) = values.text(field::TEXT) else { return errors(view, field::TEXT, "Type the question.") };
    let text = format!("Question that came in: {text}");
    let kept = Command::AddEntry { entry: EntryKind::Note, text, said_at: None, author: None, source: None };
    match request(door, spoken, Some(incident), kept).await {
        Ok(_) => cleared(),
        Err(refusal) => errors(view, field::TEXT, &words::refused(door, &refusal).text),
    }
}

type Asked = Result<(&'static str, Ask), Invalid>;

fn alone(memory: &Memory, values: Values<'_>) -> Asked {
    let why = values.text(field::WHY).ok_or_else(|| Invalid(field::WHY, "Say why.".into()))?;
    let (draft, version) = memory.draft.ok_or_else(|| Invalid(field::WHY, "This draft is gone.".into()))?;
    // Whoever gives a reason has seen the text.
    Ok((field::WHY, Ask::Send { draft, version, again: true, alone: Some(why) }))
}

fn hand(door: &Door, memory: &Memory, values: Values<'_>) -> Asked {
    let (send, outlet) = memory.send.clone().ok_or_else(|| Invalid(id::AGO, "This text is long over.".into()))?;
    let ago: i64 = values.chosen(id::AGO).and_then(|m| m.parse().ok()).unwrap_or_default();
    let now = door.clock().now();
    let at = now.saturating_sub(SignedDuration::from_mins(ago.clamp(0, 60))).unwrap_or(now);
    Ok((field::URL, Ask::PostedByHand { send, outlet, at, link: values.text(field::URL) }))
}

fn later(memory: &Memory, values: Values<'_>) -> Asked {
    let until = next(values)?.ok_or_else(|| Invalid(field::NEXT, "Choose a new time.".into()))?;
    Ok((field::NEXT, Ask::Snooze { to: memory.to, until, why: values.text(field::WHY) }))
}

async fn carry_out(
    door: &Door,
    spoken: &Spoken<'_>,
    (id, ask): (IncidentId, Ask),
    field: &str,
    view: &View,
) -> Response {
    match request(door, spoken, Some(id), Command::Comms(ask)).await {
        Ok(_) => cleared(),
        Err(refusal) => {
            let field = match &refusal {
                Refusal::Rejected { why: Rejection::NextUpdatePast, .. } => field::NEXT_AT,
                _ => field,
            };
            errors(view, field, &words::refused(door, &refusal).text)
        }
    }
}

/// Closes the form, and the one below it.
pub(super) fn cleared() -> Response {
    Json(json!({ "response_action": "clear" })).into_response()
}

/// Shows the form anew.
pub(super) fn shown(view: &Value) -> Response {
    Json(json!({ "response_action": "update", "view": view })).into_response()
}
