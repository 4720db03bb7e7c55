//! The words behind a verb, and what a verb may say about them.

use super::{
    markup::{Piece, piece, plain},
    parse::{FormKind, Parsed, Step},
};
use crate::{ids::IncidentId, incident::Command};

/// The words behind a verb, still in Slack's markup.
#[derive(Debug)]
pub struct Args<'a> {
    /// The name by which the verb was called, in lower case.
    pub said: &'a str,
    /// Everything behind it.
    pub rest: &'a str,
    /// The person said with `--` that everything behind it is meant for this verb.
    pub sure: bool,
}

/// What a verb with its arguments means, before it is known of which incident.
#[derive(Debug)]
pub enum Meaning {
    /// Needs no incident.
    Whole(Parsed),
    /// A change of the incident.
    Do(Command),
    /// To the phase beside the present one.
    Step(Step, Option<String>),
    /// A form about the incident.
    Form(FormKind),
    /// A look at the incident.
    Look(fn(IncidentId) -> Parsed),
}

/// Why the arguments cannot be read.
#[derive(Debug)]
pub enum Bad {
    /// They are not arguments of this verb; it may have been the first word of a title.
    Unread,
    /// They name something that the playbook does not have; this says what there is. Else the same.
    Unknown(String),
    /// The verb was certainly meant; this says what is wrong.
    Wrong(String),
}

/// What comes of reading a verb's arguments.
pub type Outcome = Result<Meaning, Bad>;

/// That the verb was certainly meant, and what is wrong.
pub fn wrong(sentence: impl Into<String>) -> Bad {
    Bad::Wrong(sentence.into())
}

impl<'a> Args<'a> {
    /// Is there nothing behind the verb?
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Everything behind it, as people read it.
    pub fn text(&self) -> String {
        plain(self.rest)
    }

    /// Everything behind it if there is anything.
    pub fn reason(&self) -> Option<String> {
        (!self.is_empty()).then(|| self.text())
    }

    /// Its words, each as what it refers to.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'a>> {
        words(self.rest).map(piece)
    }

    /// The first word and what follows it.
    pub fn first(&self) -> (&'a str, &'a str) {
        split_first(self.rest)
    }

    /// Refuses anything behind the verb.
    pub fn nothing(&self) -> Result<(), Bad> {
        if self.is_empty() { Ok(()) } else { Err(Bad::Unread) }
    }
}

/// The first word, and the rest without the white space between. A reference in angle brackets is one word.
pub fn split_first(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let mut inside = false;
    let end = text.char_indices().find(|(_, c)| {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            _ => {}
        }
        !inside && c.is_whitespace()
    });
    // A bracket that never closes is no reference: then white space ends the word after all.
    let end = end.map(|(at, _)| at).or_else(|| if inside { text.find(char::is_whitespace) } else { None });
    let (word, rest) = text.split_at(end.unwrap_or(text.len()));
    (word, rest.trim())
}

/// Every word.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text.trim();
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (word, behind) = split_first(rest);
        rest = behind;
        Some(word)
    })
}
