//! File and environment together.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use jiff::civil::Date;
use url::Url;

use super::{
    AlertSource, Aliases, ApiToken, CalendarSource, ConnectorConfig, ExternalPagers, GrafanaOnCallConfig,
    OpsgenieConfig, PagerConfig, PagerDutyConfig, PlaybookFile, Secret, Settings, SettingsFile, WaysConfig,
    alerts::{Known, SourceEntry, secret_of},
    calendars::calendars,
    file::{File, MOST, REPEAT_MIN, WAIT_MIN, only_elsewhere, targets},
    schedule::{ScheduleEntry, schedules},
};
use crate::{
    alert::Rule,
    paging::{AT_ONCE, Target},
    playbook::Playbook,
    store::{AtRest, postgres},
};

/// Where settings come from: a function, so that tests need no process environment.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Everything that is wrong with the settings, each a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct Problems(pub Vec<String>);

/// All settings.
#[derive(Debug, Clone)]
pub struct Config {
    /// What the incident domain looks at.
    pub settings: Settings,
    /// The file that they stand in, where there is one.
    pub file: Option<SettingsFile>,
    /// How the organisation works.
    pub playbook: PlaybookFile,
    /// Where we listen.
    pub listen: SocketAddr,
    /// Where the journal and sled live.
    pub data: PathBuf,
    /// The database that several replicas share, instead of those: `postgres://…`.
    pub database: Option<Secret>,
    /// Slack.
    pub slack: SlackConfig,
    /// Programs that may call.
    pub api_tokens: Vec<ApiToken>,
    /// Sources of alerts that have settings of their own.
    pub alert_sources: Vec<AlertSource>,
    /// Calendars that layers of schedules take their shifts from.
    pub calendars: Vec<CalendarSource>,
    /// Who is meant by names in calendars.
    pub people: Aliases,
    /// PagerDuty, where it is set up.
    pub pagerduty: Option<PagerDutyConfig>,
    /// Opsgenie or Jira Service Management, where it is set up.
    pub opsgenie: Option<OpsgenieConfig>,
    /// How to reach Grafana OnCall.
    pub grafana_oncall: Option<GrafanaOnCallConfig>,
    /// Programs of the deployment's own that page.
    pub pagers: Vec<PagerConfig>,
    /// Places beside the chat that take texts for others.
    pub connectors: Vec<ConnectorConfig>,
    /// Ways to people beside the chat.
    pub ways: WaysConfig,
}

/// How to talk to Slack.
#[derive(Debug, Clone)]
pub struct SlackConfig {
    /// Base of the Web API; ends in `/`.
    pub api_url: Url,
    /// Verifies what Slack sends over HTTP.
    pub signing_secret: Option<Secret>,
    /// Speaks for the bot.
    pub bot_token: Option<Secret>,
    /// Opens Socket Mode.
    pub app_token: Option<Secret>,
}

/// What was read, and from where.
#[derive(Debug)]
pub struct Looked {
    /// The settings' file; none where there is none.
    pub settings: Option<SettingsFile>,
    /// The playbook, which may be sound where the settings are not.
    pub playbook: PlaybookFile,
    /// All of it together, or the [`Problems`], with those of the playbook.
    pub config: Result<Config, Problems>,
}

/// Collects values and problems.
pub(super) struct Reader<'a> {
    env: Environment<'a>,
    pub problems: Vec<String>,
}

impl Config {
    /// The process's environment.
    pub fn environment(name: &str) -> Option<String> {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        std::env::var(name).ok()
    }

    /// Where the record is.
    #[must_use]
    pub fn record(&self) -> AtRest {
        match &self.database {
            Some(url) => AtRest::Database(url.expose().to_owned()),
            None => AtRest::Directory(self.data.clone()),
        }
    }

    /// What holds where nothing is set.
    ///
    /// # Panics
    /// Never: a test loads it.
    #[must_use]
    pub fn defaults() -> Self {
        let mut reader = Reader { env: &|_| None, problems: Vec::new() };
        Self::read(&mut reader, File::default(), None).expect("the defaults are sound")
    }

    /// What the sandbox takes from the environment: whose playbook is tried, and which programs may call. Everything else it sets
    /// itself.
    ///
    /// # Errors
    /// [`Problems`], all of them at once.
    pub fn for_sandbox(env: Environment<'_>) -> Result<Self, Problems> {
        const TAKEN: [&str; 3] = ["WATCHROOM_PLAYBOOK", "WATCHROOM_API_TOKENS", "WATCHROOM_API_TOKENS_FILE"];
        let env = |name: &str| TAKEN.contains(&name).then(|| env(name)).flatten();
        let mut reader = Reader { env: &env, problems: Vec::new() };
        Self::read(&mut reader, File::default(), None)
    }

    /// Reads the file at `path` (or `WATCHROOM_CONFIG`, or `./watchroom.toml` where there is one) and the environment.
    ///
    /// # Errors
    /// [`Problems`], all of them at once.
    pub fn load(path: Option<&Path>, env: Environment<'_>) -> Result<Self, Problems> {
        Self::look(path, env, None).config
    }

    /// The same, and from which files; what has grown old in the playbook by `today` is among its problems.
    pub fn look(path: Option<&Path>, env: Environment<'_>, today: Option<Date>) -> Looked {
        let mut reader = Reader { env, problems: Vec::new() };
        let (settings, file) = reader.file(path);
        let playbook = reader.playbook(&file, today);
        let config = Self::with(&mut reader, file, playbook.clone());
        let config = config.map(|config| Self { file: settings.clone(), ..config });
        Looked { settings, playbook, config }
    }

    /// What `file` and the environment say, together with this playbook.
    ///
    /// # Errors
    /// [`Problems`], all of them at once.
    pub fn of(file: &SettingsFile, env: Environment<'_>, playbook: PlaybookFile) -> Result<Self, Problems> {
        let mut reader = Reader { env, problems: Vec::new() };
        let entries = reader.parsed(file);
        let config = Self::with(&mut reader, entries, playbook)?;
        Ok(Self { file: Some(file.clone()), ..config })
    }

    fn read(reader: &mut Reader<'_>, file: File, today: Option<Date>) -> Result<Self, Problems> {
        let playbook = reader.playbook(&file, today);
        Self::with(reader, file, playbook)
    }

    fn with(reader: &mut Reader<'_>, file: File, playbook: PlaybookFile) -> Result<Self, Problems> {
        let mut settings = reader.settings(&file);
        let ways = reader.ways(&file);
        settings.ways = ways.set_up();
        settings.webhooks = ways.webhooks.iter().map(|webhook| webhook.name.clone()).collect();
        settings.alert_rules = reader.alert_rules(&file, &settings, playbook.playbook.as_deref());
        let listen = reader.listen(file.listen.as_deref());
        let data = reader.value("WATCHROOM_DATA", file.data).unwrap_or_else(|| "./watchroom-data".into());
        let database = reader.database();
        let slack = reader.slack(file.slack_api_url);
        let api_tokens = reader.api_tokens();
        let alert_sources = reader.alert_sources(&file.alert_sources);
        let calendars = reader.calendars(&file.schedules);
        let pagers = reader.pagers(&file.pagers);
        let people = Aliases::read(&file.people, &mut reader.problems);
        let pagerduty = reader.pagerduty(file.pagerduty.as_ref());
        let opsgenie = reader.opsgenie(file.opsgenie.as_ref());
        let grafana_oncall = reader.grafana_oncall(file.grafana_oncall.as_ref());
        settings.external_pagers =
            ExternalPagers::of(pagerduty.as_ref(), opsgenie.as_ref(), grafana_oncall.as_ref(), &pagers);
        let connectors = reader.connectors(&file.connectors, &settings.webhooks, ways.mail.is_some());
        settings.connectors = connectors.iter().map(|it| (it.name.clone(), it.kind.abilities())).collect();
        let page = reader.status_page(
            file.status_page.as_ref(),
            playbook.playbook.as_deref(),
            settings.public_url.as_deref(),
            (&settings.timezone, ways.mail.is_some()),
        );
        if let Some(page) = page {
            settings.show_status_page(page);
        }
        match (reader.problems.is_empty(), listen, slack) {
            (true, Some(listen), Some(slack)) => Ok(Self {
                settings,
                file: None,
                playbook,
                listen,
                data: data.into(),
                database,
                slack,
                api_tokens,
                alert_sources,
                calendars,
                people,
                pagerduty,
                opsgenie,
                grafana_oncall,
                pagers,
                connectors,
                ways,
            }),
            _ => Err(Problems([std::mem::take(&mut reader.problems), playbook.problems].concat())),
        }
    }
}

impl Reader<'_> {
    fn var(&self, name: &str) -> Option<String> {
        (self.env)(name).filter(|value| !value.trim().is_empty())
    }

    pub fn value(&self, name: &str, file: Option<String>) -> Option<String> {
        self.var(name).or_else(|| file.filter(|value| !value.trim().is_empty()))
    }

    /// The settings' file, where there is one, and what stands in it.
    fn file(&mut self, path: Option<&Path>) -> (Option<SettingsFile>, File) {
        let named = path.map(Path::to_owned).or_else(|| self.var("WATCHROOM_CONFIG").map(PathBuf::from));
        let default = || Some(PathBuf::from("watchroom.toml")).filter(|path| path.exists());
        let Some(path) = named.or_else(default) else { return (None, File::default()) };
        let file = SettingsFile::read(&path);
        let entries = self.parsed(&file);
        (Some(file), entries)
    }

    fn parsed(&mut self, file: &SettingsFile) -> File {
        let entries = file.text.clone().and_then(|text| {
            toml::from_str(&text).map_err(|e| format!("{}: {}", file.path.display(), e.to_string().trim()))
        });
        entries.unwrap_or_else(|problem| {
            self.problems.push(problem);
            File::default()
        })
    }

    fn playbook(&self, file: &File, today: Option<Date>) -> PlaybookFile {
        let path = self.value("WATCHROOM_PLAYBOOK", file.playbook.clone());
        PlaybookFile::read(path.as_deref().map(Path::new), today)
    }

    /// A secret, from `NAME` or from the file that `NAME_FILE` names.
    pub fn secret(&mut self, name: &str) -> Option<Secret> {
        if let Some(value) = self.var(name) {
            return Some(Secret::new(&value));
        }
        let path = self.var(&format!("{name}_FILE"))?;
        match std::fs::read_to_string(&path) {
            Ok(value) if !value.trim().is_empty() => Some(Secret::new(&value)),
            Ok(_) => {
                self.problems.push(format!("{name}_FILE names {path}, which is empty"));
                None
            }
            Err(e) => {
                self.problems.push(format!("{name}_FILE names {path}, which cannot be read: {e}"));
                None
            }
        }
    }

    fn database(&mut self) -> Option<Secret> {
        let url = self.secret("DATABASE_URL")?;
        self.problems.extend(postgres::problem(url.expose()));
        Some(url)
    }

    fn api_tokens(&mut self) -> Vec<ApiToken> {
        let text = self.secret("WATCHROOM_API_TOKENS");
        let (tokens, problems) = ApiToken::read(text.as_ref().map(Secret::expose).unwrap_or_default());
        self.problems.extend(problems);
        tokens
    }

    fn alert_sources(&mut self, entries: &[SourceEntry]) -> Vec<AlertSource> {
        let mut variables = std::collections::BTreeSet::new();
        let mut sources = Vec::new();
        for entry in entries {
            let variable = secret_of(entry.name());
            let secret = self.secret(&variable);
            if !variables.insert(variable) {
                self.problems
                    .push(format!("two alert sources are named `{}`, or so that nobody can tell", entry.name()));
            }
            sources.push(entry.source(secret, &mut self.problems));
        }
        sources
    }

    fn calendars(&mut self, schedules: &[ScheduleEntry]) -> Vec<CalendarSource> {
        let mut problems = Vec::new();
        let sources = calendars(schedules, &mut |name| self.secret(name), &mut problems);
        self.problems.append(&mut problems);
        sources
    }

    fn alert_rules(&mut self, file: &File, settings: &Settings, playbook: Option<&Playbook>) -> Vec<Rule> {
        let policies: Vec<String> = settings.policies.iter().map(|p| p.name.clone()).collect();
        let known = Known { playbook, policies: &policies };
        let rules = (1..).zip(&file.alert_rules);
        rules.filter_map(|(n, entry)| entry.rule(n, &known, &mut self.problems)).collect()
    }

    fn listen(&mut self, file: Option<&str>) -> Option<SocketAddr> {
        let text = self.value("WATCHROOM_LISTEN", file.map(str::to_owned)).unwrap_or_else(|| "127.0.0.1:8080".into());
        let parsed = text.parse();
        if parsed.is_err() {
            self.problems.push(format!("WATCHROOM_LISTEN `{text}` is no address; write for example 127.0.0.1:8080"));
        }
        parsed.ok()
    }

    fn slack(&mut self, file: Option<String>) -> Option<SlackConfig> {
        let text = self.value("SLACK_API_URL", file).unwrap_or_else(|| "https://slack.com/api/".into());
        let api_url = self.address("SLACK_API_URL", &text);
        let (signing_secret, bot_token, app_token) =
            (self.secret("SLACK_SIGNING_SECRET"), self.secret("SLACK_BOT_TOKEN"), self.secret("SLACK_APP_TOKEN"));
        Some(SlackConfig { api_url: api_url?, signing_secret, bot_token, app_token })
    }

    fn settings(&mut self, file: &File) -> Settings {
        let channel = |name: &Option<String>| {
            name.as_deref().map(|n| n.trim().trim_start_matches('#').to_owned()).filter(|n| !n.is_empty())
        };
        let announce_channel = channel(&file.announce_channel);
        let mut fallback = targets("[paging] fallback", &file.paging.fallback, &mut self.problems);
        self.problems.extend(only_elsewhere("[paging] fallback", &fallback));
        if fallback.len() > AT_ONCE {
            self.problems
                .push(format!("[paging] fallback names more than {AT_ONCE} targets, which are not asked at once"));
        }
        if let (true, Some(announce)) = (fallback.is_empty(), &announce_channel) {
            fallback.push(Target::Channel(announce.as_str().into()));
        }
        let mut names = std::collections::BTreeSet::new();
        if file.paging.ack_timeout_min.is_some_and(|m| m > MOST) {
            self.problems.push(format!("[paging] `ack_timeout_min` must be 0 to {MOST}"));
        }
        let guard = file.paging.guard;
        if guard.pages > 0 && !(1..=MOST).contains(&guard.minutes) {
            self.problems.push(format!("[paging] guard: `minutes` must be 1 to {MOST}; pages = 0 switches it off"));
        }
        for policy in &file.policies {
            if !names.insert(policy.name.to_lowercase()) {
                self.problems.push(format!("two policies are named `{}`", policy.name));
            }
        }
        let timezone = file.timezone.clone().unwrap_or_else(|| "UTC".into());
        let policies = file.policies.iter().map(|p| p.policy(&fallback, &timezone, &mut self.problems)).collect();
        if jiff::tz::TimeZone::get(&timezone).is_err() {
            self.problems.push(format!("timezone `{timezone}` is no IANA zone; write for example Europe/Berlin"));
        }
        let schedules = schedules(&file.schedules, &timezone, &mut self.problems);
        let digest = file.digest.as_ref().map(|entry| self.digest(entry, &timezone));
        if let Some(bridge) = file.call_bridge.as_ref().filter(|b| Url::parse(b).is_err()) {
            self.problems.push(format!(
                "call_bridge `{bridge}` is no address; write for example https://meet.example.com/incident"
            ));
        }
        Settings {
            announce_channel,
            updates_channel: channel(&file.updates_channel),
            alerts_channel: channel(&file.alerts_channel),
            alert_rules: Vec::new(),
            call_bridge: file.call_bridge.clone(),
            public_url: self.value("WATCHROOM_PUBLIC_URL", file.public_url.clone()),
            timezone,
            archive_on_close: file.archive_on_close,
            policies,
            fallback,
            page_wait_min: file.paging.wait_min.unwrap_or(WAIT_MIN).max(1),
            page_repeat_min: file.paging.repeat_min.unwrap_or(REPEAT_MIN),
            page_ack_timeout_min: file.paging.ack_timeout_min,
            page_guard: guard,
            schedules,
            ways: Vec::new(),
            webhooks: Vec::new(),
            external_pagers: ExternalPagers::default(),
            connectors: BTreeMap::new(),
            status_page: None,
            digest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(toml: &str, env: &[(&str, &str)]) -> Result<Config, Problems> {
        let path = std::env::temp_dir().join(format!("watchroom-config-{}-{:p}.toml", std::process::id(), &toml));
        std::fs::write(&path, toml).expect("a temporary file");
        let lookup = |name: &str| env.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        let config = Config::load(Some(&path), &lookup);
        std::fs::remove_file(path).expect("our own file");
        config
    }

    #[test]
    fn nothing_needs_to_be_set() {
        let config = load("", &[]).expect("defaults are sound");
        assert_eq!(config.data, Config::defaults().data);
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.slack.api_url.as_str(), "https://slack.com/api/");
    }

    #[test]
    fn the_environment_wins_and_secrets_do_not_show() {
        let env = [("WATCHROOM_LISTEN", "127.0.0.1:1"), ("SLACK_BOT_TOKEN", "xoxb-very-secret\n")];
        let config = load("listen = \"127.0.0.1:2\"", &env).expect("sound");
        assert_eq!(config.listen.port(), 1);
        assert_eq!(config.slack.bot_token.as_ref().map(Secret::expose), Some("xoxb-very-secret"));
        assert!(!format!("{config:?}").contains("very-secret"));
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let toml = r#"
            timezone = "Nowhere/Land"
            [[policies]]
            name = "checkout"
            steps = [{ targets = ["alice"] }]
        "#;
        let Err(Problems(problems)) = load(toml, &[("WATCHROOM_LISTEN", "here"), ("SLACK_API_URL", "ftp://x")]) else {
            panic!("accepted")
        };
        for part in ["Nowhere/Land", "`alice` is not a target", "no fallback", "WATCHROOM_LISTEN", "SLACK_API_URL"] {
            assert!(problems.iter().any(|p| p.contains(part)), "{part} is missing in {problems:#?}");
        }
    }

    /// Conditions of steps as people write them, and what they get wrong.
    #[test]
    fn steps_may_ask_only_now_and_then() {
        let with = |policy: &str, step: &str| {
            load(
                &format!(
                    "timezone = 'Europe/Berlin'\n[paging]\nack_timeout_min = 20\nfallback = ['user:U2']\n\
                     [[policies]]\nname = 'checkout'\n{policy}\n[[policies.steps]]\ntargets = ['user:U1']\n{step}"
                ),
                &[],
            )
        };
        let night = "between = { days = ['mon', 'sun'], from = '22:00', until = '07:00' }";
        let config = with("ack_timeout_min = 0", &format!("severities = ['SEV1', 'sev2']\n{night}")).expect("sound");
        let (policy, settings) = (&config.settings.policies[0], &config.settings);
        assert_eq!((policy.ack_timeout_min, settings.page_ack_timeout_min), (Some(0), Some(20)));
        let only = &policy.steps[0].only;
        assert_eq!(only.severities.iter().map(|s| s.0).collect::<Vec<_>>(), [1, 2]);
        let hours = only.between.as_ref().expect("hours");
        assert_eq!((hours.zone.name(), hours.window.days.len()), ("Europe/Berlin", 2));
        let other = with("timezone = 'America/New_York'", night).expect("sound");
        let hours = other.settings.policies[0].steps[0].only.between.clone().expect("hours");
        assert_eq!(hours.zone.name(), "America/New_York");
        let urgent =
            with(&format!("urgent = [{{ severities = ['sev2', 'SEV1'] }}, {{ {night} }}]"), "").expect("sound");
        let urgent = urgent.settings.policies[0].urgent.clone().expect("conditions");
        assert_eq!(urgent[0].severities.iter().map(|s| s.0).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(urgent[1].between.as_ref().map(|hours| hours.zone.name()), Some("Europe/Berlin"));
        assert_eq!(with("urgent = []", "").expect("sound").settings.policies[0].urgent, Some(Vec::new()), "never");
        for (policy, step, part) in [
            ("urgent = [{ severities = ['high'] }]", "", "urgent: `high` is no severity"),
            ("urgent = [{ hours = [] }]", "", "unknown field `hours`"),
            ("urgent = [{}, {}, {}, {}]", "", "at most 3 conditions"),
            ("timezone = 'Nowhere/Land'", "", "no time zone"),
            ("ack_timeout_min = 9001", "", "`ack_timeout_min` must be 0 to 9000"),
            ("", "severities = ['high', 'SEV0']", "`SEV0` is no severity"),
            ("", "acknowledge = 'some'", "acknowledge"),
            ("", "between = { days = [], from = '22:00', until = '07:00' }", "names no days"),
        ] {
            let Err(Problems(problems)) = with(policy, step) else { panic!("accepted: {policy} {step}") };
            assert!(problems.iter().any(|p| p.contains(part)), "{part} is missing in {problems:#?}");
        }
    }

    /// A provider that is down is passed over, so that the last step of all must not be one.
    #[test]
    fn the_fallback_asks_somebody_here() {
        let with = |all: &str, own: &str| {
            load(
                &format!(
                    "[paging]\nfallback = [{all}]\n[[policies]]\nname = 'night'\nfallback = [{own}]\n\
                     [[policies.steps]]\ntargets = ['pagerduty:P1']"
                ),
                &[],
            )
        };
        let (there, here) = ("'pagerduty:P1', 'opsgenie:team:4513b7ea'", "'pagerduty:P1', 'channel:#incidents'");
        for (all, own) in [(here, ""), (here, here), ("'group:S1'", "'user:U1'")] {
            assert!(with(all, own).is_ok(), "{all} {own}");
        }
        for (all, own, place) in [(there, here, "[paging] fallback"), (here, there, "policy `night`, fallback")] {
            let Err(Problems(problems)) = with(all, own) else { panic!("accepted: {all} {own}") };
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert!(problems[0].starts_with(&format!("{place} asks other providers alone")), "{problems:?}");
        }
    }

    #[test]
    fn an_unknown_key_is_told() {
        let Err(Problems(problems)) = load("listn = \"x\"", &[]) else { panic!("accepted") };
        assert!(problems[0].contains("listn"), "{problems:?}");
    }

    #[test]
    fn what_is_wrong_with_alerts_is_told() {
        let toml = r#"
            [[alert_sources]]
            name = "shop"
            kind = "generic"
            title = "title"
            [[alert_sources]]
            name = "sh.op"
            kind = "alertmanager"
            key = "/id"
            [[alert_sources]]
            name = "sh-op"
            kind = "grafana"
            [[alert_rules]]
            service = "nowhere"
            do = "declare"
            policy = "nobody"
            [[alert_rules]]
            do = "attach"
            lead = "user:U1"
            incident_severity = 9
        "#;
        let Err(Problems(problems)) = load(toml, &[]) else { panic!("accepted") };
        for part in [
            "`shop` has no `key`",
            "`title` is no JSON pointer",
            "`sh.op`: pointers are for kind",
            "two alert sources are named `sh-op`",
            "alert rule 1: the playbook has no service `nowhere`",
            "alert rule 1: there is no policy `nobody`",
            "alert rule 1: do = \"declare\" wants `lead`",
            "alert rule 2: the playbook has no severity 9",
            "alert rule 2: `lead`, `lead_on_call` and `policy` are for",
        ] {
            assert!(problems.iter().any(|p| p.contains(part)), "{part} is missing in {problems:#?}");
        }
        let Err(Problems(unknown)) = load("[[alert_sources]]\nname = \"a\"\nkind = \"grafana\"\nkeyy = \"/x\"", &[])
        else {
            panic!("accepted")
        };
        assert!(unknown[0].contains("keyy"), "{unknown:?}");
        let sound = "[[alert_sources]]\nname = \"shop-1\"\nkind = \"generic\"\nkey = \"/id\"\ntitle = \"/t\"";
        let config = load(sound, &[("WATCHROOM_ALERT_SECRET_SHOP_1", "hush")]).expect("sound");
        let source = &config.alert_sources[0];
        assert_eq!(source.secret.as_ref().map(Secret::expose), Some("hush"));
        assert!(!format!("{source:?}").contains("hush"));
    }

    #[test]
    fn ways_to_people_are_set_up_by_their_section_or_address() {
        let config = load("[ntfy]", &[("NTFY_TOKEN", "tk_secret")]).expect("sound");
        assert_eq!(config.settings.ways, [crate::paging::reach::Way::Ntfy]);
        assert_eq!(config.ways.ntfy.as_ref().map(|ntfy| ntfy.url.as_str()), Some("https://ntfy.sh/"));
        assert!(!format!("{config:?}").contains("tk_secret"));
        let config = load("", &[("NTFY_URL", "http://push.internal:8080")]).expect("sound");
        assert_eq!(config.ways.ntfy.map(|ntfy| ntfy.url.to_string()), Some("http://push.internal:8080/".into()));
        assert!(load("", &[]).expect("sound").settings.ways.is_empty());
        assert!(load("[ntfy]\nurl = 'push'", &[]).is_err_and(|p| p.0[0].contains("NTFY_URL")));
    }

    #[test]
    fn what_is_wrong_with_webhooks_is_told() {
        let toml = r#"
            [[webhooks]]
            name = "siren"
            url_env = "SIREN_URL"
            secret_env = "SIREN_SECRET"
            template = '{"text": {{ incident.name }}}'
            [[webhooks]]
            name = "siren"
            url_env = "NOWHERE"
            [[webhooks]]
            name = "a b"
            url_env = "SIREN_URL"
        "#;
        let Err(Problems(problems)) = load(toml, &[("SIREN_URL", "siren-secret-path")]) else { panic!("accepted") };
        for part in [
            "two webhooks are named `siren`",
            "`siren`: its template cannot be used",
            "`siren`: `secret_env` names SIREN_SECRET, which is not set",
            "`siren`: `url_env` names NOWHERE",
            "what SIREN_URL holds is no http or https address",
            "`a b`: a name has",
        ] {
            assert!(problems.iter().any(|p| p.contains(part)), "{part} is missing in {problems:#?}");
        }
        assert!(!problems.concat().contains("siren-secret-path"), "{problems:?}");
        let sound = "[[webhooks]]\nname = 'siren'\nurl_env = 'SIREN_URL'";
        let config = load(sound, &[("SIREN_URL", "https://siren.example.com/hush")]).expect("sound");
        assert_eq!(config.settings.webhooks, ["siren"]);
        assert!(!format!("{config:?}").contains("hush"));
    }

    #[test]
    fn a_token_is_known_by_its_digest() {
        let digest = hex::encode(<sha2::Sha256 as sha2::Digest>::digest("open sesame"));
        let (tokens, problems) = ApiToken::read(&format!("desk={digest},\n other={}", "0".repeat(64)));
        assert_eq!((tokens.len(), problems), (2, Vec::new()));
        assert!(tokens[0].is("open sesame") && !tokens[0].is("open") && !tokens[1].is("open sesame"));
        assert_eq!(tokens[0], ApiToken::new("desk", "open sesame"));
    }

    #[test]
    fn what_is_no_token_is_told_without_naming_it() {
        let digest = "ab".repeat(32);
        for bad in ["hunter2", "desk=hunter2", "=hunter2", &format!("a<b={digest}"), &format!("x={digest} x={digest}")]
        {
            let (tokens, problems) = ApiToken::read(bad);
            assert!(problems.len() == 1 && tokens.len() < 2, "{bad}: {problems:?}");
            assert!(!problems[0].contains("hunter2"), "{problems:?}");
        }
    }
}
