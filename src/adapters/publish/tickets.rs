//! Customers' tickets that people linked to an incident (`/incident link`): which of the links lead to tickets of this service desk.

use url::Url;

use super::door::standing;
use crate::ports::{Found, Publication, Trouble};

/// Nothing was done, and what to do.
pub(super) fn none_linked() -> Trouble {
    Trouble::Refused(
        "no ticket of it is linked to the incident; link them (/incident link <address>), and retry".into(),
    )
}

/// What these links name below `site`, each once: `name` finds it in the parts of a link's way.
pub(super) fn linked(site: &Url, links: &[String], name: fn(&[&str]) -> Option<String>) -> Vec<String> {
    let mut found = Vec::new();
    for link in links.iter().filter_map(|link| Url::parse(link).ok()) {
        let is_there = (link.host(), link.port_or_known_default()) == (site.host(), site.port_or_known_default());
        let parts: Vec<&str> = link.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).collect();
        if let Some(name) = name(&parts).filter(|name| is_there && !found.contains(name)) {
            found.push(name);
        }
    }
    found
}

/// What stands behind this part of a way.
pub(super) fn behind<'a>(parts: &[&'a str], part: &str) -> Option<&'a str> {
    parts.iter().position(|p| *p == part).and_then(|at| parts.get(at + 1)).copied()
}

/// Does a text stand on every ticket? On the others it is still to be said.
pub(super) fn everywhere(text: &Publication, all: Vec<(String, Option<String>)>) -> Found {
    let known: Option<Vec<(String, String)>> =
        all.into_iter().map(|(ticket, comment)| Some((ticket, comment?))).collect();
    match known.filter(|known| !known.is_empty()) {
        Some(known) => Found::There(standing(text, joined(&known), None)),
        None => Found::Nowhere,
    }
}

/// Does a text stand on any ticket? Those where it does.
pub(super) fn somewhere(text: &Publication, all: Vec<(String, Option<String>)>) -> Found {
    everywhere(text, all.into_iter().filter(|(_, comment)| comment.is_some()).collect())
}

/// Every comment of one text, as one: `SUP-1/10000 SUP-2/10003`.
pub(super) fn joined(all: &[(String, String)]) -> String {
    all.iter().map(|(ticket, comment)| format!("{ticket}/{comment}")).collect::<Vec<_>>().join(" ")
}

/// The same apart again.
pub(super) fn apart(update: &str) -> impl Iterator<Item = (&str, &str)> {
    update.split(' ').filter_map(|each| each.split_once('/'))
}
