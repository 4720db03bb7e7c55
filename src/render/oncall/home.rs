//! The part of somebody's App Home about who is on call, when they are, and by what they are reached.

use jiff::{SignedDuration, Timestamp};
use slack_morphism::blocks::SlackBlock;

use super::{
    Span, called, date, feed,
    lists::{away_blocks, now_and_next, paged},
    until,
};
use crate::{
    ids::UserId,
    paging::{
        reach::{Contacts, Way},
        rota::{Calendar, Rolled},
    },
    render::{
        limits::{context, header, section},
        reach::{Addresses, ways},
    },
};

/// How many schedules, and how many places at other providers, an App Home shows.
pub const ON_HOME: usize = 8;
/// How far ahead it shows somebody's shifts.
const WEEKS: i64 = 4;
/// How many lines one week has; there are few schedules that change hands several times a day.
const LINES: usize = 12;

/// What is known of who is on call, and of one person.
#[derive(Clone, Copy, Debug)]
pub struct Duty<'a> {
    /// Every schedule.
    pub schedules: &'a [Rolled<'a>],
    /// Their shifts of the next four weeks, by schedule.
    pub shifts: &'a [(Rolled<'a>, Vec<Span>)],
    /// When they are away.
    pub calendar: &'a Calendar,
    /// By what they are reached.
    pub contacts: &'a Contacts,
    /// What the deployment has to reach people by.
    pub set_up: &'a [Way],
    /// Who is on call at other providers, a line for each.
    pub providers: &'a [String],
    /// Whose home it is.
    pub me: &'a UserId,
    /// When.
    pub now: Timestamp,
}

/// Who is on call now and next; four weeks of one's own; the ways to one. What the deployment does not have takes no room.
pub fn home(duty: &Duty<'_>) -> Vec<SlackBlock> {
    let mut blocks = Vec::new();
    if !duty.schedules.is_empty() || !duty.providers.is_empty() {
        blocks.extend(now(duty));
    }
    if !duty.schedules.is_empty() {
        blocks.extend(weeks(duty));
    }
    if duty.set_up.is_empty() {
        let alone = "Pages reach you by Slack alone, which may not wake you: no other way is set up here. Whoever runs the bot does that.";
        blocks.extend([header("Ways to reach you"), context(alone)]);
    } else {
        blocks.extend(ways(duty.contacts, duty.set_up, Addresses::Masked).0);
    }
    blocks
}

/// Whoever is on call now, and next.
fn now(duty: &Duty<'_>) -> Vec<SlackBlock> {
    let line =
        |r: &Rolled<'_>| format!("{}: {}{}", called(r.followed), now_and_next(r, duty.now), feed::doubt(&r.feeds));
    let lines: Vec<String> =
        duty.schedules.iter().take(ON_HOME).map(line).chain(duty.providers.iter().take(ON_HOME).cloned()).collect();
    let mut blocks = vec![header("On call now")];
    blocks.extend(paged(&lines));
    if duty.schedules.len() > ON_HOME || duty.providers.len() > ON_HOME {
        blocks.push(context("… and more: `/incident oncall`"));
    }
    blocks
}

/// Their own four weeks: each with the shifts that fall into it.
fn weeks(duty: &Duty<'_>) -> Vec<SlackBlock> {
    let mut blocks = vec![header("Your next four weeks")];
    if duty.shifts.is_empty() {
        blocks.push(context("You are not on call within the next four weeks."));
    } else {
        blocks.extend((0..WEEKS).map(|n| section(&week(duty, n))));
    }
    blocks.extend(away_blocks(duty.calendar, duty.me, duty.now));
    blocks.push(context(
        "`/incident override &lt;schedule&gt; cover me tomorrow` asks the others to take a shift, `/incident away` says when you are \
         away, `/incident oncall &lt;schedule&gt; weeks` shows everybody's.",
    ));
    blocks
}

/// The week that begins `n` weeks from now.
fn week(duty: &Duty<'_>, n: i64) -> String {
    let after =
        |weeks: i64| duty.now.saturating_add(SignedDuration::from_hours(weeks * 7 * 24)).unwrap_or(Timestamp::MAX);
    let (from, to) = (after(n), after(n + 1));
    let mut theirs: Vec<(Span, String)> = Vec::new();
    for (rolled, spans) in duty.shifts {
        let falls = |span: &&Span| span.from < to && span.until > from;
        theirs.extend(spans.iter().filter(falls).map(|span| (*span, called(rolled.followed))));
    }
    theirs.sort_by_key(|(span, _)| span.from);
    let line = |(span, name): &(Span, String)| {
        let when = match (span.from <= from, span.until >= to) {
            (true, true) => "all week".to_owned(),
            (true, false) => format!("until {}", date(span.until)),
            (false, true) => format!("from {}", date(span.from)),
            (false, false) => until(*span, duty.now),
        };
        format!(":pager: {name} {when}")
    };
    let mut lines = vec![format!("*{} – {}*", day(from), day(to))];
    if theirs.is_empty() {
        lines.push("not on call".to_owned());
    }
    lines.extend(theirs.iter().take(LINES).map(line));
    if theirs.len() > LINES {
        lines.push(format!("… and {} more: `/incident oncall me`", theirs.len() - LINES));
    }
    lines.join("\n")
}

/// A day in the reader's own zone.
fn day(at: Timestamp) -> String {
    format!("<!date^{}^{{date_short}}|{}>", at.as_second(), at.strftime("%Y-%m-%d"))
}
