//! What happened to an incident. Stored for ever: variants and fields are only added, and an old meaning never changes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Text, access, case, comms, course, intake};
use crate::{
    ids::{ChannelId, IncidentId, MessageTs, UserId},
    paging::{
        Attempt, Onward, PageId, Policy, Return, Skipped, Target,
        external::{External, Update},
        reach::{Plan, Way},
    },
    playbook::{CriterionId, EditionId, KindId, PhaseId, RoleId, Severity, Stage, Visibility},
};

/// One fact in an incident's stream: who, when, what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Version of this shape; old ones are lifted on reading.
    pub v: u8,
    /// When it was decided, by the clock of the application.
    pub at: Timestamp,
    /// Who made it happen.
    pub by: Actor,
    /// What happened.
    pub what: What,
}

impl Event {
    /// When it was recorded first, and who made it happen: what came along from another record keeps both.
    #[must_use]
    pub const fn origin(&self) -> (Timestamp, &Actor) {
        match &self.what {
            What::Case(case::Fact::Carried { at, by, .. }) | What::Carried { at, by, .. } => (*at, by),
            _ => (self.at, &self.by),
        }
    }

    /// Its place in the stream that it came along from.
    #[must_use]
    pub const fn came_from(&self) -> Option<u64> {
        match &self.what {
            What::Case(case::Fact::Carried { entry, .. }) | What::Carried { entry, .. } => Some(*entry),
            _ => None,
        }
    }

    /// The event as it was recorded first, which is how people read it.
    #[must_use]
    pub fn as_it_was(self) -> Self {
        let Self { v, at, by, what } = self;
        match what {
            What::Case(case::Fact::Carried { at, by, record, .. }) => Self { v, at, by, what: What::Case(*record) },
            What::Carried { at, by, record, .. } => Self { v, at, by, what: *record },
            what => Self { v, at, by, what },
        }
    }
}

/// The version that this release writes.
pub const EVENT_VERSION: u8 = 1;

/// Who made something happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A person in Slack.
    Person(UserId),
    /// A stored timer that came due at this time; late when the event's own time is much later.
    Timer {
        /// When it was due.
        due: Timestamp,
    },
    /// The bot itself, reporting what came of its work.
    Bot,
}

impl Actor {
    /// The person, where it was one.
    #[must_use]
    pub const fn person(&self) -> Option<&UserId> {
        match self {
            Self::Person(id) => Some(id),
            Self::Timer { .. } | Self::Bot => None,
        }
    }
}

/// A message in Slack.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MessageRef {
    /// Its conversation.
    pub channel: ChannelId,
    /// Its time stamp, which is its id.
    pub ts: MessageTs,
}

/// Where and when something was done at another provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalSource {
    /// Of what.
    pub of: External,
    /// When, by the provider's clock, where that says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// The incident began to exist.
    Declared {
        /// Its number.
        id: IncidentId,
        /// What is wrong, in the declarer's words.
        title: Text,
        /// How bad.
        severity: Severity,
        /// Operational or other.
        incident_kind: KindId,
        /// First phase of that kind.
        phase: PhaseId,
        /// Who leads until someone takes over.
        lead: UserId,
        /// The role that `lead` holds.
        lead_role: RoleId,
        /// When the trouble started, if known; guessed as now.
        started_at: Timestamp,
        /// The message it was declared from.
        source: Option<MessageRef>,
        /// Where the command was typed.
        declared_in: Option<ChannelId>,
        /// Criteria ticked in the form; empty means "not sure".
        criteria: Vec<CriterionId>,
        /// When the first update is due.
        update_due: Option<Timestamp>,
        /// The playbook that it was declared under, which it keeps.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        playbook: Option<EditionId>,
        /// What else was known.
        #[serde(default)]
        opening: Box<intake::Opening>,
        /// Who may see it; copied from its kind. Events from before there was a choice are of open incidents.
        #[serde(default, deserialize_with = "access::visibility")]
        visibility: Visibility,
        /// How it is called where its title must not stand.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        codename: Option<String>,
        /// The open incident that it began as.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        continues: Option<IncidentId>,
    },
    /// The room exists.
    RoomOpened {
        /// Its id.
        channel: ChannelId,
        /// Its name, without `#`.
        name: String,
    },
    /// The room cannot be used any more (archived, deleted, or the bot was thrown out).
    RoomLost {
        /// How.
        how: RoomLoss,
        /// When, by the neighbour's clock; none where it was noticed at the event's own time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Timestamp>,
    },
    /// The room was renamed or unarchived by someone, or the bot is back in it.
    RoomBack {
        /// Its id.
        channel: ChannelId,
        /// Its name now.
        name: String,
    },
    /// The title changed. The old one stands in the event that set it, and only there.
    Renamed {
        /// New title.
        to: Text,
    },
    /// The severity changed.
    SeverityChanged {
        /// Old severity.
        from: Severity,
        /// New severity.
        to: Severity,
        /// Why.
        why: Option<Text>,
        /// When the next update is due now.
        update_due: Option<Timestamp>,
    },
    /// The phase changed.
    PhaseChanged {
        /// Old phase.
        from: PhaseId,
        /// New phase.
        to: PhaseId,
        /// What the new phase means for timers and pages; copied from the playbook, which replay never reads.
        stage: Stage,
        /// Why.
        why: Option<Text>,
        /// When the next update is due now; none once resolved.
        update_due: Option<Timestamp>,
    },
    /// A guessed time was corrected.
    TimeCorrected {
        /// Which one.
        which: TimeField,
        /// What it was.
        from: Option<Timestamp>,
        /// What it is.
        to: Timestamp,
    },
    /// Someone holds a role from now on.
    RoleTaken {
        /// The role.
        role: RoleId,
        /// Its holder.
        holder: UserId,
        /// Who held it before.
        from: Option<UserId>,
        /// Claimed, assigned, or accepted.
        how: Taken,
        /// They hold it beside those who held it before.
        #[serde(default)]
        beside: bool,
        /// Why they hold it although it does not go with another role of theirs.
        #[serde(default)]
        because: Option<Text>,
    },
    /// Someone is asked to take over a role; the old holder stays responsible.
    RoleOffered {
        /// The role.
        role: RoleId,
        /// Who is asked.
        to: UserId,
        /// Who holds it meanwhile.
        from: Option<UserId>,
        /// Counts offers of this incident; answers name it.
        offer: u32,
        /// Asked by the playbook, as whom; none: by a person.
        #[serde(default)]
        rung: Option<super::duty::Rung>,
    },
    /// The one who was asked said no, or the offer was withdrawn.
    OfferDeclined {
        /// The role.
        role: RoleId,
        /// Who was asked.
        to: UserId,
        /// Which offer.
        offer: u32,
        /// It was the playbook that asked.
        #[serde(default)]
        ladder: bool,
    },
    /// Nobody holds the role any more.
    RoleDropped {
        /// The role.
        role: RoleId,
        /// Who held it.
        from: UserId,
    },
    /// A holder confirmed that they have the role they were given.
    RoleConfirmed {
        /// The role.
        role: RoleId,
        /// Its holder.
        holder: UserId,
        /// They did not say so, but did what only the one who leads does.
        #[serde(default)]
        by_acting: bool,
    },
    /// Paging began.
    PageStarted {
        /// Counts pages of this incident.
        page: PageId,
        /// Whom to ask, in which order: frozen as it was when the page began.
        policy: Policy,
    },
    /// A step of the policy began: these are asked now.
    PageStepReached {
        /// Which page.
        page: PageId,
        /// Round through the policy, from 0.
        round: u32,
        /// Step in the policy, from 0; the fallback is one past the last.
        step: u32,
        /// Whom.
        targets: Vec<Target>,
        /// When the page looks again (repeat or next step).
        tick_at: Timestamp,
        /// Why it begins now.
        #[serde(default)]
        why: Onward,
    },
    /// A step is left out: it asks only at other times, or in other incidents.
    PageStepSkipped {
        /// Which page.
        page: PageId,
        /// Step in the policy, from 0.
        step: u32,
        /// Why.
        why: Skipped,
    },
    /// Everyone at the current step is asked once more.
    PageRepeated {
        /// Which page.
        page: PageId,
        /// When the page looks again.
        tick_at: Timestamp,
    },
    /// A user group turned out to be these people.
    PageTargetsFound {
        /// Which page.
        page: PageId,
        /// Which target was looked up.
        target: Target,
        /// Who is in it, can be reached and is asked.
        people: Vec<UserId>,
        /// What else it stands for, where it is a service: channels, programs, and those who are looked up in turn.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        others: Vec<Target>,
        /// How many more are in it, who are not asked: too many would each count on the others.
        #[serde(default)]
        left_out: usize,
        /// Whom a calendar names in their place, whom Slack does not know; as it names them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        strangers: Vec<Text>,
        /// Why it could not be found out who is in it: then nobody is asked, although somebody may be there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failed: Option<String>,
    },
    /// Someone who is asked can be reached by other ways than the chat: each has its turn, unless they answer before.
    PageWaysFound {
        /// Which page.
        page: PageId,
        /// Who.
        who: UserId,
        /// At which repetition of the step.
        times: u32,
        /// Which, and when.
        ways: Vec<Plan>,
    },
    /// One attempt to reach someone came out.
    PageAttempted {
        /// Which page.
        page: PageId,
        /// What was tried and what came of it.
        attempt: Attempt,
    },
    /// Someone who is asked cannot come.
    PageDeclined {
        /// Which page.
        page: PageId,
        /// Who.
        by: UserId,
        /// Why.
        why: Option<Text>,
    },
    /// Someone is on it, and others who are asked with them are to be as well.
    PageAnswered {
        /// Which page.
        page: PageId,
        /// Who.
        by: UserId,
        /// By what they got by which way; none: in the chat, or where nobody tells.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        way: Option<Way>,
    },
    /// Someone is on it.
    PageAcknowledged {
        /// Which page.
        page: PageId,
        /// Who.
        by: UserId,
        /// They said so at another provider.
        #[serde(default, alias = "there", skip_serializing_if = "Option::is_none")]
        source: Option<ExternalSource>,
        /// By what they got by which way; none: in the chat, or where nobody tells.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        way: Option<Way>,
    },
    /// Someone is on it at another provider, whom Slack does not know.
    #[serde(alias = "page_taken_there")]
    PageAcknowledgedExternally {
        /// Which page.
        page: PageId,
        /// Where.
        #[serde(alias = "there")]
        source: ExternalSource,
        /// Who, as the provider names them.
        name: Option<Text>,
    },
    /// Something was done at another provider that changes nothing here.
    #[serde(alias = "page_heard_of")]
    PageUpdatedExternally {
        /// Which page.
        page: PageId,
        /// Where.
        #[serde(alias = "there")]
        source: ExternalSource,
        /// What.
        #[serde(alias = "done")]
        update: Update,
        /// By whom, or who is asked now, as the provider names them.
        name: Option<Text>,
    },
    /// Whoever acknowledged was not heard of for long, and is asked whether they are still on it; the room, where Slack does not
    /// know them.
    PageChecked {
        /// Which page.
        page: PageId,
        /// Who, where Slack knows them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UserId>,
        /// Until when they have to answer.
        until: Timestamp,
    },
    /// They are.
    PageKept {
        /// Which page.
        page: PageId,
        /// Who says so.
        by: UserId,
    },
    /// Nobody is on it any more: the page goes on.
    PageReturned {
        /// Which page.
        page: PageId,
        /// Who had acknowledged it, where Slack knows them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<UserId>,
        /// Why.
        how: Return,
        /// It was given back at another provider.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<ExternalSource>,
    },
    /// Every step and the fallback were asked, and nobody answered.
    PageExhausted {
        /// Which page.
        page: PageId,
    },
    /// Only so many pages are followed at once: this one, of which nobody is asked now, made room for a new one until all are over.
    PageLetGo {
        /// Which page.
        page: PageId,
        /// By which name it asked.
        name: String,
        /// Who had acknowledged it.
        by: Option<UserId>,
    },
    /// The page is over without need for an answer.
    PageEnded {
        /// Which page.
        page: PageId,
        /// Why.
        why: PageEnd,
    },
    /// A status update was posted.
    UpdatePosted {
        /// What it says.
        text: Text,
        /// In which phase.
        phase: PhaseId,
        /// When the next one is promised.
        next_by: Option<Timestamp>,
    },
    /// The promised time of the next update is near; its owner is reminded.
    UpdateReminded {
        /// Whom.
        owner: UserId,
        /// When the update is due.
        due: Timestamp,
    },
    /// The promised time has passed.
    UpdateMissed {
        /// When it was due.
        due: Timestamp,
    },
    /// Something was put on the timeline.
    EntryAdded {
        /// Note, change, decision, fix or a message.
        entry: EntryKind,
        /// The words.
        text: Text,
        /// When it was said, where that is not now.
        said_at: Option<Timestamp>,
        /// Whose words they are, where not the actor's.
        author: Option<UserId>,
        /// The message it was taken from.
        source: Option<MessageRef>,
    },
    /// The message an entry was taken from was edited; the old words stay in the earlier event.
    EntryEdited {
        /// The entry's place in the stream.
        entry: u64,
        /// The words now.
        text: Text,
    },
    /// The message an entry was taken from was deleted; the entry stays as it was put there.
    EntrySourceDeleted {
        /// The entry's place in the stream.
        entry: u64,
    },
    /// The words of an earlier event were removed for good.
    Redacted {
        /// That event's place in the stream.
        entry: u64,
        /// Later edits of it, whose words went with it.
        edits: Vec<u64>,
        /// Was it a title, which stands in many places?
        #[serde(default)]
        title: bool,
        /// Why.
        why: Text,
    },
    /// A link was kept.
    LinkAdded {
        /// Where it leads.
        url: Text,
    },
    /// Over, and nothing left to do.
    Closed {},
    /// It was none.
    Cancelled {
        /// Why.
        why: Option<Text>,
    },
    /// It goes on after all.
    Reopened {
        /// In which phase.
        phase: PhaseId,
        /// What that phase means.
        stage: Stage,
        /// Why.
        why: Option<Text>,
        /// When the next update is due.
        update_due: Option<Timestamp>,
    },
    /// It is the same trouble as another one, which goes on.
    MergedInto {
        /// The one that goes on.
        into: IncidentId,
    },
    /// Another one turned out to be this trouble.
    MergedFrom {
        /// The other one.
        from: IncidentId,
    },
    /// Something on its course: what phases need, who accepts, who is asked.
    Course(course::Fact),
    /// Something about who does what.
    Duty(super::duty::Fact),
    /// The bot gave up a piece of its work; a human must know.
    DeliveryFailed {
        /// What was to be done, as a person would say it.
        what: String,
        /// What the neighbour said.
        why: String,
    },
    /// Work and words that came along from the open incident that this one began as. Records of its case come as
    /// [`case::Fact::Carried`].
    Carried {
        /// Its place in that stream.
        entry: u64,
        /// When it was recorded there.
        at: Timestamp,
        /// By whom.
        by: Actor,
        /// What.
        record: Box<What>,
    },
    /// Something about how the trouble came in.
    Intake(intake::Fact),
    /// Who may see it, and of which kind it is.
    Access(access::Fact),
    /// Something happened to what is said to others.
    Comms(comms::Fact),
    /// Something about the records of the case.
    Case(case::Fact),
}

/// How the room was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomLoss {
    /// Someone archived it.
    Archived,
    /// Someone deleted it.
    Deleted,
    /// The bot was removed from it.
    Removed,
}

/// Which of an incident's times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeField {
    /// When the trouble began.
    Started,
    /// When we noticed.
    Detected,
    /// When people stopped feeling it.
    Ended,
}

/// How a role came to its holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Taken {
    /// They took it themselves.
    Claimed,
    /// Someone gave it to them.
    Assigned,
    /// They accepted a hand-over.
    Accepted,
}

/// Why a page ended without an acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageEnd {
    /// The incident was resolved.
    Resolved,
    /// The incident was closed.
    Closed,
    /// The incident was none.
    Cancelled,
    /// The incident goes on as another.
    Merged,
}

/// What kind of timeline entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// Anything worth keeping.
    Note,
    /// Something was changed.
    Change,
    /// Something was decided.
    Decision,
    /// Something that should mend it.
    Fix,
    /// A message that someone put there.
    Message,
}
