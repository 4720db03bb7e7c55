//! Who is on call: by schedule, or by the escalation chain of an integration.

use std::fmt;

use futures_util::future::join_all;
use jiff::{Span, Timestamp, tz::TimeZone};
use reqwest::StatusCode;

use super::{GrafanaOnCall, wire};
use crate::{
    adapters::oncall::{
        call::Failed,
        level::{Row, by_level, next_by_level, unknown, with_unknown},
    },
    ports::{ExternalNext, ExternalOnCall, ExternalPerson, ExternalTarget, NEXT_WITHIN, OnCallProvider, Trouble},
};

#[async_trait::async_trait]
impl OnCallProvider for GrafanaOnCall {
    /// A service is an integration, whose alerts take its default route; a policy is an escalation chain.
    async fn on_call(&self, of: &ExternalTarget, at: Timestamp) -> Result<Vec<ExternalOnCall>, Trouble> {
        match of {
            ExternalTarget::Service(id) => self.of_chain(&self.chain_of(id).await?, at).await,
            ExternalTarget::Policy(id) => self.of_chain(id, at).await,
            ExternalTarget::Schedule(id) => Ok(by_level(self.of_schedule(id, 1, at).await?)),
        }
    }

    async fn next(&self, of: &ExternalTarget, at: Timestamp) -> Result<Vec<ExternalNext>, Trouble> {
        let asked = match of {
            ExternalTarget::Service(id) => self.steps(&self.chain_of(id).await?).await?,
            ExternalTarget::Policy(id) => self.steps(id).await?,
            ExternalTarget::Schedule(id) => vec![(1, Asked::Schedule(id.clone()))],
        };
        let end = at.saturating_add(NEXT_WITHIN).unwrap_or(Timestamp::MAX);
        let found = join_all(asked.iter().map(|(level, asked)| self.ahead(asked, *level, at))).await;
        let rows: Vec<Row> = found.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        let mut next = next_by_level(&rows, at, end);
        for level in &mut next {
            let people = join_all(level.people.iter().map(|who| self.person(&who.id))).await;
            level.people = people.into_iter().collect::<Result<_, _>>()?;
        }
        Ok(next)
    }

    async fn person(&self, id: &str) -> Result<ExternalPerson, Trouble> {
        match self.get::<wire::User>(&["users", id], &[]).await {
            Ok(user) => Ok(user.into()),
            Err(Failed::Refused(StatusCode::NOT_FOUND)) => {
                Ok(ExternalPerson { id: id.to_owned(), name: id.to_owned(), email: None, slack: None })
            }
            Err(failed) => Err(failed.trouble("user-settings:read")),
        }
    }
}

/// Whom a step of a chain asks.
enum Asked {
    Schedule(String),
    Person(String),
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schedule(id) => write!(f, "schedule {id}"),
            Self::Person(id) => write!(f, "user {id}"),
        }
    }
}

impl GrafanaOnCall {
    /// The chain that alerts of an integration take.
    async fn chain_of(&self, integration: &str) -> Result<String, Trouble> {
        let found = self.get::<wire::Integration>(&["integrations", integration], &[]).await;
        let found = found.map_err(|failed| failed.trouble("integrations:read"))?;
        let chain = found.default_route.and_then(|route| route.escalation_chain_id);
        chain.ok_or_else(|| Trouble::Refused("the default route of the integration has no escalation chain".into()))
    }

    /// Whom a chain asks, and at which level: one for all that is asked between two waits. Whom a user group or a team stands for is not
    /// said there.
    async fn steps(&self, chain: &str) -> Result<Vec<(u32, Asked)>, Trouble> {
        let query = [("escalation_chain_id", chain)];
        let mut steps: Vec<wire::Step> = self.list(&["escalation_policies"], &query, "escalation-chains:read").await?;
        steps.sort_by_key(|step| step.position);
        let (mut all, mut level, mut asked) = (Vec::new(), 1, false);
        for step in steps {
            if step.kind.as_deref() == Some("wait") {
                level += u32::from(asked);
                asked = false;
                continue;
            }
            asked |= step
                .kind
                .as_deref()
                .is_some_and(|kind| kind.starts_with("notify_") && kind != "notify_if_time_from_to");
            all.extend(step.notify_on_call_from_schedule.into_iter().map(|id| (level, Asked::Schedule(id))));
            let people = step.persons_to_notify.into_iter().chain(step.persons_to_notify_next_each_time);
            all.extend(people.map(|id| (level, Asked::Person(id))));
        }
        Ok(all)
    }

    async fn of_chain(&self, id: &str, at: Timestamp) -> Result<Vec<ExternalOnCall>, Trouble> {
        let all = self.steps(id).await?;
        // All at once: one that hangs does not take the time of the others.
        let found = join_all(all.iter().map(|(level, asked)| self.of_asked(asked, *level, at))).await;
        let (mut rows, mut missing, mut first) = (Vec::new(), Vec::new(), None);
        for ((level, asked), found) in all.iter().zip(found) {
            match found {
                Ok(found) => rows.extend(found),
                Err(trouble) => {
                    first.get_or_insert_with(|| trouble.clone());
                    missing.push((*level, unknown(&asked.to_string(), trouble)?));
                }
            }
        }
        match first {
            Some(trouble) if rows.is_empty() => Err(trouble),
            Some(_) | None => Ok(with_unknown(by_level(rows), missing)),
        }
    }

    async fn of_asked(&self, asked: &Asked, level: u32, at: Timestamp) -> Result<Vec<Row>, Trouble> {
        match asked {
            Asked::Schedule(id) => self.of_schedule(id, level, at).await,
            Asked::Person(id) => Ok(vec![Row { level, who: self.person(id).await?, since: None, until: None }]),
        }
    }

    /// Everybody's times from now on, of people their ids alone.
    async fn ahead(&self, asked: &Asked, level: u32, at: Timestamp) -> Result<Vec<Row>, Trouble> {
        let row = |id: &str, since, until| {
            let who = ExternalPerson { id: id.to_owned(), name: id.to_owned(), email: None, slack: None };
            Row { level, who, since, until }
        };
        match asked {
            Asked::Person(id) => Ok(vec![row(id, None, None)]),
            Asked::Schedule(id) => {
                let end = at.saturating_add(NEXT_WITHIN).unwrap_or(Timestamp::MAX);
                let shifts = self.shifts(id, (at, end)).await?;
                Ok(shifts.iter().map(|s| row(&s.user_pk, Some(s.shift_start), Some(s.shift_end))).collect())
            }
        }
    }

    /// The shifts of these days and of one beside them: it knows whole days, of which the last is left out.
    async fn shifts(&self, id: &str, (from, to): (Timestamp, Timestamp)) -> Result<Vec<wire::FinalShift>, Trouble> {
        let day = |at: Timestamp, days: i64| {
            let date = at.to_zoned(TimeZone::UTC).date();
            date.saturating_add(Span::new().days(days)).to_string()
        };
        let (from, to) = (day(from, -1), day(to, 2));
        let query = [("start_date", from.as_str()), ("end_date", to.as_str())];
        self.list(&["schedules", id, "final_shifts"], &query, "schedules:read").await
    }

    /// Whoever the schedule says is on call now, each with the shift that they are in, where it tells one.
    async fn of_schedule(&self, id: &str, level: u32, at: Timestamp) -> Result<Vec<Row>, Trouble> {
        let found = self.get::<wire::Schedule>(&["schedules", id], &[]).await;
        let now = found.map_err(|failed| failed.trouble("schedules:read"))?.on_call_now.ok_or_else(super::unread)?;
        if now.is_empty() {
            return Ok(Vec::new());
        }
        let shifts = self.shifts(id, (at, at)).await?;
        let mut rows = Vec::new();
        for user in now {
            let shift = shifts.iter().find(|s| s.user_pk == user && s.shift_start <= at && at < s.shift_end);
            let (since, until) = (shift.map(|s| s.shift_start), shift.map(|s| s.shift_end));
            rows.push(Row { level, who: self.person(&user).await?, since, until });
        }
        Ok(rows)
    }
}
