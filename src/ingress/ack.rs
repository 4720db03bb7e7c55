//! `/ack/<token>`: answers a page, or a test, from outside the chat. Whoever has the link is whom it was sent to.
//!
//! Programs that look for harm in mails follow links: looking changes nothing, only what is posted does.

use std::time::Duration;

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{
    Method, StatusCode,
    header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY},
};

use super::{Door, body::read, words};
use crate::{
    command::unmarked,
    engine::{Ask, Linked, Refusal},
    ids::{IncidentId, UserId},
    incident::{Actor, Command, Rejection, What},
    paging::{
        Page, PageId, PageState,
        reach::{self, Way},
    },
    render::ack::{self as render, Sheet},
    store::ReadError,
};

/// The largest form that is read.
const LIMIT: usize = 1024;
/// How long an answer waits for people's names.
const PATIENCE: Duration = Duration::from_secs(1);
/// Words and one form: nothing else is loaded, run, or shown within another page.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// What somebody says by a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Say {
    /// "I am on it"; of a test, "it came".
    Acknowledge,
    /// "I cannot come."
    Cannot,
}

/// What a link shows, or what came of an answer. The sentence is plain text, fit to be read out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// As HTTP has it.
    pub status: StatusCode,
    /// What to show.
    pub sheet: Sheet,
}

/// A request for the page behind a link.
pub async fn serve(door: &Door, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let token = parts.uri.path().rsplit('/').next().unwrap_or_default();
    let told = if parts.method == Method::POST {
        match read(door, body, LIMIT).await {
            Ok(body) => {
                let mut form = url::form_urlencoded::parse(&body);
                let cannot = form.any(|(name, value)| name == "do" && value == "cannot");
                answer(door, token, if cannot { Say::Cannot } else { Say::Acknowledge }).await
            }
            Err(status) => Told { status, sheet: render::blank_sheet(render::NOT_NOW) },
        }
    } else {
        look(door, token).await
    };
    let about = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, POLICY),
        // The address is the key.
        (REFERRER_POLICY, "no-referrer"),
    ];
    (told.status, about, render::html(&told.sheet)).into_response()
}

/// What a link stands for now. Changes nothing.
pub async fn look(door: &Door, token: &str) -> Told {
    let Some(linked) = door.engine.links().read(token) else { return invalid(door) };
    let shown = match &linked {
        Linked::Page { id, page, who, .. } => standing(door, *id, *page, who).await,
        Linked::Test { way, .. } => Ok(Told { status: StatusCode::OK, sheet: render::test_sheet(*way, false) }),
    };
    shown.unwrap_or_else(|error| failed(door, &error))
}

/// Answers by a link, as whom it was sent to.
pub async fn answer(door: &Door, token: &str, say: Say) -> Told {
    let Some(linked) = door.engine.links().read(token) else { return invalid(door) };
    match linked {
        Linked::Page { id, page, who, way } => {
            let command = match say {
                Say::Acknowledge => Command::Acknowledge { page: Some(page), way },
                Say::Cannot => Command::DeclinePage { page: Some(page), why: None },
            };
            answer_page(door, id, page, &who, command).await
        }
        Linked::Test { who, way, test } => answer_test(door, &who, way, test).await,
    }
}

async fn answer_page(door: &Door, id: IncidentId, page: PageId, who: &UserId, command: Command) -> Told {
    // The link stands for the page as often as it asks them, so that nothing is remembered of one press.
    let asked = door.engine.ask(Ask::new(None, Actor::Person(who.clone()), Some(id), command)).await;
    let told = match asked {
        Ok(done) => match done.events.first().map(|(_, event)| &event.what) {
            // They are one of a group, and somebody inside decides.
            Some(What::Access(_)) => Ok(said(door, StatusCode::ACCEPTED, &words::done(door, &done).text).await),
            _ => standing(door, id, page, who).await,
        },
        // Where it stands says more than why not.
        Err(Refusal::Rejected { why, .. }) if too_late(&why, who).is_some() => {
            let status = too_late(&why, who).unwrap_or(StatusCode::CONFLICT);
            let told = standing(door, id, page, who).await;
            told.map(|told| if told.status == StatusCode::GONE { told } else { Told { status, ..told } })
        }
        Err(refusal @ Refusal::Rejected { .. }) => {
            Ok(said(door, StatusCode::CONFLICT, &words::refused(door, &refusal).text).await)
        }
        Err(refusal) => return failed(door, &refusal),
    };
    told.unwrap_or_else(|error| failed(door, &error))
}

/// Pressed twice, which is fine; or after others, or when it was over.
fn too_late(why: &Rejection, who: &UserId) -> Option<StatusCode> {
    match why {
        Rejection::AlreadyAcknowledged { by, .. } if by == who => Some(StatusCode::OK),
        Rejection::OthersAwaited(_) | Rejection::AlreadyDeclined(_) => Some(StatusCode::OK),
        Rejection::AlreadyAcknowledged { .. } | Rejection::AcknowledgedExternally { .. } | Rejection::NotAsked(_) => {
            Some(StatusCode::CONFLICT)
        }
        Rejection::PageOver(_)
        | Rejection::NoSuchPage(_)
        | Rejection::NoSuchIncident(_)
        | Rejection::Ended(_)
        | Rejection::Merged { .. } => Some(StatusCode::GONE),
        _ => None,
    }
}

/// Where a page stands, for whom the link was sent to.
async fn standing(door: &Door, id: IncidentId, page: PageId, who: &UserId) -> Result<Told, ReadError> {
    let Some(it) = door.engine.as_shown_outside(id).await? else {
        return Ok(Told { status: StatusCode::GONE, sheet: render::blank_sheet(render::NO_SUCH_LINK) });
    };
    let page = it.page(page);
    let is_over = |page: &Page| matches!(page.state, PageState::Ended { .. });
    let status = if page.is_none_or(is_over) { StatusCode::GONE } else { StatusCode::OK };
    let sheet = render::sheet(&it, page, who);
    let sentence = readable(door, &sheet.sentence).await;
    Ok(Told { status, sheet: Sheet { sentence, ..sheet } })
}

async fn answer_test(door: &Door, who: &UserId, way: Way, test: u64) -> Told {
    match door.engine.change_contacts(None, who, &reach::Ask::Prove { test, way }, None).await {
        Ok(_) | Err(Refusal::Rejected { why: Rejection::Reach(reach::No::AlreadySo), .. }) => {
            Told { status: StatusCode::OK, sheet: render::test_sheet(way, true) }
        }
        Err(refusal @ Refusal::Rejected { .. }) => {
            said(door, StatusCode::GONE, &words::refused(door, &refusal).text).await
        }
        Err(refusal) => failed(door, &refusal),
    }
}

fn invalid(door: &Door) -> Told {
    door.counters.unsigned.up();
    Told { status: StatusCode::NOT_FOUND, sheet: render::blank_sheet(render::NO_SUCH_LINK) }
}

fn failed(door: &Door, error: &dyn std::fmt::Display) -> Told {
    tracing::error!(%error, "a link could not be answered");
    door.counters.failed.up();
    Told { status: StatusCode::SERVICE_UNAVAILABLE, sheet: render::blank_sheet(render::NOT_NOW) }
}

async fn said(door: &Door, status: StatusCode, markup: &str) -> Told {
    Told { status, sheet: render::blank_sheet(&readable(door, markup).await) }
}

/// As people read it outside Slack: names instead of ids, where Slack tells them in time.
async fn readable(door: &Door, markup: &str) -> String {
    let mut named = markup.to_owned();
    let mut rest = markup;
    while let Some((_, after)) = rest.split_once("<@") {
        let Some((id, after)) = after.split_once('>') else { break };
        let known = tokio::time::timeout(PATIENCE, door.chat.person(&UserId::from(id))).await;
        let name = known.ok().and_then(Result::ok).map_or_else(|| "Somebody".to_owned(), |person| person.name);
        named = named.replace(&format!("<@{id}>"), &name);
        rest = after;
    }
    unmarked(&named)
}
