//! pins.* and reactions.*

use serde_json::{Value, json};

use super::{Reply, Request, done};
use crate::sandbox::{Refusal, state::BOT_USER};

/// The channel and the message's time stamp in the arguments.
fn item(call: &Request<'_>) -> Result<(String, String), Refusal> {
    let channel = call.channel_at("channel")?.id.clone();
    let ts = call.args.text("timestamp").ok_or(Refusal::from("no_item_specified"))?;
    let well_formed = ts
        .split_once('.')
        .is_some_and(|(s, f)| f.len() == 6 && !s.is_empty() && (s.to_owned() + f).bytes().all(|b| b.is_ascii_digit()));
    if well_formed { Ok((channel, ts)) } else { Err("bad_timestamp".into()) }
}

pub fn add(call: &mut Request<'_>) -> Reply {
    let (channel, ts) = item(call)?;
    call.must_be_in(&channel)?;
    call.must_be_open(&channel)?;
    call.ws.pin(&channel, &ts, BOT_USER)?;
    done()
}

pub fn remove(call: &mut Request<'_>) -> Reply {
    let (channel, ts) = item(call)?;
    call.must_be_in(&channel)?;
    call.ws.unpin(&channel, &ts, BOT_USER)?;
    done()
}

pub fn list(call: &mut Request<'_>) -> Reply {
    let channel = call.channel_at("channel")?;
    call.must_be_in(&channel.id)?;
    let items: Vec<Value> = channel
        .pins
        .iter()
        .filter_map(|pin| {
            let message = channel.message(&pin.ts).ok()?;
            let mut shown = channel.message_json(message, false);
            shown["permalink"] = json!(call.ws.permalink(&channel.id, &pin.ts, None));
            Some(json!({
                "type": "message", "channel": channel.id, "created": pin.at, "created_by": pin.by, "message": shown,
            }))
        })
        .collect();
    Ok(json!({ "items": items }))
}

fn emoji(call: &Request<'_>) -> Result<String, Refusal> {
    let name = call.args.required("name")?;
    let name = name.trim_matches(':').to_owned();
    let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | '+' | ':' | '\'');
    if !name.is_empty() && name.len() <= 100 && name.chars().all(valid) { Ok(name) } else { Err("invalid_name".into()) }
}

pub fn react(call: &mut Request<'_>) -> Reply {
    let (channel, ts) = item(call)?;
    let name = emoji(call)?;
    call.must_be_open(&channel)?;
    call.must_be_in(&channel)?;
    call.ws.react(&channel, &ts, BOT_USER, &name)?;
    done()
}

pub fn unreact(call: &mut Request<'_>) -> Reply {
    let (channel, ts) = item(call)?;
    let name = emoji(call)?;
    call.ws.unreact(&channel, &ts, BOT_USER, &name)?;
    done()
}

pub fn reactions(call: &mut Request<'_>) -> Reply {
    let (id, ts) = item(call)?;
    let channel = call.ws.channel(&id)?;
    let message = channel.message_json(channel.message(&ts)?, false);
    Ok(json!({ "type": "message", "channel": id, "message": message }))
}
