//! What could not be carried over, and what could not be read. The words are in [`render`](crate::render).

use jiff::{Timestamp, civil::DateTime};

use super::Provider;
use crate::ids::UserId;

/// Something that could not be carried over, or means something else here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Of what.
    pub of: Of,
    /// Which part of it, as the provider calls it; empty: all of it.
    pub part: String,
    /// What, and why.
    pub lost: Lost,
}

/// What something is a part of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// A schedule, by its name.
    Schedule(String),
    /// A policy, by its name.
    Policy(String),
    /// A file of the export.
    File(String),
}

/// What could not be carried over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// It ended before now; or so many overrides of it did.
    Over(usize),
    /// There is nobody in it.
    Nobody,
    /// A turn of so many seconds, which is no number of hours.
    Turn(i64),
    /// Hours are counted on the local clock here.
    Hours,
    /// Shifts that repeat in a way that turns and parts of the week do not give.
    Repeats(String),
    /// Some of the dates of a rule: left out, or added.
    Dates,
    /// Its local times are of another zone than the schedule's.
    OtherZone(String),
    /// The zone is not known; another was taken.
    UnknownZone {
        /// As written.
        named: String,
        /// What was taken.
        taken: String,
    },
    /// Its times may be read as local or as universal time, and no rendering says which; they were taken as local.
    Clock,
    /// Somebody takes over in one rotation alone, or at a local time that cannot be written, for a while.
    Override {
        /// Who.
        who: UserId,
        /// From, in local time of the schedule.
        from: DateTime,
        /// Until, in local time of the schedule.
        until: DateTime,
    },
    /// Overrides or shifts that do not say of which schedule they are.
    Homeless,
    /// A turn of what is no person: what kind, and its name.
    TurnOf(String, String),
    /// It is switched off.
    Disabled,
    /// Its rotations are not in the export.
    NoRotations,
    /// Its shifts stand in a calendar elsewhere.
    Calendar,
    /// The answer says that there are more.
    MorePages,
    /// An answer that is not looked at.
    Unused,
    /// Whom it asks is not in the export: what kind, and its name or id.
    Missing(String, String),
    /// At this instant the provider's rendering has these people on call, and ours those.
    Differs {
        /// When.
        at: Timestamp,
        /// By the provider.
        theirs: Vec<UserId>,
        /// By us.
        ours: Vec<UserId>,
    },
    /// About whom a policy asks, and how.
    Asks(Asks),
}

/// What of a policy could not be carried over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asks {
    /// A target that is no person, schedule or group here: what kind, and its name.
    TargetOf(String, String),
    /// Something else that a step does.
    StepKind(String),
    /// It asks nobody, and is left out.
    StepEmpty,
    /// It asks those of it in turn, one for each page.
    RoundRobin,
    /// It is asked after so many minutes from the beginning.
    FirstWait(u32),
    /// It goes on although somebody acknowledged.
    UntilClosed,
    /// Whom of those on call it asks.
    WhomOf(String),
    /// What is done after the last step.
    AfterAll,
    /// It waits until its hours begin there, and is left out outside of them here.
    WaitsForHours,
    /// It asks by the persons' other set of ways.
    Important,
    /// A policy is longer than one may be here; the rest is cut.
    TooLong,
}

impl From<Asks> for Lost {
    fn from(asks: Asks) -> Self {
        Self::Asks(asks)
    }
}

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Its name; empty: all of them.
    pub file: String,
    /// Why.
    pub why: Why,
}

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is no JSON.
    NoJson(String),
    /// It is no answer of the provider that was named, but looks like one of another, or of none.
    Other(Option<Provider>),
    /// A part of it is not as the provider describes it: where, and what about it.
    Shape(String, String),
    /// There is no schedule and no policy in all of the files.
    Nothing,
}
