//! What the playbook has, to be found among many: each check looks once at each thing, however many there are.

use std::collections::{BTreeMap, BTreeSet};

use crate::playbook::{Kind, KindId, Phase, Playbook, Role, RoleId, Severity, Template};

/// The ids of one sort, each with the number of the first that has it.
pub(super) struct Names<'a>(BTreeMap<&'a str, usize>);

impl<'a> Names<'a> {
    pub fn of(ids: impl Iterator<Item = &'a str>) -> Self {
        let mut first = BTreeMap::new();
        for (n, id) in ids.enumerate() {
            first.entry(id).or_insert(n);
        }
        Self(first)
    }

    pub fn at(&self, id: &str) -> Option<usize> {
        self.0.get(id).copied()
    }

    pub fn has(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    pub fn all(&self) -> impl Iterator<Item = &'a str> {
        self.0.keys().copied()
    }
}

/// Everything that others refer to.
pub(super) struct Index<'a> {
    pub levels: BTreeSet<Severity>,
    pub criteria: Names<'a>,
    pub kinds: Names<'a>,
    pub roles: Names<'a>,
    pub activities: Names<'a>,
    pub services: Names<'a>,
    pub contacts: Names<'a>,
    /// The phases of all kinds.
    pub phases: Names<'a>,
    /// Those of each kind, by the number of the kind.
    of_kinds: Vec<Names<'a>>,
    book: &'a Playbook,
}

impl<'a> Index<'a> {
    pub fn of(book: &'a Playbook) -> Self {
        let phases = |kind: &'a Kind| kind.phases.iter().map(|p| p.id.as_str());
        Self {
            levels: book.severities.iter().map(|s| s.level).collect(),
            criteria: Names::of(book.criteria.iter().map(|c| c.id.as_str())),
            kinds: Names::of(book.kinds.iter().map(|k| k.id.as_str())),
            roles: Names::of(book.roles.iter().map(|r| r.id.as_str())),
            activities: Names::of(book.raci.iter().map(|a| a.id.as_str())),
            services: Names::of(book.services.iter().map(|s| s.id.as_str())),
            contacts: Names::of(book.contacts.iter().map(|c| c.id.as_str())),
            phases: Names::of(book.kinds.iter().flat_map(phases)),
            of_kinds: book.kinds.iter().map(|kind| Names::of(phases(kind))).collect(),
            book,
        }
    }

    pub fn role(&self, id: &RoleId) -> Option<&'a Role> {
        self.roles.at(id.as_str()).map(|n| &self.book.roles[n])
    }

    /// The kinds that a list names, each once; all of them where it names none.
    pub fn kinds_of(&self, ids: &[KindId]) -> impl Iterator<Item = (usize, &'a Kind)> + use<'a> {
        let named: BTreeSet<usize> = ids.iter().filter_map(|id| self.kinds.at(id.as_str())).collect();
        let (book, all) = (self.book, if ids.is_empty() { 0..self.book.kinds.len() } else { 0..0 });
        all.chain(named).map(move |n| (n, &book.kinds[n]))
    }

    /// Has one of these kinds this phase?
    pub fn has_phase(&self, kinds: &[KindId], phase: &str) -> bool {
        if kinds.is_empty() {
            return self.phases.has(phase);
        }
        kinds.iter().filter_map(|id| self.kinds.at(id.as_str())).any(|n| self.of_kinds[n].has(phase))
    }

    /// The phases that follow each other in which a template may be used.
    pub fn scope<'t>(&self, template: &'t Template) -> impl Iterator<Item = (&'a Kind, &'a Phase)> + use<'a, 't> {
        let wanted = |phase: &Phase| template.phases.is_empty() || template.phases.contains(&phase.id);
        let all = self.kinds_of(&template.kinds).flat_map(|(_, kind)| kind.course().map(move |phase| (kind, phase)));
        all.filter(move |(_, phase)| wanted(phase))
    }
}
