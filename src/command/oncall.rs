//! Verbs about who is on call.

use jiff::Timestamp;

use super::{
    args::{Args, Bad, Meaning, Outcome, split_first, words, wrong},
    markup::{Piece, piece, plain},
    parse::{ParseCx, Parsed},
    people::{because, pick},
    span::{span, zones},
    time::{Toward, when},
};
use crate::{
    config::policy_of,
    ids::UserId,
    paging::{
        external::Provider,
        rota::{Ask, AwayAsk, Span},
        schedule::{Change, ScheduleId},
    },
    playbook::ServiceId,
};

/// Something about who is on call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rostering {
    /// Who is on call by every schedule.
    Everybody,
    /// By one schedule.
    Schedule(ScheduleId),
    /// Who is asked by a policy, step by step.
    Policy(String),
    /// Who answers for a service.
    Service(ServiceId),
    /// Who is on call at another provider, as it is named in targets.
    External(String),
    /// The next four weeks of a schedule.
    Weeks(ScheduleId),
    /// One's own shifts and absences, and the ways to reach one.
    Mine,
    /// Try every way to reach one.
    Test,
    /// What differs from a schedule by itself.
    Overrides(ScheduleId),
    /// The form that asks for an override.
    OverrideForm(Option<ScheduleId>),
    /// Change a schedule.
    Change {
        /// Which.
        schedule: ScheduleId,
        /// How.
        ask: Ask,
        /// In which zones the times were read.
        zones: Vec<String>,
    },
    /// Exchange shifts.
    Swap {
        /// In which schedule; none: in the one that both are in.
        schedule: Option<ScheduleId>,
        /// With whom.
        with: UserId,
        /// An instant of one's own shift.
        mine: Option<Timestamp>,
        /// An instant of theirs.
        theirs: Option<Timestamp>,
        /// Why.
        reason: Option<String>,
        /// In which zones the times were read.
        zones: Vec<String>,
    },
    /// Somebody's absences.
    Absences(UserId),
    /// Change when somebody is away.
    Away {
        /// Who.
        who: UserId,
        /// How.
        ask: AwayAsk,
        /// In which zones the times were read.
        zones: Vec<String>,
    },
}

fn about(ask: Rostering) -> Meaning {
    Meaning::Whole(Parsed::OnCall(ask))
}

/// All schedules that there are, to choose from.
fn schedules(cx: &ParseCx<'_>) -> String {
    let ids: Vec<String> = cx.settings.schedules.iter().map(|f| format!("`{}`", f.schedule.id)).collect();
    match ids.as_slice() {
        [] => "No schedules are set up; whoever runs the bot adds [[schedules]] to watchroom.toml.".to_owned(),
        ids => format!("Schedules are {}.", ids.join(", ")),
    }
}

/// `oncall`, `oncall primary`, `oncall checkout`, `oncall primary weeks`, `oncall me`, `oncall test me`.
pub fn oncall(args: &Args<'_>, cx: &ParseCx<'_>) -> Outcome {
    if args.is_empty() {
        return Ok(about(Rostering::Everybody));
    }
    let name = args.text();
    if name.eq_ignore_ascii_case("me") {
        return Ok(about(Rostering::Mine));
    }
    if name.eq_ignore_ascii_case("test me") {
        return Ok(about(Rostering::Test));
    }
    let (first, rest) = args.first();
    if let Some(found) = cx.settings.schedule(&plain(first))
        && ["weeks", "calendar", "ahead"].iter().any(|w| rest.eq_ignore_ascii_case(w))
    {
        return Ok(about(Rostering::Weeks(found.schedule.id.clone())));
    }
    if let Some(found) = cx.settings.schedule(&name) {
        return Ok(about(Rostering::Schedule(found.schedule.id.clone())));
    }
    if let Some(service) = cx.playbook.service(&name) {
        return Ok(about(Rostering::Service(service.id.clone())));
    }
    if let Some(policy) = policy_of(cx.settings, &name) {
        return Ok(about(Rostering::Policy(policy.name)));
    }
    let is_elsewhere = |(provider, _)| Provider::named(provider).is_some();
    if words(args.rest).count() == 1 && name.split_once(':').is_some_and(is_elsewhere) {
        return Ok(about(Rostering::External(name)));
    }
    // `who is on it` and `oncall app is down` are as good as titles.
    if words(args.rest).count() > 1 {
        return Err(Bad::Unread);
    }
    Err(wrong(format!(
        "There is no schedule, service or policy `{}`. {} `/incident oncall` shows all of them.",
        name.replace('`', "'").chars().take(40).collect::<String>(),
        schedules(cx)
    )))
}

/// `override primary @bob for 2h`, `… @bob instead of @alice until 08:00`, `… add @bob tomorrow`, `… remove @alice until 08:00`,
/// `… cover me until 08:00`, `override primary`, `override`.
pub fn override_(args: &Args<'_>, cx: &ParseCx<'_>) -> Outcome {
    if args.is_empty() {
        return Ok(about(Rostering::OverrideForm(None)));
    }
    let (first, rest) = args.first();
    let named = cx.settings.schedule(&plain(first));
    let only = match cx.settings.schedules.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    // Where there is one schedule it need not be named.
    let (found, rest) = match (named, only) {
        (Some(found), _) => (found, rest),
        (None, Some(only)) if !matches!(piece(first), Piece::Word(w) if !is_word_of_override(w)) => (only, args.rest),
        (None, _) if words(args.rest).count() > 3 && !args.rest.contains("<@") && !args.sure => {
            return Err(Bad::Unread);
        }
        (None, _) => {
            return Err(wrong(format!(
                "Of which schedule? Type `/incident override <schedule> @person for 2h`. {} Nothing was changed.",
                schedules(cx)
            )));
        }
    };
    let schedule = found.schedule.id.clone();
    if rest.is_empty() || rest.eq_ignore_ascii_case("list") {
        return Ok(about(Rostering::Overrides(schedule)));
    }
    let (rest, reason) = because(rest);
    let asked = asked(rest)?;
    let (ask, time) = match asked {
        Who::CoverMe(time) => (None, time),
        Who::Named(change, time) => (Some(change), time),
    };
    let Some(span) = span(&time, cx.now, cx.zone) else { return Err(when_then(&schedule)) };
    let ask = match ask {
        None => Ask::CoverMe { span, reason },
        Some(change) => Ask::Override { span, change: change.by(cx.me), reason },
    };
    Ok(about(Rostering::Change { schedule, ask, zones: zones(&time, cx.zone) }))
}

fn is_word_of_override(word: &str) -> bool {
    ["me", "cover", "add", "remove"].iter().any(|w| word.eq_ignore_ascii_case(w))
}

fn when_then(schedule: &ScheduleId) -> Bad {
    wrong(format!(
        "When? Type for example `/incident override {schedule} @person for 2h`, `… until 08:00`, `… tomorrow`, or `… from 18:00 \
         until 08:00`. Nothing was changed."
    ))
}

/// Whom an override names.
enum Person {
    Me,
    Other(UserId),
}

enum Named {
    Replace { of: Option<Person>, by: Person },
    Add(Person),
    Remove(Person),
}

impl Named {
    fn by(self, me: &UserId) -> Change {
        let id = |who: Person| match who {
            Person::Me => me.clone(),
            Person::Other(id) => id,
        };
        match self {
            Self::Replace { of, by } => Change::Replace { of: of.map(id), by: id(by) },
            Self::Add(who) => Change::Add { who: id(who) },
            Self::Remove(who) => Change::Remove { who: id(who) },
        }
    }
}

enum Who {
    CoverMe(String),
    Named(Named, String),
}

/// Who is on call instead, and the words of the time behind it.
fn asked(rest: &str) -> Result<Who, Bad> {
    let (first, behind) = split_first(rest);
    let (second, after) = split_first(behind);
    match first.to_lowercase().as_str() {
        "cover" if second.eq_ignore_ascii_case("me") => return Ok(Who::CoverMe(after.to_owned())),
        "add" | "with" => return Ok(Who::Named(Named::Add(one(second)?), after.to_owned())),
        "remove" | "without" => return Ok(Who::Named(Named::Remove(one(second)?), after.to_owned())),
        _ => {}
    }
    let by = one(first)?;
    let instead = ["instead", "for", "of", "replaces"];
    let mut rest = behind;
    // `instead of @alice`; a bare `for` may begin the time as well.
    while let (word, more) = split_first(rest)
        && instead.iter().any(|w| word.eq_ignore_ascii_case(w))
        && !more.is_empty()
        && (!word.eq_ignore_ascii_case("for") || matches!(piece(split_first(more).0), Piece::User(_)))
    {
        rest = more;
    }
    let (word, more) = split_first(rest);
    match piece(word) {
        Piece::User(of) => Ok(Who::Named(Named::Replace { of: Some(Person::Other(of)), by }, more.to_owned())),
        Piece::Word("me") => Ok(Who::Named(Named::Replace { of: Some(Person::Me), by }, more.to_owned())),
        Piece::Unresolved(name) => Err(pick(name)),
        _ => Ok(Who::Named(Named::Replace { of: None, by }, rest.to_owned())),
    }
}

fn one(word: &str) -> Result<Person, Bad> {
    match piece(word) {
        Piece::User(id) => Ok(Person::Other(id)),
        Piece::Word("me") => Ok(Person::Me),
        Piece::Unresolved(name) => Err(pick(name)),
        _ => Err(wrong(
            "Who is on call then? Name a person: `/incident override <schedule> @person for 2h`. Nothing was changed.",
        )),
    }
}

/// `away tomorrow`, `away 2026-12-24 2026-12-27`, `away @bob until friday`, `away`.
pub fn away(args: &Args<'_>, cx: &ParseCx<'_>) -> Outcome {
    let (first, rest) = args.first();
    let (who, rest) = match piece(first) {
        Piece::User(who) => (who, rest),
        Piece::Unresolved(name) => return Err(pick(name)),
        Piece::Word("me") => (cx.me.clone(), rest),
        _ => (cx.me.clone(), args.rest),
    };
    if rest.is_empty() || rest.eq_ignore_ascii_case("list") {
        return Ok(about(Rostering::Absences(who)));
    }
    match span(rest, cx.now, cx.zone) {
        Some(span) => {
            let zones = zones(rest, cx.zone);
            Ok(about(Rostering::Away { who, ask: AwayAsk::Note { span }, zones }))
        }
        None if words(rest).count() > 4 && !args.sure => Err(Bad::Unread),
        None => Err(wrong(
            "From when until when? Type for example `/incident away tomorrow`, `/incident away until friday` or \
             `/incident away 2026-12-24 to 2026-12-27`. Nothing was changed.",
        )),
    }
}

/// `swap @bob`, `swap @bob friday`, `swap @bob friday for sunday`, `swap primary @bob`.
pub fn swap(args: &Args<'_>, cx: &ParseCx<'_>) -> Outcome {
    let (rest, reason) = because(args.rest);
    let (first, behind) = split_first(rest);
    let named = cx.settings.schedule(&plain(first)).filter(|_| matches!(piece(first), Piece::Word(_)));
    let schedule = named.map(|found| found.schedule.id.clone());
    let (first, rest) = split_first(if schedule.is_some() { behind } else { rest });
    let with = match piece(first) {
        Piece::User(with) => with,
        Piece::Unresolved(name) => return Err(pick(name)),
        Piece::Word("") => {
            return Err(wrong(
                "Exchange shifts with whom? Type `/incident swap @person`, with the day of your shift behind it if it is not the \
                 next: `/incident swap @person friday for sunday`. Nothing was changed.",
            ));
        }
        _ => return Err(Bad::Unread),
    };
    let lower = rest.to_lowercase();
    let (mine, theirs) = lower.split_once(" for ").unwrap_or((lower.as_str(), ""));
    let at = |text: &str| {
        match text.trim() {
        "" | "next" => Ok(None),
        text => match span(text, cx.now, cx.zone) {
            Some(Span { from, .. }) => Ok(Some(from)),
            None => when(text, cx.now, cx.zone, Toward::Future).map(Some).ok_or_else(|| {
                wrong(
                    "Which shifts? Name a day or a time in each: `/incident swap @person friday for sunday`. Nothing was changed.",
                )
            }),
        },
    }
    };
    let zones = if rest == "next" { Vec::new() } else { zones(rest, cx.zone) };
    Ok(about(Rostering::Swap { schedule, with, mine: at(mine)?, theirs: at(theirs)?, reason, zones }))
}
