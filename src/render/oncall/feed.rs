//! Calendars of other programs: how old they are, and what is wrong with them.

use std::sync::Arc;

use super::{called, date, escape};
use crate::{
    config::Followed,
    paging::{
        ical::{Finding, LARGEST, MOST, Unread, Which},
        rota::{Failing, Feed, FeedNews, Missed},
    },
    render::{
        Message,
        limits::{context, cut, section},
    },
};

/// How many names one sentence has.
const NAMES: usize = 10;
/// How much of a name is shown.
const NAME: usize = 80;

/// Names as a calendar has them, which are nobody's in Slack.
pub(super) fn strangers(names: &[String]) -> String {
    quoted(names.iter().map(String::as_str))
}

/// Words of others in quotes, so many as a sentence takes.
pub(in crate::render) fn quoted<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = names.len().saturating_sub(NAMES);
    let shown: Vec<String> =
        names.take(NAMES).map(|name| format!("\u{201c}{}\u{201d}", escape(&cut(name, NAME)))).collect();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    shown.join(", ") + &more
}

/// How old a calendar is, and what is wrong with it now.
pub(super) fn standing(feed: &Feed) -> String {
    let read = match (feed.fetched, feed.changed) {
        (Some(fetched), Some(changed)) => format!("fetched {}, changed {}", date(fetched), date(changed)),
        (Some(fetched), None) => format!("fetched {}", date(fetched)),
        (None, _) if feed.is_awaited() => "not fetched yet".to_owned(),
        (None, _) => "never fetched".to_owned(),
    };
    let failing = feed.failing.as_ref().map(|failing| format!(" :warning: {}", fails(feed, failing)));
    let unknown =
        (!feed.strangers.is_empty()).then(|| format!(" :warning: Slack does not know {}.", strangers(&feed.strangers)));
    format!(
        "Calendar of {}: {read}.{}{}",
        escape(&cut(&feed.layer, NAME)),
        failing.unwrap_or_default(),
        unknown.unwrap_or_default()
    )
}

fn fails(feed: &Feed, failing: &Failing) -> String {
    let serves = if feed.fetched.is_some() { "; its last good copy counts" } else { "; nobody is known by it" };
    format!("It cannot be read since {}: {}{serves}.", date(failing.since), escape(&missed(&failing.why)))
}

/// Behind who is on call, where that may be out of date.
pub(super) fn doubt(feeds: &[Arc<Feed>]) -> String {
    let since = feeds.iter().filter_map(|feed| feed.failing.as_ref()).map(|failing| failing.since).min();
    since.map_or_else(String::new, |since| format!(" · :warning: its calendar cannot be read since {}", date(since)))
}

/// Behind who is on call by calendars: how old the oldest of their copies is.
pub(super) fn age(feeds: &[Arc<Feed>]) -> String {
    let awaited = feeds.iter().any(|feed| feed.is_awaited());
    let fetched = feeds.iter().filter_map(|feed| feed.fetched).min().filter(|_| !awaited);
    match (feeds, fetched) {
        ([], _) => String::new(),
        (_, Some(at)) => format!(" · calendar fetched {}{}", date(at), doubt(feeds)),
        (_, None) if awaited => " · calendar not fetched yet".to_owned(),
        (_, None) => format!(" · calendar never fetched{}", doubt(feeds)),
    }
}

/// Why a calendar was not read, as a part of a sentence; without markup.
#[must_use]
pub fn missed(why: &Missed) -> String {
    match why {
        Missed::Unreachable(words) => format!("its host cannot be reached ({})", cut(words, 200)),
        Missed::TooSlow => "its host does not answer in time".to_owned(),
        Missed::Status(status @ (401 | 403)) => {
            format!("its host answers {status}: the address is not valid any more, or wants a password")
        }
        Missed::Status(status @ (404 | 410)) => format!("its host answers {status}: there is no calendar any more"),
        Missed::Status(status) => format!("its host answers {status}"),
        Missed::Redirects => "it leads on too often, or to something that is no web address".to_owned(),
        Missed::Private => {
            "its address is in a private network; where that is meant, set allow_private = true".to_owned()
        }
        Missed::File(words) => format!("its file cannot be read ({})", cut(words, 200)),
        Missed::TooLarge => format!("it is larger than {} MiB", LARGEST >> 20),
        Missed::NoCalendar => "what is there is no calendar".to_owned(),
        Missed::CutShort => "what is there ends in the middle".to_owned(),
    }
}

/// What could not be read of a calendar; without markup.
#[must_use]
pub fn unread(finding: &Finding) -> String {
    match finding {
        Finding::TooLarge => missed(&Missed::TooLarge),
        Finding::NoCalendar => missed(&Missed::NoCalendar),
        Finding::CutShort => missed(&Missed::CutShort),
        Finding::TooMuch => format!("it repeats more often than {MOST} times; only the first count"),
        Finding::Event { which, why } => format!("{}: {}", event(which), about(why)),
    }
}

fn event(which: &Which) -> String {
    match (&which.title, &which.uid) {
        (Some(title), _) => format!("event \u{201c}{}\u{201d}", cut(title, NAME)),
        (None, Some(uid)) => format!("event {}", cut(uid, NAME)),
        (None, None) => "an event without a title".to_owned(),
    }
}

fn about(why: &Unread) -> String {
    match why {
        Unread::Start => "when it begins cannot be read, so it does not count".to_owned(),
        Unread::Empty => "it ends when it begins, or before, so it does not count".to_owned(),
        Unread::Nobody => "it names nobody, or everybody declined, so it does not count".to_owned(),
        Unread::Free => "it is shown as free, so it does not count".to_owned(),
        Unread::Zone(zone) => {
            format!("the time zone {} is not known; taken as the schedule's", cut(zone, NAME))
        }
        Unread::Rule => "how it repeats cannot be read, so it counts once".to_owned(),
        Unread::Date => "a date that is added, left out or moved cannot be read".to_owned(),
    }
}

/// What the owner hears of a calendar; nothing, where it is so no more.
pub fn calendar_news(followed: &Followed, feed: &Feed, news: &FeedNews) -> Option<Message> {
    let (name, layer) = (called(followed), escape(&cut(&feed.layer, NAME)));
    let (text, hint) = match news {
        FeedNews::Failing { .. } => {
            let failing = feed.failing.as_ref()?;
            let text = format!(":warning: The calendar of {name} (layer {layer}) fails. {}", fails(feed, failing));
            (text, "You hear when it can be read again. `watchroom doctor` tries it at once.")
        }
        FeedNews::Works { since } => {
            let text = format!(
                ":white_check_mark: The calendar of {name} (layer {layer}) can be read again; it could not since {}.",
                date(*since)
            );
            (text, "Who is on call is as it says now.")
        }
        FeedNews::Strangers if feed.strangers.is_empty() => return None,
        FeedNews::Strangers => {
            let text = format!(
                ":warning: The calendar of {name} (layer {layer}) names {}, whom Slack does not know. Nobody is asked in \
                 their shifts, and the next step of a page is asked at once.",
                strangers(&feed.strangers)
            );
            (
                text,
                "Write the e-mail address that they have in Slack into the event, or whoever it is under [people] in watchroom.toml.",
            )
        }
    };
    Some(Message::new(format!("{text}\n{hint}"), vec![section(&text), context(hint)]))
}
