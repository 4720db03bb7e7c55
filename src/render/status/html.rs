//! The page as HTML.

use std::sync::LazyLock;

use minijinja::{AutoEscape, Environment, UndefinedBehavior, syntax::SyntaxConfig, value::Serde};
use serde_json::{Value, json};

use super::{
    view::{Reading, class},
    words::ALL,
};
use crate::status::Post;

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true);
    environment.set_syntax(syntax.build().expect("a syntax of its own"));
    for (name, source) in [
        ("layout", include_str!("layout.html")),
        ("overview", include_str!("overview.html")),
        ("incident", include_str!("incident.html")),
        ("history", include_str!("history.html")),
        ("post", include_str!("post.html")),
    ] {
        environment.add_template(name, source).expect("our own templates parse");
    }
    environment
});

fn filled(name: &str, r: Reading<'_>, path: &str, mut values: Value) -> String {
    values["w"] = json!(r.words);
    values["page"] = json!(r.settings);
    values["languages"] = json!(ALL.map(|w| (w.code, w.name)));
    values["path"] = path.into();
    values["own"] = r.settings.language.as_str().into();
    values["now"] = json!(r.when(r.now));
    values["css"] = include_str!("page.css").into();
    let template = TEMPLATES.get_template(name).expect("our own template");
    template.render(Serde(values)).expect("our own templates are filled in")
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
