//! `/status/subscribe` and `/status/subscription/<token>`: whoever likes is told of posts.
//!
//! Programs that look for harm in mails follow links: looking changes nothing, only what is posted does. What is answered says nothing of
//! whether an address is known.

use std::{
    collections::{BTreeSet, HashMap},
    net::{IpAddr, Ipv6Addr},
    sync::{LazyLock, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{
        ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
        X_CONTENT_TYPE_OPTIONS,
    },
};
use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::status::{Pages, StatusPages};
use crate::{
    adapters::address::Reach as Near,
    config::StatusPageSettings,
    engine::{Asking, Refusal},
    ingress::Peer,
    paging::reach::{Way, clean},
    render::status::{LANGUAGES, Reading, Shown, Words, Wrong, subscribe, subscription},
    status::{ComponentId, Standing},
};

/// The largest form that is read.
const LIMIT: usize = 32 * 1024;
/// How long a sender may take for it.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest address of a program.
const LONGEST: usize = 2000;
/// So many requests from one place
const MOST: u32 = 10;
/// in this time.
const WHILE: SignedDuration = SignedDuration::from_mins(10);
/// So many places are remembered; nobody new is let in while there are more.
const PLACES: usize = 20_000;
/// Words and forms: nothing is loaded, run, or shown within another page.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: http: data:; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'",
);
/// What programs that look for pages do with it.
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");
/// Whom a proxy passes a request on for.
const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Counts requests by where they come from.
#[derive(Debug, Default)]
pub(super) struct Places(Mutex<HashMap<IpAddr, (Timestamp, u32)>>);

impl Places {
    /// May one more come from there?
    fn lets_in(&self, from: IpAddr, now: Timestamp) -> bool {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |since: Timestamp| (since..since.saturating_add(WHILE).unwrap_or(since)).contains(&now);
        if places.len() >= PLACES {
            places.retain(|_, (since, _)| is_recent(*since));
        }
        let is_full = places.len() >= PLACES;
        match places.get_mut(&from) {
            Some((since, count)) if is_recent(*since) => {
                *count += 1;
                *count <= MOST
            }
            Some(known) => {
                *known = (now, 1);
                true
            }
            None if is_full => false,
            None => places.insert(from, (now, 1)).is_none(),
        }
    }
}

/// Whose request it is: whoever connected, or whom our own proxy names last. What others say of themselves counts for nothing. An
/// organisation has as many addresses of the new kind as it likes: they count as one.
fn place(peer: Option<&Peer>, headers: &HeaderMap) -> IpAddr {
    let unknown = IpAddr::V6(Ipv6Addr::UNSPECIFIED);
    let peer = peer.map_or(unknown, |peer| peer.0.ip().to_canonical());
    let named = || {
        let last = headers.get_all(FORWARDED).iter().next_back()?.to_str().ok()?;
        last.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
    };
    match if Near::Public.has(peer) { peer } else { named().unwrap_or(peer) }.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// What whoever's program ends a subscription sends (RFC 8058).
const ONE_CLICK: (&str, &str) = ("List-Unsubscribe", "One-Click");

/// A form that somebody sent.
struct Form(Vec<(String, String)>);

impl Form {
    async fn read(headers: &HeaderMap, body: Body) -> Result<Self, StatusCode> {
        let read = tokio::time::timeout(PATIENCE, to_bytes(body, LIMIT)).await;
        let bytes: Bytes = read.map_err(|_| StatusCode::REQUEST_TIMEOUT)?.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.to_ascii_lowercase().starts_with("multipart/form-data") {
            return Ok(Self(fields(&String::from_utf8_lossy(&bytes))));
        }
        Ok(Self(url::form_urlencoded::parse(&bytes).into_owned().collect()))
    }

    fn value(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.trim())
    }

    /// The components that were ticked, of those that there are.
    fn components(&self, settings: &StatusPageSettings) -> BTreeSet<ComponentId> {
        let ticked =
            self.0.iter().filter(|(name, _)| name == "component").map(|(_, id)| ComponentId::from(id.as_str()));
        ticked.filter(|id| settings.components.iter().any(|c| c.id == *id)).collect()
    }
}

/// The fields of a form in parts, as programs for mails may send it. Each line of a value is one; ours have one.
fn fields(text: &str) -> Vec<(String, String)> {
    let named = |part: &str| {
        let (head, value) = part.split_once("\r\n\r\n")?;
        let name = head.split("name=\"").nth(1)?.split('"').next()?;
        Some((name.to_owned(), value.split("\r\n").next()?.to_owned()))
    };
    let Some(boundary) = text.lines().next().filter(|line| line.starts_with("--")) else { return Vec::new() };
    text.split(boundary).filter_map(named).collect()
}

/// What a page says whatever stands on the status page.
pub(super) static NOTHING: LazyLock<Standing> = LazyLock::new(Standing::default);

fn reading<'a>(pages: &StatusPages, settings: &'a StatusPageSettings, words: &'static Words) -> Reading<'a> {
    Reading { standing: &NOTHING, settings, words, now: pages.clock.now() }
}

/// The language: as chosen, as the subscription has it, as the reader likes, else the page's own.
fn words(settings: &StatusPageSettings, request: (&str, &HeaderMap), of: Option<&str>) -> &'static Words {
    let (query, headers) = request;
    let chosen = url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "lang");
    let accept = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let chosen = chosen.and_then(|(_, code)| Words::of(&code)).or_else(|| of.and_then(Words::of));
    chosen.or_else(|| Words::liked(accept)).or_else(|| Words::of(&settings.language)).unwrap_or(LANGUAGES[0])
}

fn answered(status: StatusCode, words: &'static Words, html: String) -> Response {
    let about = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_LANGUAGE, HeaderValue::from_static(words.code)),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        // The address is the key.
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (ROBOTS, HeaderValue::from_static("noindex, nofollow")),
    ];
    (status, about, html).into_response()
}

/// The page that takes subscribers, where there is one.
fn page(pages: &StatusPages) -> Option<&StatusPageSettings> {
    pages.engine.settings().status_page.as_ref().filter(|page| page.subscribers.is_some())
}

/// The form.
pub(super) async fn form(State(pages): Pages, request: Request) -> Response {
    let Some(settings) = page(&pages) else { return StatusCode::NOT_FOUND.into_response() };
    let words = words(settings, (request.uri().query().unwrap_or_default(), request.headers()), None);
    answered(StatusCode::OK, words, subscribe(reading(&pages, settings, words), None))
}

/// The form was sent.
pub(super) async fn ask(State(pages): Pages, request: Request) -> Response {
    let Some(settings) = page(&pages) else { return StatusCode::NOT_FOUND.into_response() };
    let (parts, body) = request.into_parts();
    let words = words(settings, (parts.uri.query().unwrap_or_default(), &parts.headers), None);
    let r = reading(&pages, settings, words);
    let from = place(parts.extensions.get::<Peer>(), &parts.headers);
    let (status, wrong) = match asked(&pages, settings, words, (from, &parts.headers, body)).await {
        Ok(()) => {
            return answered(StatusCode::ACCEPTED, words, subscription(r, "/subscribe", Shown::Sent));
        }
        Err(Wrong::TooMany) => (StatusCode::TOO_MANY_REQUESTS, Wrong::TooMany),
        Err(Wrong::NotNow) => (StatusCode::SERVICE_UNAVAILABLE, Wrong::NotNow),
        Err(wrong @ (Wrong::Mail | Wrong::Url)) => (StatusCode::UNPROCESSABLE_ENTITY, wrong),
    };
    answered(status, words, subscribe(r, Some(wrong)))
}

async fn asked(
    pages: &StatusPages,
    settings: &StatusPageSettings,
    words: &'static Words,
    (from, headers, body): (IpAddr, &HeaderMap, Body),
) -> Result<(), Wrong> {
    if !pages.places.lets_in(from, pages.clock.now()) {
        return Err(Wrong::TooMany);
    }
    let form = Form::read(headers, body).await.map_err(|_| Wrong::NotNow)?;
    let mail = clean(Way::Mail, form.value("mail")).map_err(|_| Wrong::Mail)?;
    let webhook = form.value("webhook");
    let webhook = if webhook.is_empty() { None } else { Some(program(settings, webhook).ok_or(Wrong::Url)?) };
    let asking = Asking { mail, webhook, language: words.code, components: form.components(settings) };
    pages.engine.subscribe(&asking).await.map_err(|refusal| {
        // Says no address.
        tracing::error!(error = %refusal, "nobody could be subscribed");
        Wrong::NotNow
    })
}

/// The address of a program that may be told.
fn program(settings: &StatusPageSettings, text: &str) -> Option<String> {
    let is_private = settings.subscribers.as_ref().is_some_and(|it| it.private_webhooks);
    let url = Url::parse(text).ok().filter(|_| text.len() <= LONGEST)?;
    let near = if is_private { Near::Private } else { Near::Public };
    let is_web = url.scheme() == "https" || is_private && url.scheme() == "http";
    let is_plain = url.username().is_empty() && url.password().is_none();
    (is_web && is_plain && near.check(&url).is_ok()).then(|| url.to_string())
}

/// A subscription, as it stands.
pub(super) async fn look(State(pages): Pages, Path(token): Path<String>, request: Request) -> Response {
    let Some(settings) = page(&pages) else { return StatusCode::NOT_FOUND.into_response() };
    let query = request.uri().query().unwrap_or_default();
    let found = pages.engine.subscription(&token).await;
    let language = found.as_ref().ok().and_then(|it| it.as_ref()).map(|it| it.language.clone());
    let words = words(settings, (query, request.headers()), language.as_deref());
    let shown = match &found {
        Ok(Some(it)) => Shown::Standing(it),
        Ok(None) => Shown::Gone,
        Err(error) => {
            tracing::error!(%error, "a subscription cannot be read");
            Shown::NotNow
        }
    };
    shown_to(&pages, settings, words, &token, shown)
}

/// Somebody confirms, changes or ends a subscription; or their program ends it.
pub(super) async fn change(State(pages): Pages, Path(token): Path<String>, request: Request) -> Response {
    let Some(settings) = page(&pages) else { return StatusCode::NOT_FOUND.into_response() };
    let (parts, body) = request.into_parts();
    let form = match Form::read(&parts.headers, body).await {
        Ok(form) => form,
        Err(status) => return status.into_response(),
    };
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let leaves = form.value("do") == "leave" || form.value(ONE_CLICK.0).eq_ignore_ascii_case(ONE_CLICK.1);
    let (changed, language) = if !leaves && form.value("do") != "keep" {
        // Whatever sent that pressed no button of ours.
        let found = pages.engine.subscription(&token).await.map_err(Refusal::from);
        let language = found.as_ref().ok().and_then(|it| it.as_ref()).map(|it| it.language.clone());
        (found, language)
    } else if leaves {
        let before = pages.engine.subscription(&token).await.ok().flatten();
        (pages.engine.unsubscribe(&token).await.map(|_| None), before.map(|it| it.language))
    } else {
        let kept = pages.engine.confirm_subscription(&token, &form.components(settings)).await;
        let language = kept.as_ref().ok().and_then(|it| it.as_ref()).map(|it| it.language.clone());
        (kept, language)
    };
    let words = words(settings, (&query, &parts.headers), language.as_deref());
    let shown = match &changed {
        Ok(Some(it)) => Shown::Standing(it),
        // Whoever has left already has left.
        Ok(None) if leaves => Shown::Left,
        Ok(None) => Shown::Gone,
        Err(Refusal::Rejected { .. } | Refusal::Duplicate { .. } | Refusal::Busy) => Shown::NotNow,
        Err(error @ (Refusal::Full | Refusal::Closed(_) | Refusal::Away(_))) => {
            tracing::error!(%error, "a subscription cannot be changed");
            Shown::NotNow
        }
    };
    shown_to(&pages, settings, words, &token, shown)
}

fn shown_to(
    pages: &StatusPages,
    settings: &StatusPageSettings,
    words: &'static Words,
    token: &str,
    shown: Shown<'_>,
) -> Response {
    let (status, path) = match shown {
        Shown::Standing(_) => (StatusCode::OK, format!("/subscription/{token}")),
        Shown::Sent | Shown::Left => (StatusCode::OK, "/subscribe".to_owned()),
        Shown::Gone => (StatusCode::NOT_FOUND, "/subscribe".to_owned()),
        Shown::NotNow => (StatusCode::SERVICE_UNAVAILABLE, "/subscribe".to_owned()),
    };
    answered(status, words, subscription(reading(pages, settings, words), &path, shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED, value.parse().expect("a value"));
        }
        place(Some(&Peer(peer.parse().expect("an address"))), &headers).to_string()
    }

    #[test]
    fn a_request_counts_where_it_comes_from() {
        assert_eq!(of("8.8.8.8:1", &["9.9.9.9"]), "8.8.8.8", "what it says of itself counts for nothing");
        assert_eq!(of("127.0.0.1:1", &["9.9.9.9", "1.1.1.1, 8.8.4.4"]), "8.8.4.4", "our own proxy names it last");
        assert_eq!(of("127.0.0.1:1", &["nonsense"]), "127.0.0.1");
        assert_eq!(of("[2606:4700:1:2:3:4:5:6]:1", &[]), "2606:4700:1:2::");
        assert_eq!(of("[::ffff:8.8.8.8]:1", &[]), "8.8.8.8");
    }

    #[test]
    fn a_form_in_parts_is_read_like_any_other() {
        let text = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
        assert_eq!(fields(text), [("List-Unsubscribe".to_owned(), "One-Click".to_owned())]);
        assert_eq!(fields("nonsense"), []);
    }

    #[test]
    fn few_come_from_one_place_in_a_while() {
        let places = Places::default();
        let (now, one, other) = (Timestamp::UNIX_EPOCH, "8.8.8.8".parse().unwrap(), "9.9.9.9".parse().unwrap());
        for _ in 0..MOST {
            assert!(places.lets_in(one, now));
        }
        assert!(!places.lets_in(one, now) && places.lets_in(other, now));
        assert!(places.lets_in(one, now + WHILE));
    }
}
