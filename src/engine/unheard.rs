//! Words typed to the bot itself. Nobody reads them: whoever typed them is told so, and the words are not kept.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{Engine, REMEMBERED, Refusal};
use crate::{
    ids::{ChannelId, MessageTs, UserId},
    incident::MessageRef,
    store::{Commit, CommitError, Json, NewJob, OnPending, Queue, Remember},
};

/// What the lanes of this work begin with.
const LANES: &str = "unheard/";
/// For how long one answer is enough, whatever somebody goes on typing.
const ENOUGH: SignedDuration = SignedDuration::from_mins(10);

/// The body of an outbox entry that answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unheard {
    /// Version of this shape.
    pub v: u8,
    /// In which conversation.
    pub channel: ChannelId,
    /// In the thread below which message.
    pub thread: Option<MessageTs>,
}

impl Unheard {
    /// The message in whose thread the answer belongs.
    #[must_use]
    pub fn under(&self) -> Option<MessageRef> {
        self.thread.clone().map(|ts| MessageRef { channel: self.channel.clone(), ts })
    }
}

/// Is this the lane of such answers, and not of an incident's work?
pub fn is_unheard(lane: &str) -> bool {
    lane.starts_with(LANES)
}

impl Engine {
    /// Somebody typed to the bot. They hear once in a while that it reached nobody; `key` is the event's own, which may come again.
    ///
    /// # Errors
    /// Where the record cannot be written.
    pub async fn unheard(
        &self,
        key: Option<String>,
        who: &UserId,
        channel: ChannelId,
        thread: Option<MessageTs>,
    ) -> Result<(), Refusal> {
        let now = self.clock.now();
        let known = |key: String, time| Remember {
            key,
            until: now.saturating_add(time).unwrap_or(now),
            answer: Json::of(&true),
        };
        let lane = format!("{LANES}{who}");
        let mut remember: Vec<Remember> = key.map(|key| known(key, REMEMBERED)).into_iter().collect();
        let mut enqueue = Vec::new();
        if !self.knows(&lane).await? {
            remember.push(known(lane.clone(), ENOUGH));
            let body = Json::of(&Unheard { v: 1, channel, thread });
            let (key, queue) = (lane.clone(), Queue::Lane(lane));
            enqueue.push(NewJob { key, queue, due: now, on_pending: OnPending::Keep, body });
        }
        let commit = Commit { enqueue, remember, at: Some(now), ..Commit::default() };
        match self.store.commit(commit).await {
            // It was answered, or they were a moment ago.
            Ok(()) | Err(CommitError::Known { .. }) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }
}
