//! What one person may see: the only way in which people look at incidents. Someone outside a need-to-know incident finds
//! nothing of it, by whatever way they look.

use std::sync::Arc;

use super::{
    Alike, Engine, Refusal,
    projection::{key, people},
};
use crate::{
    ids::{ChannelId, IncidentId, Series, UserId},
    incident::{
        Event, Incident, MessageRef, Rejection, What,
        access::{self, may_see},
        intake::{Subject, tokens},
    },
    paging::PageId,
    store::ReadError,
};

/// How many candidates one word of a search may bring.
const FOUND: usize = 500;
/// How many keys are read at a time.
const CHUNK: usize = 100;

/// The record as one person may see it.
#[derive(Debug, Clone, Copy)]
pub struct Sight<'a> {
    pub(super) engine: &'a Engine,
    pub(super) who: &'a UserId,
    /// They are a guest, or of another organisation.
    outside: bool,
}

impl Engine {
    /// The record as this person may see it.
    pub const fn seen_by<'a>(&'a self, who: &'a UserId) -> Sight<'a> {
        Sight { engine: self, who, outside: false }
    }

    /// A stub may be seen by whoever may see what it goes on as.
    pub(super) async fn may_see(&self, it: &Incident, who: &UserId) -> Result<bool, ReadError> {
        match it.access.moved {
            Some(moved) => Ok(self.incident(moved.to).await?.is_some_and(|goes_on| may_see(&goes_on, who))),
            None => Ok(may_see(it, who)),
        }
    }

    /// May this person answer that page, or any of the incident's? Whoever got one may, whichever step it is at by then; so may whoever it
    /// asks now, where it is named: Slack may have shown it to them, and its answer was lost; and whoever reads it in the channel that it was
    /// sent to. Not whoever was taken out since.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub(super) async fn may_answer(
        &self,
        it: &Incident,
        page: Option<PageId>,
        who: &UserId,
        channel: Option<&ChannelId>,
    ) -> Result<bool, ReadError> {
        let history = self.history(it.id).await?;
        let taken_out = history.iter().rposition(|(_, event)| match &event.what {
            What::Access(access::Fact::Removed { who: whom, .. }) => whom == who,
            _ => false,
        });
        let is_asked = page.and_then(|page| it.page(page)).is_some_and(|page| page.asks(who));
        let since = &history[taken_out.map_or(0, |n| n + 1)..];
        Ok((is_asked && taken_out.is_none())
            || since.iter().any(|(_, event)| match &event.what {
                What::PageAttempted { page: of, attempt } => {
                    let is_here = || attempt.outcome.message().is_some_and(|(at, _)| Some(at) == channel);
                    page.is_none_or(|page| page == *of)
                        && attempt.outcome.arrived()
                        && (attempt.to.person() == Some(who) || is_here())
                }
                _ => false,
            }))
    }
}

impl Sight<'_> {
    /// The same for a guest, or somebody of another organisation: they find what they have to do with, in lists and by its number,
    /// and nothing else.
    #[must_use]
    pub const fn as_outsider(self, outside: bool) -> Self {
        Sight { outside, ..self }
    }

    /// Is it a guest's, or that of somebody of another organisation?
    #[must_use]
    pub const fn is_outside(self) -> bool {
        self.outside
    }

    /// Have they to do with it, so far as that counts for them?
    fn lists(self, it: &Incident) -> bool {
        let theirs = || it.declared_by == *self.who || it.case.is_engaged(self.who) || people(it).contains(self.who);
        let asked = || it.course.consults.iter().any(|question| question.to.as_ref() == Some(self.who));
        !self.outside || theirs() || asked() || it.pages.iter().any(|page| page.asks(self.who))
    }

    /// An incident.
    ///
    /// # Errors
    /// The same rejection for one that does not exist and for one that this person may not see.
    pub async fn incident(self, id: IncidentId) -> Result<Arc<Incident>, Refusal> {
        let rejected = |why| Refusal::Rejected { why, incident: None };
        let it = self.engine.incident(id).await?.ok_or_else(|| rejected(Rejection::NoSuchIncident(id)))?;
        // Who is inside a need-to-know incident is on its list, wherever they are from.
        if !it.is_secret() && !self.lists(&it) {
            return Err(rejected(Rejection::NoSuchIncident(id)));
        }
        if self.engine.may_see(&it, self.who).await? { Ok(it) } else { Err(rejected(access::refused(&it))) }
    }

    /// May this person see that incident, if there is one?
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn sees(self, id: IncidentId) -> Result<bool, ReadError> {
        match self.engine.incident(id).await? {
            Some(it) => self.engine.may_see(&it, self.who).await,
            None => Ok(false),
        }
    }

    /// Where an incident is worked on, in its room or in a thread, for all who read there; none of what is need-to-know.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn place_of(self, id: IncidentId) -> Result<Option<ChannelId>, ReadError> {
        let it = self.engine.incident(id).await?.filter(|it| !it.is_secret());
        Ok(it.and_then(|it| {
            let room = it.room.as_ref().map(|room| &room.channel);
            room.or_else(|| it.intake.in_thread().map(|thread| &thread.channel)).cloned()
        }))
    }

    /// May they answer that page, or any of the incident's, where they read it in `channel`?
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn may_answer(
        self,
        id: IncidentId,
        page: Option<PageId>,
        channel: Option<&ChannelId>,
    ) -> Result<bool, ReadError> {
        match self.engine.incident(id).await? {
            Some(it) => self.engine.may_answer(&it, page, self.who, channel).await,
            None => Ok(false),
        }
    }

    /// Everything that happened to an incident.
    ///
    /// # Errors
    /// As [`Sight::incident`].
    pub async fn history(self, id: IncidentId) -> Result<Vec<(u64, Event)>, Refusal> {
        self.incident(id).await?;
        Ok(self.engine.history(id).await?)
    }

    /// The incident whose room this is. In the room of a stub people are told that it goes on elsewhere.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn in_room(self, channel: &ChannelId) -> Result<Option<IncidentId>, ReadError> {
        let Some(id) = self.engine.in_room(channel).await? else { return Ok(None) };
        let Some(it) = self.engine.incident(id).await? else { return Ok(None) };
        let known = it.access.moved.is_some() || may_see(&it, self.who);
        Ok(known.then_some(id))
    }

    /// The incident whose thread hangs below this message.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn in_thread(self, root: &MessageRef) -> Result<Option<IncidentId>, ReadError> {
        let Some(id) = self.engine.in_thread(root).await? else { return Ok(None) };
        let Some(it) = self.engine.incident(id).await? else { return Ok(None) };
        let known = it.access.moved.is_some() || may_see(&it, self.who);
        Ok(known.then_some(id))
    }

    /// The incident with this codename.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn codenamed(self, word: &str) -> Result<Option<IncidentId>, ReadError> {
        let Some(id) = access::numbered(word) else { return Ok(None) };
        let it = self.engine.incident(id).await?;
        Ok(it.filter(|it| may_see(it, self.who)).map(|it| it.id))
    }

    /// The timeline entry that was taken from this message.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn entry_of(self, message: &MessageRef) -> Result<Option<(IncidentId, u64)>, ReadError> {
        for (id, entry) in self.engine.entries_of(message).await? {
            if let Some(it) = self.engine.incident(id).await?
                && self.engine.may_see(&it, self.who).await?
            {
                return Ok(Some((id, entry)));
            }
        }
        Ok(None)
    }

    /// Incidents that go on, latest first.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn open(self, limit: usize) -> Result<Vec<Arc<Incident>>, ReadError> {
        self.listed(key::OPEN, limit, |_| true).await
    }

    /// All incidents, latest first.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn recent(self, limit: usize) -> Result<Vec<Arc<Incident>>, ReadError> {
        self.listed(key::ALL, limit, |_| true).await
    }

    /// Incidents that go on and that this person has to do with, latest first.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn mine(self, limit: usize) -> Result<Vec<Arc<Incident>>, ReadError> {
        self.listed(&key::whose(self.who), limit, |_| true).await
    }

    /// Incidents that go on and that this person has to do with, the others that go on, and those that are over: so many of
    /// each, latest first.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn home(self, limit: usize) -> Result<[Vec<Arc<Incident>>; 3], ReadError> {
        Ok([
            self.mine(limit).await?,
            self.listed(key::OPEN, limit, |it| !people(it).contains(self.who)).await?,
            self.listed(key::ALL, limit, |it| !it.is_open()).await?,
        ])
    }

    /// Incidents whose title has all these words (the beginnings of words count), latest first.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn find(self, text: &str, limit: usize) -> Result<Vec<Arc<Incident>>, ReadError> {
        let mut found: Option<Vec<IncidentId>> = None;
        for word in tokens(text) {
            let hits = self.engine.store.docs(&format!("word/{word}"), None, FOUND, true).await?;
            let mut ids: Vec<IncidentId> = hits.iter().filter_map(|(k, _)| key::id_of(k)).collect();
            ids.sort_unstable_by(|a, b| b.cmp(a));
            ids.dedup();
            if let Some(before) = &found {
                ids.retain(|id| before.contains(id));
            }
            found = Some(ids);
        }
        let mut all = Vec::new();
        for series in Series::ALL {
            let ids = found.iter().flatten().copied().filter(|id| id.series == series);
            all.extend(self.first(ids, limit, |_| true).await?);
        }
        Ok(latest(all, limit))
    }

    /// Those that go on and are like this, the most alike first.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn similar_open(self, subject: &Subject, limit: usize) -> Result<Vec<Alike>, ReadError> {
        Ok(self.theirs(self.engine.similar_open(subject, self.most(limit)).await?, limit))
    }

    /// Those of the last half year that are like this, the most alike first.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn similar(self, subject: &Subject, limit: usize) -> Result<Vec<Alike>, ReadError> {
        Ok(self.theirs(self.engine.similar(subject, self.most(limit)).await?, limit))
    }

    /// How many are looked at, so that enough are left.
    const fn most(self, limit: usize) -> usize {
        if self.outside { usize::MAX } else { limit }
    }

    fn theirs(self, mut alike: Vec<Alike>, limit: usize) -> Vec<Alike> {
        alike.retain(|(it, _)| self.lists(it));
        alike.truncate(limit);
        alike
    }

    /// Those that are wanted. Each series counts for itself: the latest of all are among the latest of each.
    async fn listed(
        self,
        prefix: &str,
        limit: usize,
        wanted: impl Fn(&Incident) -> bool,
    ) -> Result<Vec<Arc<Incident>>, ReadError> {
        let mut all = Vec::new();
        for series in Series::ALL {
            let prefix = format!("{prefix}{}/", series.prefix());
            let (mut after, enough) = (None, all.len() + limit);
            while all.len() < enough {
                let keys = self.engine.store.docs(&prefix, after.as_deref(), CHUNK.min(limit), true).await?;
                let ids = keys.iter().filter_map(|(k, _)| key::id_of(k));
                all.extend(self.first(ids, enough - all.len(), &wanted).await?);
                match keys.into_iter().next_back() {
                    Some((last, _)) => after = Some(last),
                    None => break,
                }
            }
        }
        Ok(latest(all, limit))
    }

    /// The first of these that are wanted and may be seen.
    async fn first(
        self,
        ids: impl Iterator<Item = IncidentId>,
        limit: usize,
        wanted: impl Fn(&Incident) -> bool,
    ) -> Result<Vec<Arc<Incident>>, ReadError> {
        let mut seen = Vec::new();
        for id in ids {
            if seen.len() == limit {
                break;
            }
            let Some(it) = self.engine.incident(id).await? else { continue };
            if wanted(&it) && self.lists(&it) && self.engine.may_see(&it, self.who).await? {
                seen.push(it);
            }
        }
        Ok(seen)
    }
}

fn latest(mut all: Vec<Arc<Incident>>, limit: usize) -> Vec<Arc<Incident>> {
    all.sort_by_key(|it| (std::cmp::Reverse(it.declared_at), it.id.series, std::cmp::Reverse(it.id.number)));
    all.truncate(limit);
    all
}
