//! Requests that Slack did not send: refused before anything is read, nothing stored, nothing revealed.

use watchroom::{sandbox::signature, store::journal};

use crate::harness::Bot;

const BODY: &str = "command=%2Fincident&text=declare+sev1+forged&user_id=U0ALICE&channel_id=C0GENERAL&trigger_id=1.2";
const PATHS: [&str; 3] = ["/slack/commands", "/slack/interactions", "/slack/events"];

async fn send(bot: &Bot, path: &str, headers: &[(&str, String)], body: Vec<u8>) -> (u16, String) {
    let mut request = bot.http.post(format!("{}{path}", bot.url));
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let response = request.body(body).send().await.expect("an answer");
    (response.status().as_u16(), response.text().await.expect("words"))
}

fn signed(bot: &Bot, ago: i64, body: &str) -> Vec<(&'static str, String)> {
    let stamp = bot.clock_second() - ago;
    let signature = signature(bot.slack.signing_secret(), stamp, body);
    vec![
        ("content-type", "application/x-www-form-urlencoded".into()),
        ("x-slack-request-timestamp", stamp.to_string()),
        ("x-slack-signature", signature),
    ]
}

#[track_caller]
fn expect_nothing_stored(bot: &Bot) {
    let commits = journal::verify(&bot.config.data).expect("every link holds").commits;
    assert_eq!(commits, 1, "nothing but the playbook that the start recorded");
    assert!(bot.slack.calls().is_empty(), "Slack hears nothing");
}

#[tokio::test]
async fn forged_and_stale_requests_are_refused_and_leave_nothing() {
    let bot = Bot::start().await;
    let good = signed(&bot, 0, BODY);
    let change = |name: &str, value: &str| {
        let mut headers = good.clone();
        headers.iter_mut().filter(|(n, _)| *n == name).for_each(|(_, v)| value.clone_into(v));
        headers
    };
    let without = |name: &str| good.iter().filter(|(n, _)| *n != name).cloned().collect::<Vec<_>>();
    let wrong_secret = signature("another secret", bot.clock_second(), BODY);
    let forged = [
        change("x-slack-signature", "v0=00"),
        change("x-slack-signature", ""),
        change("x-slack-signature", &wrong_secret),
        change("x-slack-signature", &"f".repeat(10_000)),
        change("x-slack-request-timestamp", "0"),
        change("x-slack-request-timestamp", "soon"),
        without("x-slack-signature"),
        without("x-slack-request-timestamp"),
        signed(&bot, 301, BODY),
        signed(&bot, -301, BODY),
        signed(&bot, 0, "another body"),
    ];
    for path in PATHS {
        for headers in &forged {
            let (status, said) = send(&bot, path, headers, BODY.into()).await;
            assert_eq!((status, said.as_str()), (401, ""), "{path} {headers:?}");
        }
    }
    bot.settle().await;
    expect_nothing_stored(&bot);
    // The same request, signed as it should be, is taken: the refusals were about the signature and nothing else.
    let (status, said) = send(&bot, "/slack/commands", &good, BODY.into()).await;
    assert!(status == 200 && said.contains("INC-1"), "{status} {said}");
}

#[tokio::test]
async fn oversized_requests_are_refused_before_they_are_read() {
    let bot = Bot::start().await;
    let huge = format!("{BODY}&x={}", "x".repeat(1024 * 1024));
    for path in PATHS {
        for headers in [signed(&bot, 0, &huge), Vec::new()] {
            let (status, said) = send(&bot, path, &headers, huge.clone().into()).await;
            assert_eq!((status, said.as_str()), (413, ""), "{path}");
        }
    }
    bot.settle().await;
    expect_nothing_stored(&bot);
}

#[tokio::test]
async fn signed_nonsense_is_answered_with_a_sentence_and_counted_and_leaves_nothing() {
    let bot = Bot::start().await;
    let nonsense = [
        "",
        "{",
        "payload=",
        "payload=%7B",
        "payload=null",
        "payload=%5B%5D",
        "text=x",
        "%ff%fe=%00",
        "[1,2",
        "null",
        "payload=%7B%22type%22%3A%22block_actions%22%7D",
        "payload=%7B%22type%22%3A%22view_submission%22%2C%22user%22%3A%7B%22id%22%3A%22U0ALICE%22%7D%7D",
        "payload=%7B%22type%22%3A%22nothing%22%2C%22user%22%3A%7B%22id%22%3A%22U0ALICE%22%7D%7D",
    ];
    for path in PATHS {
        for body in nonsense {
            let (status, said) = send(&bot, path, &signed(&bot, 0, body), body.into()).await;
            assert_eq!(status, 200, "{path} `{body}`: {said}");
            if path == "/slack/commands" {
                assert!(said.contains("could not understand"), "`{body}`: {said}");
            }
        }
    }
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let (status, _) = send(&bot, "/slack/events", &signed(&bot, 0, &deep), deep.clone().into()).await;
    assert_eq!(status, 200, "nested without end");
    bot.settle().await;
    expect_nothing_stored(&bot);
    let metrics = bot.http.get(format!("{}/metrics", bot.url)).send().await.expect("an answer").text().await;
    let metrics = metrics.expect("words");
    let counted = metrics.lines().find(|l| l.contains("not_understood") && !l.starts_with('#')).unwrap_or_default();
    let counted: u64 = counted.rsplit(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0);
    assert!(counted > 20, "{metrics}");
}

#[tokio::test]
async fn other_addresses_and_methods_are_not_there() {
    let bot = Bot::start().await;
    for path in PATHS {
        let got = bot.http.get(format!("{}{path}", bot.url)).send().await.expect("an answer");
        assert_eq!(got.status(), 405, "{path}");
    }
    let (status, _) = send(&bot, "/slack/nothing", &signed(&bot, 0, BODY), BODY.into()).await;
    assert_eq!(status, 404);
    expect_nothing_stored(&bot);
}
