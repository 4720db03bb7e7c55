//! What the card shows of the course.

use slack_morphism::prelude::*;

use super::{View, asked, plain_phase};
use crate::{
    incident::{Incident, course::accepts},
    playbook::{Need, Stage},
    render::{
        ids::{ButtonValue, action},
        limits::{Look, actions, button},
        line::{person, phase_label, role_label},
        when::date,
    },
};

/// Buttons of one kind on the card.
const MOST: usize = 3;

/// What waits on the course, a line each.
pub(in crate::render) fn lines(w: View<'_>, it: &Incident) -> Vec<String> {
    if !it.is_open() {
        return Vec::new();
    }
    let course = &it.course;
    let exits = course.exits.iter().map(|exit| {
        let who = accepts(it, &exit.role).map(|u| format!(" ({})", person(u))).unwrap_or_default();
        let phase = plain_phase(w, it, &exit.phase);
        format!(":raised_hand: *{phase}* was left, awaiting *{}*{who}", role_label(w, &exit.role))
    });
    let beside = course.open_beside().map(|b| {
        format!(
            "*{}* runs beside *{}* since {}",
            phase_label(w, &it.kind, &b.phase),
            plain_phase(w, it, &it.phase),
            date(b.since)
        )
    });
    let consults = course.consults.iter().map(|c| {
        let due = date(c.answer_by);
        let when = if c.overdue { format!("no answer since {due}") } else { format!("answer wanted by {due}") };
        let icon = if c.overdue { ":hourglass:" } else { ":question:" };
        format!("{icon} Question {} to {}: {when}", c.number, asked(w, &c.role, c.to.as_ref()))
    });
    let fix = course.final_fix.as_ref().map(|fix| {
        let by = fix.by.as_ref().map(|by| format!(" by {}", person(by))).unwrap_or_default();
        format!(":white_check_mark: Final fix: entry {}, confirmed{by}", fix.entry)
    });
    exits.chain(beside).chain(consults).chain(fix).collect()
}

/// What can be done about it.
pub(in crate::render) fn buttons(w: View<'_>, it: &Incident) -> Option<SlackBlock> {
    if !it.is_open() {
        return None;
    }
    let value = |extra: &str| ButtonValue::of(it.id).extra(extra);
    let mut elements = Vec::new();
    if wants_final_fix(w, it) {
        elements.push(button(action::FINAL_FIX, "Confirm final fix", &value(""), Look::Usual));
    }
    for exit in it.course.exits.iter().take(MOST) {
        let id = format!("{}.{}", action::ACCEPT_EXIT, exit.phase);
        let label = format!("Accept exit of {}", plain_phase(w, it, &exit.phase));
        elements.push(button(&id, &label, &value(exit.phase.as_str()), Look::Usual));
    }
    for beside in it.course.open_beside().take(MOST) {
        let id = format!("{}.{}", action::END_BESIDE, beside.phase);
        let label = format!("End {}", plain_phase(w, it, &beside.phase));
        elements.push(button(&id, &label, &value(beside.phase.as_str()), Look::Usual));
    }
    for consult in it.course.consults.iter().take(MOST) {
        let id = format!("{}.{}", action::ANSWER, consult.number);
        let value = ButtonValue::of(it.id).number(consult.number);
        elements.push(button(&id, &format!("Answer question {}", consult.number), &value, Look::Usual));
    }
    (!elements.is_empty()).then(|| actions(elements))
}

/// Does resolving it wait for the final fix? On minor incidents it does not.
fn wants_final_fix(w: View<'_>, it: &Incident) -> bool {
    let phase = w.playbook.kind(&it.kind).phase(it.phase.as_str());
    it.stage == Stage::Monitoring
        && it.course.final_fix.is_none()
        && w.playbook.is_major(it.severity)
        && phase.is_some_and(|p| p.needs.contains(&Need::FinalFix))
}
