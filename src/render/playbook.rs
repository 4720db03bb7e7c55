//! The playbook in force.

use std::fmt::Write;

use super::{
    Message,
    escape::escape,
    limits::{context, header, section},
    when::date,
};
use crate::{
    config::Heard,
    ids::IncidentId,
    playbook::{InForce, Paged, Playbook, Visibility},
};

/// Said to whoever declares while the file is broken.
pub const PLAYBOOK_BROKEN: &str = ":warning: The playbook's file cannot be used as it stands; the last good one is in force. `/incident playbook` says why.";

/// How many problems are shown here; `watchroom check` has all.
const SHOWN: usize = 10;
/// How many of them its owner is told.
const TOLD: usize = 3;

/// A message with one more line at its end.
pub fn with_note(mut message: Message, note: &str) -> Message {
    message.text = format!("{} {note}", message.text);
    message.blocks.push(context(note));
    message
}

/// Which playbook is in force, what it says in short, and what is wrong with its file.
pub fn playbook(book: &Playbook, state: &InForce, own: Option<(IncidentId, &Playbook)>) -> Message {
    let mut parts = vec![format!(
        "*{}*, version {} (`{}`), in force since {}.",
        escape(&book.name),
        escape(&book.version),
        state.edition,
        date(state.since)
    )];
    if let Some((id, own)) = own.filter(|(_, own)| own.edition != book.edition) {
        parts.push(format!(
            "{id} was declared under another one and keeps it: *{}*, version {} (`{}`).",
            escape(&own.name),
            escape(&own.version),
            own.edition
        ));
    }
    let criteria: Vec<String> =
        book.criteria.iter().map(|c| format!("• {} ({})", escape(&c.label), c.suggest)).collect();
    parts.push(format!("*An event is an incident when any one of these is true*\n{}", criteria.join("\n")));
    if !book.not_incidents.is_empty() {
        let not: Vec<String> = book.not_incidents.iter().map(|what| format!("• {}", escape(what))).collect();
        parts.push(format!("*No incident*\n{}", not.join("\n")));
    }
    let severities = book.severities.iter().map(|s| {
        let pages = pages(book, &s.page);
        format!("{} *{}* {}: {}{pages}", s.emoji, s.level, escape(&s.label), escape(&s.means))
    });
    parts.push(severities.collect::<Vec<_>>().join("\n"));
    for kind in &book.kinds {
        let phases: Vec<String> = kind.course().map(|p| escape(&p.label)).collect();
        let beside: Vec<String> = kind
            .phases
            .iter()
            .filter_map(|p| {
                let opener = kind.phase(p.beside.as_ref()?.as_str())?;
                Some(format!("; {} runs beside them from {} on", escape(&p.label), escape(&opener.label)))
            })
            .collect();
        let secret = match kind.visibility {
            Visibility::NeedToKnow => " (need to know)",
            Visibility::Workspace => "",
        };
        parts.push(format!("*{}*{secret}: {}{}", escape(&kind.label), phases.join(" → "), beside.concat()));
    }
    let roles: Vec<String> = book.roles.iter().map(|r| escape(&r.label)).collect();
    parts.push(format!("*Roles:* {}", roles.join(", ")));
    if !book.values.is_empty() {
        let values: Vec<String> = book.values.iter().map(|v| format!("• {}", escape(&v.text))).collect();
        parts.push(format!("*What we hold to*\n{}", values.join("\n")));
    }
    let mut blocks = vec![header("The playbook in force")];
    blocks.extend(parts.iter().map(|part| section(&super::limits::cut(part, super::limits::SECTION))));
    if let Some(problems) = problems(state) {
        blocks.push(section(&problems));
        parts.push(problems);
    }
    Message::new(parts.join("\n"), blocks)
}

/// Whom a severity pages, in a sentence.
fn pages(book: &Playbook, page: &[Paged]) -> String {
    let name = |paged: &Paged| match paged {
        Paged::OwnService => "whoever answers for its service".to_owned(),
        Paged::Service(id) => {
            let label = book.service(id.as_str()).map_or(id.as_str(), |service| &service.label);
            format!("whoever answers for {}", escape(label))
        }
        Paged::Role(id) => {
            let label = book.role(id.as_str()).map_or(id.as_str(), |role| &role.label);
            format!("the {}", escape(label))
        }
    };
    let all: Vec<String> = page.iter().map(name).collect();
    if all.is_empty() { String::new() } else { format!(". Pages {}.", all.join(", ")) }
}

/// Told to whoever answers for the playbook: its file broke, or is mended.
pub fn playbook_news(book: &Playbook, state: &InForce) -> Message {
    let name = escape(&book.name);
    if state.is_current {
        return Message::plain(format!(
            ":white_check_mark: The file of the playbook *{name}* can be used again; version {} (`{}`) is in force.",
            escape(&book.version),
            state.edition
        ));
    }
    let mut text = format!(
        ":warning: The file of the playbook *{name}* was changed and cannot be used. Version {} (`{}`) stays in force, and \
         incidents go on, until it is mended; the bot looks again every few seconds. `watchroom check` shows all that is \
         wrong with it.",
        escape(&book.version),
        state.edition
    );
    with_problems(&mut text, &state.problems);
    Message::plain(super::limits::cut(&text, super::limits::SECTION))
}

/// Told to the same people: the settings' file broke, is mended, or has something that counts from the next start on.
pub fn settings_news(what: Heard, problems: &[String], waits: &[&str]) -> Message {
    let mut text = match what {
        Heard::Mended => ":white_check_mark: The settings' file can be used again; what it says is in force.".to_owned(),
        Heard::Broken => ":warning: The settings' file was changed and cannot be used. The last good settings stay in force, \
             and pages and incidents go on by them, until it is mended; the bot looks again every few seconds. `watchroom \
             check` shows all that is wrong with it."
            .to_owned(),
        Heard::Waits => {
            let waits: Vec<String> = waits.iter().map(|key| format!("`{key}`")).collect();
            format!(
                ":information_source: The settings' file was changed. What it says of {} counts from the next start of the \
                 bot on; the rest is in force.",
                waits.join(", ")
            )
        }
    };
    if what == Heard::Broken {
        with_problems(&mut text, problems);
    }
    Message::plain(super::limits::cut(&text, super::limits::SECTION))
}

fn with_problems(text: &mut String, problems: &[String]) {
    for problem in problems.iter().take(TOLD) {
        let _ = write!(text, "\n• {}", escape(problem));
    }
}

fn problems(state: &InForce) -> Option<String> {
    if state.problems.is_empty() {
        return None;
    }
    let lead = if state.is_current {
        "Somebody should look at its file:"
    } else {
        ":warning: Its file was changed and cannot be used; this one stays in force until it is mended:"
    };
    let shown = state.problems.iter().take(SHOWN).map(|p| format!("• {}", escape(p)));
    let more = state.problems.len().saturating_sub(SHOWN);
    let more = (more > 0).then(|| format!("… and {more} more; `watchroom check` shows all."));
    let lines = std::iter::once(lead.to_owned()).chain(shown).chain(more).collect::<Vec<_>>().join("\n");
    Some(super::limits::cut(&lines, super::limits::SECTION))
}
