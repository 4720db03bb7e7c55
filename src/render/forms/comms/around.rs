//! The forms around a text: why with nobody's approval, posted by hand, another time.

use serde_json::Value;

use super::{
    super::{
        fields::{TextField, in_minutes, moment, select, text},
        modal,
    },
    Memory,
};
use crate::{
    incident::Incident,
    playbook::{Audience, OutletId},
    render::{
        comms::update_for,
        escape::escape,
        ids::{comms as id, field},
        limits::{choice, cut, section},
    },
};

/// The form that asks why a text goes out with nobody's approval.
pub fn alone_form(it: &Incident, to: Audience, draft: (u32, u32)) -> Value {
    let memory = Memory { draft: Some(draft), ..Memory::of(it.id, to) };
    let content = [
        section(&format!(
            ":busts_in_silhouette: Two people are needed here, and nobody has approved the {} yet. Your reason stands on the \
             timeline.",
            update_for(to)
        )),
        text(&TextField {
            id: field::WHY,
            label: "Why without approval",
            initial: "",
            hint: "For example who was asked and did not answer.",
            lines: true,
            optional: false,
            limit: 500,
        }),
    ];
    modal(id::ALONE_FORM, "Send with a reason", "Send", &memory, &content)
}

/// The form that says when a text was posted by hand.
pub fn hand_form(it: &Incident, send: u32, outlet: &OutletId, label: &str) -> Value {
    let to = it.comms.send(send).map_or(Audience::External, |s| s.to);
    let memory = Memory { send: Some((send, outlet.clone())), ..Memory::of(it.id, to) };
    let ago = [
        ("just now", "0"),
        ("5 minutes ago", "5"),
        ("10 minutes ago", "10"),
        ("15 minutes ago", "15"),
        ("30 minutes ago", "30"),
        ("an hour ago", "60"),
    ];
    let content = [
        section(&format!("*{}*: posted by hand.", escape(&cut(label, 100)))),
        select(id::AGO, "When", ago.iter().map(|(label, value)| choice(label, value)).collect(), Some("0"), ""),
        text(&TextField {
            id: field::URL,
            label: "Where it can be seen",
            initial: "",
            hint: "",
            lines: false,
            optional: true,
            limit: 300,
        }),
    ];
    modal(id::HAND_FORM, "Posted by hand", "Save", &memory, &content)
}

/// The form that keeps a question that readers asked; it stands on the timeline, and whoever writes to them sees it.
pub fn question_form(it: &Incident) -> Value {
    let content = [
        section(
            "What do they ask, and how many? The room sees it, so that the next update answers it. Name no customer.",
        ),
        text(&TextField {
            id: field::TEXT,
            label: "Question",
            initial: "",
            hint: "",
            lines: true,
            optional: false,
            limit: 500,
        }),
    ];
    modal(id::QUESTION_FORM, &format!("{}: a question", it.id), "Log", &Memory::of(it.id, Audience::External), &content)
}

/// The form that names another time for what is due.
pub fn later_form(it: &Incident, to: Audience) -> Value {
    let options = [15, 30, 60, 120, 240].map(in_minutes);
    let options = options.into_iter().chain([choice("at the time below", crate::render::ids::value::AT)]).collect();
    let content = [
        section(&format!("When will the next {} come? The room is told.", update_for(to))),
        select(
            field::NEXT,
            "New time",
            options,
            Some("30"),
            "Readers still expect it at the old time until you tell them.",
        ),
        moment(field::NEXT_AT, "New time at", "Only for “at the time below”."),
        text(&TextField {
            id: field::WHY,
            label: "Why",
            initial: "",
            hint: "",
            lines: false,
            optional: true,
            limit: 300,
        }),
    ];
    modal(id::LATER_FORM, "New time", "Save", &Memory::of(it.id, to), &content)
}
