//! Verbs about evidence and observations.

use super::{
    args::{Args, Bad, Meaning, Outcome, split_first, wrong},
    markup::{Piece as Named, piece, plain},
    parse::{FormKind, ParseCx, Parsed, Query},
    time::{Toward, when},
};
use crate::incident::{
    Command,
    case::{Ask, Certainty, Piece},
};

/// What may stand behind the words of a piece of evidence.
const MARKS: [&str; 4] = ["sha256:", "taken:", "custodian:", "kept:"];

/// `evidence`, `evidence <text> sha256: … taken: … custodian: @u kept: …`, `evidence pass 2 @u <where>`.
pub fn evidence(args: &Args<'_>, cx: &ParseCx<'_>) -> Outcome {
    let (first, rest) = args.first();
    match first.to_lowercase().as_str() {
        "" | "list" if rest.is_empty() => Ok(Meaning::Look(|id| Parsed::Query(Query::Evidence(id)))),
        "add" if rest.is_empty() => Ok(Meaning::Form(FormKind::Evidence)),
        "pass" if number(rest).is_some() => pass(rest),
        _ => kept(args.rest, cx),
    }
}

/// The number that a text begins with, and what stands behind it.
fn number(text: &str) -> Option<(u32, &str)> {
    let (first, rest) = split_first(text);
    let number = first.trim_start_matches('#').trim_end_matches([':', ',']).parse().ok()?;
    Some((number, rest))
}

fn pass(rest: &str) -> Outcome {
    let (item, rest) = number(rest).ok_or(Bad::Unread)?;
    let (person, place) = split_first(rest);
    let Named::User(to) = piece(person) else {
        return Err(wrong(format!(
            "To whom? Type `/incident evidence pass {item} @person <where it is kept>`, and pick the person from the list that \
             Slack shows. Nothing was changed."
        )));
    };
    let place = (!place.is_empty()).then(|| plain(place));
    Ok(Meaning::Do(Command::Case(Ask::PassEvidence { item, to, place })))
}

fn kept(text: &str, cx: &ParseCx<'_>) -> Outcome {
    let lower = text.to_ascii_lowercase();
    let mut marks: Vec<(usize, &str)> = MARKS.iter().filter_map(|mark| Some((lower.find(mark)?, *mark))).collect();
    marks.sort_unstable();
    let words = &text[..marks.first().map_or(text.len(), |(at, _)| *at)];
    let mut said = Piece { what: plain(words.trim()), ..Piece::default() };
    for (n, (at, mark)) in marks.iter().enumerate() {
        let end = marks.get(n + 1).map_or(text.len(), |(next, _)| *next);
        let value = text[at + mark.len()..end].trim();
        match *mark {
            "sha256:" => said.sha256 = Some(plain(value)),
            "kept:" => said.place = Some(plain(value)),
            "taken:" => match when(value, cx.now, cx.zone, Toward::Past) {
                Some(at) => said.taken_at = Some(at),
                None => {
                    return Err(wrong(
                        "When was it taken? Type for example `taken: 02:10` or `taken: 20 min ago`. Nothing was changed.",
                    ));
                }
            },
            _ => match piece(value) {
                Named::User(who) => said.custodian = Some(who),
                _ => return Err(wrong("Who keeps it? Type `custodian: @person`, one person. Nothing was changed.")),
            },
        }
    }
    Ok(Meaning::Do(Command::Case(Ask::KeepEvidence(said))))
}

/// `observe`, `observe [suspected | confirmed] <text>`, `observe confirm 2 <how we know>`.
pub fn observe(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    let (first, rest) = args.first();
    let (certainty, text) = match first.trim_end_matches(':').to_lowercase().as_str() {
        "" | "list" if rest.is_empty() => return Ok(Meaning::Look(|id| Parsed::Query(Query::Observations(id)))),
        "confirm" if number(rest).is_some() => {
            let (observation, how) = number(rest).ok_or(Bad::Unread)?;
            let how = (!how.is_empty()).then(|| plain(how));
            return Ok(Meaning::Do(Command::Case(Ask::ConfirmObservation { observation, how })));
        }
        "confirmed" => (Certainty::Confirmed, rest),
        "suspected" => (Certainty::Suspected, rest),
        // What nobody called certain is not.
        _ => (Certainty::Suspected, args.rest),
    };
    Ok(Meaning::Do(Command::Case(Ask::Observe { certainty, text: plain(text) })))
}
