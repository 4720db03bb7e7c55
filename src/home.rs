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

/// As [`Chat::publish_home`] takes it: of incidents what they may see; and for people of this organisation who is on call, when they
/// are, and by what they are reached.
///
/// # Errors
/// Where the record cannot be read.
pub async fn home(engine: &Engine, providers: &Providers, chat: &dyn Chat, who: &UserId) -> Result<Value, ReadError> {
    let now = engine.clock().now();
    let incidents = engine.seen_by(who).home(render::HOME_SHOWN + 1).await?;
    let kept = engine.kept(render::intake::KEPT_SHOWN + 1).await?;
    // Guests, and whoever is not known for certain, are told nothing about others.
    let person = tokio::time::timeout(PATIENCE, chat.person(who)).await;
    let on_call = if person.is_ok_and(|person| person.is_ok_and(|person| !person.is_outside)) {
        render::oncall::home(&Duty {
            schedules: &engine.schedules().await?,
            shifts: &engine.shifts(who, now).await?,
            calendar: engine.calendar(who).await?.as_ref(),
            contacts: &engine.contacts(who).await?,
            set_up: &engine.settings().ways,
            providers: &providers.lines(now, PROVIDERS).await,
            me: who,
            now,
        })
    } else {
        Vec::new()
    };
    let w = View { playbook: engine.playbook(), settings: engine.settings(), now };
    Ok(render::home(w, &incidents, &kept, on_call))
}
