//! Who can read what the bot sends.

use std::{fs, path::Path};

use watchroom::sandbox::{Call, state::Kind};

use crate::harness::Bot;

/// What the contract promises over HTTP, now or later.
const PROMISED: [&str; 9] = [
    "/",
    "/status",
    "/api/v2/summary.json",
    "/api/v2/incidents.json",
    "/history.atom",
    "/console",
    "/console/incidents/SEC-1",
    "/api/v1/incidents",
    "/api/v1/incidents/SEC-1",
];

/// Everything that is served over HTTP, as the routers in the sources have it, and what is promised.
pub fn pages() -> Vec<String> {
    let mut pages: Vec<String> = PROMISED.map(str::to_owned).to_vec();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a source folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                // The simulated Slack serves what Slack does.
                folders.extend(Some(path).filter(|p| !p.ends_with("sandbox")));
                continue;
            }
            let text = fs::read_to_string(&path).expect("a source file");
            let routes = text.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next());
            pages.extend(routes.map(|route| route.replace("{id}", "SEC-1")));
        }
    }
    assert!(pages.len() > PROMISED.len() + 5, "the routes moved; mend this test: {pages:?}");
    pages
}

/// Who reads something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everybody.
    All,
    /// These.
    Some(Vec<String>),
    /// It is no place for words at all, whoever reads it: names, topics, look-ups, messages to single people, App Homes.
    Nobody,
}

impl Audience {
    pub fn one(person: &str) -> Self {
        Self::Some(vec![person.to_owned()])
    }

    pub fn reads(&self, who: &str) -> bool {
        match self {
            Self::All => true,
            Self::Some(people) => people.iter().any(|p| p == who),
            Self::Nobody => false,
        }
    }
}

/// Who reads what this call puts somewhere. Calls that nobody thought of here may carry no secret at all.
pub fn audience(bot: &Bot, call: &Call, actor: Option<&str>) -> Audience {
    let text = |name: &str| call.args[name].as_str();
    match call.method.as_str() {
        "chat.postMessage" | "chat.update" => text("channel").map_or(Audience::All, |id| members(bot, id)),
        "chat.postEphemeral" => text("user").map_or(Audience::All, Audience::one),
        "views.open" | "views.push" | "views.update" | "response_url" => actor.map_or(Audience::All, Audience::one),
        _ => Audience::Nobody,
    }
}

/// Anyone may join what is public; what is sent to single people has a codename and a link.
fn members(bot: &Bot, channel: &str) -> Audience {
    let Some(at) = bot.slack.find_channel(channel) else { return Audience::All };
    match at.kind {
        Kind::Public => Audience::All,
        Kind::Private => Audience::Some(at.members),
        Kind::Im => Audience::Nobody,
    }
}
