//! What people say to a page besides "I am on it".

use super::{Context, must_be_open, pages, text};
use crate::{
    ids::UserId,
    incident::{Incident, Needed, Rejection, What},
    paging::{Onward, Page, PageId},
};

/// A reason for not coming has at most so many characters: it is read at night, on a phone.
pub const WHY_LIMIT: usize = 200;

/// Takes someone off the step that asks them. Where nobody else of it can answer, the next one begins at once.
pub(super) fn decline(
    it: &Incident,
    id: Option<PageId>,
    why: Option<&str>,
    cx: &Context<'_>,
) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let by = cx.person().ok_or(Rejection::Stale)?;
    let page = asked(it, id, by)?;
    let why = why.map(str::trim).filter(|why| !why.is_empty());
    let why = why.map(|why| text(why, Needed::Reason, WHY_LIMIT)).transpose()?;
    let mut without = page.clone();
    without.decline(by);
    let mut events = vec![What::PageDeclined { page: page.id, by: by.clone(), why }];
    if !without.may_be_answered() {
        events.extend(pages::pass_on(&without, Onward::Declined, cx.now));
    }
    Ok(events)
}

/// The page that asks this person: the one that they mean, or the latest that does.
fn asked<'a>(it: &'a Incident, id: Option<PageId>, by: &UserId) -> Result<&'a Page, Rejection> {
    let Some(id) = id else {
        let waiting = || it.pages.iter().rev().filter(|p| p.waits());
        let found = waiting().find(|p| p.asks(by));
        return found.ok_or_else(|| match (waiting().find(|p| p.declined.contains(by)), waiting().next()) {
            (Some(page), _) => Rejection::AlreadyDeclined(page.id),
            (None, Some(page)) => Rejection::NotAsked(page.id),
            (None, None) => pages::nothing_waits(it),
        });
    };
    let page = pages::waiting(it, id)?;
    match (page.declined.contains(by), page.asks(by)) {
        (true, _) => Err(Rejection::AlreadyDeclined(id)),
        (false, true) => Ok(page),
        (false, false) => Err(Rejection::NotAsked(id)),
    }
}
