//! What is like what, looked up by the indices.

use std::{collections::BTreeSet, sync::Arc};

use super::{Engine, projection::key};
use crate::{
    ids::IncidentId,
    incident::{
        Incident,
        intake::{Ask, Likeness, Subject, alike, condition},
    },
    store::ReadError,
};

/// How many candidates one word or one service may bring.
const CANDIDATES: usize = 200;
/// How many open incidents are looked at.
const OPEN: usize = 200;

/// An incident, and in what it is like another.
pub type Alike = (Arc<Incident>, Likeness);

impl Engine {
    /// Those that go on and are like this, the most alike first.
    pub(super) async fn similar_open(&self, subject: &Subject, limit: usize) -> Result<Vec<Alike>, ReadError> {
        Ok(self.most_alike(&self.with_near(subject), self.all_open(OPEN).await?, limit))
    }

    /// Those of the last half year that are like this, the most alike first.
    pub(super) async fn similar(&self, subject: &Subject, limit: usize) -> Result<Vec<Alike>, ReadError> {
        let subject = &self.with_near(subject);
        let mut prefixes: Vec<String> = subject.words.iter().map(|w| key::words(w)).collect();
        prefixes.extend(subject.service.iter().chain(&subject.near).map(key::services));
        let mut found: BTreeSet<IncidentId> = BTreeSet::new();
        for prefix in prefixes {
            let hits = self.store.docs(&prefix, None, CANDIDATES, true).await?;
            found.extend(hits.iter().filter_map(|(k, _)| key::id_of(k)));
        }
        let candidates = self.all_of(found.into_iter()).await?;
        Ok(self.most_alike(subject, candidates, limit))
    }

    /// With the services next to its own, as the catalogue has them.
    fn with_near(&self, subject: &Subject) -> Subject {
        let near = subject.service.iter().flat_map(|service| self.playbook().near(service));
        Subject { near: near.cloned().collect(), ..subject.clone() }
    }

    /// The most alike one of which this is so.
    pub(super) async fn before(
        &self,
        subject: &Subject,
        is_so: impl Fn(&Incident, &Likeness) -> bool,
    ) -> Result<Option<IncidentId>, ReadError> {
        if subject.service.is_none() {
            return Ok(None);
        }
        let alike = self.similar(subject, CANDIDATES).await?;
        Ok(alike.iter().find(|(it, likeness)| is_so(it, likeness)).map(|(it, _)| it.id))
    }

    /// The ask with what the incident repeats once the condition holds, or does not.
    pub(super) async fn tagging(&self, id: IncidentId, tag: &str, holds: bool) -> Result<Ask, ReadError> {
        let it = self.incident(id).await?;
        let mut subject = it.as_ref().map(|it| Subject::of(it)).unwrap_or_default();
        if holds {
            subject.conditions.insert(condition(tag));
        } else {
            subject.conditions.remove(&condition(tag));
        }
        // What is tagged late does not repeat what came after it.
        let came_first = |other: &Incident| it.as_ref().is_some_and(|it| other.declared_at < it.declared_at);
        let repeats = self.before(&subject, |other, likeness| likeness.is_repeated() && came_first(other)).await?;
        Ok(Ask::Tag { condition: tag.to_owned(), holds, repeats })
    }

    /// Need-to-know incidents are like nothing that anyone may hear of.
    fn most_alike(&self, subject: &Subject, candidates: Vec<Arc<Incident>>, limit: usize) -> Vec<Alike> {
        let now = self.clock.now();
        let alike = candidates.into_iter().filter(|it| !it.is_secret());
        let mut alike: Vec<Alike> = alike.filter_map(|it| alike_to(subject, it, now)).collect();
        alike.sort_by_key(|(it, likeness)| (std::cmp::Reverse(likeness.score()), std::cmp::Reverse(it.declared_at)));
        alike.truncate(limit);
        alike
    }
}

fn alike_to(subject: &Subject, it: Arc<Incident>, now: jiff::Timestamp) -> Option<Alike> {
    let likeness = alike(subject, &it, now)?;
    Some((it, likeness))
}
