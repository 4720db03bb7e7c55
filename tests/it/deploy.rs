//! What `deploy/` tells is so: its settings load, its variables are read, and the unit hands on every secret that there is.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use crate::{harness::binary::Place, paper::source};

const UNIT: &str = include_str!("../../deploy/watchroom.service");

/// Settings to begin with.
pub const SAMPLE: &str = include_str!("../../deploy/watchroom.toml");

/// The sample with the `#` off the lines of these paragraphs, each named by something that stands in it.
pub fn sample_with(parts: &[&str]) -> String {
    let taken = |line: &str| {
        let setting =
            line.strip_prefix('#').filter(|rest| rest.starts_with(|c: char| c == '[' || c.is_ascii_lowercase()));
        setting.unwrap_or(line).to_owned()
    };
    let paragraphs = SAMPLE.split("\n\n").map(|paragraph| {
        let wanted = parts.iter().any(|part| paragraph.contains(part));
        let lines = paragraph.lines().map(|line| if wanted { taken(line) } else { line.to_owned() });
        lines.collect::<Vec<_>>().join("\n")
    });
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

/// Variables of which there is one for each source of alerts, or each service.
const FAMILIES: [&str; 4] =
    ["WATCHROOM_ALERT_SECRET_", "WATCHROOM_PAGER_", "PAGERDUTY_ROUTING_KEY_", "GRAFANA_ONCALL_INTEGRATION_URL_"];

/// Every document there, by its name.
fn documents() -> BTreeMap<String, String> {
    let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy");
    let files = fs::read_dir(deploy).expect("deploy/").map(|entry| entry.expect("an entry").path());
    let documents = files.filter(|path| path.extension().is_some_and(|kind| kind == "md"));
    let read = |path: std::path::PathBuf| (path.display().to_string(), fs::read_to_string(path).expect("a document"));
    let documents: BTreeMap<String, String> = documents.map(read).collect();
    assert!(!documents.is_empty(), "deploy/ has no documents");
    documents
}

/// Names of variables in a text, those of files as what they stand for.
fn variables(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit() && c != '_');
    let words = words.map(|word| word.trim_matches('_')).filter(|word| word.contains('_') && !word.starts_with("AF_"));
    words.map(|word| word.strip_suffix("_FILE").unwrap_or(word)).collect()
}

/// Something that a variable may hold.
fn sample(variable: &str) -> String {
    match variable {
        "WATCHROOM_API_TOKENS" => format!("helpdesk={}", "0a".repeat(32)),
        "GOTIFY_TOKENS" => "ada=A1,ben=A2".into(),
        "SMTP_URL" => "smtps://watchroom:password@smtp.example.com".into(),
        "GRAFANA_ONCALL_INTEGRATION_URL" => "https://oncall.example.com/integrations/v1/formatted_webhook/hush/".into(),
        address if address.starts_with("WATCHROOM_PAGER_") && address.contains("URL") => {
            "https://desk.example.com/hush".into()
        }
        "DISCORD_WEBHOOK_URL" => "https://discord.com/api/webhooks/1/hush".into(),
        "MATTERMOST_WEBHOOK_URL" => "https://chat.example.com/hooks/hush".into(),
        "TEAMS_WEBHOOK_URL" => "https://example.com/workflows/1/triggers/manual/paths/invoke?sig=hush".into(),
        _ => "hush".into(),
    }
}

/// Each example, with the secrets that its own section names and no others.
#[test]
fn every_example_of_settings_is_sound() {
    let mut examples = 0;
    for (name, text) in documents() {
        for section in text.split("\n## ") {
            for block in section.split("```toml\n").skip(1) {
                let block = block.split("```").next().unwrap_or_default();
                let mut place = Place::new();
                for variable in variables(section).into_iter().chain(["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]) {
                    place.set(variable, &sample(variable));
                }
                let asked = if block.contains("announce_channel") { "" } else { "announce_channel = \"incidents\"\n" };
                place.write("watchroom.toml", &format!("{asked}{block}"));
                let said = place.run(&["check"]);
                assert_eq!(said.code, 0, "{name}:\n{block}\n{said:?}");
                examples += 1;
            }
        }
    }
    assert!(examples > 5, "only {examples} examples were found");
}

/// As it is, and with every line of it; with the secrets that it needs then, and the file's own name where the unit looks for it.
#[test]
fn the_sample_is_sound_as_it_is_and_with_every_line_of_it() {
    let all = sample_with(&["#"]);
    assert_eq!(all.lines().filter(|line| line.starts_with("#[")).count(), 0, "{all}");
    let secrets = ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"];
    for (text, named, ways) in
        [(SAMPLE, BTreeSet::new(), "Slack messages alone"), (&all, variables(SAMPLE), "voice call")]
    {
        let mut place = Place::new();
        for variable in named.into_iter().chain(secrets) {
            place.set(variable, &sample(variable));
        }
        place.write("watchroom.toml", text);
        let said = place.run(&["check"]);
        assert!(said.code == 0 && said.out.contains(ways), "{text}\n{said:?}");
    }
    assert!(UNIT.contains("deploy/watchroom.toml /etc/watchroom/watchroom.toml"));
}

#[test]
fn every_variable_is_read() {
    let code = source("config");
    let read = variables(&code);
    for (name, text) in
        documents().into_iter().chain([UNIT, SAMPLE].map(|text| (text[..40].to_owned(), text.to_owned())))
    {
        for variable in variables(&text) {
            // Some are named in the settings themselves.
            let named = text.contains(&format!("_env = \"{variable}\""));
            let known = named || read.contains(variable) || FAMILIES.iter().any(|family| variable.starts_with(family));
            assert!(known, "{name} names {variable}, which nobody reads");
        }
    }
}

#[test]
fn the_unit_hands_on_every_secret() {
    let code = source("config");
    let read = |by: &str| code.split(by).skip(1).map(|rest| rest.split('"').next().unwrap_or_default()).collect();
    let (secrets, tokens): (BTreeSet<&str>, BTreeSet<&str>) = (read(".secret(\""), read(".token(\""));
    let secrets: BTreeSet<&str> = secrets.union(&tokens).copied().collect();
    let lines = UNIT.lines().filter_map(|line| line.trim_start_matches('#').strip_prefix("Environment="));
    let handed: BTreeSet<&str> = lines.filter_map(|line| Some(line.split_once("_FILE=%d/secrets_")?.1)).collect();
    assert_eq!(handed, secrets, "secrets in deploy/watchroom.service, and in src/config");
}
