//! What came of a send: one message in the room, kept up to date.

use slack_morphism::blocks::SlackActionBlockElement;

use super::{
    super::limits::{Look, SECTION, actions, button, rows},
    Message, View, quoted, reason, to_copy, update_for,
};
use crate::{
    incident::{
        Incident,
        comms::{Amended, Delivered, Delivery, Letter, MAYBE_THERE, Send, Way},
    },
    playbook::OutletId,
    render::{
        escape::escape,
        ids::{ButtonValue, comms as action},
        limits::{cut, section},
        line::{person, words},
        when::date,
    },
};

/// The receipt, with the text once: to copy, while somebody has to post it by hand; `facts` are the letter as it was sent, and why nobody approved it where somebody had to.
pub fn receipt(
    w: View<'_>,
    it: &Incident,
    send: &Send,
    letter: &Letter,
    alone: Option<&crate::incident::Text>,
) -> Message {
    let by = send.by.as_ref().map_or_else(|| "Somebody".to_owned(), person);
    let (what, date) = (update_for(send.to), date(send.at));
    let head = if send.is_nowhere() {
        format!(":writing_hand: *{by} released the {what}* {date}. Nobody has it yet: post it by hand")
    } else {
        format!(":loudspeaker: *{by} sent the {what}* {date}")
    };
    let alone = alone.map(|why| format!("\n:warning: Sent without approval: {}", words(why))).unwrap_or_default();
    let corrected = send.corrected.as_ref().map(|(by, at)| {
        let by = by.as_ref().map_or_else(|| "somebody".to_owned(), person);
        let entry = send.corrections.iter().rev().nth(1).unwrap_or(&send.seq);
        format!(
            "\n:pencil2: Corrected by {by} {}. Entry {entry} of the timeline has what it said before.",
            super::date(*at)
        )
    });
    let withdrawn =
        if send.withdrawn { "\n:wastebasket: Its words were redacted: it stands nowhere any more." } else { "" };
    let head = format!("{head}{}{alone}{withdrawn}", corrected.unwrap_or_default());
    let short = letter.title().is_none() || send.deliveries.iter().all(|d| d.to.short);
    let lines: Vec<String> = send.deliveries.iter().map(|d| line(send, d, short)).collect();
    let lines = rows(&lines, SECTION);
    let said = letter.shown(short);
    let by_hand: Vec<&Delivery> = send.deliveries.iter().filter(|d| d.wants_hand() && !send.withdrawn).collect();
    let mut blocks = if by_hand.is_empty() {
        vec![section(&cut(&format!("{head}\n{}", quoted(&said)), SECTION)), section(&lines)]
    } else {
        vec![section(&cut(&head, SECTION)), section(&lines)]
    };
    blocks.extend(by_hand.iter().filter_map(|d| how(w, it, d)).map(|how| section(&how)));
    if !by_hand.is_empty() {
        blocks.push(section(&to_copy(&said)));
    }
    let presses = send.deliveries.iter().flat_map(|d| presses(it, send, d));
    let mut buttons: Vec<_> = presses.filter(|_| !send.withdrawn).take(20).collect();
    buttons.extend((!send.withdrawn).then(|| correct(it, send, "Correct")));
    if !buttons.is_empty() {
        blocks.push(actions(buttons));
    }
    Message::new(format!("{head}\n{lines}\n{}", cut(&quoted(&said), SECTION)), blocks)
}

/// Opens the form that corrects it.
pub(super) fn correct(it: &Incident, send: &Send, label: &str) -> SlackActionBlockElement {
    let value = ButtonValue::of(it.id).number(send.number).version(send.corrected_times());
    button(action::CORRECT, label, &value, Look::Usual)
}

/// How it stands in one place, and what became of its correction there.
fn line(send: &Send, delivery: &Delivery, short: bool) -> String {
    let line = stands(delivery, short);
    if !delivery.state.is_there() {
        return line;
    }
    let amended = match &delivery.amended {
        None if delivery.words == send.words() => return line,
        None => ":warning: it still says what it said before".to_owned(),
        Some(_) if delivery.words != send.words() => ":warning: it does not say the latest correction".to_owned(),
        Some(Amended::OnItsWay) => ":hourglass_flowing_sand: being corrected".to_owned(),
        Some(Amended::Trying { why }) => format!(":warning: not corrected yet ({}); I keep trying", escape(why)),
        Some(Amended::Failed { why }) => format!(":x: could not be corrected ({})", escape(why)),
        Some(Amended::ByHand) => ":writing_hand: please correct it by hand".to_owned(),
        Some(Amended::Done { at, by: Some(by), .. }) => {
            format!(":pencil2: corrected by hand by {} {}", person(by), super::date(*at))
        }
        Some(Amended::Done { at, behind: true, .. }) => {
            format!(":pencil2: the correction stands behind it, {}", super::date(*at))
        }
        Some(Amended::Done { at, .. }) => format!(":pencil2: corrected {}", super::date(*at)),
    };
    format!("{line} · {amended}")
}

/// How it stands in one place. `short`: the text that is shown has no headline, so none is to be left out.
fn stands(delivery: &Delivery, short: bool) -> String {
    let label = escape(&delivery.to.label);
    let without = if delivery.to.short && !short { ", without its headline" } else { "" };
    match &delivery.state {
        Delivered::OnItsWay => format!(":hourglass_flowing_sand: *{label}*: being posted"),
        Delivered::Trying { why } => format!(":warning: *{label}*: not posted yet ({}); I keep trying", escape(why)),
        Delivered::Failed { why } if why == MAYBE_THERE => format!(
            ":warning: *{label}*: may be there already, since its answer was lost, and I cannot look. Please look; if it is not there, press Retry"
        ),
        Delivered::Failed { why } => format!(":x: *{label}*: could not be posted ({})", reason(why)),
        Delivered::ByHand => format!(":writing_hand: *{label}*: please post it by hand{without}"),
        Delivered::Posted { at, link } => {
            let link = link.as_ref().map(|link| format!(" · <{link}|open>")).unwrap_or_default();
            format!(":white_check_mark: *{label}*: in <#{}>{link}", at.channel)
        }
        Delivered::Published { at } => {
            let link = at.link.as_ref().map(|link| format!(" · <{link}|open>")).unwrap_or_default();
            format!(":white_check_mark: *{label}*: published{link}")
        }
        Delivered::Done { by, at, link, .. } => {
            let by = by.as_ref().map_or_else(|| "somebody".to_owned(), person);
            let link = link.as_ref().map(|link| format!(" · {}", escape(link.or_tombstone()))).unwrap_or_default();
            format!(":white_check_mark: *{label}*: posted by hand by {by} {}{link}", date(*at))
        }
    }
}

/// The channel of the register that is the status page.
const STATUS_PAGE: &str = "status_page";

/// How a person posts there, and on a status page which components it is about; how when our own systems are down, where that is why.
fn how(w: View<'_>, it: &Incident, delivery: &Delivery) -> Option<String> {
    let outlet = w.playbook.outlet(&delivery.to.outlet)?;
    let down = delivery.has_failed()
        || matches!(delivery.state, Delivered::Trying { .. })
        || matches!(delivery.amended, Some(Amended::Trying { .. }));
    let how = if down && !outlet.how_when_down.is_empty() { &outlet.how_when_down } else { &outlet.how };
    let more = [how, &outlet.more].into_iter().filter(|text| !text.is_empty());
    let more: Vec<String> = more.map(|text| escape(text)).chain(components(w, it, &outlet.id)).collect();
    (!more.is_empty()).then(|| format!("*{}*: {}", escape(&delivery.to.label), more.join(" ")))
}

/// The components of the status page that show the service in trouble.
fn components(w: View<'_>, it: &Incident, outlet: &OutletId) -> Option<String> {
    let service = it.intake.service.as_ref().filter(|_| outlet.as_str() == STATUS_PAGE)?;
    let components = &w.playbook.service(service.as_str())?.components;
    let names: Vec<String> = components.iter().map(|name| escape(name)).collect();
    (!names.is_empty()).then(|| format!("Components: {}.", names.join(", ")))
}

/// "I posted it."
pub(super) fn posted_by_hand(it: &Incident, send: &Send, delivery: &Delivery) -> SlackActionBlockElement {
    let outlet = &delivery.to.outlet;
    let value = ButtonValue::of(it.id).number(send.number).version(delivery.retries).extra(outlet.as_str());
    let label = format!("Posted by hand: {}", delivery.to.label);
    button(&format!("{}.{outlet}", action::HAND), &label, &value, Look::Usual)
}

fn presses(it: &Incident, send: &Send, delivery: &Delivery) -> Vec<SlackActionBlockElement> {
    let outlet = &delivery.to.outlet;
    let value = ButtonValue::of(it.id).number(send.number).version(delivery.retries).extra(outlet.as_str());
    let hand = || posted_by_hand(it, send, delivery);
    match delivery.to.way {
        Way::Slack(_) | Way::Connector(_) if delivery.has_failed() => {
            let (id, label) = (format!("{}.{outlet}", action::RETRY), format!("Retry: {}", delivery.to.label));
            vec![button(&id, &label, &value, Look::Primary), hand()]
        }
        Way::Slack(_) | Way::Connector(_) | Way::Hand if delivery.wants_hand() => vec![hand()],
        Way::Slack(_) | Way::Connector(_) | Way::Hand => Vec::new(),
    }
}
