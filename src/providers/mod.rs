//! 7  Other providers that page, as the settings have them: what they do, who is on call there, and who those people are here.

mod people;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures_util::future::join_all;
use jiff::Timestamp;

use crate::{
    adapters::{
        http::Http,
        oncall::{Cached, GrafanaOnCall, Known, Opsgenie, PagerDuty, WebhookPagers},
    },
    clock::SharedClock,
    config::{Aliases, Config},
    ids::UserId,
    paging::external::{External, Provider},
    ports::{Chat, ExternalNext, ExternalOnCall, ExternalPerson, ExternalTarget, OnCallProvider, Pager, Trouble},
    render::oncall::{ProviderLevel, ProviderNext, ProviderOnCall, provider_on_call},
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
        if let Some(settings) = &config.grafana_oncall {
            let external = |id: String| External { at: Provider::GrafanaOnCall, id };
            let schedules = settings.schedules.iter().map(|id| format!("schedule:{id}"));
            let named = settings.integrations.keys().cloned().chain(schedules).map(external).collect();
            let adapter = Arc::new(GrafanaOnCall::new(http.clone(), settings.clone()));
            all.insert(Provider::GrafanaOnCall, One::new(adapter, named, &clock));
        }
        if !config.pagers.is_empty() {
            let says = config.pagers.iter().filter(|pager| pager.on_call_url.is_some());
            let named = says.map(|pager| External { at: Provider::Pager, id: pager.name.clone() }).collect();
            let adapter = Arc::new(WebhookPagers::new(&config.pagers, Arc::clone(&clock)));
            all.insert(Provider::Pager, One::new(adapter, named, &clock));
        }
        let people = People::new(config.people.clone(), chat);
        Self { all, people, clock }
    }

    /// From now on the settings say this of who people are.
    pub fn write_down(&self, aliases: Aliases) {
        self.people.write_down(aliases);
    }

    /// What pages there, where it is set up.
    #[must_use]
    pub fn pager(&self, at: Provider) -> Option<Arc<dyn Pager>> {
        self.all.get(&at).map(|one| Arc::clone(&one.pager))
    }

    /// Who somebody of theirs, whom a webhook or an alert names, is in Slack, where that is known: by the id that the provider knows, by
    /// what the settings say, else by their e-mail address there.
    pub async fn who(&self, at: Provider, person: &ExternalPerson) -> Option<UserId> {
        let whole = match at {
            // What it sends has addresses, and its people have ids of Slack.
            Provider::GrafanaOnCall => person.slack.is_some(),
            Provider::Pager => true,
            Provider::PagerDuty | Provider::Opsgenie => {
                person.email.is_some() || self.people.written_down(person).is_some()
            }
        };
        let known = if whole { None } else { self.look_up(at, &person.id).await };
        self.matched(known.as_ref().unwrap_or(person)).await
    }

    /// Somebody as the provider knows them, where it says so now.
    async fn look_up(&self, at: Provider, id: &str) -> Option<ExternalPerson> {
        let known = self.all.get(&at)?.provider.person(id).await;
        known.inspect_err(|trouble| tracing::warn!(%trouble, "{at} does not say who somebody is")).ok()
    }

    async fn matched(&self, person: &ExternalPerson) -> Option<UserId> {
        match person.slack.clone().or_else(|| self.people.written_down(person)) {
            Some(who) => Some(who),
            None => self.people.of_email(person, self.clock.now()).await,
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
        let levels = join_all(levels.into_iter().map(|level| self.level(level))).await;
        Ok(ProviderOnCall { levels, said, stale: stale.is_some() })
    }

    /// Who comes next there, by level.
    ///
    /// # Errors
    /// Its trouble, where it does not say so now.
    async fn next(&self, of: &External) -> Result<Vec<ProviderNext>, Trouble> {
        let one = self.all.get(&of.at).ok_or_else(|| Trouble::Refused(format!("{} is not set up", of.at)))?;
        let next = one.on_call.next(&asked(of)?).await?;
        Ok(join_all(next.into_iter().map(|ExternalNext { level, people, from }| async move {
            let people = join_all(people.into_iter().map(|person| self.named_here(person))).await;
            ProviderNext { level, people, from }
        }))
        .await)
    }

    /// Who is on call and who comes next, in a line, where it says so in time. Both are asked at once: the one does not wait for the other.
    pub async fn line(&self, of: &External, now: Timestamp, patience: Duration) -> String {
        let known = in_time(patience, self.on_call(of));
        let (known, next) = tokio::join!(known, in_time(patience, self.next(of)));
        provider_on_call(of, &known, &next, now)
    }

    /// A line for each of the first that the settings name, `most` of them; all of those are asked at once.
    pub async fn lines(&self, most: usize, now: Timestamp, patience: Duration) -> Vec<String> {
        join_all(self.named().take(most).map(|of| self.line(of, now, patience))).await
    }

    async fn level(&self, level: ExternalOnCall) -> ProviderLevel {
        let ExternalOnCall { level, people, unknown, since, until } = level;
        let people = join_all(people.into_iter().map(|person| self.named_here(person))).await;
        ProviderLevel { level, people, unknown, since, until }
    }

    async fn named_here(&self, person: ExternalPerson) -> (String, Option<UserId>) {
        let who = self.matched(&person).await;
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

async fn in_time<T>(patience: Duration, asked: impl Future<Output = Result<T, Trouble>>) -> Result<T, String> {
    let answer = tokio::time::timeout(patience, asked).await;
    answer.map_err(|_| "no answer in time".to_owned()).and_then(|known| known.map_err(|e| e.to_string()))
}

/// What to ask for whom a page would ask.
///
/// # Errors
/// Where the provider cannot say that.
pub fn asked(of: &External) -> Result<ExternalTarget, Trouble> {
    let id = of.id.clone();
    match (of.at, of.id.split_once(':')) {
        (Provider::Opsgenie | Provider::GrafanaOnCall, Some(("schedule", id))) => {
            Ok(ExternalTarget::Schedule(id.to_owned()))
        }
        (Provider::Opsgenie, Some(("escalation", id))) => Ok(ExternalTarget::Policy(id.to_owned())),
        (Provider::Opsgenie, Some(("user", _))) => Err(Trouble::Refused("a user there, whoever is on call".into())),
        (Provider::PagerDuty | Provider::GrafanaOnCall | Provider::Pager, _) => Ok(ExternalTarget::Service(id)),
        (Provider::Opsgenie, Some(_) | None) => Err(Trouble::Refused("whom a team asks depends on the alert".into())),
    }
}
