//! The course of an incident: phases and what they need, the final fix, who accepts, who is asked, who is told, how it ends.

use watchroom::{
    engine::Ask,
    ids::IncidentId,
    incident::{Actor, Command, Declaration, What, course::Fact},
    playbook::{PhaseId, Playbook},
    sandbox::{Outcome, SeenMessage},
};

use super::oncall::weekly;
use crate::harness::{Bot, edited, minutes, shown};

/// A security incident that Alice coordinates: its id and its room.
async fn secret(bot: &Bot, criteria: &[&str]) -> (IncidentId, String) {
    let declaration = Declaration {
        title: "a token was found outside".into(),
        kind: Some("security".into()),
        severity: Some(watchroom::playbook::Severity(1)),
        criteria: criteria.iter().map(|c| (*c).into()).collect(),
        ..Declaration::default()
    };
    let ask = Ask::new(None, Actor::Person("U0ALICE".into()), None, Command::Declare(declaration));
    let done = bot.app().engine.ask(ask).await.expect("declared");
    bot.settle().await;
    let it = bot.app().engine.incident(done.incident.id).await.expect("readable").expect("there");
    (it.id, it.room.as_ref().expect("a room").channel.to_string())
}

async fn facts(bot: &Bot, id: &str) -> Vec<Fact> {
    let facts = bot.history(id).await.into_iter().filter_map(|what| match what {
        What::Course(fact) => Some(fact),
        _ => None,
    });
    facts.collect()
}

/// [C4] A major incident is called resolved with its final fix confirmed: which one, by which signal, by whom.
#[tokio::test]
async fn resolving_a_major_incident_names_the_one_missing_thing() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident mitigate").await;
    let refused = bot.slash_in("alice", &room, "/incident resolve").await;
    assert!(refused.text.contains("the confirmed final fix is missing"), "{}", refused.text);
    assert!(!bot.card(&room).contains("Resolved*"), "nothing changed");
    bot.slash_in("bob", &room, "/incident fix rolled back to 1.2").await;
    bot.press_card("bob", &room, "Confirm final fix").await;
    let form = bot.form("bob");
    assert!(form.contains("rolled back to 1.2"), "the fix is offered: {form:?}");
    bot.submit("bob", &[("signal", "error rate below 0.1 % for 10 min")]).await;
    bot.expect_once(&room, "confirmed the final fix");
    let it = bot.app().engine.incident("INC-1".parse().expect("an id")).await.expect("readable").expect("there");
    assert_eq!(it.phase, PhaseId::from("resolved"));
    assert_eq!(it.course.final_fix.as_ref().and_then(|f| f.by.clone()), Some("U0BOB".into()));
    let summary = bot.slash_in("alice", &room, "/incident summary").await;
    assert!(summary.text.contains("error rate below 0.1 %"), "{}", summary.text);
}

/// [C4] A reason is enough to do without, and is recorded beside what was missing; a minor incident just resolves.
#[tokio::test]
async fn a_reason_overrides_and_is_recorded() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is slow").await;
    let said = bot.slash_in("alice", &room, "/incident resolve the supplier mended it").await;
    assert!(
        said.text.contains("your words count as the reason") && said.text.contains("INC-1 reopen"),
        "{}",
        said.text
    );
    let overridden = facts(&bot, "INC-1").await.into_iter().any(|f| matches!(f, Fact::Overridden { .. }));
    assert!(overridden, "{:?}", facts(&bot, "INC-1").await);
    bot.expect_once(&room, "although the confirmed final fix is missing; the reason stands above.");
    let minor = bot.declare("alice", "sev3 a report is late").await;
    bot.slash_in("alice", &minor, "/incident resolve").await;
    assert!(bot.card(&minor).contains("Resolved"));
    assert!(!facts(&bot, "INC-2").await.iter().any(|f| matches!(f, Fact::Overridden { .. })));
}

/// [I3] What a phase lacks is named when it is left, with a button to supply it, and only once.
#[tokio::test]
async fn what_is_missing_is_suggested_once() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 search is slow").await;
    let left = bot.slash_in("alice", &room, "/incident phase next").await;
    assert!(bot.card(&room).contains("Identified"), "the phase changes at once");
    assert!(
        left.text.contains("Still missing for _Investigating_: the impact (who feels what)."),
        "only that: {}",
        left.text
    );
    assert!(left.body.to_string().contains("Add what is missing"), "{}", left.body);
    bot.slash_in("alice", &room, "/incident phase back not it after all").await;
    let again = bot.slash_in("alice", &room, "/incident phase next").await;
    assert!(!again.text.contains("Still missing"), "said once: {}", again.text);
    bot.slash_in("alice", &room, "/incident fix a new index").await;
    let complete = bot.slash_in("alice", &room, "/incident phase next").await;
    assert!(!complete.text.contains("Still missing"), "a fix is on the timeline: {}", complete.text);
}

/// [I3] The phase form has a field for what the present phase lacks; what is typed there is on the record.
#[tokio::test]
async fn the_phase_form_takes_what_is_missing() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 search is slow").await;
    bot.press_card("alice", &room, "Change phase").await;
    let sent = bot.submit("alice", &[("impact", "search takes 20 s for one customer in ten")]).await;
    assert!(matches!(sent, Outcome::Closed), "{sent:?}");
    bot.expect_once(&room, "search takes 20 s");
    assert!(bot.card(&room).contains("Identified"));
    let summary = bot.slash_in("bob", &room, "/incident summary").await;
    assert!(summary.text.contains("search takes 20 s"), "{}", summary.text);
    let seq =
        1 + bot.history("INC-1").await.iter().position(|w| matches!(w, What::Course(Fact::Stated { .. }))).expect("it");
    bot.slash_in("bob", &room, &format!("/incident redact {seq} it named a customer")).await;
    let it = bot.app().engine.incident("INC-1".parse().expect("an id")).await.expect("readable").expect("there");
    let text = serde_json::to_string(it.as_ref()).expect("serialises");
    assert!(!text.contains("search takes 20 s"), "redaction reaches the state: {text}");
}

/// [I3] Of much that is missing five things are named, in the playbook's order; the next ones once these are there.
#[tokio::test]
async fn at_most_five_missing_things_are_named() {
    let many = "needs = [\"impact_statement\", \"scope_statement\", \"evidence\", \"detection_source\", \
                \"severity_reviewed\", \"containment_statement\", \"fix\"]";
    let bot = Bot::with_changes(&[("needs = [\"impact_statement\"]", many)]).await;
    let room = bot.declare("alice", "sev3 search is slow").await;
    let left = bot.slash_in("alice", &room, "/incident phase next").await.text;
    let named = "the impact (who feels what); the scope (what was reached, when, from where, whose data); a piece of \
                 evidence; who noticed first; a second look at the severity.";
    assert!(left.contains(&format!("Still missing for _Investigating_: {named}")), "{left}");
    for sixth in ["the containment", "a fix on the timeline"] {
        assert!(!left.contains(sixth), "{left}");
    }

    let room = bot.declare("alice", "sev4 a report was sent twice").await;
    for customer in 1..=7 {
        bot.slash_in("alice", &room, &format!("/incident customers add Customer-{customer}")).await;
        bot.slash_in("alice", &room, &format!("/incident customers confirm {customer}")).await;
    }
    bot.slash_in("alice", &room, "/incident resolve stopped it").await;
    let refused = bot.slash_in("alice", &room, "/incident close").await.text;
    for customer in 1..=7 {
        let is_named = refused.contains(&format!("customer {customer} is affected and was not told"));
        assert_eq!(is_named, customer <= 5, "{customer}: {refused}");
    }
    for customer in 1..=5 {
        bot.slash_in("alice", &room, &format!("/incident customers clear {customer} it was another")).await;
    }
    let refused = bot.slash_in("alice", &room, "/incident close").await.text;
    assert!(refused.contains("customer 6 is affected") && refused.contains("customer 7 is affected"), "{refused}");
}

/// [I1] Phases go back and skip with a reason, which the form asks for; history stays, and durations add up.
#[tokio::test]
async fn phases_skip_and_go_back_with_a_reason() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 search is slow").await;
    bot.advance(minutes(10)).await;
    bot.press_card("alice", &room, "Change phase").await;
    let refused = bot.submit("alice", &[("phase", "monitoring")]).await;
    assert!(format!("{refused:?}").contains("why"), "it leaves a phase out: {refused:?}");
    let sent = bot.submit("alice", &[("phase", "monitoring"), ("why", "it mended itself")]).await;
    assert!(matches!(sent, Outcome::Closed), "{sent:?}");
    bot.advance(minutes(5)).await;
    bot.slash_in("alice", &room, "/incident phase investigating it is slow again").await;
    bot.advance(minutes(3)).await;
    let summary = bot.slash_in("alice", &room, "/incident summary").await;
    for part in
        ["Investigating 13 min", "Monitoring 5 min", "Together:* 18 min", "it mended itself", "it is slow again"]
    {
        assert!(summary.text.contains(part), "`{part}` is missing: {}", summary.text);
    }
}

/// [C1] Sending the same severity confirms it; a change needs a line; every minute has exactly one.
#[tokio::test]
async fn severity_is_confirmed_or_changed_with_a_line() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 search is slow").await;
    bot.advance(minutes(4)).await;
    bot.slash_in("alice", &room, "/incident severity").await;
    bot.submit("alice", &[("severity", "3")]).await;
    bot.expect_once(&room, "confirmed the severity");
    // Said once; a reason is kept all the same, by form and by command.
    bot.slash_in("alice", &room, "/incident severity").await;
    assert!(bot.form("alice").contains("is confirmed already"), "{:?}", bot.form("alice"));
    let kept = bot.submit("alice", &[("severity", "3"), ("why", "one team is slow")]).await;
    assert!(matches!(kept, Outcome::Closed), "{kept:?}");
    bot.slash_in("alice", &room, "/incident sev 3 still one team").await;
    bot.expect_once(&room, "SEV3 stays: one team is slow");
    bot.expect_once(&room, "SEV3 stays: still one team");
    let again = bot.slash_in("alice", &room, "/incident sev 3").await;
    assert!(again.text.contains("already") && bot.count(&room, "confirmed the severity") == 1, "{}", again.text);
    bot.slash_in("alice", &room, "/incident severity").await;
    let refused = bot.submit("alice", &[("severity", "2")]).await;
    assert!(format!("{refused:?}").contains("why it changes"), "{refused:?}");
    bot.submit("alice", &[("severity", "2"), ("why", "more customers report it")]).await;
    bot.advance(minutes(6)).await;
    let summary = bot.slash_in("alice", &room, "/incident summary").await;
    assert!(summary.text.contains("SEV3 4 min, SEV2 6 min"), "{}", summary.text);
    assert!(summary.text.contains("Together:* 10 min"), "{}", summary.text);
}

/// [C3] Changes, decisions and fixes stand in the room, in the export and in the summary.
#[tokio::test]
async fn changes_decisions_and_fixes_are_tracked() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 search is slow").await;
    let said = [("change", "deployed 1.3"), ("decision", "no failover"), ("fix", "rolled back 1.3")];
    for (verb, words) in said {
        bot.slash_in("bob", &room, &format!("/incident {verb} {words}")).await;
        bot.expect_once(&room, words);
    }
    let summary = bot.slash_in("alice", &room, "/incident summary").await;
    let history = bot.app().engine.history("INC-1".parse().expect("an id")).await.expect("a record");
    let export = watchroom::render::markdown(&history);
    for (heading, (_, words)) in ["*Changes*", "*Decisions*", "*Fixes*"].into_iter().zip(said) {
        assert!(summary.text.contains(heading) && summary.text.contains(words), "{}", summary.text);
        assert!(export.contains(words), "{export}");
    }
}

/// [I2] Eight phases: seven that follow each other, each gone through and kept with its time, and notification, which opens in triage,
/// runs beside the others to the end, and holds up closing.
#[tokio::test]
async fn a_security_incident_goes_through_eight_phases() {
    let bot = Bot::start().await;
    let (id, room) = secret(&bot, &[]).await;
    let course = ["detection", "triage", "investigation", "containment", "eradication", "recovery", "improvement"]
        .map(PhaseId::from);
    let playbook = bot.app().engine.playbook();
    let kind = playbook.kind(&"security".into());
    assert_eq!(kind.course().map(|phase| phase.id.clone()).collect::<Vec<_>>(), course);
    assert_eq!((kind.phases.len(), kind.phases[7].id.as_str()), (8, "notification"));
    let now = async || bot.app().engine.incident(id).await.expect("readable").expect("there");
    for (n, phase) in course.iter().enumerate() {
        if n > 0 {
            bot.advance(minutes(10)).await;
            bot.slash_in("alice", &room, "/incident phase next as planned").await;
        }
        let it = now().await;
        assert_eq!(it.phase, *phase);
        let beside: Vec<&PhaseId> = it.course.open_beside().map(|beside| &beside.phase).collect();
        assert_eq!(beside.len(), usize::from(n > 0), "{phase}: {beside:?}");
        assert!(n == 0 || beside == [&PhaseId::from("notification")], "{phase}: {beside:?}");
    }
    let changes = bot.history("SEC-1").await;
    let changes: Vec<&PhaseId> = changes
        .iter()
        .filter_map(|what| match what {
            What::PhaseChanged { to, .. } => Some(to),
            _ => None,
        })
        .collect();
    assert_eq!(changes, course[1..].iter().collect::<Vec<_>>(), "each is on record");
    let summary = bot.slash_in("alice", &room, "/incident summary").await.text;
    for label in ["Detection", "Triage", "Investigation", "Containment", "Eradication", "Recovery"] {
        assert!(summary.contains(&format!("{label} 10 min")), "no {label} in {summary}");
    }
    let refused = bot.slash_in("alice", &room, "/incident close everybody knows").await;
    assert!(refused.text.contains("*Notification* is not over"), "{}", refused.text);
    bot.slash_in("alice", &room, "/incident phase notification done").await;
    bot.slash_in("alice", &room, "/incident close").await;
    assert!(!now().await.is_open());
}

/// [I2] Notification opens with triage, also where triage is left out, stays open beside the others, and holds up closing.
#[tokio::test]
async fn notification_runs_beside_the_other_phases() {
    let bot = Bot::start().await;
    let (id, room) = secret(&bot, &[]).await;
    assert!(!bot.card(&room).contains("Notification"), "not yet");
    bot.slash_in("alice", &room, "/incident phase investigation it is real").await;
    let card = bot.card(&room);
    assert!(card.contains("Notification* runs beside *Investigation* since"), "{card}");
    let again = bot.slash_in("alice", &room, "/incident phase notification").await.text;
    assert!(again.contains("phase notification done"), "how to end it is said: {again}");
    for phase in ["containment", "eradication", "recovery"] {
        bot.slash_in("alice", &room, &format!("/incident phase {phase}")).await;
        assert!(bot.card(&room).contains("Notification"), "it stays open in {phase}");
    }
    bot.slash_in("alice", &room, "/incident resolve the token was revoked").await;
    let refused = bot.slash_in("alice", &room, "/incident close everybody knows").await;
    assert!(refused.text.contains("*Notification* is not over"), "{}", refused.text);
    assert!(refused.text.contains(&format!("`/incident {id} phase notification done`")), "{}", refused.text);
    bot.press("alice", &bot.slack.ephemerals("alice", &room), "End Notification").await;
    let it = bot.app().engine.incident(id).await.expect("readable").expect("there");
    assert!(it.course.open_beside().next().is_none());
    bot.slash_in("alice", &room, "/incident close").await;
    let it = bot.app().engine.incident(id).await.expect("readable").expect("there");
    assert!(!it.is_open(), "{:?}", it.course);
}

/// [H2] Whoever is responsible for a phase gets its work when it begins.
#[tokio::test]
async fn entering_containment_gives_the_responsible_their_work() {
    let bot = Bot::start().await;
    let (_, room) = secret(&bot, &[]).await;
    bot.slash_in("bob", &room, "/incident role analyst").await;
    bot.expect_once(&room, "Task 1 for @bob");
    bot.slash_in("alice", &room, "/incident phase containment the account is in use").await;
    let told = bot.expect_dm("bob", "Task 2 is yours");
    assert!(!told.contains("Containment"), "its words stay in the room: {told}");
    bot.expect_once(&room, "Containment: It is kept from getting worse");
    bot.expect_once(&room, "Task 1 ends with");
    let tasks = || async { bot.slash_in("bob", &room, "/incident tasks").await.text };
    let open = tasks().await;
    assert!(
        open.matches("Containment: ").count() == 1 && open.contains("<@U0BOB>"),
        "nobody has the other role: {open}"
    );
    bot.slash_in("alice", &room, "/incident phase eradication it holds").await;
    let open = tasks().await;
    assert!(!open.contains("Containment: ") && open.contains("Eradication: "), "it ends with its phase: {open}");
    bot.expect_once(&room, "Task 2 ends with");
    let ended = bot.expect_dm("bob", "Task 2 ended with its phase; nobody had marked it done");
    assert!(!ended.contains("white_check_mark"), "{ended}");
    let card = bot.card(&room);
    assert!(card.contains("open, 0 done"), "nobody did anything: {card}");
}

/// [H2] Everyone who is responsible has the work of the phase that lasts, from declaring on: whoever takes the role meanwhile too,
/// and what its holder gives away goes with it. Whoever declared hears nothing of it.
#[tokio::test]
async fn whoever_becomes_responsible_has_the_work_of_the_phase() {
    let bot = Bot::start().await;
    let (_, room) = secret(&bot, &[]).await;
    assert_eq!(bot.count(&room, ":clipboard:"), 0, "nobody is responsible yet: {}", shown(&bot.said(&room)));
    for who in ["bob", "carol"] {
        bot.slash_in(who, &room, "/incident role analyst").await;
    }
    let tasks = || async { bot.slash_in("alice", &room, "/incident tasks").await.text };
    let open = tasks().await;
    assert_eq!(open.matches("Detection: ").count(), 2, "both of them, from the first phase on: {open}");
    bot.slash_in("alice", &room, "/incident phase investigation it is real").await;
    let open = tasks().await;
    assert_eq!(open.matches("Investigation: ").count(), 2, "and in each phase: {open}");
    assert!(open.contains("<@U0BOB>") && open.contains("<@U0CAROL>"), "{open}");
    // Notification runs beside: whoever gives the role away gives its work with it.
    bot.slash_in("dave", &room, "/incident role customer_comms").await;
    let open = tasks().await;
    assert_eq!(open.matches("Notification").count(), 1, "{open}");
    bot.slash_in("dave", &room, "/incident handoff @erin customer_comms").await;
    bot.press("erin", &bot.slack.dm("erin"), "Accept").await;
    let open = tasks().await;
    assert!(
        open.matches("Notification").count() == 1 && open.contains("<@U0ERIN>") && !open.contains("<@U0DAVE>"),
        "{open}"
    );
    assert!(!bot.slack.dm("alice").iter().any(|m| m.contains("is yours")), "{}", shown(&bot.slack.dm("alice")));
}

/// [H4] [H5] Declaring begins the first phase as the table says; whoever is asked because of what was ticked is not asked again.
#[tokio::test]
async fn the_first_phase_asks_and_tells() {
    let bot = Bot::configured(|config| {
        config.playbook = edited(|p| {
            let detection = p.raci.iter_mut().find(|a| a.id.as_str() == "detection").expect("built in");
            detection.consulted = vec!["legal".into()];
            detection.informed = vec!["support".into()];
            let named = [("legal", "user:U0DAVE"), ("support", "user:U0ERIN")];
            for (id, contact) in named {
                let role = p.roles.iter_mut().find(|r| r.id.as_str() == id).expect("built in");
                role.main = Some(contact.parse().expect("a contact"));
            }
        });
    })
    .await;
    let (_, room) = secret(&bot, &["data_exposed"]).await;
    let told = bot.slack.dm("erin").iter().filter(|m| m.contains("Detection* began")).count();
    assert_eq!(told, 1, "{}", shown(&bot.slack.dm("erin")));
    let asked = bot.said(&room).iter().filter(|m| m.contains("asked *Advisor: legal*")).count();
    assert_eq!(asked, 1, "once, for whichever reason: {}", shown(&bot.said(&room)));
}

/// [H3] Leaving a phase of a major incident awaits the accountable role; another one's press is refused; only closing waits.
#[tokio::test]
async fn leaving_a_phase_awaits_whoever_answers_for_it() {
    let bot = Bot::start().await;
    let (_, room) = secret(&bot, &[]).await;
    bot.slash_in("bob", &room, "/incident phase next").await;
    let card = bot.card(&room);
    assert!(card.contains("Triage"), "the phase changes at once: {card}");
    assert!(card.contains("awaiting *Security incident coordinator*"), "{card}");
    let said: Vec<_> = bot.said(&room).into_iter().filter(|m| m.contains("Detection")).collect();
    let line = "that *:satellite_antenna: Detection* was left awaits *Security incident coordinator*";
    let lines: Vec<_> = said.iter().filter(|m| m.text.to_lowercase().contains(&line.to_lowercase())).collect();
    assert!(lines.len() == 1 && lines[0].contains("changed the phase"), "one line: {}", crate::harness::shown(&said));
    bot.expect_dm("alice", "phase detection accept");
    bot.slash_in("bob", &room, "/incident phase improvement nothing is left to do").await;
    let refused = bot.slash_in("alice", &room, "/incident close they know").await;
    assert!(refused.text.contains("has not accepted that *Detection* was left"), "{}", refused.text);
    bot.press_card("bob", &room, "Accept exit of Detection").await;
    let told = bot.slack.ephemerals("bob", &room).pop().expect("an answer").to_string();
    assert!(told.contains("@alice") && told.contains("Detection"), "who answers for it is said: {told}");
    let accepted = async || {
        let by = |fact: Fact| match fact {
            Fact::ExitAccepted { phase, by, .. } if phase.as_str() == "detection" => Some(by),
            _ => None,
        };
        facts(&bot, "SEC-1").await.into_iter().filter_map(by).collect::<Vec<_>>()
    };
    assert!(
        accepted().await.is_empty() && bot.card(&room).contains("Accept exit of Detection"),
        "bob does not answer for it"
    );
    bot.press_card("alice", &room, "Accept exit of Detection").await;
    assert_eq!(accepted().await, ["U0ALICE".into()]);
    bot.slash_in("alice", &room, "/incident phase triage accept").await;
    assert!(!bot.card(&room).contains("awaiting"), "{}", bot.card(&room));
}

/// [H4] Consulted roles get a question with an answer-by time and one reminder; the answer stands beside the decision it informs.
#[tokio::test]
async fn consulted_roles_are_asked_reminded_and_heard() {
    let bot = Bot::start().await;
    let (id, room) = secret(&bot, &[]).await;
    bot.slash_in("erin", &room, "/incident role legal").await;
    bot.slash_in("alice", &room, "/incident phase containment the account is in use").await;
    let question = bot.expect_dm("erin", "Containment* began. What must we heed in it?");
    assert!(bot.card(&room).contains("Question 1 to *Advisor: legal*"), "{}", bot.card(&room));
    bot.advance(minutes(16)).await;
    let reminders = bot.slack.dm("erin").iter().filter(|m| m.contains("answer wanted by")).count();
    assert_eq!(reminders, 1, "reminded once");
    assert!(bot.card(&room).contains("no answer since"), "{}", bot.card(&room));
    bot.expect_once(&room, "Question 1 has no answer yet");
    bot.press("erin", &[question], "Answer").await;
    bot.submit("erin", &[("Answer", "keep the logs")]).await;
    bot.expect_once(&room, "keep the logs");
    assert!(!bot.card(&room).contains("Question 1"), "{}", bot.card(&room));
    let after = bot.expect_dm("erin", "It is answered");
    assert!(!after.blocks.iter().any(|b| b.to_string().contains("\"Answer\"")), "no button is left: {after}");
    bot.slash_in("alice", &room, "/incident decision we lock the account and keep the logs").await;
    let history = bot.history(&id.to_string()).await;
    let answer =
        history.iter().position(|w| matches!(w, What::Course(Fact::ConsultAnswered { .. }))).expect("an answer");
    let taken = history.iter().find_map(|w| match w {
        What::Course(Fact::AdviceTaken { answers, .. }) => Some(answers.clone()),
        _ => None,
    });
    assert_eq!(taken, Some(vec![answer as u64 + 1]), "beside the decision");
}

/// [B3] An advisor's duty to answer ticks itself with the answer, and is owed again while another question of theirs waits.
#[tokio::test]
async fn answering_ticks_itself() {
    let bot = Bot::start().await;
    let (_, room) = secret(&bot, &[]).await;
    bot.slash_in("erin", &room, "/incident role legal").await;
    let duty = async || {
        let list = bot.slash_in("erin", &room, "/incident checklist").await.text;
        list.lines().skip_while(|l| !l.contains("Answer the questions")).nth(1).expect("the duty").to_owned()
    };
    assert!(duty().await.contains("open"), "nobody asked anything: {}", duty().await);
    bot.slash_in("alice", &room, "/incident consult legal: may we tell the press?").await;
    bot.slash_in("alice", &room, "/incident consult legal: must we tell the regulator?").await;
    bot.slash_in("erin", &room, "/incident consult answer 1 not yet").await;
    assert!(duty().await.contains("open"), "one waits: {}", duty().await);
    bot.slash_in("erin", &room, "/incident consult answer 2 within 72 hours").await;
    assert!(duty().await.contains("done"), "{}", duty().await);
    bot.slash_in("alice", &room, "/incident consult privacy: whose data is it?").await;
    assert!(duty().await.contains("done"), "that asks somebody else: {}", duty().await);
    bot.slash_in("alice", &room, "/incident consult legal: and the customers?").await;
    assert!(duty().await.contains("open"), "{}", duty().await);
}

/// What is over needs no answer: the message says so, and a press on what somebody still sees of it opens no form.
#[tokio::test]
async fn a_question_is_over_with_its_incident() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 search is slow").await;
    bot.slash_in("bob", &room, "/incident role support").await;
    bot.slash_in("alice", &room, "/incident consult support: do customers call?").await;
    bot.expect_dm("bob", "do customers call?");
    bot.advance(minutes(21)).await;
    let reminder = bot.expect_dm("bob", "answer wanted by");
    bot.slash_in("alice", &room, "/incident cancel it was a test").await;
    bot.expect_dm("bob", "no answer is needed");
    bot.press("bob", std::slice::from_ref(&reminder), "Answer question 1").await;
    let said = bot.slack.ephemerals("bob", &reminder.channel);
    assert!(said.iter().any(|m| m.contains("INC-1 has ended")), "{}", shown(&said));
    bot.slash_in("alice", &room, "/incident reopen it is slow again").await;
    let again = bot.expect_dm("bob", "do customers call?");
    bot.press("bob", &[again], "Answer").await;
    bot.submit("bob", &[("Answer", "two did")]).await;
    bot.expect_once(&room, "two did");
}

/// [H4] Whoever does not know whom to ask is shown the roles that can be held here, and no others.
#[tokio::test]
async fn whom_to_ask_is_chosen_in_a_form() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("bob", &room, "/incident role support").await;
    bot.slash_in("alice", &room, "/incident consult").await;
    let form = bot.form("alice");
    assert!(form.contains("Customer support lead") && !form.contains("Red team"), "{form:?}");
    bot.submit("alice", &[("Whom?", "Customer support lead"), ("Question", "Do customers call?")]).await;
    bot.expect_dm("bob", "Do customers call?");
    let refused = bot.slash_in("alice", &room, "/incident consult red_team what now?").await;
    assert!(refused.text.contains("drills only") && !bot.card(&room).contains("Question 2"), "{}", refused.text);
}

/// [H5] Informed roles hear exactly one line for each change, without a way back into the room.
#[tokio::test]
async fn informed_roles_hear_one_line_for_each_change() {
    let bot = Bot::start().await;
    let (_, room) = secret(&bot, &[]).await;
    bot.slash_in("dave", &room, "/incident role sponsor").await;
    let before = bot.slack.dm("dave").len();
    bot.slash_in("alice", &room, "/incident phase containment the account is in use").await;
    bot.slash_in("alice", &room, "/incident phase eradication").await;
    let told: Vec<_> = bot.slack.dm("dave").split_off(before);
    let of = |phase: &str| told.iter().filter(|m| m.contains(&format!("{phase}* began"))).count();
    assert_eq!((of("Containment"), of("Eradication")), (1, 1), "{}", crate::harness::shown(&told));
    for line in &told {
        let json = serde_json::to_string(&line.blocks).expect("blocks");
        assert!(!json.contains("\"button\"") && !json.contains("<#") && !json.contains(&room), "a way back: {json}");
        assert!(!json.contains("a token was found"), "no title outside of the room: {json}");
    }
}

/// [H5] An informed role that nobody has: each member of the group that the playbook names for it hears the one line, and of
/// somebody outside Slack the room hears whom to call, once for each change.
#[tokio::test]
async fn groups_and_those_outside_slack_are_informed() {
    let first = "[[criteria]]\nid = \"service_impact\"";
    let firm = "[[contacts]]\nid = \"firm\"\nname = \"Quill and Partners\"\nphone = \"+49 30 1234567\"\n\n";
    let bot = Bot::with_changes(&[
        (first, &format!("{firm}{first}")),
        ("id = \"sponsor\"", "id = \"sponsor\"\nmain = \"external:firm\""),
        ("id = \"support\"", "id = \"support\"\nmain = \"external:firm\"\nbackup = \"group:S0CHECKOUT\""),
    ])
    .await;
    let (_, room) = secret(&bot, &[]).await;
    bot.slash_in("bob", &room, "/incident role analyst").await;
    let before = ["bob", "carol", "dave"].map(|who| bot.slack.dm(who).len());
    bot.slash_in("alice", &room, "/incident phase containment the account is in use").await;
    bot.slash_in("alice", &room, "/incident phase eradication").await;
    let began = |who: &str, skip: usize, phase: &str| {
        let told = bot.slack.dm(who).split_off(skip);
        told.iter().filter(|m| m.contains(&format!("{phase}* began. You hear of this as"))).count()
    };
    let told =
        |phase: &str| [("bob", before[0]), ("carol", before[1]), ("dave", before[2])].map(|(w, n)| began(w, n, phase));
    assert_eq!(told("Containment"), [0, 1, 0], "whose work it is hears that, and nobody hears it twice");
    assert_eq!(told("Eradication"), [0, 0, 0], "support is not informed of that");
    let line = bot.expect_dm("carol", "Containment* began");
    let json = serde_json::to_string(&line.blocks).expect("blocks");
    assert!(!json.contains("\"button\"") && !json.contains(&room), "a way back: {json}");
    assert!(!json.contains("a token was found"), "no title outside of the room: {json}");
    for phase in ["Containment", "Eradication"] {
        let line = format!("{phase}* began");
        let called = bot
            .said(&room)
            .iter()
            .filter(|m| m.contains("call +49 30 1234567. Please tell") && m.contains(&line))
            .count();
        assert_eq!(called, 1, "{}", shown(&bot.said(&room)));
    }
}

/// [H5] An informed role of a schedule: whoever is on call hears the one line; the room is asked only where the settings lack the
/// schedule.
#[tokio::test]
async fn whoever_is_on_call_is_informed() {
    let bot = Bot::configured(|config| {
        config.settings.schedules = vec![weekly("desk", &["U0DAVE"])];
        config.playbook = edited(|p| {
            let named = [("support", "oncall:desk"), ("sponsor", "oncall:bosses")];
            for role in &mut p.roles {
                let to = named.iter().find(|(id, _)| role.id.as_str() == *id);
                role.main = to.map(|(_, contact)| contact.parse().expect("a contact")).or(role.main.take());
            }
        });
    })
    .await;
    let (_, room) = secret(&bot, &[]).await;
    bot.slash_in("alice", &room, "/incident phase containment the account is in use").await;
    let told = bot.slack.dm("dave").iter().filter(|m| m.contains("Containment* began. You hear of this as")).count();
    assert_eq!(told, 1, "{}", shown(&bot.slack.dm("dave")));
    let by_hand = |m: &SeenMessage| m.contains("no on-call schedule `bosses`") && m.contains("Containment* began");
    assert_eq!(bot.said(&room).iter().filter(|m| by_hand(m)).count(), 1, "{}", shown(&bot.said(&room)));
    assert_eq!(bot.count(&room, "on-call schedule `desk`"), 0);
}

/// [H6] From eradication on customers are told, by a person: the table says of which phases.
#[test]
fn customers_are_told_from_eradication_on() {
    let playbook = Playbook::builtin();
    let kind = playbook.kind(&"security".into());
    let told = |phase: &str| {
        let phase = kind.phases.iter().find(|p| p.id.as_str() == phase).expect("a phase");
        watchroom::incident::course::informs_customers(&playbook, phase)
    };
    let before = ["detection", "triage", "investigation", "containment"];
    assert!(before.into_iter().all(|phase| !told(phase)));
    assert!(["eradication", "recovery", "notification"].into_iter().all(told));
}

/// [H6] When eradication begins, every customer whose impact is confirmed is one item for whoever tells customers, and nothing
/// goes out by itself; before that there is none.
#[tokio::test]
async fn eradication_queues_an_item_for_each_confirmed_customer() {
    let bot = Bot::start().await;
    let (_, room) = secret(&bot, &[]).await;
    bot.slash_in("alice", &room, "/incident role customer_comms @bob").await;
    for name in ["Quagga Ltd", "Tapir Inc", "Okapi"] {
        let add = format!("/incident customers add {name} security: sec@example.org");
        bot.slash_in("alice", &room, &add).await;
    }
    for customer in [1, 3] {
        bot.slash_in("alice", &room, &format!("/incident customers confirm {customer} its tokens were read")).await;
    }
    bot.slash_in("alice", &room, "/incident phase containment the account is in use").await;
    let items = || async {
        let tasks = bot.slash_in("alice", &room, "/incident tasks").await.text;
        let items: Vec<&str> = tasks.lines().filter(|line| line.contains("began (`")).collect();
        assert!(items.iter().all(|item| item.contains("<@U0BOB>")), "whoever tells customers: {tasks}");
        items.len()
    };
    assert_eq!(items().await, 0, "customers are told from eradication on");
    bot.slash_in("alice", &room, "/incident phase eradication it holds").await;
    assert_eq!(items().await, 2, "the third one is not confirmed");
    bot.slash_in("alice", &room, "/incident phase recovery all is clean").await;
    assert_eq!(items().await, 2, "an item ends with its phase");
    let told = |what: &What| matches!(what, What::Case(watchroom::incident::case::Fact::CustomerTold { .. }));
    assert!(!bot.history("SEC-1").await.iter().any(told), "nothing went out");
}

/// [G5] Personal data ticked: privacy is asked at once; the card shows it until it is answered, and whoever takes the role is asked.
#[tokio::test]
async fn advisors_are_asked_by_what_was_ticked() {
    let bot = Bot::start().await;
    let (id, room) = secret(&bot, &["data_exposed"]).await;
    let card = bot.card(&room);
    for advisor in ["Advisor: legal", "Advisor: privacy"] {
        assert!(card.contains(&format!("*{advisor}* (nobody has this role yet)")), "{card}");
    }
    bot.expect_once(&room, "has question 1 for *Advisor: legal*");
    bot.expect_once(&room, &format!("To give the role to somebody: `/incident {id} role legal @person`"));
    assert_eq!(bot.count(&room, "Watchroom asked *Advisor"), 0, "nobody was asked");
    bot.slash_in("erin", &room, "/incident role privacy").await;
    let passed = bot.expect_dm("erin", "Data may be exposed");
    assert!(passed.contains(&format!("Room: <#{room}>")), "{passed}");
    bot.slash_in("erin", &room, "/incident consult answer 2 notify within 72 hours").await;
    let card = bot.card(&room);
    assert!(card.contains("Advisor: legal*") && !card.contains("Advisor: privacy* ("), "{card}");
    let asked = bot.slash_in("alice", &room, "/incident consult privacy: may we tell the press?").await;
    assert!(asked.text.contains("question 3"), "{}", asked.text);
    assert!(!asked.text.contains("tell the press"), "the room has the words: {}", asked.text);
    let summary = bot.slash_in("alice", &room, "/incident summary").await.text;
    let unanswered = summary.split("*Questions without an answer*").nth(1).expect("a heading");
    assert!(unanswered.contains("question 1") && unanswered.contains("tell the press"), "{summary}");
    assert!(!unanswered.contains("question 2 for"), "that one is answered: {summary}");
    // A need-to-know incident has its words in its room alone.
    bot.expect_dm("erin", "(the words are in the room)");
    assert!(bot.count(&room, "may we tell the press?") > 0);
    let asked = |what: &What| matches!(what, What::Course(Fact::ConsultAsked { number: 3, .. }));
    let seq = 1 + bot.history(&id.to_string()).await.iter().position(asked).expect("asked");
    bot.slash_in("alice", &room, &format!("/incident redact {seq} it named somebody")).await;
    assert_eq!(bot.count(&room, "tell the press"), 0, "redaction reaches the question");
    let which = bot.slash_in("alice", &room, "/incident consult answer yes").await;
    assert!(which.text.contains("Which question? 1, 3 wait"), "{}", which.text);
}

/// [G5] [H4] Advisors whom the playbook names by a group are asked to take the role, and whoever does gets the question; of those
/// outside Slack the room gets the number to call.
#[tokio::test]
async fn advisors_named_by_group_or_phone_are_asked() {
    let first = "[[criteria]]\nid = \"service_impact\"";
    let firm = "[[contacts]]\nid = \"firm\"\nname = \"Quill and Partners\"\nphone = \"+49 30 1234567\"\n\n";
    let bot = Bot::with_changes(&[
        (first, &format!("{firm}{first}")),
        ("id = \"legal\"", "id = \"legal\"\nmain = \"external:firm\""),
        ("id = \"privacy\"", "id = \"privacy\"\nmain = \"group:S0CHECKOUT\""),
    ])
    .await;
    let (_, room) = secret(&bot, &["data_exposed"]).await;
    bot.expect_once(&room, "Quill and Partners is not in Slack; call +49 30 1234567");
    for who in ["bob", "carol"] {
        let offer = bot.expect_dm(who, "Advisor: privacy");
        assert!(!offer.contains("a token was found"), "no title outside of the room: {offer}");
    }
    bot.press("carol", &bot.slack.dm("carol"), "Accept").await;
    bot.expect_dm("carol", "Data may be exposed");
    assert!(!bot.slack.dm("bob").iter().any(|m| m.contains("Data may be exposed")), "the role is hers");
    // A phase consults them just the same, and asks nobody for a role twice.
    bot.slash_in("alice", &room, "/incident phase containment the account is in use").await;
    assert!(bot.card(&room).contains("Question 3 to *Advisor: legal*"), "{}", bot.card(&room));
    assert_eq!(bot.count(&room, "call +49 30 1234567"), 1, "{}", shown(&bot.said(&room)));
}

/// [G5] Each advisor has something that has them asked by itself; what a security incident does not say asks nobody.
#[tokio::test]
async fn every_advisor_is_asked_by_something() {
    for (ticked, advisors) in [
        ("data_exposed", ["legal", "privacy"].as_slice()),
        ("data_lost", &["privacy", "risk"]),
        ("extortion", &["legal", "risk"]),
        ("insider", &["legal", "people"]),
        ("service_impact", &[]),
    ] {
        let bot = Bot::start().await;
        let (id, _) = secret(&bot, &[ticked]).await;
        let asked = facts(&bot, &id.to_string()).await.into_iter().filter_map(|fact| match fact {
            Fact::ConsultAsked { role, .. } => Some(role.to_string()),
            _ => None,
        });
        assert_eq!(asked.collect::<Vec<_>>(), advisors, "{ticked}");
    }
    assert!(Playbook::builtin().criteria.len() <= 7, "the form stays short");
}

/// [H1] The table is shown at party level and at role level, also to those who hear it.
#[tokio::test]
async fn the_raci_table_can_be_read() {
    let bot = Bot::start().await;
    let shown = bot.slash("alice", "/incident roles raci").await;
    for part in ["Notification (to the provider)", "provider I, C, customer R", "A: Security incident coordinator"] {
        assert!(shown.text.contains(part), "`{part}` is missing: {}", shown.text);
        assert!(shown.body["blocks"].to_string().contains(part), "`{part}` is not shown");
    }
}
