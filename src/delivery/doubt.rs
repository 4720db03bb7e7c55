//! What must not be said any more, and may have gone out all the same: an earlier try sent it, and only its answer was lost.

use super::{
    Delivery,
    errand::{Errand, Stop},
    people::receipt_of_reminder,
    posting::{is_gone, receipt},
    room::room,
    thread::place,
};
use crate::{
    ids::ChannelId,
    incident::{
        Effect, access,
        comms::{self, Way},
        duty,
    },
    paging::Target,
    ports::Trouble,
    render,
};

impl Delivery {
    /// Ends an errand that must not be carried out any more. What it left in Slack gets its receipt now, and all that was said
    /// before is taken back once more: without the receipt that passed it over.
    pub(super) async fn leave_undone(&self, it: &Errand) -> Result<(), Stop> {
        if it.look {
            self.take_back_unheard(it).await?;
        }
        let left = if it.look { self.left_behind(it).await? } else { None };
        let Some(at) = left else { return self.end(it, None).await };
        if matches!(it.effect, Effect::SendPage { .. }) {
            // Its place is known by the attempt, which nobody records any more.
            match self.chat.update(&at, &render::old_page(&it.incident)).await {
                Err(Trouble::Refused(code)) if is_gone(&code) => {}
                updated => updated?,
            }
        }
        let left = match &it.effect {
            Effect::Remind { about, beside, .. } => receipt_of_reminder(&at, about, beside),
            _ => receipt(&at),
        };
        let again = vec![Effect::RetractAll, Effect::Retitle];
        self.engine.fan_out(it.incident.id, 0, again, vec![it.finish(Some(left))]).await?;
        self.forget(&it.job.key);
        Ok(())
    }

    async fn left_behind(&self, it: &Errand) -> Result<Option<crate::incident::MessageRef>, Stop> {
        if let Effect::Comms(comms::Deed::Correct { send, outlet, .. }) = &it.effect {
            return self.correction_left(it, *send, outlet).await;
        }
        let channel = match self.whither(it).await {
            // Nobody is reached there, so nothing stands there.
            Err(Stop::Trouble(Trouble::Refused(_))) => None,
            found => found?,
        };
        match channel {
            Some(channel) => self.look_for(it, &channel, it.incident.declared_at).await,
            None => Ok(None),
        }
    }

    /// Where an errand's message would be; nowhere where it leaves none that could be taken back.
    async fn whither(&self, it: &Errand) -> Result<Option<ChannelId>, Stop> {
        let settings = self.engine.settings();
        let configured = match &it.effect {
            Effect::Card | Effect::Say { .. } => return Ok(place(it).cloned()),
            Effect::Root => return Ok(it.whole.intake.thread.as_ref().map(|thread| thread.channel.clone())),
            Effect::ArchiveRoom | Effect::Comms(comms::Deed::ShowDraft { .. } | comms::Deed::Receipt { .. }) => {
                return Ok(room(it).cloned());
            }
            Effect::Brief { to, .. }
            | Effect::CheckPage { to, .. }
            | Effect::Question { to, .. }
            | Effect::Remind { to, .. }
            | Effect::Duty(duty::Deed::ShowTask { to, .. }) => return Ok(Some(self.chat.direct(to).await?)),
            Effect::SendPage { to, .. } | Effect::Tell { to, .. } => {
                return if is_conversation(to) { self.conversation(to).await.map(Some) } else { Ok(None) };
            }
            Effect::Announce => settings.announce_channel.as_deref(),
            Effect::Broadcast { .. } => settings.updates_channel.as_deref(),
            Effect::Comms(comms::Deed::Post { send, outlet, .. }) => {
                let sent = it.whole.comms.send(*send).and_then(|sent| sent.delivery(outlet));
                sent.and_then(|sent| match &sent.to.way {
                    Way::Slack(channel) => Some(channel.as_str()),
                    // Looked for where connectors publish.
                    Way::Connector(_) | Way::Hand => None,
                })
            }
            // Corrections stand below what they correct, and are looked for there. What other ways and providers took cannot be called
            // back; the others only ask, change what stands there, ask for
            // more, or are about the room itself, whose name and topic are changed there.
            Effect::Reach { .. }
            | Effect::SyncExternal { .. }
            | Effect::LookUpGroup { .. }
            | Effect::LookUpWays { .. }
            | Effect::Duty(duty::Deed::LookUpGroup { .. })
            | Effect::ShowPage { .. }
            | Effect::ShowPages { .. }
            | Effect::TellPaged { .. }
            | Effect::ShowBrief { .. }
            | Effect::ShowSaid { .. }
            | Effect::Retract { .. }
            | Effect::RetractAll
            | Effect::Retitle
            | Effect::Homes
            | Effect::Home { .. }
            | Effect::OpenRoom
            | Effect::Invite { .. }
            | Effect::Topic
            | Effect::Bookmark
            | Effect::RenameRoom
            | Effect::Followers { .. }
            | Effect::Comms(comms::Deed::Correct { .. })
            | Effect::Access(access::Deed::ShowOut { .. }) => None,
        };
        match configured {
            Some(channel) => self.configured(channel).await.map(Some),
            None => Ok(None),
        }
    }
}

/// Is it reached by a message in Slack?
const fn is_conversation(to: &Target) -> bool {
    match to {
        Target::Person(_) | Target::Channel(_) => true,
        Target::Group(_)
        | Target::Schedule(_)
        | Target::Rotation { .. }
        | Target::Role(_)
        | Target::Service(_)
        | Target::Webhook(_)
        | Target::External(_) => false,
    }
}
