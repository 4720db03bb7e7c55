//! What people say to a page besides "I am on it".

use jiff::{SignedDuration, Timestamp};

use super::{Context, must_be_open, pages, text};
use crate::{
    ids::UserId,
    incident::{ExternalSource, Incident, Needed, Rejection, What},
    paging::{Onward, Page, PageId, PageState, Return},
};

/// How long somebody has to say that they are still on it.
const CHECK: SignedDuration = SignedDuration::from_mins(5);

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
        events.extend(pages::pass_on(it, &without, Onward::Declined, cx.now));
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

/// The timer of an acknowledged page rang: is whoever has it still there?
pub(super) fn look_after(
    it: &Incident,
    page: &Page,
    by: Option<&UserId>,
    now: Timestamp,
) -> Result<Vec<What>, Rejection> {
    // A sign of life set the timer anew.
    if it.looks_at(page).is_none_or(|at| at > now) {
        return Err(Rejection::Stale);
    }
    if page.is_checked() {
        return Ok(returned(it, page, by, Return::Silent, None, now));
    }
    let until = now.saturating_add(CHECK).unwrap_or(Timestamp::MAX);
    Ok(vec![What::PageChecked { page: page.id, by: by.cloned(), until }])
}

/// "I am still on it", or: somebody is whom Slack does not know.
pub(super) fn keep(it: &Incident, id: PageId, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let me = cx.person().ok_or(Rejection::Stale)?;
    // Of somebody whom Slack does not know, anybody here may say it.
    let of_stranger = |page: &&Page| matches!(page.state, PageState::AcknowledgedExternally { .. });
    let page = it.page(id).filter(of_stranger).map_or_else(|| theirs(it, id, me), Ok)?;
    if !page.is_checked() {
        return Err(Rejection::AlreadySo);
    }
    Ok(vec![What::PageKept { page: id, by: me.clone() }])
}

/// The page with this number, which this person has acknowledged.
fn theirs<'a>(it: &'a Incident, id: PageId, me: &UserId) -> Result<&'a Page, Rejection> {
    let page = it.page(id).ok_or(Rejection::NoSuchPage(id))?;
    match &page.state {
        PageState::Acknowledged { by, .. } if by == me => Ok(page),
        PageState::Acknowledged { by, at, .. } => Err(Rejection::AlreadyAcknowledged { by: by.clone(), at: *at }),
        PageState::Waiting | PageState::AcknowledgedExternally { .. } | PageState::Exhausted { .. } => {
            Err(Rejection::WentOn(id))
        }
        PageState::Ended { .. } => Err(Rejection::PageOver(id)),
    }
}

/// Takes an acknowledgement back: the step that was reached is asked again. By a button whoever has the page gives it back;
/// by name of the incident anybody may, where they see that nobody is on it.
pub(super) fn hand_back(it: &Incident, id: Option<PageId>, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let me = cx.person().ok_or(Rejection::Stale)?;
    let had = || it.pages.iter().rev().filter(|page| is_taken(page));
    let latest = || had().find(|page| on_it(page) == Some(me)).or_else(|| had().next());
    let page = id.map_or_else(|| latest().ok_or(Rejection::NothingToHandBack), |id| theirs(it, id, me))?;
    let from = on_it(page);
    let mut left = page.clone();
    // Whoever gives it back is not asked at once whether they will have it.
    if from == Some(me) {
        left.decline(me);
    }
    Ok(returned(it, &left, from, Return::HandedBack, None, cx.now))
}

/// Is somebody on it, whether Slack knows them or not?
const fn is_taken(page: &Page) -> bool {
    match page.state {
        PageState::Acknowledged { .. } | PageState::AcknowledgedExternally { .. } => true,
        PageState::Waiting | PageState::Exhausted { .. } | PageState::Ended { .. } => false,
    }
}

/// Whoever is on it, where Slack knows them.
pub(super) const fn on_it(page: &Page) -> Option<&UserId> {
    match &page.state {
        PageState::Acknowledged { by, .. } => Some(by),
        PageState::Waiting
        | PageState::AcknowledgedExternally { .. }
        | PageState::Exhausted { .. }
        | PageState::Ended { .. } => None,
    }
}

/// The step that was reached is asked again.
pub(super) fn returned(
    it: &Incident,
    page: &Page,
    from: Option<&UserId>,
    how: Return,
    source: Option<ExternalSource>,
    now: Timestamp,
) -> Vec<What> {
    let mut events = vec![What::PageReturned { page: page.id, from: from.cloned(), how, source }];
    let page = &Page { answered: Vec::new(), ..page.clone() };
    events.extend(pages::go_on(it, page, page.step, Onward::Returned, now));
    events
}
