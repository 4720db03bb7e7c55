//! Verbs about who does what, and about asking people for help.

use super::{
    args::{Args, Bad, Meaning, Outcome, split_first, words, wrong},
    markup::{Piece, plain},
    names::no_role,
    parse::{FormKind, ParseCx, Parsed, Query},
};
use crate::{
    config::{asking, external_target, nobody, policy_of, policy_of_service},
    ids::UserId,
    incident::Command,
    paging::Target,
    playbook::{RoleId, Severity},
};

/// `sev1`, `SEV1`, `sev-1` or `1`.
pub(super) fn severity_word(word: &str) -> Option<Severity> {
    let word = word.to_lowercase();
    let digits = word.strip_prefix("sev").map_or(word.as_str(), |w| w.strip_prefix('-').unwrap_or(w));
    let is_level = (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_level.then(|| digits.parse().ok().map(Severity)).flatten()
}

/// What to do about a name that Slack did not turn into a person.
pub(super) fn pick(name: &str) -> Bad {
    let name: String = name.chars().filter(|c| *c != '`').take(40).collect();
    wrong(format!(
        "I cannot tell who `@{name}` is. Type `@` and the first letters, then pick the person from the list that Slack \
         shows. Nothing was changed."
    ))
}

/// A person and the other words, in any order.
struct PersonAndRole {
    person: Option<UserId>,
    role: String,
}

fn person_and_role(args: &Args<'_>) -> Result<PersonAndRole, Bad> {
    let (mut person, mut role) = (None, Vec::new());
    for piece in args.pieces() {
        match piece {
            Piece::User(id) if person.is_none() => person = Some(id),
            Piece::Unresolved(name) => return Err(pick(name)),
            Piece::Word("to" | "as" | "for") => {}
            Piece::Word("me") if person.is_none() => role.push("me"),
            Piece::Word(word) => role.push(word),
            Piece::User(_) | Piece::Group(_) | Piece::Channel(_) | Piece::Link(_) => return Err(Bad::Unread),
        }
    }
    Ok(PersonAndRole { person, role: role.join(" ") })
}

/// The playbook's spelling of a role; a single unknown word behind a person is a wrong role, not a title.
fn role(name: &str, certain: bool, cx: &ParseCx<'_>) -> Result<Option<RoleId>, Bad> {
    if name.is_empty() {
        return Ok(None);
    }
    match cx.playbook.role(&plain(name)) {
        Some(role) => Ok(Some(role.id.clone())),
        None if certain => Err(wrong(format!("{} Nothing was changed.", no_role(name, cx)))),
        None => Err(Bad::Unknown(no_role(name, cx))),
    }
}

/// What stands before `because`, and the reason behind it.
pub(super) fn because(rest: &str) -> (&str, Option<String>) {
    let mut words = rest.match_indices(|c: char| c.eq_ignore_ascii_case(&'b')).map(|(at, _)| at);
    let at = words.find(|at| {
        let is_first = rest[..*at].chars().next_back().is_none_or(char::is_whitespace);
        let behind = rest[*at..].get(..7).filter(|w| w.eq_ignore_ascii_case("because")).map(|_| &rest[at + 7..]);
        is_first && behind.is_some_and(|b| b.chars().next().is_some_and(char::is_whitespace))
    });
    match at {
        Some(at) => (rest[..at].trim_end(), Some(plain(rest[at + 7..].trim())).filter(|why| !why.is_empty())),
        None => (rest, None),
    }
}

pub fn lead(args: &Args<'_>, cx: &ParseCx<'_>) -> Outcome {
    let (rest, why) = because(args.rest);
    let PersonAndRole { person, role } = person_and_role(&Args { rest, ..*args })?;
    match role.as_str() {
        "" | "me" => {
            let to = person.unwrap_or_else(|| cx.me.clone());
            Ok(Meaning::Do(Command::AssignRole { role: None, to, why }))
        }
        _ => Err(Bad::Unread),
    }
}

pub fn assign(args: &Args<'_>, cx: &ParseCx<'_>) -> Outcome {
    let (rest, why) = because(args.rest);
    let PersonAndRole { person, role: name } = person_and_role(&Args { rest, ..*args })?;
    let name = name.strip_suffix(" me").unwrap_or(&name);
    match role(name, person.is_some(), cx)? {
        Some(role) => {
            let to = person.unwrap_or_else(|| cx.me.clone());
            Ok(Meaning::Do(Command::AssignRole { role: Some(role), to, why }))
        }
        None if person.is_some() => Err(wrong("Which role? Type `/incident role <role> @person`.")),
        None => Ok(Meaning::Form(FormKind::Roles)),
    }
}

pub fn unassign(args: &Args<'_>, cx: &ParseCx<'_>) -> Outcome {
    let PersonAndRole { role: name, person } = person_and_role(args)?;
    match role(&name, words(&name).count() == 1, cx)? {
        Some(role) => Ok(Meaning::Do(Command::DropRole { role, who: person })),
        None => Err(wrong("Which role? Type `/incident unassign <role>`.")),
    }
}

pub fn roles(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    if args.rest.eq_ignore_ascii_case("raci") {
        return Ok(Meaning::Whole(Parsed::Query(Query::Raci)));
    }
    args.nothing()?;
    Ok(Meaning::Look(|id| Parsed::Query(Query::Roles(id))))
}

pub fn handoff(args: &Args<'_>, cx: &ParseCx<'_>) -> Outcome {
    let PersonAndRole { person, role: name } = person_and_role(args)?;
    let role = role(&name, person.is_some(), cx)?;
    match (person, role) {
        (Some(to), role) => Ok(Meaning::Do(Command::OfferRole { role, to })),
        (None, _) => Ok(Meaning::Form(FormKind::Handover)),
    }
}

pub fn page(args: &Args<'_>, cx: &ParseCx<'_>) -> Outcome {
    if args.is_empty() {
        return Ok(Meaning::Form(FormKind::Escalate));
    }
    if let Some(policy) = policy_of(cx.settings, &args.text()) {
        return Ok(Meaning::Do(Command::StartPage { policy }));
    }
    if let Some(service) = cx.playbook.service(&args.text()) {
        return Ok(Meaning::Do(Command::StartPage { policy: policy_of_service(cx.settings, service) }));
    }
    if let Some(found) = cx.settings.schedule(&args.text()) {
        let on_call = vec![Target::Schedule(found.schedule.id.clone())];
        return Ok(Meaning::Do(Command::StartPage {
            policy: asking(cx.settings, found.schedule.name.clone(), on_call),
        }));
    }
    let mut targets: Vec<Target> = Vec::new();
    for piece in args.pieces() {
        let target = match piece {
            Piece::User(id) => Target::Person(id),
            Piece::Group(id) => Target::Group(id),
            Piece::Channel(id) => Target::Channel(id),
            Piece::Unresolved(name) => return Err(unknown_target(name, cx)),
            Piece::Word("me") => Target::Person(cx.me.clone()),
            Piece::Word("and" | "," | "&amp;") => continue,
            Piece::Word(word) if external_target(word).is_some() => external(word, cx)?,
            Piece::Word(word) if targets.is_empty() => return not_a_target(args, word, cx),
            Piece::Word(_) | Piece::Link(_) => {
                return Err(wrong(
                    "Name only people, user groups and channels behind `page`; use `/incident note` for words. \
                     Nobody was paged.",
                ));
            }
        };
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    let names: Vec<String> = targets.iter().map(ToString::to_string).collect();
    Ok(Meaning::Do(Command::StartPage { policy: asking(cx.settings, names.join(" "), targets) }))
}

/// What is paged at another provider.
fn external(word: &str, cx: &ParseCx<'_>) -> Result<Target, Bad> {
    let not = |why: String| wrong(format!("{why}. Nobody was paged."));
    let of = external_target(word).ok_or(Bad::Unread)?.map_err(not)?;
    match cx.settings.external_pagers.lacks(&of) {
        Some(lacks) => Err(not(lacks)),
        None => Ok(Target::External(of)),
    }
}

fn unknown_target(name: &str, cx: &ParseCx<'_>) -> Bad {
    // A policy may be called like a group.
    match policy_of(cx.settings, name) {
        Some(policy) => wrong(format!("To page by that policy, type `/incident page {}` without `@`.", policy.name)),
        None => pick(name),
    }
}

/// One word is a service or policy that does not exist: somebody needs help all the same. More are perhaps a title.
fn not_a_target(args: &Args<'_>, word: &str, cx: &ParseCx<'_>) -> Outcome {
    if !split_first(args.rest).1.is_empty() || super::trouble::sounds_like_trouble(word) {
        return Err(Bad::Unread);
    }
    let name: String = plain(word).chars().filter(|c| *c != '`').take(40).collect();
    Ok(Meaning::Do(Command::StartPage { policy: nobody(cx.settings, &name) }))
}

pub fn ack(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    args.nothing()?;
    Ok(Meaning::Do(Command::Acknowledge { page: None, way: None }))
}

/// A few words of reason; more that sound like trouble were a title: `cannot log in since noon`.
pub fn cannot(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    if !args.sure && super::trouble::sounds_like_trouble(args.rest) {
        return Err(Bad::Unread);
    }
    Ok(Meaning::Do(Command::DeclinePage { page: None, why: args.reason() }))
}

pub fn unack(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    args.nothing()?;
    Ok(Meaning::Do(Command::HandBackPage { page: None }))
}
