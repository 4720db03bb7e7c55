//! Which template is the one for its readers, in which phase: what [`Playbook::template_for`] finds, for many at once.

use std::collections::{BTreeMap, BTreeSet};

use super::index::Index;
use crate::playbook::{Audience, KindId, PhaseId, Playbook, Template};

/// Readers, a special case, and a kind and a phase where a template is for these alone.
type Place<'a> = (Audience, Option<&'a str>, Option<&'a KindId>, Option<&'a PhaseId>);

pub(super) struct Uses<'a> {
    book: &'a Playbook,
    /// Of the templates of a place the last one counts.
    last: BTreeMap<Place<'a>, usize>,
    thanks: Option<usize>,
}

impl<'a> Uses<'a> {
    pub fn of(book: &'a Playbook, index: &Index<'a>) -> Self {
        let mut last = BTreeMap::new();
        for (n, template) in book.templates.iter().enumerate() {
            let mut put = |kind, phase| {
                last.insert((template.audience, template.scenario.as_deref(), kind, phase), n);
            };
            match (template.kinds.is_empty(), template.phases.is_empty()) {
                (true, true) => put(None, None),
                (true, false) => template.phases.iter().for_each(|phase| put(None, Some(phase))),
                (false, true) => template.kinds.iter().for_each(|kind| put(Some(kind), None)),
                (false, false) => {
                    let phases: BTreeSet<&PhaseId> = template.phases.iter().collect();
                    for (_, kind) in index.kinds_of(&template.kinds) {
                        let here = kind.phases.iter().filter(|phase| phases.contains(&phase.id));
                        here.for_each(|phase| put(Some(&kind.id), Some(&phase.id)));
                    }
                }
            }
        }
        let thanks = book.templates.iter().position(|t| t.audience == Audience::Reporter);
        Self { book, last, thanks }
    }

    /// The one for this audience in this phase of this kind, of those for the scenario or of the usual ones alone: one made for the
    /// phase before one for all.
    pub fn find(&self, to: Audience, scenario: Option<&str>, kind: &KindId, phase: &PhaseId) -> Option<usize> {
        let of = |kind, phase| self.last.get(&(to, scenario, kind, phase)).copied();
        let for_phase = of(Some(kind), Some(phase)).max(of(None, Some(phase)));
        for_phase.or_else(|| of(Some(kind), None).max(of(None, None)))
    }

    /// Is there a phase in which this template is the one for its readers? Whoever reports something is thanked in whatever phase.
    pub fn is_ever_used(&self, index: &Index<'a>, template: &Template) -> bool {
        let is_it = |found: Option<usize>| found.is_some_and(|n| self.book.templates[n].id == template.id);
        if template.audience == Audience::Reporter {
            return is_it(self.thanks);
        }
        let mut scope = index.scope(template);
        scope
            .any(|(kind, phase)| is_it(self.find(template.audience, template.scenario.as_deref(), &kind.id, &phase.id)))
    }
}
