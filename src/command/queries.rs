//! Verbs that look something up.

use super::{
    args::{Args, Bad, Meaning, Outcome, words, wrong},
    markup::plain,
    parse::{ListWhat, ParseCx, Parsed, Query},
    trouble::sounds_like_trouble,
    verb,
};
use crate::{
    ids::IncidentId,
    incident::{Command, intake::Ask},
};

fn query(query: Query) -> Meaning {
    Meaning::Whole(Parsed::Query(query))
}

/// About the incident named behind the verb, or the one it is said of.
fn about(args: &Args<'_>, look: fn(IncidentId) -> Parsed) -> Outcome {
    match args.rest.parse::<IncidentId>() {
        Ok(id) => Ok(Meaning::Whole(look(id))),
        Err(_) => args.nothing().map(|()| Meaning::Look(look)),
    }
}

pub fn timeline(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    about(args, |id| Parsed::Query(Query::Timeline(id)))
}

pub fn playbook(args: &Args<'_>, cx: &ParseCx<'_>) -> Outcome {
    args.nothing().map(|()| query(Query::Playbook(cx.here)))
}

pub fn summary(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    about(args, |id| Parsed::Query(Query::Summary(id)))
}

pub fn show(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    about(args, |id| Parsed::Query(Query::Show(id)))
}

/// `similar`, `similar INC-2`, `similar tag <condition>`, `similar untag <condition>`.
pub fn similar(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    let (first, condition) = args.first();
    let holds = match first.to_lowercase().as_str() {
        "tag" => true,
        "untag" => false,
        _ => return about(args, |id| Parsed::Query(Query::Similar(id))),
    };
    if condition.is_empty() {
        return Err(wrong(
            "What made it possible? Type it behind, in a few words: `/incident similar tag expired certificate`.",
        ));
    }
    let condition = plain(condition);
    Ok(Meaning::Do(Command::Intake(Ask::Tag { condition, holds, repeats: None })))
}

pub fn channels(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    about(args, |id| Parsed::Query(Query::Channels(id)))
}

pub fn list(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    match args.rest.to_lowercase().as_str() {
        "" | "open" => Ok(query(Query::List(ListWhat::Open))),
        "mine" | "my" => Ok(query(Query::List(ListWhat::Mine))),
        "recent" | "all" => Ok(query(Query::List(ListWhat::Recent))),
        _ => Err(Bad::Unread),
    }
}

pub fn find(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    if args.is_empty() {
        return Err(wrong("Find what? Type words of the title behind it: `/incident find checkout`."));
    }
    // `search is down` is as good a title.
    if args.said == "search" && !args.sure && sounds_like_trouble(args.rest) {
        return Err(Bad::Unread);
    }
    Ok(query(Query::Find(args.text())))
}

pub fn help(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    if args.is_empty() {
        return Ok(query(Query::Help(None)));
    }
    let name = args.rest.strip_prefix("/incident ").unwrap_or(args.rest).trim();
    match verb(name).filter(|v| v.is_now()) {
        Some(verb) => Ok(query(Query::Help(Some(verb.name)))),
        None if words(name).count() == 1 => Ok(query(Query::Help(None))),
        None => Err(Bad::Unread),
    }
}
