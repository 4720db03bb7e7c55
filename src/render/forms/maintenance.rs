//! Scheduled maintenance: the plan, and why it is cancelled.

use serde_json::Value;
use slack_morphism::prelude::*;

use super::{
    fields::{TextField, select, several, text, when},
    modal,
};
use crate::{
    render::{
        View,
        ids::{FormMemory, comms, field, form},
        limits::{choice, context},
        maintenance::standing,
    },
    status::{
        ComponentStatus, Kind, Post,
        maintenance::{BODY_MAX, NAME_MAX},
    },
};

/// How many components a menu offers: as many as Slack takes.
const OPTIONS: usize = 100;

/// What, when, which components and how they stand meanwhile, and whether subscribers are told. Of a plan that is changed, as it stands.
#[must_use]
pub fn maintenance_form(w: View<'_>, title: &str, post: Option<&Post>) -> Value {
    let name = post.map_or(title, |post| post.name.words().unwrap_or_default());
    // What was said last of the plan is often that it takes longer; the first text is what it is about.
    let body = post.and_then(|post| post.updates.first()).and_then(|update| update.body.words()).unwrap_or_default();
    let limit = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let one = |id, label, initial, hint, lines, limit| {
        text(&TextField { id, label, initial, hint, lines, optional: false, limit })
    };
    let mut content = vec![
        one(field::TITLE, "Headline", name, "As the public reads it", false, limit(NAME_MAX)),
        one(field::TEXT, "What is done", body, "And what people will notice", true, limit(BODY_MAX)),
    ];
    let window = post.and_then(Post::window);
    let begun = post.is_some_and(|post| post.status != crate::status::PostStatus::Scheduled);
    let hint = if begun { "It has begun; this stays as it was" } else { "In your own time" };
    content.push(when(field::FROM, "From", window.map(|window| window.from), hint));
    let hint = "In your own time. It ends by itself then; you are asked before";
    content.push(when(field::UNTIL, "Until", window.map(|window| window.to), hint));
    content.extend(components(w, post));
    let options = vec![choice("Tell subscribers", comms::TELL), choice("Only show it", comms::QUIET)];
    let chosen = if post.is_some_and(|post| !post.notify) { comms::QUIET } else { comms::TELL };
    content.push(select(comms::SUBSCRIBERS, "Subscribers", options, Some(chosen), ""));
    content.push(context("It stands on the status page as soon as you send this."));
    let memory = FormMemory::default().about(post.map(|post| post.id.to_string()));
    let (title, submit) =
        if post.is_some() { ("Change maintenance", "Change") } else { ("Plan maintenance", "Publish") };
    modal(form::page::MAINTENANCE, title, submit, &memory, &content)
}

/// Which components, and how they stand meanwhile; nothing where the page has none.
fn components(w: View<'_>, post: Option<&Post>) -> Vec<SlackBlock> {
    let Some(page) = w.settings.status_page.as_ref().filter(|page| !page.components.is_empty()) else {
        return Vec::new();
    };
    let is_touched = |id: &str| post.is_some_and(|post| post.worst.keys().any(|c| c.as_str() == id));
    let options = page.components.iter().filter(|c| c.id.as_str().len() <= 75).take(OPTIONS);
    let options = options.map(|c| (choice(&c.name, c.id.as_str()), is_touched(c.id.as_str()))).collect();
    let worst = post.filter(|post| post.kind != Kind::Incident).map(Post::worst).unwrap_or_default();
    let meanwhile: Vec<_> = ComponentStatus::ALL.into_iter().map(|s| choice(standing(s), s.as_str())).collect();
    let chosen = worst.max(ComponentStatus::UnderMaintenance);
    vec![
        several(field::COMPONENTS, "Components", options, "What is worked on; none: the page only says it"),
        select(field::STANDING, "They stand meanwhile", meanwhile, Some(chosen.as_str()), ""),
    ]
}

/// Why it will not be.
#[must_use]
pub fn cancel_maintenance_form(post: &Post) -> Value {
    let begun = post.status != crate::status::PostStatus::Scheduled;
    let (title, submit) = if begun { ("Break off", "Break off") } else { ("Cancel maintenance", "Cancel it") };
    let why = text(&TextField {
        id: field::WHY,
        label: "What the public reads",
        initial: "",
        hint: "Empty: that it was cancelled",
        lines: true,
        optional: true,
        limit: u64::try_from(BODY_MAX).unwrap_or(u64::MAX),
    });
    let memory = FormMemory::default().about([post.id.to_string()]);
    modal(form::page::CANCEL, title, submit, &memory, &[why])
}
