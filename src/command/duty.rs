//! Verbs about what people have to do: tasks, checklists.

use super::{
    args::{Args, Bad, Meaning, Outcome, words, wrong},
    markup::{Piece, piece, plain},
    parse::{ParseCx, Parsed, Query},
    time::{Toward, minutes, when},
    trouble::sounds_like_trouble,
};
use crate::{
    ids::UserId,
    incident::{Command, When, duty::Ask},
};

/// The most words that a time has (`tomorrow 09:00 Europe/Berlin`, `1 hour and 30 minutes`).
const LONGEST_TIME: usize = 5;

pub fn task(args: &Args<'_>, cx: &ParseCx<'_>) -> Outcome {
    let mut owner: Option<UserId> = None;
    let mut rest: Vec<&str> = Vec::new();
    for word in words(args.rest) {
        match piece(word) {
            Piece::User(id) if owner.is_none() => owner = Some(id),
            Piece::Unresolved(name) if owner.is_none() && name.chars().all(|c| c.is_alphanumeric() || c == '.') => {
                return Err(super::people::pick(name));
            }
            _ => rest.push(word),
        }
    }
    let (rest, due) = take_time(rest, cx);
    // `action buttons are broken` is a title; whoever names a person or a time means a task.
    if !args.sure && owner.is_none() && due.is_none() && sounds_like_trouble(args.rest) {
        return Err(Bad::Unread);
    }
    let text = plain(&rest.join(" "));
    if text.is_empty() {
        return Err(wrong(
            "What is to be done? Type `/incident task <text> [@person] [by <when>]`, for example \
             `/incident task restart the queue @person by 15:00`.",
        ));
    }
    Ok(Meaning::Do(Command::Duty(Ask::AddTask { text, owner, due })))
}

/// Takes `by 15:00`, `by 20m` or `in 20 min` off the end of the words, or off their beginning.
fn take_time<'a>(words: Vec<&'a str>, cx: &ParseCx<'_>) -> (Vec<&'a str>, Option<When>) {
    let is_by = |word: &str| ["by", "in", "until"].iter().any(|w| word.eq_ignore_ascii_case(w));
    for at in (0..words.len()).rev().filter(|at| is_by(words[*at])) {
        let behind = &words[at + 1..];
        if let Some(due) = time(words[at], &behind.join(" "), cx).filter(|_| behind.len() <= LONGEST_TIME) {
            return (words[..at].to_vec(), Some(due));
        }
    }
    if words.first().is_some_and(|w| is_by(w)) {
        for length in (1..=LONGEST_TIME.min(words.len().saturating_sub(2))).rev() {
            if let Some(due) = time(words[0], &words[1..=length].join(" "), cx) {
                return (words[length + 1..].to_vec(), Some(due));
            }
        }
    }
    (words, None)
}

fn time(word: &str, text: &str, cx: &ParseCx<'_>) -> Option<When> {
    if let Some(minutes) = minutes(text).filter(|m| *m > 0) {
        return Some(When::In(minutes));
    }
    let is_clock = !word.eq_ignore_ascii_case("in");
    when(text, cx.now, cx.zone, Toward::Future).filter(|at| is_clock && *at > cx.now).map(When::At)
}

pub fn tasks(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    args.nothing()?;
    Ok(Meaning::Look(|id| Parsed::Query(Query::Tasks(id))))
}

pub fn checklist(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    args.nothing()?;
    Ok(Meaning::Look(|id| Parsed::Query(Query::Checklist(id))))
}
