//! Customers' reports: a stream of their own, and what becomes of them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{ATTEMPTS, Engine, Part, Refusal, Sight, desk, kept::Outcome, projection::key};
use crate::{
    ids::{IncidentId, StreamId, UserId},
    incident::{
        Actor, Rejection, What,
        access::may_see,
        case::{FILED_VERSION, Fact, Filed, Filing, Found, No, Report, report_due as due},
    },
    store::{Append, Commit, NewJob, ReadError},
};

/// The stream of reports.
fn stream() -> StreamId {
    StreamId::Org(key::REPORTS.to_owned())
}

/// What makes a report itself, so that it can stand in the record: a digest says nothing of what it was made from.
#[must_use]
pub fn report_key(from: &str) -> String {
    hex::encode(&Sha256::digest(from)[..16])
}

/// What an incident's events say of reports.
fn filings(part: &Part) -> Vec<Filing> {
    let attached = |report| Filing::ReportAttached { report, incident: part.id };
    let (mut filings, mut carried) = (Vec::new(), BTreeSet::new());
    for (_, event) in &part.events {
        match &event.what {
            What::Case(Fact::ReportAttached { report, .. }) => filings.push(attached(*report)),
            What::Case(Fact::ReportDetached { report, .. }) => {
                filings.push(Filing::ReportDetached { report: *report });
            }
            What::Case(Fact::ReportAcknowledged { report }) => {
                filings.push(Filing::ReportAcknowledged { report: *report });
            }
            What::Case(Fact::Carried { record, .. }) => match record.as_ref() {
                Fact::ReportAttached { report, .. } => drop(carried.insert(*report)),
                Fact::ReportDetached { report, .. } => drop(carried.remove(report)),
                _ => {}
            },
            _ => {}
        }
    }
    // What belonged to the other one in the end goes where that goes; whether somebody looks at it is known.
    filings.extend(carried.into_iter().map(attached));
    filings
}

impl Engine {
    /// Keeps a report, once for each key for ever; the second is false where it was there already.
    ///
    /// # Errors
    /// [`Refusal`]s of the store.
    pub async fn file_report(&self, by: &Actor, made: Filing) -> Result<(Report, bool), Refusal> {
        let Filing::ReportMade { key: made_key, .. } = &made else { return Err(Refusal::Busy) };
        for _ in 0..ATTEMPTS {
            if let Some(bytes) = self.store.doc(&key::report_key(made_key)).await? {
                let number = String::from_utf8_lossy(&bytes).parse().map_err(|_| Refusal::Busy)?;
                let report = self.report(number).await?.ok_or(Refusal::Busy)?;
                return Ok((report, false));
            }
            let length = self.store.length(&stream()).await?;
            let mut commit = self.filed(length, by, [made.clone()]);
            let now = commit.at.unwrap_or_else(|| self.clock.now());
            commit.enqueue = self.of_new_report(length + 1, due(now), now);
            if let Outcome::Done = self.committed(commit).await? {
                let report = self.report(length + 1).await?.ok_or(Refusal::Busy)?;
                return Ok((report, true));
            }
        }
        Err(Refusal::Busy)
    }

    /// A person looks at a report that belongs to no incident.
    ///
    /// # Errors
    /// Where there is no such report, or somebody does already.
    pub async fn acknowledge_report(&self, number: u64, by: &UserId) -> Result<Report, Refusal> {
        self.change_report(number, by, |report| match report.acknowledged {
            Some(_) => Err(No::ReportAcknowledged(number)),
            None => Ok((Filing::ReportAcknowledged { report: number }, false)),
        })
        .await
    }

    /// Removes the words of a report for good.
    ///
    /// # Errors
    /// Where there is no such report, or its words are gone.
    pub async fn forget_report(&self, number: u64, by: &UserId) -> Result<Report, Refusal> {
        self.change_report(number, by, |report| match report.text.words() {
            None => Err(No::NoSuchReport(number)),
            Some(_) => Ok((Filing::ReportForgotten { report: number }, true)),
        })
        .await
    }

    async fn change_report(
        &self,
        number: u64,
        by: &UserId,
        change: impl Fn(&Report) -> Result<(Filing, bool), No>,
    ) -> Result<Report, Refusal> {
        let refused = |no| Refusal::Rejected { why: Rejection::Case(no), incident: None };
        for _ in 0..ATTEMPTS {
            let length = self.store.length(&stream()).await?;
            let report = self.report(number).await?.ok_or_else(|| refused(No::NoSuchReport(number)))?;
            let (filing, erase) = change(&report).map_err(refused)?;
            let by = Actor::Person(by.clone());
            let told = filing.clone();
            let mut commit = self.filed(length, &by, [filing]);
            commit.enqueue = self.told_of(&told, &by, commit.at.unwrap_or_else(|| self.clock.now())).await?;
            if erase {
                commit.erase.push((stream(), number));
            }
            if let Outcome::Done = self.committed(commit).await? {
                return self.report(number).await?.ok_or(Refusal::Busy);
            }
        }
        Err(Refusal::Busy)
    }

    /// A report.
    pub(super) async fn report(&self, number: u64) -> Result<Option<Report>, ReadError> {
        let Some(bytes) = self.store.doc(&key::report(number)).await? else { return Ok(None) };
        let report = serde_json::from_slice(&bytes);
        report.map(Some).map_err(|e| ReadError(format!("report {number} is of another release: {e}")))
    }

    /// What a command of an incident needs to know of a report that this person may know of.
    pub(super) async fn found_report(&self, number: u64, by: &Actor) -> Result<Option<Found>, ReadError> {
        let Some(report) = self.report(number).await?.filter(|r| r.text.words().is_some()) else { return Ok(None) };
        if let (Some(id), Some(who)) = (report.incident, by.person()) {
            let Some(it) = self.incident(id).await? else { return Ok(None) };
            if !self.may_see(&it, who).await? {
                return Ok(None);
            }
        }
        let acknowledged = report.acknowledged.is_some();
        let (incident, reported_at, due) = (report.incident, report.reported_at, report.due());
        Ok(Some(Found { incident, reported_at, due, acknowledged }))
    }

    /// When the first report of this incident but `other` was reported.
    pub(super) async fn first_report(&self, id: IncidentId, other: u64) -> Result<Option<Timestamp>, ReadError> {
        let all = self.reports_under(&key::reports_of(id), usize::MAX).await?;
        Ok(all.iter().filter(|r| r.number != other).map(|r| r.reported_at).min())
    }

    /// What incidents' events say of reports belongs into the same commit.
    pub(super) async fn with_reports(&self, commit: &mut Commit, by: &Actor, parts: &[Part]) -> Result<(), Refusal> {
        let filings: Vec<Filing> = parts.iter().flat_map(filings).collect();
        if filings.is_empty() {
            return Ok(());
        }
        let length = self.store.length(&stream()).await?;
        let now = commit.at.unwrap_or_else(|| self.clock.now());
        for filing in &filings {
            commit.enqueue.extend(self.told_of(filing, by, now).await?);
        }
        let also = self.filed(length, by, filings);
        commit.expect.extend(also.expect);
        commit.append.extend(also.append);
        Ok(())
    }

    /// What people are told of what becomes of a report.
    async fn told_of(&self, filing: &Filing, by: &Actor, now: Timestamp) -> Result<Vec<NewJob>, ReadError> {
        let (number, more) = match filing {
            Filing::ReportMade { .. } => return Ok(Vec::new()),
            Filing::ReportAttached { report, .. } | Filing::ReportForgotten { report } => (*report, None),
            Filing::ReportDetached { report } => {
                let free = self.report(*report).await?.filter(|r| r.acknowledged.is_none());
                (*report, free.and_then(|r| self.of_freed_report(*report, r.due())))
            }
            Filing::ReportAcknowledged { report } => {
                (*report, self.report(*report).await?.and_then(|r| desk::of_acknowledged(&r, by, now)))
            }
        };
        Ok(self.of_changed_report(number, now).into_iter().chain(more).collect())
    }

    /// What puts more facts behind the `length` that there are.
    fn filed(&self, length: u64, by: &Actor, filings: impl IntoIterator<Item = Filing>) -> Commit {
        let at = self.clock.now();
        let filed = filings.into_iter().map(|what| Filed { v: FILED_VERSION, at, by: by.clone(), what });
        Commit {
            expect: vec![(stream(), length)],
            append: filed.map(|body| Append::new(stream(), &body)).collect(),
            at: Some(at),
            ..Commit::default()
        }
    }

    async fn reports_under(&self, prefix: &str, limit: usize) -> Result<Vec<Report>, ReadError> {
        let keys = self.store.docs(prefix, None, limit, true).await?;
        let mut reports = Vec::new();
        for number in keys.iter().filter_map(|(k, _)| k.rsplit('/').next()?.parse().ok()) {
            reports.extend(self.report(number).await?);
        }
        Ok(reports)
    }
}

impl Sight<'_> {
    /// A report: one's own, and to those `within` the organisation one that belongs to nothing that they may not see.
    ///
    /// # Errors
    /// The same rejection for one that does not exist and for one that this person may not see.
    pub async fn report(self, number: u64, within: bool) -> Result<Report, Refusal> {
        let none = || Refusal::Rejected { why: Rejection::Case(No::NoSuchReport(number)), incident: None };
        let report = self.engine.report(number).await?.ok_or_else(none)?;
        let may = report.is_by(self.who)
            || within
                && match report.incident {
                    None => true,
                    Some(id) => self.sees(id).await?,
                };
        if may { Ok(report) } else { Err(none()) }
    }

    /// This person's own reports, latest first.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn own_reports(self, limit: usize) -> Result<Vec<Report>, ReadError> {
        self.engine.reports_under(&key::reports_by(self.who), limit).await
    }

    /// Reports that belong to no incident, latest first: for those within the organisation.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn free_reports(self, limit: usize) -> Result<Vec<Report>, ReadError> {
        self.engine.reports_under(key::REPORTS_FREE, limit).await
    }

    /// Reports that belong to an incident, latest first; none where this person may not see it.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn reports_of(self, id: IncidentId, limit: usize) -> Result<Vec<Report>, ReadError> {
        match self.engine.incident(id).await? {
            Some(it) if may_see(&it, self.who) || self.engine.may_see(&it, self.who).await? => {
                self.engine.reports_under(&key::reports_of(id), limit).await
            }
            Some(_) | None => Ok(Vec::new()),
        }
    }
}
