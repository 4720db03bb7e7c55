//! What is recorded.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Letter;
use crate::{
    ids::UserId,
    incident::{MessageRef, Text, duty::Several, state::unset},
    playbook::{Audience, Contact, OutletId, PhaseId, TemplateId, Warning},
    status::{Impact, PostStatus},
};

/// Why a text failed: it may stand there, and nobody but a person can look.
pub const MAYBE_THERE: &str = "maybe_there";
/// Why a text failed: the settings have no such connector any more.
pub const NOT_SET_UP: &str = "not_set_up";

/// What happened to what is said to others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// A text is owed to these readers from now on, by severity and kind; none: not any more.
    Owed {
        /// Whose readers.
        to: Audience,
        /// By when.
        due: Option<Timestamp>,
    },
    /// Whose it is was reminded that a text is due soon.
    Reminded {
        /// Whose readers.
        to: Audience,
        /// Who was reminded.
        owner: UserId,
        /// When it is due.
        due: Timestamp,
    },
    /// The time of a text has passed.
    Missed {
        /// Whose readers.
        to: Audience,
        /// When it was due.
        due: Timestamp,
    },
    /// It is so late that others hear of it. Counts as a miss.
    Escalated {
        /// Whose readers.
        to: Audience,
        /// When it was due.
        due: Timestamp,
        /// Who hears of it.
        people: Vec<UserId>,
        /// The user groups whose members hear of it, and whoever is on call.
        #[serde(default, skip_serializing_if = "unset")]
        groups: Vec<Several>,
        /// Who stands in for the lead and is reached by people alone: the room is asked to tell them.
        #[serde(default, skip_serializing_if = "unset")]
        by_hand: Option<Contact>,
    },
    /// Someone named another time for it.
    Snoozed {
        /// Whose readers.
        to: Audience,
        /// When it is due now.
        until: Timestamp,
        /// Why.
        why: Option<Text>,
    },
    /// It has lasted so long that these channels apply.
    OutletsDue {
        /// Which.
        outlets: Vec<OutletId>,
    },
    /// A text was begun or changed.
    Drafted {
        /// Counts drafts of this incident.
        draft: u32,
        /// Counts its versions.
        version: u32,
        /// For which readers.
        to: Audience,
        /// From which template.
        template: TemplateId,
        /// In which phase.
        phase: PhaseId,
        /// What stands in its places.
        fields: BTreeMap<String, Text>,
        /// Where it is to go.
        outlets: Vec<OutletId>,
        /// When the next one is promised.
        next_by: Option<Timestamp>,
        /// What its author was told to look at once more.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        warnings: Vec<Warning>,
        /// Which components of status pages it touches, and how.
        #[serde(default, skip_serializing_if = "unset")]
        impact: Impact,
        /// Whoever subscribed to such a page is not told.
        #[serde(default, skip_serializing_if = "unset")]
        quiet: bool,
        /// The send that it corrects; none: it is a text of its own.
        #[serde(default, skip_serializing_if = "unset")]
        corrects: Option<u32>,
    },
    /// Someone else finds it right.
    Approved {
        /// Which draft.
        draft: u32,
        /// Which version of it.
        version: u32,
        /// What marks the whole text as it read then, with what the record fills in.
        #[serde(default, skip_serializing_if = "unset")]
        text: String,
    },
    /// It will not be sent.
    Dropped {
        /// Which draft.
        draft: u32,
    },
    /// A text was sent: one text, to all that were chosen.
    Sent {
        /// Counts sends of this incident.
        send: u32,
        /// From which draft.
        draft: u32,
        /// For which readers.
        to: Audience,
        /// The text.
        letter: Letter,
        /// What makes it the same as another one.
        same: String,
        /// In which phase.
        phase: PhaseId,
        /// To where.
        outlets: Vec<Sending>,
        /// When the next one is promised.
        next_by: Option<Timestamp>,
        /// Who found it right.
        approved_by: Vec<UserId>,
        /// Why it went out with nobody's approval where the register asks for one.
        alone: Option<Text>,
        /// Who in support got it.
        support: Option<UserId>,
        /// Where nobody has that role: the user groups whose members got it, and whoever was on call.
        #[serde(default, skip_serializing_if = "unset")]
        support_groups: Vec<Several>,
        /// Who answers in public, and got it too.
        #[serde(default, skip_serializing_if = "unset")]
        social: Vec<UserId>,
        /// It is about a need-to-know incident, and those whom the playbook names for that found that it may be public.
        #[serde(default, skip_serializing_if = "unset")]
        released: bool,
        /// Which components of status pages it touches, and how.
        #[serde(default, skip_serializing_if = "unset")]
        impact: Impact,
        /// Whoever subscribed to such a page is not told.
        #[serde(default, skip_serializing_if = "unset")]
        quiet: bool,
        /// How the incident stands in public from then on.
        #[serde(default, skip_serializing_if = "unset")]
        status: PostStatus,
    },
    /// A text that was sent says this instead.
    Corrected {
        /// Which send.
        send: u32,
        /// Counts corrections of this send.
        correction: u32,
        /// From which draft.
        draft: u32,
        /// For which readers.
        to: Audience,
        /// The text.
        letter: Letter,
        /// What makes it the same as another one.
        same: String,
        /// Where it is to say so.
        outlets: Vec<Sending>,
        /// Who found it right.
        approved_by: Vec<UserId>,
        /// Why with nobody's approval where the register asks for one.
        alone: Option<Text>,
        /// Who in support got it.
        support: Option<UserId>,
        /// Where nobody has that role: the user groups whose members got it, and whoever was on call.
        #[serde(default, skip_serializing_if = "unset")]
        support_groups: Vec<Several>,
        /// Who answers in public, and got it too.
        #[serde(default, skip_serializing_if = "unset")]
        social: Vec<UserId>,
        /// It is about a need-to-know incident, and those whom the playbook names for that found that it may be public.
        #[serde(default, skip_serializing_if = "unset")]
        released: bool,
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
    /// A connector published it.
    Published {
        /// Which send.
        send: u32,
        /// Where.
        outlet: OutletId,
        /// As what.
        at: Published,
        /// Which correction of it that is; 0: as it was sent first.
        #[serde(default, skip_serializing_if = "unset")]
        correction: u32,
    },
    /// It is there.
    Posted {
        /// Which send.
        send: u32,
        /// Where.
        outlet: OutletId,
        /// As which message.
        at: MessageRef,
        /// Its address, where the neighbour said one.
        link: Option<String>,
        /// Which correction of it that is; 0: as it was sent first.
        #[serde(default, skip_serializing_if = "unset")]
        correction: u32,
    },
    /// It did not get there.
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
    /// Someone has it tried once more.
    Retried {
        /// Which send.
        send: u32,
        /// Where.
        outlet: OutletId,
        /// By which way, as the register says now.
        way: Way,
    },
    /// Someone posted it there by hand.
    PostedByHand {
        /// Which send.
        send: u32,
        /// Where.
        outlet: OutletId,
        /// When.
        at: Timestamp,
        /// Where it can be seen.
        link: Option<Text>,
    },
}

impl Fact {
    /// Does it still have the words that it was made with? `None` if it never had any.
    #[must_use]
    pub fn words(&self) -> Option<bool> {
        match self {
            Self::Snoozed { why, .. } => why.as_ref().map(|why| why.words().is_some()),
            Self::Drafted { fields, .. } => {
                (!fields.is_empty()).then(|| fields.values().any(|text| text.words().is_some()))
            }
            Self::Sent { letter, .. } | Self::Corrected { letter, .. } => Some(letter.body().words().is_some()),
            Self::PostedByHand { link, .. } => link.as_ref().map(|link| link.words().is_some()),
            Self::Owed { .. }
            | Self::Reminded { .. }
            | Self::Missed { .. }
            | Self::Escalated { .. }
            | Self::OutletsDue { .. }
            | Self::Approved { .. }
            | Self::Dropped { .. }
            | Self::CorrectionStands { .. }
            | Self::CorrectionFailed { .. }
            | Self::Published { .. }
            | Self::Posted { .. }
            | Self::PostFailed { .. }
            | Self::Retried { .. } => None,
        }
    }
}

/// One place that a text goes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sending {
    /// Which channel of the register.
    pub outlet: OutletId,
    /// What people call it.
    pub label: String,
    /// How it gets there.
    pub way: Way,
    /// Short texts go without their headline.
    #[serde(default)]
    pub short: bool,
    /// The register said that it is used then.
    #[serde(default, skip_serializing_if = "unset")]
    pub applied: bool,
}

/// How a text gets to a channel of the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// A Slack channel, by id or name.
    Slack(String),
    /// A connector of the settings, by its name.
    Connector(String),
    /// A person posts it and says so.
    Hand,
}

impl Way {
    /// Does the bot post there?
    #[must_use]
    pub const fn is_ours(&self) -> bool {
        match self {
            Self::Slack(_) | Self::Connector(_) => true,
            Self::Hand => false,
        }
    }
}

/// How a place came to say what a correction says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amendment {
    /// The text itself was changed.
    Edited,
    /// The text stands as it was, and the correction behind it.
    Behind {
        /// As which message.
        at: MessageRef,
    },
    /// A connector did it.
    Published {
        /// As what.
        at: Published,
        /// The text itself was changed.
        edited: bool,
    },
}

impl Amendment {
    /// Was the text itself changed?
    #[must_use]
    pub const fn is_edit(&self) -> bool {
        match self {
            Self::Edited | Self::Published { edited: true, .. } => true,
            Self::Behind { .. } | Self::Published { edited: false, .. } => false,
        }
    }
}

/// Where a text stands that a connector published, in the words of its neighbour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// What the texts of one incident stand in: an incident of a status page, a thread, a ticket.
    pub thread: String,
    /// The text itself.
    pub update: String,
    /// Where people open it.
    pub link: Option<String>,
}
