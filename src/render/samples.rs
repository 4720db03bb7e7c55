//! What the tests of these files render.

use jiff::Timestamp;

use super::View;
use crate::{
    config::Settings,
    ids::IncidentId,
    incident::{Actor, EVENT_VERSION, Event, Incident, Text, What, apply},
    playbook::{Playbook, Severity, Visibility},
};

/// When everything happens.
pub(super) const AT: Timestamp = Timestamp::constant(1_795_316_400, 0);

/// A playbook and settings to render with.
pub(super) struct World {
    pub playbook: Playbook,
    pub settings: Settings,
}

impl World {
    pub fn new() -> Self {
        Self { playbook: Playbook::builtin(), settings: Settings::default() }
    }

    pub const fn view(&self) -> View<'_> {
        View { playbook: &self.playbook, settings: &self.settings, now: AT }
    }
}

/// An event of this moment, made by Alice.
pub(super) fn event(what: What) -> Event {
    Event { v: EVENT_VERSION, at: AT, by: Actor::Person("U0ALICE".into()), what }
}

/// INC-1, just declared by Alice.
pub(super) fn declared(title: &str) -> Incident {
    let what = What::Declared {
        id: IncidentId::inc(1),
        title: Text::new(title),
        severity: Severity(1),
        incident_kind: "ops".into(),
        phase: "investigating".into(),
        lead: "U0ALICE".into(),
        lead_role: "commander".into(),
        started_at: AT,
        source: None,
        declared_in: None,
        criteria: vec![],
        update_due: Some(AT),
        playbook: None,
        opening: Box::default(),
        visibility: Visibility::Workspace,
        codename: None,
        continues: None,
    };
    apply(None, &event(what)).expect("declared")
}

/// The incident after this.
pub(super) fn then(it: Incident, what: What) -> Incident {
    apply(Some(it), &event(what)).expect("it was declared")
}
