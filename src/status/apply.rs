//! Folds a fact into the page and its post.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{
    Change, ComponentId, ComponentStatus, HISTORY_DAYS, Impact, Kind, Page, Post, PostStatus, Posted, Spell, Update,
};
use crate::incident::Text;

/// The page and the post after a fact, which is the `seq`-th. Total: what stands in the record is true.
#[must_use]
pub fn apply(mut page: Page, post: Option<Post>, seq: u64, fact: &Posted) -> (Page, Option<Post>) {
    let at = fact.at;
    page.version = seq;
    let before = page.changed_at.replace(at);
    let said = match &fact.what {
        Change::IncidentPosted { update, name, body, status, impact, started_at, next_by, post: id, .. } => {
            let mut it = post.unwrap_or_else(|| new(id, seq, Kind::Incident, *started_at, at));
            it.started_at = *started_at;
            it.next_by = next_by.filter(|_| !status.is_over());
            Some((it, update, (Some(name), body), *status, impact.clone()))
        }
        Change::MaintenancePlanned { post: id, update, name, body, window, impact, notify, .. } => {
            let it = post.unwrap_or_else(|| new(id, seq, Kind::Maintenance(*window), at, at));
            let it = Post {
                kind: Kind::Maintenance(*window),
                planned_by: it.planned_by.clone().or_else(|| fact.by.person().cloned()),
                planned_at: at,
                notify: *notify,
                worst: impact.clone(),
                ..it
            };
            let status = if goes_on(it.status) { it.status } else { PostStatus::Scheduled };
            Some((it, update, (Some(name), body), status, if goes_on(status) { impact.clone() } else { Impact::new() }))
        }
        Change::MaintenanceMoved { update, status, body, .. } => post.map(|it| {
            let it = begun(it, *status, at);
            let now = if goes_on(*status) { it.worst.clone() } else { Impact::new() };
            (it, update, (None, body), *status, now)
        }),
        Change::MaintenanceCancelled { update, body, .. } => {
            post.map(|it| (Post { cancelled: true, ..it }, update, (None, body), PostStatus::Completed, Impact::new()))
        }
        Change::UpdateCorrected { update, name, body, .. } => {
            return (page, post.map(|it| corrected(it, update, name.as_ref(), Some(body), (seq, at))));
        }
        Change::UpdateRedacted { update, .. } => {
            return (page, post.map(|it| corrected(it, update, None, None, (seq, at))));
        }
        // News for subscribers alone: nothing reads differently.
        Change::MaintenanceNear { .. } => return (Page { changed_at: before, ..page }, post),
        Change::IncidentTakenDown { .. } => return (taken_down(page, post.as_ref(), at), None),
    };
    let Some((mut it, update, (name, body), status, impact)) = said else { return (page, None) };
    if it.updates.iter().any(|u| u.key == *update) {
        return (page, Some(it));
    }
    let stood = standing(&page, &it, &impact);
    let now = if status.is_over() { Impact::new() } else { impact };
    stand(&mut page, &it, &now, status.is_over(), at);
    let changes = stood.into_iter().map(|(c, was)| (c.clone(), (was, page.status(&c)))).filter(|(_, (a, b))| a != b);
    it.updates.push(Update {
        key: update.clone(),
        seqs: vec![seq],
        status,
        name: name.cloned(),
        body: body.clone(),
        at,
        corrected_at: None,
        notify: fact.what.notifies(),
        changes: changes.collect(),
    });
    for (component, status) in &now {
        let worst = it.worst.entry(component.clone()).or_default();
        *worst = (*worst).max(*status);
    }
    it.name = headline(&it);
    it.impact = now;
    it.status = status;
    it.updated_at = at;
    it.monitoring_at = it.monitoring_at.or((status == PostStatus::Monitoring).then_some(at));
    it.resolved_at = status.is_over().then_some(at);
    (page, Some(it))
}

/// It may have begun earlier than planned.
fn begun(mut it: Post, status: PostStatus, at: Timestamp) -> Post {
    if let (PostStatus::InProgress, Kind::Maintenance(window)) = (status, &mut it.kind) {
        window.from = window.from.min(at);
    }
    it
}

/// Is the work under way?
const fn goes_on(status: PostStatus) -> bool {
    matches!(status, PostStatus::InProgress | PostStatus::Verifying)
}

fn new(id: &super::PostId, seq: u64, kind: Kind, started_at: Timestamp, at: Timestamp) -> Post {
    Post {
        id: id.clone(),
        number: seq,
        kind,
        name: Text::erased(),
        status: PostStatus::default(),
        started_at,
        created_at: at,
        updated_at: at,
        monitoring_at: None,
        resolved_at: None,
        worst: Impact::new(),
        impact: Impact::new(),
        next_by: None,
        updates: Vec::new(),
        planned_by: None,
        planned_at: at,
        notify: false,
        cancelled: false,
    }
}

/// The page without a post: it says nothing of components any more.
fn taken_down(mut page: Page, post: Option<&Post>, at: Timestamp) -> Page {
    if let Some(post) = post {
        stand(&mut page, post, &Impact::new(), true, at);
    }
    page
}

/// How the components stand that this post touches or touched.
fn standing(page: &Page, it: &Post, impact: &Impact) -> BTreeMap<ComponentId, ComponentStatus> {
    let touched: BTreeSet<&ComponentId> = it.impact.keys().chain(impact.keys()).collect();
    touched.into_iter().map(|c| (c.clone(), page.status(c))).collect()
}

/// The post says this of components from now on.
fn stand(page: &mut Page, it: &Post, impact: &Impact, over: bool, at: Timestamp) {
    let before = standing(page, it, impact);
    if over {
        page.open.remove(&it.id);
    } else {
        page.open.insert(it.id.clone(), impact.clone());
    }
    for (component, was) in before {
        let is = page.status(&component);
        if was == is {
            continue;
        }
        let spells = page.spells.entry(component).or_default();
        if let Some(last) = spells.last_mut().filter(|spell| spell.to.is_none()) {
            last.to = Some(at);
        }
        if is != ComponentStatus::Operational {
            spells.push(Spell { from: at, to: None, status: is });
        }
    }
    // Two days more than are shown: a day is the reader's own.
    let oldest = at.saturating_sub(SignedDuration::from_hours(24 * (HISTORY_DAYS + 2))).unwrap_or(Timestamp::MIN);
    page.spells.retain(|_, spells| {
        spells.retain(|spell| spell.to.is_none_or(|to| to > oldest));
        !spells.is_empty()
    });
}

fn corrected(
    mut it: Post,
    update: &str,
    name: Option<&Text>,
    body: Option<&Text>,
    (seq, at): (u64, Timestamp),
) -> Post {
    let Some(found) = it.updates.iter_mut().find(|u| u.key == update) else { return it };
    found.name = match (body, name) {
        (None, _) => found.name.as_ref().map(|_| Text::erased()),
        (Some(_), Some(name)) => Some(name.clone()),
        (Some(_), None) => found.name.clone(),
    };
    found.body = body.cloned().unwrap_or_else(Text::erased);
    found.corrected_at = Some(at);
    found.seqs.push(seq);
    it.name = headline(&it);
    it.updated_at = at;
    it
}

/// The latest headline that nobody took the words of.
fn headline(it: &Post) -> Text {
    let mut names = it.updates.iter().rev().filter_map(|update| update.name.as_ref());
    names.find(|name| name.words().is_some()).cloned().unwrap_or_else(Text::erased)
}
