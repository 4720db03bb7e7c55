//! Pages by mail, handed to a mail server of the deployment's. Message by message, on a connection of its own: pages are few, and so it is
//! known how far a mail came that got no answer.

use std::{fmt, future::Future, time::Duration};

use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail as Sender, Noop, Rcpt},
        extension::ClientId,
    },
};
use sha2::{Digest, Sha256};
use tokio::{sync::OnceCell, task::spawn_blocking, time::timeout};

use super::{Look, mailing::Connections};
use crate::{
    config::{MailConfig, MailTls},
    ports::Trouble,
    render::{
        Notice,
        by_way::{Letter, letter, mail_refused},
    },
};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);
/// How long everything before the mail itself may take.
pub(super) const BEFORE: Duration = Duration::from_secs(15);
/// How long the server may take to accept a mail that it has; some look through it first.
pub(super) const ACCEPT: Duration = Duration::from_secs(30);
/// How long a farewell may take.
pub(super) const QUIT: Duration = Duration::from_secs(1);

pub(super) struct Mail {
    pub(super) config: MailConfig,
    /// For mails to many.
    pub(super) connections: Connections,
    /// Reading whom the system trusts takes longer than a mail.
    tls: OnceCell<TlsParameters>,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Mail {
    pub fn new(config: MailConfig) -> Self {
        Self { config, connections: Connections::default(), tls: OnceCell::new() }
    }

    /// Hands a mail over; returns its Message-ID, which is the same for the same key.
    pub async fn send(&self, to: &str, notice: &Notice, key: &str) -> Result<Option<String>, Trouble> {
        let to: Address = to.parse().map_err(|_| Trouble::Refused("no mail address".into()))?;
        let id = self.id(key);
        let mail = self.written(to.clone(), notice, &id)?;
        let mut server = within(BEFORE, self.connected()).await?;
        let handed = hand_over(&mut server, self.config.from.email.clone(), to, &mail.formatted()).await;
        // What became of the mail is known by now, however the server takes its leave.
        drop(timeout(QUIT, server.abort()).await);
        handed.map(|()| Some(id))
    }

    /// Does the server let us in?
    pub async fn look(&self) -> Result<Look, Trouble> {
        let mut server = within(BEFORE, self.connected()).await?;
        let alive = within(BEFORE, async { server.command(Noop).await.map_err(|e| before(&e)) }).await;
        drop(timeout(QUIT, server.abort()).await);
        alive?;
        let MailConfig { host, port, tls, login, .. } = &self.config;
        let how = if login.is_some() { "lets us in" } else { "answers, and asks for no password" };
        let found = format!("{host}:{port} {how}");
        Ok(match tls {
            MailTls::Wrapped | MailTls::Upgraded => Look::Fine(found),
            MailTls::None => Look::Doubtful(format!("{found}; what is said to it can be read on the way")),
        })
    }

    /// Ids of mails are ours to make: no other is made of this key.
    pub(super) fn id(&self, key: &str) -> String {
        format!("<{}@{}>", hex::encode(&Sha256::digest(key)[..16]), self.config.from.email.domain())
    }

    fn written(&self, to: Address, notice: &Notice, id: &str) -> Result<Message, Trouble> {
        let Letter { plain, html } = letter(notice);
        // There is no first mail of this id: all of one incident answer it, and so stand together.
        let thread = self.id(&format!("thread/{}", notice.thread));
        let header = |name, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
        let mail = Message::builder()
            .from(self.config.from.clone())
            .to(Mailbox::new(None, to))
            .subject(notice.title.clone())
            .message_id(Some(id.to_owned()))
            .in_reply_to(thread.clone())
            .references(thread)
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("X-Auto-Response-Suppress", "All"))
            .raw_header(header("Importance", if notice.urgent { "high" } else { "normal" }));
        let written = mail.multipart(MultiPart::alternative_plain_html(plain, html));
        written.map_err(|e| Trouble::Refused(format!("the mail cannot be written: {e}")))
    }

    /// A connection that takes mails.
    pub(super) async fn connected(&self) -> Result<AsyncSmtpConnection, Trouble> {
        let MailConfig { host, port, tls, login, .. } = &self.config;
        let parameters = match tls {
            MailTls::Wrapped | MailTls::Upgraded => Some(self.parameters().await?),
            MailTls::None => None,
        };
        let wrapped = parameters.clone().filter(|_| *tls == MailTls::Wrapped);
        let us = ClientId::Domain(self.config.from.email.domain().to_owned());
        let server = (host.as_str(), *port);
        let mut server = AsyncSmtpConnection::connect_tokio1(server, Some(CONNECT), &us, wrapped, None)
            .await
            .map_err(|e| before(&e))?;
        if let (MailTls::Upgraded, Some(parameters)) = (tls, parameters) {
            server.starttls(parameters, &us).await.map_err(|e| before(&e))?;
        }
        if let Some((user, password)) = login {
            let credentials = Credentials::new(user.clone(), password.expose().to_owned());
            server.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await.map_err(|e| before(&e))?;
        }
        Ok(server)
    }

    async fn parameters(&self) -> Result<TlsParameters, Trouble> {
        let make = || async {
            let host = self.config.host.clone();
            let made = spawn_blocking(move || TlsParameters::new(host)).await;
            let made = made.map_err(|panic| Trouble::Unreachable(panic.to_string()))?;
            made.map_err(|_| Trouble::Unreachable("the system's certificates cannot be read".into()))
        };
        self.tls.get_or_try_init(make).await.cloned()
    }
}

/// Everything up to the last dot may be done again; after it nobody knows.
async fn hand_over(server: &mut AsyncSmtpConnection, from: Address, to: Address, mail: &[u8]) -> Result<(), Trouble> {
    let envelope = async {
        server.command(Sender::new(Some(from), Vec::new())).await.map_err(|e| before(&e))?;
        server.command(Rcpt::new(to, Vec::new())).await.map_err(|e| before(&e))?;
        server.command(Data).await.map_err(|e| before(&e))
    };
    within(BEFORE, envelope).await?;
    match timeout(ACCEPT, server.message(mail)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(e)) if e.status().is_none() => Err(Trouble::Ambiguous("the connection broke".into())),
        Ok(Err(e)) => Err(before(&e)),
        Err(_) => Err(Trouble::Ambiguous("no answer in time".into())),
    }
}

pub(super) async fn within<T>(limit: Duration, work: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
    timeout(limit, work).await.unwrap_or_else(|_| Err(Trouble::Unreachable("no answer in time".into())))
}

/// What a reply means, or that there was none, while the server has no mail yet. Its words stay behind: they name the mailbox.
pub(super) fn before(e: &Error) -> Trouble {
    match e.status().map(u16::from) {
        Some(code) if e.is_permanent() => Trouble::Refused(mail_refused(code)),
        Some(code) => Trouble::Unreachable(format!("the mail server asks for patience ({code})")),
        None if e.is_tls() => Trouble::Unreachable("no safe connection to the mail server".into()),
        None => Trouble::Unreachable("no connection to the mail server".into()),
    }
}
