//! Parts of interaction payloads.

use serde_json::{Value, json};

use crate::sandbox::{
    Refusal,
    state::{APP, Channel, Kind, TEAM, VERIFICATION_TOKEN, Workspace, value_key},
};

/// What every interaction begins with.
pub fn person(ws: &Workspace, kind: &str, user: &str) -> Result<Value, Refusal> {
    let person = ws.user(user)?;
    Ok(json!({
        "type": kind, "token": VERIFICATION_TOKEN, "api_app_id": APP, "enterprise": null,
        "is_enterprise_install": false, "team": { "id": TEAM, "domain": ws.team_domain },
        "user": { "id": user, "username": person.name, "name": person.name, "team_id": TEAM },
    }))
}

/// A channel's name as payloads show it: private ones are not named.
pub fn channel_name(channel: &Channel) -> &str {
    match channel.kind {
        Kind::Public => &channel.name,
        Kind::Private => "privategroup",
        Kind::Im => "directmessage",
    }
}

/// Adds the message an interaction came from.
pub fn container_message(payload: &mut Value, ws: &Workspace, channel: &str, ts: &str) -> Result<(), Refusal> {
    let at = ws.channel(channel)?;
    let user = payload["user"]["id"].as_str().unwrap_or_default().to_owned();
    let found = at.message(ts);
    payload["container"] = json!({
        "type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": found.is_err(),
    });
    payload["channel"] = json!({ "id": channel, "name": channel_name(at) });
    match found {
        // Slack does not repeat what only one person sees.
        Err(_) => {
            let whispered = ws.ephemerals.iter().any(|e| e.message.ts == ts && e.user == user);
            if !whispered {
                return Err("message_not_found".into());
            }
        }
        Ok(message) => {
            if let Some(thread) = &message.draft.thread_ts {
                payload["container"]["thread_ts"] = json!(thread);
            }
            let mut shown = at.message_json(message, true);
            shown["bot_profile"] = json!({ "name": ws.app_name, "app_id": APP });
            payload["message"] = shown;
        }
    }
    let key = format!("{channel}/{ts}/{user}");
    payload["state"] = json!({ "values": ws.choices.get(&key).cloned().unwrap_or_else(|| json!({})) });
    Ok(())
}

/// One action: the element, and what was done with it.
pub fn action(block_id: &str, element: &Value, chosen: &Value, ts: &str) -> Value {
    let kind = element["type"].as_str().unwrap_or_default();
    let mut action = json!({
        "type": kind, "block_id": block_id, "action_id": element["action_id"], "action_ts": ts,
    });
    if kind == "button" {
        for key in ["text", "value", "style", "url"] {
            if !element[key].is_null() {
                action[key] = element[key].clone();
            }
        }
        return action;
    }
    let key = if kind == "overflow" { "selected_option" } else { value_key(kind) };
    action[key] = chosen[key].clone();
    if !element["placeholder"].is_null() {
        action["placeholder"] = element["placeholder"].clone();
    }
    action
}
