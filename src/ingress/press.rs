//! Buttons and menus.
//!
//! A press is answered after its commit. The person hears of it only where nothing else shows it: what is refused, and
//! what was asked to be shown.

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::{
    Door, alerts, case, comms, course,
    dispatch::{Answer, Spoken, existing, request, understand},
    duty, following, forms,
    inbound::{Action, Interaction},
    intake,
    interaction::{answered, tell},
    message, oncall, query, report, status_page, submit, words,
};
use crate::{
    command::FormKind,
    engine::Refusal,
    ids::{IncidentId, UserId},
    incident::{Command, Event, What},
    paging::PageId,
    playbook::{PhaseId, RoleId},
    render::{
        self,
        forms::{Declaring, cannot_form},
        ids::{self, ButtonValue, FormMemory, Menu, action},
    },
};

/// How long Slack may take to show a preview.
const PATIENCE: Duration = Duration::from_millis(2500);

/// Carries out what was pressed.
pub async fn pressed(door: &Door, it: &Interaction, me: &UserId) {
    for pressed in it.actions.iter().flatten() {
        let outcome = press(door, it, me, pressed).await;
        let answer = answered(door, outcome);
        tell(door, it, me, answer).await;
    }
}

/// What makes a press itself: who, on which message or view, which button, and what it stood for.
fn key(it: &Interaction, me: &UserId, pressed: &Action) -> Option<String> {
    let place = match (it.on(), &it.view) {
        (Some(on), _) => format!("{}/{}", on.channel, on.ts),
        (None, Some(view)) => format!("{}/{}", view.id.as_deref()?, view.hash.as_deref().unwrap_or_default()),
        (None, None) => return None,
    };
    let value = pressed.value().unwrap_or_default();
    // Values may be long; keys stay short.
    let value = hex::encode(&Sha256::digest(value)[..12]);
    Some(format!("press/{me}/{place}/{}/{value}", pressed.id.as_deref()?))
}

/// Is it this action? Those that stand more than once in a message carry something behind a dot.
pub(super) fn is(id: &str, action: &str) -> bool {
    id.strip_prefix(action).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

async fn press(door: &Door, it: &Interaction, me: &UserId, pressed: &Action) -> Result<Answer, Refusal> {
    let id = pressed.id.as_deref().unwrap_or_default();
    let value = pressed.value().and_then(ButtonValue::parse).unwrap_or_default();
    let channel = it.at();
    let spoken = Spoken {
        key: key(it, me, pressed),
        channel: channel.as_ref(),
        trigger: it.trigger_id.as_deref(),
        reply: it.response_url.as_deref(),
        pressed: it.answer(),
        ..Spoken::by(me)
    };
    match id {
        _ if is(id, action::RUN) => {
            let answer = understand(door, &Spoken { text: &value.extra, ..spoken }).await?;
            // One of several readings was meant: the others are not offered any more.
            return Ok(if value.incident.is_none() { answer.instead() } else { answer });
        }
        _ if is(id, action::DECLARE_ANYWAY) => {
            let text = format!("declare {}", value.extra);
            return understand(door, &Spoken { text: &text, anyway: true, ..spoken }).await;
        }
        _ if is(id, action::DECLARE) => {
            let from = Declaring { channel: channel.clone(), ..Declaring::default() };
            return Ok(forms::open_declare(door, &spoken, &from).await);
        }
        _ if id.starts_with(ids::comms::PREFIX) => return comms::pressed(door, it, &spoken, id, &value).await,
        _ if id.starts_with(action::alert::PREFIX) => return alerts::pressed(door, &spoken, id, pressed).await,
        _ if id.starts_with(action::follow::PREFIX) => return following::pressed(door, &spoken, id, &value).await,
        _ if id.starts_with(action::report::PREFIX) => return report::pressed(door, &spoken, id, &value).await,
        _ if id.starts_with(action::oncall::PREFIX) => return oncall::pressed(door, &spoken, id, &value).await,
        _ if id.starts_with(action::page::PREFIX) => return status_page::pressed(door, &spoken, id, &value).await,
        _ if is(id, action::PREVIEW) => return update_again(door, it, me, value.incident, true).await,
        _ if is(id, action::SCENARIO) => {
            let memory = it.view.as_ref().and_then(|v| v.private_metadata.as_deref()).map(FormMemory::parse);
            return update_again(door, it, me, memory.and_then(|m| m.incident), false).await;
        }
        _ if intake::is_menu(it, id) => return Ok(intake::foresee(door, me, it).await),
        _ if id.starts_with("intake.") => return intake::pressed(door, it, &spoken, id, &value).await,
        // A menu in a form: what was chosen is read when the form is sent.
        _ if it.view.as_ref().is_some_and(|v| v.callback_id.as_deref().is_some_and(|c| !c.is_empty())) => {
            return Ok(Answer::Nothing);
        }
        _ => {}
    }
    if let Some(incident) = value.incident {
        return on_incident(door, &spoken, id, incident, &value).await;
    }
    door.counters.not_understood.up();
    Ok(Answer::say(message::NOT_UNDERSTOOD))
}

/// A button about an incident.
async fn on_incident(
    door: &Door,
    spoken: &Spoken<'_>,
    id: &str,
    incident: IncidentId,
    value: &ButtonValue,
) -> Result<Answer, Refusal> {
    if id.starts_with(action::case::PREFIX) {
        return case::pressed(door, spoken, id, incident, value).await;
    }
    if id.starts_with("duty.") {
        return duty::pressed(door, spoken, id, incident, value).await;
    }
    // Whoever was paged may not know of more than the page.
    if is(id, action::CANNOT) {
        let view = cannot_form(incident, PageId(value.number));
        return Ok(forms::opened(door, spoken, &view, &format!("{incident} cannot <why>")).await);
    }
    if let Some(form) = form_of(id, value) {
        return forms::open(door, spoken, incident, form).await;
    }
    if id.starts_with("course.") {
        return course::pressed(door, spoken, id, incident, value).await;
    }
    if is(id, action::SHOW) {
        return query::card(door, spoken.me, incident).await;
    }
    if is(id, action::EARLIER) {
        return query::timeline(door, spoken.me, incident, value.number).await.map(Answer::Say);
    }
    if is(id, action::HAND_OVER) {
        let it = existing(door, spoken.me, incident).await?;
        return Ok(forms::open_handover(door, spoken, &it, &RoleId(value.extra.clone())).await);
    }
    let Some(command) = command_of(id, value, spoken.me) else {
        door.counters.not_understood.up();
        return Ok(Answer::say(
            "I do not know this button any more. `/incident` in the incident's room shows its card.",
        ));
    };
    // An old card: what it would do was decided by someone who saw something else.
    if is(id, action::NEXT_PHASE) {
        let it = existing(door, spoken.me, incident).await?;
        let next = door.engine.books().of(&it).kind(&it.kind).next(&it.phase);
        if it.is_open() && it.phase.as_str() != value.extra && next.is_none_or(|p| p.id.as_str() != value.extra) {
            let gone_on =
                format!("{incident} has gone on since this card was shown; it is in phase `{}` now.", it.phase);
            return Ok(match query::on_card(door, spoken, &it) {
                Answer::Instead(card) => Answer::Instead(render::with_note(card, &gone_on)),
                _ => Answer::say(format!("{gone_on} Use the latest card, or `/incident {incident} phase`.")),
            });
        }
    }
    let done = match request(door, spoken, Some(incident), command).await {
        Ok(done) => done,
        Err(refusal) => return duty::ask_why(door, spoken, incident, refusal).await,
    };
    // What shows nowhere else must be said.
    Ok(match done.events.first() {
        Some((_, Event { what: What::Access(_), .. })) => Answer::Instead(words::done(door, &done)),
        _ => course::after_press(door, spoken, &done),
    })
}

/// The form that a button opens.
fn form_of(id: &str, value: &ButtonValue) -> Option<FormKind> {
    let menu = || serde_json::from_value::<Menu>(value.extra.as_str().into()).ok();
    match id {
        _ if is(id, action::UPDATE) => Some(FormKind::Update),
        _ if is(id, action::PHASE) => Some(FormKind::Phase),
        _ if is(id, action::ROLES) => Some(FormKind::Roles),
        _ if is(id, action::ESCALATE) => Some(FormKind::Escalate),
        _ if is(id, action::REOPEN) => Some(FormKind::Reopen),
        _ if is(id, action::MENU) => match menu()? {
            Menu::Severity => Some(FormKind::Severity),
            Menu::Rename => Some(FormKind::Rename),
            Menu::Link => Some(FormKind::Link),
            Menu::Resolve => Some(FormKind::Resolve),
            Menu::Cancel => Some(FormKind::Cancel),
            Menu::Reopen => Some(FormKind::Reopen),
            Menu::Close => None,
        },
        _ => None,
    }
}

/// What a button does at once.
fn command_of(id: &str, value: &ButtonValue, me: &UserId) -> Option<Command> {
    let (role, page) = (|| RoleId(value.extra.clone()), PageId(value.number));
    Some(match id {
        _ if is(id, action::NEXT_PHASE) => Command::ChangePhase { to: PhaseId(value.extra.clone()), why: None },
        _ if is(id, action::TAKE) => Command::AssignRole { role: Some(role()), to: me.clone(), why: None },
        _ if is(id, action::CONFIRM) => Command::ConfirmRole { role: role() },
        _ if is(id, action::ACCEPT) => Command::AcceptOffer { role: role(), offer: value.number },
        _ if is(id, action::DECLINE) => Command::DeclineOffer { role: role(), offer: value.number },
        _ if is(id, action::ACKNOWLEDGE) => Command::Acknowledge { page: Some(page), way: None },
        _ if is(id, action::KEEP) => Command::KeepPage { page },
        _ if is(id, action::HAND_BACK) => Command::HandBackPage { page: Some(page) },
        _ if is(id, action::PASS_ON) => Command::EscalatePage { page, version: value.version },
        _ if is(id, action::MENU) && value.extra == "close" => Command::Close { why: None },
        _ => return None,
    })
}

/// Shows the update's form anew: with how it will look below it, or with another text to begin with.
async fn update_again(
    door: &Door,
    it: &Interaction,
    me: &UserId,
    incident: Option<IncidentId>,
    preview: bool,
) -> Result<Answer, Refusal> {
    let (Some(incident), Some(view)) = (incident, &it.view) else { return Ok(Answer::say(message::NOT_UNDERSTOOD)) };
    let Some(view_id) = view.id.as_deref() else { return Ok(Answer::say(message::NOT_UNDERSTOOD)) };
    let shown = submit::update_again(door, me, incident, view, preview).await?;
    match tokio::time::timeout(PATIENCE, door.chat.update_view(view_id, view.hash.as_deref(), &shown)).await {
        Ok(Ok(())) => {}
        Ok(Err(trouble)) => tracing::warn!(error = %trouble, "a preview was not shown"),
        Err(_) => tracing::warn!("a preview was not shown in time"),
    }
    Ok(Answer::Nothing)
}
