//! bookmarks.*

use serde_json::{Value, json};

use super::{Reply, Request, done};
use crate::sandbox::{
    Refusal,
    state::{Bookmark, Kind, Notice},
};

fn room(call: &Request<'_>) -> Result<String, Refusal> {
    let channel = call.channel_at("channel_id")?;
    if channel.kind == Kind::Im {
        return Err("channel_not_found".into());
    }
    let id = channel.id.clone();
    call.must_be_in(&id).map_err(|_| Refusal::from("channel_not_found"))?;
    call.must_be_open(&id)?;
    Ok(id)
}

fn link(call: &Request<'_>) -> Result<Option<String>, Refusal> {
    let Some(link) = call.args.text("link") else { return Ok(None) };
    let valid = url::Url::parse(&link).is_ok_and(|u| matches!(u.scheme(), "http" | "https" | "mailto"));
    if valid { Ok(Some(link)) } else { Err("invalid_link".into()) }
}

fn emoji(call: &Request<'_>) -> Result<Option<String>, Refusal> {
    let Some(emoji) = call.args.text("emoji") else { return Ok(None) };
    let named = emoji.len() > 2 && emoji.starts_with(':') && emoji.ends_with(':');
    if named { Ok(Some(emoji)) } else { Err("invalid_emoji".into()) }
}

fn shown(bookmark: &Bookmark, channel: &str) -> Value {
    json!({
        "id": bookmark.id, "channel_id": channel, "title": bookmark.title, "link": bookmark.link,
        "emoji": bookmark.emoji, "icon_url": null, "type": "link", "entity_id": null,
        "date_created": bookmark.created, "date_updated": bookmark.updated, "rank": "U",
        "last_updated_by_user_id": super::BOT_USER, "last_updated_by_team_id": crate::sandbox::state::TEAM,
        "shortcut_id": null, "app_id": null,
    })
}

pub fn add(call: &mut Request<'_>) -> Reply {
    let id = room(call)?;
    let title = call.args.required("title")?;
    if call.args.required("type")? != "link" {
        return Err("invalid_bookmark_type".into());
    }
    let link = link(call)?.ok_or(Refusal::from("invalid_link"))?;
    let emoji = emoji(call)?;
    let bookmark = call.ws.bookmark(&id, &title, &link, emoji.as_deref())?;
    Ok(json!({ "bookmark": shown(&bookmark, &id) }))
}

pub fn edit(call: &mut Request<'_>) -> Reply {
    let id = room(call)?;
    let wanted = call.args.required("bookmark_id")?;
    let (title, link, emoji) = (call.args.text("title"), link(call)?, emoji(call)?);
    let now = call.ws.now.as_second();
    let channel = call.ws.channel_mut(&id)?;
    let bookmark = channel.bookmarks.iter_mut().find(|b| b.id == wanted).ok_or(Refusal::from("not_found"))?;
    bookmark.title = title.unwrap_or_else(|| bookmark.title.clone());
    bookmark.link = link.unwrap_or_else(|| bookmark.link.clone());
    bookmark.emoji = emoji.or_else(|| bookmark.emoji.take());
    bookmark.updated = now;
    let body = json!({ "bookmark": shown(bookmark, &id) });
    call.ws.notice(Notice::Channel(id));
    Ok(body)
}

pub fn list(call: &mut Request<'_>) -> Reply {
    let id = room(call)?;
    let channel = call.ws.channel(&id)?;
    let bookmarks: Vec<Value> = channel.bookmarks.iter().map(|b| shown(b, &id)).collect();
    Ok(json!({ "bookmarks": bookmarks }))
}

pub fn remove(call: &mut Request<'_>) -> Reply {
    let id = room(call)?;
    let wanted = call.args.required("bookmark_id")?;
    let channel = call.ws.channel_mut(&id)?;
    let before = channel.bookmarks.len();
    channel.bookmarks.retain(|b| b.id != wanted);
    if channel.bookmarks.len() == before {
        return Err("not_found".into());
    }
    call.ws.notice(Notice::Channel(id));
    done()
}
