//! Reading messages.

use serde_json::{Value, json};

use super::{Need, Reply, Request, args::paged};
use crate::sandbox::{Refusal, state::Message};

/// A time stamp as Slack compares them: whole seconds and micros.
fn micros(ts: &str) -> Option<i64> {
    let (seconds, fraction) = ts.split_once('.').unwrap_or((ts, "0"));
    let fraction = format!("{fraction:0<6}");
    let fraction: i64 = fraction.get(..6)?.parse().ok()?;
    seconds.parse::<i64>().ok()?.checked_mul(1_000_000)?.checked_add(fraction)
}

fn bound(call: &Request<'_>, key: &str) -> Result<Option<i64>, Refusal> {
    call.args.text(key).map(|ts| micros(&ts).ok_or_else(|| format!("invalid_ts_{key}").as_str().into())).transpose()
}

/// Whether a message lies between `oldest` and `latest`.
fn window(call: &Request<'_>) -> Result<impl Fn(&Message) -> bool + use<>, Refusal> {
    let (oldest, latest) = (bound(call, "oldest")?, bound(call, "latest")?);
    let inclusive = call.args.yes("inclusive");
    Ok(move |message: &Message| {
        let at = micros(&message.ts).unwrap_or_default();
        let on_edge = inclusive && (Some(at) == oldest || Some(at) == latest);
        on_edge || (oldest.is_none_or(|o| at > o) && latest.is_none_or(|l| at < l))
    })
}

pub fn history(call: &mut Request<'_>) -> Reply {
    let id = call.channel_for("channel", Need::History)?;
    call.must_be_in(&id)?;
    let within = window(call)?;
    let metadata = call.args.yes("include_all_metadata");
    let channel = call.ws.channel(&id)?;
    let in_channel = |m: &&Message| m.draft.thread_ts.as_ref().is_none_or(|t| *t == m.ts) || m.draft.broadcast;
    let all: Vec<&Message> = channel.messages.iter().rev().filter(in_channel).filter(|m| within(m)).collect();
    let (page, next) = paged(&call.args, &all, 100)?;
    let messages: Vec<Value> = page.iter().map(|m| channel.message_json(m, metadata)).collect();
    let mut body = json!({ "messages": messages, "has_more": !next.is_empty(), "pin_count": channel.pins.len() });
    if !next.is_empty() {
        body["response_metadata"] = json!({ "next_cursor": next });
    }
    Ok(body)
}

pub fn replies(call: &mut Request<'_>) -> Reply {
    let id = call.channel_for("channel", Need::History)?;
    call.must_be_in(&id)?;
    let ts = call.args.required("ts")?;
    let within = window(call)?;
    let metadata = call.args.yes("include_all_metadata");
    let channel = call.ws.channel(&id)?;
    let asked = channel.message(&ts).map_err(|_| Refusal::from("thread_not_found"))?;
    let root = asked.draft.thread_ts.clone().unwrap_or(ts);
    let parent = channel.message(&root).map_err(|_| Refusal::from("thread_not_found"))?;
    let all: Vec<Value> = std::iter::once(parent)
        .chain(channel.replies(&root).filter(|m| within(m)))
        .map(|m| channel.message_json(m, metadata))
        .collect();
    let (messages, next) = paged(&call.args, &all, 1000)?;
    Ok(json!({
        "messages": messages, "has_more": !next.is_empty(), "response_metadata": { "next_cursor": next },
    }))
}
