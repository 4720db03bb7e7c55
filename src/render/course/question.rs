//! A question to a role, for whoever is asked.

use super::{View, name, plain_phase, said};
use crate::{
    ids::UserId,
    incident::{Event, Incident, What, course::Fact},
    playbook::{Audience, fill},
    render::{
        Message,
        escape::escape,
        facts::facts,
        ids::{ButtonValue, action},
        limits::{Look, actions, button, cut, header, section},
        line::role_label,
        remind::Item,
        room::link,
        when::date,
    },
};

/// The question itself: a person's words, or what made the bot ask.
pub fn question_text(w: View<'_>, it: &Incident, fact: &Fact) -> String {
    let Fact::ConsultAsked { question, phase, criteria, .. } = fact else { return String::new() };
    if let Some(question) = question {
        return said(question);
    }
    let label = |id: &crate::playbook::CriterionId| {
        w.playbook.criteria.iter().find(|c| c.id == *id).map(|c| format!("“{}”", escape(&c.label)))
    };
    let ticked: Vec<String> = criteria.iter().filter_map(label).collect();
    match phase {
        Some(phase) => format!("*{}* began. What must we heed in it?", plain_phase(w, it, phase)),
        None if ticked.is_empty() => "What must we heed?".into(),
        None => format!("Declared with {}. What must we heed?", ticked.join(" and ")),
    }
}

/// The question as `to` sees it, with its outcome once nobody waits for their answer any more.
pub fn question(w: View<'_>, it: &Incident, event: &Event, to: &UserId) -> Message {
    let What::Course(fact @ Fact::ConsultAsked { number, role, .. }) = &event.what else {
        return Message::plain(name(w, it));
    };
    let text = format!("{}\nRoom: {}", asked(w, it, fact), link(it));
    let label = role_label(w, role);
    let head = header(&format!("Question {number}: {}", it.id));
    let value = ButtonValue::of(it.id).number(*number);
    let (outcome, last) = match it.course.consult(*number) {
        Some(consult) if consult.to.as_ref() == Some(to) && it.is_open() => {
            (String::new(), actions(vec![button(action::ANSWER, "Answer", &value, Look::Primary)]))
        }
        Some(_) if it.is_open() => {
            let over = ":handshake: Somebody else is asked now.";
            (format!(" {over}"), section(over))
        }
        Some(_) => (" It is over.".into(), section(":checkered_flag: It is over; no answer is needed.")),
        None => (" It is answered.".into(), section(":white_check_mark: It is answered. Thank you.")),
    };
    Message::new(format!("Question {number} to {label}. {text}{outcome}"), vec![head, section(&text), last])
}

/// In the words of the playbook's template for advisors; in our own where it has none that can be filled in.
fn asked(w: View<'_>, it: &Incident, fact: &Fact) -> String {
    let Fact::ConsultAsked { role, answer_by, .. } = fact else { return String::new() };
    let question = question_text(w, it, fact);
    let template = w.playbook.template_for(Audience::Advisor, &it.kind, &it.phase, None);
    let filled = template.and_then(|template| {
        let mut values = template.defaults.clone();
        values.extend(facts(w, it).into_iter().map(|(place, value)| (place, escape(&value))));
        let own = [("role", role_label(w, role)), ("answer_by", date(*answer_by)), ("question", cut(&question, 2000))];
        values.extend(own.map(|(place, value)| (place.to_owned(), value)));
        fill(&template.body, &values).ok()
    });
    filled.unwrap_or_else(|| {
        format!(
            "Your view as *{}* on {} is wanted by {}: {question}",
            role_label(w, role),
            name(w, it),
            date(*answer_by)
        )
    })
}

/// A question in a reminder; nothing once it is answered.
pub(in crate::render) fn due(w: View<'_>, it: &Incident, number: u32) -> Option<Item> {
    let consult = it.course.consult(number)?;
    let due = date(consult.answer_by);
    let line = format!(
        "• {} · question {number} to you as *{}*, answer wanted by {due}",
        name(w, it),
        role_label(w, &consult.role)
    );
    let id = format!("{}.{}.{number}", action::ANSWER, it.id);
    let button =
        button(&id, &format!("Answer question {number}"), &ButtonValue::of(it.id).number(number), Look::Primary);
    // The card has the buttons of all open questions.
    Some(Item { line, buttons: vec![button], typed: format!("{}", it.id) })
}
