//! Mails to many, one after the other on connections that are kept for the next: of each it is known how far it came.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{
        Error,
        client::AsyncSmtpConnection,
        commands::{Data, Mail as Sender, Rcpt, Rset},
    },
};
use tokio::{sync::Semaphore, time::timeout};

use super::mail::{ACCEPT, BEFORE, Mail, QUIT, before, within};
use crate::ports::{Mail as ToSend, Trouble, Unsent};

/// The most connections at a time; servers count them by client.
const CONNECTIONS: usize = 8;
/// A connection that waited for longer may be closed by now.
const IDLE: Duration = Duration::from_secs(15);

/// Connections that wait for the next mail.
pub(super) struct Connections {
    idle: Mutex<Vec<(Instant, AsyncSmtpConnection)>>,
    permits: Semaphore,
}

impl Default for Connections {
    fn default() -> Self {
        Self { idle: Mutex::default(), permits: Semaphore::new(CONNECTIONS) }
    }
}

impl Connections {
    fn take(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(since, _)| since.elapsed() < IDLE);
        idle.pop().map(|(_, server)| server)
    }

    fn keep(&self, server: AsyncSmtpConnection) {
        if !server.has_broken() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push((Instant::now(), server));
        }
    }
}

impl Mail {
    /// Hands a mail over to the server.
    pub async fn deliver(&self, mail: &ToSend) -> Result<(), Unsent> {
        let no_address = || Unsent::Theirs(Trouble::Refused("no mail address".into()));
        let to = mail.to.iter().map(|to| to.parse().map_err(|_| no_address()));
        let to: Vec<Address> = to.collect::<Result<_, _>>()?;
        let bytes = self.composed(mail, &to).map_err(Unsent::Theirs)?.formatted();
        let closed = |_| Unsent::Server(Trouble::Unreachable("it is being ended".into()));
        let _permit = self.connections.permits.acquire().await.map_err(closed)?;
        let mut server = self.ready(&to).await?;
        match timeout(ACCEPT, server.message(&bytes)).await {
            Ok(Ok(_)) => {
                self.connections.keep(server);
                Ok(())
            }
            Ok(Err(e)) => {
                drop(timeout(QUIT, server.abort()).await);
                Err(after(&e))
            }
            Err(_) => Err(Unsent::Theirs(Trouble::Ambiguous("no answer in time".into()))),
        }
    }

    /// A connection whose server waits for a mail to these.
    async fn ready(&self, to: &[Address]) -> Result<AsyncSmtpConnection, Unsent> {
        if let Some(mut server) = self.connections.take() {
            match self.envelope(&mut server, to).await {
                Ok(()) => return Ok(server),
                Err(unsent @ Unsent::Theirs(_)) => return self.passed_over(server, unsent).await,
                // It may have been closed meanwhile, or have taken enough mails: a new one tells.
                Err(Unsent::Server(_) | Unsent::Later(_)) => drop(timeout(QUIT, server.abort()).await),
            }
        }
        let mut server = within(BEFORE, self.connected()).await.map_err(|trouble| Unsent::Server(kept(trouble)))?;
        match self.envelope(&mut server, to).await {
            Ok(()) => Ok(server),
            Err(unsent @ Unsent::Theirs(_)) => self.passed_over(server, unsent).await,
            Err(unsent @ (Unsent::Server(_) | Unsent::Later(_))) => {
                drop(timeout(QUIT, server.abort()).await);
                Err(unsent)
            }
        }
    }

    /// Nothing goes to this one; the connection is good for the next.
    async fn passed_over<T>(&self, mut server: AsyncSmtpConnection, unsent: Unsent) -> Result<T, Unsent> {
        if matches!(timeout(QUIT, server.command(Rset)).await, Ok(Ok(_))) {
            self.connections.keep(server);
        }
        Err(unsent)
    }

    async fn envelope(&self, server: &mut AsyncSmtpConnection, to: &[Address]) -> Result<(), Unsent> {
        let from = self.config.from.email.clone();
        let saying = async {
            // Whom it lets send what is not about who gets it.
            let sender = server.command(Sender::new(Some(from), Vec::new())).await;
            sender.map_err(|e| Unsent::Server(kept(before(&e))))?;
            for to in to {
                let one = server.command(Rcpt::new(to.clone(), Vec::new())).await;
                one.map_err(|e| match e.status().map(u16::from) {
                    // It goes down, or throttles whoever sends too much.
                    None | Some(421 | 454) => Unsent::Server(kept(before(&e))),
                    Some(_) => Unsent::Theirs(before(&e)),
                })?;
            }
            server.command(Data).await.map(drop).map_err(|e| after(&e))
        };
        let late = || Unsent::Server(Trouble::Unreachable("no answer in time".into()));
        timeout(BEFORE, saying).await.unwrap_or_else(|_| Err(late()))
    }

    fn composed(&self, mail: &ToSend, to: &[Address]) -> Result<Message, Trouble> {
        // Nobody reads who else gets it.
        let shown = match to {
            [one] => Mailbox::new(None, one.clone()),
            _ => self.config.from.clone(),
        };
        let header = |name, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
        let mut made = Message::builder()
            .from(self.config.from.clone())
            .to(shown)
            .subject(mail.subject.clone())
            .message_id(Some(self.id(&mail.key)))
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("X-Auto-Response-Suppress", "All"));
        if let Some(first) = &mail.thread {
            made = made.in_reply_to(self.id(first)).references(self.id(first));
        }
        if let Some(leave) = &mail.leave {
            made = made
                .raw_header(header("List-Unsubscribe", &format!("<{leave}>")))
                .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
        let made = made.multipart(MultiPart::alternative_plain_html(mail.plain.clone(), mail.html.clone()));
        made.map_err(|e| Trouble::Refused(format!("the mail cannot be written: {e}")))
    }
}

/// What a refusal means that is not about whom a mail is for: once somebody has mended it, the mail is still wanted.
fn kept(trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::Refused(why) => Trouble::Unreachable(why),
        other => other,
    }
}

/// What a reply means to a mail, or that there was none.
fn after(e: &Error) -> Unsent {
    match e.status() {
        None => Unsent::Theirs(Trouble::Ambiguous("the connection broke".into())),
        Some(_) if e.is_permanent() => Unsent::Theirs(before(e)),
        Some(_) => Unsent::Later(before(e)),
    }
}
