//! Where the ways to somebody stand while one step of a page asks them.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Way;
use crate::ids::UserId;

/// What is asked again is asked by those ways alone that have had their turn for so long: the others have it now.
const TURN: SignedDuration = SignedDuration::from_secs(30);
/// What was to come after the step has ended comes so long before that: later it would ask nobody.
const LAST: SignedDuration = SignedDuration::from_mins(1);

/// The ways to one person whom the current step asks, by where each stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// Whom.
    pub who: UserId,
    /// At which repetition of the step they were looked up last.
    pub times: u32,
    /// Those that have, or will have, their turn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub due: Vec<Way>,
    /// Those that a neighbour took.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<Way>,
    /// Those that did not go out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<Way>,
}

/// Where a way stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It has its turn, or will have.
    Due,
    /// The neighbour took it.
    Sent,
    /// It did not go out.
    Failed,
}

/// A way that has its turn at this instant, unless somebody answers before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Which.
    pub way: Way,
    /// When.
    pub due: Timestamp,
}

/// When each of these ways (and the minutes after which it comes) has its turn in a step that lasts from `began` until `ends`;
/// `hurry`: the chat does not reach them, so that none waits for its turn.
#[must_use]
pub fn plan(
    known: Option<&Beside>,
    ways: &[(Way, u32)],
    (began, ends): (Timestamp, Timestamp),
    hurry: bool,
    now: Timestamp,
) -> Vec<Plan> {
    let latest = ends.saturating_sub(LAST).unwrap_or(began).max(began);
    let stage = |way: Way| known.and_then(|known| known.stage(way));
    let mut plans = Vec::new();
    for (way, after_min) in ways {
        let turn = began.saturating_add(SignedDuration::from_mins((*after_min).into())).unwrap_or(Timestamp::MAX);
        let turn = turn.min(latest);
        let had_it = hurry || turn.saturating_add(TURN).unwrap_or(Timestamp::MAX) <= now;
        let due = match stage(*way) {
            None if hurry => Some(now),
            None => Some(turn.max(now)),
            Some(Stage::Due) => None,
            Some(Stage::Sent | Stage::Failed) => had_it.then_some(now),
        };
        plans.extend(due.map(|due| Plan { way: *way, due }));
    }
    plans
}

impl Beside {
    /// None are known of this person yet.
    #[must_use]
    pub const fn of(who: UserId) -> Self {
        Self { who, times: 0, due: Vec::new(), sent: Vec::new(), failed: Vec::new() }
    }

    /// Where this way stands, where they have it.
    #[must_use]
    pub fn stage(&self, way: Way) -> Option<Stage> {
        let stages = [(Stage::Due, &self.due), (Stage::Sent, &self.sent), (Stage::Failed, &self.failed)];
        stages.into_iter().find(|(_, ways)| ways.contains(&way)).map(|(stage, _)| stage)
    }

    /// This way stands so now.
    pub fn put(&mut self, way: Way, stage: Stage) {
        for ways in [&mut self.due, &mut self.sent, &mut self.failed] {
            ways.retain(|known| *known != way);
        }
        match stage {
            Stage::Due => self.due.push(way),
            Stage::Sent => self.sent.push(way),
            Stage::Failed => self.failed.push(way),
        }
    }

    /// Did a neighbour take one?
    #[must_use]
    pub fn is_reached(&self) -> bool {
        !self.sent.is_empty()
    }
}
