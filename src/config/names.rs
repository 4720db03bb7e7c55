//! What settings and playbook name must be there: in each other, too.

use super::Config;
use crate::{
    alert::Act,
    paging::Target,
    playbook::{self, Contact, Service},
};

impl Config {
    /// Policies, schedules, rotations, roles, services and neighbours that are named and are not there, each a sentence.
    #[must_use]
    pub fn unknown_names(&self) -> Vec<String> {
        [policies(self), on_call(self), targets(self)].concat()
    }
}

/// The playbook names policies that the settings must have.
fn policies(config: &Config) -> Vec<String> {
    let known = |name: &str| config.settings.policies.iter().any(|p| p.name.eq_ignore_ascii_case(name));
    let services = config.playbook.playbook.iter().flat_map(|p| p.services.iter().enumerate());
    // A service without a policy is paged by its owner.
    let policy_of = |s: &Service| match (&s.policy, &s.owner) {
        (Some(policy), _) => Some(("policy", policy.clone())),
        (None, Some(Contact::OnCall(name))) if config.settings.schedule(name).is_none() => {
            Some(("owner", name.clone()))
        }
        (None, Some(Contact::OnCall(_) | Contact::User(_) | Contact::Group(_) | Contact::External(_)) | None) => None,
    };
    let sentence = |n: usize, service: &Service, key: &str, policy: &str| {
        let file = config.playbook.path.as_ref().map(|p| p.display().to_string()).unwrap_or_default();
        let line = playbook::line_of(&config.playbook.text, "services", n, key);
        let (kind, table) = if key == "owner" { ("schedule", "[[schedules]]") } else { ("policy", "[[policies]]") };
        let id = &service.id;
        format!("{file}:{line}: service `{id}` names the {kind} `{policy}`; add it to {table} of watchroom.toml")
    };
    let named = services.filter_map(|(n, s)| Some((n, s, policy_of(s)?)));
    let unknown = named.filter(|(_, _, (_, policy))| !known(policy));
    unknown.map(|(n, service, (key, policy))| sentence(n, service, key, &policy)).collect()
}

/// The playbook's owner and its roles name schedules that the settings must have.
fn on_call(config: &Config) -> Vec<String> {
    let Some(book) = &config.playbook.playbook else { return Vec::new() };
    let mut problems = Vec::new();
    if let Some(Contact::OnCall(name)) = &book.owner
        && config.settings.schedule(name).is_none()
    {
        problems.push(format!(
            "the playbook's `owner` is on call for the schedule `{name}`; add it to [[schedules]] of watchroom.toml"
        ));
    }
    for (n, role) in book.roles.iter().enumerate() {
        for (key, contact) in role.contacts() {
            let Contact::OnCall(name) = contact else { continue };
            if config.settings.schedule(name).is_none() {
                let file = config.playbook.path.as_ref().map(|p| p.display().to_string()).unwrap_or_default();
                let line = playbook::line_of(&config.playbook.text, "roles", n, key);
                problems.push(format!(
                    "{file}:{line}: role `{}` names the schedule `{name}`; add it to [[schedules]] of watchroom.toml",
                    role.id
                ));
            }
        }
    }
    problems
}

/// Targets name schedules, rotations, roles and services that must be there.
fn targets(config: &Config) -> Vec<String> {
    let settings = &config.settings;
    let mut problems = Vec::new();
    let mut look = |place: &str, target: &Target| {
        // Of one that cannot be used it is not known what it has.
        let book = config.playbook.playbook.as_ref();
        let lacks = match target {
            Target::Person(_) | Target::Group(_) | Target::Channel(_) => None,
            Target::Schedule(id) => settings.schedule_of(id).is_none().then(|| format!("[[schedules]] has no `{id}`")),
            Target::Rotation { schedule, rotation } => match settings.schedule_of(schedule) {
                None => Some(format!("[[schedules]] has no `{schedule}`")),
                Some(found) if found.schedule.only(rotation).layers.is_empty() => {
                    Some(format!("schedule `{schedule}` has no rotation `{rotation}`"))
                }
                Some(_) => None,
            },
            Target::Role(id) => {
                book.is_some_and(|b| b.role(id.as_str()).is_none()).then(|| format!("the playbook has no role `{id}`"))
            }
            Target::Webhook(name) => {
                (!settings.webhooks.contains(name)).then(|| format!("[[webhooks]] has no `{name}`"))
            }
            Target::External(of) => settings.external_pagers.lacks(of),
            Target::Service(id) => book
                .is_some_and(|b| b.service(id.as_str()).is_none())
                .then(|| format!("the playbook has no service `{id}`")),
        };
        problems.extend(lacks.map(|lacks| format!("{place}: {lacks}")));
    };
    for policy in &settings.policies {
        for (n, step) in policy.steps.iter().enumerate() {
            let place = format!("policy `{}`, step {}", policy.name, n + 1);
            step.targets.iter().for_each(|target| look(&place, target));
        }
        policy.fallback.iter().for_each(|target| look(&format!("policy `{}`, fallback", policy.name), target));
    }
    settings.fallback.iter().for_each(|target| look("[paging] fallback", target));
    for (n, rule) in (1..).zip(&settings.alert_rules) {
        if let Act::Declare { on_call: Some(schedule), .. } = &rule.act {
            look(&format!("alert rule {n}, lead_on_call"), &Target::Schedule(schedule.clone()));
        }
    }
    problems.dedup();
    problems
}
