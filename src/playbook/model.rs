//! The playbook's data and its checks.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The name as the playbook writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                Self(name.to_owned())
            }
        }
    };
}

name! {
    /// A kind of incident, `ops`.
    KindId
}
name! {
    /// A phase within a kind, `investigating`.
    PhaseId
}
name! {
    /// A role, `commander`.
    RoleId
}

/// How bad, 1 the worst. People write `sev1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Severity(pub u8);

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SEV{}", self.0)
    }
}

/// What a phase means for timers and pages, whatever it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// People feel it.
    Active,
    /// Impact has ended; we watch.
    Monitoring,
    /// Mended for good. Updates and pages end.
    Resolved,
}

/// Everything that differs between organisations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Playbook {
    /// The severity of a declaration that names none.
    pub default_severity: Severity,
    /// The kind of a declaration that names none.
    pub default_kind: KindId,
    /// Any one of these makes an event an incident.
    pub criteria: Vec<Criterion>,
    /// Worst first.
    pub severities: Vec<SeverityDef>,
    /// At least one.
    pub kinds: Vec<Kind>,
    /// Who does what.
    pub roles: Vec<Role>,
}

/// A reason to declare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Its name in records.
    pub id: String,
    /// A sentence that is true or not. At most 75 characters, Slack's limit for a tick box.
    pub label: String,
    /// The severity it suggests.
    pub suggest: Severity,
}

/// What a severity means and asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeverityDef {
    /// 1 the worst.
    pub level: Severity,
    /// One word (`critical`).
    pub label: String,
    /// Shown with its name.
    pub emoji: String,
    /// A plain definition.
    pub means: String,
    /// Minutes from declaring to the first update; 0: none is owed.
    pub first_update_min: u32,
    /// Minutes between updates; 0: none is owed.
    pub update_every_min: u32,
}

/// A kind of incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// Its name.
    pub id: KindId,
    /// For people.
    pub label: String,
    /// The role that whoever declares holds at first.
    pub lead_role: RoleId,
    /// In order.
    pub phases: Vec<Phase>,
}

/// A phase of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Its name.
    pub id: PhaseId,
    /// For people.
    pub label: String,
    /// Shown with its label.
    pub emoji: String,
    /// What it means for timers and pages.
    pub stage: Stage,
    /// The status update's starting text in this phase. `{title}` is filled in.
    pub template: String,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Its name in commands.
    pub id: RoleId,
    /// For people.
    pub label: String,
    /// Other words people type for it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What it is for, in a sentence.
    pub purpose: String,
    /// What its holder does.
    pub checklist: Checklist,
}

/// What a role's holder does, in order.
pub type Checklist = Vec<String>;

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

    /// The definition of a severity, if the playbook has it.
    #[must_use]
    pub fn severity(&self, level: Severity) -> Option<&SeverityDef> {
        self.severities.iter().find(|s| s.level == level)
    }

    /// The role with this name or alias, in any case.
    #[must_use]
    pub fn role(&self, name: &str) -> Option<&Role> {
        let is = |word: &str| word.eq_ignore_ascii_case(name);
        self.roles.iter().find(|r| is(r.id.as_str()) || is(&r.label) || r.aliases.iter().any(|a| is(a)))
    }

    /// Every problem, each a sentence.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut need = |ok: bool, sentence: String| {
            if !ok {
                problems.push(sentence);
            }
        };
        need(!self.severities.is_empty(), "`severities` is empty; name at least one".into());
        need(
            self.severities.windows(2).all(|w| w[0].level < w[1].level),
            "`severities` must be in order, worst (level = 1) first, each level once".into(),
        );
        need(
            self.severity(self.default_severity).is_some(),
            format!("`default_severity` {} is not among the severities", self.default_severity.0),
        );
        need(
            self.kinds.iter().any(|k| k.id == self.default_kind),
            format!("`default_kind` `{}` is not among the kinds", self.default_kind),
        );
        need(!self.criteria.is_empty(), "`criteria` is empty; say when an event is an incident".into());
        for c in &self.criteria {
            let length = c.label.chars().count();
            need((1..=75).contains(&length), format!("criterion `{}`: the label must have 1 to 75 characters", c.id));
        }
        for kind in &self.kinds {
            need(
                self.roles.iter().any(|r| r.id == kind.lead_role),
                format!("kind `{}`: `lead_role` `{}` is not among the roles", kind.id, kind.lead_role),
            );
            need(
                kind.phases.last().is_some_and(|p| p.stage == Stage::Resolved),
                format!("kind `{}`: the last phase must have stage = \"resolved\"", kind.id),
            );
        }
        problems
    }
}

impl Kind {
    /// The phase with this name or label, in any case.
    #[must_use]
    pub fn phase(&self, name: &str) -> Option<&Phase> {
        self.phases.iter().find(|p| p.id.as_str().eq_ignore_ascii_case(name) || p.label.eq_ignore_ascii_case(name))
    }

    /// The phase after this one.
    #[must_use]
    pub fn next(&self, id: &PhaseId) -> Option<&Phase> {
        let at = self.phases.iter().position(|p| p.id == *id)?;
        self.phases.get(at + 1)
    }

    /// The first phase with this stage.
    #[must_use]
    pub fn first(&self, stage: Stage) -> Option<&Phase> {
        self.phases.iter().find(|p| p.stage == stage)
    }
}
