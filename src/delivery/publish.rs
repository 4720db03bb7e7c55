//! Texts on their way to places that connectors publish to.
//!
//! Such a place is public, and often gives no way to tell what an answer that was lost did: it is looked at before anything is said again,
//! and where it lets nobody look a person is asked.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use super::{
    Delivery,
    comms::{post_failed, words_of},
    errand::{Errand, Stop},
    redaction::{WAITING, said, said_key},
    retry::{Verdict, verdict},
};
use crate::{
    config::STATUS_PAGE,
    incident::{
        Command, Effect, Event, What,
        comms::{self, Amendment, Ask, Fact, Letter, MAYBE_THERE, NOT_SET_UP, Published},
    },
    playbook::OutletId,
    ports::{Connector, Found, Publication, Trouble},
};

impl Delivery {
    /// Publishes a text, once.
    pub(super) async fn publish(
        &self,
        it: &Errand,
        (send, outlet): (u32, &OutletId),
        connector: &str,
        (letter, event, meant): (&Letter, &Event, u32),
        again: bool,
    ) -> Result<(), Stop> {
        let Some(place) = self.connectors.get(connector).map(Arc::clone) else {
            return self.report(it, None, post_failed(send, outlet, NOT_SET_UP, false)).await;
        };
        let key = self.engine.public_key(it.incident.id, send, outlet, 0).await?;
        let text = self.publication(it, (key, send, outlet), letter, (event, event.at)).await?;
        let Some(text) = text else { return self.end(it, None).await };
        let before = before(it, connector, outlet);
        let mut found = if it.look || again { place.find(&text, before).await? } else { Found::Nowhere };
        if meant > 0
            && (it.look || again)
            && found == Found::Nowhere
            && let Some((first, _)) = words_of(event)
            && let Some(first) =
                self.publication(it, (text.key.clone(), send, outlet), first, (event, event.at)).await?
        {
            // An earlier try said what was written then.
            found = place.find(&first, before).await?;
        }
        let (at, correction) = match found {
            // What an earlier try said may have been corrected since.
            Found::There(at) => (at, 0),
            // Whoever has it tried again has looked, before its first try.
            Found::Unknown if !again || it.look => {
                return self.report(it, None, post_failed(send, outlet, MAYBE_THERE, false)).await;
            }
            Found::Nowhere | Found::Unknown => (place.publish(&text, before).await?, meant),
        };
        let published = Ask::Published { send, outlet: outlet.clone(), at, correction };
        self.report(it, None, Command::Comms(published)).await
    }

    /// A text as places get it; `event` sent it, and `sent_at` its words are of. Of a need-to-know incident they get the words that were released
    /// and what was released with them, and nothing else that the record knows.
    pub(super) async fn publication(
        &self,
        it: &Errand,
        (key, send, outlet): (String, u32, &OutletId),
        letter: &Letter,
        (event, sent_at): (&Event, Timestamp),
    ) -> Result<Option<Publication>, Stop> {
        let What::Comms(Fact::Sent { impact, quiet, status, next_by, .. }) = &event.what else { return Ok(None) };
        let incident = self.engine.public_id(it.incident.id).await?;
        let settings = self.engine.settings();
        let page = settings.status_page.as_ref().and_then(|page| page.url.as_deref());
        let delivery = it.incident.comms.send(send).and_then(|sent| sent.delivery(outlet));
        let is_page = |delivery: &comms::Delivery| delivery.to.way == comms::Way::Connector(STATUS_PAGE.to_owned());
        let comms = &it.incident.comms;
        let stands_on_page = comms.threads.values().any(|thread| thread.connector == STATUS_PAGE)
            || comms.send(send).is_some_and(|sent| sent.deliveries.iter().any(is_page));
        let linked = it.whole.links.iter().filter_map(|link| link.text.words());
        Ok(Some(Publication {
            key,
            title: self.headline(it, letter),
            body: letter.body().or_tombstone().to_owned(),
            whole: match letter.body().words() {
                Some(_) => delivery.map_or_else(|| letter.shown(false), |delivery| letter.shown_in(&delivery.to)),
                None => String::new(),
            },
            status: *status,
            impact: impact.clone(),
            notify: !quiet,
            started_at: self.began(it, event).await?,
            sent_at,
            next_by: *next_by,
            link: page.filter(|_| stands_on_page).map(|url| format!("{url}/incidents/{incident}")),
            incident,
            linked: linked.map(str::to_owned).collect(),
        }))
    }

    /// Since when the public may know that there is trouble. Of a need-to-know incident that is from the first text that was released.
    async fn began(&self, it: &Errand, event: &Event) -> Result<Timestamp, Stop> {
        if !it.whole.is_secret() {
            return Ok(it.incident.started_at);
        }
        let history = self.engine.history(it.incident.id).await?;
        let released = |event: &Event| matches!(event.what, What::Comms(Fact::Sent { released: true, .. }));
        Ok(history.iter().find(|(_, event)| released(event)).map_or(event.at, |(_, first)| first.at))
    }

    /// The headline of a text; where its template has none, what the public calls the service, unless nobody may know which it is.
    fn headline(&self, it: &Errand, letter: &Letter) -> String {
        let own = letter.title().and_then(|title| title.words()).filter(|title| !title.trim().is_empty());
        let service = it.incident.intake.service.as_ref().filter(|_| !it.whole.is_secret());
        let service = service.and_then(|id| self.engine.playbook().service(id.as_str()));
        let public = service.and_then(|service| service.public_name.clone());
        own.map_or_else(|| public.unwrap_or_else(|| "Incident".to_owned()), str::to_owned)
    }

    /// Takes the words of the text that an event sent away wherever connectors published it.
    pub(super) async fn withdraw_outside(&self, it: &Errand, seq: u64) -> Result<(), Stop> {
        let event = self.event_of(it, seq).await?;
        let What::Comms(Fact::Sent { send, .. } | Fact::Corrected { send, .. }) = event.what else { return Ok(()) };
        let history = self.engine.history(it.incident.id).await?;
        let mut published = BTreeMap::new();
        for (_, correction, outlets) in said(&history, send) {
            for to in outlets {
                let comms::Way::Connector(name) = &to.way else { continue };
                if self.is_on_its_way(&to.outlet, &said_key(it.incident.id, (send, correction), &to.outlet)).await? {
                    return Err(Stop::NotYet);
                }
                published.insert(&to.outlet, name);
            }
        }
        for (outlet, name) in published {
            self.withdraw_published(it, name, send, outlet).await?;
        }
        Ok(())
    }

    /// Is a text still to be posted there?
    pub(super) async fn is_on_its_way(&self, outlet: &OutletId, key: &str) -> Result<bool, Stop> {
        let waiting = self.engine.store().lane(&format!("outlet/{outlet}"), WAITING).await?;
        Ok(waiting.iter().any(|job| job.key == key))
    }

    /// Takes a text's words away where a connector published it; where that is not possible, the room is told. What goes on as a
    /// need-to-know incident is taken down altogether.
    async fn withdraw_published(&self, it: &Errand, connector: &str, send: u32, outlet: &OutletId) -> Result<(), Stop> {
        let history = self.engine.history(it.incident.id).await?;
        // Of a correction that stands behind it the words go as well.
        let mut published: Vec<&Published> = history.iter().filter_map(|(_, event)| at(event, send, outlet)).collect();
        published.dedup_by_key(|at| &at.update);
        let here = |n: u32, o: &OutletId| n == send && o == outlet;
        if !published.is_empty() {
            self.take_away(it, connector, (send, outlet), &published).await?;
            // Did a correction behind it come through, of which the latest that is known is that nobody knows?
            let of_correction = |event: &Event| match &event.what {
                What::Comms(Fact::CorrectionFailed { send: n, outlet: o, why, .. }) if here(*n, o) => {
                    Some(why == MAYBE_THERE)
                }
                What::Comms(Fact::CorrectionStands { send: n, outlet: o, .. }) if here(*n, o) => Some(false),
                _ => None,
            };
            let in_doubt = history.iter().rev().find_map(|(_, event)| of_correction(event)) == Some(true);
            return if in_doubt { self.ask_to_look(it, send, outlet).await } else { Ok(()) };
        }
        let failed = history.iter().filter_map(|(_, event)| match &event.what {
            What::Comms(Fact::PostFailed { send: n, outlet: o, why, .. }) if here(*n, o) => Some(why == MAYBE_THERE),
            _ => None,
        });
        // It may stand in a part of the place, where others were refused.
        match failed.reduce(|one, other| one || other) {
            Some(in_doubt) => self.take_back_part(it, connector, (send, outlet), in_doubt).await,
            None => Ok(()),
        }
    }

    /// Takes back what stands there of a text that is known to have failed; where nobody knows, `in_doubt`, and it cannot be told, the room is
    /// asked.
    async fn take_back_part(
        &self,
        it: &Errand,
        connector: &str,
        (send, outlet): (u32, &OutletId),
        in_doubt: bool,
    ) -> Result<(), Stop> {
        let text = self.text_of(it, (send, outlet), 0).await?;
        let found = match (self.connectors.get(connector), &text) {
            (Some(place), Some(text)) => place.find_part(text, before(it, connector, outlet)).await,
            _ => Ok(Found::Unknown),
        };
        match found {
            Ok(Found::There(at)) => self.take_away(it, connector, (send, outlet), &[&at]).await,
            Ok(Found::Unknown) if in_doubt => self.ask_to_look(it, send, outlet).await,
            Ok(Found::Nowhere | Found::Unknown) => Ok(()),
            Err(trouble) if verdict(&trouble) == Verdict::Never && in_doubt => self.ask_to_look(it, send, outlet).await,
            Err(trouble) if verdict(&trouble) == Verdict::Never => Ok(()),
            Err(trouble) => Err(trouble.into()),
        }
    }

    /// A text as it was sent, or a correction of it, as places know it.
    async fn text_of(
        &self,
        it: &Errand,
        (send, outlet): (u32, &OutletId),
        correction: u32,
    ) -> Result<Option<Publication>, Stop> {
        let Some(sent) = it.whole.comms.send(send) else { return Ok(None) };
        let history = self.engine.history(it.incident.id).await?;
        let Some((said_at, ..)) = said(&history, send).find(|(_, which, _)| *which == correction) else {
            return Ok(None);
        };
        let (event, words) = (self.whole_event_of(it, sent.seq).await?, self.whole_event_of(it, said_at).await?);
        let Some((letter, _)) = words_of(&words) else { return Ok(None) };
        let key = self.engine.public_key(it.incident.id, send, outlet, correction).await?;
        self.publication(it, (key, send, outlet), letter, (&event, words.at)).await
    }

    /// What people call a channel of the register.
    fn label(&self, it: &Errand, outlet: &OutletId) -> String {
        self.world(it).playbook.outlet(outlet).map_or_else(|| outlet.to_string(), |outlet| outlet.label.clone())
    }

    async fn take_away(
        &self,
        it: &Errand,
        connector: &str,
        (send, outlet): (u32, &OutletId),
        published: &[&Published],
    ) -> Result<(), Stop> {
        let label = self.label(it, outlet);
        let moved = it.whole.access.moved.is_some();
        let place = self.connectors.get(connector);
        let (mut down, mut withdrawn) = (true, true);
        for at in published {
            let tried = match place {
                Some(place) => taken_back(place.as_ref(), at, moved).await,
                None => Ok((false, false)),
            };
            let (is_down, is_withdrawn) = match tried {
                // What is refused in one place is still to be done in the others, and is told.
                Err(trouble) if verdict(&trouble) == Verdict::Never => (false, false),
                tried => tried?,
            };
            down &= is_down;
            withdrawn &= is_withdrawn;
        }
        if !withdrawn {
            let what = format!("take the words of an update back from *{label}*");
            self.give_up_on(it, &what, "please do it there by hand", &format!("withdraw/{send}/{outlet}")).await?;
        }
        let goes_on = it.whole.comms.threads.get(outlet).is_some_and(|thread| !thread.status.is_over());
        if moved && !down && goes_on {
            let what = format!("take down at *{label}* what the public reads of it");
            self.give_up_on(it, &what, "please end it there by hand", &format!("down/{outlet}")).await?;
        }
        Ok(())
    }

    async fn ask_to_look(&self, it: &Errand, send: u32, outlet: &OutletId) -> Result<(), Stop> {
        let what = format!("find out whether an update stands at *{}* that must not", self.label(it, outlet));
        self.give_up_on(it, &what, "please look there", &format!("unheard/{send}/{outlet}")).await
    }

    /// Takes back a text, or a correction that stands behind one, that must not be said any more, where an earlier try may have published it
    /// and only its answer was lost.
    pub(super) async fn take_back_unheard(&self, it: &Errand) -> Result<(), Stop> {
        let (send, outlet, correction) = match &it.effect {
            Effect::Comms(comms::Deed::Post { send, outlet, .. }) => (*send, outlet, 0),
            Effect::Comms(comms::Deed::Correct { send, outlet, correction, .. }) => (*send, outlet, *correction),
            _ => return Ok(()),
        };
        let Some(sent) = it.whole.comms.send(send) else { return Ok(()) };
        let Some(comms::Way::Connector(connector)) = sent.delivery(outlet).map(|delivery| &delivery.to.way) else {
            return Ok(());
        };
        let edits = self.engine.settings().connectors.get(connector).is_some_and(|can| can.edits);
        let Some(place) = self.connectors.get(connector).filter(|_| correction == 0 || !edits) else { return Ok(()) };
        let Some(text) = self.text_of(it, (send, outlet), correction).await? else { return Ok(()) };
        let found = match sent.delivery(outlet).map(|delivery| &delivery.state) {
            Some(comms::Delivered::Published { at }) if correction > 0 => place.find_correction(at, &text).await?,
            _ => place.find_part(&text, before(it, connector, outlet)).await?,
        };
        match found {
            Found::There(at) => self.take_away(it, connector, (send, outlet), &[&at]).await,
            Found::Nowhere => Ok(()),
            Found::Unknown => self.ask_to_look(it, send, outlet).await,
        }
    }
}

/// Has the place take it down altogether, or the words of a text alone: which of the two it did.
async fn taken_back(place: &dyn Connector, at: &Published, down: bool) -> Result<(bool, bool), Trouble> {
    if down && place.take_down(at).await? {
        return Ok((true, true));
    }
    Ok((false, place.withdraw(at).await?))
}

/// The latest text that a connector published in a channel of the register.
fn before<'a>(it: &'a Errand, connector: &str, outlet: &OutletId) -> Option<&'a Published> {
    let thread = it.incident.comms.threads.get(outlet).filter(|thread| thread.connector == connector);
    thread.map(|thread| &thread.last)
}

/// Where an event says that a connector says it, of this send in this place.
fn at<'a>(event: &'a Event, send: u32, outlet: &OutletId) -> Option<&'a Published> {
    match &event.what {
        What::Comms(
            Fact::Published { send: n, outlet: o, at, .. }
            | Fact::CorrectionStands { send: n, outlet: o, how: Amendment::Published { at, .. }, .. },
        ) => (*n == send && o == outlet).then_some(at),
        _ => None,
    }
}
