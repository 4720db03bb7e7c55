//! Who does what, in words: asking for roles, checklists, tasks.

mod checklist;
mod no;
mod said;
mod tasks;

use super::{
    Message, View,
    card::holder,
    escape::escape,
    ids::{ButtonValue, action},
    limits::{Look, SECTION, actions, button, context, cut, header, rows, section},
    line::targets,
};
use crate::{
    ids::UserId,
    incident::{Incident, duty::Rung},
    paging::Target,
    playbook::Role,
};

pub use checklist::checklist;
pub(super) use checklist::{checklist_of, item_due, show_checklist};
pub(super) use no::refusal;
pub(super) use said::{by_hand, numbers, sentence};
pub use tasks::{TaskWords, task, tasks};
pub(super) use tasks::{finish_task, left_over, open_tasks, task_due};

fn people(people: &[UserId]) -> String {
    targets(&people.iter().cloned().map(Target::Person).collect::<Vec<_>>())
}

/// ` as the backup`.
pub(super) const fn as_whom(rung: Rung) -> &'static str {
    match rung {
        Rung::Given | Rung::Main => "",
        Rung::Backup => ", because nobody has answered yet and you are the backup",
        Rung::Group => ", because nobody has answered yet and you are in the group behind this role",
        Rung::Sponsor => ", because nobody has answered and you are the executive sponsor",
    }
}

/// Who does what: every role that can be held here, whoever leads first.
pub fn roles(w: View<'_>, it: &Incident) -> Message {
    let here = w.playbook.roles.iter().filter(|r| it.has_role(r));
    let in_use = |r: &&Role| !r.optional || it.answers_for(&r.id).is_some() || it.duty.asking(&r.id).is_some();
    let (mut shown, quiet): (Vec<&Role>, Vec<&Role>) = here.partition(in_use);
    shown.sort_by_key(|role| role.id != it.lead_role);
    let line = |r: &Role| format!("*{}* (`{}`): {}", escape(&r.label), r.id, holder(it, &r.id));
    let lines: Vec<String> = shown.into_iter().map(line).collect();
    let names: Vec<String> = quiet.iter().map(|r| format!("`{}`", r.id)).collect();
    let mut blocks = vec![header(&format!("Roles of {}", it.id)), section(&rows(&lines, SECTION))];
    if !names.is_empty() {
        blocks.push(context(&format!("If needed: {}", cut(&names.join(", "), 1000))));
    }
    let value = ButtonValue::of(it.id);
    if it.is_open() {
        blocks.push(actions(vec![button(action::ROLES, "Assign roles", &value, Look::Usual)]));
    }
    Message::new(format!("Roles of {}\n{}", it.id, rows(&lines, SECTION)), blocks)
}
