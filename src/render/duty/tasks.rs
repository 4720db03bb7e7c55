//! Tasks, each with an owner and a time.

use std::collections::BTreeMap;

use slack_morphism::prelude::*;

use crate::{
    ids::UserId,
    incident::{Incident, Text, duty::Task},
    render::{
        Message,
        escape::escape,
        ids::{ButtonValue, action},
        limits::{Look, SECTION, actions, button, context, cut, header, rows, section},
        line::{person, words},
        when::date,
    },
};

/// The words of tasks, by the events that made them.
pub type TaskWords = BTreeMap<u64, Text>;

/// What the longest text of a task takes in a list.
const SHORT: usize = 300;
/// How many tasks one message shows, each with its buttons.
const TASKS: usize = 15;

/// The open tasks, for somebody who comes in fresh.
pub(in crate::render) fn open_tasks(it: &Incident, tasks: &TaskWords) -> Option<String> {
    let lines: Vec<String> = it.duty.tasks.iter().map(|t| format!("• {}", task_line(t, tasks))).collect();
    (!lines.is_empty()).then(|| format!("*Open tasks*\n{}", rows(&lines, 1200)))
}

fn task_line(task: &Task, texts: &TaskWords) -> String {
    let text = texts.get(&task.seq).map_or_else(String::new, |text| format!(": {}", cut(&words(text), SHORT)));
    format!("*Task {}* · {} · due {}{text}", task.number, person(&task.owner), date(task.due))
}

/// What is left when an incident is closed.
pub(in crate::render) fn left_over(it: &Incident) -> String {
    match it.duty.tasks.len() {
        0 => String::new(),
        1 => " One task is still open; make it a follow-up, so that it is not lost.".into(),
        n => format!(" {n} tasks are still open; make them follow-ups, so that they are not lost."),
    }
}

/// A task that somebody is reminded of; nothing where it is not theirs any more.
pub(in crate::render) fn task_due(
    it: &Incident,
    number: u32,
    to: &UserId,
    texts: Option<&TaskWords>,
) -> Option<String> {
    let task = it.duty.task(number)?;
    let none = TaskWords::new();
    let line = task_line(task, texts.unwrap_or(&none));
    if task.owner == *to { Some(line) } else { task.late_told.then(|| format!("late: {line}")) }
}

pub(in crate::render) fn finish_task(it: &Incident, task: u32) -> SlackActionBlockElement {
    let id = format!("{}.{}.{task}", action::TASK_DONE, it.id);
    button(&id, &format!("Done: task {task}"), &ButtonValue::of(it.id).number(task), Look::Usual)
}

/// The open tasks, each with its buttons.
pub fn tasks(it: &Incident, texts: &TaskWords) -> Message {
    let mut blocks = vec![header(&format!("Tasks of {}", it.id))];
    let mut text = Vec::new();
    for task in &it.duty.tasks {
        let line = task_line(task, texts);
        if text.len() < TASKS {
            blocks.extend([section(&line), actions(task_buttons(it, task))]);
        }
        text.push(line);
    }
    if text.len() > TASKS {
        blocks.push(context(&format!("… and {} more; finish some to see them.", text.len() - TASKS)));
    }
    if text.is_empty() {
        text.push(format!(
            "No task is open, {} done. `/incident {} task <text> @person by 15:00` makes one.",
            it.duty.tasks_done, it.id
        ));
        blocks.push(section(&text[0]));
    } else if it.duty.tasks_done > 0 {
        blocks.push(context(&format!("{} done.", it.duty.tasks_done)));
    }
    Message::new(format!("Tasks of {}\n{}", it.id, rows(&text, SECTION)), blocks)
}

fn task_buttons(it: &Incident, task: &Task) -> Vec<SlackActionBlockElement> {
    let value = ButtonValue::of(it.id).number(task.number);
    let id = |action: &str| format!("{action}.{}", task.number);
    vec![
        button(&id(action::TASK_DONE), "Done", &value, Look::Primary),
        button(&id(action::TASK_GIVE), "Give to …", &value, Look::Usual),
        button(&id(action::TASK_LATER), "Later …", &value, Look::Usual),
    ]
}

/// A task, for the one who has it; once it is not theirs any more, that it is not.
pub fn task(it: &Incident, number: u32, to: &UserId, text: &Text) -> Message {
    let name = format!("*{} {}*", it.id, escape(it.title()));
    let said = cut(&words(text), SHORT);
    match it.duty.task(number).filter(|_| it.is_open()) {
        Some(task) if task.owner == *to => {
            let line = format!(":clipboard: {name}\nTask {number} is yours, due {}: {said}", date(task.due));
            Message::new(line.clone(), vec![section(&line), actions(task_buttons(it, task))])
        }
        Some(task) => Message::plain(format!("{name}\nTask {number} is {}'s now: {said}", person(&task.owner))),
        None if it.duty.tasks_dropped.contains(&number) => {
            Message::plain(format!("{name}\nTask {number} ended with its phase; nobody had marked it done: {said}"))
        }
        None if it.is_open() => Message::plain(format!("{name}\n:white_check_mark: Task {number} is done: {said}")),
        None => Message::plain(format!("{name}\nThis incident is over. Task {number}: {said}")),
    }
}
