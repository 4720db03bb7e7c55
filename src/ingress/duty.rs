//! Buttons and forms about who does what.

use super::{
    Door,
    dispatch::{Answer, Spoken, existing, request},
    forms::opened,
    message,
    press::is,
    submit::{Read, missing},
    values::Values,
};
use crate::{
    engine::Refusal,
    ids::{IncidentId, UserId},
    incident::{
        Command, Rejection, When,
        duty::{Ask, No},
    },
    playbook::{DutyId, RoleId},
    render::{
        self,
        forms::{because_form, give_task_form, later_form, tick_form},
        ids::{ButtonValue, FormMemory, action, field, form, value as option},
    },
};

/// A button of a checklist or of a task.
pub async fn pressed(
    door: &Door,
    spoken: &Spoken<'_>,
    id: &str,
    incident: IncidentId,
    value: &ButtonValue,
) -> Result<Answer, Refusal> {
    let task = value.number;
    let item = item(&value.extra);
    match id {
        _ if is(id, action::TASK_DONE) => {
            let ask = Command::Duty(Ask::FinishTask { task });
            let it = request(door, spoken, Some(incident), ask).await?.incident;
            // The message of a task shows it by itself, a list does not.
            Ok(match spoken.pressed {
                Some(_) => Answer::Instead(render::tasks(&it, &door.engine.words_of_tasks(&it).await?)),
                None => Answer::Nothing,
            })
        }
        _ if is(id, action::TASK_GIVE) => {
            let view = give_task_form(existing(door, spoken.me, incident).await?.as_ref(), task);
            Ok(opened(door, spoken, &view, &format!("{incident} tasks")).await)
        }
        _ if is(id, action::TASK_LATER) => {
            let view = later_form(existing(door, spoken.me, incident).await?.as_ref(), task);
            Ok(opened(door, spoken, &view, &format!("{incident} tasks")).await)
        }
        _ if is(id, action::ITEM_WHY) => {
            let (Some((role, duty, owner)), it) = (item, existing(door, spoken.me, incident).await?) else {
                return Ok(Answer::say(message::NOT_UNDERSTOOD));
            };
            let view = tick_form(door.view_of(&it), &it, &role, &duty, owner.as_str());
            Ok(opened(door, spoken, &view, &format!("{incident} checklist")).await)
        }
        _ if is(id, action::ITEM_DONE) => {
            let Some((role, duty, owner)) = item else { return Ok(Answer::say(message::NOT_UNDERSTOOD)) };
            let ask = Command::Duty(Ask::TickOff { role, duty, owner: Some(owner), why: None });
            let done = request(door, spoken, Some(incident), ask).await?;
            // The list that was pressed on is old now.
            Ok(Answer::Instead(render::checklist(door.view_of(&done.incident), &done.incident, spoken.me)))
        }
        _ => {
            door.counters.not_understood.up();
            Ok(Answer::say(message::NOT_UNDERSTOOD))
        }
    }
}

/// A duty, as its button names it: role, duty, owner.
fn item(text: &str) -> Option<(RoleId, DutyId, UserId)> {
    let mut words = text.split(' ');
    Some((words.next()?.into(), words.next()?.into(), words.next()?.into()))
}

/// A role that does not go with another of the same person: the form asks why. Anything else stays refused.
pub async fn ask_why(
    door: &Door,
    spoken: &Spoken<'_>,
    incident: IncidentId,
    refusal: Refusal,
) -> Result<Answer, Refusal> {
    let Refusal::Rejected { why: Rejection::Duty(No::NeedsReason { role, to, with }), .. } = &refusal else {
        return Err(refusal);
    };
    let it = existing(door, spoken.me, incident).await?;
    let view = because_form(door.view_of(&it), &it, role, to, with);
    Ok(opened(door, spoken, &view, &format!("{incident} role {role} because <why>")).await)
}

/// What a form asks for; `None` for one that we did not make.
pub fn read(callback: &str, memory: &FormMemory, values: Values<'_>) -> Option<Read> {
    let about = |n: usize| memory.about.get(n).cloned();
    let task = || about(0)?.parse::<u32>().ok();
    Some(match callback {
        form::BECAUSE => {
            let (role, to) = (Some(RoleId(about(0)?)), UserId(about(1)?));
            Ok((field::WHY, Command::AssignRole { role, to, why: values.text(field::WHY) }))
        }
        form::TICK => {
            let (role, duty, owner) = (RoleId(about(0)?), DutyId(about(1)?), Some(UserId(about(2)?)));
            Ok((field::WHY, Command::Duty(Ask::TickOff { role, duty, owner, why: values.text(field::WHY) })))
        }
        form::GIVE_TASK => {
            let task = task()?;
            let to = values.user(field::PERSON).ok_or_else(|| missing(field::PERSON, "Choose a person."));
            to.map(|to| (field::PERSON, Command::Duty(Ask::GiveTask { task, to })))
        }
        form::LATER => later(task()?, values),
        _ => return None,
    })
}

fn later(task: u32, values: Values<'_>) -> Read {
    let due = match (values.chosen(field::NEXT), values.moment(field::NEXT_AT)) {
        (Some(option::AT) | None, Some(at)) => When::At(at),
        (Some(option::AT), None) => return Err(missing(field::NEXT_AT, "Choose when.")),
        (None, None) => return Err(missing(field::NEXT, "Choose by when.")),
        (Some(minutes), _) => match minutes.parse() {
            Ok(minutes) => When::In(minutes),
            Err(_) => return Err(missing(field::NEXT, "Choose by when.")),
        },
    };
    Ok((field::NEXT, Command::Duty(Ask::PostponeTask { task, due })))
}
