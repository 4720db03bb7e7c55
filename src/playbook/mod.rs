//! 3  How an organisation handles incidents, as data: when something is one, how bad, who does what, what is said where.
//! Pure.
//!
//! The built-in playbook (`builtin.toml`) works with nothing filled in. Events copy what they need from it, so that
//! replaying the record never depends on today's playbook.

mod course;
mod edition;
mod fill;
mod lint;
mod model;
mod names;
mod people;
mod problem;
mod read;
mod slip;
mod times;
mod wording;
mod words;

pub use course::{Criterion, Kind, Need, Phase, SeverityDef, Stage, Visibility};
pub use edition::{BUILTIN, EditionId, InForce, schema};
pub use fill::{BadTemplate, Parsed, fill};
pub use lint::{ROLES_SHOWN, SERVICES_SHOWN};
pub use model::Playbook;
pub use names::{ActivityId, CriterionId, DutyId, KindId, OutletId, PhaseId, RoleId, ServiceId, Severity, TemplateId};
pub use people::{Activity, Contact, Duty, DutyCheck, Letter, OutsideContact, Paged, Party, Role, Service};
pub use problem::{Level, Problem};
pub use read::{Reading, line_of, read};
pub(crate) use slip::hint;
pub use wording::{Hit, Warning};
pub use words::{
    Audience, Cadence, CadenceRule, FIRST_NOTICE, Moment, Nudge, Outlet, OutletWhen, Template, Value, Wording,
};

#[cfg(test)]
mod tests;
