//! The way to the database: what `DATABASE_URL` says, and how long anything may take.

use std::{fmt, pin::pin, sync::Arc, time::Duration};

use futures_util::future::{Either, select};
use percent_encoding::percent_decode_str;
use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::time::timeout;
use tokio_postgres::{
    Client, Config, Connection, Error, Socket,
    config::{Host, SslMode, TargetSessionAttrs},
    tls::MakeTlsConnect,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::OpenError;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(3);
/// After so long without a sign of the other side a connection counts as lost.
const SILENCE: Duration = Duration::from_secs(5);
/// What no statement of a running store may exceed; a process that stops in the middle of a group holds up nobody for longer.
const LIMITS: &str = "SET statement_timeout = '8s'; SET idle_in_transaction_session_timeout = '5s'";

/// A connection, to be driven by whoever asked for it.
pub(super) type Link = Connection<Socket, <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream>;

/// Where the database is, and how it is spoken to.
#[derive(Clone)]
pub(super) struct Address {
    config: Config,
    tls: MakeRustlsConnect,
}

/// Which server is taken for the right one.
#[derive(Debug, PartialEq, Eq)]
enum Trust {
    /// Whichever answers: what is sent cannot be read on the way, but may be read by somebody who pretends to be the server.
    Anyone,
    /// One whose certificate the system trusts.
    System,
    /// One whose certificate this file vouches for.
    File(String),
}

impl Address {
    /// Reads `postgres://user:password@host:port/database?sslmode=…`.
    ///
    /// `sslmode` is `disable`, `prefer` (usual), `require`, or `verify-full` (also `verify-ca`), with which the certificate
    /// is looked at: by the system's roots or those in the file that `sslrootcert` names.
    pub fn parse(url: &str) -> Result<Self, OpenError> {
        let bad = |why: String| OpenError::Address(why);
        if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(bad("it does not start with postgres://".to_owned()));
        }
        let (rest, trust) = trust_of(url);
        // The error of an unknown option names it; it never holds the password.
        let mut config: Config = rest.parse().map_err(|e: Error| bad(sentence(&e)))?;
        // The driver takes what stands behind the first `@` for the host, a part of the password with it.
        if config.get_hosts().iter().any(|host| matches!(host, Host::Tcp(name) if name.contains('@'))) {
            return Err(bad("its user or password holds an `@`; write that as %40".to_owned()));
        }
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(bad("it names no host".to_owned()));
        }
        if config.get_hosts().iter().any(|host| matches!(host, Host::Unix(_))) {
            config.ssl_mode(SslMode::Disable);
        } else if trust != Trust::Anyone {
            config.ssl_mode(SslMode::Require);
        }
        if config.get_application_name().is_none() {
            config.application_name("watchroom");
        }
        config.connect_timeout(CONNECT).tcp_user_timeout(SILENCE).keepalives_idle(SILENCE);
        // After a failover the old primary may still answer, and only reads.
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        Ok(Self { config, tls: MakeRustlsConnect::new(tls(&trust).map_err(bad)?) })
    }

    /// A connection without limits, for what takes long. `None` where the server does not answer: the driver's own limit is for the first
    /// step of several.
    pub async fn connect(&self) -> Option<Result<(Client, Link), Error>> {
        timeout(CONNECT, self.config.connect(self.tls.clone())).await.ok()
    }

    /// What is said to a new connection that works within limits.
    pub async fn limit(client: &Client) -> Result<(), Error> {
        client.batch_execute(LIMITS).await
    }
}

/// For people: everything but user and password.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, host) in self.config.get_hosts().iter().enumerate() {
            let ports = self.config.get_ports();
            let port = ports.get(nth).or_else(|| ports.first()).copied().unwrap_or(5432);
            match host {
                Host::Tcp(name) => write!(f, "{}{name}:{port}", if nth > 0 { "," } else { "" })?,
                Host::Unix(path) => write!(f, "{} (port {port})", path.display())?,
            }
        }
        match self.config.get_dbname().or(self.config.get_user()) {
            Some(database) => write!(f, "/{database}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

/// Does what is to be done on a connection, and keeps the connection going meanwhile.
pub(super) async fn drive<T>(link: Link, work: impl Future<Output = T>) -> T {
    // In a box, it is let go of as soon as it ends: only then does whoever waits for an answer on it find out.
    match select(pin!(work), Box::pin(link)).await {
        Either::Left((done, _)) => done,
        Either::Right((_, work)) => work.await,
    }
}

/// What went wrong, with what lies beneath it.
pub(super) fn sentence(error: &Error) -> String {
    if let Some(database) = error.as_db_error() {
        return database.message().to_owned();
    }
    let mut said = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(beneath) = cause {
        let more = beneath.to_string();
        if !said.contains(&more) {
            said = format!("{said}: {more}");
        }
        cause = beneath.source();
    }
    said
}

/// Takes out of the address what the driver does not know.
fn trust_of(url: &str) -> (String, Trust) {
    let Some((base, query)) = url.split_once('?') else { return (url.to_owned(), Trust::Anyone) };
    let (mut verify, mut root, mut kept) = (false, None, Vec::new());
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("sslmode", "verify-full" | "verify-ca")) => verify = true,
            Some(("sslrootcert", path)) => root = Some(percent_decode_str(path).decode_utf8_lossy().into_owned()),
            _ => kept.push(pair),
        }
    }
    let trust = match (verify, root) {
        // Whoever names who vouches for the server wants that looked at.
        (_, Some(path)) if path != "system" => Trust::File(path),
        (true, _) | (_, Some(_)) => Trust::System,
        (false, None) => Trust::Anyone,
    };
    (format!("{base}?{}", kept.join("&")), trust)
}

fn tls(trust: &Trust) -> Result<ClientConfig, String> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|e| format!("TLS: {e}"))?;
    let builder = match trust {
        Trust::Anyone => builder.dangerous().with_custom_certificate_verifier(Arc::new(Anyone(provider))),
        Trust::System => builder.with_platform_verifier().map_err(|e| format!("the system's certificates: {e}"))?,
        Trust::File(path) => {
            let unread = |why: String| format!("sslrootcert names {path}: {why}");
            let mut roots = RootCertStore::empty();
            for certificate in CertificateDer::pem_file_iter(path).map_err(|e| unread(e.to_string()))? {
                let certificate = certificate.map_err(|e| unread(e.to_string()))?;
                roots.add(certificate).map_err(|e| unread(e.to_string()))?;
            }
            if roots.is_empty() {
                return Err(unread("there is no certificate in it".to_owned()));
            }
            builder.with_root_certificates(roots)
        }
    };
    Ok(builder.with_no_client_auth())
}

/// Takes every certificate, as `sslmode=require` has it everywhere.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_secrets() {
        let url = "postgres://watch:hunter2@db.example.com:5433/room?sslmode=require";
        let address = Address::parse(url).unwrap();
        assert_eq!(address.to_string(), "db.example.com:5433/room");
        assert_eq!(format!("{address:?}"), "Address(db.example.com:5433/room)");
    }

    #[test]
    fn what_is_no_address_is_said_plainly() {
        let why = |url: &str| Address::parse(url).unwrap_err().to_string();
        assert!(why("mysql://x").contains("postgres://"), "{}", why("mysql://x"));
        assert!(why("postgres://").contains("no host"), "{}", why("postgres://"));
        assert!(why("postgres://u@h/d?colour=red").contains("colour"), "{}", why("postgres://u@h/d?colour=red"));
        assert!(why("postgres://u:hunter2@h/d?sslmode=often").contains("sslmode"));
        let raw = why("postgres://u:pa@hunter2@h/d");
        assert!(raw.contains("%40") && !raw.contains("hunter2"), "{raw}");
        let missing = why("postgres://u@h/d?sslmode=verify-full&sslrootcert=/nowhere.pem");
        assert!(missing.contains("/nowhere.pem"), "{missing}");
    }

    #[test]
    fn certificates_are_looked_at_only_where_that_was_asked_for() {
        let of = |query: &str| trust_of(&format!("postgres://u@h/d?{query}")).1;
        assert_eq!(of("sslmode=require"), Trust::Anyone);
        assert_eq!(of("sslmode=verify-full"), Trust::System);
        assert_eq!(of("sslmode=require&sslrootcert=/ca.pem"), Trust::File("/ca.pem".to_owned()));
        assert_eq!(of("sslmode=verify-ca&sslrootcert=%2Fca.pem&connect_timeout=3"), Trust::File("/ca.pem".to_owned()));
    }
}
