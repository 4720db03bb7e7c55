//! Templates, the channel register, values.

use std::collections::BTreeSet;

use super::{Cx, ids, places, uses::Uses};
use crate::playbook::{
    Audience, Outlet,
    problem::{Found, place},
};

pub(super) fn check(cx: Cx<'_>, found: &mut Found) {
    let book = cx.book;
    ids(found, "template", &place!["templates"], book.templates.iter().map(|t| t.id.as_str()));
    let uses = Uses::of(book, cx.index);
    for (n, template) in book.templates.iter().enumerate() {
        places::check(cx, found, n, template, &uses);
    }
    ids(found, "channel", &place!["channels"], book.channels.iter().map(|c| c.id.as_str()));
    let read: BTreeSet<Audience> = book.templates.iter().map(|t| t.audience).collect();
    for (n, outlet) in book.channels.iter().enumerate() {
        self::outlet(cx, found, n, outlet, &read);
    }
    ids(found, "value", &place!["values"], book.values.iter().map(|v| v.id.as_str()));
    for (n, value) in book.values.iter().enumerate() {
        for (key, text) in [("text", &value.text), ("question", &value.question)] {
            if text.trim().is_empty() {
                let what = format!("value `{}`: `{key}` is empty; say it in the organisation's own words", value.id);
                found.error(place!["values", n, key], what);
            }
        }
    }
}

fn outlet(cx: Cx<'_>, found: &mut Found, n: usize, outlet: &Outlet, read: &BTreeSet<Audience>) {
    let name = format!("channel `{}`", outlet.id);
    let at = |key: &str| place!["channels", n, key];
    if outlet.slack.is_some() && outlet.connector.is_some() {
        let what = "names both `slack` and `connector`; a text goes to one of them, so leave one out";
        found.error(at("connector"), format!("{name} {what}"));
    }
    for (k, kind) in outlet.when.kinds.iter().enumerate() {
        cx.refers(found, place!["channels", n, "when", "kinds", k], "kind", kind.as_str(), &cx.index.kinds);
    }
    for (p, phase) in outlet.when.phases.iter().enumerate() {
        cx.refers_to_phase(found, place!["channels", n, "when", "phases", p], &outlet.when.kinds, phase);
    }
    if let Some(level) = outlet.when.min_severity.filter(|level| cx.lacks(*level)) {
        let what = format!("{name} is used from {level} on, which is not among the severities");
        found.error(place!["channels", n, "when", "min_severity"], what);
    }
    for (key, roles) in [("post_roles", &outlet.post_roles), ("approve_roles", &outlet.approve_roles)] {
        for (r, role) in roles.iter().enumerate() {
            cx.refers(found, place!["channels", n, key, r], "role", role.as_str(), &cx.index.roles);
        }
        let known: Vec<_> = roles.iter().filter_map(|role| cx.index.role(role)).collect();
        if known.is_empty() || known.len() < roles.len() {
            continue;
        }
        for (_, kind) in cx.index.kinds_of(&outlet.when.kinds) {
            if !known.iter().any(|role| role.is_for(&kind.id)) {
                let what = format!("{name}: none of its `{key}` can be held in incidents of kind `{}`", kind.id);
                found.warn(at(key), what);
            }
        }
    }
    if outlet.two_person && outlet.approve_roles.is_empty() {
        found.error(
            at("approve_roles"),
            format!("{name} wants two people, and nobody may approve; fill in `approve_roles`"),
        );
    } else if outlet.two_person && outlet.approve_roles.len() < outlet.post_roles.len() {
        found.warn(
            at("approve_roles"),
            format!("{name}: fewer roles may approve than post; at night a text may wait for someone to approve it"),
        );
    }
    if outlet.trained_only && outlet.trained.is_empty() {
        found.error(at("trained_only"), format!("{name} is for trained people only, and nobody is; fill in `trained`"));
    }
    if !read.contains(&outlet.audience) {
        found
            .error(at("audience"), format!("{name}: no template is for its readers, so nothing could ever be written"));
    }
}
