//! Everything about the records of a case, told by every rendering.

use std::collections::BTreeMap;

use watchroom::{
    ids::IncidentId,
    incident::{
        Actor, EVENT_VERSION, Event, Incident, Text, What, apply,
        case::{Acknowledged, Certainty, Fact, Motive, No, Reach, Report, Source},
    },
    playbook::Playbook,
    render::{
        self, View,
        forms::{
            acknowledged_form, clear_form, confirm_form, contacts_form, customer_form, evidence_form, external_form,
            notice_form, observation_form, pass_form, plan_form,
        },
    },
};

use super::{
    every::{at, kind, life, settings},
    recorder::message,
    words,
};

/// Every fact there is, with these words wherever people have a say.
pub fn facts(said: &str) -> Vec<What> {
    let text = || Text::new(said);
    let named = |customer, security, technical| Fact::CustomerNamed { customer, name: text(), security, technical };
    let told = |customer, reach| Fact::CustomerTold {
        customer,
        reach,
        text: text(),
        actions: text(),
        how: text(),
        sent_at: at(1),
    };
    let engaged = |engagement, reason, nda| Fact::Engaged {
        engagement,
        who: "U0BOB".into(),
        reason,
        scope: text(),
        nda,
        until: at(100),
    };
    let kept = |item, sha256, place| Fact::EvidenceKept {
        item,
        what: text(),
        sha256,
        custodian: "U0BOB".into(),
        taken_at: at(1),
        place,
    };
    let all = [
        named(1, Some(text()), Some(text())),
        named(2, None, Some(text())),
        named(3, None, None),
        named(4, None, None),
        Fact::ContactsChanged { customer: 3, security: Some(text()), technical: None },
        Fact::PlanWritten { order: text(), teller: text(), text: text() },
        Fact::PlanApproved {},
        Fact::ImpactConfirmed { customer: 1, impact: Some(text()), due: at(40), task: None },
        Fact::ImpactConfirmed { customer: 2, impact: None, due: at(40), task: Some(1) },
        Fact::NoticeOverdue { customer: 1 },
        told(1, Reach::Security),
        told(2, Reach::Technical),
        Fact::NoticeAcknowledged { customer: 1, who: text() },
        Fact::CustomerCleared { customer: 4, why: text() },
        engaged(1, Motive::Capacity, true),
        engaged(2, Motive::Skill, false),
        engaged(3, Motive::Independent, true),
        Fact::EngagementEnded { engagement: 1, who: "U0BOB".into(), expired: true },
        Fact::EngagementEnded { engagement: 2, who: "U0BOB".into(), expired: false },
        kept(1, Some("0f".repeat(32)), Some(text())),
        kept(2, None, None),
        Fact::CustodyPassed { item: 1, from: "U0BOB".into(), to: "U0CAROL".into(), place: Some(text()) },
        Fact::CustodyPassed { item: 2, from: "U0BOB".into(), to: "U0CAROL".into(), place: None },
        Fact::Observed { observation: 1, certainty: Certainty::Suspected, text: text() },
        Fact::Observed { observation: 2, certainty: Certainty::Confirmed, text: text() },
        Fact::ObservationConfirmed { observation: 1, how: Some(text()) },
        Fact::ReportAttached { report: 12, reported_at: at(1), due: Some(at(31)) },
        Fact::ReportDetached { report: 12, first: None },
        Fact::ReportAttached { report: u64::MAX, reported_at: at(2), due: None },
        Fact::ReportOverdue { report: 12 },
        Fact::ReportAcknowledged { report: 12 },
        Fact::Carried {
            entry: 7,
            at: at(1),
            by: Actor::Person("U0BOB".into()),
            record: Box::new(Fact::Observed { observation: 3, certainty: Certainty::Suspected, text: text() }),
        },
    ];
    all.into_iter().map(What::Case).collect()
}

pub fn refusals() -> Vec<No> {
    vec![
        No::NoSuchCustomer(7),
        No::SameName { customer: 1 },
        No::NoPlan,
        No::PlanNotApproved { roles: vec!["coordinator".into(), "no-such-role".into()] },
        No::OwnPlan,
        No::NotApprover(vec!["coordinator".into()]),
        No::NotConfirmed(1),
        No::NoContact(1),
        No::WasTold(1),
        No::NotTold(1),
        No::SentLater,
        No::NotAHash,
        No::TakenLater,
        No::NoSuchEvidence(7),
        No::NoSuchObservation(7),
        No::NotInside("U0BOB".into()),
        No::NoSuchEngagement(7),
        No::NoEngagement("U0BOB".into()),
        No::EndsInThePast,
        No::NoSuchReport(u64::MAX),
        No::ReportElsewhere { report: 7, incident: IncidentId::inc(1) },
        No::ReportStays(7),
        No::ReportAcknowledged(7),
        No::ReportedLater,
    ]
}

/// What is known of every customer, whichever event has it.
fn known(said: &str) -> BTreeMap<u64, Fact> {
    let life = life(said).into_iter();
    let facts = life.filter_map(|m| match m.event.what {
        What::Case(fact) => Some((m.seq, fact)),
        _ => None,
    });
    facts.collect()
}

/// Every form of this area.
pub fn forms(w: View<'_>, it: &Incident, said: &str, save: &mut dyn FnMut(&str, &serde_json::Value)) {
    save("customer", &customer_form(it));
    save("evidence", &evidence_form(it, &it.declared_by));
    save("external", &external_form(it));
    save("pass", &pass_form(it, 1));
    for (name, facts) in [("known", known(said)), ("unknown", BTreeMap::new())] {
        save(&format!("contacts-{name}"), &contacts_form(it, 1, &facts));
        save(&format!("confirm-{name}"), &confirm_form(it, 1, &facts));
        save(&format!("clear-{name}"), &clear_form(it, 1, &facts));
        save(&format!("plan-{name}"), &plan_form(it, &facts));
        save(&format!("notice-{name}"), &notice_form(w, it, 2, &facts, &[], None));
        save(&format!("observation-{name}"), &observation_form(it, 1, &facts));
        save(&format!("acknowledged-{name}"), &acknowledged_form(it, 1, &facts));
    }
}

#[test]
fn a_case_fits() {
    let (playbook, settings) = (Playbook::builtin(), settings());
    let w = View { playbook: &playbook, settings: &settings, now: at(90) };
    for (words, said) in words() {
        let known = known(&said);
        for moment in life(&said).into_iter().filter(|m| kind(&m.event) == "case") {
            let name = format!("{words}-case-{:02}", moment.seq);
            message(&format!("{name}-customers"), &render::customers(w, &moment.after, &"U0BOB".into(), &known));
            message(
                &format!("{name}-redacted"),
                &render::customers(w, &moment.after, &"U0BOB".into(), &BTreeMap::new()),
            );
            for (which, facts) in [("known", &known), ("redacted", &BTreeMap::new())] {
                message(&format!("{name}-external-{which}"), &render::external(&moment.after, facts));
                message(&format!("{name}-evidence-{which}"), &render::evidence(&moment.after, facts));
                message(&format!("{name}-observations-{which}"), &render::observations(&moment.after, facts));
            }
        }
    }
}

/// A report in each state, with these words.
fn some_reports(said: &str) -> Vec<Report> {
    let one = |number, source, reporter, incident, acknowledged| Report {
        number,
        at: at(1),
        text: if number == 4 { Text::erased() } else { Text::new(said) },
        reporter,
        source,
        reported_at: at(0),
        incident,
        acknowledged,
    };
    let (person, hook) = (|| Source::Person("U0BOB".into()), || Source::Hook(said.into()));
    let acknowledged = |by: Option<&str>| Some(Acknowledged { by: by.map(Into::into), at: at(2) });
    let mut all = vec![
        one(1, person(), None, None, None),
        one(2, hook(), Some(Text::new(said)), Some(watchroom::ids::IncidentId::inc(1)), acknowledged(Some("U0BOB"))),
        one(3, hook(), None, None, acknowledged(None)),
        one(4, hook(), Some(Text::erased()), None, None),
    ];
    all.extend((5..=16).map(|number| one(number, person(), None, None, None)));
    all
}

#[test]
fn reports_fit() {
    let playbook = Playbook::builtin();
    for (words, said) in words() {
        let (life, all) = (life(&said), some_reports(&said));
        let it = &life.last().expect("a life").after;
        for (n, report) in all.iter().take(4).enumerate() {
            message(&format!("{words}-report-{n}"), &render::report(report, at(90), Some(it.id)));
            message(&format!("{words}-report-{n}-alone"), &render::report(report, at(3), None));
            message(&format!("{words}-report-{n}-own"), &render::report_own(report));
            for (when, now) in [("soon", at(3)), ("late", at(900))] {
                message(&format!("{words}-report-{n}-came-{when}"), &render::report_came(report, now));
            }
            message(&format!("{words}-report-{n}-overdue"), &render::report_overdue(report));
            message(&format!("{words}-report-{n}-acknowledged"), &render::report_acknowledged(report));
        }
        message(&format!("{words}-report-filed"), &render::report_filed(&playbook, &all[0]));
        message(&format!("{words}-report-added"), &render::report_added(&all[0], it.id));
        for (name, some) in [("none", &all[..0]), ("all", &all[..])] {
            message(&format!("{words}-reports-{name}"), &render::reports(Some(it), some, some, at(90)));
            message(&format!("{words}-reports-{name}-free"), &render::reports(None, &[], some, at(90)));
            message(&format!("{words}-reports-{name}-own"), &render::reports_own(some));
        }
        let noted = render::with_note(render::report_own(&all[0]), &render::reports_waiting(&all, at(90)));
        message(&format!("{words}-reports-waiting"), &noted);
    }
}

/// As many customers as there can be keep Slack's limits, and those that are not shown are counted.
#[test]
fn the_longest_list_of_customers_fits() {
    let (playbook, settings) = (Playbook::builtin(), settings());
    let w = View { playbook: &playbook, settings: &settings, now: at(90) };
    for (words, said) in words() {
        let mut it = life(&said)[0].after.clone();
        let mut known = BTreeMap::new();
        for customer in 1..=60 {
            let fact =
                Fact::CustomerNamed { customer, name: Text::new(said.as_str()), security: None, technical: None };
            let what = What::Case(fact.clone());
            it = apply(Some(it), &Event { v: EVENT_VERSION, at: at(1), by: Actor::Bot, what }).expect("an incident");
            known.insert(it.version, fact);
        }
        let list = render::customers(w, &it, &"U0BOB".into(), &known);
        assert!(list.to_json()["blocks"].to_string().contains("and 45 more"), "{words}");
        message(&format!("{words}-customers-longest"), &list);
    }
}

/// Every fact is told above: one that is added and not told fails this test.
#[test]
fn no_fact_is_left_out() {
    let source = include_str!("../../../src/incident/case/fact.rs");
    let body = source.split("pub enum Fact {").nth(1).and_then(|rest| rest.split("\n}").next()).expect("the facts");
    let variants = body.lines().filter(|l| l.starts_with("    ") && !l.starts_with("     ")).map(str::trim);
    let variants = variants.filter(|l| l.starts_with(|c: char| c.is_ascii_uppercase()));
    let names: Vec<&str> = variants.map(|l| l.split([' ', '{']).next().unwrap_or_default()).collect();
    assert!(names.len() > 8, "the facts moved; mend this test: {names:?}");
    let told: Vec<String> =
        facts("x").iter().filter_map(|w| Some(serde_json::json!(w)["fact"].as_str()?.replace('_', ""))).collect();
    let missing: Vec<&&str> = names.iter().filter(|n| !told.contains(&n.to_lowercase())).collect();
    assert!(missing.is_empty(), "not told by any snapshot: {missing:?}");
}
