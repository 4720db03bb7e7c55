//! Forms about the course: phases and what they need, the final fix, questions, closing with open ends.

use serde_json::Value;
use slack_morphism::blocks::SlackBlock;

use super::{
    fields::{TextField, select, text},
    modal,
};
use crate::{
    incident::{
        Incident,
        course::{STATEMENT_LIMIT, missing},
    },
    playbook::{Need, Phase},
    render::{
        View,
        course::need_field,
        ids::{FormMemory, field, form, value},
        limits::{choice, context, cut, section},
    },
};

fn lines(id: &str, label: &str, hint: &str, optional: bool) -> SlackBlock {
    text(&TextField { id, label, initial: "", hint, lines: true, optional, limit: 2500 })
}

/// Which phase, why, and what the present one lacks.
pub fn phase_form(w: View<'_>, it: &Incident) -> Value {
    let kind = w.playbook.kind(&it.kind);
    let options = kind.course().map(|p| choice(&format!("{} {}", p.emoji, p.label), p.id.as_str())).collect();
    let next = kind.next(&it.phase).map_or(it.phase.as_str(), |p| p.id.as_str());
    let mut content = vec![
        select(field::PHASE, "Phase", options, Some(next), "Any phase may be next."),
        lines(field::WHY, "Why?", "Needed where phases are left out, or where it goes back.", true),
    ];
    if let Some(now) = kind.phase(it.phase.as_str()) {
        content.extend(fields(now, it, w, true));
    }
    modal(form::PHASE, &format!("Phase of {}", it.id), "Change", &FormMemory::of(it.id), &content)
}

/// What a phase needs and lacks, a field each.
fn fields(phase: &Phase, it: &Incident, w: View<'_>, optional: bool) -> Vec<SlackBlock> {
    missing(phase, it, w.now).into_iter().filter_map(|need| field_of(need, optional)).collect()
}

fn field_of(need: Need, optional: bool) -> Option<SlackBlock> {
    let (id, label, hint) = need_field(need)?;
    let limit = if need == Need::Fix { 2500 } else { u64::try_from(STATEMENT_LIMIT).unwrap_or(u64::MAX) };
    Some(text(&TextField { id, label, initial: "", hint, lines: true, optional, limit }))
}

/// What a phase still lacks.
pub fn needs_form(w: View<'_>, it: &Incident, phase: &str) -> Value {
    let phase = w.playbook.kind(&it.kind).phase(phase);
    let mut content = phase.map(|phase| fields(phase, it, w, true)).unwrap_or_default();
    let label = phase.map_or_else(|| "That phase".to_owned(), |p| format!("*{}*", p.label));
    let head = if content.is_empty() { "has all that can be written here." } else { "still lacks this." };
    content.insert(0, section(&format!("{label} {head}")));
    modal(form::NEEDS, &format!("Missing in {}", it.id), "Add", &FormMemory::of(it.id), &content)
}

/// Which fix, by which signal, and what comes then. `fixes` are the latest on the timeline.
pub fn final_fix_form(it: &Incident, fixes: &[(u64, String)]) -> Value {
    let which = if fixes.is_empty() {
        lines(field::FIX, "What mended it?", "Goes on the timeline as a fix.", false)
    } else {
        let label = |(seq, words): &(u64, String)| choice(&cut(&format!("{seq}: {words}"), 75), &seq.to_string());
        let latest = fixes.last().map(|(seq, _)| seq.to_string());
        select(field::FIX_ENTRY, "Which fix?", fixes.iter().map(label).collect(), latest.as_deref(), "")
    };
    let then = vec![choice("Call it resolved", value::RESOLVE), choice("Go on watching", value::WATCH)];
    let content = [
        which,
        lines(field::SIGNAL, "Which signal shows that it works?", "A graph, a check, a report from customers.", false),
        select(field::THEN, "And then?", then, Some(value::RESOLVE), ""),
    ];
    modal(form::FINAL_FIX, &format!("Final fix of {}", it.id), "Confirm", &FormMemory::of(it.id), &content)
}

/// Whom to ask for advice, and what: a role that can be held here.
pub fn consult_form(w: View<'_>, it: &Incident) -> Value {
    let roles = w.playbook.roles.iter().filter(|r| it.has_role(r) && r.id != it.lead_role);
    let options = roles.map(|r| choice(&r.label, r.id.as_str())).collect();
    let hint = "Whoever has the role is asked by direct message; with nobody in it, the card shows the question.";
    let content = [
        select(field::ROLE, "Whom?", options, None, hint),
        lines(field::TEXT, "Question", "It stays on the record, with the answer.", false),
    ];
    modal(form::CONSULT, &format!("Ask for advice in {}", it.id), "Ask", &FormMemory::of(it.id), &content)
}

/// An answer to a question, which is in Slack's markup.
pub fn answer_form(it: &Incident, number: u32, question: &str) -> Value {
    let memory = FormMemory { number, ..FormMemory::of(it.id) };
    let asked = (!question.trim().is_empty()).then(|| section(question));
    let field = lines(field::TEXT, "Answer", "It goes into the room and on the record.", false);
    let content: Vec<_> = asked.into_iter().chain([field]).collect();
    modal(form::ANSWER, &format!("Question {number}"), "Answer", &memory, &content)
}

/// Closing although something is missing.
pub fn close_form(it: &Incident) -> Value {
    let content = [
        context("Something is missing; the reason stays on the record beside it."),
        lines(field::WHY, "Why does it go without?", "", false),
    ];
    modal(form::CLOSE, &format!("Close {}", it.id), "Close incident", &FormMemory::of(it.id), &content)
}
