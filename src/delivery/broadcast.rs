//! What is said outside the room: the line in the incidents channel, and status updates.

use super::{
    Delivery,
    errand::{Errand, Stop},
    posting::receipt,
};
use crate::render;

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

    /// A status update for those outside.
    pub(super) async fn broadcast(&self, it: &Errand, seq: u64) -> Result<(), Stop> {
        let Some(channel) = &self.engine.settings().updates_channel else { return self.end(it, None).await };
        let channel = self.configured(channel).await?;
        let event = self.event_of(it, seq).await?;
        let message = render::update_broadcast(self.world(it), &it.incident, &event);
        let posted = self.post_once(it, &channel, &message, it.job.due).await?;
        self.end(it, Some(receipt(&posted.at))).await
    }
}
