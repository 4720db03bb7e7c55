//! From the file's text to a playbook, telling every problem at once.
//!
//! What cannot be read is told with its line, taken out, and the rest is read again, so that one slip hides no other one.

use std::{collections::BTreeSet, ops::Range};

use jiff::civil::Date;
use serde::Deserialize;
use toml::{
    Spanned,
    de::{DeTable, DeValue, Deserializer},
};

use super::{
    BUILTIN, EditionId, Playbook,
    lint::{Known, lint},
    problem::{Found, Level, Place, Problem, Step, place},
    slip,
};

/// So many slips are told of one file; whoever has more mends these first.
const MOST: usize = 100;
/// The longest file that is read, in bytes.
const LONGEST: usize = 4 << 20;

/// What came of reading a file.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The playbook, where nothing keeps it from being used.
    pub playbook: Option<Playbook>,
    /// Everything that is wrong, in the order of its lines.
    pub problems: Vec<Problem>,
}

/// Reads and checks a playbook. `today` is for what grows old: without it nothing is called overdue.
#[must_use]
pub fn read(text: &str, today: Option<Date>) -> Reading {
    let lines = Lines::of_text(text);
    if text.len() > LONGEST {
        let what = format!("the file has {} bytes; {LONGEST} is the most. Is it a playbook?", text.len());
        return Reading { playbook: None, problems: vec![Problem { level: Level::Error, line: 1, what }] };
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut problems: Vec<Problem> =
        errors.iter().map(|e| lines.problem(e.span(), slip::unreadable(text, e))).collect();
    if problems.is_empty() {
        let (playbook, table, known) = structure(&lines, table, &mut problems);
        let mut playbook = playbook;
        if let Some(book) = &mut playbook {
            book.edition = EditionId::of(text);
            let mut found = Found::default();
            lint(book, &known, today, &mut found);
            let told = found.all.into_iter();
            problems.extend(told.map(|(level, place, what)| Problem {
                level,
                line: lines.of(locate(&table, &place)),
                what,
            }));
        }
        if problems.iter().any(|p| p.level == Level::Error) {
            playbook = None;
        }
        problems.sort_by_key(|p| (p.line, p.level));
        return Reading { playbook, problems };
    }
    Reading { playbook: None, problems }
}

/// The line in which `key` of the `n`th thing of the list `array` stands, counted from 1; the line of what is around it where it is
/// left out.
#[must_use]
pub fn line_of(text: &str, array: &str, n: usize, key: &str) -> usize {
    let (table, _) = DeTable::parse_recoverable(text);
    Lines::of_text(text).of(locate(&table, &[array.into(), n.into(), key.into()]))
}

/// The file as data; what cannot be read is told and taken out.
fn structure<'t>(
    lines: &Lines,
    mut table: Spanned<DeTable<'t>>,
    problems: &mut Vec<Problem>,
) -> (Option<Playbook>, Spanned<DeTable<'t>>, Known) {
    let (mut known, mut gone) = (Known::default(), Vec::<Place>::new());
    let (mut lacking, mut whole) = (Vec::<String>::new(), true);
    let mut read = None;
    while problems.len() < MOST {
        let error = match Playbook::deserialize(Deserializer::from(table.clone())) {
            Ok(playbook) => {
                read = Some(playbook);
                break;
            }
            Err(error) => error,
        };
        let lacks = slip::missing(&error).map(str::to_owned);
        let place = error.span().and_then(|span| find_in(table.get_ref(), &span, lacks.is_some()));
        let Some(place) = place else {
            // Something is missing of the file itself: the rest is read beside the built-in one's.
            let Some(key) = lacks.filter(|key| stand_in(&mut table, key)) else {
                problems.push(lines.problem(error.span(), slip::sentence(&error, None)));
                break;
            };
            whole = false;
            if !gone.contains(&place![key.as_str()]) {
                lacking.push(format!("`{key}`"));
            }
            continue;
        };
        // What is missing because it was taken out was told already.
        let told = lacks.is_some_and(|key| gone.contains(&[place.clone(), place![key.as_str()]].concat()));
        if !told {
            let what = if is_date(table.get_ref(), &place) {
                "write the date in quotes: \"2026-11-30\"".to_owned()
            } else {
                slip::sentence(&error, last_key(&place))
            };
            problems.push(lines.problem(error.span(), what));
        }
        if let Some((Step::Index(_), list)) = place.split_last() {
            // What stands behind it moves up.
            gone.retain(|gone| !gone.starts_with(list));
        }
        known.levels |= place[0] == Step::from("severities");
        gone.push(place.clone());
        if !take_out(&mut table, &place, &mut known.dropped) {
            break;
        }
    }
    problems.extend(lacks_of_the_file(&lacking));
    (read.filter(|_| whole), table, known)
}

/// A file that lacks what every playbook has.
fn lacks_of_the_file(lacking: &[String]) -> Option<Problem> {
    let (is, add) = match lacking {
        [] => return None,
        [_] => ("is", "add it"),
        _ => ("are", "add them"),
    };
    let what = format!(
        "{} {is} missing: {add}. A playbook is whole: `watchroom check --builtin` prints the one inside, to copy and change",
        lacking.join(", ")
    );
    Some(Problem { level: Level::Error, line: 1, what })
}

/// Puts what the built-in playbook has under a key where the file has nothing.
fn stand_in(table: &mut Spanned<DeTable<'_>>, key: &str) -> bool {
    let (builtin, _) = DeTable::parse_recoverable(BUILTIN);
    let found = builtin.into_inner().into_iter().find(|(name, _)| name.get_ref() == key);
    found.map(|(name, value)| table.get_mut().insert(name, value)).is_some()
}

/// The key whose value it is, or in whose list it stands.
fn last_key(place: &[Step]) -> Option<&str> {
    place.iter().rev().find_map(|step| match step {
        Step::Key(key) => Some(key.as_str()),
        Step::Index(_) => None,
    })
}

/// A date without quotes is of another type in TOML.
fn is_date(table: &DeTable<'_>, place: &[Step]) -> bool {
    value_at(table, place).is_some_and(|(_, value)| value.get_ref().is_datetime())
}

/// The way to the key or value that stands at these bytes; to the table there where `is_table`, since a list of tables stands
/// at the same bytes as its first one.
fn find_in(table: &DeTable<'_>, span: &Range<usize>, is_table: bool) -> Option<Place> {
    table.iter().find_map(|(key, value)| {
        let step = Step::Key(key.get_ref().to_string());
        if key.span() == *span && !is_table {
            return Some(vec![step]);
        }
        find(value, span, is_table).map(|rest| std::iter::once(step).chain(rest).collect())
    })
}

fn find(value: &Spanned<DeValue<'_>>, span: &Range<usize>, is_table: bool) -> Option<Place> {
    if value.span() == *span && (value.get_ref().is_table() || !is_table) {
        return Some(Vec::new());
    }
    match value.get_ref() {
        DeValue::Table(table) => find_in(table, span, is_table),
        DeValue::Array(array) => array.iter().enumerate().find_map(|(n, item)| {
            find(item, span, is_table).map(|rest| std::iter::once(Step::Index(n)).chain(rest).collect())
        }),
        _ => None,
    }
}

/// Takes out what cannot be read: a key, or the table that misses one. The names of what goes are kept: who refers to them is
/// not wrong.
fn take_out(table: &mut Spanned<DeTable<'_>>, place: &[Step], dropped: &mut BTreeSet<String>) -> bool {
    let Some((last, way)) = place.split_last() else { return false };
    let mut at = Cursor::Table(table.get_mut());
    for step in way {
        match at.into(step) {
            Some(next) => at = next,
            None => return false,
        }
    }
    match (at, last) {
        (Cursor::Table(table), Step::Key(key)) => {
            table.remove(key.as_str()).map(|gone| names(&gone, dropped)).is_some()
        }
        (Cursor::Value(value), last) => match (value.get_mut(), last) {
            (DeValue::Table(table), Step::Key(key)) => {
                table.remove(key.as_str()).map(|gone| names(&gone, dropped)).is_some()
            }
            (DeValue::Array(array), Step::Index(n)) if *n < array.len() => {
                names(&array[*n], dropped);
                let kept = array.iter().enumerate().filter(|(at, _)| at != n).map(|(_, item)| item.clone());
                *array = kept.collect();
                true
            }
            _ => false,
        },
        (Cursor::Table(_), Step::Index(_)) => false,
    }
}

enum Cursor<'a, 't> {
    Table(&'a mut DeTable<'t>),
    Value(&'a mut Spanned<DeValue<'t>>),
}

impl Cursor<'_, '_> {
    fn into(self, step: &Step) -> Option<Self> {
        match (self, step) {
            (Self::Table(table), Step::Key(key)) => table.get_mut(key.as_str()).map(Self::Value),
            (Self::Value(value), step) => match (value.get_mut(), step) {
                (DeValue::Table(table), Step::Key(key)) => table.get_mut(key.as_str()).map(Cursor::Value),
                (DeValue::Array(array), Step::Index(n)) => array.get_mut(*n).map(Cursor::Value),
                _ => None,
            },
            (Self::Table(_), Step::Index(_)) => None,
        }
    }
}

/// The ids in a value that was taken out.
fn names(gone: &Spanned<DeValue<'_>>, dropped: &mut BTreeSet<String>) {
    match gone.get_ref() {
        DeValue::Table(table) => {
            dropped.extend(table.get("id").and_then(|id| id.get_ref().as_str()).map(str::to_owned));
            table.values().for_each(|inner| names(inner, dropped));
        }
        DeValue::Array(array) => array.iter().for_each(|inner| names(inner, dropped)),
        _ => {}
    }
}

/// The bytes of what stands at this place, or of the nearest thing around it that is in the file.
fn locate(table: &Spanned<DeTable<'_>>, place: &[Step]) -> Range<usize> {
    let around = (1..=place.len()).rev().find_map(|n| value_at(table.get_ref(), &place[..n]));
    around.map_or(0..0, |(span, _)| span)
}

/// The value at this place, and the bytes of its key; of an item of a list, its own.
fn value_at<'a, 't>(table: &'a DeTable<'t>, place: &[Step]) -> Option<(Range<usize>, &'a Spanned<DeValue<'t>>)> {
    let (Step::Key(first), rest) = place.split_first()? else { return None };
    let (key, value) = table.get_key_value(first.as_str())?;
    rest.iter().try_fold((key.span(), value), |(_, value), step| match (value.get_ref(), step) {
        (DeValue::Table(table), Step::Key(key)) => {
            table.get_key_value(key.as_str()).map(|(key, value)| (key.span(), value))
        }
        (DeValue::Array(array), Step::Index(n)) => array.get(*n).map(|item| (item.span(), item)),
        _ => None,
    })
}

/// Where each line ends.
struct Lines(Vec<usize>);

impl Lines {
    fn of_text(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    /// The line in which these bytes begin, counted from 1.
    fn of(&self, span: Range<usize>) -> usize {
        self.0.partition_point(|end| *end < span.start) + 1
    }

    fn problem(&self, span: Option<Range<usize>>, what: String) -> Problem {
        Problem { level: Level::Error, line: self.of(span.unwrap_or(0..0)), what }
    }
}
