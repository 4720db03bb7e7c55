//! Reasons, and what becomes of a task.

use serde_json::Value;

use super::{
    fields::{moment, optional_select, person},
    modal,
    small::reason,
};
use crate::{
    ids::UserId,
    incident::Incident,
    playbook::{DutyId, RoleId},
    render::{
        View,
        ids::{FormMemory, field, form, value},
        limits::{choice, section},
        line::{person as mention, role_label},
    },
};

/// Why someone gets a role that does not go with another of theirs.
pub fn because_form(w: View<'_>, it: &Incident, role: &RoleId, to: &UserId, with: &[RoleId]) -> Value {
    let with: Vec<String> = with.iter().map(|r| format!("*{}*", role_label(w, r))).collect();
    let words = format!(
        "{} holds {}. On a major incident that should not go with *{}*: the one who leads should not also type the fix.",
        mention(to),
        with.join(", "),
        role_label(w, role)
    );
    let memory = FormMemory::of(it.id).about([role.to_string(), to.to_string()]);
    let content = [section(&words), reason("Why is that needed now?", false)];
    modal(form::BECAUSE, "One person, two roles", "Take it", &memory, &content)
}

/// Why a duty is done although the record does not show it.
pub fn tick_form(w: View<'_>, it: &Incident, role: &RoleId, duty: &DutyId, owner: &str) -> Value {
    let def = w.playbook.role(role.as_str()).and_then(|r| r.checklist.iter().find(|d| d.id == *duty));
    let text = crate::render::escape::escape(def.map_or(duty.as_str(), |d| d.text.as_str()));
    let memory = FormMemory::of(it.id).about([role.to_string(), duty.to_string(), owner.to_owned()]);
    let words = format!("“{text}” ticks itself once the timeline shows it.");
    let content = [section(&words), reason("Why is it done anyway?", false)];
    modal(form::TICK, &format!("Tick in {}", it.id), "Done", &memory, &content)
}

/// To whom a task goes.
pub fn give_task_form(it: &Incident, task: u32) -> Value {
    let memory = FormMemory::of(it.id).about([task.to_string()]);
    modal(form::GIVE_TASK, &format!("Task {task}"), "Give", &memory, &[person(field::PERSON, "Who does it?", None)])
}

/// By when a task is due instead.
pub fn later_form(it: &Incident, task: u32) -> Value {
    let memory = FormMemory::of(it.id).about([task.to_string()]);
    let mut options: Vec<_> =
        [("15 minutes", "15"), ("30 minutes", "30"), ("1 hour", "60"), ("2 hours", "120"), ("4 hours", "240")]
            .map(|(label, minutes)| choice(&format!("In {label}"), minutes))
            .into();
    options.push(choice("At the time below", value::AT));
    let content = [
        optional_select(field::NEXT, "Due", options, "From now on."),
        moment(field::NEXT_AT, "When exactly", "Only for “At the time below”."),
    ];
    modal(form::LATER, &format!("Task {task}"), "Move", &memory, &content)
}
