//! What people ask about the ways to them, and why not.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Contacts, Fact, Malformed, Way, clean};
use crate::incident::Text;

/// The latest that a way may come after the message in the chat, in minutes.
pub const LATEST_MIN: u32 = 120;
/// How long one test is enough.
pub const TEST_AGAIN: SignedDuration = SignedDuration::from_secs(60);

/// What somebody asks about the ways to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// By these, and by no others that are named here without an address.
    Choose(Vec<Choice>),
    /// Try all of them.
    Test,
    /// A test by this way arrived.
    Prove {
        /// Which test.
        test: u64,
        /// By which way.
        way: Way,
    },
    /// A test by this way went out, or did not.
    Tried {
        /// Which test.
        test: u64,
        /// By which way.
        way: Way,
        /// Why not, where it did not.
        why: Option<String>,
    },
}

/// What somebody chose of one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Which.
    pub way: Way,
    /// Under which address, as they typed it; none: not by this way.
    pub address: Option<String>,
    /// Minutes after the message in the chat, as they typed them; none: with it.
    pub after: Option<String>,
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum No {
    /// That is no address of this way.
    Address {
        /// Which.
        way: Way,
        /// Why not.
        why: Malformed,
    },
    /// Those are no minutes, or too many.
    Minutes {
        /// Of which way.
        way: Way,
    },
    /// It is so already.
    AlreadySo,
    /// They chose no way.
    NoWays,
    /// A test went out a moment ago.
    JustTested,
    /// There is no such test any more.
    NoSuchTest,
}

/// The facts that an ask makes of somebody's ways now. `set_up` are those that the deployment has.
pub fn decide(contacts: &Contacts, ask: &Ask, set_up: &[Way], now: Timestamp) -> Result<Vec<Fact>, No> {
    match ask {
        Ask::Choose(choices) => choose(contacts, choices),
        Ask::Test => {
            let recent = |at: Timestamp| now.duration_since(at) < TEST_AGAIN;
            let ways: Vec<Way> = contacts.usable(set_up).map(|contact| contact.way).collect();
            match (ways.is_empty(), &contacts.test) {
                (true, _) => Err(No::NoWays),
                (false, Some(test)) if recent(test.at) => Err(No::JustTested),
                (false, _) => Ok(vec![Fact::Tested { ways }]),
            }
        }
        Ask::Prove { test, way } => {
            let contact = contacts.of(*way).filter(|contact| contact.seq < *test).ok_or(No::NoSuchTest)?;
            // Pressed again after a later test it is news.
            let since = contacts.test.as_ref().map_or(Timestamp::MIN, |latest| latest.at);
            let pressed_twice = contact.proved.is_some_and(|at| at >= since);
            if pressed_twice { Err(No::AlreadySo) } else { Ok(vec![Fact::Proved { way: *way }]) }
        }
        Ask::Tried { test, way, why } => Ok(vec![Fact::Tried { test: *test, way: *way, why: why.clone() }]),
    }
}

fn choose(contacts: &Contacts, choices: &[Choice]) -> Result<Vec<Fact>, No> {
    let mut facts = Vec::new();
    for Choice { way, address, after } in choices {
        let way = *way;
        let known = contacts.of(way);
        let Some(address) = address else {
            facts.extend(known.map(|_| Fact::WayRemoved { way }));
            continue;
        };
        let address = clean(way, address).map_err(|why| No::Address { way, why })?;
        let after_min = minutes(after.as_deref()).ok_or(No::Minutes { way })?;
        match known {
            Some(known) if known.address.words() == Some(&address) => {
                facts.extend((known.after_min != after_min).then_some(Fact::WayDelayed { way, after_min }));
            }
            Some(_) | None => facts.push(Fact::WayChosen { way, address: Text::new(address), after_min }),
        }
    }
    if facts.is_empty() { Err(No::AlreadySo) } else { Ok(facts) }
}

fn minutes(text: Option<&str>) -> Option<u32> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Some(0) };
    text.parse().ok().filter(|minutes| *minutes <= LATEST_MIN)
}
