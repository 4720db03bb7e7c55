//! The message that asks somebody for help, and later shows what became of it.

use super::{
    Message, View,
    escape::escape,
    ids::{ButtonValue, action},
    limits::{Look, actions, button, context, header, section},
    line::{person, severity_label},
    when::{date, duration},
};
use crate::{
    incident::Incident,
    paging::{Page, PageState, Target},
};

/// What `to` is asked, or what became of it. `first` messages to a channel wake those who are there.
pub fn page(w: View<'_>, it: &Incident, page: &Page, to: &Target, first: bool) -> Message {
    let title = escape(it.title());
    let room = it.open_room().map_or_else(|| "its room is being made".to_owned(), |r| format!("<#{}>", r.channel));
    let asked = page.asked_by.as_ref().map_or_else(|| "Watchroom".to_owned(), person);
    let here = if matches!(to, Target::Channel(_)) && first && page.waits() { "<!here> " } else { "" };
    let state = state(page);
    let what = format!(
        "{here}*{} {title}*\n{} · {room}\n{asked} asked for help {}.",
        it.id,
        severity_label(w, it.severity),
        date(page.started_at)
    );
    let mut blocks = vec![
        header(&format!("{} {}", if page.waits() { "🚨 You are paged:" } else { "Page:" }, it.id)),
        section(&what),
    ];
    if page.waits() {
        let value = ButtonValue::of(it.id).number(page.id.0).version(page.version);
        blocks.push(actions(vec![
            button(action::ACKNOWLEDGE, "Acknowledge", &value, Look::Primary),
            button(action::PASS_ON, "Escalate", &value, Look::Usual),
        ]));
        blocks.push(context(
            "Acknowledge: you are on it. Escalate: ask the next one now. `/incident ack` does the same.",
        ));
    } else {
        blocks.push(section(&state));
        if matches!(page.state, PageState::Exhausted { .. }) {
            let value = ButtonValue::of(it.id).number(page.id.0).version(page.version);
            blocks.push(actions(vec![button(action::ACKNOWLEDGE, "Acknowledge", &value, Look::Primary)]));
        }
    }
    let times = if page.times > 1 && page.waits() { format!(" (asked {} times)", page.times) } else { String::new() };
    Message::new(format!("{here}{}: {} {title}. {}{times} {state}", lead(page), it.id, it.severity), blocks)
}

fn lead(page: &Page) -> &'static str {
    if page.waits() { "You are paged" } else { "Page" }
}

/// Where a page stands, in a sentence.
fn state(page: &Page) -> String {
    match &page.state {
        PageState::Waiting => "Please acknowledge.".into(),
        PageState::Acknowledged { by, at } => {
            format!(
                ":white_check_mark: {} acknowledged after {}.",
                person(by),
                duration(at.duration_since(page.started_at))
            )
        }
        PageState::Exhausted { .. } => ":rotating_light: Nobody acknowledged; you still can.".into(),
        PageState::Ended { .. } => ":checkered_flag: This is over; nobody needs to come.".into(),
    }
}
