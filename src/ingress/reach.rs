//! The ways to a person beside the chat: shown, chosen in a form, tested.

use axum::response::Response;

use super::{
    Door,
    dispatch::{Answer, Spoken},
    forms::opened,
    inbound::View,
    message,
    submit::{errors, update},
    values::Values,
    words,
};
use crate::{
    engine::Refusal,
    ids::UserId,
    incident::Rejection,
    paging::reach::{Ask, Choice, No, Way},
    render::{
        forms::{after_field, way_field, ways_form},
        ids::ButtonValue,
        reach as render,
    },
};

/// The form that asks by which ways.
pub async fn open_form(door: &Door, spoken: &Spoken<'_>) -> Result<Answer, Refusal> {
    let contacts = door.engine.contacts(spoken.me).await?;
    match ways_form(&contacts, &door.engine.settings().ways) {
        Some(view) => Ok(opened(door, spoken, &view, "oncall me").await),
        None => Ok(Answer::say("No other way than Slack is set up; whoever runs the bot does that in watchroom.toml.")),
    }
}

/// The form was sent.
pub async fn submitted(door: &Door, me: &UserId, view: &View, values: Values<'_>) -> Response {
    let set_up = &door.engine.settings().ways;
    let choice = |way: &Way| {
        let (address, after) = (values.text(&way_field(*way)), values.text(&after_field(*way)));
        Choice { way: *way, address, after }
    };
    let ask = Ask::Choose(set_up.iter().map(choice).collect());
    let key = view.id.as_deref().map(|id| format!("view/{id}/{}", view.hash.as_deref().unwrap_or_default()));
    let contacts = match door.engine.change_contacts(key, me, &ask, None).await {
        Err(Refusal::Rejected { why: Rejection::Reach(No::AlreadySo), .. }) => {
            door.engine.contacts(me).await.map_err(Refusal::from)
        }
        changed => changed,
    };
    match contacts {
        // Nothing else shows it where the form was opened.
        Ok(contacts) => update(&render::changed(&contacts, set_up)),
        Err(refusal) => errors(view, &field_of(&refusal, set_up), &words::refused(door, &refusal).text),
    }
}

/// The field that a refusal is about.
fn field_of(refusal: &Refusal, set_up: &[Way]) -> String {
    match refusal {
        Refusal::Rejected { why: Rejection::Reach(No::Address { way, .. }), .. } => way_field(*way),
        Refusal::Rejected { why: Rejection::Reach(No::Minutes { way }), .. } => after_field(*way),
        _ => set_up.first().map(|way| way_field(*way)).unwrap_or_default(),
    }
}

/// A test of every way.
pub async fn test(door: &Door, spoken: &Spoken<'_>) -> Result<Answer, Refusal> {
    let contacts = door.engine.change_contacts(spoken.key.clone(), spoken.me, &Ask::Test, None).await?;
    Ok(contacts.test.as_ref().map_or(Answer::Nothing, |test| Answer::Say(render::testing(test))))
}

/// "It came", where no link can say so.
pub async fn came(door: &Door, spoken: &Spoken<'_>, value: &ButtonValue) -> Result<Answer, Refusal> {
    let read = value.extra.split_once(' ').and_then(|(way, test)| Some((Way::named(way)?, test.parse().ok()?)));
    let Some((way, test)) = read else { return Ok(Answer::say(message::NOT_UNDERSTOOD)) };
    // The message shows it.
    door.engine.change_contacts(None, spoken.me, &Ask::Prove { test, way }, None).await.map(|_| Answer::Nothing)
}
