//! Everything that a request needs.

use std::{fmt, sync::Arc, time::Duration};

use tokio::sync::OnceCell;

use super::{Counters, People, groups::Groups};
use crate::{
    clock::SharedClock,
    command::ParseCx,
    config::{AlertSource, ApiToken, PagerConfig, Secret},
    engine::{Engine, Sight},
    ids::UserId,
    ports::Chat,
    providers::Providers,
};

/// How long we wait to learn who we are.
const PATIENCE: Duration = Duration::from_secs(1);

/// Everything that a request needs.
pub struct Door {
    /// The bot.
    pub engine: Arc<Engine>,
    /// Slack.
    pub chat: Arc<dyn Chat>,
    /// What Slack signs with; an empty one lets nothing in.
    pub signing_secret: String,
    /// Programs that may call; none, and nobody may.
    pub api_tokens: Vec<ApiToken>,
    /// Sources of alerts that have settings of their own.
    pub alert_sources: Vec<AlertSource>,
    /// Other providers that page.
    pub providers: Arc<Providers>,
    /// What `PagerDuty` signs with; any of them counts.
    pub pagerduty_secrets: Vec<Secret>,
    /// Programs of our own that page, and what each of them signs with.
    pub pagers: Vec<PagerConfig>,
    /// What Twilio signs with; without it nothing comes in from there.
    pub twilio_secret: Option<Secret>,
    /// Whose times are in which zone.
    pub people: People,
    /// Who is in which group.
    pub groups: Groups,
    /// What came through.
    pub counters: Counters,
    me: OnceCell<UserId>,
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door").field("counters", &self.counters).finish_non_exhaustive()
    }
}

impl Door {
    /// A door to this bot.
    pub fn new(engine: Arc<Engine>, chat: Arc<dyn Chat>, providers: Arc<Providers>, signing_secret: String) -> Self {
        let (people, groups) = (People::new(chat.clone()), Groups::new(chat.clone(), Arc::clone(engine.clock())));
        let (counters, api_tokens, alert_sources) = (Counters::default(), Vec::new(), Vec::new());
        let (pagerduty_secrets, twilio_secret, me) = (Vec::new(), None, OnceCell::new());
        Self {
            engine,
            chat,
            signing_secret,
            api_tokens,
            alert_sources,
            providers,
            pagerduty_secrets,
            pagers: Vec::new(),
            twilio_secret,
            people,
            groups,
            counters,
            me,
        }
    }

    /// The same, open to these programs.
    #[must_use]
    pub fn with_api_tokens(self, api_tokens: Vec<ApiToken>) -> Self {
        Self { api_tokens, ..self }
    }

    /// The same, with these sources of alerts.
    #[must_use]
    pub fn with_alert_sources(self, alert_sources: Vec<AlertSource>) -> Self {
        Self { alert_sources, ..self }
    }

    /// The same, open to `PagerDuty` where it signs with one of these.
    #[must_use]
    pub fn with_pagerduty_secrets(self, pagerduty_secrets: Vec<Secret>) -> Self {
        Self { pagerduty_secrets, ..self }
    }

    /// The same, open to these programs that page.
    #[must_use]
    pub fn with_pagers(self, pagers: Vec<PagerConfig>) -> Self {
        Self { pagers, ..self }
    }

    /// The same, open to Twilio where it signs with this.
    #[must_use]
    pub fn with_twilio_secret(self, twilio_secret: Option<Secret>) -> Self {
        Self { twilio_secret, ..self }
    }

    /// The bot's clock.
    pub fn clock(&self) -> &SharedClock {
        self.engine.clock()
    }

    /// Our own user, where Slack tells in time.
    pub(super) async fn me(&self) -> Option<UserId> {
        let ask = self.me.get_or_try_init(|| async {
            match tokio::time::timeout(PATIENCE, self.chat.identity()).await {
                Ok(Ok(identity)) => Ok(identity.user),
                Ok(Err(_)) | Err(_) => Err(()),
            }
        });
        ask.await.ok().cloned()
    }

    /// What of the record stands in lists for this person.
    pub(super) async fn lists<'a>(&'a self, me: &'a UserId) -> Sight<'a> {
        self.engine.seen_by(me).as_outsider(self.people.is_outside(me).await)
    }

    /// What a text depends on, for someone whose zone is this.
    pub(super) fn parse_cx<'a>(&'a self, me: &'a UserId, zone: &'a str) -> ParseCx<'a> {
        ParseCx {
            me,
            channel: None,
            here: None,
            codename: None,
            playbook: self.engine.playbook(),
            kind: None,
            settings: self.engine.settings(),
            now: self.clock().now(),
            zone,
        }
    }
}
