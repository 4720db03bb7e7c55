//! People hear that Slack can bring us nothing, and that it can again.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Delivery, errand::Stop, posting::Parcel};
use crate::{ids::ChannelId, incident::MessageRef, render};

/// In so many rooms at most.
const ROOMS: usize = 50;

/// Where it was said.
#[derive(Debug, Default)]
pub struct Told(BTreeMap<ChannelId, MessageRef>);

impl Delivery {
    /// Says, wherever it was not said before, that nothing has come from Slack since then. What cannot be said now is for the next time.
    /// Ends early where it is not so any more.
    pub async fn say_deaf(&self, since: Timestamp, told: &mut Told, is_so: impl Fn() -> bool) {
        let places = match self.listeners().await {
            Ok(places) => places,
            Err(why) => return tracing::warn!(?why, "where to say that Slack brings nothing is not known yet"),
        };
        for channel in places {
            if !is_so() {
                return;
            }
            if told.0.contains_key(&channel) {
                continue;
            }
            let key = format!("deaf/{since}/{channel}");
            // An earlier try is one of this process, or the process before it said nothing of its end: then both stand there.
            let parcel = Parcel { key: &key, look: true, since, under: None };
            match self.send_once(&parcel, &channel, &render::deaf(since)).await {
                Ok(posted) => {
                    self.forget(&key);
                    told.0.insert(channel, posted.at);
                }
                Err(why) => tracing::warn!(?why, "a room was not told yet that Slack brings nothing"),
            }
        }
    }

    /// Says in the same places that it is over.
    pub async fn say_heard(&self, since: Timestamp, until: Timestamp, told: Told) {
        let message = render::heard_again(since, until);
        for at in told.0.into_values() {
            if let Err(trouble) = self.chat.update(&at, &message).await {
                tracing::warn!(%trouble, "a room was not told that Slack brings things again");
            }
        }
    }

    /// The rooms of what is open, and where incidents are announced.
    async fn listeners(&self) -> Result<Vec<ChannelId>, Stop> {
        let open = self.engine.everything_open(ROOMS).await?;
        let mut places: Vec<ChannelId> =
            open.iter().filter_map(|it| it.room.as_ref().map(|room| room.channel.clone())).collect();
        if let Some(channel) = &self.engine.settings().announce_channel {
            match self.configured(channel).await {
                Ok(id) => places.push(id),
                Err(why) => tracing::warn!(?why, "the announcement channel was not told that Slack brings nothing"),
            }
        }
        Ok(places)
    }
}
