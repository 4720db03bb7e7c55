//! Customers that are or may be affected.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{CONTACT_LIMIT, Customer, Fact, MOST_CUSTOMERS, NAME_LIMIT, No, Standing};
use crate::{
    ids::UserId,
    incident::{
        Context, Incident, Needed, Rejection, Reminder, Text, Upcoming, What,
        decide::{TEXT_LIMIT, must_be_open, reason, text},
        duty, remind,
    },
    playbook::{DutyCheck, Playbook, RoleId},
};

pub(super) fn find(it: &Incident, number: u32) -> Result<&Customer, Rejection> {
    it.case.customer(number).ok_or(Rejection::Case(No::NoSuchCustomer(number)))
}

/// The names of the customers of a case, by their number; redacted ones have none.
pub fn names(facts: &BTreeMap<u64, Fact>) -> impl Iterator<Item = (u32, &str)> {
    facts.values().filter_map(|fact| match fact.itself() {
        Fact::CustomerNamed { customer, name, .. } => Some((*customer, name.words()?)),
        _ => None,
    })
}

/// How somebody is reached, on one line, where that was said.
fn contact(raw: Option<&str>) -> Result<Option<Text>, Rejection> {
    match raw.map(str::trim).filter(|raw| !raw.is_empty()) {
        Some(raw) => text(raw, Needed::Contact, CONTACT_LIMIT).map(Some),
        None => Ok(None),
    }
}

pub(super) fn name(
    it: &Incident,
    raw: &str,
    (security, technical): (Option<&str>, Option<&str>),
    known: &BTreeMap<u32, String>,
) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let name = text(raw, Needed::Customer, NAME_LIMIT)?;
    let folded = |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let words = folded(name.or_tombstone());
    if let Some((customer, _)) = known.iter().find(|(_, other)| folded(other) == words) {
        return Err(Rejection::Case(No::SameName { customer: *customer }));
    }
    if it.case.customers.len() >= MOST_CUSTOMERS {
        return Err(Rejection::TooMany { what: Needed::Customer, limit: MOST_CUSTOMERS });
    }
    let customer = it.case.customers.last().map_or(1, |last| last.number + 1);
    let (security, technical) = (contact(security)?, contact(technical)?);
    Ok(vec![What::Case(Fact::CustomerNamed { customer, name, security, technical })])
}

/// Both contacts, as they are from now on. Nobody at all is no contact.
pub(super) fn contacts(
    it: &Incident,
    customer: u32,
    security: Option<&str>,
    technical: Option<&str>,
) -> Result<Vec<What>, Rejection> {
    find(it, customer)?;
    let (security, technical) = (contact(security)?, contact(technical)?);
    if security.is_none() && technical.is_none() {
        return Err(Rejection::EmptyText(Needed::Contact));
    }
    Ok(vec![What::Case(Fact::ContactsChanged { customer, security, technical })])
}

/// The role that tells customers, by its checklist; without one it is whoever leads.
fn role<'a>(it: &Incident, playbook: &'a Playbook) -> Option<&'a RoleId> {
    let tells = |r: &&crate::playbook::Role| {
        r.is_for(&it.kind) && r.checklist.iter().any(|d| d.check == Some(DutyCheck::NoticesDelivered))
    };
    playbook.roles.iter().find(tells).map(|r| &r.id)
}

/// Who tells customers.
#[must_use]
pub fn owner<'a>(it: &'a Incident, playbook: &Playbook) -> &'a UserId {
    let holder = role(it, playbook).and_then(|role| it.answers_for(role));
    holder.or_else(|| it.lead()).unwrap_or(&it.declared_by)
}

/// Minutes in which a customer whose impact is confirmed is to be told.
const WITHIN: (u32, u32) = (duty::DEFAULT_MIN, duty::MAJOR_MIN);

/// When a customer that is confirmed now is to be told.
#[must_use]
pub fn notices_due(it: &Incident, playbook: &Playbook, now: Timestamp) -> Timestamp {
    let minutes = if playbook.is_major(it.severity) { WITHIN.1 } else { WITHIN.0 };
    now.saturating_add(SignedDuration::from_mins(minutes.into())).unwrap_or(Timestamp::MAX)
}

pub(super) fn confirm(
    it: &Incident,
    customer: u32,
    impact: Option<&str>,
    cx: &Context<'_>,
) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    match find(it, customer)?.standing {
        Standing::Named | Standing::Cleared => {}
        Standing::Confirmed { .. } | Standing::Told { .. } | Standing::Acknowledged { .. } => {
            return Err(Rejection::AlreadySo);
        }
    }
    let impact = match impact.map(str::trim).filter(|impact| !impact.is_empty()) {
        Some(impact) => Some(text(impact, Needed::Impact, TEXT_LIMIT)?),
        None => None,
    };
    let due = notices_due(it, cx.playbook, cx.now);
    let fits = it.duty.tasks.len() < duty::MOST_TASKS;
    // Without a name: redacting the customer's must leave none behind.
    let words = Text::new(format!("Tell customer {customer} what was confirmed (`/incident {} customers`)", it.id));
    let task = fits.then(|| duty::new_task(it, 0, words, owner(it, cx.playbook).clone(), due));
    let number = task.as_ref().map(|_| it.duty.task_count + 1);
    let confirmed = What::Case(Fact::ImpactConfirmed { customer, impact, due, task: number });
    Ok(std::iter::once(confirmed).chain(task).collect())
}

/// The task of telling it is over, however that came.
pub(super) fn end_task(it: &Incident, customer: &Customer) -> Option<What> {
    match customer.standing {
        Standing::Confirmed { task: Some(task), .. } if it.duty.task(task).is_some() => {
            Some(What::Duty(duty::Fact::TaskDone { task }))
        }
        Standing::Confirmed { .. }
        | Standing::Named
        | Standing::Told { .. }
        | Standing::Acknowledged { .. }
        | Standing::Cleared => None,
    }
}

pub(super) fn clear(it: &Incident, number: u32, why: &str) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let customer = find(it, number)?;
    match customer.standing {
        Standing::Named | Standing::Confirmed { .. } => {}
        Standing::Cleared => return Err(Rejection::AlreadySo),
        Standing::Told { .. } | Standing::Acknowledged { .. } => {
            return Err(Rejection::Case(No::WasTold(number)));
        }
    }
    let why = reason(Some(why))?.ok_or(Rejection::EmptyText(Needed::Reason))?;
    let cleared = What::Case(Fact::CustomerCleared { customer: number, why });
    Ok(std::iter::once(cleared).chain(end_task(it, customer)).collect())
}

/// The time in which it should have been told is over.
pub fn overdue(it: &Incident, number: u32, cx: &Context<'_>) -> Result<What, Rejection> {
    match it.case.customer(number).map(|c| &c.standing) {
        Some(Standing::Confirmed { due, overdue: false, .. })
            if it.is_open() && it.access.moved.is_none() && remind::has_come(*due, cx.now) =>
        {
            Ok(What::Case(Fact::NoticeOverdue { customer: number }))
        }
        Some(_) | None => Err(Rejection::Stale),
    }
}

/// Who hears that a customer was not told in time: whoever tells customers, and whoever leads.
pub fn told_of_late<'a>(it: &'a Incident, playbook: &Playbook) -> Vec<&'a UserId> {
    let owner = owner(it, playbook);
    std::iter::once(owner).chain(it.lead().filter(|lead| *lead != owner)).collect()
}

/// Customers that will not have been told in time.
pub fn upcoming(it: &Incident, playbook: &Playbook) -> Vec<Upcoming> {
    if !it.is_open() || it.access.moved.is_some() {
        return Vec::new();
    }
    let mut upcoming = Vec::new();
    for customer in it.case.untold() {
        let Standing::Confirmed { due, overdue: false, .. } = customer.standing else { continue };
        let of = || Reminder::Untold { customer: customer.number };
        upcoming.extend(told_of_late(it, playbook).into_iter().map(|to| Upcoming {
            of: of(),
            to: to.clone(),
            at: due,
        }));
    }
    upcoming
}
