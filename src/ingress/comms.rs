//! Buttons and forms of what is said to others.

use std::{collections::BTreeMap, time::Duration};

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    Door,
    dispatch::{Answer, Spoken, existing, request},
    forms::opened,
    inbound::{Interaction, View},
    message,
    press::is,
    submit::{Invalid, errors, next, not_understood, time_of, update},
    values::Values,
    words,
};
use crate::{
    engine::Refusal,
    ids::{IncidentId, UserId},
    incident::{
        Command, Incident, Rejection, When, case,
        comms::{Ask, Drafting, No, Shape, same_words, shape},
    },
    playbook::{Audience, Hit, OutletId, TemplateId},
    render::{
        self,
        forms::comms::{Memory, Writing, alone_form, hand_form, later_form, letter_form},
        ids::{ButtonValue, comms as id, field},
    },
};

/// How long Slack may take to show a form anew.
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
        _ if is(pressed, id::HAND) => return by_hand(door, spoken, &inc, value).await,
        _ if is(pressed, id::PREVIEW) => return again(door, it, spoken.me, &inc, Again::Preview).await,
        _ if is(pressed, id::MORE) => return again(door, it, spoken.me, &inc, Again::More).await,
        _ if is(pressed, id::SCENARIO) || is(pressed, id::THEN) => {
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
    let mut memory = Memory { on_form: below.is_some(), ..Memory::of(inc.id, to) };
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
    }
    let view = letter_form(door.view_of(inc), inc, &memory, &writing);
    match (below, spoken.trigger) {
        (Some(_), Some(trigger)) => {
            match tokio::time::timeout(PATIENCE, door.chat.push_view(trigger, &view)).await {
                Ok(Ok(())) => {}
                Ok(Err(trouble)) => tracing::warn!(error = %trouble, "a form was not opened"),
                Err(_) => tracing::warn!("a form was not opened in time"),
            }
            Ok(Answer::Nothing)
        }
        _ => Ok(opened(door, spoken, &view, &format!("{} channels", inc.id)).await),
    }
}

async fn by_hand(door: &Door, spoken: &Spoken<'_>, inc: &Incident, value: &ButtonValue) -> Result<Answer, Refusal> {
    let outlet = OutletId(value.extra.clone());
    let delivery = inc.comms.send(value.number).and_then(|s| s.delivery(&outlet));
    let Some(delivery) = delivery.filter(|d| !d.state.is_there()) else {
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

/// What was typed in the form for a text, and the next time where one was named.
fn read(door: &Door, inc: &Incident, memory: &Memory, values: Values<'_>) -> (Writing, Result<Option<When>, Invalid>) {
    let books = door.engine.books().of(inc);
    let shown = memory.template.as_ref().and_then(|id| books.templates.iter().find(|t| t.id == *id));
    // A default is no word of theirs: another text may have another one.
    let is_default = |place: &str, words: &str| shown.and_then(|t| t.defaults.get(place)).is_some_and(|d| d == words);
    let typed = values.texts(id::PLACE).filter(|(place, words)| !is_default(place, words));
    let fields: BTreeMap<String, String> = typed.map(|(place, words)| (place.to_owned(), words)).collect();
    let outlets = values.all(id::OUTLETS).into_iter().map(OutletId::from).collect();
    let next_by = next(values);
    let now = door.clock().now();
    let next = next_by.as_ref().ok().and_then(|when| time_of((*when)?, now));
    let scenario = values.scenario(id::SCENARIO);
    let now = values.chosen(id::THEN).map(|then| then == id::NOW);
    (Writing { scenario, fields, outlets: Some(outlets), now, next, ..Writing::default() }, next_by)
}

/// The text that is meant now, with its places.
fn meant(door: &Door, inc: &Incident, to: Audience, scenario: Option<&str>) -> Option<(TemplateId, Shape)> {
    let books = door.engine.books().of(inc);
    let template = books.template_for(to, &inc.kind, &inc.phase, scenario)?;
    Some((template.id.clone(), shape(template).ok()?))
}

/// What to look at once more before this goes out; only in what people wrote, for the template is the organisation's own.
async fn hits(door: &Door, inc: &Incident, to: Audience, writing: &Writing) -> Result<Vec<Hit>, Refusal> {
    let shape = meant(door, inc, to, writing.scenario.as_deref()).map(|(_, shape)| shape).unwrap_or_default();
    let said = writing.fields.iter().filter(|(place, _)| shape.has(place));
    let all = said.map(|(_, words)| words.as_str()).collect::<Vec<_>>().join("\n");
    let wording = &door.engine.books().of(inc).wording;
    // The leadership may know which customers it is about.
    if to != Audience::External || inc.case.customers.is_empty() {
        return Ok(wording.hits(&all));
    }
    let facts = door.engine.case_facts(inc).await?;
    Ok(wording.naming(case::names(&facts).map(|(_, name)| name), None).hits(&all))
}

/// What a form is shown again with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Again {
    /// All places of its text.
    More,
    /// How it will look.
    Preview,
    /// Another text, or another button.
    Chosen,
}

/// The form with what was typed so far.
async fn again(door: &Door, it: &Interaction, me: &UserId, inc: &Incident, with: Again) -> Result<Answer, Refusal> {
    let Some(view) = &it.view else { return Ok(Answer::say(message::NOT_UNDERSTOOD)) };
    let memory = view.private_metadata.as_deref().and_then(Memory::parse);
    let (Some(memory), Some(view_id)) = (memory, view.id.as_deref()) else {
        return Ok(Answer::say(message::NOT_UNDERSTOOD));
    };
    let values = Values(view.state.as_ref().and_then(|s| s.values.as_ref()));
    // A time that is missing yet must not cost the words.
    let (writing, next_by) = read(door, inc, &memory, values);
    let seen = (memory.seen.is_some() || with == Again::Preview).then(|| mark(&writing, next_by.ok().as_ref()));
    let hits = if seen.is_some() { hits(door, inc, memory.to, &writing).await? } else { Vec::new() };
    let warned = memory.warned || !hits.is_empty();
    let memory = Memory { more: memory.more || with == Again::More, seen, warned, ..memory };
    let writing = Writing { hits, by: Some(me.clone()), ..writing };
    let shown = letter_form(door.view_of(inc), inc, &memory, &writing);
    match tokio::time::timeout(PATIENCE, door.chat.update_view(view_id, view.hash.as_deref(), &shown)).await {
        Ok(Ok(())) => {}
        Ok(Err(trouble)) => tracing::warn!(error = %trouble, "a form was not shown anew"),
        Err(_) => tracing::warn!("a form was not shown anew in time"),
    }
    Ok(Answer::Nothing)
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
        id::LETTER_FORM => return take_letter(door, &spoken, &inc, memory, values).await,
        id::ALONE_FORM => alone(&memory, values),
        id::HAND_FORM => hand(door, &memory, values),
        id::LATER_FORM => later(&memory, values),
        _ => return not_understood(door),
    };
    match asked {
        Ok((field, ask)) => carry_out(door, &spoken, memory.incident, ask, field).await,
        Err(Invalid(field, sentence)) => errors(field, &sentence),
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

async fn carry_out(door: &Door, spoken: &Spoken<'_>, id: IncidentId, ask: Ask, field: &str) -> Response {
    match request(door, spoken, Some(id), Command::Comms(ask)).await {
        Ok(_) => cleared(),
        Err(refusal) => {
            let field = match &refusal {
                Refusal::Rejected { why: Rejection::NextUpdatePast, .. } => field::NEXT_AT,
                _ => field,
            };
            errors(field, &words::refused(door, &refusal).text)
        }
    }
}

/// Closes the form, and the one below it.
fn cleared() -> Response {
    Json(json!({ "response_action": "clear" })).into_response()
}

/// Shows the form anew.
pub(super) fn shown(view: &Value) -> Response {
    Json(json!({ "response_action": "update", "view": view })).into_response()
}

/// What marks a text as somebody saw it: the words, the special case, and when the next one comes.
fn mark(writing: &Writing, next_by: Option<&Option<When>>) -> String {
    let text = format!("{:?}", (&writing.scenario, &writing.fields, next_by));
    hex::encode(&Sha256::digest(text)[..12])
}

/// A text. What is to go out is shown first, and anew where it was changed since, and so is once what had better not stand in it; then it is kept, and sent where that was
/// asked for.
async fn take_letter(door: &Door, spoken: &Spoken<'_>, inc: &Incident, memory: Memory, values: Values<'_>) -> Response {
    let (writing, next_by) = read(door, inc, &memory, values);
    let next_by = match next_by {
        Ok(next_by) => next_by,
        Err(Invalid(field, sentence)) => return errors(field, &sentence),
    };
    let hits = match hits(door, inc, memory.to, &writing).await {
        Ok(hits) => hits,
        Err(refusal) => return at_its_field(door, inc, (memory.to, writing.scenario.as_deref()), &refusal),
    };
    let is_for_now = writing.now == Some(true);
    let meant = meant(door, inc, memory.to, writing.scenario.as_deref()).map(|(template, _)| template);
    let changed = memory.template.is_some() && meant != memory.template;
    let is_news = !hits.is_empty() && !memory.warned;
    let seen = Some(mark(&writing, Some(&next_by)));
    let is_unseen = is_for_now && memory.seen != seen;
    if changed || is_news || is_unseen {
        let reworded = is_unseen && memory.seen.is_some();
        let memory = Memory { seen, warned: memory.warned || is_news, ..memory };
        let writing = Writing { changed, reworded, hits, by: Some(spoken.me.clone()), ..writing };
        return shown(&letter_form(door.view_of(inc), inc, &memory, &writing));
    }
    let same = same_words(&writing.fields);
    let warnings = hits.iter().map(|hit| hit.warning).collect::<std::collections::BTreeSet<_>>();
    let drafting = Drafting {
        to: memory.to,
        scenario: writing.scenario.clone(),
        fields: writing.fields.clone(),
        outlets: writing.outlets.clone().unwrap_or_default(),
        next_by,
        warnings: warnings.into_iter().collect(),
        of: memory.draft,
        send: is_for_now,
        again: memory.same.as_ref() == Some(&same),
    };
    match request(door, spoken, Some(inc.id), Command::Comms(Ask::Draft(drafting))).await {
        Ok(done) => match done.incident.comms.draft_for(memory.to).filter(|_| is_for_now) {
            // It needs another person: whoever wanted to send it must not think that it went out.
            Some(draft) => update(&render::comms::kept(door.view_of(&done.incident), &done.incident, draft)),
            // Below lies what they began to write, for colleagues or for the same readers: they go on with it.
            None if memory.on_form => StatusCode::OK.into_response(),
            None => cleared(),
        },
        Err(Refusal::Rejected { why: Rejection::Comms(No::SameText), .. }) => {
            let memory = Memory { same: Some(same), seen, warned: true, ..memory };
            let writing = Writing { same: true, by: Some(spoken.me.clone()), ..writing };
            shown(&letter_form(door.view_of(inc), inc, &memory, &writing))
        }
        Err(Refusal::Rejected {
            why: Rejection::Comms(No::DraftThere { .. } | No::DraftChanged | No::NoSuchDraft),
            incident: Some(now),
        }) => met(door, spoken.me, &now, memory, writing),
        Err(refusal) => at_its_field(door, inc, (memory.to, writing.scenario.as_deref()), &refusal),
    }
}

/// Somebody else was at the same text: whoever writes keeps their words, and may open the other draft or take it over.
fn met(door: &Door, me: &UserId, now: &Incident, memory: Memory, writing: Writing) -> Response {
    let there = now.comms.draft_for(memory.to);
    let text = render::comms::met(there);
    let memory = Memory { draft: there.map(|d| (d.number, d.version)), ..memory };
    let writing = Writing { meanwhile: Some(text), by: Some(me.clone()), ..writing };
    shown(&letter_form(door.view_of(now), now, &memory, &writing))
}

/// A refusal below the field that it is about.
fn at_its_field(door: &Door, inc: &Incident, text: (Audience, Option<&str>), refusal: &Refusal) -> Response {
    let sentence = words::refused(door, refusal).text;
    let place = match refusal {
        Refusal::Rejected { why: Rejection::NextUpdatePast, .. } => field::NEXT_AT.to_owned(),
        Refusal::Rejected { why: Rejection::Comms(no), .. } => match no {
            No::NoNextUpdate => field::NEXT.to_owned(),
            No::Unfilled(places) => places.first().map_or(id::OUTLETS.to_owned(), |p| format!("{}{p}", id::PLACE)),
            No::InternalText | No::DraftTooLong { .. } => first_place(door, inc, text),
            No::NotAuthorised { .. } | No::NotTrained { .. } | No::NotApproved { .. } => id::THEN.to_owned(),
            No::NotWritten(_)
            | No::NoTemplate(_)
            | No::BadTemplate(_)
            | No::NeedToKnow
            | No::NoOutlet
            | No::NoSuchOutlet(_)
            | No::TooManyOutlets { .. }
            | No::TooLongFor { .. }
            | No::SameText
            | No::NoSuchDraft
            | No::DraftChanged
            | No::DraftThere { .. }
            | No::TooManyAuthors { .. }
            | No::NotNow(_)
            | No::Newer(_)
            | No::OtherPhase(_)
            | No::OwnText
            | No::NotApprover(_)
            | No::NothingToRetry
            | No::NothingDue(_) => id::OUTLETS.to_owned(),
        },
        _ => id::OUTLETS.to_owned(),
    };
    errors(&place, &sentence)
}

fn first_place(door: &Door, inc: &Incident, (to, scenario): (Audience, Option<&str>)) -> String {
    let shape = meant(door, inc, to, scenario).map(|(_, shape)| shape).unwrap_or_default();
    shape.required.first().map_or_else(|| id::OUTLETS.to_owned(), |place| format!("{}{place}", id::PLACE))
}
