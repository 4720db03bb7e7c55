//! Who does what: people are asked to take roles, have checklists and tasks, and hand them over.

use watchroom::{
    engine::{Ask as Request, Refusal},
    incident::{
        Actor, Command, Rejection, What,
        duty::{Ask, Fact, No},
    },
    sandbox::{Fault, FaultKind},
};

use crate::harness::{Bot, minutes, policy, shown};

/// The built-in playbook with people for the communications lead: dave, then erin; carol is the executive sponsor.
async fn staffed() -> Bot {
    Bot::with_changes(&[
        ("id = \"communications\"", "id = \"communications\"\nmain = \"user:U0DAVE\"\nbackup = \"user:U0ERIN\""),
        ("id = \"sponsor\"", "id = \"sponsor\"\nmain = \"user:U0CAROL\""),
    ])
    .await
}

/// The built-in playbook with these contacts for the communications lead.
async fn with_contacts(contacts: &str) -> Bot {
    Bot::with_changes(&[("id = \"communications\"", &format!("id = \"communications\"\n{contacts}"))]).await
}

/// An answer as people read it.
fn read(text: &str) -> String {
    let mut out = String::new();
    for part in text.split_inclusive('>') {
        let (before, reference) = part.split_once('<').unwrap_or((part, ""));
        out.push_str(before);
        let reference = reference.trim_end_matches('>');
        match reference.strip_prefix("@U0") {
            Some(name) => out.extend(["@", &name.to_lowercase()]),
            None => out.push_str(reference.rsplit('|').next().unwrap_or_default()),
        }
    }
    out
}

fn asked(bot: &Bot, who: &str) -> usize {
    bot.slack.dm(who).iter().filter(|m| m.contains("Communications lead: INC-1")).count()
}

/// [B1] The main contact is invited and asked by direct message, with the checklist and two buttons; nothing filled in, and
/// nobody is asked.
#[tokio::test]
async fn the_main_contact_is_asked_at_once() {
    let bot = staffed().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    let message = bot.expect_dm("dave", "Communications lead: INC-1");
    for part in ["Choose which channels apply", "Accept", "I can't", "checkout is down"] {
        assert!(message.contains(part), "no `{part}` in {message}");
    }
    assert!(bot.slack.channel(&room).members.contains(&"U0DAVE".to_owned()), "invited");
    assert_eq!(asked(&bot, "erin"), 0, "the backup is not asked yet");
    assert!(bot.card(&room).contains("@dave is asked"), "{}", bot.card(&room));
    bot.press("dave", &bot.slack.dm("dave"), "Accept").await;
    assert!(bot.card(&room).contains("*Communications lead*\n@dave") || bot.card(&room).contains("@dave"));
    bot.expect_once(&room, "@dave took over as");
    bot.advance(minutes(30)).await;
    assert_eq!(asked(&bot, "erin"), 0, "whoever accepted is enough");

    let plain = Bot::start().await;
    let room = plain.declare("alice", "sev1 checkout is down").await;
    plain.advance(minutes(30)).await;
    for who in ["bob", "carol", "dave", "erin"] {
        assert!(plain.slack.dm(who).is_empty(), "{who} was asked: {}", shown(&plain.slack.dm(who)));
    }
    assert_eq!(plain.count(&room, "take *"), 0);
    let told = plain.slack.dm("alice");
    assert!(told.iter().all(|m| !m.contains("Set the severity from") || m.contains("confirm")), "{}", shown(&told));
}

/// [B2] No answer within the severity's minutes: the backup, then on SEV1 the sponsor, then aloud; the card shows who did not
/// answer. Do-not-disturb is never looked at.
#[tokio::test]
async fn nobody_answers_and_the_next_one_is_asked() {
    let bot = staffed().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    let seconds = jiff::SignedDuration::from_secs;
    bot.advance(minutes(5) - seconds(10)).await;
    assert_eq!(asked(&bot, "erin"), 0);
    bot.advance(seconds(10)).await;
    assert_eq!(asked(&bot, "erin"), 1, "after five minutes: {}", shown(&bot.slack.dm("erin")));
    bot.expect_once(&room, "No answer yet from @dave; asking the backup");
    assert!(bot.card(&room).contains("@erin is asked (no answer from @dave)"), "{}", bot.card(&room));
    bot.advance(minutes(5)).await;
    assert_eq!(asked(&bot, "carol"), 1, "the sponsor");
    assert_eq!(bot.count(&room, "Nobody has taken"), 0);
    bot.advance(minutes(5)).await;
    bot.expect_once(&room, "Nobody has taken Communications lead.");
    bot.expect_once(&room, "No answer from @dave, @erin, @carol.");
    bot.advance(minutes(60)).await;
    bot.expect_once(&room, "Nobody has taken Communications lead.");
    assert_eq!((asked(&bot, "dave"), asked(&bot, "erin"), asked(&bot, "carol")), (1, 1, 1), "each is asked once");
    let dnd: Vec<_> = bot.slack.calls().into_iter().filter(|c| c.method.starts_with("dnd.")).collect();
    assert!(dnd.is_empty(), "nobody is skipped for sleeping");
    // Late is better than never.
    bot.press("erin", &bot.slack.dm("erin"), "Accept").await;
    bot.expect_once(&room, "@erin took over as");
    assert!(!bot.card(&room).contains("no answer"), "{}", bot.card(&room));
    bot.expect_nothing_doubled(1);
}

/// [B2] Behind main and backup stands a group: its members are asked before the sponsor, whoever was asked already not again.
#[tokio::test]
async fn the_group_is_asked_before_the_sponsor() {
    let contacts = "main = \"user:U0DAVE\"\nbackup = \"user:U0BOB\"\ngroup = \"group:S0CHECKOUT\"";
    let bot = Bot::with_changes(&[
        ("id = \"communications\"", &format!("id = \"communications\"\n{contacts}")),
        ("id = \"sponsor\"", "id = \"sponsor\"\nmain = \"user:U0ERIN\""),
    ])
    .await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.advance(minutes(9)).await;
    assert_eq!(["dave", "bob", "carol", "erin"].map(|who| asked(&bot, who)), [1, 1, 0, 0]);
    bot.advance(minutes(1)).await;
    assert_eq!(["dave", "bob", "carol", "erin"].map(|who| asked(&bot, who)), [1, 1, 1, 0], "bob is in it too");
    bot.expect_once(&room, "asking the group behind *Communications lead*");
    assert!(bot.expect_dm("carol", "Communications lead: INC-1").contains("in the group behind this role"));
    bot.advance(minutes(5)).await;
    assert_eq!(asked(&bot, "erin"), 1, "the sponsor");
    bot.advance(minutes(5)).await;
    bot.expect_once(&room, "No answer from @dave, @bob, @carol, @erin.");
}

/// [B2] Slack does not say who is in the group: the next ones are asked, and the room hears why nobody of it is.
#[tokio::test]
async fn a_group_of_a_role_that_nobody_can_look_up_is_passed_over_aloud() {
    let bot = with_contacts("main = \"group:S0CHECKOUT\"\nbackup = \"user:U0ERIN\"").await;
    bot.slack.fault(Fault::new(FaultKind::ServerError { status: 503 }).on("usergroups.users.list").seconds(600));
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.advance(minutes(2)).await;
    assert_eq!(["bob", "carol", "erin"].map(|who| asked(&bot, who)), [0, 0, 1], "{}", shown(&bot.said(&room)));
    bot.expect_once(
        &room,
        "could not be asked (Slack cannot be reached: status 503), so that nobody of it is asked to take",
    );
    assert_eq!(bot.count(&room, "nobody else in"), 0, "nobody knows that: {}", shown(&bot.said(&room)));
}

/// [B2] Not SEV1: the sponsor is left alone; a severity without a time to answer asks nobody else.
#[tokio::test]
async fn smaller_incidents_ask_fewer_people() {
    let bot = staffed().await;
    let room = bot.declare("alice", "sev2 checkout is slow").await;
    bot.advance(minutes(20)).await;
    assert_eq!((asked(&bot, "erin"), asked(&bot, "carol")), (1, 0));
    bot.expect_once(&room, "Nobody has taken Communications lead.");
    let room = bot.declare("alice", "sev4 a log is loud").await;
    bot.advance(minutes(120)).await;
    assert_eq!(bot.slack.dm("dave").iter().filter(|m| m.contains("Communications lead: INC-2")).count(), 1);
    assert_eq!(bot.slack.dm("erin").iter().filter(|m| m.contains("Communications lead: INC-2")).count(), 0);
    assert_eq!(bot.count(&room, "Nobody has taken"), 0);
    // It got worse after all: those who were asked have the time of the new severity from now.
    bot.slash_in("alice", &room, "/incident sev 1 it spreads").await;
    bot.advance(minutes(5)).await;
    assert_eq!(bot.slack.dm("erin").iter().filter(|m| m.contains("Communications lead: INC-2")).count(), 1);
}

/// [B2] Whoever declines, or left the company, is no reason to wait.
#[tokio::test]
async fn a_no_and_an_empty_chair_go_on_at_once() {
    let bot = staffed().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.press("dave", &bot.slack.dm("dave"), "I can't").await;
    bot.expect_once(&room, "@dave cannot take *Communications lead*");
    assert_eq!(asked(&bot, "erin"), 1, "at once");
    bot.expect_dm("dave", "You said that you cannot.");

    let bot = with_contacts("main = \"user:U0FRANK\"\nbackup = \"user:U0ERIN\"").await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    assert_eq!(asked(&bot, "erin"), 1, "frank has left: {}", shown(&bot.said(&room)));
    bot.expect_once(&room, "could not be asked to take");
}

/// [B2] A user group: each of its members at once, and the first to accept has it.
#[tokio::test]
async fn of_a_group_the_first_who_accepts_has_it() {
    let bot = with_contacts("main = \"user:U0DAVE\"\nbackup = \"group:S0CHECKOUT\"").await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.advance(minutes(5)).await;
    assert_eq!((asked(&bot, "bob"), asked(&bot, "carol")), (1, 1), "{}", shown(&bot.said(&room)));
    bot.press("carol", &bot.slack.dm("carol"), "Accept").await;
    bot.expect_dm("bob", "This offer is over; @carol has the role.");
    bot.expect_dm("dave", "This offer is over; @carol has the role.");
    bot.advance(minutes(30)).await;
    assert_eq!(bot.count(&room, "Nobody has taken"), 0);
}

/// [B2] Whom Slack cannot ask, people must: the room gets the number to call, and the ladder goes on at once.
#[tokio::test]
async fn the_room_is_told_whom_to_call() {
    let first = "[[criteria]]\nid = \"service_impact\"";
    let outside = "[[contacts]]\nid = \"press_office\"\nname = \"Press office\"\nphone = \"+49 30 1234567\"\n\n";
    let bot = Bot::with_changes(&[
        (first, &format!("{outside}{first}")),
        (
            "id = \"communications\"",
            "id = \"communications\"\nmain = \"external:press_office\"\nbackup = \"oncall:press\"",
        ),
    ])
    .await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.expect_once(&room, "Press office is not in Slack; call +49 30 1234567");
    bot.expect_once(&room, "there is no on-call schedule `press`");
    bot.expect_once(&room, "Nobody has taken Communications lead.");
}

/// The built-in playbook with frank, who has left Slack, and erin for this role, and with the numbers of both.
async fn with_numbers(role: &str) -> Bot {
    let first = "[[criteria]]\nid = \"service_impact\"";
    let numbers = "[[contacts]]\nid = \"frank\"\nname = \"Frank\"\nphone = \"+49 30 111\"\nuser = \"U0FRANK\"\n\n\
                   [[contacts]]\nid = \"erin\"\nname = \"Erin\"\nphone = \"+49 30 222\"\nuser = \"U0ERIN\"\n\n";
    let role = format!("[[roles]]\nid = \"{role}\"");
    let named = format!("{role}\nmain = \"user:U0FRANK\"\nbackup = \"user:U0ERIN\"");
    let mut bot = Bot::with_changes(&[(first, &format!("{numbers}{first}")), (&role, &named)]).await;
    bot.config.settings.policies = vec![policy("night", &[("U0FRANK", 5)])];
    bot.crash_and_restart().await;
    bot
}

/// [B2] Whom nothing reaches is called by hand: the room gets the number that the playbook has, where asking somebody failed, and of
/// all who did not answer once nobody is left; of roles and of pages.
#[tokio::test]
async fn the_room_gets_the_numbers_of_whom_nothing_reaches() {
    let bot = with_numbers("communications").await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    let asked = |what: &str| bot.said(&room).into_iter().find(|m| m.contains(what)).expect("a line").to_string();
    let failed = asked("could not be asked to take");
    assert!(failed.contains("@frank: call +49 30 111.") && !failed.contains("222"), "{failed}");
    assert_eq!(bot.count(&room, "+49 30 222"), 0, "she may answer");
    bot.advance(minutes(10)).await;
    let aloud = asked("Nobody has taken Communications lead.");
    assert!(aloud.contains("No answer from @erin.") && aloud.contains("@erin: call +49 30 222"), "{aloud}");

    bot.slash_in("alice", &room, "/incident page night").await;
    let failed = asked("@frank could not be reached");
    assert!(failed.contains("@frank: call +49 30 111."), "{failed}");
    bot.advance(minutes(30)).await;
    let nobody = asked("Nobody has acknowledged.");
    assert!(nobody.contains("@frank: call +49 30 111"), "{nobody}");
    assert!(!nobody.contains("222"), "she was not paged: {nobody}");
}

/// [B2] [G9] Of a need-to-know incident the numbers stand in its room alone.
#[tokio::test]
async fn numbers_of_a_secret_stay_in_its_room() {
    let bot = with_numbers("coordinator").await;
    let room = bot.declare_secret("alice", "sev1 security: zebra tokens").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    bot.advance(minutes(30)).await;
    assert!(bot.count(&room, "@frank: call +49 30 111") >= 2, "{}", shown(&bot.said(&room)));
    for channel in ["incidents", "general"] {
        assert_eq!(bot.count(channel, "+49 30"), 0, "{}", shown(&bot.said(channel)));
    }
    for who in ["bob", "carol", "dave"] {
        let told = bot.slack.dm(who);
        assert!(told.iter().all(|m| !m.contains("+49 30")), "{who}: {}", shown(&told));
    }
}

/// [B2] A role that somebody is given by hand meanwhile is asked for no more, once they say that they have it.
#[tokio::test]
async fn a_role_given_by_hand_ends_the_asking() {
    let bot = staffed().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident role communications @bob").await;
    bot.expect_dm("dave", "This offer is over; @bob has the role.");
    bot.press("bob", &bot.slack.dm("bob"), "Accept").await;
    bot.advance(minutes(30)).await;
    assert_eq!(asked(&bot, "erin"), 0);
    assert_eq!(bot.count(&room, "Nobody has taken"), 0);
}

/// [B2] Somebody who was given a role by hand and does not answer is no holder: backup, sponsor, then the room are asked, and
/// whoever is awake may take it from them.
#[tokio::test]
async fn a_role_given_to_somebody_asleep_is_asked_for() {
    let mut bot = staffed().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident role communications @bob").await;
    let early = bot.slash_in("dave", &room, "/incident role communications").await.text;
    assert!(early.contains("<@U0BOB>"), "he has time to answer: {early}");
    bot.advance(minutes(4)).await;
    assert_eq!(asked(&bot, "erin"), 0);
    bot.crash_and_restart().await;
    bot.advance(minutes(1)).await;
    assert_eq!((asked(&bot, "erin"), asked(&bot, "dave")), (1, 1), "the main contact was asked before");
    bot.expect_once(&room, "No answer yet from @bob; asking the backup");
    let card = bot.card(&room);
    assert!(card.contains("@bob (not confirmed yet)") && card.contains("no answer from @bob"), "{card}");
    bot.advance(minutes(5)).await;
    assert_eq!(asked(&bot, "carol"), 1, "the sponsor");
    bot.advance(minutes(5)).await;
    bot.expect_once(&room, "Nobody has taken Communications lead.");
    bot.expect_once(&room, "No answer from @bob, @erin, @carol.");
    bot.press_card("dave", &room, "Take Communications lead").await;
    bot.expect_once(&room, "@dave is *Communications lead* (before: @bob)");
    bot.advance(minutes(30)).await;
    bot.expect_once(&room, "Nobody has taken Communications lead.");
    bot.expect_nothing_doubled(1);
}

/// [B2] Nobody is named for it, and whoever was given it sleeps: the room hears it; not on an incident that asks for no answers.
#[tokio::test]
async fn a_role_of_nobody_given_to_somebody_asleep_is_asked_for_aloud() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("alice", &room, "/incident role scribe @bob").await;
    bot.advance(minutes(9)).await;
    assert_eq!(bot.count(&room, "Nobody has taken"), 0);
    bot.advance(minutes(1)).await;
    bot.expect_once(&room, "Nobody has taken Scribe.");
    let small = bot.declare("alice", "sev4 a log is loud").await;
    bot.slash_in("alice", &small, "/incident role scribe @bob").await;
    bot.advance(minutes(120)).await;
    assert_eq!(bot.count(&small, "Nobody has taken"), 0);
}

/// [B2] A role that was accepted and given up is asked for again from the beginning, of all who have not refused it.
#[tokio::test]
async fn a_role_that_is_given_up_is_asked_for_again() {
    let bot = staffed().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.press("dave", &bot.slack.dm("dave"), "I can't").await;
    bot.press("erin", &bot.slack.dm("erin"), "Accept").await;
    bot.advance(minutes(30)).await;
    assert_eq!((asked(&bot, "erin"), asked(&bot, "carol")), (1, 0));
    bot.slash_in("erin", &room, "/incident unassign communications").await;
    assert_eq!(asked(&bot, "carol"), 1, "dave refused and erin gave it up: {}", shown(&bot.said(&room)));
    assert_eq!((asked(&bot, "dave"), asked(&bot, "erin")), (1, 1));
    bot.advance(minutes(5)).await;
    bot.expect_once(&room, "Nobody has taken Communications lead.");

    let bot = staffed().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.advance(minutes(5)).await;
    bot.press("erin", &bot.slack.dm("erin"), "Accept").await;
    bot.slash_in("alice", &room, "/incident unassign communications").await;
    assert_eq!((asked(&bot, "dave"), asked(&bot, "erin")), (2, 1), "dave slept, which is no refusal");
    bot.press("dave", &bot.slack.dm("dave"), "Accept").await;
    bot.expect_once(&room, "@dave took over as");
    bot.advance(minutes(30)).await;
    assert_eq!((asked(&bot, "carol"), bot.count(&room, "Nobody has taken")), (0, 0));
}

/// [B1] Whoever leads and does what the lead does has confirmed it; who only writes a note, or while the one on call is asked, has
/// not.
#[tokio::test]
async fn who_acts_as_the_lead_has_confirmed_it() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 checkout is slow").await;
    bot.slash_in("alice", &room, "/incident note we look at the database").await;
    assert!(bot.card(&room).contains("@alice (not confirmed yet)"), "{}", bot.card(&room));
    bot.slash_in("bob", &room, "/incident sev 2").await;
    assert!(bot.card(&room).contains("@alice (not confirmed yet)"), "somebody else did it: {}", bot.card(&room));
    bot.slash_in("alice", &room, "/incident update We look into it").await;
    assert!(!bot.card(&room).contains("not confirmed yet"), "{}", bot.card(&room));
    bot.expect_dm("alice", "You confirmed that you have this role.");
    assert_eq!(bot.count(&room, "confirms it"), 0, "the update says enough");
    let timeline = bot.slash_in("alice", &room, "/incident timeline").await.text;
    assert!(timeline.contains("acts as *Incident commander*"), "{timeline}");

    let bot = Bot::with_changes(&[("id = \"commander\"", "id = \"commander\"\nmain = \"user:U0DAVE\"")]).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident update We look into it").await;
    assert!(bot.card(&room).contains("@dave is asked"), "the one on call is waited for: {}", bot.card(&room));
    bot.advance(minutes(5)).await;
    bot.expect_once(&room, "Nobody has taken Incident commander.");
    bot.slash_in("alice", &room, "/incident update It is the database").await;
    let card = bot.card(&room);
    assert!(!card.contains("not confirmed yet") && !card.contains("no answer"), "nobody else came: {card}");
}

/// [B2] The asking survives a crash: what came due meanwhile happens once, and says how late.
#[tokio::test]
async fn the_asking_survives_a_crash() {
    let mut bot = staffed().await;
    bot.slash_and_crash("alice", "general", "/incident declare sev1 checkout is down").await;
    let room = bot.latest_room();
    assert_eq!(asked(&bot, "dave"), 1, "{}", shown(&bot.slack.dm("dave")));
    bot.crash().await;
    bot.clock.advance(minutes(45));
    bot.restart().await;
    assert_eq!((asked(&bot, "erin"), asked(&bot, "carol")), (1, 0), "one rung at a time");
    bot.expect_once(&room, "40 min late");
    bot.crash_and_restart().await;
    bot.advance(minutes(5)).await;
    assert_eq!((asked(&bot, "dave"), asked(&bot, "erin"), asked(&bot, "carol")), (1, 1, 1));
    let rungs = bot.history("INC-1").await.into_iter().filter(|w| matches!(w, What::Duty(Fact::Asked { .. }))).count();
    assert_eq!(rungs, 3);
    bot.expect_nothing_doubled(1);
}

/// [B5] Several may hold a role where the playbook says so; of two who accept another at once, exactly one has it.
#[tokio::test]
async fn several_hold_a_role_and_one_holds_another() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("bob", &room, "/incident role responder").await;
    bot.slash_in("dave", &room, "/incident role responder").await;
    let card = bot.card(&room);
    assert!(card.contains("@bob, @dave"), "{card}");
    let whose = bot.slash_in("alice", &room, "/incident unassign responder").await;
    assert!(whose.text.contains("Say whose"), "{}", whose.text);
    bot.slash_in("alice", &room, "/incident unassign responder @bob").await;
    let card = bot.card(&room);
    assert!(card.contains("*Service responder*\n~@bob~ @dave"), "{card}");
    let roles = bot.slash_in("alice", &room, "/incident roles").await;
    assert!(read(&roles.text).contains("(`responder`): @dave"), "{}", roles.text);

    let bot = with_contacts("main = \"group:S0CHECKOUT\"").await;
    let room = bot.declare("alice", "sev1 search is down").await;
    let (bob, carol) = (bot.slack.act_as("bob"), bot.slack.act_as("carol"));
    let of = |who: &str| bot.expect_dm(who, "Communications lead: INC-1");
    let (to_bob, to_carol) = (of("bob"), of("carol"));
    let (one, two) = tokio::join!(bob.press(&to_bob, "Accept"), carol.press(&to_carol, "Accept"));
    let texts = [one.expect("answered").text, two.expect("answered").text];
    bot.settle().await;
    let card = bot.card(&room);
    assert!(card.contains("@bob") != card.contains("@carol"), "exactly one: {card}");
    let winner = if card.contains("@bob") { "bob" } else { "carol" };
    let loser = if winner == "bob" { "carol" } else { "bob" };
    bot.expect_dm(loser, &format!("This offer is over; @{winner} has the role."));
    let told = texts.iter().filter(|t| t.contains("is over")).count()
        + bot.slack.dm(loser).iter().filter(|m| m.contains("is over")).count();
    assert!(told > 0, "the other is told: {texts:?}");
    let takes = bot.history("INC-1").await.into_iter().filter(|w| matches!(w, What::RoleTaken { .. })).count();
    assert_eq!(takes, 1);
}

/// [B3] Each duty is an item with owner, time and state; what the record shows ticks itself, and is not ticked by hand without
/// a reason.
#[tokio::test]
async fn duties_tick_themselves_when_the_record_shows_it() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.press("alice", &bot.slack.dm("alice"), "Accept").await;
    bot.slash_in("dave", &room, "/incident role communications").await;
    let shown = bot.slash_in("alice", &room, "/incident checklist").await;
    let text = read(&shown.text);
    for part in ["*Yours*", "*Everyone else's*", "Set the severity", "due 2026-11-22 03:05", "@dave", "ticks itself"] {
        assert!(text.contains(part), "no `{part}` in {text}");
    }
    // By record: a change of severity, an entry.
    bot.slash_in("alice", &room, "/incident sev 2 fewer than we thought").await;
    bot.slash_in("alice", &room, "/incident note we look at the database").await;
    let shown = bot.slash_in("alice", &room, "/incident checklist").await;
    assert!(shown.text.contains(":ballot_box_with_check: Set the severity"), "{}", shown.text);
    assert!(read(&shown.text).contains("again 2026-11-22 03:15"), "it comes again: {}", read(&shown.text));
    // By hand: one without a check at once, one with a check only with a reason.
    let dave = bot.slack.act_as("dave");
    bot.slash_in("dave", &room, "/incident checklist").await;
    let whispered = || bot.slack.ephemerals("dave", &room).pop().expect("a checklist");
    let message = whispered();
    dave.press(&message, "duty.done.communications.channels.U0DAVE").await.expect("pressed");
    bot.settle().await;
    let answer = whispered();
    assert!(answer.contains(":ballot_box_with_check: Choose which channels apply"), "{answer}");
    dave.press(&message, "duty.why.communications.often.U0DAVE").await.expect("pressed");
    bot.settle().await;
    let form = bot.form("dave").json.to_string();
    let help = bot.slash_in("dave", &room, "/incident help checklist").await.text;
    assert!(form.contains("Why is it done anyway?"), "{form}");
    assert!(form.contains("ticks itself once") && help.contains("ticks itself once"), "one wording: {form} {help}");
    // Nor past every form.
    let tick = Ask::TickOff { role: "communications".into(), duty: "often".into(), owner: None, why: None };
    let by = Actor::Person("U0DAVE".into());
    let asked = Request::new(None, by, Some("INC-1".parse().expect("an id")), Command::Duty(tick));
    let refused = bot.app().engine.ask(asked).await;
    let needs_reason =
        |r: &Refusal| matches!(r, Refusal::Rejected { why: Rejection::Duty(No::TickNeedsReason { .. }), .. });
    assert!(refused.as_ref().is_err_and(needs_reason), "{refused:?}");
    let empty = bot.submit("dave", &[("why", "")]).await;
    assert!(!format!("{empty:?}").contains("Closed"), "a reason is needed: {empty:?}");
    bot.submit("dave", &[("why", "told by phone")]).await;
    bot.expect_once(&room, "told by phone");
}

/// [B3] What is overdue is reminded of once, all in one message; what comes again never pings.
#[tokio::test]
async fn overdue_duties_remind_once_and_together() {
    let bot = Bot::start().await;
    bot.declare("alice", "sev1 checkout is down").await;
    bot.press("alice", &bot.slack.dm("alice"), "Accept").await;
    let before = bot.slack.dm("alice").len();
    bot.advance(minutes(20)).await;
    let told = bot.slack.dm("alice").into_iter().skip(before).filter(|m| m.contains("Set the severity"));
    let told: Vec<_> = told.collect();
    assert_eq!(told.len(), 1, "{}", shown(&told));
    for part in ["Set the severity", "Bring in the people", "internal update due"] {
        assert!(told[0].contains(part), "no `{part}` in {}", told[0]);
    }
    assert!(!told[0].contains("Record each change"), "it comes again, and never pings: {}", told[0]);
}

/// [B4] A role in the playbook file is assignable without code.
#[tokio::test]
async fn a_role_of_the_file_is_a_role() {
    let own = "[[roles]]\nid = \"pilot\"\nlabel = \"Test pilot\"\npurpose = \"Flies it.\"\nmain = \"user:U0BOB\"\n\
               checklist = [{ id = \"fly\", text = \"Fly it\", due_min = 5 }]\n\n[[roles]]\nid = \"scribe\"";
    let bot = Bot::with_changes(&[("[[roles]]\nid = \"scribe\"", own)]).await;
    let room = bot.declare("alice", "sev3 it wobbles").await;
    bot.expect_dm("bob", "Test pilot: INC-1");
    bot.slash_in("alice", &room, "/incident role pilot @dave").await;
    assert!(bot.card(&room).contains("Test pilot"));
    let list = bot.slash_in("dave", &room, "/incident checklist").await;
    assert!(list.text.contains("Fly it"), "{}", list.text);
}

/// [B6] The hand-over brief says how things stand, what is open and what comes next; duties move only when it is accepted.
#[tokio::test]
async fn a_hand_over_is_briefed_and_moves_on_accept() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.press("alice", &bot.slack.dm("alice"), "Accept").await;
    bot.slash_in("alice", &room, "/incident task restart the queue @dave by 20m").await;
    bot.slash_in("alice", &room, "/incident sev 2 fewer than we thought").await;
    bot.slash_in("alice", &room, "/incident handoff @bob").await;
    let brief = bot.expect_dm("bob", "You are asked to take over.");
    for part in [
        "SEV2",
        "Investigating",
        "Next update due",
        "Open tasks",
        "restart the queue",
        "~Set the severity",
        "Confirm the final fix",
    ] {
        assert!(brief.contains(part), "no `{part}` in {brief}");
    }
    let mine = |who: &str, text: &str| {
        text.split("*Everyone").next().is_some_and(|t| t.contains("*Yours*") && t.contains(who))
    };
    let before = read(&bot.slash_in("bob", &room, "/incident checklist").await.text);
    assert!(!mine("@bob", &before) && before.contains("@alice"), "not his yet: {before}");
    bot.press("bob", &bot.slack.dm("bob"), "Accept").await;
    let taken = bot.expect_dm("bob", "You took over.");
    for part in ["SEV2", "Open tasks", "restart the queue", "Confirm the final fix", "~Set the severity"] {
        assert!(taken.contains(part), "it stays to be read, `{part}` too: {taken}");
    }
    assert!(taken.contains("Room: #inc-1-checkout-is-down") && !taken.contains("Decline"), "{taken}");
    let after = read(&bot.slash_in("bob", &room, "/incident checklist").await.text);
    assert!(mine("@bob", &after) && !after.contains("@alice"), "{after}");
    let alice = bot.slack.dm("alice").len();
    bot.advance(minutes(16)).await;
    assert_eq!(bot.slack.dm("alice").len(), alice, "the timers are his now: {}", shown(&bot.slack.dm("alice")));
    bot.expect_dm("bob", "Bring in the people");
}

/// What stands in a role's message and does not follow what happens says when it was so, and where the present is.
#[tokio::test]
async fn a_brief_never_passes_old_times_off_as_present() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.press("alice", &bot.slack.dm("alice"), "Accept").await;
    bot.advance(minutes(5)).await;
    bot.slash_in("alice", &room, "/incident update we look at the database next: 90m").await;
    let brief = bot.expect_dm("alice", "Incident commander: INC-1");
    assert!(brief.contains("How things stood 2026-11-22 03:00"), "the update did not change it: {brief}");
    assert!(brief.contains("`/incident INC-1` shows how they stand now"), "{brief}");
    bot.slash_in("alice", &room, "/incident sev 3 fewer than we thought").await;
    let brief = bot.expect_dm("alice", "Incident commander: INC-1");
    assert!(brief.contains("How things stood 2026-11-22 03:05") && brief.contains("SEV3"), "{brief}");
}

/// [B7] On a major incident whoever leads does not type the fix: it needs a reason, which the summary shows; on others it is
/// silent.
#[tokio::test]
async fn leading_and_typing_the_fix_needs_a_reason() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    let refused = bot.slash_in("alice", &room, "/incident role operations").await;
    assert!(
        refused.text.contains("should not also take *Operations lead*") && refused.text.contains("because"),
        "{}",
        refused.text
    );
    assert!(!bot.card(&room).contains("*Operations lead*"));
    bot.slash_in("alice", &room, "/incident role operations because nobody else is awake").await;
    bot.expect_once(&room, "because nobody else is awake");
    let summary = bot.slash_in("alice", &room, "/incident summary").await;
    assert!(
        summary.text.contains("against the playbook") && summary.text.contains("nobody else is awake"),
        "{}",
        summary.text
    );
    // The reverse, by button: the form asks.
    bot.slash_in("dave", &room, "/incident role responder").await;
    bot.slash_in("alice", &room, "/incident handoff @dave").await;
    bot.press("dave", &bot.slack.dm("dave"), "Accept").await;
    assert!(bot.form("dave").json.to_string().contains("Why is that needed now?"));
    assert!(bot.card(&room).contains("@alice"), "not before there is a reason");
    bot.submit("dave", &[("why", "alice must sleep")]).await;
    bot.expect_once(&room, "because alice must sleep");

    let room = bot.declare("alice", "sev3 search is slow").await;
    bot.slash_in("alice", &room, "/incident role operations").await;
    assert!(bot.card(&room).contains("Operations lead"), "silent on smaller ones");
    // It got worse: what was taken without a reason is said once, and stands on the record.
    assert_eq!(bot.count(&room, "should not have both"), 0);
    bot.slash_in("alice", &room, "/incident sev 2 checkout fails too").await;
    bot.slash_in("alice", &room, "/incident sev 1 everything fails").await;
    bot.expect_once(&room, "@alice has *Incident commander* and *Operations lead*");
    bot.expect_once(&room, "decision <why>");
    let timeline = bot.slash_in("alice", &room, "/incident timeline").await.text;
    assert!(timeline.contains("should not have both"), "{timeline}");
}

/// [B7] On a small security incident the coordinator is the analyst too, and nobody is asked why; on a major one it takes a reason.
/// What goes together is what the playbook does not exclude.
#[tokio::test]
async fn a_coordinator_is_the_analyst_on_small_incidents() {
    let bot = Bot::start().await;
    let room = bot.declare_secret("alice", "sev3 security: an odd login").await;
    bot.slash_in("alice", &room, "/incident role analyst").await;
    assert!(bot.card(&room).contains("Security analyst"), "{}", bot.card(&room));
    let summary = bot.slash_in("alice", &room, "/incident summary").await.text;
    assert!(!summary.contains("against the playbook"), "{summary}");
    for level in ["sev1", "sev2"] {
        let room = bot.declare_secret("alice", &format!("{level} security: keys of {level} leaked")).await;
        let refused = bot.slash_in("alice", &room, "/incident role analyst").await.text;
        assert!(refused.contains("should not also take *Security analyst*"), "{refused}");
        assert!(!bot.card(&room).contains("*Security analyst*"));
        bot.slash_in("alice", &room, "/incident role scribe").await;
        assert!(bot.card(&room).contains("Scribe"), "that goes together: {}", bot.card(&room));
        bot.slash_in("alice", &room, "/incident role analyst because I am alone tonight").await;
        let summary = bot.slash_in("alice", &room, "/incident summary").await.text;
        assert!(summary.contains("against the playbook") && summary.contains("alone tonight"), "{summary}");
    }
}

/// [G1] A task has one owner and a time; the owner hears when it has come, then whoever leads, once each.
#[tokio::test]
async fn a_task_has_one_owner_and_a_time() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 checkout is slow").await;
    let mine = bot.slash_in("alice", &room, "/incident task look at the graphs").await;
    assert!(read(&mine.text).contains("for @alice, due 2026-11-22 04:00"), "the time is stated: {}", mine.text);
    bot.slash_in("alice", &room, "/incident task restart the queue @bob by 20m").await;
    bot.expect_once(&room, "Task 2 for @bob, due 2026-11-22 03:20");
    bot.expect_dm("bob", "Task 2 is yours");
    assert!(bot.card(&room).contains("2 open, 0 done"), "{}", bot.card(&room));
    let reminders = |who: &str| bot.slack.dm(who).iter().filter(|m| m.contains("Due soon")).count();
    bot.advance(minutes(20)).await;
    assert_eq!((reminders("bob"), reminders("alice")), (1, 0));
    bot.expect_dm("bob", "restart the queue");
    bot.advance(minutes(10)).await;
    assert_eq!((reminders("bob"), reminders("alice")), (1, 1));
    bot.expect_dm("alice", "late: *Task 2*");
    bot.advance(minutes(20)).await;
    assert_eq!(reminders("bob"), 1, "once each");
}

/// [G1] Done, handed on, later; nothing becomes nobody's, and what is open when it closes is named.
#[tokio::test]
async fn tasks_are_done_handed_on_and_postponed() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 checkout is slow").await;
    for what in ["restart the queue @bob", "call the bank @bob", "ask the provider @bob"] {
        bot.slash_in("alice", &room, &format!("/incident action {what}")).await;
    }
    bot.press("bob", &[bot.expect_dm("bob", "restart the queue")], "Done").await;
    bot.expect_once(&room, "@bob finished task 1");
    bot.expect_dm("bob", "Task 1 is done");
    bot.press("bob", &[bot.expect_dm("bob", "call the bank")], "Give to …").await;
    bot.submit("bob", &[("person", "dave")]).await;
    bot.expect_once(&room, "gave task 2 from @bob to @dave");
    bot.expect_dm("dave", "call the bank");
    bot.expect_dm("bob", "Task 2 is @dave's now");
    bot.press("bob", &[bot.expect_dm("bob", "ask the provider")], "Later …").await;
    bot.submit("bob", &[("next", "In 2 hours")]).await;
    bot.expect_once(&room, "moved task 3: due 2026-11-22 05:00");
    let list = bot.slash_in("alice", &room, "/incident tasks").await;
    assert!(list.text.contains("call the bank") && !list.text.contains("restart the queue"), "{}", list.text);
    assert!(bot.card(&room).contains("2 open, 1 done"), "{}", bot.card(&room));
    let past = bot.slash_in("alice", &room, "/incident task write a note by 2020-01-01 10:00").await;
    assert!(past.text.contains("by 2020-01-01 10:00"), "no time ahead: it stays part of the text: {}", past.text);
    bot.slash_in("alice", &room, "/incident resolve rolled back").await;
    bot.slash_in("alice", &room, "/incident close").await;
    bot.expect_once(&room, "3 tasks are still open; make them follow-ups");
    let closed = bot.slash_in("alice", &room, "/incident task one more").await;
    assert!(closed.text.contains("has ended"), "{}", closed.text);
}

/// [G1] The words of a task can be redacted, wherever they stand.
#[tokio::test]
async fn the_words_of_a_task_can_be_redacted() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 checkout is slow").await;
    bot.slash_in("alice", &room, "/incident task call Mallory of Example Corp @bob").await;
    let timeline = bot.slash_in("alice", &room, "/incident timeline").await.text;
    let entry = timeline.split('`').find(|n| {
        n.parse::<u64>().is_ok()
            && timeline
                .split(&format!("`{n}`"))
                .nth(1)
                .is_some_and(|l| l.lines().next().is_some_and(|l| l.contains("Mallory")))
    });
    let entry = entry.unwrap_or_else(|| panic!("no entry in {timeline}")).to_owned();
    bot.slash_in("alice", &room, &format!("/incident redact {entry} it names a customer")).await;
    for text in [
        bot.slash_in("alice", &room, "/incident tasks").await.text,
        bot.slash_in("alice", &room, "/incident timeline").await.text,
        shown(&bot.said(&room)),
        shown(&bot.slack.dm("bob")),
    ] {
        assert!(!text.contains("Mallory"), "{text}");
    }
}

/// [G4] The red team exists in drills only; roles of another kind, and of people outside, cannot be held here either.
#[tokio::test]
async fn roles_that_cannot_be_held_here_are_refused() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 checkout is slow").await;
    for (role, why) in [
        ("red_team", "in drills only"),
        ("coordinator", "of this kind"),
        ("reporter", "people outside"),
        ("consultancy", "of this kind"),
    ] {
        for typed in [format!("role {role} @bob"), format!("handoff @bob {role}")] {
            let said = bot.slash_in("alice", &room, &format!("/incident {typed}")).await.text;
            assert!(said.contains(why) && said.contains("`scribe`"), "{typed}: {said}");
        }
    }
    let history = bot.history("INC-1").await;
    assert!(!history.iter().any(|w| matches!(w, What::RoleTaken { .. } | What::RoleOffered { .. })));
}

/// [B1] Roles that an incident must have are held by the lead until someone accepts.
#[tokio::test]
async fn the_lead_holds_what_nobody_has_accepted() {
    let bot = Bot::with_changes(&[(
        "lead_role = \"commander\"",
        "lead_role = \"commander\"\nrequired_roles = [\"support\"]",
    )])
    .await;
    let room = bot.declare("alice", "sev3 checkout is slow").await;
    assert!(bot.card(&room).contains("@alice, until someone accepts"), "{}", bot.card(&room));
    let roles = read(&bot.slash_in("alice", &room, "/incident roles").await.text);
    assert!(roles.contains("Customer support lead* (`support`): @alice, until someone accepts"), "{roles}");
    bot.slash_in("dave", &room, "/incident role support").await;
    assert!(!bot.card(&room).contains("until someone accepts"), "{}", bot.card(&room));
}

/// [B2] What is over asks nobody; what turns out not to be over asks on from where it stopped, and once.
#[tokio::test]
async fn what_comes_back_asks_on() {
    for (over, back) in [("resolve it", "phase investigating"), ("resolve it", "reopen"), ("cancel", "reopen")] {
        let bot = staffed().await;
        let room = bot.declare("alice", "sev1 checkout is down").await;
        bot.slash_in("alice", &room, &format!("/incident {over}")).await;
        bot.advance(minutes(30)).await;
        assert_eq!(asked(&bot, "erin"), 0, "{over}: nobody is asked while it is over");
        bot.slash_in("alice", &room, &format!("/incident {back}")).await;
        bot.advance(minutes(4)).await;
        assert_eq!(asked(&bot, "erin"), 0, "{over}, {back}: the time begins anew");
        bot.advance(minutes(1)).await;
        assert_eq!(asked(&bot, "erin"), 1, "{over}, {back}: {}", shown(&bot.slack.dm("erin")));
        bot.advance(minutes(30)).await;
        assert_eq!((asked(&bot, "dave"), asked(&bot, "erin"), asked(&bot, "carol")), (1, 1, 1), "{over}, {back}");
    }
}

/// [B2] An incident that becomes small asks nobody else; one that becomes worse again asks on.
#[tokio::test]
async fn a_lower_severity_stops_the_asking() {
    let bot = staffed().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident sev 4").await;
    bot.advance(minutes(30)).await;
    assert_eq!(asked(&bot, "erin"), 0, "a small incident asks nobody else");
    bot.slash_in("alice", &room, "/incident sev 2").await;
    bot.advance(minutes(9)).await;
    assert_eq!(asked(&bot, "erin"), 0);
    bot.advance(minutes(1)).await;
    assert_eq!(asked(&bot, "erin"), 1, "{}", shown(&bot.slack.dm("erin")));
}

/// [G4] [I4] An incident that becomes one of another kind asks nobody any more for roles that it does not have: the buttons go, and
/// an old press is answered with a sentence.
#[tokio::test]
async fn a_change_of_kind_withdraws_what_the_new_kind_lacks() {
    let other = "[[kinds]]\nid = \"supplier\"\nlabel = \"Supplier\"\nlead_role = \"internal_comms\"\n\n\
                 [[kinds.phases]]\nid = \"open\"\nlabel = \"Open\"\nemoji = \":mag:\"\nstage = \"active\"\nmeans = \"It is theirs\"\n\n\
                 [[kinds.phases]]\nid = \"done\"\nlabel = \"Done\"\nemoji = \":white_check_mark:\"\nstage = \"resolved\"\n\
                 means = \"It is over\"\n\n[[kinds]]\nid = \"security\"";
    let bot = Bot::with_changes(&[
        ("[[kinds]]\nid = \"security\"", other),
        ("id = \"communications\"", "id = \"communications\"\nmain = \"user:U0DAVE\"\nbackup = \"user:U0ERIN\""),
    ])
    .await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident handoff @bob").await;
    let (to_dave, to_bob) = (bot.expect_dm("dave", "Accept"), bot.expect_dm("bob", "Accept"));
    bot.slash_in("alice", &room, "/incident kind supplier it is theirs").await;
    bot.expect_once(&room, "@dave need not take *Communications lead* any more");
    for who in ["dave", "bob"] {
        assert!(bot.slack.dm(who).iter().all(|m| !m.contains("Accept")), "{who}: {}", shown(&bot.slack.dm(who)));
        bot.expect_dm(who, "This offer is over");
    }
    for (who, message) in [("dave", to_dave), ("bob", to_bob)] {
        let answer = bot.slack.act_as(who).press(&message, "Accept").await;
        bot.settle().await;
        let said = format!("{answer:?} {}", shown(&bot.slack.dm(who)));
        assert!(answer.is_err() || said.contains("is not a role of this kind of incident"), "{who}: {said}");
    }
    let taken = |what: &What| matches!(what, What::RoleTaken { holder, .. } if holder.as_str() != "U0ALICE");
    assert!(!bot.history("INC-1").await.iter().any(taken));
    bot.advance(minutes(30)).await;
    assert_eq!((asked(&bot, "erin"), bot.count(&room, "Nobody has taken Communications")), (0, 0));

    // The same where it moves to a private room.
    let bot = staffed().await;
    bot.declare("alice", "sev1 checkout is down").await;
    bot.expect_dm("dave", "Accept");
    bot.slash("alice", "/incident INC-1 kind security someone had access").await;
    assert!(bot.slack.dm("dave").iter().all(|m| !m.contains("Accept")), "{}", shown(&bot.slack.dm("dave")));
}

/// [G4] In a security incident the coordinator leads; there is no commander beside.
#[tokio::test]
async fn the_coordinator_leads_a_security_incident() {
    let bot = Bot::start().await;
    let room = bot.declare_secret("alice", "sev1 security: zebra logins fail").await;
    let roles = bot.slash_in("alice", &room, "/incident roles").await.text;
    assert!(roles.contains("`coordinator`") && !roles.contains("`commander`"), "{roles}");
    let refused = bot.slash_in("alice", &room, "/incident role ic @alice").await.text;
    assert!(refused.contains("is not a role of this kind") && refused.contains("`coordinator`"), "{refused}");
    bot.slash_in("alice", &room, "/incident lead @carol").await;
    assert!(bot.card(&room).contains("*Security incident coordinator*\n~@alice~ @carol"), "{}", bot.card(&room));
}

/// [G1] More is due than one message has buttons for: what is left out is a command away.
#[tokio::test]
async fn what_a_reminder_has_no_button_for_is_typed() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 checkout is slow").await;
    for n in 0..10 {
        bot.slash_in("alice", &room, &format!("/incident task look at graph {n} @bob by 20m")).await;
    }
    bot.advance(minutes(20)).await;
    let told = bot.expect_dm("bob", "Due soon");
    assert!(told.contains("Done: task 8") && !told.contains("Done: task 9"), "{told}");
    assert!(told.contains("look at graph 9") && told.contains("For the rest, type `/incident INC-1 tasks`"), "{told}");
    let typed = bot.slash_in("bob", &room, "/incident INC-1 tasks").await;
    assert!(typed.text.contains("look at graph 9"), "{}", typed.text);
}
