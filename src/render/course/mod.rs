//! The words of an incident's course: what phases need, who accepts, who is asked and told.

mod card;
mod lengths;
mod question;
mod raci;
mod reply;
mod words;

pub(super) use card::{buttons, lines};
pub(super) use lengths::lengths;
pub(super) use question::due;
pub use question::{question, question_text};
pub use raci::raci;
pub use reply::refusal;
pub(super) use reply::{refusal_text, suggestion};
pub(super) use words::{need_field, need_words};

use super::{
    Message, View,
    duty::by_hand,
    escape::escape,
    line::{because, person, phase_label, role_label, severity_label, targets, words as said},
    when::date,
};
use crate::{
    ids::UserId,
    incident::{
        Actor, Event, Incident,
        course::{Fact, Gate, accepts, is_secret},
    },
    paging::Target,
    playbook::{Phase, PhaseId, RoleId},
};

/// What an incident is called outside its room: with its title only where everybody may know it.
fn name(w: View<'_>, it: &Incident) -> String {
    if is_secret(w.playbook, it) { format!("*{}*", it.id) } else { format!("*{} {}*", it.id, escape(it.title())) }
}

/// A phase as the playbook has it.
fn phase_of<'a>(w: View<'a>, it: &Incident, id: &PhaseId) -> Option<&'a Phase> {
    w.playbook.kind(&it.kind).phases.iter().find(|p| p.id == *id)
}

/// A phase's label without its emoji.
fn plain_phase(w: View<'_>, it: &Incident, id: &PhaseId) -> String {
    phase_of(w, it, id).map_or_else(|| escape(id.as_str()), |p| p.label.clone())
}

/// Who was asked, or that nobody has the role.
fn asked(w: View<'_>, role: &RoleId, to: Option<&UserId>) -> String {
    let role = role_label(w, role);
    to.map_or_else(|| format!("*{role}* (nobody has this role yet)"), |to| format!("*{role}* ({})", person(to)))
}

/// What happened, in a sentence.
pub(super) fn sentence(w: View<'_>, it: &Incident, event: &Event, fact: &Fact, by: &str) -> String {
    let phase = |p: &PhaseId| phase_label(w, &it.kind, p);
    match fact {
        Fact::Stated { need, text } => format!(":speech_balloon: {by} stated {}: {}", need_words(*need), said(text)),
        Fact::SeverityConfirmed { severity } => {
            format!(":scales: {by} confirmed the severity: *{}*.", severity_label(w, *severity))
        }
        Fact::FixConfirmed { entry, signal } => {
            format!(":white_check_mark: {by} confirmed the final fix, entry {entry}. It shows by: {}", said(signal))
        }
        Fact::LeftWithout { phase: p, needs } => {
            let needs: Vec<&str> = needs.iter().map(|n| need_words(*n)).collect();
            format!("*{}* was left without {}.", phase(p), needs.join("; "))
        }
        Fact::Overridden { gate, missing, why } => {
            let what = match gate {
                Gate::Resolve => "called it resolved".to_owned(),
                Gate::EndBeside(p) => format!("ended *{}*", phase(p)),
                Gate::Close => format!("ends {}", it.id),
                Gate::Cancel => format!("cancelled {}", it.id),
                Gate::Merge => format!("merged {}", it.id),
            };
            let skipped = match gate {
                Gate::Resolve => "; the reason stands above.",
                Gate::EndBeside(_) | Gate::Close | Gate::Cancel | Gate::Merge => "",
            };
            let missing = words::missing(w, it, missing);
            format!(":warning: {by} {what} although {missing}{skipped}{}", because(why.as_ref()))
        }
        Fact::BesideOpened { phase: p } => format!("*{}* begins, and runs beside the other phases.", phase(p)),
        Fact::BesideEnded { phase: p, why } => format!("{by} ended *{}*{}", phase(p), because(why.as_ref())),
        Fact::ExitAwaited { phase: p, role } => awaits(w, it, p, role),
        Fact::ExitAccepted { phase: p, role, by } => format!(
            ":white_check_mark: {} accepted as *{}* that *{}* was left.",
            person(by),
            role_label(w, role),
            phase(p)
        ),
        Fact::Informed { phase: p, role, to } => {
            format!("{} was told as *{}* that *{}* began.", person(to), role_label(w, role), phase(p))
        }
        Fact::InformedGroups { phase: p, roles, groups, .. } => {
            let groups: Vec<Target> = groups.iter().cloned().map(Target::from).collect();
            format!("Told as {} that *{}* began: {}.", as_roles(w, roles), phase(p), targets(&groups))
        }
        Fact::CannotInform { phase: p, role, contact } => {
            let then = format!("Please tell them that *{}* began.", phase(p));
            by_hand(w, role, contact, &then)
        }
        Fact::ConsultAsked { .. }
        | Fact::ConsultPassed { .. }
        | Fact::ConsultReminded { .. }
        | Fact::ConsultOverdue { .. }
        | Fact::ConsultAnswered { .. }
        | Fact::AdviceTaken { .. } => consult(w, it, event, fact, by),
    }
}

fn as_roles(w: View<'_>, roles: &[RoleId]) -> String {
    roles.iter().map(|role| format!("*{}*", role_label(w, role))).collect::<Vec<_>>().join(", ")
}

/// Whose acceptance the exit of a phase awaits.
fn awaits(w: View<'_>, it: &Incident, phase: &PhaseId, role: &RoleId) -> String {
    let who = accepts(it, role).map(|u| format!(" ({})", person(u))).unwrap_or_default();
    format!(":raised_hand: That *{}* was left awaits *{}*{who}.", phase_label(w, &it.kind, phase), role_label(w, role))
}

/// The same behind the line that says the phase was left, while it is so.
pub(super) fn awaited(w: View<'_>, it: &Incident, left: &PhaseId) -> String {
    let exit = it.course.exits.iter().find(|e| e.phase == *left);
    exit.map(|e| format!(" {}", awaits(w, it, &e.phase, &e.role))).unwrap_or_default()
}

/// The command that gives a role.
fn giving(it: &Incident, role: &RoleId) -> String {
    format!("To give the role to somebody: `/incident {} role {} @person`", it.id, escape(role.as_str()))
}

/// What was done, for the one who did it, and what comes next: the room has the words. Nothing where the whole sentence is as good.
pub(super) fn short(w: View<'_>, it: &Incident, fact: &Fact) -> Option<String> {
    Some(match fact {
        Fact::ConsultAsked { number, to: Some(to), .. } => {
            format!("question {number} is asked of {}. The room hears the answer.", person(to))
        }
        Fact::ConsultAsked { number, role, to: None, .. } => {
            format!("question {number} stands in the room, and waits for somebody with the role. {}.", giving(it, role))
        }
        Fact::ConsultAnswered { number, .. } => format!("recorded as the answer to question {number}."),
        Fact::BesideEnded { phase, .. } => format!("*{}* is over.", plain_phase(w, it, phase)),
        _ => return None,
    })
}

fn consult(w: View<'_>, it: &Incident, event: &Event, fact: &Fact, by: &str) -> String {
    match fact {
        Fact::ConsultAsked { number, role, to, answer_by, .. } => {
            let asks = if matches!(event.by, Actor::Person(_)) { by } else { "Watchroom" };
            let (label, until, words) = (role_label(w, role), date(*answer_by), question_text(w, it, fact));
            match to {
                Some(to) => {
                    format!(":question: {asks} asked *{label}* ({}) by {until}, question {number}: {words}", person(to))
                }
                None => format!(
                    ":question: {asks} has question {number} for *{label}*, to be answered by {until}: {words}\nNobody has \
                     this role yet, so nobody was asked. {}; whoever has it is asked then.",
                    giving(it, role)
                ),
            }
        }
        Fact::ConsultPassed { number, to } => format!("Question {number} is asked of {} now.", person(to)),
        Fact::ConsultReminded { number, to } => format!("{} was reminded of question {number}.", person(to)),
        Fact::ConsultOverdue { number } => late(w, it, *number),
        Fact::ConsultAnswered { number, role, text } => {
            format!(":speech_balloon: {by} answered question {number} for *{}*: {}", role_label(w, role), said(text))
        }
        Fact::AdviceTaken { decision, answers } => {
            let answers: Vec<String> = answers.iter().map(ToString::to_string).collect();
            format!("Decision {decision} was made with these answers at hand: {}.", answers.join(", "))
        }
        _ => String::new(),
    }
}

/// A question that nobody answered in time.
fn late(w: View<'_>, it: &Incident, number: u32) -> String {
    let consult = it.course.consult(number);
    let who = consult.map(|c| asked(w, &c.role, c.to.as_ref()));
    let unheld = consult.filter(|c| c.to.is_none()).map(|c| format!(" {}.", giving(it, &c.role)));
    format!(
        ":hourglass: Question {number} has no answer yet, from {}. Whoever knows may answer: `/incident {} consult answer {number} \
         &lt;text&gt;`.{}",
        who.unwrap_or_else(|| "whoever was asked".into()),
        it.id,
        unheld.unwrap_or_default()
    )
}

/// The same in a reminder; nothing once it is answered.
pub(super) fn unanswered(w: View<'_>, it: &Incident, number: u32) -> Option<String> {
    it.course.consult(number).map(|_| late(w, it, number))
}

/// What those hear who are informed of a phase.
fn began(w: View<'_>, it: &Incident, phase: &PhaseId, roles: &[RoleId]) -> String {
    let (name, label) = (name(w, it), phase_label(w, &it.kind, phase));
    format!("{name}: *{label}* began. You hear of this as {}; nothing is asked of you.", as_roles(w, roles))
}

/// What someone hears of it by direct message: one line, without a way into the room.
pub(super) fn told(w: View<'_>, it: &Incident, event: &Event, fact: &Fact) -> Message {
    let name = name(w, it);
    let id = it.id;
    Message::plain(match fact {
        Fact::Informed { phase, role, .. } => began(w, it, phase, std::slice::from_ref(role)),
        Fact::InformedGroups { phase, roles, .. } => began(w, it, phase, roles),
        Fact::ExitAwaited { phase, .. } => format!(
            "{name}: {} Accept it on the card, or type `/incident {id} phase {} accept`.",
            sentence(w, it, event, fact, "someone"),
            escape(phase.as_str())
        ),
        _ => format!("{name}: {}", sentence(w, it, event, fact, &super::line::who(event))),
    })
}
