//! Who is on call, in words.

mod feed;
mod home;
mod lists;
mod no;
mod provider;
mod told;

pub(super) use feed::quoted;
pub use feed::{calendar_news, missed, unread};
pub use home::{Duty, ON_HOME, home};
pub use lists::{Level, absences, everybody, group, level, mine, overrides, place, schedule, steps, target, weeks};
pub(super) use no::no;
pub use provider::{ProviderLevel, ProviderNext, ProviderOnCall, provider_on_call};
pub use told::{
    asked, away, changed, gaps, group_stays, left, made, noted, read_in, same, shift, took, uncovered, void,
};

use jiff::Timestamp;

use lists::names;

use super::{escape::escape, line::person, when::date};
use crate::{
    config::Followed,
    ids::UserId,
    paging::{
        rota::Span,
        schedule::{Change, Cover, Gap, OnCall, Source},
    },
};

/// `*Primary*`
fn called(followed: &Followed) -> String {
    format!("*{}*", escape(&followed.schedule.name))
}

fn people<'a>(who: impl Iterator<Item = &'a UserId>) -> String {
    who.map(person).collect::<Vec<_>>().join(", ")
}

/// `from … until …`
fn between(span: Span) -> String {
    format!("from {} until {}", date(span.from), date(span.until))
}

/// The same, where it may have begun already.
fn until(span: Span, now: Timestamp) -> String {
    if span.from <= now { format!("until {}", date(span.until)) } else { between(span) }
}

/// Who it is, or why nobody.
fn cover(cover: &Cover) -> String {
    match cover {
        Cover::People(on_duty) => people(on_duty.iter().map(|p| &p.who)),
        Cover::Gap(gap) => format!(":warning: *nobody*{}", why(gap)),
    }
}

fn why(gap: &Gap) -> String {
    match gap {
        Gap::NobodyScheduled => String::new(),
        Gap::Strangers { names } => {
            format!(" (the calendar names {}, whom Slack does not know)", feed::strangers(names))
        }
        Gap::Absent { people: away } => format!(" ({} away)", people(away.iter())),
        Gap::Removed { .. } => " (taken off by an override)".to_owned(),
    }
}

/// By what they are on call; who by which, where that is not the same of all.
fn sources(cover: &Cover) -> String {
    let Cover::People(on_duty) = cover else { return String::new() };
    let mut all: Vec<(String, Vec<&UserId>)> = Vec::new();
    for one in on_duty {
        let source = match &one.source {
            Source::Rotation { rotation, .. } => format!("by the rotation {}", escape(rotation)),
            Source::Override(id) => format!("by override {}", escape(id.as_str())),
        };
        match all.iter_mut().find(|(known, _)| *known == source) {
            Some((_, who)) => who.push(&one.who),
            None => all.push((source, vec![&one.who])),
        }
    }
    match all.as_slice() {
        [(source, _)] => source.clone(),
        several => {
            let each = |(source, who): &(String, Vec<&UserId>)| format!("{} {source}", people(who.iter().copied()));
            several.iter().map(each).collect::<Vec<_>>().join(", ")
        }
    }
}

/// Since when, and until when.
fn span_of(on: &OnCall) -> String {
    let since = on.since.map(|at| format!("since {}", date(at)));
    let until = on.until.map(|at| format!("until {}", date(at)));
    let parts: Vec<String> = since.into_iter().chain(until).collect();
    if parts.is_empty() { String::new() } else { format!(", {}", parts.join(", ")) }
}

/// What an override does, from the side of nobody in particular.
fn does(change: &Change) -> String {
    match change {
        Change::Replace { of: Some(of), by } => format!("{} instead of {}", person(by), person(of)),
        Change::Replace { of: None, by } => format!("{} instead of everybody", person(by)),
        Change::Add { who } => format!("{} too", person(who)),
        Change::Remove { who } => format!("without {}", person(who)),
    }
}
