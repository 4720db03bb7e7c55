//! The words of a case's records, which the state does not have.

use std::collections::{BTreeMap, BTreeSet};

use super::{Engine, Refusal};
use crate::{
    ids::IncidentId,
    incident::{
        Incident, What,
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
        let mut facts = BTreeMap::new();
        for seq in places {
            if let Some(What::Case(fact)) = self.event(it.id, seq).await?.map(|event| event.what) {
                facts.insert(seq, fact);
            }
        }
        Ok(facts)
    }

    /// A new customer is told from those that are there by their names.
    pub(super) async fn with_names(&self, id: IncidentId, asked: &Ask) -> Result<Ask, Refusal> {
        let Ask::NameCustomer { name, security, technical, .. } = asked else { return Ok(asked.clone()) };
        let mut known = BTreeMap::new();
        if let Some(it) = self.incident(id).await? {
            for fact in self.case_facts(&it).await?.into_values() {
                if let Fact::CustomerNamed { customer, name, .. } = fact {
                    known.extend(name.words().map(|words| (customer, words.to_owned())));
                }
            }
        }
        Ok(Ask::NameCustomer { name: name.clone(), security: security.clone(), technical: technical.clone(), known })
    }
}
