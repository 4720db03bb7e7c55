//! A list of readers by mail: what was mailed can be neither looked for nor taken back.

use futures_util::{FutureExt, future::BoxFuture};
use watchroom::config::{Config, ConnectorKind};

use super::place::{Doubt, Kind, Place};
use crate::harness::{
    fails::Fails,
    neighbour::mail::{Fault, Server, Taken},
};

pub const KIND: Kind = Kind { start, doubt: Doubt::Asks, reads: true, withdraws: false, says_when: false };

fn start() -> BoxFuture<'static, Box<dyn Place>> {
    Server::start().map(|server| Box::new(server) as Box<dyn Place>).boxed()
}

/// The same, as mail servers fail: what is refused for good, what is not now, and what breaks off before or after the mail is taken.
const fn as_mail(fails: Fails) -> Fault {
    match fails {
        Fails::Status(400..500) => Fault::Says("DATA.", "554 5.7.1 not from here"),
        Fails::Status(_) => Fault::Says("EHLO", "421 4.3.2 going down"),
        Fails::Limits(_) => Fault::Says("MAIL", "451 4.7.1 too many"),
        Fails::AfterTheWrite => Fault::Cut,
        Fails::Malformed => Fault::Garbles,
        Fails::Hangs => Fault::Hangs,
        Fails::Ignores => Fault::Ignores,
        Fails::Stalls => Fault::Stalls,
    }
}

impl Place for Server {
    fn connect(&self, config: &mut Config) -> ConnectorKind {
        config.ways.mail = Some(self.config());
        ConnectorKind::Mail { to: vec!["partners@lists.example".into()], language: "en".into() }
    }

    fn fail(&self, fails: &[Fails]) {
        Self::fail(self, fails.iter().copied().map(as_mail));
    }

    /// Its subject and its parts, without what only programs read.
    fn texts(&self) -> Vec<String> {
        let read = |mail: &Taken| {
            let shown = mail.shown();
            let body = shown.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
            let lines = body.lines().filter(|line| !line.starts_with("--") && !line.starts_with("Content-"));
            format!("{}\n{}", mail.header("Subject"), lines.collect::<Vec<_>>().join("\n"))
        };
        self.taken().iter().map(read).collect()
    }

    fn asked(&self) -> usize {
        self.talked()
    }
}
