//! What can be looked up.

use serde_json::Value;

use super::{
    Door,
    dispatch::{Answer, existing},
    message, words,
};
use crate::{
    command::{ListWhat, Query, help, help_on},
    engine::Refusal,
    ids::{IncidentId, UserId},
    store::ReadError,
};

/// How many incidents a list shows.
const LISTED: usize = 20;
/// How many incidents of each kind a home shows.
const AT_HOME: usize = 10;

pub async fn answer(door: &Door, me: &UserId, asked: Query) -> Result<Answer, Refusal> {
    let said = match asked {
        Query::List(what) => list(door, me, what).await?,
        Query::Find(text) => {
            let found = door.engine.find(&text, LISTED).await?;
            words::list(door, &format!("Found by “{text}”"), &found)
        }
        Query::Show(id) => words::card(door, existing(door, id).await?.as_ref()),
        Query::Summary(id) | Query::Timeline(id) => {
            let it = existing(door, id).await?;
            words::events(door, &it, &door.engine.history(id).await?)
        }
        Query::Roles(id) => words::card(door, existing(door, id).await?.as_ref()),
        Query::Help(verb) => message::markup(verb.and_then(help_on).unwrap_or_else(help)),
    };
    Ok(Answer::Say(said))
}

async fn list(door: &Door, me: &UserId, what: ListWhat) -> Result<crate::render::Message, ReadError> {
    let (heading, found) = match what {
        ListWhat::Open => ("Open incidents", door.engine.open(LISTED).await?),
        ListWhat::Mine => ("Your incidents", door.engine.mine(me, LISTED).await?),
        ListWhat::Recent => ("Latest incidents", door.engine.recent(LISTED).await?),
    };
    Ok(words::list(door, heading, &found))
}

/// The control card, for one person.
pub async fn card(door: &Door, id: IncidentId) -> Result<Answer, Refusal> {
    Ok(Answer::Say(words::card(door, existing(door, id).await?.as_ref())))
}

/// Someone's App Home.
pub async fn home(door: &Door, _me: &UserId) -> Result<Value, ReadError> {
    let _open = door.engine.open(AT_HOME).await?;
    Ok(words::home(door))
}
