//! Evidence and observations, in words. What is suspected is never shown as anything else.

use std::collections::BTreeMap;

use slack_morphism::prelude::*;

use super::{
    Message,
    ids::{ButtonValue, action::case as action},
    limits::{Look, SECTION, actions, button, context, cut, header, rows, section},
    line::{because, person, words},
    when::date,
};
use crate::incident::{
    Incident, Text,
    case::{Certainty, Evidence, Fact, No, Observation},
};

/// What the longest words take in a list.
const SHORT: usize = 300;
/// How many one message shows.
const SHOWN: usize = 15;

/// How sure one is.
pub(super) const fn certainty_words(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Suspected => ":grey_question: *Suspected*",
        Certainty::Confirmed => ":heavy_check_mark: *Confirmed*",
    }
}

fn at_place(place: Option<&Text>) -> String {
    place.map(|place| format!(", kept: {}", words(place))).unwrap_or_default()
}

/// What happened, in a sentence; nothing where it is about something else.
pub(super) fn sentence(fact: &Fact, by: &str) -> Option<String> {
    Some(match fact {
        Fact::EvidenceKept { item, what, sha256, custodian, taken_at, place } => {
            let hash = sha256.as_ref().map_or_else(|| ", no hash".to_owned(), |hash| format!(", SHA-256 `{hash}`"));
            format!(
                ":mag: Evidence {item}, taken {}, custodian {}{}{hash}: {}",
                date(*taken_at),
                person(custodian),
                at_place(place.as_ref()),
                words(what)
            )
        }
        Fact::CustodyPassed { item, from, to, place } => format!(
            ":mag: {by} recorded that evidence {item} went from {} to {}{}.",
            person(from),
            person(to),
            at_place(place.as_ref())
        ),
        Fact::Observed { observation, certainty, text } => {
            format!("{}, observation {observation} by {by}: {}", certainty_words(*certainty), words(text))
        }
        Fact::ObservationConfirmed { observation, how } => {
            format!(":heavy_check_mark: {by} confirmed observation {observation}{}", because(how.as_ref()))
        }
        _ => return None,
    })
}

/// The evidence of an incident, each piece with who keeps it.
pub fn evidence(it: &Incident, facts: &BTreeMap<u64, Fact>) -> Message {
    let add = button(action::EVIDENCE, "Add evidence", &ButtonValue::of(it.id), Look::Usual);
    let (mut blocks, mut text) = (vec![header(&format!("Evidence of {}", it.id)), actions(vec![add])], Vec::new());
    for piece in it.case.evidence.iter().rev() {
        let line = piece_line(piece, facts);
        if text.len() < SHOWN {
            let value = ButtonValue::of(it.id).number(piece.number);
            let pass = button(&format!("{}.{}", action::PASS, piece.number), "Hand over …", &value, Look::Usual);
            blocks.extend([section(&line), actions(vec![pass])]);
        }
        text.push(line);
    }
    close(
        it,
        &mut blocks,
        &mut text,
        "No evidence is recorded. `/incident evidence &lt;what&gt; sha256: … kept: …` records a piece.",
    );
    Message::new(format!("Evidence of {}\n{}", it.id, rows(&text, SECTION)), blocks)
}

fn close(it: &Incident, blocks: &mut Vec<SlackBlock>, text: &mut Vec<String>, none: &str) {
    if text.is_empty() {
        text.push(none.to_owned());
        blocks.push(section(none));
    } else if text.len() > SHOWN {
        let more = text.len() - SHOWN;
        blocks.push(context(&format!("… and {more} earlier: `/incident {} timeline` has them all.", it.id)));
    }
}

fn piece_line(piece: &Evidence, facts: &BTreeMap<u64, Fact>) -> String {
    let (what, hash, taken, first) = match facts.get(&piece.seq) {
        Some(Fact::EvidenceKept { what, sha256, taken_at, place, .. }) => {
            let hash = sha256.as_ref().map_or_else(|| "no hash".to_owned(), |hash| format!("SHA-256 `{hash}`"));
            (cut(&words(what), SHORT), hash, format!("taken {}", date(*taken_at)), place.as_ref())
        }
        _ => (String::new(), "no hash".into(), String::new(), None),
    };
    let latest = match facts.get(&piece.passed) {
        Some(Fact::CustodyPassed { place: Some(place), .. }) => Some(place),
        _ => first,
    };
    format!(
        "*{}* {what}\n{taken} · {hash}\ncustodian {}{}",
        piece.number,
        person(&piece.custodian),
        cut(&at_place(latest), SHORT)
    )
}

/// What was observed, and how sure one is of each.
pub fn observations(it: &Incident, facts: &BTreeMap<u64, Fact>) -> Message {
    let (mut blocks, mut text) = (vec![header(&format!("Observations of {}", it.id))], Vec::new());
    for observation in it.case.observations.iter().rev() {
        let line = format!("{}{}", observation_line(observation, facts), confirmed_by(observation, facts));
        if text.len() < SHOWN {
            blocks.push(section(&line));
            if observation.certainty == Certainty::Suspected {
                let value = ButtonValue::of(it.id).number(observation.number);
                let id = format!("{}.{}", action::OBSERVATION, observation.number);
                blocks.push(actions(vec![button(&id, "Confirm …", &value, Look::Usual)]));
            }
        }
        text.push(line);
    }
    close(
        it,
        &mut blocks,
        &mut text,
        "Nothing was observed yet. `/incident observe suspected &lt;text&gt;` records what was.",
    );
    Message::new(format!("Observations of {}\n{}", it.id, rows(&text, SECTION)), blocks)
}

fn observation_line(observation: &Observation, facts: &BTreeMap<u64, Fact>) -> String {
    let text = match facts.get(&observation.seq) {
        Some(Fact::Observed { text, .. }) => cut(&words(text), SHORT),
        _ => String::new(),
    };
    format!("{} · *{}* {text}", certainty_words(observation.certainty), observation.number)
}

/// By what it was confirmed, on a line of its own.
fn confirmed_by(observation: &Observation, facts: &BTreeMap<u64, Fact>) -> String {
    let how = facts.values().find_map(|fact| match fact {
        Fact::ObservationConfirmed { observation: n, how: Some(how) } if *n == observation.number => Some(how),
        _ => None,
    });
    how.map(|how| format!("\n_Confirmed by:_ {}", cut(&words(how), SHORT))).unwrap_or_default()
}

/// Why nothing was changed about evidence or an observation; nothing where it is about something else.
pub(super) fn refusal(id: &str, no: &No) -> Option<String> {
    Some(match no {
        No::NotAHash => {
            "That is no SHA-256: it has 64 digits from 0 to f, as `sha256sum` prints them. Nothing was recorded.".into()
        }
        No::TakenLater => {
            "That time is still to come. Name when it was taken, or leave that out. Nothing was recorded.".into()
        }
        No::NoSuchEvidence(n) => format!("There is no evidence {n}. `/incident {id} evidence` shows what there is."),
        No::NoSuchObservation(n) => {
            format!("There is no observation {n}. `/incident {id} observe` shows what there is.")
        }
        No::NotInside(who) => format!(
            "{} was not let in, and so cannot keep evidence of {id}. Let them in with `/incident {id} access add @name \
             &lt;why&gt;`, then try again.",
            person(who)
        ),
        _ => return None,
    })
}
