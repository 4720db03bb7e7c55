//! `[[alert_sources]]` and `[[alert_rules]]`: who delivers alerts, how they are read, and what becomes of them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Secret, file::target};
use crate::{
    alert::{Act, Rule},
    paging::{Target, schedule::ScheduleId},
    playbook::{Playbook, ServiceId, Severity},
};

/// A source of alerts that has settings of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertSource {
    /// Its name, which is that of its token too.
    pub name: String,
    /// The label that names a service.
    pub service_label: String,
    /// How its alerts are read, where they have no format that is known.
    pub mapping: Option<Mapping>,
    /// What it signs with.
    pub secret: Option<Secret>,
    /// In which format it delivers.
    pub kind: SourceKind,
}

/// In which format a source delivers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Prometheus Alertmanager.
    Alertmanager,
    /// Grafana Alerting.
    Grafana,
    /// Any JSON.
    Generic,
}

/// Where in a JSON body the parts of an alert stand: JSON pointers (RFC 6901).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// The list of alerts; none: the body is one alert. The other pointers begin at each of them.
    pub list: Option<String>,
    /// What makes an alert itself.
    pub key: String,
    /// What it is called.
    pub title: String,
    /// What belongs together; none: all of the source.
    pub group: Option<String>,
    /// What it says.
    pub summary: Option<String>,
    /// Its service.
    pub service: Option<String>,
    /// How bad.
    pub severity: Option<String>,
    /// Does it fire?
    pub status: Option<String>,
    /// What stands there where it does not.
    pub resolved_values: Vec<String>,
    /// Since when it fires.
    pub starts: Option<String>,
    /// Since when it does not.
    pub ends: Option<String>,
    /// Where to look.
    pub link: Option<String>,
}

/// `[[alert_sources]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceEntry {
    name: String,
    kind: SourceKind,
    service_label: Option<String>,
    list: Option<String>,
    key: Option<String>,
    title: Option<String>,
    group: Option<String>,
    summary: Option<String>,
    service: Option<String>,
    severity: Option<String>,
    status: Option<String>,
    resolved_values: Option<Vec<String>>,
    starts: Option<String>,
    ends: Option<String>,
    link: Option<String>,
}

/// `[[alert_rules]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleEntry {
    source: Option<String>,
    service: Option<String>,
    #[serde(default)]
    severity: Vec<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(rename = "do")]
    act: ActEntry,
    incident_severity: Option<u8>,
    lead: Option<String>,
    lead_on_call: Option<String>,
    policy: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ActEntry {
    Declare,
    Offer,
    Attach,
    Ignore,
}

/// What stands at `status` where an alert does not fire, unless the source says otherwise.
const RESOLVED: [&str; 5] = ["resolved", "ok", "closed", "recovered", "normal"];

/// The variable that holds the secret of a source.
pub(super) fn secret_of(name: &str) -> String {
    let upper = name.to_uppercase();
    format!("WATCHROOM_ALERT_SECRET_{}", upper.replace(|c: char| !c.is_ascii_alphanumeric(), "_"))
}

impl SourceEntry {
    /// The source, with its problems told.
    pub(super) fn source(&self, secret: Option<Secret>, problems: &mut Vec<String>) -> AlertSource {
        let place = format!("alert source `{}`", self.name);
        if !super::tokens::is_name(&self.name) {
            problems.push(format!("{place}: a name has 1 to 40 letters, digits, `-`, `_` and `.`"));
        }
        let named = self.pointers();
        for (key, pointer) in &named {
            if !pointer.starts_with('/') {
                problems.push(format!("{place}: `{key}` is no JSON pointer; write for example `/alert/id`"));
            }
        }
        let mapping = match self.kind {
            SourceKind::Generic => Some(self.mapping(&place, problems)),
            SourceKind::Alertmanager | SourceKind::Grafana => {
                if !named.is_empty() || self.resolved_values.is_some() {
                    problems.push(format!("{place}: pointers are for kind = \"generic\"; its own format is known"));
                }
                None
            }
        };
        let service_label = self.service_label.clone().unwrap_or_else(|| "service".to_owned());
        AlertSource { name: self.name.clone(), service_label, mapping, secret, kind: self.kind }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    fn pointers(&self) -> Vec<(&'static str, &String)> {
        let all = [
            ("list", &self.list),
            ("key", &self.key),
            ("title", &self.title),
            ("group", &self.group),
            ("summary", &self.summary),
            ("service", &self.service),
            ("severity", &self.severity),
            ("status", &self.status),
            ("starts", &self.starts),
            ("ends", &self.ends),
            ("link", &self.link),
        ];
        all.into_iter().filter_map(|(key, pointer)| Some((key, pointer.as_ref()?))).collect()
    }

    fn mapping(&self, place: &str, problems: &mut Vec<String>) -> Mapping {
        for (key, pointer, why) in
            [("key", &self.key, "what makes an alert itself"), ("title", &self.title, "what it is called")]
        {
            if pointer.is_none() {
                problems.push(format!("{place} has no `{key}`; write the JSON pointer to {why}"));
            }
        }
        let resolved = self.resolved_values.clone();
        Mapping {
            list: self.list.clone(),
            key: self.key.clone().unwrap_or_default(),
            title: self.title.clone().unwrap_or_default(),
            group: self.group.clone(),
            summary: self.summary.clone(),
            service: self.service.clone(),
            severity: self.severity.clone(),
            status: self.status.clone(),
            resolved_values: resolved.unwrap_or_else(|| RESOLVED.map(str::to_owned).to_vec()),
            starts: self.starts.clone(),
            ends: self.ends.clone(),
            link: self.link.clone(),
        }
    }
}

impl RuleEntry {
    /// The rule, with its problems told; none where it cannot be one.
    pub(super) fn rule(&self, n: usize, known: &Known<'_>, problems: &mut Vec<String>) -> Option<Rule> {
        let place = format!("alert rule {n}");
        let before = problems.len();
        if let (Some(name), Some(playbook)) = (&self.service, known.playbook)
            && playbook.service(name).is_none()
        {
            problems.push(format!("{place}: the playbook has no service `{name}`"));
        }
        let severity = self.incident_severity.map(Severity);
        if let (Some(severity), Some(playbook)) = (severity, known.playbook)
            && playbook.severity(severity).is_none()
        {
            problems.push(format!("{place}: the playbook has no severity {}", severity.0));
        }
        if let Some(name) =
            self.policy.as_ref().filter(|name| !known.policies.iter().any(|p| p.eq_ignore_ascii_case(name)))
        {
            problems.push(format!("{place}: there is no policy `{name}` in [[policies]]"));
        }
        let act = self.act(&place, severity, problems)?;
        let service = self.service.as_deref().map(|name| {
            known.playbook.and_then(|p| p.service(name)).map_or_else(|| ServiceId::from(name), |s| s.id.clone())
        });
        let (source, severity, labels) = (self.source.clone(), self.severity.clone(), self.labels.clone());
        (problems.len() == before).then_some(Rule { source, service, severity, labels, act })
    }

    fn act(&self, place: &str, severity: Option<Severity>, problems: &mut Vec<String>) -> Option<Act> {
        if self.act != ActEntry::Declare
            && [&self.lead, &self.lead_on_call, &self.policy].into_iter().any(Option::is_some)
        {
            problems.push(format!("{place}: `lead`, `lead_on_call` and `policy` are for do = \"declare\""));
        }
        if matches!(self.act, ActEntry::Attach | ActEntry::Ignore) && severity.is_some() {
            problems.push(format!("{place}: `incident_severity` is for do = \"declare\" and do = \"offer\""));
        }
        Some(match self.act {
            ActEntry::Offer => Act::Offer { severity },
            ActEntry::Attach => Act::Attach,
            ActEntry::Ignore => Act::Ignore,
            ActEntry::Declare => match self.lead.as_deref().map(target) {
                Some(Ok(Target::Person(lead))) => {
                    let on_call = self.lead_on_call.as_deref().map(ScheduleId::from);
                    Act::Declare { severity, lead, on_call, policy: self.policy.clone() }
                }
                // Somebody must lead at once, whatever schedules and roles say by then.
                Some(
                    Ok(
                        Target::Group(_)
                        | Target::Channel(_)
                        | Target::Schedule(_)
                        | Target::Rotation { .. }
                        | Target::Role(_)
                        | Target::Service(_)
                        | Target::Webhook(_)
                        | Target::External(_),
                    )
                    | Err(_),
                )
                | None => {
                    problems.push(format!(
                        "{place}: do = \"declare\" wants `lead`, who leads until somebody takes over; write user:U123 \
                         (`lead_on_call` beside it goes before)"
                    ));
                    return None;
                }
            },
        })
    }
}

/// What rules may name.
pub(super) struct Known<'a> {
    pub playbook: Option<&'a Playbook>,
    pub policies: &'a [String],
}
