//! The room: its name, topic, bookmarks, and the line that announces it.

use super::{
    Message, View,
    escape::escape,
    ids::{ButtonValue, action},
    limits::{self, Look, actions, button, cut, section},
    line::{person, phase_label, severity_label},
};
use crate::incident::{Ending, Incident};

/// The longest room name that Slack takes.
const NAME: usize = 80;

/// `inc-1-checkout-is-down`: lower-case letters, digits and hyphens.
pub fn room_name(it: &Incident) -> String {
    named(it, "")
}

/// The same with a suffix, for when the name is taken.
pub fn room_name_with_suffix(it: &Incident, n: u32) -> String {
    named(it, &format!("-{n}"))
}

fn named(it: &Incident, suffix: &str) -> String {
    let mut name = it.id.to_string().to_lowercase();
    let limit = NAME - suffix.len();
    for word in it.title.text.words().unwrap_or_default().split(|c: char| !c.is_ascii_alphanumeric()) {
        if !word.is_empty() && name.len() + 1 + word.len() <= limit.min(60) {
            name.push('-');
            name.push_str(&word.to_ascii_lowercase());
        }
    }
    name + suffix
}

/// At most 250 characters.
pub fn topic(w: View<'_>, it: &Incident) -> String {
    let state = match &it.ending {
        None => phase_label(w, &it.kind, &it.phase),
        Some(ending) => ended(ending),
    };
    let lead = it.lead().map_or_else(|| "no commander".to_owned(), |lead| format!("commander {}", person(lead)));
    let text = format!("{} · {} · {state} · {lead} · {}", it.id, it.severity, escape(it.title()));
    cut(&text, 250)
}

/// How an incident ended, in a few words.
pub(super) fn ended(ending: &Ending) -> String {
    match ending {
        Ending::Closed { .. } => ":lock: Closed".into(),
        Ending::Cancelled { .. } => ":no_entry_sign: Cancelled".into(),
        Ending::Merged { into, .. } => format!(":twisted_rightwards_arrows: Merged into {into}"),
    }
}

/// Title, address, emoji.
pub fn bookmarks(w: View<'_>, it: &Incident) -> Vec<(String, String, String)> {
    let bridge =
        w.settings.call_bridge.iter().map(|url| ("Call".to_owned(), url.clone(), ":telephone_receiver:".to_owned()));
    let console = w.settings.public_url.iter().map(|url| {
        let url = format!("{}/console/incidents/{}", url.trim_end_matches('/'), it.id);
        (it.id.to_string(), url, ":memo:".to_owned())
    });
    bridge.chain(console).collect()
}

/// The line in the incidents channel.
pub fn announcement(w: View<'_>, it: &Incident) -> Message {
    let state = match &it.ending {
        None => phase_label(w, &it.kind, &it.phase),
        Some(ending) => ended(ending),
    };
    let room = it.open_room().map_or_else(|| "its room is being made".to_owned(), |r| format!("<#{}>", r.channel));
    let lead = it.lead().map_or_else(|| "nobody leads yet".to_owned(), |lead| format!("led by {}", person(lead)));
    let text =
        format!("*{} {}*\n{} · {state} · {lead} · {room}", it.id, escape(it.title()), severity_label(w, it.severity));
    let show = button(action::SHOW, "Show", &ButtonValue::of(it.id), Look::Usual);
    Message::new(text.replace('*', ""), vec![section(&limits::cut(&text, limits::SECTION)), actions(vec![show])])
}
