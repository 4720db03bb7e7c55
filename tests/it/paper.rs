//! What is written down is true: README, help, grammar, `manifest.yml` and settings agree with the code.

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path};

use clap::CommandFactory;
use watchroom::{
    command::GRAMMAR,
    manifest,
    playbook::{self, BUILTIN},
};

const README: &str = include_str!("../../README.md");

/// The Web API methods that the bot calls, and the scopes that Slack documents for the ways in which it calls them.
pub const METHODS: &[(&str, &[&str])] = &[
    // With the app's own token, for Socket Mode.
    ("apps.connections.open", &[]),
    ("auth.test", &[]),
    ("bookmarks.add", &["bookmarks:write"]),
    ("bookmarks.list", &["bookmarks:read"]),
    ("chat.getPermalink", &[]),
    ("chat.postEphemeral", &["chat:write"]),
    ("chat.postMessage", &["chat:write", "chat:write.public"]),
    ("chat.update", &["chat:write"]),
    ("conversations.archive", &["channels:manage", "groups:write"]),
    ("conversations.create", &["channels:manage", "groups:write"]),
    ("conversations.history", &["channels:history", "groups:history", "im:history"]),
    ("conversations.invite", &["channels:manage", "groups:write"]),
    ("conversations.join", &["channels:join"]),
    ("conversations.kick", &["channels:manage", "groups:write"]),
    ("conversations.list", &["channels:read", "groups:read"]),
    ("conversations.members", &["channels:read", "groups:read"]),
    ("conversations.open", &["im:write"]),
    ("conversations.rename", &["channels:manage", "groups:write"]),
    ("conversations.replies", &["channels:history", "groups:history", "im:history"]),
    ("conversations.setPurpose", &["channels:manage", "groups:write"]),
    ("conversations.setTopic", &["channels:manage", "groups:write"]),
    ("pins.add", &["pins:write"]),
    ("usergroups.users.list", &["usergroups:read"]),
    ("usergroups.users.update", &["usergroups:write"]),
    ("users.conversations", &["channels:read", "groups:read"]),
    ("users.info", &["users:read"]),
    ("users.lookupByEmail", &["users:read.email"]),
    ("views.open", &[]),
    ("views.publish", &[]),
    ("views.push", &[]),
    ("views.update", &[]),
];

/// The events that the bot understands, the names under which it subscribes to them, and the scopes that they need.
const EVENTS: &[(&str, &[&str], &[&str])] = &[
    ("app_home_opened", &["app_home_opened"], &[]),
    ("app_mention", &["app_mention"], &["app_mentions:read"]),
    ("app_uninstalled", &["app_uninstalled"], &[]),
    ("channel_archive", &["channel_archive"], &["channels:read"]),
    ("channel_deleted", &["channel_deleted"], &["channels:read"]),
    ("channel_left", &["channel_left"], &["channels:read"]),
    ("channel_rename", &["channel_rename"], &["channels:read"]),
    ("channel_unarchive", &["channel_unarchive"], &["channels:read"]),
    ("group_archive", &["group_archive"], &["groups:read"]),
    ("group_deleted", &["group_deleted"], &["groups:read"]),
    ("group_left", &["group_left"], &["groups:read"]),
    ("group_rename", &["group_rename"], &["groups:read"]),
    ("group_unarchive", &["group_unarchive"], &["groups:read"]),
    ("member_joined_channel", &["member_joined_channel"], &["channels:read", "groups:read"]),
    ("member_left_channel", &["member_left_channel"], &["channels:read", "groups:read"]),
    (
        "message",
        &["message.channels", "message.groups", "message.im"],
        &["channels:history", "groups:history", "im:history"],
    ),
    ("reaction_added", &["reaction_added"], &["reactions:read"]),
    ("tokens_revoked", &["tokens_revoked"], &[]),
];

type Names = BTreeSet<String>;

fn names<'a>(all: impl IntoIterator<Item = &'a str>) -> Names {
    all.into_iter().map(str::to_owned).collect()
}

/// The sources under a folder of `src`, one text.
pub fn source(folder: &str) -> String {
    fn read(dir: &Path, text: &mut String) {
        for entry in fs::read_dir(dir).expect("a source folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                read(&path, text);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let file = fs::read_to_string(&path).expect("a source file");
                text.push_str(file.split("#[cfg(test)]").next().unwrap_or_default());
            }
        }
    }
    let mut text = String::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder), &mut text);
    assert!(!text.is_empty(), "src/{folder} moved; mend this test");
    text
}

/// Every `"text"` in a source.
fn literals(source: &str) -> impl Iterator<Item = &str> {
    source.lines().flat_map(|line| line.split('"').skip(1).step_by(2))
}

/// What the README adds to the built-in playbook makes a sound one.
#[test]
fn the_example_of_a_playbook_is_sound() {
    let begin = README.find("# add to the criteria").expect("the example");
    let end = begin + README[begin..].find("```").expect("its end");
    let read = playbook::read(&format!("{BUILTIN}\n{}", &README[begin..end]), None);
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    assert!(read.playbook.expect("a playbook").services.iter().any(|s| s.id.as_str() == "checkout"));
}

/// The table of commands as the README must have it.
fn command_table() -> String {
    let mut table = String::from("| `/incident …` | |\n| --- | --- |\n");
    for verb in GRAMMAR.iter().filter(|v| v.is_now()) {
        let names: Vec<&str> = verb.names().collect();
        let line = format!("{} {}", names.join("|"), verb.usage).trim().replace('|', "\\|");
        writeln!(table, "| `{line}` | {} |", verb.summary).expect("a text takes more");
    }
    table
}

#[test]
fn the_readme_lists_every_command() {
    let begin = README.find("<!-- commands").expect("where the table begins");
    let begin = begin + README[begin..].find("-->").expect("the end of the mark") + "-->".len();
    let end = README.find("<!-- /commands -->").expect("where the table ends");
    let expected = command_table();
    assert_eq!(README[begin..end].trim(), expected.trim(), "README.md must have this table:\n\n{expected}");
}

/// Commands of ours in a text: what follows `watchroom`, or `cargo run --release --`.
fn own_commands(text: &str) -> Vec<Vec<&str>> {
    let code = text.split('`').skip(1).step_by(2).flat_map(str::lines);
    let arguments = code.filter_map(|line| {
        let line = line.split(" #").next().unwrap_or(line).trim();
        let line = line.strip_prefix("target/release/").unwrap_or(line);
        let rest = line.strip_prefix("cargo run --release -- ").or_else(|| line.strip_prefix("watchroom "))?;
        Some(rest.split([' ', '[', ']', '|', '\\']).filter(|word| !word.is_empty()).collect::<Vec<_>>())
    });
    arguments.filter(|words| !words.is_empty()).collect()
}

#[test]
fn the_readme_names_subcommands_and_flags_that_exist_and_leaves_none_out() {
    let cli = watchroom::cli::Arguments::command();
    // Fences and code spans alike are then single marks.
    let readme = README.replace("```", "`");
    let mut named = Names::new();
    for words in own_commands(&readme) {
        let found = cli.find_subcommand(words[0]);
        let found = found.unwrap_or_else(|| panic!("README names `watchroom {}`", words.join(" ")));
        named.insert(words[0].to_owned());
        for flag in words.iter().filter_map(|word| word.strip_prefix("--")) {
            let known = found.get_arguments().chain(cli.get_arguments()).any(|a| a.get_long() == Some(flag));
            assert!(known, "README names `watchroom {} --{flag}`", words[0]);
        }
    }
    let there = names(cli.get_subcommands().map(clap::Command::get_name).filter(|name| *name != "help"));
    assert_eq!(named, there, "subcommands named in the README, and those there are");
}

#[test]
fn the_readme_names_steps_of_the_test_script_that_exist() {
    let script = include_str!("../run");
    let steps = script.lines().find_map(|l| l.strip_prefix("steps=(")).expect("the list of steps");
    let steps: Vec<&str> = steps.trim_end_matches(')').split(' ').collect();
    let code = README.split('`').flat_map(str::lines).flat_map(|line| line.split("tests/run ").skip(1));
    for named in code.map(|rest| rest.split(" runs").next().unwrap_or(rest)) {
        let mut words = named.split_whitespace().filter(|w| *w != "#").peekable();
        if words.peek().is_some_and(|w| steps.contains(w)) {
            words.for_each(|word| assert!(steps.contains(&word), "README: tests/run {named}"));
        }
    }
    assert!(README.contains("tests/run clippy rust"), "the README shows how to run single steps");
}

/// Variables of ours in a text.
fn variables(text: &str) -> Names {
    let words = text.split(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit() && c != '_');
    let prefixes = ["SLACK_", "WATCHROOM_", "NTFY_", "GOTIFY_", "TWILIO_", "SMTP_", "MAIL_"];
    let ours = words.filter(|w| prefixes.iter().any(|prefix| w.starts_with(prefix)));
    // How many rounds crash tests take is read by the tests alone.
    names(ours.filter(|w| !w.ends_with('_') && !w.ends_with("_FILE") && !w.ends_with("_ROUNDS")))
}

#[test]
fn the_readme_names_every_setting() {
    let code = source("config");
    let read: Names = literals(&code).flat_map(variables).collect();
    assert!(read.len() > 4, "the settings moved; mend this test: {read:?}");
    assert_eq!(variables(README), read, "variables named in the README, and those that are read");
}

/// What of the settings' file counts from the next start on.
#[test]
fn the_readme_names_what_waits_for_a_start() {
    let (_, after) = README.split_once("From the next start on count").expect("a sentence");
    let (sentence, _) = after.split_once("; the same people").expect("its end");
    let named: Names = sentence.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    assert_eq!(named, names(watchroom::config::AT_START));
}

#[test]
fn the_manifest_has_the_scopes_in_use_and_no_others() {
    let methods = names(METHODS.iter().map(|(method, _)| *method));
    let families: Names = methods.iter().filter_map(|m| m.split('.').next()).map(str::to_owned).collect();
    let looks_like_one = |text: &&str| {
        let family = text.split('.').next().unwrap_or_default();
        let known =
            families.contains(family) || ["team", "reactions", "files", "apps", "emoji", "dnd"].contains(&family);
        known && text.contains('.') && text.chars().all(|c| c.is_ascii_alphabetic() || c == '.')
    };
    let adapter = source("adapters/slack");
    let called = names(literals(&adapter).filter(looks_like_one));
    assert_eq!(called, methods, "methods in src/adapters/slack, and those in this test's table");
    let needed = METHODS.iter().map(|(_, scopes)| *scopes).chain(EVENTS.iter().map(|(_, _, scopes)| *scopes));
    // The slash command and the shortcuts.
    let needed = names(needed.flatten().copied().chain(["commands"]));
    assert_eq!(
        names(manifest::scopes().iter().map(String::as_str)),
        needed,
        "scopes in manifest.yml, and those in use"
    );
}

#[test]
fn the_manifest_has_the_events_in_use_and_no_others() {
    let door = include_str!("../../src/ingress/event.rs");
    let arms = door.split("match event.kind").nth(1).and_then(|rest| rest.split("_ => Ok(())").next());
    let arms = arms.expect("the list of events moved; mend this test").lines().filter_map(|l| l.split_once("=>"));
    let patterns: Vec<&str> = arms.map(|(arm, _)| arm.split(" if ").next().unwrap_or(arm)).collect();
    let handled = names(patterns.iter().flat_map(|pattern| literals(pattern)));
    assert_eq!(
        handled,
        names(EVENTS.iter().map(|(event, ..)| *event)),
        "events in src/ingress, and in this test's table"
    );
    let subscribed = names(EVENTS.iter().flat_map(|(_, subscriptions, _)| subscriptions.iter().copied()));
    let listed = manifest::events();
    assert_eq!(names(listed.iter().map(String::as_str)), subscribed, "events in manifest.yml, and those in use");
    assert_eq!(listed.len(), subscribed.len(), "an event is listed twice");
}

#[test]
fn the_manifest_has_the_shortcuts_in_use() {
    let door = source("ingress");
    for kind in ["global", "message"] {
        let shortcuts = manifest::shortcuts(kind);
        assert!(!shortcuts.is_empty(), "no {kind} shortcut");
        for (id, name) in shortcuts {
            assert!(literals(&door).any(|text| text == id), "the {kind} shortcut {id} is not handled");
            assert!(name.chars().count() <= 24, "Slack refuses the name \"{name}\"");
            assert!(README.contains(&format!("\"{name}\"")), "the README does not name \"{name}\"");
        }
    }
}
