//! Who is on call.

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;

use super::{PagerDuty, wire};
use crate::{
    adapters::oncall::{
        call::Failed,
        level::{Row, by_level, next_by_level},
    },
    ports::{ExternalNext, ExternalOnCall, ExternalPerson, ExternalTarget, NEXT_WITHIN, OnCallProvider, Trouble},
};

#[async_trait::async_trait]
impl OnCallProvider for PagerDuty {
    async fn on_call(&self, of: &ExternalTarget, at: Timestamp) -> Result<Vec<ExternalOnCall>, Trouble> {
        let second = at.saturating_add(SignedDuration::from_secs(1)).unwrap_or(at);
        let rows = self.rows(of, (at, second)).await?;
        let is_on = |row: &Row| row.since.is_none_or(|since| since <= at) && row.until.is_none_or(|until| at < until);
        let now: Vec<Row> = rows.into_iter().filter(is_on).collect();
        let now = join_all(now.into_iter().map(|row| async move {
            let who = self.whole(row.who).await?;
            Ok::<Row, Trouble>(Row { who, ..row })
        }));
        Ok(by_level(now.await.into_iter().collect::<Result<Vec<Row>, Trouble>>()?))
    }

    async fn next(&self, of: &ExternalTarget, at: Timestamp) -> Result<Vec<ExternalNext>, Trouble> {
        let end = at.saturating_add(NEXT_WITHIN).unwrap_or(Timestamp::MAX);
        let mut next = next_by_level(&self.rows(of, (at, end)).await?, at, end);
        for level in &mut next {
            let people = join_all(std::mem::take(&mut level.people).into_iter().map(|who| self.whole(who))).await;
            level.people = people.into_iter().collect::<Result<_, _>>()?;
        }
        Ok(next)
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
    /// Everybody's times on call that touch `[since, until)`, each from its own beginning to its own end.
    async fn rows(&self, of: &ExternalTarget, span: (Timestamp, Timestamp)) -> Result<Vec<Row>, Trouble> {
        match of {
            ExternalTarget::Service(id) => {
                let url = self.at(&["services", id], &[])?;
                let answer: wire::ServiceAnswer = self.get(url).await.map_err(|e| e.trouble("services.read"))?;
                self.of_policy(&answer.service.escalation_policy.id, span).await
            }
            ExternalTarget::Policy(id) => self.of_policy(id, span).await,
            ExternalTarget::Schedule(id) => self.of_schedule(id, span).await,
        }
    }

    async fn of_policy(&self, id: &str, (since, until): (Timestamp, Timestamp)) -> Result<Vec<Row>, Trouble> {
        let (since, until) = (since.to_string(), until.to_string());
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

    /// A schedule need not be in any policy, so it is asked itself; of people it tells their ids alone. Which generation it is of is not
    /// known before: the newer interface refuses an older schedule.
    async fn of_schedule(&self, id: &str, (since, until): (Timestamp, Timestamp)) -> Result<Vec<Row>, Trouble> {
        let unread = || Trouble::Unreachable("an answer that cannot be read".into());
        let (since, until) = (since.to_string(), until.to_string());
        // Without the last, what goes beyond these times would be cut to them.
        let span = [("since", since.as_str()), ("until", until.as_str()), ("overflow", "true")];
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
        let row = |(since, until, id): (Timestamp, Timestamp, String)| {
            let who = ExternalPerson { name: id.clone(), id, email: None, slack: None };
            Row { level: 1, who, since: Some(since), until: Some(until) }
        };
        Ok(shifts.into_iter().map(row).collect())
    }

    /// Somebody with all that is known of them, where their id alone was told.
    async fn whole(&self, who: ExternalPerson) -> Result<ExternalPerson, Trouble> {
        if who.email.is_none() && who.name == who.id { self.person(&who.id).await } else { Ok(who) }
    }
}
