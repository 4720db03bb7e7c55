//! 7  Other providers that page, as the settings have them: what they do, who is on call there, and who those people are here.

mod people;

use std::{collections::BTreeMap, sync::Arc};

use futures_util::future::join_all;

use crate::{
    adapters::{
        http::Http,
        oncall::{Cached, Known, Opsgenie, PagerDuty},
    },
    clock::SharedClock,
    config::Config,
    ids::UserId,
    paging::external::{External, Provider},
    ports::{Chat, ExternalOnCall, ExternalPerson, ExternalTarget, OnCallProvider, Pager, Trouble},
    render::oncall::{ProviderLevel, ProviderOnCall},
};

use self::people::People;

/// All that are set up.
#[derive(Debug)]
pub struct Providers {
    all: BTreeMap<Provider, One>,
    people: People,
    clock: SharedClock,
}

#[derive(Debug)]
struct One {
    pager: Arc<dyn Pager>,
    provider: Arc<dyn OnCallProvider>,
    on_call: Cached,
    /// What is looked at, where nobody says what.
    named: Vec<External>,
}

impl Providers {
    /// Those of the settings. Nothing is asked yet.
    #[must_use]
    pub fn new(config: &Config, http: &Http, chat: Arc<dyn Chat>, clock: SharedClock) -> Self {
        let mut all = BTreeMap::new();
        if let Some(settings) = &config.pagerduty {
            let external = |id: &String| External { at: Provider::PagerDuty, id: id.clone() };
            let named = settings.services.keys().map(external).collect();
            let adapter = Arc::new(PagerDuty::new(http.clone(), settings.clone()));
            all.insert(Provider::PagerDuty, One::new(adapter, named, &clock));
        }
        if let Some(settings) = &config.opsgenie {
            let external = |id: &String| External { at: Provider::Opsgenie, id: format!("schedule:{id}") };
            let named = settings.schedules.iter().map(external).collect();
            let adapter = Arc::new(Opsgenie::new(http.clone(), settings.clone()));
            all.insert(Provider::Opsgenie, One::new(adapter, named, &clock));
        }
        let people = People::new(config.people.clone(), chat);
        Self { all, people, clock }
    }

    /// What pages there, where it is set up.
    #[must_use]
    pub fn pager(&self, at: Provider) -> Option<Arc<dyn Pager>> {
        self.all.get(&at).map(|one| Arc::clone(&one.pager))
    }

    /// Who somebody of theirs is in Slack, where that is known: by what the settings say, else by the e-mail address that they have there.
    pub async fn who(&self, at: Provider, person: &ExternalPerson) -> Option<UserId> {
        if let Some(who) = self.people.written_down(person) {
            return Some(who.clone());
        }
        if person.email.is_some() {
            return self.people.of_email(person, self.clock.now()).await;
        }
        let known = self.all.get(&at)?.provider.person(&person.id).await;
        let known = known.inspect_err(|trouble| tracing::warn!(%trouble, "{at} does not say who somebody is")).ok()?;
        match self.people.written_down(&known) {
            Some(who) => Some(who.clone()),
            None => self.people.of_email(&known, self.clock.now()).await,
        }
    }

    /// What the settings name of all of them.
    pub fn named(&self) -> impl Iterator<Item = &External> {
        self.all.values().flat_map(|one| &one.named)
    }

    /// Who is on call there. Within 45 seconds it is not asked again, and while it cannot answer what it said last counts.
    ///
    /// # Errors
    /// Its trouble, where it never said anything.
    pub async fn on_call(&self, of: &External) -> Result<ProviderOnCall, Trouble> {
        let one = self.all.get(&of.at).ok_or_else(|| Trouble::Refused(format!("{} is not set up", of.at)))?;
        let Known { levels, said, stale } = one.on_call.now(&asked(of)?).await?;
        let levels = join_all(levels.into_iter().map(|level| self.level(of.at, level))).await;
        Ok(ProviderOnCall { levels, said, stale: stale.is_some() })
    }

    async fn level(&self, at: Provider, level: ExternalOnCall) -> ProviderLevel {
        let people = join_all(level.people.into_iter().map(|person| self.named_here(at, person))).await;
        ProviderLevel { level: level.level, people, until: level.until }
    }

    async fn named_here(&self, at: Provider, person: ExternalPerson) -> (String, Option<UserId>) {
        let who = self.who(at, &person).await;
        (person.name, who)
    }
}

impl One {
    fn new<T: Pager + OnCallProvider>(adapter: Arc<T>, named: Vec<External>, clock: &SharedClock) -> Self {
        let provider: Arc<dyn OnCallProvider> = Arc::<T>::clone(&adapter);
        let on_call = Cached::new(Arc::clone(&provider), Arc::clone(clock));
        Self { pager: adapter, provider, on_call, named }
    }
}

/// What to ask for whom a page would ask.
///
/// # Errors
/// Where the provider cannot say that.
pub fn asked(of: &External) -> Result<ExternalTarget, Trouble> {
    let id = of.id.clone();
    match (of.at, of.id.split_once(':')) {
        (Provider::PagerDuty, _) => Ok(ExternalTarget::Service(id)),
        (Provider::Opsgenie, Some(("schedule", id))) => Ok(ExternalTarget::Schedule(id.to_owned())),
        (Provider::Opsgenie, Some(("escalation", id))) => Ok(ExternalTarget::Policy(id.to_owned())),
        (Provider::Opsgenie, Some(("user", _))) => Err(Trouble::Refused("a user there, whoever is on call".into())),
        (Provider::Opsgenie, Some(_) | None) => Err(Trouble::Refused("whom a team asks depends on the alert".into())),
    }
}
