//! What a need-to-know incident lets out: nothing, or the very text that those whom the playbook names for that find right.

use watchroom::{
    engine::{Ask as Request, Refusal},
    incident::{
        Actor, Command, Rejection,
        comms::{Ask, Drafting, Fact, No},
    },
    playbook::{Audience, Playbook, RoleId},
    sandbox::Outcome,
};

use super::comms::{drafting, fact, in_slack, outlet, submit, with_playbook, write};
use crate::harness::{Bot, edited, minutes, shown, status_page};

/// A register with channels for security incidents that others read, and a text for the public.
pub fn for_the_public(p: &mut Playbook) {
    in_slack(p);
    let when = p.channels[0].when.clone();
    for id in ["status_page", "security_leadership"] {
        let outlet = outlet(p, id);
        outlet.slack = Some("general".into());
        outlet.when = when.clone();
        outlet.when.kinds = vec!["security".into()];
        outlet.post_roles = vec!["coordinator".into()];
    }
    // Of any kind: of this one by no word.
    outlet(p, "service_desk").when.kinds.clear();
    outlet(p, "service_desk").post_roles = vec!["coordinator".into()];
    let usual = p.templates.iter().find(|t| t.id.as_str() == "ops_investigating_external");
    let mut template = usual.expect("built in").clone();
    template.id = "security_external".into();
    template.kinds = vec!["security".into()];
    template.phases = vec!["detection".into()];
    p.templates.push(template);
}

/// [K6] Nothing of a need-to-know incident goes to a channel that others read, whatever the register says and whoever presses: no public
/// one is offered, none is drafted for, and none is sent to.
#[tokio::test]
async fn a_secret_has_no_way_to_a_public_channel() {
    let bot = with_playbook(|p| {
        for_the_public(p);
        p.kinds.iter_mut().for_each(|kind| kind.release_roles.clear());
    })
    .await;
    let room = bot.declare_secret("alice", "sev1 security: zebra tokens").await;
    let register = bot.slash_in("alice", &room, "/incident channels").await;
    for channel in ["Public status page", "Leadership brief (need-to-know)"] {
        let row = register.text.lines().find(|line| line.contains(channel)).expect("in the register");
        assert!(!row.contains("applies now"), "{row}");
    }
    for button in ["Write update for customers", "Write executive update"] {
        assert!(!register.body.to_string().contains(button), "{}", register.body);
    }
    for (to, id) in [(Audience::External, "status_page"), (Audience::Executive, "security_leadership")] {
        for send in [true, false] {
            let drafting = Drafting { to, ..drafting(&[id], "Zebra tokens leaked.", send) };
            let by = Actor::Person("U0ALICE".into());
            let asked =
                Request::new(None, by, Some("SEC-1".parse().expect("an id")), Command::Comms(Ask::Draft(drafting)));
            let refused = bot.app().engine.ask(asked).await;
            bot.settle().await;
            let is_refused = matches!(&refused, Err(Refusal::Rejected { why: Rejection::Comms(No::NeedToKnow), .. }));
            // What is only shared in the room is shared there; it cannot be sent.
            assert!(is_refused || (to == Audience::Executive && !send), "{id}, {send}: {refused:?}");
        }
    }
    let send = Command::Comms(Ask::Send { draft: 1, version: 1, again: true, alone: Some("now".into()) });
    let asked = Request::new(None, Actor::Person("U0ALICE".into()), Some("SEC-1".parse().expect("an id")), send);
    let refused = bot.app().engine.ask(asked).await;
    assert!(matches!(&refused, Err(Refusal::Rejected { why: Rejection::Comms(No::NeedToKnow), .. })), "{refused:?}");
    bot.advance(minutes(60)).await;
    for channel in ["general", "incidents", "support"] {
        assert_eq!(bot.count(channel, "ebra"), 0, "{}", shown(&bot.said(channel)));
    }
    assert_eq!(fact(&bot.history("SEC-1").await, |f| matches!(f, Fact::Sent { .. })), 0);
}

/// A need-to-know incident that Alice coordinates, with these who may release a text.
async fn with_releasers(comms: &str, legal: &str) -> (Bot, String) {
    let bot = with_playbook(for_the_public).await;
    let room = bot.declare_secret("alice", "sev1 security: zebra tokens").await;
    for (role, who) in [("customer_comms", comms), ("legal", legal), ("support", "dave"), ("analyst", "erin")] {
        bot.slash_in("alice", &room, &format!("/incident role {role} @{who}")).await;
    }
    (bot, room)
}

/// Asks as a person, past every form.
async fn ask(bot: &Bot, who: &str, ask: Ask) -> Result<(), No> {
    let by = Actor::Person(bot.slack.user_id(who).as_str().into());
    let id = Some("SEC-1".parse().expect("an id"));
    let asked = bot.app().engine.ask(Request::new(None, by, id, Command::Comms(ask))).await;
    bot.settle().await;
    match asked {
        Ok(_) => Ok(()),
        Err(Refusal::Rejected { why: Rejection::Comms(no), .. }) => Err(no),
        Err(other) => panic!("{other}"),
    }
}

const fn send(draft: u32, version: u32) -> Ask {
    Ask::Send { draft, version, again: true, alone: None }
}

const fn approve(draft: u32, version: u32) -> Ask {
    Ask::Approve { draft, version }
}

fn missing(roles: &[&str]) -> Result<(), No> {
    Err(No::NotReleased(roles.iter().map(|role| RoleId::from(*role)).collect()))
}

/// Nothing of it stands where others read, in whatever words.
#[track_caller]
fn nothing_outside(bot: &Bot, room: &str) {
    let codename = bot.slack.channel(room).name.replace("sec-1-", "");
    for channel in ["general", "incidents", "support"] {
        for word in ["ebra", "SEC-1", "okens", codename.as_str()] {
            assert_eq!(bot.count(channel, word), 0, "{word}: {}", shown(&bot.said(channel)));
        }
    }
}

/// [K6] [K3] The one exception: a channel of the register that names this very kind gets a text once whoever tells customers and the legal
/// advisor find it right, by two presses of two people; support gets it then, and not before. [E2]
#[tokio::test]
async fn a_released_text_alone_leaves_a_secret() {
    let (mut bot, room) = with_releasers("bob", "carol").await;
    write(&bot, "alice", &room).await;
    let form = bot.form("alice");
    assert!(form.contains("Public status page") && !form.contains("Service desk"), "{form:?}");
    assert_eq!(submit(&bot, "alice", "Some keys were read", "Send it now").await, Outcome::Updated, "kept as a draft");
    let draft = || bot.said(&room).into_iter().filter(|m| m.contains("Draft by")).collect::<Vec<_>>();
    let roles = "Customer communications lead (@bob) and Advisor: legal (@carol) must approve it";
    assert!(draft()[0].contains(roles), "{}", shown(&draft()));
    let told = |who: &str| bot.slack.ephemerals(who, &room).pop().map(|m| m.to_string()).unwrap_or_default();
    bot.press("alice", &draft(), "Send").await;
    let said = told("alice");
    let both = "nothing about it may be public before *Customer communications lead* and *Advisor: legal* approve";
    assert!(said.contains(both), "{said}");
    bot.press("erin", &draft(), "Approve").await;
    assert!(told("erin").contains("Only *Customer communications lead* or *Advisor: legal*"), "{}", told("erin"));
    bot.press("bob", &draft(), "Approve").await;
    assert!(draft()[0].contains("public, Advisor: legal (@carol) must approve it"), "{}", shown(&draft()));
    bot.press("alice", &draft(), "Send").await;
    assert!(told("alice").contains("before *Advisor: legal* approve"), "{}", told("alice"));
    bot.advance(minutes(10)).await;
    nothing_outside(&bot, &room);
    assert!(!shown(&bot.slack.dm("dave")).contains("keys were read"), "{}", shown(&bot.slack.dm("dave")));

    bot.press("carol", &draft(), "Approve").await;
    bot.press("alice", &draft(), "Send").await;
    bot.expect_once("general", "Some keys were read.");
    nothing_outside(&bot, &room);
    let support = bot.expect_dm("dave", "Some keys were read.");
    assert!(support.contains("*Say*") && !support.contains("ebra"), "{support}");
    bot.crash_and_restart().await;
    bot.advance(minutes(10)).await;
    bot.expect_once("general", "Some keys were read.");
    let timeline = bot.slash_in("alice", &room, "/incident timeline").await.text;
    assert!(timeline.contains("approved by <@U0BOB>, <@U0CAROL>"), "{timeline}");
    assert_eq!(fact(&bot.history("SEC-1").await, |f| matches!(f, Fact::Sent { released: true, .. })), 1);
}

/// [K6] Released is one text as it stands, by those who have the roles when Send is pressed, each of them another person, and never for
/// want of an answer.
#[tokio::test]
async fn what_is_released_is_this_very_text() {
    let (bot, room) = with_releasers("bob", "carol").await;
    let text = |of, words: &str| {
        let again = Drafting { of, ..drafting(&["status_page"], words, false) };
        Ask::Draft(again)
    };
    assert_eq!(ask(&bot, "alice", text(None, "Some keys were read")).await, Ok(()));
    for who in ["bob", "carol"] {
        assert_eq!(ask(&bot, who, approve(1, 1)).await, Ok(()));
    }
    assert_eq!(ask(&bot, "alice", text(Some((1, 1)), "All keys were read")).await, Ok(()));
    assert_eq!(ask(&bot, "alice", send(1, 2)).await, missing(&["customer_comms", "legal"]), "other words");
    for who in ["bob", "carol"] {
        assert_eq!(ask(&bot, who, approve(1, 2)).await, Ok(()));
    }
    bot.slash_in("alice", &room, "/incident role legal @erin").await;
    assert_eq!(ask(&bot, "alice", send(1, 2)).await, missing(&["legal"]), "somebody else advises now");
    bot.slash_in("alice", &room, "/incident role legal @bob").await;
    assert_eq!(ask(&bot, "alice", send(1, 2)).await, missing(&["customer_comms", "legal"]), "both are one person");
    bot.advance(minutes(20)).await;
    let alone = Ask::Send { draft: 1, version: 2, again: true, alone: Some("everybody sleeps".into()) };
    assert_eq!(ask(&bot, "alice", alone).await, missing(&["customer_comms", "legal"]), "with whatever reason");
    // A channel that the register does not have for this very kind is none for it, whoever approves.
    let elsewhere = Drafting { of: Some((1, 2)), ..drafting(&["service_desk"], "All keys were read", false) };
    assert_eq!(ask(&bot, "alice", Ask::Draft(elsewhere)).await, Err(No::NeedToKnow));
    nothing_outside(&bot, &room);
    // Whoever tells customers writes it, and so finds it right; the other one has to.
    bot.slash_in("alice", &room, "/incident role legal @carol").await;
    bot.slash_in("alice", &room, "/incident role customer_comms @alice").await;
    assert_eq!(ask(&bot, "alice", text(Some((1, 2)), "Most keys were read")).await, Ok(()));
    assert_eq!(ask(&bot, "alice", approve(1, 3)).await, Err(No::OwnText));
    assert_eq!(ask(&bot, "alice", send(1, 3)).await, missing(&["legal"]));
    assert_eq!(ask(&bot, "carol", approve(1, 3)).await, Ok(()));
    assert_eq!(ask(&bot, "alice", send(1, 3)).await, Ok(()));
    bot.expect_once("general", "Most keys were read.");
    nothing_outside(&bot, &room);
}

/// [K6] [D6] On our own page too a correction of what was released needs those who released it, and says its own words alone.
#[tokio::test]
async fn a_correction_of_what_was_released_is_released_too() {
    let bot = Bot::configured(|config| {
        config.settings.show_status_page(status_page());
        config.playbook = edited(|p| {
            for_the_public(p);
            outlet(p, "status_page").slack = None;
            outlet(p, "status_page").connector = Some("status_page".into());
            outlet(p, "security_leadership").slack = None;
        });
    })
    .await;
    let room = bot.declare_secret("alice", "sev1 security: zebra tokens").await;
    for (role, who) in [("customer_comms", "bob"), ("legal", "carol")] {
        bot.slash_in("alice", &room, &format!("/incident role {role} @{who}")).await;
    }
    let said = async || {
        let standing = bot.app().engine.status_page().await.expect("read");
        for word in ["ebra", "SEC", "okens", "alice"] {
            assert!(!format!("{:?}", standing.posts).contains(word), "{word}: {standing:?}");
        }
        let updates = standing.posts.iter().flat_map(|post| &post.updates);
        updates.map(|update| update.body.or_tombstone().to_owned()).collect::<Vec<_>>()
    };
    let release = async |draft: u32| {
        for who in ["bob", "carol"] {
            assert!(ask(&bot, "alice", send(draft, 1)).await.is_err(), "before {who}");
            assert_eq!(ask(&bot, who, approve(draft, 1)).await, Ok(()));
        }
        assert_eq!(ask(&bot, "alice", send(draft, 1)).await, Ok(()));
    };
    assert_eq!(ask(&bot, "alice", Ask::Draft(drafting(&["status_page"], "Some keys were read", false))).await, Ok(()));
    release(1).await;
    assert!(matches!(&said().await[..], [one] if one.contains("Some keys were read.")), "{:?}", said().await);

    let usual = drafting(&["status_page"], "All keys were read", false);
    let correction = Drafting { corrects: Some((1, 0)), next_by: None, ..usual };
    assert_eq!(ask(&bot, "alice", Ask::Draft(correction)).await, Ok(()));
    assert_eq!(ask(&bot, "alice", send(2, 1)).await, missing(&["customer_comms", "legal"]));
    assert!(said().await[0].contains("Some keys were read."), "{:?}", said().await);
    release(2).await;
    assert!(matches!(&said().await[..], [one] if one.contains("All keys were read.")), "{:?}", said().await);
}
