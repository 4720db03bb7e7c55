//! Pages: started, repeated, passed on, answered, ended.

use jiff::{SignedDuration, Timestamp};

use super::{Context, answers, must_be_open};
use crate::{
    ids::UserId,
    incident::{Event, Incident, Needed, PageEnd, Rejection, Text, What, access},
    paging::{
        AT_ONCE, Attempt, Onward, Page, PageId, PageState, Policy, Step, Target, WAITING,
        reach::{self, Way},
    },
    playbook::Severity,
};

/// Minutes that the fallback has before the page counts as exhausted.
const FALLBACK_WAIT_MIN: u32 = 5;
/// How long a fallback that reached nobody who could acknowledge yet is asked again after that.
const LAST_HOPE: SignedDuration = SignedDuration::from_hours(1);

pub(super) fn start(it: &Incident, policy: &Policy, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let mut policy = access::reachable(it, policy)?;
    if let Some(turn) = cx.turns.get(&policy.name) {
        policy.turn = *turn;
    }
    let policy = &policy;
    // Asking again while they are being asked adds nothing but noise: the page that waits repeats by itself.
    let same = |p: &&Page| p.waits() && p.policy.name == policy.name && p.policy.steps == policy.steps;
    if let Some(waiting) = it.pages.iter().find(same) {
        return Err(Rejection::AlreadyAsked(waiting.id));
    }
    let too_many = |limit| Err(Rejection::TooMany { what: Needed::Page, limit });
    if policy.steps.iter().map(|s| &s.targets).chain([&policy.fallback]).any(|asked| asked.len() > AT_ONCE) {
        return too_many(AT_ONCE);
    }
    if it.pages.iter().filter(|p| p.waits()).count() >= WAITING {
        return Err(Rejection::PagesWait { limit: WAITING });
    }
    let events = begin(PageId(it.page_count + 1), policy, it.severity, cx);
    if events.is_empty() { Err(Rejection::NobodyToPage) } else { Ok(let_go(it).into_iter().chain(events).collect()) }
}

/// The page that makes room for a new one, where no other is over: of those that ask nobody the one that needs it least to be
/// followed.
fn let_go(it: &Incident) -> Option<What> {
    let is_over = |p: &Page| matches!(p.state, PageState::Ended { .. });
    if it.pages.len() < WAITING || it.pages.iter().any(is_over) {
        return None;
    }
    let asks_least = |p: &&Page| match &p.state {
        PageState::Exhausted { .. } => Some(0),
        PageState::AcknowledgedExternally { check: None, .. } => Some(1),
        PageState::Acknowledged { check: None, .. } => Some(2),
        PageState::AcknowledgedExternally { check: Some(_), .. } | PageState::Acknowledged { check: Some(_), .. } => {
            Some(3)
        }
        PageState::Waiting | PageState::Ended { .. } => None,
    };
    let page = it.pages.iter().filter(|p| asks_least(p).is_some()).min_by_key(asks_least)?;
    let by = match &page.state {
        PageState::Acknowledged { by, .. } => Some(by.clone()),
        PageState::Waiting
        | PageState::AcknowledgedExternally { .. }
        | PageState::Exhausted { .. }
        | PageState::Ended { .. } => None,
    };
    Some(What::PageLetGo { page: page.id, name: page.policy.name.clone(), by })
}

/// Begins a page; nothing where it would ask nobody.
pub(super) fn begin(page: PageId, policy: &Policy, severity: Severity, cx: &Context<'_>) -> Vec<What> {
    let ack_timeout_min = policy.ack_timeout_min.or(cx.settings.page_ack_timeout_min);
    let policy = &Policy { ack_timeout_min, ..policy.clone() };
    let why = if policy.is_conditional() { Onward::Began } else { Onward::NoAnswer };
    let (skipped, first) = reach(&Ladder { page, policy, out: &[], severity, now: cx.now }, 0, 0, why);
    let Some(first) = first else { return Vec::new() };
    let started = What::PageStarted { page, policy: policy.clone() };
    std::iter::once(started).chain(skipped).chain([first]).collect()
}

/// What finding the next step of a page goes by.
struct Ladder<'a> {
    page: PageId,
    policy: &'a Policy,
    /// Who is not asked any more.
    out: &'a [UserId],
    severity: Severity,
    now: Timestamp,
}

impl Ladder<'_> {
    /// Those of these whom the page may ask.
    fn asked(&self, targets: &[Target]) -> Vec<Target> {
        let is_out = |t: &&Target| matches!(t, Target::Person(person) if self.out.contains(person));
        targets.iter().filter(|t| !is_out(t)).cloned().collect()
    }

    fn step(&self, round: u32, step: u32, why: Onward) -> Option<What> {
        let mut targets = self.asked(self.policy.step(step).map_or(&self.policy.fallback, |s| &s.targets));
        if let Some(turn) = self.policy.turn(round, step) {
            targets = Step::whose_turn(turn, targets.len()).map(|n| targets.swap_remove(n)).into_iter().collect();
        }
        let tick_at = tick(self.policy, step, self.now, self.now);
        (!targets.is_empty()).then_some(What::PageStepReached { page: self.page, round, step, targets, tick_at, why })
    }
}

/// The event that begins this step, or the first later one that has anyone to ask: next steps, next rounds, then the
/// fallback; before it, which steps are left out, each told once. None when even the fallback has nobody, or was asked already.
fn reach(ladder: &Ladder<'_>, round: u32, step: u32, why: Onward) -> (Vec<What>, Option<What>) {
    let steps = u32::try_from(ladder.policy.steps.len()).unwrap_or(u32::MAX);
    let rest_of_round = (step..steps).map(|s| (round, s));
    let later_rounds = (round.saturating_add(1)..=ladder.policy.repeat).flat_map(|r| (0..steps).map(move |s| (r, s)));
    let mut skipped = Vec::new();
    for (round, step) in rest_of_round.chain(later_rounds) {
        let only = ladder.policy.step(step).map(|s| &s.only);
        if let Some(why) = only.and_then(|only| only.skips(ladder.severity, ladder.now)) {
            let skip = What::PageStepSkipped { page: ladder.page, step, why };
            if !skipped.contains(&skip) {
                skipped.push(skip);
            }
        } else if let Some(next) = ladder.step(round, step, why) {
            return (skipped, Some(next));
        }
    }
    let fallback = if step <= steps { ladder.step(round, steps, why) } else { None };
    (skipped, fallback)
}

/// When a page at this step, which began at `began`, looks again: at its next repetition or at its end.
fn tick(policy: &Policy, step: u32, began: Timestamp, now: Timestamp) -> Timestamp {
    let minutes = |m: u32| SignedDuration::from_mins(m.into());
    let (wait, repeat) = policy.step(step).map_or((FALLBACK_WAIT_MIN, 0), |s| (s.wait_min.max(1), s.repeat_min));
    let end = began.saturating_add(minutes(wait)).unwrap_or(Timestamp::MAX);
    let again = now.saturating_add(minutes(repeat)).unwrap_or(Timestamp::MAX);
    if repeat > 0 && again < end { again } else { end }
}

/// When the current step ends.
fn step_end(page: &Page) -> Timestamp {
    let wait = page.policy.step(page.step).map_or(FALLBACK_WAIT_MIN, |s| s.wait_min.max(1));
    page.step_at.saturating_add(SignedDuration::from_mins(wait.into())).unwrap_or(Timestamp::MAX)
}

/// The page, if it waits for someone.
pub(super) fn waiting(it: &Incident, id: PageId) -> Result<&Page, Rejection> {
    let page = it.page(id).ok_or(Rejection::NoSuchPage(id))?;
    match &page.state {
        PageState::Waiting => Ok(page),
        PageState::Acknowledged { by, at, .. } => Err(Rejection::AlreadyAcknowledged { by: by.clone(), at: *at }),
        PageState::AcknowledgedExternally { of, since, .. } => {
            Err(Rejection::AcknowledgedExternally { at: of.at, since: *since })
        }
        PageState::Exhausted { .. } | PageState::Ended { .. } => Err(Rejection::PageOver(id)),
    }
}

/// The page that somebody answers: the one that they mean, or the latest that waits and that they have not answered yet.
fn answerable<'a>(it: &'a Incident, id: Option<PageId>, by: &UserId) -> Result<&'a Page, Rejection> {
    // An exhausted page may still be answered: someone saw it in the morning, and everyone wants to know. And somebody here may
    // take over from somebody there.
    let open = |p: &&Page| {
        matches!(p.state, PageState::Waiting | PageState::AcknowledgedExternally { .. } | PageState::Exhausted { .. })
    };
    if let Some(id) = id {
        return it.page(id).filter(open).map_or_else(|| waiting(it, id), Ok);
    }
    let all = || it.pages.iter().rev().filter(open).filter(|p| !p.answered.contains(by));
    let theirs = all().find(|p| p.asks(by)).or_else(|| all().next());
    theirs.or_else(|| it.pages.iter().rev().find(open)).ok_or_else(|| nothing_waits(it))
}

pub(super) fn acknowledge(
    it: &Incident,
    id: Option<PageId>,
    way: Option<Way>,
    cx: &Context<'_>,
) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let by = cx.person().ok_or(Rejection::Stale)?.clone();
    let page = answerable(it, id, &by)?;
    if page.waits() && page.answered.contains(&by) {
        return Err(Rejection::OthersAwaited(page.id));
    }
    if let Some(outside) = access::acknowledge(it, page, &by) {
        return outside;
    }
    let beside = it.pages.iter().filter(|other| other.id != page.id && shares_message(page, other, &by));
    let may = |other: &&Page| access::acknowledge(it, other, &by).is_none();
    Ok(std::iter::once(page).chain(beside.filter(may)).map(|page| answer(page, &by, way)).collect())
}

fn answer(page: &Page, by: &UserId, way: Option<Way>) -> What {
    let (page_id, by, others) = (page.id, by.clone(), page.awaits_others(by));
    if others {
        What::PageAnswered { page: page_id, by, way }
    } else {
        What::PageAcknowledged { page: page_id, by, source: None, way }
    }
}

/// Does the other page ask this person on the same message? Then one answer is meant for both.
fn shares_message(page: &Page, other: &Page, by: &UserId) -> bool {
    let at = page.message_to(by);
    other.waits() && !other.answered.contains(by) && at.is_some() && other.message_to(by) == at
}

/// Nobody is being asked: say who has it, if somebody does.
pub(super) fn nothing_waits(it: &Incident) -> Rejection {
    let taken = it.pages.iter().rev().find_map(|p| match &p.state {
        PageState::Acknowledged { by, at, .. } => Some(Rejection::AlreadyAcknowledged { by: by.clone(), at: *at }),
        PageState::Waiting
        | PageState::AcknowledgedExternally { .. }
        | PageState::Exhausted { .. }
        | PageState::Ended { .. } => None,
    });
    taken.unwrap_or(Rejection::NothingToAcknowledge)
}

pub(super) fn escalate(it: &Incident, id: PageId, version: u32, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let page = waiting(it, id)?;
    // By any of the messages with which the step has asked.
    let seen = page.step_version..=page.version;
    if seen.contains(&version) { Ok(pass_on(it, page, Onward::Escalated, cx.now)) } else { Err(Rejection::Stale) }
}

/// To the next step, or to the end.
pub(super) fn pass_on(it: &Incident, page: &Page, why: Onward, now: Timestamp) -> Vec<What> {
    go_on(it, page, page.step.saturating_add(1), why, now)
}

/// To this step, or the first later one that has anyone to ask, or to the end.
pub(super) fn go_on(it: &Incident, page: &Page, step: u32, why: Onward, now: Timestamp) -> Vec<What> {
    let out = [page.declined.as_slice(), &page.answered].concat();
    let ladder = Ladder { page: page.id, policy: &page.policy, out: &out, severity: it.severity, now };
    let (mut events, next) = reach(&ladder, page.round, step, why);
    events.push(next.unwrap_or(What::PageExhausted { page: page.id }));
    events
}

pub(super) fn tick_page(it: &Incident, page: &Page, now: Timestamp) -> Vec<What> {
    if now >= step_end(page) {
        // Nobody was asked yet, as where the process was down meanwhile: there is nobody left to ask in their place. What stays so is said.
        let was_just_due = page.asked_at < step_end(page).saturating_add(LAST_HOPE).unwrap_or(Timestamp::MAX);
        if page.at_fallback() && !page.is_answerable() && !page.pending.is_empty() && was_just_due {
            return vec![What::PageRepeated { page: page.id, tick_at: tick(&page.policy, page.step, now, now) }];
        }
        return pass_on(it, page, Onward::NoAnswer, now);
    }
    vec![What::PageRepeated { page: page.id, tick_at: tick(&page.policy, page.step, page.step_at, now) }]
}

/// Pages that wait and are urgent since this event ask again at once: what they said so far may have woken nobody, and the step may
/// not repeat.
pub(in crate::incident) fn urge(before: &Incident, after: &Incident, event: &Event) -> Vec<What> {
    let What::SeverityChanged { .. } = &event.what else { return Vec::new() };
    let now = event.at;
    let woken = after.pages.iter().filter(|p| p.waits() && !before.is_urgent(p, now) && after.is_urgent(p, now));
    woken.map(|p| What::PageRepeated { page: p.id, tick_at: tick(&p.policy, p.step, p.step_at, now) }).collect()
}

pub(super) fn tick_command(it: &Incident, id: PageId, version: u32, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    let page = it.page(id).filter(|page| page.version == version && it.is_open()).ok_or(Rejection::Stale)?;
    match &page.state {
        PageState::Waiting => Ok(tick_page(it, page, cx.now)),
        PageState::Acknowledged { .. } | PageState::AcknowledgedExternally { .. } => {
            answers::look_after(it, page, answers::on_it(page), cx.now)
        }
        PageState::Exhausted { .. } | PageState::Ended { .. } => Err(Rejection::Stale),
    }
}

/// Who a target turned out to be.
pub(super) struct Found<'a> {
    /// Which target.
    pub target: &'a Target,
    /// The people behind it.
    pub people: &'a [UserId],
    /// What else is behind it.
    pub others: &'a [Target],
    /// Whom a calendar names, and nobody knows.
    pub strangers: &'a [String],
    /// Why it could not be found out.
    pub failed: Option<&'a str>,
}

pub(super) fn found(
    it: &Incident,
    (id, version): (PageId, u32),
    found: &Found<'_>,
    cx: &Context<'_>,
) -> Result<Vec<What>, Rejection> {
    let Found { target, people, others, strangers, failed } = *found;
    // While somebody is looked up the step may ask again, which makes another version of the page: that is one for each time.
    let of_this_step = |page: &Page| page.version.checked_sub(version).is_some_and(|since| since < page.times);
    let page = match waiting(it, id) {
        Ok(page) if of_this_step(page) && page.pending.contains(target) => page,
        Ok(_) | Err(_) => return Err(Rejection::Stale),
    };
    // Those who are asked at this step already are not asked twice, and only so many are asked at once.
    let asked = page.asked_now();
    let is_new = |to: &Target| !page.is_done_with(to) && !asked.contains(to);
    let mut others: Vec<Target> = others.iter().filter(|to| is_new(to) && access::may_ask(it, to)).cloned().collect();
    let is_new = |p: &&UserId| is_new(&Target::Person((*p).clone()));
    let mut people: Vec<UserId> = people.iter().filter(is_new).cloned().collect();
    if let (Some(turn), Some(step)) = (page.policy.turn(page.round, page.step), page.policy.step(page.step)) {
        // Of the targets it is each one's turn as often as the next one's.
        let turn = turn / u64::try_from(step.targets.len().max(1)).unwrap_or(1);
        people = Step::whose_turn(turn, people.len()).map(|n| people.swap_remove(n)).into_iter().collect();
        others = Step::whose_turn(turn, others.len()).map(|n| others.swap_remove(n)).into_iter().collect();
    }
    let room = (AT_ONCE + 1).saturating_sub(asked.len());
    let left_out = people.split_off(people.len().min(room)).len() + others.split_off(others.len().min(room)).len();
    let mut without = page.clone();
    without.pending.retain(|waits| waits != target);
    let nobody_left = people.is_empty() && others.is_empty() && left_out == 0 && without.is_out_of_reach();
    let strangers = strangers.iter().map(|name| Text::from(name.as_str())).collect();
    let (target, failed) = (target.clone(), failed.map(str::to_owned));
    let mut events = vec![What::PageTargetsFound { page: id, target, people, others, left_out, strangers, failed }];
    if nobody_left {
        events.extend(pass_on(it, page, Onward::Unreached, cx.now));
    }
    Ok(events)
}

/// The ways beside the chat to somebody whom the current step asks: each has its turn.
pub(super) fn found_ways(
    it: &Incident,
    id: PageId,
    (round, step, times): (u32, u32, u32),
    who: &UserId,
    ways: &[(Way, u32)],
    cx: &Context<'_>,
) -> Result<Vec<What>, Rejection> {
    let page = waiting(it, id).ok().filter(|page| (page.round, page.step) == (round, step) && page.asks(who));
    let page = page.ok_or(Rejection::Stale)?;
    let known = page.beside(who);
    if known.is_some_and(|known| known.times >= times) {
        return Err(Rejection::AlreadySo);
    }
    // What is not urgent yet may be when it is asked again.
    let urgent = it.is_urgent(page, cx.now);
    let ways: Vec<(Way, u32)> = ways.iter().filter(|(way, _)| urgent || !way.rings()).copied().collect();
    let ways = reach::plan(known, &ways, (page.step_at, step_end(page)), page.misses(who), cx.now);
    if ways.is_empty() {
        return Err(Rejection::AlreadySo);
    }
    Ok(vec![What::PageWaysFound { page: id, who: who.clone(), times, ways }])
}

/// Keeps what came of an attempt. A step whose every delivery failed counts as nobody: the next one begins at once.
pub(super) fn record(it: &Incident, id: PageId, attempt: &Attempt, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    let page = it.page(id).ok_or(Rejection::NoSuchPage(id))?;
    if page.attempts.contains(attempt) {
        return Err(Rejection::AlreadySo);
    }
    let mut events = vec![What::PageAttempted { page: id, attempt: attempt.clone() }];
    let mut after = page.clone();
    after.note(attempt);
    if page.waits() && !page.is_out_of_reach() && after.is_out_of_reach() {
        events.extend(pass_on(it, &after, Onward::Unreached, cx.now));
    }
    Ok(events)
}

/// Ends every page that is not over, also those that were let go: whoever was asked need not come any more.
pub(in crate::incident) fn end_all(it: &Incident, why: PageEnd) -> impl Iterator<Item = What> + use<> {
    (it.pages_over + 1..=it.page_count).map(move |n| What::PageEnded { page: PageId(n), why })
}
