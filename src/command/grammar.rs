//! What a verb is, and how one is found.

use super::{
    args::{Args, Outcome},
    parse::ParseCx,
    table::GRAMMAR,
};

/// A verb of `/incident`.
#[derive(Debug)]
pub struct Verb {
    /// Its first name.
    pub name: &'static str,
    /// Its other names.
    pub aliases: &'static [&'static str],
    /// Its arguments, as help shows them behind the name.
    pub usage: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    /// What else one should know; may be empty.
    pub more: &'static str,
    /// Each parses to this verb.
    pub examples: &'static [&'static str],
    /// Is it there yet?
    pub does: Does,
}

/// Is a verb there yet?
#[derive(Debug)]
pub enum Does {
    /// Yes; this reads its arguments.
    Now(Reader),
    /// It answers with a sentence until then, and help does not show it.
    Later {
        /// What it will do, as the rest of "…ing X comes with a later release".
        what: &'static str,
        /// Does free text follow it? Otherwise free text behind it means that it was the beginning of a title.
        text: bool,
    },
}

/// Reads the arguments of one verb.
pub type Reader = fn(&Args<'_>, &ParseCx<'_>) -> Outcome;

impl PartialEq for Verb {
    /// No two verbs have the same name; a test holds the table to it.
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Verb {
    /// All its names, the first one first.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }

    /// Can it be used?
    #[must_use]
    pub const fn is_now(&self) -> bool {
        matches!(self.does, Does::Now(_))
    }

    /// `/incident phase <phase> [why]`.
    #[must_use]
    pub fn line(&self) -> String {
        if self.usage.is_empty() {
            format!("/incident {}", self.name)
        } else {
            format!("/incident {} {}", self.name, self.usage)
        }
    }
}

/// The verb with this name, in any case.
#[must_use]
pub fn verb(name: &str) -> Option<&'static Verb> {
    GRAMMAR.iter().find(|v| v.names().any(|n| n.eq_ignore_ascii_case(name)))
}
