//! What is said outside the room: the line in the incidents channel, and status updates.

use super::{
    Delivery,
    errand::{Errand, Stop},
    posting::receipt,
};
use crate::{ports::Trouble, render};

/// The lane that status updates wait in.
const UPDATES: &str = "updates";
/// How many waiting updates are looked through for one that is about to be posted.
const WAITING: usize = 1000;

impl Delivery {
    /// The line in the incidents channel, as it stands.
    pub(super) async fn announce(&self, it: &Errand) -> Result<(), Stop> {
        let Some(channel) = &self.engine.settings().announce_channel else { return self.end(it, None).await };
        let channel = self.configured(channel).await?;
        let message = render::announcement(self.world(), &it.incident);
        let posted = self.show(it, &channel, &message).await?;
        self.end(it, Some(receipt(&posted.at))).await
    }

    /// A status update for those outside.
    pub(super) async fn broadcast(&self, it: &Errand, seq: u64) -> Result<(), Stop> {
        let Some(channel) = &self.engine.settings().updates_channel else { return self.end(it, None).await };
        let channel = self.configured(channel).await?;
        let event = self.event_of(it, seq).await?;
        let message = render::update_broadcast(self.world(), &it.incident, &event);
        let posted = self.post_once(it, &channel, &message, it.job.due).await?;
        self.end(it, Some(receipt(&posted.at))).await
    }

    /// Takes back the words that were posted for an event, in the room and outside.
    pub(super) async fn retract(&self, it: &Errand, seq: u64) -> Result<(), Stop> {
        let id = it.incident.id;
        let broadcast = format!("broadcast/{id}/{seq}");
        let message = render::retracted(&it.incident, seq);
        // An update that is being posted at this moment may carry the words, and has no receipt yet.
        let waiting = self.engine.store().lane(UPDATES, WAITING).await?;
        if waiting.iter().any(|job| job.key == broadcast) {
            return Err(Stop::NotYet);
        }
        let mut refused = None;
        for key in [format!("say/{id}/{seq}"), broadcast] {
            let Some(at) = self.receipt(&key).await? else { continue };
            match self.chat.update(&at, &message).await {
                Ok(()) => {}
                Err(Trouble::Refused(code)) if code == "message_not_found" => {}
                // Where it is refused in one place it is still to be done in the other.
                Err(trouble @ Trouble::Refused(_)) => refused = Some(trouble),
                Err(trouble) => return Err(trouble.into()),
            }
        }
        if let Some(trouble) = refused {
            return Err(trouble.into());
        }
        self.end(it, None).await
    }
}
