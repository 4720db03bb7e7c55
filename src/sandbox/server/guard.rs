//! Keeps other web sites away from the page's API.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::sandbox::shell::Shell;

fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|v| v.to_str().ok())
}

/// `host` without its port.
fn name(host: &str) -> &str {
    match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    }
}

/// A foreign name in `Host` is DNS rebinding; a foreign `Origin`, or a form, is another site's doing.
pub async fn guard(State(shell): State<Arc<Shell>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host = text(headers, &header::HOST).unwrap_or_default();
    let own = shell.address.get().map(|a| a.ip().to_string());
    let known = shell.config.any_host
        || matches!(name(host), "localhost" | "127.0.0.1" | "::1")
        || own.as_deref() == Some(name(host));
    if !known {
        return (StatusCode::FORBIDDEN, "unknown host").into_response();
    }
    if let Some(origin) = text(headers, &header::ORIGIN) {
        let same = origin.strip_prefix("http://").or(origin.strip_prefix("https://")) == Some(host);
        if !same {
            return (StatusCode::FORBIDDEN, "foreign origin").into_response();
        }
    }
    if request.method() == Method::POST {
        let json = text(headers, &header::CONTENT_TYPE).is_some_and(|t| t.starts_with("application/json"));
        if !json {
            return (StatusCode::UNSUPPORTED_MEDIA_TYPE, "application/json is required").into_response();
        }
    }
    next.run(request).await
}
