//! Alerts: a stream of their own, by groups.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{
    ATTEMPTS, Engine, Part, Refusal,
    kept::Outcome,
    projection::key,
    watch::{LANES, by_rule, show},
};
use crate::{
    alert::{
        Act, Alert, Delivery, Group, Happening, MOST_GROUPS, NOTICED_VERSION, Noticed, Rule, Source, Standing, apply,
        arrive,
    },
    ids::{IncidentId, StreamId, UserId},
    incident::{
        Actor, Command, Rejection, What,
        intake::{self, Attaching, Fact, FoundAlerts, No},
    },
    playbook::{ServiceId, Severity},
    store::{Append, Commit, Json, ReadError, Remember},
};

/// How many old groups are forgotten at once.
const FORGOTTEN: usize = 100;
/// How long a signature is remembered: longer than it counts.
const SIGNED: jiff::SignedDuration = jiff::SignedDuration::from_mins(11);

/// Does this command change what becomes of alerts?
pub(super) const fn concerns(command: &Command) -> bool {
    match command {
        Command::Declare(d) => d.alerts.is_some(),
        Command::Intake(intake::Ask::AttachAlerts(_)) => true,
        _ => false,
    }
}

/// The stream of alerts.
fn stream() -> StreamId {
    StreamId::Org(key::ALERTS.to_owned())
}

fn refused(no: No) -> Refusal {
    Refusal::Rejected { why: Rejection::Intake(no), incident: None }
}

/// What makes a group itself; no group of its own: that into which those are folded that are too many.
fn digest(delivery: &Delivery, group: Option<&str>, service: Option<&ServiceId>) -> String {
    let mut hash = Sha256::new();
    for part in [delivery.source.as_str(), group.unwrap_or("\0folded"), service.map_or("", ServiceId::as_str)] {
        hash.update(part);
        hash.update([0]);
    }
    hex::encode(&hash.finalize()[..16])
}

/// A commit in the making, and the groups as they are after it.
struct Draft {
    commit: Commit,
    /// How long the stream is by then.
    place: u64,
    groups: BTreeMap<u64, Group>,
    /// The latest of each key, of those that are opened here.
    opened: BTreeMap<String, u64>,
}

/// Alerts of one service, and what the rules make of them.
struct Share<'a> {
    service: Option<ServiceId>,
    alerts: Vec<&'a Alert>,
    /// The rule with the lowest number that fits one that fires.
    rule: Option<(usize, &'a Act)>,
    suggest: Option<Severity>,
}

impl Engine {
    /// Keeps what one request delivers; `signature` makes the request itself, where it has one.
    ///
    /// # Errors
    /// [`Refusal`]s of the store; then nothing was kept.
    pub async fn alerts_came(&self, deliveries: &[Delivery], signature: Option<&str>) -> Result<(), Refusal> {
        let mut shares: Vec<(&Delivery, Share<'_>)> = Vec::new();
        for delivery in deliveries {
            shares.extend(self.shares(delivery).into_iter().map(|share| (delivery, share)));
        }
        let _alone = self.alerting.lock().await;
        for _ in 0..ATTEMPTS {
            let now = self.clock.now();
            let place = self.store.length(&stream()).await?;
            let commit = Commit { at: Some(now), expect: vec![(stream(), place)], ..Commit::default() };
            let mut draft = Draft { commit, place, groups: BTreeMap::new(), opened: BTreeMap::new() };
            for (delivery, share) in &shares {
                self.share_came(delivery, share, now, &mut draft).await?;
            }
            let mut commit = draft.commit;
            if commit.append.is_empty() {
                return Ok(());
            }
            self.forget_old(now, &mut commit).await?;
            commit.remember.extend(signature.map(|signature| Remember {
                key: format!("alerts/{}", hex::encode(&Sha256::digest(signature)[..16])),
                until: now.saturating_add(SIGNED).unwrap_or(now),
                answer: Json::of(&true),
            }));
            match self.committed(commit).await? {
                Outcome::Done | Outcome::Known(_) => return Ok(()),
                Outcome::Again => {}
            }
        }
        Err(Refusal::Busy)
    }

    /// By service, without what the rules leave out.
    fn shares<'a>(&'a self, delivery: &'a Delivery) -> Vec<Share<'a>> {
        let rules: &[Rule] = &self.settings().alert_rules;
        let mut shares: BTreeMap<Option<ServiceId>, Share<'a>> = BTreeMap::new();
        for alert in &delivery.alerts {
            let service = alert.service.as_deref().and_then(|name| self.playbook().service(name)).map(|s| s.id.clone());
            let rule = rules.iter().enumerate().find(|(_, r)| r.fits(&delivery.source, service.as_ref(), alert));
            let rule = rule.map(|(n, rule)| (n, &rule.act));
            if matches!(rule, Some((_, Act::Ignore))) {
                continue;
            }
            let share = shares.entry(service.clone()).or_insert_with(|| Share {
                service,
                alerts: Vec::new(),
                rule: None,
                suggest: None,
            });
            share.alerts.push(alert);
            if let Some((n, act)) = rule.filter(|_| alert.firing) {
                share.suggest = share.suggest.into_iter().chain(act.severity()).min();
                share.rule = share.rule.filter(|(first, _)| *first < n).or(Some((n, act)));
            }
        }
        shares.into_values().collect()
    }

    async fn share_came(
        &self,
        delivery: &Delivery,
        share: &Share<'_>,
        now: Timestamp,
        draft: &mut Draft,
    ) -> Result<(), Refusal> {
        let (key, folded, known) = self.where_to(delivery, share, draft).await?;
        let over = match known.as_ref().and_then(Group::incident) {
            Some(id) => self.incident(id).await?.map_or(Some(Timestamp::MIN), |it| it.over_since()),
            None => None,
        };
        let source = Source { delivery, key, folded, service: share.service.as_ref(), suggest: share.suggest };
        let arrival = arrive(known.as_ref(), over, &source, &share.alerts, now);
        let fires = !arrival.fired.is_empty();
        let number = match (&arrival.opened, &known) {
            (None, Some(group)) => group.number,
            (Some(_), _) | (None, None) => draft.place + 1,
        };
        if arrival.opened.is_some() {
            draft.opened.insert(source.key.clone(), number);
        }
        let mut group = known;
        for what in arrival.facts(number) {
            draft.place += 1;
            let noticed = Noticed { v: NOTICED_VERSION, at: now, by: Actor::Bot, what };
            group = apply(group, draft.place, &noticed);
            draft.commit.append.push(Append::new(stream(), &noticed));
        }
        let Some(group) = group else { return Ok(()) };
        let jobs = &mut draft.commit.enqueue;
        let job = show(number, group.show);
        jobs.retain(|other| other.key != job.key);
        jobs.push(job);
        match share.rule {
            // Of what belongs to an incident already a rule may still have somebody paged, or the incident taken for worse.
            Some((_, act @ (Act::Attach | Act::Declare { .. }))) if fires => {
                let job = by_rule(number, act.clone(), now);
                jobs.retain(|other| other.key != job.key);
                jobs.push(job);
            }
            Some((_, Act::Attach | Act::Declare { .. } | Act::Offer { .. } | Act::Ignore)) | None => {}
        }
        draft.groups.insert(number, group);
        Ok(())
    }

    /// The group of these alerts: their own, or the one into which those are folded that are too many.
    async fn where_to(
        &self,
        delivery: &Delivery,
        share: &Share<'_>,
        draft: &Draft,
    ) -> Result<(String, bool, Option<Group>), Refusal> {
        let service = share.service.as_ref();
        let own = digest(delivery, Some(&delivery.group), service);
        if let Some(known) = self.latest(&own, draft).await? {
            return Ok((own, false, Some(known)));
        }
        let fold = digest(delivery, None, service);
        let folded = self.latest(&fold, draft).await?;
        let is_there = folded.as_ref().is_some_and(|g| share.alerts.iter().any(|a| g.alerts.contains_key(&a.key)));
        if is_there || share.alerts.iter().any(|alert| alert.firing) && self.is_crowded(draft).await? {
            return Ok((fold, true, folded));
        }
        Ok((own, false, None))
    }

    async fn latest(&self, key: &str, draft: &Draft) -> Result<Option<Group>, Refusal> {
        let number = match draft.opened.get(key) {
            Some(number) => *number,
            None => match self.store.doc(&key::alerts_key(key)).await? {
                Some(number) => String::from_utf8_lossy(&number).parse().map_err(|_| Refusal::Busy)?,
                None => return Ok(None),
            },
        };
        match draft.groups.get(&number) {
            Some(group) => Ok(Some(group.clone())),
            None => Ok(self.alerts(number).await?),
        }
    }

    /// Do so many groups wait that people would not look at another one?
    async fn is_crowded(&self, draft: &Draft) -> Result<bool, ReadError> {
        let waiting = self.store.docs(key::ALERTS_WAITING, None, MOST_GROUPS, false).await?;
        Ok(waiting.len() + draft.opened.len() >= MOST_GROUPS)
    }

    /// What is so old that nobody looks for it leaves the documents.
    async fn forget_old(&self, now: Timestamp, commit: &mut Commit) -> Result<(), Refusal> {
        let until = key::alerts_age(now, u64::MAX);
        let oldest = self.store.docs(key::ALERTS_AGE, None, FORGOTTEN, false).await?;
        let old = oldest.iter().map(|(key, _)| key).take_while(|key| **key < until);
        let groups: Vec<u64> = old.filter_map(|key| key.rsplit('/').next()?.parse().ok()).collect();
        // One that changes in this very moment is not old.
        let changed: Vec<String> = commit.enqueue.iter().map(|job| job.key.clone()).collect();
        let groups: Vec<u64> = groups.into_iter().filter(|n| !changed.contains(&format!("{LANES}{n}"))).collect();
        if !groups.is_empty() {
            let what = Happening::GroupsForgotten { groups };
            commit.append.push(Append::new(stream(), &Noticed { v: NOTICED_VERSION, at: now, by: Actor::Bot, what }));
        }
        Ok(())
    }

    /// A group of alerts.
    pub(super) async fn alerts(&self, number: u64) -> Result<Option<Group>, ReadError> {
        let Some(bytes) = self.store.doc(&key::alerts(number)).await? else { return Ok(None) };
        let group = serde_json::from_slice(&bytes);
        group.map(Some).map_err(|e| ReadError(format!("alerts {number} are of another release: {e}")))
    }

    /// A group that nobody took yet.
    ///
    /// # Errors
    /// Where there is none with this number, or somebody took it.
    pub async fn free_alerts(&self, number: u64) -> Result<Group, Refusal> {
        match self.alerts(number).await? {
            None => Err(refused(No::NoSuchAlerts(number))),
            Some(group) if group.standing == Standing::Free => Ok(group),
            Some(_) => Err(refused(No::AlertsTaken(number))),
        }
    }

    /// Groups that fire and that nobody took, latest first.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn waiting_alerts(&self, limit: usize) -> Result<Vec<Group>, ReadError> {
        let keys = self.store.docs(key::ALERTS_WAITING, None, limit, true).await?;
        let mut groups = Vec::new();
        for number in keys.iter().filter_map(|(k, _)| k.rsplit('/').next()?.parse().ok()) {
            groups.extend(self.alerts(number).await?);
        }
        Ok(groups)
    }

    /// A group is none of ours.
    ///
    /// # Errors
    /// As [`Engine::free_alerts`].
    pub async fn dismiss_alerts(&self, number: u64, by: &UserId) -> Result<Group, Refusal> {
        let _alone = self.alerting.lock().await;
        for _ in 0..ATTEMPTS {
            let (now, length) = (self.clock.now(), self.store.length(&stream()).await?);
            let group = self.free_alerts(number).await?;
            let (by, what) = (Actor::Person(by.clone()), Happening::GroupDismissed { group: number });
            let noticed = Noticed { v: NOTICED_VERSION, at: now, by, what };
            let commit = Commit {
                expect: vec![(stream(), length)],
                append: vec![Append::new(stream(), &noticed)],
                enqueue: vec![show(number, now)],
                at: Some(now),
                ..Commit::default()
            };
            if let Outcome::Done = self.committed(commit).await? {
                return Ok(group);
            }
        }
        Err(Refusal::Busy)
    }

    /// What a command needs to know of the group that is to belong to its incident.
    pub(super) async fn found_alerts(&self, asked: Option<&Attaching>) -> Result<Option<Attaching>, ReadError> {
        let Some(Attaching { group, .. }) = asked else { return Ok(None) };
        let found = self.alerts(*group).await?.map(|known| FoundAlerts {
            firing: u32::try_from(known.firing().len()).unwrap_or(u32::MAX),
            since: known.since(),
            is_free: known.standing == Standing::Free,
            title: known.opened.title,
            source: known.opened.source,
        });
        Ok(Some(Attaching { group: *group, found }))
    }

    /// What incidents' events say of alerts belongs into the same commit.
    pub(super) async fn with_alerts(&self, commit: &mut Commit, by: &Actor, parts: &[Part]) -> Result<(), Refusal> {
        let of = |part: &Part| {
            let id = part.id;
            let attached = part.events.iter().filter_map(move |(_, event)| match &event.what {
                What::Intake(Fact::AlertsAttached { group, .. }) => Some((*group, id)),
                _ => None,
            });
            attached.collect::<Vec<_>>()
        };
        let attached: Vec<(u64, IncidentId)> = parts.iter().flat_map(of).collect();
        if attached.is_empty() {
            return Ok(());
        }
        let now = commit.at.unwrap_or_else(|| self.clock.now());
        commit.expect.push((stream(), self.store.length(&stream()).await?));
        for (group, incident) in attached {
            // Somebody may have been faster since it was looked at.
            self.free_alerts(group).await?;
            let what = Happening::GroupAttached { group, incident };
            let noticed = Noticed { v: NOTICED_VERSION, at: now, by: by.clone(), what };
            commit.append.push(Append::new(stream(), &noticed));
            commit.enqueue.push(show(group, now));
        }
        Ok(())
    }
}
