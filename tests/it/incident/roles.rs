//! Roles change hands one at a time.

use jiff::Timestamp;
use watchroom::{
    config::Settings,
    ids::{IncidentId, Series, UserId},
    incident::{
        Actor, Command, Context, Declaration, EVENT_VERSION, Event, Incident, Rejection, Turns, What, apply, decide,
        follow,
    },
    playbook::{Playbook, RoleId, Severity},
};

struct Story {
    playbook: Playbook,
    settings: Settings,
    state: Option<Incident>,
}

impl Story {
    fn new() -> Self {
        let mut story = Self { playbook: Playbook::builtin(), settings: Settings::default(), state: None };
        let declaration = Declaration { id: Some(IncidentId::inc(1)), title: "x".into(), ..Declaration::default() };
        story.by("alice", &Command::Declare(declaration)).expect("declared");
        story
    }

    fn by(&mut self, who: &str, command: &Command) -> Result<(), Rejection> {
        let by = Actor::Person(who.into());
        let now = Timestamp::from_second(1_790_000_000).expect("a time");
        let cx = Context { by: &by, now, playbook: &self.playbook, settings: &self.settings, turns: &Turns::new() };
        for what in decide(self.state.as_ref(), command, &cx)? {
            self.state = apply(self.state.take(), &Event { v: EVENT_VERSION, at: now, by: by.clone(), what });
        }
        Ok(())
    }

    fn lead(&self) -> Option<&UserId> {
        self.state.as_ref().and_then(Incident::lead)
    }
}

fn commander() -> RoleId {
    RoleId::from("commander")
}

#[test]
fn a_hand_over_takes_two_steps() {
    let mut story = Story::new();
    story.by("alice", &Command::OfferRole { role: None, to: "bob".into() }).expect("offered");
    assert_eq!(story.lead(), Some(&"alice".into()), "the old holder stays responsible");
    let accept = Command::AcceptOffer { role: commander(), offer: 1 };
    assert_eq!(story.by("carol", &accept), Err(Rejection::OfferNotYours { to: "bob".into() }));
    story.by("bob", &accept).expect("accepted");
    assert_eq!(story.lead(), Some(&"bob".into()));
    let gone = Rejection::OfferGone { role: commander(), holder: Some("bob".into()) };
    assert_eq!(story.by("bob", &accept), Err(gone), "an offer is accepted once");
}

#[test]
fn a_new_offer_ends_the_old_one() {
    let mut story = Story::new();
    story.by("alice", &Command::OfferRole { role: None, to: "bob".into() }).expect("offered");
    story.by("alice", &Command::OfferRole { role: None, to: "carol".into() }).expect("offered");
    assert!(story.by("bob", &Command::AcceptOffer { role: commander(), offer: 1 }).is_err());
    story.by("carol", &Command::AcceptOffer { role: commander(), offer: 2 }).expect("accepted");
    assert_eq!(story.lead(), Some(&"carol".into()));
}

#[test]
fn claiming_a_role_that_someone_holds_names_the_holder() {
    let mut story = Story::new();
    let support = RoleId::from("support");
    story.by("bob", &Command::AssignRole { role: Some(support.clone()), to: "bob".into(), why: None }).expect("free");
    let taken = story.by("carol", &Command::AssignRole { role: Some(support.clone()), to: "carol".into(), why: None });
    assert_eq!(taken, Err(Rejection::RoleTakenBy { role: support, holder: "bob".into() }));
}

/// A severity that pages does so in an incident, and never in a drill.
#[test]
fn a_drill_pages_nobody_by_itself() {
    let mut playbook = Playbook::builtin();
    playbook.services =
        toml::from_str::<toml::Table>("[[s]]\nid = \"checkout\"\nlabel = \"C\"\nowner = \"user:U0BOB\"").expect("TOML")
            ["s"]
            .clone()
            .try_into()
            .expect("services");
    let (by, settings, turns) = (Actor::Person("alice".into()), Settings::default(), Turns::new());
    let now = Timestamp::from_second(1_790_000_000).expect("a time");
    let cx = Context { by: &by, now, playbook: &playbook, settings: &settings, turns: &turns };
    for (series, pages) in [(Series::Inc, true), (Series::Drill, false)] {
        let declaration = Declaration {
            id: Some(IncidentId { series, number: 1 }),
            title: "x".into(),
            severity: Some(Severity(1)),
            service: Some("checkout".into()),
            ..Declaration::default()
        };
        let what = decide(None, &Command::Declare(declaration), &cx).expect("declared").remove(0);
        let event = Event { v: EVENT_VERSION, at: now, by: by.clone(), what };
        let it = apply(None, &event).expect("declared");
        let brings = follow(&cx, None, &it, &event);
        assert_eq!(brings.iter().any(|what| matches!(what, What::PageStarted { .. })), pages, "{series:?}: {brings:?}");
    }
}
