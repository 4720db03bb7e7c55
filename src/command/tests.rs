use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::{
    config::Settings,
    ids::{ChannelId, IncidentId, UserId},
    incident::{Command, EntryKind, When},
    paging::{Policy, Target},
    playbook::{Playbook, RoleId, Severity},
};

struct World {
    me: UserId,
    channel: ChannelId,
    playbook: Playbook,
    settings: Settings,
}

impl World {
    fn new() -> Self {
        let policy = Policy::of("Checkout".into(), vec![Target::Person("U9".into())], 5, 2, Vec::new());
        let settings = Settings {
            policies: vec![policy],
            fallback: vec![Target::Person("U8".into())],
            page_wait_min: 5,
            ..Settings::default()
        };
        Self { me: "U0".into(), channel: "C0".into(), playbook: Playbook::builtin(), settings }
    }

    fn cx(&self, here: Option<IncidentId>) -> ParseCx<'_> {
        let now: Timestamp = "2026-11-22T03:00:00Z".parse().unwrap();
        let (playbook, settings) = (&self.playbook, &self.settings);
        ParseCx {
            me: &self.me,
            channel: Some(&self.channel),
            here,
            codename: None,
            playbook,
            kind: here.map(|_| &playbook.kinds[0]),
            settings,
            now,
            zone: "Europe/Berlin",
        }
    }

    fn in_room(&self, input: &str) -> Parsed {
        parse(input, &self.cx(Some(IncidentId::inc(1)))).means
    }

    fn elsewhere(&self, input: &str) -> Parsed {
        parse(input, &self.cx(None)).means
    }

    fn command(&self, input: &str) -> Command {
        match self.in_room(input) {
            Parsed::Do { command, incident } if incident == IncidentId::inc(1) => command,
            other => panic!("{input}: {other:?}"),
        }
    }
}

fn form(title: &str) -> Parsed {
    Parsed::DeclareForm { title: title.into(), severity: None, secret: false }
}

#[test]
fn alone_it_is_the_card_or_the_form() {
    let w = World::new();
    assert_eq!(w.in_room("  "), Parsed::Card(IncidentId::inc(1)));
    assert_eq!(w.elsewhere(""), form(""));
    assert_eq!(w.elsewhere("checkout is down"), form("checkout is down"));
    assert_eq!(w.in_room("checkout &amp; cart are down"), form("checkout & cart are down"));
    assert_eq!(w.elsewhere("-- status page is down"), form("status page is down"));
    assert_eq!(w.elsewhere("customers cannot log in"), form("customers cannot log in"));
}

#[test]
fn declares_at_once_with_a_title() {
    let w = World::new();
    for (input, title, severity) in [
        ("declare sev1 checkout is down", "checkout is down", Some(1)),
        ("DECLARE SEV 2 checkout is down", "checkout is down", Some(2)),
        ("declare checkout is down", "checkout is down", None),
        ("declare 3 servers are down", "3 servers are down", None),
        ("open sev3 the gates fail", "the gates fail", Some(3)),
        ("new sev-2: cards fail", "cards fail", Some(2)),
        ("declare for payments cards fail", "for payments cards fail", None),
        ("declare open the gates fail", "open the gates fail", None),
        ("declare <@U1|alice> sees 500", "@alice sees 500", None),
    ] {
        let Parsed::Declare(d) = w.elsewhere(input) else { panic!("{input}") };
        assert_eq!((d.title.as_str(), d.severity.map(|s| s.0)), (title, severity), "{input}");
        assert_eq!(d.declared_in, Some("C0".into()));
    }
    assert_eq!(
        w.in_room("declare sev1"),
        Parsed::DeclareForm { title: String::new(), severity: Some(Severity(1)), secret: false }
    );
    assert_eq!(
        w.elsewhere("sev1 checkout is down"),
        Parsed::DeclareForm { title: "checkout is down".into(), severity: Some(Severity(1)), secret: false }
    );
}

#[test]
fn security_never_becomes_public() {
    let w = World::new();
    for input in [
        "declare security: keys leaked",
        "security: keys leaked",
        "declare sev1 Security: x",
        "sev1 security: x",
        "new security : x",
        "SECURITY:keys",
    ] {
        let is_secret =
            |means: &Parsed| matches!(means, Parsed::Declare(d) if d.secret && !d.title.contains("ecurity"));
        assert!(is_secret(&w.elsewhere(input)), "{input}: {:?}", w.elsewhere(input));
        let here = w.in_room(input);
        assert!(is_secret(&here) || matches!(here, Parsed::Ambiguous { .. }), "{input}: {here:?}");
    }
}

#[test]
fn text_that_reads_both_ways_changes_nothing() {
    let w = World::new();
    for input in [
        "status page is down",
        "open the gates fail",
        "close button is broken",
        "cancel button is broken",
        "page is down",
        "time is wrong",
        "lead times are wrong",
        "merge queue stuck",
        "list endpoint fails",
        "search is down",
        "resolve of names fails",
        "link checker broken",
        "help desk is down",
        "timeline service down",
        "role service is down",
        "sev1 checkout is down",
    ] {
        let Parsed::Ambiguous { readings, .. } = w.in_room(input) else { panic!("{input}: {:?}", w.in_room(input)) };
        assert!(readings.len() >= 2, "{input}");
        for reading in &readings {
            assert!(reading.label.chars().count() <= 75, "{reading:?}");
            let means = w.in_room(&reading.input);
            assert!(
                !matches!(means, Parsed::Ambiguous { .. } | Parsed::DidYouMean { .. } | Parsed::Problem(_)),
                "{input}: {reading:?} is {means:?}"
            );
        }
    }
}

#[test]
fn verbs_say_what_they_mean() {
    let w = World::new();
    let text = |c| match c {
        Command::AddEntry { entry, text, .. } => (entry, text),
        other => panic!("{other:?}"),
    };
    assert_eq!(text(w.command("note a &lt; b")), (EntryKind::Note, "a < b".into()));
    assert_eq!(text(w.command("log ingestion is down")), (EntryKind::Note, "ingestion is down".into()));
    assert_eq!(text(w.command("fix: two\nlines")), (EntryKind::Fix, "two\nlines".into()));
    assert_eq!(
        w.command("update all is slow next 30m"),
        Command::PostUpdate { text: "all is slow".into(), next_by: Some(When::In(30)), again: false }
    );
    assert_eq!(
        w.command("update -- all is slow"),
        Command::PostUpdate { text: "all is slow".into(), next_by: None, again: true }
    );
    assert_eq!(
        w.command("phase Monitoring: the fix is out"),
        Command::ChangePhase { to: "monitoring".into(), why: Some("the fix is out".into()) }
    );
    assert_eq!(w.command("lead"), Command::AssignRole { role: None, to: "U0".into(), why: None });
    assert_eq!(w.command("ic <@U1|alice>"), Command::AssignRole { role: None, to: "U1".into(), why: None });
    let comms = || Some(RoleId::from("communications"));
    assert_eq!(
        w.command("assign comms to <@U1|alice>"),
        Command::AssignRole { role: comms(), to: "U1".into(), why: None }
    );
    assert_eq!(
        w.command("role Communications lead"),
        Command::AssignRole { role: comms(), to: "U0".into(), why: None }
    );
    assert_eq!(w.command("handoff <@U1> comms"), Command::OfferRole { role: comms(), to: "U1".into() });
    assert_eq!(w.command("sev1"), Command::ChangeSeverity { to: Severity(1), why: None });
    for two in ["severity 2 bad", "sev sev2 bad", "SEV 2 bad", "sev SEV2: bad", "sev major bad", "sev sev 2 bad"] {
        assert_eq!(w.command(two), Command::ChangeSeverity { to: Severity(2), why: Some("bad".into()) }, "{two}");
    }
    assert_eq!(w.command("merge inc-2"), Command::MergeInto { into: IncidentId::inc(2) });
    assert_eq!(w.command("link <https://x.test|x>"), Command::AddLink { url: "https://x.test".into() });
    assert_eq!(w.command("redact #12 why"), Command::Redact { entry: 12, found: None, why: "why".into() });
    assert_eq!(w.command("cancel false alarm"), Command::Cancel { why: Some("false alarm".into()) });
    assert_eq!(w.command("reopen it is down"), Command::Reopen { why: Some("it is down".into()) });
    assert_eq!(w.command("fixed the broken index"), Command::Resolve { why: Some("the broken index".into()) });
    assert_eq!(w.command("cancel -- it is down"), Command::Cancel { why: Some("it is down".into()) });
    assert!(matches!(w.in_room("phase next"), Parsed::StepPhase { step: Step::Next, why: None, .. }));
    for (input, form) in [("update", FormKind::Update), ("status", FormKind::Phase), ("page", FormKind::Escalate)] {
        assert_eq!(w.in_room(input), Parsed::Form { incident: IncidentId::inc(1), form });
    }
}

#[test]
fn a_number_before_the_verb_means_that_incident() {
    let w = World::new();
    let seven = IncidentId::inc(7);
    assert_eq!(w.in_room("inc-7"), Parsed::Query(Query::Show(seven)));
    assert_eq!(
        w.elsewhere("INC-7 ack"),
        Parsed::Do { incident: seven, command: Command::Acknowledge { page: None, way: None } }
    );
    assert!(matches!(w.elsewhere("INC-7 frobnicate it all now"), Parsed::Problem(_)));
    let Parsed::Ambiguous { readings, .. } = w.elsewhere("INC-7 cancel button is broken") else { panic!() };
    assert_eq!(readings[0].input, "INC-7 cancel -- button is broken");
}

#[test]
fn pages_go_to_people_groups_channels_and_policies() {
    let w = World::new();
    let Command::StartPage { policy } = w.command("page <@U1|alice> <!subteam^S1|@db> <#C1|ops> <@U1>") else {
        panic!()
    };
    let targets = vec![Target::Person("U1".into()), Target::Group("S1".into()), Target::Channel("C1".into())];
    assert_eq!((&policy.steps[0].targets, &policy.fallback), (&targets, &vec![Target::Person("U8".into())]));
    let Command::StartPage { policy } = w.command("escalate checkout") else { panic!() };
    assert_eq!((policy.name.as_str(), policy.fallback.len()), ("Checkout", 1));
    // Nobody is called so, and somebody is asked all the same.
    let Command::StartPage { policy } = w.command("page nobody") else { panic!() };
    assert_eq!((policy.name.as_str(), policy.steps.len(), policy.fallback.len()), ("nobody", 0, 1));
    for input in ["page @alice", "lead @alice", "role scribe @bob", "handoff @x", "page <@U1> now please"] {
        assert!(matches!(w.in_room(input), Parsed::Problem(_)), "{input}: {:?}", w.in_room(input));
    }
}

#[test]
fn a_verb_without_an_incident_asks_for_one() {
    let w = World::new();
    assert!(matches!(w.elsewhere("ack"), Parsed::NeedsIncident { title: None, .. }));
    let Parsed::NeedsIncident { title: Some(title), input, .. } = w.elsewhere("log ingestion is down") else {
        panic!()
    };
    assert_eq!(w.elsewhere(&title.input), form("log ingestion is down"));
    assert!(matches!(w.elsewhere(&format!("INC-1 {input}")), Parsed::Do { .. }));
}

#[test]
fn slips_are_asked_about() {
    let w = World::new();
    for (input, meant) in [
        ("resolv", "resolve"),
        ("pgae <@U1|alice>", "page <@U1|alice>"),
        ("stauts next", "phase next"),
        ("lis ,", "list"),
    ] {
        let Parsed::DidYouMean { readings, .. } = w.in_room(input) else { panic!("{input}") };
        assert_eq!(readings[0].input, meant);
        assert_eq!(readings.len(), 2);
    }
}

#[test]
fn verbs_of_later_releases_say_so() {
    let w = World::new();
    for verb in GRAMMAR.iter().filter(|v| !v.is_now()) {
        for name in verb.names() {
            assert!(matches!(w.in_room(name), Parsed::Later { .. }), "{name}");
            assert!(!help().contains(&format!("`{name}")), "{name} is in the help");
            assert_eq!(help_on(name), None);
        }
    }
    assert!(matches!(w.in_room("test environment is down"), Parsed::Later { title: Some(_), .. }));
}

#[test]
fn the_table_holds_together() {
    let w = World::new();
    let mut names: Vec<&str> = GRAMMAR.iter().flat_map(Verb::names).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "a name stands for two verbs");
    for verb in GRAMMAR {
        assert!(!verb.examples.is_empty());
        for example in verb.examples {
            let said = parse(example, &w.cx(Some(IncidentId::inc(1))));
            assert_eq!(said.verb, Some(verb.name), "{example}");
            let is_read =
                !matches!(said.means, Parsed::Problem(_) | Parsed::Ambiguous { .. } | Parsed::DidYouMean { .. });
            assert!(is_read, "{example}: {:?}", said.means);
        }
        if verb.is_now() {
            assert!(help().contains(verb.summary), "{}", verb.name);
            assert!(help_on(verb.name).is_some_and(|h| h.contains(verb.summary)));
        }
    }
    assert!(help().len() < 12_000);
}

/// Words that texts for `/incident` are made of: verbs, references, times, nonsense.
fn word() -> impl Strategy<Value = String> {
    let verbs: Vec<String> = GRAMMAR.iter().flat_map(Verb::names).map(str::to_owned).collect();
    prop_oneof![
        prop::sample::select(verbs),
        prop::sample::select(vec![
            "INC-1",
            "--",
            "<@U1|a>",
            "<!subteam^S1>",
            "<#C1|x>",
            "<https://x>",
            "@x",
            "sev1",
            "next",
            "30m",
            "by",
            "15:00",
            "security:",
            "down",
            "<",
            ">",
            "&lt;",
            "12",
            "\n",
            "🔥",
            "é",
            "ago",
            "yesterday",
            "no next update"
        ])
        .prop_map(str::to_owned),
        "\\PC{0,8}",
    ]
}

proptest! {
    #[test]
    fn parsing_never_panics(input in "\\PC*", words in prop::collection::vec(word(), 0..8)) {
        let w = World::new();
        for input in [input, words.join(" ")] {
            w.in_room(&input);
            w.elsewhere(&input);
            assert!(plain(&input).len() <= input.len() + 64 * input.len());
        }
    }

    /// Whatever does not begin with a verb's name changes nothing.
    #[test]
    fn an_unknown_word_changes_nothing(first in "[a-z]{1,12}", words in prop::collection::vec(word(), 0..6)) {
        prop_assume!(verb(&first).is_none() && !first.starts_with("sev"));
        let input = format!("{first} {}", words.join(" "));
        for means in [World::new().in_room(&input), World::new().elsewhere(&input)] {
            let changes = matches!(means, Parsed::Do { .. } | Parsed::Declare(_) | Parsed::StepPhase { .. });
            prop_assert!(!changes, "{input}: {means:?}");
        }
    }
}
