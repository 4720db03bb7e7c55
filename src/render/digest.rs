//! What is open, for the leadership.

use jiff::{SignedDuration, Timestamp};

use super::{
    Message, View,
    escape::escape,
    limits::{TEXT, context, header, rows, section},
    line::{person, phase_label},
    when::{date, duration},
};
use crate::{incident::Incident, playbook::Audience};

/// Later than this it says so.
const LATE: SignedDuration = SignedDuration::from_mins(5);

/// Each open incident in two lines: how bad, what, how far, since when; who leads, where, and what is overdue. `due` is the time that it is
/// for, `now` when it goes out.
pub fn digest(w: View<'_>, all: &[&Incident], (due, now): (Timestamp, Timestamp), limit: usize) -> Message {
    let heading = match all.len() {
        0 => "No incident is open".to_owned(),
        1 => "One incident is open".to_owned(),
        n if n > limit => format!("More than {limit} incidents are open"),
        n => format!("{n} incidents are open"),
    };
    let late = (now.duration_since(due) > LATE).then(|| format!("This was due {}.", date(due)));
    let told: Vec<String> = all.iter().take(limit).map(|it| told(w, it)).collect();
    let mut blocks = vec![header(&heading)];
    blocks.extend(told.iter().map(|lines| section(lines)));
    blocks.extend(late.as_deref().map(context));
    let text = format!("*{heading}*\n{}\n{}", rows(&told, TEXT - 300), late.unwrap_or_default());
    Message::new(text.trim_end(), blocks)
}

fn told(w: View<'_>, it: &Incident) -> String {
    let since = duration(w.now.duration_since(it.started_at));
    let phase = phase_label(w, &it.kind, &it.phase);
    let lead = it.lead().map_or_else(|| "nobody leads".to_owned(), |lead| format!("led by {}", person(lead)));
    let room = it.open_room().map(|room| format!(" in <#{}>", room.channel)).unwrap_or_default();
    let waits = [Audience::External, Audience::Executive].into_iter().filter_map(|to| {
        let promise = it.comms.promise(to).filter(|p| p.missed)?;
        Some(format!(":hourglass: {} overdue since {}", super::comms::update_for(to), date(promise.due?)))
    });
    let waits: Vec<String> = waits.collect();
    let waits = if waits.is_empty() { String::new() } else { format!("\n{}", waits.join(" · ")) };
    format!("*{} {}* · {} · {phase} · for {since}\n{lead}{room}{waits}", it.id, escape(it.title()), it.severity)
}
