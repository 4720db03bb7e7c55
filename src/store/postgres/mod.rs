//! PostgreSQL, for several replicas over one record, and every engine that speaks its protocol.
//!
//! What a commit means is the ledger's business, as in every store; here is where its entries and events are kept.
//!
//! - **Writing.** One task in each process ([`committer`]) makes a group of whatever waits and writes it in one transaction
//!   ([`group`]). Processes take turns by the lock of one row: what a group reads then is what holds, in any isolation level,
//!   and commits have one order over all processes. Nothing but row locks is asked for.
//! - **A lost answer** is no lost commit: each group is counted in its own transaction, so that the next connection tells
//!   whether it was made.
//! - **Reading** always asks the database: nothing of the record is remembered in the process, where others could make it
//!   untrue. Hints of what others wrote come by `NOTIFY` where there is such a thing, and by looking every second anyway.
//! - **Carrying out** is for one process at a time, see [`Store::lease`](super::Store::lease): the database's clock says until
//!   when, and a fence keeps one that came late from finishing what another has begun.
//!
//! Bodies of events are kept to the letter as they were hashed, as `text`. A text that is erased leaves the table at once, and
//! the disk when the server cleans up (`VACUUM`) and its log and backups have grown old.

mod committer;
mod connect;
mod copies;
mod error;
mod fetched;
mod group;
mod open;
mod reader;
mod record;
mod schema;
mod shared;
mod statements;
mod store;

pub use copies::CopyError;
pub(super) use copies::{export, import, read, shown, verify};
pub use error::OpenError;
pub use open::Options;
pub use store::PostgresStore;

use std::time::Duration;

use shared::{Shared, jittered, lanes_of};

/// What is wrong with an address, if anything is; nothing is connected.
#[must_use]
pub fn problem(url: &str) -> Option<String> {
    connect::Address::parse(url).err().map(|error| error.to_string())
}

/// How long a command waits for a database that is away: Slack waits three seconds for its answer.
const PATIENCE: Duration = Duration::from_secs(2);
