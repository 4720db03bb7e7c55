//! What people, timers and deliveries ask, and what must be done outside.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Amendment, Published};
use crate::{
    incident::{MessageRef, When},
    playbook::{Audience, OutletId, Warning},
    status::Impact,
};

/// One thing asked. Texts are as people sent them.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// Keep a text, and send it where that is asked for too.
    Draft(Drafting),
    /// Find a draft right.
    Approve {
        /// Which draft.
        draft: u32,
        /// The version that the person saw.
        version: u32,
    },
    /// Throw a draft away.
    Drop {
        /// Which draft.
        draft: u32,
    },
    /// Send a draft.
    Send {
        /// Which draft.
        draft: u32,
        /// The version that the person saw.
        version: u32,
        /// Also where it says the same as the last one.
        again: bool,
        /// Why with nobody's approval.
        alone: Option<String>,
    },
    /// Name another time for what is due.
    Snooze {
        /// To which readers.
        to: Audience,
        /// The new time.
        until: When,
        /// Why.
        why: Option<String>,
    },
    /// Try once more what failed.
    Retry {
        /// Which send.
        send: u32,
        /// Where.
        outlet: OutletId,
    },
    /// "I posted it by hand."
    PostedByHand {
        /// Which send.
        send: u32,
        /// Where.
        outlet: OutletId,
        /// When.
        at: Timestamp,
        /// Where it can be seen.
        link: Option<String>,
    },
    /// A text is there.
    Posted {
        /// Which send.
        send: u32,
        /// Where.
        outlet: OutletId,
        /// As which message.
        at: MessageRef,
        /// Its address.
        link: Option<String>,
        /// Which correction of it that is; 0: as it was sent first.
        correction: u32,
    },
    /// A connector published a text.
    Published {
        /// Which send.
        send: u32,
        /// Where.
        outlet: OutletId,
        /// As what.
        at: Published,
        /// Which correction of it that is; 0: as it was sent first, or before it was corrected.
        correction: u32,
    },
    /// A place where a text stands says what its correction says.
    CorrectionStands {
        /// Which send.
        send: u32,
        /// Where.
        outlet: OutletId,
        /// Which correction of it.
        correction: u32,
        /// How.
        how: Amendment,
    },
    /// A correction did not get there.
    CorrectionFailed {
        /// Which send.
        send: u32,
        /// Where.
        outlet: OutletId,
        /// Which correction of it.
        correction: u32,
        /// What the neighbour said.
        why: String,
        /// It is still being tried.
        trying: bool,
    },
    /// A text did not get there.
    PostFailed {
        /// Which send.
        send: u32,
        /// Where.
        outlet: OutletId,
        /// What the neighbour said.
        why: String,
        /// It is still being tried.
        trying: bool,
    },
    /// A timer rang.
    Rang(Alarm),
}

/// What a person wrote for others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drafting {
    /// For which readers.
    pub to: Audience,
    /// For which special case; none: the usual text.
    pub scenario: Option<String>,
    /// What stands in the template's places.
    pub fields: BTreeMap<String, String>,
    /// Where it is to go.
    pub outlets: Vec<OutletId>,
    /// When the next one comes.
    pub next_by: Option<When>,
    /// What its author was told to look at once more.
    pub warnings: Vec<Warning>,
    /// The draft and its version that it changes; none: there was none.
    pub of: Option<(u32, u32)>,
    /// Send it at once.
    pub send: bool,
    /// Also where it says the same as the last one.
    pub again: bool,
    /// Which components of status pages it touches, and how.
    pub impact: Impact,
    /// Whoever subscribed to such a page is not told.
    pub quiet: bool,
    /// The send that it corrects, and how many corrections of it its author saw; readers, text, time and components are those of the send
    /// then. None: it is a text of its own.
    pub corrects: Option<(u32, u32)>,
}

/// What is looked at again later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "alarm", rename_all = "snake_case")]
pub enum Alarm {
    /// A text's time has come.
    Miss {
        /// To which readers.
        to: Audience,
        /// Its version when the timer was set.
        version: u32,
    },
    /// It is so late that others must hear of it.
    Escalate {
        /// To which readers.
        to: Audience,
        /// Its version when the timer was set.
        version: u32,
    },
    /// It has lasted so long that other channels may apply.
    Lasted {
        /// Minutes since it started.
        minutes: u32,
    },
}

/// What must be done outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub enum Deed {
    /// Show a draft in the room, as it stands.
    ShowDraft {
        /// Which.
        draft: u32,
    },
    /// Post a text, once.
    Post {
        /// Which send.
        send: u32,
        /// Where.
        outlet: OutletId,
        /// The event that has its words.
        seq: u64,
        /// Which try that a person asked for.
        retry: u32,
    },
    /// Have a place where a text stands say what its correction says, once.
    Correct {
        /// Which send.
        send: u32,
        /// Where.
        outlet: OutletId,
        /// Which correction of it.
        correction: u32,
        /// Which try that a person asked for.
        retry: u32,
    },
    /// Show in the room what came of a send, as it stands.
    Receipt {
        /// Which.
        send: u32,
    },
}
