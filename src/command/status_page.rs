//! Verbs about our own status page and scheduled maintenance on it.

use jiff::Timestamp;

use super::{
    args::{Args, Bad, Meaning, Outcome, split_first, wrong},
    markup::plain,
    parse::{ParseCx, Parsed},
    time::{Toward, minutes, when},
    trouble::sounds_like_trouble,
};
use crate::{
    paging::reach::{Way, clean},
    status::maintenance::Ask,
};

/// Something about our own page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Publishing {
    /// What stands on it.
    Page,
    /// Whoever subscribed with this mail address is forgotten.
    Forget(String),
    /// Maintenance that is to come or goes on.
    Maintenances,
    /// The form that plans it, with a headline to begin with.
    PlanForm(String),
    /// The form that changes a plan; none named: the only one.
    ChangeForm(Option<u64>),
    /// It takes longer.
    Extend {
        /// Which.
        number: Option<u64>,
        /// How much, or until when.
        by: Longer,
    },
    /// Something else of it changes.
    Do {
        /// Which.
        number: Option<u64>,
        /// How.
        ask: Ask,
    },
}

/// How much longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Longer {
    /// So many minutes more than planned.
    Minutes(u32),
    /// Until then.
    Until(Timestamp),
}

fn about(ask: Publishing) -> Meaning {
    Meaning::Whole(Parsed::StatusPage(ask))
}

/// `statuspage`, `statuspage forget ada@customer.example`
pub fn status_page(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    let (word, rest) = args.first();
    if !word.eq_ignore_ascii_case("forget") {
        return args.nothing().map(|()| about(Publishing::Page));
    }
    let mail = clean(Way::Mail, &plain(rest)).map_err(|_| {
        wrong(
            "Whom? Type the mail address that subscribed to the status page: `/incident statuspage forget ada@customer.example`. Nothing \
             was changed.",
        )
    })?;
    Ok(about(Publishing::Forget(mail)))
}

/// `M-12`, and what follows it.
fn numbered(rest: &str) -> (Option<u64>, &str) {
    let (first, behind) = split_first(rest);
    let number = first.split_at_checked(2).filter(|(mark, _)| mark.eq_ignore_ascii_case("m-"));
    match number.and_then(|(_, number)| number.parse().ok()) {
        Some(number) => (Some(number), behind),
        None => (None, rest),
    }
}

/// `maintenance`, `maintenance plan [title]`, `maintenance extend M-3 by 1h`, …
pub fn maintenance(args: &Args<'_>, cx: &ParseCx<'_>) -> Outcome {
    let (word, behind) = args.first();
    let (number, rest) = numbered(behind);
    let alone = |ask: Ask| match rest {
        "" => Ok(about(Publishing::Do { number, ask })),
        // `maintenance done yesterday broke checkout`
        _ => Err(Bad::Unread),
    };
    match word.to_lowercase().as_str() {
        "" | "list" if rest.is_empty() && number.is_none() => Ok(about(Publishing::Maintenances)),
        "plan" | "new" | "schedule" if number.is_none() && (args.sure || !sounds_like_trouble(rest)) => {
            Ok(about(Publishing::PlanForm(plain(rest))))
        }
        "change" | "edit" if rest.is_empty() => Ok(about(Publishing::ChangeForm(number))),
        "begin" | "start" => alone(Ask::Begin),
        "finish" | "complete" | "done" | "end" => alone(Ask::Finish),
        "extend" => {
            let by = longer(rest, cx).ok_or_else(|| {
                wrong(
                    "How much longer? Type for example `/incident maintenance extend by 1h` or `… extend until 04:00`. Nothing was \
                     changed.",
                )
            })?;
            Ok(about(Publishing::Extend { number, by }))
        }
        "cancel" if args.sure || number.is_some() || !sounds_like_trouble(rest) => {
            let why = (!rest.is_empty()).then(|| plain(rest));
            Ok(about(Publishing::Do { number, ask: Ask::Cancel { why } }))
        }
        _ => Err(Bad::Unread),
    }
}

/// `by 1h`, `1h`, `until 04:00`.
fn longer(text: &str, cx: &ParseCx<'_>) -> Option<Longer> {
    let (word, behind) = split_first(text);
    match word.to_lowercase().as_str() {
        "until" | "till" | "to" => when(behind, cx.now, cx.zone, Toward::Future).map(Longer::Until),
        "by" | "for" => minutes(behind).filter(|m| *m > 0).map(Longer::Minutes),
        _ => minutes(text).filter(|m| *m > 0).map(Longer::Minutes),
    }
}
