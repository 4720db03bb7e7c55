//! Who is on call at other providers.

use jiff::Timestamp;

use super::{super::when::duration, date, escape, person};
use crate::{ids::UserId, paging::there::External};

/// Who is on call there, as far as it is known.
#[derive(Debug, Clone)]
pub struct Elsewhere {
    /// By level; nobody at all is an answer.
    pub levels: Vec<Rung>,
    /// When the provider said so.
    pub said: Timestamp,
    /// It could not be asked since then, although that was due.
    pub stale: bool,
}

/// One level.
#[derive(Debug, Clone)]
pub struct Rung {
    /// From 1.
    pub level: u32,
    /// Who, as the provider names them, and in Slack where that is known.
    pub people: Vec<(String, Option<UserId>)>,
    /// Until when; none: it does not say.
    pub until: Option<Timestamp>,
}

/// In a line; `known` is why there is no answer, where there is none.
#[must_use]
pub fn elsewhere(of: &External, known: &Result<Elsewhere, String>, now: Timestamp) -> String {
    let place = format!("*{}*", escape(&of.to_string()));
    match known {
        Err(why) => format!("{place}: :warning: who is on call there is not known ({})", escape(why)),
        Ok(known) if known.levels.is_empty() => {
            format!("{place}: :warning: *nobody* is on call there{}", age(known, now))
        }
        Ok(known) => {
            let levels: Vec<String> = known.levels.iter().map(rung).collect();
            format!("{place}: {}{}", levels.join(", "), age(known, now))
        }
    }
}

fn rung(rung: &Rung) -> String {
    let names: Vec<String> =
        rung.people.iter().map(|(name, who)| who.as_ref().map_or_else(|| escape(name), person)).collect();
    let until = rung.until.map(|at| format!(" until {}", date(at))).unwrap_or_default();
    format!("level {} {}{until}", rung.level, names.join(" and "))
}

fn age(known: &Elsewhere, now: Timestamp) -> String {
    let age = duration(now.duration_since(known.said));
    if known.stale {
        format!(" · :warning: stale, {age} old: it cannot be asked now")
    } else {
        format!(" · asked {age} ago")
    }
}
