//! The ways to a person beside the chat, in words: shown, tested, and why not.

use slack_morphism::blocks::SlackBlock;

use super::{
    Message,
    escape::escape,
    ids::{ButtonValue, action::oncall as action},
    limits::{Look, actions, button, context, header, section},
    when::date,
};
use crate::paging::reach::{Contact, Contacts, LATEST_MIN, Malformed, No, Test, Tried, Way};

pub use super::notice::test_notice;

/// With the message in the chat, or so long after it.
fn when(after_min: u32) -> String {
    match after_min {
        0 => "at once".to_owned(),
        1 => "after 1 minute".to_owned(),
        n => format!("after {n} minutes"),
    }
}

/// How much of an address is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Addresses {
    /// All of it, to whoever just asked for it.
    Whole,
    /// So much that its owner knows which it is: it stands there while others may look on.
    Masked,
}

/// An address by its last digits, or by how it begins.
fn masked(way: Way, address: &str) -> String {
    let digits = |n: usize| address.chars().skip(address.chars().count().saturating_sub(n)).collect::<String>();
    let begin = |n: usize| address.chars().take(n).collect::<String>();
    match (way, address.split_once('@')) {
        (Way::Sms | Way::Call, _) => format!("…{}", digits(3)),
        (Way::Mail, Some((_, domain))) => format!("{}…@{domain}", begin(1)),
        (Way::Mail, None) | (Way::Ntfy | Way::Gotify, _) => format!("{}…", begin(2)),
    }
}

fn row(contact: &Contact, set_up: &[Way], addresses: Addresses) -> String {
    let state = match contact.proved {
        _ if !set_up.contains(&contact.way) => ":warning: not set up any more".to_owned(),
        Some(at) => format!(":white_check_mark: proved on {}", date(at)),
        None => ":warning: not proved yet".to_owned(),
    };
    let address = match (contact.address.words(), addresses) {
        (Some(address), Addresses::Masked) => masked(contact.way, address),
        (Some(_), Addresses::Whole) | (None, _) => contact.address.or_tombstone().to_owned(),
    };
    format!("• {} by {} (`{}`) · {state}", when(contact.after_min), contact.way, escape(&address))
}

/// The ways to whoever looks, below their shifts. Nothing where the deployment has none.
pub(super) fn ways(contacts: &Contacts, set_up: &[Way], addresses: Addresses) -> (Vec<SlackBlock>, String) {
    if set_up.is_empty() {
        return (Vec::new(), String::new());
    }
    let rows: Vec<String> = contacts.ways.iter().map(|contact| row(contact, set_up, addresses)).collect();
    let mut text = if rows.is_empty() {
        ":warning: Only Slack messages reach you, which may not wake you.".to_owned()
    } else {
        format!("Pages reach you by Slack, and unless you answer before:\n{}", rows.join("\n"))
    };
    let missing: Vec<String> =
        set_up.iter().filter(|way| contacts.of(**way).is_none()).map(ToString::to_string).collect();
    if !missing.is_empty() {
        text = format!("{text}\nNot set by you: {}.", missing.join(", "));
    }
    let none = ButtonValue::default();
    let mut buttons = vec![button(action::WAYS, "Change", &none, Look::Usual)];
    if contacts.usable(set_up).next().is_some() {
        buttons.push(button(action::TEST, "Test", &none, Look::Usual));
    }
    let blocks = vec![header("Ways to reach you"), section(&text), actions(buttons)];
    (blocks, format!("\nWays to reach you\n{text}"))
}

/// What stands after a change.
pub fn changed(contacts: &Contacts, set_up: &[Way]) -> Message {
    let (blocks, text) = ways(contacts, set_up, Addresses::Whole);
    Message::new(text.trim().to_owned(), blocks)
}

/// Said at once to whoever asks for a test.
pub fn testing(test: &Test) -> Message {
    let ways: Vec<String> = test.ways.iter().map(|(way, _)| way.to_string()).collect();
    Message::plain(format!(
        "A test goes out by {}. What comes of it is told in your messages from Watchroom.",
        ways.join(", ")
    ))
}

/// What came of a test, in the chat. Without a public address nobody can answer it elsewhere.
pub fn tested(test: &Test, is_answered_elsewhere: bool) -> Message {
    let line = |(way, tried): &(Way, Tried)| match tried {
        Tried::Waits => format!("• {way}: on its way"),
        Tried::Sent => format!("• {way}: went out; not answered yet"),
        Tried::Failed { why } => format!("• {way}: :warning: did not go out ({})", escape(why)),
        Tried::Answered => format!("• {way}: :white_check_mark: it reaches you"),
    };
    let lines: Vec<String> = test.ways.iter().map(line).collect();
    let text = format!("*Test of the ways to reach you*\n{}", lines.join("\n"));
    let mut blocks = vec![section(&text)];
    let sent = test.ways.iter().filter(|(_, tried)| *tried == Tried::Sent && !is_answered_elsewhere);
    let came = |(way, _): &(Way, Tried)| {
        let value = ButtonValue::default().extra(format!("{} {}", way.key(), test.number));
        button(&format!("{}.{}", action::CAME, way.key()), &format!("It came by {way}"), &value, Look::Usual)
    };
    let buttons: Vec<_> = sent.map(came).collect();
    if !buttons.is_empty() {
        blocks.push(actions(buttons));
    } else if is_answered_elsewhere {
        blocks.push(context(
            "Answer each as you would a page: that proves it. `/incident oncall me` shows and changes the ways.",
        ));
    }
    Message::new(text, blocks)
}

/// Why nothing was changed, and what to do.
pub(super) fn no(no: No) -> String {
    match no {
        No::Address { why: Malformed::Mail, .. } => {
            "That is no mail address. Write for example bob@example.com. Nothing was changed.".into()
        }
        No::Address { why: Malformed::Phone, .. } => {
            "That is no telephone number. Write it with + and the country, for example +49 170 1234567. Nothing was changed.".into()
        }
        No::Address { why: Malformed::Topic, .. } => {
            "That is no topic. Write its name alone: up to 64 letters, digits, - and _. Nothing was changed.".into()
        }
        No::Address { why: Malformed::Name, .. } => {
            "That is no name: it is the one under which whoever runs the bot has your application's token. Nothing was changed.".into()
        }
        No::Minutes { .. } => format!("Write minutes as a number from 0 to {LATEST_MIN}. Nothing was changed."),
        No::AlreadySo => "It is so already; nothing was changed.".into(),
        No::NoWays => "There is no way to test yet but Slack. `/incident oncall me` and “Change” give you others, where whoever runs \
                       the bot has set them up."
            .into(),
        No::JustTested => "A test went out a moment ago; your messages from Watchroom show what comes of it. Wait a minute for \
                           another."
            .into(),
        No::NoSuchTest => "That test is over, or of an address that you changed since. `/incident oncall test me` makes another.".into(),
    }
}
