use super::{
    Door,
    dispatch::{Spoken, dispatch},
    inbound::Interaction,
    interaction::tell,
    message,
};
use crate::ids::UserId;

pub async fn pressed(door: &Door, it: &Interaction, me: &UserId) {
    let Some(action) = it.actions.as_ref().and_then(|a| a.first()) else { return };
    let id = action.action_id.as_deref().unwrap_or_default();
    if id.starts_with(message::SAY) {
        let channel = it.at();
        let spoken = Spoken {
            channel: channel.as_ref(),
            trigger: it.trigger_id.as_deref(),
            text: action.value().unwrap_or_default(),
            ..Spoken::by(me)
        };
        tell(door, it, me, dispatch(door, &spoken).await).await;
    }
}
