//! Scheduled maintenance: what people ask of it and why not, and what the clock brings.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Change, Impact, Kind, Post, PostId, PostStatus, Window};
use crate::incident::{Text, clean};

/// The longest window; more is a typing error.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 31);
/// So far ahead it may begin.
pub const AHEAD: SignedDuration = SignedDuration::from_hours(24 * 366);
/// The longest headline, in characters, as hosted pages have it.
pub const NAME_MAX: usize = 255;
/// The longest text, in characters.
pub const BODY_MAX: usize = 3000;
/// So long before its end it is asked whether it is over.
pub const ASK_BEFORE: SignedDuration = SignedDuration::from_mins(15);
/// Later than that is late, and said.
const LATE: SignedDuration = SignedDuration::from_mins(2);

/// A plan, as whoever makes it wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The headline.
    pub name: String,
    /// The text.
    pub body: String,
    /// From when until when.
    pub window: Window,
    /// The components that are worked on, and how they stand meanwhile.
    pub impact: Impact,
    /// Are subscribers told, of this and of what follows from it?
    pub notify: bool,
}

/// What people ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// It will be.
    Plan(Plan),
    /// It will be otherwise.
    Change(Plan),
    /// It begins now.
    Begin,
    /// It takes longer.
    Extend {
        /// Until when.
        until: Timestamp,
    },
    /// It is over.
    Finish,
    /// It will not be, or is broken off.
    Cancel {
        /// Why, for the public; none: our own words.
        why: Option<String>,
    },
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum No {
    /// There is no page.
    NoPage,
    /// There is no such maintenance.
    NoSuch,
    /// It ends before it begins.
    EndsFirst,
    /// It would be over already.
    Past,
    /// It would have begun already.
    BeginsInThePast,
    /// It is longer than [`LONGEST`].
    TooLong,
    /// It begins later than in [`AHEAD`].
    TooFar,
    /// It has no headline.
    NoName,
    /// It has no text.
    NoBody,
    /// More characters than fit.
    TooManyCharacters {
        /// How many do.
        limit: usize,
    },
    /// It goes on already.
    Begun,
    /// It has not begun.
    NotBegun,
    /// It is over, or was cancelled.
    Over,
    /// It would end earlier than planned.
    NotLonger,
}

/// What the page says by itself when maintenance changes, in the page's own language.
#[derive(Clone, Copy, Debug)]
pub struct Said {
    /// It began.
    pub begun: &'static str,
    /// It takes longer.
    pub extended: &'static str,
    /// It is over.
    pub completed: &'static str,
    /// It will not be.
    pub cancelled: &'static str,
}

/// What the clock brings next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// It is near: so many minutes before it begins.
    Remind(u32),
    /// It begins.
    Begin,
    /// Is it over?
    AskOver,
    /// It is over as planned.
    Complete,
}

/// The fact that follows from `ask`; `update` makes it itself.
///
/// # Errors
/// Why not.
pub fn decide(
    (id, post): (&PostId, Option<&Post>),
    update: String,
    ask: &Ask,
    said: Said,
    now: Timestamp,
) -> Result<Change, No> {
    let id = id.clone();
    if let Ask::Plan(plan) = ask {
        let plan = cleaned(plan);
        sound(&plan, now, true)?;
        return Ok(planned(id, update, &plan));
    }
    let post = post.filter(|post| post.kind != Kind::Incident).ok_or(No::NoSuch)?;
    let window = post.window().ok_or(No::NoSuch)?;
    if post.status.is_over() {
        return Err(No::Over);
    }
    let begun = post.status != PostStatus::Scheduled;
    let moved = |status, words: &str| Change::MaintenanceMoved {
        post: id.clone(),
        update: update.clone(),
        status,
        body: Text::new(words),
        notify: post.notify,
    };
    Ok(match ask {
        Ask::Plan(_) => return Err(No::NoSuch),
        Ask::Change(plan) => {
            // When it began stays as it was.
            let from = if begun { window.from } else { plan.window.from };
            let plan = Plan { window: Window { from, ..plan.window }, ..cleaned(plan) };
            sound(&plan, now, !begun)?;
            planned(id, update, &plan)
        }
        Ask::Begin if begun => return Err(No::Begun),
        Ask::Begin => moved(PostStatus::InProgress, said.begun),
        Ask::Extend { until } if *until <= window.to => return Err(No::NotLonger),
        Ask::Extend { until } => {
            let plan = Plan {
                name: post.name.or_tombstone().to_owned(),
                body: said.extended.to_owned(),
                window: Window { to: *until, ..window },
                impact: post.worst.clone(),
                notify: post.notify,
            };
            sound(&plan, now, false)?;
            planned(id, update, &plan)
        }
        Ask::Finish if !begun => return Err(No::NotBegun),
        Ask::Finish => moved(PostStatus::Completed, said.completed),
        Ask::Cancel { why } => {
            let why = why.as_deref().map(|why| clean(why, false)).filter(|why| !why.is_empty());
            let words = why.unwrap_or_else(|| said.cancelled.to_owned());
            fits(&words, BODY_MAX)?;
            Change::MaintenanceCancelled { post: id, update, body: Text::new(words), notify: post.notify }
        }
    })
}

/// Without what no eye sees, and with a headline of one line.
fn cleaned(plan: &Plan) -> Plan {
    Plan { name: clean(&plan.name, true), body: clean(&plan.body, false), ..plan.clone() }
}

fn planned(post: PostId, update: String, plan: &Plan) -> Change {
    Change::MaintenancePlanned {
        post,
        update,
        name: Text::new(plan.name.trim()),
        body: Text::new(plan.body.trim()),
        window: plan.window,
        impact: plan.impact.clone(),
        notify: plan.notify,
    }
}

fn fits(words: &str, limit: usize) -> Result<(), No> {
    if words.chars().count() > limit { Err(No::TooManyCharacters { limit }) } else { Ok(()) }
}

fn sound(plan: &Plan, now: Timestamp, ahead: bool) -> Result<(), No> {
    let Window { from, to } = plan.window;
    if plan.name.trim().is_empty() {
        return Err(No::NoName);
    }
    if plan.body.trim().is_empty() {
        return Err(No::NoBody);
    }
    fits(plan.name.trim(), NAME_MAX)?;
    fits(plan.body.trim(), BODY_MAX)?;
    if to <= from {
        return Err(No::EndsFirst);
    }
    if to <= now {
        return Err(No::Past);
    }
    // A form is filled in for a minute or two.
    if ahead && now.duration_since(from) > SignedDuration::from_mins(5) {
        return Err(No::BeginsInThePast);
    }
    if to.duration_since(from) > LONGEST {
        return Err(No::TooLong);
    }
    if from.duration_since(now) > AHEAD {
        return Err(No::TooFar);
    }
    Ok(())
}

/// All that is due now of this maintenance, whether it was told already or not, in order; and when to look again, if ever. What the next
/// of them makes needless is left out: one that should have ended meanwhile only ends.
#[must_use]
pub fn watch(post: &Post, remind_min: &[u32], now: Timestamp) -> (Vec<Due>, Option<Timestamp>) {
    let Some(Window { from, to }) = post.window().filter(|_| !post.status.is_over()) else { return (Vec::new(), None) };
    let before = |at: Timestamp, by: SignedDuration| at.saturating_sub(by).unwrap_or(Timestamp::MIN);
    if now >= to {
        return (vec![Due::Complete], None);
    }
    if post.status == PostStatus::Scheduled {
        if now >= from {
            return (vec![Due::Begin], Some(now));
        }
        let at = |minutes: u32| before(from, SignedDuration::from_mins(minutes.into()));
        // Of those that are due only the nearest still says something; one that lies before the plan is as good as the plan itself.
        let due = remind_min.iter().copied().filter(|m| *m > 0 && at(*m) <= now).min();
        let due = due.filter(|m| at(*m) >= post.planned_at);
        let next = remind_min.iter().map(|m| at(*m)).filter(|at| *at > now).min().unwrap_or(from).min(from);
        return (due.map(Due::Remind).into_iter().collect(), Some(next));
    }
    let ask = before(to, ASK_BEFORE);
    // A short one would be asked after as soon as it begins.
    if ask > from && now >= ask {
        (vec![Due::AskOver], Some(to))
    } else {
        (Vec::new(), Some(if now < ask { ask } else { to }))
    }
}

/// How late something was, where that is worth saying.
#[must_use]
pub fn late(due: Timestamp, now: Timestamp) -> Option<SignedDuration> {
    Some(now.duration_since(due)).filter(|by| *by > LATE)
}
