//! Checklists: begun when a role is taken, ticked, reminded of.

use jiff::{SignedDuration, Timestamp};

use super::{Fact, List, MOST_ITEMS, No, Owed, Standing};
use crate::{
    ids::UserId,
    incident::{Context, Incident, Rejection, Reminder, Upcoming, What, decide::reason},
    playbook::{Duty, DutyId, RoleId, Stage},
};

/// What the playbook asks of whoever takes this role now. Times count from when they said that they have it: whoever leads
/// only because nobody else does is not pressed.
pub(super) fn taken(
    cx: &Context<'_>,
    it: &Incident,
    role: &RoleId,
    owner: &UserId,
    from: Option<&UserId>,
    confirmed: bool,
) -> Option<What> {
    let def = cx.playbook.role(role.as_str())?;
    let theirs = |l: &&List| l.role == *role && (l.owner.as_ref() == Some(owner) || l.owner.as_ref() == from);
    let has: usize = it.duty.lists.iter().filter(theirs).map(|l| l.items.len()).sum();
    let room = MOST_ITEMS.saturating_sub(it.duty.item_count() - has);
    let due = |duty: &Duty| {
        let minutes = SignedDuration::from_mins(duty.due_min.into());
        (confirmed && duty.due_min > 0).then(|| cx.now.saturating_add(minutes).unwrap_or(Timestamp::MAX))
    };
    let owed =
        |duty: &Duty| Owed { duty: duty.id.clone(), due: due(duty), every_min: duty.every_min, check: duty.check };
    let duties: Vec<Owed> = def.checklist.iter().take(room).map(owed).collect();
    let (role, owner, from) = (role.clone(), owner.clone(), from.cloned());
    (!duties.is_empty()).then_some(What::Duty(Fact::DutiesTaken { role, owner, from, duties }))
}

pub(super) fn tick_off(
    it: &Incident,
    role: &RoleId,
    duty: &DutyId,
    owner: Option<&UserId>,
    why: Option<&str>,
    cx: &Context<'_>,
) -> Result<Vec<What>, Rejection> {
    crate::incident::decide::must_be_open(it)?;
    let is = |l: &&List| l.role == *role && l.owner.is_some() && l.items.iter().any(|i| i.duty == *duty);
    let wanted = owner.or(cx.person());
    let mine = it.duty.lists.iter().filter(is).find(|l| l.owner.as_ref() == wanted);
    let any = || it.duty.lists.iter().find(is).filter(|_| owner.is_none());
    let list = mine.or_else(any).ok_or(Rejection::Duty(No::NoSuchDuty))?;
    let (Some(owner), Some(item)) = (&list.owner, list.items.iter().find(|i| i.duty == *duty)) else {
        return Err(Rejection::Duty(No::NoSuchDuty));
    };
    match item.standing(role, it, cx.now) {
        Standing::Done { .. } => return Err(Rejection::AlreadySo),
        Standing::Again { .. } | Standing::Open { .. } => {}
    }
    let why = reason(why)?;
    if item.check.is_some() && why.is_none() {
        return Err(Rejection::Duty(No::TickNeedsReason { role: role.clone(), duty: duty.clone() }));
    }
    let why = why.filter(|_| item.check.is_some());
    Ok(vec![What::Duty(Fact::ItemDone { role: role.clone(), owner: owner.clone(), duty: duty.clone(), why })])
}

/// What is mended, or over, presses nobody.
fn is_pressing(it: &Incident) -> bool {
    it.is_open() && it.stage != Stage::Resolved
}

/// The reminders of duties that are still to come.
pub(super) fn upcoming(it: &Incident) -> impl Iterator<Item = Upcoming> + '_ {
    let owned = it.duty.lists.iter().filter(|_| is_pressing(it)).filter_map(|l| Some((l, l.owner.as_ref()?)));
    owned.flat_map(move |(list, owner)| {
        let due = list.items.iter().filter_map(move |i| Some((i, i.reminder(&list.role, it)?)));
        due.map(move |(item, at)| {
            let (role, owner, duty) = (list.role.clone(), owner.clone(), item.duty.clone());
            let of = Reminder::Item { role, owner: owner.clone(), duty, version: list.version };
            Upcoming { of, to: owner, at }
        })
    })
}

/// The time of a duty has come.
pub(in crate::incident) fn remind(
    it: &Incident,
    role: &RoleId,
    owner: &UserId,
    duty: &DutyId,
    version: u32,
) -> Result<What, Rejection> {
    let list = it.duty.list(role, owner).filter(|l| l.version == version && is_pressing(it)).ok_or(Rejection::Stale)?;
    let item = list.items.iter().find(|i| i.duty == *duty && i.reminder(role, it).is_some()).ok_or(Rejection::Stale)?;
    Ok(What::Duty(Fact::ItemReminded { role: role.clone(), owner: owner.clone(), duty: item.duty.clone(), version }))
}
