//! `/status`, `/api/v2/*.json`, `/history.atom` and `/history.rss`: our own status page.
//!
//! Everything is rendered, and packed, once for each state of the page and each language, and served from memory until something changes. When
//! the record cannot be read, what was served last is served on.

use std::{
    io::Write as _,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    extract::{Path, RawQuery, State},
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{
        ACCEPT_ENCODING, ACCEPT_LANGUAGE, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING,
        CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY, VARY,
        X_CONTENT_TYPE_OPTIONS,
    },
};
use jiff::{SignedDuration, Timestamp};
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

use super::subscribe::{self, NOTHING};
use crate::{
    clock::SharedClock,
    config::StatusPageSettings,
    engine::Engine,
    render::status::{
        Document, Reading, Words, atom, component, document, group, history, incident, missing, overview, rss,
    },
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
    Group(String),
    Component(String),
    Api(Document),
    Atom,
    Rss,
}

/// Rendered, for every reader of one language.
#[derive(Clone, Debug)]
struct Rendered {
    plain: Body,
    /// The same for readers that unpack it; its bytes are others, and so is its tag.
    packed: Option<Body>,
}

#[derive(Clone, Debug)]
struct Body {
    bytes: Bytes,
    tag: HeaderValue,
}

impl Body {
    fn of(bytes: impl Into<Bytes>) -> Option<Self> {
        let bytes = bytes.into();
        let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&bytes)[..16]));
        Some(Self { bytes, tag: HeaderValue::from_str(&tag).ok()? })
    }
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

    /// There is nothing there; a person is told so, and led on.
    fn missing(&self, what: &What, words: &'static Words) -> Response {
        let about = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];
        let settings = self.engine.settings().status_page.as_ref();
        let page =
            settings.map(|settings| missing(Reading { standing: &NOTHING, settings, words, now: self.clock.now() }));
        match (what, page) {
            (What::Api(_) | What::Atom | What::Rss, _) | (_, None) => (StatusCode::NOT_FOUND, about).into_response(),
            (
                What::Overview | What::Incident(_) | What::History(_) | What::Group(_) | What::Component(_),
                Some(page),
            ) => {
                let kind = [(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))];
                (StatusCode::NOT_FOUND, about, kind, page).into_response()
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
        What::Group(code) => group(r, code)?,
        What::Component(code) => component(r, code)?,
        What::Api(which) => document(r, *which).to_string(),
        What::Atom => atom(r),
        What::Rss => rss(r),
    };
    let packed = packed(text.as_bytes()).and_then(Body::of);
    Some(Rendered { plain: Body::of(text)?, packed })
}

/// The same bytes for every try: nothing in it says when.
fn packed(text: &[u8]) -> Option<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(text).ok()?;
    gzip.finish().ok()
}

/// Does whoever sent this `Accept-Encoding` unpack what is packed?
fn unpacks(headers: &HeaderMap) -> bool {
    let all = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut named = all.flat_map(|value| value.split(',')).filter_map(|part| {
        let (name, quality) = part.split_once(';').unwrap_or((part, "q=1"));
        let quality = quality.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()).unwrap_or(0.0);
        name.trim().eq_ignore_ascii_case("gzip").then_some(quality > 0.0)
    });
    named.next().unwrap_or(false)
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
        .route(
            "/status/groups/{code}",
            get(|state, q, h, Path(code): Path<String>| html(state, q, h, What::Group(code))),
        )
        .route(
            "/status/components/{code}",
            get(|state, q, h, Path(code): Path<String>| html(state, q, h, What::Component(code))),
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
    about.insert(VARY, HeaderValue::from_static("accept-language, accept-encoding"));
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
    about.insert(VARY, HeaderValue::from_static("accept-encoding"));
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
    let Some(Rendered { plain, packed }) = pages.rendered(what, words).await else { return pages.missing(what, words) };
    let packed = packed.filter(|_| unpacks(headers));
    let body = packed.as_ref().unwrap_or(&plain);
    let about = [(ETAG, body.tag.clone()), (CACHE_CONTROL, CACHED)];
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let tag = body.tag.to_str().unwrap_or_default();
    let is_it = |one: &str| one == "*" || one.trim_start_matches("W/") == tag;
    if known.flat_map(|value| value.split(',')).any(|one| is_it(one.trim())) {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    let mut response = (about, [(CONTENT_TYPE, HeaderValue::from_static(kind))], body.bytes.clone()).into_response();
    if packed.is_some() {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}
