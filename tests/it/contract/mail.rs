//! Mails, taken by a mail server that reads them as a reader's program does.

use std::{fs, sync::Arc};

use serde_json::Value;
use watchroom::{
    adapters::{
        http::{Http, install_crypto},
        reach::Ways,
    },
    clock::SystemClock,
    ports::{Mail, Reach},
};

use super::{address, settings};

const LEAVE: &str = "https://status.example.com/status/subscription/4fQnR0b1Ww-QrD8-5m6h0SbJ1mRr3c9o";

fn mail(n: usize, thread: Option<&str>) -> Mail {
    Mail {
        to: vec![format!("reader{n}@customer.example")],
        subject: "[Example] Zahlungen schlagen fehl: ein sehr langer Titel, der in einer Zeile keinen Platz hat".into(),
        plain: ".Ein Punkt am Anfang\n\nÜber der Grenze: 支払い\n".into(),
        html: "<!doctype html><html><body><p>Über der Grenze</p></body></html>".into(),
        key: format!("post/{n}"),
        thread: thread.map(str::to_owned),
        leave: Some(LEAVE.into()),
    }
}

#[tokio::test]
async fn a_mail_server_takes_many_one_after_the_other_and_reads_them() {
    install_crypto();
    let url = address("smtp");
    let env = [("SMTP_URL", url.as_str()), ("MAIL_FROM", "Watchroom <watchroom@example.com>")];
    let ways = Ways::new(&Http::default(), &settings("", &env).ways, Arc::new(SystemClock));
    let mails: Vec<Mail> = (0..20).map(|n| mail(n, (n > 0).then_some("post/0"))).collect();
    for mail in &mails {
        assert_eq!(ways.mail(mail).await, Ok(()));
    }
    let kept = fs::read_to_string(address("smtp_kept")).expect("what it took");
    let taken: Vec<Value> = kept.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(taken.len(), mails.len());
    for (one, sent) in taken.iter().zip(&mails) {
        assert_eq!(one["defects"], serde_json::json!([]), "{one}");
        assert_eq!(one["to"][0], sent.to[0].as_str());
        let header = |name: &str| one["headers"][name].as_str().unwrap_or_default();
        assert_eq!(header("subject"), sent.subject);
        assert_eq!(header("list-unsubscribe"), format!("<{LEAVE}>"));
        assert_eq!(header("list-unsubscribe-post"), "List-Unsubscribe=One-Click");
        assert_eq!(
            one["parts"]["text/plain"].as_str().map(|text| text.replace("\r\n", "\n")),
            Some(sent.plain.clone())
        );
        assert!(one["parts"]["text/html"].as_str().is_some_and(|html| html.contains("Über der Grenze")), "{one}");
    }
    let of = |n: usize, name: &str| taken[n]["headers"][name].clone();
    assert_eq!((of(1, "references"), of(1, "in-reply-to")), (of(0, "message-id"), of(0, "message-id")));
}
