//! Groups of alerts, in words.

use slack_morphism::prelude::*;

use super::{
    Message, View,
    escape::escape,
    ids::{ButtonValue, action::alert as action},
    intake::service_label,
    limits::{Look, SECTION, SHORT, actions, button, context, cut, plain, rows, section},
    line::escape_name,
    reply::rejection,
    when::date,
};
use crate::{
    alert::{Act, Group, One, Standing, reference},
    ids::{IncidentId, Series},
    incident::{Incident, Rejection},
    playbook::ServiceId,
};

/// How many alerts that fire a message lists.
const LISTED: usize = 10;
/// How many that are over.
const OVER: usize = 5;
/// What one alert takes there.
const ROW: usize = 240;
/// How many groups a list of incidents shows.
pub const ALERTS_SHOWN: usize = 5;

/// Where a group belongs, as far as whoever reads it may know.
#[derive(Clone, Copy, Debug)]
pub enum Belongs<'a> {
    /// Nowhere yet; it may be of the same trouble as this incident.
    Nowhere(Option<&'a Incident>),
    /// To this incident.
    To(&'a Incident),
    /// Somebody deals with it.
    Somewhere,
    /// It was dismissed.
    Dismissed,
}

/// The message of a group, as it stands.
pub fn alerts(w: View<'_>, group: &Group, belongs: Belongs<'_>) -> Message {
    let (first, state) = (headline(w, group), standing(group, belongs));
    let firing: Vec<String> = group.firing().into_iter().filter_map(|one| row(one, false)).collect();
    let over: Vec<String> = group.resolved().into_iter().filter_map(|one| row(one, true)).collect();
    let mut listed: Vec<String> = firing.iter().take(LISTED).cloned().collect();
    let left = group.firing().len().saturating_sub(listed.len());
    if left > 0 {
        listed.push(format!("… and {left}{} more", if group.more { " or" } else { "" }));
    }
    listed.extend(over.into_iter().take(OVER));
    let mut blocks = vec![section(&first)];
    if !listed.is_empty() {
        blocks.push(section(&rows(&listed, SECTION)));
    }
    blocks.push(context(&state));
    blocks.extend(buttons(group, belongs));
    Message::new(format!("{first}\n{}\n{state}", rows(&listed, SECTION)), blocks)
}

/// What fires, how much of it and since when.
fn headline(w: View<'_>, group: &Group) -> String {
    let mut about = vec![format!("*{}*", escape(&group.opened.title))];
    about.extend(group.opened.service.as_ref().map(|service: &ServiceId| escape(&service_label(w, service))));
    about.extend(group.opened.severity.as_deref().map(escape));
    let over = group.resolved().len();
    let over = if over > 0 { format!(", {over} resolved") } else { String::new() };
    let counted = if group.is_firing() {
        format!("*{} firing* since {}{over}", count(group), date(group.since()))
    } else {
        format!("None fires since {}{over}", date(group.changed))
    };
    let sign = if group.is_firing() { ":rotating_light:" } else { ":white_check_mark:" };
    let link = group.opened.link.as_deref().map(|url| format!(" · <{}|look>", escaped_link(url))).unwrap_or_default();
    format!(
        "{sign} {}\n{counted} · {} of {}{link}",
        about.join(" · "),
        reference(group.number),
        escape(&group.opened.source)
    )
}

fn count(group: &Group) -> String {
    let firing = group.firing().len();
    if group.more { format!("{firing} or more") } else { firing.to_string() }
}

/// An address between angle brackets: a bar or bracket of its own would end it.
fn escaped_link(url: &str) -> String {
    url.replace('&', "&amp;").replace('|', "%7C").replace('<', "%3C").replace('>', "%3E")
}

fn row(one: &One, over: bool) -> Option<String> {
    let words = one.words.as_ref()?;
    let summary = words.summary.as_deref().filter(|summary| *summary != words.name);
    let said = summary.map_or_else(|| words.name.clone(), |summary| format!("{}: {summary}", words.name));
    let said = escape(&cut(&said, ROW).replace('~', "-"));
    let link = words.link.as_deref().filter(|_| !over).map(|url| format!(" <{}|look>", escaped_link(url)));
    Some(if over { format!("• ~{said}~") } else { format!("• {said}{}", link.unwrap_or_default()) })
}

fn standing(group: &Group, belongs: Belongs<'_>) -> String {
    match belongs {
        Belongs::To(it) => {
            let place = it.room.as_ref().map(|room| format!(" in <#{}>", room.channel)).unwrap_or_default();
            format!("Taken: belongs to {}{place}.", it.id)
        }
        Belongs::Somewhere => "Taken.".to_owned(),
        Belongs::Dismissed => {
            let by = match &group.standing {
                Standing::Dismissed { by: Some(by), .. } => format!(" by <@{by}>"),
                Standing::Dismissed { by: None, .. } | Standing::Free | Standing::Attached { .. } => String::new(),
            };
            format!("Dismissed{by}. What fires later than half an hour after these are over is shown anew.")
        }
        Belongs::Nowhere(_) if !group.is_firing() => "Nobody took it, and it is over.".to_owned(),
        Belongs::Nowhere(Some(it)) => format!("Nobody took it yet. It may be of {}: {}", it.id, escape(it.called())),
        Belongs::Nowhere(None) => "Nobody took it yet. Declare an incident of it, or attach it to one.".to_owned(),
    }
}

fn buttons(group: &Group, belongs: Belongs<'_>) -> Option<SlackBlock> {
    let (Belongs::Nowhere(near), true) = (belongs, group.is_firing()) else { return None };
    let (n, value) = (group.number, ButtonValue::default().extra(group.number.to_string()));
    let look = if near.is_some() { Look::Usual } else { Look::Primary };
    let mut all = Vec::new();
    all.extend(near.map(|it| {
        let value = ButtonValue { incident: Some(it.id), ..value.clone() };
        button(&format!("{}.{n}", action::ATTACH), &format!("Attach to {}", it.id), &value, Look::Primary)
    }));
    all.push(button(&format!("{}.{n}", action::DECLARE), "Declare", &value, look));
    let menu = SlackBlockExternalSelectElement::new()
        .with_action_id(SlackActionId(format!("{}.{n}", action::CHOOSE)))
        .with_placeholder(plain("Attach to …", SHORT))
        .with_min_query_length(0);
    all.push(SlackActionBlockElement::ExternalSelect(menu));
    all.push(button(&format!("{}.{n}", action::DISMISS), "Dismiss", &value, Look::Usual));
    Some(actions(all))
}

/// What a rule says of a group could not be done.
pub fn alerts_refused(w: View<'_>, group: &Group, act: &Act, why: &Rejection) -> Message {
    let (says, here, paged) = match act {
        Act::Declare { policy: Some(policy), .. } => {
            let says = format!("to declare an incident of them and to page {}", escape_name(policy));
            (says, "<!here> ", " Nobody was paged for them.")
        }
        Act::Declare { policy: None, .. } => ("to declare an incident of them".to_owned(), "<!here> ", ""),
        Act::Attach | Act::Offer { .. } | Act::Ignore => ("to attach them".to_owned(), "", ""),
    };
    Message::plain(format!(
        ":warning: {here}*{} {}*: the rule for these alerts says {says}, and that could not be done. {}{paged} Declare or attach them by \
         their message; whoever runs the bot mends the rule.",
        reference(group.number),
        escape(&cut(&group.opened.title, SHORT)),
        rejection(w, why, None),
    ))
}

/// To whoever attached a group.
pub fn alerts_attached(group: u64, incident: IncidentId) -> Message {
    let place = if incident.series == Series::Sec { " Its message says only that it is taken." } else { "" };
    Message::plain(format!("The alerts {} belong to {incident} now.{place}", reference(group)))
}

/// Those that fire and that nobody took.
pub fn alerts_waiting(waiting: &[Group]) -> String {
    let mut lines: Vec<String> = waiting
        .iter()
        .take(ALERTS_SHOWN)
        .map(|group| {
            let title = escape(&cut(&group.opened.title, SHORT));
            format!("{} {title}: {} firing since {}", reference(group.number), count(group), date(group.since()))
        })
        .collect();
    if waiting.len() > ALERTS_SHOWN {
        lines.push("… and others".to_owned());
    }
    format!(":rotating_light: Alerts that nobody took: {}.", lines.join("; "))
}
