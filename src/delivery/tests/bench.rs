//! The bot without its front door, on a clock that stands still.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;

use super::fake::FakeChat;
use crate::{
    adapters::{http::Http, reach::Ways},
    clock::MovableClock,
    config::{Config, Settings, WaysConfig},
    delivery::Delivery,
    engine::{Ask, Engine, Incidents},
    ids::IncidentId,
    incident::{Actor, Command, Declaration, Event, Incident, What},
    lifecycle::Tasks,
    paging::{Policy, Target},
    providers::Providers,
    store::{Store, memory::MemoryStore},
};

/// The lead of everything here.
pub const LEAD: &str = "U-lead";
/// Long enough for anything that does not hang.
const HANGS: Duration = Duration::from_secs(20);

pub struct Bench {
    pub clock: MovableClock,
    pub chat: Arc<FakeChat>,
    pub engine: Arc<Engine>,
    pub delivery: Arc<Delivery>,
    pub tasks: Tasks,
}

impl Bench {
    pub async fn new(settings: Settings) -> Self {
        let clock = MovableClock::still("2026-03-02T10:00:00Z".parse().unwrap());
        let incidents = Arc::new(Incidents::default());
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(incidents.clone()));
        let playbook = crate::config::PlaybookFile::builtin();
        let engine = Engine::new(store, incidents, Arc::new(clock.clone()), &playbook, Arc::new(settings)).await;
        let (engine, chat) = (Arc::new(engine.unwrap()), Arc::new(FakeChat::default()));
        let delivery = Self::delivery(&engine, &chat, &clock);
        Self { clock, chat, engine, delivery, tasks: Tasks::new() }
    }

    fn delivery(engine: &Arc<Engine>, chat: &Arc<FakeChat>, clock: &MovableClock) -> Arc<Delivery> {
        let reach = Arc::new(Ways::new(&Http::default(), &WaysConfig::default(), Arc::new(clock.clone())));
        let (none, clock) = (Config::defaults(), Arc::new(clock.clone()));
        let providers = Arc::new(Providers::new(&none, &Http::default(), chat.clone(), clock.clone()));
        Arc::new(Delivery::new(engine.clone(), chat.clone(), reach, providers, clock))
    }

    pub fn start(&self) {
        let (delivery, stopping) = (self.delivery.clone(), self.tasks.stopping());
        self.tasks.spawn("delivery", async move { delivery.run(stopping).await });
    }

    /// Another process takes over where this one was cut off, whatever it was doing.
    pub async fn crash(&mut self) {
        self.tasks.stop(Duration::ZERO).await;
        self.tasks = Tasks::new();
        self.delivery = Self::delivery(&self.engine, &self.chat, &self.clock);
    }

    /// Everything that can be done now is done.
    pub async fn settle(&self) {
        let settled = tokio::time::timeout(HANGS, self.delivery.settled()).await;
        assert!(settled.is_ok(), "never settles; calls so far: {:#?}", self.chat.calls());
        assert_eq!(self.tasks.broken(), None);
    }

    /// Waits until a call like this was made so many times.
    pub async fn until_called(&self, call: &str, times: usize) {
        let called = async {
            while self.chat.count(call) < times {
                tokio::task::yield_now().await;
            }
        };
        assert!(tokio::time::timeout(HANGS, called).await.is_ok(), "not called: {call}");
    }

    pub async fn advance(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
        self.settle().await;
    }

    pub async fn declare(&self, title: &str) -> IncidentId {
        self.declare_as(Declaration { title: title.into(), ..Declaration::default() }).await
    }

    pub async fn declare_as(&self, declaration: Declaration) -> IncidentId {
        let by = Actor::Person(LEAD.into());
        let ask = Ask { anyway: true, ..Ask::new(None, by, None, Command::Declare(declaration)) };
        self.engine.ask(ask).await.unwrap().incident.id
    }

    pub async fn ask(&self, id: IncidentId, command: Command) {
        let ask = Ask::new(None, Actor::Person(LEAD.into()), Some(id), command);
        self.engine.ask(ask).await.unwrap();
    }

    /// Pages these people one after the other, five minutes each.
    pub async fn page(&self, id: IncidentId, people: &[&str]) {
        let step = |user: &&str| crate::paging::Step {
            targets: vec![Target::Person((*user).into())],
            wait_min: 5,
            repeat_min: 0,
            ..crate::paging::Step::default()
        };
        let steps = people.iter().map(step).collect();
        let fallback = vec![Target::Channel("C0EVERYONE".into())];
        let policy = Policy { name: "test".into(), steps, fallback, ..Policy::default() };
        self.ask(id, Command::StartPage { policy }).await;
    }

    pub async fn incident(&self, id: IncidentId) -> Arc<Incident> {
        self.engine.incident(id).await.unwrap().unwrap()
    }

    pub async fn events(&self, id: IncidentId, like: impl Fn(&What) -> bool) -> Vec<Event> {
        let all = self.engine.history(id).await.unwrap();
        all.into_iter().map(|(_, e)| e).filter(|e| like(&e.what)).collect()
    }

    /// Everything that is still to be done.
    pub async fn left(&self) -> Vec<String> {
        let store = self.engine.store();
        let mut left = Vec::new();
        for lane in store.lanes().await.unwrap() {
            left.extend(store.lane(&lane, 100).await.unwrap().into_iter().map(|job| job.key));
        }
        left
    }
}
