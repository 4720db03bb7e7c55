//! Answers to whoever acted, which only they see.

use super::{
    Message, View,
    access::{other, stub},
    comms, course,
    escape::escape,
    ids::{ButtonValue, action},
    limits::{Look, actions, button, section},
    line::{escape_name, person, phase_label, role_label, sentence, severity_label, targets},
    room::place,
    when::date,
};
use crate::{
    ids::{ChannelId, IncidentId},
    incident::{
        Actor, Event, Incident, Needed, Rejection, TimeField, TimeProblem, What,
        access::{self, No, codename},
        course::{Fact, Way, way},
    },
    paging::PageId,
    playbook::{RoleId, Severity, Stage},
};

/// Why the record could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TroubleKind {
    /// The disk is full.
    Full,
    /// A restart is needed.
    Closed,
    /// It did not answer in time, and may have recorded it.
    Away,
    /// Too many changes at the same moment.
    Busy,
}

/// To whoever typed to the bot. It names nothing, whatever they answered.
#[must_use]
pub fn unheard() -> Message {
    Message::plain(
        "Nobody reads what is written here, and no room got these words: press a button on the message above, or type `/incident \
         INC-n note &lt;text&gt;` with the number of the incident.",
    )
}

/// What was done, by its events. Never claims what has not happened yet.
pub fn done(w: View<'_>, it: &Incident, events: &[(u64, Event)]) -> Message {
    if let Some((_, Event { what: What::Declared { .. }, .. })) = events.first() {
        let text = match &it.room {
            room if it.is_secret() => format!(
                "{} is declared, need-to-know, as {}. Its private room is {}; you will be invited. Speak of it by that name \
                 only; `/incident {} access` shows who is inside.",
                it.id,
                it.called(),
                room.as_ref().map_or_else(|| "being made".to_owned(), |_| place(it)),
                it.id
            ),
            Some(_) => format!("{} is declared as {}: {}.", it.id, it.severity, place(it)),
            None if it.intake.in_thread().is_some() => {
                format!("{} is declared as {}: {}.", it.id, it.severity, place(it))
            }
            None => format!("{} is declared as {}. Its room is being made; you will be invited.", it.id, it.severity),
        };
        return Message::plain(text + &paged(events));
    }
    match events.first().map(|(_, event)| &event.what) {
        Some(What::Access(access::Fact::Moved { to, .. })) => {
            return Message::plain(format!(
                "{} is need-to-know now and goes on as {to}, {}. Its private room is being made; you will be invited. Only the \
                 lead and role holders come along: `/incident {to} access add` lets others in. Slack's own lines about the old \
                 room's name and topic stay readable there; archive that room if they tell too much.",
                it.id,
                codename(*to)
            ));
        }
        Some(What::Access(access::Fact::Knocked { .. })) => {
            return Message::plain(super::access::rejection(w, &No::Knocked));
        }
        _ => {}
    }
    // The first event is what was asked for; what follows from it is said elsewhere.
    let before = |what: &What| matches!(what, What::Course(Fact::Overridden { .. }) | What::PageLetGo { .. });
    let asked_for = events.iter().find(|(_, event)| !before(&event.what));
    let text = asked_for.map(|(seq, event)| format!("{}: {}", it.id, short(w, it, *seq, event)));
    let text = text.unwrap_or_else(|| format!("{}: nothing had to be changed.", it.id)) + &paged(events);
    course::suggestion(w, it, events, &text).unwrap_or_else(|| Message::plain(text))
}

/// Who is asked for help because the playbook says so.
fn paged(events: &[(u64, Event)]) -> String {
    let whom = |of: PageId| {
        events.iter().find_map(|(_, event)| match &event.what {
            What::PageStepReached { page, targets: asked, .. } if *page == of => Some(targets(asked)),
            _ => None,
        })
    };
    let began = events.iter().filter_map(|(_, event)| match &event.what {
        What::PageStarted { page, policy } if event.by == Actor::Bot => {
            Some(format!("{} ({})", whom(*page)?, escape_name(&policy.name)))
        }
        _ => None,
    });
    let all: Vec<String> = began.collect();
    if all.is_empty() { String::new() } else { format!(" Paged: {}.", all.join("; ")) }
}

/// The room that they were told of is there. Which incident it is says its number, also where others look over a shoulder.
pub fn room_made(it: &Incident, channel: &ChannelId) -> Message {
    Message::plain(format!("The room of {} is <#{channel}>; you are being invited.", it.id))
}

/// What was done, for the one who did it: the room has the whole sentence.
fn short(w: View<'_>, it: &Incident, seq: u64, event: &Event) -> String {
    let by = event.by.person();
    match &event.what {
        What::EntryAdded { .. } | What::LinkAdded { .. } => format!("recorded as entry {seq}."),
        What::UpdatePosted { .. } => format!("posted, and recorded as entry {seq}."),
        What::Redacted { entry, .. } => format!("the words of entry {entry} are gone."),
        What::Renamed { .. } => "the title is changed.".into(),
        What::SeverityChanged { to, .. } => format!("now {}.", severity_label(w, *to)),
        What::PhaseChanged { to, stage: Stage::Resolved, .. } => {
            let phase = phase_label(w, &it.kind, to);
            format!("now {phase}. Whoever was paged hears so. `/incident {} close` when nothing is left to do.", it.id)
        }
        What::PhaseChanged { from, to, why, .. } => {
            let kind = w.playbook.kind(&it.kind);
            let unsaid = why.is_none() && way(kind, from, to).is_some_and(Way::wants_a_reason);
            let ask = format!(
                " Why? `/incident {} phase {to} …` with the reason keeps it for those who read this later.",
                it.id
            );
            format!("now {}.{}", phase_label(w, &it.kind, to), if unsaid { ask.as_str() } else { "" })
        }
        What::TimeCorrected { which, to, .. } => format!("corrected: it {} {}.", super::line::time(*which), date(*to)),
        What::RoleTaken { role, holder, .. } if by == Some(holder) => format!("you are *{}* now.", role_label(w, role)),
        What::RoleTaken { role, holder, .. } => {
            format!("{} is *{}* now, and is told.", person(holder), role_label(w, role))
        }
        What::RoleOffered { to, from, .. } => {
            let until = match from {
                Some(from) if by == Some(from) => " You stay responsible until they accept.".to_owned(),
                Some(from) => format!(" {} stays responsible until they accept.", person(from)),
                None => String::new(),
            };
            format!("{} is asked to take over.{until}", person(to))
        }
        What::RoleDropped { role, .. } => format!("nobody is *{}* now.", role_label(w, role)),
        What::RoleConfirmed { role, .. } => format!("thank you; you are *{}*.", role_label(w, role)),
        // Never silently nothing: whoever asked hears that they asked for nobody.
        What::PageStarted { policy, .. } if policy.steps.iter().all(|s| s.targets.is_empty()) => format!(
            "nobody is named for {}, so the fallback is asked at once. The room hears who answers.",
            escape_name(&policy.name)
        ),
        What::PageStarted { .. } => "they are being asked. The room hears who answers.".into(),
        What::PageDeclined { page, .. } => super::paging::declined(it, *page),
        What::PageAcknowledged { page, .. } => super::paging::on_it(it, *page),
        What::PageAnswered { .. } => {
            format!("you are on it; the others of this step are still waited for. Go to {}.", place(it))
        }
        What::PageReturned { page, .. } => super::paging::handed_back(it, *page),
        What::Closed {} if w.settings.archive_on_close => {
            "closed. The room is archived as soon as the summary stands in it.".into()
        }
        What::Closed {} => "closed.".into(),
        What::Cancelled { .. } => "cancelled. Whoever was paged hears so.".into(),
        What::Reopened { phase, .. } if it.open_room().is_none() => format!(
            "reopened, in phase {}. {}: open it again and invite Watchroom, or go on with `/incident {} …` from anywhere.",
            phase_label(w, &it.kind, phase),
            capital(&place(it)),
            it.id
        ),
        What::Reopened { phase, .. } => format!("reopened, in phase {}.", phase_label(w, &it.kind, phase)),
        What::MergedInto { into } => format!("merged into {into}, which goes on. Whoever was paged hears so."),
        What::Case(fact) => super::case::short(it, fact).unwrap_or_else(|| sentence(w, it, event)),
        What::Course(fact) => course::short(w, it, fact).unwrap_or_else(|| sentence(w, it, event)),
        What::Access(fact) => super::access::short(fact).unwrap_or_else(|| sentence(w, it, event)),
        _ => sentence(w, it, event),
    }
}

/// With a capital letter at its start.
fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// Somebody declared the same just now.
pub fn duplicate(first: &Incident, title: &str) -> Message {
    let room = first.open_room().map(|r| format!(" Its room is <#{}>.", r.channel)).unwrap_or_default();
    let text = format!("You declared this a moment ago as {} ({}).{room}", first.id, escape(first.called()));
    let value = ButtonValue::default().extra(super::limits::cut(title, 1500));
    let anyway = button(action::DECLARE_ANYWAY, "Declare anyway", &value, Look::Danger);
    Message::new(text.clone(), vec![section(&text), actions(vec![anyway])])
}

/// The record cannot be written.
pub fn trouble(kind: TroubleKind) -> Message {
    Message::plain(match kind {
        TroubleKind::Full => {
            ":warning: Nothing was changed: the disk that holds the record is full. What was recorded is safe. Tell whoever \
             runs Watchroom to free space, then try again."
        }
        TroubleKind::Closed => {
            ":warning: Nothing was changed: the record cannot be written. Tell whoever runs Watchroom; they find the reason \
             in its log and at /readyz."
        }
        TroubleKind::Away => {
            ":warning: It is not known whether this was recorded: the database did not answer in time. Look before you say it again; \
             `/incident timeline` shows what is there."
        }
        TroubleKind::Busy => "Nothing was changed: many people changed this at the same moment. Please try again.",
    })
}

/// Why nothing was changed, with buttons that supply what is missing.
pub fn refused(w: View<'_>, why: &Rejection, it: Option<&Incident>) -> Message {
    match why {
        Rejection::Course(no) => course::refusal(w, no, it),
        other => Message::plain(rejection(w, other, it)),
    }
}

/// Why nothing was changed, and what to do next.
pub fn rejection(w: View<'_>, why: &Rejection, it: Option<&Incident>) -> String {
    let id = it.map_or_else(|| "the incident".to_owned(), |it| it.id.to_string());
    match why {
        Rejection::NoSuchIncident(id) => format!("There is no {id}. `/incident list` shows those that go on."),
        Rejection::NumberTaken => "That number was taken at the same moment. Please try again.".into(),
        Rejection::EmptyText(what) => {
            format!("{} is empty. Write it after the command, or use the form.", needed(*what))
        }
        Rejection::TooLong { what, limit, length } => too_long(*what, *limit, *length),
        Rejection::NoSuchSeverity(severity) => no_such_severity(w, *severity),
        Rejection::NoSuchPhase(phase) => {
            let kind = it.map_or(&w.playbook.default_kind, |it| &it.kind);
            let all: Vec<&str> = w.playbook.kind(kind).course().map(|p| p.id.as_str()).collect();
            format!(
                "There is no phase `{}` here, so nothing was changed. Choose one of: {}.",
                escape(phase.as_str()),
                all.join(", ")
            )
        }
        Rejection::NoSuchRole(role) => no_such_role(w, role),
        Rejection::Ended(id) => format!("{id} has ended. Run `/incident {id} reopen` first."),
        Rejection::NotEnded(id) => format!("{id} goes on; there is nothing to reopen."),
        Rejection::NotResolved(id) => {
            format!(
                "{id} is not resolved yet. Run `/incident {id} resolve` first, or `/incident {id} cancel` if it was none."
            )
        }
        Rejection::Merged { into } => merged(it, *into, &id),
        Rejection::Access(no) => super::access::rejection(w, no),
        Rejection::AlreadySo => format!("{id}: that is so already; nothing had to be changed."),
        Rejection::RoleTakenBy { .. }
        | Rejection::RoleFree(_)
        | Rejection::OfferGone { .. }
        | Rejection::OfferNotYours { .. }
        | Rejection::NotYourRole { .. } => of_role(w, why, &id),
        Rejection::NothingToAcknowledge
        | Rejection::NotAsked(_)
        | Rejection::AlreadyDeclined(_)
        | Rejection::OthersAwaited(_)
        | Rejection::NothingToHandBack
        | Rejection::WentOn(_)
        | Rejection::NoSuchPage(_)
        | Rejection::AlreadyAcknowledged { .. }
        | Rejection::AcknowledgedExternally { .. }
        | Rejection::PageOver(_)
        | Rejection::AlreadyAsked(_)
        | Rejection::PagesWait { .. }
        | Rejection::NobodyToPage => super::paging::rejection(w, why, it, &id),
        Rejection::Stale => "This button is out of date; look at the latest message or at the card.".into(),
        Rejection::AlreadyOnTimeline { entry } => format!("It is on the timeline of {id} already, as entry {entry}."),
        Rejection::NoSuchEntry(n) => {
            format!("{id} has no entry {n} with words in it. `/incident {id} timeline` shows the numbers.")
        }
        Rejection::AlreadyRedacted(n) => format!("The words of entry {n} are gone already."),
        Rejection::NotALink => {
            "That is not an address. It must begin with https:// or http:// and have no spaces.".into()
        }
        Rejection::ImpossibleTime { which, why } => impossible(*which, *why),
        Rejection::NextUpdatePast => "The next update would be due in the past. Choose a time ahead.".into(),
        Rejection::MergeWithItself => format!("{id} cannot be merged into itself."),
        Rejection::Intake(no) => super::intake::rejection(w, no),
        Rejection::OnCall(no) => super::oncall::no(no),
        Rejection::Reach(no) => super::reach::no(*no),
        Rejection::Maintenance(no) => super::maintenance::no(*no),
        Rejection::Course(no) => course::refusal_text(w, no, it),
        Rejection::Comms(no) => comms::no(w, no, it),
        Rejection::Case(no) => super::case::refusal(w, it, no),
        Rejection::Duty(no) => super::duty::refusal(w, it, no),
        Rejection::TooMany { what, limit } => too_many(*what, *limit),
    }
}

/// Why a role does not change hands.
fn of_role(w: View<'_>, why: &Rejection, id: &str) -> String {
    match why {
        Rejection::RoleTakenBy { role, holder } => format!(
            "{} has *{}* already. Ask them to hand it over to you, or somebody else to assign it: `/incident {id} role {role} @name`.",
            person(holder),
            role_label(w, role)
        ),
        Rejection::RoleFree(role) => format!("Nobody holds *{}*.", role_label(w, role)),
        Rejection::OfferGone { role, holder } => format!(
            "This hand-over of *{}* is over.{}",
            role_label(w, role),
            holder.as_ref().map(|h| format!(" {} has the role.", person(h))).unwrap_or_default()
        ),
        Rejection::OfferNotYours { to } => format!("{} was asked, not you.", person(to)),
        Rejection::NotYourRole { role, holder } => match holder {
            Some(holder) => {
                let role = role_label(w, role);
                format!("{} has *{role}*, not you: only those who are asked to take it can accept it.", person(holder))
            }
            None => format!("Nobody has *{}*. `/incident {id} role {role}` takes it.", role_label(w, role)),
        },
        _ => String::new(),
    }
}

fn no_such_role(w: View<'_>, role: &RoleId) -> String {
    let all: Vec<&str> = w.playbook.roles.iter().map(|r| r.id.as_str()).collect();
    format!("There is no role `{}`, so nothing was changed. Choose one of: {}.", escape(role.as_str()), all.join(", "))
}

fn no_such_severity(w: View<'_>, severity: Severity) -> String {
    let all: Vec<String> = w.playbook.severities.iter().map(|s| format!("`{}` {}", s.level.0, s.label)).collect();
    format!("There is no {severity}, so nothing was changed. Choose one of: {}.", all.join(", "))
}

fn too_long(what: Needed, limit: usize, length: usize) -> String {
    let what = needed(what);
    format!("{what} has {length} characters; {limit} is the most. Shorten it, or split it in two. Nothing was changed.")
}

fn too_many(what: Needed, limit: usize) -> String {
    if what == Needed::Page {
        return format!(
            "A page asks {limit} people at once and no more: everyone would count on the others. Nobody was asked. Name fewer, \
             or a policy with steps."
        );
    }
    format!("{limit} is the most: {}.", needed(what))
}

/// Where it goes on, as far as people of this one may know.
fn merged(it: Option<&Incident>, into: IncidentId, id: &str) -> String {
    match it {
        Some(it) if it.access.moved.is_some() => stub(it),
        Some(it) if other(it, into) != into.to_string() => {
            format!("{id} was merged into another incident, which goes on.")
        }
        Some(_) | None => format!("{id} was merged into {into}, which goes on. Use `/incident {into} …`."),
    }
}

const fn needed(what: Needed) -> &'static str {
    match what {
        Needed::Title => "The title",
        Needed::Update => "The update",
        Needed::Entry => "The entry",
        Needed::Reason => "The reason",
        Needed::Link => "The link",
        Needed::Page => "The page",
        Needed::Signal => "What shows that the fix works",
        Needed::Question => "The question",
        Needed::Answer => "The answer",
        Needed::Task => "The task",
        Needed::Holder => "People who hold one role",
        Needed::Customer => "The customer",
        Needed::Contact => "The contact",
        Needed::Impact => "The impact",
        Needed::Condition => "The condition",
        Needed::Plan => "A part of the plan",
        Needed::Notice => "The notice",
        Needed::Actions => "What the customer must do",
        Needed::How => "How it was sent",
        Needed::Report => "The report",
        Needed::Evidence => "The evidence",
        Needed::Observation => "The observation",
        Needed::Place => "Where it is kept",
        Needed::Scope => "What they do here (the scope)",
    }
}

fn impossible(which: TimeField, why: TimeProblem) -> String {
    let what = super::line::time(which);
    match why {
        TimeProblem::Future => format!(
            "That it {what} cannot lie in the future. Name a time that has passed, with its zone if it is not yours (`02:10 UTC`)."
        ),
        TimeProblem::EndBeforeStart => {
            format!("That it {what} does not fit: it would end before it started. Correct the other time first.")
        }
        TimeProblem::LongAgo => {
            format!("That it {what} lies more than a year back. Name the date as 2026-11-22 02:10.")
        }
    }
}

/// The update as it will look.
pub(super) fn preview(w: View<'_>, it: &Incident, text: &str, next: Option<jiff::Timestamp>) -> String {
    let next = super::line::promised(next);
    format!(
        ":mega: *Status update* · {}\n{}\n_{next}_",
        phase_label(w, &it.kind, &it.phase),
        super::escape::escape_keeping_mentions(text)
    )
}

#[cfg(test)]
mod tests {
    use super::{super::samples, *};
    use crate::paging::{PageId, Policy};

    /// Nobody may be sent back to bed because a page found no one.
    #[test]
    fn an_exhausted_page_is_not_called_over() {
        let world = samples::World::new();
        let policy = Policy { name: "x".into(), ..Policy::default() };
        let it = samples::then(samples::declared("x"), What::PageStarted { page: PageId(1), policy });
        let it = samples::then(it, What::PageExhausted { page: PageId(1) });
        let said = rejection(world.view(), &Rejection::PageOver(PageId(1)), Some(&it));
        assert!(said.contains("nobody answered") && said.contains("`/incident INC-1 page @name`"), "{said}");
        let it =
            samples::then(it, What::PageAcknowledged { page: PageId(1), by: "U0BOB".into(), source: None, way: None });
        let said = rejection(world.view(), &Rejection::PageOver(PageId(1)), Some(&it));
        assert!(said.contains("nobody needs to come"), "{said}");
    }

    #[test]
    fn declaring_anyway_keeps_the_whole_title() {
        let title = "&amp;".repeat(200);
        let said = duplicate(&samples::declared("x"), &title).to_json();
        let value = said["blocks"][1]["elements"][0]["value"].as_str().expect("a value");
        assert!(value.chars().count() <= 2000, "{value}");
        assert_eq!(ButtonValue::parse(value).expect("ours").extra, title);
    }
}
