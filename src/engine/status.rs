//! Our own status page: a stream of its own, and what stands on it for whoever serves or shows it.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;

use super::{ATTEMPTS, Edited, Engine, Refusal, kept::Outcome, projection::key, subscribers::all_rows};
use crate::{
    ids::StreamId,
    incident::{Actor, Text, comms::Published},
    ports::{Connector, Found, Publication, Trouble},
    status::{Change, POSTED_VERSION, Page, Post, PostId, Posted, Standing, Update},
    store::{Append, Commit, NewJob, ReadError},
};

/// How many posts are served at once: those that are open are all among them, for the rest there is the record.
const POSTS: usize = 500;

/// The stream of the page.
pub(crate) fn stream() -> StreamId {
    StreamId::Org(key::STATUS.to_owned())
}

/// The stream that has something in it from the first start on.
pub(crate) fn first_stream() -> StreamId {
    Edited::Playbook.stream()
}

/// The last one that was read.
#[derive(Debug, Default)]
pub(super) struct StatusCache(Mutex<Option<Arc<Standing>>>);

impl Engine {
    /// What stands on our own page now.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn status_page(&self) -> Result<Arc<Standing>, ReadError> {
        let length = self.store.length(&stream()).await?;
        let last = self.status.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(last) = last.filter(|last| last.page.version == length) {
            return Ok(last);
        }
        let page: Page = self.status_doc(key::STATUS_PAGE_DOC).await?.unwrap_or_default();
        let keys = self.store.docs(key::STATUS_POSTS, None, POSTS, true).await?;
        let mut posts = Vec::new();
        for (_, id) in &keys {
            posts.extend(self.post(&PostId(String::from_utf8_lossy(id).into_owned())).await?);
        }
        let since = self.began().await?;
        let standing = Arc::new(Standing { page, posts, since });
        *self.status.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&standing));
        Ok(standing)
    }

    /// When the record began: the first thing in it is the playbook that came into force.
    async fn began(&self) -> Result<Option<Timestamp>, ReadError> {
        Ok(self.store.events(&first_stream(), 1, 1).await?.pop().map(|first| first.at))
    }

    /// A post of the page.
    pub(super) async fn post(&self, id: &PostId) -> Result<Option<Post>, ReadError> {
        self.status_doc(&key::status_post(id)).await
    }

    async fn status_doc<T: serde::de::DeserializeOwned>(&self, key: &str) -> Result<Option<T>, ReadError> {
        let Some(bytes) = self.store.doc(key).await? else { return Ok(None) };
        let read = serde_json::from_slice(&bytes);
        read.map(Some).map_err(|e| ReadError(format!("`{key}` is of another release: {e}")))
    }

    /// Changes the page, unless `known` finds that it is so already.
    ///
    /// # Errors
    /// [`Refusal`]s of the store.
    pub async fn change_status_page(
        &self,
        by: &Actor,
        what: Change,
        known: impl Fn(&Post) -> bool,
    ) -> Result<(), Refusal> {
        for _ in 0..ATTEMPTS {
            let length = self.store.length(&stream()).await?;
            let post = self.post(what.post()).await?;
            if post.as_ref().is_some_and(&known) {
                return Ok(());
            }
            let at = self.clock.now();
            let body = Posted { v: POSTED_VERSION, at, by: by.clone(), what: what.clone() };
            let commit = Commit {
                expect: vec![(stream(), length)],
                append: vec![Append::new(stream(), &body)],
                erase: erased(&what, post.as_ref()).collect(),
                enqueue: self.subscribers_told(&what, length + 1, at).await?,
                at: Some(at),
                ..Commit::default()
            };
            match self.committed(commit).await? {
                Outcome::Done | Outcome::Known(_) => return Ok(()),
                Outcome::Again => {}
            }
        }
        Err(Refusal::Busy)
    }
}

impl Engine {
    /// What tells subscribers of a fact, where they are to be told and there are any.
    pub(super) async fn subscribers_told(
        &self,
        what: &Change,
        fact: u64,
        now: Timestamp,
    ) -> Result<Vec<NewJob>, ReadError> {
        let page = self.settings().status_page.as_ref();
        let are_told = what.notifies() && page.is_some_and(|page| page.subscribers.is_some());
        let are_there = are_told && self.subscribers_count().await?.confirmed > 0;
        Ok(if are_there { all_rows(fact, now) } else { Vec::new() })
    }
}

/// The events whose words go: those of an update, and of its corrections; or of all.
fn erased(what: &Change, post: Option<&Post>) -> impl Iterator<Item = (StreamId, u64)> {
    let found: Vec<&Update> = match what {
        Change::UpdateRedacted { update, .. } => {
            post.into_iter().flat_map(|p| &p.updates).filter(|u| u.key == *update).collect()
        }
        Change::IncidentTakenDown { .. } => post.into_iter().flat_map(|p| &p.updates).collect(),
        Change::IncidentPosted { .. }
        | Change::UpdateCorrected { .. }
        | Change::MaintenancePlanned { .. }
        | Change::MaintenanceNear { .. }
        | Change::MaintenanceMoved { .. }
        | Change::MaintenanceCancelled { .. } => Vec::new(),
    };
    found.into_iter().flat_map(|update| update.seqs.clone()).map(|seq| (stream(), seq))
}

/// Our own page, as a place that takes texts.
pub struct OwnPage(pub Arc<Engine>);

impl fmt::Debug for OwnPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnPage")
    }
}

impl OwnPage {
    fn at(&self, text: &Publication, update: &str) -> Published {
        let page = self.0.settings().status_page.as_ref().and_then(|page| page.url.as_deref());
        let link = page.map(|url| format!("{url}/incidents/{}", text.incident));
        Published { thread: text.incident.clone(), update: update.to_owned(), link }
    }

    async fn post(&self, id: &str) -> Result<Option<Post>, Trouble> {
        self.0.post(&id.into()).await.map_err(|error| Trouble::Unreachable(error.to_string()))
    }

    async fn change(&self, what: Change, known: impl Fn(&Post) -> bool) -> Result<(), Trouble> {
        let changed = self.0.change_status_page(&Actor::Bot, what, known).await;
        changed.map_err(|refusal| Trouble::Unreachable(refusal.to_string()))
    }
}

#[async_trait::async_trait]
impl Connector for OwnPage {
    async fn publish(&self, text: &Publication, _: Option<&Published>) -> Result<Published, Trouble> {
        let posted = Change::IncidentPosted {
            post: text.incident.as_str().into(),
            update: text.key.clone(),
            name: Text::new(text.title.clone()),
            body: Text::new(text.body.clone()),
            status: text.status,
            impact: text.impact.clone(),
            started_at: text.started_at,
            next_by: text.next_by,
            notify: text.notify,
        };
        self.change(posted, |post| post.updates.iter().any(|u| u.key == text.key)).await?;
        Ok(self.at(text, &text.key))
    }

    async fn find(&self, text: &Publication, _: Option<&Published>) -> Result<Found, Trouble> {
        let there = self.post(&text.incident).await?.is_some_and(|post| post.updates.iter().any(|u| u.key == text.key));
        Ok(if there { Found::There(self.at(text, &text.key)) } else { Found::Nowhere })
    }

    async fn correct(&self, at: &Published, text: &Publication) -> Result<Published, Trouble> {
        let post = self.0.post(&at.thread.as_str().into()).await;
        let post = post.map_err(|error| Trouble::Unreachable(error.to_string()))?;
        // The headline is that of the latest update.
        let is_latest = post.and_then(|post| post.updates.last().map(|u| u.key == at.update)).unwrap_or(false);
        let (name, body) = (is_latest.then(|| Text::new(text.title.clone())), Text::new(text.body.clone()));
        let corrected = Change::UpdateCorrected {
            post: at.thread.as_str().into(),
            update: at.update.clone(),
            name: name.clone(),
            body: body.clone(),
        };
        let says_so = |post: &Post| {
            let body = post.updates.iter().any(|u| u.key == at.update && u.body == body);
            body && name.as_ref().is_none_or(|name| post.name == *name)
        };
        self.change(corrected, says_so).await?;
        Ok(self.at(text, &at.update))
    }

    async fn withdraw(&self, at: &Published) -> Result<bool, Trouble> {
        let redacted = Change::UpdateRedacted { post: at.thread.as_str().into(), update: at.update.clone() };
        self.change(redacted, |post| post.updates.iter().all(|u| u.key != at.update || u.body.words().is_none()))
            .await?;
        Ok(true)
    }

    async fn take_down(&self, at: &Published) -> Result<bool, Trouble> {
        if self.post(&at.thread).await?.is_some() {
            self.change(Change::IncidentTakenDown { post: at.thread.as_str().into() }, |_| false).await?;
        }
        Ok(true)
    }
}
