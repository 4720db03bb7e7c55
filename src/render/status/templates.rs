//! The templates of the page and its feeds.

use std::sync::LazyLock;

use minijinja::{AutoEscape, Environment, UndefinedBehavior, syntax::SyntaxConfig, value::Serde};
use serde_json::Value;

static ALL: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // What is safe in HTML is safe in XML.
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
        ("rows", include_str!("rows.html")),
        ("group", include_str!("group.html")),
        ("component", include_str!("component.html")),
        ("missing", include_str!("missing.html")),
        ("components", include_str!("components.html")),
        ("subscribe", include_str!("subscribe.html")),
        ("subscription", include_str!("subscription.html")),
        ("atom", include_str!("atom.xml")),
        ("rss", include_str!("rss.xml")),
    ] {
        environment.add_template(name, source).expect("our own templates parse");
    }
    environment
});

/// A template, filled in.
///
/// # Panics
/// Never: tests fill in each of them.
pub(super) fn fill(name: &str, values: Value) -> String {
    let template = ALL.get_template(name).expect("our own template");
    template.render(Serde(values)).expect("our own templates are filled in")
}
