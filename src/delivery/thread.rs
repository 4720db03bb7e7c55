//! An incident without a room: the message that its thread hangs below, and what belongs into the thread.

use super::{
    Delivery,
    errand::{Errand, Stop},
    posting::receipt,
    room::room,
};
use crate::{
    ids::ChannelId,
    incident::{Command, Effect, MessageRef, intake},
    ports::Trouble,
    render,
};

impl Delivery {
    /// The message that the thread hangs below, as it stands.
    pub(super) async fn root(&self, it: &Errand) -> Result<(), Stop> {
        let Some(thread) = &it.whole.intake.thread else { return self.end(it, None).await };
        if thread.root.is_none() {
            // We hear mentions only where we are. Where we may not go in by ourselves, posting tells whether we are in.
            match self.chat.join(&thread.channel).await {
                Err(Trouble::Refused(code)) => tracing::debug!(code, "not joined by ourselves"),
                joined => joined?,
            }
        }
        let message = render::intake::root(self.world(it), &it.incident);
        let posted = self.show(it, &thread.channel, &message).await?;
        let known = thread.root.as_ref() == Some(&posted.at.ts);
        if known || thread.left {
            return self.end(it, Some(receipt(&posted.at))).await;
        }
        let opened = Command::Intake(intake::Ask::ThreadOpened { at: posted.at.clone() });
        self.report(it, Some(receipt(&posted.at)), opened).await
    }

    /// Slack does not take the thread's messages: it gets a room after all, and people hear why.
    pub(super) async fn give_room(&self, it: &Errand, code: &str) -> Result<(), Stop> {
        let why = Some(code.to_owned());
        self.report(it, None, Command::Intake(intake::Ask::GiveRoom { why })).await
    }

    /// The card and what it said goes on elsewhere.
    pub(super) async fn leave_card(&self, it: &Errand, at: &MessageRef) -> Result<(), Stop> {
        match self.chat.update(at, &render::intake::moved(&it.incident)).await {
            // The old one is only a courtesy.
            Err(Trouble::Refused(code)) => tracing::warn!(code, "an old card stays as it was"),
            moved => moved?,
        }
        Ok(())
    }
}

/// Where the incident is talked about: its room, or the channel of its thread.
pub(super) fn place(it: &Errand) -> Option<&ChannelId> {
    let thread = || it.whole.intake.in_thread().and_then(|t| t.root.as_ref().map(|_| &t.channel));
    room(it).or_else(thread)
}

/// The message below which the errand's own is posted there, where it belongs into the thread.
pub(super) fn thread(it: &Errand, to: &ChannelId) -> Option<MessageRef> {
    let belongs = matches!(it.effect, Effect::Card | Effect::Say { .. }) && room(it).is_none();
    let thread = it.whole.intake.in_thread().filter(|t| belongs && t.channel == *to)?;
    Some(MessageRef { channel: thread.channel.clone(), ts: thread.root.clone()? })
}
