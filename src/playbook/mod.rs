//! 3  How an organisation handles incidents, as data: severities, kinds, phases, roles. Pure.
//!
//! The built-in playbook (`builtin.toml`) works with nothing filled in. Events copy what they need from it, so that
//! replaying the record never depends on today's playbook.

mod model;

pub use model::{
    Checklist, Criterion, Kind, KindId, Phase, PhaseId, Playbook, Role, RoleId, Severity, SeverityDef, Stage,
};

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
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let text =
            BUILTIN.replace("lead_role = \"commander\"", "lead_role = \"nobody\"").replace("level = 5", "level = 1");
        let Err(BadPlaybook(problems)) = Playbook::parse(&text) else { panic!("accepted") };
        assert_eq!(problems.len(), 2, "{problems:?}");
    }
}
