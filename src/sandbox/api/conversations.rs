//! conversations.*: the rooms themselves.

use serde_json::{Value, json};

use super::{Need, Reply, Request, args::paged, done};
use crate::sandbox::{
    Refusal,
    state::{BOT_USER, Channel, Kind},
};

/// Topic and purpose.
const LONGEST_TOPIC: usize = 250;

pub fn create(call: &mut Request<'_>) -> Reply {
    let private = call.args.yes("is_private");
    let kind = if private { Kind::Private } else { Kind::Public };
    call.need(Need::Manage, kind)?;
    let name = call.args.text("name").unwrap_or_default();
    let id = call.ws.create_channel(BOT_USER, &name, private)?;
    Ok(json!({ "channel": call.ws.channel(&id)?.json(false) }))
}

pub fn info(call: &mut Request<'_>) -> Reply {
    let id = call.channel_for("channel", Need::Read)?;
    Ok(json!({ "channel": call.ws.channel(&id)?.json(call.args.yes("include_num_members")) }))
}

fn kinds(call: &Request<'_>) -> Result<Vec<Kind>, Refusal> {
    let mut asked = call.args.list("types");
    if asked.is_empty() {
        asked.push("public_channel".to_owned());
    }
    let mut kinds = Vec::new();
    for kind in &asked {
        match kind.as_str() {
            "public_channel" => kinds.push(Kind::Public),
            "private_channel" => kinds.push(Kind::Private),
            "im" => kinds.push(Kind::Im),
            // There are none here, but asking is allowed.
            "mpim" => call.any_of(&["mpim:read"])?,
            _ => return Err("invalid_types".into()),
        }
    }
    kinds.iter().try_for_each(|kind| call.need(Need::Read, *kind))?;
    Ok(kinds)
}

fn select(call: &Request<'_>, wanted: impl Fn(&Channel) -> bool) -> Reply {
    let kinds = kinds(call)?;
    let open_only = call.args.yes("exclude_archived");
    let all: Vec<Value> = call
        .ws
        .channels
        .values()
        .filter(|c| kinds.contains(&c.kind) && c.visible_to(BOT_USER) && !(open_only && c.archived) && wanted(c))
        .map(|c| c.json(true))
        .collect();
    let (channels, next) = paged(&call.args, &all, 100)?;
    Ok(json!({ "channels": channels, "response_metadata": { "next_cursor": next } }))
}

pub fn list(call: &mut Request<'_>) -> Reply {
    select(call, |_| true)
}

pub fn of_user(call: &mut Request<'_>) -> Reply {
    let user = call.args.text("user").unwrap_or_else(|| BOT_USER.to_owned());
    call.ws.user(&user)?;
    select(call, |channel| channel.members.contains(&user))
}

pub fn open(call: &mut Request<'_>) -> Reply {
    call.any_of(&["im:write"])?;
    if call.args.text("channel").is_some() {
        let id = call.channel_at("channel")?.id.clone();
        return opened(call, &id, true);
    }
    let users = call.args.list("users");
    let [user] = users.as_slice() else {
        // Several people would make a group message, which no app here may.
        return Err(if users.is_empty() { "users_list_not_supplied".into() } else { Refusal::scope("mpim:write") });
    };
    if call.ws.user(user)?.deleted {
        return Err("user_disabled".into());
    }
    if user == BOT_USER {
        return Err("invalid_user_combination".into());
    }
    let before = call.ws.channels.len();
    let id = call.ws.open_dm(BOT_USER, user);
    let already = call.ws.channels.len() == before;
    opened(call, &id, already)
}

fn opened(call: &Request<'_>, id: &str, already: bool) -> Reply {
    let channel = call.ws.channel(id)?;
    let shown = if call.args.yes("return_im") { channel.json(false) } else { json!({ "id": id }) };
    let mut body = json!({ "channel": shown });
    if already {
        body["no_op"] = json!(true);
        body["already_open"] = json!(true);
    }
    Ok(body)
}

pub fn set_topic(call: &mut Request<'_>) -> Reply {
    set_text(call, "topic")
}

pub fn set_purpose(call: &mut Request<'_>) -> Reply {
    set_text(call, "purpose")
}

fn set_text(call: &mut Request<'_>, what: &str) -> Reply {
    let id = call.channel_for("channel", Need::Topic)?;
    call.must_be_open(&id)?;
    call.must_be_in(&id)?;
    let text = call.args.text(what).unwrap_or_default();
    if text.chars().count() > LONGEST_TOPIC {
        return Err("too_long".into());
    }
    call.ws.set_topic(&id, BOT_USER, &text, what == "purpose")?;
    Ok(json!({ what: text, "channel": call.ws.channel(&id)?.json(false) }))
}

pub fn rename(call: &mut Request<'_>) -> Reply {
    let id = call.channel_for("channel", Need::Manage)?;
    call.must_be_room(&id)?;
    call.must_be_open(&id)?;
    call.must_be_in(&id)?;
    if call.ws.channel(&id)?.creator != BOT_USER {
        return Err("not_authorized".into());
    }
    let name = call.args.text("name").unwrap_or_default();
    call.ws.rename(&id, BOT_USER, &name)?;
    Ok(json!({ "channel": call.ws.channel(&id)?.json(false) }))
}

pub fn archive(call: &mut Request<'_>) -> Reply {
    let id = call.channel_for("channel", Need::Manage)?;
    call.must_be_room(&id)?;
    let channel = call.ws.channel(&id)?;
    if channel.archived {
        return Err("already_archived".into());
    }
    if channel.is_general() {
        return Err("cant_archive_general".into());
    }
    call.must_be_in(&id)?;
    call.ws.archive(&id, BOT_USER)?;
    done()
}

pub fn unarchive(call: &mut Request<'_>) -> Reply {
    let id = call.channel_for("channel", Need::Manage)?;
    call.must_be_room(&id)?;
    if !call.ws.channel(&id)?.archived {
        return Err("not_archived".into());
    }
    // Archiving threw the bot out, and a bot that is not in a channel cannot open it again.
    call.must_be_in(&id)?;
    call.ws.unarchive(&id, BOT_USER)?;
    done()
}
