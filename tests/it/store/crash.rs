//! Killed at any moment, cut from power, out of space: nothing that was answered is lost, no job is lost or doubled.
//!
//! The one who is killed is this test binary, run again as [`victim`]: many tasks that each append to a stream of their own,
//! replacing, asking for and finishing jobs, and that say aloud what was answered. From the length of a stream follows
//! everything that must stand beside it, so whatever a crash leaves can be checked to the last job.

use std::{
    collections::HashMap,
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use serde_json::json;
use watchroom::store::{
    Commit, CommitError, Finish, Health, OnPending, Store, journal,
    sled::{Options, SledStore},
};

use super::kit::{Dice, Dir, appending, at, counting, done, inc, key, lane, note, open, options, timer};

const TASKS: u64 = 12;
/// How often the store is killed at random, and eight times as often as power is cut. The variable
/// `WATCHROOM_CRASH_ROUNDS` asks for more: `WATCHROOM_CRASH_ROUNDS=5000 cargo test --test it store::crash`.
const ROUNDS: u64 = 200;
/// So many jobs of a task are left pending.
const PENDING: u64 = 3;

#[expect(clippy::disallowed_methods, reason = "tests are told by their environment how much to do")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn rounds() -> u64 {
    variable("WATCHROOM_CRASH_ROUNDS").map_or(ROUNDS, |rounds| rounds.parse().unwrap())
}

/// Where CI runs everything must run; elsewhere what cannot is said aloud.
pub fn cannot(what: &str, why: &str) {
    assert!(variable("CI").as_deref() != Some("true"), "{what} cannot run here: {why}");
    eprintln!("NOT RUN: {what}: {why}");
}

/// The n-th thing that task `task` does.
fn step(task: u64, n: u64, ids: &HashMap<String, u64>) -> Commit {
    let ended = n.checked_sub(PENDING).map(|old| format!("job {task} {old}"));
    let receipt = json!({"n": n});
    let finish = ended.map(|key| Finish { receipt: Some(receipt), ..done(ids[&key], &key) });
    Commit {
        expect: vec![(inc(task), n)],
        append: vec![note(&inc(task), &format!("{task} {n}"))],
        enqueue: vec![
            lane(&format!("job {task} {n}"), &format!("lane {task}"), OnPending::New, json!(n)),
            timer(&format!("timer {task}"), i64::try_from(n).unwrap()),
        ],
        remember: vec![key(&format!("key {task} {n}"), 1_000_000, json!(n))],
        finish: finish.into_iter().collect(),
        at: Some(at(0)),
        ..Commit::default()
    }
}

/// Goes on where the streams end, for ever; says `ack <task> <n>` after each answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by the tests that kill it"]
async fn victim() {
    let Some(dir) = variable("WATCHROOM_VICTIM") else { panic!("only for the tests that kill it") };
    let store = open(Path::new(&dir)).unwrap();
    let task = |task: u64| {
        let store = &store;
        async move {
            let mut n = store.length(&inc(task)).await.unwrap();
            loop {
                let jobs = store.lane(&format!("lane {task}"), 100).await.unwrap();
                let ids = jobs.into_iter().map(|job| (job.key, job.id)).collect();
                match store.commit(step(task, n, &ids)).await {
                    Ok(()) => say(&format!("ack {task} {n}")),
                    Err(CommitError::Closed(why)) => return say(&format!("closed {why}")),
                    Err(other) => panic!("{other}"),
                }
                n += 1;
            }
        }
    };
    futures_util::future::join_all((1..=TASKS).map(task)).await;
    assert!(matches!(store.health(), Health::Closed(_)));
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // The reader may be gone: then there is nobody to tell.
    let _ = out.write_all(format!("\n{line}\n").as_bytes()).and_then(|()| out.flush());
}

fn command(dir: &Path, before: &[&str]) -> Command {
    let binary = std::env::current_exe().unwrap();
    let mut words: Vec<_> = before.iter().map(PathBuf::from).collect();
    words.push(binary);
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).args(["--exact", "store::crash::victim", "--ignored", "--nocapture", "--test-threads=1"]);
    command.env("WATCHROOM_VICTIM", dir).stdout(Stdio::piped());
    command
}

/// The last thing that each task was told, by task.
fn told(lines: impl Iterator<Item = String>) -> HashMap<u64, u64> {
    let mut told = HashMap::new();
    for line in lines {
        let words: Vec<_> = line.split(' ').collect();
        if let ["ack", task, n] = words[..] {
            told.insert(task.parse().unwrap(), n.parse().unwrap());
        }
    }
    told
}

/// Runs a victim and, `after` its first word, does `then`; gives back what it was told.
fn interrupt(dir: &Path, after: Duration, then: impl FnOnce(&mut Child)) -> HashMap<u64, u64> {
    let mut child = command(dir, &[]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut said = Vec::new();
    while !said.last().is_some_and(|line: &String| line.starts_with("ack")) {
        said.push(lines.next().unwrap_or_else(|| panic!("the victim of {} ended by itself: {said:#?}", dir.display())));
    }
    let reading = std::thread::spawn(move || told(said.into_iter().chain(lines)));
    std::thread::park_timeout(after);
    then(&mut child);
    child.wait().unwrap();
    reading.join().unwrap()
}

/// What every stream's length says must be there, is there, and nothing else.
async fn check(dir: &Path, told: &HashMap<u64, u64>) {
    let store = open(dir).unwrap();
    for task in 1..=TASKS {
        let length = store.length(&inc(task)).await.unwrap();
        if let Some(told) = told.get(&task) {
            assert!(length == told + 1 || length == told + 2, "task {task} was told of {told}, {length} are there");
        }
        if length == 0 {
            continue;
        }
        let last = length - 1;
        let jobs = store.lane(&format!("lane {task}"), 100).await.unwrap();
        let pending: Vec<_> = jobs.iter().map(|job| job.key.clone()).collect();
        let expected: Vec<_> = (length.saturating_sub(PENDING)..length).map(|n| format!("job {task} {n}")).collect();
        assert_eq!(pending, expected, "jobs of task {task}");
        if let Some(ended) = last.checked_sub(PENDING) {
            assert_eq!(store.receipt(&format!("job {task} {ended}")).await.unwrap(), Some(json!({"n": last})));
        }
        assert_eq!(store.known(&format!("key {task} {last}"), at(0)).await.unwrap(), Some(json!(last).into()));
        assert_eq!(store.known(&format!("key {task} {length}"), at(0)).await.unwrap(), None);
        let count = store.doc(&format!("count/{}", inc(task))).await.unwrap().unwrap();
        assert_eq!(String::from_utf8(count).unwrap(), length.to_string());
        let from = length.saturating_sub(50).max(1);
        for (event, seq) in store.events(&inc(task), from, 50).await.unwrap().iter().zip(from..) {
            assert_eq!(event.body["text"]["$text"], json!(format!("{task} {}", seq - 1)));
        }
    }
    let timers = store.timers(Timestamp::MAX, 1000).await.unwrap();
    let mut names: Vec<_> = timers.iter().map(|timer| timer.key.clone()).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), timers.len(), "a timer is doubled");
}

/// `kill -9` at random under load.
#[tokio::test]
async fn killed_at_random() {
    let rounds = rounds();
    let mut dice = Dice::new();
    let mut dir = Dir::new();
    for round in 0..rounds {
        if round % 20 == 19 {
            assert_eq!(journal::verify(dir.path()).unwrap().unfinished, None);
            dir = Dir::new();
        }
        let told = interrupt(dir.path(), Duration::from_micros(dice.below(40_000)), |child| child.kill().unwrap());
        check(dir.path(), &told).await;
    }
    journal::verify(dir.path()).unwrap();
}

fn has(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

fn traced(dir: &Path, inject: &str) -> Output {
    let call = inject.split(':').next().unwrap();
    let trace = ["strace", "-f", "-qqq", "-o", "/dev/null", "-e", &format!("trace={call}"), "-e"];
    let inject = format!("inject={inject}");
    command(dir, &[&trace[..], &[&inject]].concat()).output().unwrap()
}

fn lines(output: &Output) -> impl Iterator<Item = String> {
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect::<Vec<_>>().into_iter()
}

/// Killed at each step of a commit: before and in the append, at the sync, in sled's writes and syncs, at the answer.
#[tokio::test]
async fn killed_at_each_step() {
    if !has("strace") {
        return cannot("killing at each step of a commit", "there is no strace");
    }
    let dir = Dir::new();
    let mut killed = 0;
    for call in ["pwrite64", "fdatasync", "write", "fsync", "sync_file_range"] {
        for when in [1, 2, 3, 5, 8, 21] {
            let output = traced(dir.path(), &format!("{call}:signal=KILL:when={when}"));
            killed += u32::from(!output.status.success());
            check(dir.path(), &told(lines(&output))).await;
        }
    }
    assert_eq!(killed, 30, "every run ends with a kill");
    assert_eq!(journal::verify(dir.path()).unwrap().unfinished, None);
}

/// A write or a sync that fails, in the journal or in sled, closes the store for good; nobody was told otherwise, and a
/// restart goes on.
#[tokio::test]
async fn a_failed_write_or_sync_stops_the_store() {
    if !has("strace") {
        return cannot("failing a write or a sync", "there is no strace");
    }
    let dir = Dir::new();
    for (call, when, why) in [
        ("fdatasync", 1, "a sync failed"),
        ("fdatasync", 4, "a sync failed"),
        ("pwrite64", 15, "a write failed"),
        ("pwrite64", 60, "a write failed"),
        ("sync_file_range", 2, "the database failed"),
    ] {
        let output = traced(dir.path(), &format!("{call}:error=EIO:when={when}"));
        assert!(output.status.success(), "{call} {when}: it ends by itself");
        let said: Vec<_> = lines(&output).filter(|line| line.starts_with("closed")).collect();
        assert!(said.len() as u64 == TASKS && said.iter().all(|line| line.contains(why)), "{call} {when}: {said:?}");
        check(dir.path(), &told(lines(&output))).await;
    }
}

/// Nobody speaks after a power cut. Yet a sync that is under way while the file system is shut down may come back as a
/// success, so the victim is stopped first: what it said until then it said with power. That it is the file system and not
/// the store was seen with nothing but `pwrite` and `fdatasync` in a loop: in 42 of 600 cuts the one write that was under
/// way was answered and lost, never one that was heard of before the cut; in 700 cuts of a stopped one, none.
pub fn stop(child: &Child) {
    Mount::run("sh", &["-c", &format!("kill -STOP {}", child.id())]).unwrap();
    let tasks = PathBuf::from(format!("/proc/{}/task", child.id()));
    let awake = |task: PathBuf| {
        let stat = fs::read_to_string(task.join("stat")).unwrap_or_default();
        // In the middle of a system call (`D`) it says nothing either.
        stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with(['R', 'S']))
    };
    let since = Instant::now();
    while fs::read_dir(&tasks).unwrap().any(|task| awake(task.unwrap().path())) {
        assert!(since.elapsed() < Duration::from_secs(20), "the victim does not stop");
        std::thread::yield_now();
    }
}

/// A file system of its own, gone when the test is.
pub struct Mount(PathBuf);

impl Mount {
    pub fn run(program: &str, arguments: &[&str]) -> Result<(), String> {
        match Command::new(program).args(arguments).output() {
            Err(error) => Err(format!("{program}: {error}")),
            Ok(done) if done.status.success() => Ok(()),
            Ok(done) => Err(format!("{program}: {}", String::from_utf8_lossy(&done.stderr).trim())),
        }
    }

    pub fn tmpfs(at: &Path, size: &str) -> Result<Self, String> {
        fs::create_dir_all(at).unwrap();
        Self::run("mount", &["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs", at.to_str().unwrap()])?;
        Ok(Self(at.to_owned()))
    }

    pub fn image(image: &Path, at: &Path) -> Result<Self, String> {
        fs::create_dir_all(at).unwrap();
        Self::run("mount", &["-o", "loop", image.to_str().unwrap(), at.to_str().unwrap()])?;
        Ok(Self(at.to_owned()))
    }

    /// From this moment on nothing reaches the disk.
    pub fn cut_power(&self) -> Result<(), String> {
        let script = "import fcntl,os,struct,sys\n\
                      fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack('I', 2))";
        Self::run("python3", &["-c", script, self.0.to_str().unwrap()])
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        if let Err(why) = Self::run("umount", &[self.0.to_str().unwrap()]) {
            eprintln!("{why}");
        }
    }
}

/// The kernel of this machine was not restarted; that of the machine we pretend to be was.
pub fn restarted(store: &Path) {
    let run = store.join("run.json");
    let noted: serde_json::Value = serde_json::from_slice(&fs::read(&run).unwrap()).unwrap();
    let again = json!({"boot": "before", "clean": noted["clean"], "acknowledged": noted["acknowledged"]});
    fs::write(&run, again.to_string()).unwrap();
}

/// Power is cut: what was not synced is gone, and nothing that was answered.
#[tokio::test]
async fn power_is_cut() {
    let (dir, mut dice) = (Dir::new(), Dice::new());
    let (image, at) = (dir.path().join("disk"), dir.path().join("mount"));
    fs::File::create(&image).unwrap().set_len(96 << 20).unwrap();
    if let Err(why) = Mount::run("mkfs.ext4", &["-q", "-F", image.to_str().unwrap()]) {
        return cannot("cutting power", &why);
    }
    let (cuts, mut gone) = (rounds().div_ceil(8), 0);
    for cut in 0..cuts {
        let stranger = format!("{cut:09}").repeat(8000);
        let mount = match Mount::image(&image, &at) {
            Err(why) => return cannot("cutting power", &why),
            Ok(mount) => mount,
        };
        let store = at.join("store");
        let told = interrupt(&store, Duration::from_micros(dice.below(400_000)), |child| {
            stop(child);
            fs::write(at.join("not synced"), &stranger).unwrap();
            mount.cut_power().unwrap();
            child.kill().unwrap();
        });
        drop(mount);
        let _mount = Mount::image(&image, &at).unwrap();
        let kept = fs::read(at.join("not synced")).unwrap_or_default();
        gone += u64::from(kept != stranger.as_bytes());
        restarted(&store);
        check(&store, &told).await;
        journal::verify(&store).unwrap();
        if cut % 20 == 19 {
            fs::remove_dir_all(&store).unwrap();
        }
    }
    // Now and then a sync that is under way, or the kernel by itself, takes a stranger's bytes along.
    assert!(2 * gone > cuts, "the cuts are none: {gone} of {cuts} took what was not synced");
}

/// Fills the disk until `left` bytes are free.
pub fn fill_up(at: &Path, left: u64) -> PathBuf {
    let filler = at.join("filler");
    let free = fs2::available_space(at).unwrap().saturating_sub(left);
    fs::write(&filler, vec![7; usize::try_from(free).unwrap()]).unwrap();
    filler
}

/// Commits until one is refused; how many were not.
async fn until_refused(store: &SledStore, from: u64) -> (u64, CommitError) {
    for n in from.. {
        let text = "x".repeat(20_000);
        let commit = Commit { expect: vec![(inc(1), n)], ..appending(vec![note(&inc(1), &text)]) };
        if let Err(error) = store.commit(commit).await {
            return (n, error);
        }
    }
    unreachable!("the disk is larger than all numbers")
}

/// A full disk: commits are refused, reads go on, nothing answered is lost, and it goes on when there is space again.
#[tokio::test]
async fn a_full_disk_refuses_and_goes_on() {
    let dir = Dir::new();
    let at = dir.path().join("mount");
    let _mount = match Mount::tmpfs(&at, "32m") {
        Err(why) => return cannot("filling a disk", &why),
        Ok(mount) => mount,
    };
    let sized = Options { low_water: 4 << 20, ballast: 1 << 20, ..options() };
    let store_dir = at.join("store");
    let store = SledStore::open(&store_dir, counting(), sized).unwrap();
    let filler = fill_up(&at, 6 << 20);
    let (kept, error) = until_refused(&store, 0).await;
    assert!(matches!(error, CommitError::Full) && kept > 10, "{kept} {error}");
    assert_eq!(store.health(), Health::Full);
    assert_eq!(store.length(&inc(1)).await.unwrap(), kept);
    assert_eq!(store.events(&inc(1), 1, 10_000).await.unwrap().len() as u64, kept);
    // A restart on the full disk works too.
    store.close().await;
    drop(store);
    let store = SledStore::open(&store_dir, counting(), sized).unwrap();
    assert_eq!(store.health(), Health::Full);
    assert!(matches!(until_refused(&store, kept).await, (now, CommitError::Full) if now == kept));
    fs::remove_file(filler).unwrap();
    let since = Instant::now();
    while store.health() == Health::Full {
        assert!(since.elapsed() < Duration::from_secs(20), "it notices the space by itself");
        tokio::task::yield_now().await;
    }
    store.commit(Commit { expect: vec![(inc(1), kept)], ..appending(vec![note(&inc(1), "again")]) }).await.unwrap();
    store.close().await;
    assert_eq!(journal::verify(&store_dir).unwrap().events, kept + 1);
}

/// Space that runs out faster than anyone looks: the journal is cut back to whole groups, and a restart has everything.
#[tokio::test]
async fn a_disk_that_fills_at_once_loses_nothing() {
    let dir = Dir::new();
    let at = dir.path().join("mount");
    let _mount = match Mount::tmpfs(&at, "24m") {
        Err(why) => return cannot("filling a disk", &why),
        Ok(mount) => mount,
    };
    let blind = Options { low_water: 0, ballast: 64 << 10, segment_bytes: 64 << 10, ..options() };
    let store_dir = at.join("store");
    let store = SledStore::open(&store_dir, counting(), blind).unwrap();
    let filler = fill_up(&at, 700 << 10);
    let (kept, error) = until_refused(&store, 0).await;
    assert!(matches!(error, CommitError::Full | CommitError::Closed(_)), "{error}");
    store.close().await;
    drop(store);
    fs::remove_file(filler).unwrap();
    assert_eq!(journal::verify(&store_dir).unwrap().unfinished, None);
    let store = SledStore::open(&store_dir, counting(), blind).unwrap();
    let there = store.length(&inc(1)).await.unwrap();
    assert!(there == kept || there == kept + 1, "{kept} were answered, {there} are there");
    store.commit(appending(vec![note(&inc(1), "again")])).await.unwrap();
}
