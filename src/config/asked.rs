//! Whom the names of policies and services mean: in commands, in the playbook, and in steps of policies.

use std::collections::VecDeque;

use super::Settings;
use crate::{
    paging::{Condition, Policy, Step, Target},
    playbook::{Contact, Playbook, Role, Service, ServiceId},
};

/// The policy with this name, in any case; its fallback is the deployment's where it has none.
#[must_use]
pub fn policy_of(settings: &Settings, name: &str) -> Option<Policy> {
    let found = settings.policies.iter().find(|p| p.name.eq_ignore_ascii_case(name.trim()))?;
    let mut policy = found.clone();
    if policy.fallback.is_empty() {
        policy.fallback.clone_from(&settings.fallback);
    }
    Some(policy)
}

/// Who is paged for a service: its policy, else its owner; the fallback where nobody is named for it.
#[must_use]
pub fn policy_of_service(settings: &Settings, service: &Service) -> Policy {
    let by_name = |name: &String| policy_of(settings, name);
    let on_call = match &service.owner {
        Some(Contact::OnCall(name)) => policy_of(settings, name),
        Some(Contact::User(_) | Contact::Group(_) | Contact::External(_)) | None => None,
    };
    let owned = service.owner.as_ref().and_then(|owner| target_of(settings, owner));
    let owner = owned.map(|target| asking(settings, service.id.to_string(), vec![target]));
    let named = service.policy.as_ref().and_then(by_name);
    named.or(owner).or(on_call).unwrap_or_else(|| nobody(settings, service.id.as_str()))
}

/// Whom a contact means, where a page can reach them.
fn target_of(settings: &Settings, contact: &Contact) -> Option<Target> {
    match contact {
        Contact::User(user) => Some(Target::Person(user.clone())),
        Contact::Group(group) => Some(Target::Group(group.clone())),
        Contact::OnCall(name) => settings.schedule(name).map(|f| Target::Schedule(f.schedule.id.clone())),
        Contact::External(_) => None,
    }
}

/// Who is paged for a service without being asked for; none where nobody is named for it.
#[must_use]
pub fn named_for_service(settings: &Settings, service: &Service) -> Option<Policy> {
    Some(policy_of_service(settings, service)).filter(|policy| !policy.steps.is_empty())
}

/// Who is paged to take a role: one contact after the other, each with so many minutes to answer; none where nobody is named for it
/// whom a page can reach.
#[must_use]
pub fn policy_of_role(settings: &Settings, role: &Role, wait_min: u32) -> Option<Policy> {
    let targets = role.contacts().filter_map(|(_, contact)| target_of(settings, contact));
    let wait_min = if wait_min > 0 { wait_min } else { settings.page_wait_min };
    let mut policy = asking(settings, role.label.clone(), Vec::new());
    policy.steps = targets
        .map(|target| Step { targets: vec![target], wait_min, repeat_min: settings.page_repeat_min, ..Step::default() })
        .collect();
    (!policy.steps.is_empty()).then_some(policy)
}

/// Whom a step asks that names this service: those of the first step that asks now, by `holds`, of the service's own policy.
/// A service that this one names in turn stands for its own people, each service once; one that nobody is named for, for nobody.
#[must_use]
pub fn asked_for_service(
    settings: &Settings,
    playbook: &Playbook,
    service: &ServiceId,
    holds: impl Fn(&Condition) -> bool,
) -> Vec<Target> {
    let mut asked = Vec::new();
    let (mut seen, mut waiting) = (Vec::new(), VecDeque::from([service.clone()]));
    while let Some(id) = waiting.pop_front() {
        let Some(service) = playbook.service(id.as_str()).filter(|service| !seen.contains(&service.id)) else {
            continue;
        };
        seen.push(service.id.clone());
        let policy = policy_of_service(settings, service);
        let first = policy.steps.into_iter().find(|step| holds(&step.only));
        for target in first.into_iter().flat_map(|step| step.targets) {
            match target {
                Target::Service(next) => waiting.push_back(next),
                target if !asked.contains(&target) => asked.push(target),
                _ => {}
            }
        }
    }
    asked
}

/// Nobody is named for this: the fallback is asked at once, so that a page is never silently nothing.
#[must_use]
pub fn nobody(settings: &Settings, name: &str) -> Policy {
    Policy { name: name.to_owned(), fallback: settings.fallback.clone(), ..Policy::default() }
}

/// A page of exactly these, then the fallback, as the deployment waits and repeats.
#[must_use]
pub fn asking(settings: &Settings, name: String, targets: Vec<Target>) -> Policy {
    Policy::of(name, targets, settings.page_wait_min, settings.page_repeat_min, settings.fallback.clone())
}
