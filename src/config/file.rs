//! `watchroom.toml` as people write it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    alerts::{RuleEntry, SourceEntry},
    connectors::ConnectorEntry,
    digest::DigestEntry,
    gotify::GotifyEntry,
    grafana_oncall::GrafanaOnCallEntry,
    mail::MailEntry,
    opsgenie::OpsgenieEntry,
    pagerduty::PagerDutyEntry,
    pagers::PagerEntry,
    schedule::ScheduleEntry,
    status_page::StatusPageEntry,
    twilio::TwilioEntry,
    ways::NtfyEntry,
    webhooks::WebhookEntry,
};
use crate::{
    ids::UserId,
    paging::{
        AT_ONCE, Answers, Condition, Guard, Hours, Policy, Step, Target,
        external::{External, Provider},
        import::is_placeholder,
        schedule::{WeeklyWindow, Zone},
    },
    playbook::Severity,
};

/// The file. Every key may be left out; an unknown one is told, because it is a typing error.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct File {
    pub listen: Option<String>,
    pub public_url: Option<String>,
    pub data: Option<String>,
    pub playbook: Option<String>,
    pub slack_api_url: Option<String>,
    pub timezone: Option<String>,
    pub announce_channel: Option<String>,
    pub updates_channel: Option<String>,
    pub alerts_channel: Option<String>,
    pub call_bridge: Option<String>,
    pub archive_on_close: bool,
    pub paging: Paging,
    pub policies: Vec<PolicyEntry>,
    pub schedules: Vec<ScheduleEntry>,
    pub people: BTreeMap<String, String>,
    pub alert_sources: Vec<SourceEntry>,
    pub alert_rules: Vec<RuleEntry>,
    pub pagerduty: Option<PagerDutyEntry>,
    pub opsgenie: Option<OpsgenieEntry>,
    pub grafana_oncall: Option<GrafanaOnCallEntry>,
    pub pagers: Vec<PagerEntry>,
    pub ntfy: Option<NtfyEntry>,
    pub gotify: Option<GotifyEntry>,
    pub twilio: Option<TwilioEntry>,
    pub mail: Option<MailEntry>,
    pub webhooks: Vec<WebhookEntry>,
    pub status_page: Option<StatusPageEntry>,
    pub connectors: Vec<ConnectorEntry>,
    pub digest: Option<DigestEntry>,
}

/// `[paging]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Paging {
    pub wait_min: Option<u32>,
    pub repeat_min: Option<u32>,
    pub ack_timeout_min: Option<u32>,
    pub guard: Guard,
    pub fallback: Vec<String>,
}

/// What an option of a menu in Slack may carry.
const LONGEST_NAME: usize = 75;

/// `[[policies]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyEntry {
    pub name: String,
    #[serde(default)]
    pub repeat: u32,
    pub ack_timeout_min: Option<u32>,
    pub timezone: Option<String>,
    pub urgent: Option<Vec<UrgentEntry>>,
    pub steps: Vec<StepEntry>,
    #[serde(default)]
    pub fallback: Vec<String>,
}

/// `[[policies.steps]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepEntry {
    pub targets: Vec<String>,
    pub wait_min: Option<u32>,
    pub repeat_min: Option<u32>,
    #[serde(default)]
    pub severities: Vec<String>,
    pub between: Option<WeeklyWindow>,
    #[serde(default)]
    pub acknowledge: Answers,
    #[serde(default)]
    pub round_robin: bool,
}

/// One of `urgent` of `[[policies]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UrgentEntry {
    #[serde(default)]
    pub severities: Vec<String>,
    pub between: Option<WeeklyWindow>,
}

/// When something holds, by the clocks of this zone, with its problems told under `place`.
fn condition(
    severities: &[String],
    between: Option<&WeeklyWindow>,
    place: &str,
    zone: Option<&Zone>,
    problems: &mut Vec<String>,
) -> Condition {
    let mut only = Condition::default();
    for text in severities {
        match severity(text) {
            Some(severity) => only.severities.push(severity),
            None => problems.push(format!("{place}: `{text}` is no severity; write SEV1, SEV2 …")),
        }
    }
    only.severities.sort_unstable();
    only.severities.dedup();
    if between.is_some_and(|window| window.days.is_empty()) {
        problems.push(format!("{place}: `between` names no days; write days = [\"mon\", …]"));
    }
    only.between = between.cloned().zip(zone).map(|(window, zone)| Hours { zone: zone.clone(), window });
    only
}

impl StepEntry {
    /// The step, with its problems told under `place`.
    fn step(&self, place: &str, zone: Option<&Zone>, problems: &mut Vec<String>) -> Step {
        let targets = targets(place, &self.targets, problems);
        if self.targets.is_empty() {
            problems.push(format!("{place} has no targets; say who is asked"));
        }
        let (wait_min, repeat_min) = (self.wait_min.unwrap_or(WAIT_MIN), self.repeat_min.unwrap_or(REPEAT_MIN));
        if !(1..=MOST).contains(&wait_min) || repeat_min > MOST {
            problems.push(format!("{place}: `wait_min` must be 1 to {MOST}, `repeat_min` 0 to {MOST}"));
        }
        let only = condition(&self.severities, self.between.as_ref(), place, zone, problems);
        let acknowledge = self.acknowledge;
        let is_nobody = |t: &Target| matches!(t, Target::Channel(_) | Target::Webhook(_));
        if acknowledge == Answers::All && targets.iter().all(|t| is_nobody(t) || matches!(t, Target::External(_))) {
            problems.push(format!(
                "{place}: channels and webhooks acknowledge nothing, other providers for all of theirs; leave out acknowledge = \"all\""
            ));
        }
        let round_robin = self.round_robin;
        if round_robin && acknowledge == Answers::All {
            problems.push(format!(
                "{place}: round_robin asks one person, and acknowledge = \"all\" waits for several; leave one of them out"
            ));
        }
        if round_robin && targets.iter().any(is_nobody) {
            problems.push(format!(
                "{place}: channels and webhooks take no turn; round_robin asks people, groups and schedules"
            ));
        }
        Step { targets, wait_min, repeat_min, only, acknowledge, round_robin }
    }
}

/// `SEV1`, in any case.
fn severity(text: &str) -> Option<Severity> {
    let level: u8 = text.trim().to_uppercase().strip_prefix("SEV")?.parse().ok()?;
    (level > 0).then_some(Severity(level))
}

/// Minutes that a step waits, and between its repetitions, where the file does not say.
pub(super) const WAIT_MIN: u32 = 5;
/// See [`WAIT_MIN`].
pub(super) const REPEAT_MIN: u32 = 2;
/// The most rounds and minutes that make sense; more is a typing error.
pub(super) const MOST: u32 = 9000;

/// The most steps of a policy, and targets of all of them: a page keeps its policy, and an incident's state stays small.
const MOST_STEPS: usize = 10;
/// See [`MOST_STEPS`].
const MOST_TARGETS: usize = 40;

/// The most conditions of `urgent`; see [`MOST_STEPS`].
const MOST_URGENT: usize = 3;

/// An id that may be written as a target: `U1` or `user:U1`.
pub(super) fn unprefixed<'a>(text: &'a str, kind: &str) -> &'a str {
    let text = text.trim();
    text.strip_prefix(kind).and_then(|rest| rest.trim_start().strip_prefix(':')).map_or(text, str::trim)
}

/// What is wrong with a person's id that Slack cannot have given: mostly it is an address, which an import writes for people that it
/// does not know.
pub(super) fn no_person(who: &UserId) -> Option<String> {
    let sentence = || {
        format!(
            "`{who}` is no id of a person in Slack; write one like U0123456 (their profile, the three dots, \"Copy member ID\")"
        )
    };
    is_placeholder(who.as_str()).then(sentence)
}

/// `user:U1`, `group:S1`, `channel:C1` (a channel may also be named: `channel:#incidents`), `schedule:primary`,
/// `schedule:primary/weekdays` (one rotation), `role:incident_commander`, `service:checkout`, `webhook:pager`, `pagerduty:P1234AB`,
/// `opsgenie:team:…` (a team, an `escalation`, a `schedule` or a `user` there), `grafana:CFRPV98RPR1U8` (an integration there), `pager:night-desk` (one of `[[pagers]]`).
pub(super) fn target(text: &str) -> Result<Target, String> {
    let wrong = || {
        format!(
            "`{text}` is not a target; write user:U123, group:S123, channel:C123, schedule:primary, \
             role:incident_commander, service:checkout, webhook:pager, pagerduty:P1234AB, \
             opsgenie:team:<id>, grafana:CFRPV98RPR1U8 or pager:night-desk"
        )
    };
    let (kind, id) = text.split_once(':').ok_or_else(wrong)?;
    let id = id.trim().trim_start_matches('#');
    if id.is_empty() {
        return Err(wrong());
    }
    match kind.trim() {
        "user" => {
            let who = id.into();
            no_person(&who).map_or(Ok(Target::Person(who)), Err)
        }
        "group" => Ok(Target::Group(id.into())),
        "channel" => Ok(Target::Channel(id.into())),
        "schedule" => Ok(match id.split_once('/') {
            Some((schedule, rotation)) => {
                Target::Rotation { schedule: schedule.trim().into(), rotation: rotation.trim().to_owned() }
            }
            None => Target::Schedule(id.into()),
        }),
        "role" => Ok(Target::Role(id.into())),
        "service" => Ok(Target::Service(id.into())),
        "webhook" => Ok(Target::Webhook(id.to_owned())),
        kind => external(Provider::named(kind).ok_or_else(wrong)?, id).map(Target::External),
    }
}

/// The same of what somebody types, where it names another provider.
pub(crate) fn external_target(text: &str) -> Option<Result<External, String>> {
    let (kind, id) = text.split_once(':')?;
    Some(external(Provider::named(kind)?, id))
}

/// What is paged at another provider; the words of its kind are checked, since it would take any of them and ask nobody.
fn external(at: Provider, id: &str) -> Result<External, String> {
    let is_id = || id.bytes().all(|b| b.is_ascii_alphanumeric()).then(|| External { at, id: id.to_owned() });
    match at {
        Provider::PagerDuty => is_id().ok_or_else(|| {
            format!("`{id}` is no id of a service of PagerDuty; it stands at the end of its address, like P1234AB")
        }),
        Provider::GrafanaOnCall => is_id().ok_or_else(|| {
            format!(
                "`{id}` is no id of an integration of Grafana OnCall; it is shown beside its name, like CFRPV98RPR1U8"
            )
        }),
        // Whether there is one of this name, the settings tell.
        Provider::Pager => Ok(External { at, id: id.trim().to_owned() }),
        Provider::Opsgenie => {
            const KINDS: [&str; 4] = ["team", "escalation", "schedule", "user"];
            let parts = id.split_once(':').map(|(kind, id)| (kind.trim(), id.trim()));
            let known = parts.filter(|(kind, id)| KINDS.contains(kind) && !id.is_empty() && !id.contains(['/', ' ']));
            let wrong = || {
                format!(
                    "`opsgenie:{id}` does not say what is paged; write opsgenie:team:<id>, opsgenie:escalation:<id>, \
                     opsgenie:schedule:<id> or opsgenie:user:<id>"
                )
            };
            known.map(|(kind, id)| External { at, id: format!("{kind}:{id}") }).ok_or_else(wrong)
        }
    }
}

/// Targets, with their problems told under `place`.
pub(super) fn targets(place: &str, texts: &[String], problems: &mut Vec<String>) -> Vec<Target> {
    let mut found = Vec::new();
    for text in texts {
        match target(text) {
            Ok(target) => found.push(target),
            Err(problem) => problems.push(format!("{place}: {problem}")),
        }
    }
    found
}

/// The fallback is who is left when all else fails, other providers among it.
pub(super) fn only_elsewhere(place: &str, fallback: &[Target]) -> Option<String> {
    let elsewhere = !fallback.is_empty() && fallback.iter().all(|target| matches!(target, Target::External(_)));
    let problem = || {
        format!(
            "{place} asks other providers alone, and nobody while they cannot be reached; name a user, group, schedule or channel \
             beside them"
        )
    };
    elsewhere.then(problem)
}

impl PolicyEntry {
    /// The policy, with `fallback` where it names none of its own, and this time zone likewise.
    pub(super) fn policy(&self, fallback: &[Target], zone: &str, problems: &mut Vec<String>) -> Policy {
        let place = format!("policy `{}`", self.name);
        let zone = Zone::named(self.timezone.as_deref().unwrap_or(zone));
        // That of the deployment is told of by itself.
        if let (Some(_), Err(unknown)) = (&self.timezone, &zone) {
            problems.push(format!("{place}: {unknown}"));
        }
        if self.name.trim().is_empty() {
            problems.push("a policy has no name; give it one".into());
        }
        if self.name.chars().count() > LONGEST_NAME {
            problems.push(format!(
                "{place} has a name of more than {LONGEST_NAME} characters, which no menu in Slack takes"
            ));
        }
        if self.steps.is_empty() {
            problems.push(format!("{place} has no steps; name at least one"));
        }
        let lists = || self.steps.iter().map(|s| &s.targets).chain([&self.fallback]);
        let all: usize = lists().map(Vec::len).sum();
        if self.steps.len() > MOST_STEPS || all > MOST_TARGETS || lists().any(|targets| targets.len() > AT_ONCE) {
            problems.push(format!(
                "{place} is too long: at most {MOST_STEPS} steps, {AT_ONCE} targets in each, {MOST_TARGETS} in all of them; \
                 more people are not asked at once"
            ));
        }
        let mut steps = Vec::new();
        for (n, step) in self.steps.iter().enumerate() {
            let place = format!("{place}, step {}", n + 1);
            steps.push(step.step(&place, zone.as_ref().ok(), problems));
        }
        if self.ack_timeout_min.is_some_and(|m| m > MOST) {
            problems.push(format!("{place}: `ack_timeout_min` must be 0 to {MOST}"));
        }
        if self.repeat > 100 {
            problems.push(format!("{place}: `repeat` must be at most 100"));
        }
        let own = targets(&format!("{place}, fallback"), &self.fallback, problems);
        problems.extend(only_elsewhere(&format!("{place}, fallback"), &own));
        let fallback = if own.is_empty() { fallback.to_vec() } else { own };
        if fallback.is_empty() {
            problems.push(format!(
                "{place} has no fallback; set `fallback` in [paging] or in the policy, so that a page is never dropped"
            ));
        }
        let urgent = self.urgent(&place, zone.as_ref().ok(), problems);
        let (name, ack_timeout_min) = (self.name.clone(), self.ack_timeout_min);
        Policy { name, steps, repeat: self.repeat, fallback, ack_timeout_min, urgent, turn: 0, of: None }
    }

    fn urgent(&self, place: &str, zone: Option<&Zone>, problems: &mut Vec<String>) -> Option<Vec<Condition>> {
        let entries = self.urgent.as_ref()?;
        let place = format!("{place}, urgent");
        if entries.len() > MOST_URGENT {
            problems.push(format!("{place}: at most {MOST_URGENT} conditions; name several severities in one"));
        }
        let each = entries.iter().map(|e| condition(&e.severities, e.between.as_ref(), &place, zone, problems));
        Some(each.collect())
    }
}
