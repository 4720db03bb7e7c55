//! The one builder of HTTP clients.

use std::{sync::Arc, time::Duration};

use tokio::{sync::OnceCell, task::spawn_blocking};

use super::address::{Guarded, Reach};

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

/// The way out. The client is made when it is first asked for: reading whom the system trusts takes longer than opening the
/// record, and nobody should wait for that before they are heard.
#[derive(Debug, Clone, Default)]
pub struct Http {
    made: Arc<OnceCell<reqwest::Client>>,
    reach: Option<Reach>,
    upgrades: bool,
}

/// There is no client, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the HTTP client does not start: {0}; install the system's certificates (Debian: `ca-certificates`)")]
pub struct NoClient(String);

impl Http {
    /// To addresses that somebody else chose, within this reach.
    #[must_use]
    pub fn within(reach: Reach) -> Self {
        Self { reach: Some(reach), ..Self::default() }
    }

    /// To a neighbour with which a request becomes a connection of another kind, which HTTP/1.1 alone can. What it becomes may last as
    /// long as it likes.
    #[must_use]
    pub fn for_upgrades() -> Self {
        Self { upgrades: true, ..Self::default() }
    }

    /// The client; whoever asks first makes it.
    ///
    /// # Errors
    /// Where the system's certificates cannot be read. The next to ask tries again.
    pub async fn client(&self) -> Result<&reqwest::Client, NoClient> {
        let make = || async {
            let (reach, upgrades) = (self.reach, self.upgrades);
            let made =
                spawn_blocking(move || build(reach, upgrades)).await.map_err(|panic| NoClient(panic.to_string()))?;
            made.map_err(|e| NoClient(e.to_string()))
        };
        self.made.get_or_try_init(make).await
    }
}

/// A client for everything outside: one pool, bounded in time, through the proxies that the environment names.
///
/// Redirects are not followed: none of our neighbours' interfaces redirects, and a token must not travel to a place that
/// somebody on the way made up.
///
/// # Errors
/// Where the system's certificates cannot be read.
pub fn client() -> Result<reqwest::Client, reqwest::Error> {
    build(None, false)
}

/// The same, with a guard before addresses that somebody else chose. What must be public is fetched without proxies: those would
/// resolve the names themselves, and nobody knows what they reach.
fn build(reach: Option<Reach>, upgrades: bool) -> Result<reqwest::Client, reqwest::Error> {
    install_crypto();
    #[expect(clippy::disallowed_methods, reason = "the one builder")]
    let builder = reqwest::Client::builder();
    let guarded = match reach {
        None => builder,
        Some(reach @ Reach::Private) => builder.dns_resolver(Guarded(reach).shared()),
        Some(reach @ Reach::Public) => builder.dns_resolver(Guarded(reach).shared()).no_proxy(),
    };
    let lasting = if upgrades { guarded.http1_only() } else { guarded.timeout(WHOLE) };
    lasting
        .user_agent(concat!("watchroom/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .redirect(reqwest::redirect::Policy::none())
        .build()
}
