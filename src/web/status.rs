//! `/status`, `/api/v2/*.json`, `/history.atom` and `/history.rss`: our own status page.
//!
//! Everything is rendered once for each state of the page and each language, and served from memory until something changes. When the record
//! cannot be read, what was served last is served on.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Router,
    extract::{Path, RawQuery, State},
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{
        ACCEPT_LANGUAGE, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY,
        CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
    },
};
use jiff::{SignedDuration, Timestamp};
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

use super::subscribe;
use crate::{
    clock::SharedClock,
    config::StatusPageSettings,
    engine::Engine,
    render::status::{Document, Reading, Words, atom, document, history, incident, overview, rss},
    status::Standing,
};

/// How many documents are kept rendered.
const KEPT: usize = 512;
/// What is shown of now (the last bar, "as of") is never older than this.
const FRESH: SignedDuration = SignedDuration::from_secs(60);
/// How often it is asked whether the page changed.
const LOOK: SignedDuration = SignedDuration::from_millis(200);
/// How long others may keep what they read; then they ask whether it changed. While we are down they may show it for a day.
const CACHED: HeaderValue =
    HeaderValue::from_static("public, max-age=10, stale-while-revalidate=30, stale-if-error=86400");
/// Pictures may come from where the settings say; styles stand in the page; nothing else is loaded.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: http: data:; base-uri 'none'; form-action 'self'; frame-ancestors *",
);

/// Something that is served.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum What {
    Overview,
    Incident(String),
    History(Option<String>),
    Api(Document),
    Atom,
    Rss,
}

/// Rendered, for every reader of one language.
#[derive(Clone, Debug)]
struct Rendered {
    bytes: Bytes,
    tag: HeaderValue,
}

/// A state of the page, and when it was looked at.
#[derive(Clone, Debug)]
struct Seen {
    standing: Arc<Standing>,
    at: Timestamp,
}

/// Serves the page.
#[derive(Debug)]
pub struct StatusPages {
    pub(super) engine: Arc<Engine>,
    pub(super) clock: SharedClock,
    /// Where requests for subscriptions came from.
    pub(super) places: subscribe::Places,
    seen: Mutex<Option<Seen>>,
    rendered: Cache<(What, &'static str, u64, i64), Option<Rendered>>,
}

impl StatusPages {
    /// Serves what the engine's record says.
    #[must_use]
    pub fn new(engine: Arc<Engine>, clock: SharedClock) -> Self {
        let (seen, rendered) = (Mutex::new(None), Cache::new(KEPT));
        Self { engine, clock, places: subscribe::Places::default(), seen, rendered }
    }

    /// The page as it stands, asked for no more than a few times a second.
    async fn seen(&self) -> Option<Seen> {
        let now = self.clock.now();
        let last = self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(last) = last.as_ref().filter(|last| (last.at..last.at + LOOK).contains(&now)) {
            return Some(last.clone());
        }
        match self.engine.status_page().await {
            Ok(standing) => {
                let seen = Seen { standing, at: now };
                *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen.clone());
                Some(seen)
            }
            Err(error) => {
                tracing::error!(%error, "the status page cannot be read");
                last
            }
        }
    }

    async fn rendered(&self, what: &What, words: &'static Words) -> Option<Rendered> {
        let settings = self.engine.settings().status_page.as_ref()?;
        let seen = self.seen().await?;
        let minute = seen.at.as_second().div_euclid(FRESH.as_secs());
        let key = (what.clone(), words.code, seen.standing.page.version, minute);
        if let Some(known) = self.rendered.get(&key) {
            return known;
        }
        let made = render(what, settings, words, &seen);
        self.rendered.insert(key, made.clone());
        made
    }
}

fn render(what: &What, settings: &StatusPageSettings, words: &'static Words, seen: &Seen) -> Option<Rendered> {
    let r = Reading { standing: &seen.standing, settings, words, now: seen.at };
    let text = match what {
        What::Overview => overview(r),
        What::Incident(id) => incident(r, seen.standing.post(id)?),
        What::History(month) => history(r, month.as_deref())?,
        What::Api(which) => document(r, *which).to_string(),
        What::Atom => atom(r),
        What::Rss => rss(r),
    };
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&text)[..16]));
    Some(Rendered { bytes: text.into(), tag: HeaderValue::from_str(&tag).ok()? })
}

/// The routes. They answer 404 where no page is set up.
pub fn router(pages: Arc<StatusPages>) -> Router {
    let mut router = Router::new()
        .route("/status", get(|state, q, h| html(state, q, h, What::Overview)))
        .route("/status/", get(|state, q, h| html(state, q, h, What::Overview)))
        .route("/status/history", get(|state, q, h| html(state, q, h, What::History(None))))
        .route(
            "/status/history/{month}",
            get(|state, q, h, Path(month): Path<String>| html(state, q, h, What::History(Some(month)))),
        )
        .route(
            "/status/incidents/{id}",
            get(|state, q, h, Path(id): Path<String>| html(state, q, h, What::Incident(id))),
        )
        .route("/status/subscribe", get(subscribe::form).post(subscribe::ask))
        .route("/status/subscription/{token}", get(subscribe::look).post(subscribe::change))
        .route("/history.atom", get(|state, h| plain(state, h, What::Atom, "application/atom+xml; charset=utf-8")))
        .route("/history.rss", get(|state, h| plain(state, h, What::Rss, "application/rss+xml; charset=utf-8")));
    for (path, which) in Document::ALL {
        let path = format!("/api/v2/{path}");
        router = router.route(&path, get(move |state, h| plain(state, h, What::Api(which), "application/json")));
    }
    router.with_state(pages)
}

pub(super) type Pages = State<Arc<StatusPages>>;

async fn html(State(pages): Pages, RawQuery(query): RawQuery, headers: HeaderMap, what: What) -> Response {
    let Some(settings) = &pages.engine.settings().status_page else { return StatusCode::NOT_FOUND.into_response() };
    let chosen = url::form_urlencoded::parse(query.as_deref().unwrap_or_default().as_bytes())
        .find(|(key, _)| key == "lang")
        .and_then(|(_, code)| Words::of(&code));
    let accept = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let own = || Words::of(&settings.language).unwrap_or(crate::render::status::LANGUAGES[0]);
    let words = chosen.or_else(|| Words::liked(accept)).unwrap_or_else(own);
    let mut response = answered(&pages, &headers, &what, words, "text/html; charset=utf-8").await;
    let about = response.headers_mut();
    about.insert(VARY, HeaderValue::from_static("accept-language"));
    about.insert(CONTENT_LANGUAGE, HeaderValue::from_static(words.code));
    about.insert(CONTENT_SECURITY_POLICY, POLICY);
    about.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    about.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// For programs, in the page's own language.
async fn plain(State(pages): Pages, headers: HeaderMap, what: What, kind: &'static str) -> Response {
    let Some(settings) = &pages.engine.settings().status_page else { return StatusCode::NOT_FOUND.into_response() };
    let words = Words::of(&settings.language).unwrap_or(crate::render::status::LANGUAGES[0]);
    let mut response = answered(&pages, &headers, &what, words, kind).await;
    let about = response.headers_mut();
    about.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    about.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

async fn answered(
    pages: &StatusPages,
    headers: &HeaderMap,
    what: &What,
    words: &'static Words,
    kind: &'static str,
) -> Response {
    let Some(rendered) = pages.rendered(what, words).await else { return StatusCode::NOT_FOUND.into_response() };
    let about = [(ETAG, rendered.tag.clone()), (CACHE_CONTROL, CACHED)];
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let tag = rendered.tag.to_str().unwrap_or_default();
    if known.flat_map(|value| value.split(',')).any(|one| one.trim().trim_start_matches("W/") == tag) {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    (about, [(CONTENT_TYPE, HeaderValue::from_static(kind))], rendered.bytes).into_response()
}
