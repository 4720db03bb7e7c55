//! Sending: everything that is looked at when Send is pressed, and not before.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{
    Draft, Fact, Fit, Letter, No, Sending, Way, applies,
    decide::{may_be_public, not_internal},
    is_secret, is_short, letter, may_post,
    outlets::{holds_one, is_open_to},
    text::mark,
    unreleased,
};
use crate::{
    config::Settings,
    ids::{Series, UserId},
    incident::{Context, Incident, Rejection, Text, access::may_see, course, decide::reason, duty::Several},
    playbook::{Audience, Contact, Outlet, OutletId, RoleId, Stage, Template},
    status::PostStatus,
};

/// Where two people are asked for and nobody approves, an authorised author may send with a reason after so long.
pub const ALONE_AFTER: SignedDuration = SignedDuration::from_mins(5);
/// The role that answers customers.
const SUPPORT: &str = "support";
/// The role that answers them in public.
const SOCIAL: &str = "social";

/// How a text of this incident gets to this channel. A drill's gets nowhere outside by itself.
pub(super) fn way(it: &Incident, outlet: &Outlet, settings: &Settings) -> Way {
    let connector = outlet.connector.as_ref().filter(|name| settings.connectors.contains_key(*name));
    match (&outlet.slack, connector) {
        _ if it.id.series == Series::Drill && outlet.audience.is_outside() => Way::Hand,
        (Some(channel), _) => Way::Slack(channel.clone()),
        (None, Some(name)) => Way::Connector(name.clone()),
        (None, None) => Way::Hand,
    }
}

/// How an incident stands in public: as its phase is called where hosted pages have that word, else by its stage.
fn status(it: &Incident) -> PostStatus {
    let named = [PostStatus::Investigating, PostStatus::Identified, PostStatus::Monitoring, PostStatus::Resolved];
    let by_name = named.into_iter().find(|status| status.as_str() == it.phase.as_str());
    match it.stage {
        Stage::Resolved => PostStatus::Resolved,
        Stage::Monitoring => PostStatus::Monitoring,
        Stage::Active => by_name.filter(|s| !s.is_over()).unwrap_or_default(),
    }
}

/// The one text of a draft, to all that were chosen.
pub(super) fn send(
    it: &Incident,
    draft: &Draft,
    again: bool,
    alone: Option<&str>,
    cx: &Context<'_>,
) -> Result<Fact, Rejection> {
    let person = cx.person().ok_or(Rejection::Stale)?;
    may_be_public(it, draft.to, cx)?;
    if draft.phase != it.phase {
        return Err(No::OtherPhase(draft.phase.clone()).into());
    }
    if draft.next_by.is_some_and(|at| at <= cx.now) {
        return Err(Rejection::NextUpdatePast);
    }
    let template = template_of(it, draft, cx)?;
    let fields = filled(draft);
    let letter = letter(it, cx.playbook, cx.now, template, &fields, draft.next_by)?;
    not_internal(it, fields.values().map(String::as_str).chain(letter.body().words()))?;
    let (outlets, without) = outlets(it, draft, &letter, person, cx)?;
    let released = is_released(it, draft, cx)?;
    let alone = reason(alone)?;
    approved(without.as_ref(), alone.as_ref(), cx.now)?;
    let same = mark(std::iter::once(template.id.as_str()).chain(fields.values().map(String::as_str)));
    let last = it.comms.promise(draft.to).and_then(|p| p.last.as_ref());
    if !again && last.is_some_and(|(_, last)| *last == same) {
        return Err(No::SameText.into());
    }
    let (support, support_groups, social) = hearers(it, draft.to, cx);
    Ok(Fact::Sent {
        social,
        send: it.comms.send_count + 1,
        draft: draft.number,
        to: draft.to,
        letter,
        same,
        phase: it.phase.clone(),
        outlets,
        next_by: draft.next_by,
        approved_by: draft.approved_by.clone(),
        alone: alone.filter(|_| without.is_some()),
        support,
        impact: draft.impact.clone(),
        quiet: draft.quiet,
        status: status(it),
        support_groups,
        released,
    })
}

/// What a draft's places say.
pub(super) fn filled(draft: &Draft) -> BTreeMap<String, String> {
    draft.fields.iter().map(|(name, text)| (name.clone(), text.words().unwrap_or_default().to_owned())).collect()
}

/// Does it let words of a need-to-know incident out? Then whoever must have released them has.
pub(super) fn is_released(it: &Incident, draft: &Draft, cx: &Context<'_>) -> Result<bool, No> {
    if draft.to != Audience::External || !is_secret(it, cx.playbook) {
        return Ok(false);
    }
    let missing = unreleased(it, draft, cx.playbook);
    if missing.is_empty() { Ok(true) } else { Err(No::NotReleased(missing)) }
}

/// Who gets a text for customers as well: support, its groups, and whoever answers in public.
pub(super) fn hearers(it: &Incident, to: Audience, cx: &Context<'_>) -> (Option<UserId>, Vec<Several>, Vec<UserId>) {
    if to != Audience::External {
        return (None, Vec::new(), Vec::new());
    }
    let (support, groups) = support(it, cx);
    let social = social(it, support.as_ref(), cx);
    (support, groups, social)
}

/// What nobody approved goes out with a reason, and when its time has come.
pub(super) fn approved(without: Option<&No>, alone: Option<&Text>, now: Timestamp) -> Result<(), No> {
    match without {
        None => Ok(()),
        Some(No::NotApproved { alone_from: Some(from), .. }) if *from <= now && alone.is_some() => Ok(()),
        Some(no) => Err(no.clone()),
    }
}

/// It is as short as the channel wants it.
pub(super) fn fits(outlet: &Outlet, letter: &Letter, settings: &Settings) -> Result<(), No> {
    let Fit { length, limit } = Fit::of(letter, outlet, settings);
    match limit {
        Some(limit) if length > limit => Err(No::TooLongFor { outlet: outlet.id.clone(), limit, length }),
        Some(_) | None => Ok(()),
    }
}

/// What a draft lacks before this person may send it there.
pub(super) fn lacks(it: &Incident, draft: &Draft, outlet: &Outlet, person: &UserId, cx: &Context<'_>) -> Option<No> {
    let is_missing = outlet.two_person && !is_approved(it, draft, outlet);
    is_missing.then(|| not_approved(it, draft, outlet, person, cx))
}

/// Who answers customers: whoever has the role; where nobody does, whom the playbook names for it. Of a secret those alone who were
/// let in; of a group that is looked at when they are told.
pub(super) fn support(it: &Incident, cx: &Context<'_>) -> (Option<UserId>, Vec<Several>) {
    let named = course::means(it, &RoleId::from(SUPPORT), cx);
    let person = named.iter().find_map(|contact| match contact {
        Contact::User(person) => Some(person).filter(|person| may_see(it, person)),
        Contact::Group(_) | Contact::OnCall(_) | Contact::External(_) => None,
    });
    (person.cloned(), named.iter().filter_map(|contact| Several::of(contact, cx.settings)).collect())
}

/// Who answers in public, beside `support`: whoever has the role, or is named for it.
pub(super) fn social(it: &Incident, support: Option<&UserId>, cx: &Context<'_>) -> Vec<UserId> {
    let named = course::means(it, &RoleId::from(SOCIAL), cx);
    let people = named.into_iter().filter_map(|contact| match contact {
        Contact::User(person) => Some(person).filter(|person| may_see(it, person) && Some(person) != support),
        Contact::Group(_) | Contact::OnCall(_) | Contact::External(_) => None,
    });
    people.collect()
}

fn template_of<'a>(it: &Incident, draft: &Draft, cx: &Context<'a>) -> Result<&'a Template, Rejection> {
    let own = cx.playbook.templates.iter().find(|t| t.id == draft.template && t.audience == draft.to);
    own.map_or_else(|| super::decide::template(it, draft.to, None, cx), Ok)
}

/// Every place that was chosen, and what speaks against sending there without another person.
fn outlets(
    it: &Incident,
    draft: &Draft,
    letter: &Letter,
    person: &UserId,
    cx: &Context<'_>,
) -> Result<(Vec<Sending>, Option<No>), Rejection> {
    let mut sendings = Vec::new();
    let mut without = None;
    for id in &draft.outlets {
        let outlet = cx.playbook.outlet(id).filter(|o| o.audience == draft.to);
        let outlet = outlet.ok_or_else(|| No::NoSuchOutlet(id.clone()))?;
        if !is_open_to(it, cx.playbook, outlet) {
            return Err(No::NeedToKnow.into());
        }
        may_post(it, outlet, person, cx.now)?;
        let to = Sending {
            outlet: id.clone(),
            label: outlet.label.clone(),
            way: way(it, outlet, cx.settings),
            short: is_short(outlet),
            applied: applies(it, cx.playbook, outlet, cx.now),
        };
        fits(outlet, letter, cx.settings)?;
        without = without.or_else(|| lacks(it, draft, outlet, person, cx));
        sendings.push(to);
    }
    Ok((sendings, without))
}

/// Once more what failed: looked at as if it were sent now.
pub(super) fn retry(it: &Incident, send: u32, id: &OutletId, cx: &Context<'_>) -> Result<Fact, Rejection> {
    let person = cx.person().ok_or(Rejection::Stale)?;
    let sent = it.comms.send(send).ok_or(No::NothingToRetry)?;
    let delivery = sent.delivery(id).ok_or(No::NothingToRetry)?;
    if !delivery.has_failed() || sent.withdrawn {
        return Err(No::NothingToRetry.into());
    }
    // The register may have been mended since.
    let outlet = cx.playbook.outlet(id).filter(|o| o.audience == sent.to);
    let outlet = outlet.ok_or_else(|| No::NoSuchOutlet(id.clone()))?;
    let was_kept_back = sent.to == Audience::External && is_secret(it, cx.playbook) && !sent.released;
    if was_kept_back || !is_open_to(it, cx.playbook, outlet) {
        return Err(No::NeedToKnow.into());
    }
    may_post(it, outlet, person, cx.now)?;
    if delivery.state.is_there() {
        // What is wrong there is mended, whatever came after it.
        return Ok(Fact::Retried { send, outlet: id.clone(), way: delivery.to.way.clone() });
    }
    // What a person chose although the register said otherwise stays chosen.
    if delivery.to.applied && !applies(it, cx.playbook, outlet, cx.now) {
        return Err(No::NotNow(id.clone()).into());
    }
    if it.comms.sends.iter().any(|s| s.number > send && s.to == sent.to) {
        return Err(No::Newer(sent.to).into());
    }
    Ok(Fact::Retried { send, outlet: id.clone(), way: way(it, outlet, cx.settings) })
}

/// Someone other than its authors, who may, finds it right.
fn is_approved(it: &Incident, draft: &Draft, outlet: &Outlet) -> bool {
    draft.approved_by.iter().any(|p| !draft.authors.contains(p) && holds_one(it, &outlet.approve_roles, p))
}

fn not_approved(it: &Incident, draft: &Draft, outlet: &Outlet, person: &UserId, cx: &Context<'_>) -> No {
    let from = draft.since.saturating_add(ALONE_AFTER).unwrap_or(Timestamp::MAX);
    // Whoever did not write it can approve it, or have it approved.
    let alone_from = (!is_secret(it, cx.playbook) && draft.authors.contains(person)).then_some(from);
    let roles = if outlet.approve_roles.is_empty() { vec![it.lead_role.clone()] } else { outlet.approve_roles.clone() };
    No::NotApproved { outlet: outlet.id.clone(), roles, alone_from }
}
