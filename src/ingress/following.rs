//! What people follow: asked, changed, and listed.

use super::{
    Door,
    dispatch::{Answer, Spoken, existing},
    message,
    press::is,
};
use crate::{
    engine::Refusal,
    ids::IncidentId,
    incident::following::{SUBSCRIPTIONS, Subscribing, Subscriptions, Wanted},
    render::{
        following as render,
        ids::{ButtonValue, action::follow as action},
    },
};

/// What is need-to-know is told to those inside, in its room.
const SECRET: &str = "That is need-to-know: it is told to those inside, in its room, and to nobody by subscription.";

/// Guests, and people of other organisations, have no part in it.
const OUTSIDE: &str = "Incidents are a matter of this organisation's own people.";
/// There is nothing to remove.
const NO_SUCH: &str = "You have no subscription of that number: `/incident subscribe` lists them. Nothing was changed.";

/// What was typed. A number before the verb means that incident.
pub async fn answer(
    door: &Door,
    spoken: &Spoken<'_>,
    incident: Option<IncidentId>,
    fact: Option<Subscribing>,
) -> Result<Answer, Refusal> {
    let fact = match (fact, incident) {
        (None, Some(id)) => Some(Subscribing::Added { wanted: Wanted { incident: Some(id), ..Wanted::default() } }),
        (fact, _) => fact,
    };
    if !door.people.is_within(spoken.me).await {
        return Ok(Answer::say(OUTSIDE));
    }
    let before = door.engine.subscriptions(spoken.me).await?;
    let Some(fact) = fact else { return Ok(Answer::Say(render::subscriptions(door.view(), &before))) };
    let fact = match fact {
        Subscribing::Removed { number } => match nth(&before, number) {
            Some(number) => Subscribing::Removed { number },
            None => return Ok(Answer::say(NO_SUCH)),
        },
        other @ (Subscribing::Added { .. } | Subscribing::Muted { .. }) => other,
    };
    if let Subscribing::Added { wanted } = &fact {
        if let Some(id) = wanted.incident
            && existing(door, spoken.me, id).await?.is_secret()
        {
            return Ok(Answer::say(SECRET));
        }
        if before.all.len() >= SUBSCRIPTIONS {
            return Ok(Answer::say(format!(
                "You have {SUBSCRIPTIONS} subscriptions, which is the most. Remove one first: `/incident subscribe` lists them."
            )));
        }
        if before.all.iter().any(|(_, known)| known == wanted) {
            return Ok(Answer::Say(render::subscriptions(door.view(), &before)));
        }
    }
    changed(door, spoken, &fact).await
}

async fn changed(door: &Door, spoken: &Spoken<'_>, fact: &Subscribing) -> Result<Answer, Refusal> {
    let after = door.engine.change_following(spoken.key.clone(), spoken.me, fact).await?;
    Ok(Answer::Say(render::subscriptions(door.view(), &after)))
}

/// The number for good of the one that people see in this place of their list.
fn nth(all: &Subscriptions, place: u64) -> Option<u64> {
    let place = usize::try_from(place.checked_sub(1)?).ok()?;
    all.all.get(place).map(|(number, _)| *number)
}

/// What was pressed below the list.
pub async fn pressed(door: &Door, spoken: &Spoken<'_>, pressed: &str, value: &ButtonValue) -> Result<Answer, Refusal> {
    let fact = match pressed {
        _ if is(pressed, action::REMOVE) => match value.extra.parse() {
            Ok(number) => Subscribing::Removed { number },
            Err(_) => return Ok(Answer::say(message::NOT_UNDERSTOOD)),
        },
        _ if is(pressed, action::MUTE) => Subscribing::Muted { muted: true },
        _ if is(pressed, action::UNMUTE) => Subscribing::Muted { muted: false },
        _ => return Ok(Answer::say(message::NOT_UNDERSTOOD)),
    };
    if !door.people.is_within(spoken.me).await {
        return Ok(Answer::say(OUTSIDE));
    }
    changed(door, spoken, &fact).await.map(Answer::instead)
}
