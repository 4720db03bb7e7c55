//! What happened, and who is asked.

use super::{checklist::duty_text, people};
use crate::{
    ids::UserId,
    incident::{
        Actor, Event, Incident,
        duty::{Clash, Fact, Rung, Several},
    },
    paging::Target,
    playbook::{Contact, OutsideContact, RoleId},
    render::{
        View,
        escape::escape,
        line::{person, phase_label, role_label, targets, words},
        when::date,
    },
};

/// What happened, in a sentence.
pub(in crate::render) fn sentence(w: View<'_>, it: &Incident, event: &Event, fact: &Fact, by: &str) -> String {
    match fact {
        Fact::Required { roles } => {
            let roles: Vec<String> = roles.iter().map(|r| format!("*{}*", role_label(w, r))).collect();
            format!("This incident must have {}.", roles.join(", "))
        }
        Fact::Asked { role, rung, people, groups, silent, .. } => asked(w, role, *rung, people, groups, silent),
        Fact::GroupFound { role, group, failed: Some(why), .. } => {
            let (of, role) = (targets(&[group.clone().into()]), role_label(w, role));
            let why = escape(why);
            format!(
                ":warning: Who is in {of} could not be asked ({why}), so that nobody of it is asked to take *{role}*."
            )
        }
        Fact::GroupFound { role, group, people, failed: None } => found(&role_label(w, role), group, people),
        Fact::CannotAsk { role, contact } => by_hand(w, role, contact, &taken(it, role)),
        Fact::Unreached { role, to, why, .. } => {
            let numbers = numbers(w, std::slice::from_ref(to));
            let (who, role) = (person(to), role_label(w, role));
            format!(":warning: {who} could not be asked to take *{role}* ({}).{numbers}", escape(why))
        }
        Fact::Given { role, to, .. } => {
            format!("{} is asked to say that they have *{}*.", person(to), role_label(w, role))
        }
        Fact::Withdrawn { role, people } => withdrawn(&role_label(w, role), people),
        Fact::WaitsUntil { role, at } => {
            format!("*{}*: waiting for an answer until {}.", role_label(w, role), date(*at))
        }
        Fact::Aloud { role, silent } => {
            let asked = if silent.is_empty() { String::new() } else { format!(" No answer from {}.", people(silent)) };
            format!(
                ":rotating_light: *Nobody has taken {}.*{asked} Who takes it? Press Take on the card, or type \
                 `/incident {} role {role}`.{}",
                role_label(w, role),
                it.id,
                numbers(w, silent)
            )
        }
        Fact::Clashing { held } => clashing(w, it, held),
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
        Fact::TaskDone { task } => match event.by {
            // So it was written of tasks whose phase was over: that nobody did them may not be hidden.
            Actor::Bot => format!("Task {task} is over with its phase."),
            Actor::Person(_) | Actor::Timer { .. } => format!(":white_check_mark: {by} finished task {task}."),
        },
        Fact::TasksDropped { tasks, phase } => dropped(tasks, &phase_label(w, &it.kind, phase)),
        Fact::TaskReminded { task, whom, late: false, .. } => format!("{} was reminded of task {task}.", person(whom)),
        Fact::TaskReminded { task, whom, late: true, .. } => {
            format!(":hourglass: Task {task} is late; {} was told.", person(whom))
        }
    }
}

/// Roles that do not go together, and what to do about it.
fn clashing(w: View<'_>, it: &Incident, held: &[Clash]) -> String {
    let lines = held.iter().map(|clash| {
        let roles: Vec<String> = clash.roles.iter().map(|role| format!("*{}*", role_label(w, role))).collect();
        format!("{} has {}", person(&clash.who), roles.join(" and "))
    });
    let id = it.id;
    format!(
        ":warning: On a major incident one person should not have both: {}. Hand one over: `/incident {id} role &lt;role&gt; \
         @person`. If it must stay so, say why: `/incident {id} decision &lt;why&gt;`.",
        lines.collect::<Vec<_>>().join("; ")
    )
}

/// Who in a group is asked.
fn found(role: &str, group: &Several, found: &[UserId]) -> String {
    let of = targets(&[group.clone().into()]);
    match (group, found.is_empty()) {
        (Several::Group(_), true) => format!(":warning: There is nobody else in {of} to ask to take *{role}*."),
        (Several::OnCall(id), true) => {
            format!(":warning: Nobody else is on call for {} who could take *{role}*.", escape(id.as_str()))
        }
        (Several::Group(_), false) => format!("{} of {of} are asked to take *{role}*.", people(found)),
        (Several::OnCall(id), false) => {
            format!("{} of {} is asked to take *{role}*.", people(found), escape(id.as_str()))
        }
    }
}

/// A role that nobody needs to take any more.
fn withdrawn(role: &str, asked: &[UserId]) -> String {
    if asked.is_empty() {
        format!("*{role}* is not needed any more: incidents of this kind do not have it.")
    } else {
        format!("{} need not take *{role}* any more: incidents of this kind do not have it.", people(asked))
    }
}

/// Tasks that ended undone.
fn dropped(tasks: &[u32], phase: &str) -> String {
    match tasks {
        [task] => format!("Task {task} ends with {phase}; nobody had marked it done."),
        tasks => format!(
            "Tasks {} end with {phase}; nobody had marked them done.",
            tasks.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
        ),
    }
}

fn asked(
    w: View<'_>,
    role: &RoleId,
    rung: Rung,
    people_asked: &[UserId],
    groups: &[Several],
    silent: &[UserId],
) -> String {
    let whom = people_asked.iter().cloned().map(Target::Person).chain(groups.iter().cloned().map(Target::from));
    let whom = targets(&whom.collect::<Vec<_>>());
    let role = role_label(w, role);
    let since = if silent.is_empty() { String::new() } else { format!("No answer yet from {}; ", people(silent)) };
    match rung {
        Rung::Given | Rung::Main => format!(":bell: {since}{whom}: please take *{role}*."),
        Rung::Backup => format!(":arrow_double_up: {since}asking the backup for *{role}*: {whom}."),
        Rung::Group => format!(":arrow_double_up: {since}asking the group behind *{role}*: {whom}."),
        Rung::Sponsor => format!(":arrow_double_up: {since}asking the executive sponsor for *{role}*: {whom}."),
    }
}

fn taken(it: &Incident, role: &RoleId) -> String {
    format!("When someone has agreed, type `/incident {} role {role} @person`.", it.id)
}

/// How to call those of these whom the playbook has a number or an address for; with a space before it, nothing where it has none.
pub(in crate::render) fn numbers(w: View<'_>, people: &[UserId]) -> String {
    let known = |who: &UserId| w.playbook.contacts.iter().find(|c| c.user.as_ref() == Some(who)).and_then(ways);
    let each: Vec<String> = people.iter().filter_map(|who| Some(format!("{}: {}", person(who), known(who)?))).collect();
    if each.is_empty() { String::new() } else { format!(" :telephone_receiver: {}.", each.join("; ")) }
}

/// `call +49 30 1234567 or write to press@example.com`.
fn ways(contact: &OutsideContact) -> Option<String> {
    let ways = [("call", &contact.phone), ("write to", &contact.email)];
    let ways: Vec<String> =
        ways.iter().filter(|(_, at)| !at.is_empty()).map(|(way, at)| format!("{way} {}", escape(at))).collect();
    (!ways.is_empty()).then(|| ways.join(" or "))
}

/// A contact whom only people can reach, and what to do `then`.
pub(in crate::render) fn by_hand(w: View<'_>, role: &RoleId, contact: &Contact, then: &str) -> String {
    let label = role_label(w, role);
    match contact {
        Contact::External(id) => match w.playbook.contacts.iter().find(|c| c.id == *id) {
            Some(c) => {
                let of =
                    if c.organisation.is_empty() { String::new() } else { format!(" ({})", escape(&c.organisation)) };
                let ways = ways(c).unwrap_or_else(|| "the playbook has no phone number".to_owned());
                format!(":telephone_receiver: *{label}*: {}{of} is not in Slack; {ways}. {then}", escape(&c.name))
            }
            None => format!(
                ":warning: *{label}*: the playbook names the contact `{}`, but does not list it. {then}",
                escape(id)
            ),
        },
        Contact::OnCall(schedule) => format!(
            ":warning: *{label}*: there is no on-call schedule `{}` in watchroom.toml. {then}",
            escape(schedule)
        ),
        Contact::User(user) => format!(":warning: *{label}*: {} cannot be asked. {then}", person(user)),
        Contact::Group(group) => {
            format!(":warning: *{label}*: {} cannot be asked. {then}", Target::Group(group.clone()))
        }
    }
}
