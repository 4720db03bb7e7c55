//! What customers report, in words.

use slack_morphism::prelude::*;

use super::{
    Message, View,
    escape::escape,
    ids::{
        ButtonValue,
        action::{self, report as button_of},
    },
    limits::{Look, SECTION, actions, button, context, cut, header, rows, section},
    line::{person, sentence, who, words},
    when::date,
};
use crate::{
    ids::IncidentId,
    incident::{
        Event, Incident, What,
        case::{Fact, No, Report, Source},
    },
    playbook::{Audience, Playbook, fill},
};

/// What the words of one report take in a list.
const SHORT: usize = 300;
/// How many reports of one sort a list shows.
pub const REPORTS_SHOWN: usize = 10;

/// A report's reference.
pub(super) fn reference(number: u64) -> String {
    format!("R-{number}")
}

/// The words that thank for a report, as the playbook has them.
fn thanks(playbook: &Playbook, reference: &str) -> String {
    let template = playbook.templates.iter().find(|t| t.audience == Audience::Reporter);
    let filled = template.and_then(|t| {
        let mut values = t.defaults.clone();
        values.insert("reference".to_owned(), reference.to_owned());
        fill(&t.body, &values).ok()
    });
    let usual = || format!("Thank you for telling us. Your report has the reference {reference}.");
    filled.map_or_else(usual, |text| escape(text.trim()))
}

/// To whoever reported something: its reference, and nothing of any incident.
pub fn report_filed(playbook: &Playbook, report: &Report) -> Message {
    let name = reference(report.number);
    Message::plain(format!("{}\n`/incident report {name}` shows you where it stands.", thanks(playbook, &name)))
}

/// To whoever wrote down what a customer told.
pub fn report_added(report: &Report, id: IncidentId) -> Message {
    let name = reference(report.number);
    Message::plain(format!("{name} is recorded and belongs to {id}. `/incident {id} reports` shows it."))
}

/// A report to whoever reported it: when it came in, and whether somebody looks at it.
pub fn report_own(report: &Report) -> Message {
    Message::plain(own(report))
}

fn own(report: &Report) -> String {
    let state = match &report.acknowledged {
        Some(acknowledged) => format!("a person is looking at it since {}", date(acknowledged.at)),
        None => "nobody has said yet that they look at it".to_owned(),
    };
    let name = reference(report.number);
    format!("*{name}* · reported {} · {state}\n{}", date(report.reported_at), cut(&words(&report.text), SHORT))
}

/// Somebody's own reports.
pub fn reports_own(reports: &[Report]) -> Message {
    if reports.is_empty() {
        return Message::plain("You have reported nothing. `/incident report &lt;text&gt;` tells us of something.");
    }
    let lines: Vec<String> = reports.iter().map(own).collect();
    let blocks = std::iter::once(header("Your reports")).chain(lines.iter().map(|line| section(line)));
    Message::new(format!("Your reports\n{}", rows(&lines, SECTION)), blocks.collect())
}

/// A report to those within the organisation.
pub fn report(report: &Report, now: jiff::Timestamp, here: Option<IncidentId>) -> Message {
    let line = row(report, now);
    let buttons = buttons(report, here, "");
    let mut blocks = vec![section(&line)];
    if !buttons.is_empty() {
        blocks.push(actions(buttons));
    }
    Message::new(line, blocks)
}

fn row(report: &Report, now: jiff::Timestamp) -> String {
    let state = match &report.acknowledged {
        Some(acknowledged) => {
            let by = acknowledged.by.as_ref().map(person).unwrap_or_default();
            format!("acknowledged by {by} {}", date(acknowledged.at))
        }
        None if report.is_overdue(now) => ":hourglass: *not acknowledged, overdue*".to_owned(),
        None => "not acknowledged yet".to_owned(),
    };
    let from = match &report.source {
        Source::Person(user) => format!("by {}", person(user)),
        Source::Hook(name) => format!("through {}", escape(name)),
    };
    let reporter = report.reporter.as_ref().map(|name| format!(" for {}", words(name))).unwrap_or_default();
    let belongs = report.incident.map(|id| format!(" · {id}")).unwrap_or_default();
    format!(
        "*{}* · reported {} {from}{}{belongs} · {state}\n{}",
        reference(report.number),
        date(report.reported_at),
        cut(&reporter, SHORT),
        cut(&words(&report.text), SHORT)
    )
}

/// `place` ends the ids of buttons in a list.
fn buttons(report: &Report, here: Option<IncidentId>, place: &str) -> Vec<SlackActionBlockElement> {
    if report.text.words().is_none() {
        return Vec::new();
    }
    let number = report.number.to_string();
    let value = match report.incident.or(here) {
        Some(id) => ButtonValue::of(id).extra(number.as_str()),
        None => ButtonValue::default().extra(number.as_str()),
    };
    let one = |action: &str, label: String, look| button(&format!("{action}.{number}{place}"), &label, &value, look);
    let mut all = Vec::new();
    if report.acknowledged.is_none() {
        all.push(one(button_of::ACKNOWLEDGE, format!("Acknowledge {}", reference(report.number)), Look::Primary));
    }
    if let (None, Some(id)) = (report.incident, here) {
        all.push(one(button_of::ATTACH, format!("Belongs to {id}"), Look::Usual));
    }
    all
}

/// The reports of an incident, and those that belong to none.
pub fn reports(it: Option<&Incident>, of: &[Report], free: &[Report], now: jiff::Timestamp) -> Message {
    let here = it.map(|it| it.id);
    let heading = here.map_or_else(|| "Reports".to_owned(), |id| format!("Reports of {id}"));
    let (mut blocks, mut text) = (vec![header(&heading)], Vec::new());
    if let Some(first) = it.and_then(|it| it.case.first_report_at) {
        let count = it.map_or(0, |it| it.case.reports);
        text.push(format!("{count} in all, the first {}.", date(first)));
        blocks.push(section(&text[0]));
    }
    for (what, all) in [("", of), ("*Belonging to no incident yet*", free)] {
        if !what.is_empty() && !all.is_empty() {
            blocks.push(section(what));
            text.push(what.to_owned());
        }
        for report in all.iter().take(REPORTS_SHOWN) {
            let line = row(report, now);
            blocks.push(section(&line));
            let buttons = buttons(report, here, button_of::LISTED);
            if !buttons.is_empty() {
                blocks.push(actions(buttons));
            }
            text.push(line);
        }
        if all.len() > REPORTS_SHOWN {
            blocks.push(context("… and earlier ones; `/incident report R-1` shows one by its reference."));
        }
    }
    if text.is_empty() {
        text.push(
            "No customer has reported anything here. `/incident reports add &lt;text&gt;` writes down what one told."
                .into(),
        );
        blocks.push(section(&text[0]));
    }
    Message::new(format!("{heading}\n{}", rows(&text, SECTION)), blocks)
}

/// To the incidents channel: a report came that belongs to no incident, as it stands. Of one that does it says no more, since not
/// everybody may know of that incident.
pub fn report_came(report: &Report, now: jiff::Timestamp) -> Message {
    let name = reference(report.number);
    let state = match &report.acknowledged {
        _ if !report.is_free() => "It is being dealt with.".to_owned(),
        Some(acknowledged) => {
            let by = acknowledged.by.as_ref().map(person).unwrap_or_default();
            format!("Acknowledged by {by} {}. `/incident report {name}` shows it.", date(acknowledged.at))
        }
        None if report.is_overdue(now) => {
            format!(":hourglass: *Nobody has acknowledged it in time.* `/incident report {name}` shows it.")
        }
        None => format!(
            "It belongs to no incident yet. `/incident report {name}` shows it; somebody should acknowledge it by {}.",
            date(report.due())
        ),
    };
    with_acknowledge(
        report,
        format!(":incoming_envelope: Customer report *{name}* of {}. {state}", date(report.reported_at)),
    )
}

/// To the incidents channel: nobody has acknowledged it in time, and what became of that.
pub fn report_overdue(report: &Report) -> Message {
    let name = reference(report.number);
    let text = match &report.acknowledged {
        _ if !report.is_free() => {
            format!(":hourglass: Nobody had acknowledged *{name}* in time; it is dealt with now.")
        }
        Some(acknowledged) => {
            let by = acknowledged.by.as_ref().map(person).unwrap_or_default();
            format!(
                ":white_check_mark: *{name}*, which nobody had acknowledged in time, is: {by} looks at it since {}.",
                date(acknowledged.at)
            )
        }
        None => format!(
            ":hourglass: Nobody has acknowledged *{name}* in time, and whoever reported it waits. `/incident report {name}` shows it."
        ),
    };
    with_acknowledge(report, text)
}

fn with_acknowledge(report: &Report, text: String) -> Message {
    if report.acknowledged.is_some() || !report.is_free() {
        return Message::plain(text);
    }
    let blocks = vec![section(&text), actions(buttons(report, None, ""))];
    Message::new(text, blocks)
}

/// To whoever reported it: somebody looks at it. Nothing of who, and of which incident.
pub fn report_acknowledged(report: &Report) -> Message {
    let name = reference(report.number);
    Message::plain(format!(
        ":eyes: A person is looking at what you reported as *{name}*. `/incident report {name}` shows you where it stands."
    ))
}

/// How many of these belong to no incident, and how many of them waited too long.
pub fn reports_waiting(free: &[Report], now: jiff::Timestamp) -> String {
    let many = if free.len() > REPORTS_SHOWN { format!("{REPORTS_SHOWN} or more") } else { free.len().to_string() };
    let overdue = free.iter().filter(|r| r.is_overdue(now)).count();
    let overdue =
        if overdue > 0 { format!(", :hourglass: {overdue} of them not acknowledged in time") } else { String::new() };
    format!(
        ":incoming_envelope: Customers' reports that belong to no incident: {many}{overdue}. `/incident reports` shows them."
    )
}

/// What the card shows of an incident's reports; nothing where there are none.
pub(super) fn fact(it: &Incident) -> Option<String> {
    let case = &it.case;
    let first = case.first_report_at?;
    let overdue = case.waiting.iter().filter(|w| w.overdue).count();
    let waiting = case.waiting.len() - overdue;
    let mut parts = vec![format!("{}, the first {}", case.reports, date(first))];
    if waiting > 0 {
        parts.push(format!("{waiting} not acknowledged"));
    }
    if overdue > 0 {
        parts.push(format!(":hourglass: {overdue} overdue"));
    }
    Some(format!("*Customer reports*\n{}", parts.join(", ")))
}

/// The line in the room of a report that came, or that waits too long, with what can be done about it.
pub(super) fn line(it: &Incident, fact: &Fact, text: &str) -> Option<Message> {
    let (report, waits) = asked(fact)?;
    Some(with_show(it, report, text, waits))
}

/// The lines of a report as they read now, each with the number of its event.
pub fn lines_of_report(w: View<'_>, it: &Incident, history: &[(u64, Event)], report: u64) -> Vec<(u64, Message)> {
    let of = |event: &Event| match &event.what {
        What::Case(fact) => asked(fact).filter(|(of, _)| *of == report),
        _ => None,
    };
    // What became of it since it was found to belong here.
    let fate = history.iter().rev().find_map(|(_, event)| match &event.what {
        What::Case(Fact::ReportAcknowledged { report: of }) if *of == report => {
            Some(Some(format!(":white_check_mark: Acknowledged by {} {}.", who(event), date(event.at))))
        }
        What::Case(Fact::ReportDetached { report: of, .. }) if *of == report => {
            Some(Some(format!("It does not belong to {} any more.", it.id)))
        }
        What::Case(Fact::ReportAttached { report: of, .. }) if *of == report => Some(None),
        _ => None,
    });
    let fate = fate.flatten();
    let said = history.iter().filter_map(|(seq, event)| Some((seq, event, of(event)?)));
    said.map(|(seq, event, (report, waits))| {
        let text = sentence(w, it, event);
        let message = match &fate {
            Some(fate) => with_show(it, report, &format!("{text}\n{fate}"), false),
            None => with_show(it, report, &text, waits),
        };
        (*seq, message)
    })
    .collect()
}

/// The report that an event's line is about, and whether it asks somebody to look at it.
const fn asked(fact: &Fact) -> Option<(u64, bool)> {
    match fact {
        Fact::ReportAttached { report, due, .. } => Some((*report, due.is_some())),
        Fact::ReportOverdue { report } => Some((*report, true)),
        _ => None,
    }
}

fn with_show(it: &Incident, report: u64, text: &str, waits: bool) -> Message {
    let id = format!("{}.reports.{report}", action::RUN);
    let show = ButtonValue::of(it.id).extra(format!("{} reports", it.id));
    let mut elements = Vec::new();
    if waits {
        let value = ButtonValue::of(it.id).extra(report.to_string());
        let label = format!("Acknowledge {}", reference(report));
        elements.push(button(&format!("{}.{report}", button_of::ACKNOWLEDGE), &label, &value, Look::Primary));
    }
    elements.push(button(&id, "Show reports", &show, Look::Usual));
    Message::new(text.to_owned(), vec![section(text), actions(elements)])
}

/// Why nothing was changed about a report; nothing where it is about something else.
pub(super) fn refusal(no: &No) -> Option<String> {
    Some(match no {
        No::NoSuchReport(n) => {
            format!("There is no {}. `/incident report` shows your own reports.", reference(*n))
        }
        No::ReportElsewhere { report, incident } => format!(
            "{0} belongs to {incident} already. Where that is wrong, take it away there first: `/incident {incident} reports \
             detach {0}`. Nothing was changed.",
            reference(*report)
        ),
        No::ReportStays(n) => format!(
            "{} stays here: what belongs to a need-to-know incident is not shown to others again. Report it anew where it \
             belongs. Nothing was changed.",
            reference(*n)
        ),
        No::ReportAcknowledged(n) => format!("Somebody looks at {} already; nothing had to be changed.", reference(*n)),
        No::ReportedLater => {
            "That time is still to come. Name when it was reported, or leave that out. Nothing was recorded.".into()
        }
        No::ReportedLongAgo => {
            "That is more than a year ago. Leave the time out, and write it into the text. Nothing was recorded.".into()
        }
        _ => return None,
    })
}
