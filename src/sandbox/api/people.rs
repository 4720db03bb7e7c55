//! auth.*, team.*, users.*, usergroups.*

use serde_json::{Value, json};

use super::{Reply, Request, args::paged};
use crate::sandbox::{
    Refusal,
    state::{BOT, BOT_USER, TEAM},
};

pub fn auth_test(call: &mut Request<'_>) -> Reply {
    Ok(json!({
        "url": format!("https://{}.slack.com/", call.ws.team_domain), "team": call.ws.team_name,
        "user": call.ws.user(BOT_USER)?.name, "team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT,
        "is_enterprise_install": false,
    }))
}

pub fn team_info(call: &mut Request<'_>) -> Reply {
    if call.args.text("team").is_some_and(|team| team != TEAM) {
        return Err("team_not_found".into());
    }
    let (name, domain) = (&call.ws.team_name, &call.ws.team_domain);
    Ok(json!({ "team": {
        "id": TEAM, "name": name, "domain": domain, "url": format!("https://{domain}.slack.com/"),
        "email_domain": "", "icon": { "image_default": true },
    } }))
}

pub fn user_info(call: &mut Request<'_>) -> Reply {
    let user = call.ws.user(&call.args.required("user")?)?;
    Ok(json!({ "user": user.json(call.ws.now, call.may("users:read.email")) }))
}

pub fn by_email(call: &mut Request<'_>) -> Reply {
    let email = call.args.required("email")?;
    // People who left are not found this way.
    let found = call.ws.users.values().find(|u| !u.is_bot && !u.deleted && u.email() == email);
    let user = found.ok_or(Refusal::from("users_not_found"))?;
    Ok(json!({ "user": user.json(call.ws.now, true) }))
}

pub fn user_list(call: &mut Request<'_>) -> Reply {
    let email = call.may("users:read.email");
    let all: Vec<Value> = call.ws.users.values().map(|u| u.json(call.ws.now, email)).collect();
    let (members, next) = paged(&call.args, &all, 1000)?;
    Ok(json!({
        "members": members, "cache_ts": call.ws.now.as_second(), "response_metadata": { "next_cursor": next },
    }))
}

pub fn groups(call: &mut Request<'_>) -> Reply {
    if call.args.text("team_id").is_some_and(|team| team != TEAM) {
        return Err("invalid_team".into());
    }
    let (users, count) = (call.args.yes("include_users"), call.args.yes("include_count"));
    let disabled = call.args.yes("include_disabled");
    let groups: Vec<Value> =
        call.ws.groups.values().filter(|g| disabled || !g.disabled).map(|g| g.json(users, count)).collect();
    Ok(json!({ "usergroups": groups }))
}

pub fn set_group_users(call: &mut Request<'_>) -> Reply {
    let id = call.args.required("usergroup")?;
    let wanted = call.args.required("users")?;
    let users: Vec<String> = wanted.split(',').map(|u| u.trim().to_owned()).filter(|u| !u.is_empty()).collect();
    if users.is_empty() {
        return Err("no_users_provided".into());
    }
    if users.iter().any(|u| !call.ws.users.contains_key(u)) {
        return Err("invalid_users".into());
    }
    let group = call.ws.groups.get_mut(&id).ok_or(Refusal::from("no_such_subteam"))?;
    if group.disabled {
        return Err("subteam_not_active".into());
    }
    group.users = users;
    Ok(json!({ "usergroup": group.json(true, true) }))
}

pub fn group_users(call: &mut Request<'_>) -> Reply {
    let id = call.args.required("usergroup")?;
    let group = call.ws.groups.get(&id).ok_or(Refusal::from("no_such_subteam"))?;
    if group.disabled && !call.args.yes("include_disabled") {
        return Err("no_such_subteam".into());
    }
    Ok(json!({ "users": group.users }))
}
