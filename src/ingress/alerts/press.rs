//! Presses on the message of a group of alerts, and how many nobody took.

use crate::{
    engine::Refusal,
    ids::{IncidentId, UserId},
    incident::{
        Command,
        intake::{Ask, Attaching},
    },
    ingress::{
        Door,
        dispatch::{Answer, Spoken, request},
        forms,
        inbound::Action,
        message,
        press::is,
    },
    render::{
        self, Message,
        forms::Declaring,
        ids::{ButtonValue, action::alert as action},
    },
    store::ReadError,
};

/// How many groups are looked at: one more than is shown tells that there are more.
const LISTED: usize = render::ALERTS_SHOWN + 1;

/// To guests, and to people of other organisations.
const OUTSIDE: &str = "You can tell us of something with `/incident report <text>`.";

/// A button or menu of a group.
pub async fn pressed(door: &Door, spoken: &Spoken<'_>, id: &str, pressed: &Action) -> Result<Answer, Refusal> {
    if !door.people.is_within(spoken.me).await {
        return Ok(Answer::say(OUTSIDE));
    }
    let value = pressed.value().and_then(ButtonValue::parse).unwrap_or_default();
    // A menu says only what was chosen; of which group stands in its name.
    let chosen = pressed.value().and_then(|value| value.parse::<IncidentId>().ok());
    let named = id.rsplit('.').next().and_then(|number| number.parse::<u64>().ok());
    match (value.extra.parse().ok().or(named), value.incident.or(chosen)) {
        (Some(group), None) if is(id, action::DECLARE) => declare(door, spoken, group).await,
        (Some(group), None) if is(id, action::DISMISS) => {
            door.engine.dismiss_alerts(group, spoken.me).await?;
            // Its message says so.
            Ok(Answer::Nothing)
        }
        (Some(group), Some(incident)) if is(id, action::ATTACH) || is(id, action::CHOOSE) => {
            let attach = Command::Intake(Ask::AttachAlerts(Attaching { group, found: None }));
            request(door, spoken, Some(incident), attach).await?;
            Ok(Answer::Say(render::alerts_attached(group, incident)))
        }
        _ => {
            door.counters.not_understood.up();
            Ok(Answer::say(message::NOT_UNDERSTOOD))
        }
    }
}

/// The declare form, with what is known filled in.
async fn declare(door: &Door, spoken: &Spoken<'_>, number: u64) -> Result<Answer, Refusal> {
    let group = door.engine.free_alerts(number).await?;
    let from = Declaring {
        title: group.opened.title,
        severity: group.suggest,
        service: group.opened.service,
        channel: spoken.channel.cloned(),
        alerts: Some(number),
        unsure: true,
        ..Declaring::default()
    };
    Ok(forms::open_declare(door, spoken, &from).await)
}

/// Below a list of incidents: the alerts that fire and that nobody took, for those within the organisation.
pub async fn waiting(door: &Door, me: &UserId, said: Message) -> Result<Message, ReadError> {
    let waiting = door.engine.waiting_alerts(LISTED).await?;
    if waiting.is_empty() || !door.people.is_within(me).await {
        return Ok(said);
    }
    Ok(render::with_note(said, &render::alerts_waiting(&waiting)))
}
