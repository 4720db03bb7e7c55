//! One JSON file for each body.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use watchroom::{
    ingress::{Fields, sign, twilio_signature},
    render::Message,
    sandbox::signature,
};

fn folder(name: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    let folder = target.join(name);
    fs::create_dir_all(&folder).expect("a folder for what is recorded");
    folder
}

/// Records one body.
pub fn record(name: &str, kind: &str, method: &str, body: &Value) {
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    let text = json!({ "kind": kind, "method": method, "body": body }).to_string();
    let path = folder("snapshots").join(format!("{name}.json"));
    // Most are as they were: writing a file anew costs more than reading it.
    if fs::read(&path).is_ok_and(|before| before == text.as_bytes()) {
        return;
    }
    fs::write(path, text).expect("recorded");
}

/// What Slack reads as markup: the text, and text objects that say so.
fn markup(body: &Value) -> Vec<&str> {
    fn walk<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        if value["type"] == "mrkdwn" {
            found.extend(value["text"].as_str());
        }
        match value {
            Value::Array(all) => all.iter().for_each(|v| walk(v, found)),
            Value::Object(all) => all.values().for_each(|v| walk(v, found)),
            _ => {}
        }
    }
    let mut found: Vec<&str> = body["text"].as_str().into_iter().collect();
    walk(body, &mut found);
    found
}

/// Records a message.
pub fn message(name: &str, said: &Message) {
    assert!(!said.text.trim().is_empty(), "{name}: a message whose text says nothing");
    assert!(said.text.chars().count() <= 4000, "{name}: an edit of this message would be refused");
    let mut body = said.to_json();
    body["channel"] = "C0INCIDENTS".into();
    for text in markup(&body) {
        assert!(!text.contains("<!channel") && !text.contains("<!everyone"), "{name} wakes everyone: {text}");
    }
    record(name, "message", "chat.postMessage", &body);
}

/// Records a form.
pub fn form(name: &str, view: &Value) {
    record(name, "modal", "views.open", &json!({ "trigger_id": "1.2.3", "view": view }));
}

/// Our two signers agree, and what they sign is genuine to the official ones too.
#[test]
fn signatures_for_the_official_verifiers() {
    let bodies = [
        "",
        "token=x&command=%2Fincident&text=declare+sev1+checkout+is+down&response_url=https%3A%2F%2Fhooks.slack.com",
        r#"{"type":"event_callback","event":{"type":"app_mention","text":"❤ \u2764"}}"#,
        "payload=%7B%22type%22%3A%22block_actions%22%7D",
        "\u{202e}ünïcödé\n\r\t\u{0}",
    ];
    let secrets = ["8f742231b10e8888abcd99yyyzzz85a5", "s", "a secret of some length, with spaces and ünïcödé in it"];
    for (b, body) in bodies.iter().enumerate() {
        for (s, secret) in secrets.iter().enumerate() {
            let timestamp: i64 = 1_795_316_400 + i64::try_from(b * 10 + s).expect("small");
            let signed = sign(secret, &timestamp.to_string(), body.as_bytes());
            assert_eq!(signed, signature(secret, timestamp, body), "bot and sandbox sign alike");
            let text = json!({ "secret": secret, "timestamp": timestamp, "body": body, "signature": signed });
            let name = format!("genuine-{b}-{s}.json");
            fs::write(folder("signatures").join(name), text.to_string()).expect("recorded");
        }
    }
}

/// What we take for Twilio's is genuine to its own library.
#[test]
fn twilio_signatures_for_the_official_verifier() {
    let base = "https://watchroom.example.com/hooks/twilio";
    let urls =
        [format!("{base}/INC-1.2.U0BOB.c2ln-_"), format!("{base}/status/SEC-1.1.W9.c2ln"), format!("{base}/x?b=2&a=1")];
    let forms: [&[(&str, &str)]; 4] = [
        &[("Digits", "1"), ("CallSid", "CA1"), ("To", "+15005550009"), ("digits", "2")],
        &[("MessageStatus", "delivered"), ("MessageSid", "SM1"), ("ErrorCode", ""), ("A", " a+b & c=d ")],
        &[("Body", "Ünïcödé 🔥\n<tag>"), ("Z", "z"), ("a", "a"), ("AccountSid", "AC1")],
        &[],
    ];
    for (u, url) in urls.iter().enumerate() {
        for (f, form) in forms.iter().enumerate() {
            let secret = format!("{u}{f} a secret of some length");
            let fields: Fields = form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let signature = twilio_signature(&secret, url, &fields).expect("a secret");
            let fields: serde_json::Map<String, Value> = fields.into_iter().map(|(n, v)| (n, v.into())).collect();
            let text = json!({ "secret": secret, "url": url, "fields": fields, "signature": signature });
            fs::write(folder("twilio").join(format!("{u}-{f}.json")), text.to_string()).expect("recorded");
        }
    }
}
