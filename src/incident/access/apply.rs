//! Folds facts of this area.

use jiff::Timestamp;

use super::{Fact, Moved};
use crate::{
    incident::{Ending, Incident},
    playbook::Visibility,
};

pub fn apply(it: &mut Incident, fact: &Fact, at: Timestamp) {
    match fact {
        Fact::LetIn { who, .. } => {
            it.access.knocked.remove(who);
            it.access.inside.insert(who.clone());
        }
        Fact::Removed { who, .. } => {
            it.access.inside.remove(who);
        }
        Fact::Knocked { who, .. } => {
            it.access.knocked.insert(who.clone());
        }
        Fact::Moved { to, .. } => {
            it.visibility = Visibility::NeedToKnow;
            it.access.moved = Some(Moved { to: *to, seq: it.version });
            // Whoever may see the new one may see this one; these are there from the start.
            let holders = it.roles.values().filter_map(|r| r.holder.clone());
            it.access.inside = holders.collect();
            it.ending = Some(Ending::Merged { at, into: *to });
        }
        // The phase and what is owed are changed where every phase is.
        Fact::KindChanged { to, lead_role, .. } => {
            it.kind = to.clone();
            it.lead_role = lead_role.clone();
        }
    }
}
