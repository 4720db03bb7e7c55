//! Our own page as it stands.

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ComponentId, ComponentStatus, Impact, PostStatus, Posted, apply};
use crate::{
    ids::{UserId, text_id},
    incident::Text,
};

text_id! {
    /// A post on the page. Says nothing of the incident's number.
    PostId
}

/// The page: what is open on it, and how its components stand and stood.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Page {
    /// Counts its facts.
    pub version: u64,
    /// When the last one was.
    pub changed_at: Option<Timestamp>,
    /// Posts that are not over, with what they say of components.
    pub open: BTreeMap<PostId, Impact>,
    /// When components stood otherwise than they should, by component, the oldest first. Components without any are left out.
    pub spells: BTreeMap<ComponentId, Vec<Spell>>,
}

impl Page {
    /// How a component stands: the worst that an open post says of it.
    #[must_use]
    pub fn status(&self, component: &ComponentId) -> ComponentStatus {
        self.open.values().filter_map(|impact| impact.get(component)).copied().max().unwrap_or_default()
    }
}

/// A time in which a component did not stand as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spell {
    /// From when.
    pub from: Timestamp,
    /// Until when; none: still.
    pub to: Option<Timestamp>,
    /// How.
    pub status: ComponentStatus,
}

/// An incident or a maintenance window on the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Post {
    /// Its id.
    pub id: PostId,
    /// The place of its first fact: the later one is the greater.
    pub number: u64,
    /// What it is.
    pub kind: Kind,
    /// The latest headline that has its words.
    pub name: Text,
    /// How it stands.
    pub status: PostStatus,
    /// When the trouble began; of maintenance, when it was announced.
    pub started_at: Timestamp,
    /// When it was first posted.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it first was watched only.
    pub monitoring_at: Option<Timestamp>,
    /// When it was over.
    pub resolved_at: Option<Timestamp>,
    /// Every component that it ever touched, with the worst it said of it.
    pub worst: Impact,
    /// What it says of components now.
    pub impact: Impact,
    /// When more is promised.
    pub next_by: Option<Timestamp>,
    /// What was said, the oldest first.
    pub updates: Vec<Update>,
    /// Of maintenance: who planned it.
    #[serde(default)]
    pub planned_by: Option<UserId>,
    /// When it was planned, or the plan changed last.
    #[serde(default)]
    pub planned_at: Timestamp,
    /// Are subscribers told of what follows from the plan?
    #[serde(default)]
    pub notify: bool,
    /// It was not, or not to its end.
    #[serde(default)]
    pub cancelled: bool,
}

impl Post {
    /// How bad it was at its worst.
    #[must_use]
    pub fn worst(&self) -> ComponentStatus {
        self.worst.values().copied().max().unwrap_or_default()
    }

    /// The window, where it is maintenance.
    #[must_use]
    pub const fn window(&self) -> Option<Window> {
        match self.kind {
            Kind::Maintenance(window) => Some(window),
            Kind::Incident => None,
        }
    }
}

/// What a post is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Trouble.
    Incident,
    /// Work that was said before.
    Maintenance(Window),
}

/// From when until when, half open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
}

/// One thing said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Update {
    /// What makes it itself.
    pub key: String,
    /// The facts that have its words, the first one first; that one's place in the stream makes it unique for ever.
    pub seqs: Vec<u64>,
    /// How the post stood.
    pub status: PostStatus,
    /// The headline that came with it.
    pub name: Option<Text>,
    /// The text.
    pub body: Text,
    /// When it was said.
    pub at: Timestamp,
    /// When it was corrected last.
    pub corrected_at: Option<Timestamp>,
    /// Were subscribers told?
    pub notify: bool,
    /// Components that stood otherwise before and after it: `(before, after)`.
    pub changes: BTreeMap<ComponentId, (ComponentStatus, ComponentStatus)>,
}

/// The page and its posts, the latest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// The page.
    pub page: Page,
    /// Its posts.
    pub posts: Vec<Post>,
    /// Since when there is a record that it could stand in, where that is known.
    pub since: Option<Timestamp>,
}

impl Standing {
    /// The page after these facts, each with its place in the stream, in order, of a record that began `since`.
    #[must_use]
    pub fn of(since: Option<Timestamp>, facts: impl IntoIterator<Item = (u64, Posted)>) -> Self {
        let (mut page, mut posts) = (Page::default(), BTreeMap::new());
        for (seq, fact) in facts {
            let id = fact.what.post().clone();
            let post;
            (page, post) = apply(page, posts.remove(&id), seq, &fact);
            posts.extend(post.map(|post| (id, post)));
        }
        let mut posts: Vec<Post> = posts.into_values().collect();
        posts.sort_by_key(|post| std::cmp::Reverse(post.number));
        Self { page, posts, since }
    }

    /// When it last changed; before the first time, since when it has been as it is.
    #[must_use]
    pub fn changed_at(&self) -> Option<Timestamp> {
        self.page.changed_at.or(self.since)
    }

    /// A post.
    #[must_use]
    pub fn post(&self, id: &str) -> Option<&Post> {
        self.posts.iter().find(|post| post.id.as_str() == id)
    }
}
