//! Everything about who does what, told by every rendering.

use watchroom::{
    ids::UserId,
    incident::{
        Incident, Text, What,
        duty::{Clash, Fact, No, NotHere, Owed, Rung, Several},
    },
    playbook::{Contact, DutyCheck, Playbook, RoleId},
    render::{
        self, Due, View,
        forms::{because_form, give_task_form, later_form, tick_form},
    },
};

use super::{
    every::{at, kind, life, settings},
    recorder::message,
    words,
};

fn role() -> RoleId {
    "communications".into()
}

fn people(names: &[&str]) -> Vec<UserId> {
    names.iter().map(|name| UserId::from(*name)).collect()
}

fn databases() -> Several {
    Several::Group("S0DB".into())
}

/// Every fact there is, with these words wherever people, or neighbours, have a say.
pub fn facts(said: &str) -> Vec<What> {
    let owed = |duty: &str, due, every_min, check| Owed { duty: duty.into(), due, every_min, check };
    let asked = |rung, names: &[&str], silent: &[&str]| Fact::Asked {
        role: role(),
        rung,
        people: people(names),
        groups: vec![databases()],
        silent: people(silent),
        tick_at: Some(at(30)),
    };
    let offered = |to: &str, offer, rung| What::RoleOffered { role: role(), to: to.into(), from: None, offer, rung };
    let mut all = vec![
        What::Duty(Fact::Required { roles: vec!["customer_comms".into(), "no-such-role".into()] }),
        What::Duty(asked(Rung::Main, &["U0BOB"], &[])),
        offered("U0BOB", 11, Some(Rung::Main)),
        What::Duty(Fact::GroupFound { role: role(), group: databases(), people: people(&["U0DAVE"]), failed: None }),
        What::Duty(Fact::GroupFound { role: role(), group: databases(), people: vec![], failed: None }),
        What::Duty(Fact::GroupFound {
            role: role(),
            group: databases(),
            people: vec![],
            failed: Some("no_such_subteam".to_owned()),
        }),
        What::Duty(asked(Rung::Backup, &["U0CAROL"], &["U0BOB"])),
        offered("U0CAROL", 12, Some(Rung::Backup)),
        What::Duty(asked(Rung::Group, &[], &["U0CAROL"])),
        What::Duty(asked(Rung::Sponsor, &["U0ERIN"], &["U0CAROL"])),
        offered("U0ERIN", 13, Some(Rung::Sponsor)),
        What::OfferDeclined { role: role(), to: "U0CAROL".into(), offer: 12, ladder: true },
        What::Duty(Fact::Unreached { role: role(), to: "U0ERIN".into(), offer: 13, why: said.into() }),
        What::Duty(Fact::Given { role: role(), to: "U0BOB".into(), rung: Rung::Given, tick_at: Some(at(35)) }),
        What::Duty(Fact::Withdrawn { role: role(), people: people(&["U0BOB", "U0CAROL"]) }),
        What::Duty(Fact::Withdrawn { role: role(), people: vec![] }),
        What::Duty(Fact::WaitsUntil { role: role(), at: at(40) }),
        What::Duty(Fact::Aloud { role: role(), silent: people(&["U0BOB", "U0CAROL"]) }),
        What::Duty(Fact::Aloud { role: "no-such-role".into(), silent: vec![] }),
        What::Duty(Fact::Clashing {
            held: vec![Clash { who: "U0BOB".into(), roles: vec!["commander".into(), "no-such-role".into()] }],
        }),
    ];
    let contacts = [
        Contact::User("U0BOB".into()),
        Contact::Group("S0DB".into()),
        Contact::OnCall(said.into()),
        Contact::External("press_office".into()),
        Contact::External(said.into()),
    ];
    all.extend(contacts.map(|contact| What::Duty(Fact::CannotAsk { role: role(), contact })));
    let duties = vec![
        owed("severity", Some(at(5)), 0, Some(DutyCheck::SeverityReviewed)),
        owed("track", None, 15, Some(DutyCheck::TimelineEntry)),
        owed("gone", None, 0, None),
    ];
    let (commander, alice) = (RoleId::from("commander"), UserId::from("U0CAROL"));
    let taken = Fact::DutiesTaken { role: commander, owner: alice, from: None, duties };
    all.extend([taken].into_iter().chain(work(said)).map(What::Duty));
    all
}

/// What is to be done, and what becomes of it.
fn work(said: &str) -> Vec<Fact> {
    let text = || Text::new(said);
    let (commander, alice) = (RoleId::from("commander"), UserId::from("U0CAROL"));
    vec![
        Fact::ItemReminded { role: commander.clone(), owner: alice.clone(), duty: "severity".into(), version: 1 },
        Fact::ItemDone { role: commander.clone(), owner: alice.clone(), duty: "gone".into(), why: None },
        Fact::ItemDone { role: commander, owner: alice, duty: "severity".into(), why: Some(text()) },
        Fact::TaskAdded { task: 1, text: text(), owner: "U0BOB".into(), due: at(40), phase: None },
        Fact::TaskAdded {
            task: 2,
            text: text(),
            owner: "U0CAROL".into(),
            due: at(50),
            phase: Some("containment".into()),
        },
        Fact::TaskGiven { task: 1, from: "U0BOB".into(), to: "U0DAVE".into() },
        Fact::TaskPostponed { task: 1, due: at(60) },
        Fact::TaskReminded { task: 1, version: 3, whom: "U0DAVE".into(), late: false },
        Fact::TaskReminded { task: 1, version: 4, whom: "U0CAROL".into(), late: true },
        Fact::TaskDone { task: 1 },
        Fact::TasksDropped { tasks: vec![2], phase: "containment".into() },
    ]
}

/// The words of the open tasks.
pub fn words_of(it: &Incident, said: &str) -> render::TaskWords {
    it.duty.tasks.iter().map(|t| (t.seq, Text::new(said))).collect()
}

pub fn refusals() -> Vec<No> {
    let could: Vec<RoleId> = Playbook::builtin().roles.iter().map(|r| r.id.clone()).collect();
    let why = [NotHere::DrillsOnly, NotHere::OtherKind, NotHere::Outside];
    let mut all: Vec<No> = why.map(|why| No::NotHere { role: "red_team".into(), why, could: could.clone() }).into();
    all.extend([
        No::NeedsReason { role: "operations".into(), to: "U0BOB".into(), with: vec!["commander".into()] },
        No::WhoseRole { role: "scribe".into(), holders: people(&["U0BOB", "U0CAROL"]) },
        No::NoSuchDuty,
        No::TickNeedsReason { role: "commander".into(), duty: "severity".into() },
        No::NoSuchTask(7),
        No::TaskPast,
        No::TaskNeedsTime,
        No::NotInside("U0BOB".into()),
    ]);
    all
}

/// Every form of this area.
pub fn forms(w: View<'_>, it: &Incident, save: &mut dyn FnMut(&str, &serde_json::Value)) {
    save("because", &because_form(w, it, &"operations".into(), &"U0BOB".into(), &["commander".into()]));
    save("tick", &tick_form(w, it, &"commander".into(), &"severity".into(), "U0BOB"));
    save("give-task", &give_task_form(it, 3));
    save("later", &later_form(it, 3));
}

#[test]
fn who_does_what_fits() {
    let mut playbook = Playbook::builtin();
    let settings = settings();
    for (words, said) in words() {
        let contact = watchroom::playbook::OutsideContact {
            id: "press_office".into(),
            name: said.clone(),
            organisation: said.clone(),
            email: "press@agency.example".into(),
            phone: "+49 30 1234567".into(),
            user: Some("U0DAVE".into()),
        };
        playbook.contacts = vec![contact];
        let w = View { playbook: &playbook, settings: &settings, now: at(90) };
        for moment in life(&said).into_iter().filter(|m| kind(&m.event) == "duty") {
            let name = format!("{words}-duty-{:02}", moment.seq);
            let (it, texts) = (&moment.after, words_of(&moment.after, &said));
            message(&format!("{name}-line"), &render::line(w, it, moment.seq, &moment.event));
            message(&format!("{name}-roles"), &render::roles(w, it));
            message(&format!("{name}-tasks"), &render::tasks(it, &texts));
            for to in ["U0CAROL", "U0DAVE"] {
                message(&format!("{name}-checklist-{to}"), &render::checklist(w, it, &to.into()));
                message(&format!("{name}-task-{to}"), &render::task(it, 1, &to.into(), &Text::new(said.clone())));
            }
            let owed = watchroom::incident::upcoming(it, &playbook);
            let beside: Vec<_> = owed.iter().map(|u| (it, &u.of)).collect();
            let mut due = Due { beside, ..Due::default() };
            due.words.insert(it.id, texts);
            for to in ["U0CAROL", "U0DAVE"] {
                if let Some(said) = render::reminder(w, &to.into(), &due) {
                    message(&format!("{name}-reminder-{to}"), &said);
                }
            }
        }
    }
}

/// A list as long as the state allows keeps Slack's limits, and its last line is counted.
#[test]
fn the_longest_lists_fit() {
    let (playbook, settings) = (Playbook::builtin(), settings());
    let w = View { playbook: &playbook, settings: &settings, now: at(90) };
    for (words, said) in words() {
        let mut it = life(&said)[0].after.clone();
        let mut push = |what| {
            let event = watchroom::incident::Event {
                v: watchroom::incident::EVENT_VERSION,
                at: at(1),
                by: watchroom::incident::Actor::Bot,
                what,
            };
            it = watchroom::incident::apply(Some(it.clone()), &event).expect("an incident");
        };
        for task in 1..=40 {
            push(What::Duty(Fact::TaskAdded {
                task,
                text: Text::new(said.clone()),
                owner: "U0BOB".into(),
                due: at(40),
                phase: None,
            }));
        }
        for n in 0..8 {
            let duties = (0..10).map(|d| Owed {
                duty: format!("duty{d}").as_str().into(),
                due: Some(at(5)),
                every_min: 0,
                check: (d % 2 == 0).then_some(DutyCheck::Decision),
            });
            let duties = duties.collect();
            let owner = format!("U0PERSON{n}").as_str().into();
            push(What::Duty(Fact::DutiesTaken { role: format!("role{n}").as_str().into(), owner, from: None, duties }));
        }
        let tasks = render::tasks(&it, &words_of(&it, &said));
        assert!(tasks.text.contains("Task 1"), "{}", tasks.text);
        message(&format!("{words}-tasks-longest"), &tasks);
        message(&format!("{words}-checklist-longest"), &render::checklist(w, &it, &"U0PERSON1".into()));
        message(&format!("{words}-roles-longest"), &render::roles(w, &it));
    }
}

/// Every fact is told above: one that is added and not told fails this test.
#[test]
fn no_fact_is_left_out() {
    let source = include_str!("../../../src/incident/duty/fact.rs");
    let body = source.split("pub enum Fact {").nth(1).and_then(|rest| rest.split("\n}").next()).expect("the facts");
    let variants = body.lines().filter(|l| l.starts_with("    ") && !l.starts_with("     ")).map(str::trim);
    let variants = variants.filter(|l| l.starts_with(|c: char| c.is_ascii_uppercase()));
    let names: Vec<&str> = variants.map(|l| l.split([' ', '{']).next().unwrap_or_default()).collect();
    assert!(names.len() > 10, "the facts moved; mend this test: {names:?}");
    let facts = facts("x");
    let told = facts.iter().filter_map(|w| Some(serde_json::json!(w)["fact"].as_str()?.replace('_', "")));
    let told: Vec<String> = told.collect();
    let missing: Vec<&&str> = names.iter().filter(|n| !told.contains(&n.to_lowercase())).collect();
    assert!(missing.is_empty(), "not told by any snapshot: {missing:?}");
}
