//! Texts on their way to others, and what the room sees of them.
//!
//! [`Way`] says how a text gets to a channel of the register; each neighbour that can take one is a way of its own, with its arm
//! in [`Delivery::post_letter`].

use super::{
    Delivery,
    correcting::Correcting,
    errand::{Errand, Stop},
    posting::receipt,
    room::room,
};
use crate::{
    incident::{
        Command, Event, What,
        comms::{Ask, Deed, Delivered, Delivery as Place, Fact, Letter, Way},
    },
    playbook::OutletId,
    render,
};

impl Delivery {
    /// Carries out one of them.
    pub(super) async fn comms(&self, it: &Errand, deed: &Deed) -> Result<(), Stop> {
        match deed {
            Deed::ShowDraft { draft } => self.show_draft(it, *draft).await,
            Deed::Post { send, outlet, seq, retry } => self.post_letter(it, *send, outlet, (*seq, *retry)).await,
            Deed::Correct { send, outlet, correction, retry } => {
                let asked = Correcting { send: *send, outlet, correction: *correction, again: *retry > 0 };
                self.correct(it, asked).await
            }
            Deed::Receipt { send } => self.show_receipt(it, *send).await,
        }
    }

    async fn show_draft(&self, it: &Errand, number: u32) -> Result<(), Stop> {
        let Some(channel) = room(it) else { return self.end(it, None).await };
        let over = it.whole.comms.draft(number).is_none();
        if over && !it.look && self.receipt(&it.job.key).await?.is_none() {
            // It was sent at once: its receipt says all.
            return self.end(it, None).await;
        }
        let message = render::comms::draft(self.world(it), &it.whole, number);
        let posted = self.show(it, channel, &message).await?;
        self.end(it, Some(receipt(&posted.at))).await
    }

    async fn show_receipt(&self, it: &Errand, number: u32) -> Result<(), Stop> {
        let (Some(channel), Some(send)) = (room(it), it.whole.comms.send(number)) else {
            return self.end(it, None).await;
        };
        let (sent, now) = (self.whole_event_of(it, send.seq).await?, self.whole_event_of(it, send.words()).await?);
        let (Some((_, alone)), Some((letter, also_alone))) = (words_of(&sent), words_of(&now)) else {
            return self.end(it, None).await;
        };
        let alone = also_alone.or(alone);
        let message = render::comms::receipt(self.world(it), &it.whole, send, letter, alone);
        let posted = self.show(it, channel, &message).await?;
        self.end(it, Some(receipt(&posted.at))).await
    }

    /// Posts a text, once: not where it got there by another way meanwhile, and after a person had it tried once more only where it
    /// is not there.
    async fn post_letter(
        &self,
        it: &Errand,
        number: u32,
        outlet: &OutletId,
        (seq, retry): (u64, u32),
    ) -> Result<(), Stop> {
        let delivery = it.incident.comms.send(number).and_then(|s| s.delivery(outlet));
        let wanted = match delivery.map(|d| &d.state) {
            Some(Delivered::OnItsWay | Delivered::Trying { .. }) => true,
            Some(
                Delivered::Failed { .. }
                | Delivered::ByHand
                | Delivered::Posted { .. }
                | Delivered::Published { .. }
                | Delivered::Done { .. },
            )
            | None => false,
        };
        let event = self.event_of(it, seq).await?;
        // It may have been corrected before it got there.
        let words = self.event_of(it, delivery.map_or(seq, |delivery| delivery.words)).await?;
        let (Some(delivery), Some((letter, _)), true) = (delivery, words_of(&words), wanted) else {
            return self.end(it, None).await;
        };
        let is_redacted = letter.body().words().is_none() || it.incident.comms.send(number).is_none_or(|s| s.withdrawn);
        let unsent = || post_failed(number, outlet, "its words were redacted", false);
        match &delivery.to.way {
            Way::Slack(channel) if is_redacted => {
                // Where it got there all the same, its receipt tells from where to take it back.
                let to = self.configured(channel).await?;
                let left = if it.look { self.look_for(it, &to, event.at).await? } else { None };
                self.report(it, left.as_ref().map(receipt), unsent()).await
            }
            Way::Connector(_) if is_redacted => {
                if it.look || retry > 0 {
                    self.take_back_unheard(it).await?;
                }
                self.report(it, None, unsent()).await
            }
            Way::Hand if is_redacted => self.report(it, None, unsent()).await,
            Way::Slack(channel) => {
                let to = self.configured(channel).await?;
                self.post_in_slack(it, (number, outlet), &to, (letter, delivery), retry > 0).await
            }
            Way::Connector(name) => {
                self.publish(it, (number, outlet), name, (letter, &event, delivery.meant), retry > 0).await
            }
            Way::Hand => self.end(it, None).await,
        }
    }

    async fn post_in_slack(
        &self,
        it: &Errand,
        (send, outlet): (u32, &OutletId),
        to: &crate::ids::ChannelId,
        (letter, delivery): (&Letter, &Place),
        look: bool,
    ) -> Result<(), Stop> {
        let message = render::comms::letter(letter, &delivery.to);
        let since = it.incident.comms.send(send).map_or(it.job.due, |s| s.at);
        let earlier = if look { self.look_for(it, to, since).await? } else { None };
        let found = earlier.is_some();
        let at = match earlier {
            Some(at) => at,
            None => self.post_once(it, to, &message, since).await?.at,
        };
        let link = self.address_of(it, &at).await;
        // What an earlier try left there is brought up to date.
        let correction = if found { 0 } else { delivery.meant };
        let posted = Ask::Posted { send, outlet: outlet.clone(), at: at.clone(), link, correction };
        self.report(it, Some(receipt(&at)), Command::Comms(posted)).await
    }
}

/// The text that an event sent, or what it is to say since, and why nobody approved it where somebody had to.
pub(super) fn words_of(event: &Event) -> Option<(&Letter, Option<&crate::incident::Text>)> {
    match &event.what {
        What::Comms(Fact::Sent { letter, alone, .. } | Fact::Corrected { letter, alone, .. }) => {
            Some((letter, alone.as_ref()))
        }
        _ => None,
    }
}

/// A text did not get there.
pub(super) fn post_failed(send: u32, outlet: &OutletId, why: &str, trying: bool) -> Command {
    Command::Comms(Ask::PostFailed { send, outlet: outlet.clone(), why: why.to_owned(), trying })
}
