//! Cadence, templates, the channel register, values.

use super::{Cx, ids, places};
use crate::playbook::{
    Audience, CadenceRule, Kind, Outlet, RoleId, Visibility,
    problem::{Found, place},
};

pub(super) fn check(cx: Cx<'_>, found: &mut Found) {
    let book = cx.book;
    cadence(cx, found);
    ids(found, "template", &place!["templates"], book.templates.iter().map(|t| t.id.as_str()));
    for (n, template) in book.templates.iter().enumerate() {
        places::check(cx, found, n, template);
    }
    ids(found, "channel", &place!["channels"], book.channels.iter().map(|c| c.id.as_str()));
    for (n, outlet) in book.channels.iter().enumerate() {
        self::outlet(cx, found, n, outlet);
    }
    ids(found, "value", &place!["values"], book.values.iter().map(|v| v.id.as_str()));
}

fn cadence(cx: Cx<'_>, found: &mut Found) {
    let cadence = &cx.book.cadence;
    if !(1..100).contains(&cadence.remind_at_percent) {
        found.error(place!["cadence", "remind_at_percent"], "`remind_at_percent` must be 1 to 99: before it is due");
    }
    if !(101..=1000).contains(&cadence.escalate_at_percent) {
        found.error(
            place!["cadence", "escalate_at_percent"],
            "`escalate_at_percent` must be 101 to 1000: after it was due",
        );
    }
    for (key, factor) in [("long_factor", cadence.long_factor), ("monitoring_factor", cadence.monitoring_factor)] {
        if !(1..=100).contains(&factor) {
            found.error(place!["cadence", key], format!("`{key}` must be 1 to 100"));
        }
    }
    for (n, rule) in cadence.rules.iter().enumerate() {
        if cx.lacks(rule.severity) {
            let what = format!("a rule is about {}, which is not among the severities", rule.severity);
            found.error(place!["cadence", "rules", n, "severity"], what);
        }
        for (k, kind) in rule.kinds.iter().enumerate() {
            cx.refers(found, place!["cadence", "rules", n, "kinds", k], "kind", kind, cx.kinds());
        }
        for to in [Audience::External, Audience::Executive] {
            if owes_in_vain(cx, rule, to) {
                let key = if to == Audience::External { "every_external_min" } else { "every_executive_min" };
                found.warn(
                    place!["cadence", "rules", n, key],
                    format!(
                        "the rule for {} owes {} something, but this cadence has no channel: no one of [[channels]] is for them then; \
                         add one, or leave the minutes out",
                        rule.severity,
                        if to == Audience::External { "customers" } else { "the leadership" }
                    ),
                );
            }
        }
        let covers = |other: &CadenceRule| {
            other.severity == rule.severity
                && (other.kinds.is_empty()
                    || (!rule.kinds.is_empty() && rule.kinds.iter().all(|k| other.kinds.contains(k))))
        };
        if cadence.rules[..n].iter().any(covers) {
            found.warn(
                place!["cadence", "rules", n],
                format!("this rule for {} is never used: an earlier one holds for the same incidents", rule.severity),
            );
        }
    }
}

/// Does a rule ask for texts to readers for whom one of its kinds of incident has no channel at its severity?
fn owes_in_vain(cx: Cx<'_>, rule: &CadenceRule, to: Audience) -> bool {
    let reaches = |kind: &Kind| {
        let secret = kind.visibility == Visibility::NeedToKnow;
        cx.book.channels.iter().filter(|o| o.audience == to).any(|o| {
            (o.when.kinds.is_empty() || o.when.kinds.contains(&kind.id))
                && o.when.min_severity.is_none_or(|least| rule.severity <= least)
                // Of what is need-to-know nothing is public, and the bot posts nothing.
                && !(secret && (to == Audience::External || o.is_posted()))
        })
    };
    let mut kinds = cx.book.kinds.iter().filter(|k| rule.kinds.is_empty() || rule.kinds.contains(&k.id));
    rule.minutes(to) != (0, 0) && kinds.any(|kind| !reaches(kind))
}

fn outlet(cx: Cx<'_>, found: &mut Found, n: usize, outlet: &Outlet) {
    let name = format!("channel `{}`", outlet.id);
    let at = |key: &str| place!["channels", n, key];
    for (k, kind) in outlet.when.kinds.iter().enumerate() {
        cx.refers(found, place!["channels", n, "when", "kinds", k], "kind", kind, cx.kinds());
    }
    for (p, phase) in outlet.when.phases.iter().enumerate() {
        cx.refers(found, place!["channels", n, "when", "phases", p], "phase", phase, cx.phases(&outlet.when.kinds));
    }
    if let Some(level) = outlet.when.min_severity.filter(|level| cx.lacks(*level)) {
        let what = format!("{name} is used from {level} on, which is not among the severities");
        found.error(place!["channels", n, "when", "min_severity"], what);
    }
    for (key, roles) in [("post_roles", &outlet.post_roles), ("approve_roles", &outlet.approve_roles)] {
        for (r, role) in roles.iter().enumerate() {
            cx.refers(found, place!["channels", n, key, r], "role", role, cx.roles());
        }
        for kind in cx.book.kinds.iter().filter(|k| outlet.when.kinds.is_empty() || outlet.when.kinds.contains(&k.id)) {
            let known = |id: &RoleId| cx.book.roles.iter().find(|r| r.id == *id);
            let mut here = roles.iter().filter_map(known).filter(|r| r.is_for(&kind.id));
            if !roles.is_empty() && roles.iter().all(|r| known(r).is_some()) && here.next().is_none() {
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
    let reads = |t: &crate::playbook::Template| t.audience == outlet.audience;
    if !cx.book.templates.iter().any(reads) {
        found
            .error(at("audience"), format!("{name}: no template is for its readers, so nothing could ever be written"));
    }
}
