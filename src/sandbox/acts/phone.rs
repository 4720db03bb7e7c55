//! What people do with a telephone that rings, and what Twilio tells its customer of it: signed, as it signs.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use crate::sandbox::{
    Refusal,
    phones::{FROM, TWILIO_ACCOUNT, TWILIO_TOKEN},
    shell::Shell,
    state::{Arrived, Line, RINGS},
};

/// How long after it took a text message Twilio knows that it was delivered, in real time.
const DELIVERED: Duration = Duration::from_millis(500);

type Fields = BTreeMap<&'static str, String>;

/// Twilio's signature: HMAC-SHA1 of the address and of every field in order, with the account's token.
fn signature(url: &str, fields: &Fields) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(TWILIO_TOKEN.as_bytes()) else { return String::new() };
    mac.update(url.as_bytes());
    for (name, value) in fields {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

/// The words of the first `<Say>`.
#[must_use]
pub fn spoken(twiml: &str) -> String {
    let said = twiml.split_once("<Say").and_then(|(_, rest)| rest.split_once('>')).map_or("", |(_, rest)| rest);
    unescaped(said.split("</Say>").next().unwrap_or_default())
}

/// Where a key is posted to, where one is asked for.
#[must_use]
pub fn keys_to(twiml: &str) -> Option<String> {
    let (_, gather) = twiml.split_once("<Gather")?;
    let (attributes, _) = gather.split_once('>')?;
    let (_, action) = attributes.split_once("action=\"")?;
    Some(unescaped(action.split('"').next()?))
}

fn unescaped(xml: &str) -> String {
    let mut text = xml.to_owned();
    for (name, sign) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&amp;", "&")]
    {
        text = text.replace(name, sign);
    }
    text
}

impl Shell {
    /// Posts what Twilio has to tell; the body of the answer, where there is one.
    async fn tell_customer(self: &Arc<Self>, url: &str, mut fields: Fields) -> Option<String> {
        let _busy = self.busy();
        fields.insert("AccountSid", TWILIO_ACCOUNT.to_owned());
        let request = self.http.post(url).header("x-twilio-signature", signature(url, &fields)).form(&fields);
        let answer = request.send().await.and_then(reqwest::Response::error_for_status);
        match answer {
            Ok(answer) => answer.text().await.ok(),
            Err(error) => {
                tracing::debug!(%error, "what came of a call was not taken");
                None
            }
        }
    }

    /// A text message was delivered: told a moment later.
    pub fn text_delivered(self: &Arc<Self>, id: String, to: String, status: Option<String>) {
        let Some(url) = status else { return };
        let (shell, busy) = (Arc::clone(self), self.busy());
        self.spawn(async move {
            tokio::time::sleep(DELIVERED).await;
            let fields = [("MessageSid", id), ("MessageStatus", "delivered".to_owned()), ("To", to)];
            shell.tell_customer(&url, fields.into()).await;
            drop(busy);
        });
    }

    /// A telephone rings for a minute.
    pub fn ring(self: &Arc<Self>, id: String) {
        let (shell, busy) = (Arc::clone(self), self.busy());
        let due = self.config.clock.now().saturating_add(RINGS).unwrap_or(jiff::Timestamp::MAX);
        self.spawn(async move {
            let busy = shell.wait_until(due, busy).await;
            if shell.with(|ws| ws.take_call(&id, Line::Missed)).is_ok() {
                shell.call_ended(&id, "no-answer").await;
            }
            drop(busy);
        });
    }

    /// Presses a key, which takes the call; what the voice says to that is shown.
    pub async fn press_key(self: &Arc<Self>, id: &str, key: &str) -> Result<(), Refusal> {
        if key.len() != 1 || !key.bytes().all(|b| b.is_ascii_digit()) {
            return Err("no_such_key".into());
        }
        self.with(|ws| ws.take_call(id, Line::Taken))?;
        let said = match self.call(id) {
            Some((Some(url), _, to)) => {
                let fields =
                    [("CallSid", id.to_owned()), ("Digits", key.to_owned()), ("From", FROM.to_owned()), ("To", to)];
                self.tell_customer(&url, fields.into()).await.map(|twiml| spoken(&twiml))
            }
            Some((None, ..)) | None => None,
        };
        let said =
            said.filter(|said| !said.is_empty()).unwrap_or_else(|| "An application error has occurred.".to_owned());
        self.with(|ws| ws.voice_said(id, key, said));
        self.call_ended(id, "completed").await;
        Ok(())
    }

    /// Turns a call away.
    pub async fn decline_call(self: &Arc<Self>, id: &str) -> Result<(), Refusal> {
        self.with(|ws| ws.take_call(id, Line::Declined))?;
        self.call_ended(id, "busy").await;
        Ok(())
    }

    async fn call_ended(self: &Arc<Self>, id: &str, how: &str) {
        if let Some((_, Some(url), to)) = self.call(id) {
            let fields = [("CallSid", id.to_owned()), ("CallStatus", how.to_owned()), ("To", to)];
            self.tell_customer(&url, fields.into()).await;
        }
    }

    /// Where a call's key and its end are posted to, and whom it called.
    fn call(self: &Arc<Self>, id: &str) -> Option<(Option<String>, Option<String>, String)> {
        self.with(|ws| {
            let arrival = ws.arrivals.iter().find(|arrival| arrival.id == id)?;
            let Arrived::Call { keys, status, .. } = &arrival.what else { return None };
            Some((keys.clone(), status.clone(), ws.number_of(&arrival.user).unwrap_or_default().to_owned()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_read_as_it_is_spoken() {
        let twiml = "<?xml version=\"1.0\"?><Response><Gather input=\"dtmf\" action=\"http://x/?a=1&amp;b=2\"><Say loop=\"2\">INC-1: \
                     a &lt;b&gt; &amp; &quot;c&quot;</Say></Gather><Say>No key was pressed.</Say></Response>";
        assert_eq!(spoken(twiml), "INC-1: a <b> & \"c\"");
        assert_eq!(keys_to(twiml).as_deref(), Some("http://x/?a=1&b=2"));
        assert_eq!(keys_to("<Response><Say>Bye.</Say></Response>"), None);
    }
}
