//! Who is let in and who is removed; of which kind an incident is.

use super::{Ask, Entry, Exit, Fact, No, may_see};
use crate::{
    ids::{IncidentId, Series, UserId},
    incident::{
        Context, Declaration, Incident, Needed, PageEnd, Rejection, Taken, What,
        decide::{TEXT_LIMIT, must_be_open, pages, reason, text, updates},
        duty,
    },
    paging::{Page, Policy, Target},
    playbook::{Kind, KindId, Playbook, Visibility},
};

/// How many people fit on the list of one incident.
const MOST: usize = 200;
/// How many are remembered who wait to be let in.
const WAITING: usize = 50;

/// # Errors
/// A [`Rejection`] that says why nothing changes.
pub fn decide(it: &Incident, ask: &Ask, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    match ask {
        Ask::LetIn { who, why } => let_in(it, who, why, cx),
        Ask::Remove { who, why } => remove(it, who, why, cx),
        Ask::Joined { who, by } => joined(it, who, by.as_ref()),
        Ask::Left { who } => left(it, who),
        Ask::Restrict { why, to, .. } => restrict(it, why.as_deref(), *to),
        Ask::ChangeKind { to, why } => change_kind(it, to, why.as_deref(), cx),
    }
}

fn no(why: No) -> Rejection {
    Rejection::Access(why)
}

/// A need-to-know incident that did not move on.
fn must_be_secret(it: &Incident) -> Result<(), Rejection> {
    if it.is_secret() { Ok(()) } else { Err(no(No::IsOpen(it.id))) }
}

fn let_in(it: &Incident, who: &UserId, why: &str, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    must_be_secret(it)?;
    if may_see(it, who) {
        return Err(no(No::IsInside(who.clone())));
    }
    must_fit(it)?;
    let why = Some(text(why, Needed::Reason, TEXT_LIMIT)?);
    Ok(vec![What::Access(Fact::LetIn { who: who.clone(), by: cx.person().cloned(), how: Entry::Added, why })])
}

fn must_fit(it: &Incident) -> Result<(), Rejection> {
    if it.access.inside.len() < MOST { Ok(()) } else { Err(no(No::Full(MOST))) }
}

fn remove(it: &Incident, who: &UserId, why: &str, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    must_be_secret(it)?;
    if !may_see(it, who) {
        return Err(no(No::IsOutside(who.clone())));
    }
    if holds(it, who) {
        return Err(no(No::HoldsRole(who.clone())));
    }
    if it.access.inside.len() == 1 {
        return Err(no(No::LastOne(who.clone())));
    }
    let why = Some(text(why, Needed::Reason, TEXT_LIMIT)?);
    Ok(out(it, Fact::Removed { who: who.clone(), by: cx.person().cloned(), how: Exit::Removed, why }, who))
}

fn holds(it: &Incident, who: &UserId) -> bool {
    it.roles.values().any(|r| r.holds(who))
}

/// Somebody's time inside is over: they hold no role any more, and of a need-to-know incident they see nothing any more. The
/// last one stays, since somebody must be inside.
pub fn leave(it: &Incident, who: &UserId) -> Vec<What> {
    let held = it.roles.iter().filter(|(_, state)| state.holds(who)).map(|(role, _)| role.clone());
    let mut events: Vec<What> = held.map(|role| What::RoleDropped { role, from: who.clone() }).collect();
    if it.is_secret() && may_see(it, who) && it.access.inside.len() > 1 {
        events.extend(out(it, Fact::Removed { who: who.clone(), by: None, how: Exit::Removed, why: None }, who));
    }
    events
}

/// Whoever goes is not asked to take over any more, and what they had to do goes to whoever leads.
fn out(it: &Incident, fact: Fact, who: &UserId) -> Vec<What> {
    let asked = it.roles.iter().flat_map(|(role, state)| state.offers.iter().map(move |offer| (role, offer)));
    let declined = asked.filter(|(_, offer)| offer.to == *who).map(|(role, offer)| {
        let (role, to, ladder) = (role.clone(), offer.to.clone(), offer.rung.is_some());
        What::OfferDeclined { role, to, offer: offer.number, ladder }
    });
    let mut events: Vec<What> = declined.collect();
    let lead = it.lead().unwrap_or(&it.declared_by);
    let theirs = it.duty.tasks.iter().filter(|t| t.owner == *who);
    events.extend(
        theirs.map(|t| What::Duty(duty::Fact::TaskGiven { task: t.number, from: who.clone(), to: lead.clone() })),
    );
    events.push(What::Access(fact));
    events
}

/// Slack lets members of a private room bring others in: they have seen it by then, so they count as inside.
fn joined(it: &Incident, who: &UserId, by: Option<&UserId>) -> Result<Vec<What>, Rejection> {
    must_be_secret(it)?;
    if may_see(it, who) || it.access.moved.is_some() {
        return Err(Rejection::AlreadySo);
    }
    must_fit(it)?;
    Ok(vec![What::Access(Fact::LetIn { who: who.clone(), by: by.cloned(), how: Entry::Joined, why: None })])
}

/// Whoever holds a role stays responsible, and so may the last one.
fn left(it: &Incident, who: &UserId) -> Result<Vec<What>, Rejection> {
    must_be_secret(it)?;
    if !may_see(it, who) || holds(it, who) || it.access.inside.len() == 1 || it.access.moved.is_some() {
        return Err(Rejection::AlreadySo);
    }
    Ok(out(it, Fact::Removed { who: who.clone(), by: None, how: Exit::Left, why: None }, who))
}

/// The kind that a declaration is of.
///
/// # Errors
/// Where what was said, or what a tick suggests, is no kind of the playbook: it might have been to be kept from others.
pub fn kind_of<'a>(d: &Declaration, playbook: &'a Playbook) -> Result<&'a Kind, Rejection> {
    let find = |id: &KindId| playbook.kinds.iter().find(|k| k.id == *id).ok_or_else(|| no(No::NoSuchKind(id.clone())));
    if d.secret {
        return playbook.secret_kind().ok_or_else(|| no(No::NoPrivateKind));
    }
    if let Some(chosen) = &d.kind {
        return find(chosen);
    }
    let ticked = playbook.criteria.iter().filter(|c| d.criteria.contains(&c.id)).filter_map(|c| c.kind.as_ref());
    let ticked = ticked.map(find).collect::<Result<Vec<_>, _>>()?;
    let secret = ticked.iter().find(|k| k.visibility == Visibility::NeedToKnow);
    Ok(secret.or_else(|| ticked.first()).copied().unwrap_or_else(|| playbook.kind(&playbook.default_kind)))
}

/// The series that a declaration is numbered in.
pub fn series(d: &Declaration, playbook: &Playbook) -> Series {
    match kind_of(d, playbook) {
        Ok(kind) if kind.visibility == Visibility::NeedToKnow => Series::Sec,
        Ok(_) | Err(_) => Series::Inc,
    }
}

/// The need-to-know kind that an open incident is to become, if that is what is asked.
pub fn moves(it: &Incident, ask: &Ask, playbook: &Playbook) -> Option<KindId> {
    let kind = match ask {
        Ask::Restrict { kind: Some(kind), .. } | Ask::ChangeKind { to: kind, .. } => {
            playbook.kinds.iter().find(|k| k.id == *kind)
        }
        Ask::Restrict { kind: None, .. } => playbook.secret_kind(),
        Ask::LetIn { .. } | Ask::Remove { .. } | Ask::Joined { .. } | Ask::Left { .. } => None,
    };
    let kind = kind.filter(|k| k.visibility == Visibility::NeedToKnow && !it.is_secret());
    kind.map(|k| k.id.clone())
}

fn restrict(it: &Incident, why: Option<&str>, to: Option<IncidentId>) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    if it.is_secret() {
        return Err(no(No::IsPrivate(it.id)));
    }
    // The engine reserves a number where the playbook has such a kind.
    let to = to.ok_or_else(|| no(No::NoPrivateKind))?;
    let mut events = vec![What::Access(Fact::Moved { to, why: reason(why)? })];
    events.extend(pages::end_all(it, PageEnd::Merged));
    Ok(events)
}

fn change_kind(it: &Incident, to: &KindId, why: Option<&str>, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let kind = cx.playbook.kinds.iter().find(|k| k.id == *to).ok_or_else(|| no(No::NoSuchKind(to.clone())))?;
    if it.kind == kind.id {
        return Err(Rejection::AlreadySo);
    }
    match (it.is_secret(), kind.visibility) {
        (true, Visibility::Workspace) => return Err(no(No::StaysPrivate(it.id))),
        // The engine makes a new number of it.
        (false, Visibility::NeedToKnow) => return Err(Rejection::Stale),
        (true, Visibility::NeedToKnow) | (false, Visibility::Workspace) => {}
    }
    let phase = kind.phase(it.phase.as_str()).or_else(|| kind.first(it.stage)).or_else(|| kind.course().next());
    let phase = phase.ok_or_else(|| Rejection::NoSuchPhase(it.phase.clone()))?;
    let mut events = vec![What::Access(Fact::KindChanged {
        from: it.kind.clone(),
        to: kind.id.clone(),
        phase: phase.id.clone(),
        stage: phase.stage,
        lead_role: kind.lead_role.clone(),
        why: reason(why)?,
        update_due: updates::next_due(cx, it, it.severity, &kind.id, phase.stage),
    })];
    events.extend(same_lead(it, kind, cx));
    Ok(events)
}

/// Whoever leads goes on leading, by the new kind's name of it.
fn same_lead(it: &Incident, kind: &Kind, cx: &Context<'_>) -> Vec<What> {
    let Some(lead) = it.lead().filter(|_| it.lead_role != kind.lead_role) else { return Vec::new() };
    let mut events = Vec::new();
    if it.holder(&kind.lead_role).is_none() {
        let how = if cx.person() == Some(lead) { Taken::Claimed } else { Taken::Assigned };
        let (role, holder) = (kind.lead_role.clone(), lead.clone());
        events.push(What::RoleTaken { role, holder, from: None, how, beside: false, because: None });
    }
    if cx.playbook.role(it.lead_role.as_str()).is_none_or(|r| !r.is_for(&kind.id)) {
        events.push(What::RoleDropped { role: it.lead_role.clone(), from: lead.clone() });
    }
    events
}

/// What acknowledging means for someone outside. Asked by name they come in; asked as one of a group they knock, and someone
/// inside decides. `None` where the page goes its usual way.
pub fn acknowledge(it: &Incident, page: &Page, who: &UserId) -> Option<Result<Vec<What>, Rejection>> {
    let named = |targets: &[Target]| targets.iter().any(|t| matches!(t, Target::Person(person) if person == who));
    if may_see(it, who) || page.policy.steps.iter().any(|s| named(&s.targets)) || named(&page.policy.fallback) {
        return None;
    }
    if it.access.knocked.contains(who) || it.access.knocked.len() >= WAITING {
        return Some(Err(no(No::Knocked)));
    }
    Some(Ok(vec![What::Access(Fact::Knocked { who: who.clone(), page: page.id })]))
}

/// Whom a page of this incident may ask: no channels where it is a secret.
///
/// # Errors
/// Where that leaves nobody.
pub fn reachable(it: &Incident, policy: &Policy) -> Result<Policy, Rejection> {
    if !it.is_secret() {
        return Ok(policy.clone());
    }
    let quiet = without_channels(policy, it.lead().unwrap_or(&it.declared_by));
    if quiet.steps.is_empty() && !policy.steps.is_empty() {
        return Err(no(No::NotInChannels));
    }
    Ok(quiet)
}

/// May a page of this incident ask there? Nobody knows who reads a channel, or what a webhook tells.
#[must_use]
pub fn may_ask(it: &Incident, target: &Target) -> bool {
    !it.is_secret() || is_quiet(target)
}

const fn is_quiet(target: &Target) -> bool {
    !matches!(target, Target::Channel(_) | Target::Webhook(_))
}

/// The same policy without its channels and webhooks: nobody knows who reads those. Where that leaves it no fallback, whoever leads
/// is: they hear that nobody answers, and know whom else to ask.
pub fn without_channels(policy: &Policy, lead: &UserId) -> Policy {
    let mut quiet = policy.clone();
    quiet.fallback.retain(is_quiet);
    quiet.steps.iter_mut().for_each(|s| s.targets.retain(is_quiet));
    quiet.steps.retain(|s| !s.targets.is_empty());
    if quiet.fallback.is_empty() {
        quiet.fallback.push(Target::Person(lead.clone()));
    }
    quiet
}
