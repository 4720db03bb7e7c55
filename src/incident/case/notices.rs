//! How customers are told, and that they were.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::{Customer, Fact, No, Notice, Standing, customers::end_task, customers::find};
use crate::{
    ids::UserId,
    incident::{
        Context, Incident, Needed, Rejection, What, comms,
        decide::{TEXT_LIMIT, must_be_open, text},
    },
    playbook::{Audience, FIRST_NOTICE, Outlet, Playbook, RoleId, Template, fill},
};

pub(super) fn plan(it: &Incident, order: &str, teller: &str, words: &str) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let part = |raw: &str| text(raw, Needed::Plan, TEXT_LIMIT);
    Ok(vec![What::Case(Fact::PlanWritten { order: part(order)?, teller: part(teller)?, text: part(words)? })])
}

/// The ways to customers' contacts that the register has for this kind.
fn outlets<'a>(it: &Incident, playbook: &'a Playbook) -> impl Iterator<Item = &'a Outlet> {
    let kind = it.kind.clone();
    let of_kind = move |o: &&Outlet| o.when.kinds.is_empty() || o.when.kinds.contains(&kind);
    playbook.channels.iter().filter(|o| o.audience == Audience::CustomerContact).filter(of_kind)
}

/// Must somebody other than its author find the plan right?
#[must_use]
pub fn wants_two(it: &Incident, playbook: &Playbook) -> bool {
    outlets(it, playbook).any(|o| o.two_person)
}

/// The roles that find a plan right; whoever leads where the register names none.
#[must_use]
pub fn approvers(it: &Incident, playbook: &Playbook) -> Vec<RoleId> {
    let mut roles: Vec<RoleId> = outlets(it, playbook).flat_map(|o| o.approve_roles.iter().cloned()).collect();
    if roles.is_empty() {
        roles.push(it.lead_role.clone());
    }
    roles.dedup();
    roles
}

pub(super) fn approve(it: &Incident, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let person = cx.person().ok_or(Rejection::Stale)?;
    may_approve(it, cx.playbook, person)?;
    Ok(vec![What::Case(Fact::PlanApproved {})])
}

/// May this person find the plan right?
///
/// # Errors
/// Why not: there is none, it is approved already, it is theirs, or they have none of the roles.
pub fn may_approve(it: &Incident, playbook: &Playbook, person: &UserId) -> Result<(), Rejection> {
    let plan = it.case.plan.as_ref().ok_or(Rejection::Case(No::NoPlan))?;
    if plan.approved_by.is_some() {
        return Err(Rejection::AlreadySo);
    }
    if plan.by.as_ref() == Some(person) {
        return Err(Rejection::Case(No::OwnPlan));
    }
    let roles = approvers(it, playbook);
    if !roles.iter().any(|role| it.holds(role, person) || it.answers_for(role) == Some(person)) {
        return Err(Rejection::Case(No::NotApprover(roles)));
    }
    Ok(())
}

/// What stands between a person and the notice to a customer whose impact is confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waits {
    /// They may not speak to customers, as the register has it.
    Authority(comms::No),
    /// There is no plan of how customers are told.
    Plan,
    /// One of these roles must find the plan right.
    Approval(Vec<RoleId>),
    /// Nobody knows whom to tell there.
    Contact,
}

/// What a notice to this customer by this person waits for; nothing where it can be recorded. Where the register has no way to
/// customers, anybody may speak to them.
#[must_use]
pub fn notice_waits(
    it: &Incident,
    playbook: &Playbook,
    customer: &Customer,
    person: &UserId,
    now: Timestamp,
) -> Option<Waits> {
    let ways = outlets(it, playbook).map(|outlet| comms::may_post(it, outlet, person, now));
    let refused = ways.collect::<Vec<_>>();
    if refused.iter().all(Result::is_err)
        && let Some(no) = refused.into_iter().find_map(Result::err)
    {
        return Some(Waits::Authority(no));
    }
    match &it.case.plan {
        None => Some(Waits::Plan),
        Some(plan) if wants_two(it, playbook) && plan.approved_by.is_none() => {
            Some(Waits::Approval(approvers(it, playbook)))
        }
        Some(_) => customer.reach.is_none().then_some(Waits::Contact),
    }
}

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// A person told a customer: not before there is a plan and the impact on this one is confirmed.
pub(super) fn tell(it: &Incident, number: u32, notice: &Notice, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    let person = cx.person().ok_or(Rejection::Stale)?;
    let customer = find(it, number)?;
    match customer.standing {
        Standing::Confirmed { .. } | Standing::Told { .. } | Standing::Acknowledged { .. } => {}
        Standing::Named | Standing::Cleared => return Err(Rejection::Case(No::NotConfirmed(number))),
    }
    match notice_waits(it, cx.playbook, customer, person, cx.now) {
        None => {}
        Some(Waits::Authority(no)) => return Err(Rejection::Comms(no)),
        Some(Waits::Plan) => return Err(Rejection::Case(No::NoPlan)),
        Some(Waits::Approval(roles)) => return Err(Rejection::Case(No::PlanNotApproved { roles })),
        Some(Waits::Contact) => return Err(Rejection::Case(No::NoContact(number))),
    }
    let reach = customer.reach.ok_or(Rejection::Case(No::NoContact(number)))?;
    let sent_at = notice.sent_at.unwrap_or(cx.now);
    if sent_at > cx.now {
        return Err(Rejection::Case(No::SentLater));
    }
    // Forms say times in whole minutes.
    let confirmed = customer.confirmed_at.filter(|at| sent_at < at.saturating_sub(MINUTE).unwrap_or(Timestamp::MIN));
    if let Some(confirmed_at) = confirmed {
        return Err(Rejection::Case(No::SentEarlier { confirmed_at }));
    }
    let told = Fact::CustomerTold {
        customer: number,
        reach,
        text: text(&notice.text, Needed::Notice, TEXT_LIMIT)?,
        actions: text(&notice.actions, Needed::Actions, TEXT_LIMIT)?,
        how: text(&notice.how, Needed::How, super::CONTACT_LIMIT)?,
        sent_at,
    };
    Ok(std::iter::once(What::Case(told)).chain(end_task(it, customer)).collect())
}

/// What this customer and we call what it is told. It says nothing of ours: no number of an incident, and not how many there are.
#[must_use]
pub fn notice_reference(it: &Incident, customer: u32) -> String {
    let digest = Sha256::digest(format!("{}/{customer}", it.declared_at));
    format!("N-{}", hex::encode_upper(&digest[..4]))
}

/// The letter that a person starts from who tells this customer now, by the playbook: for one that was not told yet, else the one
/// of the phase. What only people know is a blank, `[what happened]`; none where the playbook has no such template.
#[must_use]
pub fn notice_to_fill(it: &Incident, playbook: &Playbook, customer: &Customer, now: Timestamp) -> Option<String> {
    let first = customer.told_at().is_none().then_some(FIRST_NOTICE);
    let template = playbook.template_for(Audience::CustomerContact, &it.kind, &it.phase, first)?;
    let blank = |place: &str| format!("[{}]", place.replace('_', " "));
    let mut values = template.defaults.clone();
    let shape = comms::shape(template).ok()?;
    values.extend(shape.required.into_iter().map(|place| (place.clone(), blank(&place))));
    values.extend(comms::facts(it, playbook, now, Audience::CustomerContact, None));
    values.insert("next_update".to_owned(), blank("next update"));
    values.insert("reference".to_owned(), notice_reference(it, customer.number));
    let Template { title, body, .. } = template;
    let texts = title.iter().chain([body]).map(|text| fill(text, &values)).collect::<Result<Vec<_>, _>>();
    Some(texts.ok()?.join("\n\n"))
}

pub(super) fn acknowledge(it: &Incident, number: u32, who: &str) -> Result<Vec<What>, Rejection> {
    match find(it, number)?.standing {
        Standing::Told { .. } => {}
        Standing::Acknowledged { .. } => return Err(Rejection::AlreadySo),
        Standing::Named | Standing::Confirmed { .. } | Standing::Cleared => {
            return Err(Rejection::Case(No::NotTold(number)));
        }
    }
    let who = text(who, Needed::Contact, super::CONTACT_LIMIT)?;
    Ok(vec![What::Case(Fact::NoticeAcknowledged { customer: number, who })])
}
