//! Criteria, severities, kinds and phases.

use std::collections::BTreeSet;

use super::{Cx, ids};
use crate::playbook::{
    Kind, Need, PhaseId, Stage, Visibility,
    problem::{Found, Place, place},
};

/// Slack takes ten tick boxes; one of them is "not sure".
const CRITERIA: usize = 9;
/// What an option of a menu in Slack may carry.
const LABEL: usize = 75;

pub(super) fn check(cx: Cx<'_>, found: &mut Found) {
    severities(cx, found);
    criteria(cx, found);
    let book = cx.book;
    ids(found, "kind", &place!["kinds"], book.kinds.iter().map(|k| k.id.as_str()));
    cx.refers(found, place!["default_kind"], "kind", book.default_kind.as_str(), &cx.index.kinds);
    for (n, kind) in book.kinds.iter().enumerate() {
        self::kind(cx, found, n, kind);
    }
}

/// A label must be there, and fit.
fn label(found: &mut Found, at: Place, what: &str, text: &str) {
    let length = text.chars().count();
    if text.trim().is_empty() || length > LABEL {
        found.error(at, format!("{what}: the label must have 1 to {LABEL} characters, this one has {length}"));
    }
}

fn severities(cx: Cx<'_>, found: &mut Found) {
    let book = cx.book;
    if book.severities.is_empty() {
        found.error(place!["severities"], "`severities` is empty; name at least one");
    }
    for (n, pair) in book.severities.windows(2).enumerate() {
        if pair[0].level >= pair[1].level {
            found.error(
                place!["severities", n + 1, "level"],
                "`severities` must be in order, worst (level = 1) first, each level once",
            );
        }
    }
    for (n, def) in book.severities.iter().enumerate() {
        label(found, place!["severities", n, "label"], &def.level.to_string(), &def.label);
        if def.level.0 == 0 || def.level.0 > 9 {
            found.error(place!["severities", n, "level"], "a level is 1 to 9, so that people can type `sev1`");
        }
        if def.means.trim().is_empty() {
            found.error(place!["severities", n, "means"], format!("{}: say in `means` when it applies", def.level));
        }
    }
    if cx.lacks(book.default_severity) {
        found.error(
            place!["default_severity"],
            format!("`default_severity` {} is not among the severities", book.default_severity.0),
        );
    }
}

fn criteria(cx: Cx<'_>, found: &mut Found) {
    let book = cx.book;
    ids(found, "criterion", &place!["criteria"], book.criteria.iter().map(|c| c.id.as_str()));
    if book.criteria.is_empty() {
        found.error(place!["criteria"], "`criteria` is empty; say when an event is an incident");
    }
    if book.criteria.len() > CRITERIA {
        found.error(
            place!["criteria", CRITERIA],
            format!("there are {} criteria; {CRITERIA} fit beside \"not sure\" in Slack's form", book.criteria.len()),
        );
    }
    for (n, c) in book.criteria.iter().enumerate() {
        label(found, place!["criteria", n, "label"], &format!("criterion `{}`", c.id), &c.label);
        if cx.lacks(c.suggest) {
            let what = format!("criterion `{}` suggests {}, which is not among the severities", c.id, c.suggest);
            found.error(place!["criteria", n, "suggest"], what);
        }
        if let Some(kind) = &c.kind {
            cx.refers(found, place!["criteria", n, "kind"], "kind", kind.as_str(), &cx.index.kinds);
        }
    }
}

fn kind(cx: Cx<'_>, found: &mut Found, n: usize, kind: &Kind) {
    let name = format!("kind `{}`", kind.id);
    label(found, place!["kinds", n, "label"], &name, &kind.label);
    ids(found, "phase", &place!["kinds", n, "phases"], kind.phases.iter().map(|p| p.id.as_str()));
    cx.refers(found, place!["kinds", n, "lead_role"], "role", kind.lead_role.as_str(), &cx.index.roles);
    if let Some(lead) = cx.index.role(&kind.lead_role) {
        if lead.several {
            found.error(
                place!["kinds", n, "lead_role"],
                format!("{name}: `{}` may be held by several; exactly one person leads", lead.id),
            );
        }
        if !lead.is_for(&kind.id) {
            found.error(
                place!["kinds", n, "lead_role"],
                format!("{name}: `{}` cannot be held in incidents of this kind; look at its `kinds`, `party` and `drills_only`", lead.id),
            );
        }
    }
    for (key, roles) in [("required_roles", &kind.required_roles), ("release_roles", &kind.release_roles)] {
        for (r, role) in roles.iter().enumerate() {
            let at = || place!["kinds", n, key, r];
            cx.refers(found, at(), "role", role.as_str(), &cx.index.roles);
            if cx.index.role(role).is_some_and(|known| !known.is_for(&kind.id)) {
                let why = "cannot be held in incidents of this kind; look at its `kinds`, `party` and `drills_only`";
                found.error(at(), format!("{name} requires `{role}`, which {why}"));
            }
        }
    }
    if kind.visibility == Visibility::Workspace && !kind.release_roles.is_empty() {
        let why = "is open to everybody, so `release_roles` keeps nothing back; use `two_person` of the channels";
        found.warn(place!["kinds", n, "release_roles"], format!("{name} {why}"));
    }
    match kind.course().last() {
        Some(last) if last.stage == Stage::Resolved => {}
        Some(_) => found.error(
            place!["kinds", n, "phases"],
            format!("{name}: the last phase must have stage = \"resolved\", or nothing is ever resolved"),
        ),
        None => found.error(place!["kinds", n, "phases"], format!("{name} has no phases; it needs at least one")),
    }
    if kind.course().next().is_some_and(|first| first.stage != Stage::Active) {
        found.error(
            place!["kinds", n, "phases", 0, "stage"],
            format!("{name}: the first phase must have stage = \"active\": an incident begins with trouble"),
        );
    }
    phases(cx, found, n, kind);
}

fn phases(cx: Cx<'_>, found: &mut Found, n: usize, kind: &Kind) {
    let course: BTreeSet<&PhaseId> = kind.course().map(|phase| &phase.id).collect();
    let mut over: Option<&str> = None;
    for (p, phase) in kind.phases.iter().enumerate() {
        let at = |key: &str| place!["kinds", n, "phases", p, key];
        let name = format!("phase `{}`", phase.id);
        label(found, at("label"), &name, &phase.label);
        match &phase.beside {
            Some(opener) if course.contains(opener) => {}
            Some(opener) => found.error(
                at("beside"),
                format!("{name} can never be reached: it opens with `{opener}`, which is no phase that others follow"),
            ),
            None => {
                if let Some(resolved) = over {
                    found.error(
                        at("id"),
                        format!("{name} can never be reached: it stands behind `{resolved}`, which ends the incident"),
                    );
                }
                over = over.or((phase.stage == Stage::Resolved).then_some(phase.id.as_str()));
            }
        }
        if phase.needs.contains(&Need::Watched) && phase.watch_min == 0 {
            found.error(at("needs"), format!("{name} needs `watched`; say for how long in `watch_min`"));
        }
        if let Some(activity) = &phase.activity {
            cx.refers(found, at("activity"), "activity", activity.as_str(), &cx.index.activities);
        }
    }
}
