//! views.*

use serde_json::{Value, json};

use super::{Reply, Request};
use crate::sandbox::{
    Refusal, limits,
    state::{TriggerContext, ViewKind},
};

fn payload(call: &Request<'_>, kind: Option<ViewKind>) -> Result<Value, Refusal> {
    let view = match call.args.nested("view") {
        Ok(Some(view)) => view,
        Ok(None) => return Err(Refusal::missing("view")),
        Err(()) => {
            return Err(Refusal::with(
                "invalid_arguments",
                vec!["[ERROR] view is not JSON [json-pointer:/view]".into()],
            ));
        }
    };
    limits::view(&view, kind)?;
    Ok(view)
}

fn trigger(call: &Request<'_>) -> Result<String, Refusal> {
    call.args.text("trigger_id").ok_or_else(|| Refusal::missing("trigger_id"))
}

pub fn open(call: &mut Request<'_>) -> Reply {
    let id = trigger(call)?;
    let view = payload(call, Some(ViewKind::Modal))?;
    let trigger = call.ws.exchange(&id)?;
    let view = match trigger.context {
        TriggerContext::Outside => call.ws.open_view(&trigger.user, view)?,
        // From within a modal a new one lies on top of it.
        TriggerContext::Modal(_) => call.ws.push_view(&trigger.user, view)?,
    };
    Ok(json!({ "view": view.json() }))
}

pub fn push(call: &mut Request<'_>) -> Reply {
    let id = trigger(call)?;
    let view = payload(call, Some(ViewKind::Modal))?;
    let trigger = call.ws.exchange(&id)?;
    let TriggerContext::Modal(below) = trigger.context else { return Err("not_found".into()) };
    if !call.ws.views.contains_key(&below) {
        return Err("not_found".into());
    }
    let view = call.ws.push_view(&trigger.user, view)?;
    Ok(json!({ "view": view.json() }))
}

pub fn update(call: &mut Request<'_>) -> Reply {
    let by_external =
        |external: String| call.ws.views.values().find(|v| v.text("external_id") == external).map(|v| v.id.clone());
    let id = match (call.args.text("view_id"), call.args.text("external_id")) {
        (Some(id), _) => id,
        (None, Some(external)) => by_external(external).ok_or(Refusal::from("not_found"))?,
        (None, None) => return Err(Refusal::missing("view_id")),
    };
    let kind = call.ws.views.get(&id).map(|v| v.kind);
    let view = payload(call, kind)?;
    let hash = call.args.text("hash");
    let view = call.ws.update_view(&id, view, hash.as_deref())?;
    Ok(json!({ "view": view.json() }))
}

pub fn publish(call: &mut Request<'_>) -> Reply {
    let user = call.args.required("user_id")?;
    let person = call.ws.user(&user)?;
    if person.deleted {
        return Err("user_disabled".into());
    }
    let view = payload(call, Some(ViewKind::Home))?;
    let hash = call.args.text("hash");
    let view = call.ws.publish_home(&user, view, hash.as_deref())?;
    Ok(json!({ "view": view.json() }))
}
