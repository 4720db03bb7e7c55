//! What is said to us in the thread of an incident.

use super::{
    Door,
    dispatch::{Spoken, dispatch},
    message,
};
use crate::{
    ids::{IncidentId, UserId},
    incident::MessageRef,
    render::Message,
};

/// What somebody asks in an incident's thread by mentioning us, since Slack has no commands there. Nothing is answered where the
/// thread itself says what was done.
pub async fn mentioned(
    door: &Door,
    key: Option<String>,
    who: &UserId,
    root: &MessageRef,
    id: IncidentId,
    text: &str,
) -> Option<Message> {
    // `<@U123> note …`, wherever in the sentence we are mentioned.
    let text = match door.me().await {
        Some(me) => text.replace(&format!("<@{me}>"), " "),
        None => text.split_once('>').map_or(text, |(_, rest)| rest).to_owned(),
    };
    let verb = text.split_whitespace().next().and_then(crate::command::verb);
    if verb.is_none_or(|v| !v.is_now()) {
        return Some(message::say(&format!(
            "Mention me with a verb, and I do it for {id}: `note <text>`, `fix <text>`, `update <text>`, `page @person`, \
             `resolve`. `/incident {id} …` does the same anywhere else."
        )));
    }
    let spoken = Spoken { key, channel: Some(&root.channel), here: Some(id), text: text.trim(), ..Spoken::by(who) };
    dispatch(door, &spoken).await.message()
}
