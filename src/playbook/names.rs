//! The names that a playbook gives to things.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::text_id;

text_id! {
    /// A kind of incident, `ops`.
    KindId
}
text_id! {
    /// A phase within a kind, `investigating`.
    PhaseId
}
text_id! {
    /// A role, `commander`.
    RoleId
}
text_id! {
    /// A criterion, `service_impact`.
    CriterionId
}
text_id! {
    /// A service, `checkout`.
    ServiceId
}
text_id! {
    /// A template, `ops_investigating_external`.
    TemplateId
}
text_id! {
    /// A communication channel of the register, `status_page`.
    OutletId
}
text_id! {
    /// A row of the RACI table, `containment`.
    ActivityId
}
text_id! {
    /// A duty of a role, unique within the role, `assess_severity`.
    DutyId
}

/// How bad, 1 the worst. People write `sev1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Severity(pub u8);

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SEV{}", self.0)
    }
}
