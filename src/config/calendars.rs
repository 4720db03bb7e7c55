//! Calendars of other programs: where they are, and who is meant by the names in them.

use std::{collections::BTreeMap, path::PathBuf};

use jiff::SignedDuration;
use url::Url;

use super::{
    Secret,
    file::unprefixed,
    schedule::{LayerEntry, ScheduleEntry},
};
use crate::{ids::UserId, paging::schedule::ScheduleId};

/// Minutes between two looks at a calendar, where the file does not say.
const REFRESH_MIN: u32 = 10;
/// The most of those: a day.
const MOST_REFRESH: u32 = 24 * 60;

/// A calendar that a layer takes its shifts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarSource {
    /// The schedule.
    pub schedule: ScheduleId,
    /// The layer's name.
    pub layer: String,
    /// Where it is.
    pub address: Address,
    /// From one look at it to the next.
    pub refresh: SignedDuration,
    /// It may be in a private network, or on this machine.
    pub allow_private: bool,
}

/// Where a calendar is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// On the web: http or https. Whoever knows it can read the calendar.
    Web(Secret),
    /// In a file.
    File(PathBuf),
}

/// Who is meant by names in calendars, whatever Slack says: `[people]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aliases(BTreeMap<String, UserId>);

impl Aliases {
    /// Whom this name is written down for, in any case.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<&UserId> {
        self.0.get(&folded(name))
    }

    pub(super) fn read(entries: &BTreeMap<String, String>, problems: &mut Vec<String>) -> Self {
        let mut aliases = Self::default();
        for (name, id) in entries {
            let id = unprefixed(id, "user");
            let is_id = id.starts_with(['U', 'W']) && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
            if !is_id || id.len() < 2 {
                problems.push(format!("[people] `{name}`: `{id}` is no person's id; write for example \"U0123456\""));
            }
            if aliases.0.insert(folded(name), id.into()).is_some() {
                problems.push(format!("[people] names `{name}` twice"));
            }
        }
        aliases
    }
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Those that schedules name, with their problems told; none of these shows an address. `secret` gives the secret of a name.
pub(super) fn calendars(
    schedules: &[ScheduleEntry],
    secret: &mut dyn FnMut(&str) -> Option<Secret>,
    problems: &mut Vec<String>,
) -> Vec<CalendarSource> {
    let mut sources = Vec::new();
    for schedule in schedules {
        for layer in &schedule.layers {
            let place = format!("schedule `{}`, layer `{}`", schedule.id, layer.name);
            let mut tell = |problem: &str| problems.push(format!("{place}: {problem}"));
            if !layer.is_of_calendar() {
                if layer.refresh_min.is_some() || layer.allow_private {
                    tell("`refresh_min` and `allow_private` are for a layer with a `calendar`");
                }
                continue;
            }
            let refresh_min = layer.refresh_min.unwrap_or(REFRESH_MIN);
            if !(1..=MOST_REFRESH).contains(&refresh_min) {
                tell(&format!("`refresh_min` must be 1 to {MOST_REFRESH} (a day)"));
            }
            match address(layer, secret) {
                Ok(address) => sources.push(CalendarSource {
                    schedule: schedule.id.as_str().into(),
                    layer: layer.name.clone(),
                    address,
                    refresh: SignedDuration::from_mins(refresh_min.into()),
                    allow_private: layer.allow_private,
                }),
                Err(problem) => tell(&problem),
            }
        }
    }
    sources
}

fn address(layer: &LayerEntry, secret: &mut dyn FnMut(&str) -> Option<Secret>) -> Result<Address, String> {
    let named = match (&layer.calendar, &layer.calendar_env) {
        (Some(_), Some(_)) => return Err("it has `calendar` and `calendar_env`; leave one out".to_owned()),
        (Some(address), None) => Secret::new(address),
        (None, Some(name)) => {
            let is_name = |name: &str| name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
            if name.is_empty() || !is_name(name) {
                return Err("`calendar_env` is the name of a variable, for example CALENDAR_PRIMARY".to_owned());
            }
            secret(name).ok_or_else(|| {
                format!("`calendar_env` names {name}, which is not set; {name}_FILE may name a file with the address")
            })?
        }
        (None, None) => return Err("it has no `calendar`".to_owned()),
    };
    read(named.expose()).ok_or_else(|| {
        "its calendar is no address; write https://… or file:/path/to/calendar.ics (it is not shown here, because whoever \
         knows it can read the calendar)"
            .to_owned()
    })
}

fn read(text: &str) -> Option<Address> {
    // Programs that show calendars write so what is fetched by https.
    let web = text.strip_prefix("webcal://").map_or_else(|| text.to_owned(), |rest| format!("https://{rest}"));
    if web.starts_with("https://") || web.starts_with("http://") {
        let url = Url::parse(&web).ok().filter(Url::has_host)?;
        return Some(Address::Web(Secret::new(url.as_str())));
    }
    // What is neither may be a secret in the wrong place.
    let path = match text.strip_prefix("file:") {
        Some(rest) => rest.strip_prefix("//").unwrap_or(rest),
        None => text.starts_with(['/', '.']).then_some(text)?,
    };
    (!path.is_empty()).then(|| Address::File(path.into()))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    fn layers(toml: &str, env: &[(&str, &str)]) -> (Vec<CalendarSource>, Vec<String>) {
        #[derive(Deserialize)]
        struct Entries {
            schedules: Vec<ScheduleEntry>,
        }
        let entries: Entries = toml::from_str(&format!("[[schedules]]\nid = \"primary\"\n{toml}")).expect("entries");
        let mut problems = Vec::new();
        let mut secret = |name: &str| env.iter().find(|(known, _)| *known == name).map(|(_, value)| Secret::new(value));
        let sources = calendars(&entries.schedules, &mut secret, &mut problems);
        (sources, problems)
    }

    #[test]
    fn a_calendar_is_on_the_web_or_in_a_file_and_is_not_shown() {
        let env = [("CALENDAR", "https://calendar.example.com/private-hush/basic.ics\n")];
        let (sources, problems) = layers(
            r#"
            [[schedules.layers]]
            name = "web"
            calendar_env = "CALENDAR"
            [[schedules.layers]]
            name = "apple"
            calendar = "webcal://calendar.example.com/hush.ics"
            refresh_min = 60
            [[schedules.layers]]
            name = "file"
            calendar = "file:///srv/shifts.ics"
            "#,
            &env,
        );
        assert_eq!(problems, Vec::<String>::new());
        let web = |text: &str| Address::Web(Secret::new(text));
        let found: Vec<&Address> = sources.iter().map(|source| &source.address).collect();
        assert_eq!(
            found,
            [
                &web("https://calendar.example.com/private-hush/basic.ics"),
                &web("https://calendar.example.com/hush.ics"),
                &Address::File("/srv/shifts.ics".into())
            ]
        );
        assert_eq!(sources.iter().map(|s| s.refresh.as_mins()).collect::<Vec<_>>(), [10, 60, 10]);
        assert!(!format!("{sources:?}").contains("hush"));
    }

    #[test]
    fn what_is_wrong_with_a_calendar_is_told_without_its_address() {
        let (_, problems) = layers(
            r#"
            [[schedules.layers]]
            name = "both"
            calendar = "https://example.com/hush"
            calendar_env = "CALENDAR"
            [[schedules.layers]]
            name = "unset"
            calendar_env = "CALENDAR"
            [[schedules.layers]]
            name = "lower"
            calendar_env = "https://example.com/hush"
            [[schedules.layers]]
            name = "ftp"
            calendar = "ftp://example.com/hush"
            refresh_min = 0
            [[schedules.layers]]
            name = "bare"
            calendar = "example.com/hush.ics"
            [[schedules.layers]]
            name = "none"
            allow_private = true
            "#,
            &[],
        );
        for part in [
            "`both`: it has `calendar` and `calendar_env`",
            "`unset`: `calendar_env` names CALENDAR, which is not set",
            "`lower`: `calendar_env` is the name of a variable",
            "`ftp`: its calendar is no address",
            "`bare`: its calendar is no address",
            "`ftp`: `refresh_min` must be 1 to 1440",
            "`none`: `refresh_min` and `allow_private` are for",
        ] {
            assert!(problems.iter().any(|p| p.contains(part)), "{part} is missing in {problems:#?}");
        }
        assert!(!format!("{problems:?}").contains("hush"), "{problems:?}");
    }

    #[test]
    fn people_are_named_in_any_case() {
        let entries = [("Ada@Example.org", "user:U1"), ("ada@example.org", "U2"), ("bob", "bob")];
        let entries = entries.map(|(name, id)| (name.to_owned(), id.to_owned())).into();
        let mut problems = Vec::new();
        let aliases = Aliases::read(&entries, &mut problems);
        assert_eq!(aliases.of(" ADA@example.org "), Some(&"U2".into()));
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[0].contains("twice") && problems[1].contains("`bob` is no person's id"), "{problems:?}");
    }
}
