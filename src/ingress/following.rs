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
    incident::following::{SUBSCRIPTIONS, Subscribing, Wanted},
    render::{
        following as render,
        ids::{ButtonValue, action::follow as action},
    },
};

/// What is need-to-know is told to those inside, in its room.
const SECRET: &str = "That is need-to-know: it is told to those inside, in its room, and to nobody by subscription.";

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
        return Ok(Answer::say("Incidents are a matter of this organisation's own people."));
    }
    let before = door.engine.subscriptions(spoken.me).await?;
    let Some(fact) = fact else { return Ok(Answer::Say(render::subscriptions(door.view(), &before))) };
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
    let after = door.engine.change_following(spoken.key.clone(), spoken.me, &fact).await?;
    Ok(Answer::Say(render::subscriptions(door.view(), &after)))
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
    answer(door, spoken, None, Some(fact)).await.map(Answer::instead)
}
