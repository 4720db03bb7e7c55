//! What those outside the room are shown of a need-to-know incident: no word of a person, and the codename for a title.
//!
//! Words of people are [`Text`] everywhere, which is how they are found here, also in what is added
//! to events and states later.

use std::borrow::Cow;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    incident::{Event, Incident, Text, What, Words, comms},
    paging::Policy,
};

/// What stands where words were.
const KEPT: &str = "(the words are in the room)";

/// What stands for the name of a page's policy, which may be as it was typed.
const PAGE: &str = "page";

/// The incident as it may be shown outside its room.
#[must_use]
pub fn outside(it: &Incident) -> Cow<'_, Incident> {
    if !it.is_secret() {
        return Cow::Borrowed(it);
    }
    let mut masked: Incident = without_words(it);
    masked.title = Words { seq: it.title.seq, text: Text::new(it.called()) };
    masked.previous.title = None;
    masked.links.clear();
    for page in &mut masked.pages {
        PAGE.clone_into(&mut page.policy.name);
    }
    // A stub's room was named after its title.
    if let Some(room) = masked.room.as_mut().filter(|_| it.access.moved.is_some()) {
        room.name = it.id.to_string().to_lowercase();
    }
    Cow::Owned(masked)
}

/// An event of this incident as it may be shown outside its room.
#[must_use]
pub fn outside_event<'a>(it: &Incident, event: &'a Event) -> Cow<'a, Event> {
    if !it.is_secret() {
        return Cow::Borrowed(event);
    }
    let mut masked: Event = without_words(event);
    // What was released to the public is no secret.
    if let (
        What::Comms(comms::Fact::Sent { letter: shown, .. } | comms::Fact::Corrected { letter: shown, .. }),
        What::Comms(
            comms::Fact::Sent { letter, released: true, .. } | comms::Fact::Corrected { letter, released: true, .. },
        ),
    ) = (&mut masked.what, &event.what)
    {
        shown.clone_from(letter);
    }
    if let What::PageStarted { policy: Policy { name, .. }, .. } | What::PageLetGo { name, .. } = &mut masked.what {
        PAGE.clone_into(name);
    }
    if let (What::RoomOpened { name, .. } | What::RoomBack { name, .. }, true) =
        (&mut masked.what, it.access.moved.is_some())
    {
        *name = it.id.to_string().to_lowercase();
    }
    Cow::Owned(masked)
}

/// # Panics
/// Never: our own types read back what they wrote.
fn without_words<T: Serialize + DeserializeOwned>(of: &T) -> T {
    let mut value = serde_json::to_value(of).expect("our own types serialise");
    strip(&mut value);
    serde_json::from_value(value).expect("our own types read back what they wrote")
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                if key == "$text" {
                    *inner = Value::String(KEPT.to_owned());
                } else {
                    strip(inner);
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(strip),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
