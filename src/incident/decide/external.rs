//! What was done at another provider to a page that went there.

use jiff::Timestamp;

use super::{answers, must_be_open};
use crate::{
    ids::UserId,
    incident::{ExternalSource, Incident, Rejection, Text, What, access},
    paging::{
        Page, PageState, Return,
        external::{self, External, ExternalPage, Heard, Update},
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
pub(super) fn external_update(
    it: &Incident,
    said: &ExternalUpdate<'_>,
    now: Timestamp,
) -> Result<Vec<What>, Rejection> {
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
        (Update::Acknowledged, PageState::Acknowledged { .. }) => return Err(Rejection::AlreadySo),
        // Somebody is known to be on it. One whom Slack knows is better, and whoever says it again is still there.
        (Update::Acknowledged, PageState::AcknowledgedExternally { of, check, .. })
            if said.who.is_none_or(|who| !access::may_see(it, who)) && (*of != known.of || check.is_none()) =>
        {
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
        // Whoever said here that they are on it still are, whatever was said there.
        (Update::Unacknowledged, state) if acknowledged_at(state) == Some(&known.of) => {
            let from = answers::on_it(page);
            return Ok(answers::returned(it, page, from, Return::Unacknowledged, Some(source), now));
        }
        (Update::Unacknowledged | Update::Escalated | Update::Reassigned | Update::Resolved, _) => told(name),
    }])
}

/// Of what at another provider a page was acknowledged there.
const fn acknowledged_at(state: &PageState) -> Option<&External> {
    match state {
        PageState::Acknowledged { source, .. } => source.as_ref(),
        PageState::AcknowledgedExternally { of, .. } => Some(of),
        PageState::Waiting | PageState::Exhausted { .. } | PageState::Ended { .. } => None,
    }
}

/// The page with this key, if it has it still.
fn page_of_key<'a>(it: &'a Incident, key: &str) -> Option<(&'a Page, &'a ExternalPage)> {
    let (_, page, number) = external::parse_key(key)?;
    let page = it.page(page)?;
    let fits = |known: &&ExternalPage| known.number == number && external::key(it.id, page, &known.of, number) == key;
    page.external.iter().find(fits).map(|known| (page, known))
}
