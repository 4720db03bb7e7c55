//! What must be done about it, and what must never be done for a need-to-know incident.

use serde::{Deserialize, Serialize};

use super::{Entry, Exit, Fact};
use crate::{
    ids::UserId,
    incident::{Effect, Effects, Event, Incident, What, comms},
    paging::Target,
};

/// What only this area has done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub enum Deed {
    /// Take someone out of the room.
    ShowOut {
        /// Whom.
        who: UserId,
    },
}

/// May this be done for the incident as it stands? A need-to-know incident is spoken of in its room and to single people; a
/// stub only takes back what it had said.
#[must_use]
pub fn is_allowed(effect: &Effect, it: &Incident) -> bool {
    if let Some(moved) = it.access.moved {
        return may_stub(effect, moved.seq);
    }
    if !it.is_secret() {
        return true;
    }
    match effect {
        Effect::Announce | Effect::Followers { .. } | Effect::Broadcast { .. } | Effect::Root => false,
        Effect::Comms(comms::Deed::Post { send, .. } | comms::Deed::Correct { send, .. }) => {
            it.comms.send(*send).is_some_and(|sent| sent.released)
        }
        // Another provider gets the codename and a link.
        Effect::SendPage { to, .. } | Effect::ShowPage { to, .. } => {
            matches!(to, Target::Person(_) | Target::External(_))
        }
        // Of a group, and of those on call, those hear it, each alone, who were let in.
        Effect::Tell { to, .. } => matches!(to, Target::Person(_) | Target::Group(_) | Target::Schedule(_)),
        Effect::LookUpGroup { .. }
        | Effect::LookUpWays { .. }
        | Effect::Reach { .. }
        | Effect::SyncExternal { .. }
        | Effect::Duty(_)
        | Effect::CheckPage { .. }
        | Effect::Question { .. }
        | Effect::ShowPages { .. }
        | Effect::TellPaged { .. }
        | Effect::Brief { .. }
        | Effect::ShowBrief { .. }
        | Effect::RetractAll
        | Effect::Retitle
        | Effect::RenameRoom
        | Effect::Homes
        | Effect::Home { .. }
        | Effect::OpenRoom
        | Effect::Invite { .. }
        | Effect::Topic
        | Effect::Bookmark
        | Effect::Card
        | Effect::Say { .. }
        | Effect::ShowSaid { .. }
        | Effect::Remind { .. }
        | Effect::Retract { .. }
        | Effect::ArchiveRoom
        | Effect::Comms(comms::Deed::ShowDraft { .. } | comms::Deed::Receipt { .. })
        | Effect::Access(_) => true,
    }
}

/// A stub shows what became of it, and says only where it moved on.
fn may_stub(effect: &Effect, moved: u64) -> bool {
    match effect {
        Effect::ShowPage { .. }
        | Effect::SyncExternal { .. }
        | Effect::CheckPage { .. }
        | Effect::Question { .. }
        | Effect::ShowPages { .. }
        | Effect::TellPaged { .. }
        | Effect::ShowBrief { .. }
        | Effect::RetractAll
        | Effect::Retitle
        | Effect::RenameRoom
        | Effect::Homes
        | Effect::Home { .. }
        | Effect::Topic
        | Effect::Root
        | Effect::Card
        | Effect::Announce
        | Effect::Retract { .. }
        | Effect::Brief { .. }
        | Effect::Tell { .. } => true,
        Effect::Say { seq } => *seq == moved,
        Effect::LookUpGroup { .. }
        | Effect::SendPage { .. }
        | Effect::LookUpWays { .. }
        | Effect::Reach { .. }
        | Effect::OpenRoom
        | Effect::Invite { .. }
        | Effect::Bookmark
        | Effect::ShowSaid { .. }
        | Effect::Broadcast { .. }
        | Effect::Followers { .. }
        | Effect::Remind { .. }
        | Effect::ArchiveRoom
        | Effect::Comms(_)
        | Effect::Duty(_)
        | Effect::Access(Deed::ShowOut { .. }) => false,
    }
}

/// What an event asks for because only some may know, besides the room's line, card and topic.
pub fn effects(out: &mut Effects, after: &Incident, event: &Event) {
    match &event.what {
        What::Access(fact) => of_fact(out, after, fact),
        // Its words were kept where everybody could read them.
        What::Declared { .. } if after.is_secret() && after.intake.event.is_some() => out.now.push(Effect::Homes),
        _ => {}
    }
}

fn of_fact(out: &mut Effects, after: &Incident, fact: &Fact) {
    match fact {
        // Role holders and those who acknowledged are invited for that; whoever joined is there.
        Fact::LetIn { who, how: Entry::Added | Entry::Consulted, .. } => {
            out.now.push(Effect::Invite { people: vec![who.clone()] });
        }
        Fact::Removed { who, how, .. } => {
            if *how == Exit::Removed {
                out.now.push(Effect::Access(Deed::ShowOut { who: who.clone() }));
            }
            out.now.push(Effect::Home { to: who.clone() });
        }
        // What stands in the old room and outside, in any of its lines.
        Fact::Moved { .. } => {
            out.now.extend([Effect::RenameRoom, Effect::Retitle, Effect::Homes]);
            out.now.extend((1..after.version).map(|seq| Effect::Retract { seq }));
        }
        Fact::LetIn { .. } | Fact::Knocked { .. } | Fact::KindChanged { .. } => {}
    }
}

/// Does the room hear of this?
pub const fn said_in_room(fact: &Fact) -> bool {
    match fact {
        // What gave them the role or what they answered was said.
        Fact::LetIn { how: Entry::Role | Entry::Answered, .. } => false,
        Fact::LetIn { how: Entry::Added | Entry::Consulted | Entry::Joined, .. }
        | Fact::Removed { .. }
        | Fact::Knocked { .. }
        | Fact::Moved { .. }
        | Fact::KindChanged { .. } => true,
    }
}

/// Does the topic say something else now?
pub const fn changes_topic(fact: &Fact) -> bool {
    matches!(fact, Fact::Moved { .. } | Fact::KindChanged { .. })
}

/// Does the card say something else now?
pub const fn changes_card(fact: &Fact) -> bool {
    !matches!(fact, Fact::Knocked { .. })
}
