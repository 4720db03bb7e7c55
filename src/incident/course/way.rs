//! From one phase to another.

use crate::{
    incident::Incident,
    playbook::{Kind, PhaseId, Playbook, Visibility},
};

/// How one phase lies to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The next one.
    Next,
    /// Behind others that are left out.
    Skip,
    /// Before it.
    Back,
}

impl Way {
    /// Should people say why they take it?
    #[must_use]
    pub const fn wants_a_reason(self) -> bool {
        match self {
            Self::Next => false,
            Self::Skip | Self::Back => true,
        }
    }
}

/// How `to` lies to `from`; none where one of them is not on the kind's course, or both are the same.
#[must_use]
pub fn way(kind: &Kind, from: &PhaseId, to: &PhaseId) -> Option<Way> {
    let place = |id: &PhaseId| kind.course().position(|p| p.id == *id);
    match (place(from)?, place(to)?) {
        (from, to) if to == from => None,
        (from, to) if to < from => Some(Way::Back),
        (from, to) if to == from + 1 => Some(Way::Next),
        _ => Some(Way::Skip),
    }
}

/// Is it for those only who were let in?
#[must_use]
pub fn is_secret(playbook: &Playbook, it: &Incident) -> bool {
    playbook.kind(&it.kind).visibility == Visibility::NeedToKnow
}
