//! The words of a case's records, which the state does not have.

use std::collections::{BTreeMap, BTreeSet};

use super::{Engine, Refusal};
use crate::{
    ids::IncidentId,
    incident::{
        Command, Incident, What,
        case::{Ask, Fact, Standing},
    },
    store::ReadError,
};

impl Engine {
    /// What is recorded of the incident's case, by the events that have it: names, contacts, the plan, what was confirmed and
    /// what was told.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn case_facts(&self, it: &Incident) -> Result<BTreeMap<u64, Fact>, ReadError> {
        let mut places: BTreeSet<u64> = it.case.plan.iter().map(|plan| plan.seq).collect();
        for customer in &it.case.customers {
            places.extend([customer.seq, customer.contacts]);
            match customer.standing {
                Standing::Confirmed { seq, .. } | Standing::Told { seq, .. } | Standing::Acknowledged { seq, .. } => {
                    places.insert(seq);
                }
                Standing::Named | Standing::Cleared => {}
            }
        }
        places.extend(it.case.evidence.iter().flat_map(|e| [e.seq, e.passed]));
        places.extend(it.case.observations.iter().map(|o| o.seq));
        places.extend(it.case.engagements.iter().map(|e| e.seq));
        let mut facts = BTreeMap::new();
        for seq in places {
            if let Some(What::Case(fact)) = self.event(it.id, seq).await?.map(|event| event.what) {
                facts.insert(seq, fact);
            }
        }
        Ok(facts)
    }

    /// What a decision must know that the state does not have.
    pub(super) async fn with_words(&self, ask: &super::Ask, id: IncidentId, asked: &Ask) -> Result<Ask, Refusal> {
        Ok(match asked {
            Ask::NameCustomer { name, security, technical, .. } => {
                let (name, security, technical) = (name.clone(), security.clone(), technical.clone());
                Ask::NameCustomer { name, security, technical, known: self.names_of_customers(id).await? }
            }
            Ask::AttachReport { report, .. } => {
                Ask::AttachReport { report: *report, found: self.found_report(*report, &ask.by).await? }
            }
            Ask::DetachReport { report, .. } => {
                let (found, first) =
                    (self.found_report(*report, &ask.by).await?, self.first_report(id, *report).await?);
                Ask::DetachReport { report: *report, found, first }
            }
            Ask::AcknowledgeReport { report, .. } => {
                Ask::AcknowledgeReport { report: *report, found: self.found_report(*report, &ask.by).await? }
            }
            other => other.clone(),
        })
    }

    /// A record that came along stands in two streams: what is redacted in one is redacted in the other, where it still has its
    /// words there.
    pub(super) async fn redacted_beside(
        &self,
        id: IncidentId,
        entry: u64,
        why: &str,
    ) -> Result<Option<(IncidentId, Command)>, Refusal> {
        let Some((other, entry)) = self.twin(id, entry).await? else { return Ok(None) };
        let found = self.redactable(other, entry).await?.filter(|found| found.has_words);
        Ok(found.map(|found| (other, Command::Redact { entry, found: Some(found), why: why.to_owned() })))
    }

    /// Where the same record stands in the stream that the incident began as, or goes on as.
    async fn twin(&self, id: IncidentId, entry: u64) -> Result<Option<(IncidentId, u64)>, ReadError> {
        let Some(it) = self.incident(id).await? else { return Ok(None) };
        if let Some(from) = it.access.continues {
            let events = self.stored_events(id, entry, 1).await?;
            return Ok(events.iter().find_map(|(_, event)| Some((from, event.came_from()?))));
        }
        let Some(goes_on) = it.access.moved.map(|moved| moved.to) else { return Ok(None) };
        let Some(length) = self.incident(goes_on).await?.and_then(|it| usize::try_from(it.version).ok()) else {
            return Ok(None);
        };
        let events = self.stored_events(goes_on, 1, length).await?;
        Ok(events.iter().find(|(_, event)| event.came_from() == Some(entry)).map(|(seq, _)| (goes_on, *seq)))
    }

    /// A new customer is told from those that are there by their names.
    async fn names_of_customers(&self, id: IncidentId) -> Result<BTreeMap<u32, String>, ReadError> {
        let mut known = BTreeMap::new();
        if let Some(it) = self.incident(id).await? {
            for fact in self.case_facts(&it).await?.into_values() {
                if let Fact::CustomerNamed { customer, name, .. } = fact {
                    known.extend(name.words().map(|words| (customer, words.to_owned())));
                }
            }
        }
        Ok(known)
    }
}
