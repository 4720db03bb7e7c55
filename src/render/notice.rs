//! What goes out by other ways than the chat: plain text, short, and nothing of a need-to-know incident but its codename.

use super::{View, limits::cut};
use crate::{
    ids::ChannelId,
    incident::Incident,
    paging::{Page, reach::Way},
};

/// What is said by a way beside the chat. Plain text throughout; no part has line breaks but `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is, in one line: a subject, a headline.
    pub title: String,
    /// What is asked, in a few sentences. It does not repeat the title.
    pub text: String,
    /// Where the incident is worked on, where that has an address.
    pub link: Option<String>,
    /// The page with the button that acknowledges, where the deployment has a public address: `…/ack/<token>`. What is posted there is
    /// an acknowledgement; what is only looked at is none.
    pub acknowledge: Option<String>,
    /// What it is about: notices of one incident have the same, and are shown together where a way can do that.
    pub thread: String,
    /// It is to wake people: what is not goes out at the usual priority.
    pub urgent: bool,
}

/// The longest title.
const TITLE: usize = 120;

/// An incident in one line of plain text.
pub(super) fn headline(it: &Incident) -> String {
    let severity = if it.is_secret() { String::new() } else { format!(" {}", it.severity) };
    cut(&format!("{}{severity}: {}", it.id, it.called()), TITLE)
}

/// Where an incident is worked on, as an address.
pub(super) fn room_link(it: &Incident) -> Option<String> {
    let open = |channel: &ChannelId| format!("https://slack.com/app_redirect?channel={channel}");
    let thread = || it.intake.in_thread().map(|thread| &thread.channel);
    it.open_room().map(|room| &room.channel).or_else(thread).map(open)
}

/// Asks somebody for help; `answer` is the address at which they acknowledge.
pub fn page_notice(w: View<'_>, it: &Incident, page: &Page, answer: Option<String>) -> Notice {
    let how = if answer.is_some() {
        "Say whether you are on it".to_owned()
    } else {
        format!("Acknowledge in Slack, or type there: /incident {} ack", it.id)
    };
    let again = if page.times > 1 { format!(" This was asked {} times.", page.times) } else { String::new() };
    Notice {
        title: headline(it),
        text: format!("You are paged.{again} {how}. Without an answer others are asked."),
        link: room_link(it),
        acknowledge: answer,
        thread: it.id.to_string(),
        urgent: it.is_urgent(page, w.now),
    }
}

/// What another provider tells those whom it asks: of a need-to-know incident its codename and a link, and nothing else.
pub fn page_external(w: View<'_>, it: &Incident, page: &Page) -> Notice {
    let how = format!("Acknowledge here or in Slack; it shows in both. There: /incident {} ack", it.id);
    Notice {
        title: headline(it),
        text: if it.is_secret() { String::new() } else { how },
        link: room_link(it),
        acknowledge: None,
        thread: it.id.to_string(),
        urgent: it.is_urgent(page, w.now),
    }
}

/// A test of a way, which says so.
pub fn test_notice(way: Way, answer: Option<String>) -> Notice {
    let how = match (&answer, way) {
        (Some(_), Way::Call) => "Answer it as you would a page",
        (Some(_), Way::Ntfy | Way::Gotify | Way::Sms | Way::Mail) => "Open the link and press the button",
        (None, _) => "Say in Slack, on the bot's message about this test, that it came",
    };
    Notice {
        title: "Test by Watchroom".to_owned(),
        text: format!(
            "This is only a test: nothing has happened. {how}, which proves that you can be reached by {way}."
        ),
        link: None,
        acknowledge: answer,
        thread: "test".to_owned(),
        urgent: true,
    }
}
