//! chat.*

use serde_json::{Value, json};

use super::{Reply, Request, args::Args};
use crate::sandbox::{
    Refusal, limits,
    state::{Author, BOT, BOT_USER, Draft, Kind},
};

/// Posting takes long texts, updating does not.
const LONGEST_POST: usize = 40_000;
const LONGEST_UPDATE: usize = 4_000;
const LONGEST_MARKDOWN: usize = 12_000;
const MOST_METADATA_BYTES: usize = 8_000;

/// Reads and checks what is to be posted.
pub fn draft(args: &Args, longest: usize) -> Result<Draft, Refusal> {
    let text = args.text("text").unwrap_or_default();
    let markdown = args.text("markdown_text");
    let blocks = list(args, "blocks", "invalid_blocks_format")?;
    let attachments = list(args, "attachments", "invalid_attachments")?;
    if markdown.is_some() && (!text.is_empty() || !blocks.is_empty()) {
        return Err("markdown_text_conflict".into());
    }
    if text.chars().count() > longest || markdown.as_ref().is_some_and(|m| m.chars().count() > LONGEST_MARKDOWN) {
        return Err("msg_too_long".into());
    }
    let text = markdown.unwrap_or(text);
    if text.is_empty() && blocks.is_empty() && attachments.is_empty() {
        return Err("no_text".into());
    }
    if attachments.len() > 100 {
        return Err("too_many_attachments".into());
    }
    limits::message(&blocks)?;
    for attachment in &attachments {
        limits::message(attachment["blocks"].as_array().map_or(&[][..], Vec::as_slice))?;
    }
    Ok(Draft {
        text,
        blocks,
        attachments,
        metadata: metadata(args)?,
        thread_ts: args.text("thread_ts"),
        broadcast: args.yes("reply_broadcast"),
        subtype: None,
    })
}

fn list(args: &Args, key: &str, error: &str) -> Result<Vec<Value>, Refusal> {
    match args.nested(key) {
        Ok(None) => Ok(Vec::new()),
        Ok(Some(Value::Array(items))) => Ok(items),
        Ok(Some(_)) | Err(()) => Err(error.into()),
    }
}

fn metadata(args: &Args) -> Result<Option<Value>, Refusal> {
    let Some(metadata) = args.nested("metadata").map_err(|()| Refusal::from("invalid_metadata_format"))? else {
        return Ok(None);
    };
    if !metadata["event_type"].is_string() || !metadata["event_payload"].is_object() {
        return Err("invalid_metadata_schema".into());
    }
    if metadata.to_string().len() > MOST_METADATA_BYTES {
        return Err("metadata_too_large".into());
    }
    Ok(Some(metadata))
}

/// The conversation a message goes to: an id, a person's id, or a channel's name.
fn destination(call: &mut Request<'_>) -> Result<String, Refusal> {
    let wanted = call.args.text("channel").ok_or(Refusal::from("channel_not_found"))?;
    if let Some(user) = call.ws.users.get(&wanted) {
        if user.deleted {
            return Err("user_disabled".into());
        }
        if user.is_bot {
            return Err("channel_not_found".into());
        }
        return Ok(call.ws.open_dm(BOT_USER, &wanted));
    }
    let channel = call.ws.find_channel(&wanted).filter(|c| c.visible_to(BOT_USER));
    channel.map(|c| c.id.clone()).ok_or_else(|| "channel_not_found".into())
}

/// Whether the bot may speak there.
fn may_speak(call: &Request<'_>, channel: &str) -> Result<(), Refusal> {
    call.must_be_open(channel)?;
    let at = call.ws.channel(channel)?;
    let partner = at.im_partner(BOT_USER).and_then(|id| call.ws.users.get(id));
    if partner.is_some_and(|u| u.deleted) {
        return Err("user_disabled".into());
    }
    let public = at.kind == Kind::Public && call.may("chat:write.public");
    if public || at.members.contains(BOT_USER) { Ok(()) } else { Err("not_in_channel".into()) }
}

pub fn post(call: &mut Request<'_>) -> Reply {
    let channel = destination(call)?;
    may_speak(call, &channel)?;
    let draft = draft(&call.args, LONGEST_POST)?;
    let name = call.args.text("username");
    if name.is_some() {
        call.any_of(&["chat:write.customize"])?;
    }
    let message = call.ws.post(&channel, Author::Bot { name }, draft)?;
    let mut shown = message.json();
    if let Some(metadata) = &message.draft.metadata {
        shown["metadata"] = metadata.clone();
    }
    shown["bot_profile"] = json!({ "id": BOT, "name": call.ws.app_name, "deleted": false });
    Ok(json!({ "channel": channel, "ts": message.ts, "message": shown }))
}

pub fn post_ephemeral(call: &mut Request<'_>) -> Reply {
    let channel = destination(call)?;
    may_speak(call, &channel)?;
    let user = call.args.required("user")?;
    if !call.ws.channel(&channel)?.members.contains(&user) {
        return Err("user_not_in_channel".into());
    }
    let draft = draft(&call.args, LONGEST_POST)?;
    let ts = call.ws.whisper(&channel, &user, draft);
    Ok(json!({ "message_ts": ts }))
}

pub fn update(call: &mut Request<'_>) -> Reply {
    let id = call.channel_at("channel")?.id.clone();
    let ts = call.args.required("ts")?;
    let before = call.ws.channel(&id)?.message(&ts)?.clone();
    if !matches!(before.author, Author::Bot { .. }) || before.draft.subtype.is_some() || before.tombstone {
        return Err("cant_update_message".into());
    }
    call.must_be_open(&id)?;
    may_speak(call, &id)?;
    let given = |key: &str| call.args.0.get(key).is_some_and(|v| !v.is_null());
    let mut args = call.args.clone();
    if !given("text") && !given("markdown_text") && !given("blocks") {
        // Only what is beside the message changes.
        args.0.insert("text".to_owned(), json!(before.draft.text));
        args.0.insert("blocks".to_owned(), json!(before.draft.blocks));
    }
    if args.nested("metadata") == Ok(Some(json!({}))) {
        args.0.remove("metadata");
    } else if !given("metadata") {
        args.0.insert("metadata".to_owned(), json!(before.draft.metadata));
    }
    let mut after = draft(&args, LONGEST_UPDATE)?;
    after.thread_ts.clone_from(&before.draft.thread_ts);
    after.broadcast |= before.draft.broadcast;
    let message = call.ws.edit(&id, &ts, BOT_USER, after)?;
    Ok(json!({ "channel": id, "ts": ts, "text": message.draft.text, "message": message.json() }))
}

pub fn delete(call: &mut Request<'_>) -> Reply {
    let id = call.channel_at("channel")?.id.clone();
    let ts = call.args.required("ts")?;
    let message = call.ws.channel(&id)?.message(&ts)?;
    if !matches!(message.author, Author::Bot { .. }) {
        return Err("cant_delete_message".into());
    }
    call.ws.delete(&id, &ts)?;
    Ok(json!({ "channel": id, "ts": ts }))
}

pub fn permalink(call: &mut Request<'_>) -> Reply {
    let channel = call.channel_at("channel")?;
    let message = channel.message(&call.args.required("message_ts")?)?;
    let link = call.ws.permalink(&channel.id, &message.ts, message.draft.thread_ts.as_deref());
    Ok(json!({ "channel": channel.id, "permalink": link }))
}
