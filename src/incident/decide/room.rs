//! What came of the room.

use jiff::Timestamp;

use crate::{
    ids::ChannelId,
    incident::{Incident, Rejection, Room, RoomLoss, RoomState, What},
};

pub(super) fn opened(it: &Incident, channel: &ChannelId, name: &str) -> Result<Vec<What>, Rejection> {
    match &it.room {
        Some(room) if room.channel == *channel => Err(Rejection::AlreadySo),
        Some(_) | None => Ok(vec![What::RoomOpened { channel: channel.clone(), name: name.to_owned() }]),
    }
}

pub(super) fn lost(it: &Incident, how: RoomLoss, at: Option<Timestamp>) -> Result<Vec<What>, Rejection> {
    match &it.room {
        Some(Room { state: RoomState::Open, .. }) => Ok(vec![What::RoomLost { how, at }]),
        Some(Room { state: RoomState::Lost(_), .. }) | None => Err(Rejection::AlreadySo),
    }
}

pub(super) fn back(
    it: &Incident,
    channel: &ChannelId,
    name: &str,
    at: Option<Timestamp>,
) -> Result<Vec<What>, Rejection> {
    match &it.room {
        // Told late: it was so before the room was lost, and is not any more.
        Some(Room { lost_at: Some(lost), .. }) if at.is_some_and(|at| at < *lost) => Err(Rejection::AlreadySo),
        Some(room) if room.channel == *channel && (room.name != name || room.state != RoomState::Open) => {
            Ok(vec![What::RoomBack { channel: channel.clone(), name: name.to_owned() }])
        }
        Some(_) | None => Err(Rejection::AlreadySo),
    }
}
