//! Imported schedules and policies as `watchroom.toml` has them.

use std::fmt::Write as _;

use jiff::civil::{DateTime, Time};

use super::{left, provider};
use crate::{
    ids::UserId,
    paging::{
        Policy, Step, Target,
        import::{Imported, Provider, is_placeholder},
        schedule::{Active, Day, Every, Layer, Mode, Rotation, Schedule, WeeklyWindow},
    },
};

/// The settings, with comments that say who is who and what was lost. They are sound but for people without an id, whom
/// `watchroom check` names.
#[must_use]
pub fn settings(from: Provider, imported: &Imported) -> String {
    let mut text =
        format!("# Imported from {}. Read it before you use it, and run `watchroom check`.\n", provider(from));
    let strangers: Vec<&UserId> = imported.people.keys().filter(|who| is_placeholder(who.as_str())).collect();
    if !strangers.is_empty() {
        text.push_str("#\n# Of these the id in Slack is not known. Name it in the file of --people and import again, or replace it here:\n");
        for who in strangers {
            line(&mut text, format_args!("#   {}", one_line(&format!("{who}  {}", name(imported, who)))));
        }
    }
    if !imported.left.is_empty() {
        text.push_str("#\n# Not carried over, or other than it was:\n");
        for lost in &imported.left {
            line(&mut text, format_args!("#   {}", one_line(&left(imported, lost))));
        }
    }
    for schedule in &imported.schedules {
        write_schedule(&mut text, imported, schedule);
    }
    for policy in &imported.policies {
        write_policy(&mut text, imported, policy);
    }
    text
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // A text takes whatever it is given.
    let _ = writeln!(text, "{line}");
}

/// Words of others, which may have any characters in them, in a comment.
fn one_line(words: &str) -> String {
    words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim_end().to_owned()
}

/// As TOML writes a text.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn name<'a>(imported: &'a Imported, who: &UserId) -> &'a str {
    imported.people.get(who).map_or("", |met| met.name.as_str())
}

fn write_schedule(text: &mut String, imported: &Imported, schedule: &Schedule) {
    line(text, format_args!("\n[[schedules]]\nid = {}", quoted(schedule.id.as_str())));
    line(text, format_args!("name = {}\ntimezone = {}", quoted(&schedule.name), quoted(schedule.tz.name())));
    if let [Layer { mode: Mode::Replace, active: Active { from: None, until: None }, rotations, .. }] =
        schedule.layers.as_slice()
    {
        for rotation in rotations {
            write_rotation(text, imported, "schedules.rotations", rotation);
        }
        return;
    }
    for layer in &schedule.layers {
        line(text, format_args!("\n[[schedules.layers]]\nname = {}", quoted(&layer.name)));
        match layer.mode {
            Mode::Replace => {}
            Mode::Add => line(text, format_args!("mode = \"add\"")),
        }
        for (key, at) in [("from", layer.active.from), ("until", layer.active.until)] {
            if let Some(at) = at {
                line(text, format_args!("{key} = {}", local(at)));
            }
        }
        for rotation in &layer.rotations {
            write_rotation(text, imported, "schedules.layers.rotations", rotation);
        }
    }
}

fn write_rotation(text: &mut String, imported: &Imported, table: &str, rotation: &Rotation) {
    line(text, format_args!("[[{table}]]\nname = {}", quoted(&rotation.name)));
    if let Some(from) = rotation.effective_from {
        line(text, format_args!("effective_from = {}", local(from)));
    }
    line(text, format_args!("participants = ["));
    for group in &rotation.participants {
        let ids: Vec<String> = group.iter().map(|who| quoted(who.as_str())).collect();
        let written = match ids.as_slice() {
            [one] => one.clone(),
            several => format!("[{}]", several.join(", ")),
        };
        let names: Vec<&str> = group.iter().map(|who| name(imported, who)).filter(|name| !name.is_empty()).collect();
        let comment = if names.is_empty() { String::new() } else { format!("  # {}", one_line(&names.join(", "))) };
        line(text, format_args!("    {written},{comment}"));
    }
    let (start, every) = (local(rotation.handover.start), every(rotation.handover.every));
    line(text, format_args!("]\nstart = {start}\nevery = \"{every}\""));
    if rotation.shifts_per_participant.get() > 1 {
        line(text, format_args!("shifts_each = {}", rotation.shifts_per_participant));
    }
    if !rotation.restrictions.is_empty() {
        let windows: Vec<String> = rotation.restrictions.iter().map(window).collect();
        line(text, format_args!("only = [\n    {},\n]", windows.join(",\n    ")));
    }
}

fn local(at: DateTime) -> String {
    format!("\"{at}\"")
}

fn every(every: Every) -> String {
    let (n, unit) = match every {
        Every::Hours(n) => (n, "hour"),
        Every::Days(n) => (n, "day"),
        Every::Weeks(n) => (n, "week"),
        Every::Months(n) => (n, "month"),
    };
    format!("{n} {unit}{}", if n.get() == 1 { "" } else { "s" })
}

fn window(window: &WeeklyWindow) -> String {
    let days: Vec<&str> = window.days.iter().map(|day| short(*day)).collect();
    let time = |time: Time| format!("\"{time}\"");
    format!("{{ days = [{}], from = {}, until = {} }}", days.join(", "), time(window.from), time(window.until))
}

/// As a quoted text.
const fn short(day: Day) -> &'static str {
    match day {
        Day::Mon => "\"mon\"",
        Day::Tue => "\"tue\"",
        Day::Wed => "\"wed\"",
        Day::Thu => "\"thu\"",
        Day::Fri => "\"fri\"",
        Day::Sat => "\"sat\"",
        Day::Sun => "\"sun\"",
    }
}

fn write_policy(text: &mut String, imported: &Imported, policy: &Policy) {
    line(text, format_args!("\n[[policies]]\nname = {}", quoted(&policy.name)));
    if policy.repeat > 0 {
        line(text, format_args!("repeat = {}", policy.repeat));
    }
    if let Some(hours) = policy.steps.iter().find_map(|step| step.only.between.as_ref()) {
        line(text, format_args!("timezone = {}", quoted(hours.zone.name())));
    }
    let fallback = targets(&policy.fallback);
    text.push_str(
        "# Who is asked when nobody answered: here the last step once more. Choose better, or leave it to [paging].\n",
    );
    line(text, format_args!("fallback = [{fallback}]"));
    for Step { targets: asked, wait_min, only, .. } in &policy.steps {
        let people = asked.iter().filter_map(|target| match target {
            Target::Person(who) => Some(name(imported, who)).filter(|name| !name.is_empty()),
            Target::Group(_)
            | Target::Channel(_)
            | Target::Schedule(_)
            | Target::Rotation { .. }
            | Target::Role(_)
            | Target::Service(_)
            | Target::Webhook(_)
            | Target::External(_) => None,
        });
        let names = one_line(&people.collect::<Vec<_>>().join(", "));
        let comment = if names.is_empty() { names } else { format!("  # {names}") };
        line(text, format_args!("[[policies.steps]]\ntargets = [{}]{comment}\nwait_min = {wait_min}", targets(asked)));
        if let Some(hours) = &only.between {
            line(text, format_args!("between = {}", window(&hours.window)));
        }
    }
}

fn targets(targets: &[Target]) -> String {
    let written = targets.iter().map(|target| match target {
        Target::Person(id) => format!("user:{id}"),
        Target::Group(id) => format!("group:{id}"),
        Target::Channel(id) => format!("channel:{id}"),
        Target::Schedule(id) => format!("schedule:{id}"),
        Target::Rotation { schedule, rotation } => format!("schedule:{schedule}/{rotation}"),
        Target::Role(id) => format!("role:{id}"),
        Target::Service(id) => format!("service:{id}"),
        Target::Webhook(name) => format!("webhook:{name}"),
        Target::External(there) => there.key(),
    });
    written.map(|target| quoted(&target)).collect::<Vec<_>>().join(", ")
}
