//! What owners of schedules were told and do not hear again for a while.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{Engine, Refusal, rota::LANES};
use crate::{
    ids::UserId,
    paging::{
        rota::{Same, Span},
        schedule::ScheduleId,
    },
    store::{Commit, CommitError, Json, ReadError, Remember},
};

/// The owner hears again of somebody who left and still stands in the schedule.
const LEFT_AGAIN: SignedDuration = SignedDuration::from_hours(24 * 30);

/// And of a user group that still does not follow.
const GROUP_AGAIN: SignedDuration = SignedDuration::from_hours(24 * 7);

fn group_key(schedule: &ScheduleId, why: &str) -> String {
    format!("{LANES}{schedule}/stays/{why}")
}

fn left_key(schedule: &ScheduleId, who: &UserId) -> String {
    format!("{LANES}{schedule}/left/{who}")
}

fn same_key(schedule: &ScheduleId, same: &Same) -> String {
    let who: Vec<&str> = same.who.iter().map(UserId::as_str).collect();
    format!("{LANES}{schedule}/same/{}/{}/{}", same.policy, same.step, who.join(","))
}

impl Engine {
    /// Those of these people of whom nobody was told yet that they left although a schedule counts on them.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn untold_left(
        &self,
        schedule: &ScheduleId,
        left: Vec<(UserId, Span)>,
    ) -> Result<Vec<(UserId, Span)>, ReadError> {
        let mut untold = Vec::new();
        for (who, span) in left {
            if !self.knows(&left_key(schedule, &who)).await? {
                untold.push((who, span));
            }
        }
        Ok(untold)
    }

    /// The owner was told of them; not again for a while.
    ///
    /// # Errors
    /// Where the record cannot be written.
    pub async fn told_left(&self, schedule: &ScheduleId, left: &[(UserId, Span)]) -> Result<(), Refusal> {
        let now = self.clock.now();
        let until = now.saturating_add(LEFT_AGAIN).unwrap_or(Timestamp::MAX);
        let known =
            |(who, _): &(UserId, Span)| Remember { key: left_key(schedule, who), until, answer: Json::of(&true) };
        self.remember_told(left.iter().map(known).collect()).await
    }

    /// Those of these of which the owner of this schedule was not told, or not since they were over.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn untold_same(&self, schedule: &ScheduleId, all: Vec<Same>) -> Result<Vec<Same>, ReadError> {
        let mut untold = Vec::new();
        for same in all {
            if !self.knows(&same_key(schedule, &same)).await? {
                untold.push(same);
            }
        }
        Ok(untold)
    }

    /// The owner was told of them; not again until they are over.
    ///
    /// # Errors
    /// Where the record cannot be written.
    pub async fn told_same(&self, schedule: &ScheduleId, told: &[Same]) -> Result<(), Refusal> {
        let mut ends: BTreeMap<String, Timestamp> = BTreeMap::new();
        for same in told {
            let end = ends.entry(same_key(schedule, same)).or_insert(same.span.until);
            *end = same.span.until.max(*end);
        }
        let remember = ends.into_iter().map(|(key, until)| Remember { key, until, answer: Json::of(&true) });
        self.remember_told(remember.collect()).await
    }

    /// Was the owner of this schedule not told lately that its user group does not follow it, because of this?
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn is_group_untold(&self, schedule: &ScheduleId, why: &str) -> Result<bool, ReadError> {
        Ok(!self.knows(&group_key(schedule, why)).await?)
    }

    /// The owner was told of it; not again for a while.
    ///
    /// # Errors
    /// Where the record cannot be written.
    pub async fn told_group(&self, schedule: &ScheduleId, why: &str) -> Result<(), Refusal> {
        let until = self.clock.now().saturating_add(GROUP_AGAIN).unwrap_or(Timestamp::MAX);
        self.remember_told(vec![Remember { key: group_key(schedule, why), until, answer: Json::of(&true) }]).await
    }

    async fn remember_told(&self, remember: Vec<Remember>) -> Result<(), Refusal> {
        let at = Some(self.clock.now());
        match self.store.commit(Commit { remember, at, ..Commit::default() }).await {
            // Somebody was faster.
            Ok(()) | Err(CommitError::Known { .. }) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }
}
