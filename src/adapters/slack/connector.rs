//! slack-morphism's way out, over the program's one HTTP client.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use futures_util::{FutureExt, future::BoxFuture};
use reqwest::{Client, RequestBuilder, Response, StatusCode, header::HeaderMap};
use serde::{Deserialize, Serialize};
use slack_morphism::{
    ClientResult, SlackApiToken, SlackClientApiCallContext, SlackClientHttpConnector, SlackClientId, SlackClientSecret,
    errors::{
        SlackClientApiError, SlackClientError, SlackClientHttpError, SlackClientHttpProtocolError, SlackRateLimitError,
    },
    multipart_form::FileMultipartData,
};
use url::Url;

use jiff::Timestamp;

use super::trouble::Failure;
use crate::{adapters::http::Http, ports::Trouble};

/// No answer of Slack's is larger; a longer one comes from something else.
const LARGEST: usize = 16 * 1024 * 1024;
/// How long to wait where Slack says "slow down" without saying how long.
const UNTOLD: Duration = Duration::from_secs(30);
/// What stands in the way is told by whoever starts the program.
const NO_CLIENT: Failure = Failure::Unreachable("the HTTP client does not start");

pub(super) struct Connector {
    http: Http,
    base: String,
    /// What the last answer said the token may do.
    scopes: Mutex<Vec<String>>,
    /// When the last answer was made, by Slack's clock.
    time: Mutex<Option<Timestamp>>,
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Connector {
    pub fn new(http: Http, base: &str) -> Self {
        Self { http, base: base.trim_end_matches('/').to_owned(), scopes: Mutex::default(), time: Mutex::default() }
    }

    /// What the token may do, as far as Slack has said so.
    pub fn scopes(&self) -> Vec<String> {
        self.scopes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Slack's clock, as of its last answer.
    pub fn time(&self) -> Option<Timestamp> {
        *self.time.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers through the address that came with an action. Such an address says `ok` and nothing else: the 200 of a
    /// proxy's error page is a lost answer.
    pub async fn respond(&self, url: Url, body: &serde_json::Value) -> Result<(), Trouble> {
        let failed = |e: reqwest::Error| Failure::of(&e).trouble(false);
        let http = self.http.client().await.map_err(|_| NO_CLIENT.trouble(false))?;
        let response = http.post(url).json(body).send().await.map_err(failed)?;
        let (status, wait) = (response.status(), retry_after(response.headers()));
        let text = read(response).await.map_err(|lost| lost.trouble(false))?;
        match status {
            StatusCode::TOO_MANY_REQUESTS => Err(Trouble::RateLimited(wait.unwrap_or(UNTOLD))),
            s if s.is_success() && text.trim() == "ok" => Ok(()),
            s if s.is_success() => match serde_json::from_str::<Envelope>(&text) {
                Ok(Envelope { ok: true, .. }) => Ok(()),
                Ok(Envelope { error, .. }) => Err(Trouble::Refused(error.unwrap_or_else(|| "unknown_error".into()))),
                Err(_) => Err(Trouble::Ambiguous("an answer that is not Slack's".into())),
            },
            s if s.is_client_error() => Err(Trouble::Refused("expired_url".into())),
            s => Err(Trouble::Ambiguous(format!("status {}", s.as_u16()))),
        }
    }

    async fn send<RS: for<'de> Deserialize<'de>>(
        &self,
        request: impl FnOnce(&Client) -> RequestBuilder,
    ) -> ClientResult<RS> {
        let http = self.http.client().await.map_err(|_| NO_CLIENT.error())?;
        let response = request(http).send().await.map_err(|e| Failure::of(&e).error())?;
        let (status, wait) = (response.status(), retry_after(response.headers()));
        self.keep_facts(response.headers());
        if status == StatusCode::TOO_MANY_REQUESTS {
            let wait = wait.unwrap_or(UNTOLD);
            return Err(SlackClientError::RateLimitError(SlackRateLimitError::new().with_retry_after(wait)));
        }
        if !status.is_success() {
            return Err(SlackClientError::HttpError(SlackClientHttpError::new(status)));
        }
        let text = read(response).await.map_err(Failure::error)?;
        let strange = |_| Failure::Lost("an answer that is not Slack's").error();
        let envelope: Envelope = serde_json::from_str(&text).map_err(strange)?;
        if !envelope.ok {
            let code = envelope.error.unwrap_or_else(|| "unknown_error".into());
            return Err(SlackClientError::ApiError(SlackClientApiError::new(code)));
        }
        serde_json::from_str(&text).map_err(strange)
    }

    fn keep_facts(&self, headers: &HeaderMap) {
        let date = headers.get("date").and_then(|v| v.to_str().ok());
        if let Some(date) = date.and_then(|text| jiff::fmt::rfc2822::parse(text).ok()) {
            *self.time.lock().unwrap_or_else(PoisonError::into_inner) = Some(date.timestamp());
        }
        let Some(said) = headers.get("x-oauth-scopes").and_then(|v| v.to_str().ok()) else { return };
        let scopes = said.split(',').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect();
        *self.scopes.lock().unwrap_or_else(PoisonError::into_inner) = scopes;
    }
}

/// What every answer of the Web API begins with.
#[derive(Deserialize)]
struct Envelope {
    ok: bool,
    error: Option<String>,
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get("retry-after")?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

async fn read(mut response: Response) -> Result<String, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| Failure::Lost("the answer broke off"))? {
        if body.len() + chunk.len() > LARGEST {
            return Err(Failure::Lost("an answer without end"));
        }
        body.extend_from_slice(&chunk);
    }
    String::from_utf8(body).map_err(|_| Failure::Lost("an answer that is not text"))
}

fn signed(request: RequestBuilder, token: Option<&SlackApiToken>) -> RequestBuilder {
    match token {
        Some(token) => request.bearer_auth(&token.token_value.0),
        None => request,
    }
}

impl SlackClientHttpConnector for Connector {
    fn create_method_uri_path(&self, method: &str) -> ClientResult<Url> {
        Ok(format!("{}/{method}", self.base).parse()?)
    }

    fn http_get_uri<'a, RS>(&'a self, uri: Url, cx: SlackClientApiCallContext<'a>) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: for<'de> Deserialize<'de> + Send + 'a,
    {
        self.send(move |http| signed(http.get(uri), cx.token)).boxed()
    }

    fn http_get_with_client_secret<'a, RS>(
        &'a self,
        uri: Url,
        id: &'a SlackClientId,
        secret: &'a SlackClientSecret,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: for<'de> Deserialize<'de> + Send + 'a,
    {
        self.send(move |http| http.get(uri).basic_auth(&id.0, Some(&secret.0))).boxed()
    }

    fn http_post_uri<'a, RQ, RS>(
        &'a self,
        uri: Url,
        body: &'a RQ,
        cx: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RQ: Serialize + Send + Sync,
        RS: for<'de> Deserialize<'de> + Send + 'a,
    {
        self.send(move |http| signed(http.post(uri).json(body), cx.token)).boxed()
    }

    fn http_post_uri_multipart_form<'a, 'p, RS, PT, TS>(
        &'a self,
        uri: Url,
        file: Option<FileMultipartData<'p>>,
        params: &'p PT,
        cx: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: for<'de> Deserialize<'de> + Send + 'a,
        PT: IntoIterator<Item = (&'p str, Option<TS>)> + Clone,
        TS: AsRef<str> + 'p + Send,
    {
        let fields = params.clone().into_iter().filter_map(|(name, value)| Some((name, value?)));
        let form = fields.fold(reqwest::multipart::Form::new(), |form, (name, value)| {
            form.text(name.to_owned(), value.as_ref().to_owned())
        });
        let form = match file {
            Some(file) => {
                let part = reqwest::multipart::Part::bytes(file.data.to_vec()).file_name(file.name);
                match part.mime_str(&file.content_type) {
                    Ok(part) => form.part("file", part),
                    Err(e) => {
                        let error = SlackClientHttpProtocolError::new().with_cause(Box::new(e));
                        return std::future::ready(Err(SlackClientError::HttpProtocolError(error))).boxed();
                    }
                }
            }
            None => form,
        };
        self.send(move |http| signed(http.post(uri).multipart(form), cx.token)).boxed()
    }

    fn http_post_uri_binary<'a, 'p, RS>(
        &'a self,
        uri: Url,
        content_type: String,
        data: &'a [u8],
        cx: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: for<'de> Deserialize<'de> + Send + 'a,
    {
        let data = data.to_vec();
        let post = move |http: &Client| http.post(uri).header(reqwest::header::CONTENT_TYPE, content_type).body(data);
        self.send(move |http| signed(post(http), cx.token)).boxed()
    }
}
