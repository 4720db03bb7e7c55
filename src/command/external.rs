//! Verbs about help from outside.

use jiff::SignedDuration;

use super::{
    args::{Args, Bad, Meaning, Outcome, split_first, wrong},
    markup::{Piece, piece, plain},
    parse::{FormKind, ParseCx, Parsed, Query},
    time::{Toward, minutes, when},
    trouble::sounds_like_trouble,
};
use crate::incident::{
    Command,
    case::{Ask, Engaging, Motive},
};

/// What stands behind the person and the reason.
const MARKS: [&str; 3] = ["until:", "nda:", "scope:"];

const USAGE: &str = "Type `/incident external add @person <capacity | skill | independent> until: <when> nda: <yes | no> scope: <what they do>`. \
     Nothing was changed.";

/// `external`, `external add @person skill until: 14 days nda: yes scope: …`, `external end 1`.
pub fn external(args: &Args<'_>, cx: &ParseCx<'_>) -> Outcome {
    let (first, rest) = args.first();
    match first.to_lowercase().as_str() {
        "" | "list" if rest.is_empty() => Ok(Meaning::Look(|id| Parsed::Query(Query::External(id)))),
        "add" if rest.is_empty() => Ok(Meaning::Form(FormKind::External)),
        "add" => engaging(rest, cx).map(|asked| Meaning::Do(Command::Case(Ask::Engage(asked)))),
        "end" => match rest.trim_start_matches('#').parse() {
            Ok(engagement) => Ok(Meaning::Do(Command::Case(Ask::EndEngagement { engagement }))),
            Err(_) => Err(wrong(
                "Which one? `/incident external` shows the engagements with their numbers. Nothing was changed.",
            )),
        },
        // `external API is down` is a title.
        _ if sounds_like_trouble(rest) => {
            let title = format!("{} {}", args.said, args.text());
            Ok(Meaning::Whole(Parsed::DeclareForm { title, severity: None, secret: false }))
        }
        _ => Err(Bad::Unread),
    }
}

fn engaging(text: &str, cx: &ParseCx<'_>) -> Result<Engaging, Bad> {
    let (person, rest) = split_first(text);
    let (reason, _) = split_first(rest);
    let (Piece::User(who), Some(motive)) = (piece(person), motive(reason)) else {
        return Err(wrong(format!("Whom, and why from outside? {USAGE}")));
    };
    let lower = rest.to_ascii_lowercase();
    let part = |mark: &str| {
        let at = lower.find(mark)? + mark.len();
        let end = MARKS.iter().filter_map(|other| lower[at..].find(other)).min().map_or(rest.len(), |end| at + end);
        Some(rest[at..end].trim()).filter(|said| !said.is_empty())
    };
    let until = part("until:").and_then(|said| {
        let ahead = || cx.now.checked_add(SignedDuration::from_mins(minutes(said)?.into())).ok();
        ahead().or_else(|| when(said, cx.now, cx.zone, Toward::Future))
    });
    let until = until.ok_or_else(|| wrong(format!("Until when? For example `until: 14 days`. {USAGE}")))?;
    let nda = match part("nda:").map(str::to_lowercase).as_deref() {
        Some("yes") => true,
        Some("no") => false,
        _ => return Err(wrong(format!("Is there an NDA? Say `nda: yes` or `nda: no`. {USAGE}"))),
    };
    let scope = part("scope:").map(plain).unwrap_or_default();
    Ok(Engaging { who, reason: motive, scope, nda, until })
}

fn motive(word: &str) -> Option<Motive> {
    Motive::ALL.into_iter().find(|m| m.name().eq_ignore_ascii_case(word.trim_end_matches(',')))
}
