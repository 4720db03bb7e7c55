//! How often whom is told: rules that ask for nothing, or for what cannot be.

use std::collections::BTreeMap;

use super::Cx;
use crate::playbook::{
    Audience, CadenceRule, KindId, Severity, Visibility,
    problem::{Found, place},
};

/// Who hears by a rule of the cadence only where there is a channel for them, and what they are called.
const READERS: [(Audience, &str, &str); 2] = [
    (Audience::External, "every_external_min", "customers"),
    (Audience::Executive, "every_executive_min", "the leadership"),
];

pub(super) fn check(cx: Cx<'_>, found: &mut Found) {
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
    let readers = READERS.map(|(to, key, who)| (Reached::by_channels(cx, to), to, key, who));
    let mut earlier = Earlier::default();
    for (n, rule) in cadence.rules.iter().enumerate() {
        if cx.lacks(rule.severity) {
            let what = format!("a rule is about {}, which is not among the severities", rule.severity);
            found.error(place!["cadence", "rules", n, "severity"], what);
        }
        for (k, kind) in rule.kinds.iter().enumerate() {
            cx.refers(found, place!["cadence", "rules", n, "kinds", k], "kind", kind.as_str(), &cx.index.kinds);
        }
        for (reached, to, key, who) in &readers {
            if rule.minutes(*to) != (0, 0) && !reached.everywhere(cx, rule) {
                found.warn(
                    place!["cadence", "rules", n, *key],
                    format!(
                        "the rule for {} owes {who} something, but this cadence has no channel: no one of [[channels]] is for them \
                         then; add one, or leave the minutes out",
                        rule.severity,
                    ),
                );
            }
        }
        if !earlier.is_new(rule) {
            found.warn(
                place!["cadence", "rules", n],
                format!("this rule for {} is never used: an earlier one holds for the same incidents", rule.severity),
            );
        }
    }
}

/// The mildest severity at which readers have a channel, by the number of the kind of incident; none: at no severity.
struct Reached {
    of_kinds: Vec<Option<Severity>>,
    /// Of the kind for which it is the worst.
    least: Option<Severity>,
}

impl Reached {
    fn by_channels(cx: Cx<'_>, to: Audience) -> Self {
        // Of what is need-to-know nothing is public that is not released, and the bot posts nothing else.
        let may = |secret: bool, posted: bool| !(secret && (to == Audience::External || posted));
        let is_secret = |n: usize| cx.book.kinds[n].visibility == Visibility::NeedToKnow;
        let released = |n: usize| to == Audience::External && !cx.book.kinds[n].release_roles.is_empty();
        let mut of_kinds = vec![None; cx.book.kinds.len()];
        // Those for every kind: where it is open, where it is secret.
        let mut anywhere = [None; 2];
        for outlet in cx.book.channels.iter().filter(|outlet| outlet.audience == to) {
            let mildest = Some(outlet.when.min_severity.unwrap_or(Severity(u8::MAX)));
            let posted = outlet.is_posted();
            if outlet.when.kinds.is_empty() {
                for secret in [false, true].into_iter().filter(|secret| may(*secret, posted)) {
                    let most = &mut anywhere[usize::from(secret)];
                    *most = mildest.max(*most);
                }
                continue;
            }
            for (n, _) in
                cx.index.kinds_of(&outlet.when.kinds).filter(|(n, _)| released(*n) || may(is_secret(*n), posted))
            {
                of_kinds[n] = mildest.max(of_kinds[n]);
            }
        }
        let all = of_kinds.into_iter().enumerate().map(|(n, own)| own.max(anywhere[usize::from(is_secret(n))]));
        let of_kinds: Vec<_> = all.collect();
        Self { least: of_kinds.iter().min().copied().flatten(), of_kinds }
    }

    /// In all kinds of incidents that a rule is for?
    fn everywhere(&self, cx: Cx<'_>, rule: &CadenceRule) -> bool {
        let is_reached = |mildest: Option<Severity>| mildest.is_some_and(|mildest| rule.severity <= mildest);
        if rule.kinds.is_empty() {
            return self.of_kinds.is_empty() || is_reached(self.least);
        }
        cx.index.kinds_of(&rule.kinds).all(|(n, _)| is_reached(self.of_kinds[n]))
    }
}

/// The rules that hold for something that no earlier one holds for.
#[derive(Default)]
struct Earlier<'a>(BTreeMap<Severity, OfSeverity<'a>>);

#[derive(Default)]
struct OfSeverity<'a> {
    for_all_kinds: bool,
    of_kind: BTreeMap<&'a KindId, Vec<&'a CadenceRule>>,
}

impl<'a> Earlier<'a> {
    fn is_new(&mut self, rule: &'a CadenceRule) -> bool {
        let of = self.0.entry(rule.severity).or_default();
        let covers = |other: &&CadenceRule| rule.kinds.iter().all(|kind| other.kinds.contains(kind));
        let near = rule.kinds.first().and_then(|kind| of.of_kind.get(kind));
        if of.for_all_kinds || near.is_some_and(|near| near.iter().any(covers)) {
            return false;
        }
        of.for_all_kinds = rule.kinds.is_empty();
        for kind in &rule.kinds {
            of.of_kind.entry(kind).or_default().push(rule);
        }
        true
    }
}
