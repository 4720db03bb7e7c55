//! Why a command changes nothing. Each tells a tired human what to do next; `render` has the words.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{TimeField, access, case, comms, course, intake};
use crate::{
    ids::{IncidentId, UserId},
    paging::{PageId, external::Provider, reach, rota},
    playbook::{PhaseId, RoleId, Severity},
    status::maintenance,
};

/// Why nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rejection {
    /// There is no incident with this number.
    NoSuchIncident(IncidentId),
    /// The incident exists already (a number was taken meanwhile); the engine takes the next.
    NumberTaken,
    /// A text that is needed is empty.
    EmptyText(Needed),
    /// A text is longer than can be kept.
    TooLong {
        /// Which.
        what: Needed,
        /// The longest there is.
        limit: usize,
        /// How long it was.
        length: usize,
    },
    /// The playbook has no such severity.
    NoSuchSeverity(Severity),
    /// The kind has no such phase.
    NoSuchPhase(PhaseId),
    /// The playbook has no such role.
    NoSuchRole(RoleId),
    /// The incident has ended; reopen it first.
    Ended(IncidentId),
    /// The incident goes on; there is nothing to reopen.
    NotEnded(IncidentId),
    /// It must be resolved before it can be closed.
    NotResolved(IncidentId),
    /// It was merged; the other one goes on.
    Merged {
        /// The one that goes on.
        into: IncidentId,
    },
    /// It is so already.
    AlreadySo,
    /// Someone else was faster with this role.
    RoleTakenBy {
        /// The role.
        role: RoleId,
        /// Its holder.
        holder: UserId,
    },
    /// Nobody holds the role.
    RoleFree(RoleId),
    /// This offer is not open any more.
    OfferGone {
        /// The role.
        role: RoleId,
        /// Who holds it now.
        holder: Option<UserId>,
    },
    /// The offer was made to someone else.
    OfferNotYours {
        /// Who was asked.
        to: UserId,
    },
    /// Only the holder can confirm a role.
    NotYourRole {
        /// The role.
        role: RoleId,
        /// Its holder.
        holder: Option<UserId>,
    },
    /// There is no page that waits for anyone.
    NothingToAcknowledge,
    /// A page asks others at the moment, and not whoever says that they cannot come.
    NotAsked(PageId),
    /// Nobody is on any page, so that there is nothing to give back.
    NothingToHandBack,
    /// The page went on meanwhile; whoever had it may take it again.
    WentOn(PageId),
    /// They are on it already; others of this step are waited for.
    OthersAwaited(PageId),
    /// They said already that they cannot come.
    AlreadyDeclined(PageId),
    /// No such page.
    NoSuchPage(PageId),
    /// Somebody is on it already.
    AlreadyAcknowledged {
        /// Who.
        by: UserId,
        /// Since when.
        at: Timestamp,
    },
    /// Somebody is on it at another provider.
    AcknowledgedExternally {
        /// Where.
        at: Provider,
        /// Since when.
        since: Timestamp,
    },
    /// The page is over.
    PageOver(PageId),
    /// The same people are being asked already.
    AlreadyAsked(PageId),
    /// So many pages wait that another would help nobody.
    PagesWait {
        /// The most.
        limit: usize,
    },
    /// A page needs someone to ask.
    NobodyToPage,
    /// A timer or answer that came too late to matter.
    Stale,
    /// This message is on the timeline already.
    AlreadyOnTimeline {
        /// As which entry.
        entry: u64,
    },
    /// There is no such entry on the timeline.
    NoSuchEntry(u64),
    /// The words of this entry are gone already.
    AlreadyRedacted(u64),
    /// Not an address that people can open.
    NotALink,
    /// A time that cannot be.
    ImpossibleTime {
        /// Which one.
        which: TimeField,
        /// Why it cannot be.
        why: TimeProblem,
    },
    /// The next update would be due in the past.
    NextUpdatePast,
    /// An incident cannot be merged into itself.
    MergeWithItself,
    /// Something on its course is not done.
    Course(course::No),
    /// Something about roles and tasks.
    Duty(super::duty::No),
    /// This many is the most that can be kept.
    TooMany {
        /// Of what.
        what: Needed,
        /// The most.
        limit: usize,
    },
    /// Something about how the trouble came in.
    Intake(intake::No),
    /// Of who is on call.
    OnCall(rota::No),
    /// Something about the ways to a person.
    Reach(reach::No),
    /// Who may see it, and of which kind it is.
    Access(access::No),
    /// Nothing is said to others, and why.
    Comms(comms::No),
    /// Something about the records of the case.
    Case(case::No),
    /// Something about scheduled maintenance on the status page.
    Maintenance(maintenance::No),
}

/// What a text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Needed {
    /// The incident's title.
    Title,
    /// A status update.
    Update,
    /// A timeline entry.
    Entry,
    /// A reason.
    Reason,
    /// A link.
    Link,
    /// A page.
    Page,
    /// What shows that a fix works.
    Signal,
    /// A question to a role.
    Question,
    /// An answer to one.
    Answer,
    /// A task.
    Task,
    /// Those who hold a role.
    Holder,
    /// A customer's name.
    Customer,
    /// How somebody is reached.
    Contact,
    /// What a customer suffers.
    Impact,
    /// How customers are told.
    Plan,
    /// What a customer is told.
    Notice,
    /// What a customer must do on its own side.
    Actions,
    /// How something was sent.
    How,
    /// A customer's report.
    Report,
    /// A piece of evidence.
    Evidence,
    /// An observation.
    Observation,
    /// Where something is kept.
    Place,
    /// What somebody from outside does here.
    Scope,
    /// What made an incident possible.
    Condition,
}

/// Why a time cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeProblem {
    /// It lies ahead.
    Future,
    /// It ends before it started.
    EndBeforeStart,
    /// It lies more than a year back.
    LongAgo,
}
