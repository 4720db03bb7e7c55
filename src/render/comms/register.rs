//! The channel register, for one incident.

use super::{
    super::{
        limits::{Look, SECTION, actions, button, context, header, rows},
        line::{phase_label, role_label},
    },
    Message, View,
    draft::held,
    name, readers,
    receipt::posted_by_hand,
    update_for,
};
use crate::{
    incident::{
        Incident,
        comms::{applies, is_secret, outlets_for, releasers, writable},
    },
    playbook::{Audience, Outlet, RoleId},
    render::{
        escape::escape,
        ids::{ButtonValue, comms as action},
        limits::section,
        line::person,
        when::date,
    },
};

/// How many channels one message shows.
const SHOWN: usize = 30;

/// How many of what is to be posted by hand have a button.
const BY_HAND: usize = 20;

/// Every channel: who reads it, when it is used, who may, how; those that apply now stand first and are marked.
pub fn register(w: View<'_>, it: &Incident) -> Message {
    let secret = is_secret(it, w.playbook);
    let of_kind = |o: &&Outlet| o.when.kinds.is_empty() || o.when.kinds.contains(&it.kind);
    let channels = w.playbook.channels.iter().filter(of_kind);
    let mut all: Vec<(&Outlet, bool)> = channels.map(|o| (o, applies(it, w.playbook, o, w.now))).collect();
    all.sort_by_key(|(_, now)| !now);
    let mut blocks = vec![header(&format!("Channels for {}", it.id))];
    if secret {
        blocks.push(section(&kept_back(w, it)));
    }
    let shown: Vec<String> = all.iter().take(SHOWN).map(|(outlet, now)| row(w, it, outlet, *now)).collect();
    blocks.extend(shown.iter().map(|row| section(row)));
    if all.is_empty() {
        blocks.push(section("The playbook has no channels for incidents of this kind: add `[[channels]]`."));
    } else if all.len() > SHOWN {
        blocks.push(context(&format!("… and {} more in the playbook", all.len() - SHOWN)));
    }
    let write = |to: Audience| {
        let id = format!("{}.{}", action::WRITE, name(to));
        let value = ButtonValue::of(it.id).extra(name(to));
        button(&id, &format!("Write {}", update_for(to)), &value, Look::Primary)
    };
    let open = [Audience::External, Audience::Executive]
        .into_iter()
        .filter(|to| writable(*to) && it.is_open() && !outlets_for(it, w.playbook, *to, w.now).is_empty());
    let waiting = waiting(it);
    if let Some(waiting) = &waiting {
        blocks.push(section(waiting));
    }
    let by_hand = it.comms.unposted().take(BY_HAND).map(|(send, delivery)| posted_by_hand(it, send, delivery));
    let buttons: Vec<_> = by_hand.chain(open.map(write)).collect();
    if !buttons.is_empty() {
        blocks.push(actions(buttons));
    }
    let text = format!("Channels for {}\n{}\n{}", it.id, shown.join("\n"), waiting.unwrap_or_default());
    Message::new(text, blocks)
}

/// Nothing is public, or what it takes.
fn kept_back(w: View<'_>, it: &Incident) -> String {
    let never = ":lock: Need-to-know: nothing about this incident may be public";
    if outlets_for(it, w.playbook, Audience::External, w.now).is_empty() {
        return format!("{never}.");
    }
    let releasers = releasers(it, w.playbook).iter().map(|role| held(w, it, role));
    format!(
        "{never} but a text that {} approve, each of them another person.",
        releasers.collect::<Vec<_>>().join(" and ")
    )
}

/// Texts for readers outside that a person is to post, also when the incident is over.
fn waiting(it: &Incident) -> Option<String> {
    let lines: Vec<String> = it
        .comms
        .unposted()
        .map(|(send, d)| {
            format!(":writing_hand: *{}*: the {} of {}", escape(&d.to.label), update_for(send.to), date(send.at))
        })
        .collect();
    (!lines.is_empty()).then(|| format!("*Not posted yet*\n{}", rows(&lines, SECTION)))
}

fn row(w: View<'_>, it: &Incident, outlet: &Outlet, now: bool) -> String {
    let mark = if now { ":large_green_circle:" } else { ":white_circle:" };
    let state = if now { " · *applies now*" } else { "" };
    let connector = outlet.connector.as_ref().filter(|name| w.settings.connectors.contains_key(*name));
    let place = match (&outlet.slack, connector) {
        (Some(channel), _) => format!("Slack #{}", escape(channel.trim_start_matches('#'))),
        (None, Some(name)) => format!("by `{}`", escape(name)),
        (None, None) => "posted by hand".to_owned(),
    };
    let mut lines = vec![
        format!("{mark} *{}* for {} · {place}{state}", escape(&outlet.label), readers(outlet.audience)),
        format!("When: {}", when(w, outlet)),
        format!("Who: {}", people(w, it, outlet)),
    ];
    let more = [("How", &outlet.how), ("When we are down", &outlet.how_when_down), ("More", &outlet.more)];
    let more = more.into_iter().filter(|(_, text)| !text.is_empty());
    lines.extend(more.map(|(what, text)| format!("{what}: {}", escape(text))));
    lines.join("\n")
}

fn when(w: View<'_>, outlet: &Outlet) -> String {
    let when = &outlet.when;
    let mut parts = Vec::new();
    if !when.kinds.is_empty() {
        let kinds: Vec<String> = when.kinds.iter().map(|k| escape(&w.playbook.kind(k).label)).collect();
        parts.push(kinds.join(" or "));
    }
    parts.extend(when.min_severity.map(|least| format!("{least} or worse")));
    if !when.phases.is_empty() {
        let kind = when.kinds.first().unwrap_or(&w.playbook.default_kind);
        let phases: Vec<String> = when.phases.iter().map(|p| phase_label(w, kind, p)).collect();
        parts.push(format!("in {}", phases.join(" or ")));
    }
    if when.min_duration_min > 0 {
        parts.push(format!("after {} min", when.min_duration_min));
    }
    if when.customers_affected {
        parts.push("once customers are affected".to_owned());
    }
    if parts.is_empty() { "always".to_owned() } else { parts.join(", ") }
}

fn people(w: View<'_>, it: &Incident, outlet: &Outlet) -> String {
    let lead = [it.lead_role.clone()];
    let post: &[RoleId] = if outlet.post_roles.is_empty() { &lead } else { &outlet.post_roles };
    let trained = if outlet.trained_only { " while their training is valid" } else { "" };
    let mut parts = vec![format!("{} may send{trained}", roles(w, it, post))];
    if outlet.two_person {
        let approve: &[RoleId] = if outlet.approve_roles.is_empty() { &lead } else { &outlet.approve_roles };
        parts.push(format!("{} must approve", roles(w, it, approve)));
    }
    if outlet.max_chars > 0 {
        parts.push(format!("at most {} characters", outlet.max_chars));
    }
    parts.join("; ")
}

fn roles(w: View<'_>, it: &Incident, roles: &[RoleId]) -> String {
    let named = roles.iter().map(|role| {
        let holder = it.holder(role).map(|h| format!(" ({})", person(h))).unwrap_or_default();
        format!("{}{holder}", escape(&role_label(w, role)))
    });
    named.collect::<Vec<_>>().join(" or ")
}
