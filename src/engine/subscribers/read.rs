//! Subscribers as they stand.

use crate::{
    engine::{
        Engine,
        projection::{Headcount, key},
    },
    status::Subscriber,
    store::ReadError,
};

impl Engine {
    /// How many subscribers there are.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn subscribers_count(&self) -> Result<Headcount, ReadError> {
        self.folded(key::SUBSCRIBERS_COUNT).await
    }

    /// The subscription that this token stands for.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn subscription(&self, token: &str) -> Result<Option<Subscriber>, ReadError> {
        let now = self.clock.now();
        let found = self.subscriber_by("token", token).await?;
        Ok(found.filter(|it| it.expires_at().is_none_or(|until| now < until)))
    }

    pub(super) async fn subscriber_by(&self, what: &str, value: &str) -> Result<Option<Subscriber>, ReadError> {
        let Some(number) = self.store.doc(&key::subscriber_by(what, value)).await? else { return Ok(None) };
        let number = std::str::from_utf8(&number).ok().and_then(|number| number.parse().ok());
        match number {
            Some(number) => self.subscriber(number).await,
            None => Ok(None),
        }
    }

    /// A subscriber by number.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn subscriber(&self, number: u64) -> Result<Option<Subscriber>, ReadError> {
        let Some(bytes) = self.store.doc(&key::subscriber(number)).await? else { return Ok(None) };
        parsed(&bytes).map(Some)
    }

    /// Up to `limit` subscribers of a row behind a number, in order.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn subscribers_of(&self, row: u64, after: u64, limit: usize) -> Result<Vec<Subscriber>, ReadError> {
        let prefix = key::subscribers(row);
        let after = format!("{prefix}{after:012}");
        let found = self.store.docs(&prefix, Some(&after), limit, false).await?;
        found.iter().map(|(_, bytes)| parsed(bytes)).collect()
    }
}

fn parsed(bytes: &[u8]) -> Result<Subscriber, ReadError> {
    serde_json::from_slice(bytes).map_err(|e| ReadError(format!("a subscriber is of another release: {e}")))
}
