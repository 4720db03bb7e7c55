//! The feeds: every post is an entry, which changes with each of its updates.

use serde::Serialize;
use serde_json::json;

use super::{templates::fill, view::Reading};
use crate::status::Post;

/// How many entries a feed has.
const LATEST: usize = 25;

#[derive(Serialize)]
struct Entry {
    id: String,
    title: String,
    link: String,
    published: String,
    updated: String,
    rfc2822: String,
    text: String,
}

/// `/history.atom`.
///
/// # Panics
/// Never: a test fills it in.
#[must_use]
pub fn atom(r: Reading<'_>) -> String {
    feed("atom", r)
}

/// `/history.rss`.
///
/// # Panics
/// Never: a test fills it in.
#[must_use]
pub fn rss(r: Reading<'_>) -> String {
    feed("rss", r)
}

fn feed(name: &str, r: Reading<'_>) -> String {
    let base = r.settings.url.as_deref().unwrap_or("/status");
    let entries: Vec<Entry> = r.standing.posts.iter().take(LATEST).map(|post| entry(r, base, post)).collect();
    let title = format!("{} {}", r.words.status_of, r.settings.name);
    let updated = r.changed_at().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let values = json!({ "title": title, "base": base, "entries": entries, "updated": updated, "lang": r.words.code });
    fill(name, values)
}

fn entry(r: Reading<'_>, base: &str, post: &Post) -> Entry {
    let lines = post.updates.iter().rev().map(|update| {
        let at = update.at.strftime("%Y-%m-%d %H:%M UTC");
        let words = update.body.words().unwrap_or(r.words.removed);
        format!("{} ({at})\n{words}", r.words.stands(post, update.status))
    });
    // What subscribers to maintenance look for first.
    let window = post.window().map(|window| {
        let at = |at: jiff::Timestamp| at.strftime("%Y-%m-%d %H:%M UTC");
        format!("{}: {} – {}", r.words.upcoming, at(window.from), at(window.to))
    });
    let link = format!("{base}/incidents/{}", post.id);
    Entry {
        // A page that moves keeps its entries.
        id: format!("tag:watchroom,2026:{}", post.id),
        title: format!("{}: {}", r.words.stands(post, post.status), post.name.words().unwrap_or(r.words.removed)),
        published: post.created_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        updated: post.updated_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        rfc2822: post.created_at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string(),
        text: window.into_iter().chain(lines).collect::<Vec<_>>().join("\n\n"),
        link,
    }
}
