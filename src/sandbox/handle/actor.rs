//! Someone who acts, by what they see.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Answer, Outcome, SeenMessage, SeenView, find};
use crate::sandbox::{Refusal, acts::Place, shell::Shell, state::Workspace};

/// Where a button is pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A message, by channel (id or name) and time stamp.
    Message {
        /// Where.
        channel: String,
        /// Which.
        ts: String,
    },
    /// The modal on top.
    View,
    /// The App Home.
    Home,
}

impl From<&SeenMessage> for Target {
    fn from(message: &SeenMessage) -> Self {
        Self::Message { channel: message.channel.clone(), ts: message.ts.clone() }
    }
}

impl From<&SeenView> for Target {
    fn from(view: &SeenView) -> Self {
        if view.json["type"] == "home" { Self::Home } else { Self::View }
    }
}

/// A person at work.
#[derive(Clone, Debug)]
pub struct Actor {
    shell: Arc<Shell>,
    user: String,
}

impl Actor {
    #[track_caller]
    pub(super) fn new(shell: Arc<Shell>, who: &str) -> Self {
        let user = shell.with(|ws| ws.find_user(who).map(|u| u.id.clone()));
        Self { shell, user: user.unwrap_or_else(|| panic!("no user {who}")) }
    }

    /// Their id.
    pub fn id(&self) -> &str {
        &self.user
    }

    fn channel(&self, channel: &str) -> Result<String, Refusal> {
        let found = self.shell.with(|ws| ws.find_channel(channel).map(|c| c.id.clone()));
        found.ok_or_else(|| "channel_not_found".into())
    }

    fn place(&self, target: &Target) -> Result<Place, Refusal> {
        self.shell.with(|ws| match target {
            Target::Message { channel, ts } => {
                let channel = ws.find_channel(channel).ok_or(Refusal::from("channel_not_found"))?.id.clone();
                Ok(Place::Message { channel, ts: ts.clone() })
            }
            Target::View => {
                let view = ws.top_view(&self.user).ok_or(Refusal::from("view_not_found"))?;
                Ok(Place::View(view.id.clone()))
            }
            Target::Home => {
                let view = ws.home_view(&self.user).ok_or(Refusal::from("view_not_found"))?;
                Ok(Place::View(view.id.clone()))
            }
        })
    }

    /// Types a slash command into a channel.
    pub async fn slash(&self, channel: &str, typed: &str) -> Result<Answer, Refusal> {
        self.shell.slash(&self.user, &self.channel(channel)?, typed).await
    }

    /// Types a message.
    pub fn say(&self, channel: &str, text: &str) -> Result<String, Refusal> {
        let id = self.channel(channel)?;
        self.shell.with(|ws| ws.say(&self.user, &id, text, None)).map(|m| m.ts)
    }

    /// Replies in a thread.
    pub fn reply(&self, channel: &str, thread_ts: &str, text: &str) -> Result<String, Refusal> {
        let id = self.channel(channel)?;
        self.shell.with(|ws| ws.say(&self.user, &id, text, Some(thread_ts))).map(|m| m.ts)
    }

    /// Edits a message of their own.
    pub fn edit_message(&self, channel: &str, ts: &str, text: &str) -> Result<(), Refusal> {
        let id = self.channel(channel)?;
        self.shell.with(|ws| ws.edit_own(&self.user, &id, ts, text))
    }

    /// Deletes a message of their own.
    pub fn delete_message(&self, channel: &str, ts: &str) -> Result<(), Refusal> {
        let id = self.channel(channel)?;
        self.shell.with(|ws| ws.delete_own(&self.user, &id, ts))
    }

    /// Puts an emoji on a message.
    pub fn react(&self, channel: &str, ts: &str, name: &str) -> Result<(), Refusal> {
        let id = self.channel(channel)?;
        self.shell.with(|ws| ws.toggle_reaction(&self.user, &id, ts, name, true))
    }

    /// Takes an emoji off a message.
    pub fn unreact(&self, channel: &str, ts: &str, name: &str) -> Result<(), Refusal> {
        let id = self.channel(channel)?;
        self.shell.with(|ws| ws.toggle_reaction(&self.user, &id, ts, name, false))
    }

    /// Pins a message.
    pub fn pin(&self, channel: &str, ts: &str) -> Result<(), Refusal> {
        let id = self.channel(channel)?;
        self.shell.with(|ws| ws.toggle_pin(&self.user, &id, ts, true))
    }

    /// Joins a public channel.
    pub fn join(&self, channel: &str) -> Result<(), Refusal> {
        let id = self.channel(channel)?;
        self.shell.with(|ws| ws.join_as(&self.user, &id))
    }

    /// Leaves a channel.
    pub fn leave(&self, channel: &str) -> Result<(), Refusal> {
        let id = self.channel(channel)?;
        self.shell.with(|ws| ws.leave(&id, &self.user))
    }

    /// Opens the app's home tab.
    pub fn open_home(&self) -> Result<(), Refusal> {
        self.shell.open_home(&self.user)
    }

    /// Uses a global shortcut.
    pub async fn open_shortcut(&self, callback_id: &str) -> Result<Answer, Refusal> {
        self.shell.shortcut(&self.user, callback_id).await
    }

    /// Uses a message shortcut.
    pub async fn message_shortcut(&self, callback_id: &str, channel: &str, ts: &str) -> Result<Answer, Refusal> {
        self.shell.message_shortcut(&self.user, callback_id, &self.channel(channel)?, ts).await
    }

    /// Presses the button with this text or action id, as it stands there now.
    pub async fn press(&self, target: impl Into<Target>, button: &str) -> Result<Answer, Refusal> {
        let place = self.place(&target.into())?;
        let blocks = self.shell.with(|ws| ws.blocks_at(&self.user, &place))?;
        let (block, element) = find::button(&blocks, button)?;
        self.act(&place, &block, &element, &Value::Null).await.map(|a| a.unwrap_or_else(Answer::none))
    }

    /// Takes a call that rings, and presses a key.
    pub async fn press_key(&self, call: &str, key: &str) -> Result<(), Refusal> {
        self.shell.press_key(call, key).await
    }

    /// Turns a call away.
    pub async fn decline_call(&self, call: &str) -> Result<(), Refusal> {
        self.shell.decline_call(call).await
    }

    /// Chooses from the menu or picker with this placeholder, label, block id or action id: an option by its text or
    /// value, a person or channel by name. `None` where the bot is only told when the form is submitted.
    pub async fn choose(
        &self,
        target: impl Into<Target>,
        menu: &str,
        choice: impl Into<Value>,
    ) -> Result<Option<Answer>, Refusal> {
        let place = self.place(&target.into())?;
        let blocks = self.shell.with(|ws| ws.blocks_at(&self.user, &place))?;
        let (block, element) = find::chooser(&blocks, menu)?;
        let value = self.shell.with(|ws| chosen(ws, &element, &choice.into()))?;
        self.act(&place, &block, &element, &value).await
    }

    async fn act(
        &self,
        place: &Place,
        block: &Value,
        element: &Value,
        value: &Value,
    ) -> Result<Option<Answer>, Refusal> {
        let block_id = block["block_id"].as_str().unwrap_or_default();
        let action_id = element["action_id"].as_str().unwrap_or_default();
        self.shell.block_action(&self.user, place, (block_id, action_id), value).await
    }

    /// Presses a button that is no longer there, as a slow client can: by its ids, whatever the message shows now.
    pub async fn press_stale(
        &self,
        target: impl Into<Target>,
        block: &Value,
        element: &Value,
    ) -> Result<Answer, Refusal> {
        let place = self.place(&target.into())?;
        self.shell.press_stale(&self.user, &place, block, element).await
    }

    /// Fills in fields of the modal on top, each named by its label, block id, action id or placeholder. Nothing is
    /// sent, except for fields that tell the bot at once.
    pub async fn fill<'a>(&self, fields: impl IntoIterator<Item = (&'a str, Value)>) -> Result<(), Refusal> {
        for (name, value) in fields {
            if let Some(answer) = self.choose(Target::View, name, value).await?
                && let Some(error) = answer.error
            {
                return Err(error.as_str().into());
            }
        }
        Ok(())
    }

    /// Submits the modal on top.
    pub async fn submit(&self) -> Result<Outcome, Refusal> {
        let Place::View(id) = self.place(&Target::View)? else { return Err("view_not_found".into()) };
        self.shell.submit(&self.user, &id, &json!({})).await
    }

    /// Closes the modal on top.
    pub async fn close(&self) -> Result<(), Refusal> {
        let Place::View(id) = self.place(&Target::View)? else { return Err("view_not_found".into()) };
        self.shell.close_view(&self.user, &id).await.map(drop)
    }

    /// Types into an external menu and is shown what the bot offers.
    pub async fn suggest(&self, target: impl Into<Target>, menu: &str, typed: &str) -> Result<Value, Refusal> {
        let place = self.place(&target.into())?;
        let blocks = self.shell.with(|ws| ws.blocks_at(&self.user, &place))?;
        let (block, element) = find::chooser(&blocks, menu)?;
        let ids = (block["block_id"].as_str().unwrap_or_default(), element["action_id"].as_str().unwrap_or_default());
        self.shell.suggest(&self.user, &place, ids, typed).await
    }
}

fn chosen(ws: &Workspace, element: &Value, choice: &Value) -> Result<Value, Refusal> {
    find::value(element, choice, |key, name| match key {
        "selected_user" | "selected_users" => ws.find_user(name).map(|u| u.id.clone()),
        _ => ws.find_channel(name).map(|c| c.id.clone()),
    })
}
