//! How it stands. Small: texts that were sent stay in the events.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Published, Sending, text::mark};
use crate::{
    ids::UserId,
    incident::{MessageRef, Text, state::unset},
    playbook::{Audience, OutletId, PhaseId, TemplateId},
    status::{Impact, PostStatus},
};

/// What is said to others, as it stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// What marks the last internal update, so that it is never taken for a text for others: its event, and its digest.
    #[serde(skip_serializing_if = "unset")]
    pub internal: Option<(u64, String)>,
    /// The version of the internal update that was escalated.
    #[serde(skip_serializing_if = "unset")]
    pub internal_escalated: u32,
    /// How many internal updates were so late.
    #[serde(skip_serializing_if = "unset")]
    pub internal_misses: u32,
    /// Texts for customers.
    #[serde(skip_serializing_if = "unset")]
    pub external: Promise,
    /// Texts for the leadership.
    #[serde(skip_serializing_if = "unset")]
    pub executive: Promise,
    /// Channels that the room was asked to inform since it lasts.
    #[serde(skip_serializing_if = "unset")]
    pub outlets_said: Vec<OutletId>,
    /// Texts that were begun: at most one for each kind of reader, and one for each send that it corrects.
    #[serde(skip_serializing_if = "unset")]
    pub drafts: Vec<Draft>,
    /// Counts drafts.
    #[serde(skip_serializing_if = "unset")]
    pub draft_count: u32,
    /// The latest sends.
    #[serde(skip_serializing_if = "unset")]
    pub sends: Vec<Send>,
    /// Counts sends.
    #[serde(skip_serializing_if = "unset")]
    pub send_count: u32,
    /// What stands in places that connectors publish to.
    #[serde(skip_serializing_if = "unset")]
    pub threads: BTreeMap<OutletId, Thread>,
    /// Where texts for the public got that are not among the latest sends any more: the number of the send, and what it said of the incident.
    #[serde(skip_serializing_if = "unset")]
    pub earlier: BTreeMap<OutletId, (u32, PostStatus)>,
}

/// What stands in a place that a connector publishes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// The connector's name.
    pub connector: String,
    /// The latest text there.
    pub last: Published,
    /// Which send that was.
    pub send: u32,
    /// How the incident stands there.
    pub status: PostStatus,
    /// Which components it touches there, and how.
    pub impact: Impact,
}

impl State {
    /// Is this what the last internal update said, however it is spaced and cased?
    #[must_use]
    pub fn was_said(&self, words: &str) -> bool {
        self.internal.as_ref().is_some_and(|(_, said)| *said == mark([words]))
    }

    /// What is owed to these readers. Only customers and the leadership have a time of their own here.
    #[must_use]
    pub const fn promise(&self, to: Audience) -> Option<&Promise> {
        match to {
            Audience::External => Some(&self.external),
            Audience::Executive => Some(&self.executive),
            Audience::Internal
            | Audience::NeedToKnow
            | Audience::Advisor
            | Audience::Reporter
            | Audience::CustomerContact => None,
        }
    }

    pub(super) const fn promise_mut(&mut self, to: Audience) -> Option<&mut Promise> {
        match to {
            Audience::External => Some(&mut self.external),
            Audience::Executive => Some(&mut self.executive),
            Audience::Internal
            | Audience::NeedToKnow
            | Audience::Advisor
            | Audience::Reporter
            | Audience::CustomerContact => None,
        }
    }

    /// The draft with this number, unless it was sent or dropped.
    #[must_use]
    pub fn draft(&self, number: u32) -> Option<&Draft> {
        self.drafts.iter().find(|d| d.number == number)
    }

    /// The draft of the next text for these readers.
    #[must_use]
    pub fn draft_for(&self, to: Audience) -> Option<&Draft> {
        self.draft_of(to, None)
    }

    /// The draft for these readers that corrects this send; none: that of the next text.
    #[must_use]
    pub fn draft_of(&self, to: Audience, corrects: Option<u32>) -> Option<&Draft> {
        self.drafts.iter().find(|d| d.to == to && d.corrects == corrects)
    }

    /// The latest text that was sent.
    #[must_use]
    pub fn latest(&self) -> Option<&Send> {
        self.sends.last()
    }

    /// Texts for readers outside that a person can post, because they are not there yet, or are there and say what was corrected since: the
    /// newest for each channel, in the order of sending.
    pub fn unposted(&self) -> impl Iterator<Item = (&Send, &Delivery)> {
        let newer = |send: &Send, outlet: &OutletId| {
            self.sends.iter().any(|s| s.number > send.number && s.delivery(outlet).is_some())
        };
        let all = self.sends.iter().filter(|s| s.to.is_outside());
        let each = all.flat_map(|send| send.deliveries.iter().map(move |delivery| (send, delivery)));
        each.filter(move |(send, d)| d.wants_hand() && !send.withdrawn && !newer(send, &d.to.outlet))
    }

    /// Keeps of a send that leaves the state where it got, for [`open_posts`](Self::open_posts).
    pub(super) fn remember_open(&mut self, gone: &Send) {
        if gone.to != Audience::External || gone.withdrawn {
            return;
        }
        for delivery in &gone.deliveries {
            if matches!(delivery.state, Delivered::Posted { .. } | Delivered::Done { .. }) {
                self.earlier.insert(delivery.to.outlet.clone(), (gone.number, gone.status));
            }
        }
    }

    /// Places where the public reads that it goes on, by whatever way the latest text got there, and its address, where that is known.
    pub fn open_posts(&self) -> impl Iterator<Item = (&OutletId, Option<&str>)> {
        let published = |thread: &'_ Thread| (thread.send, thread.status);
        let mut latest: BTreeMap<&OutletId, ((u32, PostStatus), Option<&str>)> = self
            .threads
            .iter()
            .map(|(outlet, thread)| (outlet, (published(thread), thread.last.link.as_deref())))
            .collect();
        for (outlet, earlier) in &self.earlier {
            let now = latest.entry(outlet).or_insert((*earlier, None));
            if now.0.0 < earlier.0 {
                *now = (*earlier, None);
            }
        }
        for send in self.sends.iter().filter(|send| send.to == Audience::External && !send.withdrawn) {
            for delivery in &send.deliveries {
                let link = match &delivery.state {
                    Delivered::Posted { link, .. } => link.as_deref(),
                    Delivered::Done { link, .. } => link.as_ref().and_then(Text::words),
                    Delivered::Published { .. }
                    | Delivered::OnItsWay
                    | Delivered::Trying { .. }
                    | Delivered::Failed { .. }
                    | Delivered::ByHand => continue,
                };
                let now = latest.entry(&delivery.to.outlet).or_insert(((0, send.status), None));
                if now.0.0 <= send.number {
                    *now = ((send.number, send.status), link);
                }
            }
        }
        latest.into_iter().filter(|(_, ((_, status), _))| !status.is_over()).map(|(outlet, (_, link))| (outlet, link))
    }

    /// A send, unless it is long over.
    #[must_use]
    pub fn send(&self, number: u32) -> Option<&Send> {
        self.sends.iter().find(|s| s.number == number)
    }
}

/// What is owed to some readers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Promise {
    /// When the next text is due; none when none is owed.
    #[serde(skip_serializing_if = "unset")]
    pub due: Option<Timestamp>,
    /// Since when.
    #[serde(skip_serializing_if = "unset")]
    pub since: Option<Timestamp>,
    /// Grows whenever `due` changes; timers carry it.
    #[serde(skip_serializing_if = "unset")]
    pub version: u32,
    /// Was whose it is reminded?
    #[serde(skip_serializing_if = "unset")]
    pub reminded: bool,
    /// Has the time passed?
    #[serde(skip_serializing_if = "unset")]
    pub missed: bool,
    /// Have others heard of it?
    #[serde(skip_serializing_if = "unset")]
    pub escalated: bool,
    /// How many texts were sent.
    #[serde(skip_serializing_if = "unset")]
    pub count: u32,
    /// How many were so late that others heard of it.
    #[serde(skip_serializing_if = "unset")]
    pub misses: u32,
    /// When the last one was sent.
    #[serde(skip_serializing_if = "unset")]
    pub last_at: Option<Timestamp>,
    /// What marks the last one: its event, and its digest.
    #[serde(skip_serializing_if = "unset")]
    pub last: Option<(u64, String)>,
}

/// A text that was begun.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Its number within the incident.
    pub number: u32,
    /// Grows with every change.
    pub version: u32,
    /// The event that has its present words.
    pub seq: u64,
    /// For which readers.
    pub to: Audience,
    /// Who wrote on it, the last one last.
    pub authors: Vec<UserId>,
    /// Since when it stands as it is.
    pub since: Timestamp,
    /// From which template.
    pub template: TemplateId,
    /// In which phase.
    pub phase: PhaseId,
    /// What stands in its places.
    pub fields: BTreeMap<String, Text>,
    /// Where it is to go.
    pub outlets: Vec<OutletId>,
    /// When the next one is promised.
    pub next_by: Option<Timestamp>,
    /// Who finds it right as it is.
    pub approved_by: Vec<UserId>,
    /// What marks the whole text as those people read it.
    #[serde(default)]
    pub approved: String,
    /// Which components of status pages it touches, and how.
    #[serde(default)]
    pub impact: Impact,
    /// Whoever subscribed to such a page is not told.
    #[serde(default)]
    pub quiet: bool,
    /// The send that it corrects; none: it is a text of its own.
    #[serde(default, skip_serializing_if = "unset")]
    pub corrects: Option<u32>,
}

impl Draft {
    /// Who wrote on it last.
    #[must_use]
    pub fn author(&self) -> Option<&UserId> {
        self.authors.last()
    }
}

/// A text that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Send {
    /// Its number within the incident.
    pub number: u32,
    /// The event that has its words.
    pub seq: u64,
    /// The draft it was.
    pub draft: u32,
    /// For which readers.
    pub to: Audience,
    /// Who sent it; none: the bot cannot tell.
    pub by: Option<UserId>,
    /// When.
    pub at: Timestamp,
    /// It may be public although the incident is need-to-know.
    #[serde(default, skip_serializing_if = "unset")]
    pub released: bool,
    /// What came of it, place by place.
    pub deliveries: Vec<Delivery>,
    /// Which components of status pages it touches, and how.
    #[serde(default, skip_serializing_if = "unset")]
    pub impact: Impact,
    /// How the incident stands in public from then on.
    #[serde(default, skip_serializing_if = "unset")]
    pub status: PostStatus,
    /// The template that made it.
    pub template: TemplateId,
    /// The phase that it was written in.
    pub phase: PhaseId,
    /// What was promised with it.
    pub next_by: Option<Timestamp>,
    /// The event that has what was filled in, of the text or its latest correction.
    pub filled: u64,
    /// The draft of its latest correction.
    #[serde(default, skip_serializing_if = "unset")]
    pub filled_by: Option<u32>,
    /// What marks what it says now.
    pub same: String,
    /// The events of its corrections, in order.
    #[serde(default, skip_serializing_if = "unset")]
    pub corrections: Vec<u64>,
    /// Who corrected it last, and when.
    #[serde(default, skip_serializing_if = "unset")]
    pub corrected: Option<(Option<UserId>, Timestamp)>,
    /// Its words were redacted, or those of a correction: it stands nowhere any more.
    #[serde(default, skip_serializing_if = "unset")]
    pub withdrawn: bool,
}

impl Send {
    /// The event that has what it says now.
    #[must_use]
    pub fn words(&self) -> u64 {
        self.corrections.last().copied().unwrap_or(self.seq)
    }

    /// How often it was corrected.
    #[must_use]
    pub fn corrected_times(&self) -> u32 {
        u32::try_from(self.corrections.len()).unwrap_or(u32::MAX)
    }

    /// What came of it in this place.
    #[must_use]
    pub fn delivery(&self, outlet: &OutletId) -> Option<&Delivery> {
        self.deliveries.iter().find(|d| d.to.outlet == *outlet)
    }

    /// Is it everywhere still for a person to post? Then nobody has read it yet.
    #[must_use]
    pub fn is_nowhere(&self) -> bool {
        self.deliveries.iter().all(|d| matches!(d.state, Delivered::ByHand))
    }
}

/// What came of a text in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Where, and by which way.
    pub to: Sending,
    /// How often someone had it tried once more.
    #[serde(default)]
    pub retries: u32,
    /// How it stands.
    pub state: Delivered,
    /// The correction that is to stand there; 0: the text as it was sent.
    #[serde(default, skip_serializing_if = "unset")]
    pub meant: u32,
    /// The event that has those words.
    pub words: u64,
    /// The correction that stands there, where it is there.
    #[serde(default, skip_serializing_if = "unset")]
    pub stands: u32,
    /// What becomes of a correction, where the text was there already.
    #[serde(default, skip_serializing_if = "unset")]
    pub amended: Option<Amended>,
}

impl Delivery {
    pub(super) fn new(to: Sending, words: u64) -> Self {
        let state = if to.way.is_ours() { Delivered::OnItsWay } else { Delivered::ByHand };
        Self { to, retries: 0, state, meant: 0, words, stands: 0, amended: None }
    }

    /// Does a person have something to do about it?
    #[must_use]
    pub const fn wants_hand(&self) -> bool {
        match &self.amended {
            Some(amended) if self.state.is_there() => amended.wants_hand(),
            Some(_) | None => self.state.wants_hand(),
        }
    }

    /// Was it given up, the text or its correction?
    #[must_use]
    pub const fn has_failed(&self) -> bool {
        match &self.amended {
            Some(amended) if self.state.is_there() => matches!(amended, Amended::Failed { .. }),
            Some(_) | None => matches!(self.state, Delivered::Failed { .. }),
        }
    }
}

/// What becomes of a correction in a place where the text stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amended {
    /// It is being made.
    OnItsWay,
    /// It is still being tried.
    Trying {
        /// What the neighbour said.
        why: String,
    },
    /// It was refused for good.
    Failed {
        /// What the neighbour said.
        why: String,
    },
    /// A person is to make it.
    ByHand,
    /// The place says so now.
    Done {
        /// Since when.
        at: Timestamp,
        /// The text stands as it was, and the correction behind it.
        behind: bool,
        /// Who did it by hand.
        by: Option<UserId>,
    },
}

impl Amended {
    /// Is the bot at it?
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        matches!(self, Self::OnItsWay | Self::Trying { .. })
    }

    /// Does a person have something to do about it?
    #[must_use]
    pub const fn wants_hand(&self) -> bool {
        match self {
            Self::ByHand | Self::Trying { .. } | Self::Failed { .. } => true,
            Self::OnItsWay | Self::Done { .. } => false,
        }
    }
}

/// How a text stands in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivered {
    /// It is being posted.
    OnItsWay,
    /// It is still being tried.
    Trying {
        /// What the neighbour said.
        why: String,
    },
    /// It was refused for good.
    Failed {
        /// What the neighbour said.
        why: String,
    },
    /// A person is to post it.
    ByHand,
    /// It is there.
    Posted {
        /// As which message.
        at: MessageRef,
        /// Its address.
        link: Option<String>,
    },
    /// A connector published it.
    Published {
        /// As what.
        at: Published,
    },
    /// A person posted it.
    Done {
        /// Who.
        by: Option<UserId>,
        /// When.
        at: Timestamp,
        /// The event that has its address.
        seq: u64,
        /// Where it can be seen.
        link: Option<Text>,
    },
}

impl Delivered {
    /// Is it there, by whatever way?
    #[must_use]
    pub const fn is_there(&self) -> bool {
        match self {
            Self::Posted { .. } | Self::Published { .. } | Self::Done { .. } => true,
            Self::OnItsWay | Self::Trying { .. } | Self::Failed { .. } | Self::ByHand => false,
        }
    }

    /// Does a person have something to do about it?
    #[must_use]
    pub const fn wants_hand(&self) -> bool {
        match self {
            Self::ByHand | Self::Trying { .. } | Self::Failed { .. } => true,
            Self::OnItsWay | Self::Posted { .. } | Self::Published { .. } | Self::Done { .. } => false,
        }
    }
}
