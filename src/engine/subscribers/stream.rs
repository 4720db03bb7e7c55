//! Their stream, `org/subscribers`.

use jiff::Timestamp;

use crate::{
    engine::projection::key,
    ids::StreamId,
    status::{SUBSCRIBED_VERSION, Subscribed, Subscription},
    store::{Append, Commit},
};

pub(super) fn stream() -> StreamId {
    StreamId::Org(key::SUBSCRIBERS.to_owned())
}

/// Puts one more fact behind the `length` that there are. Of whoever leaves, or is forgotten, the words are erased.
pub(super) fn append(commit: &mut Commit, length: u64, what: &Subscription, at: Timestamp) {
    commit.expect.push((stream(), length));
    match what {
        Subscription::Left { subscriber, .. } | Subscription::Forgotten { subscriber, .. } => {
            commit.erase.push((stream(), *subscriber));
        }
        Subscription::Asked { .. }
        | Subscription::Confirmed { .. }
        | Subscription::Chosen { .. }
        | Subscription::Stopped { .. } => {}
    }
    let fact = Subscribed { v: SUBSCRIBED_VERSION, at, what: what.clone() };
    commit.append.push(Append::new(stream(), &fact));
}
