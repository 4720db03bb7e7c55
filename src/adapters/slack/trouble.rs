//! From Slack's errors to our [`Trouble`]. Bodies stay behind: they carry people's words and secret addresses.

use std::{fmt, time::Duration};

use slack_morphism::errors::{SlackClientError, SlackClientHttpProtocolError};

use crate::ports::Trouble;

/// What went wrong on the way.
#[derive(Debug, Clone, Copy)]
pub(super) enum Failure {
    /// No request got through.
    Unreachable(&'static str),
    /// The request may have got through.
    Lost(&'static str),
}

impl Failure {
    pub fn of(e: &reqwest::Error) -> Self {
        match () {
            () if e.is_connect() => Self::Unreachable("no connection"),
            () if e.is_builder() => Self::Unreachable("the request could not be made"),
            () if e.is_timeout() => Self::Lost("no answer in time"),
            () => Self::Lost("the connection broke"),
        }
    }

    /// Wrapped for slack-morphism, to be unwrapped by [`trouble`].
    pub fn error(self) -> SlackClientError {
        SlackClientError::HttpProtocolError(SlackClientHttpProtocolError::new().with_cause(Box::new(self)))
    }

    pub fn trouble(self, harmless_twice: bool) -> Trouble {
        match self {
            Self::Unreachable(what) => Trouble::Unreachable(what.into()),
            Self::Lost(what) => lost(what.into(), harmless_twice),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(what) | Self::Lost(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Failure {}

/// An answer that was lost matters only where doing it twice would.
fn lost(what: String, harmless_twice: bool) -> Trouble {
    if harmless_twice { Trouble::Unreachable(what) } else { Trouble::Ambiguous(what) }
}

/// What an error means to whoever called.
pub(super) fn trouble(error: &SlackClientError, harmless_twice: bool) -> Trouble {
    match error {
        SlackClientError::ApiError(e) => code(&e.code, harmless_twice),
        SlackClientError::RateLimitError(e) => {
            Trouble::RateLimited(e.retry_after.unwrap_or(Duration::from_secs(30)).max(Duration::from_secs(1)))
        }
        SlackClientError::HttpError(e) => {
            let said = format!("status {}", e.status_code.as_u16());
            // Anything but a 5xx is said before the request reaches Slack's own works.
            if e.status_code.is_server_error() { lost(said, harmless_twice) } else { Trouble::Unreachable(said) }
        }
        SlackClientError::HttpProtocolError(e) => {
            match e.cause.as_ref().and_then(|cause| cause.downcast_ref::<Failure>()) {
                Some(failure) => failure.trouble(harmless_twice),
                None => Trouble::Unreachable("the request could not be made".into()),
            }
        }
        SlackClientError::EndOfStream(_)
        | SlackClientError::SystemError(_)
        | SlackClientError::ProtocolError(_)
        | SlackClientError::SocketModeProtocolError(_) => lost("an answer that cannot be read".into(), harmless_twice),
    }
}

/// What `ok: false` with this code means.
fn code(code: &str, harmless_twice: bool) -> Trouble {
    match code {
        "fatal_error" | "internal_error" | "service_unavailable" | "request_timeout" => {
            lost(code.to_owned(), harmless_twice)
        }
        "ratelimited" | "rate_limited" => Trouble::RateLimited(Duration::from_secs(30)),
        "team_added_to_org" => Trouble::Unreachable(code.to_owned()),
        refused => Trouble::Refused(refused.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use slack_morphism::errors::{SlackClientApiError, SlackClientHttpError};

    fn api(code: &str) -> SlackClientError {
        SlackClientError::ApiError(SlackClientApiError::new(code.into()).with_http_response_body("secret words".into()))
    }

    fn status(status: u16) -> SlackClientError {
        let status = reqwest::StatusCode::from_u16(status).unwrap();
        SlackClientError::HttpError(SlackClientHttpError::new(status).with_http_response_body("secret words".into()))
    }

    #[test]
    fn a_lost_answer_is_ambiguous_only_where_twice_would_matter() {
        for error in
            [api("fatal_error"), api("internal_error"), status(502), Failure::Lost("no answer in time").error()]
        {
            assert!(matches!(trouble(&error, false), Trouble::Ambiguous(_)), "{error:?}");
            assert!(matches!(trouble(&error, true), Trouble::Unreachable(_)), "{error:?}");
        }
        for error in [status(403), status(302), Failure::Unreachable("no connection").error()] {
            assert!(matches!(trouble(&error, false), Trouble::Unreachable(_)), "{error:?}");
        }
        assert_eq!(trouble(&api("channel_not_found"), false), Trouble::Refused("channel_not_found".into()));
    }

    #[test]
    fn bodies_stay_behind() {
        for error in [api("channel_not_found"), api("fatal_error"), status(500), status(404)] {
            assert!(!trouble(&error, false).to_string().contains("secret"));
        }
    }
}
