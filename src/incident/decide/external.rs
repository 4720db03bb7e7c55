//! What was done at another provider to a page that went there.

use super::must_be_open;
use crate::{
    ids::UserId,
    incident::{ExternalSource, Incident, Rejection, Text, What, access},
    paging::{
        Page, PageState,
        external::{self, ExternalPage, Heard, Update},
    },
};

/// A name at another provider has at most so many characters.
const NAME: usize = 100;

/// What was heard.
#[derive(Clone, Copy, Debug)]
pub(super) struct ExternalUpdate<'a> {
    pub key: &'a str,
    pub update: Update,
    pub who: Option<&'a UserId>,
    pub name: Option<&'a str>,
    pub heard: Heard,
}

/// What becomes of it here. What is known already changes nothing, and neither does what comes late: messages may overtake each other.
pub(super) fn external_update(it: &Incident, said: &ExternalUpdate<'_>) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let (page, known) = page_of_key(it, said.key).ok_or(Rejection::Stale)?;
    if said.heard.is_late(known.updated_at) || matches!(page.state, PageState::Ended { .. }) {
        return Err(Rejection::Stale);
    }
    let source = ExternalSource { of: known.of.clone(), at: said.heard.at() };
    let name = said.name.map(|name| Text::new(name.chars().take(NAME).collect::<String>()));
    let told = |name| What::PageUpdatedExternally { page: page.id, source: source.clone(), update: said.update, name };
    Ok(vec![match (said.update, &page.state) {
        // What was acknowledged here shows there, and is told from there.
        (Update::Acknowledged, PageState::Acknowledged { .. } | PageState::AcknowledgedExternally { .. }) => {
            return Err(Rejection::AlreadySo);
        }
        (Update::Resolved, _) if known.resolved => return Err(Rejection::AlreadySo),
        // Nobody is let into a secret from outside: there the name stands in the room, and those who are in it decide.
        (Update::Acknowledged, _) => match said.who.filter(|who| access::may_see(it, who)) {
            Some(who) if page.awaits_others(who) => What::PageAnswered { page: page.id, by: who.clone(), way: None },
            Some(who) => What::PageAcknowledged { page: page.id, by: who.clone(), source: Some(source), way: None },
            None if page.awaits_somebody() => told(name),
            None => What::PageAcknowledgedExternally { page: page.id, source, name },
        },
        (Update::Unacknowledged | Update::Escalated | Update::Reassigned | Update::Resolved, _) => told(name),
    }])
}

/// The page with this key, if it has it still.
fn page_of_key<'a>(it: &'a Incident, key: &str) -> Option<(&'a Page, &'a ExternalPage)> {
    let (_, page, number) = external::parse_key(key)?;
    let page = it.page(page)?;
    let fits = |known: &&ExternalPage| known.number == number && external::key(it.id, page, &known.of, number) == key;
    page.external.iter().find(fits).map(|known| (page, known))
}
