//! Roles and their contacts, the RACI table, services, people outside.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cx, circles::on_a_circle, ids};
use crate::playbook::{
    Contact, Paged, Role, RoleId, Service,
    problem::{Found, Place, place},
};

/// How many roles a form shows: as many as Slack takes in a menu.
pub const ROLES_SHOWN: usize = 100;
/// How many services a form shows, beside “Unknown”.
pub const SERVICES_SHOWN: usize = 99;

pub(super) fn check(cx: Cx<'_>, found: &mut Found) {
    paged(cx, found);
    ids(found, "role", &place!["roles"], cx.book.roles.iter().map(|r| r.id.as_str()));
    names(found, "role", "roles", cx.book.roles.iter().map(|r| (r.id.as_str(), &r.aliases)));
    if let Some(owner) = &cx.book.owner {
        contact(cx, found, place!["owner"], owner);
    }
    for (n, role) in cx.book.roles.iter().enumerate() {
        self::role(cx, found, n, role);
    }
    too_many_roles(cx, found);
    raci(cx, found);
    services(cx, found);
    too_many_services(cx, found);
    ids(found, "contact", &place!["contacts"], cx.book.contacts.iter().map(|c| c.id.as_str()));
    for (n, c) in cx.book.contacts.iter().enumerate() {
        if c.email.trim().is_empty() && c.phone.trim().is_empty() {
            found.error(
                place!["contacts", n, "id"],
                format!("contact `{}` has neither `email` nor `phone`; nobody could reach them", c.id),
            );
        }
    }
}

/// Whom severities page.
fn paged(cx: Cx<'_>, found: &mut Found) {
    for (n, def) in cx.book.severities.iter().enumerate() {
        for (p, paged) in def.page.iter().enumerate() {
            let at = || place!["severities", n, "page", p];
            if def.page[..p].contains(paged) {
                found.warn(at(), format!("{} pages `{paged}` twice; once is enough", def.level));
            }
            match paged {
                Paged::OwnService => {}
                Paged::Service(id) => {
                    cx.refers(found, at(), "service", id.as_str(), &cx.index.services);
                }
                Paged::Role(id) => {
                    cx.refers(found, at(), "role", id.as_str(), &cx.index.roles);
                    let is_reachable =
                        |role: &Role| role.contacts().any(|(_, who)| !matches!(who, Contact::External(_)));
                    if cx.index.role(id).is_some_and(|role| !is_reachable(role)) {
                        let what = format!(
                            "{} pages the role `{id}`, and nobody who can be paged is named for it; name somebody in its `main`",
                            def.level
                        );
                        found.warn(at(), what);
                    }
                }
            }
        }
    }
}

/// What people type for one thing must not mean another one.
fn names<'a>(found: &mut Found, sort: &str, array: &str, all: impl Iterator<Item = (&'a str, &'a Vec<String>)>) {
    let mut whose: BTreeMap<String, &str> = BTreeMap::new();
    for (n, (id, aliases)) in all.enumerate() {
        for (a, word) in std::iter::once(id).chain(aliases.iter().map(String::as_str)).enumerate() {
            let at = || if a == 0 { place![array, n, "id"] } else { place![array, n, "aliases", a - 1] };
            match whose.insert(word.to_lowercase(), id) {
                Some(other) if other != id => {
                    found.error(
                        at(),
                        format!("`{word}` means {sort} `{other}` and {sort} `{id}`; keep it for one of them"),
                    );
                }
                Some(_) | None => {}
            }
        }
    }
}

fn contact(cx: Cx<'_>, found: &mut Found, at: Place, contact: &Contact) {
    match contact {
        Contact::External(id) => cx.refers(found, at, "contact", id, &cx.index.contacts),
        Contact::User(_) | Contact::Group(_) | Contact::OnCall(_) => {}
    }
}

fn role(cx: Cx<'_>, found: &mut Found, n: usize, role: &Role) {
    let name = format!("role `{}`", role.id);
    for (key, text) in [("label", &role.label), ("purpose", &role.purpose)] {
        if text.trim().is_empty() {
            found.error(
                place!["roles", n, key],
                format!("{name}: `{key}` is empty; people read it when they are asked"),
            );
        }
    }
    for (k, kind) in role.kinds.iter().enumerate() {
        cx.refers(found, place!["roles", n, "kinds", k], "kind", kind.as_str(), &cx.index.kinds);
    }
    for (key, who) in role.contacts() {
        contact(cx, found, place!["roles", n, key], who);
    }
    match (&role.main, &role.backup) {
        (Some(main), Some(backup)) if main == backup => found.warn(
            place!["roles", n, "backup"],
            format!("{name}: main and backup are both {main}; when they do not answer, nobody else is asked"),
        ),
        (None, Some(_)) => found.warn(
            place!["roles", n, "backup"],
            format!("{name} has a backup and no `main`; only roles with a `main` are asked by themselves"),
        ),
        _ => {}
    }
    match &role.group {
        Some(_) if role.main.is_none() && role.backup.is_none() => found.warn(
            place!["roles", n, "group"],
            format!("{name} has a group and no `main`; only roles with a `main` are asked by themselves"),
        ),
        Some(group) if role.contacts().any(|(key, who)| key != "group" && who == group) => found.warn(
            place!["roles", n, "group"],
            format!("{name}: {group} is asked before as main or backup; when they do not answer, nobody else is asked"),
        ),
        Some(_) | None => {}
    }
    for (x, other) in role.excludes.iter().enumerate() {
        cx.refers(found, place!["roles", n, "excludes", x], "role", other.as_str(), &cx.index.roles);
        if *other == role.id {
            found.error(place!["roles", n, "excludes", x], format!("{name} excludes itself"));
        }
    }
    for (c, criterion) in role.consult_on.iter().enumerate() {
        let at = place!["roles", n, "consult_on", c];
        cx.refers(found, at, "criterion", criterion.as_str(), &cx.index.criteria);
    }
    ids(found, "duty", &place!["roles", n, "checklist"], role.checklist.iter().map(|d| d.id.as_str()));
    for (d, duty) in role.checklist.iter().enumerate() {
        if duty.text.trim().is_empty() {
            found.error(place!["roles", n, "checklist", d, "text"], format!("{name}: a duty says nothing"));
        }
    }
}

/// What the form for roles has no room for.
fn too_many_roles(cx: Cx<'_>, found: &mut Found) {
    // Those for every kind, and those of each; by their numbers.
    let (mut anywhere, mut of_kinds) = (Vec::new(), vec![Vec::new(); cx.book.kinds.len()]);
    for (n, role) in cx.book.roles.iter().enumerate() {
        let mut here = cx.index.kinds_of(&role.kinds).filter(|(_, k)| role.is_for(&k.id) || role.is_for_helpers(&k.id));
        if role.kinds.is_empty() {
            anywhere.extend(here.next().map(|_| n));
        } else {
            here.for_each(|(k, _)| of_kinds[k].push(n));
        }
    }
    let mut told = BTreeSet::new();
    for (kind, own) in cx.book.kinds.iter().zip(of_kinds) {
        let count = anywhere.len() + own.len();
        let mut first: Vec<usize> =
            [&anywhere, &own].into_iter().flat_map(|all| all.iter().take(ROLES_SHOWN + 1)).copied().collect();
        first.sort_unstable();
        let Some(n) = first.get(ROLES_SHOWN).filter(|n| told.insert(**n)) else { continue };
        let (more, role) = (count - ROLES_SHOWN, &cx.book.roles[*n]);
        found.warn(
            place!["roles", *n, "id"],
            format!(
                "kind `{}` has more roles than the form that assigns them shows ({ROLES_SHOWN}); from role `{}` on, {more} can only \
                 be typed (`/incident role {} @person`)",
                kind.id, role.id, role.id
            ),
        );
    }
}

/// What the form that declares has no room for.
fn too_many_services(cx: Cx<'_>, found: &mut Found) {
    let services = &cx.book.services;
    if let Some(service) = services.get(SERVICES_SHOWN) {
        let more = services.len() - SERVICES_SHOWN;
        found.warn(
            place!["services", SERVICES_SHOWN, "id"],
            format!(
                "there are more services than the form that declares shows ({SERVICES_SHOWN}); from service `{}` on, {more} can only \
                 be typed (`/incident declare for {} …`)",
                service.id, service.id
            ),
        );
    }
}

fn raci(cx: Cx<'_>, found: &mut Found) {
    ids(found, "activity", &place!["raci"], cx.book.raci.iter().map(|a| a.id.as_str()));
    for (n, activity) in cx.book.raci.iter().enumerate() {
        let name = format!("activity `{}`", activity.id);
        cx.refers(found, place!["raci", n, "accountable"], "role", activity.accountable.as_str(), &cx.index.roles);
        let cells: [(&str, &Vec<RoleId>); 3] = [
            ("responsible", &activity.responsible),
            ("consulted", &activity.consulted),
            ("informed", &activity.informed),
        ];
        for (key, roles) in cells {
            for (r, role) in roles.iter().enumerate() {
                cx.refers(found, place!["raci", n, key, r], "role", role.as_str(), &cx.index.roles);
            }
        }
        if activity.responsible.is_empty() {
            found.error(place!["raci", n, "responsible"], format!("{name}: nobody is responsible, so nobody does it"));
        }
    }
}

fn services(cx: Cx<'_>, found: &mut Found) {
    let services = &cx.book.services;
    ids(found, "service", &place!["services"], services.iter().map(|s| s.id.as_str()));
    names(found, "service", "services", services.iter().map(|s| (s.id.as_str(), &s.aliases)));
    let needs = |service: &Service| -> Vec<usize> {
        service.depends_on.iter().filter_map(|id| cx.index.services.at(id.as_str())).collect()
    };
    let needs: Vec<_> = services.iter().map(needs).collect();
    let circular = on_a_circle(&needs);
    for (n, service) in services.iter().enumerate() {
        if let Some(owner) = &service.owner {
            contact(cx, found, place!["services", n, "owner"], owner);
        }
        for (d, other) in service.depends_on.iter().enumerate() {
            cx.refers(found, place!["services", n, "depends_on", d], "service", other.as_str(), &cx.index.services);
        }
        if circular[n] {
            found.error(
                place!["services", n, "depends_on"],
                format!("service `{}` depends on itself, through what it depends on; break the circle", service.id),
            );
        }
    }
}
