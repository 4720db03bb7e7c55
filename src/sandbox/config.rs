//! What a workspace is started with: where it listens, where the bot is, and what the bot's manifest asks for.

use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};

use crate::{
    clock::{MovableClock, SharedClock},
    sandbox::state::Workspace,
};

/// A slash command of the app.
#[derive(Clone, Debug)]
pub struct Command {
    /// With its slash, `/incident`.
    pub command: String,
    /// What the manifest says it does.
    pub description: String,
    /// What the manifest shows after it while typing.
    pub usage_hint: String,
    /// Whether mentions and links arrive escaped (`<@U1|alice>`).
    pub should_escape: bool,
}

/// A global or message shortcut of the app.
#[derive(Clone, Debug)]
pub struct Shortcut {
    /// Which one it is, in the payload.
    pub callback_id: String,
    /// What people see.
    pub name: String,
}

/// Keeps the workspace for a later start.
pub trait Keeper: fmt::Debug + Send + Sync {
    /// Called after every change, before anybody is told of it: what was answered to the bot must be there after the
    /// process is killed.
    fn keep(&self, workspace: &Workspace);
}

/// How to start a workspace.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the Web API and the page listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Base address of the bot, `http://127.0.0.1:8080`; can be set later, see `Handle::set_bot_url`.
    pub bot_url: String,
    /// Signs what is sent to the bot.
    pub signing_secret: String,
    /// The only token that is accepted.
    pub bot_token: String,
    /// The only token that opens connections (Socket Mode).
    pub app_token: String,
    /// The app's name as people see it.
    pub app_name: String,
    /// Bot scopes of the manifest.
    pub scopes: Vec<String>,
    /// Event subscriptions of the manifest (`message.channels`, `pin_added`).
    pub events: Vec<String>,
    /// Slash commands of the manifest.
    pub commands: Vec<Command>,
    /// Global shortcuts of the manifest.
    pub global_shortcuts: Vec<Shortcut>,
    /// Message shortcuts of the manifest.
    pub message_shortcuts: Vec<Shortcut>,
    /// Time.
    pub clock: SharedClock,
    /// The same clock, where people may move it forward from the page.
    pub movable: Option<MovableClock>,
    /// Whether Slack's rate limits hold from the start.
    pub rate_limits: bool,
    /// How long Slack waits for the bot, in real time.
    pub patience: Duration,
    /// What a first-time visitor of the page is told.
    pub hint: String,
    /// Goes into made-up ids, so that ids of two workspaces never meet; random where absent.
    pub salt: Option<String>,
    /// A workspace to go on with, instead of the sample one.
    pub resume: Option<Workspace>,
    /// Whoever keeps it for that.
    pub keeper: Option<Arc<dyn Keeper>>,
    /// Whether a page served by another name than loopback or `listen` may act (behind `--allow-remote`).
    pub any_host: bool,
}

impl Config {
    /// A workspace on a free loopback port with the sample people, everything else empty.
    pub fn new(clock: SharedClock) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            bot_url: String::new(),
            signing_secret: "sandbox-signing-secret".to_owned(),
            bot_token: "xoxb-sandbox-token".to_owned(),
            app_token: "xapp-sandbox-token".to_owned(),
            app_name: "Watchroom".to_owned(),
            scopes: Vec::new(),
            events: Vec::new(),
            commands: Vec::new(),
            global_shortcuts: Vec::new(),
            message_shortcuts: Vec::new(),
            clock,
            movable: None,
            rate_limits: true,
            patience: Duration::from_secs(3),
            hint: String::new(),
            salt: None,
            resume: None,
            keeper: None,
            any_host: false,
        }
    }
}
