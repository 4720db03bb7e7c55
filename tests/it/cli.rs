//! The command line, through the binary: what it prints, and what it ends with. 0 is fine, 1 a check that failed, 2 bad
//! usage or configuration.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod postgres;
mod status_page;

use std::{fs, path::PathBuf, time::Duration};

use watchroom::sandbox::Handle;

use crate::{
    harness::binary::{Place, Served, slack},
    store::kit::{copy, files},
};

const SUBCOMMANDS: [&str; 10] =
    ["serve", "sandbox", "check", "doctor", "export", "import", "import-oncall", "verify", "backup", "restore"];

/// A running bot with two incidents and a few words in its record.
async fn at_work() -> (Handle, Place, Served) {
    let slack = slack().await;
    let place = Place::beside(&slack);
    let bot = place.serve();
    slack.set_bot_url(&bot.url);
    for typed in [
        "declare sev1 checkout is down",
        "declare sev3 search is slow",
        "INC-1 note rolled *back*",
        "INC-1 decision wait ten minutes",
        "INC-2 note indexing",
    ] {
        let answer = slack.act_as("alice").slash("general", &format!("/incident {typed}")).await.unwrap().expect_ok();
        assert!(answer.text.contains("INC-"), "{typed}: {}", answer.text);
    }
    bot.settle(&slack).await;
    (slack, place, bot)
}

/// The segments of a record's journal.
fn segments(place: &Place) -> Vec<PathBuf> {
    let mut segments = files(&place.data().join("journal"));
    segments.retain(|file| fs::metadata(file).unwrap().len() > 0);
    segments
}

#[test]
fn every_subcommand_explains_itself() {
    let place = Place::new();
    let all = place.run(&["--help"]).fine();
    for name in SUBCOMMANDS {
        assert!(all.contains(&format!("\n  {name} ")), "{name} is missing in:\n{all}");
        let help = place.run(&[name, "--help"]).fine();
        assert!(help.contains(&format!("Usage: watchroom {name}")), "{help}");
    }
    place.run(&["--version"]).fine();
    for wrong in
        [&["frobnicate"][..], &[], &["export", "--incident", "seven"], &["import"], &["export", "--format", "x"]]
    {
        place.run(wrong).refused(2);
    }
}

#[test]
fn check_prints_every_problem_at_once() {
    let mut place = Place::new();
    let missing = place.run(&["check"]).refused(1);
    assert!(missing.contains("not set: SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET"), "{missing}");
    assert_eq!(missing.lines().count(), 1, "one problem: {missing}");
    place.set("SLACK_BOT_TOKEN", "xoxb-a-secret");
    place.set("SLACK_SIGNING_SECRET", "another-secret");
    assert!(place.run(&["check"]).fine().contains("sound"));
    let sound = place.run(&["check", "--json"]);
    assert_eq!((sound.code, &sound.json()["ok"]), (0, &true.into()));
    place.write("watchroom.toml", "timezone = \"Nowhere/Land\"\n[[policies]]\nname = \"x\"\nsteps = []\n");
    place.write("playbook.toml", "severities = 7\n");
    place.set("WATCHROOM_PLAYBOOK", "playbook.toml");
    place.set("WATCHROOM_LISTEN", "here");
    place.set("SLACK_BOT_TOKEN_FILE", "no-such-file");
    place.set("SLACK_BOT_TOKEN", "");
    let parts = ["Nowhere/Land", "no steps", "no fallback", "WATCHROOM_LISTEN", "no-such-file", "playbook"];
    let told = place.run(&["check"]).refused(1);
    for part in parts {
        assert!(told.contains(part), "{part} is missing in:\n{told}");
    }
    let json = place.run(&["check", "--json"]);
    assert_eq!((json.code, &json.json()["ok"]), (1, &false.into()));
    let problems = json.json()["problems"].as_array().unwrap().len();
    assert!(problems >= parts.len(), "{}", json.out);
    assert!(!told.contains("another-secret") && !json.out.contains("another-secret"));
    place.run(&["serve"]).refused(2);
    place.run(&["check", "--config", "not-there.toml"]).refused(1);
    place.run(&["verify", "--config", "not-there.toml"]).refused(2);
}

#[test]
fn serve_without_secrets_says_what_is_missing() {
    let mut place = Place::new();
    let told = place.run(&["serve"]).refused(2);
    assert!(told.contains("SLACK_BOT_TOKEN") && told.contains("SLACK_SIGNING_SECRET"), "{told}");
    place.set("SLACK_BOT_TOKEN", "xoxb-only");
    place.run(&["serve"]).refused(2);
    assert!(!place.data().exists(), "nothing was made");
}

/// A container without certificates could speak to nobody: it ends and says what to install, instead of taking commands.
#[tokio::test]
async fn serve_without_certificates_says_what_to_install() {
    let slack = slack().await;
    let mut place = Place::beside(&slack);
    let none = place.write("none.pem", "");
    place.set("SSL_CERT_FILE", &none.display().to_string());
    let told = place.run(&["serve"]).refused(1);
    assert!(told.contains("ca-certificates"), "{told}");
}

#[test]
fn the_sandbox_stays_on_this_machine() {
    let place = Place::new();
    let told = place.run(&["sandbox", "--listen", "0.0.0.0:0"]).refused(2);
    assert!(told.contains("--allow-remote"), "{told}");
}

/// A process that ends with its test.
struct Running(std::process::Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the sandbox: the process, what else it says, and the address at the end of the line that is `wanted`.
fn sandbox(
    place: &Place,
    arguments: &[&str],
    wanted: fn(&str) -> bool,
) -> (Running, impl Iterator<Item = String> + use<>, String) {
    let mut command = place.command(arguments);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null());
    let mut sandbox = Running(command.spawn().expect("the binary starts"));
    let said = std::io::BufReader::new(sandbox.0.stdout.take().expect("piped"));
    let mut lines = std::io::BufRead::lines(said).map_while(Result::ok);
    let line = lines.find(|line| wanted(line)).expect("an address");
    let url = line.rsplit(' ').next().expect("an address").to_owned();
    (sandbox, lines, url)
}

/// The sandbox has settings of its own, but a playbook can be tried in it, and programs can report.
#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_tries_a_playbook_and_takes_reports() {
    let mut place = Place::new();
    let told = place.run(&["sandbox", "--config", "watchroom.toml"]).refused(2);
    assert!(told.contains("does not read watchroom.toml") && told.contains("WATCHROOM_PLAYBOOK"), "{told}");
    let ours = watchroom::playbook::BUILTIN.replacen("version = \"1\"", "version = \"7 of our shop\"", 1);
    place.write("playbook.toml", &ours);
    place.set("WATCHROOM_PLAYBOOK", place.path("playbook.toml").to_str().expect("a path"));
    let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"; // of "test"
    place.set("WATCHROOM_API_TOKENS", &format!("desk={hash}"));
    let arguments = ["sandbox", "--listen", "127.0.0.1:0", "--data", "tried"];
    let (sandbox, lines, url) = sandbox(&place, &arguments, |line| line.ends_with("/hooks/report"));
    watchroom::adapters::http::install_crypto();
    let client = watchroom::adapters::http::client().expect("a client");
    let report = serde_json::json!({ "key": "k", "text": "we cannot pay" }).to_string();
    let sent = client.post(url).header("authorization", "Bearer test").body(report).send().await;
    assert_eq!(sent.expect("an answer").status().as_u16(), 201);
    drop((sandbox, lines));
    place.keep_in(place.path("tried").join("record"));
    assert!(place.run(&["export"]).fine().contains("7 of our shop"), "the playbook is in force");
}

/// Its status page is where it was after a restart: links to it go on leading there.
#[tokio::test(flavor = "multi_thread")]
async fn the_sandboxs_status_page_keeps_its_address() {
    let place = Place::new();
    let arguments = ["sandbox", "--listen", "127.0.0.1:0", "--data", "tried"];
    watchroom::adapters::http::install_crypto();
    let client = watchroom::adapters::http::client().expect("a client");
    let mut addresses: Vec<String> = Vec::new();
    for _ in 0..2 {
        let (sandbox, mut lines, url) = sandbox(&place, &arguments, |line| line.starts_with("Watchroom sandbox: "));
        addresses.extend(lines.find(|line| line.starts_with("Its public status page: ")));
        // The workspace is kept when something happens in it.
        let words = serde_json::json!({ "as": "U0ALICE", "do": "say", "channel": "C0GENERAL", "text": "hello" });
        let said = client.post(format!("{url}sandbox/act")).json(&words).send().await.expect("an answer");
        assert!(said.text().await.expect("a text").contains("\"ok\":true"));
        drop((sandbox, lines));
    }
    assert!(addresses.len() == 2 && addresses[0] == addresses[1], "{addresses:?}");
}

/// A workspace that an older or a newer program kept is not taken for one of ours, and stays as it is.
#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_refuses_a_workspace_of_another_version() {
    let place = Place::new();
    let arguments = ["sandbox", "--listen", "127.0.0.1:0", "--data", "tried"];
    let (sandbox, lines, url) = sandbox(&place, &arguments, |line| line.starts_with("Watchroom sandbox: "));
    watchroom::adapters::http::install_crypto();
    let client = watchroom::adapters::http::client().expect("a client");
    let words = serde_json::json!({ "as": "U0ALICE", "do": "say", "channel": "C0GENERAL", "text": "hello" });
    let said = client.post(format!("{url}sandbox/act")).json(&words).send().await.expect("an answer");
    assert!(said.text().await.expect("a text").contains("\"ok\":true"));
    drop((sandbox, lines));
    let kept = fs::read_to_string(place.path("tried/workspace.json")).expect("what it kept");
    assert!(kept.starts_with(r#"{"version":1,"#) && kept.contains("hello"), "{kept}");
    for other in ["{", r#"{"version":0,"#, r#"{"version":2,"#] {
        let other = kept.replacen(r#"{"version":1,"#, other, 1);
        let file = place.write("tried/workspace.json", &other);
        let told = place.run(&arguments).refused(1);
        assert!(told.contains("workspace.json cannot be read; start over with --fresh"), "{told}");
        assert_eq!(fs::read_to_string(file).expect("still there"), other);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_in_use_is_not_opened_twice_and_sigterm_ends_in_peace() {
    let (slack, place, bot) = at_work().await;
    let told = place.run(&["serve"]).refused(1);
    assert!(told.contains("in use by another watchroom process"), "{told}");
    let answer = slack.act_as("bob").slash("general", "/incident INC-1 ack").await.unwrap();
    assert_eq!(answer.error, None, "the first one goes on");
    let (code, took) = bot.stop();
    assert_eq!(code, 0);
    assert!(took < Duration::from_secs(5), "{took:?}");
    // What was stopped cleanly goes on where it was.
    let again = place.serve();
    slack.set_bot_url(&again.url);
    let answer = slack.act_as("bob").slash("general", "/incident declare sev2 the third").await.unwrap().expect_ok();
    assert!(answer.text.starts_with("INC-3 "), "{}", answer.text);
    again.settle(&slack).await;
    assert_eq!(again.stop().0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn export_and_import_carry_the_record() {
    let (_slack, place, bot) = at_work().await;
    // Beside the running server.
    let all = place.run(&["export"]).fine();
    let one = place.run(&["export", "--incident", "INC-2"]).fine();
    assert!(all.contains("rolled *back*") && !one.contains("rolled *back*") && one.contains("indexing"));
    for line in all.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    let markdown = place.run(&["export", "--format", "markdown"]).fine();
    assert!(
        markdown.contains("INC-1") && markdown.contains("search is slow") && markdown.contains("indexing"),
        "{markdown}"
    );
    let markdown = place.run(&["export", "--format", "markdown", "--incident", "INC-1"]).fine();
    assert!(markdown.contains("INC-1") && !markdown.contains("search is slow"), "{markdown}");
    let told = place.run(&["export", "--incident", "INC-99"]).refused(1);
    assert!(told.contains("there is no INC-99"), "{told}");
    bot.stop();

    let other = Place::new();
    let told = other.run(&["export"]).refused(1);
    assert!(told.contains("no journal"), "{told}");
    let file = other.write("half.jsonl", &all[..all.len() * 2 / 3]);
    let told = other.run(&["import".as_ref(), file.as_os_str()]).refused(1);
    assert!(told.contains("nothing was imported"), "{told}");
    let whole_lines = all.lines().take(3).collect::<Vec<_>>().join("\n") + "\n";
    let file = other.write("half.jsonl", &whole_lines);
    let told = other.run(&["import".as_ref(), file.as_os_str()]).refused(1);
    assert!(told.contains("incomplete"), "{told}");
    let file = other.write("changed.jsonl", &all.replace("indexing", "indexinG"));
    other.run(&["import".as_ref(), file.as_os_str()]).refused(1);
    other.run(&["import", "no-such-file"]).refused(2);
    let file = other.write("whole.jsonl", &all);
    let said = other.run(&["import".as_ref(), file.as_os_str()]).fine();
    assert!(said.contains("events of"), "{said}");
    assert_eq!(other.run(&["export"]).fine(), all, "an export of the import is the same");
    let told = other.run(&["import".as_ref(), file.as_os_str()]).refused(1);
    assert!(told.contains("not empty"), "{told}");
    other.run(&["verify"]).fine();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_imported_record_serves() {
    let (slack, place, bot) = at_work().await;
    let file = place.write("all.jsonl", &place.run(&["export"]).fine());
    bot.stop();
    let other = Place::beside(&slack);
    other.run(&["import".as_ref(), file.as_os_str()]).fine();
    let bot = other.serve();
    slack.set_bot_url(&bot.url);
    let before = slack.messages("incidents").len();
    let answer = slack.act_as("bob").slash("general", "/incident INC-1 note after the move").await.unwrap().expect_ok();
    assert!(answer.text.contains("recorded"), "{}", answer.text);
    let answer = slack.act_as("bob").slash("general", "/incident declare sev2 the third").await.unwrap().expect_ok();
    assert!(answer.text.starts_with("INC-3 "), "numbers go on: {}", answer.text);
    bot.settle(&slack).await;
    assert_eq!(slack.messages("incidents").len(), before + 1, "what was announced is not announced again");
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_names_a_flipped_byte() {
    let (_slack, place, bot) = at_work().await;
    let said = place.run(&["verify"]).fine();
    assert!(said.contains("every link holds"), "beside the running server: {said}");
    bot.stop();
    let json = place.run(&["verify", "--json"]);
    assert_eq!((json.code, &json.json()["ok"]), (0, &true.into()));
    assert!(json.json()["events"].as_u64().unwrap() >= 5, "{}", json.out);
    let segment = segments(&place).remove(0);
    let mut bytes = fs::read(&segment).unwrap();
    let at = bytes.windows(8).position(|w| w == b"indexing").unwrap();
    bytes[at] ^= 1;
    fs::write(&segment, bytes).unwrap();
    let told = place.run(&["verify"]).refused(1);
    let name = segment.file_name().unwrap().to_str().unwrap();
    assert!(told.contains(name) && told.contains("line"), "{told}");
    let json = place.run(&["verify", "--json"]);
    assert_eq!((json.code, &json.json()["ok"]), (1, &false.into()), "{json:?}");
    for words in [&["export"][..], &["backup", "copy"]] {
        let told = place.run(words).refused(1);
        assert!(told.contains(name), "{words:?}: {told}");
    }
    let sick = place.run(&["doctor"]);
    let line = sick.out.lines().find(|l| l.starts_with("FAIL")).unwrap_or_default();
    assert!(line.contains(name) && line.contains("restore"), "{sick:?}");
    sick.refused(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn backup_and_restore() {
    let (slack, place, bot) = at_work().await;
    place.run(&["backup", "copy"]).fine();
    let told = place.run(&["backup", "copy"]).refused(1);
    assert!(told.contains("not empty"), "{told}");
    let all = place.run(&["export"]).fine();
    bot.stop();
    let other = Place::beside(&slack);
    copy(&place.path("copy"), &other.path("copy"));
    other.run(&["restore", "copy"]).fine();
    assert_eq!(other.run(&["export"]).fine(), all);
    let told = other.run(&["restore", "copy"]).refused(1);
    assert!(told.contains("not empty"), "{told}");
    other.run(&["restore", "no-such-copy"]).refused(1);
    let bot = other.serve();
    slack.set_bot_url(&bot.url);
    let calls = slack.calls().len();
    bot.settle(&slack).await;
    let posted = slack.calls()[calls..].iter().filter(|c| c.method == "chat.postMessage").count();
    assert_eq!(posted, 0, "what was said before the copy is not said again");
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_says_whether_it_would_work_tonight() {
    let slack = slack().await;
    let mut place = Place::beside(&slack);
    let said = place.run(&["doctor"]).fine();
    for part in [
        "playbook: the built-in one",
        "token: ",
        "scopes: all",
        "clock: ",
        "store: ",
        "C0INCIDENTS",
        "policy checkout, step 1",
        "fallback",
    ] {
        assert!(said.contains(part), "{part} is missing in:\n{said}");
    }
    let settings = crate::harness::binary::SETTINGS.replace("user:U0BOB", "user:U0FRANK");
    place.write("watchroom.toml", &settings);
    let sick = place.run(&["doctor"]);
    let line = sick.out.lines().find(|l| l.starts_with("FAIL")).unwrap_or_default();
    assert!(line.contains("policy checkout, step 1") && line.contains("deactivated"), "{sick:?}");
    sick.refused(1);
    slack.with(|ws| {
        let frank = ws.users["U0FRANK"].clone();
        let crowd = (0..30).map(|n| format!("U0CROWD{n}"));
        for id in crowd.clone() {
            let mut person = frank.clone();
            (person.id, person.deleted) = (id.clone(), false);
            ws.users.insert(id, person);
        }
        ws.groups.get_mut("S0MANAGERS").expect("a group").users = crowd.collect();
    });
    let crowded = place.run(&["doctor"]);
    let line = crowded.out.lines().find(|l| l.starts_with("WARN")).unwrap_or_default();
    assert!(line.contains("S0MANAGERS has 30 active people") && line.contains("first 10"), "{crowded:?}");
    let json = place.run(&["doctor", "--json"]);
    assert_eq!((json.code, &json.json()["ok"]), (1, &false.into()));
    place.set("SLACK_BOT_TOKEN", "xoxb-wrong");
    let wrong = place.run(&["doctor"]);
    assert!(wrong.out.contains("invalid_auth") && !wrong.out.contains("xoxb-wrong"), "{wrong:?}");
    wrong.refused(1);
    place.set("SLACK_BOT_TOKEN", slack.bot_token());
    place.set("SLACK_API_URL", "http://127.0.0.1:9/api/");
    let gone = place.run(&["doctor"]);
    assert!(gone.out.contains("cannot be reached"), "{gone:?}");
    gone.refused(1);
}

/// Who of those who would be woken has only Slack, which may not wake them.
#[tokio::test(flavor = "multi_thread")]
async fn doctor_and_check_tell_by_what_people_are_reached() {
    let slack = slack().await;
    let mut place = Place::beside(&slack);
    assert!(place.run(&["doctor"]).fine().contains("Slack messages alone, which may not wake anyone"));
    place.set("NTFY_URL", "http://127.0.0.1:9/");
    let told = place.run(&["doctor"]);
    assert!(told.out.contains("FAIL ntfy: cannot be reached"), "{}", told.out);
    told.refused(1);
    let ntfy = crate::harness::ntfy::Ntfy::start().await;
    place.set("NTFY_URL", ntfy.url().as_str());
    let said = place.run(&["doctor"]).fine();
    for part in ["ways to people: Slack, ntfy", "WATCHROOM_PUBLIC_URL is not set", "only Slack reaches", "bob"] {
        assert!(said.contains(part), "{part} is missing in:\n{said}");
    }
    assert!(place.run(&["check"]).fine().contains("Ways to people: Slack, ntfy"));
}

/// Who would be woken now, when nobody would be, and whoever has left.
#[tokio::test(flavor = "multi_thread")]
async fn doctor_tells_who_is_on_call_and_where_nobody_is() {
    let slack = slack().await;
    let place = Place::beside(&slack);
    let schedule = |id: &str, people: &str, more: &str| {
        format!(
            "[[schedules]]\nid = \"{id}\"\n[[schedules.rotations]]\nparticipants = {people}\n\
             start = \"2026-01-05T09:00\"\nevery = \"1 week\"\n{more}\n"
        )
    };
    let windows = "only = [{ days = [\"mon\"], from = \"09:00\", until = \"09:01\" }]";
    let settings = [
        crate::harness::binary::SETTINGS.replace("user:U0BOB", "schedule:primary"),
        schedule("primary", "[\"U0ERIN\"]", ""),
        schedule("gone", "[\"U0FRANK\"]", ""),
        schedule("hardly", "[\"U0BOB\"]", windows),
    ];
    place.write("watchroom.toml", &settings.concat());
    let said = place.run(&["doctor"]);
    for part in [
        "ok   schedule primary: erin on call",
        "policy checkout, step 1, whoever is on call for primary: erin can be reached",
        "FAIL schedule gone, rotation rotation: frank is deactivated",
        "FAIL schedule hardly: nobody on call until",
        "WARN schedule hardly: nobody on call from",
    ] {
        assert!(said.out.contains(part), "{part} is missing in:\n{}", said.out);
    }
    said.refused(1);
    let lacking = settings.concat().replace("schedule:primary", "schedule:nights");
    place.write("watchroom.toml", &lacking);
    let told = place.run(&["check"]).refused(1);
    assert!(told.contains("policy `checkout`, step 1: [[schedules]] has no `nights`"), "{told}");
}

/// Calendars are fetched now, and whom they name that nobody can ask is told.
#[tokio::test(flavor = "multi_thread")]
async fn doctor_reads_calendars_and_names_whom_slack_does_not_know() {
    let slack = slack().await;
    let mut place = Place::beside(&slack);
    let event = |who: &str, from: &str, until: &str| {
        format!(
            "BEGIN:VEVENT\r\nUID:{who}\r\nDTSTART:20200101T{from}Z\r\nDTEND:20200{until}Z\r\nRRULE:FREQ=DAILY\r\n\
             ATTENDEE:mailto:{who}\r\nEND:VEVENT\r\n"
        )
    };
    let text = [
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n",
        &event("bob@example.com", "000000", "102T000000"),
        &event("zed@example.com", "120000", "101T130000"),
        "BEGIN:VEVENT\r\nUID:x\r\nSUMMARY:Nothing\r\nEND:VEVENT\r\n",
        "END:VCALENDAR\r\n",
    ];
    let path = place.write("shifts.ics", &text.concat());
    let layers = "[[schedules]]\nid = \"primary\"\n[[schedules.layers]]\nname = \"near\"\ncalendar = \"http://127.0.0.1:9/hush\"\n\
                  [[schedules.layers]]\nname = \"feed\"\ncalendar_env = \"CALENDAR\"\n";
    place.write("watchroom.toml", &format!("{}{layers}", crate::harness::binary::SETTINGS));
    let unset = place.run(&["check"]).refused(1);
    assert!(unset.contains("`calendar_env` names CALENDAR, which is not set") && !unset.contains("hush"), "{unset}");
    place.set("CALENDAR", &format!("file:{}", path.display()));
    let said = place.run(&["doctor"]);
    for part in [
        "FAIL schedule primary, calendar of layer near: it cannot be read: its address is in a private network",
        "ok   schedule primary, calendar of layer feed: fetched now",
        "WARN schedule primary, calendar of layer feed: event “Nothing”: when it begins cannot be read",
        "FAIL schedule primary, calendar of layer feed: it names zed@example.com, whom Slack does not know",
        "ok   schedule primary: bob on call",
    ] {
        assert!(said.out.contains(part), "{part} is missing in:\n{}", said.out);
    }
    assert!(!said.out.contains("hush"), "{}", said.out);
    said.refused(1);
}

/// Contacts of the playbook that are not there any more are found before the night in which they are needed.
#[tokio::test(flavor = "multi_thread")]
async fn doctor_names_contacts_that_no_longer_exist() {
    let slack = slack().await;
    let mut place = Place::beside(&slack);
    let named = "main = \"user:U0FRANK\"\nbackup = \"user:U0NOBODY\"\naliases = [\"ic\"";
    let book = watchroom::playbook::BUILTIN.replacen("aliases = [\"ic\"", named, 1).replacen(
        "label = \"Leadership brief\"",
        "label = \"Leadership brief\"\nslack = \"no-such-channel\"",
        1,
    );
    place.write("playbook.toml", &book);
    place.set("WATCHROOM_PLAYBOOK", place.path("playbook.toml").to_str().expect("a path"));
    let sick = place.run(&["doctor"]);
    for part in [
        "FAIL role commander, main: frank",
        "FAIL role commander, backup: <@U0NOBODY>",
        "FAIL channel leadership: there is no Slack channel no-such-channel",
    ] {
        assert!(sick.out.contains(part), "{part} is missing in:\n{}", sick.out);
    }
    sick.refused(1);
}

/// A playbook is checked without settings and secrets, and one sees which one it was.
#[test]
fn check_says_what_it_read_and_needs_no_secrets_for_a_playbook() {
    let mut place = Place::new();
    let said = place.run(&["check"]);
    assert!(
        said.out.contains("watchroom.toml") && said.out.contains("Playbook: the built-in one, version 1"),
        "{said:?}"
    );
    let ours = watchroom::playbook::BUILTIN.replacen("Built-in playbook", "Our shop", 1).replacen(
        "version = \"1\"",
        "version = \"7\"",
        1,
    );
    place.write("ours.toml", &ours);
    let said = place.run(&["check", "ours.toml"]).fine();
    assert!(said.contains("Playbook: ours.toml: “Our shop”, version 7") && said.contains("is sound"), "{said}");
    let json = place.run(&["check", "ours.toml", "--json"]).json();
    assert_eq!((&json["ok"], &json["playbook"]["name"]), (&true.into(), &"Our shop".into()), "{json}");
    place.set("WATCHROOM_PLAYBOOK", "ours.toml");
    let said = place.run(&["check"]);
    assert!(said.out.contains("Playbook: ours.toml: “Our shop”, version 7"), "{said:?}");
    assert!(said.refused(1).contains("not set: SLACK_BOT_TOKEN"));
    place.write("ours.toml", &ours.replacen("[[criteria]]", "[[criterai]]", 1));
    let told = place.run(&["check", "ours.toml"]);
    assert!(told.out.contains("Playbook: ours.toml, which cannot be used as it is"), "{told:?}");
    let told = told.refused(1);
    assert!(told.contains("ours.toml:") && told.contains("criterai") && !told.contains("SLACK"), "{told}");
    let told = place.run(&["check", "not-there.toml"]).refused(1);
    assert!(told.contains("not-there.toml cannot be read"), "{told}");
}

/// Whoever a service is paged by must be in the settings: its policy, or the on-call schedule that owns it.
#[tokio::test(flavor = "multi_thread")]
async fn check_names_policies_that_the_settings_lack() {
    let slack = slack().await;
    let mut place = Place::beside(&slack);
    let services = "\n[[services]]\nid = \"ledger\"\nlabel = \"Ledger\"\npolicy = \"books\"\n\n\
                    [[services]]\nid = \"search\"\nlabel = \"Search\"\nowner = \"oncall:finders\"\n\n\
                    [[services]]\nid = \"shop\"\nlabel = \"Shop\"\nowner = \"oncall:checkout\"\n";
    place.write("playbook.toml", &format!("{}{services}", watchroom::playbook::BUILTIN));
    place.set("WATCHROOM_PLAYBOOK", place.path("playbook.toml").to_str().expect("a path"));
    let told = place.run(&["check"]).refused(1);
    let line = watchroom::playbook::BUILTIN.lines().count() + 5;
    assert!(told.contains(&format!("playbook.toml:{line}: service `ledger` names the policy `books`")), "{told}");
    assert!(told.contains("`search` names the schedule `finders`"), "{told}");
    assert!(!told.contains("`shop`"), "{told}");
}

/// A role may be asked of whoever is on call: the schedule must be in the settings, and where it is, nothing is wrong.
#[tokio::test(flavor = "multi_thread")]
async fn check_names_schedules_of_roles_that_the_settings_lack() {
    let slack = slack().await;
    let mut place = Place::beside(&slack);
    let text = watchroom::playbook::BUILTIN;
    let role = "id = \"communications\"";
    let with = |backup: &str| text.replacen(role, &format!("{role}\nmain = \"oncall:chiefs\"\n{backup}"), 1);
    place.set("WATCHROOM_PLAYBOOK", place.path("playbook.toml").to_str().expect("a path"));
    let schedule = "[[schedules]]\nid = \"chiefs\"\n[[schedules.rotations]]\nparticipants = [\"U0BOB\"]\n\
                    start = \"2026-01-05T09:00\"\nevery = \"1 week\"\n";
    place.write("watchroom.toml", &format!("{}{schedule}", crate::harness::binary::SETTINGS));
    place.write("playbook.toml", &with(""));
    assert!(place.run(&["check"]).fine().contains("Settings and playbook are sound"));
    place.write("playbook.toml", &with("backup = \"oncall:bosses\""));
    let told = place.run(&["check"]).refused(1);
    let line = text.lines().position(|l| l == role).expect("the role") + 3;
    let lacks =
        format!("playbook.toml:{line}: role `communications` names the schedule `bosses`; add it to [[schedules]]");
    assert!(told.contains(&lacks) && !told.contains("chiefs"), "{told}");
    place
        .write("playbook.toml", &with("").replacen("version = \"1\"", "version = \"1\"\nowner = \"oncall:elders\"", 1));
    let told = place.run(&["check"]).refused(1);
    assert!(told.contains("`owner` is on call for the schedule `elders`") && !told.contains("chiefs"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_prints_a_playbook_to_copy() {
    let slack = slack().await;
    let printed = Place::beside(&slack).run(&["check", "--builtin"]).fine();
    assert_eq!(printed.trim_end(), watchroom::playbook::BUILTIN.trim_end());
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_names_missing_scopes() {
    let mut config = watchroom::cli::app_of_manifest(std::sync::Arc::new(watchroom::clock::SystemClock));
    config.scopes.retain(|scope| scope != "pins:write");
    let slack = watchroom::sandbox::Workspace::start(config).await.unwrap();
    let sick = Place::beside(&slack).run(&["doctor"]);
    assert!(sick.out.contains("scopes: pins:write missing"), "{sick:?}");
    sick.refused(1);
}
