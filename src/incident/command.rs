//! What can be asked of an incident: by people, by timers, by the bot's own work reporting back.

use std::sync::Arc;

use jiff::Timestamp;

use super::{
    EntryKind, Incident, MessageRef, Reminder, RoomLoss, TimeField, What, access, case, comms, course, intake,
};
use crate::{
    ids::{ChannelId, IncidentId, UserId},
    paging::{
        Attempt, PageId, Policy, Target,
        external::{Heard, Update},
        reach::Way,
    },
    playbook::{CriterionId, KindId, PhaseId, RoleId, ServiceId, Severity},
};

/// One thing asked of one incident. Texts are as people sent them; `decide` trims, checks and bounds them.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Begin an incident.
    Declare(Declaration),
    /// Post a status update.
    PostUpdate {
        /// What it says.
        text: String,
        /// When the next one comes; `None` takes the severity's interval.
        next_by: Option<When>,
        /// Even where it says the same as the last one.
        again: bool,
    },
    /// Go to a phase, forth or back.
    ChangePhase {
        /// Which.
        to: PhaseId,
        /// Why.
        why: Option<String>,
    },
    /// Impact has ended: go to the monitoring phase.
    Mitigate,
    /// It is mended: go to the resolved phase.
    Resolve {
        /// Why, or how.
        why: Option<String>,
    },
    /// Change the severity.
    ChangeSeverity {
        /// To which.
        to: Severity,
        /// Why.
        why: Option<String>,
    },
    /// Change the title.
    Rename {
        /// To what.
        title: String,
    },
    /// Correct a guessed time.
    CorrectTime {
        /// Which one.
        which: TimeField,
        /// To what.
        to: Timestamp,
    },
    /// Give a role to someone, at once.
    AssignRole {
        /// Which; `None` is the leading one.
        role: Option<RoleId>,
        /// To whom; the actor themselves claim it.
        to: UserId,
        /// Why, where it does not go with another role of theirs.
        why: Option<String>,
    },
    /// Somebody does not hold the role any more.
    DropRole {
        /// Which.
        role: RoleId,
        /// Who; `None`: the one who does, or the actor if they are one of several.
        who: Option<UserId>,
    },
    /// Ask someone to take a role over; the old holder stays until they accept.
    OfferRole {
        /// Which; `None` is the leading one.
        role: Option<RoleId>,
        /// Whom.
        to: UserId,
    },
    /// The one who was asked says yes.
    AcceptOffer {
        /// Which role.
        role: RoleId,
        /// Which offer.
        offer: u32,
    },
    /// The one who was asked says no, or the one who asked takes it back.
    DeclineOffer {
        /// Which role.
        role: RoleId,
        /// Which offer.
        offer: u32,
    },
    /// "I have it": a holder confirms the role they were given.
    ConfirmRole {
        /// Which role.
        role: RoleId,
    },
    /// Something about who does what.
    Duty(super::duty::Ask),
    /// Ask people for help, by policy.
    StartPage {
        /// Whom, in which order.
        policy: Policy,
    },
    /// "I am on it."
    Acknowledge {
        /// Which page; `None`: the latest that waits.
        page: Option<PageId>,
        /// By what they got by which way beside the chat.
        way: Option<Way>,
    },
    /// "I cannot come."
    DeclinePage {
        /// Which page; `None`: the latest that asks whoever says it.
        page: Option<PageId>,
        /// Why, in a few words.
        why: Option<String>,
    },
    /// "I am still on it."
    KeepPage {
        /// Which page.
        page: PageId,
    },
    /// Nobody is on it any more: take back an acknowledgement.
    HandBackPage {
        /// Which page; `None`: the latest that whoever says it acknowledged, or else the latest that anybody did.
        page: Option<PageId>,
    },
    /// Go to the next step of a page now.
    EscalatePage {
        /// Which page.
        page: PageId,
        /// The page's version that the person saw; another step meanwhile makes this moot.
        version: u32,
    },
    /// A page's timer: repeat, or go to the next step.
    TickPage {
        /// Which page.
        page: PageId,
        /// The page's version when the timer was set.
        version: u32,
    },
    /// A user group was looked up.
    FoundTargets {
        /// Which page.
        page: PageId,
        /// The page's version when it was asked.
        version: u32,
        /// Which group.
        target: Target,
        /// Who is in it; empty when nobody can be reached.
        people: Vec<UserId>,
        /// What else it stands for, where it is a service; each is asked in its own way.
        others: Vec<Target>,
        /// Whom a calendar names in their place, whom Slack does not know.
        strangers: Vec<String>,
        /// Why it could not be found out who is in it.
        failed: Option<String>,
    },
    /// The ways to someone who is asked were looked up.
    FoundWays {
        /// For which page.
        page: PageId,
        /// Round, step and repetition that they were looked up for.
        asked: (u32, u32, u32),
        /// Whose they are.
        who: UserId,
        /// Which, and after how many minutes each comes.
        ways: Vec<(Way, u32)>,
    },
    /// An attempt to reach someone came out.
    RecordAttempt {
        /// Which page.
        page: PageId,
        /// What came of it.
        attempt: Attempt,
    },
    /// Something was done at another provider to a page that went there.
    ExternalUpdate {
        /// The key that it has there.
        key: String,
        /// What.
        update: Update,
        /// By whom, where Slack knows them.
        who: Option<UserId>,
        /// The same as the provider names them.
        name: Option<String>,
        /// How it is known, and when it was done.
        heard: Heard,
    },
    /// Put something on the timeline.
    AddEntry {
        /// What kind.
        entry: EntryKind,
        /// The words.
        text: String,
        /// When it was said, where not now.
        said_at: Option<Timestamp>,
        /// Whose words, where not the actor's.
        author: Option<UserId>,
        /// The message it is taken from; one message stands on the timeline once.
        source: Option<MessageRef>,
    },
    /// A message that an entry was taken from was edited.
    EditEntry {
        /// The entry.
        entry: u64,
        /// The words now.
        text: String,
    },
    /// A message that an entry was taken from was deleted.
    LoseEntrySource {
        /// The entry.
        entry: u64,
    },
    /// Remove the words of an event for good.
    Redact {
        /// Its place in the stream.
        entry: u64,
        /// Does it have words, and which later events repeat or edit them? Filled in by the engine from the stream.
        found: Option<Redactable>,
        /// Why.
        why: String,
    },
    /// Keep a link.
    AddLink {
        /// Where it leads: an http or https address.
        url: String,
    },
    /// Over, nothing left to do.
    Close {
        /// Why, where something is missing.
        why: Option<String>,
    },
    /// It was none.
    Cancel {
        /// Why.
        why: Option<String>,
    },
    /// It goes on after all.
    Reopen {
        /// Why.
        why: Option<String>,
    },
    /// It is the same trouble as another.
    MergeInto {
        /// The one that goes on.
        into: IncidentId,
    },
    /// The other side of a merge; committed together with it.
    TakeMerged {
        /// The one that ends.
        from: IncidentId,
    },
    /// Somebody is to be reminded of these.
    Remind {
        /// Of what.
        of: Vec<Reminder>,
    },
    /// The promised time of the next update has come.
    MissUpdate {
        /// The update's version when the timer was set.
        version: u32,
    },
    /// The room exists.
    RoomOpened {
        /// Its id.
        channel: ChannelId,
        /// Its name.
        name: String,
    },
    /// The room cannot be used any more.
    RoomLost {
        /// How.
        how: RoomLoss,
        /// When, by the neighbour's clock; none where it was noticed just now.
        at: Option<Timestamp>,
    },
    /// The room was renamed, or can be used again.
    RoomBack {
        /// Its id.
        channel: ChannelId,
        /// Its name now.
        name: String,
        /// When, by the neighbour's clock. What is told late, and happened before the room was lost, brings nothing back.
        at: Option<Timestamp>,
    },
    /// Something about how the trouble came in.
    Intake(intake::Ask),
    /// Something about its course.
    Course(course::Ask),
    /// The bot gave up a piece of work.
    GiveUp {
        /// What was to be done.
        what: String,
        /// What the neighbour said.
        why: String,
    },
    /// Who may see it, and of which kind it is.
    Access(access::Ask),
    /// About what is said to others.
    Comms(comms::Ask),
    /// Something about the records of the case.
    Case(case::Ask),
}

/// What a declaration says.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Declaration {
    /// The number it gets; reserved by the engine.
    pub id: Option<IncidentId>,
    /// What is wrong.
    pub title: String,
    /// How bad; `None` takes the highest suggestion of the criteria, else the playbook's default.
    pub severity: Option<Severity>,
    /// `None` takes the playbook's default.
    pub kind: Option<KindId>,
    /// Ticked criteria.
    pub criteria: Vec<CriterionId>,
    /// The message it is declared from.
    pub source: Option<MessageRef>,
    /// When that message was said: the trouble began by then.
    pub started_at: Option<Timestamp>,
    /// Where it is declared.
    pub declared_in: Option<ChannelId>,
    /// What is in trouble.
    pub service: Option<ServiceId>,
    /// When we noticed, where that was before declaring.
    pub detected_at: Option<Timestamp>,
    /// The kept event that it is promoted from.
    pub event: Option<u64>,
    /// The alerts that it is declared of.
    pub alerts: Option<Box<intake::Attaching>>,
    /// Who leads until somebody takes over, where no person declares.
    pub lead: Option<UserId>,
    /// In a thread where it is declared, without a room, where the severity is one that may do without.
    pub thread: bool,
    /// Something alike happened before, as this incident; looked up by the engine.
    pub repeats: Option<IncidentId>,
    /// `security:` was said: of the playbook's need-to-know kind, whatever else suggests another.
    pub secret: bool,
    /// The open incident that goes on as this one.
    pub continues: Option<Arc<Incident>>,
    /// What comes along of that one's record; read by the engine from the stream.
    pub carried: Vec<What>,
}

/// What the stream says of an event that is to be redacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redactable {
    /// False once its words are gone.
    pub has_words: bool,
    /// Places of later edits of it.
    pub edits: Vec<u64>,
    /// Are its words a title?
    pub title: bool,
}

/// A time that a person gave for the next update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Then.
    At(Timestamp),
    /// That many minutes from now.
    In(u32),
    /// No further update is owed.
    Never,
}
