//! The arrows in `lib.rs` hold: the pure rooms know nothing of the outside world.

use std::{fs, path::Path};

/// Words that no pure room may have, and why.
const OUTSIDE: [&str; 9] =
    ["tokio", "sled", "axum", "reqwest", "slack_morphism", "Timestamp::now", "Zoned::now", "SystemTime", "tracing::"];

fn sources(dir: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(dir).expect("a source folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push((path.display().to_string(), fs::read_to_string(&path).expect("a source file")));
        }
    }
}

fn words_in(rooms: &[&str], forbidden: &[&str]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    for room in rooms {
        sources(&root.join(room), &mut files);
    }
    assert!(files.len() >= rooms.len(), "the rooms moved; mend this test");
    let mut hits = Vec::new();
    for (path, text) in &files {
        for (n, line) in text.lines().enumerate().filter(|(_, l)| !l.trim_start().starts_with("//")) {
            hits.extend(forbidden.iter().filter(|w| line.contains(**w)).map(|w| format!("{path}:{}: {w}", n + 1)));
        }
    }
    hits
}

/// Decisions can be replayed anywhere: they touch no clock, no disk, no network.
#[test]
fn the_pure_rooms_know_nothing_outside() {
    assert_eq!(words_in(&["incident", "alert", "paging", "playbook", "command"], &OUTSIDE), Vec::<String>::new());
}

/// Rendering knows Slack's blocks, as data, and nothing else outside.
#[test]
fn rendering_knows_blocks_and_nothing_else_outside() {
    let others: Vec<&str> = OUTSIDE.iter().filter(|w| **w != "slack_morphism").copied().collect();
    assert_eq!(words_in(&["render"], &others), Vec::<String>::new());
}

/// Nothing outside the store knows sled.
#[test]
fn only_the_store_knows_sled() {
    let rooms =
        ["incident", "alert", "paging", "playbook", "command", "render", "engine", "ingress", "delivery", "adapters"];
    assert_eq!(words_in(&rooms, &["sled::", "sled;"]), Vec::<String>::new());
}

/// What the bot says in signs is shown as signs in the sandbox too.
#[test]
fn the_sandbox_knows_every_emoji_of_the_bot() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root.join("render"), &mut files);
    let playbook = std::fs::read_to_string(root.join("playbook/builtin.toml")).expect("the built-in playbook");
    files.push(("the built-in playbook".into(), playbook));
    let known = std::fs::read_to_string(root.join("sandbox/server/emoji.rs")).expect("a list");
    let is_name = |part: &&str| {
        part.len() > 1
            && part.starts_with(char::is_alphabetic)
            && part.chars().all(|c| c == '_' || c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    let mut unknown = Vec::new();
    for (path, text) in &files {
        for line in text.lines().filter(|l| !l.trim_start().starts_with("//") && !l.contains("::")) {
            // Between two colons: every second part is a name, unless the line has other colons.
            let parts: Vec<&str> = line.split(':').collect();
            let inner = parts.iter().skip(1).take(parts.len().saturating_sub(2)).filter(|p| is_name(p));
            unknown.extend(
                inner.filter(|name| !known.contains(&format!("(\"{name}\","))).map(|name| format!("{path}: {name}")),
            );
        }
    }
    assert_eq!(unknown, Vec::<String>::new());
}

/// People look at incidents through what they may see: `engine::Sight`. Slack's own events, which nobody is answered for, and the
/// tests do without.
#[test]
fn people_look_through_what_they_may_see() {
    let looks = words_in(&["ingress"], &["engine.incident(", "engine.history("]);
    let looks = looks.into_iter().filter(|l| !l.contains("/tests/") && !l.contains("/event.rs"));
    assert_eq!(looks.collect::<Vec<_>>(), Vec::<String>::new());
}
