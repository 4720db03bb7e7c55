//! The playbook as a whole, and how things are found in it.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Activity, ActivityId, Audience, Cadence, CadenceRule, Contact, Criterion, EditionId, Kind, KindId, Outlet,
    OutletId, OutsideContact, Phase, PhaseId, Role, Service, ServiceId, Severity, SeverityDef, Stage, Template, Value,
    Visibility, Wording,
};

/// Everything that differs between organisations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Playbook {
    /// Which text it was read from.
    #[serde(skip)]
    pub edition: EditionId,
    /// What it is called.
    pub name: String,
    /// Its version, as its owner counts.
    pub version: String,
    /// Who answers for it; named where its review is overdue.
    #[serde(default)]
    pub owner: Option<Contact>,
    /// When it was looked through last.
    #[serde(default)]
    pub last_reviewed: Option<Date>,
    /// How often that is owed; 0: never.
    #[serde(default)]
    pub review_every_days: u32,
    /// The severity of a declaration that names none.
    pub default_severity: Severity,
    /// The kind of a declaration that names none.
    pub default_kind: KindId,
    /// What is no incident although it may look like one; `/incident playbook` shows it after the criteria.
    #[serde(default)]
    pub not_incidents: Vec<String>,
    /// Any one of these makes an event an incident.
    pub criteria: Vec<Criterion>,
    /// Worst first.
    pub severities: Vec<SeverityDef>,
    /// At least one.
    pub kinds: Vec<Kind>,
    /// Who does what.
    pub roles: Vec<Role>,
    /// Who does what in which activity.
    #[serde(default)]
    pub raci: Vec<Activity>,
    /// What can be in trouble.
    #[serde(default)]
    pub services: Vec<Service>,
    /// People outside of Slack.
    #[serde(default)]
    pub contacts: Vec<OutsideContact>,
    /// How often whom is told.
    pub cadence: Cadence,
    /// In which words.
    pub templates: Vec<Template>,
    /// Where.
    #[serde(default)]
    pub channels: Vec<Outlet>,
    /// In which words rather not.
    #[serde(default)]
    pub wording: Wording,
    /// What the organisation holds to.
    #[serde(default)]
    pub values: Vec<Value>,
}

impl Playbook {
    /// The kind with this name; the default one for a name that the playbook does not have any more.
    ///
    /// # Panics
    /// Never: a checked playbook has its default kind.
    #[must_use]
    pub fn kind(&self, id: &KindId) -> &Kind {
        let find = |id: &KindId| self.kinds.iter().find(|k| k.id == *id);
        find(id).or_else(|| find(&self.default_kind)).expect("a checked playbook has its default kind")
    }

    /// The kind that people mean by this name or label, in any case.
    #[must_use]
    pub fn kind_named(&self, name: &str) -> Option<&Kind> {
        self.kinds.iter().find(|k| k.id.as_str().eq_ignore_ascii_case(name) || k.label.eq_ignore_ascii_case(name))
    }

    /// The need-to-know kind that `security:` means: the first of them.
    #[must_use]
    pub fn secret_kind(&self) -> Option<&Kind> {
        self.kinds.iter().find(|k| k.visibility == Visibility::NeedToKnow)
    }

    /// The definition of a severity, if the playbook has it.
    #[must_use]
    pub fn severity(&self, level: Severity) -> Option<&SeverityDef> {
        self.severities.iter().find(|s| s.level == level)
    }

    /// Is an incident of this severity a major one?
    #[must_use]
    pub fn is_major(&self, level: Severity) -> bool {
        self.severity(level).is_some_and(|s| s.major)
    }

    /// The role with this name or alias, in any case.
    #[must_use]
    pub fn role(&self, name: &str) -> Option<&Role> {
        let is = |word: &str| word.eq_ignore_ascii_case(name);
        self.roles.iter().find(|r| is(r.id.as_str()) || is(&r.label) || r.aliases.iter().any(|a| is(a)))
    }

    /// The service with this name or alias, in any case.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&Service> {
        let is = |word: &str| word.eq_ignore_ascii_case(name);
        self.services.iter().find(|s| is(s.id.as_str()) || is(&s.label) || s.aliases.iter().any(|a| is(a)))
    }

    /// The services that this one needs, and those that need it.
    pub fn near<'a>(&'a self, id: &'a ServiceId) -> impl Iterator<Item = &'a ServiceId> {
        let needs = self.services.iter().filter(|s| s.id == *id).flat_map(|s| &s.depends_on);
        needs.chain(self.services.iter().filter(|s| s.depends_on.contains(id)).map(|s| &s.id))
    }

    /// A channel of the register.
    #[must_use]
    pub fn outlet(&self, id: &OutletId) -> Option<&Outlet> {
        self.channels.iter().find(|c| c.id == *id)
    }

    /// A row of the RACI table.
    #[must_use]
    pub fn activity(&self, id: &ActivityId) -> Option<&Activity> {
        self.raci.iter().find(|a| a.id == *id)
    }

    /// The row of the RACI table that a phase is.
    #[must_use]
    pub fn activity_of(&self, phase: &Phase) -> Option<&Activity> {
        let own = || ActivityId(phase.id.0.clone());
        self.activity(&phase.activity.clone().unwrap_or_else(own))
    }

    /// How often whom is told of incidents like this.
    #[must_use]
    pub fn cadence_for(&self, severity: Severity, kind: &KindId) -> Option<&CadenceRule> {
        let fits = |r: &&CadenceRule| r.severity == severity && (r.kinds.is_empty() || r.kinds.contains(kind));
        self.cadence.rules.iter().find(fits)
    }

    /// The template for this audience in this phase: one made for the scenario, else the usual one; one made for the phase
    /// before one for all.
    #[must_use]
    pub fn template_for(
        &self,
        audience: Audience,
        kind: &KindId,
        phase: &PhaseId,
        scenario: Option<&str>,
    ) -> Option<&Template> {
        let fits = |t: &&Template| {
            t.audience == audience
                && t.is_for(kind, phase)
                && (t.scenario.is_none() || t.scenario.as_deref() == scenario)
        };
        self.templates.iter().filter(fits).max_by_key(|t| (t.scenario.is_some(), !t.phases.is_empty()))
    }

    /// The special cases that this phase has texts for, for these readers, in the order of the playbook.
    #[must_use]
    pub fn scenarios(&self, audience: Audience, kind: &KindId, phase: &PhaseId) -> Vec<&str> {
        let mut all: Vec<&str> = Vec::new();
        let fits = self.templates.iter().filter(|t| t.audience == audience && t.is_for(kind, phase));
        for scenario in fits.filter_map(|t| t.scenario.as_deref()) {
            if !all.contains(&scenario) {
                all.push(scenario);
            }
        }
        all
    }
}

impl Template {
    /// Is it for incidents of this kind in this phase?
    #[must_use]
    pub fn is_for(&self, kind: &KindId, phase: &PhaseId) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(kind)) && (self.phases.is_empty() || self.phases.contains(phase))
    }
}

impl Kind {
    /// The phases that follow each other; those that run beside them are left out.
    pub fn course(&self) -> impl DoubleEndedIterator<Item = &Phase> {
        self.phases.iter().filter(|p| p.beside.is_none())
    }

    /// The phase with this name or label, in any case.
    #[must_use]
    pub fn phase(&self, name: &str) -> Option<&Phase> {
        self.phases.iter().find(|p| p.id.as_str().eq_ignore_ascii_case(name) || p.label.eq_ignore_ascii_case(name))
    }

    /// The phase after this one.
    #[must_use]
    pub fn next(&self, id: &PhaseId) -> Option<&Phase> {
        self.course().skip_while(|p| p.id != *id).nth(1)
    }

    /// The phase before this one.
    #[must_use]
    pub fn back(&self, id: &PhaseId) -> Option<&Phase> {
        let at = self.course().position(|p| p.id == *id)?;
        self.course().nth(at.checked_sub(1)?)
    }

    /// The first phase with this stage.
    #[must_use]
    pub fn first(&self, stage: Stage) -> Option<&Phase> {
        self.course().find(|p| p.stage == stage)
    }
}

impl CadenceRule {
    /// Minutes from declaring to the first text for this audience, and from one to the next; 0: none is owed.
    #[must_use]
    pub const fn minutes(&self, audience: Audience) -> (u32, u32) {
        match audience {
            Audience::Internal | Audience::NeedToKnow => (self.first_internal_min, self.every_internal_min),
            Audience::Executive => (self.every_executive_min, self.every_executive_min),
            Audience::External => (self.first_external_min, self.every_external_min),
            Audience::Advisor | Audience::Reporter | Audience::CustomerContact => (0, 0),
        }
    }
}
