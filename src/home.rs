//! 7  Somebody's App Home: what it shows is gathered here each time it is shown, whoever shows it.

use std::time::Duration;

use serde_json::Value;

use crate::{
    engine::Engine,
    ids::UserId,
    ports::Chat,
    providers::Providers,
    render::{self, View, oncall::Duty},
    store::ReadError,
};

/// How long the chat may take to say who somebody is.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long other providers may take to say who is on call there: whoever opened their home waits for it.
const PROVIDERS: Duration = Duration::from_secs(1);

/// As [`Chat::publish_home`] takes it: of incidents what they may see, guests what they have to do with; and for people of this organisation who is on call, when they
/// are, and by what they are reached.
///
/// # Errors
/// Where the record cannot be read.
pub async fn home(engine: &Engine, providers: &Providers, chat: &dyn Chat, who: &UserId) -> Result<Value, ReadError> {
    let now = engine.clock().now();
    let person = tokio::time::timeout(PATIENCE, chat.person(who)).await.ok().and_then(Result::ok);
    // Whoever is not known for certain sees what goes on: they are most likely one of us, while Slack is slow.
    let is_outside = person.as_ref().is_some_and(|person| person.is_outside);
    let incidents = engine.seen_by(who).as_outsider(is_outside).home(render::HOME_SHOWN + 1).await?;
    let kept = if is_outside { Vec::new() } else { engine.kept(render::intake::KEPT_SHOWN + 1).await? };
    // Guests, and whoever is not known for certain, are told nothing about others.
    let on_call = if person.is_some_and(|person| !person.is_outside) {
        render::oncall::home(&Duty {
            schedules: &engine.schedules().await?.0,
            shifts: &engine.shifts(who, now).await?,
            calendar: engine.calendar(who).await?.as_ref(),
            contacts: &engine.contacts(who).await?,
            set_up: &engine.settings().ways,
            providers: &providers.lines(render::oncall::ON_HOME + 1, now, PROVIDERS).await,
            me: who,
            now,
        })
    } else {
        Vec::new()
    };
    let w = View { playbook: engine.playbook(), settings: engine.settings(), now };
    Ok(render::home(w, &incidents, &kept, on_call))
}
