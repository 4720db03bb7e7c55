//! A page beyond the guard is shown on the last message that its person got: an edit wakes nobody, and loses nothing.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::OwnedMutexGuard;

use super::{
    Delivery,
    errand::{Errand, Stop},
    pages::{last_message, messages, why_not},
    posting::is_gone,
};
use crate::{
    ids::IncidentId,
    incident::{Event, MessageRef, What},
    paging::{Outcome, Page, PageId, Target, reach::Way},
    ports::Trouble,
    render::{self, Message},
};

type Turn = Arc<tokio::sync::Mutex<()>>;
/// Of which incident, who, and by which way beside the chat.
type Whose = (IncidentId, Target, Option<Way>);

/// Whose turn it is. Pages have lanes of their own, so that one that does not get through holds up no other; but what one
/// person gets is counted, and a message that several live in is edited, by one at a time.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<HashMap<Whose, Turn>>);

impl Turns {
    /// Waits for its turn, which lasts until what it returns is dropped. No way waits for another, nor for the chat.
    pub(super) async fn take(&self, id: IncidentId, to: &Target, way: Option<Way>) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            Arc::clone(turns.entry((id, to.clone(), way)).or_default())
        };
        turn.lock_owned().await
    }
}

impl Delivery {
    /// Shows this page on the last message to `to`, where they got so many lately; otherwise it is to be sent. Channels are
    /// not guarded: their messages are for whoever is there.
    pub(super) async fn fold(&self, it: &Errand, id: PageId, to: &Target) -> Result<Option<Outcome>, Stop> {
        if !matches!(to, Target::Person(_)) {
            return Ok(None);
        }
        let history = self.engine.history(it.incident.id).await?;
        let sent = history.iter().map(|(_, event)| event).filter(|event| is_sent(event, to)).map(|event| event.at);
        if !self.engine.settings().page_guard.folds(sent, self.clock.now()) {
            return Ok(None);
        }
        let last = messages(&history).filter(|(_, whom, _)| *whom == to).last().map(|(.., at)| at);
        let Some(at) = last else { return Ok(None) };
        let Some(message) = self.page_message(it, &history, &at, to, Some(id)) else { return Ok(None) };
        match self.chat.update(&at, &message).await {
            // They deleted it: what nobody can see is sent.
            Err(Trouble::Refused(code)) if is_gone(&code) => Ok(None),
            updated => {
                updated?;
                let count = folded(&history, &at).saturating_add(1);
                Ok(Some(Outcome::Folded { channel: at.channel, ts: at.ts, count }))
            }
        }
    }

    /// What stands on this message to `to`: the page that asks them, and what was folded into it; with this one, which is
    /// about to be. None where no page lives in it any more.
    pub(super) fn page_message(
        &self,
        it: &Errand,
        history: &[(u64, Event)],
        at: &MessageRef,
        to: &Target,
        added: Option<PageId>,
    ) -> Option<Message> {
        let living = living(history, at, to).into_iter().filter(|id| Some(*id) != added).chain(added);
        let mut beside: Vec<&Page> = living.filter_map(|id| it.incident.page(id)).collect();
        let asks = beside.iter().rposition(|page| page.waits() && page.asked_now().contains(to));
        let waits = || beside.iter().rposition(|page| page.waits());
        let first = asks.or_else(waits).or_else(|| beside.len().checked_sub(1))?;
        let page = beside.remove(first);
        let folded = folded(history, at).saturating_add(added.iter().len().try_into().unwrap_or(0));
        let why = why_not(history, page.id, to).filter(|_| !it.whole.is_secret());
        let shown = render::Shown { page, beside: &beside, folded };
        Some(render::shown_page(self.world(it), &it.incident, &shown, to, why))
    }
}

fn is_sent(event: &Event, to: &Target) -> bool {
    match &event.what {
        What::PageAttempted { attempt, .. } => attempt.to == *to && matches!(attempt.outcome, Outcome::Sent { .. }),
        _ => false,
    }
}

/// The pages whose last message to `to` this is, in the order in which they came.
fn living(history: &[(u64, Event)], at: &MessageRef, to: &Target) -> Vec<PageId> {
    let mut living: Vec<PageId> = Vec::new();
    for (page, ..) in messages(history).filter(|(_, whom, there)| *whom == to && there == at) {
        living.retain(|other| *other != page);
        living.push(page);
    }
    living.retain(|page| last_message(history, *page, to).as_ref() == Some(at));
    living
}

/// How many were folded into this message.
fn folded(history: &[(u64, Event)], at: &MessageRef) -> u32 {
    let counts = history.iter().filter_map(|(_, event)| match &event.what {
        What::PageAttempted { attempt, .. } => match &attempt.outcome {
            Outcome::Folded { channel, ts, count } if *channel == at.channel && *ts == at.ts => Some(*count),
            Outcome::Sent { .. }
            | Outcome::Taken { .. }
            | Outcome::Delivered
            | Outcome::Spared
            | Outcome::Failed { .. }
            | Outcome::Folded { .. } => None,
        },
        _ => None,
    });
    counts.max().unwrap_or(0)
}
