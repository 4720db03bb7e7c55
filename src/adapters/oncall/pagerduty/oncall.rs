//! Who is on call.

use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;

use super::{PagerDuty, wire};
use crate::{
    adapters::oncall::{
        call::Failed,
        level::{Row, by_level},
    },
    ports::{ExternalOnCall, ExternalPerson, ExternalTarget, OnCallProvider, Trouble},
};

#[async_trait::async_trait]
impl OnCallProvider for PagerDuty {
    async fn on_call(&self, of: &ExternalTarget, at: Timestamp) -> Result<Vec<ExternalOnCall>, Trouble> {
        let rows = match of {
            ExternalTarget::Service(id) => {
                let url = self.at(&["services", id], &[])?;
                let answer: wire::ServiceAnswer = self.get(url).await.map_err(|e| e.trouble("services.read"))?;
                self.of_policy(&answer.service.escalation_policy.id, at).await?
            }
            ExternalTarget::Policy(id) => self.of_policy(id, at).await?,
            ExternalTarget::Schedule(id) => self.of_schedule(id, at).await?,
        };
        let is_on = |row: &Row| row.since.is_none_or(|since| since <= at) && row.until.is_none_or(|until| at < until);
        Ok(by_level(rows.into_iter().filter(is_on)))
    }

    async fn person(&self, id: &str) -> Result<ExternalPerson, Trouble> {
        let url = self.at(&["users", id], &[])?;
        match self.get::<wire::UserAnswer>(url).await {
            Ok(answer) => Ok(answer.user.into()),
            Err(Failed::Refused(StatusCode::NOT_FOUND)) => {
                Ok(ExternalPerson { id: id.to_owned(), name: id.to_owned(), email: None, slack: None })
            }
            Err(failed) => Err(failed.trouble("users.read")),
        }
    }
}

impl PagerDuty {
    async fn of_policy(&self, id: &str, at: Timestamp) -> Result<Vec<Row>, Trouble> {
        let (since, until) = moment(at);
        let query = [
            ("escalation_policy_ids[]", id),
            ("include[]", "users"),
            ("since", since.as_str()),
            ("until", until.as_str()),
        ];
        let rows: Vec<wire::OnCall> = self.list(&["oncalls"], &query, "oncalls", "oncalls.read").await?;
        let row = |row: wire::OnCall| Row {
            level: row.escalation_level,
            who: row.user.into(),
            since: row.start,
            until: row.end,
        };
        Ok(rows.into_iter().map(row).collect())
    }

    /// A schedule need not be in any policy, so it is asked itself. Which generation it is of is not known before: the newer
    /// interface refuses an older schedule.
    async fn of_schedule(&self, id: &str, at: Timestamp) -> Result<Vec<Row>, Trouble> {
        let unread = || Trouble::Unreachable("an answer that cannot be read".into());
        let (since, until) = moment(at);
        let span = [("since", since.as_str()), ("until", until.as_str())];
        let url = self.at(&["v3", "schedules", id], &[&[("include[]", "final_schedule")][..], &span[..]].concat())?;
        let shifts: Vec<(Timestamp, Timestamp, String)> = match self.get::<wire::ShiftsAnswer>(url).await {
            Ok(answer) => {
                let computed = answer.schedule.final_schedule.and_then(|found| found.computed_shift_assignments);
                computed
                    .ok_or_else(unread)?
                    .into_iter()
                    .filter_map(|s| Some((s.start_time, s.end_time, s.member.user_id?)))
                    .collect()
            }
            Err(Failed::Refused(StatusCode::BAD_REQUEST)) => {
                let url = self.at(&["schedules", id], &span)?;
                let answer: wire::LayersAnswer = self.get(url).await.map_err(|e| e.trouble("schedules.read"))?;
                let rendered = answer.schedule.rendered.ok_or_else(unread)?.rendered_schedule_entries;
                rendered.into_iter().filter_map(|e| Some((e.start, e.end, e.user?.id))).collect()
            }
            Err(failed) => return Err(failed.trouble("schedules.read")),
        };
        let mut rows = Vec::new();
        for (since, until, id) in shifts.into_iter().filter(|(since, until, _)| *since <= at && at < *until) {
            let who = self.person(&id).await?;
            rows.push(Row { level: 1, who, since: Some(since), until: Some(until) });
        }
        Ok(rows)
    }
}

/// The second of this instant. Shifts in it come with their own beginnings and ends.
fn moment(at: Timestamp) -> (String, String) {
    (at.to_string(), at.saturating_add(SignedDuration::from_secs(1)).unwrap_or(at).to_string())
}
