//! The names that a playbook gives to things.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
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
name! {
    /// A criterion, `service_impact`.
    CriterionId
}
name! {
    /// A service, `checkout`.
    ServiceId
}
name! {
    /// A template, `ops_investigating_external`.
    TemplateId
}
name! {
    /// A communication channel of the register, `status_page`.
    OutletId
}
name! {
    /// A row of the RACI table, `containment`.
    ActivityId
}
name! {
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
