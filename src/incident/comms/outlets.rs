//! The register: which channels apply now, and who may send there.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use std::collections::BTreeMap;

use super::{Draft, No, letter, text::mark};
use crate::{
    ids::UserId,
    incident::{Incident, Text, intake::Detection},
    playbook::{Audience, Outlet, Playbook, RoleId, Visibility},
};

/// Is a text for these readers written here? Others have places of their own.
#[must_use]
pub const fn writable(to: Audience) -> bool {
    match to {
        Audience::External | Audience::Executive => true,
        Audience::Internal
        | Audience::NeedToKnow
        | Audience::Advisor
        | Audience::Reporter
        | Audience::CustomerContact => false,
    }
}

/// Is it only for those who were let in?
#[must_use]
pub fn is_secret(it: &Incident, playbook: &Playbook) -> bool {
    it.is_secret() || playbook.kind(&it.kind).visibility == Visibility::NeedToKnow
}

/// Is it known that customers feel it? One of them was first to notice, reported it, or is confirmed to be affected; or it is a
/// major incident, which many of them feel.
#[must_use]
pub fn customers_affected(it: &Incident, playbook: &Playbook) -> bool {
    it.intake.detection == Some(Detection::Customer)
        || it.case.reports > 0
        || it.case.confirmed().next().is_some()
        || playbook.is_major(it.severity)
}

/// Whose approval it takes before a text about this need-to-know incident may be public, each of them another person's; nobody's: none
/// ever may. Of an incident that everybody may see nothing is kept back.
#[must_use]
pub fn releasers<'a>(it: &Incident, playbook: &'a Playbook) -> &'a [RoleId] {
    if it.is_secret() { &playbook.kind(&it.kind).release_roles } else { &[] }
}

/// What marks a draft's whole text, with what the record fills in: the severity, the service, since when. Time that passes does not change
/// it. None where its template is gone.
#[must_use]
pub(super) fn whole(it: &Incident, draft: &Draft, playbook: &Playbook) -> Option<String> {
    let template = playbook.templates.iter().find(|t| t.id == draft.template && t.audience == draft.to)?;
    let words = |text: &Text| text.words().unwrap_or_default().to_owned();
    let fields: BTreeMap<String, String> =
        draft.fields.iter().map(|(name, text)| (name.clone(), words(text))).collect();
    let letter = letter(it, playbook, draft.since, template, &fields, draft.next_by).ok()?;
    Some(mark(letter.title().into_iter().chain([letter.body()]).map(Text::or_tombstone)))
}

/// The roles whose approval this text lacks before it may be public. The words of whoever wrote on it last have theirs; earlier authors
/// did not see what became of it, and there are as many people as roles. What was approved is the text as it read then: where the record
/// fills in something else by now, nobody approved that.
#[must_use]
pub fn unreleased(it: &Incident, draft: &Draft, playbook: &Playbook) -> Vec<RoleId> {
    let roles = releasers(it, playbook);
    let stands = whole(it, draft, playbook).is_some_and(|text| text == draft.approved);
    let approved = draft.approved_by.iter().filter(|_| stands);
    let others: Vec<&UserId> = approved.filter(|p| !draft.authors.contains(p)).collect();
    let counts = |who: &&UserId| roles.iter().any(|role| it.holds(role, who));
    let people: Vec<&UserId> = draft.author().into_iter().chain(others.iter().copied()).filter(counts).collect();
    let is_missing = |role: &&RoleId| !people.iter().any(|who| it.holds(role, who));
    let missing: Vec<RoleId> = roles.iter().filter(is_missing).cloned().collect();
    let is_alone = people.len() < roles.len() || !others.iter().any(counts);
    if missing.is_empty() && is_alone { roles.to_vec() } else { missing }
}

/// Could a text about the incident go there at all? Of what is need-to-know the bot posts nothing, since a channel has readers who were
/// not let in, and nothing is public: except what is released, in a channel that the register has for this very kind.
pub(super) fn is_open_to(it: &Incident, playbook: &Playbook, outlet: &Outlet) -> bool {
    if !is_secret(it, playbook) {
        return true;
    }
    match outlet.audience {
        Audience::External => outlet.when.kinds.contains(&it.kind) && !releasers(it, playbook).is_empty(),
        Audience::Internal
        | Audience::Executive
        | Audience::NeedToKnow
        | Audience::Advisor
        | Audience::Reporter
        | Audience::CustomerContact => !outlet.is_posted(),
    }
}

/// Does the register say that this channel is used now?
#[must_use]
pub fn applies(it: &Incident, playbook: &Playbook, outlet: &Outlet, now: Timestamp) -> bool {
    let when = &outlet.when;
    let lasted = it.ended_at.unwrap_or(now).duration_since(it.started_at);
    is_open_to(it, playbook, outlet)
        && (when.kinds.is_empty() || when.kinds.contains(&it.kind))
        && when.min_severity.is_none_or(|least| it.severity <= least)
        && (when.phases.is_empty() || when.phases.contains(&it.phase))
        && lasted >= SignedDuration::from_mins(when.min_duration_min.into())
        && (!when.customers_affected || customers_affected(it, playbook))
}

/// The channels for these readers that an incident of this kind can ever use, those that apply now first.
#[must_use]
pub fn outlets_for<'a>(it: &Incident, playbook: &'a Playbook, to: Audience, now: Timestamp) -> Vec<(&'a Outlet, bool)> {
    let of_kind = |o: &&Outlet| o.when.kinds.is_empty() || o.when.kinds.contains(&it.kind);
    let mut all: Vec<(&Outlet, bool)> = playbook
        .channels
        .iter()
        .filter(|o| o.audience == to)
        .filter(of_kind)
        .filter(|o| is_open_to(it, playbook, o))
        .map(|o| (o, applies(it, playbook, o, now)))
        .collect();
    all.sort_by_key(|(_, applies)| !applies);
    all
}

/// Does this person hold one of these roles now? None named: whoever leads.
pub(super) fn holds_one(it: &Incident, roles: &[RoleId], person: &UserId) -> bool {
    if roles.is_empty() {
        return it.lead() == Some(person);
    }
    roles.iter().any(|role| it.holds(role, person))
}

/// May this person send there, now?
///
/// # Errors
/// Why not.
pub fn may_post(it: &Incident, outlet: &Outlet, person: &UserId, now: Timestamp) -> Result<(), No> {
    if !holds_one(it, &outlet.post_roles, person) {
        let roles = if outlet.post_roles.is_empty() { vec![it.lead_role.clone()] } else { outlet.post_roles.clone() };
        return Err(No::NotAuthorised { outlet: outlet.id.clone(), roles });
    }
    let until = outlet.trained.get(person).copied();
    let today = now.to_zoned(TimeZone::UTC).date();
    if outlet.trained_only && until.is_none_or(|until| until < today) {
        return Err(No::NotTrained { outlet: outlet.id.clone(), until });
    }
    Ok(())
}
