//! Forms are opened within the request, while its trigger lives.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};
use tokio::time::error::Elapsed;

use super::{
    Door,
    dispatch::{Answer, Spoken, existing},
    inbound::View,
    query::borrowed,
};
use crate::{
    command::FormKind,
    engine::Refusal,
    ids::{IncidentId, UserId},
    incident::{Incident, MessageRef, case::Fact},
    playbook::RoleId,
    ports::Trouble,
    render::{
        Message, blocks,
        forms::{self, Declaring},
    },
};

/// How long Slack may take to open a form. Its trigger lives three seconds, and so long the person waits at most for our
/// answer, before which we may have had to ask for their zone.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many characters a form can remember.
const MEMORY: usize = 3000;
/// How many incidents a menu offers.
const OFFERED: usize = 100;

/// The form that declares.
pub async fn open_declare(door: &Door, spoken: &Spoken<'_>, from: &Declaring) -> Answer {
    let view = forms::declare_form(door.view(), from);
    let title = if from.title.is_empty() { "<title>" } else { &from.title };
    let secret = if from.secret { "security: " } else { "" };
    opened(door, spoken, &view, &format!("declare sev2 {secret}{title}")).await
}

/// A form about an incident.
pub async fn open(door: &Door, spoken: &Spoken<'_>, id: IncidentId, form: FormKind) -> Result<Answer, Refusal> {
    let it = existing(door, spoken.me, id).await?;
    if form == FormKind::Correct {
        return Box::pin(super::comms::correct(door, spoken, &it, None)).await;
    }
    let facts = if form == FormKind::Plan { door.engine.case_facts(&it).await? } else { BTreeMap::new() };
    let view = view_of(door, spoken.me, &it, form, &facts);
    Ok(opened(door, spoken, &view, &format!("{id} {}", instead(form))).await)
}

/// The form that hands over this role.
pub async fn open_handover(door: &Door, spoken: &Spoken<'_>, it: &Incident, role: &RoleId) -> Answer {
    let view = forms::handover_form(door.view_of(it), it, role);
    opened(door, spoken, &view, &format!("{} handoff @person {role}", it.id)).await
}

/// The form that asks to which incident a message belongs.
pub async fn open_pick(
    door: &Door,
    spoken: &Spoken<'_>,
    at: &MessageRef,
    author: Option<&UserId>,
    words: &str,
) -> Result<Answer, Refusal> {
    let open = door.lists(spoken.me).await.open(OFFERED).await?;
    let view = forms::pick_form(&borrowed(&open), at, author, words);
    Ok(opened(door, spoken, &view, "INC-1 note <text>").await)
}

fn view_of(door: &Door, me: &UserId, it: &Incident, form: FormKind, facts: &BTreeMap<u64, Fact>) -> Value {
    let w = door.view_of(it);
    match form {
        FormKind::Update | FormKind::Correct => forms::update_form(w, it, None),
        FormKind::Phase => forms::phase_form(w, it),
        FormKind::Severity => forms::severity_form(w, it),
        FormKind::Roles => forms::roles_form(w, it),
        FormKind::Handover => forms::handover_form(w, it, &it.lead_role),
        FormKind::Escalate => forms::escalate_form(w, it),
        FormKind::Rename => forms::rename_form(w, it),
        FormKind::Link => forms::link_form(it),
        FormKind::Cancel => forms::cancel_form(it),
        FormKind::Resolve => forms::resolve_form(it),
        FormKind::Reopen => forms::reopen_form(it),
        FormKind::Customer => forms::customer_form(it),
        FormKind::External => forms::external_form(it),
        FormKind::Consult => forms::consult_form(w, it),
        FormKind::Evidence => forms::evidence_form(it, me),
        FormKind::Plan => forms::plan_form(it, facts),
    }
}

/// What does the same as a form.
const fn instead(form: FormKind) -> &'static str {
    match form {
        FormKind::Update => "update <text>",
        FormKind::Correct => "update correct",
        FormKind::Phase => "phase <phase>",
        FormKind::Severity => "severity <n> <why>",
        FormKind::Roles => "role <role> @person",
        FormKind::Handover => "handoff @person",
        FormKind::Escalate => "page @person",
        FormKind::Rename => "title <text>",
        FormKind::Link => "link <url>",
        FormKind::Cancel => "cancel <why>",
        FormKind::Resolve => "resolve <how>",
        FormKind::Reopen => "reopen <why>",
        FormKind::External => "external add @person skill until: 14 days nda: yes scope: <what>",
        FormKind::Consult => "consult <role> <question>",
        FormKind::Evidence => "evidence <what> sha256: <hash> kept: <where>",
        FormKind::Customer => "customers add <name>",
        FormKind::Plan => "customers plan <order> | <by whom> | <what>",
    }
}

/// Shows the form, or says what to type instead.
pub async fn opened(door: &Door, spoken: &Spoken<'_>, view: &Value, instead: &str) -> Answer {
    let view = &opened_from(view.clone(), spoken.pressed);
    let outcome = match spoken.trigger {
        Some(trigger) => tokio::time::timeout(PATIENCE, door.chat.open_view(trigger, view)).await,
        None => Ok(Err(Trouble::Refused("no trigger".into()))),
    };
    unless_shown(door, outcome, instead)
}

/// Has a form remember where the answer can be changed that it was opened from.
pub fn opened_from(mut view: Value, answer: Option<&str>) -> Value {
    let Some(answer) = answer else { return view };
    let memory = view["private_metadata"].as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
    if let Some(mut memory @ Value::Object(_)) = memory {
        memory["answer"] = answer.into();
        let memory = memory.to_string();
        // Of a form that has much to remember the answer stays as it was.
        if memory.chars().count() <= MEMORY {
            view["private_metadata"] = memory.into();
        }
    }
    view
}

/// Nothing where Slack showed the form, else what to type instead.
pub fn unless_shown(door: &Door, outcome: Result<Result<(), Trouble>, Elapsed>, instead: &str) -> Answer {
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
        "blocks": blocks(&said.blocks),
    })
}

/// The modal as it was sent, with this above it instead of what stood there before; nothing where Slack did not send all of it.
pub fn with_notice(view: &View, said: &Message) -> Option<Value> {
    /// What marks the block, so that the next one takes its place.
    const NOTICE: &str = "notice";
    let Value::Array(mut shown) = blocks(&Message::plain(said.text.as_str()).blocks) else { return None };
    for block in &mut shown {
        block["block_id"] = NOTICE.into();
    }
    shown.extend(view.blocks.as_ref()?.iter().filter(|block| block["block_id"] != NOTICE).cloned());
    let mut modal = json!({
        "type": "modal",
        "title": view.title.as_ref()?,
        "callback_id": view.callback_id.as_deref().unwrap_or_default(),
        "private_metadata": view.private_metadata.as_deref().unwrap_or_default(),
        "blocks": shown,
    });
    for (name, button) in [("submit", &view.submit), ("close", &view.close)] {
        if let Some(button) = button {
            modal[name].clone_from(button);
        }
    }
    Some(modal)
}
