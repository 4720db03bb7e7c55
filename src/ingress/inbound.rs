//! What Slack sends, leniently: every field may be missing or null, unknown ones are ignored.

use serde::Deserialize;
use serde_json::Value;

use crate::{
    ids::{ChannelId, MessageTs, UserId},
    incident::MessageRef,
};

/// A slash command.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Slash {
    pub text: Option<String>,
    pub user_id: Option<String>,
    pub channel_id: Option<String>,
    pub trigger_id: Option<String>,
    pub response_url: Option<String>,
    pub ssl_check: Option<String>,
}

/// The envelope of an interaction.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Payload {
    pub payload: Option<String>,
    pub ssl_check: Option<String>,
}

/// An interaction.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Interaction {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub user: Option<Named>,
    pub channel: Option<Named>,
    pub container: Option<Container>,
    pub message: Option<Message>,
    pub trigger_id: Option<String>,
    pub response_url: Option<String>,
    pub callback_id: Option<String>,
    pub action_ts: Option<String>,
    pub actions: Option<Vec<Action>>,
    pub view: Option<View>,
    /// In a request for options: what was typed.
    pub value: Option<String>,
    pub action_id: Option<String>,
    pub block_id: Option<String>,
    /// When it came in.
    #[serde(skip)]
    pub since: Option<tokio::time::Instant>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Named {
    pub id: Option<String>,
    pub name: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Container {
    pub channel_id: Option<String>,
    pub message_ts: Option<String>,
    pub is_ephemeral: Option<bool>,
    pub view_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Message {
    pub ts: Option<String>,
    pub user: Option<String>,
    pub text: Option<String>,
    pub bot_id: Option<String>,
    pub subtype: Option<String>,
    pub thread_ts: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Action {
    #[serde(rename = "action_id")]
    pub id: Option<String>,
    pub value: Option<String>,
    pub selected_option: Option<Choice>,
    pub selected_user: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    pub value: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct View {
    pub id: Option<String>,
    pub hash: Option<String>,
    pub callback_id: Option<String>,
    pub private_metadata: Option<String>,
    pub state: Option<State>,
    pub title: Option<Value>,
    pub submit: Option<Value>,
    pub close: Option<Value>,
    pub blocks: Option<Vec<Value>>,
}

impl View {
    /// This field where the form has it, else its first; none where it has no field. One that comes without its blocks is taken to
    /// have every field.
    pub fn field_or_first<'a>(&'a self, field: &'a str) -> Option<&'a str> {
        let Some(blocks) = &self.blocks else { return Some(field) };
        let inputs = blocks.iter().filter(|block| block["type"] == "input");
        let mut fields = inputs.filter_map(|block| block["block_id"].as_str());
        let first = fields.next();
        if first == Some(field) || fields.any(|other| other == field) { Some(field) } else { first }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct State {
    /// Block, then action, then what was entered.
    pub values: Option<Value>,
}

impl Interaction {
    /// Who acted.
    pub fn me(&self) -> Option<UserId> {
        self.user.as_ref()?.id.clone().filter(|id| !id.is_empty()).map(UserId)
    }

    /// Where, if in a conversation.
    pub fn at(&self) -> Option<ChannelId> {
        let named = self.channel.as_ref().and_then(|c| c.id.clone());
        named.or_else(|| self.container.as_ref()?.channel_id.clone()).map(ChannelId)
    }

    /// The address through which the answer of ours that was acted on can be changed: one that only this person sees.
    pub fn answer(&self) -> Option<&str> {
        let whispered = self.container.as_ref().and_then(|c| c.is_ephemeral) == Some(true);
        self.response_url.as_deref().filter(|url| whispered && !url.is_empty())
    }

    /// On which message.
    pub fn on(&self) -> Option<MessageRef> {
        let ts = self.message.as_ref().and_then(|m| m.ts.clone());
        let ts = ts.or_else(|| self.container.as_ref()?.message_ts.clone())?;
        Some(MessageRef { channel: self.at()?, ts: MessageTs(ts) })
    }
}

impl Action {
    /// What the button or the chosen option stands for.
    pub fn value(&self) -> Option<&str> {
        let chosen = self.selected_option.as_ref().and_then(|o| o.value.as_deref());
        self.value.as_deref().or(chosen).or(self.selected_user.as_deref())
    }
}

/// The envelope of an event.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Envelope {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub challenge: Option<String>,
    pub event_id: Option<String>,
    pub event: Option<Event>,
}

/// An event.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Event {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub subtype: Option<String>,
    /// An id, or `{id, name}` where a channel was renamed.
    pub channel: Option<Value>,
    pub user: Option<Value>,
    pub tab: Option<String>,
    pub reaction: Option<String>,
    pub item: Option<Item>,
    pub message: Option<Message>,
    pub previous_message: Option<Message>,
    pub deleted_ts: Option<String>,
    pub text: Option<String>,
    pub thread_ts: Option<String>,
    /// `im` in a direct message.
    pub channel_type: Option<String>,
    /// Of a message that no person typed.
    pub bot_id: Option<String>,
    #[serde(rename = "event_ts")]
    pub ts: Option<String>,
    /// Who brought someone into a channel.
    pub inviter: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Item {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub channel: Option<String>,
    pub ts: Option<String>,
}

impl Event {
    /// The channel that it is about.
    pub fn about(&self) -> Option<ChannelId> {
        self.channel.as_ref().and_then(id_of).map(ChannelId)
    }

    /// The channel's new name.
    pub fn name(&self) -> Option<String> {
        self.channel.as_ref()?.get("name")?.as_str().map(str::to_owned)
    }

    /// A new message of a person in their conversation with the bot: no edit, no deletion, nothing of an app.
    pub fn is_typed_to_us(&self) -> bool {
        let is_new = matches!(self.subtype.as_deref(), None | Some("file_share" | "me_message" | "thread_broadcast"));
        self.channel_type.as_deref() == Some("im") && is_new && self.bot_id.is_none()
    }

    /// Who did it.
    pub fn who(&self) -> Option<UserId> {
        self.user.as_ref().and_then(id_of).map(UserId)
    }
}

fn id_of(value: &Value) -> Option<String> {
    value.as_str().or_else(|| value.get("id")?.as_str()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nulls_and_strangers_are_fine() {
        let text = r#"{"type":"block_actions","team":null,"user":{"id":"U1"},"channel":null,"actions":[{"action_id":"x",
            "value":null,"selected_option":{"value":"7"}}],"view":null,"unknown":[1]}"#;
        let it: Interaction = serde_json::from_str(text).unwrap();
        assert_eq!(it.me(), Some("U1".into()));
        assert_eq!(it.actions.unwrap()[0].value(), Some("7"));
        let event: Event =
            serde_json::from_str(r#"{"type":"channel_rename","channel":{"id":"C1","name":"n"}}"#).unwrap();
        assert_eq!((event.about(), event.name().as_deref()), (Some("C1".into()), Some("n")));
    }
}
