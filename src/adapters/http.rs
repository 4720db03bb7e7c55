//! The one builder of HTTP clients.

use std::time::Duration;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(3);
/// How long one request may take, answer and all.
const WHOLE: Duration = Duration::from_secs(10);
/// How long an idle connection is kept. Shorter than what balancers on the way usually allow, so that a request seldom
/// goes out on a connection that the other side has just closed.
const IDLE: Duration = Duration::from_secs(45);

/// Makes ring the provider of TLS for the whole process. Call it first thing; calling it again changes nothing.
pub fn install_crypto() {
    // The only error is that one is installed already, and that is what was wanted.
    drop(rustls::crypto::ring::default_provider().install_default());
}

/// A client for everything outside: one pool, bounded in time, through the proxies that the environment names.
///
/// Redirects are not followed: none of our neighbours' interfaces redirects, and a token must not travel to a place that
/// somebody on the way made up.
///
/// # Errors
/// Where the system's certificates cannot be read.
pub fn client() -> Result<reqwest::Client, reqwest::Error> {
    install_crypto();
    #[expect(clippy::disallowed_methods, reason = "the one builder")]
    let builder = reqwest::Client::builder();
    builder
        .user_agent(concat!("watchroom/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .timeout(WHOLE)
        .pool_idle_timeout(IDLE)
        .redirect(reqwest::redirect::Policy::none())
        .build()
}
