//! conversations.*: who is in them.

use serde_json::{Value, json};

use super::{Need, Reply, Request, args::paged, done};
use crate::sandbox::{
    Refusal,
    state::{BOT_USER, Kind},
};

/// How many people one call may invite.
const MOST_INVITED: usize = 100;

pub fn join(call: &mut Request<'_>) -> Reply {
    let channel = call.channel_at("channel")?;
    if channel.kind != Kind::Public {
        return Err("method_not_supported_for_channel_type".into());
    }
    let id = channel.id.clone();
    let already = channel.members.contains(BOT_USER);
    call.must_be_open(&id)?;
    call.ws.join(&id, BOT_USER, None)?;
    let mut body = json!({ "channel": call.ws.channel(&id)?.json(false) });
    if already {
        body["warning"] = json!("already_in_channel");
        body["response_metadata"] = json!({ "warnings": ["already_in_channel"] });
    }
    Ok(body)
}

pub fn invite(call: &mut Request<'_>) -> Reply {
    let id = call.channel_for("channel", Need::Invite)?;
    call.must_be_room(&id)?;
    call.must_be_open(&id)?;
    call.must_be_in(&id)?;
    let users = call.args.list("users");
    if users.is_empty() {
        return Err("no_user".into());
    }
    if users.len() > MOST_INVITED {
        return Err(Refusal::with("invalid_arguments", vec![format!("[ERROR] no more than {MOST_INVITED} users")]));
    }
    let refused = |user: &String| -> Option<&'static str> {
        if user == BOT_USER {
            return Some("cant_invite_self");
        }
        match call.ws.users.get(user) {
            None => Some("user_not_found"),
            Some(u) if u.deleted => Some("user_is_deactivated"),
            Some(_) => call.ws.channel(&id).ok()?.members.contains(user).then_some("already_in_channel"),
        }
    };
    let errors: Vec<(String, &str)> = users.iter().filter_map(|u| refused(u).map(|e| (u.clone(), e))).collect();
    let force = call.args.yes("force");
    if let Some((_, first)) = errors.first()
        && !(force && errors.len() < users.len())
    {
        // A deactivated person cannot be told from one who never was, in the code of the refusal.
        let error = if *first == "user_is_deactivated" { "user_not_found" } else { first };
        let listed = errors.iter().map(|(user, e)| format!("[ERROR] {user}: {e}")).collect();
        return Err(Refusal::with(error, if users.len() > 1 { listed } else { Vec::new() }));
    }
    for user in users.iter().filter(|u| !errors.iter().any(|(bad, _)| bad == *u)) {
        call.ws.join(&id, user, Some(BOT_USER))?;
    }
    let mut body = json!({ "channel": call.ws.channel(&id)?.json(false) });
    if !errors.is_empty() {
        body["errors"] =
            errors.iter().map(|(user, error)| json!({ "user": user, "ok": false, "error": error })).collect();
    }
    Ok(body)
}

pub fn kick(call: &mut Request<'_>) -> Reply {
    let id = call.channel_for("channel", Need::Manage)?;
    call.must_be_room(&id)?;
    call.must_be_in(&id)?;
    let user = call.args.required("user")?;
    call.ws.user(&user)?;
    if user == BOT_USER {
        return Err("cant_kick_self".into());
    }
    if call.ws.channel(&id)?.is_general() {
        return Err("cant_kick_from_general".into());
    }
    call.ws.leave(&id, &user)?;
    done()
}

pub fn leave(call: &mut Request<'_>) -> Reply {
    let id = call.channel_for("channel", Need::Manage)?;
    call.must_be_room(&id)?;
    call.must_be_open(&id)?;
    if call.ws.channel(&id)?.is_general() {
        return Err("cant_leave_general".into());
    }
    if call.must_be_in(&id).is_err() {
        return Ok(json!({ "not_in_channel": true }));
    }
    call.ws.leave(&id, BOT_USER)?;
    done()
}

pub fn members(call: &mut Request<'_>) -> Reply {
    let id = call.channel_for("channel", Need::Read)?;
    let all: Vec<Value> = call.ws.channel(&id)?.members.iter().map(|m| json!(m)).collect();
    let (members, next) = paged(&call.args, &all, 100)?;
    Ok(json!({ "members": members, "response_metadata": { "next_cursor": next } }))
}
