//! The bot as people run it: the binary, in a process of its own.

use std::{
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{Arc, Mutex, PoisonError, mpsc},
    time::{Duration, Instant},
};

use serde_json::Value;
use watchroom::{
    cli::app_of_manifest,
    clock::SystemClock,
    sandbox::{Handle, Workspace},
};

/// How long anything may take here; more is a hang.
pub const PATIENCE: Duration = Duration::from_secs(90);
/// How often it is looked whether something has come about.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The settings file of these tests: announcements by name, a policy, people to fall back on.
pub const SETTINGS: &str = r##"
announce_channel = "#incidents"
updates_channel = "C0GENERAL"

[paging]
fallback = ["group:S0MANAGERS"]

[[policies]]
name = "checkout"
steps = [{ targets = ["user:U0BOB"], wait_min = 5 }, { targets = ["group:S0CHECKOUT"] }]
"##;

/// A simulated Slack on the machine's clock, without rate limits: the bot's own politeness is enough.
pub async fn slack() -> Handle {
    watchroom::adapters::http::install_crypto();
    let mut config = app_of_manifest(Arc::new(SystemClock));
    config.rate_limits = false;
    Workspace::start(config).await.expect("a free port")
}

/// A directory with settings and a record, and the environment that the binary gets.
#[derive(Debug)]
pub struct Place {
    dir: PathBuf,
    /// The record, and what stands beside it.
    pub data: PathBuf,
    env: Vec<(String, String)>,
}

impl Place {
    /// An empty one, with [`SETTINGS`] and no secrets.
    pub fn new() -> Self {
        let dir =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bot-{}-{}", std::process::id(), super::unique()));
        fs::create_dir_all(&dir).expect("a directory");
        let place = Self { data: dir.join("record"), dir, env: Vec::new() };
        place.write("watchroom.toml", SETTINGS);
        place
    }

    /// The same, with all that it needs to work with this Slack.
    pub fn beside(slack: &Handle) -> Self {
        let mut place = Self::new();
        place.set("SLACK_API_URL", &slack.api_url());
        place.set("SLACK_SIGNING_SECRET", slack.signing_secret());
        place.set("SLACK_BOT_TOKEN", slack.bot_token());
        place
    }

    /// Sets a variable, or unsets it with an empty value.
    pub fn set(&mut self, name: &str, value: &str) {
        self.env.retain(|(n, _)| n != name);
        self.env.push((name.into(), value.into()));
    }

    /// Keeps the record elsewhere.
    pub fn keep_in(&mut self, data: PathBuf) {
        self.data = data;
    }

    /// Where it keeps the record.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// A path beside the record.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Writes a file beside the record.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).expect("a file");
        path
    }

    /// The binary with these words, in this place.
    pub fn command<S: AsRef<OsStr>>(&self, words: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_watchroom"));
        // Nothing of whoever runs the tests may steer the bot.
        command.env_clear().current_dir(&self.dir).args(words);
        command.env("WATCHROOM_CONFIG", self.path("watchroom.toml")).env("WATCHROOM_DATA", &self.data);
        command.env("WATCHROOM_LISTEN", "127.0.0.1:0").envs(self.env.iter().map(|(n, v)| (n, v)));
        command
    }

    /// Runs a subcommand to its end.
    pub fn run<S: AsRef<OsStr>>(&self, words: &[S]) -> Ran {
        Ran::from(self.command(words).stdin(Stdio::null()).output().expect("the binary starts"))
    }

    /// Starts the bot and waits until it serves.
    pub fn serve(&self) -> Served {
        self.try_serve().unwrap_or_else(|log| panic!("the bot does not serve:\n{log}"))
    }

    /// Starts the bot, which may end before it serves: then what it said is the error.
    pub fn try_serve(&self) -> Result<Served, String> {
        let mut command = self.command(&["serve", "--json"]);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let log = Arc::new(Mutex::new(String::new()));
        let (lines, kept) = (BufReader::new(child.stderr.take().expect("piped")).lines(), Arc::clone(&log));
        let (tell, told) = mpsc::channel();
        let reading = std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let fields = serde_json::from_str::<Value>(&line).map_or(Value::Null, |mut v| v["fields"].take());
                if fields["message"] == "watchroom serves" {
                    // Whoever starts the bot may have given up.
                    let _ = tell.send(fields["address"].as_str().unwrap_or_default().to_owned());
                }
                let mut log = kept.lock().unwrap_or_else(PoisonError::into_inner);
                *log = format!("{log}{line}\n");
            }
        });
        let mut served = Served { child, log, url: String::new(), reading: Some(reading) };
        match told.recv_timeout(PATIENCE) {
            Ok(address) => served.url = format!("http://{address}"),
            Err(mpsc::RecvTimeoutError::Disconnected) => return Err(served.ended().1),
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("the bot hangs:\n{}", served.log()),
        }
        Ok(served)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // A leftover directory must not hide a test's own failure.
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// How a subcommand ended.
#[derive(Debug)]
pub struct Ran {
    /// Its exit code.
    pub code: i32,
    /// Its output.
    pub out: String,
    /// Its complaints.
    pub err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Self { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Ran {
    /// Its output, where it ended well.
    #[track_caller]
    pub fn fine(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.out
    }

    /// Its complaints, where it ended with this code.
    #[track_caller]
    pub fn refused(self, code: i32) -> String {
        assert_eq!(self.code, code, "{self:?}");
        assert!(!self.err.contains("panicked"), "{self:?}");
        self.err
    }

    /// Its output as JSON, whatever it ended with.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }
}

/// A running bot. It ends with the test.
#[derive(Debug)]
pub struct Served {
    /// Its process.
    pub child: Child,
    /// Where it listens.
    pub url: String,
    log: Arc<Mutex<String>>,
    reading: Option<std::thread::JoinHandle<()>>,
}

impl Served {
    /// What it has said.
    pub fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.child.kill().expect("our own child");
        self.child.wait().expect("our own child");
    }

    /// Asks it to stop, and waits until it has; its exit code, and how long it took.
    pub fn stop(mut self) -> (i32, Duration) {
        let since = Instant::now();
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(asked.expect("there is a `kill`").success());
        (self.ended().0, since.elapsed())
    }

    /// Waits until it has ended by itself; its exit code and what it said.
    fn ended(&mut self) -> (i32, String) {
        let status = self.child.wait().expect("our own child");
        if let Some(reading) = self.reading.take() {
            reading.join().expect("a reader");
        }
        (status.code().unwrap_or(-1), self.log())
    }

    /// Status and text of one of its pages.
    pub async fn get(&self, path: &str) -> (u16, String) {
        let client = watchroom::adapters::http::client().expect("a client");
        let response = client.get(format!("{}{path}", self.url)).send().await.expect("the bot answers");
        (response.status().as_u16(), response.text().await.expect("a text"))
    }

    /// Waits until nothing is left to do and nothing happens any more.
    pub async fn settle(&self, slack: &Handle) {
        let mut quiet = 0;
        let mut before = (0, 0);
        eventually("the bot settles", async || {
            let idle = self.get("/metrics").await.1.contains("watchroom_outbox_lanes 0\n");
            let now = (slack.version(), slack.calls().len());
            quiet = if idle && now == before { quiet + 1 } else { 0 };
            before = now;
            quiet > 5
        })
        .await;
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("the bot said:\n{}", self.log());
        }
    }
}

/// Waits until something has come about, and fails where it does not.
pub async fn eventually(what: &str, mut look: impl AsyncFnMut() -> bool) {
    let since = Instant::now();
    while !look().await {
        assert!(since.elapsed() < PATIENCE, "not after {PATIENCE:?}: {what}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
