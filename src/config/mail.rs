//! `[mail]` and `SMTP_URL`: mails, handed to a server of yours.

use lettre::message::Mailbox;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use url::Url;

use super::{Secret, load::Reader};

/// How mails go out.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// The server's name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept from others.
    pub tls: MailTls,
    /// Who we are to it, where it asks.
    pub login: Option<(String, Secret)>,
    /// Whose mails they are.
    pub from: Mailbox,
}

/// How a connection to a mail server is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTls {
    /// From its first byte on (`smtps://`).
    Wrapped,
    /// Before anything of meaning is said (`smtp://`, by STARTTLS).
    Upgraded,
    /// Not at all (`smtp://…?tls=none`).
    None,
}

/// `[mail]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct MailEntry {
    from: Option<String>,
}

/// The port for mails to be sent, with TLS from the first byte on.
const WRAPPED: u16 = 465;
/// The same, without.
const SUBMISSION: u16 = 587;

/// What a server is called to us.
struct Server {
    host: String,
    port: u16,
    tls: MailTls,
    login: Option<(String, Secret)>,
}

impl Reader<'_> {
    /// Set up where there is a server, and an address to send from.
    pub fn mail(&mut self, entry: Option<&MailEntry>) -> Option<MailConfig> {
        let server = self.secret("SMTP_URL");
        let from = self.value("MAIL_FROM", entry.and_then(|entry| entry.from.clone()));
        let (Some(server), Some(from)) = (&server, &from) else {
            if server.is_some() || entry.is_some() || from.is_some() {
                self.problems.push(
                    "mails need both SMTP_URL and `from` in [mail]; write for example from = \"Watchroom <watchroom@example.com>\""
                        .into(),
                );
            }
            return None;
        };
        let mailbox = from.parse();
        if mailbox.is_err() {
            self.problems.push(format!(
                "[mail] from: `{from}` is no mail address; write for example Watchroom <watchroom@example.com>"
            ));
        }
        let Server { host, port, tls, login } = match Server::read(server.expose()) {
            Ok(server) => server,
            Err(problem) => {
                self.problems.push(format!("SMTP_URL {problem}"));
                return None;
            }
        };
        Some(MailConfig { host, port, tls, login, from: mailbox.ok()? })
    }
}

impl Server {
    /// Reads it, or says what to write instead, without a word of what stands there: it has a password.
    fn read(text: &str) -> Result<Self, &'static str> {
        const SHAPE: &str = "is no address of a mail server; write smtps://user:password@smtp.example.com or \
                             smtp://user:password@smtp.example.com:587, with what is no letter or digit in the password as %XX";
        let url = Url::parse(text).map_err(|_| SHAPE)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(SHAPE)?.trim_matches(['[', ']']).to_owned();
        let asked = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
        let (tls, port) = match (url.scheme(), asked.as_deref()) {
            ("smtps", None) => (MailTls::Wrapped, WRAPPED),
            ("smtp", None | Some("required")) => (MailTls::Upgraded, SUBMISSION),
            ("smtp", Some("none")) => (MailTls::None, SUBMISSION),
            ("smtp" | "smtps", Some(_)) => {
                return Err("asks for another `tls` than there is: write tls=required or tls=none");
            }
            (_, _) => return Err(SHAPE),
        };
        let decoded = |text: &str| percent_decode_str(text).decode_utf8().map(std::borrow::Cow::into_owned);
        let login = match url.password() {
            Some(password) => {
                let user = decoded(url.username()).map_err(|_| SHAPE)?;
                Some((user, Secret::new(&decoded(password).map_err(|_| SHAPE)?)))
            }
            None => None,
        };
        if tls == MailTls::None && login.is_some() && !is_here(&host) {
            return Err("would send its password for everybody to read; write smtps://… or leave out tls=none");
        }
        Ok(Self { host, port: url.port().unwrap_or(port), tls, login })
    }
}

/// What is said to it does not leave the machine.
fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_read_from_its_address() {
        let read = |text| Server::read(text).map(|s| (s.host, s.port, s.tls, s.login));
        let login = |user: &str, password: &str| Some((user.to_owned(), Secret::new(password)));
        assert_eq!(
            read("smtps://bot%40example.com:p%2Fw@smtp.example.com"),
            Ok(("smtp.example.com".into(), 465, MailTls::Wrapped, login("bot@example.com", "p/w")))
        );
        assert_eq!(
            read("smtp://a:b@smtp.example.com:2587?tls=required"),
            Ok(("smtp.example.com".into(), 2587, MailTls::Upgraded, login("a", "b")))
        );
        assert_eq!(read("smtp://[::1]:25?tls=none"), Ok(("::1".into(), 25, MailTls::None, None)));
        assert_eq!(
            read("smtp://a:b@127.0.0.1?tls=none"),
            Ok(("127.0.0.1".into(), 587, MailTls::None, login("a", "b")))
        );
        for wrong in [
            "smtp.example.com",
            "https://smtp.example.com",
            "smtp://x?tls=maybe",
            "smtp://a:secret@x?tls=none",
            "smtps://",
        ] {
            let problem = read(wrong).expect_err(wrong);
            assert!(!problem.contains("secret"), "{problem}");
        }
    }
}
