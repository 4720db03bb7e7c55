//! Answers to `/incident oncall`, `override` and `away` that change nothing.

use jiff::Timestamp;
use slack_morphism::blocks::SlackBlock;

use super::{Change, OnCall, Span, called, cover, date, does, escape, feed, people, person, sources, span_of, until};
use crate::{
    ids::UserId,
    paging::{
        AT_ONCE, Step, Target,
        reach::{Contacts, Way},
        rota::{Away, Calendar, Rolled},
        schedule::{Overlap, Override, ScheduleId, Slot, overlaps},
    },
    render::{
        Message,
        ids::{ButtonValue, action::oncall as action},
        limits::{Look, SECTION, actions, button, context, header, rows, section},
        line::targets,
        paging::hours,
        reach::{Addresses, ways},
        when::duration,
    },
};

/// How many overrides and absences one answer shows.
const SHOWN: usize = 15;
/// How many schedules that are not shown are named.
const NAMED: usize = 60;

/// A button about a schedule; `which` is the number of an override or an ask.
pub(super) fn value(schedule: &ScheduleId, which: &str) -> ButtonValue {
    ButtonValue::default().extra(format!("{schedule} {which}").trim_end().to_owned())
}

/// Now, and then.
pub(super) fn now_and_next(rolled: &Rolled<'_>, at: Timestamp) -> String {
    let roster = rolled.roster();
    let now = roster.on_call(at);
    let next = match roster.next(at) {
        Some(OnCall { since: Some(since), cover: then, .. }) => format!("next {} {}", cover(&then), date(since)),
        Some(_) | None => "nobody comes next".to_owned(),
    };
    let standing = if now.cover.is_gap() { "" } else { "now " };
    format!("{standing}{}{} · {next}", cover(&now.cover), span_of(&now))
}

/// The same, with the rotation or override by which each of them is on call.
fn whole(rolled: &Rolled<'_>, at: Timestamp) -> String {
    let by = sources(&rolled.roster().on_call(at).cover);
    let by = if by.is_empty() { String::new() } else { format!("\n{by}") };
    format!("{}: {}{by}", called(rolled.followed), now_and_next(rolled, at))
}

/// Every schedule: who is on call, and who is next.
/// `providers` are the lines of other providers; `others` is what is not shown here, as people type it.
pub fn everybody(all: &[Rolled<'_>], providers: &[String], others: &[String], now: Timestamp) -> Message {
    if all.is_empty() && providers.is_empty() {
        return Message::plain(
            "No schedules are set up. Whoever runs the bot adds [[schedules]] to watchroom.toml; `/incident page` asks people, \
             groups and policies without them.",
        );
    }
    let line = |r: &Rolled<'_>| {
        let (id, by) = (&r.followed.schedule.id, sources(&r.roster().on_call(now).cover));
        let by = if by.is_empty() { by } else { format!(" · {by}") };
        format!("{} (`{id}`): {}{by}{}", called(r.followed), now_and_next(r, now), feed::doubt(&r.feeds))
    };
    let lines: Vec<String> = all.iter().map(line).chain(providers.iter().cloned()).collect();
    let mut blocks = vec![header("On call")];
    blocks.extend(lines.iter().map(|line| section(line)));
    let mut text = format!("On call\n{}", rows(&lines, SECTION));
    if let Some(more) = left_out(others) {
        text = format!("{text}\n{more}");
        blocks.push(section(&more));
    }
    Message::new(text, blocks)
}

/// What is not shown, by name as far as there is room, and how to see it.
fn left_out(others: &[String]) -> Option<String> {
    let first = others.first()?;
    let mut named: Vec<String> = others.iter().take(NAMED).map(|name| format!("`{}`", escape(name))).collect();
    let left = others.len().saturating_sub(NAMED);
    if left > 0 {
        named.push(format!("and {left} that stand behind these in watchroom.toml"));
    }
    let (named, count) = (named.join(", "), others.len());
    Some(format!("And {count} more: {named}. `/incident oncall {}` shows one of them.", escape(first)))
}

/// One schedule: now, next, and what differs from it.
pub fn schedule(rolled: &Rolled<'_>, now: Timestamp) -> Message {
    let id = &rolled.followed.schedule.id;
    let line = whole(rolled, now);
    let mut blocks = vec![section(&line)];
    let coming = rolled.roll.coming(now).len();
    let note = match coming {
        0 => format!("Times of the schedule are in {}. No overrides.", rolled.followed.schedule.tz),
        1 => format!("Times of the schedule are in {}. One override.", rolled.followed.schedule.tz),
        n => format!("Times of the schedule are in {}. {n} overrides.", rolled.followed.schedule.tz),
    };
    blocks.push(context(&note));
    let read: Vec<String> = rolled.feeds.iter().map(|feed| feed::standing(feed)).collect();
    blocks.extend(read.iter().map(|line| context(line)));
    let one = |id_of: &str, label: &str, look| button(id_of, label, &value(id, ""), look);
    let mut buttons =
        vec![one(action::WEEKS, "Four weeks", Look::Usual), one(action::OVERRIDE, "Override", Look::Usual)];
    if coming > 0 {
        buttons.push(one(action::OVERRIDES, "Overrides", Look::Usual));
    }
    blocks.push(actions(buttons));
    Message::new(format!("{line}\n{}", rows(&[vec![note], read].concat(), SECTION)), blocks)
}

/// Whom a policy names, in words.
#[must_use]
pub fn target(target: &Target) -> String {
    targets(std::slice::from_ref(target))
}

/// One step of a policy, or a target in it.
#[derive(Clone, Debug)]
pub struct Level {
    /// Where it stands: `Step 1`, `fallback`.
    pub place: String,
    /// In words.
    pub line: String,
}

/// `Step 2, only on SEV1, SEV2`; `n` counts from 0.
#[must_use]
pub fn place(n: usize, step: &Step) -> String {
    let only = step.only.severities.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let only = (!only.is_empty()).then(|| format!("on {only}"));
    let only: Vec<String> = only.into_iter().chain(step.only.between.as_ref().map(hours)).collect();
    let only = if only.is_empty() { String::new() } else { format!(", only {}", only.join(" ")) };
    let turns = if step.round_robin { ", one of them in turn" } else { "" };
    format!("Step {}{only}{turns}", n + 1)
}

/// Who would be asked of a group: whoever is in it, and when Slack said so; or why that is not known.
#[must_use]
pub fn group(of: &Target, known: Result<(&[UserId], Timestamp), &str>, now: Timestamp) -> String {
    let of = target(of);
    match known {
        Err(why) => format!("{of}: :warning: who is in it could not be asked ({})", escape(why)),
        Ok((all, said)) => {
            let asked = all.len().min(AT_ONCE);
            let more = match all.len() - asked {
                0 => String::new(),
                n => format!(" and {n} more, who are not asked with them"),
            };
            let who =
                if all.is_empty() { ":warning: *nobody* who can be asked".to_owned() } else { names(&all[..asked]) };
            format!("{of}: {who}{more} · asked {} ago", duration(now.duration_since(said)))
        }
    }
}

/// Who is asked at one step, as far as the record can tell. `by` is the one rotation of
/// the schedule that is asked, where it is not all of it.
#[must_use]
pub fn level(place: String, asked: &str, rolled: Option<&Rolled<'_>>, by: Option<&str>, now: Timestamp) -> Level {
    let Some(rolled) = rolled else { return Level { place, line: asked.to_owned() } };
    let by = by.map(|rotation| format!(" ({})", escape(rotation))).unwrap_or_default();
    let why = sources(&rolled.roster().on_call(now).cover);
    let why = if why.is_empty() { why } else { format!(" · {why}") };
    let (called, now_and_next) = (called(rolled.followed), now_and_next(rolled, now));
    Level { place, line: format!("{called}{by}: {now_and_next}{why}{}", feed::age(&rolled.feeds)) }
}

/// Who is asked step by step, and when that is urgent.
pub fn steps(heading: &str, levels: &[Level], urgency: &str) -> Message {
    let line = |l: &Level| format!("*{}*: {}", l.place, l.line);
    let lines: Vec<String> = levels.iter().map(line).collect();
    let mut blocks = vec![header(heading)];
    blocks.extend(lines.iter().map(|line| section(line)));
    blocks.push(context(urgency));
    Message::new(format!("{}\n{}\n{urgency}", escape(heading), rows(&lines, SECTION)), blocks)
}

/// The shifts and gaps of four weeks.
pub fn weeks(rolled: &Rolled<'_>, slots: &[Slot]) -> Message {
    // The first and the last one are cut by the window, and begin and end providers.
    let when = |n: usize, slot: &Slot| match (n == 0, n + 1 == slots.len()) {
        (true, true) => "All of it".to_owned(),
        (true, false) => format!("Until {}", date(slot.until)),
        (false, true) => format!("From {}", date(slot.from)),
        (false, false) => format!("{} – {}", date(slot.from), date(slot.until)),
    };
    let lines = slots.iter().enumerate().map(|(n, slot)| format!("{}: {}", when(n, slot), cover(&slot.cover)));
    let lines: Vec<String> = lines.collect();
    let heading = format!("{}: the next four weeks", rolled.followed.schedule.name);
    let mut blocks = vec![header(&heading)];
    blocks.extend(paged(&lines));
    Message::new(format!("{}\n{}", escape(&heading), rows(&lines, SECTION)), blocks)
}

/// Lines in as few sections as they fit in, not more than a message takes.
pub(super) fn paged(lines: &[String]) -> Vec<SlackBlock> {
    const SECTIONS: usize = 20;
    let mut sections: Vec<String> = vec![String::new()];
    for (n, line) in lines.iter().enumerate() {
        let last = sections.last_mut().map_or(0, |s| s.len());
        if last + line.len() + 1 > SECTION {
            if sections.len() == SECTIONS {
                let more = format!("And {} more.", lines.len() - n);
                return sections.iter().map(|s| section(s)).chain([context(&more)]).collect();
            }
            sections.push(String::new());
        }
        if let Some(last) = sections.last_mut() {
            if !last.is_empty() {
                last.push('\n');
            }
            last.push_str(line);
        }
    }
    sections.iter().filter(|s| !s.is_empty()).map(|s| section(s)).collect()
}

/// One's own shifts of the next four weeks, absences, and the ways to reach one.
pub fn mine(
    all: &[(Rolled<'_>, Vec<Span>)],
    calendar: &Calendar,
    contacts: &Contacts,
    set_up: &[Way],
    me: &UserId,
    now: Timestamp,
) -> Message {
    let mut lines = Vec::new();
    for (rolled, spans) in all {
        lines.extend(spans.iter().map(|span| format!("{}: {}", called(rolled.followed), until(*span, now))));
    }
    if lines.is_empty() {
        lines.push("You are not on call within the next four weeks.".to_owned());
    }
    let mut blocks = vec![header("Your shifts")];
    blocks.extend(paged(&lines));
    blocks.extend(away_blocks(calendar, me, now));
    blocks.push(context("`/incident override &lt;schedule&gt; cover me tomorrow` asks the others to take a shift."));
    let (ways, said) = ways(contacts, set_up, Addresses::Whole);
    blocks.extend(ways);
    Message::new(format!("Your shifts\n{}{said}", rows(&lines, SECTION)), blocks)
}

pub(super) fn away_blocks(calendar: &Calendar, who: &UserId, now: Timestamp) -> Vec<SlackBlock> {
    let mut blocks = Vec::new();
    for Away { number, span, .. } in calendar.coming(now).into_iter().take(SHOWN) {
        blocks.push(section(&format!("Away {}", until(*span, now))));
        let value = ButtonValue::default().extra(format!("{who} {number}"));
        let label = if span.from <= now { "Back now" } else { "Not away" };
        blocks.push(actions(vec![button(&format!("{}.{number}", action::BACK), label, &value, Look::Usual)]));
    }
    blocks
}

/// Somebody's absences.
pub fn absences(calendar: &Calendar, who: &UserId, me: &UserId, now: Timestamp) -> Message {
    let whose = if who == me { "You are".to_owned() } else { format!("{} is", person(who)) };
    let coming = calendar.coming(now);
    if coming.is_empty() {
        return Message::plain(format!(
            "{whose} not away. `/incident away tomorrow` or `/incident away 2026-12-24 to 2026-12-27` says so."
        ));
    }
    let lines: Vec<String> = coming.iter().map(|a| until(a.span, now)).collect();
    let text = format!("{whose} away {}.", lines.join("; "));
    Message::new(text.clone(), std::iter::once(section(&text)).chain(away_blocks(calendar, who, now)).collect())
}

/// What differs from a schedule by itself, now and later.
pub fn overrides(rolled: &Rolled<'_>, now: Timestamp) -> Message {
    let id = &rolled.followed.schedule.id;
    let coming = rolled.roll.coming(now);
    if coming.is_empty() {
        return Message::plain(format!(
            "{} has no overrides. `/incident override {id} @person for 2h` makes one.",
            called(rolled.followed)
        ));
    }
    let mut blocks = vec![header(&format!("{}: overrides", rolled.followed.schedule.name))];
    let mut lines = Vec::new();
    let overlaps = overlaps(&rolled.roll.overrides);
    for one in coming.iter().take(SHOWN) {
        let line = format!("{}{}", row(one, now), beaten(one, &overlaps, now));
        blocks.push(section(&line));
        let undo = if one.from <= now { "End it now" } else { "Take it back" };
        let value = value(id, one.id.as_str());
        blocks.push(actions(vec![button(&format!("{}.{}", action::UNDO, one.id), undo, &value, Look::Usual)]));
        lines.push(line);
    }
    if coming.len() > SHOWN {
        blocks.push(context(&format!("And {} more, later.", coming.len() - SHOWN)));
    }
    Message::new(format!("{}: overrides\n{}", called(rolled.followed), rows(&lines, SECTION)), blocks)
}

fn row(one: &Override, now: Timestamp) -> String {
    let span = Span { from: one.from, until: one.until };
    let why = one.reason.as_deref().map(|why| format!(" — {}", escape(why))).unwrap_or_default();
    let by = match &one.change {
        Change::Replace { by, .. } if *by == one.created_by => String::new(),
        _ => format!(" (by {})", person(&one.created_by)),
    };
    format!("*{}* {}: {}{by}{why}", one.id, until(span, now), does(&one.change))
}

/// By which it is beaten, made later for a part of the same time; the first of them, and how many more.
fn beaten(one: &Override, overlaps: &[Overlap<'_>], now: Timestamp) -> String {
    let mut by = overlaps.iter().filter(|o| o.loses.id == one.id && now < o.span.end);
    let Some(first) = by.next() else { return String::new() };
    let span = Span { from: first.span.start, until: first.span.end };
    let more = match by.count() {
        0 => String::new(),
        n => format!(", and {n} more at other times"),
    };
    format!(
        "\n:warning: override {} was made later and wins where both apply, {}{more}",
        first.wins.id,
        until(span, now)
    )
}

/// Several people by name.
pub(super) fn names(who: &[UserId]) -> String {
    people(who.iter())
}
