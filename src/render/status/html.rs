//! The page as HTML.

use serde_json::{Value, json};

use super::{
    templates::fill,
    view::{Reading, class},
    words::ALL,
};
use crate::status::Post;

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

/// The overview: how everything stands, what goes on, what was.
///
/// # Panics
/// Never: a test fills the templates in.
#[must_use]
pub fn overview(r: Reading<'_>) -> String {
    let worst = r.worst();
    let values = json!({
        "overall": r.words.overall(worst), "class": class(worst), "current": r.current(), "groups": r.groups(),
        "upcoming": r.upcoming(), "past": r.past(),
    });
    filled("overview", r, "", values)
}

/// One incident, or one maintenance window.
///
/// # Panics
/// Never: a test fills the templates in.
#[must_use]
pub fn incident(r: Reading<'_>, post: &Post) -> String {
    filled("incident", r, &format!("/incidents/{}", post.id), json!({ "item": r.item(post) }))
}

/// Everything that was, of one month; none: the latest that there is.
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
    let items = found.map(|n| months[n].1.iter().map(|post| r.item(post)).collect::<Vec<_>>());
    let values = json!({
        "items": items.unwrap_or_default(), "month": name(found), "newer": name(found.and_then(|n| n.checked_sub(1))),
        "older": name(found.map(|n| n + 1)),
    });
    let path = month.map_or_else(|| "/history".to_owned(), |month| format!("/history/{month}"));
    Some(filled("history", r, &path, values))
}
