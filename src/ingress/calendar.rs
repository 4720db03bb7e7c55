//! `GET /calendar/<schedule>.ics`: who is on call, for programs that show calendars; `GET /calendar/person/<id>.ics`: the same of one
//! person.
//!
//! They cannot send headers, so that a token may also stand in the address (`?token=…`); nothing here writes an address to the
//! log.

use std::{collections::BTreeMap, ops::Range, time::Duration};

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{
    HeaderMap, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, WWW_AUTHENTICATE},
};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::{Door, hook};
use crate::{
    ids::UserId,
    paging::schedule::{Roster, Slot},
    render,
    store::ReadError,
};

const DAY: i64 = 24 * 3600;
/// How far back the calendar goes.
const BACK: SignedDuration = SignedDuration::from_secs(30 * DAY);
/// How far ahead.
const AHEAD: SignedDuration = SignedDuration::from_secs(90 * DAY);
/// How long an answer waits for people's names; those that are not known then are told by their ids.
const PATIENCE: Duration = Duration::from_secs(2);

/// The calendar of a schedule. Whoever has no token does not learn which schedules there are.
pub async fn get(door: &Door, request: Request) -> Response {
    if !may(door, &request) {
        door.counters.unsigned.up();
        return (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Bearer")]).into_response();
    }
    let file = request.uri().path().trim_start_matches("/calendar/");
    let Some(id) = file.strip_suffix(".ics") else { return StatusCode::NOT_FOUND.into_response() };
    let written = match id.strip_prefix("person/") {
        Some(who) => of_person(door, who).await,
        None => written(door, id).await,
    };
    match written {
        Ok(Some(text)) => answer(request.headers(), text),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "a calendar could not be written");
            door.counters.failed.up();
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

fn may(door: &Door, request: &Request) -> bool {
    let mut query = url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
    hook::caller(&door.api_tokens, request.headers()).is_some()
        || query.any(|(name, token)| name == "token" && door.api_tokens.iter().any(|known| known.is(&token)))
}

/// The calendar as it stands; none, if there is no such schedule.
async fn written(door: &Door, id: &str) -> Result<Option<String>, ReadError> {
    let Some(followed) = door.engine.settings().schedules.iter().find(|f| f.schedule.id.as_str() == id) else {
        return Ok(None);
    };
    let rolled = door.engine.rolled(followed).await?;
    let shifts = shifts(rolled.roster(), door.clock().now());
    let names = names(door, &shifts).await;
    let name = |who: &UserId| names.get(who).cloned().unwrap_or_else(|| who.to_string());
    Ok(Some(render::calendar(&followed.schedule, &shifts, &name)))
}

/// The calendar of a person, by every schedule; none, if that is nobody's id. Whoever is in no schedule may be in one later.
async fn of_person(door: &Door, id: &str) -> Result<Option<String>, ReadError> {
    let is_id = id.starts_with(['U', 'W']) && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if !is_id {
        return Ok(None);
    }
    let (who, window) = (UserId::from(id), window(door.clock().now()));
    let mut shifts = Vec::new();
    for followed in &door.engine.settings().schedules {
        let rolled = door.engine.rolled(followed).await?;
        shifts.extend(rolled.shifts(&who, &window).into_iter().map(|span| (&followed.schedule, span)));
    }
    let person = tokio::time::timeout(PATIENCE, door.chat.person(&who)).await;
    let name = person.ok().and_then(Result::ok).map_or_else(|| id.to_owned(), |person| person.name);
    Ok(Some(render::calendar_of(&who, &name, &shifts)))
}

/// From some weeks ago to some weeks ahead. It begins with a day, so that the answer stays the same for as long.
fn window(now: Timestamp) -> Range<Timestamp> {
    let today = Timestamp::from_second(now.as_second().div_euclid(DAY) * DAY).unwrap_or(now);
    let (from, until) = (today.saturating_sub(BACK), today.saturating_add(AHEAD));
    from.unwrap_or(Timestamp::MIN)..until.unwrap_or(Timestamp::MAX)
}

/// The shifts of the window, whole.
fn shifts(roster: Roster<'_>, now: Timestamp) -> Vec<Slot> {
    let window = window(now);
    let mut shifts = roster.render(&window);
    if let Some(first) = shifts.first_mut() {
        first.from = roster.on_call(window.start).since.unwrap_or(window.start);
    }
    if let Some(last) = shifts.last_mut() {
        last.until = roster.on_call(last.from.max(window.start)).until.unwrap_or(window.end);
    }
    shifts
}

async fn names(door: &Door, shifts: &[Slot]) -> BTreeMap<UserId, String> {
    let mut names = BTreeMap::new();
    let asking = async {
        for who in shifts.iter().flat_map(|shift| shift.cover.people()) {
            if !names.contains_key(who) {
                let name = door.chat.person(who).await.map_or_else(|_| who.to_string(), |person| person.name);
                names.insert(who.clone(), name);
            }
        }
    };
    // Those that came in time count.
    let _ = tokio::time::timeout(PATIENCE, asking).await;
    names
}

fn answer(headers: &HeaderMap, text: String) -> Response {
    let tag = format!("\"{}\"", hex::encode(Sha256::digest(&text)));
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let is_known = known.flat_map(|value| value.split(',')).any(|one| one.trim().trim_start_matches("W/") == tag);
    let about = [(ETAG, tag), (CACHE_CONTROL, "private, max-age=300".to_owned())];
    if is_known {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    (about, [(CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response()
}
