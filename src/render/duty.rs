//! Who does what, in words: asking for roles, checklists, tasks.

use std::collections::BTreeMap;

use slack_morphism::prelude::*;

use super::{
    Message, View,
    card::holder,
    escape::escape,
    ids::{ButtonValue, action},
    limits::{Look, SECTION, actions, button, context, cut, header, plain_button, rows, section, section_with},
    line::{person, role_label, targets, words},
    when::date,
};
use crate::{
    ids::UserId,
    incident::{
        Actor, Event, Incident, Offer, Text,
        duty::{Fact, Item, List, No, NotHere, Rung, Standing, Task},
    },
    paging::Target,
    playbook::{Contact, DutyId, Role, RoleId},
};

/// The words of tasks, by the events that made them.
pub type TaskWords = BTreeMap<u64, Text>;

/// What the longest text of a task takes in a list.
const SHORT: usize = 300;
/// How many tasks one message shows, each with its buttons.
const TASKS: usize = 15;
/// How many duties one message shows, each with its button.
const ITEMS: usize = 40;

fn people(people: &[UserId]) -> String {
    targets(&people.iter().cloned().map(Target::Person).collect::<Vec<_>>())
}

/// ` as the backup`.
pub(super) const fn as_whom(rung: Rung) -> &'static str {
    match rung {
        Rung::Given | Rung::Main => "",
        Rung::Backup => ", because nobody has answered yet and you are the backup",
        Rung::Sponsor => ", because nobody has answered and you are the executive sponsor",
    }
}

/// What happened, in a sentence.
pub(super) fn sentence(w: View<'_>, it: &Incident, event: &Event, fact: &Fact, by: &str) -> String {
    match fact {
        Fact::Required { roles } => {
            let roles: Vec<String> = roles.iter().map(|r| format!("*{}*", role_label(w, r))).collect();
            format!("This incident must have {}.", roles.join(", "))
        }
        Fact::Asked { role, rung, people, groups, silent, .. } => asked(w, role, *rung, people, groups, silent),
        Fact::GroupFound { role, group, people: found } => {
            let (group, role) = (Target::Group(group.clone()), role_label(w, role));
            if found.is_empty() {
                format!(":warning: There is nobody else in {group} to ask to take *{role}*.")
            } else {
                format!("{} of {group} are asked to take *{role}*.", people(found))
            }
        }
        Fact::CannotAsk { role, contact } => by_hand(w, it, role, contact),
        Fact::Unreached { role, to, why, .. } => {
            format!(":warning: {} could not be asked to take *{}* ({}).", person(to), role_label(w, role), escape(why))
        }
        Fact::Given { role, to, .. } => {
            format!("{} is asked to say that they have *{}*.", person(to), role_label(w, role))
        }
        Fact::Withdrawn { role, people: asked } => {
            let role = role_label(w, role);
            if asked.is_empty() {
                format!("*{role}* is not needed any more: incidents of this kind do not have it.")
            } else {
                format!("{} need not take *{role}* any more: incidents of this kind do not have it.", people(asked))
            }
        }
        Fact::WaitsUntil { role, at } => {
            format!("*{}*: waiting for an answer until {}.", role_label(w, role), date(*at))
        }
        Fact::Aloud { role, silent } => {
            let asked = if silent.is_empty() { String::new() } else { format!(" No answer from {}.", people(silent)) };
            format!(
                ":rotating_light: *Nobody has taken {}.*{asked} Who takes it? Press Take on the card, or type \
                 `/incident {} role {role}`.",
                role_label(w, role),
                it.id
            )
        }
        Fact::DutiesTaken { role, owner, .. } => {
            format!("{} has the checklist of *{}*.", person(owner), role_label(w, role))
        }
        Fact::ItemDone { role, owner, duty, why } => {
            let whose = format!("{} of {}", role_label(w, role), person(owner));
            let why = why.as_ref().map(|why| format!(" — {}", words(why))).unwrap_or_default();
            format!(":ballot_box_with_check: {by} ticked “{}” ({whose}){why}", escape(&duty_text(w, role, duty)))
        }
        Fact::ItemReminded { role, owner, duty, .. } => {
            format!("{} was reminded: {}", person(owner), escape(&duty_text(w, role, duty)))
        }
        Fact::TaskAdded { task, text, owner, due, .. } => {
            format!(":clipboard: Task {task} for {}, due {}: {}", person(owner), date(*due), words(text))
        }
        Fact::TaskGiven { task, from, to } => {
            format!(":clipboard: {by} gave task {task} from {} to {}.", person(from), person(to))
        }
        Fact::TaskPostponed { task, due } => format!(":clipboard: {by} moved task {task}: due {}.", date(*due)),
        // Whose phase is over, whoever did it: that nobody did it may not be hidden.
        Fact::TaskDone { task } if event.by == Actor::Bot => {
            format!(":white_check_mark: Task {task} is over with its phase.")
        }
        Fact::TaskDone { task } => format!(":white_check_mark: {by} finished task {task}."),
        Fact::TaskReminded { task, whom, late: false, .. } => {
            format!("{} was reminded of task {task}.", person(whom))
        }
        Fact::TaskReminded { task, whom, late: true, .. } => {
            format!(":hourglass: Task {task} is late; {} was told.", person(whom))
        }
    }
}

fn asked(
    w: View<'_>,
    role: &RoleId,
    rung: Rung,
    people_asked: &[UserId],
    groups: &[crate::ids::GroupId],
    silent: &[UserId],
) -> String {
    let whom = people_asked.iter().cloned().map(Target::Person).chain(groups.iter().cloned().map(Target::Group));
    let whom = targets(&whom.collect::<Vec<_>>());
    let role = role_label(w, role);
    let since = if silent.is_empty() { String::new() } else { format!("No answer yet from {}; ", people(silent)) };
    match rung {
        Rung::Given | Rung::Main => format!(":bell: {since}{whom}: please take *{role}*."),
        Rung::Backup => format!(":arrow_double_up: {since}asking the backup for *{role}*: {whom}."),
        Rung::Sponsor => format!(":arrow_double_up: {since}asking the executive sponsor for *{role}*: {whom}."),
    }
}

/// A contact whom only people can reach.
fn by_hand(w: View<'_>, it: &Incident, role: &RoleId, contact: &Contact) -> String {
    let label = role_label(w, role);
    let then = format!("When someone has agreed, type `/incident {} role {role} @person`.", it.id);
    match contact {
        Contact::External(id) => match w.playbook.contacts.iter().find(|c| c.id == *id) {
            Some(c) => {
                let of =
                    if c.organisation.is_empty() { String::new() } else { format!(" ({})", escape(&c.organisation)) };
                let ways = [("call", &c.phone), ("write to", &c.email)];
                let ways: Vec<String> = ways
                    .iter()
                    .filter(|(_, at)| !at.is_empty())
                    .map(|(way, at)| format!("{way} {}", escape(at)))
                    .collect();
                let ways =
                    if ways.is_empty() { "the playbook has no phone number".to_owned() } else { ways.join(" or ") };
                format!(":telephone_receiver: *{label}*: {}{of} is not in Slack; {ways}. {then}", escape(&c.name))
            }
            None => format!(
                ":warning: *{label}*: the playbook names the contact `{}`, but does not list it. {then}",
                escape(id)
            ),
        },
        Contact::OnCall(schedule) => format!(
            ":warning: *{label}*: I cannot look up who is on call in `{}`: on-call schedules are not available yet. {then}",
            escape(schedule)
        ),
        Contact::User(user) => format!(":warning: *{label}*: {} cannot be asked. {then}", person(user)),
        Contact::Group(group) => {
            format!(":warning: *{label}*: {} cannot be asked. {then}", Target::Group(group.clone()))
        }
    }
}

/// Why nothing was changed, and what to do next.
pub(super) fn refusal(w: View<'_>, it: Option<&Incident>, no: &No) -> String {
    let id = it.map_or_else(|| "INC-1".to_owned(), |it| it.id.to_string());
    match no {
        No::NotHere { role, why, could } => {
            let could: Vec<String> = could.iter().map(|r| format!("`{r}`")).collect();
            let why = match why {
                NotHere::DrillsOnly => "exists in drills only, and this is a real incident",
                NotHere::OtherKind => "is not a role of this kind of incident",
                NotHere::Outside => "is for people outside the company, who are not in Slack",
            };
            format!(
                "*{}* {why}. Roles that can be held here: {}. Nothing was changed.",
                role_label(w, role),
                cut(&could.join(", "), 1500)
            )
        }
        No::NeedsReason { role, to, with } => {
            let with: Vec<String> = with.iter().map(|r| format!("*{}*", role_label(w, r))).collect();
            format!(
                "{} holds {}, and on a major incident should not also take *{}*: the one who leads should not also type the fix. If it is \
                 needed, say why: `/incident {id} role {role} {} because …`. Nothing was changed.",
                person(to),
                with.join(", "),
                role_label(w, role),
                person(to)
            )
        }
        No::WhoseRole { role, holders } => format!(
            "*{}* is held by {}. Say whose: `/incident {id} unassign {role} @person`.",
            role_label(w, role),
            people(holders)
        ),
        No::NoSuchDuty => {
            format!("This is not on any checklist any more. `/incident {id} checklist` shows what is.")
        }
        No::TickNeedsReason { role, duty } => format!(
            "“{}” is ticked automatically once the timeline shows it. To tick it by hand, say why. Nothing was changed.",
            escape(&duty_text(w, role, duty))
        ),
        No::NoSuchTask(task) => {
            format!("There is no open task {task}. `/incident {id} tasks` shows those that are open.")
        }
        No::TaskPast => "That time has passed. Give a later one, for example `by 15:00` or `in 20m`.".into(),
        No::NotInside(who) => format!(
            "{} has no access to {id}, so they cannot get a task in it. First give access: `/incident {id} access add @name &lt;why&gt;`.",
            person(who)
        ),
        No::TaskNeedsTime => "A task needs a time, for example `by 15:00` or `in 20m`.".into(),
    }
}

/// A duty's words in the playbook.
fn duty_text(w: View<'_>, role: &RoleId, duty: &DutyId) -> String {
    let def = w.playbook.role(role.as_str()).and_then(|r| r.checklist.iter().find(|d| d.id == *duty));
    def.map_or_else(|| duty.to_string(), |d| d.text.clone())
}

/// Where a duty stands.
fn standing(w: View<'_>, it: &Incident, role: &RoleId, item: &Item) -> String {
    match item.standing(role, it, w.now) {
        Standing::Done { at } => format!("done {}", date(at)),
        Standing::Again { at, next } => format!("done {}, again {}", date(at), date(next)),
        Standing::Open { due: None } => "open".into(),
        Standing::Open { due: Some(due) } if due < w.now => format!("*late: due {}*", date(due)),
        Standing::Open { due: Some(due) } => format!("due {}", date(due)),
    }
}

/// The duties of a role for whoever takes it: what is left, as it stands, once somebody had it.
pub(super) fn checklist_of(w: View<'_>, it: &Incident, def: &Role, offer: Option<&Offer>) -> Vec<String> {
    let from = offer.and_then(|o| o.from.as_ref()).or(it.holder(&def.id));
    let list = from.and_then(|from| it.duty.list(&def.id, from));
    let mut lines = Vec::new();
    for duty in &def.checklist {
        let item = list.and_then(|l| l.items.iter().find(|i| i.duty == duty.id));
        let done = item.is_some_and(|i| matches!(i.standing(&def.id, it, w.now), Standing::Done { .. }));
        let state = item.map(|i| format!(" · {}", standing(w, it, &def.id, i))).unwrap_or_default();
        let text = escape(&duty.text);
        lines.push(if done { format!("• ~{text}~{state}") } else { format!("• {text}{state}") });
    }
    lines
}

/// The open tasks, for somebody who comes in fresh.
pub(super) fn open_tasks(it: &Incident, tasks: &TaskWords) -> Option<String> {
    let lines: Vec<String> = it.duty.tasks.iter().map(|t| format!("• {}", task_line(t, tasks))).collect();
    (!lines.is_empty()).then(|| format!("*Open tasks*\n{}", rows(&lines, 1200)))
}

fn task_line(task: &Task, texts: &TaskWords) -> String {
    let text = texts.get(&task.seq).map_or_else(String::new, |text| format!(": {}", cut(&words(text), SHORT)));
    format!("*Task {}* · {} · due {}{text}", task.number, person(&task.owner), date(task.due))
}

/// What is left when an incident is closed.
pub(super) fn left_over(it: &Incident) -> String {
    match it.duty.tasks.len() {
        0 => String::new(),
        1 => " One task is still open; make it a follow-up, so that it is not lost.".into(),
        n => format!(" {n} tasks are still open; make them follow-ups, so that they are not lost."),
    }
}

/// A duty that its owner is reminded of; nothing where it was done meanwhile.
pub(super) fn item_due(w: View<'_>, it: &Incident, role: &RoleId, owner: &UserId, duty: &DutyId) -> Option<String> {
    let item = it.duty.list(role, owner)?.items.iter().find(|i| i.duty == *duty)?;
    match item.standing(role, it, w.now) {
        Standing::Open { .. } => Some(format!(
            "{} ({}) · {}",
            escape(&duty_text(w, role, duty)),
            role_label(w, role),
            standing(w, it, role, item)
        )),
        Standing::Done { .. } | Standing::Again { .. } => None,
    }
}

/// A task that somebody is reminded of; nothing where it is not theirs any more.
pub(super) fn task_due(it: &Incident, number: u32, to: &UserId, texts: Option<&TaskWords>) -> Option<String> {
    let task = it.duty.task(number)?;
    let none = TaskWords::new();
    let line = task_line(task, texts.unwrap_or(&none));
    if task.owner == *to { Some(line) } else { task.late_told.then(|| format!("late: {line}")) }
}

pub(super) fn show_checklist(it: &Incident) -> SlackActionBlockElement {
    let value = ButtonValue::of(it.id).extra(format!("{} checklist", it.id));
    button(&format!("{}.checklist.{}", action::RUN, it.id), &format!("Checklist of {}", it.id), &value, Look::Usual)
}

pub(super) fn finish_task(it: &Incident, task: u32) -> SlackActionBlockElement {
    let id = format!("{}.{}.{task}", action::TASK_DONE, it.id);
    button(&id, &format!("Done: task {task}"), &ButtonValue::of(it.id).number(task), Look::Usual)
}

/// One's own duties, then everyone's, each with a button.
pub fn checklist(w: View<'_>, it: &Incident, me: &UserId) -> Message {
    let (mine, others): (Vec<&List>, Vec<&List>) =
        it.duty.lists.iter().filter(|l| l.owner.is_some()).partition(|l| l.owner.as_ref() == Some(me));
    let mut blocks = vec![header(&format!("Checklist of {}", it.id))];
    let (mut text, mut room, mut left_out) = (Vec::new(), ITEMS, 0);
    for (heading, lists) in [("Yours", mine), ("Everyone else's", others)] {
        let items = lists.iter().flat_map(|l| l.items.iter().map(move |i| (*l, i)));
        let (done, open): (Vec<_>, Vec<_>) =
            items.partition(|(l, i)| matches!(i.standing(&l.role, it, w.now), Standing::Done { .. }));
        if done.is_empty() && open.is_empty() {
            continue;
        }
        text.push(format!("*{heading}*"));
        blocks.push(section(&format!("*{heading}*")));
        for (list, item) in open {
            let line = item_line(w, it, list, item);
            if room == 0 {
                left_out += 1;
                continue;
            }
            room -= 1;
            blocks.push(section_with(&line, done_button(it, list, item)));
            text.push(line);
        }
        if !done.is_empty() {
            let lines: Vec<String> =
                done.iter().map(|(l, i)| format!(":ballot_box_with_check: {}", item_line(w, it, l, i))).collect();
            blocks.push(context(&rows(&lines, 1000)));
            text.extend(lines);
        }
    }
    if text.is_empty() {
        text.push("Nobody has a role with a checklist yet.".into());
        blocks.push(section(&text[0]));
    }
    if left_out > 0 {
        blocks.push(context(&format!("… and {left_out} more")));
    }
    Message::new(format!("Checklist of {}\n{}", it.id, rows(&text, SECTION)), blocks)
}

fn item_line(w: View<'_>, it: &Incident, list: &List, item: &Item) -> String {
    let whose = list.owner.as_ref().map(person).unwrap_or_default();
    let by_record = if item.check.is_some() { " · ticked automatically" } else { "" };
    let text = escape(&duty_text(w, &list.role, &item.duty));
    format!("{text}\n_{}_ · {whose} · {}{by_record}", role_label(w, &list.role), standing(w, it, &list.role, item))
}

fn done_button(it: &Incident, list: &List, item: &Item) -> SlackBlockButtonElement {
    let owner = list.owner.as_ref().map(ToString::to_string).unwrap_or_default();
    let value = ButtonValue::of(it.id).extra(format!("{} {} {owner}", list.role, item.duty));
    let action = if item.check.is_some() { action::ITEM_WHY } else { action::ITEM_DONE };
    let label = if item.check.is_some() { "Done …" } else { "Done" };
    plain_button(&format!("{action}.{}.{}.{owner}", list.role, item.duty), label, &value, Look::Usual)
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
        None if it.is_open() => Message::plain(format!("{name}\n:white_check_mark: Task {number} is done: {said}")),
        None => Message::plain(format!("{name}\nThis incident is over. Task {number}: {said}")),
    }
}

/// Who does what: every role that can be held here.
pub fn roles(w: View<'_>, it: &Incident) -> Message {
    let here = w.playbook.roles.iter().filter(|r| r.can_be_held(it.id, &it.kind));
    let in_use = |r: &&Role| !r.optional || it.answers_for(&r.id).is_some() || it.duty.asking(&r.id).is_some();
    let (shown, quiet): (Vec<&Role>, Vec<&Role>) = here.partition(in_use);
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
