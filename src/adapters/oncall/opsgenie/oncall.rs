//! Who is on call: by schedule, or by the rules of an escalation.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::{Opsgenie, wire};
use crate::{
    adapters::oncall::level::unknown,
    ports::{ExternalNext, ExternalOnCall, ExternalPerson, ExternalTarget, OnCallProvider, Trouble},
};

/// How deep participants may stand for others.
const DEEPEST: usize = 8;

#[async_trait::async_trait]
impl OnCallProvider for Opsgenie {
    /// A policy is an escalation; a service there has none of its own to ask. Until when nobody says: there is no end to the levels.
    async fn on_call(&self, of: &ExternalTarget, at: Timestamp) -> Result<Vec<ExternalOnCall>, Trouble> {
        match of {
            ExternalTarget::Schedule(id) => Ok(levels([(self.of_schedule(id, at).await?, Vec::new())])),
            ExternalTarget::Policy(id) => self.of_escalation(id, at).await,
            ExternalTarget::Service(_) => Err(Trouble::Refused("a service names nobody; ask for a schedule".into())),
        }
    }

    /// From when it does not say.
    async fn next(&self, of: &ExternalTarget, at: Timestamp) -> Result<Vec<ExternalNext>, Trouble> {
        let levels = match of {
            ExternalTarget::Schedule(id) => vec![self.next_of_schedule(id, at).await?],
            ExternalTarget::Policy(id) => self.next_of_escalation(id, at).await?,
            ExternalTarget::Service(_) => {
                return Err(Trouble::Refused("a service names nobody; ask for a schedule".into()));
            }
        };
        let next = (1..).zip(levels).map(|(level, people)| ExternalNext { level, people, from: None });
        Ok(next.filter(|next| !next.people.is_empty()).collect())
    }

    /// It names people by their addresses; of an account's id it says nothing.
    async fn person(&self, id: &str) -> Result<ExternalPerson, Trouble> {
        Ok(person(id, Some(id)))
    }
}

/// Who is asked at one time, and what else is and could not be looked at.
type Asked = (Vec<ExternalPerson>, Vec<String>);

/// Levels that ask somebody, or may, counted from 1.
fn levels(asked: impl IntoIterator<Item = Asked>) -> Vec<ExternalOnCall> {
    let level = |(level, (people, unknown))| ExternalOnCall { level, people, unknown, since: None, until: None };
    let asks = |level: &ExternalOnCall| !level.people.is_empty() || !level.unknown.is_empty();
    (1..).zip(asked).map(level).filter(asks).collect()
}

impl Opsgenie {
    async fn of_schedule(&self, id: &str, at: Timestamp) -> Result<Vec<ExternalPerson>, Trouble> {
        let found: wire::OnCalls = self.ask_schedule(id, "on-calls", at).await?;
        let mut people = Vec::new();
        gather(&found.on_call_participants, DEEPEST, &mut people);
        Ok(people)
    }

    async fn ask_schedule<T: DeserializeOwned>(&self, id: &str, what: &str, at: Timestamp) -> Result<T, Trouble> {
        // Parts of a second are not among the shapes that it reads.
        let date = at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let query = [("flat", "false"), ("date", date.as_str()), ("scheduleIdentifierType", "id")];
        // Jira Service Management knows schedules by their ids alone.
        let query = if self.config.site.is_some() { &query[..2] } else { &query[..] };
        self.get(&["schedules", id, what], query).await.map_err(|failed| failed.trouble(self.scope()))
    }

    /// Whoever comes on call next by it.
    async fn next_of_schedule(&self, id: &str, at: Timestamp) -> Result<Vec<ExternalPerson>, Trouble> {
        let found: wire::NextOnCalls = self.ask_schedule(id, "next-on-calls", at).await?;
        let unread = || Trouble::Unreachable("an answer that cannot be read".into());
        let mut people = Vec::new();
        gather(&found.participants().ok_or_else(unread)?, DEEPEST, &mut people);
        Ok(people)
    }

    /// The same for each time at which somebody is asked, of its schedules.
    async fn next_of_escalation(&self, id: &str, at: Timestamp) -> Result<Vec<Vec<ExternalPerson>>, Trouble> {
        let rules = self.rules(id).await?;
        let found = join_all(rules.iter().map(async |rule| match (rule.recipient.kind.as_str(), &rule.recipient.id) {
            ("schedule", Some(id)) => self.next_of_schedule(id, at).await,
            _ => Ok(Vec::new()),
        }));
        let mut times = BTreeMap::<u64, Vec<ExternalPerson>>::new();
        for (rule, found) in rules.iter().zip(found.await) {
            let people = times.entry(rule.delay.seconds()).or_default();
            found?.into_iter().for_each(|who| add(who, people));
        }
        Ok(times.into_values().collect())
    }

    async fn rules(&self, escalation: &str) -> Result<Vec<wire::Rule>, Trouble> {
        if self.config.site.is_some() {
            return Err(Trouble::Refused("an escalation is its team's there; ask for a schedule".into()));
        }
        let found = self.get::<wire::Escalation>(&["escalations", escalation], &[("identifierType", "id")]).await;
        Ok(found.map_err(|failed| failed.trouble(self.scope()))?.rules)
    }

    /// One level for each time at which somebody is asked.
    async fn of_escalation(&self, id: &str, at: Timestamp) -> Result<Vec<ExternalOnCall>, Trouble> {
        let rules = self.rules(id).await?;
        // All at once: one that hangs does not take the time of the others.
        let found = join_all(rules.iter().map(|rule| self.of_recipient(&rule.recipient, at))).await;
        let (mut times, mut first) = (BTreeMap::<u64, Asked>::new(), None);
        for (rule, found) in rules.iter().zip(found) {
            let (people, missing) = times.entry(rule.delay.seconds()).or_default();
            match found {
                Ok(found) => found.into_iter().for_each(|who| add(who, people)),
                Err(trouble) => {
                    first.get_or_insert_with(|| trouble.clone());
                    let what = format!("{} {}", rule.recipient.kind, rule.recipient.id.as_deref().unwrap_or_default());
                    missing.push(unknown(&what, trouble)?);
                }
            }
        }
        match first {
            Some(trouble) if times.values().all(|(people, _)| people.is_empty()) => Err(trouble),
            Some(_) | None => Ok(levels(times.into_values())),
        }
    }

    async fn of_recipient(&self, to: &wire::Recipient, at: Timestamp) -> Result<Vec<ExternalPerson>, Trouble> {
        Ok(match (to.kind.as_str(), &to.id) {
            ("schedule", Some(id)) => self.of_schedule(id, at).await?,
            ("user", Some(id)) => vec![person(id, to.username.as_deref())],
            // Whom a team asks depends on the alert.
            _ => Vec::new(),
        })
    }
}

fn person(id: &str, name: Option<&str>) -> ExternalPerson {
    let email = name.filter(|name| name.contains('@')).map(str::to_lowercase);
    ExternalPerson { id: id.to_owned(), name: name.unwrap_or(id).to_owned(), email, slack: None }
}

fn add(who: ExternalPerson, people: &mut Vec<ExternalPerson>) {
    if !people.iter().any(|known| known.id == who.id) {
        people.push(who);
    }
}

/// Everyone of a tree who is asked at once.
fn gather(participants: &[wire::Participant], deep: usize, people: &mut Vec<ExternalPerson>) {
    for participant in participants {
        match (participant.kind.as_str(), &participant.id) {
            ("user", Some(id)) => add(person(id, participant.name.as_deref()), people),
            _ if deep > 0 => {
                let inside = &participant.on_call_participants;
                let first = inside.iter().map(|p| p.escalation_time).min();
                for now in inside.iter().filter(|p| Some(p.escalation_time) == first) {
                    gather(std::slice::from_ref(now), deep - 1, people);
                }
            }
            _ => {}
        }
    }
}
