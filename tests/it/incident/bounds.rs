//! An incident's state stays small, whatever people page, keep and merge.

use jiff::{Timestamp, civil::time};
use watchroom::{
    config::Settings,
    ids::{IncidentId, UserId},
    incident::{
        Actor, Command, Context, Declaration, EVENT_VERSION, Event, Incident, Rejection, Turns, What, apply, decide,
    },
    paging::{
        AT_ONCE, Attempt, Condition, Hours, Outcome, PageId, Policy, Step, Target, WAITING,
        reach::Way,
        schedule::{Day, WeeklyWindow, Zone},
    },
    playbook::{Playbook, Severity},
};

struct Story {
    playbook: Playbook,
    settings: Settings,
    state: Option<Incident>,
}

impl Story {
    fn new() -> Self {
        let mut story = Self { playbook: Playbook::builtin(), settings: Settings::default(), state: None };
        let title = "\"😀\"".repeat(66);
        let declaration = Declaration { id: Some(IncidentId::inc(1)), title, ..Declaration::default() };
        story.ask(&Command::Declare(declaration)).expect("declared");
        story
    }

    fn ask(&mut self, command: &Command) -> Result<(), Rejection> {
        let by = Actor::Person("U0123456789".into());
        let now = Timestamp::from_second(1_790_000_000).expect("a time");
        let cx = Context { by: &by, now, playbook: &self.playbook, settings: &self.settings, turns: &Turns::new() };
        for what in decide(self.state.as_ref(), command, &cx)? {
            self.happen(what);
        }
        Ok(())
    }

    fn happen(&mut self, what: What) {
        let by = Actor::Person("U0123456789".into());
        let at = Timestamp::from_second(1_790_000_000).expect("a time");
        self.state = apply(self.state.take(), &Event { v: EVENT_VERSION, at, by, what });
        let state = self.state.as_ref().expect("declared");
        let bytes = serde_json::to_vec(state).expect("serialises").len();
        // Eighty people who are asked at once, each with every way there is, take 6 KiB of it; when eight pages are urgent, 4.
        assert!(bytes < 44 * 1024, "{bytes} bytes");
    }

    fn it(&self) -> &Incident {
        self.state.as_ref().expect("declared")
    }
}

fn person(n: usize) -> Target {
    Target::Person(UserId(format!("U{n:010}")))
}

/// Every severity, every day.
fn urgent() -> Condition {
    let days = vec![Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri, Day::Sat, Day::Sun];
    let window = WeeklyWindow { days, from: time(7, 0, 0, 0), until: time(6, 59, 0, 0) };
    let zone = Zone::named("America/Argentina/ComodRivadavia").expect("a zone");
    Condition { severities: (1..=5).map(Severity).collect(), between: Some(Hours { zone, window }) }
}

/// Ten steps, forty targets: the longest policy that the settings take.
fn longest(n: usize) -> Policy {
    let step = |s: usize| Step {
        targets: (0..3).map(|t| person(n * 1000 + s * 10 + t)).collect(),
        wait_min: 5,
        repeat_min: 2,
        ..Step::default()
    };
    let mut steps: Vec<Step> = (0..9).map(step).collect();
    steps.insert(
        0,
        Step {
            targets: vec![Target::Group(format!("S{n:010}").as_str().into())],
            wait_min: 5,
            repeat_min: 2,
            ..Step::default()
        },
    );
    Policy {
        name: "n".repeat(75),
        steps,
        repeat: 100,
        fallback: (0..10).map(|t| person(n * 1000 + 500 + t)).collect(),
        urgent: Some(vec![urgent(); 3]),
        ..Policy::default()
    }
}

/// Everyone in a huge group is found, asked, and asked again in vain.
fn ask_everyone(story: &mut Story, page: PageId) {
    let waiting = story.it().page(page).expect("it waits").clone();
    let crowd: Vec<UserId> = (0..5000).map(|n| UserId(format!("W{n:010}"))).collect();
    let target = waiting.pending[0].clone();
    story
        .ask(&Command::FoundTargets {
            page,
            version: waiting.version,
            target,
            people: crowd,
            others: vec![],
            strangers: vec![],
            failed: None,
        })
        .expect("found");
    let asked = story.it().page(page).expect("it waits").pending.clone();
    assert_eq!(asked.len(), AT_ONCE, "so many and no more");
    for to in &asked {
        let Target::Person(who) = to else { continue };
        let ways = Way::ALL.map(|way| (way, 5)).to_vec();
        story.ask(&Command::FoundWays { page, asked: (0, 0, 1), who: who.clone(), ways }).expect("found");
    }
    for outcome in [
        Outcome::Sent { channel: "D0123456789".into(), ts: "1795316400.000100".into() },
        Outcome::Failed { why: "Slack cannot be reached: ".repeat(100) },
    ] {
        for to in &asked {
            let attempt = Attempt { round: 0, step: 0, times: 1, to: to.clone(), way: None, outcome: outcome.clone() };
            story.ask(&Command::RecordAttempt { page, attempt }).expect("recorded");
        }
    }
}

#[test]
fn the_state_stays_small_whatever_is_paged_kept_and_merged() {
    let mut story = Story::new();
    for n in 0..100 {
        let url = format!("https://{n}.example/{}", "x".repeat(1900));
        story.ask(&Command::AddLink { url }).expect("kept");
        story.happen(What::MergedFrom { from: IncidentId::inc(1000 + n) });
    }
    story.ask(&Command::Rename { title: "😀".repeat(200) }).expect("renamed");
    let roles: Vec<_> = story.playbook.roles.iter().filter(|r| r.is_for(&"ops".into())).map(|r| r.id.clone()).collect();
    for role in roles {
        let to = UserId::from("U9876543210");
        story.ask(&Command::OfferRole { role: Some(role), to }).expect("offered");
    }
    for n in 1..=WAITING {
        story.ask(&Command::StartPage { policy: longest(n) }).expect("started");
        ask_everyone(&mut story, PageId(u32::try_from(n).expect("small")));
    }
    let one_more = story.ask(&Command::StartPage { policy: longest(99) });
    assert_eq!(one_more, Err(Rejection::PagesWait { limit: WAITING }));
    for _ in 0..50 {
        story.ask(&Command::Acknowledge { page: None, way: None }).expect("acknowledged");
        let next = story.it().page_count + 1;
        story.ask(&Command::StartPage { policy: longest(200) }).expect("started");
        ask_everyone(&mut story, PageId(next));
    }
    assert_eq!(story.it().page_count, 58);
}

#[test]
fn a_page_that_is_over_forgets_whom_it_asked_but_not_how_far_it_came() {
    let mut story = Story::new();
    story.ask(&Command::StartPage { policy: longest(1) }).expect("started");
    ask_everyone(&mut story, PageId(1));
    story.ask(&Command::Cancel { why: None }).expect("cancelled");
    let page = story.it().page(PageId(1)).expect("kept");
    assert!(page.attempts.is_empty() && page.pending.is_empty() && page.policy.fallback.is_empty());
    assert!(page.policy.step(9).is_some() && page.policy.step(10).is_none(), "what the fallback was is still known");
}

/// The records of a case as full as they get, with one more refused, leave room for everything else.
#[test]
fn the_records_of_a_case_stay_small() {
    use watchroom::incident::case::{Ask, Certainty, Engaging, Fact, Motive, Piece};
    let mut story = Story::new();
    let fill =
        |story: &mut Story, ask: &dyn Fn(usize) -> Ask| (0..1000).find_map(|n| story.ask(&Command::Case(ask(n))).err());
    let name = |n: usize| Ask::NameCustomer {
        name: format!("{n} {}", "😀".repeat(70)),
        security: Some("s".repeat(200)),
        technical: None,
        known: std::collections::BTreeMap::new(),
    };
    assert!(matches!(fill(&mut story, &name), Some(Rejection::TooMany { limit: 60, .. })));
    for customer in 1..=60 {
        story.ask(&Command::Case(Ask::ConfirmImpact { customer, impact: None })).expect("confirmed");
        story.happen(What::Case(Fact::NoticeOverdue { customer }));
    }
    let keep = |_| Ask::KeepEvidence(Piece { what: "x".repeat(2000), ..Piece::default() });
    assert!(matches!(fill(&mut story, &keep), Some(Rejection::TooMany { limit: 40, .. })));
    let observe = |_| Ask::Observe { certainty: Certainty::Suspected, text: "x".repeat(2000) };
    assert!(matches!(fill(&mut story, &observe), Some(Rejection::TooMany { limit: 40, .. })));
    let now = Timestamp::from_second(1_790_000_000).expect("a time");
    let engage = |n| {
        let (scope, until) = ("x".repeat(500), now + jiff::SignedDuration::from_hours(1));
        Ask::Engage(Engaging { who: UserId(format!("U{n:010}")), reason: Motive::Skill, scope, nda: true, until })
    };
    assert!(matches!(fill(&mut story, &engage), Some(Rejection::TooMany { limit: 20, .. })));
    for n in 0..500 {
        story.happen(What::Case(Fact::ReportAttached { report: u64::MAX - n, reported_at: now, due: Some(now) }));
    }
    let bytes = serde_json::to_vec(&story.it().case).expect("serialises").len();
    assert!(bytes < 20 * 1024, "{bytes} bytes");
    assert_eq!(story.it().case.reports, 500);
}
