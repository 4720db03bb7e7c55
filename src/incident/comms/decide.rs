//! What people, timers and deliveries ask, and what it means now.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    Ask, Delivered, Draft, Drafting, Fact, No, Send, cadence,
    correct::{self, correctable, outlet_of, template_of_send},
    is_secret,
    letter::own_words,
    outlets::{holds_one, is_open_to},
    releasers, send, shape,
    text::mark,
    whole, writable,
};
use crate::{
    incident::{
        Context, Incident, Needed, Rejection, Text, What, When,
        decide::{TEXT_LIMIT, must_be_open, reason, text, updates::after},
    },
    playbook::{Audience, Outlet, OutletId, PhaseId, RoleId, Stage, Template},
    status::Impact,
};

/// The most characters that a draft's places hold together; its bytes are bounded by four times that.
const DRAFT_LIMIT: usize = 2000;
/// The most channels that one text goes to.
const OUTLETS: usize = 8;
/// The most people who write on one draft.
const AUTHORS: usize = 20;
/// The longest word of a neighbour that is kept.
const WHY: usize = 200;

/// The events that `ask` makes.
pub(in crate::incident) fn decide(it: &Incident, ask: &Ask, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    let facts = match ask {
        Ask::Rang(alarm) => return cadence::rang(it, *alarm, cx),
        Ask::Posted { send, outlet, at, link, correction } => {
            waiting(it, *send, outlet)?;
            let (send, outlet, correction) = (*send, outlet.clone(), *correction);
            vec![Fact::Posted { send, outlet, at: at.clone(), link: link.clone(), correction }]
        }
        Ask::Published { send, outlet, at, correction } => {
            waiting(it, *send, outlet)?;
            let (send, outlet, correction) = (*send, outlet.clone(), *correction);
            vec![Fact::Published { send, outlet, at: at.clone(), correction }]
        }
        Ask::CorrectionStands { send, outlet, correction, how } => {
            vec![correct::stands(it, *send, outlet, *correction, how)?]
        }
        Ask::CorrectionFailed { send, outlet, correction, why, trying } => {
            let why = why.chars().take(WHY).collect();
            vec![correct::failed(it, *send, outlet, *correction, (why, *trying))?]
        }
        Ask::PostFailed { send, outlet, why, trying } => {
            let state = waiting(it, *send, outlet)?;
            if *trying && matches!(state, Delivered::Trying { .. }) {
                return Err(Rejection::AlreadySo);
            }
            let why = why.chars().take(WHY).collect();
            vec![Fact::PostFailed { send: *send, outlet: outlet.clone(), why, trying: *trying }]
        }
        Ask::Retry { send, outlet } => vec![send::retry(it, *send, outlet, cx)?],
        Ask::PostedByHand { send, outlet, at, link } => vec![by_hand(it, *send, outlet, *at, link.as_deref(), cx)?],
        Ask::Snooze { to, until, why } => vec![snooze(it, *to, *until, why.as_deref(), cx)?],
        Ask::Draft(drafting) => draft(it, drafting, cx)?,
        Ask::Approve { draft, version } => vec![approve(it, *draft, *version, cx)?],
        Ask::Drop { draft } => {
            it.comms.draft(*draft).ok_or(No::NoSuchDraft)?;
            vec![Fact::Dropped { draft: *draft }]
        }
        Ask::Send { draft, version, again, alone } => {
            let draft = it.comms.draft(*draft).filter(|d| d.corrects.is_some()).map_or_else(
                || must_be_open(it).and_then(|()| seen(it, *draft, *version)),
                |draft| seen(it, draft.number, *version),
            )?;
            vec![go(it, draft, (*again, alone.as_deref()), cx)?]
        }
    };
    Ok(facts.into_iter().map(What::Comms).collect())
}

/// A text that has not got there yet, as the deliverer knows it.
fn waiting<'a>(it: &'a Incident, send: u32, outlet: &OutletId) -> Result<&'a Delivered, Rejection> {
    let state = it.comms.send(send).and_then(|s| s.delivery(outlet)).map(|d| &d.state);
    match state {
        Some(state @ (Delivered::OnItsWay | Delivered::Trying { .. })) => Ok(state),
        // Someone posted it by hand meanwhile, or it is long over.
        Some(
            Delivered::Failed { .. }
            | Delivered::ByHand
            | Delivered::Posted { .. }
            | Delivered::Published { .. }
            | Delivered::Done { .. },
        )
        | None => Err(Rejection::Stale),
    }
}

/// A draft on its way to its readers: a text of its own, or what another one is to say.
fn go(it: &Incident, draft: &Draft, (again, alone): (bool, Option<&str>), cx: &Context<'_>) -> Result<Fact, Rejection> {
    match draft.corrects {
        Some(number) => correct::correct(it, draft, correctable(it, number, None)?, alone, cx),
        None => send::send(it, draft, again, alone, cx),
    }
}

fn by_hand(
    it: &Incident,
    send: u32,
    outlet: &OutletId,
    at: Timestamp,
    link: Option<&str>,
    cx: &Context<'_>,
) -> Result<Fact, Rejection> {
    let sent = it.comms.send(send).ok_or(No::NothingToRetry)?;
    let delivery = sent.delivery(outlet).ok_or(No::NothingToRetry)?;
    if delivery.state.is_there() && !delivery.wants_hand() {
        return Err(Rejection::AlreadySo);
    }
    let link = link.map(str::trim).filter(|link| !link.is_empty());
    let link = link.map(|link| text(link, Needed::Link, 300)).transpose()?;
    Ok(Fact::PostedByHand { send, outlet: outlet.clone(), at: at.min(cx.now).max(sent.at), link })
}

fn snooze(it: &Incident, to: Audience, until: When, why: Option<&str>, cx: &Context<'_>) -> Result<Fact, Rejection> {
    must_be_open(it)?;
    let due = match to {
        Audience::Internal => it.update.due,
        other => it.comms.promise(other).and_then(|p| p.due),
    };
    due.ok_or(No::NothingDue(to))?;
    let until = match until {
        When::At(at) => Some(at),
        When::In(minutes) => after(minutes, cx.now),
        When::Never => None,
    };
    let until = until.ok_or(No::NoNextUpdate)?;
    if until <= cx.now {
        return Err(Rejection::NextUpdatePast);
    }
    Ok(Fact::Snoozed { to, until, why: reason(why)? })
}

/// The draft, as the person saw it.
fn seen(it: &Incident, number: u32, version: u32) -> Result<&Draft, Rejection> {
    let draft = it.comms.draft(number).ok_or(No::NoSuchDraft)?;
    if draft.version == version { Ok(draft) } else { Err(No::DraftChanged.into()) }
}

fn approve(it: &Incident, number: u32, version: u32, cx: &Context<'_>) -> Result<Fact, Rejection> {
    let draft = seen(it, number, version)?;
    if draft.corrects.is_none() {
        must_be_open(it)?;
    }
    let person = cx.person().ok_or(Rejection::Stale)?;
    if draft.authors.contains(person) {
        return Err(No::OwnText.into());
    }
    let chosen = draft.outlets.iter().filter_map(|id| cx.playbook.outlet(id));
    let mut asking: Vec<&Outlet> = chosen.filter(|o| !o.approve_roles.is_empty() || o.two_person).collect();
    // Where some need it, only who may approve there is of use.
    if asking.iter().any(|o| o.two_person) {
        asking.retain(|o| o.two_person);
    }
    let releasers = if draft.to == Audience::External { releasers(it, cx.playbook) } else { &[] };
    let releases = releasers.iter().any(|role| it.holds(role, person));
    let is_asked = !asking.is_empty() || !releasers.is_empty();
    if is_asked && !releases && !asking.iter().any(|o| holds_one(it, &o.approve_roles, person)) {
        let mut roles: Vec<RoleId> = Vec::new();
        for role in releasers.iter().chain(asking.iter().flat_map(|o| &o.approve_roles)) {
            if !roles.contains(role) {
                roles.push(role.clone());
            }
        }
        return Err(No::NotApprover(roles).into());
    }
    let text = whole(it, draft, cx.playbook).unwrap_or_default();
    if draft.approved == text && draft.approved_by.contains(person) {
        return Err(Rejection::AlreadySo);
    }
    Ok(Fact::Approved { draft: number, version, text })
}

/// The template for these readers now: the one for the special case, where there is such a one.
pub(super) fn template<'a>(
    it: &Incident,
    to: Audience,
    scenario: Option<&str>,
    cx: &Context<'a>,
) -> Result<&'a Template, Rejection> {
    let found = cx.playbook.template_for(to, &it.kind, &it.phase, scenario);
    found.ok_or_else(|| No::NoTemplate(to).into())
}

/// What is written: a text of its own, or what another one is to say.
struct Subject<'a> {
    template: &'a Template,
    phase: PhaseId,
    outlets: Vec<OutletId>,
    next_by: Option<Timestamp>,
    impact: Impact,
    corrects: Option<u32>,
}

fn subject<'a>(it: &Incident, d: &Drafting, cx: &Context<'a>) -> Result<Subject<'a>, Rejection> {
    if let Some((number, seen)) = d.corrects {
        let send = correctable(it, number, Some(seen))?;
        if send.to != d.to {
            return Err(No::NothingToCorrect.into());
        }
        return Ok(Subject {
            template: template_of_send(send, cx.playbook)?,
            phase: send.phase.clone(),
            outlets: where_it_is(send, d, cx)?,
            next_by: send.next_by,
            impact: send.impact.clone(),
            corrects: Some(number),
        });
    }
    must_be_open(it)?;
    if !writable(d.to) {
        return Err(No::NotWritten(d.to).into());
    }
    may_be_public(it, d.to, cx)?;
    Ok(Subject {
        template: template(it, d.to, d.scenario.as_deref(), cx)?,
        phase: it.phase.clone(),
        outlets: chosen(it, d, cx)?,
        next_by: next(it, d.next_by, cx)?,
        impact: d.impact.clone(),
        corrects: None,
    })
}

fn draft(it: &Incident, d: &Drafting, cx: &Context<'_>) -> Result<Vec<Fact>, Rejection> {
    let Subject { template, phase, outlets, next_by, impact, corrects } = subject(it, d, cx)?;
    let fields = fields(d, template)?;
    not_internal(it, fields.values().map(String::as_str))?;
    let existing = it.comms.draft_of(d.to, corrects);
    match (existing, d.of) {
        (Some(there), Some(saw)) if saw != (there.number, there.version) => return Err(No::DraftChanged.into()),
        (None, Some(_)) => return Err(No::NoSuchDraft.into()),
        (Some(there), None) => return Err(No::DraftThere { by: there.author().cloned() }.into()),
        (Some(_), Some(_)) | (None, None) => {}
    }
    let (number, version) = existing.map_or((it.comms.draft_count + 1, 1), |d| (d.number, d.version + 1));
    let author = cx.person().ok_or(Rejection::Stale)?;
    let mut authors = existing.map(|d| d.authors.clone()).unwrap_or_default();
    authors.retain(|a| a != author);
    authors.push(author.clone());
    if authors.len() > AUTHORS {
        return Err(No::TooManyAuthors { limit: AUTHORS }.into());
    }
    let fields: BTreeMap<String, Text> = fields.into_iter().map(|(name, words)| (name, Text::new(words))).collect();
    let fact = Fact::Drafted {
        draft: number,
        version,
        to: d.to,
        template: template.id.clone(),
        phase: phase.clone(),
        fields: fields.clone(),
        outlets: outlets.clone(),
        next_by,
        warnings: d.warnings.clone(),
        impact: impact.clone(),
        quiet: d.quiet,
        corrects,
    };
    if !d.send {
        return Ok(vec![fact]);
    }
    // The same words asked for once more: the time to send them alone goes on, and is not begun anew.
    let unchanged = existing.filter(|there| {
        (&there.fields, &there.outlets, &there.template, &there.phase) == (&fields, &outlets, &template.id, &phase)
            && there.impact == impact
    });
    let draft = Draft {
        number,
        version,
        seq: it.version + 1,
        to: d.to,
        authors,
        since: unchanged.map_or(cx.now, |there| there.since),
        template: template.id.clone(),
        phase,
        fields,
        outlets,
        next_by,
        approved_by: Vec::new(),
        approved: String::new(),
        impact,
        quiet: d.quiet,
        corrects,
    };
    match go(it, &draft, (d.again, None), cx) {
        Ok(sent) => Ok(vec![fact, sent]),
        // Kept as a shared draft: those who may approve it see it, and the time runs after which its author may send it alone.
        Err(Rejection::Comms(No::NotApproved { .. } | No::NotReleased(_))) if unchanged.is_none() => Ok(vec![fact]),
        Err(no) => Err(no),
    }
}

/// Nothing of a need-to-know incident is written for the public where nobody could release it.
pub(super) fn may_be_public(it: &Incident, to: Audience, cx: &Context<'_>) -> Result<(), Rejection> {
    let never = to == Audience::External && is_secret(it, cx.playbook) && releasers(it, cx.playbook).is_empty();
    if never { Err(No::NeedToKnow.into()) } else { Ok(()) }
}

/// Where a text is or goes, and was chosen to be corrected.
fn where_it_is(send: &Send, d: &Drafting, cx: &Context<'_>) -> Result<Vec<OutletId>, Rejection> {
    for id in &d.outlets {
        outlet_of(send, id, cx.playbook)?;
    }
    let chosen = send.deliveries.iter().map(|delivery| &delivery.to.outlet).filter(|id| d.outlets.contains(id));
    let chosen: Vec<OutletId> = chosen.cloned().collect();
    if chosen.is_empty() { Err(No::NoOutlet.into()) } else { Ok(chosen) }
}

/// The channels that were chosen; all must be for these readers.
fn chosen(it: &Incident, d: &Drafting, cx: &Context<'_>) -> Result<Vec<OutletId>, Rejection> {
    let mut outlets: Vec<OutletId> = Vec::new();
    for id in &d.outlets {
        let outlet = cx.playbook.outlet(id).filter(|o| o.audience == d.to);
        let outlet = outlet.ok_or_else(|| No::NoSuchOutlet(id.clone()))?;
        if d.to == Audience::External && !is_open_to(it, cx.playbook, outlet) {
            return Err(No::NeedToKnow.into());
        }
        if !outlets.contains(id) {
            outlets.push(id.clone());
        }
    }
    match outlets.len() {
        0 => Err(No::NoOutlet.into()),
        1..=OUTLETS => Ok(outlets),
        _ => Err(No::TooManyOutlets { limit: OUTLETS }.into()),
    }
}

/// What a person wrote, for the places that the template leaves to people.
fn fields(d: &Drafting, template: &Template) -> Result<BTreeMap<String, String>, Rejection> {
    let shape = shape(template)?;
    let names = shape.required.iter().chain(shape.optional.iter().map(|(name, _)| name));
    let mut fields = BTreeMap::new();
    let mut left = DRAFT_LIMIT;
    for name in names {
        let words = d.fields.get(name).map(|words| own_words(d.to, words)).unwrap_or_default();
        if words.is_empty() {
            continue;
        }
        let words = text(&words, Needed::Update, TEXT_LIMIT)?;
        let words = words.words().unwrap_or_default().to_owned();
        left = left.checked_sub(words.chars().count()).ok_or(No::DraftTooLong { limit: DRAFT_LIMIT })?;
        fields.insert(name.clone(), words);
    }
    Ok(fields)
}

/// The words of the internal update are no text for others.
pub(super) fn not_internal<'a>(it: &Incident, parts: impl IntoIterator<Item = &'a str>) -> Result<(), Rejection> {
    let Some((_, internal)) = &it.comms.internal else { return Ok(()) };
    if parts.into_iter().any(|part| mark([part]) == *internal) { Err(No::InternalText.into()) } else { Ok(()) }
}

/// When the next text is promised; nothing once it is resolved, needed until then.
fn next(it: &Incident, when: Option<When>, cx: &Context<'_>) -> Result<Option<Timestamp>, Rejection> {
    if it.stage == Stage::Resolved {
        return Ok(None);
    }
    let at = match when {
        None | Some(When::Never) => None,
        Some(When::In(minutes)) => after(minutes, cx.now),
        Some(When::At(at)) => Some(at),
    };
    let at = at.ok_or(No::NoNextUpdate)?;
    if at <= cx.now { Err(Rejection::NextUpdatePast) } else { Ok(Some(at)) }
}

impl From<No> for Rejection {
    fn from(no: No) -> Self {
        Self::Comms(no)
    }
}
