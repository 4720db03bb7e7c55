//! Evidence and observations.

use std::collections::BTreeMap;

use serde_json::Value;
use slack_morphism::blocks::SlackBlock;

use super::{
    fields::{TextField, moment, person, text},
    modal,
    small::reason,
};
use crate::{
    ids::UserId,
    incident::{
        Incident,
        case::{CONTACT_LIMIT, Fact},
    },
    render::{
        evidence::certainty_words,
        ids::{FormMemory, field, form},
        limits::{cut, section},
        line::words,
    },
};

/// What the words of an observation take above a form.
const SHORT: usize = 900;

fn line(id: &str, label: &str, hint: &str) -> SlackBlock {
    let limit = u64::try_from(CONTACT_LIMIT).unwrap_or(u64::MAX);
    text(&TextField { id, label, initial: "", hint, lines: false, optional: true, limit })
}

/// A piece of evidence.
pub fn evidence_form(it: &Incident, me: &UserId) -> Value {
    let what = text(&TextField {
        id: field::TEXT,
        label: "What is it?",
        initial: "",
        hint: "A log, an image, a device.",
        lines: true,
        optional: false,
        limit: 2500,
    });
    let content = [
        what,
        line(field::HASH, "SHA-256", "64 digits; `sha256sum` prints them. Empty where there is no file."),
        person(field::PERSON, "Who keeps it?", Some(me.as_str())),
        moment(field::NEXT_AT, "When was it taken?", "Left empty: just now."),
        line(field::PLACE, "Where is it kept?", "A safe, a bucket, a shelf."),
    ];
    modal(form::case::EVIDENCE, &format!("Evidence of {}", it.id), "Keep", &FormMemory::of(it.id), &content)
}

/// Somebody else keeps it.
pub fn pass_form(it: &Incident, item: u32) -> Value {
    let memory = FormMemory { number: item, ..FormMemory::of(it.id) };
    let content = [person(field::PERSON, "Who keeps it now?", None), line(field::PLACE, "Where is it kept now?", "")];
    modal(form::case::PASS, &format!("Evidence {item}"), "Hand over", &memory, &content)
}

/// What was suspected is so.
pub fn observation_form(it: &Incident, observation: u32, facts: &BTreeMap<u64, Fact>) -> Value {
    let memory = FormMemory { number: observation, ..FormMemory::of(it.id) };
    let found = it.case.observations.iter().find(|o| o.number == observation).and_then(|o| facts.get(&o.seq));
    let said = match found {
        Some(Fact::Observed { certainty, text, .. }) => {
            format!("{}: {}", certainty_words(*certainty), cut(&words(text), SHORT))
        }
        _ => format!("Observation {observation}"),
    };
    let content = [section(&said), reason("How do we know that it is so?", true)];
    modal(form::case::OBSERVATION, &format!("Observation {observation}"), "Confirm", &memory, &content)
}
