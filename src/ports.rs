//! What we need of neighbours, in our words. `adapters/` has theirs.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::{
    config::Secret,
    ids::{ChannelId, GroupId, MessageTs, UserId},
    incident::{MessageRef, comms::Published},
    paging::reach::Way,
    render::{Message, Notice},
    status::{Impact, PostStatus},
};

/// Why a neighbour did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// It said when to come back. Nothing was done.
    #[error("asked to wait {} s", .0.as_secs())]
    RateLimited(Duration),
    /// It cannot be reached, or failed before it could have done anything. Try again later.
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    /// It may or may not have done it: the answer was lost. Look before trying again.
    #[error("no answer: {0}")]
    Ambiguous(String),
    /// It said no, in its own word (`channel_not_found`). Trying again will not help by itself.
    #[error("refused: {0}")]
    Refused(String),
}

/// The chat that people use: Slack. Every method is one call to it and never retries by itself.
#[async_trait::async_trait]
pub trait Chat: Send + Sync + std::fmt::Debug + 'static {
    /// Posts a message. `key` travels in its metadata, so that [`Chat::find_posted`] can find it.
    async fn post(&self, to: &ChannelId, message: &Message, key: &str) -> Result<MessageRef, Trouble>;
    /// Posts a message into the thread below another. `key` travels in its metadata, so that [`Chat::find_reply`] can find it.
    async fn reply(&self, under: &MessageRef, message: &Message, key: &str) -> Result<MessageRef, Trouble>;
    /// Replaces a message that we posted.
    async fn update(&self, at: &MessageRef, message: &Message) -> Result<(), Trouble>;
    /// Our own message with this key among the latest in the conversation, from `since` on.
    async fn find_posted(&self, to: &ChannelId, key: &str, since: Timestamp) -> Result<Option<MessageRef>, Trouble>;
    /// Our own message with this key in the thread below another, from `since` on.
    async fn find_reply(&self, under: &MessageRef, key: &str, since: Timestamp) -> Result<Option<MessageRef>, Trouble>;
    /// The conversation of direct messages with this person.
    async fn direct(&self, to: &UserId) -> Result<ChannelId, Trouble>;
    /// Makes a channel, for everybody or for those who are invited; `name_taken` is a refusal.
    async fn create_channel(&self, name: &str, private: bool) -> Result<ChannelId, Trouble>;
    /// Channels that we are in whose name starts with `prefix`: `(id, name, purpose)`.
    async fn own_channels(&self, prefix: &str) -> Result<Vec<OwnChannel>, Trouble>;
    /// The channel with this name, without `#`, or with this id.
    async fn channel_named(&self, name: &str) -> Result<Option<ChannelId>, Trouble>;
    /// Joins a public channel.
    async fn join(&self, channel: &ChannelId) -> Result<(), Trouble>;
    /// Brings people into a channel; those who are in it already are fine. Returns those who could not be invited.
    async fn invite(&self, channel: &ChannelId, people: &[UserId]) -> Result<Vec<UserId>, Trouble>;
    /// Gives a channel another name; `name_taken` is a refusal.
    async fn rename_channel(&self, channel: &ChannelId, name: &str) -> Result<(), Trouble>;
    /// Is this person in a channel?
    async fn is_member(&self, channel: &ChannelId, person: &UserId) -> Result<bool, Trouble>;
    /// Takes someone out of a channel; out already is fine.
    async fn kick(&self, channel: &ChannelId, person: &UserId) -> Result<(), Trouble>;
    /// Sets a channel's topic.
    async fn set_topic(&self, channel: &ChannelId, topic: &str) -> Result<(), Trouble>;
    /// Sets a channel's purpose.
    async fn set_purpose(&self, channel: &ChannelId, purpose: &str) -> Result<(), Trouble>;
    /// Adds a bookmark, unless the channel has one with this link.
    async fn bookmark(&self, channel: &ChannelId, title: &str, link: &str, emoji: &str) -> Result<(), Trouble>;
    /// The address of a message, for people to open.
    async fn permalink(&self, at: &MessageRef) -> Result<Option<String>, Trouble>;
    /// Pins a message; pinned already is fine.
    async fn pin(&self, at: &MessageRef) -> Result<(), Trouble>;
    /// Archives a channel; archived already is fine.
    async fn archive(&self, channel: &ChannelId) -> Result<(), Trouble>;
    /// The active people in a user group.
    async fn group_members(&self, group: &GroupId) -> Result<Vec<UserId>, Trouble>;
    /// Has exactly these people as the members of a user group; at least one.
    async fn set_group_members(&self, group: &GroupId, people: &[UserId]) -> Result<(), Trouble>;
    /// Someone's name, zone, and whether they can still be reached.
    async fn person(&self, user: &UserId) -> Result<Person, Trouble>;
    /// Whose e-mail address this is, if it is anybody's who is active.
    async fn person_of_email(&self, email: &str) -> Result<Option<UserId>, Trouble>;
    /// A message as it stands.
    async fn message(&self, at: &MessageRef) -> Result<Option<ChatMessage>, Trouble>;
    /// Opens a form for whoever caused `trigger` within the last three seconds.
    async fn open_view(&self, trigger: &str, view: &Value) -> Result<(), Trouble>;
    /// Puts a form on top of the one that is open.
    async fn push_view(&self, trigger: &str, view: &Value) -> Result<(), Trouble>;
    /// Replaces an open form; `hash` is that of the form as we know it.
    async fn update_view(&self, view_id: &str, hash: Option<&str>, view: &Value) -> Result<(), Trouble>;
    /// Shows someone their App Home.
    async fn publish_home(&self, user: &UserId, view: &Value) -> Result<(), Trouble>;
    /// Says something to whoever acted, through the address that came with the action.
    async fn respond(&self, response_url: &str, message: &Message) -> Result<(), Trouble>;
    /// Puts something in the place of the message that was acted on, through the address that came with the action. Of a message
    /// that only one person sees this is the only way to change it.
    async fn replace(&self, response_url: &str, message: &Message) -> Result<(), Trouble>;
    /// Says something that only `user` sees.
    async fn whisper(&self, channel: &ChannelId, user: &UserId, message: &Message) -> Result<(), Trouble>;
    /// Says something in a thread that only `user` sees.
    async fn whisper_under(&self, under: &MessageRef, user: &UserId, message: &Message) -> Result<(), Trouble>;
    /// Who we are, and with which scopes.
    async fn identity(&self) -> Result<Identity, Trouble>;
}

/// Ways to people beside the chat. Every call hands one notice over and never retries by itself.
#[async_trait::async_trait]
pub trait Reach: Send + Sync + std::fmt::Debug + 'static {
    /// Hands a notice over. `address` is what [`Way`] says for the way, and sound for it; `key` makes the notice itself, for neighbours that
    /// show what comes twice once. Returns the neighbour's own id for it, where it gives one.
    ///
    /// # Errors
    /// Names neither address nor words.
    async fn send(&self, way: Way, address: &str, notice: &Notice, key: &str) -> Result<Option<String>, Trouble>;
    /// Tells a webhook of the settings, by its name; `facts` are what a template fills in. `key` makes the call itself.
    ///
    /// # Errors
    /// Names no address.
    async fn tell(&self, webhook: &str, facts: &Value, key: &str) -> Result<(), Trouble>;
    /// Hands a mail over that is no notice.
    ///
    /// # Errors
    /// Says whether it is about those whom it is for; names no address.
    async fn mail(&self, mail: &Mail) -> Result<(), Unsent>;
    /// Tells a program of somebody who subscribed.
    ///
    /// # Errors
    /// `http_410` says that it is gone for good. Names no address.
    async fn call(&self, call: &Call) -> Result<(), Trouble>;
}

/// A mail to whoever subscribed, or to a list.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// To whom. The server takes it for all of them, or for none.
    pub to: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// The text.
    pub plain: String,
    /// The same as a page.
    pub html: String,
    /// What makes it itself: its Message-ID follows from this.
    pub key: String,
    /// The key of the first mail about the same, behind which it stands; none: it is that one, or stands alone.
    pub thread: Option<String>,
    /// Where one request without anything else ends what its reader gets (RFC 8058).
    pub leave: Option<String>,
}

/// Why a mail was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsent {
    /// The server takes none, whomever it is for.
    #[error("{0}")]
    Server(Trouble),
    /// It was about to take this one, and asks for patience.
    #[error("{0}")]
    Later(Trouble),
    /// It does not take it for those whom it is for, now or ever; or it is not known whether it did.
    #[error("{0}")]
    Theirs(Trouble),
}

/// What a program is told of somebody who subscribed.
#[derive(Clone, PartialEq, Eq)]
pub struct Call {
    /// Where it listens. They chose it.
    pub url: Secret,
    /// What it is signed with.
    pub secret: Secret,
    /// What it is told.
    pub body: Value,
    /// What makes it itself, so that whoever gets it twice can tell.
    pub key: String,
    /// It may be in a private network.
    pub allow_private: bool,
}

/// A place beside the chat that takes texts for others: a status page, a mailing list, a social network, a service desk. Every method is
/// one look or one change there, and never retries by itself.
#[async_trait::async_trait]
pub trait Connector: Send + Sync + std::fmt::Debug + 'static {
    /// Publishes a text. `before` is the last one of the same incident there, so that this one follows it.
    ///
    /// # Errors
    /// [`Trouble::Ambiguous`] where it may stand there by now: then [`Connector::find`] is asked before it is published again.
    async fn publish(&self, text: &Publication, before: Option<&Published>) -> Result<Published, Trouble>;
    /// Looks whether a text stands there, which an earlier try may have published.
    async fn find(&self, text: &Publication, before: Option<&Published>) -> Result<Found, Trouble>;
    /// Looks whether anything of a text stands there, also where an earlier try did not get through everywhere: what stands there is to be
    /// taken back.
    async fn find_part(&self, text: &Publication, before: Option<&Published>) -> Result<Found, Trouble> {
        self.find(text, before).await
    }
    /// Changes a text that stands there into this one; where the place changes none, says the correction behind it. What is changed twice says
    /// the same; what is said behind it would stand there twice, so that [`Connector::find_correction`] is asked before that is tried again.
    async fn correct(&self, at: &Published, text: &Publication) -> Result<Published, Trouble>;
    /// Looks whether a correction stands behind a text there, which an earlier try may have said.
    async fn find_correction(&self, at: &Published, text: &Publication) -> Result<Found, Trouble> {
        self.find(text, Some(at)).await
    }
    /// Takes the words of a text away for good; false where the place lets nobody do that.
    async fn withdraw(&self, at: &Published) -> Result<bool, Trouble>;
    /// Takes down everything that was said of the incident that this text is about, and that it goes on; false where the place lets nobody do
    /// that.
    async fn take_down(&self, at: &Published) -> Result<bool, Trouble> {
        let _ = at;
        Ok(false)
    }
}

/// A text for others, and what a status page says with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// What makes it itself. Says nothing of the incident; may be read by anybody.
    pub key: String,
    /// The same for all texts of one incident, for those alone. Says nothing of its number; may be read by anybody.
    pub incident: String,
    /// The headline.
    pub title: String,
    /// The text, without the headline.
    pub body: String,
    /// The text as it was approved for this channel, for places where no headline stands apart: with its own headline before it, unless
    /// the channel takes short texts. Empty where its words were redacted since.
    pub whole: String,
    /// How the incident stands in public.
    pub status: PostStatus,
    /// Every component that it touches, and how, by the names that the settings give them.
    pub impact: Impact,
    /// Are subscribers told?
    pub notify: bool,
    /// When the trouble began.
    pub started_at: Timestamp,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When more is promised.
    pub next_by: Option<Timestamp>,
    /// Where the public can read on, where we have such a page.
    pub link: Option<String>,
    /// What people linked to the incident, for places that find by it where a text belongs. Never shown to anybody.
    pub linked: Vec<String>,
}

/// Did an earlier try get there?
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It stands there.
    There(Published),
    /// It does not.
    Nowhere,
    /// The place does not let one look: a person must.
    Unknown,
}

/// A channel that we are in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnChannel {
    /// Its id.
    pub id: ChannelId,
    /// Its name, without `#`.
    pub name: String,
    /// Did we create it?
    pub ours: bool,
    /// What it is for; rooms carry their incident's key here.
    pub purpose: String,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// How people call them.
    pub name: String,
    /// IANA zone, if known.
    pub zone: Option<String>,
    /// Deactivated people cannot be reached.
    pub active: bool,
    /// A bot or an app.
    pub is_bot: bool,
    /// A guest, or of another organisation.
    pub is_outside: bool,
}

/// A message as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatMessage {
    /// Who wrote it, where a person did.
    pub author: Option<UserId>,
    /// Its text, in Slack's markup.
    pub text: String,
    /// Its id.
    pub ts: MessageTs,
    /// The first message of the thread that it stands in, if it stands in one; that may be itself.
    pub thread: Option<MessageTs>,
}

/// Who we are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The workspace's id.
    pub team: String,
    /// The workspace's name.
    pub team_name: String,
    /// Our own user id.
    pub user: UserId,
    /// Scopes that the token has, where Slack says so.
    pub scopes: Vec<String>,
    /// Slack's own clock, where its answer said so.
    pub server_time: Option<Timestamp>,
}

/// Who is on call somewhere else. Each question is one look at the provider, which never retries by itself.
#[async_trait::async_trait]
pub trait OnCallProvider: Send + Sync + std::fmt::Debug + 'static {
    /// Everyone on call at this instant, by level from the first; a level without anybody is left out. Nobody at all is an
    /// answer, and no trouble; what of a level cannot be looked at does not hide the others.
    async fn on_call(&self, of: &ExternalTarget, at: Timestamp) -> Result<Vec<ExternalOnCall>, Trouble>;
    /// Who is on call by level after those who are at this instant: the next change within [`NEXT_WITHIN`] that the provider tells of. A
    /// level of which it tells none is left out. Refused where the provider has no way to say that.
    async fn next(&self, of: &ExternalTarget, at: Timestamp) -> Result<Vec<ExternalNext>, Trouble>;
    /// Somebody by the provider's own id; whom it does not know has nothing else.
    async fn person(&self, id: &str) -> Result<ExternalPerson, Trouble>;
}

/// What somebody can be on call for at another provider, by the provider's own id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExternalTarget {
    /// A service: whoever its escalation policy asks.
    Service(String),
    /// An escalation policy.
    Policy(String),
    /// A schedule, which has one level.
    Schedule(String),
}

/// Who is on call at one level of another provider, and while nothing about that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalOnCall {
    /// Counted from 1; the first is asked first.
    pub level: u32,
    /// Who, each once.
    pub people: Vec<ExternalPerson>,
    /// What else is asked at this level and could not be looked at, each with why: somebody may be on call by it.
    pub unknown: Vec<String>,
    /// Since when; none: ever.
    pub since: Option<Timestamp>,
    /// Until when; none: for ever.
    pub until: Option<Timestamp>,
}

/// How far ahead it is looked for who comes next at another provider.
pub const NEXT_WITHIN: SignedDuration = SignedDuration::from_hours(28 * 24);

/// Who is on call next at one level of another provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalNext {
    /// Counted from 1; the first is asked first.
    pub level: u32,
    /// Who, each once, with those who stay; empty: nobody.
    pub people: Vec<ExternalPerson>,
    /// From when; none: the provider does not say.
    pub from: Option<Timestamp>,
}

/// Somebody, as another provider knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalPerson {
    /// The provider's own id.
    pub id: String,
    /// How people call them.
    pub name: String,
    /// Their e-mail address, by which they are found in the chat.
    pub email: Option<String>,
    /// Their id in the chat, where the provider says so.
    pub slack: Option<UserId>,
}

/// A pager of another provider. `service` is the provider's own id of what is paged for, `key` is ours: a page is made once under it,
/// however often it is asked for, and everything after it names the page by it. So nothing here does harm twice.
#[async_trait::async_trait]
pub trait Pager: Send + Sync + std::fmt::Debug + 'static {
    /// Pages whoever is on call for the service.
    async fn page(&self, page: &ExternalPageRequest) -> Result<(), Trouble>;
    /// Says that somebody is on it.
    async fn acknowledge(&self, service: &str, key: &str) -> Result<(), Trouble>;
    /// Asks those of this level, counted from 1.
    async fn escalate(&self, service: &str, key: &str, level: u32) -> Result<(), Trouble>;
    /// Makes it urgent, where it began as one that is not. Refused where the provider has no way to do so.
    async fn raise(&self, service: &str, key: &str) -> Result<(), Trouble>;
    /// Says that it is over.
    async fn resolve(&self, service: &str, key: &str) -> Result<(), Trouble>;
    /// How the page stands.
    async fn state(&self, service: &str, key: &str) -> Result<ExternalState, Trouble>;
}

/// What another provider is to page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalPageRequest {
    /// The provider's own id of the service.
    pub service: String,
    /// Our key of the page.
    pub key: String,
    /// In a line.
    pub title: String,
    /// What else there is to say.
    pub text: String,
    /// Where to look.
    pub link: Option<String>,
    /// Wake people?
    pub urgent: bool,
}

/// How a page stands at another provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExternalState {
    /// There is none under this key; or it was taken and is not there yet.
    Unknown,
    /// These are asked.
    Asking(Vec<ExternalPerson>),
    /// Somebody is on it.
    Acknowledged {
        /// Who, where the provider says so.
        by: Option<ExternalPerson>,
        /// Since when.
        at: Option<Timestamp>,
    },
    /// It is over.
    Resolved,
}
