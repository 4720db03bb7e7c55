//! Buttons and forms about the course.

use std::sync::Arc;

use super::{
    Door,
    dispatch::{Answer, Spoken, existing, request},
    forms::{self, opened},
    message,
    press::is,
    query,
    submit::{Asked, Invalid, Read, missing, suggested_severity},
    values::Values,
    words,
};
use crate::{
    command::{FormKind, plain},
    engine::{Done, Refusal},
    ids::{IncidentId, UserId},
    incident::{
        Command, EntryKind, Incident, Rejection, What,
        course::{Ask, Fact, No, Said, way},
    },
    playbook::{Need, PhaseId},
    render::{
        forms::{answer_form, close_form, final_fix_form, needs_form},
        ids::{ButtonValue, FormMemory, action, field, form, value},
        question_text,
    },
};

/// A button whose name begins with `course.`.
pub async fn pressed(
    door: &Door,
    spoken: &Spoken<'_>,
    id: &str,
    incident: IncidentId,
    value: &ButtonValue,
) -> Result<Answer, Refusal> {
    let is = |action: &str| is(id, action);
    let phase = || PhaseId(value.extra.clone());
    let ask = match id {
        _ if is(action::ACCEPT_EXIT) => Ask::AcceptExit { phase: phase() },
        _ if is(action::END_BESIDE) => Ask::EndBeside { phase: phase(), why: None },
        _ if is(action::REVIEW_SEVERITY) => return forms::open(door, spoken, incident, FormKind::Severity).await,
        _ => return open(door, spoken, id, incident, value).await,
    };
    let done = request(door, spoken, Some(incident), Command::Course(ask)).await?;
    Ok(query::on_card(door, spoken, &done.incident))
}

/// The form behind a button.
async fn open(
    door: &Door,
    spoken: &Spoken<'_>,
    id: &str,
    incident: IncidentId,
    value: &ButtonValue,
) -> Result<Answer, Refusal> {
    let is = |action: &str| is(id, action);
    let it = existing(door, spoken.me, incident).await?;
    let (view, instead) = match id {
        _ if is(action::NEEDS) => (needs_form(door.view_of(&it), &it, &value.extra), "phase".to_owned()),
        _ if is(action::FINAL_FIX) => (final_fix_form(&it, &fixes(door, &it).await?), "resolve <why>".to_owned()),
        _ if is(action::CLOSE) => (close_form(&it), "close <why>".to_owned()),
        _ if is(action::ANSWER) => {
            answerable(&it, value.number)?;
            let question = question(door, &it, value.number).await?;
            (answer_form(&it, value.number, &question), format!("consult answer {} <text>", value.number))
        }
        _ => {
            door.counters.not_understood.up();
            return Ok(Answer::say(message::NOT_UNDERSTOOD));
        }
    };
    Ok(opened(door, spoken, &view, &format!("{incident} {instead}")).await)
}

/// Refuses to open the form of an answer that nobody waits for: whoever has typed it would lose it.
fn answerable(it: &Arc<Incident>, number: u32) -> Result<(), Refusal> {
    let why = if !it.is_open() {
        Rejection::Ended(it.id)
    } else if it.course.consult(number).is_none() {
        Rejection::Course(No::NoSuchConsult(number))
    } else {
        return Ok(());
    };
    Err(Refusal::Rejected { why, incident: Some(Arc::clone(it)) })
}

/// The latest fixes on the timeline.
async fn fixes(door: &Door, it: &Incident) -> Result<Vec<(u64, String)>, Refusal> {
    let mut fixes = Vec::new();
    for seq in &it.course.fixes {
        if let Some(What::EntryAdded { entry: EntryKind::Fix, text, .. }) =
            door.engine.event(it.id, *seq).await?.map(|e| e.what)
        {
            fixes.push((*seq, plain(text.or_tombstone())));
        }
    }
    Ok(fixes)
}

/// The words of a question that waits; of another one, that it does not.
async fn question(door: &Door, it: &Incident, number: u32) -> Result<String, Refusal> {
    let asked = match it.course.consult(number) {
        Some(consult) => door.engine.event(it.id, consult.seq).await?,
        None => None,
    };
    Ok(match asked.map(|event| event.what) {
        Some(What::Course(fact)) => question_text(door.view_of(it), it, &fact),
        Some(_) | None => format!("Question {number} does not wait for an answer any more."),
    })
}

/// What a change of phase was left without is told to whoever pressed; everything else shows on the card.
pub fn after_press(door: &Door, spoken: &Spoken<'_>, done: &Done) -> Answer {
    let lacks = |what: &What| matches!(what, What::Course(Fact::LeftWithout { .. }));
    if done.events.iter().any(|(_, event)| lacks(&event.what)) && !done.repeated {
        let said = words::done(door, done);
        return Answer::Instead(match query::on_card(door, spoken, &done.incident) {
            Answer::Instead(card) => card.and(said),
            Answer::Say(_) | Answer::Nothing => said,
        });
    }
    query::on_card(door, spoken, &done.incident)
}

/// What a form about the course asks for; none for other forms.
pub async fn read(
    door: &Door,
    me: &UserId,
    callback: &str,
    memory: &FormMemory,
    values: Values<'_>,
) -> Option<Result<Asked, Invalid>> {
    let incident = memory.incident?;
    let read = match callback {
        form::PHASE => phase(door, me, incident, values).await,
        form::SEVERITY => severity(door, me, incident, values).await,
        form::NEEDS => Ok((field::IMPACT, Command::Course(Ask::State(said(values))))),
        form::FINAL_FIX => final_fix(values),
        form::CONSULT => consult(values),
        form::ANSWER => answer(memory.number, values),
        form::CLOSE => match values.text(field::WHY) {
            Some(why) => Ok((field::WHY, Command::Close { why: Some(why) })),
            None => Err(missing(field::WHY, "Say why it goes without.")),
        },
        _ => return None,
    };
    Some(read.map(|(field, command)| Asked { incident: Some(incident), command, field, key: None }))
}

/// The incident as it stands, or a word at a field.
async fn known(
    door: &Door,
    me: &UserId,
    id: IncidentId,
    field: &'static str,
) -> Result<std::sync::Arc<Incident>, Invalid> {
    existing(door, me, id).await.map_err(|refusal| missing(field, &words::refused(door, &refusal).text))
}

/// What was typed into the fields of needs.
fn said(values: Values<'_>) -> Said {
    let fields = [
        (Need::ImpactStatement, field::IMPACT),
        (Need::ScopeStatement, field::SCOPE),
        (Need::ContainmentStatement, field::CONTAINMENT),
        (Need::EradicationStatement, field::ERADICATION),
        (Need::RecoveryStatement, field::RECOVERY),
    ];
    let statements = fields.into_iter().filter_map(|(need, field)| Some((need, values.text(field)?)));
    Said { statements: statements.collect(), fix: values.text(field::FIX) }
}

/// To a phase; with a reason where it is not the next one.
async fn phase(door: &Door, me: &UserId, id: IncidentId, values: Values<'_>) -> Read {
    let to = values.chosen(field::PHASE).ok_or_else(|| missing(field::PHASE, "Choose a phase."))?;
    let (to, why) = (PhaseId::from(to), values.text(field::WHY));
    let it = known(door, me, id, field::PHASE).await?;
    let way = way(door.engine.books().of(&it).kind(&it.kind), &it.phase, &to);
    if why.is_none() && it.is_open() && way.is_some_and(crate::incident::course::Way::wants_a_reason) {
        return Err(missing(field::WHY, "Say in a line why it goes back, or why phases are left out."));
    }
    Ok((field::PHASE, Command::Course(Ask::Leave { to, why, said: said(values) })))
}

/// To a severity, with a reason; the same one is confirmed without.
async fn severity(door: &Door, me: &UserId, id: IncidentId, values: Values<'_>) -> Read {
    let it = known(door, me, id, field::SEVERITY).await?;
    let to = suggested_severity(door.view_of(&it), values)?;
    let why = values.text(field::WHY);
    if why.is_none() && it.is_open() && to != it.severity {
        return Err(missing(field::WHY, "Say in a line why it changes."));
    }
    Ok((field::SEVERITY, Command::ChangeSeverity { to, why }))
}

fn final_fix(values: Values<'_>) -> Read {
    let signal = values.text(field::SIGNAL);
    let signal = signal.ok_or_else(|| missing(field::SIGNAL, "Say what shows that it works."))?;
    let (entry, fix) = (values.chosen(field::FIX_ENTRY).and_then(|seq| seq.parse().ok()), values.text(field::FIX));
    if entry.is_none() && fix.is_none() {
        return Err(missing(field::FIX, "Say what mended it."));
    }
    let resolve = values.chosen(field::THEN) == Some(value::RESOLVE);
    Ok((field::SIGNAL, Command::Course(Ask::ConfirmFix { entry, fix, signal, resolve })))
}

fn consult(values: Values<'_>) -> Read {
    let role = values.chosen(field::ROLE).ok_or_else(|| missing(field::ROLE, "Choose whom to ask."))?;
    let question = values.text(field::TEXT).ok_or_else(|| missing(field::TEXT, "Write the question."))?;
    Ok((field::TEXT, Command::Course(Ask::Consult { role: role.into(), question })))
}

fn answer(number: u32, values: Values<'_>) -> Read {
    let text = values.text(field::TEXT).ok_or_else(|| missing(field::TEXT, "Write the answer."))?;
    Ok((field::TEXT, Command::Course(Ask::Answer { number: Some(number), text })))
}
