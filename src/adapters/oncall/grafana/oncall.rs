//! Who is on call: by schedule, or by the escalation chain of an integration.

use std::fmt;

use futures_util::future::join_all;
use jiff::{Span, Timestamp, tz::TimeZone};
use reqwest::StatusCode;

use super::{GrafanaOnCall, wire};
use crate::{
    adapters::oncall::{
        call::Failed,
        level::{Row, by_level, unknown, with_unknown},
    },
    ports::{ExternalOnCall, ExternalPerson, ExternalTarget, OnCallProvider, Trouble},
};

#[async_trait::async_trait]
impl OnCallProvider for GrafanaOnCall {
    /// A service is an integration, whose alerts take its default route; a policy is an escalation chain.
    async fn on_call(&self, of: &ExternalTarget, at: Timestamp) -> Result<Vec<ExternalOnCall>, Trouble> {
        match of {
            ExternalTarget::Service(id) => {
                let found = self.get::<wire::Integration>(&["integrations", id], &[]).await;
                let found = found.map_err(|failed| failed.trouble("integrations:read"))?;
                let chain = found.default_route.and_then(|route| route.escalation_chain_id);
                let none = || Trouble::Refused("the default route of the integration has no escalation chain".into());
                self.of_chain(&chain.ok_or_else(none)?, at).await
            }
            ExternalTarget::Policy(id) => self.of_chain(id, at).await,
            ExternalTarget::Schedule(id) => Ok(by_level(self.of_schedule(id, 1, at).await?)),
        }
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
enum Asked<'a> {
    Schedule(&'a str),
    Person(&'a str),
}

impl fmt::Display for Asked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schedule(id) => write!(f, "schedule {id}"),
            Self::Person(id) => write!(f, "user {id}"),
        }
    }
}

impl GrafanaOnCall {
    /// One level for all that is asked between two waits. Whom a user group or a team stands for is not said there.
    async fn of_chain(&self, id: &str, at: Timestamp) -> Result<Vec<ExternalOnCall>, Trouble> {
        let query = [("escalation_chain_id", id)];
        let mut steps: Vec<wire::Step> = self.list(&["escalation_policies"], &query, "escalation-chains:read").await?;
        steps.sort_by_key(|step| step.position);
        let (mut all, mut level, mut asked) = (Vec::new(), 1, false);
        for step in &steps {
            if step.kind.as_deref() == Some("wait") {
                level += u32::from(asked);
                asked = false;
                continue;
            }
            asked |= step
                .kind
                .as_deref()
                .is_some_and(|kind| kind.starts_with("notify_") && kind != "notify_if_time_from_to");
            all.extend(step.notify_on_call_from_schedule.iter().map(|id| (level, Asked::Schedule(id))));
            let people = step.persons_to_notify.iter().chain(&step.persons_to_notify_next_each_time);
            all.extend(people.map(|id| (level, Asked::Person(id))));
        }
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

    async fn of_asked(&self, asked: &Asked<'_>, level: u32, at: Timestamp) -> Result<Vec<Row>, Trouble> {
        match asked {
            Asked::Schedule(id) => self.of_schedule(id, level, at).await,
            Asked::Person(id) => Ok(vec![Row { level, who: self.person(id).await?, since: None, until: None }]),
        }
    }

    /// Whoever the schedule says is on call now, each with the shift that they are in, where it tells one.
    async fn of_schedule(&self, id: &str, level: u32, at: Timestamp) -> Result<Vec<Row>, Trouble> {
        let found = self.get::<wire::Schedule>(&["schedules", id], &[]).await;
        let now = found.map_err(|failed| failed.trouble("schedules:read"))?.on_call_now.ok_or_else(super::unread)?;
        if now.is_empty() {
            return Ok(Vec::new());
        }
        // Whole days, of which the last is left out.
        let day = at.to_zoned(TimeZone::UTC).date();
        let [from, to] = [-1, 2].map(|days| day.saturating_add(Span::new().days(days)).to_string());
        let query = [("start_date", from.as_str()), ("end_date", to.as_str())];
        let shifts: Vec<wire::FinalShift> =
            self.list(&["schedules", id, "final_shifts"], &query, "schedules:read").await?;
        let mut rows = Vec::new();
        for user in now {
            let shift = shifts.iter().find(|s| s.user_pk == user && s.shift_start <= at && at < s.shift_end);
            let (since, until) = (shift.map(|s| s.shift_start), shift.map(|s| s.shift_end));
            rows.push(Row { level, who: self.person(&user).await?, since, until });
        }
        Ok(rows)
    }
}
