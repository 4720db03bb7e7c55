//! Twilio, ntfy and Gotify: every request that goes to them, and every answer that is read.

use std::sync::Arc;

use watchroom::{
    adapters::{
        http::{Http, install_crypto},
        reach::{Look, Ways},
    },
    clock::SystemClock,
    paging::reach::Way,
    ports::Reach,
    render::Notice,
};

use super::{address, settings};

const NUMBER: &str = "+15005550009";

fn ways(toml: &str, env: &[(&str, &str)]) -> Ways {
    install_crypto();
    Ways::new(&Http::default(), &settings(toml, env).ways, Arc::new(SystemClock))
}

/// One with all that there may be, and one with the least; both long.
fn notices() -> [Notice; 2] {
    let whole = Notice {
        title: "INC-7 SEV1: checkout & <payments> are down".into(),
        text: "You are paged. ".repeat(200),
        link: Some("https://slack.com/app_redirect?channel=C1".into()),
        acknowledge: Some("https://watchroom.example.com/ack/INC-7.1.U0BOB.c2lnbmF0dXJl".into()),
        thread: "INC-7".into(),
        urgent: true,
    };
    [Notice { link: None, acknowledge: None, urgent: false, ..whole.clone() }, whole]
}

async fn expect_taken(ways: &Ways, way: Way, to: &str, id: &str) {
    for notice in notices() {
        assert_eq!(ways.send(way, to, &notice, "INC-7/1/U0BOB").await, Ok(Some(id.to_owned())), "{way:?}");
    }
}

async fn look(ways: &Ways) -> Look {
    let mut looks = ways.look().await;
    let (name, look) = looks.pop().expect("one way");
    look.unwrap_or_else(|trouble| panic!("{name}: {trouble}"))
}

#[tokio::test]
async fn twilio_takes_texts_and_calls() {
    let url = address("twilio");
    let account = [("TWILIO_API_URL", url.as_str()), ("TWILIO_ACCOUNT_SID", "AC0123456789abcdef0123456789abcdef")];
    let key = [("TWILIO_API_KEY", "SK0123456789abcdef0123456789abcdef"), ("TWILIO_API_SECRET", "hush")];
    let token = [("TWILIO_AUTH_TOKEN", "0123456789abcdef0123456789abcdee")];
    let number = [("TWILIO_FROM", "+15005550006")];
    let pool = [("TWILIO_MESSAGING_SERVICE_SID", "MG0123456789abcdef0123456789abcdef")];
    let by_key = ways("", &[&account[..], &key, &token, &number].concat());
    let by_account = ways("", &[&account[..], &token, &number].concat());
    for ways in [&by_key, &by_account] {
        expect_taken(ways, Way::Sms, NUMBER, "SM0123456789abcdef0123456789abcdef").await;
        expect_taken(ways, Way::Call, NUMBER, "CA0123456789abcdef0123456789abcdef").await;
    }
    let pooled = ways("", &[&account[..], &token, &pool].concat());
    expect_taken(&pooled, Way::Sms, NUMBER, "SM0123456789abcdef0123456789abcdef").await;
    assert_eq!(look(&by_key).await, Look::Fine("the API key is known".into()));
    assert_eq!(look(&by_account).await, Look::Fine("the account is active".into()));
}

#[tokio::test]
async fn ntfy_takes_pushes() {
    let url = address("ntfy");
    let ways = ways("[ntfy]", &[("NTFY_URL", url.as_str()), ("NTFY_TOKEN", "tk_agqdq7mvbofd37zqvnzdscxizbcvp")]);
    expect_taken(&ways, Way::Ntfy, "ada-4Fq9", "xE73Iyuabi8g").await;
    assert_eq!(look(&ways).await, Look::Fine("the server is well".into()));
}

#[tokio::test]
async fn gotify_takes_pushes() {
    let url = address("gotify");
    let ways = ways("", &[("GOTIFY_URL", url.as_str()), ("GOTIFY_TOKENS", "ada=AGxXyz.token")]);
    expect_taken(&ways, Way::Gotify, "ada", "25").await;
    assert_eq!(look(&ways).await, Look::Fine("version 2.9.1; there are tokens for ada".into()));
}
