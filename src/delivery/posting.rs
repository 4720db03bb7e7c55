//! How a message gets there once, and how it is kept up to date.

use std::{borrow::Cow, sync::PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{
    Delivery,
    errand::{Errand, Stop},
    thread::thread,
};
use crate::{
    engine::{is_outlet_key, to_value},
    ids::ChannelId,
    incident::MessageRef,
    paging::Target,
    ports::Trouble,
    render::Message,
};

/// How far the neighbour's clock may be off from ours.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(5);

/// A message under the key that tells it from all others.
#[derive(Debug)]
pub(super) struct Parcel<'a> {
    pub key: &'a str,
    /// An earlier try may have sent it, at this instant at the earliest.
    pub look: bool,
    pub since: Timestamp,
    /// It belongs into the thread below this message.
    pub under: Option<MessageRef>,
}

/// A message in its place.
#[derive(Debug)]
pub(super) struct Posted {
    pub at: MessageRef,
    /// It was there before, as an earlier try left it.
    pub found: bool,
}

impl Errand {
    fn parcel(&self, to: &ChannelId, since: Timestamp) -> Parcel<'_> {
        Parcel { key: &self.job.key, look: self.look, since, under: thread(self, to) }
    }
}

impl Delivery {
    /// Posts a message under the errand's key, unless an earlier try did; that one is brought up to date, for it may hold what is
    /// not shown any more. `since` is when the first try can have been.
    pub(super) async fn post_once(
        &self,
        it: &Errand,
        to: &ChannelId,
        message: &Message,
        since: Timestamp,
    ) -> Result<Posted, Stop> {
        let posted = self.send_once(&it.parcel(to, since), to, message).await?;
        if posted.found {
            match self.chat.update(&posted.at, message).await {
                Err(Trouble::Refused(code)) if is_gone(&code) => {}
                updated => updated?,
            }
        }
        Ok(posted)
    }

    /// Our message with the errand's key, if it is there.
    pub(super) async fn look_for(
        &self,
        it: &Errand,
        to: &ChannelId,
        since: Timestamp,
    ) -> Result<Option<MessageRef>, Stop> {
        self.sent_before(&it.parcel(to, since), to).await
    }

    /// Shows the present state in the errand's message: updates the one that is there, or posts it.
    pub(super) async fn show(&self, it: &Errand, to: &ChannelId, message: &Message) -> Result<Posted, Stop> {
        // The first try can have been any time since the incident began.
        self.keep_shown(&it.parcel(to, it.incident.declared_at), to, message).await
    }

    /// Posts it, unless an earlier try did.
    pub(super) async fn send_once(&self, it: &Parcel<'_>, to: &ChannelId, message: &Message) -> Result<Posted, Stop> {
        if let Some(at) = self.posted(it) {
            return Ok(Posted { at, found: true });
        }
        if it.look
            && let Some(at) = self.sent_before(it, to).await?
        {
            return Ok(Posted { at, found: true });
        }
        let mark = self.mark(it.key).await?;
        let at = match self.post_there(it, &mark, to, message).await {
            Err(Trouble::Refused(code)) if code == "not_in_channel" => {
                self.chat.join(to).await.map_err(|trouble| not_let_in(trouble, &code))?;
                self.post_there(it, &mark, to, message).await?
            }
            posted => posted?,
        };
        self.note_posted(it, at.clone());
        Ok(Posted { at, found: false })
    }

    /// It, where an earlier try sent it.
    pub(super) async fn sent_before(&self, it: &Parcel<'_>, to: &ChannelId) -> Result<Option<MessageRef>, Stop> {
        let mark = self.mark(it.key).await?;
        let found = match self.find_there(it, &mark, to).await {
            Err(Trouble::Refused(code)) if code == "not_in_channel" => match self.chat.join(to).await {
                Ok(()) => self.find_there(it, &mark, to).await,
                Err(trouble) => Err(not_let_in(trouble, &code)),
            },
            found => found,
        };
        match found {
            Ok(at) => {
                if let Some(at) = &at {
                    self.note_posted(it, at.clone());
                }
                Ok(at)
            }
            Err(trouble @ Trouble::Refused(_)) => {
                tracing::warn!(job = it.key, %trouble, "may be sent twice: looking for it was refused");
                Ok(None)
            }
            Err(trouble) => Err(trouble.into()),
        }
    }

    /// What travels with a message, by which it is known again. Where others than responders read, nobody learns from it, or by trying,
    /// what it is about.
    async fn mark<'a>(&self, key: &'a str) -> Result<Cow<'a, str>, Stop> {
        if is_outlet_key(key) { Ok(self.engine.public_mark(key).await?.into()) } else { Ok(key.into()) }
    }

    /// In the conversation, or in the thread there.
    async fn post_there(
        &self,
        it: &Parcel<'_>,
        mark: &str,
        to: &ChannelId,
        message: &Message,
    ) -> Result<MessageRef, Trouble> {
        match &it.under {
            Some(under) => self.chat.reply(under, message, mark).await,
            None => self.chat.post(to, message, mark).await,
        }
    }

    async fn find_there(&self, it: &Parcel<'_>, mark: &str, to: &ChannelId) -> Result<Option<MessageRef>, Trouble> {
        let since = it.since.saturating_sub(CLOCKS_APART).unwrap_or(Timestamp::MIN);
        // A release before this one had the key itself travel with everything.
        let marks = if mark == it.key { vec![mark] } else { vec![mark, it.key] };
        for mark in marks {
            let found = match &it.under {
                Some(under) => self.chat.find_reply(under, mark, since).await?,
                None => self.chat.find_posted(to, mark, since).await?,
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// Updates the message that is there, or posts it.
    pub(super) async fn keep_shown(&self, it: &Parcel<'_>, to: &ChannelId, message: &Message) -> Result<Posted, Stop> {
        if let Some(at) = self.receipt(it.key).await? {
            match self.chat.update(&at, message).await {
                Ok(()) => return Ok(Posted { at, found: true }),
                // Someone deleted it, or it cannot be changed any more: the present state needs another.
                Err(Trouble::Refused(code)) if is_gone(&code) => {}
                Err(trouble) => return Err(trouble.into()),
            }
        }
        let posted = self.send_once(it, to, message).await?;
        if posted.found {
            match self.chat.update(&posted.at, message).await {
                Err(Trouble::Refused(code)) if is_gone(&code) => {
                    self.forget(it.key);
                    let at = self.post_there(it, &self.mark(it.key).await?, to, message).await?;
                    self.note_posted(it, at.clone());
                    return Ok(Posted { at, found: false });
                }
                updated => updated?,
            }
        }
        Ok(posted)
    }

    /// Where the message of the job with this key is.
    pub(super) async fn receipt(&self, key: &str) -> Result<Option<MessageRef>, Stop> {
        let Some(receipt) = self.engine.store().receipt(key).await? else { return Ok(None) };
        let at = serde_json::from_value(receipt);
        at.map(Some).map_err(|e| Stop::Record(format!("the receipt of `{key}` was written by another release: {e}")))
    }

    fn posted(&self, it: &Parcel<'_>) -> Option<MessageRef> {
        self.posted.lock().unwrap_or_else(PoisonError::into_inner).get(it.key).cloned()
    }

    fn note_posted(&self, it: &Parcel<'_>, at: MessageRef) {
        self.posted.lock().unwrap_or_else(PoisonError::into_inner).insert(it.key.to_owned(), at);
    }

    /// The record knows now.
    pub(super) fn forget(&self, key: &str) {
        self.posted.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    /// The conversation in which a target is reached.
    pub(super) async fn conversation(&self, target: &Target) -> Result<ChannelId, Stop> {
        match target {
            Target::Person(person) => Ok(self.chat.direct(person).await?),
            Target::Channel(channel) => self.configured(channel.as_str()).await,
            // Who that is is looked up before anything is sent to them.
            Target::Group(_)
            | Target::Schedule(_)
            | Target::Rotation { .. }
            | Target::Role(_)
            | Target::Service(_)
            | Target::Webhook(_)
            | Target::External(_) => Err(Trouble::Refused(format!("{} has no conversation", target.key())).into()),
        }
    }

    /// Where people open this message. Only a convenience: the message is there, whatever becomes of its address.
    pub(super) async fn address_of(&self, it: &Errand, at: &MessageRef) -> Option<String> {
        self.chat.permalink(at).await.unwrap_or_else(|trouble| {
            tracing::warn!(job = it.job.key, %trouble, "the address of a message is not known");
            None
        })
    }

    /// A channel of the configuration: its id, or its name.
    pub(super) async fn configured(&self, channel: &str) -> Result<ChannelId, Stop> {
        let name = channel.trim_start_matches('#');
        if is_channel_id(name) {
            return Ok(name.into());
        }
        let found = self.chat.channel_named(name).await?;
        found.ok_or_else(|| Trouble::Refused("channel_not_found".into()).into())
    }
}

/// What is kept of a message that was posted.
pub(super) fn receipt(at: &MessageRef) -> Value {
    to_value(at)
}

/// Channel names are lower case, ids upper case.
fn is_channel_id(text: &str) -> bool {
    text.len() > 1 && text.starts_with(['C', 'G']) && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// The message cannot be updated, now or ever.
pub(super) fn is_gone(code: &str) -> bool {
    matches!(code, "message_not_found" | "cant_update_message" | "edit_window_closed")
}

/// Where joining is refused, what counts is that we are not in.
pub(super) fn not_let_in(trouble: Trouble, code: &str) -> Trouble {
    match trouble {
        Trouble::Refused(why) if !matches!(why.as_str(), "is_archived" | "channel_not_found") => {
            Trouble::Refused(code.to_owned())
        }
        other => other,
    }
}
