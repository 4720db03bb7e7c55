//! Ways beside Slack: neither passwords nor addresses nor links come into the log, at whatever level.

use std::sync::Arc;

use watchroom::{
    adapters::{http::Http, reach},
    clock::SystemClock,
    config::{NtfyConfig, Secret, WaysConfig},
    paging::reach::Way,
    ports::Reach,
    render::Notice,
};

use super::log;
use crate::harness::{
    neighbour::{Fault, gotify, mail, twilio},
    ntfy::Ntfy,
    reach::PUBLIC,
};

const NUMBER: &str = "+15005550009";
/// Whoever knows a topic reads it.
const TOPIC: &str = "bobs-secret-topic";
const NTFY: &str = "tk_bobs-token";
const MAIL: &str = "bob@example.com";
const TOKEN: &str = "INC-7.1.U0BOB.c2lnbmF0dXJl";

#[tokio::test]
async fn no_way_writes_its_secrets_into_the_log() {
    watchroom::adapters::http::install_crypto();
    let (phone, push, post) = (twilio::start().await, gotify::start().await, mail::Server::start().await);
    let topics = Ntfy::start().await;
    let config = WaysConfig {
        twilio: Some(twilio::config(&phone)),
        gotify: Some(gotify::config(&push)),
        mail: Some(post.config()),
        ntfy: Some(NtfyConfig { url: topics.url().clone(), token: Some(Secret::new(NTFY)) }),
        ..WaysConfig::default()
    };
    let notice = Notice {
        title: "checkout is down".into(),
        text: "You are paged.".into(),
        link: None,
        acknowledge: Some(format!("{PUBLIC}/ack/{TOKEN}")),
        thread: "INC-7".into(),
        urgent: true,
    };
    let _log = log::start();
    log::take();
    let ways = reach::Ways::new(&Http::default(), &config, Arc::new(SystemClock));
    tracing::trace!(?config, ?ways, "a line of the log");
    for way in Way::ALL {
        let to = match way {
            Way::Ntfy => TOPIC,
            Way::Gotify => "bob",
            Way::Sms | Way::Call => NUMBER,
            Way::Mail => MAIL,
        };
        for _ in 0..2 {
            let sent = ways.send(way, to, &notice, "key").await;
            tracing::trace!(?sent, "what came of it");
            phone.fail([Fault::Status(500)]);
            push.fail([Fault::Cut]);
            post.fail([mail::Fault::Says("RCPT", "550 5.1.1 <bob@example.com> unknown")]);
        }
    }
    ways.look().await;
    let logged = log::take();
    assert!(logged.contains("a line of the log") && logged.contains("what came of it"), "{logged}");
    let secrets = [
        twilio::AUTH_TOKEN,
        twilio::KEY_SECRET,
        gotify::TOKEN,
        mail::PASSWORD,
        NUMBER,
        TOPIC,
        NTFY,
        MAIL,
        TOKEN,
        "checkout is down",
    ];
    for secret in secrets {
        let line = logged.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} is in the log");
    }
}
