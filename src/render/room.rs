//! The room: its name, topic, bookmarks, and the line that announces it.

use super::{
    Message, View,
    access::{other, stub},
    escape::escape,
    ids::{ButtonValue, action},
    limits::{Look, actions, button, cut, section},
    line::{person, phase_label, role_label, severity_label},
};
use crate::incident::{Ending, Incident, RoomLoss, RoomState};

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
    if it.is_secret() {
        let codename = it.access.codename.as_deref();
        return name + &codename.map(|c| format!("-{c}")).unwrap_or_default() + suffix;
    }
    let limit = NAME - suffix.len();
    let mut title = String::new();
    for c in it.title.text.words().unwrap_or_default().chars().flat_map(char::to_lowercase) {
        match latin(c) {
            Some(letters) => title.push_str(letters),
            None => title.push(c),
        }
    }
    for word in title.split(|c: char| !c.is_ascii_alphanumeric()) {
        if !word.is_empty() && name.len() + 1 + word.len() <= limit.min(60) {
            name.push('-');
            name.push_str(word);
        }
    }
    name + suffix
}

/// Latin letters with marks lose them, so that `Überlastung` does not become `berlastung`; an apostrophe does not end a
/// word. What has no spelling here separates words.
const fn latin(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'ā' | 'ă' | 'ą' => "a",
        'ä' | 'æ' => "ae",
        'å' => "aa",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ō' => "o",
        'ö' | 'ø' | 'œ' | 'ő' => "oe",
        'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ß' => "ss",
        'ť' | 'ţ' | 'ț' => "t",
        'þ' => "th",
        'ù' | 'ú' | 'û' | 'ū' | 'ů' => "u",
        'ü' | 'ű' => "ue",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        // The second is what lower case makes of a Turkish capital i: a combining dot.
        '\'' | '’' | '\u{307}' => "",
        _ => return None,
    })
}

/// Where the incident is worked on, as a link where there is one; never claims a room that is not there.
pub(super) fn place(it: &Incident) -> String {
    match &it.room {
        Some(room) => match room.state {
            RoomState::Open => format!("<#{}>", room.channel),
            RoomState::Lost(RoomLoss::Archived) => format!("its room #{} is archived", escape(&room.name)),
            RoomState::Lost(RoomLoss::Deleted) => "its room was deleted".into(),
            RoomState::Lost(RoomLoss::Removed) => format!("<#{}>, where Watchroom was removed", room.channel),
        },
        None if it.intake.in_thread().is_some() => {
            let channel = it.intake.in_thread().map(|t| t.channel.as_str()).unwrap_or_default();
            format!("a thread in <#{channel}>")
        }
        None if it.is_open() => "its room is being made".into(),
        None => "it has no room".into(),
    }
}

/// The same for what is shown for long: the name of an archived room may have words that are redacted later, its link has none.
pub(super) fn link(it: &Incident) -> String {
    match &it.room {
        Some(room) if room.state == RoomState::Lost(RoomLoss::Archived) => {
            format!("<#{}>, which is archived", room.channel)
        }
        Some(_) | None => place(it),
    }
}

/// At most 250 characters.
pub fn topic(w: View<'_>, it: &Incident) -> String {
    if it.access.moved.is_some() {
        return cut(&stub(it), 250);
    }
    let state = match &it.ending {
        None => phase_label(w, &it.kind, &it.phase),
        Some(ending) => ended(it, ending),
    };
    let role = role_label(w, &it.lead_role);
    let lead = it.lead().map_or_else(|| format!("no {role}"), |lead| format!("{role} {}", person(lead)));
    let text = format!("{} · {} · {state} · {lead} · {}", it.id, it.severity, escape(it.called()));
    cut(&text, 250)
}

/// How an incident ended, in a few words.
pub(super) fn ended(it: &Incident, ending: &Ending) -> String {
    match ending {
        Ending::Closed { .. } => ":lock: Closed".into(),
        Ending::Cancelled { .. } => ":no_entry_sign: Cancelled".into(),
        Ending::Merged { into, .. } => format!(":twisted_rightwards_arrows: Merged into {}", other(it, *into)),
    }
}

/// Title, address, emoji; of the card at `card` as well.
pub fn bookmarks(w: View<'_>, it: &Incident, card: Option<String>) -> Vec<(String, String, String)> {
    let card = card.map(|url| (format!("{} card", it.id), url, ":memo:".to_owned()));
    // A call that everybody knows is no place for a secret.
    let bridge = w
        .settings
        .call_bridge
        .iter()
        .filter(|_| !it.is_secret())
        .map(|url| ("Call".to_owned(), url.clone(), ":telephone_receiver:".to_owned()));
    card.into_iter().chain(bridge).collect()
}

/// The line in the incidents channel.
pub fn announcement(w: View<'_>, it: &Incident) -> Message {
    if it.is_secret() {
        return Message::plain(format!(":lock: {}", stub(it)));
    }
    let state = match &it.ending {
        None => phase_label(w, &it.kind, &it.phase),
        Some(ending) => ended(it, ending),
    };
    let room = place(it);
    let lead = it.lead().map_or_else(|| "nobody leads yet".to_owned(), |lead| format!("led by {}", person(lead)));
    let name = format!("{} {}", it.id, escape(it.called()));
    let facts = format!("{} · {state} · {lead} · {room}", severity_label(w, it.severity));
    let show = button(action::SHOW, "Show", &ButtonValue::of(it.id), Look::Usual);
    Message::new(format!("{name}\n{facts}"), vec![section(&format!("*{name}*\n{facts}")), actions(vec![show])])
}

#[cfg(test)]
mod tests {
    use super::{super::samples, *};

    #[test]
    fn a_room_is_named_in_letters_that_slack_takes() {
        let named = |title: &str| room_name(&samples::declared(title));
        assert_eq!(named("Checkout IS down!!"), "inc-1-checkout-is-down");
        assert_eq!(named("Überlastung der Straße: Łódź can't pay"), "inc-1-ueberlastung-der-strasse-lodz-cant-pay");
        assert_eq!(named("İstanbul"), "inc-1-istanbul");
        assert_eq!(named("決済が止まった 🔥 --"), "inc-1");
        assert_eq!(named(&"x".repeat(200)), "inc-1");
        let long = samples::declared(&"word ".repeat(40));
        for name in [room_name(&long), room_name_with_suffix(&long, u32::MAX)] {
            assert!(name.len() <= NAME && !name.ends_with('-') && !name.contains("--"), "{name}");
        }
    }

    #[test]
    fn no_room_is_promised_that_is_not_coming() {
        let mut it = samples::declared("x");
        assert_eq!(place(&it), "its room is being made");
        it.ending = Some(Ending::Cancelled { at: it.declared_at });
        assert_eq!(place(&it), "it has no room");
        let room =
            |state| Some(crate::incident::Room { channel: "C1".into(), name: "inc-1-x".into(), state, lost_at: None });
        it.room = room(RoomState::Open);
        assert_eq!(place(&it), "<#C1>");
        it.room = room(RoomState::Lost(RoomLoss::Archived));
        assert_eq!(place(&it), "its room #inc-1-x is archived");
    }
}
