//! Our adapters against what outside services publish of their interfaces. `tests/contract` has a description of each, and a server that
//! takes what fits it, refuses everything else and answers with its examples; `tests/run contract` starts that server and these tests.

mod mail;
mod oncall;
mod pages;
mod reach;
mod refused;

use std::{collections::BTreeMap, fs};

use watchroom::config::Config;

use crate::harness::unique;

/// An instant as a clock gives it, within the examples' shifts.
const NOW: &str = "2026-03-02T10:00:00.123456789Z";

/// Where the service of this description listens.
fn address(service: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "says where the servers are; nothing of the bot's")]
    let all =
        std::env::var("WATCHROOM_CONTRACT").expect("the servers' addresses: run these tests by `tests/run contract`");
    let all: BTreeMap<String, String> = serde_json::from_str(&all).expect("names and addresses");
    all.get(service).unwrap_or_else(|| panic!("no server for {service} among {all:?}")).clone()
}

/// Settings as production reads them.
fn settings(toml: &str, env: &[(&str, &str)]) -> Config {
    let path = std::env::temp_dir().join(format!("watchroom-contract-{}-{}.toml", std::process::id(), unique()));
    fs::write(&path, toml).expect("a file");
    let lookup = |name: &str| env.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    let config = Config::load(Some(&path), &lookup);
    fs::remove_file(path).expect("our own file");
    config.expect("settings that are sound")
}
