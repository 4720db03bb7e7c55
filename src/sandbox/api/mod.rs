//! The Web API: a table of methods, and what is checked before any of them.

mod args;
mod bookmarks;
mod chat;
mod conversations;
mod history;
mod membership;
mod people;
mod pins;
mod table;
mod views;

use serde_json::{Map, Value, json};

pub use args::Args;
pub use chat::draft;
pub use table::{Method, method};

use super::{
    Refusal,
    state::{BOT_USER, Channel, Kind, Workspace},
};

/// What a method answers, without `ok`.
pub type Reply = Result<Value, Refusal>;

/// One call that has passed authentication.
pub struct Request<'a> {
    /// The workspace.
    pub ws: &'a mut Workspace,
    /// What was asked.
    pub args: Args,
    /// What the token may.
    pub scopes: &'a [String],
}

/// Handles a call: scope, arguments, the method itself. The answer has `ok`.
pub fn call(request: &mut Request<'_>, method: &Method) -> Value {
    let unknown: Vec<String> =
        request.args.0.keys().filter(|k| !method.knows(k)).map(|k| format!("unknown_argument: {k}")).collect();
    let outcome = request.any_of(method.scopes).and_then(|()| (method.run)(request));
    let mut body = match outcome {
        Ok(mut body) => {
            body["ok"] = json!(true);
            body
        }
        Err(refusal) => refusal.body(request.scopes),
    };
    if !unknown.is_empty() {
        // Slack goes on without them.
        body["warning"] = json!("unknown_argument");
        body["response_metadata"]["warnings"] = json!(unknown);
    }
    body
}

impl Request<'_> {
    /// Whether the token has one of these scopes; none asked, none needed.
    pub fn any_of(&self, wanted: &[&str]) -> Result<(), Refusal> {
        if wanted.is_empty() || wanted.iter().any(|w| self.may(w)) {
            Ok(())
        } else {
            Err(Refusal::scope(&wanted.join(",")))
        }
    }

    /// Whether the token has this scope.
    pub fn may(&self, scope: &str) -> bool {
        self.scopes.iter().any(|s| s == scope)
    }

    /// The scope to read, manage, … in this sort of conversation.
    pub fn need(&self, what: Need, kind: Kind) -> Result<(), Refusal> {
        let family = kind.family();
        match what {
            Need::Read => self.any_of(&[&format!("{family}:read")]),
            Need::History => self.any_of(&[&format!("{family}:history")]),
            Need::Manage if kind == Kind::Public => self.any_of(&["channels:manage"]),
            Need::Manage => self.any_of(&[&format!("{family}:write")]),
            Need::Invite if kind == Kind::Public => self.any_of(&["channels:manage", "channels:write.invites"]),
            Need::Invite => self.any_of(&[&format!("{family}:write"), &format!("{family}:write.invites")]),
            Need::Topic if kind == Kind::Public => self.any_of(&["channels:manage", "channels:write.topic"]),
            Need::Topic => self.any_of(&[&format!("{family}:write"), &format!("{family}:write.topic")]),
        }
    }

    /// The channel in the arguments, if the bot can know of it.
    pub fn channel_at(&self, key: &str) -> Result<&Channel, Refusal> {
        let id = self.args.required(key)?;
        self.ws.channels.get(&id).filter(|c| c.visible_to(BOT_USER)).ok_or_else(|| "channel_not_found".into())
    }

    /// As `channel_at`, with the scope for it, and its id.
    pub fn channel_for(&self, key: &str, what: Need) -> Result<String, Refusal> {
        let channel = self.channel_at(key)?;
        self.need(what, channel.kind)?;
        Ok(channel.id.clone())
    }

    /// The bot has to be in this channel.
    pub fn must_be_in(&self, channel: &str) -> Result<(), Refusal> {
        if self.ws.channel(channel)?.members.contains(BOT_USER) { Ok(()) } else { Err("not_in_channel".into()) }
    }

    /// The channel has to be open.
    pub fn must_be_open(&self, channel: &str) -> Result<(), Refusal> {
        if self.ws.channel(channel)?.archived { Err("is_archived".into()) } else { Ok(()) }
    }

    /// Direct messages cannot do this.
    pub fn must_be_room(&self, channel: &str) -> Result<(), Refusal> {
        match self.ws.channel(channel)?.kind {
            Kind::Im => Err("method_not_supported_for_channel_type".into()),
            Kind::Public | Kind::Private => Ok(()),
        }
    }
}

/// What a call wants to do in a conversation.
#[derive(Clone, Copy, Debug)]
pub enum Need {
    /// See that it is there.
    Read,
    /// Read its messages.
    History,
    /// Change it.
    Manage,
    /// Bring people in.
    Invite,
    /// Set topic or purpose.
    Topic,
}

/// An answer without content.
#[expect(clippy::unnecessary_wraps, reason = "handlers end with it, and they answer or refuse")]
pub fn done() -> Reply {
    Ok(Value::Object(Map::new()))
}
