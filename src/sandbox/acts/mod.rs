//! What people do in the workspace, for the page and for tests alike: only what a person could do.

mod answer;
mod element;
mod modal;
mod phone;
mod respond;
mod talk;

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

pub use answer::Answer;
pub use element::{Place, elements, offers};
pub use modal::Outcome;
pub use phone::{keys_to, spoken};

use super::{
    Refusal,
    sender::{self, Delivery},
    shell::Shell,
    state::{self, APP, Author, BOT_USER, Draft, TEAM, TriggerContext, VERIFICATION_TOKEN, Workspace},
};

impl Shell {
    /// Runs one of the app's slash commands, as typed into a channel's composer.
    pub async fn slash(self: &Arc<Self>, user: &str, channel: &str, typed: &str) -> Result<Answer, Refusal> {
        let (name, text) = typed.split_once(char::is_whitespace).unwrap_or((typed, ""));
        let command = self.config.commands.iter().find(|c| c.command == name);
        let command = command.ok_or_else(|| Refusal::from("not_a_command"))?;
        let escape = command.should_escape;
        let (fields, secret) = self.with(|ws| slash_fields(ws, user, channel, name, text.trim(), escape))?;
        let mut fields = fields;
        fields.push(("response_url", self.response_url(&secret)));
        let busy = self.busy();
        let body = sender::form(fields);
        let (delivery, elapsed) =
            self.post_to_bot("/slack/commands", "application/x-www-form-urlencoded", body, None).await;
        let answer = self.with(|ws| show_slash_answer(ws, user, channel, name, &delivery, elapsed));
        drop(busy);
        Ok(answer)
    }

    /// The address the bot may answer to later.
    pub fn response_url(&self, secret: &str) -> String {
        format!("{}/response/{TEAM}/{secret}", self.own_url())
    }

    /// Uses a global shortcut.
    pub async fn shortcut(self: &Arc<Self>, user: &str, callback_id: &str) -> Result<Answer, Refusal> {
        if !self.config.global_shortcuts.iter().any(|s| s.callback_id == callback_id) {
            return Err("no_such_shortcut".into());
        }
        let payload = self.with(|ws| -> Result<Value, Refusal> {
            let mut payload = sender::person(ws, "shortcut", user)?;
            payload["callback_id"] = json!(callback_id);
            payload["trigger_id"] = json!(ws.new_trigger(user, TriggerContext::Outside));
            payload["action_ts"] = json!(ws.fresh_ts());
            Ok(payload)
        })?;
        Ok(self.interaction(user, &payload).await)
    }

    /// Uses a message shortcut.
    pub async fn message_shortcut(
        self: &Arc<Self>,
        user: &str,
        callback_id: &str,
        channel: &str,
        ts: &str,
    ) -> Result<Answer, Refusal> {
        if !self.config.message_shortcuts.iter().any(|s| s.callback_id == callback_id) {
            return Err("no_such_shortcut".into());
        }
        let payload = self.with(|ws| -> Result<Value, Refusal> {
            let at = ws.channel(channel)?;
            if !at.visible_to(user) {
                return Err("channel_not_found".into());
            }
            let message = at.message_json(at.message(ts)?, false);
            let place = json!({ "id": channel, "name": sender::channel_name(at) });
            let mut payload = sender::person(ws, "message_action", user)?;
            payload["message"] = message;
            payload["message_ts"] = json!(ts);
            payload["channel"] = place;
            payload["callback_id"] = json!(callback_id);
            payload["trigger_id"] = json!(ws.new_trigger(user, TriggerContext::Outside));
            payload["action_ts"] = json!(ws.fresh_ts());
            let secret = ws.new_response_url(user, channel, None);
            payload["response_url"] = json!(self.response_url(&secret));
            Ok(payload)
        })?;
        Ok(self.interaction(user, &payload).await)
    }

    /// Sends an interaction; a failure is shown to the person as Slack does, in passing.
    async fn interaction(self: &Arc<Self>, user: &str, payload: &Value) -> Answer {
        let busy = self.busy();
        let (delivery, elapsed) = self.interact(payload).await;
        let answer = Answer::plain(&delivery, elapsed);
        if let Some(error) = &answer.error {
            self.with(|ws| {
                let text = format!("{} is not responding ({error}). Try again.", ws.app_name);
                ws.toast(user, text, "error");
            });
        }
        drop(busy);
        answer
    }

    /// Opens the app's home tab.
    pub fn open_home(self: &Arc<Self>, user: &str) -> Result<(), Refusal> {
        self.with(|ws| {
            ws.user(user)?;
            ws.home_opened(user);
            Ok(())
        })
    }
}

/// Fields of a form, in order.
type Fields = Vec<(&'static str, String)>;

/// The form of a slash command, and the secret of its response address.
fn slash_fields(
    ws: &mut Workspace,
    user: &str,
    channel: &str,
    command: &str,
    text: &str,
    escape: bool,
) -> Result<(Fields, String), Refusal> {
    let at = ws.channel(channel)?;
    if !at.members.contains(user) {
        return Err("not_in_channel".into());
    }
    if at.archived {
        return Err("is_archived".into());
    }
    let name = sender::channel_name(at).to_owned();
    let user_name = ws.user(user)?.name.clone();
    let text = if escape { state::escape_command(ws, text) } else { text.to_owned() };
    let trigger = ws.new_trigger(user, TriggerContext::Outside);
    let secret = ws.new_response_url(user, channel, None);
    let fields = vec![
        ("token", VERIFICATION_TOKEN.to_owned()),
        ("team_id", TEAM.to_owned()),
        ("team_domain", ws.team_domain.clone()),
        ("channel_id", channel.to_owned()),
        ("channel_name", name),
        ("user_id", user.to_owned()),
        ("user_name", user_name),
        ("command", command.to_owned()),
        ("text", text),
        ("api_app_id", APP.to_owned()),
        ("is_enterprise_install", "false".to_owned()),
        ("trigger_id", trigger),
    ];
    Ok((fields, secret))
}

/// Shows what came back, or Slack's own words where nothing good came.
fn show_slash_answer(
    ws: &mut Workspace,
    user: &str,
    channel: &str,
    command: &str,
    delivery: &Delivery,
    elapsed: Duration,
) -> Answer {
    let mut answer = Answer::of_command(delivery, elapsed);
    if answer.error.is_none() && !answer.body.is_null() {
        let body = answer.body.clone();
        answer.error = ws.respond(user, channel, None, &body).err().map(|refusal| {
            answer.complaints = refusal.messages;
            "invalid_command_response".to_owned()
        });
    }
    if let Some(error) = &answer.error {
        let text = format!("{command} failed with the error \"{error}\"");
        let author = Author::Bot { name: Some("Slackbot".to_owned()) };
        ws.whisper_as(channel, user, author, Draft { text, ..Draft::default() });
    }
    answer
}

/// Whether this person is somebody who can act.
pub fn actor(ws: &Workspace, user: &str) -> Result<(), Refusal> {
    let person = ws.user(user)?;
    if person.deleted || user == BOT_USER { Err("user_disabled".into()) } else { Ok(()) }
}
