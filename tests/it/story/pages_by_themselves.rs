//! Whom a severity pages by itself, as the playbook names them.

use watchroom::{
    config::Config,
    incident::What,
    paging::{Step, Target},
    playbook::{Contact, Paged},
};

use super::intake::service;
use crate::harness::{Bot, edited, minutes, policy, shown};

/// Checkout is answered for by the policy shop (bob, then erin), search by nobody; the severity SEV1 pages these besides.
async fn bot(besides: &[&str], change: impl FnOnce(&mut Config)) -> Bot {
    let mut checkout = service("checkout");
    checkout.policy = Some("shop".into());
    Bot::configured(|config| {
        config.settings.policies = vec![policy("shop", &[("U0BOB", 5), ("U0ERIN", 5)])];
        config.playbook = edited(|book| {
            book.services = vec![checkout, service("search")];
            let commander = book.roles.iter_mut().find(|r| r.id.as_str() == "commander").expect("a role");
            commander.main = (!besides.is_empty()).then(|| Contact::User("U0DAVE".into()));
            commander.backup = (!besides.is_empty()).then(|| Contact::User("U0ERIN".into()));
            let page = &mut book.severities[0].page;
            page.extend(besides.iter().map(|name| Paged::try_from((*name).to_owned()).expect("a name")));
        });
        change(config);
    })
    .await
}

fn asked(bot: &Bot, who: &str) -> usize {
    bot.slack.dm(who).iter().filter(|m| m.contains("Acknowledge")).count()
}

async fn started(bot: &Bot, id: &str) -> usize {
    bot.history(id).await.iter().filter(|what| matches!(what, What::PageStarted { .. })).count()
}

/// [C2] Declaring pages whoever answers for the service where the severity says so, and the answer says who that is; a service
/// without people, no service, and a smaller incident page nobody, without a word.
#[tokio::test]
async fn declaring_pages_whoever_answers_for_the_service() {
    let mut bot = bot(&[], |_| {}).await;
    for quiet in ["sev3 for checkout the logo is old", "sev1 for search it finds nothing", "sev1 the lift is stuck"] {
        let answer = bot.slash("alice", &format!("/incident declare {quiet}")).await;
        assert!(answer.text.contains("is declared") && !answer.text.contains("Paged"), "{quiet}: {}", answer.text);
    }
    bot.advance(minutes(20)).await;
    for id in ["INC-1", "INC-2", "INC-3"] {
        assert_eq!((asked(&bot, "bob"), started(&bot, id).await), (0, 0), "{id}");
    }
    let answer = bot.slash_and_crash("alice", "general", "/incident declare sev1 for checkout nobody can pay").await;
    assert!(answer.text.contains("Paged: <@U0BOB> (shop)."), "{}", answer.text);
    bot.expect_dm("bob", "nobody can pay");
    assert_eq!(started(&bot, "INC-4").await, 1);
    bot.press("bob", &bot.slack.dm("bob"), "Acknowledge").await;
    bot.expect_once(&bot.latest_room(), "acknowledged after 0 s.");
}

/// [C2] What gets as bad later, or turns out to be of a service, pages then, once.
#[tokio::test]
async fn a_severity_or_service_that_pages_does_so_later_too_and_once() {
    let bot = bot(&[], |_| {}).await;
    let room = bot.declare("alice", "sev3 for checkout it is slow").await;
    assert_eq!(started(&bot, "INC-1").await, 0);
    let answer = bot.slash_in("alice", &room, "/incident sev 2 many customers").await;
    assert!(answer.text.contains("SEV2 major") && answer.text.contains("Paged: <@U0BOB> (shop)."), "{}", answer.text);
    bot.press("bob", &bot.slack.dm("bob"), "Acknowledge").await;
    for typed in ["sev 1 all customers", "sev 3 it recovers", "sev 1 it does not"] {
        let answer = bot.slash_in("alice", &room, &format!("/incident {typed}")).await;
        assert!(!answer.text.contains("Paged"), "{typed}: {}", answer.text);
    }
    assert_eq!(started(&bot, "INC-1").await, 1, "{}", shown(&bot.said(&room)));
    // The service is named afterwards; or somebody was quicker.
    for (id, by_hand) in [("INC-2", false), ("INC-3", true)] {
        let room = bot.declare("alice", &format!("sev1 nobody can pay, {by_hand}")).await;
        if by_hand {
            bot.slash_in("alice", &room, "/incident page checkout").await;
        }
        assert_eq!(started(&bot, id).await, usize::from(by_hand));
        bot.slash_in("alice", &room, "/incident title").await;
        bot.submit("alice", &[("Which service?", "The checkout")]).await;
        bot.expect_once(&room, "changed the service");
        assert_eq!(started(&bot, id).await, 1, "{id}: {}", shown(&bot.said(&room)));
    }
}

/// A resolved incident pages nobody, however bad people find later that it was.
#[tokio::test]
async fn what_is_resolved_pages_nobody() {
    let bot = bot(&[], |_| {}).await;
    let room = bot.declare("alice", "sev3 for checkout it was slow").await;
    bot.slash_in("alice", &room, "/incident resolve a new index").await;
    bot.slash_in("alice", &room, "/incident sev 2 it was worse than we thought").await;
    assert_eq!((started(&bot, "INC-1").await, asked(&bot, "bob")), (0, 0), "{}", shown(&bot.said(&room)));
}

/// A role is paged as a service is: one contact after the other, by every way they have; nobody is asked for it besides, and whoever
/// acknowledges has it.
#[tokio::test]
async fn a_role_is_paged_and_whoever_acknowledges_has_it() {
    let bot = bot(&["role:commander"], |_| {}).await;
    let answer = bot.slash("alice", "/incident declare sev1 for checkout nobody can pay").await;
    let both = "Paged: <@U0BOB> (shop); <@U0DAVE> (Incident commander).";
    assert!(answer.text.contains(both), "{}", answer.text);
    let room = bot.latest_room();
    assert_eq!((asked(&bot, "dave"), asked(&bot, "erin")), (1, 0));
    bot.expect_dm("dave", "Whoever acknowledges is *Incident commander*.");
    assert!(!bot.slack.dm("dave").iter().any(|m| m.contains("Accept")), "{}", shown(&bot.slack.dm("dave")));
    // Whoever leads since they declared, and does something, keeps nobody from being asked.
    bot.slash_in("alice", &room, "/incident decision we roll back").await;
    bot.press("bob", &bot.slack.dm("bob"), "Acknowledge").await;
    bot.advance(minutes(5)).await;
    assert_eq!(asked(&bot, "erin"), 1, "the backup: {}", shown(&bot.said(&room)));
    bot.press("erin", &bot.slack.dm("erin"), "Acknowledge").await;
    bot.expect_once(&room, "<@U0ERIN> acknowledged after 5 min.");
    let it = bot.app().engine.incident("INC-1".parse().expect("an id")).await.expect("read").expect("declared");
    assert_eq!(it.lead().map(ToString::to_string).as_deref(), Some("U0ERIN"));
    bot.advance(minutes(20)).await;
    assert_eq!(bot.count(&room, "Nobody has"), 0, "{}", shown(&bot.said(&room)));
    bot.expect_nothing_doubled(1);
}

/// Whoever takes the role by themselves need not acknowledge as well.
#[tokio::test]
async fn whoever_takes_a_role_that_is_paged_for_ends_the_page() {
    let bot = bot(&["role:commander"], |_| {}).await;
    let room = bot.declare("alice", "sev1 nobody can pay").await;
    assert_eq!(asked(&bot, "dave"), 1);
    bot.slash_in("alice", &room, "/incident lead @dave").await;
    assert_eq!(bot.count(&room, "acknowledged"), 0, "they were given it, and have said nothing");
    bot.slash_in("dave", &room, "/incident lead me").await;
    bot.expect_once(&room, "<@U0DAVE> acknowledged after 0 s.");
    bot.advance(minutes(20)).await;
    assert_eq!(asked(&bot, "erin"), 0, "{}", shown(&bot.said(&room)));
}

/// Of a need-to-know incident whoever is paged by itself gets the codename.
#[tokio::test]
async fn a_secret_pages_by_its_codename() {
    let bot = bot(&[], |_| {}).await;
    let answer = bot.slash("alice", "/incident declare sev1 security: for checkout hyena tokens").await;
    assert!(answer.text.contains("SEC-1") && answer.text.contains("Paged: <@U0BOB> (shop)."), "{}", answer.text);
    let told = shown(&bot.slack.dm("bob"));
    assert!(told.contains("Acknowledge") && !told.contains("hyena"), "{told}");
    assert!(!shown(&bot.said("incidents")).contains("bob"));
}

/// What is to be paged and cannot be is said aloud: of a secret no channel is told.
#[tokio::test]
async fn whom_nobody_can_page_the_room_hears_of() {
    let bot = bot(&[], |config| {
        config.settings.policies[0].steps =
            vec![Step { targets: vec![Target::Channel("C0GENERAL".into())], wait_min: 5, ..Step::default() }];
    })
    .await;
    let room = bot.declare_secret("alice", "sev1 security: for checkout hyena tokens").await;
    bot.expect_once(&room, "could not page shop: it names only channels");
}

/// Each page that begins by itself asks the next one, as those do that somebody asks for.
#[tokio::test]
async fn pages_by_themselves_take_turns() {
    let bot = bot(&[], |config| {
        let step = &mut config.settings.policies[0].steps[0];
        step.targets.push(Target::Person("U0DAVE".into()));
        step.round_robin = true;
    })
    .await;
    for (title, expected) in [("one", [1, 0]), ("two", [1, 1]), ("three", [2, 1])] {
        bot.declare("alice", &format!("sev1 for checkout {title}")).await;
        assert_eq!([asked(&bot, "bob"), asked(&bot, "dave")], expected, "{title}");
    }
    let sev3 = bot.declare("alice", "sev3 for checkout four").await;
    bot.slash_in("alice", &sev3, "/incident page shop").await;
    assert_eq!([asked(&bot, "bob"), asked(&bot, "dave")], [2, 2]);
}
