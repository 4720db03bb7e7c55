//! 3  How an organisation handles incidents, as data: when something is one, how bad, who does what, what is said where.
//! Pure.
//!
//! The built-in playbook (`builtin.toml`) works with nothing filled in. Events copy what they need from it, so that
//! replaying the record never depends on today's playbook.

mod course;
mod fill;
mod model;
mod names;
mod people;
mod words;

pub use course::{Criterion, Kind, Need, Phase, SeverityDef, Stage, Visibility};
pub use fill::{BadTemplate, fill, places};
pub use model::Playbook;
pub use names::{ActivityId, CriterionId, DutyId, KindId, OutletId, PhaseId, RoleId, ServiceId, Severity, TemplateId};
pub use people::{Activity, Contact, Duty, DutyCheck, Letter, OutsideContact, Party, Role, Service};
pub use words::{Audience, Cadence, CadenceRule, Moment, Nudge, Outlet, OutletWhen, Template, Value, Wording};

/// The playbook inside the binary.
const BUILTIN: &str = include_str!("builtin.toml");

/// Something is wrong in a playbook; every problem at once, each a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the playbook cannot be used:\n{}", .0.join("\n"))]
pub struct BadPlaybook(pub Vec<String>);

impl Playbook {
    /// The one inside the binary.
    ///
    /// # Panics
    /// Never in a released binary: a test reads it.
    #[must_use]
    pub fn builtin() -> Self {
        Self::parse(BUILTIN).expect("the built-in playbook is checked by a test")
    }

    /// Reads and checks a playbook.
    ///
    /// # Errors
    /// [`BadPlaybook`] with every problem found.
    pub fn parse(toml: &str) -> Result<Self, BadPlaybook> {
        let playbook: Self = toml::from_str(toml).map_err(|e| BadPlaybook(vec![e.to_string()]))?;
        let problems = playbook.problems();
        if problems.is_empty() { Ok(playbook) } else { Err(BadPlaybook(problems)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_playbook_is_sound() {
        let playbook = Playbook::builtin();
        assert_eq!(playbook.severities.len(), 5);
        assert_eq!(playbook.kind(&KindId::from("ops")).phases.len(), 4);
        assert_eq!(playbook.kind(&KindId::from("security")).course().count(), 7);
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let text = BUILTIN
            .replacen("lead_role = \"commander\"", "lead_role = \"nobody\"", 1)
            .replace("level = 5", "level = 1");
        let Err(BadPlaybook(problems)) = Playbook::parse(&text) else { panic!("accepted") };
        assert_eq!(problems.len(), 2, "{problems:?}");
    }
}
