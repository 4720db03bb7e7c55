//! What is said outside the room: the line in the incidents channel, and status updates.

use super::{
    Delivery,
    errand::{Errand, Stop},
    posting::{is_gone, receipt},
};
use crate::{ports::Trouble, render};

/// The lane that status updates wait in.
pub(super) const UPDATES: &str = "updates";

impl Delivery {
    /// The line in the incidents channel, as it stands.
    pub(super) async fn announce(&self, it: &Errand) -> Result<(), Stop> {
        let Some(channel) = &self.engine.settings().announce_channel else { return self.end(it, None).await };
        let channel = self.configured(channel).await?;
        let message = render::announcement(self.world(it), &it.incident);
        let posted = self.show(it, &channel, &message).await?;
        self.end(it, Some(receipt(&posted.at))).await
    }

    /// A status update for those outside; where it is there already, what it promises now.
    pub(super) async fn broadcast(&self, it: &Errand, seq: u64) -> Result<(), Stop> {
        let Some(channel) = &self.engine.settings().updates_channel else { return self.end(it, None).await };
        let event = self.event_of(it, seq).await?;
        let message = render::update_broadcast(self.world(it), &it.incident, seq, &event);
        let at = if let Some(at) = self.receipt(&it.job.key).await? {
            match self.chat.update(&at, &message).await {
                // Somebody deleted it: nobody reads its promise any more.
                Err(Trouble::Refused(code)) if is_gone(&code) => {}
                updated => updated?,
            }
            at
        } else {
            let channel = self.configured(channel).await?;
            self.post_once(it, &channel, &message, event.at).await?.at
        };
        self.end(it, Some(receipt(&at))).await
    }
}
