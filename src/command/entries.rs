//! Verbs that change an incident by words: updates, phases, facts, entries, endings.

use super::{
    args::{Args, Bad, Meaning, Outcome, split_first, words, wrong},
    markup::{Piece, piece, plain},
    names::no_severity,
    parse::{FormKind, ParseCx},
    people::severity_word,
    time::{Toward, next_clause, when},
    trouble::{ends_like_a_title, sounds_like_trouble},
};
use crate::{
    ids::IncidentId,
    incident::{Command, EntryKind, TimeField},
};

#[expect(clippy::unnecessary_wraps, reason = "every reader has this shape")]
pub fn update(args: &Args<'_>, cx: &ParseCx<'_>) -> Outcome {
    let (text, next_by) = next_clause(args.rest, cx.now, cx.zone);
    let text = plain(text);
    if text.is_empty() {
        return Ok(Meaning::Form(FormKind::Update));
    }
    if args.rest.eq_ignore_ascii_case("correct") && !args.sure {
        return Ok(Meaning::Form(FormKind::Correct));
    }
    Ok(Meaning::Do(Command::PostUpdate { text, next_by, again: args.sure }))
}

pub fn severity(args: &Args<'_>, cx: &ParseCx<'_>) -> Outcome {
    if args.is_empty() {
        return Ok(Meaning::Form(FormKind::Severity));
    }
    let (first, behind) = args.first();
    let (word, why) = if first.eq_ignore_ascii_case("sev") { split_first(behind) } else { (first, behind) };
    let word = word.trim_end_matches([':', ',']);
    let named = cx.playbook.severities.iter().find(|s| s.label.eq_ignore_ascii_case(word)).map(|s| s.level);
    let to = severity_word(word).or(named).ok_or_else(|| no_severity(word, cx))?;
    let why = (!why.is_empty()).then(|| plain(why));
    Ok(Meaning::Do(Command::ChangeSeverity { to, why }))
}

#[expect(clippy::unnecessary_wraps, reason = "every reader has this shape")]
pub fn title(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    if args.is_empty() {
        return Ok(Meaning::Form(FormKind::Rename));
    }
    Ok(Meaning::Do(Command::Rename { title: args.text() }))
}

pub fn time(args: &Args<'_>, cx: &ParseCx<'_>) -> Outcome {
    let (field, behind) = args.first();
    let which = match field.to_lowercase().as_str() {
        "started" | "start" | "began" => TimeField::Started,
        "detected" | "noticed" => TimeField::Detected,
        "ended" | "end" => TimeField::Ended,
        "" => return Err(wrong("Which time, and when? For example `/incident time started 02:10`.")),
        _ => return Err(Bad::Unread),
    };
    match when(&plain(behind), cx.now, cx.zone, Toward::Past) {
        Some(to) => Ok(Meaning::Do(Command::CorrectTime { which, to })),
        None => Err(wrong(
            "I cannot read that time. Type for example `02:10`, `02:10 UTC`, `yesterday 23:50`, `2026-11-22 02:10` or \
             `20 min ago`. Nothing was changed.",
        )),
    }
}

fn entry(args: &Args<'_>, entry: EntryKind) -> Outcome {
    if args.is_empty() {
        return Err(wrong(format!("What shall stand on the timeline? Type it behind `/incident {}`.", args.said)));
    }
    Ok(Meaning::Do(Command::AddEntry { entry, text: args.text(), said_at: None, author: None, source: None }))
}

pub fn note(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    entry(args, EntryKind::Note)
}

pub fn change(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    entry(args, EntryKind::Change)
}

pub fn decision(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    entry(args, EntryKind::Decision)
}

pub fn fix(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    entry(args, EntryKind::Fix)
}

pub fn redact(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    let (number, why) = args.first();
    let digits = number.strip_prefix('#').unwrap_or(number);
    let entry = match digits.parse::<u64>() {
        Ok(entry) if digits.bytes().all(|b| b.is_ascii_digit()) => entry,
        _ if args.is_empty() => {
            return Err(wrong(
                "Which entry? `/incident timeline` shows their numbers; then type `/incident redact <number> <why>`.",
            ));
        }
        _ => return Err(Bad::Unread),
    };
    if why.is_empty() {
        return Err(wrong(format!(
            "Why? The reason stays where the words were: `/incident redact {entry} <why>`. Nothing was removed."
        )));
    }
    Ok(Meaning::Do(Command::Redact { entry, found: None, why: plain(why) }))
}

pub fn link(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    if args.is_empty() {
        return Ok(Meaning::Form(FormKind::Link));
    }
    match (piece(args.rest), words(args.rest).count()) {
        (Piece::Link(url), 1) => Ok(Meaning::Do(Command::AddLink { url })),
        _ => Err(Bad::Unread),
    }
}

pub fn mitigate(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    args.nothing()?;
    Ok(Meaning::Do(Command::Mitigate))
}

pub fn resolve(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    // `resolve of names fails` is a title; `fixed the broken index` is a reason.
    if !args.sure && ends_like_a_title(args.rest) {
        return Err(Bad::Unread);
    }
    Ok(Meaning::Do(Command::Resolve { why: args.reason() }))
}

pub fn close(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    // `close button is broken` is a title.
    if !args.sure && sounds_like_trouble(args.rest) {
        return Err(Bad::Unread);
    }
    Ok(Meaning::Do(Command::Close { why: args.reason() }))
}

pub fn cancel(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    // What cannot be a slip: a title like `cancel button is broken` must not cancel anything.
    if !args.sure && sounds_like_trouble(args.rest) {
        return Err(Bad::Unread);
    }
    Ok(Meaning::Do(Command::Cancel { why: args.reason() }))
}

#[expect(clippy::unnecessary_wraps, reason = "every reader has this shape")]
pub fn reopen(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    Ok(Meaning::Do(Command::Reopen { why: args.reason() }))
}

pub fn merge(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    let rest = args.rest.strip_prefix("into ").unwrap_or(args.rest).trim();
    match rest.parse::<IncidentId>() {
        Ok(into) => Ok(Meaning::Do(Command::MergeInto { into })),
        Err(_) if args.is_empty() => Err(wrong(
            "Into which incident? Type for example `/incident INC-2 merge INC-1`: INC-2 ends, INC-1 goes on.",
        )),
        Err(_) => Err(Bad::Unread),
    }
}
