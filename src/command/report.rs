//! Verbs about what customers report.

use jiff::Timestamp;

use super::{
    args::{Args, Bad, Meaning, Outcome, split_first, words, wrong},
    markup::plain,
    parse::{ParseCx, Parsed},
    time::{Toward, when},
};

/// Something about customers' reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reporting {
    /// Report something.
    File(String),
    /// One's own reports.
    Mine,
    /// One report.
    Show(u64),
    /// Those of the incident, and those that belong to none.
    List,
    /// Write down what a customer told, for the incident.
    Add {
        /// The words.
        text: String,
        /// When it was reported, where that was earlier.
        reported_at: Option<Timestamp>,
    },
    /// A report belongs to the incident.
    Attach(u64),
    /// It does not, after all.
    Detach(u64),
    /// "I am looking at it."
    Acknowledge(u64),
    /// Remove its words for good.
    Forget(u64),
}

/// The most words that a time has.
const LONGEST_TIME: usize = 5;

/// Settled once it is known of which incident it is said.
fn about(ask: Reporting) -> Meaning {
    Meaning::Whole(Parsed::Report { here: None, ask })
}

/// `R-12`.
fn reference(text: &str) -> Option<u64> {
    let (mark, number) = text.split_at_checked(2)?;
    mark.eq_ignore_ascii_case("r-").then(|| number.parse().ok()).flatten()
}

/// `report <text>`, `report R-12`.
pub fn report(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    Ok(about(match reference(args.rest) {
        Some(number) => Reporting::Show(number),
        None if args.is_empty() => Reporting::Mine,
        None if args.rest.to_lowercase().starts_with("r-") && words(args.rest).count() == 1 => {
            return Err(wrong("Which report? A reference is like `R-12`. `/incident report` shows your own reports."));
        }
        None => Reporting::File(args.text()),
    }))
}

/// `reports`, `reports add <text>`, `reports attach R-12`.
pub fn reports(args: &Args<'_>, cx: &ParseCx<'_>) -> Outcome {
    let (first, rest) = args.first();
    let named = |ask: fn(u64) -> Reporting| match reference(rest) {
        Some(number) => Ok(about(ask(number))),
        None => Err(wrong(format!(
            "Which report? Name it by its reference: `/incident reports {first} R-12`. `/incident reports` shows them. \
             Nothing was changed."
        ))),
    };
    match first.to_lowercase().as_str() {
        "" | "list" if rest.is_empty() => Ok(about(Reporting::List)),
        "add" if rest.is_empty() => Err(wrong(
            "What did the customer say? Type it behind `/incident reports add`, with `at 14:05` before it where it came earlier.",
        )),
        "add" => {
            let (reported_at, text) = earlier(rest, cx);
            Ok(about(Reporting::Add { text: plain(text), reported_at }))
        }
        "attach" => named(Reporting::Attach),
        "detach" => named(Reporting::Detach),
        "ack" => named(Reporting::Acknowledge),
        "forget" => named(Reporting::Forget),
        _ => Err(Bad::Unread),
    }
}

/// Takes `at 14:05` off the beginning of a text.
fn earlier<'a>(text: &'a str, cx: &ParseCx<'_>) -> (Option<Timestamp>, &'a str) {
    let (first, behind) = split_first(text);
    if !first.eq_ignore_ascii_case("at") {
        return (None, text);
    }
    for length in (1..=LONGEST_TIME.min(words(behind).count().saturating_sub(1))).rev() {
        let mut rest = behind;
        for _ in 0..length {
            rest = split_first(rest).1;
        }
        let said = behind[..behind.len() - rest.len()].trim().trim_end_matches([':', ',']);
        if let Some(at) = when(said, cx.now, cx.zone, Toward::Past) {
            return (Some(at), rest);
        }
    }
    (None, text)
}
