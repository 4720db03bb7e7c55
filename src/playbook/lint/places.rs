//! Templates: every place has its words, and the required ones suffice.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cx, uses::Uses};
use crate::playbook::{
    Audience, FIRST_NOTICE, Kind, Parsed, Phase, Stage, Template,
    problem::{Found, Place, place},
};

pub(super) fn check<'a>(cx: Cx<'a>, found: &mut Found, n: usize, template: &Template, uses: &Uses<'a>) {
    let name = format!("template `{}`", template.id);
    if template.body.trim().is_empty() {
        found.error(place!["templates", n, "body"], format!("{name} says nothing"));
    }
    for (k, kind) in template.kinds.iter().enumerate() {
        cx.refers(found, place!["templates", n, "kinds", k], "kind", kind.as_str(), &cx.index.kinds);
    }
    for (p, phase) in template.phases.iter().enumerate() {
        cx.refers_to_phase(found, place!["templates", n, "phases", p], &template.kinds, phase);
    }
    let given = template.audience.given();
    for (r, required) in template.required.iter().enumerate() {
        if given.contains(&required.as_str()) {
            found.error(
                place!["templates", n, "required", r],
                format!("{name}: `{required}` is filled in by the bot; nobody can be asked for it"),
            );
        } else if !asks(template.audience) {
            found.error(
                place!["templates", n, "required", r],
                format!("{name} is used without anybody being asked for `{required}`; give it a default instead"),
            );
        }
    }
    let texts = [("body", Some(&template.body)), ("title", template.title.as_ref())];
    let (mut all, mut whole, mut says_when) = (BTreeSet::new(), true, false);
    for (key, text) in texts.into_iter().filter_map(|(key, text)| Some((key, text?))) {
        match Parsed::of(text) {
            Err(bad) => {
                found.error(place!["templates", n, key], format!("{name} cannot be read: {bad}"));
                whole = false;
            }
            Ok(parsed) => {
                let used = parsed.places();
                says_when |= key == "body" && used.contains("next_update");
                whole &= !holes(found, place!["templates", n, key], &name, template, &parsed, &used);
                all.extend(used);
            }
        }
    }
    if whole {
        unused(found, n, &name, template, &all);
    }
    if !says_when && must_say_when(cx, template) {
        found.error(
            place!["templates", n, "body"],
            format!("{name} does not say when the next update comes; write {{{{ next_update }}}} in it"),
        );
    }
    scenario(cx, found, n, &name, template, uses);
    // What is slipped in its kinds or phases was told.
    let known = template.kinds.iter().all(|kind| cx.index.kinds.has(kind.as_str()))
        && template.phases.iter().all(|phase| cx.index.has_phase(&template.kinds, phase.as_str()));
    if known && !uses.is_ever_used(cx.index, template) {
        let why = "another one is for the same readers and phases, or those phases only run beside others";
        found.warn(place!["templates", n, "id"], format!("{name} is never used: {why}"));
    }
}

/// Somebody must be able to choose a template for a special case: beside the usual one, in the form for the text.
fn scenario<'a>(cx: Cx<'a>, found: &mut Found, n: usize, name: &str, template: &Template, uses: &Uses<'a>) {
    let Some(scenario) = &template.scenario else { return };
    let at = place!["templates", n, "scenario"];
    let typable = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    if scenario.is_empty() || scenario.len() > 60 || !scenario.chars().all(typable) {
        let said = format!("{name}: a scenario has 1 to 60 lower-case letters, digits, `_` and `-`");
        return found.error(at, said);
    }
    match template.audience {
        Audience::Internal | Audience::NeedToKnow | Audience::Executive | Audience::External => {
            let mut scope = cx.index.scope(template);
            let is_bare =
                |kind: &Kind, phase: &Phase| uses.find(template.audience, None, &kind.id, &phase.id).is_none();
            if let Some((_, phase)) = scope.find(|(kind, phase)| is_bare(kind, phase)) {
                found.error(
                    at,
                    format!(
                        "{name} is for a special case of `{}`, which has no usual text; leave out one `scenario`",
                        phase.id
                    ),
                );
            }
        }
        Audience::CustomerContact if scenario == FIRST_NOTICE => {}
        Audience::CustomerContact => {
            found.warn(at, format!("{name}: nobody chooses `{scenario}`; these readers have `{FIRST_NOTICE}` alone"));
        }
        Audience::Advisor | Audience::Reporter => {
            found.warn(at, format!("{name}: nobody chooses a scenario of a text for these readers; take it out"));
        }
    }
}

/// Is a person asked for the places of a text for these readers?
const fn asks(readers: Audience) -> bool {
    match readers {
        Audience::Executive | Audience::External | Audience::Advisor | Audience::CustomerContact => true,
        // These are there at once: an update starts from the text, and whoever reports is thanked with it.
        Audience::Internal | Audience::NeedToKnow | Audience::Reporter => false,
    }
}

/// What to do about a place that nobody fills in.
fn mend(found: &mut Found, hole: &str, template: &Template) -> String {
    if Audience::Advisor.given().contains(&hole) || hole == "reference" {
        return "the bot does not fill it in for these readers; take it out, or give it a default".to_owned();
    }
    let given = template.audience.given().iter().copied();
    let known = template.required.iter().chain(template.defaults.keys()).map(String::as_str).chain(given);
    let near = found.may_look_around().then(|| known.map(|known| (strsim::osa_distance(hole, known), known)).min());
    match near.flatten() {
        Some((..=2, known)) => format!("did you mean `{known}`?"),
        Some(_) | None => "put it among `required`, or give it a default".to_owned(),
    }
}

/// Are there places that nobody fills in? Where there are none, it is filled in for a try.
fn holes(
    found: &mut Found,
    at: Place,
    name: &str,
    template: &Template,
    text: &Parsed<'_>,
    used: &BTreeSet<String>,
) -> bool {
    let given = template.audience.given();
    let filled: BTreeSet<&str> = template
        .required
        .iter()
        .chain(template.defaults.keys())
        .map(String::as_str)
        .chain(given.iter().copied())
        .collect();
    let holes: Vec<_> = used.iter().filter(|place| !filled.contains(place.as_str())).collect();
    for hole in &holes {
        let mend = mend(found, hole, template);
        found.error(at.clone(), format!("{name}: nobody fills in `{hole}`; {mend}"));
    }
    let parts = text.parts();
    for part in &parts {
        found.error(at.clone(), format!("{name}: there is no `{part}`; each place is plain text, without parts"));
    }
    if holes.is_empty() && parts.is_empty() {
        as_is(found, at, name, template, text);
    }
    !holes.is_empty()
}

/// Nobody is asked for words that are then not used.
fn unused(found: &mut Found, n: usize, name: &str, template: &Template, used: &BTreeSet<String>) {
    for (r, required) in template.required.iter().enumerate().filter(|(_, r)| !used.contains(*r)) {
        if !template.audience.given().contains(&required.as_str()) {
            found.warn(
                place!["templates", n, "required", r],
                format!(
                    "{name} asks for `{required}` and does not use it; write {{{{ {required} }}}} in it, or take it out"
                ),
            );
        }
    }
    for unused in template.defaults.keys().filter(|d| !used.contains(*d)) {
        found.warn(
            place!["templates", n, "defaults", unused.as_str()],
            format!("{name} has a default for `{unused}` and does not use it; write {{{{ {unused} }}}} in it, or take it out"),
        );
    }
}

/// "Use as is" works with the required fields alone.
fn as_is(found: &mut Found, at: Place, name: &str, template: &Template, text: &Parsed<'_>) {
    let mut values: BTreeMap<String, String> = template.defaults.clone();
    let sample = |p: &str| (p.to_owned(), "words".to_owned());
    values
        .extend(template.required.iter().map(|p| sample(p)).chain(template.audience.given().iter().map(|p| sample(p))));
    let all = values.keys().map(|p| sample(p)).collect();
    // With the required places alone, and with every one.
    match text.fill(&values).and_then(|least| text.fill(&all).map(|_| least)) {
        Ok(filled) if filled.trim().is_empty() => {
            found.error(at, format!("{name} is empty when it is filled in"));
        }
        Ok(_) => {}
        Err(bad) => found.error(at, format!("{name} cannot be filled in: {bad}")),
    }
}

/// Readers outside wait for a next word until it is over.
fn must_say_when(cx: Cx<'_>, template: &Template) -> bool {
    let waits = match template.audience {
        Audience::External | Audience::CustomerContact => true,
        Audience::Internal | Audience::Executive | Audience::NeedToKnow | Audience::Advisor | Audience::Reporter => {
            false
        }
    };
    waits && cx.index.scope(template).any(|(_, phase)| phase.stage != Stage::Resolved)
}
