//! Our own status page: looked at, and scheduled maintenance on it.

use std::{collections::BTreeSet, time::Duration};

use axum::response::Response;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{
    Door,
    dispatch::{Answer, Spoken},
    forms::opened,
    inbound::View,
    message,
    press::is,
    submit::{errors, not_understood, update},
    values::Values,
    words,
};
use crate::{
    command::{Longer, Publishing},
    config::STATUS_PAGE,
    engine::Refusal,
    ids::UserId,
    incident::Rejection,
    playbook::{Contact, Outlet},
    render::{
        forms::{cancel_maintenance_form, maintenance_form},
        ids::{ButtonValue, FormMemory, action::page as action, comms, field, form},
        maintenance as render,
    },
    status::{
        ComponentStatus, Impact, Post, PostId, PostStatus, Standing, Window,
        maintenance::{Ask, No, Plan},
    },
};

/// Guests, and people of other organisations, have no part in it.
const OUTSIDE: &str = "The status page is a matter of this organisation's own people.";
/// How long Slack may take to tell who is in a group.
const PATIENCE: Duration = Duration::from_millis(1500);

fn rejected(why: No) -> Refusal {
    Refusal::Rejected { why: Rejection::Maintenance(why), incident: None }
}

/// What was typed about the page.
pub async fn answer(door: &Door, spoken: &Spoken<'_>, asked: Publishing) -> Result<Answer, Refusal> {
    if !door.people.is_within(spoken.me).await {
        return Ok(Answer::say(OUTSIDE));
    }
    let standing = door.engine.status_page().await?;
    let w = door.view();
    if matches!(asked, Publishing::Page) || w.settings.status_page.is_none() {
        return Ok(Answer::Say(render::page(w, &standing)));
    }
    if matches!(asked, Publishing::Maintenances) {
        return Ok(Answer::Say(render::list(w, None, &standing)));
    }
    if let Publishing::Forget(mail) = &asked {
        return forget(door, spoken.me, mail).await;
    }
    if let Some(sentence) = may_not(door, spoken.me).await? {
        return Ok(Answer::say(sentence));
    }
    match asked {
        Publishing::Page | Publishing::Maintenances | Publishing::Forget(_) => {
            Ok(Answer::Say(render::list(w, None, &standing)))
        }
        Publishing::PlanForm(title) => {
            Ok(opened(door, spoken, &maintenance_form(w, &title, None), "maintenance plan").await)
        }
        Publishing::ChangeForm(number) => match meant(&standing, number, |_| true) {
            Ok(post) => Ok(opened(door, spoken, &maintenance_form(w, "", Some(post)), "maintenance change").await),
            Err(why) => Ok(Answer::Say(render::list(w, Some(why), &standing))),
        },
        Publishing::Extend { number, by } => match meant(&standing, number, goes_on) {
            Ok(post) => {
                let to = post.window().map_or(Timestamp::MIN, |window| window.to);
                let until = match by {
                    Longer::Until(until) => until,
                    Longer::Minutes(n) => to.saturating_add(SignedDuration::from_mins(n.into())).unwrap_or(to),
                };
                change(door, spoken, &post.id, &Ask::Extend { until }).await
            }
            Err(why) => Ok(Answer::Say(render::list(w, Some(why), &standing))),
        },
        Publishing::Do { number, ask } => {
            let fits = |post: &Post| match &ask {
                Ask::Begin => post.status == PostStatus::Scheduled,
                Ask::Finish => goes_on(post),
                Ask::Plan(_) | Ask::Change(_) | Ask::Extend { .. } | Ask::Cancel { .. } => true,
            };
            match meant(&standing, number, fits) {
                Ok(post) => change(door, spoken, &post.id, &ask).await,
                Err(why) => Ok(Answer::Say(render::list(w, Some(why), &standing))),
            }
        }
    }
}

/// Somebody asked to be forgotten. Whoever may speak on the page does it; the answer says no address, for answers are kept for a day.
async fn forget(door: &Door, me: &UserId, mail: &str) -> Result<Answer, Refusal> {
    let outlets = outlets(door);
    // Where the register has no channel for the page, it names nobody.
    let mut is_theirs = outlets.is_empty();
    for outlet in &outlets {
        is_theirs = is_theirs || is_named(door, outlet, me).await?;
    }
    if !is_theirs {
        return Ok(Answer::say(
            "Only those may do that whom the playbook names for a role that posts on the status page. Nothing was changed.",
        ));
    }
    Ok(Answer::say(match door.engine.forget_address(mail, me).await? {
        0 => "Nobody subscribed to the status page with that address, or they were forgotten before.".to_owned(),
        1 => "One subscription has ended, and nothing of the address remains in the record.".to_owned(),
        n => format!("{n} subscriptions have ended, and nothing of the address remains in the record."),
    }))
}

/// The channels of the register that are our own page.
fn outlets(door: &Door) -> Vec<Outlet> {
    let book = door.engine.playbook();
    book.channels.iter().filter(|outlet| outlet.connector.as_deref() == Some(STATUS_PAGE)).cloned().collect()
}

fn goes_on(post: &Post) -> bool {
    matches!(post.status, PostStatus::InProgress | PostStatus::Verifying)
}

/// Which maintenance is meant: the one with this number, or the only one that it can be.
fn meant(standing: &Standing, number: Option<u64>, fits: impl Fn(&Post) -> bool) -> Result<&Post, &'static str> {
    if let Some(number) = number {
        let named = standing.posts.iter().find(|post| post.number == number && post.window().is_some());
        return named.ok_or("There is no maintenance of that number. Nothing was changed.");
    }
    let fitting: Vec<&Post> = render::maintenances(standing).into_iter().filter(|post| fits(post)).collect();
    match fitting.as_slice() {
        [only] => Ok(only),
        [] => Err("There is none of which that could be said. Nothing was changed."),
        _ => Err(
            "Which one? Press its button, or type its number, as in `/incident maintenance finish M-3`. Nothing was changed.",
        ),
    }
}

async fn change(door: &Door, spoken: &Spoken<'_>, id: &PostId, ask: &Ask) -> Result<Answer, Refusal> {
    let post = door.engine.change_maintenance(spoken.key.clone(), spoken.me, Some(id), ask).await?;
    Ok(Answer::Instead(render::done(door.view(), &post)))
}

/// Why this person may not say anything on the page, if so. As for updates: the register says which roles post there. Outside an incident
/// nobody holds a role, so that those count whom the playbook names for one; where it names nobody, anybody of the organisation could take
/// it, and may.
async fn may_not(door: &Door, me: &UserId) -> Result<Option<String>, Refusal> {
    let outlets = outlets(door);
    if outlets.is_empty() {
        return Ok(Some(format!(
            "The playbook's register has no channel with `connector = \"{STATUS_PAGE}\"`, so nobody may post on the status page. Nothing \
             was changed."
        )));
    }
    let today = door.clock().now().to_zoned(TimeZone::UTC).date();
    let mut why = None;
    for outlet in &outlets {
        let is_trained = outlet.trained.get(me).is_some_and(|until| *until >= today);
        if outlet.trained_only && !is_trained {
            why = Some("Only who is trained for the status page may post there. Nothing was changed.".to_owned());
        } else if outlet.two_person {
            why = Some(
                "The playbook's register asks for a second person's approval of every post on the status page (`two_person`), which \
                 maintenance has no place for. Nothing was changed."
                    .to_owned(),
            );
        } else if is_named(door, outlet, me).await? {
            return Ok(None);
        } else {
            let roles: Vec<String> = outlet.post_roles.iter().map(|role| format!("`{role}`")).collect();
            why = Some(format!(
                "Only those may post on the status page whom the playbook names for {}. Nothing was changed.",
                roles.join(", ")
            ));
        }
    }
    Ok(why)
}

/// Does the playbook name them for a role that posts there, or nobody at all?
async fn is_named(door: &Door, outlet: &Outlet, me: &UserId) -> Result<bool, Refusal> {
    let book = door.engine.playbook();
    let roles = outlet.post_roles.iter().filter_map(|role| book.role(role.as_str()));
    let contacts: BTreeSet<String> = roles.flat_map(|role| role.contacts().map(|(_, c)| c.to_string())).collect();
    if contacts.is_empty() {
        return Ok(true);
    }
    for contact in contacts.iter().filter_map(|text| text.parse::<Contact>().ok()) {
        let is_meant = match contact {
            Contact::User(person) => person == *me,
            Contact::Group(group) => {
                let members = tokio::time::timeout(PATIENCE, door.chat.group_members(&group)).await;
                members.is_ok_and(|found| found.is_ok_and(|members| members.contains(me)))
            }
            Contact::OnCall(name) => match door.engine.settings().schedule(&name) {
                Some(found) => door.engine.on_call(&found.schedule.id, None, door.clock().now()).await?.contains(me),
                None => false,
            },
            Contact::External(_) => false,
        };
        if is_meant {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A button about maintenance.
pub async fn pressed(door: &Door, spoken: &Spoken<'_>, id: &str, value: &ButtonValue) -> Result<Answer, Refusal> {
    if is(id, action::PLAN) {
        return answer(door, spoken, Publishing::PlanForm(String::new())).await;
    }
    if !door.people.is_within(spoken.me).await {
        return Ok(Answer::say(OUTSIDE));
    }
    if let Some(sentence) = may_not(door, spoken.me).await? {
        return Ok(Answer::say(sentence));
    }
    let post = door.engine.maintenance(&PostId::from(value.extra.as_str())).await?;
    let post = post.ok_or_else(|| rejected(No::NoSuch))?;
    if is(id, action::CHANGE) || is(id, action::CANCEL) {
        if post.status.is_over() {
            return Err(rejected(No::Over));
        }
        let view = if is(id, action::CHANGE) {
            maintenance_form(door.view(), "", Some(&post))
        } else {
            cancel_maintenance_form(&post)
        };
        return Ok(opened(door, spoken, &view, "maintenance").await);
    }
    let ask = match id {
        _ if is(id, action::BEGIN) => Ask::Begin,
        _ if is(id, action::FINISH) => Ask::Finish,
        _ if is(id, action::EXTEND) => {
            // An hour more than whoever pressed it saw.
            let to = Timestamp::from_second(value.version.into()).map_err(|_| rejected(No::NotLonger))?;
            Ask::Extend { until: to.saturating_add(render::LONGER).unwrap_or(to) }
        }
        _ => {
            door.counters.not_understood.up();
            return Ok(Answer::say(message::NOT_UNDERSTOOD));
        }
    };
    change(door, spoken, &post.id, &ask).await
}

/// A form about maintenance.
pub async fn submitted(
    door: &Door,
    me: &UserId,
    view: &View,
    callback: &str,
    memory: &FormMemory,
    values: Values<'_>,
) -> Response {
    let id = memory.about.first().map(|id| PostId::from(id.as_str()));
    let first = if callback == form::page::CANCEL { field::WHY } else { field::TITLE };
    let may_not = if door.people.is_within(me).await { may_not(door, me).await } else { Ok(Some(OUTSIDE.to_owned())) };
    match may_not {
        Ok(None) => {}
        Ok(Some(sentence)) => return errors(view, first, &sentence),
        Err(refusal) => return update(&words::refused(door, &refusal)),
    }
    let ask = match (callback, &id) {
        (form::page::CANCEL, Some(_)) => Ask::Cancel { why: values.text(field::WHY) },
        (form::page::MAINTENANCE, _) => match plan(door, values) {
            Ok(plan) if id.is_some() => Ask::Change(plan),
            Ok(plan) => Ask::Plan(plan),
            Err((field, sentence)) => return errors(view, field, sentence),
        },
        _ => return not_understood(door),
    };
    let key = view.id.as_deref().map(|id| format!("view/{id}/{}", view.hash.as_deref().unwrap_or_default()));
    match door.engine.change_maintenance(key, me, id.as_ref(), &ask).await {
        Ok(post) => update(&render::done(door.view(), &post)),
        Err(refusal) => {
            let field = match &refusal {
                Refusal::Rejected { why: Rejection::Maintenance(no), .. } => field_of(*no, first),
                _ => first,
            };
            errors(view, field, &words::refused(door, &refusal).text)
        }
    }
}

const fn field_of(no: No, first: &'static str) -> &'static str {
    match no {
        No::EndsFirst | No::Past | No::TooLong | No::NotLonger => field::UNTIL,
        No::BeginsInThePast | No::TooFar => field::FROM,
        No::NoBody => field::TEXT,
        No::NoPage | No::NoSuch | No::NoName | No::TooManyCharacters { .. } | No::Begun | No::NotBegun | No::Over => {
            first
        }
    }
}

/// What the form says.
fn plan(door: &Door, values: Values<'_>) -> Result<Plan, (&'static str, &'static str)> {
    let (Some(from), Some(to)) = (values.moment(field::FROM), values.moment(field::UNTIL)) else {
        return Err((field::UNTIL, "From when until when? Choose both."));
    };
    let standing = values.chosen(field::STANDING).and_then(ComponentStatus::parse);
    let standing = standing.unwrap_or(ComponentStatus::UnderMaintenance);
    let page = door.engine.settings().status_page.as_ref();
    // What comes from a form may be anything.
    let known = |id: &&str| page.is_some_and(|page| page.components.iter().any(|c| c.id.as_str() == *id));
    let chosen = values.all(field::COMPONENTS);
    let impact: Impact = chosen.into_iter().filter(known).map(|id| (id.into(), standing)).collect();
    Ok(Plan {
        name: values.text(field::TITLE).unwrap_or_default(),
        body: values.text(field::TEXT).unwrap_or_default(),
        window: Window { from, to },
        impact,
        notify: values.chosen(comms::SUBSCRIBERS) != Some(comms::QUIET),
    })
}
