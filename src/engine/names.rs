//! What the public reads in the place of numbers: names that say nothing of what they stand for, even to those who guess well. They are
//! made with a key that stands in the record alone, in a stream of its own, from when the first one is wanted.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::{ATTEMPTS, Engine, Refusal, kept::Outcome};
use crate::{
    ids::{IncidentId, StreamId},
    playbook::OutletId,
    store::{Append, Commit, ReadError},
};

/// The stream that holds the key.
const STREAM: &str = "public-names";
/// How much of the digest a name has, in bytes.
const LENGTH: usize = 12;

/// The one fact of that stream.
#[derive(Serialize, Deserialize)]
struct Made {
    v: u8,
    at: Timestamp,
    key: String,
}

impl Engine {
    /// What an incident is called in public; always the same.
    ///
    /// # Errors
    /// [`Refusal`]s of the store.
    pub async fn public_id(&self, id: IncidentId) -> Result<String, Refusal> {
        self.public_name(&format!("incident/{id}")).await
    }

    /// What a text is called in public, as it stands in a channel of the register, or a correction of it (from 1); always the same.
    ///
    /// # Errors
    /// [`Refusal`]s of the store.
    pub async fn public_key(
        &self,
        id: IncidentId,
        send: u32,
        outlet: &OutletId,
        correction: u32,
    ) -> Result<String, Refusal> {
        let text = format!("text/{id}/{send}/{outlet}");
        self.public_name(&if correction == 0 { text } else { format!("{text}/{correction}") }).await
    }

    /// What a message in a channel of the register is known by, which others may read; always the same for the key of its job.
    ///
    /// # Errors
    /// [`Refusal`]s of the store.
    pub async fn public_mark(&self, key: &str) -> Result<String, Refusal> {
        self.public_name(&format!("mark/{key}")).await
    }

    async fn public_name(&self, of: &str) -> Result<String, Refusal> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.naming_key().await?).expect("a key of any length will do");
        mac.update(of.as_bytes());
        Ok(hex::encode(&mac.finalize().into_bytes()[..LENGTH]))
    }

    async fn naming_key(&self) -> Result<Vec<u8>, Refusal> {
        let stream = StreamId::Org(STREAM.to_owned());
        for _ in 0..ATTEMPTS {
            if let Some(first) = self.store.events(&stream, 1, 1).await?.pop() {
                let made = serde_json::from_value(first.body).ok().and_then(|made: Made| hex::decode(made.key).ok());
                return Ok(made.ok_or_else(|| ReadError(format!("event 1 of {stream} is of another release")))?);
            }
            let mut key = [0; 32];
            getrandom::fill(&mut key).map_err(|e| Refusal::Closed(format!("no random numbers: {e}")))?;
            let at = self.clock.now();
            let made = Made { v: 1, at, key: hex::encode(key) };
            let expect = vec![(stream.clone(), 0)];
            let append = vec![Append::new(stream.clone(), &made)];
            // Whoever was faster made the one that counts.
            match self.committed(Commit { expect, append, at: Some(at), ..Commit::default() }).await? {
                Outcome::Done | Outcome::Known(_) | Outcome::Again => {}
            }
        }
        Err(Refusal::Busy)
    }
}
