//! The ways to people beside the chat, against neighbours that refuse and fail as theirs do.

use std::{sync::Arc, time::Duration};

use watchroom::{
    adapters::{
        http::Http,
        reach::{Look, Ways},
    },
    clock::SystemClock,
    config::{Secret, TwilioConfig, WaysConfig},
    paging::reach::Way,
    ports::{Reach, Trouble},
    render::Notice,
};

use crate::harness::neighbour::{
    Fault, Neighbour, gotify,
    mail::{self, Server},
    twilio::{self, ACCOUNT, AUTH_TOKEN, FROM, NOBODY},
};

const ACK: &str = "https://watchroom.example.com/ack/INC-7.1.U0BOB.c2lnbmF0dXJl";
const NUMBER: &str = "+15005550009";

fn notice() -> Notice {
    Notice {
        title: "INC-7 SEV1: checkout & <payments> are down".into(),
        text: "You are paged.\nSay whether you are on it.".into(),
        link: Some("https://slack.com/app_redirect?channel=C1".into()),
        acknowledge: Some(ACK.into()),
        thread: "INC-7".into(),
        urgent: true,
    }
}

fn ways(config: &WaysConfig) -> Ways {
    watchroom::adapters::http::install_crypto();
    Ways::new(&Http::default(), config, Arc::new(SystemClock))
}

fn by_twilio(config: TwilioConfig) -> Ways {
    ways(&WaysConfig { twilio: Some(config), ..WaysConfig::default() })
}

fn by_gotify(server: &Neighbour) -> Ways {
    ways(&WaysConfig { gotify: Some(gotify::config(server)), ..WaysConfig::default() })
}

fn by_mail(server: &Server) -> Ways {
    ways(&WaysConfig { mail: Some(server.config()), ..WaysConfig::default() })
}

/// What HTTP neighbours do to a request, and what it means: whether it may have been done is never guessed.
async fn expect_troubles(neighbour: &Neighbour, ways: &Ways, way: Way, to: &str) {
    let again = |name: &str| Trouble::Unreachable(name.into());
    let lost = |name: &str| Trouble::Ambiguous(name.into());
    for (fault, expected, done) in [
        (Fault::Limited(7), Err(Trouble::RateLimited(Duration::from_secs(7))), 0),
        (Fault::Status(503), Err(again("status 503")), 0),
        (Fault::Status(500), Err(lost("status 500")), 0),
        (Fault::Cut, Err(lost("the connection broke")), 1),
        // It was taken; only its id is not known.
        (Fault::Garbage, Ok(None), 1),
    ] {
        let before = neighbour.done().len();
        neighbour.fail([fault.clone()]);
        assert_eq!(ways.send(way, to, &notice(), "key").await, expected, "{fault:?}");
        assert_eq!(neighbour.done().len() - before, done, "{fault:?}");
    }
}

#[tokio::test]
async fn a_push_by_gotify_goes_to_whose_token_it_is() {
    let server = gotify::start().await;
    let ways = by_gotify(&server);
    assert_eq!(ways.send(Way::Gotify, "bob", &notice(), "key").await, Ok(Some("1".into())));
    let body = server.done()[0].json();
    assert_eq!(body["title"], "INC-7 SEV1: checkout & <payments> are down");
    assert_eq!(body["priority"], 10);
    assert_eq!(body["extras"]["client::display"]["contentType"], "text/plain");
    assert_eq!(body["extras"]["client::notification"]["click"]["url"], ACK);
    assert!(body["message"].as_str().is_some_and(|text| text.contains(ACK)), "{body}");
    let refused = |why: &str| Err(Trouble::Refused(why.into()));
    assert_eq!(ways.send(Way::Gotify, "eve", &notice(), "key").await, refused("no_token"));
    assert_eq!(ways.send(Way::Gotify, "carol", &notice(), "key").await, refused("http_401"));
    expect_troubles(&server, &ways, Way::Gotify, "bob").await;
    let looked = ways.look().await;
    assert!(
        matches!(looked.as_slice(), [("Gotify", Ok(Look::Fine(found)))] if found.contains("bob, carol")),
        "{looked:?}"
    );
    assert!(!format!("{ways:?} {looked:?}").contains(gotify::TOKEN));
}

#[tokio::test]
async fn a_text_message_is_short_and_says_where_to_answer() {
    let server = twilio::start().await;
    let ways = by_twilio(twilio::config(&server));
    let id = ways.send(Way::Sms, NUMBER, &notice(), "key").await;
    assert_eq!(id, Ok(Some(format!("SM{:032}", 1))));
    let texts = twilio::texts(&server);
    let text = &texts[0];
    assert_eq!((text["To"].as_str(), text["From"].as_str()), (NUMBER, FROM));
    assert!(text["Body"].starts_with("INC-7 SEV1: checkout & <payments> are down\n"), "{text:?}");
    assert!(text["Body"].ends_with(ACK), "{text:?}");
    assert_eq!(text["StatusCallback"], ACK.replace("/ack/", "/hooks/twilio/status/"));
    let wrong = ways.send(Way::Sms, NOBODY, &notice(), "key").await;
    assert_eq!(wrong, Err(Trouble::Refused("Twilio 21211: the telephone number is not valid".into())));
    expect_troubles(&server, &ways, Way::Sms, NUMBER).await;
    // A pool of numbers sends instead of one.
    let service = Some(format!("MG{}", "0".repeat(32)));
    let pooled = by_twilio(TwilioConfig { from: None, messaging_service: service.clone(), ..twilio::config(&server) });
    pooled.send(Way::Sms, NUMBER, &notice(), "key").await.expect("taken");
    let texts = twilio::texts(&server);
    let text = texts.last().expect("a text");
    assert_eq!((text.get("MessagingServiceSid"), text.get("From")), (service.as_ref(), None));
}

#[tokio::test]
async fn a_slow_answer_does_not_make_a_text_message_two() {
    let server = twilio::start().await;
    let ways = by_twilio(twilio::config(&server));
    server.fail([Fault::Stalled]);
    assert_eq!(ways.send(Way::Sms, NUMBER, &notice(), "key").await, Ok(None));
    assert_eq!(twilio::texts(&server).len(), 1);
}

#[tokio::test]
async fn a_call_says_it_twice_and_asks_for_a_key() {
    let server = twilio::start().await;
    let ways = by_twilio(twilio::config(&server));
    let id = ways.send(Way::Call, NUMBER, &notice(), "key").await;
    assert_eq!(id, Ok(Some(format!("CA{:032}", 1))));
    let twiml = twilio::calls(&server)[0]["Twiml"].clone();
    assert!(twiml.contains("<Say loop=\"2\">INC-7 SEV1: checkout &amp; &lt;payments&gt; are down. Press 1"), "{twiml}");
    assert_eq!(twilio::action(&twiml), ACK.replace("/ack/", "/hooks/twilio/"));
    expect_troubles(&server, &ways, Way::Call, NUMBER).await;
    // Where nobody could tell that an answer comes from Twilio, none is asked for; and without a public address.
    let unsigned = by_twilio(TwilioConfig { auth_token: None, ..twilio::config(&server) });
    unsigned.send(Way::Call, NUMBER, &notice(), "key").await.expect("taken");
    let nowhere = Notice { acknowledge: None, ..notice() };
    ways.send(Way::Call, NUMBER, &nowhere, "key").await.expect("taken");
    for call in &twilio::calls(&server)[twilio::calls(&server).len() - 2..] {
        assert!(!call["Twiml"].contains("Gather") && call["Twiml"].contains("checkout"), "{call:?}");
        assert_eq!(call.get("StatusCallback"), None);
    }
}

#[tokio::test]
async fn twilio_is_looked_at_without_calling_anybody() {
    let server = twilio::start().await;
    let by_key = twilio::config(&server);
    let looked = by_twilio(by_key.clone()).look().await;
    assert!(matches!(looked.as_slice(), [("Twilio", Ok(Look::Doubtful(_)))]), "{looked:?}");
    let whole = TwilioConfig { user: ACCOUNT.into(), password: Secret::new(AUTH_TOKEN), ..by_key.clone() };
    let looked = by_twilio(whole.clone()).look().await;
    assert_eq!(looked, [("Twilio", Ok(Look::Fine("the account is active".into())))]);
    let wrong = TwilioConfig { password: Secret::new("something else"), ..whole };
    let looked = by_twilio(wrong).look().await;
    let why = "Twilio 20003: it does not know us; look at the credentials";
    assert_eq!(looked, [("Twilio", Err(Trouble::Refused(why.into())))]);
    assert!(twilio::calls(&server).is_empty() && twilio::texts(&server).is_empty());
}

#[tokio::test]
async fn a_mail_is_plain_and_a_page_and_stands_with_its_incident() {
    let server = Server::start().await;
    let ways = by_mail(&server);
    let id = ways.send(Way::Mail, "bob@example.com", &notice(), "one").await.expect("taken").expect("an id");
    let again = ways.send(Way::Mail, "bob@example.com", &notice(), "one").await;
    assert_eq!(again, Ok(Some(id.clone())), "what comes twice is known by its id");
    let other = Notice { thread: "INC-8".into(), ..notice() };
    let next = ways.send(Way::Mail, "bob@example.com", &notice(), "two").await.expect("taken");
    ways.send(Way::Mail, "bob@example.com", &other, "three").await.expect("taken");
    assert_ne!(next, Some(id.clone()));
    let taken = server.taken();
    let mail = &taken[0];
    assert_eq!((mail.to.as_str(), mail.header("Message-ID")), ("bob@example.com", id));
    assert_eq!(mail.header("Subject"), "INC-7 SEV1: checkout & <payments> are down");
    assert_eq!(mail.header("From"), "Watchroom <watchroom@example.com>");
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    assert_eq!(mail.header("References"), mail.header("In-Reply-To"));
    assert_eq!(mail.header("References"), taken[2].header("References"), "of one incident");
    assert_ne!(mail.header("References"), taken[3].header("References"), "of another");
    let shown = mail.shown();
    assert!(shown.contains("multipart/alternative") && shown.contains(&format!("Acknowledge: {ACK}")), "{shown}");
    assert!(shown.contains(&format!("<a href=\"{ACK}\">Acknowledge</a>")), "{shown}");
    assert!(!shown.contains("<strong>INC-7 SEV1: checkout & <payments>"), "{shown}");
    assert!(!format!("{ways:?}").contains(mail::PASSWORD));
    let looked = ways.look().await;
    assert!(
        matches!(looked.as_slice(), [("e-mail", Ok(Look::Doubtful(found)))] if found.contains("lets us in")),
        "{looked:?}"
    );
    assert_eq!(server.taken().len(), 4);
}

#[tokio::test]
async fn how_far_a_mail_came_tells_whether_it_may_be_sent_again() {
    let server = Server::start().await;
    let ways = by_mail(&server);
    let again = |why: &str| Err(Trouble::Unreachable(why.into()));
    let never = |why: &str| Err(Trouble::Refused(why.into()));
    for (fault, expected) in [
        (mail::Fault::Says("EHLO", "421 4.3.2 closing"), again("the mail server asks for patience (421)")),
        (
            mail::Fault::Says("RCPT", "450 4.2.0 <bob@example.com> greylisted"),
            again("the mail server asks for patience (450)"),
        ),
        (mail::Fault::Says("DATA.", "451 4.3.0 later"), again("the mail server asks for patience (451)")),
        (
            mail::Fault::Says("RCPT", "550 5.1.1 <bob@example.com> unknown"),
            never("the mail server knows no such mailbox, or does not take mails for it from us (550)"),
        ),
        (mail::Fault::Says("DATA.", "554 5.7.1 spam"), never("the mail server refused it: 554")),
        (mail::Fault::Says("AUTH", "535 5.7.8 no"), never("the mail server does not know us; look at SMTP_URL (535)")),
        (mail::Fault::Cut, Err(Trouble::Ambiguous("the connection broke".into()))),
    ] {
        server.fail([fault.clone()]);
        assert_eq!(ways.send(Way::Mail, "bob@example.com", &notice(), "key").await, expected, "{fault:?}");
    }
    assert_eq!(server.taken().len(), 1, "only the last was taken");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("its address").port();
    drop(listener);
    let config = watchroom::config::MailConfig { port, ..server.config() };
    let sent = self::ways(&WaysConfig { mail: Some(config), ..WaysConfig::default() });
    let sent = sent.send(Way::Mail, "bob@example.com", &notice(), "key").await;
    assert_eq!(sent, again("no connection to the mail server"));
}
