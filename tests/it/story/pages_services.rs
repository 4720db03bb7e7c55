//! A step that names a service asks whoever that stands for, whatever they are.

use watchroom::paging::{Condition, Policy, Step, Target};

use super::{intake::service, oncall::weekly};
use crate::harness::{
    Bot, edited, minutes,
    pagerduty::{FakePagerDuty, ROUTING_KEY, TOKEN},
    policy,
    providers::pagerduty,
    shown,
    webhook::Webhook,
};

fn asks(targets: Vec<Target>) -> Step {
    Step { targets, wait_min: 5, repeat_min: 2, ..Step::default() }
}

/// The policy `night` asks the service checkout, then dave; the policies of checkout and of search are these.
async fn bot(checkout: Vec<Step>, search: Vec<Step>, change: impl FnOnce(&mut watchroom::config::Config)) -> Bot {
    let (mut shop, mut finder) = (service("checkout"), service("search"));
    (shop.policy, finder.policy) = (Some("shop".into()), Some("finder".into()));
    Bot::configured(|config| {
        config.playbook = edited(|book| book.services = vec![shop, finder]);
        let of = |name: &str, steps| Policy { steps, ..policy(name, &[]) };
        let night = vec![asks(vec![Target::Service("checkout".into())]), asks(vec![Target::Person("U0DAVE".into())])];
        config.settings.policies = vec![of("night", night), of("shop", checkout), of("finder", search)];
        change(config);
    })
    .await
}

async fn paged(bot: &Bot) -> String {
    let room = bot.declare("alice", "sev2 nobody can pay").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    room
}

fn is_asked(bot: &Bot, who: &str) -> bool {
    bot.slack.dm(who).iter().any(|m| m.contains("Acknowledge"))
}

/// A program, a channel and another provider behind a service are asked as they are beside it, and count as somebody.
#[tokio::test]
async fn a_service_may_be_answered_for_by_a_program_a_channel_or_another_provider() {
    let (siren, provider) = (Webhook::start().await, FakePagerDuty::start().await);
    provider.memory().services.insert("PSVC".into(), "PPOL".into());
    let env = [("PAGERDUTY_API_TOKEN", TOKEN), ("PAGERDUTY_ROUTING_KEY_PSVC", ROUTING_KEY)];
    let settings = provider.settings("[pagerduty]\nservices = ['PSVC']", &env);
    let behind = vec![Target::Webhook("siren".into()), Target::Channel("C0GENERAL".into()), pagerduty("PSVC")];
    let bot = bot(vec![asks(behind)], vec![], |config| {
        siren.set_up(config, None, true);
        config.settings.external_pagers = watchroom::config::ExternalPagers::of(Some(&settings), None, None, &[]);
        config.pagerduty = Some(settings);
    })
    .await;
    let room = paged(&bot).await;
    bot.seconds(3).await;
    bot.expect_once(&room, "whoever answers for checkout: the webhook siren, <#C0GENERAL>, PagerDuty (PSVC).");
    assert_eq!((siren.told().len(), bot.count("general", "nobody can pay")), (1, 1));
    assert_eq!(provider.memory().incidents.len(), 1);
    assert!(!is_asked(&bot, "dave"), "{}", shown(&bot.said(&room)));
    bot.advance(minutes(2)).await;
    assert_eq!((siren.told().len(), provider.memory().incidents.len()), (2, 1), "asked again, and there once");
    bot.advance(minutes(3)).await;
    assert!(is_asked(&bot, "dave"), "nobody acknowledged: {}", shown(&bot.said(&room)));
}

/// Services behind a service are followed, also in a circle; people, groups and schedules are each found out by themselves.
#[tokio::test]
async fn services_behind_a_service_are_followed_and_a_circle_ends() {
    let checkout = asks(vec![Target::Service("search".into()), Target::Schedule("primary".into())]);
    let search = asks(vec![Target::Service("checkout".into()), Target::Group("S0ONCALL".into())]);
    let bot = bot(vec![checkout], vec![search], |config| {
        config.settings.schedules = vec![weekly("primary", &["U0ERIN"])];
    })
    .await;
    let room = paged(&bot).await;
    for who in ["erin", "bob"] {
        assert!(is_asked(&bot, who), "{who}: {}", shown(&bot.said(&room)));
    }
    assert!(!is_asked(&bot, "dave"));
    bot.expect_once(&room, "<@U0ERIN> is on call for primary");
}

/// Nobody named, or no step that asks now, is nobody: the next step is asked at once. A step that does not ask in such incidents is
/// passed over for one that does.
#[tokio::test]
async fn a_service_without_anybody_is_passed_on_at_once() {
    let only = |severities: &[u8]| Condition {
        severities: severities.iter().copied().map(watchroom::playbook::Severity).collect(),
        between: None,
    };
    let bob = |severities| Step { only: only(severities), ..asks(vec![Target::Person("U0BOB".into())]) };
    let erin = asks(vec![Target::Person("U0ERIN".into())]);
    for (steps, asked) in [(vec![], "dave"), (vec![bob(&[1])], "dave"), (vec![bob(&[1]), erin], "erin")] {
        let bot = bot(steps, vec![], |_| {}).await;
        let room = paged(&bot).await;
        for who in ["bob", "erin", "dave"] {
            assert_eq!(is_asked(&bot, who), who == asked, "{who}: {}", shown(&bot.said(&room)));
        }
    }
}

/// Of a need-to-know incident no program and no channel is told, also where it stands behind a service.
#[tokio::test]
async fn behind_a_service_too_a_secret_is_for_people() {
    let siren = Webhook::start().await;
    let behind = vec![Target::Webhook("siren".into()), Target::Channel("C0GENERAL".into())];
    let bot = bot(vec![asks(behind)], vec![], |config| siren.set_up(config, None, true)).await;
    let room = bot.declare_secret("alice", "sev2 security: hyena tokens").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    assert_eq!((siren.told().len(), bot.count("general", "asked for help")), (0, 0));
    assert!(is_asked(&bot, "dave"), "nobody else is left: {}", shown(&bot.said(&room)));
}

/// `/incident oncall` says who is asked behind a service, and of each step when it asks.
#[tokio::test]
async fn on_call_shows_who_stands_behind_a_service() {
    let step = Step {
        only: Condition { severities: vec![watchroom::playbook::Severity(1)], between: None },
        ..asks(vec![Target::Service("search".into()), Target::Webhook("siren".into())])
    };
    let bot = bot(vec![step], vec![asks(vec![Target::Schedule("primary".into())])], |config| {
        config.settings.schedules = vec![weekly("primary", &["U0BOB"])];
    })
    .await;
    let night = bot.slash("alice", "/incident oncall night").await.text;
    for part in ["*Step 1, whoever answers for checkout*: the webhook siren", "now <@U0BOB>", "*Step 2*: <@U0DAVE>"] {
        assert!(night.contains(part), "no `{part}` in {night}");
    }
    let shop = bot.slash("alice", "/incident oncall checkout").await.text;
    assert!(
        shop.contains("*Step 1, only on SEV1, whoever answers for search*: *primary team*: now <@U0BOB>"),
        "{shop}"
    );
}

/// `/incident oncall` says who is in a group that a step asks, and when Slack said so; where it does not say, that.
#[tokio::test]
async fn on_call_shows_who_is_in_a_group() {
    let groups = vec![Target::Group("S0ONCALL".into()), Target::Group("S0NOWHERE".into())];
    let bot = bot(vec![asks(groups)], vec![], |_| {}).await;
    let shop = bot.slash("alice", "/incident oncall checkout").await.text;
    for part in [
        "*Step 1*: <!subteam^S0ONCALL>: <@U0ALICE>, <@U0BOB> · asked 0 s ago",
        "*Step 1*: <!subteam^S0NOWHERE>: :warning: who is in it could not be asked (refused: no_such_subteam)",
    ] {
        assert!(shop.contains(part), "no `{part}` in {shop}");
    }
    bot.slack.deactivate("alice").expect("deactivated");
    bot.slack.deactivate("bob").expect("deactivated");
    bot.advance(minutes(11)).await;
    let shop = bot.slash("carol", "/incident oncall checkout").await.text;
    assert!(shop.contains("<!subteam^S0ONCALL>: :warning: *nobody* who can be asked"), "{shop}");
}
