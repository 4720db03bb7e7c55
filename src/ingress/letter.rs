//! The form for a text to others: filled in, looked at, and taken.

use std::{collections::BTreeMap, time::Duration};

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use sha2::{Digest, Sha256};

use super::{
    Door,
    comms::{cleared, shown},
    dispatch::{Answer, Spoken, request},
    inbound::{Interaction, View},
    message,
    submit::{Invalid, errors, next, time_of, update},
    values::Values,
    words,
};
use crate::{
    engine::Refusal,
    ids::UserId,
    incident::{
        Command, Incident, Rejection, When, case,
        comms::{Ask, Draft, Drafting, No, Shape, same_words, shape, template_of_send},
    },
    playbook::{Audience, Hit, OutletId, TemplateId},
    render::{
        self,
        forms::comms::{Memory, Writing, is_known, letter_form, newly},
        ids::{comms as id, field},
    },
    status::{ComponentStatus, Impact},
};

/// How long Slack may take to show a form anew.
const PATIENCE: Duration = Duration::from_millis(2500);

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
    let impact = impact(door, inc, values);
    let quiet = values.chosen(id::SUBSCRIBERS) == Some(id::QUIET);
    (Writing { scenario, fields, outlets: Some(outlets), now, next, impact, quiet, ..Writing::default() }, next_by)
}

/// How each component stands that the form asks about; none where it asks about none.
fn impact(door: &Door, inc: &Incident, values: Values<'_>) -> Option<Impact> {
    let also = values.chosen(id::ALSO).map(|id| (id.into(), newly(inc)));
    let said = values.choices(id::IMPACT).filter_map(|(id, to)| Some((id.into(), ComponentStatus::parse(to)?)));
    let w = door.view_of(inc);
    let impact: Impact = also.into_iter().chain(said).filter(|(id, _)| is_known(w, inc, id)).collect();
    (values.has(id::SUBSCRIBERS) || !impact.is_empty()).then_some(impact)
}

/// The text that is meant now, with its places; of a correction that of what it corrects.
fn meant(door: &Door, inc: &Incident, memory: &Memory, scenario: Option<&str>) -> Option<(TemplateId, Shape)> {
    let books = door.engine.books().of(inc);
    let template = match memory.corrects {
        Some((number, _)) => template_of_send(inc.comms.send(number)?, books).ok()?,
        None => books.template_for(memory.to, &inc.kind, &inc.phase, scenario)?,
    };
    Some((template.id.clone(), shape(template).ok()?))
}

/// What to look at once more before this goes out; only in what people wrote, for the template is the organisation's own.
async fn hits(door: &Door, inc: &Incident, memory: &Memory, writing: &Writing) -> Result<Vec<Hit>, Refusal> {
    let shape = meant(door, inc, memory, writing.scenario.as_deref()).map(|(_, shape)| shape).unwrap_or_default();
    let said = writing.fields.iter().filter(|(place, _)| shape.has(place));
    let all = said.map(|(_, words)| words.as_str()).collect::<Vec<_>>().join("\n");
    let wording = &door.engine.books().of(inc).wording;
    // The leadership may know which customers it is about.
    if memory.to != Audience::External || inc.case.customers.is_empty() {
        return Ok(wording.hits(&all));
    }
    let facts = door.engine.case_facts(inc).await?;
    Ok(wording.naming(case::names(&facts).map(|(_, name)| name), None).hits(&all))
}

/// What a form is shown again with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// All places of its text.
    More,
    /// How it will look.
    Preview,
    /// Another text, or another button.
    Chosen,
}

/// The form with what was typed so far.
pub async fn again(door: &Door, it: &Interaction, me: &UserId, inc: &Incident, with: Again) -> Result<Answer, Refusal> {
    let Some(view) = &it.view else { return Ok(Answer::say(message::NOT_UNDERSTOOD)) };
    let memory = view.private_metadata.as_deref().and_then(Memory::parse);
    let (Some(memory), Some(view_id)) = (memory, view.id.as_deref()) else {
        return Ok(Answer::say(message::NOT_UNDERSTOOD));
    };
    let values = Values(view.state.as_ref().and_then(|s| s.values.as_ref()));
    // A time that is missing yet must not cost the words.
    let (writing, next_by) = read(door, inc, &memory, values);
    let seen = (memory.seen.is_some() || with == Again::Preview).then(|| mark(&writing, next_by.ok().as_ref()));
    let hits = if seen.is_some() { hits(door, inc, &memory, &writing).await? } else { Vec::new() };
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

/// What marks a text as somebody saw it: the words, the special case, and when the next one comes.
fn mark(writing: &Writing, next_by: Option<&Option<When>>) -> String {
    let text =
        format!("{:?}", (&writing.scenario, &writing.fields, next_by, said_of_components(writing), writing.quiet));
    hex::encode(&Sha256::digest(text)[..12])
}

/// Every component that the text touches; one that stands as it should is touched by nothing.
fn said_of_components(writing: &Writing) -> Impact {
    let all = writing.impact.clone().unwrap_or_default();
    all.into_iter().filter(|(_, status)| *status != ComponentStatus::Operational).collect()
}

/// A text. What is to go out is shown first, and anew where it was changed since, and so is once what had better not stand in it; then it is kept, and sent where that was
/// asked for.
pub async fn taken(
    door: &Door,
    spoken: &Spoken<'_>,
    inc: &Incident,
    memory: Memory,
    view: &View,
    values: Values<'_>,
) -> Response {
    let (writing, next_by) = read(door, inc, &memory, values);
    let next_by = match next_by {
        Ok(next_by) => next_by,
        Err(Invalid(field, sentence)) => return errors(view, field, &sentence),
    };
    let hits = match hits(door, inc, &memory, &writing).await {
        Ok(hits) => hits,
        Err(refusal) => return at_its_field(door, inc, (&memory, writing.scenario.as_deref()), view, &refusal),
    };
    let is_for_now = writing.now == Some(true);
    let meant = meant(door, inc, &memory, writing.scenario.as_deref()).map(|(template, _)| template);
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
        impact: said_of_components(&writing),
        quiet: writing.quiet,
        corrects: memory.corrects,
    };
    match request(door, spoken, Some(inc.id), Command::Comms(Ask::Draft(drafting))).await {
        Ok(done) => match draft_of(&done.incident, &memory).filter(|_| is_for_now) {
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
        Err(Refusal::Rejected { why: Rejection::Comms(No::Corrected { by }), incident: Some(now) }) => {
            corrected_meanwhile(door, spoken.me, (&now, by), memory, writing)
        }
        Err(refusal) => at_its_field(door, inc, (&memory, writing.scenario.as_deref()), view, &refusal),
    }
}

/// Somebody else was at the same text: whoever writes keeps their words, and may open the other draft or take it over.
fn met(door: &Door, me: &UserId, now: &Incident, memory: Memory, writing: Writing) -> Response {
    let there = draft_of(now, &memory);
    let text = render::comms::met(there, !memory.on_two && memory.corrects.is_none());
    let memory = Memory { draft: there.map(|d| (d.number, d.version)), ..memory };
    let writing = Writing { meanwhile: Some(text), by: Some(me.clone()), ..writing };
    shown(&letter_form(door.view_of(now), now, &memory, &writing))
}

/// The draft that a form writes on.
fn draft_of<'a>(inc: &'a Incident, memory: &Memory) -> Option<&'a Draft> {
    inc.comms.draft_of(memory.to, memory.corrects.map(|(send, _)| send))
}

/// Somebody else corrected the same text meanwhile: whoever writes keeps their words, and may say that instead.
fn corrected_meanwhile(
    door: &Door,
    me: &UserId,
    (now, by): (&Incident, Option<UserId>),
    memory: Memory,
    writing: Writing,
) -> Response {
    let send = memory.corrects.and_then(|(number, _)| now.comms.send(number));
    let corrects = send.map(|send| (send.number, send.corrected_times()));
    let memory = Memory { corrects, draft: None, ..memory };
    let text = render::comms::corrected_meanwhile(by.as_ref());
    let writing = Writing { meanwhile: Some(text), by: Some(me.clone()), ..writing };
    shown(&letter_form(door.view_of(now), now, &memory, &writing))
}

/// A refusal below the field that it is about.
fn at_its_field(
    door: &Door,
    inc: &Incident,
    text: (&Memory, Option<&str>),
    view: &View,
    refusal: &Refusal,
) -> Response {
    let sentence = words::refused(door, refusal).text;
    let place = match refusal {
        Refusal::Rejected { why: Rejection::NextUpdatePast, .. } => field::NEXT_AT.to_owned(),
        Refusal::Rejected { why: Rejection::Comms(no), .. } => match no {
            No::NoNextUpdate => field::NEXT.to_owned(),
            No::Unfilled(places) => places.first().map_or(id::OUTLETS.to_owned(), |p| format!("{}{p}", id::PLACE)),
            No::InternalText | No::DraftTooLong { .. } | No::SaysSo => first_place(door, inc, text),
            No::NotAuthorised { .. } | No::NotTrained { .. } | No::NotApproved { .. } | No::NotReleased(_) => {
                id::THEN.to_owned()
            }
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
            | No::NothingToCorrect
            | No::Withdrawn
            | No::Corrected { .. }
            | No::ManyCorrections { .. }
            | No::NothingDue(_) => id::OUTLETS.to_owned(),
        },
        _ => id::OUTLETS.to_owned(),
    };
    errors(view, &place, &sentence)
}

fn first_place(door: &Door, inc: &Incident, (memory, scenario): (&Memory, Option<&str>)) -> String {
    let shape = meant(door, inc, memory, scenario).map(|(_, shape)| shape).unwrap_or_default();
    shape.required.first().map_or_else(|| id::OUTLETS.to_owned(), |place| format!("{}{place}", id::PLACE))
}
