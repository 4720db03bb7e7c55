//! From effects to jobs: which lane, under which key, replacing what.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{IncidentId, UserId},
    incident::{Effect, Effects, Reminder, Said, Timer, access::Deed, comms, duty},
    paging::{
        PageId, Target,
        external::{Act, External},
    },
    playbook::{Audience, OutletId, RoleId},
    store::{Json, NewJob, OnPending, Queue},
};

/// The body of an outbox entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Work {
    /// Version of this shape.
    pub v: u8,
    /// Of which incident.
    pub id: IncidentId,
    /// What must be done.
    pub effect: Effect,
}

/// The body of a timer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// Version of this shape.
    pub v: u8,
    /// Of which incident.
    pub id: IncidentId,
    /// What must be looked at.
    pub timer: Timer,
}

/// The jobs of one commit.
pub(super) fn jobs<'a>(planned: impl Iterator<Item = (IncidentId, u64, &'a Effects)>, now: Timestamp) -> Vec<NewJob> {
    let mut jobs: Vec<NewJob> = Vec::new();
    let mut reminders: Vec<Work> = Vec::new();
    for (id, seq, effects) in planned {
        for effect in &effects.now {
            let work = Work { v: 1, id, effect: effect.clone() };
            match (&work.effect, merge_target(&mut reminders, &work)) {
                (Effect::Remind { about, beside, .. }, Some(Effect::Remind { about: all, beside: all_beside, .. })) => {
                    all.extend(about);
                    all_beside.extend(beside.iter().cloned());
                }
                (Effect::Remind { .. }, _) => reminders.push(work),
                _ => add(&mut jobs, outbox(&work, seq, now)),
            }
        }
        for (due, timer) in &effects.later {
            add(&mut jobs, alarm(id, timer, *due));
        }
    }
    for work in &reminders {
        add(&mut jobs, outbox(work, 0, now));
    }
    jobs
}

/// The reminder for the same person that this one joins.
fn merge_target<'a>(reminders: &'a mut [Work], work: &Work) -> Option<&'a mut Effect> {
    let Effect::Remind { to, .. } = &work.effect else { return None };
    reminders.iter_mut().map(|w| &mut w.effect).find(|e| matches!(e, Effect::Remind { to: other, .. } if other == to))
}

/// Several events of one commit may ask for the same latest state: once is enough.
fn add(jobs: &mut Vec<NewJob>, job: NewJob) {
    match jobs.iter_mut().find(|j| j.key == job.key) {
        Some(same) if job.on_pending == OnPending::Replace => *same = job,
        Some(_) => {}
        None => jobs.push(job),
    }
}

fn outbox(work: &Work, seq: u64, now: Timestamp) -> NewJob {
    use OnPending::{Keep, New, Replace};
    let id = work.id;
    let room = format!("room/{id}");
    let (lane, key, on_pending) = match &work.effect {
        Effect::LookUpGroup { page, version, target } => (
            format!("page/{id}/{page}/{}", target.key()),
            format!("group/{id}/{page}/{version}/{}", target.key()),
            Keep,
        ),
        // It is as urgent the second time, and where that is not possible there it is said once.
        Effect::SyncExternal { page, of, number, act: Act::Raise } => {
            (pager_lane(id, (*page, *number), of), format!("sync/{id}/{page}.{number}/raise/{}", of.key()), Keep)
        }
        Effect::SyncExternal { page, of, number, act } => {
            (pager_lane(id, (*page, *number), of), sync_key(id, (*page, *number), of, *act, seq), Keep)
        }
        Effect::SendPage { page, round, step, times, to, number } => {
            (lane_of(id, (*page, *number), to), format!("page/{id}/{page}/{round}.{step}.{times}/{}", to.key()), Keep)
        }
        Effect::LookUpWays { page, round, step, times, to } => {
            (format!("page/{id}/{page}/{to}/ways"), format!("ways/{id}/{page}/{round}.{step}.{times}/{to}"), Keep)
        }
        // A way has a lane of its own, and nothing to say twice: what comes later, or sooner, takes the place of what waits.
        Effect::Reach { page, to, way, .. } => {
            let key = format!("page/{id}/{page}/{to}/{}", way.key());
            (key.clone(), key, Replace)
        }
        // What is shown anew on a message holds up none that asks: whoever is not reached must be known in time, and whoever is asked now
        // comes before those who were.
        Effect::ShowPage { page, to } => {
            (format!("shown/{id}/{page}/{}", to.key()), format!("show/{id}/{page}/{}", to.key()), Replace)
        }
        Effect::ShowPages { page } => (format!("shown/{id}/{page}"), format!("shows/{id}/{page}"), Replace),
        Effect::TellPaged { page, seq } => (format!("shown/{id}/{page}"), format!("tells/{id}/{page}/{seq}"), Keep),
        Effect::Tell { to, .. } => (direct(to), format!("tell/{id}/{seq}/{}", to.key()), Keep),
        Effect::Brief { role, to, offer, since } => {
            (format!("dm/{to}"), brief_key(id, role, to, *offer, *since), Replace)
        }
        Effect::ShowBrief { role, to, offer, since } => {
            (format!("dm/{to}"), format!("show-{}", brief_key(id, role, to, *offer, *since)), Replace)
        }
        Effect::Remind { to, .. } => (format!("dm/{to}"), format!("remind/{to}/{id}/{}", now.as_second()), Keep),
        // There is a time for the answer: it stands behind nothing else that they are told.
        Effect::CheckPage { page, to, version } => {
            (format!("page/{id}/{page}/{to}/check"), format!("check/{id}/{page}/{version}/{to}"), Replace)
        }
        Effect::Question { asked, to, .. } => (format!("dm/{to}"), format!("question/{id}/{asked}/{to}"), Replace),
        Effect::Root => (room, format!("root/{id}"), Replace),
        // People are asked before rooms are decorated.
        Effect::Duty(duty::Deed::LookUpGroup { role, version, group }) => {
            (format!("page/{id}/role/{role}/{group}"), format!("group/{id}/role/{role}/{version}/{group}"), Keep)
        }
        Effect::Duty(duty::Deed::ShowTask { seq: made, to, .. }) => {
            (format!("dm/{to}"), format!("task/{id}/{made}/{to}"), Replace)
        }
        Effect::OpenRoom => (room, format!("open/{id}"), Keep),
        Effect::Invite { .. } => (room, format!("invite/{id}/{seq}"), New),
        Effect::Topic => (room, format!("topic/{id}"), Replace),
        Effect::Bookmark => (room, format!("bookmark/{id}"), Keep),
        Effect::Card => (room, card(id), Replace),
        Effect::Say { .. } => (room, format!("say/{id}/{seq}"), New),
        Effect::ShowSaid { what } => (room, format!("show-said/{id}/{}", said(*what)), Replace),
        Effect::Retract { seq } => (room, format!("retract/{id}/{seq}"), Keep),
        Effect::RetractAll => (room, format!("retract/{id}"), Replace),
        Effect::RenameRoom => (room, format!("rename/{id}"), Replace),
        Effect::Retitle => (format!("retitle/{id}"), format!("retitle/{id}"), Replace),
        Effect::Homes => ("homes".to_owned(), "homes".to_owned(), Replace),
        Effect::Home { to } => (home(to), home(to), Replace),
        Effect::ArchiveRoom => (room, format!("archive/{id}/{seq}"), New),
        Effect::Access(Deed::ShowOut { who }) => (room, format!("show-out/{id}/{seq}/{who}"), Keep),
        Effect::Comms(deed) => of_comms(id, room, deed),
        Effect::Followers { .. } => ("followers".to_owned(), format!("followers/{id}/{seq}"), Keep),
        Effect::Announce => ("announce".to_owned(), format!("announce/{id}"), Replace),
        Effect::Broadcast { seq } => ("updates".to_owned(), format!("broadcast/{id}/{seq}"), Replace),
    };
    NewJob { key, queue: Queue::Lane(lane), due: work.effect.due().unwrap_or(now), on_pending, body: Json::of(work) }
}

fn alarm(id: IncidentId, timer: &Timer, due: Timestamp) -> NewJob {
    let key = match timer {
        Timer::Page { page, .. } => format!("timer/{id}/page/{page}"),
        Timer::RemindUpdate { .. } => format!("timer/{id}/remind"),
        Timer::Remind { of } => match of {
            Reminder::Update { .. } => format!("timer/{id}/remind"),
            Reminder::Consult { number } => format!("timer/{id}/remind/consult/{number}"),
            Reminder::Letter { to, .. } => format!("timer/{id}/remind/{}", readers(*to)),
            Reminder::Missing { to, .. } => format!("timer/{id}/escalate/{}", readers(*to)),
            Reminder::Value { value } => format!("timer/{id}/nudge/{value}"),
            Reminder::Unanswered { number } => format!("timer/{id}/unanswered/{number}"),
            Reminder::Untold { customer } => format!("timer/{id}/untold/{customer}"),
            Reminder::Item { role, owner, duty, .. } => format!("timer/{id}/duty/{role}/{owner}/{duty}"),
            Reminder::Task { task, .. } => format!("timer/{id}/task/{task}"),
        },
        Timer::Comms(alarm) => match alarm {
            comms::Alarm::Miss { to, .. } => format!("timer/{id}/miss/{}", readers(*to)),
            comms::Alarm::Escalate { to, .. } => format!("timer/{id}/escalate/{}", readers(*to)),
            comms::Alarm::Lasted { minutes } => format!("timer/{id}/lasted/{minutes}"),
        },
        Timer::Nudge { value, .. } => format!("timer/{id}/nudge/{value}"),
        Timer::MissUpdate { .. } => format!("timer/{id}/miss"),
        Timer::Course(alarm) => format!("timer/{id}/{}", alarm.key()),
        Timer::Case(alarm) => format!("timer/{id}/{}", alarm.key()),
        Timer::Ladder { role, .. } => format!("timer/{id}/role/{role}"),
    };
    let body = Json::of(&Alarm { v: 1, id, timer: timer.clone() });
    NewJob { key, queue: Queue::Timer, due, on_pending: OnPending::Replace, body }
}

fn of_comms(id: IncidentId, room: String, deed: &comms::Deed) -> (String, String, OnPending) {
    match deed {
        comms::Deed::ShowDraft { draft } => (room, format!("draft/{id}/{draft}"), OnPending::Replace),
        comms::Deed::Receipt { send } => (room, format!("receipt/{id}/{send}"), OnPending::Replace),
        comms::Deed::Post { send, outlet, .. } => {
            (format!("outlet/{outlet}"), outlet_key(id, *send, outlet), OnPending::Keep)
        }
        comms::Deed::Correct { send, outlet, correction, .. } => {
            (format!("outlet/{outlet}"), correction_key(id, *send, outlet, *correction), OnPending::Keep)
        }
    }
}

/// Lines of a room in keys.
fn said(what: Said) -> String {
    match what {
        Said::Update(seq) => seq.to_string(),
        Said::Missed => "missed".to_owned(),
        Said::Report(report) => format!("report/{report}"),
    }
}

/// Under which the message about a role is known.
pub fn brief_key(id: IncidentId, role: &RoleId, to: &UserId, offer: Option<u32>, since: u64) -> String {
    let which = offer.map_or_else(|| format!("given.{since}"), |n| format!("offer.{n}"));
    format!("brief/{id}/{role}/{to}/{which}")
}

/// Under which an incident's card is known.
pub(crate) fn card(id: IncidentId) -> String {
    format!("card/{id}")
}

/// Under which somebody's App Home is known.
pub(super) fn home(to: &UserId) -> String {
    format!("{HOMES}{to}")
}

/// What those begin with.
pub(super) const HOMES: &str = "home/";

/// The key of a text on its way to a channel of the register.
pub(crate) fn outlet_key(id: IncidentId, send: u32, outlet: &OutletId) -> String {
    use sha2::{Digest, Sha256};
    format!("{OUTLET}{}", hex::encode(&Sha256::digest(format!("{id}/{send}/{outlet}"))[..16]))
}

/// The same of a correction of it.
pub(crate) fn correction_key(id: IncidentId, send: u32, outlet: &OutletId, correction: u32) -> String {
    use sha2::{Digest, Sha256};
    format!("{OUTLET}{}", hex::encode(&Sha256::digest(format!("{id}/{send}/{outlet}/{correction}"))[..16]))
}

/// What those begin with.
const OUTLET: &str = "outlet/";

/// Is it such a key? It does not travel with the message, which others may read: whoever knows how it is made tries numbers until one fits.
/// [`public_mark`](crate::engine::Engine::public_mark) does.
pub(crate) fn is_outlet_key(key: &str) -> bool {
    key.starts_with(OUTLET)
}

/// Readers in keys.
const fn readers(to: Audience) -> &'static str {
    match to {
        Audience::Internal => "internal",
        Audience::Executive => "executive",
        Audience::NeedToKnow => "need_to_know",
        Audience::Advisor => "advisor",
        Audience::External => "external",
        Audience::Reporter => "reporter",
        Audience::CustomerContact => "customer_contact",
    }
}

/// The lane of a page on its way to somebody. Another provider may be slow, which is nothing to people who are asked here.
fn lane_of(id: IncidentId, (page, number): (PageId, u32), to: &Target) -> String {
    let Target::External(of) = to else { return format!("page/{id}/{page}/{}", to.key()) };
    pager_lane(id, (page, number), of)
}

/// The lane of a page at another provider: what is done to it is done in order. By another number it is another page there, which does not
/// wait until the one before is over.
fn pager_lane(id: IncidentId, (page, number): (PageId, u32), of: &External) -> String {
    format!("external/{}/{id}/{page}.{number}/{}", of.at.key(), of.id)
}

fn sync_key(id: IncidentId, (page, number): (PageId, u32), of: &External, act: Act, seq: u64) -> String {
    format!("sync/{id}/{page}.{number}/{}/{seq}/{}", verb(act), of.key())
}

/// What is done there in keys.
const fn verb(act: Act) -> &'static str {
    match act {
        Act::Acknowledge => "acknowledge",
        Act::Escalate { .. } => "escalate",
        Act::Raise => "raise",
        Act::Resolve => "resolve",
    }
}

/// The conversation that a target is told in.
fn direct(target: &Target) -> String {
    match target {
        Target::Person(id) => format!("dm/{id}"),
        Target::Channel(id) => format!("chan/{id}"),
        Target::Group(_)
        | Target::Schedule(_)
        | Target::Rotation { .. }
        | Target::Role(_)
        | Target::Service(_)
        | Target::Webhook(_)
        | Target::External(_) => format!("chan/{}", target.key()),
    }
}
