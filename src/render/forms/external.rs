//! Help from outside.

use serde_json::Value;

use super::{
    fields::{TextField, person, required_moment, select, text},
    modal,
};
use crate::{
    incident::{Incident, case::Motive},
    render::{
        external::motive_words,
        ids::{FormMemory, field, form},
        limits::choice,
    },
};

/// Who helps, why, with what, until when.
pub fn external_form(it: &Incident) -> Value {
    let motives = Motive::ALL.map(|motive| choice(motive_words(motive), motive.name()));
    let scope = text(&TextField {
        id: field::SCOPE,
        label: "What do they do here?",
        initial: "",
        hint: "What they may see and touch, and what not.",
        lines: true,
        optional: false,
        limit: 500,
    });
    let nda = vec![choice("Yes, there is one", "yes"), choice("No", "no")];
    let content = [
        person(field::PERSON, "Who helps?", None),
        select(field::HOW, "Why from outside?", motives.into(), None, ""),
        scope,
        select(field::NDA, "Is there an NDA?", nda, None, ""),
        required_moment(field::NEXT_AT, "Until when?", "Then their access ends by itself."),
    ];
    modal(form::case::EXTERNAL, &format!("Outside help {}", it.id), "Record", &FormMemory::of(it.id), &content)
}
