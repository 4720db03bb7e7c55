//! What can be looked up.

use std::sync::Arc;

use super::{
    Door,
    dispatch::{Answer, Spoken, existing},
    message,
};
use crate::{
    command::{ListWhat, Query, help, help_on},
    engine::Refusal,
    ids::{IncidentId, UserId},
    incident::{Incident, What, case},
    render::{self, Message},
    store::ReadError,
};

/// How many incidents a list shows.
const LISTED: usize = 20;
/// How many kept events are looked at: one more than is shown tells that there are more.
const KEPT: usize = render::intake::KEPT_SHOWN + 1;

pub async fn answer(door: &Door, me: &UserId, asked: Query) -> Result<Answer, Refusal> {
    let w = door.view();
    let said = match asked {
        Query::List(what) => list(door, me, what).await?,
        Query::Find(text) => {
            let found = door.lists(me).await.find(&text, LISTED + 1).await?;
            let text: String = text.chars().take(80).collect();
            render::list(w, &borrowed(&found), &format!("Found by “{text}”"), LISTED)
        }
        Query::Show(id) => {
            let it = existing(door, me, id).await?;
            render::show(door.view_of(&it), &it)
        }
        Query::Roles(id) => {
            let it = existing(door, me, id).await?;
            render::roles(door.view_of(&it), &it)
        }
        Query::Checklist(id) => {
            let it = existing(door, me, id).await?;
            render::checklist(door.view_of(&it), &it, me)
        }
        Query::External(id) => {
            let it = existing(door, me, id).await?;
            render::external(&it, &door.engine.case_facts(&it).await?)
        }
        Query::Evidence(id) => {
            let it = existing(door, me, id).await?;
            render::evidence(&it, &door.engine.case_facts(&it).await?)
        }
        Query::Observations(id) => {
            let it = existing(door, me, id).await?;
            let mut facts = door.engine.case_facts(&it).await?;
            // How one was confirmed is not among what the state points at.
            let history = door.engine.seen_by(me).history(id).await?;
            facts.extend(history.into_iter().filter_map(|(seq, event)| match event.what {
                What::Case(fact @ case::Fact::ObservationConfirmed { .. }) => Some((seq, fact)),
                _ => None,
            }));
            render::observations(&it, &facts)
        }
        Query::Customers(id) => {
            let it = existing(door, me, id).await?;
            render::customers(door.view_of(&it), &it, me, &door.engine.case_facts(&it).await?)
        }
        Query::Tasks(id) => {
            let it = existing(door, me, id).await?;
            render::tasks(&it, &door.engine.words_of_tasks(&it).await?)
        }
        Query::Summary(id) => {
            let it = existing(door, me, id).await?;
            render::summary(door.view_of(&it), &it, &door.engine.seen_by(me).history(id).await?)
        }
        Query::Timeline(id) => timeline(door, me, id, 0).await?,
        Query::Playbook(here) => playbook(door, me, here).await?,
        Query::Similar(id) => super::intake::similar(door, me, id).await?,
        Query::Access(id) => {
            let it = existing(door, me, id).await?;
            render::access(door.view_of(&it), &it, &door.engine.seen_by(me).history(id).await?)
        }
        Query::Raci => render::raci(w),
        Query::Channels(id) => {
            let it = existing(door, me, id).await?;
            render::comms::register(door.view_of(&it), &it)
        }
        Query::Help(verb) => message::markup(verb.and_then(help_on).unwrap_or_else(help)),
    };
    Ok(Answer::Say(said))
}

/// One page of the timeline; 0 has the latest entries.
pub async fn timeline(door: &Door, me: &UserId, id: IncidentId, page: u32) -> Result<Message, Refusal> {
    let it = existing(door, me, id).await?;
    Ok(render::timeline(door.view_of(&it), &it, &door.engine.seen_by(me).history(id).await?, page))
}

/// The playbook in force, and the one of the incident whose room this is.
async fn playbook(door: &Door, me: &UserId, here: Option<IncidentId>) -> Result<Message, Refusal> {
    let books = door.engine.books();
    let own = match here {
        Some(id) => Some(existing(door, me, id).await?),
        None => None,
    };
    let own = own.as_deref().map(|it| (it.id, books.of(it)));
    let (book, mut state) = (books.current(), books.in_force());
    let today = door.engine.clock().now().in_tz(&door.engine.settings().timezone).map(|now| now.date());
    state.problems.extend(today.map(|today| book.grown_old(today)).unwrap_or_default());
    Ok(render::playbook(book, &state, own))
}

async fn list(door: &Door, me: &UserId, what: ListWhat) -> Result<Message, ReadError> {
    let seen = door.lists(me).await;
    let (heading, found) = match what {
        ListWhat::Open => ("Open incidents", seen.open(LISTED + 1).await?),
        ListWhat::Mine => ("Your incidents", seen.mine(LISTED + 1).await?),
        ListWhat::Recent => ("Latest incidents", seen.recent(LISTED + 1).await?),
    };
    let said = render::list(door.view(), &borrowed(&found), heading, LISTED);
    match what {
        ListWhat::Open => {
            let kept = if seen.is_outside() { Vec::new() } else { door.engine.kept(KEPT).await? };
            let said = render::intake::with_kept(said, &kept);
            let said = super::alerts::waiting(door, me, said).await?;
            super::report::waiting(door, me, said).await
        }
        ListWhat::Mine | ListWhat::Recent => Ok(said),
    }
}

/// As renderings take them.
pub fn borrowed(incidents: &[Arc<Incident>]) -> Vec<&Incident> {
    incidents.iter().map(Arc::as_ref).collect()
}

/// The control card, for one person.
pub async fn card(door: &Door, me: &UserId, id: IncidentId) -> Result<Answer, Refusal> {
    let it = existing(door, me, id).await?;
    Ok(Answer::Say(render::card_now(door.view_of(&it), &it)))
}

/// What a press did shows on the incident's card; where it was pressed on such a card of one person's own, that one shows it too.
pub fn on_card(door: &Door, spoken: &Spoken<'_>, it: &Incident) -> Answer {
    spoken.pressed.map_or(Answer::Nothing, |_| Answer::Instead(render::card_now(door.view_of(it), it)))
}
