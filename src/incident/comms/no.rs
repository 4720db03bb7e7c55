//! Why nothing is said.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    ids::UserId,
    playbook::{Audience, OutletId, PhaseId, RoleId},
};

/// Why a text for others is not kept or sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum No {
    /// Nothing is written to these readers here.
    NotWritten(Audience),
    /// The playbook has no template for it in this phase.
    NoTemplate(Audience),
    /// The template cannot be used.
    BadTemplate(String),
    /// The incident is need-to-know: nothing of it goes to the public.
    NeedToKnow,
    /// No channel is chosen.
    NoOutlet,
    /// The register has no such channel for these readers.
    NoSuchOutlet(OutletId),
    /// Too many channels at once.
    TooManyOutlets {
        /// The most.
        limit: usize,
    },
    /// What was written is longer than a draft can be.
    DraftTooLong {
        /// The most characters.
        limit: usize,
    },
    /// Places of the template are empty.
    Unfilled(Vec<String>),
    /// Readers must be told when the next text comes.
    NoNextUpdate,
    /// The text is longer than the channel takes.
    TooLongFor {
        /// Which channel.
        outlet: OutletId,
        /// The most characters.
        limit: usize,
        /// How many there are.
        length: usize,
    },
    /// These are the words of the internal update.
    InternalText,
    /// It says the same as the last one.
    SameText,
    /// There is no such draft any more.
    NoSuchDraft,
    /// Somebody changed the draft meanwhile.
    DraftChanged,
    /// Somebody began a draft for these readers already.
    DraftThere {
        /// Who wrote on it last.
        by: Option<UserId>,
    },
    /// So many people wrote on the draft that one more helps nobody.
    TooManyAuthors {
        /// The most.
        limit: usize,
    },
    /// The channel applied when the text was sent, and does not any more.
    NotNow(OutletId),
    /// Something newer was sent to these readers since.
    Newer(Audience),
    /// The phase changed since it was written.
    OtherPhase(PhaseId),
    /// Only some roles may send there.
    NotAuthorised {
        /// Which channel.
        outlet: OutletId,
        /// Who may.
        roles: Vec<RoleId>,
    },
    /// Only trained people may send there.
    NotTrained {
        /// Which channel.
        outlet: OutletId,
        /// Until when they were.
        until: Option<Date>,
    },
    /// Someone else must find it right first.
    NotApproved {
        /// Which channel.
        outlet: OutletId,
        /// Who may.
        roles: Vec<RoleId>,
        /// From when on an authorised author may send it with a reason; none: never.
        alone_from: Option<Timestamp>,
    },
    /// These roles must find the very text right before it may be public: the incident is need-to-know.
    NotReleased(Vec<RoleId>),
    /// Authors do not approve their own text.
    OwnText,
    /// Only some roles may approve.
    NotApprover(Vec<RoleId>),
    /// There is nothing to try once more, or it is there already.
    NothingToRetry,
    /// There is no such text, or it was sent too long ago.
    NothingToCorrect,
    /// Its words were redacted: it stands nowhere any more.
    Withdrawn,
    /// Somebody corrected it meanwhile.
    Corrected {
        /// Who.
        by: Option<UserId>,
    },
    /// It was corrected so often that one more correction helps nobody.
    ManyCorrections {
        /// The most.
        limit: usize,
    },
    /// That is what it says already.
    SaysSo,
    /// Nothing is due.
    NothingDue(Audience),
}
