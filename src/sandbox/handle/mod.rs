//! The workspace in the hands of a test, or of the command line.

mod actor;
mod find;
mod seen;

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
};

pub use actor::{Actor, Target};
pub use seen::{SeenChannel, SeenMessage, SeenView};

pub use super::acts::{Answer, Outcome};
use super::{
    Config, Fault, Refusal, server,
    shell::{Call, Shell},
    state::{BOT_USER, Notice, Workspace},
};

/// Names in calls of this module are ids or names, with or without `@` and `#`; unknown ones panic, as in a test.
#[derive(Debug)]
pub struct Handle {
    shell: Arc<Shell>,
}

impl Workspace {
    /// Starts a workspace; it ends when the handle is dropped.
    pub async fn start(mut config: Config) -> io::Result<Handle> {
        let now = config.clock.now();
        let salt = match config.salt.take() {
            Some(salt) => salt,
            None => random_salt()?,
        };
        let mut workspace = config.resume.take().unwrap_or_else(|| Self::sample(&config.app_name, &salt, now));
        workspace.events = config.events.iter().cloned().collect();
        let shell = Shell::new(config, workspace, client()?);
        server::start(&shell).await?;
        Ok(Handle { shell })
    }
}

fn random_salt() -> io::Result<String> {
    let mut bytes = [0; 3];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(hex::encode(bytes))
}

/// Slack's side of the wire: no proxy, no redirects, and nothing of the bot's own client.
fn client() -> io::Result<reqwest::Client> {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Another thread may have been faster; either way there is one now.
        drop(rustls::crypto::ring::default_provider().install_default());
    }
    #[expect(clippy::disallowed_methods, reason = "the workspace plays Slack and shares nothing with the bot's client")]
    let builder = reqwest::Client::builder();
    builder.no_proxy().redirect(reqwest::redirect::Policy::none()).build().map_err(io::Error::other)
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shell.end();
    }
}

impl Handle {
    /// Where it listens.
    ///
    /// # Panics
    /// Never: a handle exists only after the address was taken.
    pub fn address(&self) -> SocketAddr {
        *self.shell.address.get().expect("the server has been started")
    }

    /// What `SLACK_API_URL` has to be.
    pub fn api_url(&self) -> String {
        format!("{}/api/", self.shell.own_url())
    }

    /// What `TWILIO_API_URL` has to be for text messages and calls to sample people; see [`super::phones`].
    pub fn twilio_url(&self) -> String {
        format!("{}/twilio/", self.shell.own_url())
    }

    /// What `NTFY_URL` has to be for pushes to sample people, each under their name.
    pub fn ntfy_url(&self) -> String {
        format!("{}/ntfy/", self.shell.own_url())
    }

    /// What `WATCHROOM_PUBLIC_URL` has to be: what comes there for the bot is passed on to it, wherever it is.
    pub fn public_url(&self) -> String {
        self.shell.own_url()
    }

    /// The page.
    pub fn page_url(&self) -> String {
        format!("{}/", self.shell.own_url())
    }

    /// What signs requests to the bot.
    pub fn signing_secret(&self) -> &str {
        &self.shell.config.signing_secret
    }

    /// The bot's token.
    pub fn bot_token(&self) -> &str {
        &self.shell.config.bot_token
    }

    /// The app's token, for Socket Mode.
    pub fn app_token(&self) -> &str {
        &self.shell.config.app_token
    }

    /// Switches Socket Mode on or off in the app's settings. While it is on nothing is posted to the bot.
    pub fn set_socket_mode(&self, on: bool) {
        self.shell.sockets.switch(on);
    }

    /// How many connections of the bot's are open, and not about to end.
    pub fn sockets(&self) -> usize {
        self.shell.sockets.count()
    }

    /// Asks the bot to open other connections in place of those that are open.
    pub fn refresh_sockets(&self) {
        self.shell.sockets.refresh();
    }

    /// Sends anything over one of the bot's connections.
    pub fn push_over_socket(&self, frame: &str) {
        self.shell.sockets.push(frame);
    }

    /// Breaks the bot's connections, as a failing network does.
    pub fn cut_sockets(&self) {
        self.shell.sockets.cut();
    }

    /// Grows with every change that anyone could see.
    pub fn version(&self) -> u64 {
        self.shell.changes()
    }

    /// Where the bot is, `http://127.0.0.1:8080`; it may move, as after a restart.
    pub fn set_bot_url(&self, url: &str) {
        self.shell.set_bot_url(url);
    }

    /// Someone who acts.
    #[track_caller]
    pub fn act_as(&self, who: &str) -> Actor {
        Actor::new(Arc::clone(&self.shell), who)
    }

    /// Reads or changes the workspace directly, behind the bot's back. Nothing of this handle may be called within:
    /// the workspace is locked.
    pub fn with<T>(&self, f: impl FnOnce(&mut Workspace) -> T) -> T {
        self.shell.with(f)
    }

    /// Returns when nothing is on its way to the bot and no retry is due.
    pub async fn settled(&self) {
        self.shell.settled().await;
    }

    /// Switches a fault on.
    pub fn fault(&self, fault: Fault) {
        self.shell.faults().add(fault, self.shell.config.clock.now());
    }

    /// Switches every fault off.
    pub fn clear_faults(&self) {
        self.shell.faults().clear();
    }

    /// Slack's rate limits, on or off.
    pub fn rate_limits(&self, on: bool) {
        self.shell.rate_limits.store(on, Ordering::Relaxed);
    }

    /// Tells open pages that the clock was moved.
    pub fn clock_moved(&self) {
        self.shell.tell_pages(Notice::Clock);
    }

    /// Every call of the bot, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.shell.calls().iter().cloned().collect()
    }

    /// How many calls the bot has made.
    pub fn calls_made(&self) -> u64 {
        self.shell.calls().back().map_or(0, |last| last.seq)
    }

    /// Calls nobody has taken note of yet; they count as read from now on.
    pub fn take_calls(&self) -> Vec<Call> {
        let mut log = self.shell.calls();
        let unread = log.iter_mut().filter(|c| !c.read);
        unread
            .map(|call| {
                call.read = true;
                call.clone()
            })
            .collect()
    }

    /// The oldest unread call of this method for which `wanted` holds; it counts as read from now on.
    pub fn take_call(&self, method: &str, wanted: impl Fn(&Call) -> bool) -> Option<Call> {
        let mut log = self.shell.calls();
        let call = log.iter_mut().find(|c| !c.read && c.method == method && wanted(c))?;
        call.read = true;
        Some(call.clone())
    }

    /// Calls nobody has taken note of yet.
    pub fn unread_calls(&self) -> Vec<Call> {
        self.shell.calls().iter().filter(|c| !c.read).cloned().collect()
    }

    /// Throws the bot out of a channel.
    pub fn kick_bot(&self, channel: &str) -> Result<(), Refusal> {
        let id = self.channel(channel).id;
        self.shell.with(|ws| ws.leave(&id, BOT_USER))
    }

    /// Someone adds the bot to a channel.
    pub fn invite_bot(&self, channel: &str) -> Result<(), Refusal> {
        let id = self.channel(channel).id;
        self.shell.with(|ws| ws.join(&id, BOT_USER, Some("U0CAROL")))
    }

    /// Someone renames a channel.
    pub fn rename(&self, channel: &str, name: &str) -> Result<(), Refusal> {
        let id = self.channel(channel).id;
        self.shell.with(|ws| ws.rename(&id, "U0CAROL", name))
    }

    /// Someone archives a channel.
    pub fn archive(&self, channel: &str) -> Result<(), Refusal> {
        let id = self.channel(channel).id;
        self.shell.with(|ws| ws.archive(&id, "U0CAROL"))
    }

    /// Someone opens an archived channel again.
    pub fn unarchive(&self, channel: &str) -> Result<(), Refusal> {
        let id = self.channel(channel).id;
        self.shell.with(|ws| ws.unarchive(&id, "U0CAROL"))
    }

    /// An administrator deactivates someone.
    pub fn deactivate(&self, who: &str) -> Result<(), Refusal> {
        self.shell.with(|ws| {
            let id = ws.find_user(who).map(|u| u.id.clone()).ok_or(Refusal::from("user_not_found"))?;
            ws.deactivate(&id)
        })
    }

    /// Sends any event, as Slack would; returns at once.
    pub fn send_event(&self, event: serde_json::Value) {
        self.shell.send_event(event);
    }

    /// Sends the last events once more with their old ids, as if the bot's answers had been lost; returns how many.
    pub fn send_events_again(&self, last: usize) -> usize {
        self.shell.send_events_again(last)
    }

    /// An administrator removes the app.
    pub fn uninstall(&self) {
        self.shell.with(Workspace::uninstall);
    }

    /// Ends the workspace. Dropping the handle does the same.
    pub fn stop(self) {
        drop(self);
    }
}
