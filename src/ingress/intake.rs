//! How trouble comes in: the declare form, events that are kept, similar incidents, and what is asked once.

use std::time::Duration;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use slack_morphism::prelude::SlackBlock;

use super::{
    Door,
    dispatch::{Answer, Spoken, existing, request, room_for},
    event,
    forms::notice,
    inbound::{Interaction, View},
    message,
    press::is,
    query,
    submit::{Invalid, Read, errors, field_of, missing, update},
    values::Values,
    words,
};
use crate::{
    command::without_security,
    engine::{Alike, Caller, Done, Refusal},
    ids::{IncidentId, UserId},
    incident::{
        Command, Declaration, Incident,
        intake::{self, Kept, Likeness, Subject},
    },
    playbook::{CriterionId, KindId, ServiceId, Severity},
    render::{
        self, Message,
        forms::{self, Declaring},
        ids::{ButtonValue, FormMemory, action, field, value},
    },
    store::ReadError,
};

/// How many similar incidents are offered.
const OFFERED: usize = 3;
/// How many similar incidents are listed.
const LISTED: usize = 10;
/// How long Slack may take to show a form anew.
const PATIENCE: Duration = Duration::from_millis(2500);

/// What stands in the declare form.
fn filled(memory: &FormMemory, values: Values<'_>) -> Declaring {
    let ticks = values.all(field::CRITERIA);
    Declaring {
        title: values.text(field::TITLE).unwrap_or_default(),
        severity: values.chosen(field::SEVERITY).and_then(|s| s.parse().ok()).map(Severity),
        source: memory.source.clone(),
        channel: memory.channel.clone(),
        unsure: ticks.contains(&value::NOT_SURE),
        criteria: ticks.into_iter().filter(|c| *c != value::NOT_SURE).map(CriterionId::from).collect(),
        service: chosen_service(values),
        thread: values.all(field::THREAD).contains(&field::THREAD),
        event: memory.event,
        alerts: memory.alerts,
        anyway: memory.anyway,
        above: Vec::new(),
        kind: values.chosen(field::KIND).filter(|k| *k != value::SUGGESTED).map(KindId::from),
        secret: false,
    }
    .without_prefix()
}

impl Declaring {
    /// A secret must not become public because someone typed it into the wrong field.
    fn without_prefix(mut self) -> Self {
        if let Some(rest) = without_security(&self.title).map(str::to_owned) {
            (self.title, self.secret) = (rest, true);
        }
        self
    }
}

fn chosen_service(values: Values<'_>) -> Option<ServiceId> {
    values.chosen(field::SERVICE).filter(|s| *s != value::UNKNOWN).map(ServiceId::from)
}

/// What the form declares.
fn declaration(form: &Declaring, event: Option<&Kept>) -> Declaration {
    let said_at = form.source.as_ref().and_then(|m| event::time_of(&m.ts));
    Declaration {
        title: form.title.clone(),
        severity: form.severity,
        kind: form.kind.clone(),
        secret: form.secret,
        criteria: form.criteria.clone(),
        source: form.source.clone(),
        started_at: said_at.or_else(|| event.map(Kept::happened_at)),
        detected_at: event.map(Kept::happened_at),
        declared_in: form.channel.clone(),
        service: form.service.clone(),
        event: event.map(|e| e.number),
        alerts: form.alerts.map(|group| Box::new(intake::Attaching { group, found: None })),
        thread: form.thread,
        ..Declaration::default()
    }
}

/// The declare form was sent.
pub async fn declared(door: &Door, me: &UserId, view: &View, memory: &FormMemory, values: Values<'_>) -> Response {
    let form = filled(memory, values);
    let sent = async {
        match checked(&form) {
            Err(Invalid(field, sentence)) => Ok(errors(view, field, &sentence)),
            Ok(()) if form.is_ticked() => declare(door, me, view, form).await,
            Ok(()) => keep(door, me, view, form).await,
        }
    };
    match sent.await {
        Ok(response) => response,
        Err(refusal) => errors(view, field_of(&refusal, field::TITLE), &words::refused(door, &refusal).text),
    }
}

fn checked(form: &Declaring) -> Result<(), Invalid> {
    if form.title.is_empty() {
        return Err(missing(field::TITLE, "Say in a few words what is wrong."));
    }
    Ok(())
}

/// Nothing is ticked: the words are kept, and the form stays as it is.
async fn keep(door: &Door, me: &UserId, view: &View, form: Declaring) -> Result<Response, Refusal> {
    let said_at = form.source.as_ref().and_then(|m| event::time_of(&m.ts));
    let (source, channel) = (form.source.as_ref(), form.channel.as_ref());
    let kept = intake::keep(&form.title, source, said_at, channel, form.service.as_ref());
    let kept = kept.map_err(|why| Refusal::Rejected { why, incident: None })?;
    // The same words in the same form are one event, however often it is sent.
    let digest = hex::encode(&Sha256::digest(&form.title)[..12]);
    let key = format!("keep/{me}/{}/{digest}", view.id.as_deref().unwrap_or_default());
    let number = door.engine.keep(key, me, kept).await?;
    let above = render::intake::kept_above(number);
    Ok(again(door, &Declaring { event: Some(number), above, ..form }))
}

/// Something is ticked: what is similar is offered once, then it is declared.
async fn declare(door: &Door, me: &UserId, view: &View, form: Declaring) -> Result<Response, Refusal> {
    let key = format!("view/{}/{}", view.id.as_deref().unwrap_or_default(), view.hash.as_deref().unwrap_or_default());
    if !form.anyway && !door.engine.knows(&key).await? {
        let above = offer(door, me, &form).await?;
        if !above.is_empty() {
            return Ok(again(door, &Declaring { anyway: true, above, ..form }));
        }
    }
    let spoken = Spoken { key: Some(key), anyway: form.anyway, ..Spoken::by(me) };
    match promoting(door, &spoken, &form).await {
        Ok(done) => Ok(made(door, me, &form, &done).await),
        Err(Refusal::Duplicate { first }) => {
            let Ok(first) = existing(door, me, first).await else {
                // It is none that they may know of: to them theirs is the first.
                let spoken = Spoken { anyway: true, ..spoken };
                let done = promoting(door, &spoken, &form).await?;
                return Ok(made(door, me, &form, &done).await);
            };
            let alike = [(first.as_ref(), &Likeness::default())];
            let above =
                render::intake::similar_above(door.view(), &alike, "This was declared a moment ago. Is it the same?");
            Ok(again(door, &Declaring { anyway: true, above, ..form }))
        }
        Err(refusal) => Err(refusal),
    }
}

/// What is similar and goes on, as it stands above the form; nothing where there is none.
async fn offer(door: &Door, me: &UserId, form: &Declaring) -> Result<Vec<SlackBlock>, ReadError> {
    let subject = Subject::titled(&form.title, form.service.as_ref());
    let alike = door.lists(me).await.similar_open(&subject, OFFERED).await?;
    let shown = || render::intake::similar_above(door.view(), &pairs(&alike), "Is it one of these?");
    Ok(if alike.is_empty() { Vec::new() } else { shown() })
}

/// The form closes. Whoever sent it hears where the room is, as after the command; what is worked on in a thread shows where they are.
async fn made(door: &Door, me: &UserId, form: &Declaring, done: &Done) -> Response {
    if done.incident.intake.in_thread().is_some() {
        return StatusCode::OK.into_response();
    }
    let caller = Caller::Form { person: me.clone(), channel: form.channel.clone() };
    let now = room_for(door, me, done.incident.id, caller).await.ok().flatten();
    match now.as_ref().and_then(|it| Some(render::room_made(it, &it.room.as_ref()?.channel))) {
        Some(said) => update(&said),
        None => StatusCode::OK.into_response(),
    }
}

/// Declares what the form says, as the promotion of the event that its words were kept as.
async fn promoting(door: &Door, spoken: &Spoken<'_>, form: &Declaring) -> Result<Done, Refusal> {
    let event = match form.event {
        Some(number) if !known(door, spoken).await? => Some(door.engine.waiting(number).await?),
        Some(_) | None => None,
    };
    request(door, spoken, None, Command::Declare(declaration(form, event.as_ref()))).await
}

/// Was this request answered before?
async fn known(door: &Door, spoken: &Spoken<'_>) -> Result<bool, Refusal> {
    match &spoken.key {
        Some(key) => Ok(door.engine.knows(key).await?),
        None => Ok(false),
    }
}

/// The form once more, with everything that was typed.
fn again(door: &Door, form: &Declaring) -> Response {
    Json(json!({ "response_action": "update", "view": forms::declare_form(door.view(), form) })).into_response()
}

fn pairs(alike: &[Alike]) -> Vec<(&Incident, &Likeness)> {
    alike.iter().map(|(it, likeness)| (it.as_ref(), likeness)).collect()
}

/// What the form asks that was opened from the card.
pub(super) fn criteria(values: Values<'_>) -> (&'static str, Command) {
    let criteria = values.all(field::CRITERIA).into_iter().map(CriterionId::from).collect();
    let detection = values.chosen(field::DETECTION).and_then(forms::detection_of);
    let ask = intake::Ask::Answer { criteria, detection, service: chosen_service(values) };
    (field::CRITERIA, Command::Intake(ask))
}

/// The title, and the service where the playbook has any.
pub(super) fn describe(door: &Door, values: Values<'_>) -> Read {
    let title = values.text(field::TITLE).ok_or_else(|| missing(field::TITLE, "Please fill this in."))?;
    if door.engine.playbook().services.is_empty() {
        return Ok((field::TITLE, Command::Rename { title }));
    }
    let ask = intake::Ask::Describe { title, service: chosen_service(values) };
    Ok((field::TITLE, Command::Intake(ask)))
}

/// Is it a menu of the declare form, of which we hear at once?
pub fn is_menu(it: &Interaction, id: &str) -> bool {
    let callback = it.view.as_ref().and_then(|v| v.callback_id.as_deref());
    callback == Some(render::ids::form::DECLARE) && [field::CRITERIA, field::SEVERITY].contains(&id)
}

/// Shows what the declaration will be, below what was ticked. What the form offered above stays there, as long as its button
/// speaks of that.
pub async fn foresee(door: &Door, me: &UserId, it: &Interaction) -> Answer {
    let Some(view) = &it.view else { return Answer::Nothing };
    let memory = FormMemory::parse(view.private_metadata.as_deref().unwrap_or_default());
    let mut form = filled(&memory, values_of(view));
    if form.anyway {
        match offer(door, me, &form).await {
            Ok(above) => (form.anyway, form.above) = (!above.is_empty(), above),
            Err(error) => {
                tracing::error!(%error, "similar incidents cannot be looked up");
                return Answer::Nothing;
            }
        }
    } else if let Some(number) = form.event.filter(|_| !form.is_ticked()) {
        form.above = render::intake::kept_above(number);
    }
    show(door, view, &forms::declare_form(door.view(), &form)).await;
    Answer::Nothing
}

fn values_of(view: &View) -> Values<'_> {
    Values(view.state.as_ref().and_then(|s| s.values.as_ref()))
}

/// Shows a form anew. Somebody who ticks fast has another one before them by then: its own press shows the rest.
async fn show(door: &Door, view: &View, shown: &Value) {
    let Some(id) = view.id.as_deref() else { return };
    match tokio::time::timeout(PATIENCE, door.chat.update_view(id, view.hash.as_deref(), shown)).await {
        Ok(Ok(())) => {}
        Ok(Err(trouble)) => tracing::debug!(error = %trouble, "a form was not shown anew"),
        Err(_) => tracing::warn!("a form was not shown anew in time"),
    }
}

/// A button of this area.
pub async fn pressed(
    door: &Door,
    it: &Interaction,
    spoken: &Spoken<'_>,
    id: &str,
    value: &ButtonValue,
) -> Result<Answer, Refusal> {
    let is = |action: &str| is(id, action);
    let event = u64::from(value.number);
    let said = match (value.incident, id) {
        (Some(incident), _) if is(action::intake::CRITERIA) => {
            let form = {
                let it = existing(door, spoken.me, incident).await?;
                forms::criteria_form(door.view_of(&it), &it)
            };
            return Ok(super::forms::opened(door, spoken, &form, &format!("{incident} show")).await);
        }
        (Some(incident), _) if is(action::intake::JOIN) => join(door, spoken, incident).await?,
        (Some(incident), _) if is(action::intake::ROOM) => {
            let give = Command::Intake(intake::Ask::GiveRoom { why: None });
            let done = request(door, spoken, Some(incident), give).await?;
            // The thread says so, and the room itself.
            return Ok(query::on_card(door, spoken, &done.incident));
        }
        (Some(incident), _) if is(action::intake::MUTE) => {
            let done = request(door, spoken, Some(incident), Command::Intake(intake::Ask::Mute)).await?;
            return Ok(Answer::Instead(render::intake::muted(&done.incident)));
        }
        (None, _) if is(action::intake::PROMOTE) => promote(door, it, spoken, event).await?,
        (None, _) if is(action::intake::FORGET) => {
            door.engine.forget(event, spoken.me).await?;
            render::intake::forgotten(event)
        }
        _ => message::say(message::NOT_UNDERSTOOD),
    };
    // Where a form is open, the form says it.
    match &it.view {
        Some(view) if view.callback_id.as_deref().is_some_and(|c| !c.is_empty()) => {
            show(door, view, &notice(&said)).await;
            Ok(Answer::Nothing)
        }
        Some(_) | None => Ok(Answer::Say(said)),
    }
}

async fn join(door: &Door, spoken: &Spoken<'_>, incident: IncidentId) -> Result<Message, Refusal> {
    let done = request(door, spoken, Some(incident), Command::Intake(intake::Ask::Join)).await?;
    Ok(render::intake::joined(&done.incident))
}

/// A kept event becomes an incident: as the form says it, where one is open, else in its own words.
async fn promote(door: &Door, it: &Interaction, spoken: &Spoken<'_>, number: u64) -> Result<Message, Refusal> {
    let form = match &it.view {
        Some(view) if view.callback_id.as_deref() == Some(render::ids::form::DECLARE) => {
            let memory = FormMemory::parse(view.private_metadata.as_deref().unwrap_or_default());
            let form = filled(&memory, values_of(view));
            if let Err(Invalid(_, sentence)) = checked(&form) {
                return Ok(message::say(&sentence));
            }
            form
        }
        Some(_) | None if known(door, spoken).await? => Declaring::default(),
        Some(_) | None => of_event(&door.engine.waiting(number).await?),
    };
    let spoken = Spoken { anyway: true, ..spoken.clone() };
    let done = promoting(door, &spoken, &Declaring { event: Some(number), ..form }).await?;
    Ok(render::intake::promoted(&done.incident, number))
}

fn of_event(event: &Kept) -> Declaring {
    Declaring {
        title: event.text.words().unwrap_or_default().to_owned(),
        source: event.source.clone(),
        channel: event.channel.clone(),
        service: event.service.clone(),
        ..Declaring::default()
    }
}

/// Those that are like an incident.
pub async fn similar(door: &Door, me: &UserId, id: IncidentId) -> Result<Message, Refusal> {
    let it = existing(door, me, id).await?;
    let alike = door.lists(me).await.similar(&Subject::of(&it), LISTED).await?;
    Ok(render::intake::similar(door.view(), &it, &pairs(&alike)))
}

/// What was declared by command, and the open ones that it may be the same as.
pub async fn with_similar(door: &Door, me: &UserId, done: &Done, said: Message) -> Message {
    match door.lists(me).await.similar_open(&Subject::of(&done.incident), OFFERED).await {
        Ok(alike) => render::intake::with_similar(door.view(), said, &done.incident, &pairs(&alike)),
        Err(error) => {
            // It is declared all the same.
            tracing::error!(%error, "similar incidents cannot be looked up");
            said
        }
    }
}
