//! Forms are opened within the request, while its trigger lives.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    Door,
    dispatch::{Answer, Spoken, existing},
    words,
};
use crate::{
    command::{FormKind, plain},
    engine::Refusal,
    ids::IncidentId,
    incident::MessageRef,
    playbook::Severity,
    ports::Trouble,
    render::Message,
};

/// How long Slack may take to open a form; its trigger lives three seconds.
const PATIENCE: Duration = Duration::from_millis(2500);

/// The form that declares.
pub async fn open_declare(
    door: &Door,
    spoken: &Spoken<'_>,
    title: &str,
    severity: Option<Severity>,
) -> Result<Answer, Refusal> {
    let view = words::declare_form(door, title, severity);
    let title = if title.is_empty() { "<title>" } else { title };
    Ok(opened(door, spoken, &view, &format!("declare sev2 {title}")).await)
}

/// The form that declares, from a message.
pub async fn open_declare_from(
    door: &Door,
    spoken: &Spoken<'_>,
    text: &str,
    _from: Option<MessageRef>,
) -> Result<Answer, Refusal> {
    let text = plain(text);
    let line = text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default();
    open_declare(door, spoken, line, None).await
}

/// A form about an incident.
pub async fn open(door: &Door, spoken: &Spoken<'_>, id: IncidentId, form: FormKind) -> Result<Answer, Refusal> {
    let it = existing(door, id).await?;
    let view = words::form(door, &it, form);
    Ok(opened(door, spoken, &view, &format!("{id} {}", instead(form))).await)
}

/// What does the same as a form.
const fn instead(form: FormKind) -> &'static str {
    match form {
        FormKind::Update => "update <text>",
        FormKind::Phase => "phase <phase>",
        FormKind::Severity => "severity <n> <why>",
        FormKind::Roles => "role <role> @person",
        FormKind::Handover => "handoff @person",
        FormKind::Escalate => "page @person",
        FormKind::Rename => "title <text>",
        FormKind::Link => "link <url>",
    }
}

/// Shows the form, or says what to type instead.
async fn opened(door: &Door, spoken: &Spoken<'_>, view: &Value, instead: &str) -> Answer {
    let outcome = match spoken.trigger {
        Some(trigger) => tokio::time::timeout(PATIENCE, door.chat.open_view(trigger, view)).await,
        None => Ok(Err(Trouble::Refused("no trigger".into()))),
    };
    match outcome {
        Ok(Ok(())) => return Answer::Nothing,
        Ok(Err(trouble)) => tracing::warn!(error = %trouble, "a form was not opened"),
        Err(_) => tracing::warn!("a form was not opened in time"),
    }
    door.counters.forms_failed.up();
    Answer::say(format!(
        "Slack did not open the form in time, so nothing was changed. Try again, or type `/incident {instead}`."
    ))
}

/// A window that only says something.
pub fn notice(said: &Message) -> Value {
    json!({
        "type": "modal",
        "title": { "type": "plain_text", "text": "Incidents" },
        "close": { "type": "plain_text", "text": "Close" },
        "blocks": said.blocks,
    })
}
