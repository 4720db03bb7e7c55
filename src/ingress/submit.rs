//! Forms that were sent.

use std::time::Duration;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    Door, comms, course,
    dispatch::{Spoken, existing, request},
    event,
    forms::{notice, opened_from},
    inbound::{Interaction, View},
    intake,
    interaction::{answered, settle},
    message, query,
    values::Values,
    words,
};
use crate::{
    command::{Query, unmarked},
    config::{Settings, asking, policy_of, policy_of_service},
    engine::{Done, Refusal},
    ids::{IncidentId, UserId},
    incident::{Command, Needed, Rejection, When, case, comms as letters, duty::No},
    paging::{PageId, Target},
    playbook::{Playbook, RoleId, ServiceId, Severity},
    ports::Trouble,
    render::{
        Message,
        forms::{Draft, suggested, update_form},
        ids::{self, FormMemory, action, field, form, value},
        starting_text,
    },
};

/// How long Slack may take to show us a message.
const PATIENCE: Duration = Duration::from_secs(2);
/// The longest error that fits below a field.
const LONGEST: usize = 150;

/// What a form asks for.
pub(super) struct Asked {
    /// Of which incident; a declaration has none yet.
    pub incident: Option<IncidentId>,
    pub command: Command,
    /// The field that a refusal is shown at.
    pub field: &'static str,
    /// What makes the request itself, where that is more than the form.
    pub key: Option<String>,
}

/// Why a form cannot be taken as it is: the field, and a sentence below it.
pub(super) struct Invalid(pub &'static str, pub String);

/// Takes a form: closes it, or says at its fields what is wrong.
pub async fn submitted(door: &Door, it: &Interaction, me: &UserId) -> Response {
    let Some(view) = &it.view else { return not_understood(door) };
    let memory = FormMemory::parse(view.private_metadata.as_deref().unwrap_or_default());
    let callback = view.callback_id.as_deref().unwrap_or_default();
    if callback.starts_with(ids::comms::PREFIX) {
        return comms::submitted(door, me, view, callback).await;
    }
    let values = Values(view.state.as_ref().and_then(|s| s.values.as_ref()));
    if callback == form::DECLARE {
        return intake::declared(door, me, view, &memory, values).await;
    }
    if callback == form::OVERRIDE {
        return super::oncall::submitted(door, me, view, values).await;
    }
    if callback == form::WAYS {
        return super::reach::submitted(door, me, view, values).await;
    }
    if callback.starts_with(action::page::PREFIX) {
        return super::status_page::submitted(door, me, view, callback, &memory, values).await;
    }
    if callback == form::case::NOTICE
        && let Some(view) = super::case::doubtful(door, me, &memory, values).await
    {
        return comms::shown(&view);
    }
    let asked = match read(door, me, callback, &memory, values).await {
        Some(Ok(asked)) => asked,
        Some(Err(Invalid(field, sentence))) => return errors(view, field, &sentence),
        None => return not_understood(door),
    };
    let of_view = view.id.as_deref().map(|id| format!("view/{id}/{}", view.hash.as_deref().unwrap_or_default()));
    let spoken = Spoken { key: asked.key.or(of_view), ..Spoken::by(me) };
    match request(door, &spoken, asked.incident, asked.command.clone()).await {
        // The record alone brings nobody in: what does is said to whoever made it.
        Ok(done) if callback == form::case::EXTERNAL => update(&words::done(door, &done)),
        // No form of ours lies on another one: an empty answer closes it. What it did shows in the room.
        Ok(done) => {
            if let Some(answer) = memory.answer.as_deref() {
                settle(door, it, answer, &in_its_place(door, me, callback, &done).await).await;
            }
            StatusCode::OK.into_response()
        }
        Err(Refusal::Duplicate { first }) => match existing(door, me, first).await {
            Ok(first) => update(&words::duplicate(&first, &asked.command)),
            Err(refusal) => update(&words::refused(door, &refusal)),
        },
        // Whoever wrote it looks at it once more, and may post it all the same.
        Err(Refusal::Rejected { why: Rejection::Comms(letters::No::SameText), .. })
            if let (form::UPDATE, Some(incident)) = (callback, asked.incident) =>
        {
            match update_again(door, me, incident, view, true).await {
                Ok(form) => comms::shown(&form),
                Err(refusal) => update(&words::refused(door, &refusal)),
            }
        }
        Err(refusal) => {
            let field = field_of(&refusal, asked.field);
            errors(view, field, &words::refused(door, &refusal).text)
        }
    }
}

/// What stands where the answer did that a form was opened from: a list as it is now, else what was done.
async fn in_its_place(door: &Door, me: &UserId, callback: &str, done: &Done) -> Message {
    let id = done.incident.id;
    let list = match callback {
        form::case::EVIDENCE | form::case::PASS => Some(Query::Evidence(id)),
        form::case::OBSERVATION => Some(Query::Observations(id)),
        form::TICK => Some(Query::Checklist(id)),
        form::GIVE_TASK | form::LATER => Some(Query::Tasks(id)),
        _ if callback.starts_with(action::case::PREFIX) => Some(Query::Customers(id)),
        _ => None,
    };
    let said = match list {
        Some(list) => answered(door, query::answer(door, me, list).await).message(),
        None => None,
    };
    said.unwrap_or_else(|| words::done(door, done))
}

pub(super) fn not_understood(door: &Door) -> Response {
    door.counters.not_understood.up();
    update(&message::say(message::NOT_UNDERSTOOD))
}

/// Shows a message instead of the form.
pub(super) fn update(said: &Message) -> Response {
    Json(json!({ "response_action": "update", "view": notice(said) })).into_response()
}

/// Slack shows these as they stand, below the field. It takes words about no field that the form has not: they stand below its first
/// one then, and instead of the form where it has none.
pub(super) fn errors(view: &View, field: &str, sentence: &str) -> Response {
    let Some(field) = view.field_or_first(field) else { return update(&message::say(sentence)) };
    let sentence = unmarked(sentence);
    let sentence = match sentence.char_indices().nth(LONGEST * 2) {
        Some((at, _)) => format!("{}…", &sentence[..at]),
        None => sentence,
    };
    Json(json!({ "response_action": "errors", "errors": { field: sentence } })).into_response()
}

/// The field that a refusal is about, where the form has it.
pub(super) fn field_of(refusal: &Refusal, main: &'static str) -> &'static str {
    match refusal {
        Refusal::Rejected { why: Rejection::EmptyText(what) | Rejection::TooLong { what, .. }, .. } => match what {
            Needed::Title => field::TITLE,
            Needed::Update | Needed::Answer | Needed::Notice | Needed::Evidence => field::TEXT,
            Needed::Reason => field::WHY,
            Needed::Link => field::URL,
            Needed::Signal => field::SIGNAL,
            Needed::Customer => field::CUSTOMER,
            Needed::Impact => field::IMPACT,
            Needed::Actions => field::ACTIONS,
            Needed::Place => field::PLACE,
            Needed::Scope => field::SCOPE,
            Needed::How => field::HOW,
            Needed::Entry
            | Needed::Page
            | Needed::Question
            | Needed::Task
            | Needed::Holder
            | Needed::Contact
            | Needed::Report
            | Needed::Observation
            | Needed::Plan
            | Needed::Condition => main,
        },
        Refusal::Rejected {
            why:
                Rejection::NextUpdatePast
                | Rejection::Duty(No::TaskPast)
                | Rejection::Case(case::No::TakenLater | case::No::SentLater | case::No::EndsInThePast),
            ..
        } => field::NEXT_AT,
        Refusal::Rejected { why: Rejection::Case(case::No::NotAHash), .. } => field::HASH,
        Refusal::Rejected { why: Rejection::Duty(No::NeedsReason { .. } | No::TickNeedsReason { .. }), .. } => {
            field::WHY
        }
        _ => main,
    }
}

/// What the form asks for; `None` for a form that we did not make.
async fn read(
    door: &Door,
    me: &UserId,
    callback: &str,
    memory: &FormMemory,
    values: Values<'_>,
) -> Option<Result<Asked, Invalid>> {
    if callback == form::PICK {
        return Some(pick(door, me, memory, values).await);
    }
    if let Some(read) = course::read(door, me, callback, memory, values).await {
        return Some(read);
    }
    let incident = Some(memory.incident?);
    let read = match callback {
        form::UPDATE => post_update(values, memory.anyway),
        form::ROLES => roles(values),
        form::HAND_OVER => hand_over(values),
        form::ESCALATE => {
            let book = book_of(door, me, memory.incident).await;
            let own = match memory.incident {
                Some(id) => existing(door, me, id).await.ok().and_then(|it| it.intake.service.clone()),
                None => None,
            };
            escalate(door.engine.settings(), book, own.as_ref(), values)
        }
        form::RENAME => intake::describe(door, values),
        form::intake::CRITERIA => Ok(intake::criteria(values)),
        form::LINK => text(values, field::URL, |url| Command::AddLink { url }),
        form::CANCEL => Ok((field::WHY, Command::Cancel { why: values.text(field::WHY) })),
        form::RESOLVE => Ok((field::WHY, Command::Resolve { why: values.text(field::WHY) })),
        form::CANNOT => {
            let page = Some(PageId(memory.number));
            Ok((field::WHY, Command::DeclinePage { page, why: values.text(field::WHY) }))
        }
        form::REOPEN => Ok((field::WHY, Command::Reopen { why: values.text(field::WHY) })),
        _ if callback.starts_with(ids::action::case::PREFIX) => super::case::read(callback, memory, values)?,
        _ if callback.starts_with("duty.") => super::duty::read(callback, memory, values)?,
        _ => return None,
    };
    Some(read.map(|(field, command)| Asked { incident, command, field, key: None }))
}

/// A command, and the field at which a refusal of it is shown.
pub(super) type Read = Result<(&'static str, Command), Invalid>;

pub(super) fn missing(field: &'static str, sentence: &str) -> Invalid {
    Invalid(field, sentence.to_owned())
}

fn text(values: Values<'_>, field: &'static str, command: impl Fn(String) -> Command) -> Read {
    let text = values.text(field).ok_or_else(|| missing(field, "Please fill this in."))?;
    Ok((field, command(text)))
}

/// A message, for the incident that was picked.
async fn pick(door: &Door, me: &UserId, memory: &FormMemory, values: Values<'_>) -> Result<Asked, Invalid> {
    let field = field::INCIDENT;
    let wrong = |sentence: &str| missing(field, sentence);
    let incident = values.chosen(field).and_then(|id| id.parse().ok()).ok_or_else(|| wrong("Choose an incident."))?;
    let at = memory.source.clone().ok_or_else(|| wrong("The message is not known any more; start again from it."))?;
    if let Ok(Some((on, entry))) = door.engine.seen_by(me).entry_of(&at).await {
        return Err(wrong(&format!("That message is on the timeline of {on} already, as entry {entry}.")));
    }
    if let Some(words) = &memory.words {
        let key = Some(event::entry_key(incident, &at));
        let command = event::from_message(at, memory.author.clone(), words);
        return Ok(Asked { incident: Some(incident), command, field, key });
    }
    let found = match tokio::time::timeout(PATIENCE, door.chat.message(&at)).await {
        Ok(Ok(found)) => found.filter(|m| !m.text.trim().is_empty()),
        Ok(Err(Trouble::Refused(_))) => {
            return Err(wrong("I may not read that channel. Invite me to it, or type /incident note and the words."));
        }
        Ok(Err(_)) | Err(_) => return Err(wrong("Slack did not show me the message in time. Please try again.")),
    };
    let found = found.ok_or_else(|| wrong("That message is gone, or has no words."))?;
    let key = Some(event::entry_key(incident, &at));
    let command = event::from_message(at, found.author, &found.text);
    Ok(Asked { incident: Some(incident), command, field, key })
}

/// `again`: that it says the same as the last one was shown already.
fn post_update(values: Values<'_>, again: bool) -> Read {
    let text = values.text(field::TEXT).ok_or_else(|| missing(field::TEXT, "Say what is new."))?;
    Ok((field::TEXT, Command::PostUpdate { text, next_by: next(values)?, again }))
}

/// When the next one comes, as the menu and the time below it say.
pub(super) fn next(values: Values<'_>) -> Result<Option<When>, Invalid> {
    Ok(match (values.chosen(field::NEXT), values.moment(field::NEXT_AT)) {
        (Some(value::AT), None) => return Err(missing(field::NEXT_AT, "Choose when.")),
        (Some(value::AT), Some(at)) => Some(When::At(at)),
        (Some(value::NEVER), _) => Some(When::Never),
        (Some(minutes), _) => minutes.parse().ok().map(When::In),
        (None, _) => None,
    })
}

/// The severity that was chosen, or that the impacts suggest by the playbook that the form was made by.
pub(super) fn suggested_severity(w: crate::render::View<'_>, values: Values<'_>) -> Result<Severity, Invalid> {
    let level = |field| values.chosen(field).and_then(|v| v.parse::<u8>().ok());
    let impacts = || level(field::SERVICE_IMPACT).zip(level(field::CUSTOMER_IMPACT));
    let suggested = || impacts().map(|(service, customer)| suggested(w, service, customer));
    let to = level(field::SEVERITY).map(Severity).or_else(suggested);
    to.ok_or_else(|| missing(field::SEVERITY, "Choose a severity."))
}

fn roles(values: Values<'_>) -> Read {
    let role = values.chosen(field::ROLE).ok_or_else(|| missing(field::ROLE, "Choose a role."))?;
    let to = values.user(field::PERSON).ok_or_else(|| missing(field::PERSON, "Choose a person."))?;
    let role = Some(RoleId::from(role));
    let command = match values.chosen(field::HOW) {
        Some(value::ASK) => Command::OfferRole { role, to },
        _ => Command::AssignRole { role, to, why: values.text(field::WHY) },
    };
    Ok((field::PERSON, command))
}

fn hand_over(values: Values<'_>) -> Read {
    let to = values.user(field::PERSON).ok_or_else(|| missing(field::PERSON, "Choose a person."))?;
    Ok((field::PERSON, Command::OfferRole { role: values.chosen(field::ROLE).map(RoleId::from), to }))
}

/// The playbook that the incident was declared under, whose services its forms show.
async fn book_of<'a>(door: &'a Door, me: &UserId, incident: Option<IncidentId>) -> &'a Playbook {
    match incident {
        Some(id) => match existing(door, me, id).await {
            Ok(it) => door.engine.books().of(&it),
            // Whoever may not see it is refused when the command is carried out.
            Err(_) => door.engine.playbook(),
        },
        None => door.engine.playbook(),
    }
}

/// Whom to page. `own` is the incident's service, which the form begins with: whoever chooses somebody else means them.
fn escalate(settings: &Settings, book: &Playbook, own: Option<&ServiceId>, values: Values<'_>) -> Read {
    let people = values.users(field::PEOPLE);
    let others = !people.is_empty() || values.chosen(field::POLICY).is_some();
    let begun_with = |name: &&str| others && own.is_some_and(|own| own.as_str() == *name);
    if let Some(name) = values.chosen(field::SERVICE).filter(|name| !begun_with(name)) {
        let service = book
            .service(name)
            .ok_or_else(|| missing(field::SERVICE, "This service is not in the playbook any more. Choose another."))?;
        if others {
            return Err(missing(field::SERVICE, "Choose people, a policy or a service, and only one of them."));
        }
        return Ok((field::SERVICE, Command::StartPage { policy: policy_of_service(settings, service) }));
    }
    let policy = match (values.chosen(field::POLICY), people.is_empty()) {
        (None, true) => return Err(missing(field::PEOPLE, "Choose at least one person, or a policy.")),
        (Some(_), false) => return Err(missing(field::POLICY, "Choose people or a policy, not both.")),
        (Some(name), true) => policy_of(settings, name)
            .ok_or_else(|| missing(field::POLICY, "This policy does not exist any more. Choose another."))?,
        (None, false) => {
            let targets: Vec<Target> = people.into_iter().map(Target::Person).collect();
            let names: Vec<String> = targets.iter().map(ToString::to_string).collect();
            asking(settings, names.join(" "), targets)
        }
    };
    Ok((field::PEOPLE, Command::StartPage { policy }))
}

/// The update form with what was typed so far, and how that will look, or with another text to begin with.
pub async fn update_again(
    door: &Door,
    me: &UserId,
    incident: IncidentId,
    view: &View,
    preview: bool,
) -> Result<Value, Refusal> {
    let it = existing(door, me, incident).await?;
    let values = Values(view.state.as_ref().and_then(|s| s.values.as_ref()));
    let scenario = values.scenario(action::SCENARIO);
    let text = values.text(field::TEXT).unwrap_or_default();
    // The text that the form began with gives way to another one; words of theirs stay.
    let begun = values.variant(field::TEXT);
    let is_theirs = begun == scenario.as_deref() || text.trim() != starting_text(door.view_of(&it), &it, begun).trim();
    let now = door.clock().now();
    let next = match post_update(values, false) {
        Ok((_, Command::PostUpdate { next_by: Some(when), .. })) => time_of(when, now),
        Ok(_) | Err(_) => None,
    };
    let same_as_last = it.comms.was_said(&text);
    let text = Some(text).filter(|text| is_theirs && (!text.is_empty() || preview));
    let draft = Draft { text, scenario, preview, next, same_as_last };
    let memory = FormMemory::parse(view.private_metadata.as_deref().unwrap_or_default());
    Ok(opened_from(update_form(door.view_of(&it), &it, Some(&draft)), memory.answer.as_deref()))
}

pub(super) fn time_of(when: When, now: Timestamp) -> Option<Timestamp> {
    match when {
        When::At(at) => Some(at),
        When::In(minutes) => now.checked_add(SignedDuration::from_mins(minutes.into())).ok(),
        When::Never => None,
    }
}
