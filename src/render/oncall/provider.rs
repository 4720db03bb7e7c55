//! Who is on call at other providers.

use jiff::Timestamp;

use super::{super::when::duration, date, escape, person};
use crate::{
    ids::UserId,
    paging::external::{External, Provider},
};

/// Who is on call there, as far as it is known.
#[derive(Debug, Clone)]
pub struct ProviderOnCall {
    /// By level; nobody at all is an answer.
    pub levels: Vec<ProviderLevel>,
    /// When the provider said so.
    pub said: Timestamp,
    /// It could not be asked since then, although that was due.
    pub stale: bool,
}

/// One level.
#[derive(Debug, Clone)]
pub struct ProviderLevel {
    /// From 1.
    pub level: u32,
    /// Who, as the provider names them, and in Slack where that is known.
    pub people: Vec<(String, Option<UserId>)>,
    /// What else is asked there and could not be looked at, each with why.
    pub unknown: Vec<String>,
    /// Since when; none: it does not say.
    pub since: Option<Timestamp>,
    /// Until when; none: it does not say.
    pub until: Option<Timestamp>,
}

/// Who is on call next at a level there.
#[derive(Debug, Clone)]
pub struct ProviderNext {
    /// From 1.
    pub level: u32,
    /// Who, as above; nobody is an answer.
    pub people: Vec<(String, Option<UserId>)>,
    /// From when; none: it does not say.
    pub from: Option<Timestamp>,
}

/// In a line; `known` is why there is no answer, where there is none, and so is `next`.
#[must_use]
pub fn provider_on_call(
    of: &External,
    known: &Result<ProviderOnCall, String>,
    next: &Result<Vec<ProviderNext>, String>,
    now: Timestamp,
) -> String {
    let place = format!("*{}*", escape(&of.to_string()));
    let known = match known {
        Err(why) => return format!("{place}: :warning: who is on call there is not known ({})", escape(why)),
        Ok(known) => known,
    };
    let coming = next.as_deref().unwrap_or_default();
    let nobody = known.levels.is_empty().then_some(":warning: *nobody* is on call there");
    let mut numbers: Vec<u32> = known.levels.iter().map(|l| l.level).chain(coming.iter().map(|l| l.level)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let levels = numbers.into_iter().map(|n| {
        let standing = known.levels.iter().find(|l| l.level == n).map_or_else(
            || format!("level {n} {}", if nobody.is_some() { "" } else { ":warning: *nobody* " }).trim_end().to_owned(),
            level,
        );
        match (next, coming.iter().find(|l| l.level == n)) {
            (Err(_), _) => standing,
            (Ok(_), Some(next)) => format!("{standing}, {}", then(next)),
            (Ok(_), None) => format!("{standing}, {}", unchanged(of)),
        }
    });
    let said: Vec<String> = nobody.map(str::to_owned).into_iter().chain(levels).collect();
    format!("{place}: {}{}{}", said.join("; "), untold(of, next), age(known, now))
}

/// Whoever follows.
fn then(next: &ProviderNext) -> String {
    let names: Vec<String> = next.people.iter().map(named).collect();
    let who = if names.is_empty() { ":warning: *nobody*".to_owned() } else { names.join(" and ") };
    let from = next.from.map(|at| format!(" from {}", date(at))).unwrap_or_default();
    format!("next {who}{from}")
}

/// Nobody follows, as far as it tells.
const fn unchanged(of: &External) -> &'static str {
    match of.at {
        Provider::PagerDuty | Provider::GrafanaOnCall => "the same for four weeks at least",
        Provider::Opsgenie | Provider::Pager => "nobody is named to come next",
    }
}

/// What it does not tell.
fn untold(of: &External, next: &Result<Vec<ProviderNext>, String>) -> String {
    let times = match of.at {
        Provider::Opsgenie => " · it does not say from when and until when",
        Provider::PagerDuty | Provider::GrafanaOnCall | Provider::Pager => "",
    };
    let next = next.as_ref().err().map(|why| format!(" · who comes next is not known ({})", escape(why)));
    format!("{times}{}", next.unwrap_or_default())
}

fn named((name, who): &(String, Option<UserId>)) -> String {
    who.as_ref().map_or_else(|| escape(name), person)
}

fn level(level: &ProviderLevel) -> String {
    let unknown = level.unknown.iter().map(|what| format!(":warning: whoever is behind {}", escape(what)));
    let names: Vec<String> = level.people.iter().map(named).chain(unknown).collect();
    let since = level.since.map(|at| format!(" since {}", date(at))).unwrap_or_default();
    let until = level.until.map(|at| format!(" until {}", date(at))).unwrap_or_default();
    format!("level {} {}{since}{until}", level.level, names.join(" and "))
}

fn age(known: &ProviderOnCall, now: Timestamp) -> String {
    let age = duration(now.duration_since(known.said));
    if known.stale {
        format!(" · :warning: stale, {age} old: it cannot be asked now")
    } else {
        format!(" · asked {age} ago")
    }
}
