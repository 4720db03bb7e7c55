//! Who is on call at other providers.

use jiff::Timestamp;

use super::{super::when::duration, date, escape, person};
use crate::{ids::UserId, paging::external::External};

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

/// In a line; `known` is why there is no answer, where there is none.
#[must_use]
pub fn provider_on_call(of: &External, known: &Result<ProviderOnCall, String>, now: Timestamp) -> String {
    let place = format!("*{}*", escape(&of.to_string()));
    match known {
        Err(why) => format!("{place}: :warning: who is on call there is not known ({})", escape(why)),
        Ok(known) if known.levels.is_empty() => {
            format!("{place}: :warning: *nobody* is on call there{}", age(known, now))
        }
        Ok(known) => {
            let levels: Vec<String> = known.levels.iter().map(level).collect();
            format!("{place}: {}{}", levels.join(", "), age(known, now))
        }
    }
}

fn level(level: &ProviderLevel) -> String {
    let unknown = level.unknown.iter().map(|what| format!(":warning: whoever is behind {}", escape(what)));
    let names = level.people.iter().map(|(name, who)| who.as_ref().map_or_else(|| escape(name), person));
    let names: Vec<String> = names.chain(unknown).collect();
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
