//! The ways to a person as they stand.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Fact, Way};
use crate::incident::Text;

/// The ways to a person beside the chat, in the order in which they are tried.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacts {
    /// Each way at most once.
    pub ways: Vec<Contact>,
    /// The latest test.
    pub test: Option<Test>,
}

/// One way to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Which.
    pub way: Way,
    /// The place of the fact that has the address.
    pub seq: u64,
    /// Under which address.
    pub address: Text,
    /// Minutes after the message in the chat; 0: with it.
    pub after_min: u32,
    /// When they last answered a test by it.
    pub proved: Option<Timestamp>,
}

/// A test of all ways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Test {
    /// Its number: the place of its fact in the stream.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// By each of these.
    pub ways: Vec<(Way, Tried)>,
}

/// What came of a test by one way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tried {
    /// It is on its way.
    Waits,
    /// It went out.
    Sent,
    /// It did not.
    Failed {
        /// Why, in the neighbour's word.
        why: String,
    },
    /// They answered it.
    Answered,
}

impl Contacts {
    /// This way, where they chose it.
    #[must_use]
    pub fn of(&self, way: Way) -> Option<&Contact> {
        self.ways.iter().find(|contact| contact.way == way)
    }

    /// Those that can be used: the deployment has them, and their address is known.
    pub fn usable<'a>(&'a self, set_up: &'a [Way]) -> impl Iterator<Item = &'a Contact> {
        self.ways.iter().filter(|contact| set_up.contains(&contact.way) && contact.address.words().is_some())
    }

    /// Folds a fact in; `seq` is its place in the stream. Total: what makes no sense changes nothing.
    pub fn apply(&mut self, seq: u64, at: Timestamp, fact: &Fact) {
        match fact {
            Fact::WayChosen { way, address, after_min } => {
                self.ways.retain(|contact| contact.way != *way);
                let (way, address, after_min) = (*way, address.clone(), *after_min);
                self.ways.push(Contact { way, seq, address, after_min, proved: None });
                self.sort();
            }
            Fact::WayDelayed { way, after_min } => {
                if let Some(contact) = self.ways.iter_mut().find(|contact| contact.way == *way) {
                    contact.after_min = *after_min;
                }
                self.sort();
            }
            Fact::WayRemoved { way } => self.ways.retain(|contact| contact.way != *way),
            Fact::Tested { ways } => {
                let ways = ways.iter().map(|way| (*way, Tried::Waits)).collect();
                self.test = Some(Test { number: seq, at, ways });
            }
            Fact::Tried { test, way, why } => {
                let outcome = why.as_ref().map_or(Tried::Sent, |why| Tried::Failed { why: why.clone() });
                let test = self.test.as_mut().filter(|latest| latest.number == *test);
                // Whoever answered already got it, whatever is heard of it later.
                if let Some(tried) = test.and_then(|test| test.tried(*way)).filter(|tried| **tried != Tried::Answered) {
                    *tried = outcome;
                }
            }
            Fact::Proved { way } => {
                if let Some(contact) = self.ways.iter_mut().find(|contact| contact.way == *way) {
                    contact.proved = Some(at);
                }
                if let Some(tried) = self.test.as_mut().and_then(|test| test.tried(*way)) {
                    *tried = Tried::Answered;
                }
            }
        }
    }

    fn sort(&mut self) {
        self.ways.sort_by_key(|contact| (contact.after_min, contact.way));
    }
}

impl Test {
    fn tried(&mut self, way: Way) -> Option<&mut Tried> {
        self.ways.iter_mut().find(|(of, _)| *of == way).map(|(_, tried)| tried)
    }
}
