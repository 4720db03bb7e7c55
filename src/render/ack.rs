//! The small page behind a link that answers a page: words and buttons, no script, nothing from elsewhere.

use super::{
    escape::xml,
    notice::{headline, room_link},
};
use crate::{
    ids::UserId,
    incident::Incident,
    paging::{Page, PageState, reach::Way},
};

/// What is shown behind a link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// What it is about.
    pub heading: String,
    /// Where it stands, in Slack's markup of people.
    pub sentence: String,
    /// The button that answers.
    pub answer: Option<&'static str>,
    /// Is there another one, that says that one cannot come?
    pub may_decline: bool,
    /// Where to go.
    pub link: Option<String>,
}

/// A page of an incident, for whom it asks.
pub fn sheet(it: &Incident, page: Option<&Page>, who: &UserId) -> Sheet {
    let asks = page.is_some_and(|page| page.waits() && page.asks(who));
    let (sentence, open) = match page.map(|page| (page, &page.state)) {
        Some((page, PageState::Waiting)) if page.answered.contains(who) => {
            ("You are on it. Others are still waited for.".to_owned(), false)
        }
        Some((_, PageState::Waiting)) if asks => {
            ("You are paged. Say whether you are on it; without an answer others are asked.".to_owned(), true)
        }
        Some((page, PageState::Waiting)) if page.declined.contains(who) => {
            ("You said that you cannot come, and others are asked. You can still acknowledge.".to_owned(), true)
        }
        Some((_, PageState::Waiting)) => {
            ("You did not answer, and others are asked now. You can still acknowledge.".to_owned(), true)
        }
        Some((_, PageState::Acknowledged { by, .. })) if by == who => {
            ("You are on it; nobody else is asked.".to_owned(), false)
        }
        Some((_, PageState::Acknowledged { by, .. })) => {
            (format!("<@{by}> acknowledged. You need not do anything."), false)
        }
        Some((_, PageState::AcknowledgedExternally { of, .. })) => {
            (format!("Somebody acknowledged in {}. If you are on it too, say so.", of.at), true)
        }
        Some((_, PageState::Exhausted { .. })) => ("Nobody has acknowledged; you still can.".to_owned(), true),
        Some((_, PageState::Ended { .. })) | None => ("This page is over; nobody needs to come.".to_owned(), false),
    };
    let open = open && it.is_open();
    Sheet {
        heading: headline(it),
        sentence,
        answer: open.then_some("Acknowledge"),
        may_decline: open && asks,
        link: room_link(it),
    }
}

/// A test of a way; `done`: it was answered.
pub fn test_sheet(way: Way, done: bool) -> Sheet {
    let (sentence, answer) = if done {
        (format!("Thank you: pages can reach you by {way}."), None)
    } else {
        (
            format!("This is only a test. Press the button: it proves that you can be reached by {way}."),
            Some("It reaches me"),
        )
    };
    Sheet { heading: "Test by Watchroom".to_owned(), sentence, answer, ..Sheet::default() }
}

/// Something that is no page of ours, or cannot be shown.
pub fn blank_sheet(sentence: &str) -> Sheet {
    Sheet { heading: "Watchroom".to_owned(), sentence: sentence.to_owned(), ..Sheet::default() }
}

/// Nobody made this link, or it was cut on its way.
pub const NO_SUCH_LINK: &str =
    "This link is not valid. Open it as it stands in the message, or answer in Slack with /incident and the number.";
/// The record cannot be read or written.
pub const NOT_NOW: &str = "This could not be carried out just now. Try again, or answer in Slack.";

const STYLE: &str = "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem}\
    button{font:inherit;padding:.8rem 1.4rem;margin:0 .6rem .6rem 0;border:1px solid #666;border-radius:.4rem;background:#fff;color:#111}\
    button.main{background:#0b6e3f;border-color:#0b6e3f;color:#fff}";

/// The page as browsers take it. Its words are plain by now.
pub fn html(sheet: &Sheet) -> String {
    let button = |class: &str, value: &str, label: &str| {
        format!("<button{class} name=\"do\" value=\"{value}\">{label}</button>")
    };
    let answer = sheet.answer.map(|label| button(" class=\"main\"", "acknowledge", label)).unwrap_or_default();
    let cannot = if sheet.may_decline { button("", "cannot", "I can't come") } else { String::new() };
    let form = format!("{answer}{cannot}");
    let form = if form.is_empty() { form } else { format!("<form method=\"post\">{form}</form>") };
    let link = sheet.link.as_deref().map(|link| format!("<p><a href=\"{}\">Open in Slack</a></p>", xml(link)));
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"robots\" content=\"noindex\"><title>{heading}</title><style>{STYLE}</style></head>\
         <body><h1>{heading}</h1><p>{}</p>{form}{}</body></html>",
        xml(&sheet.sentence),
        link.unwrap_or_default(),
        heading = xml(&sheet.heading),
    )
}
