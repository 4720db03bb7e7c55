//! Twilio: takes text messages and calls, and calls back, signed.

use std::collections::BTreeMap;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use watchroom::{
    config::{Secret, TwilioConfig},
    ingress::{Fields, twilio_signature},
};

use super::{Asked, Neighbour};
use crate::harness::{Bot, reach::PUBLIC};

pub const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
pub const KEY: &str = "SK0123456789abcdef0123456789abcdef";
pub const KEY_SECRET: &str = "a secret of the key";
pub const AUTH_TOKEN: &str = "0123456789abcdef0123456789abcdee";
pub const FROM: &str = "+15005550006";
/// A number that is none.
pub const NOBODY: &str = "+15005550001";

pub async fn start() -> Neighbour {
    Neighbour::start(answer).await
}

/// How to reach it, by a key that may do no more.
pub fn config(twilio: &Neighbour) -> TwilioConfig {
    TwilioConfig {
        url: twilio.url.clone(),
        account: ACCOUNT.into(),
        user: KEY.into(),
        password: Secret::new(KEY_SECRET),
        auth_token: Some(Secret::new(AUTH_TOKEN)),
        from: Some(FROM.into()),
        messaging_service: None,
    }
}

fn refused(status: u16, code: u32, message: &str) -> (u16, Value) {
    let more_info = format!("https://www.twilio.com/docs/errors/{code}");
    (status, json!({ "code": code, "message": message, "more_info": more_info, "status": status }))
}

fn answer(asked: &Asked, number: usize) -> (u16, Value) {
    let whole = format!("Basic {}", BASE64_STANDARD.encode(format!("{ACCOUNT}:{AUTH_TOKEN}")));
    let key = format!("Basic {}", BASE64_STANDARD.encode(format!("{KEY}:{KEY_SECRET}")));
    let by = asked.header("authorization");
    if by != whole && by != key {
        return refused(401, 20003, "Authenticate");
    }
    let account = format!("/2010-04-01/Accounts/{ACCOUNT}");
    let form = asked.form();
    let to = form.get("To").map(String::as_str).unwrap_or_default();
    match (asked.method.as_str(), asked.path.strip_prefix(&account).unwrap_or_default()) {
        ("GET", ".json") if by == whole => (200, json!({ "sid": ACCOUNT, "status": "active", "type": "Full" })),
        ("GET", _) => refused(401, 70051, "Authorization Failed"),
        ("POST", "/Messages.json" | "/Calls.json") if to == NOBODY => {
            refused(400, 21211, &format!("The 'To' number {to} is not a valid phone number."))
        }
        ("POST", "/Messages.json") => (201, json!({ "sid": format!("SM{number:032}"), "status": "queued" })),
        ("POST", "/Calls.json") => (201, json!({ "sid": format!("CA{number:032}"), "status": "queued" })),
        _ => refused(404, 20404, "The requested resource was not found"),
    }
}

/// What was sent by a path that ends so.
fn sent(twilio: &Neighbour, path: &str) -> Vec<BTreeMap<String, String>> {
    twilio.done().iter().filter(|asked| asked.path.ends_with(path)).map(Asked::form).collect()
}

/// The text messages.
pub fn texts(twilio: &Neighbour) -> Vec<BTreeMap<String, String>> {
    sent(twilio, "/Messages.json")
}

/// The calls.
pub fn calls(twilio: &Neighbour) -> Vec<BTreeMap<String, String>> {
    sent(twilio, "/Calls.json")
}

/// Where a call's keys are posted to.
pub fn action(twiml: &str) -> String {
    let action = twiml.split("action=\"").nth(1).and_then(|rest| rest.split('"').next());
    action.unwrap_or_else(|| panic!("no key is asked for in {twiml}")).replace("&amp;", "&")
}

/// Twilio posts a form to an address of ours; `secret` signs it. Status and text of the answer.
pub async fn post(bot: &Bot, url: &str, fields: &[(&str, &str)], secret: &str) -> (u16, String) {
    let all: Fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let signature = twilio_signature(secret, url, &all).expect("a secret");
    let here = url.replace(PUBLIC, &bot.url);
    let request = bot.http.post(here).header("x-twilio-signature", signature).form(&fields);
    let answer = request.send().await.expect("an answer");
    let (status, text) = (answer.status().as_u16(), answer.text().await.expect("a text"));
    bot.settle().await;
    (status, text)
}
