//! The pinned card: the incident as it stands, and what can be done about it.

use slack_morphism::prelude::*;

use super::{
    Message, View,
    escape::escape,
    ids::{ButtonValue, Menu, action},
    limits::{Look, actions, button, choice, context, fields, header, section},
    line::{escape_name, person, phase_label, role_label, severity_label, targets},
    room::ended,
    when::{date, duration},
};
use crate::{
    incident::Incident,
    paging::{Page, PageState},
    playbook::{RoleId, Stage},
};

/// The card.
pub fn card(w: View<'_>, it: &Incident) -> Message {
    let title = escape(it.title());
    let mut facts = vec![severity(w, it), phase(w, it), lead(w, it)];
    facts.extend(roles(w, it));
    facts.extend(times(it));
    let mut blocks = vec![header(&format!("{} {}", it.id, it.title()))];
    if let Some(old) = &it.previous.title {
        blocks.push(context(&format!("before: ~{}~", escape(old.text.or_tombstone()))));
    }
    blocks.push(fields(&facts));
    let pages: Vec<String> = it.pages.iter().filter_map(|p| page(w, p)).collect();
    if !pages.is_empty() {
        blocks.push(section(&pages.join("\n")));
    }
    blocks.extend(links(w, it));
    blocks.extend(buttons(w, it));
    blocks.extend(free_roles(w, it));
    blocks.push(context(&small_print(it)));
    let text = format!("{} {title}. {}", it.id, facts.join(". ").replace(['*', '\n'], " "));
    let text = if pages.is_empty() { text } else { format!("{text}. {}", pages.join(" ")) };
    Message::new(text, blocks)
}

fn severity(w: View<'_>, it: &Incident) -> String {
    let was = it.previous.severity.map(|old| format!("~{old}~ ")).unwrap_or_default();
    format!("*Severity*\n{was}{}", severity_label(w, it.severity))
}

fn phase(w: View<'_>, it: &Incident) -> String {
    let was = it.previous.phase.as_ref().map(|old| format!("~{}~ ", phase_label(w, &it.kind, old))).unwrap_or_default();
    match &it.ending {
        None => format!("*Phase*\n{was}{}", phase_label(w, &it.kind, &it.phase)),
        Some(ending) => format!("*Phase*\n~{}~ {}", phase_label(w, &it.kind, &it.phase), ended(ending)),
    }
}

fn lead(w: View<'_>, it: &Incident) -> String {
    let was = it.previous.lead.as_ref().filter(|old| Some(*old) != it.lead());
    let was = was.map(|old| format!("~{}~ ", person(old))).unwrap_or_default();
    format!("*{}*\n{was}{}", role_label(w, &it.lead_role), holder(it, &it.lead_role))
}

/// Who holds a role, and who is asked to.
fn holder(it: &Incident, role: &RoleId) -> String {
    let Some(state) = it.roles.get(role) else { return "nobody yet".into() };
    let holder = state.holder.as_ref().map_or_else(|| "nobody yet".to_owned(), person);
    let unsure = if state.holder.is_some() && !state.confirmed { " (not confirmed yet)" } else { "" };
    let asked = state.offer.as_ref().map(|o| format!(" → {} is asked", person(&o.to))).unwrap_or_default();
    format!("{holder}{unsure}{asked}")
}

/// Roles other than the leading one that somebody holds or is asked to take.
fn roles(w: View<'_>, it: &Incident) -> Vec<String> {
    let others = it
        .roles
        .iter()
        .filter(|(role, state)| **role != it.lead_role && (state.holder.is_some() || state.offer.is_some()));
    others.map(|(role, _)| format!("*{}*\n{}", role_label(w, role), holder(it, role))).collect()
}

fn times(it: &Incident) -> Vec<String> {
    let mut times =
        vec![format!("*Started*\n{}", date(it.started_at)), format!("*Declared*\n{}", date(it.declared_at))];
    if let Some(at) = it.ended_at {
        times.push(format!("*Impact ended*\n{} (after {})", date(at), duration(at.duration_since(it.started_at))));
    }
    if let Some(at) = it.resolved_at {
        times.push(format!("*Resolved*\n{}", date(at)));
    }
    if let Some(due) = it.update.due {
        let late = if it.update.missed { " :hourglass: overdue" } else { "" };
        times.push(format!("*Next update due*\n{}{late}", date(due)));
    }
    times
}

fn page(w: View<'_>, page: &Page) -> Option<String> {
    let name = escape_name(&page.policy.name);
    // Asked by name, there is nothing to add to who is asked or came.
    let prefix = if name.starts_with('<') { String::new() } else { format!("{name}: ") };
    match &page.state {
        PageState::Waiting => {
            let asked: Vec<_> = page
                .attempts
                .iter()
                .filter(|a| (a.round, a.step) == (page.round, page.step))
                .map(|a| a.to.clone())
                .chain(page.pending.iter().cloned())
                .collect();
            let since = duration(w.now.duration_since(page.started_at));
            Some(format!(":pager: {prefix}waiting for {} for {since}", targets(&asked)))
        }
        PageState::Acknowledged { by, at } => {
            let after = duration(at.duration_since(page.started_at));
            Some(format!(":white_check_mark: {prefix}{} acknowledged after {after}", person(by)))
        }
        PageState::Exhausted { .. } => Some(format!(":rotating_light: {name}: *nobody has acknowledged*")),
        PageState::Ended { .. } => None,
    }
}

fn links(w: View<'_>, it: &Incident) -> Option<SlackBlock> {
    let call = w.settings.call_bridge.iter().map(|url| format!(":telephone_receiver: <{url}|Call>"));
    let kept = it.links.iter().map(|l| format!(":link: {}", escape(l.text.or_tombstone())));
    let merged = it.merged.iter().map(|id| format!(":twisted_rightwards_arrows: {id} was merged into this"));
    let all: Vec<String> = call.chain(kept).chain(merged).collect();
    (!all.is_empty()).then(|| section(&all.join("\n")))
}

fn buttons(w: View<'_>, it: &Incident) -> Option<SlackBlock> {
    let value = || ButtonValue::of(it.id).version(u32::try_from(it.version).unwrap_or(u32::MAX));
    if !it.is_open() {
        let merged = matches!(it.ending, Some(crate::incident::Ending::Merged { .. }));
        return (!merged).then(|| actions(vec![button(action::REOPEN, "Reopen", &value(), Look::Usual)]));
    }
    let mut elements = Vec::new();
    if let Some(next) = w.playbook.kind(&it.kind).next(&it.phase) {
        let press = value().extra(next.id.as_str());
        elements.push(button(action::NEXT_PHASE, &format!("{} →", next.label), &press, Look::Primary));
    }
    elements.push(button(action::UPDATE, "Post update", &value(), Look::Usual));
    elements.push(button(action::PHASE, "Change phase", &value(), Look::Usual));
    elements.push(button(action::ROLES, "Assign roles", &value(), Look::Usual));
    elements.push(button(action::ESCALATE, "Escalate", &value(), Look::Danger));
    elements.push(menu(it));
    Some(actions(elements))
}

/// The overflow menu: five entries at most.
fn menu(it: &Incident) -> SlackActionBlockElement {
    let entries: &[(&str, Menu)] = if it.stage == Stage::Resolved {
        &[
            ("Close", Menu::Close),
            ("Reopen", Menu::Reopen),
            ("Change severity", Menu::Severity),
            ("Rename", Menu::Rename),
            ("Keep a link", Menu::Link),
        ]
    } else {
        &[
            ("Change severity", Menu::Severity),
            ("Rename", Menu::Rename),
            ("Keep a link", Menu::Link),
            ("Resolve", Menu::Resolve),
            ("Cancel", Menu::Cancel),
        ]
    };
    let options = entries.iter().map(|(label, entry)| {
        let name = super::limits::json(entry);
        choice(label, &ButtonValue::of(it.id).extra(name.as_str().unwrap_or_default()).to_string())
    });
    let overflow = SlackBlockOverflowElement::new(options.collect());
    SlackActionBlockElement::Overflow(overflow.with_action_id(SlackActionId(action::MENU.to_owned())))
}

/// Roles that nobody holds, each a press away.
fn free_roles(w: View<'_>, it: &Incident) -> Option<SlackBlock> {
    // What is mended needs nobody new.
    if !it.is_open() || it.stage == Stage::Resolved {
        return None;
    }
    let free = w.playbook.roles.iter().filter(|r| it.holder(&r.id).is_none());
    let elements: Vec<SlackActionBlockElement> = free
        .take(5)
        .map(|r| {
            let mut value = ButtonValue::of(it.id);
            value.extra.clone_from(&r.id.0);
            let id = format!("{}.{}", action::TAKE, r.id);
            button(&id, &format!("Take {}", r.label), &value, Look::Usual)
        })
        .collect();
    (!elements.is_empty()).then(|| actions(elements))
}

fn small_print(it: &Incident) -> String {
    let declared = format!("Declared by {}.", person(&it.declared_by));
    if it.is_open() {
        format!(
            "{declared} Paging is by Slack message only, which may not wake anyone. `/incident help` lists what you can type."
        )
    } else {
        declared
    }
}
