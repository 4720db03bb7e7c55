//! What an editor would mark in a playbook that can be read: names that nothing has, things that can never happen, texts with
//! holes. A file for each family of things.

mod cadence;
mod circles;
mod course;
mod index;
mod people;
mod places;
mod uses;
mod words;

pub use people::{ROLES_SHOWN, SERVICES_SHOWN};

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use self::index::{Index, Names};
use super::{
    KindId, PhaseId, Playbook, Severity,
    problem::{Found, Place, place},
};

/// What was taken out while reading: whoever refers to it is not wrong.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub dropped: BTreeSet<String>,
    /// Was a severity among it? Then no severity is called unknown.
    pub levels: bool,
}

/// What the checks look at.
#[derive(Clone, Copy)]
struct Cx<'a> {
    book: &'a Playbook,
    known: &'a Known,
    index: &'a Index<'a>,
}

/// Every check.
pub(super) fn lint(book: &Playbook, known: &Known, today: Option<Date>, found: &mut Found) {
    let cx = Cx { book, known, index: &Index::of(book) };
    head(cx, found);
    course::check(cx, found);
    people::check(cx, found);
    cadence::check(cx, found);
    words::check(cx, found);
    if let Some(today) = today {
        aged(book, today, found);
    }
}

fn head(cx: Cx<'_>, found: &mut Found) {
    let book = cx.book;
    if book.last_reviewed.is_some() && book.review_every_days == 0 {
        found.warn(
            place!["last_reviewed"],
            "nobody is reminded to look this playbook through again; say how often in `review_every_days`",
        );
    }
    for (key, text) in [("name", &book.name), ("version", &book.version)] {
        if text.trim().is_empty() {
            found.error(place![key], format!("`{key}` is empty; people want to know which playbook is in force"));
        }
    }
}

/// What grows old by itself.
fn aged(book: &Playbook, today: Date, found: &mut Found) {
    if let (Some(last), every @ 1..) = (book.last_reviewed, book.review_every_days) {
        let due = last.saturating_add(jiff::Span::new().days(i64::from(every.min(36_500))));
        if due < today {
            let who = book.owner.as_ref().map(|owner| format!(" ({owner} answers for it)")).unwrap_or_default();
            found.warn(
                place!["last_reviewed"],
                format!(
                    "the review of this playbook{who} is overdue since {due}; look it through and set `last_reviewed`"
                ),
            );
        }
    }
    for (n, outlet) in book.channels.iter().enumerate().filter(|(_, outlet)| outlet.trained_only) {
        for (who, _) in outlet.trained.iter().filter(|(_, until)| **until < today) {
            found.warn(
                place!["channels", n, "trained"],
                format!("channel `{}`: the training of {who} has run out; renew it or take them out", outlet.id),
            );
        }
    }
}

impl Playbook {
    /// What has grown old by `today`, each in a sentence: its own review, people's training.
    #[must_use]
    pub fn grown_old(&self, today: Date) -> Vec<String> {
        let mut found = Found::default();
        aged(self, today, &mut found);
        found.all.into_iter().map(|(_, _, what)| what).collect()
    }
}

/// Ids of one sort must differ, and be words that people can type.
fn ids<'a>(found: &mut Found, sort: &str, array: &Place, ids: impl Iterator<Item = &'a str>) {
    let mut seen = BTreeMap::new();
    for (n, id) in ids.enumerate() {
        let at = |key: &str| array.iter().cloned().chain([n.into(), key.into()]).collect::<Place>();
        let typable = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
        if id.is_empty() || id.len() > 60 || !id.chars().all(typable) {
            found.error(
                at("id"),
                format!("{sort} `{id}`: an id has 1 to 60 lower-case letters, digits, `_` and `-`, so that people can type it"),
            );
        }
        if let Some(first) = seen.insert(id, n) {
            let first = first + 1;
            found.error(
                at("id"),
                format!("two {sort}s are called `{id}` (the {first}. and the {}.); rename one", n + 1),
            );
        }
    }
}

impl Cx<'_> {
    /// `sort` `name` must be among `all`; else the nearest one is named.
    fn refers(&self, found: &mut Found, at: Place, sort: &str, name: &str, all: &Names<'_>) {
        if !all.has(name) {
            self.lacking(found, at, sort, name, all.all());
        }
    }

    /// A phase must be one of a kind among these; of any, where none is named.
    fn refers_to_phase(&self, found: &mut Found, at: Place, kinds: &[KindId], name: &PhaseId) {
        if !self.index.has_phase(kinds, name.as_str()) {
            let here = self.index.kinds_of(kinds).flat_map(|(_, kind)| &kind.phases).map(|phase| phase.id.as_str());
            self.lacking(found, at, "phase", name.as_str(), here);
        }
    }

    /// There is none that is called so.
    fn lacking<'n>(&self, found: &mut Found, at: Place, sort: &str, name: &str, all: impl Iterator<Item = &'n str>) {
        if self.known.dropped.contains(name) {
            return;
        }
        let near = found.may_look_around().then(|| all.map(|known| (strsim::osa_distance(name, known), known)).min());
        let hint = match near.flatten() {
            Some((..=3, known)) => format!("; did you mean `{known}`?"),
            _ => "; name one that is in the file, or add it".to_owned(),
        };
        found.error(at, format!("there is no {sort} `{name}`{hint}"));
    }

    /// Does nothing in the file define this severity?
    fn lacks(&self, level: Severity) -> bool {
        !self.known.levels && !self.index.levels.contains(&level)
    }
}
