//! What can be looked up. Reads see everything that was answered.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Engine, Refusal,
    projection::{key, parse},
};
use crate::{
    ids::{ChannelId, IncidentId, Series, StreamId},
    incident::{Event, Incident, MessageRef, Redactable, Text, What, access::Fact, comms, duty},
    store::{ReadError, Recorded, Store},
};

/// How many events are read at a time.
const CHUNK: usize = 500;

/// The highest number of a series.
pub(super) async fn last_number(store: &dyn Store, series: Series) -> Result<u64, ReadError> {
    let prefix = format!("{}{}/", key::ALL, series.prefix());
    let last = store.docs(&prefix, None, 1, true).await?;
    Ok(last.first().and_then(|(k, _)| key::id_of(k)).map_or(0, |id| id.number))
}

impl Engine {
    /// An incident as it stands.
    pub async fn incident(&self, id: IncidentId) -> Result<Option<Arc<Incident>>, ReadError> {
        match self.incidents.cached(id) {
            Some(incident) => Ok(Some(incident)),
            None => self.stored(id).await,
        }
    }

    /// An incident as the store has it.
    pub(super) async fn stored(&self, id: IncidentId) -> Result<Option<Arc<Incident>>, ReadError> {
        let Some(bytes) = self.store.doc(&key::head(id)).await? else { return Ok(None) };
        let incident = parse(&bytes).ok_or_else(|| ReadError(format!("the state of {id} is of another release")))?;
        // It may have been declared by another process, under a playbook that came into force there first.
        if incident.playbook.as_ref().is_some_and(|edition| !self.books.knows(edition)) {
            Box::pin(self.books.catch_up(self.store.as_ref())).await?;
        }
        Ok(Some(Arc::new(incident)))
    }

    /// The incident whose room this is.
    pub async fn in_room(&self, channel: &ChannelId) -> Result<Option<IncidentId>, ReadError> {
        let stored = async {
            let bytes = self.store.doc(&key::room(channel)).await?;
            Ok(bytes.and_then(|b| String::from_utf8(b).ok()).and_then(|id| id.parse().ok()))
        };
        self.incidents.in_room(channel, stored).await
    }

    /// The incident whose thread hangs below this message.
    pub async fn in_thread(&self, root: &MessageRef) -> Result<Option<IncidentId>, ReadError> {
        let bytes = self.store.doc(&key::thread(&root.channel, &root.ts)).await?;
        Ok(bytes.and_then(|b| String::from_utf8(b).ok()).and_then(|id| id.parse().ok()))
    }

    /// Has this channel the thread of any incident?
    pub async fn has_threads(&self, channel: &ChannelId) -> Result<bool, ReadError> {
        Ok(!self.store.docs(&key::threads(channel), None, 1, false).await?.is_empty())
    }

    /// Open incidents that everybody may see, latest first.
    pub(super) async fn all_open(&self, limit: usize) -> Result<Vec<Arc<Incident>>, ReadError> {
        let prefix = format!("{}{}/", key::OPEN, Series::Inc.prefix());
        let keys = self.store.docs(&prefix, None, limit, true).await?;
        self.all_of(keys.iter().filter_map(|(k, _)| key::id_of(k))).await
    }

    pub(super) async fn all_of(&self, ids: impl Iterator<Item = IncidentId>) -> Result<Vec<Arc<Incident>>, ReadError> {
        let mut incidents = Vec::new();
        for id in ids {
            incidents.extend(self.incident(id).await?);
        }
        Ok(incidents)
    }

    /// Up to `limit` incidents that go on, whoever may see them.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn everything_open(&self, limit: usize) -> Result<Vec<Arc<Incident>>, ReadError> {
        let keys = self.store.docs(key::OPEN, None, limit, true).await?;
        self.all_of(keys.iter().filter_map(|(k, _)| key::id_of(k))).await
    }

    /// Up to `limit` events of an incident from place `from` on; what came along from another record reads as it was there.
    pub async fn events(&self, id: IncidentId, from: u64, limit: usize) -> Result<Vec<(u64, Event)>, ReadError> {
        let stored = self.stored_events(id, from, limit).await?;
        Ok(stored.into_iter().map(|(seq, event)| (seq, event.as_it_was())).collect())
    }

    /// The same as they are stored.
    pub(super) async fn stored_events(
        &self,
        id: IncidentId,
        from: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Event)>, ReadError> {
        let recorded = self.store.events(&StreamId::Incident(id), from, limit).await?;
        recorded.into_iter().map(event).collect()
    }

    /// One event of an incident.
    pub async fn event(&self, id: IncidentId, seq: u64) -> Result<Option<Event>, ReadError> {
        Ok(self.events(id, seq, 1).await?.pop().filter(|(at, _)| *at == seq).map(|(_, event)| event))
    }

    /// The words of the incident's open tasks, by the events that made them.
    pub async fn words_of_tasks(&self, it: &Incident) -> Result<BTreeMap<u64, Text>, ReadError> {
        let mut words = BTreeMap::new();
        for task in &it.duty.tasks {
            if let Some(Event { what: What::Duty(duty::Fact::TaskAdded { text, .. }), .. }) =
                self.event(it.id, task.seq).await?
            {
                words.insert(task.seq, text);
            }
        }
        Ok(words)
    }

    /// Every event of an incident.
    pub async fn history(&self, id: IncidentId) -> Result<Vec<(u64, Event)>, ReadError> {
        let mut all = Vec::new();
        loop {
            let from = all.last().map_or(1, |(seq, _)| seq + 1);
            let chunk = self.events(id, from, CHUNK).await?;
            let done = chunk.len() < CHUNK;
            all.extend(chunk);
            if done {
                return Ok(all);
            }
        }
    }

    /// The timeline entries that were taken from this message: of an open incident, and of a need-to-know one.
    pub async fn entries_of(&self, message: &MessageRef) -> Result<Vec<(IncidentId, u64)>, ReadError> {
        let mut entries = Vec::new();
        for key in [key::message(message, false), key::message(message, true)] {
            let Some(bytes) = self.store.doc(&key).await? else { continue };
            let text = String::from_utf8_lossy(&bytes).into_owned();
            entries.extend(text.split_once(' ').and_then(|(id, seq)| Some((id.parse().ok()?, seq.parse().ok()?))));
        }
        Ok(entries)
    }

    /// Whether an event has words that can be redacted, and which later ones edit it.
    pub(super) async fn redactable(&self, id: IncidentId, entry: u64) -> Result<Option<Redactable>, Refusal> {
        let history = if entry == 0 { Vec::new() } else { self.history(id).await? };
        let Some((_, event)) = history.iter().find(|(seq, _)| *seq == entry) else { return Ok(None) };
        let Some(has_words) = words_of(event) else { return Ok(None) };
        // What was said in the place of a text is as the text.
        let sent = match &event.what {
            What::Comms(comms::Fact::Sent { send, .. }) => Some(*send),
            _ => None,
        };
        let edits = history.iter().filter(|(_, e)| match &e.what {
            What::EntryEdited { entry: of, .. } => *of == entry,
            What::Comms(comms::Fact::Corrected { send, .. }) => Some(*send) == sent,
            _ => false,
        });
        let title = matches!(event.what, What::Declared { .. } | What::Renamed { .. });
        Ok(Some(Redactable { has_words, edits: edits.map(|(seq, _)| *seq).collect(), title }))
    }
}

/// Does the event still have the words that it was made with? `None` if it never had any.
fn words_of(event: &Event) -> Option<bool> {
    let text = match &event.what {
        What::Declared { title: text, .. }
        | What::Renamed { to: text }
        | What::UpdatePosted { text, .. }
        | What::EntryAdded { text, .. }
        | What::LinkAdded { url: text } => Some(text),
        What::SeverityChanged { why, .. }
        | What::PhaseChanged { why, .. }
        | What::Cancelled { why }
        | What::Reopened { why, .. }
        | What::RoleTaken { because: why, .. }
        | What::Access(
            Fact::LetIn { why, .. }
            | Fact::Removed { why, .. }
            | Fact::Moved { why, .. }
            | Fact::KindChanged { why, .. },
        ) => why.as_ref(),
        What::Duty(fact) => fact.text(),
        What::Intake(fact) => fact.words(),
        What::Course(fact) => fact.words(),
        What::Comms(fact) => return fact.words(),
        What::Case(fact) => fact.words(),
        What::Carried { record, .. } => return words_of(&Event { what: record.as_ref().clone(), ..event.clone() }),
        _ => None,
    };
    text.map(|t| t.words().is_some())
}

fn event(recorded: Recorded) -> Result<(u64, Event), ReadError> {
    let (stream, seq) = (recorded.stream, recorded.seq);
    let event = serde_json::from_value(recorded.body)
        .map_err(|e| ReadError(format!("event {seq} of {stream} was written by another release: {e}")))?;
    Ok((seq, event))
}
