//! Texts that stand with others and say something else now: changed in place where that is possible, else said behind it.

use serde_json::Value;

use super::{
    Delivery,
    comms::words_of,
    errand::{Errand, Stop},
    posting::{Parcel, is_gone, receipt},
};
use crate::{
    incident::{
        Command, MessageRef,
        comms::{Amended, Amendment, Ask, Delivered, Letter, MAYBE_THERE, NOT_SET_UP, Published, Way},
    },
    playbook::OutletId,
    ports::{Found, Publication, Trouble},
    render,
};

/// Which correction, and where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Correcting<'a> {
    pub send: u32,
    pub outlet: &'a OutletId,
    pub correction: u32,
    /// A person had it tried once more.
    pub again: bool,
}

impl Correcting<'_> {
    fn stands(&self, how: Amendment) -> Command {
        let (send, outlet, correction) = (self.send, self.outlet.clone(), self.correction);
        Command::Comms(Ask::CorrectionStands { send, outlet, correction, how })
    }

    /// It did not get there.
    pub fn failed(&self, why: &str, trying: bool) -> Command {
        let (send, outlet, correction, why) = (self.send, self.outlet.clone(), self.correction, why.to_owned());
        Command::Comms(Ask::CorrectionFailed { send, outlet, correction, why, trying })
    }
}

impl Delivery {
    /// Has the text say what its correction says, once; not where a later correction is meant there, or a person made it meanwhile.
    pub(super) async fn correct(&self, it: &Errand, asked: Correcting<'_>) -> Result<(), Stop> {
        let send = it.incident.comms.send(asked.send);
        let delivery = send.and_then(|send| send.delivery(asked.outlet));
        let is_wanted = |d: &crate::incident::comms::Delivery| {
            d.meant == asked.correction && d.stands < d.meant && d.amended.as_ref().is_some_and(Amended::is_waiting)
        };
        let (Some(send), Some(delivery)) = (send, delivery.filter(|d| is_wanted(d))) else {
            let left = self.take_back_what_may_stand(it, asked).await?;
            return self.end(it, left).await;
        };
        let words = self.event_of(it, delivery.words).await?;
        let Some((letter, _)) =
            words_of(&words).filter(|(letter, _)| letter.body().words().is_some() && !send.withdrawn)
        else {
            let left = self.take_back_what_may_stand(it, asked).await?;
            return self.report(it, left, asked.failed("its words were redacted", false)).await;
        };
        match (&delivery.state, &delivery.to.way) {
            (Delivered::Posted { at, .. }, _) => {
                let text = render::comms::letter(letter, &delivery.to);
                self.correct_in_slack(it, asked, at, (&text, letter, send.at)).await
            }
            (Delivered::Published { at }, Way::Connector(name)) => {
                let sent = self.event_of(it, send.seq).await?;
                let key = self.engine.public_key(it.incident.id, asked.send, asked.outlet, asked.correction).await?;
                let text = self.publication(it, (key, asked.send, asked.outlet), letter, (&sent, words.at)).await?;
                let Some(mut text) = text else { return self.end(it, None).await };
                let threads = &it.incident.comms.threads;
                let thread = threads.get(asked.outlet).filter(|thread| thread.connector == *name);
                if let Some(thread) = thread {
                    // However late it comes: how it stands by now stays so.
                    (text.status, text.impact) = (thread.status, thread.impact.clone());
                }
                self.correct_published(it, asked, name, (at, &text)).await
            }
            _ => self.end(it, None).await,
        }
    }

    /// An earlier try may have said it behind the text, and only the answer was lost. What stands in Slack its receipt tells, from which a
    /// redaction takes it back.
    async fn take_back_what_may_stand(&self, it: &Errand, asked: Correcting<'_>) -> Result<Option<Value>, Stop> {
        if !(it.look || asked.again) {
            return Ok(None);
        }
        self.take_back_unheard(it).await?;
        Ok(self.correction_left(it, asked.send, asked.outlet).await?.as_ref().map(receipt))
    }

    /// The errand's correction in Slack, if it stands there: in the thread of what it corrects, or where that stood.
    pub(super) async fn correction_left(
        &self,
        it: &Errand,
        send: u32,
        outlet: &OutletId,
    ) -> Result<Option<MessageRef>, Stop> {
        let Some(send) = it.whole.comms.send(send) else { return Ok(None) };
        let Some(Delivered::Posted { at, .. }) = send.delivery(outlet).map(|delivery| &delivery.state) else {
            return Ok(None);
        };
        for under in [Some(at.clone()), None] {
            let parcel = Parcel { key: &it.job.key, look: true, since: send.at, under };
            if let Some(left) = self.sent_before(&parcel, &at.channel).await? {
                return Ok(Some(left));
            }
        }
        Ok(None)
    }

    /// The message is changed; where Slack lets nobody do that any more, the correction stands in its thread, and where somebody deleted it,
    /// in its place.
    async fn correct_in_slack(
        &self,
        it: &Errand,
        asked: Correcting<'_>,
        at: &MessageRef,
        (text, letter, sent_at): (&render::Message, &Letter, jiff::Timestamp),
    ) -> Result<(), Stop> {
        let code = match self.chat.update(at, text).await {
            Ok(()) => return self.report(it, None, asked.stands(Amendment::Edited)).await,
            Err(Trouble::Refused(code)) if is_gone(&code) => code,
            Err(trouble) => return Err(trouble.into()),
        };
        let under = (code != "message_not_found").then(|| at.clone());
        let look = it.look || asked.again;
        let parcel = Parcel { key: &it.job.key, look, since: sent_at, under };
        let posted = self.send_once(&parcel, &at.channel, &render::comms::correction(letter, sent_at)).await?;
        let how = Amendment::Behind { at: posted.at.clone() };
        self.report(it, Some(receipt(&posted.at)), asked.stands(how)).await
    }

    async fn correct_published(
        &self,
        it: &Errand,
        asked: Correcting<'_>,
        connector: &str,
        (at, text): (&Published, &Publication),
    ) -> Result<(), Stop> {
        let Some(place) = self.connectors.get(connector) else {
            return self.report(it, None, asked.failed(NOT_SET_UP, false)).await;
        };
        let edits = self.engine.settings().connectors.get(connector).is_some_and(|can| can.edits);
        // What is changed twice says the same; what is said behind it would stand there twice.
        let found =
            if edits || !(it.look || asked.again) { Found::Nowhere } else { place.find_correction(at, text).await? };
        let now = match found {
            Found::There(now) => now,
            Found::Unknown if !asked.again || it.look => {
                return self.report(it, None, asked.failed(MAYBE_THERE, false)).await;
            }
            Found::Nowhere | Found::Unknown => place.correct(at, text).await?,
        };
        let how = Amendment::Published { edited: edits, at: now };
        self.report(it, None, asked.stands(how)).await
    }
}
