//! An incident to which everything happens, told by every rendering after every event.

use std::sync::Arc;

use jiff::{Timestamp, civil::time};
use serde_json::json;
use watchroom::{
    config::{Config, Settings},
    ids::IncidentId,
    incident::comms::{self, Amendment, Letter, Published, Sending, Way},
    incident::{
        Actor, EVENT_VERSION, EntryKind, Event, ExternalSource, Incident, MessageRef, Needed, PageEnd, Rejection,
        Reminder, RoomLoss, Taken, Text, TimeField, TimeProblem, What,
        access::{self, Entry, Exit},
        apply,
        course::{Fact as Course, Gate, Missing, No as Not},
        duty::Several,
        following::{Subscriptions, Wanted},
        intake::{Detection, Fact, No, Opening},
    },
    paging::{
        Answers, Attempt, Condition, Hours, Onward, Outcome, PageId, Policy, Return, Skipped, Step, Target,
        external::{External, Provider, Update},
        reach::{self, Plan},
        schedule::{Day, WeeklyWindow, Zone},
    },
    playbook::{Audience, Contact, Need, Playbook, RoleId, Severity, Stage, Visibility, Warning},
    render::{self, Due, TroubleKind, View},
    status::{ComponentStatus, PostStatus},
};

use super::{
    recorder::{message, record},
    words,
};

/// An event, and the incident after it.
pub struct Moment {
    pub seq: u64,
    pub event: Event,
    pub after: Incident,
}

pub fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_795_316_400 + minute * 60).expect("a time")
}

fn entry(entry: EntryKind, said: &str, author: bool) -> What {
    let source = author.then(|| MessageRef { channel: "C0ROOM".into(), ts: "1795316500.000100".into() });
    let author = author.then(|| "U0BOB".into());
    What::EntryAdded { entry, text: Text::new(said), said_at: source.as_ref().map(|_| at(1)), author, source }
}

fn targets() -> Vec<Target> {
    vec![Target::Person("U0BOB".into()), Target::Group("S0DB".into()), Target::Channel("C0OPS".into())]
}

fn only() -> Condition {
    let window = WeeklyWindow { days: vec![Day::Fri, Day::Sat], from: time(22, 0, 0, 0), until: time(7, 0, 0, 0) };
    let zone = Zone::named("Europe/Berlin").expect("a zone");
    Condition { severities: vec![Severity(1), Severity(2)], between: Some(Hours { zone, window }) }
}

pub fn policy(name: &str) -> Policy {
    let steps = vec![Step {
        targets: targets(),
        wait_min: 5,
        repeat_min: 2,
        only: only(),
        acknowledge: Answers::All,
        round_robin: true,
    }];
    Policy {
        name: name.into(),
        steps,
        repeat: 1,
        fallback: vec![Target::Group("S0MANAGERS".into())],
        urgent: Some(vec![only(), Condition { between: only().between, ..Condition::default() }]),
        ..Policy::default()
    }
}

fn attempt(outcome: Outcome) -> What {
    attempt_by(None, outcome)
}

fn attempt_by(way: Option<reach::Way>, outcome: Outcome) -> What {
    let attempt = Attempt { round: 0, step: 0, times: 1, to: targets().remove(0), way, outcome };
    What::PageAttempted { page: PageId(1), attempt }
}

fn source() -> ExternalSource {
    let of = External { at: Provider::Opsgenie, id: "team:4513b7ea".into() };
    ExternalSource { of, at: Some(at(3)) }
}

fn external_update(update: Update, name: Option<&str>) -> What {
    What::PageUpdatedExternally { page: PageId(1), source: source(), update, name: name.map(Text::new) }
}

fn ways_found() -> What {
    let ways = reach::Way::ALL.map(|way| Plan { way, due: at(2) }).to_vec();
    What::PageWaysFound { page: PageId(1), who: "U0BOB".into(), times: 1, ways }
}

fn opening(said: &str) -> Vec<What> {
    let text = || Text::new(said);
    vec![
        What::Declared {
            id: IncidentId::inc(1),
            title: text(),
            severity: Severity(1),
            incident_kind: "incident".into(),
            phase: "investigating".into(),
            lead: "U0ALICE".into(),
            lead_role: "commander".into(),
            started_at: at(-10),
            source: Some(MessageRef { channel: "C0SUPPORT".into(), ts: "1795315800.000100".into() }),
            declared_in: Some("C0GENERAL".into()),
            criteria: vec![],
            update_due: Some(at(30)),
            playbook: None,
            opening: Box::new(Opening {
                service: Some("checkout".into()),
                detected_at: Some(at(-5)),
                event: Some(3),
                repeats: Some(IncidentId::inc(7)),
                thread: Some("C0GENERAL".into()),
            }),
            visibility: Visibility::Workspace,
            codename: None,
            continues: None,
        },
        What::Intake(Fact::ServiceChanged { from: Some("checkout".into()), to: None }),
        What::Intake(Fact::ServiceChanged { from: None, to: Some("gone".into()) }),
        What::Intake(Fact::Tagged { condition: text(), repeats: None }),
        What::Intake(Fact::Tagged { condition: text(), repeats: Some(IncidentId::inc(7)) }),
        What::Intake(Fact::Untagged { tag: 9, condition: text(), repeats: Some(IncidentId::inc(7)) }),
        What::Intake(Fact::CriteriaAnswered { criteria: vec![] }),
        What::Intake(Fact::CriteriaAnswered { criteria: vec!["data_lost".into(), "gone".into()] }),
        What::Intake(Fact::DetectionNoted { source: Detection::Customer }),
        What::Intake(Fact::Joined { person: "U0BOB".into() }),
        What::Intake(Fact::Nudged { value: "respond".into(), text: said.into(), to: "U0ALICE".into() }),
        What::Intake(Fact::AlertsAttached { group: 12, title: text(), source: said.into(), firing: 5, since: at(-10) }),
        What::Intake(Fact::AlertsResolved { group: 12 }),
        What::Intake(Fact::AlertsFiredAgain { group: 12, firing: u32::MAX }),
        What::Intake(Fact::Muted {}),
        What::Intake(Fact::ThreadOpened {
            at: MessageRef { channel: "C0GENERAL".into(), ts: "1795316500.000100".into() },
        }),
        What::Intake(Fact::RoomGiven { why: Some(said.into()) }),
        What::Intake(Fact::RoomGiven { why: None }),
        What::RoomOpened { channel: "C0ROOM".into(), name: "inc-1-x".into() },
        What::RoomLost { how: RoomLoss::Archived, at: None },
        What::RoomLost { how: RoomLoss::Deleted, at: None },
        What::RoomLost { how: RoomLoss::Removed, at: None },
        What::RoomBack { channel: "C0ROOM".into(), name: said.into() },
        What::Renamed { to: text() },
        What::SeverityChanged { from: Severity(1), to: Severity(3), why: Some(text()), update_due: Some(at(60)) },
        What::SeverityChanged { from: Severity(3), to: Severity(9), why: None, update_due: None },
        What::TimeCorrected { which: TimeField::Started, from: Some(at(-10)), to: at(-20) },
        What::TimeCorrected { which: TimeField::Detected, from: None, to: at(-5) },
    ]
}

fn roles(said: &str) -> Vec<What> {
    let text = || Text::new(said);
    vec![
        What::RoleConfirmed { role: "commander".into(), holder: "U0ALICE".into(), by_acting: false },
        What::RoleConfirmed { role: "commander".into(), holder: "U0ALICE".into(), by_acting: true },
        What::RoleTaken {
            role: "scribe".into(),
            holder: "U0BOB".into(),
            from: None,
            how: Taken::Claimed,
            beside: false,
            because: None,
        },
        What::RoleOffered {
            role: "commander".into(),
            to: "U0BOB".into(),
            from: Some("U0ALICE".into()),
            offer: 1,
            rung: None,
        },
        What::OfferDeclined { role: "commander".into(), to: "U0BOB".into(), offer: 1, ladder: false },
        What::RoleOffered {
            role: "commander".into(),
            to: "U0CAROL".into(),
            from: Some("U0ALICE".into()),
            offer: 2,
            rung: None,
        },
        What::RoleTaken {
            role: "commander".into(),
            holder: "U0CAROL".into(),
            from: Some("U0ALICE".into()),
            how: Taken::Accepted,
            beside: false,
            because: None,
        },
        What::RoleTaken {
            role: "no-such-role".into(),
            holder: "U0BOB".into(),
            from: None,
            how: Taken::Assigned,
            beside: false,
            because: Some(text()),
        },
        What::RoleDropped { role: "scribe".into(), from: "U0BOB".into() },
    ]
}

/// A service that stands for all that is no person by name.
fn found_service(said: &str) -> What {
    What::PageTargetsFound {
        page: PageId(1),
        target: Target::Service("checkout".into()),
        people: vec![],
        others: vec![Target::Webhook(said.into()), Target::Schedule(said.into()), Target::Channel("C0GENERAL".into())],
        left_out: 0,
        strangers: vec![],
        failed: None,
    }
}

fn found(said: &str, people: Vec<&str>) -> What {
    What::PageTargetsFound {
        page: PageId(1),
        target: Target::Group("S0DB".into()),
        left_out: people.len() * 20,
        people: people.into_iter().map(Into::into).collect(),
        others: vec![],
        strangers: vec![Text::new(said); 30],
        failed: None,
    }
}

fn not_found_out(said: &str) -> What {
    What::PageTargetsFound {
        page: PageId(1),
        target: Target::Group("S0DB".into()),
        people: vec![],
        others: vec![],
        left_out: 0,
        strangers: vec![],
        failed: Some(said.to_owned()),
    }
}

fn paging(said: &str) -> Vec<What> {
    let page = |n| PageId(n);
    let mut all = vec![
        What::PageStarted { page: page(1), policy: policy(said) },
        What::PageStepReached {
            page: page(1),
            round: 0,
            step: 0,
            targets: targets(),
            tick_at: at(10),
            why: Onward::default(),
        },
        What::PageStepSkipped { page: page(1), step: 0, why: Skipped::Hours },
        What::PageStepSkipped { page: page(1), step: 0, why: Skipped::Severity },
        What::PageStepSkipped { page: page(1), step: u32::MAX, why: Skipped::Severity },
        found(said, vec!["U0BOB", "U0CAROL"]),
        found(said, vec![]),
        not_found_out(said),
        attempt(Outcome::Sent { channel: "D0BOB".into(), ts: "1795316600.000100".into() }),
        attempt(Outcome::Failed { why: said.into() }),
        attempt(Outcome::Folded { channel: "D0BOB".into(), ts: "1795316600.000100".into(), count: 1 }),
        attempt(Outcome::Folded { channel: "D0BOB".into(), ts: "1795316600.000100".into(), count: 2 }),
        ways_found(),
        attempt_by(Some(reach::Way::Sms), Outcome::Taken { id: Some(said.into()) }),
        attempt_by(Some(reach::Way::Sms), Outcome::Delivered),
        attempt_by(Some(reach::Way::Call), Outcome::Failed { why: said.into() }),
        attempt_by(Some(reach::Way::Ntfy), Outcome::Spared),
        What::PageRepeated { page: page(1), tick_at: at(12) },
        What::PageStepReached {
            page: page(1),
            round: 1,
            step: 1,
            targets: targets(),
            tick_at: at(20),
            why: Onward::default(),
        },
        What::PageDeclined { page: page(1), by: "U0BOB".into(), why: Some(Text::new(said)) },
        What::PageDeclined { page: page(1), by: "U0CAROL".into(), why: None },
        What::PageAnswered { page: page(1), by: "U0ERIN".into(), way: None },
        What::PageAnswered { page: page(1), by: "U0ERIN".into(), way: Some(reach::Way::Sms) },
        What::PageExhausted { page: page(1) },
        What::PageAcknowledged { page: page(1), by: "U0BOB".into(), source: None, way: None },
        What::PageChecked { page: page(1), by: Some("U0BOB".into()), until: at(40) },
        What::PageKept { page: page(1), by: "U0BOB".into() },
        What::PageReturned { page: page(1), from: Some("U0BOB".into()), how: Return::Silent, source: None },
        What::PageStepReached {
            page: page(1),
            round: 1,
            step: 1,
            targets: targets(),
            tick_at: at(20),
            why: Onward::Returned,
        },
        What::PageAcknowledged { page: page(1), by: "U0BOB".into(), source: None, way: Some(reach::Way::Call) },
        What::PageReturned { page: page(1), from: Some("U0BOB".into()), how: Return::HandedBack, source: None },
        What::PageStarted { page: page(2), policy: policy("<@U0ERIN>") },
        What::PageEnded { page: page(2), why: PageEnd::Resolved },
        What::PageStarted { page: page(3), policy: policy(said) },
        What::PageEnded { page: page(3), why: PageEnd::Cancelled },
        What::PageEnded { page: page(3), why: PageEnd::Closed },
        What::PageEnded { page: page(3), why: PageEnd::Merged },
        What::DeliveryFailed { what: said.into(), why: said.into() },
    ];
    all.extend(std::iter::once(found_service(said)).chain(elsewhere(said)));
    all
}

/// What is done at another provider, or known of no page here any more.
fn elsewhere(said: &str) -> Vec<What> {
    let page = PageId;
    vec![
        What::PageAcknowledged { page: page(1), by: "U0BOB".into(), source: Some(source()), way: None },
        What::PageAcknowledgedExternally { page: page(1), source: source(), name: Some(Text::new(said)) },
        What::PageAcknowledgedExternally { page: page(1), source: source(), name: None },
        What::PageChecked { page: page(1), by: None, until: at(40) },
        What::PageKept { page: page(1), by: "U0CAROL".into() },
        What::PageReturned { page: page(1), from: None, how: Return::Silent, source: None },
        What::PageReturned { page: page(1), from: None, how: Return::HandedBack, source: None },
        What::PageReturned { page: page(1), from: None, how: Return::Unacknowledged, source: Some(source()) },
        external_update(Update::Acknowledged, Some(said)),
        external_update(Update::Unacknowledged, None),
        external_update(Update::Escalated, Some(said)),
        external_update(Update::Reassigned, None),
        external_update(Update::Resolved, Some(said)),
        // Of a page that is not followed any more nothing is known but what the event says.
        What::PageLetGo { page: page(9), name: said.into(), by: None },
        What::PageLetGo { page: page(9), name: "<@U0ERIN>".into(), by: Some("U0ERIN".into()) },
    ]
}

fn missing(said: &str) -> Vec<Missing> {
    vec![
        Missing::Need(Need::FinalFix),
        Missing::Beside("notification".into()),
        Missing::Exit { phase: "no-such-phase".into(), role: "scribe".into() },
        Missing::Customer(3),
        Missing::Promised { to: Audience::External, due: at(70) },
        Missing::Unposted(said.into()),
    ]
}

fn question(number: u32, to: Option<&str>, question: Option<Text>, phase: Option<&str>) -> Course {
    Course::ConsultAsked {
        number,
        role: "legal".into(),
        to: to.map(Into::into),
        question,
        phase: phase.map(Into::into),
        criteria: vec!["data_exposed".into(), "no-such-criterion".into()],
        answer_by: at(45),
    }
}

/// Everything on the course, while the incident goes on.
fn course(said: &str) -> Vec<What> {
    let text = || Text::new(said);
    let needs = [
        Need::ImpactStatement,
        Need::ScopeStatement,
        Need::ContainmentStatement,
        Need::EradicationStatement,
        Need::RecoveryStatement,
    ];
    let all_needs = vec![Need::Fix, Need::FinalFix, Need::Watched, Need::DetectionSource, Need::SeverityReviewed];
    let (phase, role) = (|| "investigating".into(), || RoleId::from("sponsor"));
    let mut facts: Vec<Course> = needs.map(|need| Course::Stated { need, text: text() }).to_vec();
    facts.extend([
        Course::SeverityConfirmed { severity: Severity(1) },
        Course::FixConfirmed { entry: 3, signal: text() },
        Course::LeftWithout { phase: phase(), needs: all_needs },
        Course::LeftWithout { phase: "no-such-phase".into(), needs: vec![Need::Evidence, Need::NoticesDelivered] },
        Course::Overridden { gate: Gate::Resolve, missing: missing(said), why: None },
        Course::Overridden { gate: Gate::EndBeside(phase()), missing: missing(said), why: Some(text()) },
        Course::Overridden { gate: Gate::Close, missing: missing(said), why: Some(text()) },
        Course::Overridden { gate: Gate::Cancel, missing: missing(said), why: None },
        Course::Overridden { gate: Gate::Merge, missing: missing(said), why: None },
        Course::BesideOpened { phase: "notification".into() },
        Course::ExitAwaited { phase: phase(), role: role() },
        Course::ExitAwaited { phase: "no-such-phase".into(), role: "no-such-role".into() },
        Course::Informed { phase: phase(), role: role(), to: "U0BOB".into() },
        Course::InformedGroups {
            phase: phase(),
            roles: vec![role(), "no-such-role".into()],
            groups: vec![Several::Group("S0DB".into()), Several::OnCall("primary".into())],
            told: vec!["U0BOB".into()],
        },
        Course::CannotInform { phase: phase(), role: role(), contact: Contact::External(said.into()) },
        question(1, Some("U0BOB"), Some(text()), None),
        question(2, None, None, None),
        question(3, Some("U0BOB"), None, Some("investigating")),
        Course::ConsultPassed { number: 2, to: "U0CAROL".into() },
        Course::ConsultReminded { number: 1, to: "U0BOB".into() },
        Course::ConsultOverdue { number: 1 },
        Course::ConsultOverdue { number: 99 },
        Course::ConsultAnswered { number: 1, role: "legal".into(), text: text() },
        Course::AdviceTaken { decision: 40, answers: vec![38, 39] },
        Course::ExitAccepted { phase: phase(), role: role(), by: "U0BOB".into() },
        Course::BesideEnded { phase: "notification".into(), why: Some(text()) },
    ]);
    facts.into_iter().map(What::Course).collect()
}

fn ending(said: &str) -> Vec<What> {
    let text = || Text::new(said);
    let phase = |from: &str, to: &str, stage, why| What::PhaseChanged {
        from: from.into(),
        to: to.into(),
        stage,
        why,
        update_due: Some(at(50)),
    };
    vec![
        What::UpdatePosted { text: text(), phase: "investigating".into(), next_by: Some(at(40)) },
        What::UpdateReminded { owner: "U0CAROL".into(), due: at(40) },
        What::UpdateMissed { due: at(40) },
        entry(EntryKind::Note, said, false),
        entry(EntryKind::Change, said, false),
        entry(EntryKind::Decision, said, false),
        entry(EntryKind::Fix, said, false),
        entry(EntryKind::Message, said, true),
        What::EntryEdited { entry: 52, text: text() },
        What::EntrySourceDeleted { entry: 52 },
        What::Redacted { entry: 52, edits: vec![53], title: true, why: text() },
        What::LinkAdded { url: Text::new(format!("https://a.example/{said}")) },
        phase("investigating", "monitoring", Stage::Monitoring, Some(text())),
        phase("monitoring", "no-such-phase", Stage::Monitoring, None),
        What::TimeCorrected { which: TimeField::Ended, from: None, to: at(20) },
        phase("monitoring", "resolved", Stage::Resolved, None),
        What::Closed {},
        What::Reopened {
            phase: "investigating".into(),
            stage: Stage::Active,
            why: Some(text()),
            update_due: Some(at(60)),
        },
        What::MergedFrom { from: IncidentId::inc(2) },
        What::Access(access::Fact::KindChanged {
            from: "ops".into(),
            to: said.into(),
            phase: "investigating".into(),
            stage: Stage::Active,
            lead_role: "commander".into(),
            why: Some(text()),
            update_due: None,
        }),
        What::Cancelled { why: Some(text()) },
        What::Reopened { phase: "investigating".into(), stage: Stage::Active, why: None, update_due: None },
        What::UpdatePosted { text: Text::erased(), phase: "investigating".into(), next_by: None },
        What::MergedInto { into: IncidentId::inc(7) },
        What::Access(access::Fact::Moved { to: secret(), why: Some(text()) }),
    ]
}

fn secret() -> IncidentId {
    "SEC-1".parse().expect("an id")
}

/// The same, of a need-to-know incident, and what happens only to those.
pub fn secret_life(said: &str) -> Vec<Moment> {
    let (who, by, why) = (|| "U0BOB".into(), || Some("U0ALICE".into()), || Some(Text::new(said)));
    let entries = [Entry::Added, Entry::Role, Entry::Consulted, Entry::Answered, Entry::Joined];
    let facts = entries.into_iter().map(|how| access::Fact::LetIn { who: who(), by: by(), how, why: why() });
    let exits = [Exit::Removed, Exit::Left].into_iter().map(|how| access::Fact::Removed {
        who: who(),
        by: by(),
        how,
        why: why(),
    });
    let facts = facts.chain(exits).chain([access::Fact::Knocked { who: who(), page: PageId(1) }]).map(What::Access);
    let mut opening = opening(said);
    if let What::Declared { id, visibility, codename, continues, .. } = &mut opening[0] {
        (*id, *visibility, *continues) = (secret(), Visibility::NeedToKnow, Some(IncidentId::inc(1)));
        *codename = Some(access::codename(secret()));
    }
    moments(opening.into_iter().chain(paging(said)).chain(facts))
}

fn drafted(said: &str, fields: &[&str], version: u32) -> comms::Fact {
    comms::Fact::Drafted {
        draft: 1,
        version,
        to: Audience::External,
        template: "ops_investigating_external".into(),
        phase: "investigating".into(),
        fields: fields.iter().map(|f| ((*f).to_owned(), Text::new(said))).collect(),
        outlets: vec!["status_page".into(), said.into()],
        next_by: Some(at(90)),
        warnings: vec![Warning::Promise],
        impact: [("pay".into(), ComponentStatus::MajorOutage)].into(),
        quiet: false,
        corrects: None,
    }
}

fn sent_to_others(said: &str, alone: Option<Text>) -> comms::Fact {
    // Letters come from templates alone; the record keeps them like this.
    let letter = json!({ "title": Text::new(said), "body": Text::new(said) });
    let letter: Letter = serde_json::from_value(letter).expect("a letter as it is kept");
    let label: String = said.chars().take(200).collect();
    let sending =
        |id: &str, way| Sending { outlet: id.into(), label: label.clone(), way, short: false, applied: false };
    let slack = || Way::Slack("C0SUPPORT".into());
    comms::Fact::Sent {
        send: 1,
        draft: 1,
        to: Audience::External,
        letter,
        same: "mark".into(),
        phase: "investigating".into(),
        outlets: vec![
            sending("status_page", Way::Hand),
            sending("support", slack()),
            sending("ops", slack()),
            sending("page", Way::Connector(said.into())),
        ],
        next_by: Some(at(90)),
        approved_by: vec!["U0BOB".into()],
        alone,
        support: Some("U0DAVE".into()),
        support_groups: vec![Several::Group("S0CHECKOUT".into())],
        social: vec!["U0ERIN".into()],
        released: false,
        impact: [("pay".into(), ComponentStatus::MajorOutage)].into(),
        quiet: false,
        status: PostStatus::Investigating,
    }
}

fn told_to_others(said: &str) -> Vec<What> {
    let text = || Text::new(said);
    let (to, outlet) = (Audience::External, || watchroom::playbook::OutletId::from("status_page"));
    let slack = || Way::Slack("C0SUPPORT".into());
    let escalated = |to, groups, by_hand| comms::Fact::Escalated {
        to,
        due: at(70),
        people: vec!["U0ALICE".into(), "U0BOB".into()],
        groups,
        by_hand,
    };
    let failed = |trying| comms::Fact::PostFailed { send: 1, outlet: "support".into(), why: said.into(), trying };
    let all = [
        comms::Fact::Owed { to, due: Some(at(70)) },
        comms::Fact::Owed { to: Audience::Executive, due: Some(at(75)) },
        comms::Fact::Reminded { to, owner: "U0ALICE".into(), due: at(70) },
        comms::Fact::Missed { to, due: at(70) },
        escalated(Audience::Internal, vec![], None),
        escalated(to, vec![Several::Group("S0CHECKOUT".into()), Several::OnCall("primary".into())], None),
        escalated(to, vec![], Some(Contact::External(said.into()))),
        comms::Fact::Snoozed { to, until: at(95), why: Some(text()) },
        comms::Fact::OutletsDue { outlets: vec![outlet(), said.into()] },
        drafted(said, &[], 1),
        drafted(said, &["impact"], 2),
        comms::Fact::Approved { draft: 1, version: 2, text: "0af3".into() },
        comms::Fact::Dropped { draft: 9 },
        sent_to_others(said, Some(text())),
        comms::Fact::Posted {
            send: 1,
            outlet: "ops".into(),
            at: MessageRef { channel: "C0OPS".into(), ts: "1795316500.000100".into() },
            link: None,
            correction: 0,
        },
        comms::Fact::Published {
            send: 1,
            outlet: "page".into(),
            at: Published {
                thread: "t1".into(),
                update: "u1".into(),
                link: Some("https://status.example.com/incidents/t1".into()),
            },
            correction: 0,
        },
        failed(true),
        failed(false),
        comms::Fact::Retried { send: 1, outlet: "support".into(), way: slack() },
        comms::Fact::PostedByHand { send: 1, outlet: outlet(), at: at(80), link: Some(text()) },
        comms::Fact::Owed { to, due: None },
    ];
    all.into_iter().chain(corrections(said)).map(What::Comms).collect()
}

fn corrections(said: &str) -> Vec<comms::Fact> {
    let comms::Fact::Sent { letter, same, outlets, approved_by, alone, support, support_groups, .. } =
        sent_to_others(said, Some(Text::new(said)))
    else {
        return Vec::new();
    };
    let mut drafted = drafted(said, &["impact"], 2);
    if let comms::Fact::Drafted { corrects, draft, .. } = &mut drafted {
        (*corrects, *draft) = (Some(1), 2);
    }
    let stands =
        |outlet: &str, how| comms::Fact::CorrectionStands { send: 1, outlet: outlet.into(), correction: 1, how };
    let failed = |trying| {
        let (outlet, why) = ("ops".into(), said.to_owned());
        comms::Fact::CorrectionFailed { send: 1, outlet, correction: 1, why, trying }
    };
    let published = |edited| Amendment::Published {
        at: Published { thread: "t1".into(), update: "u2".into(), link: None },
        edited,
    };
    vec![
        drafted,
        comms::Fact::Corrected {
            send: 1,
            correction: 1,
            draft: 2,
            to: Audience::External,
            letter,
            same,
            outlets,
            approved_by,
            alone,
            support,
            support_groups,
            social: vec![],
            released: false,
        },
        failed(true),
        failed(false),
        stands("ops", Amendment::Edited),
        stands("ops", Amendment::Behind { at: MessageRef { channel: "C0OPS".into(), ts: "1795316500.000200".into() } }),
        stands("page", published(true)),
        stands("page", published(false)),
        comms::Fact::PostedByHand { send: 1, outlet: "status_page".into(), at: at(85), link: None },
    ]
}

/// Everything that can happen, with these words wherever people have a say.
pub fn life(said: &str) -> Vec<Moment> {
    let before =
        opening(said).into_iter().chain(roles(said)).chain(super::duty::facts(said)).chain(super::case::facts(said));
    let others = told_to_others(said).into_iter().chain([What::Carried {
        entry: 9,
        at: at(2),
        by: Actor::Person("U0BOB".into()),
        record: Box::new(entry(EntryKind::Fix, said, true)),
    }]);
    moments(before.chain(paging(said)).chain(course(said)).chain(others).chain(ending(said)))
}

fn moments(everything: impl Iterator<Item = What>) -> Vec<Moment> {
    let mut it = None;
    let mut life = Vec::new();
    for (n, what) in (1..).zip(everything) {
        let minute = i64::try_from(n).expect("small");
        let by = match n % 5 {
            0 => Actor::Timer { due: at(minute - 3) },
            3 => Actor::Bot,
            _ => Actor::Person("U0ALICE".into()),
        };
        let event = Event { v: EVENT_VERSION, at: at(minute), by, what };
        it = apply(it, &event);
        life.push(Moment { seq: n, event, after: it.clone().expect("an incident") });
    }
    life
}

pub fn settings() -> Settings {
    let mut settings = Config::defaults().settings;
    settings.call_bridge = Some("https://meet.example.com/incident".into());
    settings.public_url = Some("https://watchroom.example.com/".into());
    settings.updates_channel = Some("C0GENERAL".into());
    settings
}

/// The name that an event is stored under.
pub fn kind(event: &Event) -> String {
    json!(event.what)["kind"].as_str().expect("a kind").to_owned()
}

fn tell(w: View<'_>, name: &str, moment: &Moment) {
    let Moment { seq, event, after } = moment;
    let say = |what: &str, said: &render::Message| message(&format!("{name}-{what}"), said);
    say("line", &render::line(w, after, *seq, event));
    say("told", &render::told(w, after, event));
    if let What::Declared { .. } = &event.what {
        let link = "https://example.slack.com/archives/C0SUPPORT/p1795315800000100";
        say("first-line", &render::first_line(w, after, event, Some(link)));
    }
    say("card", &render::card(w, after));
    say("card-now", &render::card_now(w, after));
    say("show", &render::show(w, after));
    say("announcement", &render::announcement(w, after));
    say("broadcast", &render::update_broadcast(w, after, *seq, event));
    say("done", &render::done(w, after, &[(*seq, event.clone())]));
    // A page changes only by an event of its own.
    let about_pages = kind(event).starts_with("page_");
    let why = match &event.what {
        What::PageDeclined { why, .. } => why.as_ref(),
        _ => None,
    };
    if about_pages {
        say("page-over", &render::ended_page(after));
    }
    for (n, page) in after.pages.iter().enumerate().filter(|_| about_pages) {
        let version = page.check().map_or(0, |(_, check)| check.version);
        say(&format!("check-{n}"), &render::still_on_it(w, after, page, &"U0BOB".into(), version));
        for (t, to) in targets().iter().enumerate() {
            say(&format!("page-{n}-{t}"), &render::page(w, after, page, to, n == 0, why));
        }
    }
    for to in
        ["U0BOB", "U0CAROL"].into_iter().filter(|_| matches!(event.what, What::Course(Course::ConsultAsked { .. })))
    {
        say(&format!("question-{to}"), &render::question(w, after, event, &to.into()));
    }
    say("register", &render::comms::register(w, after));
    for draft in &after.comms.drafts {
        say("draft", &render::comms::draft(w, after, draft.number));
        say("same", &render::comms::same_text(after, draft.number, draft.version));
    }
    if let What::Comms(comms::Fact::Sent { letter, alone, outlets, .. }) = &event.what {
        say("letter", &render::comms::letter(letter, &outlets[0]));
        say("correction", &render::comms::correction(letter, event.at));
        say("receipt", &render::comms::receipt(w, after, &after.comms.sends[0], letter, alone.as_ref()));
    }
    if let (What::Comms(comms::Fact::Corrected { letter, alone, .. }), Some(send)) =
        (&event.what, after.comms.sends.first())
    {
        say("receipt-corrected", &render::comms::receipt(w, after, send, letter, alone.as_ref()));
    }
    if let (What::Comms(_), Some(send)) = (&event.what, after.comms.sends.first()) {
        let letter: Letter =
            serde_json::from_value(json!({ "title": null, "body": Text::erased() })).expect("a letter");
        say("receipt-redacted", &render::comms::receipt(w, after, send, &letter, None));
    }
    let topic = render::topic(w, after);
    assert!(topic.chars().count() <= 250, "{name}: a topic of {} characters", topic.chars().count());
    for room in [render::room_name(after), render::room_name_with_suffix(after, 999)] {
        let fits = room.len() <= 80 && room.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        assert!(fits && !room.is_empty(), "{name}: {room} is no room's name");
    }
}

#[test]
fn every_event_is_told() {
    let (playbook, settings) = (Playbook::builtin(), settings());
    let w = View { playbook: &playbook, settings: &settings, now: at(90) };
    for (words, said) in words() {
        for moment in life(&said) {
            tell(w, &format!("{words}-{:02}-{}", moment.seq, kind(&moment.event)), &moment);
        }
    }
}

#[test]
fn every_event_of_a_secret_is_told() {
    let (playbook, settings) = (Playbook::builtin(), settings());
    let w = View { playbook: &playbook, settings: &settings, now: at(90) };
    for (words, said) in words() {
        let secret = secret_life(&said);
        for moment in &secret {
            tell(w, &format!("{words}-secret-{:02}-{}", moment.seq, kind(&moment.event)), moment);
        }
        let history: Vec<(u64, Event)> = secret.iter().map(|m| (m.seq, m.event.clone())).collect();
        let last = secret.last().map(|m| &m.after).expect("an incident");
        message(&format!("{words}-access"), &render::access(w, last, &history));
    }
}

#[test]
fn every_role_is_briefed() {
    let (playbook, settings) = (Playbook::builtin(), settings());
    let w = View { playbook: &playbook, settings: &settings, now: at(90) };
    for (words, said) in words() {
        let about_roles =
            |m: &Moment| ["role", "offer", "merged", "page_ack"].iter().any(|k| kind(&m.event).starts_with(k));
        for Moment { seq, after, .. } in life(&said).into_iter().filter(about_roles) {
            for role in after.roles.keys().chain([&RoleId::from("scribe")]) {
                let since = after.roles.get(role).map_or(0, |r| r.since);
                for (to, offer) in [("U0ALICE", None), ("U0BOB", Some(1)), ("U0CAROL", Some(2)), ("U0CAROL", None)] {
                    let brief =
                        render::brief(w, &after, role, &to.into(), offer, since, &super::duty::words_of(&after, &said));
                    let offered = offer.unwrap_or_default();
                    message(&format!("{words}-{seq:02}-brief-{role}-{to}-{offered}"), &brief);
                }
            }
        }
    }
}

#[test]
fn what_is_told_of_several_incidents_fits() {
    let (playbook, settings) = (Playbook::builtin(), settings());
    let w = View { playbook: &playbook, settings: &settings, now: at(90) };
    for (words, said) in words() {
        let life = life(&said);
        let numbered = (1..).zip(&life).map(|(n, m)| Incident { id: IncidentId::inc(n), ..m.after.clone() });
        let numbered: Vec<Incident> = numbered.collect();
        let all: Vec<&Incident> = numbered.iter().collect();
        let wanted = Wanted {
            incident: Some(IncidentId::inc(1)),
            service: Some(said.as_str().into()),
            severity: Some(Severity(1)),
            phases: vec![said.as_str().into()],
        };
        for (n, muted) in [(0, false), (1, true), (20, false)] {
            let all = (1..=n).map(|n| (n, wanted.clone())).chain((n > 0).then(|| (21, Wanted::default()))).collect();
            let follows = Subscriptions { all, muted };
            message(&format!("{words}-subscriptions-{n}"), &render::following::subscriptions(w, &follows));
        }
        for n in [0, 1, 20] {
            let some = &all[..n.min(all.len())];
            message(&format!("{words}-followed-{n}"), &render::following::news(w, some));
        }
        for n in [0, 1, 2, 31] {
            let some = &all[..n.min(all.len())];
            message(&format!("{words}-digest-{n}"), &render::digest(w, some, (at(0), at(90)), 30));
        }
    }
}

#[test]
fn every_overview_fits() {
    let (playbook, settings) = (Playbook::builtin(), settings());
    let w = View { playbook: &playbook, settings: &settings, now: at(90) };
    for (words, said) in words() {
        let life = life(&said);
        let history: Vec<(u64, Event)> = life.iter().map(|m| (m.seq, m.event.clone())).collect();
        let numbered = (1..).zip(&life).map(|(n, m)| Incident { id: IncidentId::inc(n), ..m.after.clone() });
        let numbered: Vec<Incident> = numbered.collect();
        let all: Vec<&Incident> = numbered.iter().collect();
        let last = life.last().map(|m| &m.after).expect("an incident");
        message(&format!("{words}-raci"), &render::raci(w));
        message(&format!("{words}-timeline"), &render::timeline(w, last, &history, 0));
        for (seq, event) in history.iter().filter(|(_, e)| kind(e).starts_with("update_")) {
            message(&format!("{words}-{seq}-line-later"), &render::line(w, last, *seq, event));
        }
        for (seq, line) in render::lines_of_report(w, last, &history, 12) {
            message(&format!("{words}-{seq}-line-of-report"), &line);
        }
        message(&format!("{words}-timeline-earlier"), &render::timeline(w, last, &history, 1));
        message(&format!("{words}-timeline-empty"), &render::timeline(w, last, &[], 0));
        message(&format!("{words}-summary"), &render::summary(w, last, &history));
        message(&format!("{words}-done-nothing"), &render::done(w, last, &[]));
        message(&format!("{words}-duplicate"), &render::duplicate(last, &said));
        message(&format!("{words}-retracted"), &render::retracted(last, 12));
        message(&format!("{words}-withdrawn"), &render::comms::withdrawn());
        for n in [0, 1, 2, all.len()] {
            message(&format!("{words}-list-{n}"), &render::list(w, &all[..n], "Open incidents", 20));
            let part = all[..n].iter().map(|&it| Arc::new(it.clone())).collect::<Vec<_>>();
            let home = render::home(w, &[part.clone(), part.clone(), part], &[], vec![]);
            record(&format!("{words}-home-{n}"), "home", "views.publish", &json!({ "user_id": "U1", "view": home }));
            if n > 0 {
                // At most one message for one person within ten minutes: a handful of incidents.
                let letters: Vec<Reminder> = all[..n]
                    .iter()
                    .map(|it| Reminder::Letter { to: Audience::Executive, version: it.comms.executive.version })
                    .collect();
                let missing: Vec<Reminder> = all[..n]
                    .iter()
                    .map(|it| Reminder::Missing { to: Audience::External, version: it.comms.external.version })
                    .collect();
                let late = [
                    Reminder::Value { value: "respond".into() },
                    Reminder::Unanswered { number: 1 },
                    Reminder::Untold { customer: 1 },
                ];
                let some = all[..n].iter().copied();
                let late = late.iter().flat_map(|of| some.clone().map(move |it| (it, of)));
                let beside = some.clone().zip(&letters).chain(some.clone().zip(&missing)).chain(late).collect();
                let due = Due { updates: some.collect(), beside, ..Due::default() };
                message(&format!("{words}-reminder-{n}"), &render::reminder(w, &"U0ALICE".into(), &due).expect("due"));
            }
        }
        for (n, (title, address, _)) in
            render::bookmarks(w, last, Some("https://example.slack.com/archives/C1/p1".into())).iter().enumerate()
        {
            assert!(!title.is_empty() && address.starts_with("https://"), "bookmark {n}");
        }
    }
}

#[test]
fn every_refusal_is_a_sentence() {
    let (playbook, settings) = (Playbook::builtin(), settings());
    let w = View { playbook: &playbook, settings: &settings, now: at(90) };
    let life = life("checkout is down");
    let it = &life[0].after;
    for (words, said) in words() {
        for (n, why) in refusals(&said).iter().enumerate() {
            for (known, it) in [("known", Some(it)), ("unknown", None)] {
                let sentence = render::rejection(w, why, it);
                let below = watchroom::command::unmarked(&sentence);
                assert!(!below.contains('`'), "markup below a field: {below}");
                let signs = ["*", "_ ", " _", "~", "<@", "&lt;", "&amp;", ":warning:"];
                let left = signs.iter().find(|sign| words == "plain" && below.contains(*sign));
                assert_eq!(left, None, "markup below a field: {below}");
                message(&format!("{words}-refused-{n:02}-{known}"), &render::Message::plain(sentence));
                message(&format!("{words}-refused-{n:02}-{known}-buttons"), &render::refused(w, why, it));
            }
        }
    }
    for kind in [TroubleKind::Full, TroubleKind::Closed, TroubleKind::Away, TroubleKind::Busy] {
        message(&format!("trouble-{kind:?}"), &render::trouble(kind));
    }
    message("help", &render::Message::plain(watchroom::command::help()));
    for verb in watchroom::command::GRAMMAR.iter().filter(|v| v.is_now()) {
        let help = watchroom::command::help_on(verb.name).expect("help on every verb");
        message(&format!("help-{}", verb.name), &render::Message::plain(help));
    }
}

fn course_refusals(said: &str) -> Vec<Rejection> {
    let gates = [Gate::Resolve, Gate::EndBeside("notification".into()), Gate::Close, Gate::Cancel, Gate::Merge];
    let missing = |gate: Gate, a_reason_will_do| Not::Missing { gate, missing: missing(said), a_reason_will_do };
    let not_accountable = |holder: Option<&str>| Not::NotAccountable {
        phase: said.into(),
        role: "scribe".into(),
        holder: holder.map(Into::into),
    };
    let course = [
        Not::NotBeside(said.into()),
        Not::IsBeside(said.into()),
        Not::NothingToAccept(said.into()),
        not_accountable(Some("U0BOB")),
        not_accountable(None),
        Not::NoSuchFix,
        Not::NoSuchConsult(u32::MAX),
        Not::WhichConsult((1..=20).collect()),
        Not::NoConsult,
        Not::NotAStatement,
    ];
    let gated = [true, false].into_iter().flat_map(|will_do| gates.clone().map(|gate| missing(gate, will_do)));
    gated.chain(course).map(Rejection::Course).collect()
}

fn intake_refusals(said: &str) -> Vec<Rejection> {
    vec![
        Rejection::Intake(No::NoSuchAlerts(u64::MAX)),
        Rejection::Intake(No::AlertsTaken(3)),
        Rejection::Intake(No::ManyAlerts),
        Rejection::Intake(No::HasRoom),
        Rejection::Intake(No::NoSuchEvent(u64::MAX)),
        Rejection::Intake(No::Promoted { event: 3, into: IncidentId::inc(1) }),
        Rejection::Intake(No::NoSuchService(said.into())),
    ]
}

fn access_refusals(said: &str) -> Vec<Rejection> {
    let id = IncidentId::inc(1);
    vec![
        Rejection::Access(access::No::Elsewhere { id, ask: "U0BOB".into() }),
        Rejection::Access(access::No::Knocked),
        Rejection::Access(access::No::IsOpen(id)),
        Rejection::Access(access::No::IsPrivate(id)),
        Rejection::Access(access::No::StaysPrivate(id)),
        Rejection::Access(access::No::NoSuchKind(said.into())),
        Rejection::Access(access::No::NoPrivateKind),
        Rejection::Access(access::No::IsInside("U0BOB".into())),
        Rejection::Access(access::No::IsOutside("U0BOB".into())),
        Rejection::Access(access::No::HoldsRole("U0BOB".into())),
        Rejection::Access(access::No::LastOne("U0BOB".into())),
        Rejection::Access(access::No::Full(200)),
        Rejection::Access(access::No::NotInChannels),
    ]
}

/// What a text may be for.
fn needed() -> Vec<Needed> {
    vec![
        Needed::Title,
        Needed::Update,
        Needed::Entry,
        Needed::Reason,
        Needed::Link,
        Needed::Page,
        Needed::Signal,
        Needed::Question,
        Needed::Answer,
        Needed::Task,
        Needed::Holder,
        Needed::Customer,
        Needed::Contact,
        Needed::Impact,
        Needed::Plan,
        Needed::Notice,
        Needed::Actions,
        Needed::How,
        Needed::Report,
        Needed::Evidence,
        Needed::Observation,
        Needed::Place,
        Needed::Scope,
    ]
}

fn refusals(said: &str) -> Vec<Rejection> {
    let id = IncidentId::inc(1);
    // Others were in the playbook when they were stored.
    let role = || RoleId::from("scribe");
    let mut all = vec![
        Rejection::NoSuchIncident(id),
        Rejection::NumberTaken,
        Rejection::NoSuchSeverity(Severity(9)),
        Rejection::NoSuchPhase(said.into()),
        Rejection::NoSuchRole(said.into()),
        Rejection::Ended(id),
        Rejection::NotEnded(id),
        Rejection::NotResolved(id),
        Rejection::Merged { into: id },
        Rejection::AlreadySo,
        Rejection::RoleTakenBy { role: role(), holder: "U0BOB".into() },
        Rejection::RoleFree(role()),
        Rejection::OfferGone { role: role(), holder: Some("U0BOB".into()) },
        Rejection::OfferGone { role: role(), holder: None },
        Rejection::OfferNotYours { to: "U0BOB".into() },
        Rejection::NotYourRole { role: role(), holder: Some("U0BOB".into()) },
        Rejection::NotYourRole { role: role(), holder: None },
        Rejection::NothingToAcknowledge,
        Rejection::NotAsked(PageId(1)),
        Rejection::NotAsked(PageId(3)),
        Rejection::AlreadyDeclined(PageId(3)),
        Rejection::NothingToHandBack,
        Rejection::OthersAwaited(PageId(3)),
        Rejection::WentOn(PageId(3)),
        Rejection::NoSuchPage(PageId(3)),
        Rejection::AlreadyAcknowledged { by: "U0BOB".into(), at: at(3) },
        Rejection::AcknowledgedExternally { at: Provider::PagerDuty, since: at(3) },
        Rejection::PageOver(PageId(3)),
        Rejection::AlreadyAsked(PageId(3)),
        Rejection::NobodyToPage,
        Rejection::Stale,
        Rejection::AlreadyOnTimeline { entry: 3 },
        Rejection::NoSuchEntry(u64::MAX),
        Rejection::AlreadyRedacted(3),
        Rejection::NotALink,
        Rejection::NextUpdatePast,
        Rejection::MergeWithItself,
    ];
    all.extend(access_refusals(said));
    all.extend(course_refusals(said));
    all.extend(intake_refusals(said));
    all.extend(noes(said));
    all.extend(super::duty::refusals().into_iter().map(Rejection::Duty));
    all.extend(super::case::refusals().into_iter().map(Rejection::Case));
    for what in needed() {
        all.push(Rejection::EmptyText(what));
        all.push(Rejection::TooLong { what, limit: 10, length: usize::MAX });
        all.push(Rejection::TooMany { what, limit: 10 });
    }
    for which in [TimeField::Started, TimeField::Detected, TimeField::Ended] {
        let problems = [TimeProblem::Future, TimeProblem::EndBeforeStart, TimeProblem::LongAgo];
        all.extend(problems.map(|why| Rejection::ImpossibleTime { which, why }));
    }
    all
}

fn noes(said: &str) -> Vec<Rejection> {
    let (outlet, roles) = (|| said.into(), || vec![RoleId::from("scribe"), RoleId::from("commander")]);
    let all = vec![
        comms::No::NotWritten(Audience::Reporter),
        comms::No::NoTemplate(Audience::Executive),
        comms::No::BadTemplate(said.into()),
        comms::No::NeedToKnow,
        comms::No::NoOutlet,
        comms::No::NoSuchOutlet(outlet()),
        comms::No::TooManyOutlets { limit: 8 },
        comms::No::DraftTooLong { limit: 2000 },
        comms::No::Unfilled(vec!["impact".into(), "your_actions".into()]),
        comms::No::NoNextUpdate,
        comms::No::TooLongFor { outlet: outlet(), limit: 280, length: 281 },
        comms::No::InternalText,
        comms::No::SameText,
        comms::No::DraftThere { by: Some("U0BOB".into()) },
        comms::No::DraftThere { by: None },
        comms::No::TooManyAuthors { limit: 20 },
        comms::No::NotNow("status_page".into()),
        comms::No::Newer(Audience::External),
        comms::No::NoSuchDraft,
        comms::No::DraftChanged,
        comms::No::OtherPhase("investigating".into()),
        comms::No::NotAuthorised { outlet: outlet(), roles: roles() },
        comms::No::NotTrained { outlet: outlet(), until: None },
        comms::No::NotTrained { outlet: outlet(), until: Some(jiff::civil::date(2026, 1, 2)) },
        comms::No::NotApproved { outlet: outlet(), roles: roles(), alone_from: Some(at(5)) },
        comms::No::NotApproved { outlet: outlet(), roles: roles(), alone_from: None },
        comms::No::NotReleased(roles()),
        comms::No::OwnText,
        comms::No::NotApprover(roles()),
        comms::No::NothingToRetry,
        comms::No::NothingDue(Audience::Internal),
    ];
    all.into_iter().map(Rejection::Comms).collect()
}

/// The list above holds every event there is: an event that is added and not told here fails this test.
#[test]
fn no_event_is_left_out() {
    let source = include_str!("../../../src/incident/event.rs");
    let body = source.split("pub enum What {").nth(1).and_then(|rest| rest.split("\n}").next()).expect("the events");
    let variants = body.lines().filter(|l| l.starts_with("    ") && !l.starts_with("     ")).map(str::trim);
    let variants = variants.filter(|l| l.starts_with(|c: char| c.is_ascii_uppercase()));
    let names: Vec<&str> = variants.map(|l| l.split([' ', '{', '(', ',']).next().unwrap_or_default()).collect();
    assert!(names.len() > 30, "the events moved; mend this test: {names:?}");
    let told: Vec<String> = life("x").iter().map(|m| kind(&m.event).replace('_', "")).collect();
    let missing: Vec<&&str> = names.iter().filter(|n| !told.contains(&n.to_lowercase())).collect();
    assert!(missing.is_empty(), "not told by any snapshot: {missing:?}");
}
