//! A bot that is killed: this test binary, run again as [`bot`], with a clock that is moved from outside and a record that ends its life at
//! an exact commit.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
    sync::Arc,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::{
    net::TcpListener,
    sync::{Notify, mpsc},
};
use watchroom::{
    app::{self, Ports},
    clock::{Clock as _, MovableClock},
    config::Config,
    sandbox::Handle,
};

use super::mortal::{Death, Fate};
use crate::store::crash::variable;

/// Where the bot finds what it is.
const VARIABLE: &str = "WATCHROOM_LIFE";

/// A bot and its life.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Life {
    /// Where its record is.
    pub dir: PathBuf,
    /// Its file of settings.
    pub settings: PathBuf,
    /// What it finds in its environment.
    pub env: BTreeMap<String, String>,
    /// How it ends, at its first commit but for those of its start; none: it does not.
    pub death: Option<Death>,
    /// What its clock says.
    pub now: Timestamp,
}

/// Says `at <address>` when it serves, `dead` when its life has ended (it waits to be killed then, and does nothing any more), and
/// `settled` once for each line that it reads, when everything is done that can be done at the time that the line tells.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by the tests that kill it"]
async fn bot() {
    let Some(life) = variable(VARIABLE) else { panic!("only for the tests that kill it") };
    let life: Life = serde_json::from_str(&life).expect("a life");
    watchroom::adapters::http::install_crypto();
    watchroom::telemetry::start(Some("warn"), false);
    let clock = MovableClock::still(life.now);
    let fate = life.death.map(Fate::one_commit_each);
    let store = match &fate {
        Some(fate) => Some(fate.open(&life.dir).await),
        None => None,
    };
    let ports = Ports { unhurried: true, store, ..Ports::default() };
    let app = app::build(&config(&life), Arc::new(clock.clone()), ports).await.expect("the bot starts");
    app.start();
    let address = app.listen(TcpListener::bind("127.0.0.1:0").await.expect("a free port")).expect("a free port");
    let mut told = lines();
    let work = async {
        say(&format!("at http://{address}"));
        while let Some(line) = told.recv().await {
            let until: Timestamp = line.parse().expect("a time");
            clock.advance(until.duration_since(clock.now()));
            app.settled().await;
            say("settled");
        }
    };
    let Some(fate) = fate else { return work.await };
    fate.begin();
    tokio::select! {
        () = fate.died() => say("dead"),
        () = work => return,
    }
    // It is killed, or whoever would have killed it is gone.
    while told.recv().await.is_some() {}
}

/// As any bot reads it.
fn config(life: &Life) -> Config {
    let mut config = Config::load(Some(&life.settings), &|name| life.env.get(name).cloned()).expect("sound settings");
    config.data.clone_from(&life.dir);
    config
}

/// Beside what the test's own harness prints.
const MARK: &str = "bot: ";

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // The reader may be gone: then there is nobody to tell.
    let _ = out.write_all(format!("\n{MARK}{line}\n").as_bytes()).and_then(|()| out.flush());
}

/// Lines that it is told, until there are no more.
fn lines() -> mpsc::UnboundedReceiver<String> {
    let (tell, told) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if tell.send(line).is_err() {
                return;
            }
        }
    });
    told
}

/// A bot in a process of its own.
#[derive(Debug)]
pub struct Victim {
    child: Child,
    stdin: ChildStdin,
    said: mpsc::UnboundedReceiver<String>,
    dead: Arc<Notify>,
}

impl Victim {
    /// Is born, and serves this Slack.
    pub async fn born(life: &Life, slack: &Handle) -> Self {
        let mut command = Command::new(std::env::current_exe().expect("this test"));
        command.args(["--exact", "crash::victim::bot", "--ignored", "--nocapture", "--test-threads=1"]);
        command.env(VARIABLE, serde_json::to_string(life).expect("serialises"));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("this test runs again");
        let (stdin, stdout) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
        let (tell, said) = mpsc::unbounded_channel();
        let dead = Arc::new(Notify::new());
        let tells = Arc::clone(&dead);
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                match line.strip_prefix(MARK) {
                    Some("dead") => tells.notify_one(),
                    // Whoever listened may have ended.
                    Some(other) => drop(tell.send(other.to_owned())),
                    None => {}
                }
            }
        });
        let mut victim = Self { child, stdin, said, dead };
        let address = victim.said().await;
        slack.set_bot_url(address.strip_prefix("at ").expect("an address"));
        victim
    }

    async fn said(&mut self) -> String {
        self.said.recv().await.expect("the bot has ended by itself")
    }

    /// Is told, once, when its life has ended.
    pub fn dead(&self) -> Arc<Notify> {
        Arc::clone(&self.dead)
    }

    /// Waits until everything is done that can be done at this time, which its clock says then.
    pub async fn settle(&mut self, now: Timestamp) {
        // A dead one does not read.
        let _ = writeln!(self.stdin, "{now}").and_then(|()| self.stdin.flush());
        assert_eq!(self.said().await, "settled");
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.child.kill().expect("our own child");
        self.child.wait().expect("our own child");
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
