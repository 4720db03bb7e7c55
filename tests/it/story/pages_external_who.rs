//! Who somebody at another provider is in Slack: by the id that the provider knows, else by `[people]`, else by their address.

use serde_json::json;

use crate::harness::{
    Bot, minutes,
    providers::{WEBHOOK_SECRET, event, key_of, people, signed, with_grafana, with_pagerduty},
};

async fn paged(bot: &Bot) -> String {
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    room
}

#[tokio::test]
async fn what_the_settings_say_of_somebody_goes_before_their_address() {
    // Their address is Erin's in Slack.
    for (name, who) in [("PERIN", "U0BOB"), ("Erin@Example.com", "U0BOB"), ("PZED", "U0ERIN")] {
        let (mut bot, pagerduty) = with_pagerduty(true, &[]).await;
        let erin = json!({ "id": "PERIN", "summary": "Erin", "email": "erin@example.com" });
        pagerduty.memory().users.insert("PERIN".into(), erin);
        bot.config.people = people(&[(name, "U0BOB")]);
        bot.crash_and_restart().await;
        let room = paged(&bot).await;
        bot.told_by_pagerduty(&event("E1", "acknowledged", &key_of(&pagerduty), Some("PERIN"), 30)).await;
        bot.expect_once(&room, &format!("<@{who}> acknowledged in PagerDuty"));
    }
}

#[tokio::test]
async fn what_the_provider_knows_goes_before_what_the_settings_say() {
    for (connected, who) in [(Some("U0ERIN"), "U0ERIN"), (None, "U0BOB")] {
        let (mut bot, grafana) = with_grafana().await;
        grafana.put_user("UERIN", "erin", connected);
        bot.config.people = people(&[("UERIN", "U0BOB")]);
        bot.crash_and_restart().await;
        let room = paged(&bot).await;
        grafana.catch_up();
        {
            let mut memory = grafana.memory();
            memory.groups[0]["state"] = json!("acknowledged");
            memory.groups[0]["acknowledged_by"] = json!("UERIN");
        }
        bot.advance(minutes(2)).await;
        bot.expect_once(&room, &format!("<@{who}> acknowledged in Grafana OnCall"));
    }
}

#[tokio::test]
async fn each_of_two_secrets_counts_while_one_is_changed_for_the_other() {
    let (mut bot, pagerduty) = with_pagerduty(true, &[]).await;
    let settings = pagerduty.settings(
        "[pagerduty]\nservices = ['PSVC']",
        &[("PAGERDUTY_WEBHOOK_SECRET", "the-next-one, wh-sec-ret"), ("PAGERDUTY_ROUTING_KEY_PSVC", "k")],
    );
    let secrets = settings.webhook_secrets;
    bot.config.pagerduty.as_mut().expect("it is set up").webhook_secrets = secrets;
    bot.crash_and_restart().await;
    let room = paged(&bot).await;
    let key = key_of(&pagerduty);
    for (n, secret) in ["the-next-one", WEBHOOK_SECRET].into_iter().enumerate() {
        let n = i64::try_from(n).expect("few");
        let body = event(&format!("E{n}"), "escalated", &key, None, 10 + n).to_string();
        let strange = signed("of another subscription", &body);
        // One that does not fit beside it does not matter, on whichever side of it.
        let (mine, another) = (signed(secret, &body), strange.replace("v1=", "v2="));
        for signature in [format!("{strange},{mine}"), format!("{mine}, {strange}"), format!("{another},{mine}")] {
            assert_eq!(bot.deliver(&body, &signature).await, 202, "{secret}: {signature}");
        }
        assert_eq!(bot.deliver(&body, &format!("{strange},{strange}")).await, 401);
        assert_eq!(bot.deliver(&body, &signed("the-next-one, wh-sec-ret", &body)).await, 401, "they are two");
    }
    assert_eq!(bot.count(&room, "asks the next ones there"), 2);
}
