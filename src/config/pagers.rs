//! `[[pagers]]`: programs of the deployment's own that page people, and say who is on it.

use serde::Deserialize;
use url::Url;

use super::{Secret, load::Reader};

/// A program that pages people.
#[derive(Clone, Debug)]
pub struct PagerConfig {
    /// Its name: `pager:<name>` in steps.
    pub name: String,
    /// Where it takes pages. Whoever knows that may often write there, so that it is a secret.
    pub url: Secret,
    /// Where it says who is on call.
    pub on_call_url: Option<Secret>,
    /// What both sides sign with.
    pub secret: Secret,
    /// It may be in a private network.
    pub allow_private: bool,
}

/// `[[pagers]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PagerEntry {
    pub name: String,
    #[serde(default)]
    allow_private: bool,
}

/// The variable of a pager.
fn variable(what: &str, name: &str) -> String {
    let upper = name.to_uppercase();
    format!("WATCHROOM_PAGER_{what}_{}", upper.replace(|c: char| !c.is_ascii_alphanumeric(), "_"))
}

impl Reader<'_> {
    /// Every pager, with its problems told.
    pub fn pagers(&mut self, entries: &[PagerEntry]) -> Vec<PagerConfig> {
        let mut variables = std::collections::BTreeSet::new();
        let mut pagers = Vec::new();
        for entry in entries {
            if !variables.insert(variable("URL", &entry.name)) {
                self.problems.push(format!("two pagers are named `{}`, or so that nobody can tell", entry.name));
            }
            pagers.extend(self.pager(entry));
        }
        pagers
    }

    fn pager(&mut self, entry: &PagerEntry) -> Option<PagerConfig> {
        let place = format!("pager `{}`", entry.name);
        if !super::tokens::is_name(&entry.name) {
            self.problems.push(format!("{place}: a name has 1 to 40 letters, digits, `-`, `_` and `.`"));
        }
        let url = self.address_in(&place, &variable("URL", &entry.name));
        let on_call_url = self.address_in(&place, &variable("ONCALL_URL", &entry.name));
        let signs = variable("SECRET", &entry.name);
        let secret = self.secret(&signs);
        if url.is_none() {
            let url = variable("URL", &entry.name);
            self.problems.push(format!("{place}: set {url} to the address where it takes pages"));
        }
        if secret.is_none() {
            self.problems.push(format!("{place}: set {signs} to what both sides sign with"));
        }
        let (name, allow_private) = (entry.name.clone(), entry.allow_private);
        Some(PagerConfig { name, url: url?, on_call_url, secret: secret?, allow_private })
    }

    fn address_in(&mut self, place: &str, variable: &str) -> Option<Secret> {
        let url = self.secret(variable)?;
        if !Url::parse(url.expose()).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
            // The address may be a secret.
            self.problems.push(format!("{place}: what {variable} holds is no http or https address"));
        }
        Some(url)
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, PagerConfig, Problems, Secret};

    fn load(toml: &str, env: &[(&str, &str)]) -> Result<Vec<PagerConfig>, Problems> {
        let path = std::env::temp_dir().join(format!("watchroom-pagers-{}-{:p}.toml", std::process::id(), &toml));
        std::fs::write(&path, toml).expect("a temporary file");
        let lookup = |name: &str| env.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        let config = Config::load(Some(&path), &lookup);
        std::fs::remove_file(path).expect("our own file");
        config.map(|config| config.pagers)
    }

    #[test]
    fn a_pager_has_an_address_and_a_secret_and_may_say_who_is_on_call() {
        let env = [
            ("WATCHROOM_PAGER_URL_NIGHT_DESK", "https://desk.example.com/hush"),
            ("WATCHROOM_PAGER_ONCALL_URL_NIGHT_DESK", "https://desk.example.com/hush/on-call"),
            ("WATCHROOM_PAGER_SECRET_NIGHT_DESK", "whsec_aHVzaA=="),
        ];
        let found = load("[[pagers]]\nname = 'night-desk'", &env).expect("sound");
        let [one] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(one.on_call_url.as_ref().map(Secret::expose), Some("https://desk.example.com/hush/on-call"));
        assert!(!one.allow_private);
        assert!(!format!("{one:?}").contains("hush"));
    }

    #[test]
    fn what_is_missing_or_wrong_is_told() {
        let toml =
            "[[pagers]]\nname = 'a'\n[[pagers]]\nname = 'b.c'\n[[pagers]]\nname = 'b-c'\n[[pagers]]\nname = 'd e'";
        let env = [("WATCHROOM_PAGER_URL_A", "hush"), ("WATCHROOM_PAGER_SECRET_A", "s")];
        let Err(Problems(problems)) = load(toml, &env) else { panic!("accepted") };
        for part in [
            "pager `a`: what WATCHROOM_PAGER_URL_A holds is no http",
            "pager `b.c`: set WATCHROOM_PAGER_URL_B_C",
            "pager `b.c`: set WATCHROOM_PAGER_SECRET_B_C",
            "two pagers are named `b-c`",
            "pager `d e`: a name has",
        ] {
            assert!(problems.iter().any(|p| p.contains(part)), "{part} is missing in {problems:#?}");
        }
        assert!(!problems.iter().any(|p| p.contains("hush")));
    }
}
