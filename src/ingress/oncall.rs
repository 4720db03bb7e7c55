//! Who is on call: asked, and changed.

use std::borrow::Cow;

use axum::response::Response;
use futures_util::future::join_all;
use jiff::Timestamp;

use super::{
    Door,
    dispatch::{Answer, Spoken},
    forms::opened,
    inbound::View,
    message,
    press::is,
    reach,
    submit::{errors, field_of, update},
    values::Values,
    words,
};
use crate::{
    command::Rostering,
    config::{asked_for_service, policy_of, policy_of_service},
    engine::{FOUR_WEEKS, Refusal},
    ids::UserId,
    incident::Rejection,
    paging::{
        Policy, Target,
        external::External,
        rota::{Ask, AwayAsk, No, PersonalFact, Rolled, Span},
        schedule::{Change, Cover, Gap, ScheduleId},
    },
    render::{
        Message,
        forms::override_form,
        ids::{ButtonValue, action::oncall as action, field},
        oncall::{self as render, Level},
        urgency,
    },
    store::ReadError,
};

/// Guests, and people of other organisations, are no part of it.
const OUTSIDE: &str = "Who is on call is a matter of this organisation's own people.";

/// Only what the settings name is asked: whoever types could ask for anything else.
const NOT_NAMED: &str = "The settings do not name this among the places at other providers of which it is shown who is on call. \
                         `/incident oncall` shows all that they name.";

/// What was typed about who is on call.
pub async fn answer(door: &Door, spoken: &Spoken<'_>, asked: Rostering) -> Result<Answer, Refusal> {
    if !door.people.is_within(spoken.me).await {
        return Ok(Answer::say(OUTSIDE));
    }
    let (me, now) = (spoken.me, door.clock().now());
    let said = match asked {
        Rostering::Everybody => everybody(door, now).await?,
        Rostering::Schedule(id) => render::schedule(&rolled(door, &id).await?, now),
        Rostering::Policy(name) => match policy_of(door.engine.settings(), &name) {
            Some(policy) => steps(door, &policy.name.clone(), &policy, now).await?,
            None => return Ok(Answer::say(message::NOT_UNDERSTOOD)),
        },
        Rostering::Service(id) => match door.engine.playbook().service(id.as_str()) {
            Some(service) => {
                let policy = policy_of_service(door.engine.settings(), service);
                steps(door, &service.label, &policy, now).await?
            }
            None => return Ok(Answer::say(message::NOT_UNDERSTOOD)),
        },
        Rostering::External(name) => match door.providers.named().find(|of| of.key() == name) {
            Some(of) => render::everybody(&[], &[door.providers.line(of, now, PROVIDER_PATIENCE).await], &[], now),
            None => return Ok(Answer::say(NOT_NAMED)),
        },
        Rostering::Weeks(id) => weeks(&rolled(door, &id).await?, now),
        Rostering::Mine => mine(door, me, now).await?,
        Rostering::Test => return reach::test(door, spoken).await,
        Rostering::Overrides(id) => render::overrides(&rolled(door, &id).await?, now),
        Rostering::OverrideForm(chosen) => return Ok(open_form(door, spoken, chosen.as_ref()).await),
        Rostering::Change { schedule, ask, zones } => return change(door, spoken, &schedule, &ask, &zones).await,
        Rostering::Swap { schedule, with, mine, theirs, reason, zones } => {
            let ask = Ask::Swap { with: with.clone(), mine, theirs, reason };
            let schedule = match schedule {
                Some(schedule) => Ok(schedule),
                None => common(door, me, &with).await?,
            };
            return match schedule {
                Ok(schedule) => change(door, spoken, &schedule, &ask, &zones).await,
                Err(sentence) => Ok(Answer::say(sentence)),
            };
        }
        Rostering::Absences(who) => {
            let calendar = door.engine.calendar(&who).await?;
            render::absences(&calendar, &who, me, now)
        }
        Rostering::Away { who, ask, zones } => return away(door, spoken, &who, ask, &zones).await,
    };
    Ok(Answer::Say(said))
}

async fn rolled<'a>(door: &'a Door, id: &ScheduleId) -> Result<Rolled<'a>, Refusal> {
    let none = || Refusal::Rejected { why: Rejection::OnCall(No::NoSuchSchedule), incident: None };
    let followed = door.engine.settings().schedule_of(id).ok_or_else(none)?;
    Ok(door.engine.rolled(followed).await?)
}

async fn everybody(door: &Door, now: Timestamp) -> Result<Message, ReadError> {
    let lines = door.providers.lines(PROVIDERS_SHOWN, now, PROVIDER_PATIENCE).await;
    let (shown, others) = door.engine.schedules().await?;
    let others = others.iter().map(|followed| followed.schedule.id.to_string());
    let elsewhere = door.providers.named().skip(PROVIDERS_SHOWN).map(External::key);
    Ok(render::everybody(&shown, &lines, &others.chain(elsewhere).collect::<Vec<_>>(), now))
}

/// How many places at other providers are asked for one answer.
const PROVIDERS_SHOWN: usize = 15;

/// How long other providers may take: Slack waits for three seconds.
const PROVIDER_PATIENCE: std::time::Duration = std::time::Duration::from_millis(2500);

/// Who is asked by a policy, step by step. Other providers are asked at the same time, so that Slack does not wait for one after the
/// other.
async fn steps(door: &Door, name: &str, policy: &Policy, now: Timestamp) -> Result<Message, ReadError> {
    let numbered = policy.steps.iter().enumerate().map(|(n, s)| (render::place(n, s), s.targets.as_slice()));
    let mut asked: Vec<(String, Target)> = Vec::new();
    for (place, targets) in numbered.chain([("Fallback".to_owned(), policy.fallback.as_slice())]) {
        for target in targets {
            let behind = behind(door, target, now);
            let place = if behind.is_empty() { place.clone() } else { format!("{place}, {}", render::target(target)) };
            let behind = if behind.is_empty() { vec![target.clone()] } else { behind };
            asked.extend(behind.into_iter().map(|target| (place.clone(), target)));
        }
    }
    let levels = join_all(asked.into_iter().map(|(place, target)| level(door, place, target, now))).await;
    let levels = levels.into_iter().collect::<Result<Vec<Level>, ReadError>>()?;
    Ok(render::steps(&format!("{name}: who is asked"), &levels, &urgency(policy)))
}

/// Whom a service stands for now.
fn behind(door: &Door, target: &Target, now: Timestamp) -> Vec<Target> {
    let Target::Service(service) = target else { return Vec::new() };
    let (settings, book) = (door.engine.settings(), door.engine.playbook());
    asked_for_service(settings, book, service, |only| only.may_hold(now))
}

/// Who is asked by one target.
async fn level(door: &Door, place: String, target: Target, now: Timestamp) -> Result<Level, ReadError> {
    let (schedule, rotation) = match &target {
        Target::Schedule(id) => (id, None),
        Target::Rotation { schedule, rotation } => (schedule, Some(rotation.as_str())),
        Target::External(of) => {
            let line = door.providers.line(of, now, PROVIDER_PATIENCE).await;
            return Ok(Level { place, line });
        }
        Target::Group(group) => {
            let members = door.groups.members(group, PROVIDER_PATIENCE).await;
            let known = members.as_ref().map(|members| (&*members.people, members.said)).map_err(String::as_str);
            return Ok(Level { place, line: render::group(&target, known, now) });
        }
        Target::Person(_) | Target::Channel(_) | Target::Role(_) | Target::Service(_) | Target::Webhook(_) => {
            return Ok(render::level(place, &render::target(&target), None, None, now));
        }
    };
    let mut rolled = match door.engine.settings().schedule_of(schedule) {
        Some(followed) => Some(door.engine.rolled(followed).await?),
        None => None,
    };
    if let (Some(rolled), Some(rotation)) = (&mut rolled, rotation) {
        rolled.schedule = Cow::Owned(rolled.schedule.only(rotation));
    }
    Ok(render::level(place, &render::target(&target), rolled.as_ref(), rotation, now))
}

fn weeks(rolled: &Rolled<'_>, now: Timestamp) -> Message {
    let until = now.saturating_add(FOUR_WEEKS).unwrap_or(Timestamp::MAX);
    render::weeks(rolled, &rolled.roster().render(&(now..until)))
}

async fn mine(door: &Door, me: &UserId, now: Timestamp) -> Result<Message, ReadError> {
    let shifts = door.engine.shifts(me, now).await?;
    let (calendar, contacts) = (door.engine.calendar(me).await?, door.engine.contacts(me).await?);
    Ok(render::mine(&shifts, &calendar, &contacts, &door.engine.settings().ways, me, now))
}

/// The one schedule that both are in.
async fn common(door: &Door, me: &UserId, with: &UserId) -> Result<Result<ScheduleId, String>, ReadError> {
    let mut both: Vec<&ScheduleId> = Vec::new();
    for followed in &door.engine.settings().schedules {
        let rolled = door.engine.rolled(followed).await?;
        let has = |who: &UserId| rolled.schedule.people().any(|p| p == who);
        both.extend((has(me) && has(with)).then_some(&followed.schedule.id));
    }
    Ok(match both.as_slice() {
        [only] => Ok((*only).clone()),
        [] => Err("You two take turns in no schedule together, so there is nothing to exchange. Nothing was changed."
            .to_owned()),
        [first, ..] => Err(format!(
            "You two take turns in {} schedules. Name the one that you mean: `/incident swap {first} @person`. Nothing was changed.",
            both.len()
        )),
    })
}

async fn open_form(door: &Door, spoken: &Spoken<'_>, chosen: Option<&ScheduleId>) -> Answer {
    match override_form(door.view(), chosen) {
        Some(view) => opened(door, spoken, &view, "override <schedule> @person for 2h").await,
        None => Answer::Say(render::everybody(&[], &[], &[], door.clock().now())),
    }
}

/// Nobody is put on call who cannot be reached, as far as Slack tells in time.
async fn unreachable(door: &Door, ask: &Ask) -> Option<String> {
    let who = match ask {
        Ask::Override { change: Change::Replace { by: who, .. } | Change::Add { who }, .. } => who,
        Ask::Swap { with, .. } => with,
        Ask::Override { change: Change::Remove { .. }, .. }
        | Ask::EndOverride { .. }
        | Ask::CoverMe { .. }
        | Ask::Take { .. }
        | Ask::EndAsk { .. } => return None,
    };
    let known = tokio::time::timeout(PATIENCE, door.chat.person(who)).await;
    let person = known.ok().and_then(Result::ok)?;
    let why = match (person.active, person.is_bot, person.is_outside) {
        (false, ..) => "is deactivated in Slack",
        (true, true, _) => "is no person",
        (true, false, true) => "is a guest or of another organisation",
        (true, false, false) => return None,
    };
    Some(format!("<@{who}> {why} and cannot be on call. Nothing was changed."))
}

/// How long Slack may take to tell who somebody is.
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(500);

/// `zones`: those in which its times were read.
async fn change(
    door: &Door,
    spoken: &Spoken<'_>,
    schedule: &ScheduleId,
    ask: &Ask,
    zones: &[String],
) -> Result<Answer, Refusal> {
    if let Some(sentence) = unreachable(door, ask).await {
        return Ok(Answer::say(sentence));
    }
    let done = door.engine.change_schedule(spoken.key.clone(), spoken.me, schedule, ask).await?;
    let now = door.clock().now();
    let said = match ask {
        Ask::Take { .. } => render::took(done.rolled.followed, &done.facts, now),
        Ask::Override { .. }
        | Ask::EndOverride { .. }
        | Ask::CoverMe { .. }
        | Ask::Swap { .. }
        | Ask::EndAsk { .. } => render::made(done.rolled.followed, &done.facts, spoken.me, now),
    };
    Ok(Answer::Say(render::read_in(said, zones)))
}

async fn away(
    door: &Door,
    spoken: &Spoken<'_>,
    who: &UserId,
    ask: AwayAsk,
    zones: &[String],
) -> Result<Answer, Refusal> {
    let (fact, _) = door.engine.change_calendar(spoken.key.clone(), spoken.me, who, ask).await?;
    let now = door.clock().now();
    let mut alone = Vec::new();
    if let PersonalFact::AwayNoted { span } = &fact {
        for followed in door.engine.schedules_with(who).await? {
            let rolled = door.engine.rolled(followed).await?;
            let missing = rolled
                .roster()
                .render(&span.range())
                .into_iter()
                .find(|slot| matches!(&slot.cover, Cover::Gap(Gap::Absent { people }) if people.contains(who)));
            alone.extend(missing.map(|slot| (followed, Span { from: slot.from, until: slot.until })));
        }
    }
    Ok(Answer::Say(render::read_in(render::noted(&fact, who, spoken.me, &alone, now), zones)))
}

/// A button about who is on call.
pub async fn pressed(door: &Door, spoken: &Spoken<'_>, id: &str, value: &ButtonValue) -> Result<Answer, Refusal> {
    if !door.people.is_within(spoken.me).await {
        return Ok(Answer::say(OUTSIDE));
    }
    let (named, which) = value.extra.split_once(' ').unwrap_or((&value.extra, ""));
    let schedule = ScheduleId::from(named);
    let number = which.parse::<u64>();
    let ask = match (id, number) {
        _ if is(id, action::WEEKS) => return answer(door, spoken, Rostering::Weeks(schedule)).await,
        _ if is(id, action::OVERRIDES) => return answer(door, spoken, Rostering::Overrides(schedule)).await,
        _ if is(id, action::WAYS) => return reach::open_form(door, spoken).await,
        _ if is(id, action::TEST) => return reach::test(door, spoken).await,
        _ if is(id, action::CAME) => return reach::came(door, spoken, value).await,
        _ if is(id, action::OVERRIDE) => return answer(door, spoken, Rostering::OverrideForm(Some(schedule))).await,
        (_, Ok(number)) if is(id, action::BACK) => {
            return away(door, spoken, &UserId::from(named), AwayAsk::End { number }, &[]).await;
        }
        (_, Ok(_)) if is(id, action::UNDO) => Ask::EndOverride { id: which.into() },
        (_, Ok(ask)) if is(id, action::TAKE) => Ask::Take { ask },
        (_, Ok(ask)) if is(id, action::END) => Ask::EndAsk { ask },
        _ => {
            door.counters.not_understood.up();
            return Ok(Answer::say(message::NOT_UNDERSTOOD));
        }
    };
    change(door, spoken, &schedule, &ask, &[]).await
}

/// The form that asks who is on call instead.
pub async fn submitted(door: &Door, me: &UserId, view: &View, values: Values<'_>) -> Response {
    let (Some(schedule), Some(by)) = (values.chosen(field::SCHEDULE), values.user(field::PERSON)) else {
        return errors(view, field::PERSON, "Who is on call then? Choose a person.");
    };
    let (Some(from), Some(until)) = (values.moment(field::FROM), values.moment(field::UNTIL)) else {
        return errors(view, field::UNTIL, "From when until when? Choose both.");
    };
    if until <= from {
        return errors(view, field::UNTIL, "This is before it begins. Choose a later time.");
    }
    let change = Change::Replace { of: None, by };
    let ask = Ask::Override { span: Span { from, until }, change, reason: values.text(field::WHY) };
    if let Some(sentence) = unreachable(door, &ask).await {
        return errors(view, field::PERSON, &sentence);
    }
    let key = view.id.as_deref().map(|id| format!("view/{id}/{}", view.hash.as_deref().unwrap_or_default()));
    match door.engine.change_schedule(key, me, &ScheduleId::from(schedule), &ask).await {
        // Nothing else shows it where the form was opened.
        Ok(done) => update(&render::made(done.rolled.followed, &done.facts, me, door.clock().now())),
        Err(refusal) => {
            let field = match &refusal {
                Refusal::Rejected { why: Rejection::OnCall(No::Past | No::TooLong), .. } => field::UNTIL,
                other => field_of(other, field::PERSON),
            };
            errors(view, field, &words::refused(door, &refusal).text)
        }
    }
}
