//! Verbs about the course: phases, and asking roles for advice.

use super::{
    args::{Args, Bad, Meaning, Outcome, split_first, wrong},
    markup::plain,
    names::{no_phase, no_role},
    parse::{FormKind, ParseCx, Step},
};
use crate::{
    incident::{Command, course::Ask},
    playbook::{Phase, Playbook, Role},
};

/// Behind the name of a phase that runs beside the others, these end it.
const DONE: [&str; 4] = ["done", "end", "ended", "over"];

/// A phase may have a name of several words: the longest that fits counts.
pub fn phase(args: &Args<'_>, cx: &ParseCx<'_>) -> Outcome {
    if args.is_empty() {
        return Ok(Meaning::Form(FormKind::Phase));
    }
    let (first, behind) = args.first();
    let why = |text: &str| (!text.is_empty()).then(|| plain(text));
    match first.to_lowercase().as_str() {
        "next" | "forward" => return Ok(Meaning::Step(Step::Next, why(behind))),
        "back" | "previous" => return Ok(Meaning::Step(Step::Back, why(behind))),
        _ => {}
    }
    let (phase, rest) = phase_named(args.rest, cx.playbook).ok_or_else(|| no_phase(first, cx))?;
    let to = phase.id.clone();
    if rest.eq_ignore_ascii_case("accept") {
        return Ok(Meaning::Do(Command::Course(Ask::AcceptExit { phase: to })));
    }
    let (word, behind) = split_first(rest);
    if phase.beside.is_some() && DONE.iter().any(|done| word.trim_end_matches(':').eq_ignore_ascii_case(done)) {
        return Ok(Meaning::Do(Command::Course(Ask::EndBeside { phase: to, why: why(behind) })));
    }
    Ok(Meaning::Do(Command::ChangePhase { to, why: why(rest) }))
}

/// The phase that a text begins with, and what stands behind it.
fn phase_named<'a, 't>(text: &'t str, playbook: &'a Playbook) -> Option<(&'a Phase, &'t str)> {
    let phases = playbook.kinds.iter().flat_map(|kind| &kind.phases);
    longest(text, phases.flat_map(|p| [(p.id.as_str(), p), (p.label.as_str(), p)]))
}

/// The role that a text begins with, and what stands behind it.
fn role_named<'a, 't>(text: &'t str, playbook: &'a Playbook) -> Option<(&'a Role, &'t str)> {
    let names = |r: &'a Role| {
        [r.id.as_str(), r.label.as_str()].into_iter().chain(r.aliases.iter().map(String::as_str)).map(move |n| (n, r))
    };
    longest(text, playbook.roles.iter().flat_map(names))
}

/// Of what is named, that with the longest name that `text` begins with, and what stands behind the name.
fn longest<'a, 't, T>(text: &'t str, named: impl Iterator<Item = (&'a str, &'a T)>) -> Option<(&'a T, &'t str)> {
    let ends = |c: char| c.is_whitespace() || matches!(c, ':' | ',');
    let fits = |(name, _): &(&str, &T)| {
        let head = text.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name));
        head && text[name.len()..].chars().next().is_none_or(ends)
    };
    // Of two with the same name the first counts.
    let found = named.filter(fits).fold(None, |best: Option<(&str, &T)>, next| match best {
        Some(best) if best.0.len() >= next.0.len() => Some(best),
        Some(_) | None => Some(next),
    });
    found.map(|(name, thing)| (thing, text[name.len()..].trim_start_matches([':', ',', ' ']).trim()))
}

/// `consult legal May we tell them?`, `consult answer 2 Yes`.
pub fn consult(args: &Args<'_>, cx: &ParseCx<'_>) -> Outcome {
    let (first, behind) = args.first();
    if first.eq_ignore_ascii_case("answer") {
        return answer(behind);
    }
    if args.is_empty() {
        return Ok(Meaning::Form(FormKind::Consult));
    }
    let (role, question) = role_named(args.rest, cx.playbook).ok_or_else(|| Bad::Unknown(no_role(first, cx)))?;
    if question.is_empty() {
        return Err(wrong(format!("What shall they be asked? Type it behind `/incident consult {}`.", role.id)));
    }
    Ok(Meaning::Do(Command::Course(Ask::Consult { role: role.id.clone(), question: plain(question) })))
}

fn answer(rest: &str) -> Outcome {
    let (first, behind) = split_first(rest);
    let number = first.trim_start_matches('#').trim_end_matches(':').parse().ok();
    let text = if number.is_some() { behind } else { rest };
    if text.is_empty() {
        return Err(wrong("What is the answer? Type `/incident consult answer <number> <text>`."));
    }
    Ok(Meaning::Do(Command::Course(Ask::Answer { number, text: plain(text) })))
}
