//! Our own status page and scheduled maintenance on it, as people in Slack read of them.

use jiff::{SignedDuration, Timestamp};
use slack_morphism::blocks::SlackBlock;

use super::{
    Message, View,
    escape::escape,
    ids::{ButtonValue, action::page as action},
    limits::{Look, SECTION, actions, button, context, header, rows, section},
    line::person,
    when::{date, duration},
};
use crate::{
    config::StatusPageSettings,
    status::{ComponentStatus, Impact, Kind, Post, PostStatus, Standing, maintenance::No},
};

/// How many posts one answer shows.
const SHOWN: usize = 10;
/// The one that **Extend** gives.
pub const LONGER: SignedDuration = SignedDuration::from_hours(1);

/// What a button about maintenance carries: which, and the end that whoever presses saw.
fn value(post: &Post) -> ButtonValue {
    let to = post.window().map_or(0, |window| u32::try_from(window.to.as_second()).unwrap_or(0));
    ButtonValue::default().extra(post.id.as_str()).version(to)
}

/// `*M-3 New database*`, leading to it where the page has an address.
fn title(w: View<'_>, post: &Post) -> String {
    let name = escape(post.name.or_tombstone());
    let number = match post.kind {
        Kind::Maintenance(_) => format!("M-{} ", post.number),
        Kind::Incident => String::new(),
    };
    match w.settings.status_page.as_ref().and_then(|page| page.url.as_ref()) {
        Some(url) => format!("{number}<{url}/incidents/{}|{}>", post.id, name.replace('|', "/")),
        None => format!("*{number}{name}*"),
    }
}

/// `Payments: Under maintenance`
fn touched(w: View<'_>, impact: &Impact) -> Vec<String> {
    let name = |id: &str| {
        let known = w.settings.status_page.as_ref().and_then(|page| page.component(id));
        known.map_or_else(|| id.to_owned(), |component| component.name.clone())
    };
    impact.iter().map(|(id, status)| escape(&format!("{}: {}", name(id.as_str()), standing(*status)))).collect()
}

/// `planned`, in a word.
const fn stands(post: &Post) -> &'static str {
    match (post.cancelled, post.status) {
        (true, _) => "cancelled",
        (_, PostStatus::Scheduled) => "planned",
        (_, PostStatus::InProgress) => "in progress",
        (_, PostStatus::Verifying) => "being verified",
        (_, PostStatus::Completed | PostStatus::Resolved) => "over",
        (_, PostStatus::Investigating) => "investigating",
        (_, PostStatus::Identified) => "identified",
        (_, PostStatus::Monitoring) => "monitoring",
    }
}

/// `from … until …`
fn window(post: &Post) -> String {
    post.window().map(|window| format!("from {} until {}", date(window.from), date(window.to))).unwrap_or_default()
}

/// Everything of one, in a few lines.
fn lines(w: View<'_>, post: &Post) -> String {
    let by = post.planned_by.as_ref().map(|who| format!(" · planned by {}", person(who))).unwrap_or_default();
    let touched = touched(w, &post.worst);
    let touched = if touched.is_empty() { String::new() } else { format!("\n{}", touched.join(", ")) };
    format!(":construction: {}: *{}* {}{by}{touched}", title(w, post), stands(post), window(post))
}

/// What can be done with it now.
fn buttons(post: &Post) -> Option<SlackBlock> {
    let (value, id) = (value(post), &post.id);
    let one = |action: &str, label: &str, look| button(&format!("{action}.{id}"), label, &value, look);
    match post.status {
        PostStatus::Scheduled => Some(actions(vec![
            one(action::BEGIN, "Begin now", Look::Usual),
            one(action::CHANGE, "Change", Look::Usual),
            one(action::CANCEL, "Cancel", Look::Danger),
        ])),
        PostStatus::InProgress | PostStatus::Verifying => Some(actions(vec![
            one(action::FINISH, "It is over", Look::Primary),
            one(action::EXTEND, "1 hour longer", Look::Usual),
            one(action::CHANGE, "Change", Look::Usual),
            one(action::CANCEL, "Break off", Look::Danger),
        ])),
        PostStatus::Investigating
        | PostStatus::Identified
        | PostStatus::Monitoring
        | PostStatus::Resolved
        | PostStatus::Completed => None,
    }
}

fn shown(text: &str, post: &Post) -> Message {
    Message::new(text, std::iter::once(section(text)).chain(buttons(post)).collect())
}

/// The announce channel's message of it, which changes with it.
#[must_use]
pub fn card(w: View<'_>, post: &Post) -> Message {
    shown(&lines(w, post), post)
}

/// To whoever just planned or changed it.
#[must_use]
pub fn done(w: View<'_>, post: &Post) -> Message {
    shown(&lines(w, post), post)
}

/// It begins soon.
#[must_use]
pub fn near(w: View<'_>, post: &Post) -> Message {
    let from = post.window().map_or(w.now, |window| window.from);
    let left = duration(from.duration_since(w.now).max(SignedDuration::ZERO));
    shown(&format!(":alarm_clock: Maintenance begins in {left}, and the page says so then.\n{}", lines(w, post)), post)
}

/// Is it over?
#[must_use]
pub fn over(w: View<'_>, post: &Post) -> Message {
    let to = post.window().map_or(w.now, |window| window.to);
    shown(
        &format!(
            ":alarm_clock: Is the maintenance over? It ends on the page at {} by itself, unless you say that it takes longer.\n{}",
            date(to),
            lines(w, post)
        ),
        post,
    )
}

/// It began or ended by itself, which was due at `due`.
#[must_use]
pub fn moved(w: View<'_>, post: &Post, due: Timestamp) -> Message {
    let at = post.updates.last().map_or(w.now, |update| update.at);
    let late = crate::status::maintenance::late(due, at);
    let late = late.map(|by| format!(", {} late: the bot was not running", duration(by))).unwrap_or_default();
    let what = if post.status.is_over() { "has ended" } else { "has begun" };
    shown(&format!("The status page says that the maintenance {what}{late}.\n{}", lines(w, post)), post)
}

/// What is planned and what goes on, and how more is planned; `said` stands above it.
#[must_use]
pub fn list(w: View<'_>, said: Option<&str>, on: &Standing) -> Message {
    let open: Vec<&Post> = maintenances(on);
    let mut text: Vec<String> = said.map(str::to_owned).into_iter().collect();
    let mut blocks: Vec<SlackBlock> = said.map(section).into_iter().collect();
    if open.is_empty() {
        text.push("No maintenance is planned.".to_owned());
        blocks.push(section("No maintenance is planned."));
    }
    for post in open.iter().take(SHOWN) {
        text.push(lines(w, post));
        blocks.push(section(&lines(w, post)));
        blocks.extend(buttons(post));
    }
    if open.len() > SHOWN {
        blocks.push(context(&format!("And {} more, which the page shows.", open.len() - SHOWN)));
    }
    let plan = button(action::PLAN, "Plan maintenance", &ButtonValue::default(), Look::Usual);
    blocks.push(actions(vec![plan]));
    Message::new(text.join("\n"), blocks)
}

/// Maintenance that is not over, the next first.
#[must_use]
pub fn maintenances(on: &Standing) -> Vec<&Post> {
    let open = on.posts.iter().filter(|post| post.window().is_some() && !post.status.is_over());
    let mut open: Vec<&Post> = open.collect();
    open.sort_by_key(|post| post.window().map(|window| window.from));
    open
}

/// How to set a page up, where there is none.
const NO_PAGE: &str = "There is no status page yet. Whoever runs the bot adds it to watchroom.toml, and starts the bot again:\n\
     ```[status_page]\nname = \"Example\"\nurl = \"https://status.example.com/status\"\n[[status_page.components]]\nid = \"checkout\"\n\
     name = \"Checkout\"```\nThe bot serves it at `/status` from then on. The README, under “A public status page”, says how to put it on \
     a domain.";

/// What stands on the page, and where it is.
#[must_use]
pub fn page(w: View<'_>, on: &Standing) -> Message {
    let Some(page) = &w.settings.status_page else { return Message::plain(NO_PAGE) };
    let mut said = vec![overall(page, on)];
    if let Some(url) = &page.url {
        said.push(format!("<{url}|{}>", escape(url)));
    }
    let mut blocks = vec![header(&format!("Status page of {}", page.name)), section(&said.join("\n"))];
    let open = on.posts.iter().filter(|post| post.kind == Kind::Incident && !post.status.is_over());
    let posts: Vec<String> = open
        .map(|post| {
            let since = date(post.updated_at);
            let touched = touched(w, &post.impact);
            let touched = if touched.is_empty() { String::new() } else { format!(" · {}", touched.join(", ")) };
            format!("• {}: *{}*, last update {since}{touched}", title(w, post), stands(post))
        })
        .chain(maintenances(on).into_iter().map(|post| format!("• {}", lines(w, post))))
        .collect();
    if !posts.is_empty() {
        blocks.push(section(&rows(&posts, SECTION)));
        said.extend(posts);
    }
    let components: Vec<String> =
        page.components.iter().map(|c| format!("• {}: {}", escape(&c.name), standing(on.page.status(&c.id)))).collect();
    if !components.is_empty() {
        blocks.push(section(&rows(&components, SECTION)));
        said.extend(components);
    }
    blocks.push(context(
        "Updates come from an incident: `/incident channels`. Work that is planned: `/incident maintenance`.",
    ));
    Message::new(said.join("\n"), blocks)
}

/// The page in a sentence.
fn overall(page: &StatusPageSettings, on: &Standing) -> String {
    let worst = page.components.iter().map(|c| on.page.status(&c.id)).max().unwrap_or_default();
    match worst {
        ComponentStatus::Operational => ":white_check_mark: All components are operational.".to_owned(),
        other => format!(":warning: The worst component: {}.", standing(other)),
    }
}

/// How people call these.
pub(super) const fn standing(status: ComponentStatus) -> &'static str {
    match status {
        ComponentStatus::Operational => "Operational",
        ComponentStatus::UnderMaintenance => "Under maintenance",
        ComponentStatus::DegradedPerformance => "Degraded performance",
        ComponentStatus::PartialOutage => "Partial outage",
        ComponentStatus::MajorOutage => "Major outage",
    }
}

/// Why nothing was changed, and what to do.
pub(super) fn no(no: No) -> String {
    match no {
        No::NoPage => "There is no status page to say it on. `/incident statuspage` says how to set one up.".into(),
        No::NoSuch => "There is no such maintenance. `/incident maintenance` lists what is planned. Nothing was changed.".into(),
        No::EndsFirst => "It would end before it begins. Choose a later end. Nothing was changed.".into(),
        No::Past => "That would be over already. Choose an end that lies ahead. Nothing was changed.".into(),
        No::BeginsInThePast => {
            "It would have begun already. Choose a beginning that lies ahead; what goes on unplanned is an incident. Nothing was \
             changed."
                .into()
        }
        No::TooLong => "That is more than a month; was another date meant? Nothing was changed.".into(),
        No::TooFar => "That is more than a year ahead; was another date meant? Nothing was changed.".into(),
        No::NoName => "Give it a headline, as the public will read it.".into(),
        No::NoBody => "Say what is done and what people will notice.".into(),
        No::TooManyCharacters { limit } => format!("That is too long: at most {limit} characters. Nothing was changed."),
        No::Begun => "It goes on already. Nothing was changed.".into(),
        No::NotBegun => "It has not begun; it can be cancelled: `/incident maintenance cancel`. Nothing was changed.".into(),
        No::Over => "It is over. Plan another: `/incident maintenance plan`. Nothing was changed.".into(),
        No::NotLonger => "It is to go on at least so long already. Nothing was changed.".into(),
    }
}
