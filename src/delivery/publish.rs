//! Texts on their way to places that connectors publish to.
//!
//! Such a place is public, and often gives no way to tell what an answer that was lost did: it is looked at before anything is said again,
//! and where it lets nobody look a person is asked.

use std::sync::Arc;

use super::{
    Delivery,
    comms::post_failed,
    errand::{Errand, Stop},
};
use crate::{
    engine::{outlet_key, public_id},
    incident::{
        Command, Event, What,
        comms::{Ask, Fact, Letter},
    },
    playbook::OutletId,
    ports::{Found, Publication},
};

/// What the room is told of a text that may stand where nobody can look.
pub(crate) const MAYBE_THERE: &str = "maybe_there";
/// What the room is told of a connector that the settings have no more.
const NOT_SET_UP: &str = "not_set_up";

impl Delivery {
    /// Publishes a text, once.
    pub(super) async fn publish(
        &self,
        it: &Errand,
        (send, outlet): (u32, &OutletId),
        connector: &str,
        (letter, event): (&Letter, &Event),
        again: bool,
    ) -> Result<(), Stop> {
        let Some(place) = self.connectors.get(connector).map(Arc::clone) else {
            return self.report(it, None, post_failed(send, outlet, NOT_SET_UP, false)).await;
        };
        let Some(text) = self.publication(it, (send, outlet), letter, event) else { return self.end(it, None).await };
        let before = it.incident.comms.threads.get(outlet).filter(|thread| thread.connector == connector);
        let before = before.map(|thread| &thread.last);
        let at = if it.look || again {
            match place.find(&text, before).await? {
                Found::There(at) => at,
                Found::Nowhere => place.publish(&text, before).await?,
                // Whoever has it tried again has looked.
                Found::Unknown if again => place.publish(&text, before).await?,
                Found::Unknown => {
                    return self.report(it, None, post_failed(send, outlet, MAYBE_THERE, false)).await;
                }
            }
        } else {
            place.publish(&text, before).await?
        };
        let published = Ask::Published { send, outlet: outlet.clone(), at };
        self.report(it, None, Command::Comms(published)).await
    }

    /// A text as places get it.
    fn publication(
        &self,
        it: &Errand,
        (send, outlet): (u32, &OutletId),
        letter: &Letter,
        event: &Event,
    ) -> Option<Publication> {
        let What::Comms(Fact::Sent { impact, quiet, status, next_by, .. }) = &event.what else { return None };
        let incident = public_id(it.incident.id, it.incident.declared_at);
        let settings = self.engine.settings();
        let page = settings.status_page.as_ref().and_then(|page| page.url.as_deref());
        Some(Publication {
            key: outlet_key(it.incident.id, send, outlet),
            title: self.headline(it, letter),
            body: letter.body().or_tombstone().to_owned(),
            status: *status,
            impact: impact.clone(),
            notify: !quiet,
            started_at: it.incident.started_at,
            sent_at: event.at,
            next_by: *next_by,
            link: page.map(|url| format!("{url}/incidents/{incident}")),
            incident,
        })
    }

    /// The headline of a text; where its template has none, what the public calls the service.
    fn headline(&self, it: &Errand, letter: &Letter) -> String {
        let own = letter.title().and_then(|title| title.words()).filter(|title| !title.trim().is_empty());
        let service = it.incident.intake.service.as_ref();
        let service = service.and_then(|id| self.engine.playbook().service(id.as_str()));
        let public = service.and_then(|service| service.public_name.clone());
        own.map_or_else(|| public.unwrap_or_else(|| "Incident".to_owned()), str::to_owned)
    }

    /// Takes a text's words away wherever a connector published it; where that is not possible, the room is told.
    pub(super) async fn withdraw_published(
        &self,
        it: &Errand,
        connector: &str,
        send: u32,
        outlet: &OutletId,
    ) -> Result<(), Stop> {
        let history = self.engine.history(it.incident.id).await?;
        let published = history.iter().find_map(|(_, event)| match &event.what {
            What::Comms(Fact::Published { send: n, outlet: o, at }) if *n == send && o == outlet => Some(at),
            _ => None,
        });
        let Some(at) = published else { return Ok(()) };
        let withdrawn = match self.connectors.get(connector) {
            Some(place) => place.withdraw(at).await?,
            None => false,
        };
        if !withdrawn {
            let what = format!("taking the words of a text back from {outlet}");
            self.give_up_on(it, &what, "cannot_be_changed_there", &format!("withdraw/{send}/{outlet}")).await?;
        }
        Ok(())
    }
}
