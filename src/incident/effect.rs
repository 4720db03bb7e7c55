//! Every consequence there is, as data, computed once when an event is committed. People are paged before rooms are
//! decorated: pages have lanes of their own, and stand first here.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Context, Event, Incident, Offer, Reminded, Reminder, Taken, What, access, case, comms, course, duty, following,
    intake,
};
use crate::{
    ids::{IncidentId, Series, UserId},
    paging::{
        Attempt, Onward, Outcome, Page, PageId, PageState, Target,
        external::{Act, External, ExternalPage},
        reach::Way,
    },
    playbook::{RoleId, Stage},
};

/// Something that must be done outside, once or as the latest state of a thing.
///
/// Carries references, never text that a person wrote: words are rendered from the events when it is carried out, so
/// that redaction reaches them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Effect {
    /// Find out who is in a user group that a page wants to reach.
    LookUpGroup {
        /// For which page.
        page: PageId,
        /// The page's version when it asked.
        version: u32,
        /// Which group.
        target: Target,
    },
    /// Ask someone for help.
    SendPage {
        /// For which page.
        page: PageId,
        /// Round, step and repetition that this message belongs to.
        round: u32,
        /// See `round`.
        step: u32,
        /// See `round`.
        times: u32,
        /// Whom.
        to: Target,
        /// By which number it goes to another provider; 0 where it goes to none.
        #[serde(default, skip_serializing_if = "is_zero")]
        number: u32,
    },
    /// Find out by which ways beside the chat someone can be asked for help.
    LookUpWays {
        /// For which page.
        page: PageId,
        /// Round, step and repetition that asks them.
        round: u32,
        /// See `round`.
        step: u32,
        /// See `round`.
        times: u32,
        /// Whom.
        to: UserId,
    },
    /// Ask someone for help by a way beside the chat, unless they have answered by then.
    Reach {
        /// For which page.
        page: PageId,
        /// Round, step and repetition that asks them.
        round: u32,
        /// See `round`.
        step: u32,
        /// See `round`.
        times: u32,
        /// Whom.
        to: UserId,
        /// By which way.
        way: Way,
        /// When it has its turn.
        due: Timestamp,
    },
    /// Do at another provider what was done here to a page that went there.
    #[serde(alias = "follow")]
    SyncExternal {
        /// Which page.
        page: PageId,
        /// Of what there.
        of: External,
        /// By which number the page went there.
        number: u32,
        /// What.
        act: Act,
    },
    /// Show a page's state on the last message of everyone who got one.
    ShowPages {
        /// Which page.
        page: PageId,
    },
    /// Tell everyone whom this page reached what event `seq` says.
    TellPaged {
        /// Which page.
        page: PageId,
        /// Which event.
        seq: u64,
    },
    /// Show a page's state on the last message that `to` got about it.
    ShowPage {
        /// Which page.
        page: PageId,
        /// On whose message.
        to: Target,
    },
    /// Ask whoever acknowledged a page whether they are still on it; kept up to date.
    CheckPage {
        /// Which page.
        page: PageId,
        /// Whom.
        to: UserId,
        /// The page's version when it was asked.
        version: u32,
    },
    /// Tell someone outside the room what event `seq` says.
    Tell {
        /// Whom.
        to: Target,
        /// Which event.
        seq: u64,
    },
    /// A role and its buttons, for the one who has it or is asked to take it; kept up to date.
    Brief {
        /// Which role.
        role: RoleId,
        /// To whom.
        to: UserId,
        /// Which hand-over; `None` for a role that they were given.
        offer: Option<u32>,
        /// The event that gave or offered it, so that the same role given twice is told twice.
        since: u64,
    },
    /// Show a role as it stands on the message that [`Effect::Brief`] sent, if it did.
    ShowBrief {
        /// Which role.
        role: RoleId,
        /// Whose message.
        to: UserId,
        /// Which hand-over; `None` for a role that they were given.
        offer: Option<u32>,
        /// The event that gave it.
        since: u64,
    },
    /// Make the room. Everything else for the room waits in its lane behind this.
    OpenRoom,
    /// The message below which the incident is worked on in a thread, instead of a room; kept up to date. Everything else
    /// waits in its lane behind this.
    Root,
    /// Bring people into the room.
    Invite {
        /// Whom.
        people: Vec<UserId>,
    },
    /// The room's topic; kept up to date.
    Topic,
    /// The room's bookmarks: the call bridge and the web page, where configured.
    Bookmark,
    /// The pinned card; kept up to date.
    Card,
    /// The line in the incidents channel; kept up to date.
    Announce,
    /// Tell those who follow such incidents that event `seq` happened.
    Followers {
        /// Which event.
        seq: u64,
    },
    /// Say in the room what event `seq` says.
    Say {
        /// Which event.
        seq: u64,
    },
    /// Show lines that the room heard as they stand now, in place.
    ShowSaid {
        /// Which.
        what: Said,
    },
    /// Status update `seq` in the updates channel; what it promises is kept up to date while it is the last one.
    Broadcast {
        /// Which event.
        seq: u64,
    },
    /// Remind somebody of what is due soon; all reminders of one commit to one person become one message.
    Remind {
        /// Whom.
        to: UserId,
        /// Of the status updates of these incidents.
        about: Vec<IncidentId>,
        /// Of these besides.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        beside: Vec<Reminded>,
    },
    /// A question to a role, for whoever is asked; kept up to date.
    Question {
        /// Its number.
        number: u32,
        /// The event that asked it.
        asked: u64,
        /// Whom.
        to: UserId,
    },
    /// Something about who does what.
    Duty(duty::Deed),
    /// Take back the words that were posted for event `seq`, which was redacted.
    Retract {
        /// Which event.
        seq: u64,
    },
    /// Take back all words that were redacted so far: the room was out of reach meanwhile.
    RetractAll,
    /// A title was redacted: show the present one on every message that carries it and is not kept up to date anyway.
    Retitle,
    /// The room's name was made of a title that was redacted; only the number stays.
    RenameRoom,
    /// The App Home of everyone who has one.
    Homes,
    /// Somebody's App Home, as it stands.
    Home {
        /// Whose.
        to: UserId,
    },
    /// Post the summary, then archive the room, where the configuration asks for it.
    ArchiveRoom,
    /// What only `access` has done.
    Access(access::Deed),
    /// Something that is said to others, or shown of it.
    Comms(comms::Deed),
}

/// Lines of the room that may read otherwise later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// Status update `seq`: what it promises.
    Update(u64),
    /// That an update is overdue.
    Missed,
    /// Those of this customer's report: whether somebody looks at it.
    Report(u64),
}

impl Effect {
    /// Remind somebody of something of this incident.
    #[must_use]
    pub fn remind(id: IncidentId, to: &UserId, of: Reminder) -> Self {
        Self::Remind { to: to.clone(), about: Vec::new(), beside: vec![Reminded { id, of }] }
    }

    /// When it has its turn; none: as soon as possible.
    #[must_use]
    pub const fn due(&self) -> Option<Timestamp> {
        if let Self::Reach { due, .. } = self { Some(*due) } else { None }
    }
}

/// Something that must be looked at again later; comes back as a command with the version it was set for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "timer", rename_all = "snake_case")]
pub enum Timer {
    /// Repeat a page or go to its next step.
    Page {
        /// Which page.
        page: PageId,
        /// Its version.
        version: u32,
    },
    /// Remind the owner of the next update.
    RemindUpdate {
        /// The update's version.
        version: u32,
    },
    /// Remind somebody of something else.
    Remind {
        /// Of what; a later timer of the same thing replaces the earlier one.
        #[serde(flatten)]
        of: Reminder,
    },
    /// Something that is owed to others.
    Comms(comms::Alarm),
    /// The promised time of the next update.
    MissUpdate {
        /// The update's version.
        version: u32,
    },
    /// The moment of a value. What happens meanwhile may move it to later: then the timer is, when it rings.
    Nudge {
        /// Which value.
        value: String,
    },
    /// Something on the course.
    Course(course::Alarm),
    /// Something about the records of the case.
    Case(case::Alarm),
    /// Nobody has answered who was asked to take a role.
    Ladder {
        /// Which role.
        role: RoleId,
        /// The ladder's version.
        version: u32,
    },
}

/// What one event asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// To be done as soon as possible.
    pub now: Vec<Effect>,
    /// To be looked at when due. A timer replaces the earlier one of the same thing.
    pub later: Vec<(Timestamp, Timer)>,
}

/// Every consequence of `event`, which turned `before` into `after`.
#[must_use]
pub fn effects(cx: &Context<'_>, before: Option<&Incident>, after: &Incident, event: &Event) -> Effects {
    let mut out = Effects::default();
    let seq = after.version;
    pages(&mut out, cx, before, after, event, seq);
    people(&mut out, cx, before, after, event, seq);
    briefs(&mut out, after, event);
    comms::effects(&mut out, before, after, event, seq);
    room(&mut out, cx, before, after, event, seq);
    course::effects(&mut out, before, after, event, seq);
    case::effects(&mut out, cx, after, event);
    if following::is_followed(&event.what) && after.id.series != Series::Drill {
        out.now.push(Effect::Followers { seq });
    }
    timers(&mut out, cx, before, after);
    intake::timers(&mut out, cx, before, after);
    course::timers(&mut out, before, after);
    case::timers(&mut out, before, after);
    access::effects(&mut out, after, event);
    out.now.retain(|effect| access::is_allowed(effect, after));
    comms::timers(&mut out, cx, before, after, event);
    out
}

/// Paging, first and in lanes of its own.
fn pages(out: &mut Effects, cx: &Context<'_>, before: Option<&Incident>, after: &Incident, event: &Event, seq: u64) {
    checks(out, before, after);
    sync_external(out, before, after, event);
    let ways = |page: &Page, to: &Target| if cx.settings.ways.is_empty() { None } else { look_up_ways(page, to) };
    match &event.what {
        What::PageStepReached { page, targets, .. } => {
            let Some(page) = after.page(*page) else { return };
            for target in targets {
                out.now.push(ask(page, target));
                out.now.extend(ways(page, target));
            }
            // Whoever was asked before is not asked any more, but may still answer.
            if before.and_then(|b| b.page(page.id)).is_some_and(|page| page.times > 0) {
                out.now.push(Effect::ShowPages { page: page.id });
            }
        }
        What::PageRepeated { page, .. } => {
            let Some(page) = after.page(*page) else { return };
            out.now.extend(page.reached_now().map(|to| send(page, to.clone())));
            // Whom the chat does not reach is asked again by what does.
            let beside = page.beside.iter().filter(|b| b.is_reached()).map(|b| Target::Person(b.who.clone()));
            out.now.extend(page.reached_now().cloned().chain(beside).filter_map(|to| ways(page, &to)));
        }
        What::PageTargetsFound { page, people, others, .. } => {
            let Some(page) = after.page(*page) else { return };
            for target in people.iter().cloned().map(Target::Person).chain(others.iter().cloned()) {
                out.now.extend([ask(page, &target)].into_iter().chain(ways(page, &target)));
            }
        }
        What::PageWaysFound { page, who, ways, .. } => {
            let Some(page) = after.page(*page) else { return };
            out.now.extend(ways.iter().map(|plan| reach(page, who, plan.way, plan.due)));
        }
        What::PageAttempted { page, attempt } => {
            // A message that went out while the page ended, or whoever gets it had answered, must not go on asking.
            let over = after.page(*page).is_some_and(|p| !p.waits() || p.is_done_with(&attempt.to));
            if over && attempt.outcome.message().is_some() {
                out.now.push(Effect::ShowPage { page: *page, to: attempt.to.clone() });
            }
            out.now.extend(after.page(*page).into_iter().flat_map(|page| hurried(page, attempt, event.at)));
        }
        What::PageDeclined { page, by, .. } | What::PageAnswered { page, by, .. } => {
            out.now.push(Effect::ShowPage { page: *page, to: Target::Person(by.clone()) });
        }
        What::PageAcknowledged { page, .. }
        | What::PageAcknowledgedExternally { page, .. }
        | What::PageExhausted { page }
        | What::PageReturned { page, .. } => {
            out.now.push(Effect::ShowPages { page: *page });
        }
        What::PageEnded { page, .. } => {
            out.now.extend([Effect::ShowPages { page: *page }, Effect::TellPaged { page: *page, seq }]);
        }
        _ => {}
    }
}

/// Somebody is asked; who is found out only now, first that.
fn ask(page: &Page, target: &Target) -> Effect {
    if target.is_looked_up() {
        return Effect::LookUpGroup { page: page.id, version: page.version, target: target.clone() };
    }
    send(page, target.clone())
}

/// Whoever is asked now whether they are still on it, or was until now.
fn checks(out: &mut Effects, before: Option<&Incident>, after: &Incident) {
    let open = |it: &Incident| -> Vec<Effect> {
        let checks = it.pages.iter().filter_map(|p| p.check().map(|(to, check)| (p.id, to, check.version)));
        checks.map(|(page, to, version)| Effect::CheckPage { page, to: to.clone(), version }).collect()
    };
    let (was, is) = (before.map(open).unwrap_or_default(), open(after));
    let changed = was.iter().filter(|c| !is.contains(c)).chain(is.iter().filter(|c| !was.contains(c)));
    out.now.extend(changed.cloned());
}

/// What is done to a page here is done wherever it went; but not where it was done first.
fn sync_external(out: &mut Effects, before: Option<&Incident>, after: &Incident, event: &Event) {
    let Some(before) = before else { return };
    for page in before.pages.iter().filter(|page| !page.external.is_empty()) {
        let asked = |of: &External| page.asked_now().contains(&Target::External(of.clone()));
        let gone = after.page(page.id).is_none();
        let is_over = matches!(page.state, PageState::Ended { .. });
        // Since the severity was raised, or hours began in which it wakes people.
        let was_urgent = match &event.what {
            What::SeverityChanged { .. } => before.is_urgent(page, event.at),
            What::PageRepeated { page: id, .. } | What::PageStepReached { page: id, .. } if *id == page.id => {
                before.is_urgent(page, page.asked_at)
            }
            _ => true,
        };
        let raised = !is_over && !was_urgent && after.is_urgent(page, event.at);
        let act = |of: &External| match &event.what {
            What::PageAcknowledged { page: id, source, .. } if *id == page.id => {
                source.as_ref().is_none_or(|source| source.of != *of).then_some(Act::Acknowledge)
            }
            What::PageAcknowledgedExternally { page: id, source, .. } if *id == page.id => {
                (source.of != *of).then_some(Act::Acknowledge)
            }
            What::PageStepReached { page: id, why: Onward::Escalated, .. }
                if *id == page.id && asked(of) && of.has_levels() =>
            {
                let level =
                    after.page(page.id).and_then(|page| page.external_page(of)).map_or(1, |external| external.level);
                Some(Act::Escalate { level })
            }
            What::PageEnded { page: id, .. } if *id == page.id => Some(Act::Resolve),
            // Where it was given back it goes on.
            What::PageReturned { page: id, source, .. } if *id == page.id => {
                source.as_ref().is_none_or(|source| source.of != *of).then_some(Act::Resolve)
            }
            _ if raised => Some(Act::Raise),
            _ => gone.then_some(Act::Resolve),
        };
        let sync = |external: &ExternalPage| {
            let (of, number) = (external.of.clone(), external.number);
            act(&external.of).map(|act| Effect::SyncExternal { page: page.id, of, number, act })
        };
        out.now.extend(page.external.iter().filter_map(sync));
    }
}

fn send(page: &Page, to: Target) -> Effect {
    let external = if let Target::External(of) = &to { page.external_page(of) } else { None };
    let number = external.map_or(0, |external| external.number);
    Effect::SendPage { page: page.id, round: page.round, step: page.step, times: page.times, to, number }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Only people have ways of their own.
fn look_up_ways(page: &Page, to: &Target) -> Option<Effect> {
    let Target::Person(to) = to else { return None };
    Some(Effect::LookUpWays { page: page.id, round: page.round, step: page.step, times: page.times, to: to.clone() })
}

fn reach(page: &Page, to: &UserId, way: Way, due: Timestamp) -> Effect {
    let (id, round, step, times) = (page.id, page.round, page.step, page.times);
    Effect::Reach { page: id, round, step, times, to: to.clone(), way, due }
}

/// Where the chat does not reach somebody, what was to come later comes now.
fn hurried(page: &Page, attempt: &Attempt, now: Timestamp) -> Vec<Effect> {
    let missed = attempt.way.is_none() && !attempt.outcome.arrived() && page.waits();
    match &attempt.to {
        Target::Person(who) if missed && page.misses(who) => {
            page.beside(who).into_iter().flat_map(|b| &b.due).map(|way| reach(page, who, *way, now)).collect()
        }
        _ => Vec::new(),
    }
}

/// Direct messages to the people concerned.
fn people(out: &mut Effects, cx: &Context<'_>, before: Option<&Incident>, after: &Incident, event: &Event, seq: u64) {
    match &event.what {
        What::Declared { lead, lead_role, .. } => out.now.push(given(lead_role, lead, seq)),
        What::RoleTaken { role, holder, from, how, .. } => {
            out.now.extend(settled_offers(before, after, role));
            match how {
                Taken::Assigned => out.now.push(given(role, holder, seq)),
                Taken::Accepted | Taken::Claimed => {}
            }
            // The one who was relieved hears it, unless they did it themselves.
            let held = |from: &UserId| before.and_then(|b| b.roles.get(role)).and_then(|r| r.of(from));
            if let Some(old) = from.as_ref().and_then(held) {
                out.now.push(given(role, &old.person, old.since));
                if event.by.person() != Some(&old.person) {
                    out.now.push(tell(&old.person, seq));
                }
            }
        }
        What::RoleOffered { role, offer, .. } => {
            out.now.extend(after.roles.get(role).and_then(|r| r.offer(*offer)).map(|o| offered(role, o)));
        }
        What::OfferDeclined { role, offer, ladder, .. } => {
            let offer = before.and_then(|b| b.roles.get(role)).and_then(|r| r.offer(*offer));
            out.now.extend(offer.map(|o| offered(role, o)));
            if let Some(holder) = after.holder(role).filter(|h| !ladder && event.by.person() != Some(h)) {
                out.now.push(tell(holder, seq));
            }
        }
        What::Intake(fact) => out.now.extend(intake::tells(after, fact)),
        What::RoleConfirmed { role, holder, .. } => {
            out.now.extend(settled_offers(before, after, role));
            out.now.extend(after.roles.get(role).and_then(|r| r.of(holder)).map(|h| given(role, holder, h.since)));
        }
        What::RoleDropped { role, from } => {
            out.now.extend(settled_offers(before, after, role));
            let held = before.and_then(|b| b.roles.get(role)).and_then(|r| r.of(from));
            out.now.extend(held.map(|h| given(role, from, h.since)));
        }
        What::Duty(fact) => {
            out.now.extend(duty::effects(after, &event.by, fact));
            if let duty::Fact::Withdrawn { role, .. } = fact {
                out.now.extend(settled_offers(before, after, role));
            }
            out.now.extend(before.iter().flat_map(|before| duty::over(before, fact)));
        }
        // Whoever has it is shown it anew: what they had before is of a number that is no more.
        What::Carried { record, .. } => {
            if let What::Duty(fact) = record.as_ref() {
                out.now.extend(duty::effects(after, &event.by, fact));
            }
        }
        What::UpdateReminded { owner, .. } => {
            out.now.push(Effect::Remind { to: owner.clone(), about: vec![after.id], beside: Vec::new() });
        }
        // Once it is over nobody misses the room, least of all when the bot archived it.
        What::RoomLost { .. } => out.now.extend(after.lead().filter(|_| after.is_open()).map(|lead| tell(lead, seq))),
        // The room may be missing or unread: those who count on an answer hear it themselves.
        What::PageExhausted { page } => {
            let asked_by = after.page(*page).and_then(|p| p.asked_by.as_ref());
            let lead = after.lead().filter(|lead| asked_by != Some(lead));
            out.now.extend(asked_by.into_iter().chain(lead).map(|person| tell(person, seq)));
        }
        What::UpdatePosted { .. } if cx.settings.updates_channel.is_some() => out.now.push(Effect::Broadcast { seq }),
        _ => {}
    }
}

fn tell(person: &UserId, seq: u64) -> Effect {
    Effect::Tell { to: Target::Person(person.clone()), seq }
}

fn given(role: &RoleId, to: &UserId, since: u64) -> Effect {
    Effect::Brief { role: role.clone(), to: to.clone(), offer: None, since }
}

fn offered(role: &RoleId, offer: &Offer) -> Effect {
    Effect::Brief { role: role.clone(), to: offer.to.clone(), offer: Some(offer.number), since: 0 }
}

/// Whoever has a role, or is asked to take one, has it before them as it stands.
fn briefs(out: &mut Effects, after: &Incident, event: &Event) {
    if !changes_situation(&event.what) {
        return;
    }
    for (role, state) in &after.roles {
        let show = |to: &UserId, offer, since| Effect::ShowBrief { role: role.clone(), to: to.clone(), offer, since };
        out.now.extend(state.holders().map(|held| show(&held.person, None, held.since)));
        out.now.extend(state.offers.iter().map(|offer| show(&offer.to, Some(offer.number), 0)));
    }
}

/// Does it change what everybody with a role must know?
const fn changes_situation(what: &What) -> bool {
    matches!(
        what,
        What::RoomOpened { .. }
            | What::RoomLost { .. }
            | What::RoomBack { .. }
            | What::Renamed { .. }
            | What::SeverityChanged { .. }
            | What::PhaseChanged { .. }
            | What::Closed {}
            | What::Cancelled { .. }
            | What::MergedInto { .. }
            | What::Reopened { .. }
    )
}

/// Messages of offers that are settled now, one way or the other.
fn settled_offers(before: Option<&Incident>, after: &Incident, role: &RoleId) -> Vec<Effect> {
    let old = before.and_then(|b| b.roles.get(role)).into_iter().flat_map(|r| &r.offers);
    let open = |o: &Offer| after.roles.get(role).is_some_and(|r| r.offer(o.number).is_some());
    old.filter(|o| !open(o)).map(|o| offered(role, o)).collect()
}

/// The room and the messages that are kept up to date.
fn room(out: &mut Effects, cx: &Context<'_>, before: Option<&Incident>, after: &Incident, event: &Event, seq: u64) {
    if let (What::Declared { .. }, Some(_)) = (&event.what, after.intake.in_thread()) {
        // The message above says it all.
        out.now.extend([Effect::Root, Effect::Card]);
    } else if let What::Declared { lead, .. } = &event.what {
        let mut people = vec![lead.clone()];
        people.extend(event.by.person().filter(|p| *p != lead).cloned());
        out.now.extend([Effect::OpenRoom, Effect::Topic, Effect::Card]);
        out.now.extend([Effect::Invite { people }, Effect::Bookmark, Effect::Say { seq }]);
    } else {
        out.now.extend(joins(&event.what).map(|person| Effect::Invite { people: vec![person] }));
        if let What::Intake(intake::Fact::RoomGiven { .. }) = &event.what {
            let people = intake::people(after);
            out.now.extend([
                Effect::OpenRoom,
                Effect::Topic,
                Effect::Card,
                Effect::Invite { people },
                Effect::Bookmark,
            ]);
        }
        if said_in_room(before, &event.what) {
            out.now.push(Effect::Say { seq });
        }
        if after.intake.thread.is_some() && (changes_topic(&event.what) || changes_place(&event.what)) {
            out.now.push(Effect::Root);
        }
        if changes_topic(&event.what) {
            out.now.push(Effect::Topic);
        }
        if changes_card(&event.what) {
            out.now.push(Effect::Card);
        }
    }
    if cx.settings.announce_channel.is_some() && (changes_topic(&event.what) || changes_place(&event.what)) {
        out.now.push(Effect::Announce);
    }
    promises(out, cx, before, after, event);
    redaction(out, before, after, event);
    if matches!(event.what, What::Closed {}) && cx.settings.archive_on_close && after.open_room().is_some() {
        out.now.push(Effect::ArchiveRoom);
    }
}

/// What promises an update reads otherwise once another time is owed, or none any more, or a later update was posted; the room may
/// also have been out of reach when that happened.
fn promises(out: &mut Effects, cx: &Context<'_>, before: Option<&Incident>, after: &Incident, event: &Event) {
    let Some(before) = before else { return };
    let (was, is) = (&before.update, &after.update);
    let changed = was.due != is.due || was.last != is.last || before.ending != after.ending;
    if let Some(seq) = was.last.filter(|_| changed || matches!(event.what, What::RoomBack { .. })) {
        out.now.push(Effect::ShowSaid { what: Said::Update(seq) });
        out.now.extend(cx.settings.updates_channel.iter().map(|_| Effect::Broadcast { seq }));
    }
    if was.missed && !is.missed {
        out.now.push(Effect::ShowSaid { what: Said::Missed });
    }
}

/// Words that must go wherever they were posted.
fn redaction(out: &mut Effects, before: Option<&Incident>, after: &Incident, event: &Event) {
    match &event.what {
        What::Redacted { entry, title, .. } => {
            out.now.push(Effect::Retract { seq: *entry });
            if *title {
                out.now.extend([Effect::RenameRoom, Effect::Retitle, Effect::Homes]);
            }
        }
        What::RoomBack { .. } if before.is_some_and(|b| b.open_room().is_none()) => {
            out.now.push(Effect::Topic);
            let moved = after.access.moved.is_some();
            if after.redacted.words || moved {
                out.now.push(Effect::RetractAll);
            }
            if after.redacted.title || moved {
                out.now.push(Effect::RenameRoom);
            }
        }
        _ => {}
    }
}

/// Who should be in the room because of this.
fn joins(what: &What) -> impl Iterator<Item = UserId> {
    match what {
        What::RoleTaken { holder: person, .. }
        | What::PageAnswered { by: person, .. }
        | What::PageAcknowledged { by: person, .. }
        | What::RoleOffered { to: person, .. }
        | What::Intake(intake::Fact::Joined { person }) => Some(person.clone()),
        _ => None,
    }
    .into_iter()
}

/// Does the room, or the thread, hear of this as a line of its own, as far as the event alone tells?
#[must_use]
pub fn said_aloud(what: &What) -> bool {
    said_in_room(None, what)
}

/// Does the room hear of this? Once, as a line.
fn said_in_room(before: Option<&Incident>, what: &What) -> bool {
    match what {
        What::Declared { .. }
        | What::Renamed { .. }
        | What::SeverityChanged { .. }
        | What::PhaseChanged { .. }
        | What::TimeCorrected { .. }
        | What::RoleTaken { .. }
        | What::OfferDeclined { .. }
        | What::RoleDropped { .. }
        | What::PageStarted { .. }
        | What::PageDeclined { .. }
        | What::PageAnswered { .. }
        | What::PageAcknowledged { .. }
        | What::PageAcknowledgedExternally { .. }
        | What::PageUpdatedExternally { .. }
        | What::PageStepSkipped { .. }
        | What::PageReturned { .. }
        | What::PageExhausted { .. }
        | What::PageLetGo { .. }
        | What::UpdatePosted { .. }
        | What::UpdateMissed { .. }
        | What::EntryAdded { .. }
        | What::Redacted { .. }
        | What::LinkAdded { .. }
        | What::Closed {}
        | What::Cancelled { .. }
        | What::Reopened { .. }
        | What::MergedInto { .. }
        | What::MergedFrom { .. }
        | What::DeliveryFailed { .. } => true,
        // Nobody else can be asked about somebody whom Slack does not know.
        What::PageChecked { by, .. } => by.is_none(),
        What::PageKept { page, .. } => {
            let page = before.and_then(|before| before.page(*page));
            page.is_some_and(|page| matches!(page.state, PageState::AcknowledgedExternally { .. }))
        }
        // What somebody does is said already.
        What::RoleConfirmed { by_acting, .. } => !by_acting,
        What::Access(fact) => access::said_in_room(fact),
        What::Duty(fact) => fact.is_said(),
        // Those whom the playbook asks are named together, in the line that begins their rung.
        What::RoleOffered { rung, .. } => rung.is_none(),
        What::PageStepReached { round, step, why, .. } => *round > 0 || *step > 0 || *why != Onward::NoAnswer,
        What::PageAttempted { attempt, .. } => matches!(attempt.outcome, Outcome::Failed { .. } | Outcome::Folded { count: 1, .. }),
        // Of a group its mention says who that is.
        What::PageTargetsFound { target, people, left_out, .. } => {
            !matches!(target, Target::Group(_)) || people.is_empty() || *left_out > 0
        }
        What::Intake(fact) => fact.is_said(),
        What::Course(fact) => course::is_said(before, fact),
        What::Comms(fact) => comms::is_said(fact),
        What::Case(fact) => case::is_said(fact),
        What::RoomOpened { .. }
        | What::RoomLost { .. }
        | What::RoomBack { .. }
        | What::PageRepeated { .. }
        | What::PageWaysFound { .. }
        | What::PageEnded { .. }
        | What::UpdateReminded { .. }
        | What::EntryEdited { .. }
        // What came along was said where it was recorded.
        | What::Carried { .. }
        | What::EntrySourceDeleted { .. } => false,
    }
}

/// Does the topic (and with it the line in the incidents channel) say something else now?
const fn changes_topic(what: &What) -> bool {
    if let What::Access(fact) = what {
        return access::changes_topic(fact);
    }
    matches!(
        what,
        What::Renamed { .. }
            | What::SeverityChanged { .. }
            | What::PhaseChanged { .. }
            | What::RoleTaken { .. }
            | What::RoleDropped { .. }
            | What::Closed {}
            | What::Cancelled { .. }
            | What::Reopened { .. }
            | What::MergedInto { .. }
            | What::Redacted { .. }
    )
}

/// Can people find the room elsewhere now, or not any more?
const fn changes_place(what: &What) -> bool {
    matches!(what, What::Declared { .. } | What::RoomOpened { .. } | What::RoomLost { .. } | What::RoomBack { .. })
}

/// Does the card say something else now?
const fn changes_card(what: &What) -> bool {
    if let What::Intake(fact) = what {
        return fact.changes_card();
    }
    if let What::Course(fact) = what {
        return course::is_shown(fact);
    }
    if let What::Access(fact) = what {
        return access::changes_card(fact);
    }
    if let What::Comms(fact) = what {
        return comms::changes_card(fact);
    }
    !matches!(
        what,
        What::RoomOpened { .. }
            | What::RoomLost { .. }
            | What::EntryEdited { .. }
            | What::EntrySourceDeleted { .. }
            | What::UpdateReminded { .. }
            | What::PageRepeated { .. }
            | What::PageChecked { .. }
            | What::PageKept { .. }
            | What::Carried { .. }
            | What::Case(case::Fact::Carried { .. })
            | What::Duty(
                duty::Fact::ItemReminded { .. } | duty::Fact::ItemDone { .. } | duty::Fact::DutiesTaken { .. }
            )
    )
}

/// Timers are set whenever the thing they watch has a new version.
fn timers(out: &mut Effects, cx: &Context<'_>, before: Option<&Incident>, after: &Incident) {
    for page in &after.pages {
        let looks_at = |it: &Incident| it.page(page.id).map(|p| (p.version, it.looks_at(p)));
        let known = before.is_some_and(|b| looks_at(b) == looks_at(after));
        if let Some(due) = after.looks_at(page).filter(|_| !known) {
            out.later.push((due, Timer::Page { page: page.id, version: page.version }));
        }
    }
    let version = after.update.version;
    let unchanged = before.is_some_and(|b| b.update.version == version);
    if let (Some(due), false, Stage::Active | Stage::Monitoring) = (after.update.due, unchanged, after.stage) {
        if let Some(remind) = after.remind_update_at(cx.playbook.cadence.remind_at_percent) {
            out.later.push((remind, Timer::RemindUpdate { version }));
        }
        out.later.push((due, Timer::MissUpdate { version }));
    }
    out.later.extend(duty::timers(before, after));
}
