//! The sample people's telephones: what reached them beside the workspace.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Notice, Workspace};
use crate::sandbox::Refusal;

/// Who has a telephone, and its number. Numbers that are never given to anybody (555-01xx).
const NUMBERS: [(&str, &str); 5] = [
    ("U0ALICE", "+12025550101"),
    ("U0BOB", "+12025550102"),
    ("U0CAROL", "+12025550103"),
    ("U0DAVE", "+12025550104"),
    ("U0ERIN", "+12025550105"),
];

/// How long a telephone rings.
pub const RINGS: SignedDuration = SignedDuration::from_secs(60);
/// How many arrivals are kept.
const KEPT: usize = 200;

/// Something that arrived on somebody's telephone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// What the sender knows it by: Twilio's SID, ntfy's id.
    pub id: String,
    /// Whose telephone.
    pub user: String,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: Arrived,
}

/// What arrives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Arrived {
    /// A text message.
    Text {
        /// Its words.
        words: String,
    },
    /// A push. A later one of the same sequence takes its place.
    Push {
        /// Its headline.
        title: String,
        /// Its words.
        words: String,
        /// It is heard although the telephone is silent.
        urgent: bool,
        /// What it offers: labels, and the addresses behind them.
        links: Vec<(String, String)>,
        /// Which sequence.
        sequence: String,
    },
    /// A voice call.
    Call {
        /// What is read out.
        words: String,
        /// Where a pressed key is posted to; none: no key is asked for.
        keys: Option<String>,
        /// Where its end is posted to.
        status: Option<String>,
        /// Where it stands.
        line: Line,
    },
}

/// Where a call stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// It rings, for a minute.
    Ringing,
    /// Somebody took it, and it is being asked what their key means.
    Taken,
    /// A key was pressed, and this was said.
    Pressed {
        /// The key.
        key: String,
        /// What the voice said.
        said: String,
    },
    /// It was turned away.
    Declined,
    /// Nobody took it.
    Missed,
}

impl Arrival {
    /// Does it ring at this instant? A call that was under way when the program ended rings no more.
    #[must_use]
    pub fn rings(&self, now: Timestamp) -> bool {
        matches!(&self.what, Arrived::Call { line: Line::Ringing, .. }) && now.duration_since(self.at) < RINGS
    }

    /// As the page wants it.
    #[must_use]
    pub fn page(&self, now: Timestamp) -> Value {
        let mut shown = json!({ "id": self.id, "user": self.user, "at": self.at.as_millisecond() });
        let more = match &self.what {
            Arrived::Text { words } => json!({ "kind": "text", "words": words }),
            Arrived::Push { title, words, urgent, links, .. } => {
                let links: Vec<Value> =
                    links.iter().map(|(label, url)| json!({ "label": label, "url": url })).collect();
                json!({ "kind": "push", "title": title, "words": words, "urgent": urgent, "links": links })
            }
            Arrived::Call { words, keys, line, .. } => {
                let (state, key, said) = match line {
                    Line::Ringing if self.rings(now) => ("ringing", None, None),
                    Line::Ringing | Line::Missed => ("missed", None, None),
                    Line::Taken => ("taken", None, None),
                    Line::Declined => ("declined", None, None),
                    Line::Pressed { key, said } => ("pressed", Some(key), Some(said)),
                };
                let asks = keys.is_some();
                json!({ "kind": "call", "words": words, "asks": asks, "state": state, "key": key, "said": said })
            }
        };
        if let (Some(shown), Value::Object(more)) = (shown.as_object_mut(), more) {
            shown.extend(more);
        }
        shown
    }
}

impl Workspace {
    /// The number of somebody's telephone.
    #[must_use]
    pub fn number_of(&self, user: &str) -> Option<&'static str> {
        let known = self.users.contains_key(user);
        NUMBERS.iter().find(|(id, _)| known && *id == user).map(|(_, number)| *number)
    }

    /// Whose number it is.
    #[must_use]
    pub fn called(&self, number: &str) -> Option<&str> {
        let (id, _) = NUMBERS.iter().find(|(_, of)| *of == number)?;
        self.users.get(*id).map(|user| user.id.as_str())
    }

    /// Something arrives on somebody's telephone.
    pub fn arrive(&mut self, id: String, user: &str, what: Arrived) {
        let again = |known: &&mut Arrival| match (&known.what, &what) {
            (Arrived::Push { sequence: one, .. }, Arrived::Push { sequence: other, .. }) => one == other,
            _ => false,
        };
        if let Some(known) = self.arrivals.iter_mut().filter(|known| known.user == user).find(again) {
            (known.at, known.what) = (self.now, what);
            let notice = Notice::Arrival(known.id.clone());
            return self.notice(notice);
        }
        self.arrivals.push(Arrival { id: id.clone(), user: user.to_owned(), at: self.now, what });
        let over = self.arrivals.len().saturating_sub(KEPT);
        self.arrivals.drain(..over);
        self.notice(Notice::Arrival(id));
    }

    /// Something becomes of a call that rings.
    ///
    /// # Errors
    /// Where it does not ring any more.
    pub fn take_call(&mut self, id: &str, then: Line) -> Result<(), Refusal> {
        let now = self.now;
        let call = self.arrivals.iter_mut().find(|arrival| arrival.id == id);
        // Its minute may be over for whoever notes that it was missed.
        let open = |call: &Arrival| call.rings(now) || then == Line::Missed;
        let call = call.filter(|call| open(call)).ok_or(Refusal::from("call_over"))?;
        let Arrived::Call { line, .. } = &mut call.what else { return Err("call_over".into()) };
        if *line != Line::Ringing {
            return Err("call_over".into());
        }
        *line = then;
        self.notice(Notice::Arrival(id.to_owned()));
        Ok(())
    }

    /// What the voice said to a key.
    pub fn voice_said(&mut self, id: &str, key: &str, said: String) {
        if let Some(Arrived::Call { line, .. }) = self.arrivals.iter_mut().find(|a| a.id == id).map(|a| &mut a.what) {
            *line = Line::Pressed { key: key.to_owned(), said };
            self.notice(Notice::Arrival(id.to_owned()));
        }
    }

    /// Everything about telephones, as the page wants it.
    #[must_use]
    pub fn phones_page(&self) -> Value {
        let people = self.users.values().filter(|user| !user.deleted);
        let numbers = people.filter_map(|user| Some((user.id.clone(), json!(self.number_of(&user.id)?))));
        let arrivals: Vec<Value> = self.arrivals.iter().map(|arrival| arrival.page(self.now)).collect();
        json!({ "numbers": numbers.collect::<serde_json::Map<_, _>>(), "arrivals": arrivals })
    }
}
