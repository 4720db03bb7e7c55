//! A mail server that takes everything.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use watchroom::config::{MailConfig, MailTls, Secret};

use super::lock;

/// The password that it asks for.
pub const PASSWORD: &str = "a password of the mail server";

/// What the server does instead.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Answers the command that begins so with this line.
    Says(&'static str, &'static str),
    /// Takes the mail, and the connection breaks before the answer.
    Cut,
    /// Takes the mail, and answers something that is no answer.
    Garbles,
    /// Takes the mail, and never answers.
    Hangs,
    /// Takes the mail, and never ends its answer.
    Stalls,
    /// Says nothing at all.
    Ignores,
}

/// A mail that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    pub to: String,
    pub text: String,
}

impl Taken {
    /// A header's value, unfolded.
    pub fn header(&self, name: &str) -> String {
        let unfolded = self.text.replace("\r\n ", " ");
        let head = unfolded.split("\r\n\r\n").next().unwrap_or_default().to_owned();
        let value = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ").map(str::to_owned));
        value.unwrap_or_else(|| panic!("no {name} in:\n{}", self.text))
    }

    /// All of it, as its reader's program shows it: soft line breaks and `=3D` undone.
    pub fn shown(&self) -> String {
        self.text.replace("=\r\n", "").replace("=3D", "=")
    }
}

#[derive(Default)]
struct Shared {
    taken: Mutex<Vec<Taken>>,
    faults: Mutex<VecDeque<Fault>>,
    /// What it says of mailboxes.
    mailboxes: Mutex<BTreeMap<String, &'static str>>,
    /// How long it looks through a mail.
    looks: Mutex<Duration>,
    /// How many connections there were.
    talked: AtomicUsize,
}

/// A mail server.
pub struct Server {
    port: u16,
    shared: Arc<Shared>,
    _serving: JoinSet<()>,
}

impl Server {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let (shared, mut serving) = (Arc::<Shared>::default(), JoinSet::new());
        let accepting = Arc::clone(&shared);
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&accepting);
                // Whoever breaks off is gone.
                connections.spawn(async move { drop(talk(stream, &shared).await) });
            }
        });
        Self { port, shared, _serving: serving }
    }

    /// How to reach it.
    pub fn config(&self) -> MailConfig {
        MailConfig {
            host: "127.0.0.1".into(),
            port: self.port,
            tls: MailTls::None,
            login: Some(("watchroom".into(), Secret::new(PASSWORD))),
            from: "Watchroom <watchroom@example.com>".parse().expect("an address"),
        }
    }

    /// The next connections meet these.
    pub fn fail(&self, faults: impl IntoIterator<Item = Fault>) {
        lock(&self.shared.faults).extend(faults);
    }

    /// How often somebody came.
    pub fn talked(&self) -> usize {
        self.shared.talked.load(Ordering::SeqCst)
    }

    /// From now on it says this of a mailbox; nothing: it takes what is for it.
    pub fn say_of(&self, mailbox: &str, answer: Option<&'static str>) {
        let mut mailboxes = lock(&self.shared.mailboxes);
        mailboxes.remove(mailbox);
        mailboxes.extend(answer.map(|answer| (mailbox.to_owned(), answer)));
    }

    /// From now on it looks so long through each mail.
    pub fn take_time(&self, time: Duration) {
        *lock(&self.shared.looks) = time;
    }

    /// What was taken for a mailbox.
    pub fn taken_for(&self, mailbox: &str) -> Vec<Taken> {
        self.taken().into_iter().filter(|mail| mail.to.split(' ').any(|to| to == mailbox)).collect()
    }

    /// Everything that was taken.
    pub fn taken(&self) -> Vec<Taken> {
        lock(&self.shared.taken).clone()
    }
}

async fn talk(stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    shared.talked.fetch_add(1, Ordering::SeqCst);
    let fault = lock(&shared.faults).pop_front();
    if matches!(fault, Some(Fault::Ignores)) {
        return std::future::pending().await;
    }
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 mail.example.com ESMTP\r\n").await?;
    let (mut to, mut text) = (String::new(), String::new());
    let login = format!("AUTH PLAIN {}", BASE64_STANDARD.encode(format!("\0watchroom\0{PASSWORD}")));
    while let Some(line) = lines.next_line().await? {
        let instead = match &fault {
            Some(Fault::Says(command, answer)) if line.starts_with(command) => Some(*answer),
            Some(_) | None => None,
        };
        let answer = match (instead, &line) {
            (Some(answer), _) => answer,
            (None, line) if line.starts_with("EHLO") => "250-mail.example.com\r\n250 AUTH PLAIN LOGIN",
            (None, line) if line.starts_with("AUTH") && *line != login => "535 5.7.8 no",
            (None, line) if line.starts_with("MAIL FROM:") => {
                to.clear();
                "250 ok"
            }
            (None, line) if line.starts_with("RCPT TO:") => {
                let mailbox = line["RCPT TO:".len()..].trim_matches(['<', '>', ' ']);
                let says = lock(&shared.mailboxes).get(mailbox).copied();
                if says.is_none() {
                    if !to.is_empty() {
                        to.push(' ');
                    }
                    to.push_str(mailbox);
                }
                says.unwrap_or("250 ok")
            }
            (None, line) if line == "DATA" => {
                writer.write_all(b"354 go on\r\n").await?;
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    text.push_str(line.strip_prefix('.').unwrap_or(&line));
                    text.push_str("\r\n");
                }
                let looks = *lock(&shared.looks);
                tokio::time::sleep(looks).await;
                if let Some(Fault::Says("DATA.", answer)) = &fault {
                    *answer
                } else {
                    lock(&shared.taken).push(Taken { to: to.clone(), text: std::mem::take(&mut text) });
                    match fault {
                        Some(Fault::Cut) => return Ok(()),
                        Some(Fault::Hangs) => return std::future::pending().await,
                        Some(Fault::Stalls) => {
                            writer.write_all(b"250-tak").await?;
                            return std::future::pending().await;
                        }
                        Some(Fault::Garbles) => "taken",
                        Some(Fault::Says(..) | Fault::Ignores) | None => "250 taken",
                    }
                }
            }
            (None, line) if line == "QUIT" => return writer.write_all(b"221 bye\r\n").await,
            (None, line) if line.starts_with("AUTH") => "235 ok",
            (None, _) => "250 ok",
        };
        writer.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}
