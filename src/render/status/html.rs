//! The page as HTML.

use serde_json::{Value, json};

use super::{
    templates::fill,
    view::{Detail, Reading, class},
    words::ALL,
};
use crate::status::Post;

/// A page is shorter than this, in bytes: where it would not be, it shows less.
const MOST: usize = 50_000;

pub(super) fn filled(name: &str, r: Reading<'_>, path: &str, mut values: Value) -> String {
    values["w"] = json!(r.words);
    values["page"] = json!(r.settings);
    values["languages"] = json!(ALL.map(|w| (w.code, w.name)));
    values["path"] = path.into();
    values["own"] = r.settings.language.as_str().into();
    values["now"] = json!(r.when(r.now));
    values["css"] = include_str!("page.css").into();
    fill(name, values)
}

/// The first of these that is not too long; else the last.
fn fitting(details: &[Detail], page: impl Fn(Detail) -> String) -> String {
    let mut text = String::new();
    for detail in details {
        text = page(*detail);
        if text.len() < MOST {
            break;
        }
    }
    text
}

/// The overview: how everything stands, what goes on, what was. Of many components it shows less of each; all of it stands on pages of
/// their own.
///
/// # Panics
/// Never: a test fills the templates in.
#[must_use]
pub fn overview(r: Reading<'_>) -> String {
    let worst = r.worst();
    let page = |detail| {
        let values = json!({
            "overall": r.words.overall(worst), "class": class(worst), "current": r.current(detail), "groups": r.groups(detail),
            "upcoming": r.upcoming(detail), "past": r.past(detail), "detail": detail.min(Detail::Groups),
        });
        filled("overview", r, "", values)
    };
    fitting(&[Detail::Whole, Detail::Lines, Detail::Names, Detail::Groups, Detail::Headlines], page)
}

/// The components of one group, by its code: none where there is no such group.
///
/// # Panics
/// Never: a test fills the templates in.
#[must_use]
pub fn group(r: Reading<'_>, code: &str) -> Option<String> {
    let group = r.group(code)?;
    let page = |detail| {
        let values = json!({ "group": group, "parts": group.parts(), "detail": detail });
        filled("group", r, &format!("/groups/{code}"), values)
    };
    // Of a group in the last, its components by how they stand.
    Some(fitting(&[Detail::Whole, Detail::Lines, Detail::Names, Detail::Groups], page))
}

/// One component, by its code, with all its days of trouble: none where there is no such component.
///
/// # Panics
/// Never: a test fills the templates in.
#[must_use]
pub fn component(r: Reading<'_>, code: &str) -> Option<String> {
    let it = r.component(code)?;
    let values = json!({ "row": r.row(it), "group": it.group, "trouble": r.trouble(it), "items": r.touching(it) });
    Some(filled("component", r, &format!("/components/{code}"), values))
}

/// There is no such page.
///
/// # Panics
/// Never: a test fills the templates in.
#[must_use]
pub fn missing(r: Reading<'_>) -> String {
    // Its links to other languages lead to the overview: nothing is where it is.
    filled("missing", r, "", json!({}))
}

/// One incident, or one maintenance window.
///
/// # Panics
/// Never: a test fills the templates in.
#[must_use]
pub fn incident(r: Reading<'_>, post: &Post) -> String {
    filled("incident", r, &format!("/incidents/{}", post.id), json!({ "item": r.item(post, usize::MAX) }))
}

/// Everything that was, of one month; none: the latest that there is. Of a month with much to tell the latest words alone, or headlines.
///
/// # Panics
/// Never: a test fills the templates in.
#[must_use]
pub fn history(r: Reading<'_>, month: Option<&str>) -> Option<String> {
    let months = r.months();
    let found = match month {
        Some(month) => Some(months.iter().position(|(name, _)| name == month)?),
        None => (!months.is_empty()).then_some(0),
    };
    let name = |n: Option<usize>| n.and_then(|n| months.get(n)).map(|(name, _)| name.clone());
    let path = month.map_or_else(|| "/history".to_owned(), |month| format!("/history/{month}"));
    let page = |detail: Detail| {
        let items =
            found.map(|n| months[n].1.iter().map(|post| r.item(post, detail.said_of_past())).collect::<Vec<_>>());
        let values = json!({
            "items": items.unwrap_or_default(), "month": name(found), "newer": name(found.and_then(|n| n.checked_sub(1))),
            "older": name(found.map(|n| n + 1)),
        });
        filled("history", r, &path, values)
    };
    Some(fitting(&[Detail::Whole, Detail::Lines, Detail::Groups], page))
}
