//! What a text says of the components of status pages, and whether whoever subscribed there is told.

use slack_morphism::prelude::*;

use super::{Place, Writing};
use crate::{
    config::{Abilities, Settings},
    incident::Incident,
    playbook::{Outlet, Playbook, Severity, Stage},
    render::{
        View,
        forms::fields::{at_once, optional_select, select},
        ids::comms as id,
        limits::choice,
        maintenance::standing,
    },
    status::{ComponentId, ComponentStatus, Impact},
};

/// How many components have a menu of their own.
const SHOWN: usize = 12;
/// How many options a menu of Slack takes.
const OPTIONS: usize = 100;

/// Every component that there is, with what people call it: those of our own page; where there is none, those that services name.
fn components(settings: &Settings, playbook: &Playbook) -> Vec<(ComponentId, String)> {
    if let Some(page) = &settings.status_page {
        return page.components.iter().map(|c| (c.id.clone(), c.name.clone())).collect();
    }
    let mut all: Vec<(ComponentId, String)> = Vec::new();
    for name in playbook.services.iter().flat_map(|s| &s.components) {
        if !all.iter().any(|(id, _)| id.as_str() == name) {
            all.push((name.as_str().into(), name.clone()));
        }
    }
    all
}

/// What people call a component.
fn component(w: View<'_>, id: &ComponentId) -> String {
    let page = w.settings.status_page.as_ref();
    page.and_then(|page| page.component(id.as_str())).map_or_else(|| id.to_string(), |c| c.name.clone())
}

/// What the places that are offered can do together.
fn abilities(w: View<'_>, outlets: &[Place<'_>]) -> Abilities {
    let of = |outlet: &Outlet| outlet.connector.as_ref().and_then(|name| w.settings.connectors.get(name));
    let all = outlets.iter().filter(|place| place.ticked).filter_map(|place| of(place.outlet));
    all.fold(Abilities::default(), |all, one| Abilities {
        components: all.components || one.components,
        subscribers: all.subscribers || one.subscribers,
        ..all
    })
}

/// How bad a component stands that nobody has said anything of.
const fn usual(severity: Severity) -> ComponentStatus {
    match severity.0 {
        0 | 1 => ComponentStatus::MajorOutage,
        2 => ComponentStatus::PartialOutage,
        _ => ComponentStatus::DegradedPerformance,
    }
}

/// What stands in the form at first: what the public was told last; before that, the components of the service.
fn at_first(w: View<'_>, it: &Incident) -> Impact {
    if let Some(told) = it.comms.threads.values().max_by_key(|thread| thread.send) {
        return told.impact.clone();
    }
    let service = it.intake.service.as_ref().and_then(|id| w.playbook.service(id.as_str()));
    let all = components(w.settings, w.playbook);
    let named = service.into_iter().flat_map(|s| &s.components);
    let known = named.filter_map(|name| all.iter().find(|(id, called)| id.as_str() == name || called == name));
    known.map(|(id, _)| (id.clone(), usual(it.severity))).collect()
}

/// A menu for each component that it touches, one for another, and whether subscribers are told; nothing where no place that is ticked shows
/// any. What is resolved touches none any more.
pub(super) fn fields(w: View<'_>, it: &Incident, places: &[Place<'_>], writing: &Writing) -> Vec<SlackBlock> {
    let can = abilities(w, places);
    let mut fields = Vec::new();
    if can.components && it.stage != Stage::Resolved {
        let impact = writing.impact.clone().unwrap_or_else(|| at_first(w, it));
        for (id, status) in impact.iter().take(SHOWN) {
            let options = ComponentStatus::ALL.map(|s| choice(standing(s), s.as_str())).to_vec();
            let (field, label) = (format!("{}{id}", id::IMPACT), component(w, id));
            fields.push(select(&field, &label, options, Some(status.as_str()), ""));
        }
        let others: Vec<_> = components(w.settings, w.playbook)
            .into_iter()
            .filter(|(id, _)| !impact.contains_key(id))
            .take(OPTIONS)
            .map(|(id, name)| choice(&name, id.as_str()))
            .collect();
        if !others.is_empty() && impact.len() < SHOWN {
            let label = if impact.is_empty() { "Affected component" } else { "Another affected component" };
            fields.push(at_once(optional_select(id::ALSO, label, others, "Choose one to say how it stands.")));
        }
    }
    if can.subscribers {
        let options = vec![choice("Tell subscribers", id::TELL), choice("Only show it", id::QUIET)];
        let chosen = if writing.quiet { id::QUIET } else { id::TELL };
        fields.push(select(id::SUBSCRIBERS, "Subscribers", options, Some(chosen), ""));
    }
    fields
}

/// Is it a component that the form offers? What comes from a form may be anything.
#[must_use]
pub fn is_known(w: View<'_>, it: &Incident, id: &ComponentId) -> bool {
    let told = || it.comms.threads.values().any(|thread| thread.impact.contains_key(id));
    components(w.settings, w.playbook).iter().any(|(known, _)| known == id) || told()
}

/// A component that nobody has said anything of yet.
#[must_use]
pub fn newly(it: &Incident) -> ComponentStatus {
    usual(it.severity)
}

/// `Components: Payments: Partial outage.`
pub(in crate::render) fn line(w: View<'_>, impact: &Impact) -> Option<String> {
    let each: Vec<String> = impact.iter().map(|(id, s)| format!("{}: {}", component(w, id), standing(*s))).collect();
    (!each.is_empty()).then(|| format!("Components: {}.", each.join(", ")))
}
