//! What was done at another provider to a page that went there.

use jiff::Timestamp;

use super::must_be_open;
use crate::{
    ids::UserId,
    incident::{Heard, Incident, Rejection, Text, What, access},
    paging::{
        Page, PageState,
        there::{self, Done, There},
    },
};

/// A name at another provider has at most so many characters.
const NAME: usize = 100;

/// What was heard.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said<'a> {
    pub key: &'a str,
    pub done: Done,
    pub who: Option<&'a UserId>,
    pub name: Option<&'a str>,
    pub at: Timestamp,
}

/// What becomes of it here. What is known already changes nothing, and neither does what comes late: messages may overtake each other.
pub(super) fn hear_of(it: &Incident, said: &Said<'_>) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let (page, known) = meant(it, said.key).ok_or(Rejection::Stale)?;
    if known.heard.is_some_and(|heard| heard >= said.at) || matches!(page.state, PageState::Ended { .. }) {
        return Err(Rejection::Stale);
    }
    let there = Heard { of: known.of.clone(), at: said.at };
    let name = said.name.map(|name| Text::new(name.chars().take(NAME).collect::<String>()));
    let told = |name| What::PageHeardOf { page: page.id, there: there.clone(), done: said.done, name };
    Ok(vec![match (said.done, &page.state) {
        // What was acknowledged here shows there, and is told from there.
        (Done::Acknowledged, PageState::Acknowledged { .. } | PageState::Elsewhere { .. }) => {
            return Err(Rejection::AlreadySo);
        }
        (Done::Resolved, _) if known.over => return Err(Rejection::AlreadySo),
        // Nobody is let into a secret from outside: there the name stands in the room, and those who are in it decide.
        (Done::Acknowledged, _) => match said.who.filter(|who| access::may_see(it, who)) {
            Some(who) if page.awaits_others(who) => What::PageAnswered { page: page.id, by: who.clone() },
            Some(who) => What::PageAcknowledged { page: page.id, by: who.clone(), there: Some(there) },
            None if page.awaits_somebody() => told(name),
            None => What::PageTakenThere { page: page.id, there, name },
        },
        (Done::Unacknowledged | Done::Escalated | Done::Reassigned | Done::Resolved, _) => told(name),
    }])
}

/// The page with this key, if it has it still.
fn meant<'a>(it: &'a Incident, key: &str) -> Option<(&'a Page, &'a There)> {
    let (_, page, number) = there::named(key)?;
    let page = it.page(page)?;
    let fits = |known: &&There| known.number == number && there::key(it.id, page, &known.of, number) == key;
    page.there.iter().find(fits).map(|known| (page, known))
}
