//! The JSON that hosted status pages serve under `/api/v2/`, so that programs that read those read ours.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::view::Reading;
use crate::{
    config::Component,
    status::{ComponentId, ComponentStatus, Kind, Post, PostStatus, Update},
};

/// How many incidents `incidents.json` holds.
const LATEST: usize = 50;

/// One of the documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Document {
    /// Everything that goes on.
    Summary,
    /// The page in a word.
    Status,
    /// How components stand.
    Components,
    /// The latest incidents.
    Incidents,
    /// Those that go on.
    Unresolved,
    /// The latest maintenance windows.
    Maintenances,
    /// Those to come.
    Upcoming,
    /// Those that go on.
    Active,
}

impl Document {
    /// Every one, by what stands behind `/api/v2/`.
    pub const ALL: [(&'static str, Self); 8] = [
        ("summary.json", Self::Summary),
        ("status.json", Self::Status),
        ("components.json", Self::Components),
        ("incidents.json", Self::Incidents),
        ("incidents/unresolved.json", Self::Unresolved),
        ("scheduled-maintenances.json", Self::Maintenances),
        ("scheduled-maintenances/upcoming.json", Self::Upcoming),
        ("scheduled-maintenances/active.json", Self::Active),
    ];
}

/// A document as it stands now.
#[must_use]
pub fn document(r: Reading<'_>, which: Document) -> Value {
    let page = ("page", page(r));
    let (status, components) = (("status", status(r)), ("components", components(r)));
    let incidents =
        |wanted: &dyn Fn(&Post) -> bool| ("incidents", posts(r, &|post| post.kind == Kind::Incident && wanted(post)));
    let maintenances = |wanted: &dyn Fn(&Post) -> bool| {
        ("scheduled_maintenances", posts(r, &|post| post.kind != Kind::Incident && wanted(post)))
    };
    let is_open = |post: &Post| !post.status.is_over();
    let parts = match which {
        Document::Summary => vec![page, components, incidents(&is_open), maintenances(&is_open), status],
        Document::Status => vec![page, status],
        Document::Components => vec![page, components],
        Document::Incidents => vec![page, incidents(&|_| true)],
        Document::Unresolved => vec![page, incidents(&is_open)],
        Document::Maintenances => vec![page, maintenances(&|_| true)],
        Document::Upcoming => vec![page, maintenances(&|post| post.status == PostStatus::Scheduled)],
        Document::Active => {
            vec![page, maintenances(&|post| is_open(post) && post.status != PostStatus::Scheduled)]
        }
    };
    Value::Object(parts.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())
}

fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// An id as hosted pages have them, from ours, which may be any text.
pub(super) fn code(what: &str, id: &str) -> String {
    hex::encode(&Sha256::digest(format!("{what}/{id}"))[..6])
}

pub(super) fn page_id(r: Reading<'_>) -> String {
    code("page", &r.settings.name)
}

fn page(r: Reading<'_>) -> Value {
    json!({
        "id": page_id(r), "name": r.settings.name, "url": r.settings.url.as_deref().unwrap_or_default(),
        "time_zone": r.settings.timezone, "updated_at": iso(r.changed_at()),
    })
}

/// The page in a word.
pub(super) fn indicator(r: Reading<'_>) -> &'static str {
    match r.worst() {
        ComponentStatus::Operational => "none",
        ComponentStatus::UnderMaintenance => "maintenance",
        ComponentStatus::DegradedPerformance => "minor",
        ComponentStatus::PartialOutage => "major",
        ComponentStatus::MajorOutage => "critical",
    }
}

fn status(r: Reading<'_>) -> Value {
    json!({ "indicator": indicator(r), "description": r.words.overall(r.worst()) })
}

/// How bad a post was at its worst, as hosted pages say it.
fn impact(post: &Post) -> &'static str {
    match (post.kind, post.worst()) {
        (Kind::Maintenance(_), _) => "maintenance",
        (Kind::Incident, ComponentStatus::Operational | ComponentStatus::UnderMaintenance) => "none",
        (Kind::Incident, ComponentStatus::DegradedPerformance) => "minor",
        (Kind::Incident, ComponentStatus::PartialOutage) => "major",
        (Kind::Incident, ComponentStatus::MajorOutage) => "critical",
    }
}

/// The components in order; those of one group behind the group.
fn components(r: Reading<'_>) -> Value {
    let mut all = Vec::new();
    let mut groups: Vec<&str> = Vec::new();
    for component in &r.settings.components {
        let Some(group) = component.group.as_deref() else {
            all.push(one(r, component, all.len()));
            continue;
        };
        if groups.contains(&group) {
            continue;
        }
        groups.push(group);
        let members: Vec<&Component> =
            r.settings.components.iter().filter(|c| c.group.as_deref() == Some(group)).collect();
        all.push(head(r, group, &members, all.len()));
        for member in members {
            all.push(one(r, member, all.len()));
        }
    }
    Value::Array(all)
}

fn head(r: Reading<'_>, group: &str, members: &[&Component], position: usize) -> Value {
    let worst = members.iter().map(|c| r.standing.page.status(&c.id)).max().unwrap_or_default();
    let ids: Vec<String> = members.iter().map(|c| code("component", c.id.as_str())).collect();
    json!({
        "id": code("group", group), "name": group, "status": worst.as_str(), "created_at": iso(r.since()),
        "updated_at": iso(r.changed_at()), "position": position + 1, "description": null, "showcase": false, "start_date": null,
        "group_id": null, "page_id": page_id(r), "group": true, "only_show_if_degraded": false, "components": ids,
    })
}

fn one(r: Reading<'_>, component: &Component, position: usize) -> Value {
    let status = r.standing.page.status(&component.id);
    let spells = r.standing.page.spells.get(&component.id);
    let last = spells.and_then(|spells| spells.last()).map(|spell| spell.to.unwrap_or(spell.from));
    json!({
        "id": code("component", component.id.as_str()), "name": component.name, "status": status.as_str(),
        "created_at": iso(r.since()), "updated_at": iso(last.unwrap_or_else(|| r.since())),
        "position": position + 1, "description": component.description, "showcase": true, "start_date": null,
        "group_id": component.group.as_deref().map(|group| code("group", group)), "page_id": page_id(r), "group": false,
        "only_show_if_degraded": false,
    })
}

fn posts(r: Reading<'_>, wanted: &dyn Fn(&Post) -> bool) -> Value {
    Value::Array(r.standing.posts.iter().filter(|post| wanted(post)).take(LATEST).map(|p| post(r, p)).collect())
}

/// A post with all its updates.
pub(super) fn notified(r: Reading<'_>, it: &Post) -> Value {
    post(r, it)
}

fn post(r: Reading<'_>, post: &Post) -> Value {
    let touched = r.settings.components.iter().enumerate().filter(|(_, c)| post.worst.contains_key(&c.id));
    let components: Vec<Value> = touched.map(|(n, c)| one(r, c, n)).collect();
    let updates: Vec<Value> = post.updates.iter().rev().map(|said| update(r, post, said)).collect();
    let link = r.settings.url.as_ref().map(|url| format!("{url}/incidents/{}", post.id));
    let mut all = json!({
        "id": post.id, "name": post.name.words().unwrap_or(r.words.removed), "status": post.status.as_str(),
        "created_at": iso(post.created_at), "updated_at": iso(post.updated_at), "monitoring_at": post.monitoring_at.map(iso),
        "resolved_at": post.resolved_at.map(iso), "impact": impact(post), "shortlink": link.unwrap_or_default(),
        "started_at": iso(post.started_at), "page_id": page_id(r), "incident_updates": updates, "components": components,
        "reminder_intervals": null,
    });
    if let Some(window) = post.window() {
        all["scheduled_for"] = iso(window.from).into();
        all["scheduled_until"] = iso(window.to).into();
    }
    all
}

fn update(r: Reading<'_>, post: &Post, update: &Update) -> Value {
    let affected: Vec<Value> = update.changes.iter().map(|(id, change)| affected(r, id, *change)).collect();
    json!({
        "id": code("update", &update.key), "status": update.status.as_str(),
        "body": update.body.words().unwrap_or(r.words.removed), "incident_id": post.id, "created_at": iso(update.at),
        "updated_at": iso(update.corrected_at.unwrap_or(update.at)), "display_at": iso(update.at),
        "affected_components": affected, "deliver_notifications": update.notify, "custom_tweet": null, "tweet_id": null,
    })
}

fn affected(r: Reading<'_>, id: &ComponentId, (old, new): (ComponentStatus, ComponentStatus)) -> Value {
    json!({
        "code": code("component", id.as_str()), "name": r.name(id), "old_status": old.as_str(), "new_status": new.as_str(),
    })
}
