//! The documents of whoever subscribed to our own status page.

use serde::{Deserialize, Serialize};

use super::{Incidents, bytes, empty, key, later_release};
use crate::{
    status::{SUBSCRIBED_VERSION, Subscribed, Subscriber},
    store::{Puts, Recorded},
};

/// How many subscribers there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headcount {
    /// Those that nobody confirmed yet.
    pub pending: u64,
    /// The others.
    pub confirmed: u64,
}

impl Headcount {
    fn of(&mut self, it: &Subscriber) -> &mut u64 {
        if it.confirmed_at.is_some() { &mut self.confirmed } else { &mut self.pending }
    }
}

impl Incidents {
    /// The documents of the page's subscribers: of whoever left none remain.
    pub(super) fn project_subscriber(&self, event: &Recorded, doc: &dyn Fn(&str) -> Option<Vec<u8>>) -> Puts {
        let fact = match Subscribed::deserialize(&event.body) {
            Ok(known) if known.v <= SUBSCRIBED_VERSION => known,
            Ok(_) | Err(_) => {
                let _ = self.unreadable.set(later_release(event));
                return Vec::new();
            }
        };
        let number = fact.what.number(event.seq);
        let parsed = |bytes: Vec<u8>| serde_json::from_slice::<Subscriber>(&bytes).ok();
        let before = doc(&key::subscriber(number)).and_then(parsed);
        let after = Subscriber::apply(before.clone(), event.seq, &fact);
        let count = doc(key::SUBSCRIBERS_COUNT).and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let mut count: Headcount = count.unwrap_or_default();
        if let Some(before) = &before {
            let of = count.of(before);
            *of = of.saturating_sub(1);
        }
        if let Some(after) = &after {
            *count.of(after) += 1;
        }
        let mut puts: Puts = vec![(key::SUBSCRIBERS_COUNT.to_owned(), Some(bytes(&count).into()))];
        let gone = before.iter().filter(|_| after.is_none()).flat_map(found_by).map(|key| (key, None));
        puts.extend(gone);
        let came = after.iter().filter(|_| before.is_none()).flat_map(found_by);
        puts.extend(came.map(|key| (key, Some(number.to_string().into_bytes().into()))));
        let pending = after.as_ref().filter(|it| it.confirmed_at.is_none()).map(|_| empty());
        puts.push((key::subscriber_pending(number), pending));
        puts.push((key::subscriber(number), after.map(|it| bytes(&it).into())));
        puts
    }
}

/// The names that lead to it.
fn found_by(it: &Subscriber) -> impl Iterator<Item = String> + use<> {
    let token = it.token.words().map(|token| key::subscriber_by("token", token));
    let to = it.to.identity().map(|to| key::subscriber_by("to", &to));
    token.into_iter().chain(to)
}
