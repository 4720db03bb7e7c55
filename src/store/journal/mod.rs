//! The append-only journal: the commit point, the audit record, and what every other form of the record is made from.
//!
//! It is a directory of **segments**, `00000001.jsonl` and on, JSON lines in the order of commits:
//!
//! ```text
//! {"watchroom_journal":1,"segment":1,"after":"<sum of the group before, or zeros>"}
//! {"group":1}
//! {"n":1,"at":"2026-01-01T00:00:00Z","events":[{"stream":"inc/INC-1","seq":1,"hash":"…","texts":71,"body":{…}}],…}
//! [["<salt>","words"]]
//! {"end":1,"commits":1,"sum":"…"}
//! ```
//!
//! A **group** is what one sync made durable. A line holds a whole commit; each event with texts has them on a line of
//! its own after it, `texts` bytes long. The trailer's `sum` is a SHA-256 over the sum before and every byte of the
//! group except the lines of texts and itself, so groups form one chain across all segments; texts are held by the
//! digests in the body. Apart from that, headers and trailers are compared byte for byte with what they must be: there
//! is no byte in a segment that can change unnoticed.
//!
//! **Erasing** overwrites a line of texts with spaces, in place: no offset moves, no sum changes, no space is needed, and
//! the words leave the very blocks that held them. It is safe to be interrupted, because the commit that orders it is on
//! disk before the first byte is overwritten, and a start carries out again what it replays: until then a line that is half
//! words, half spaces is known to be erased by the order for it. A blank that nobody ordered is damage. What an erasure
//! cannot reach are copies made before it: backups, exports, and snapshots of the file system.
//!
//! Ahead of the writer the last segment is filled with **zeros**, so that a sync need not lengthen the file. They mean
//! nothing; a clean stop cuts them off. When a segment is half full, a thread makes the next one ready as a file of zeros,
//! `spare`; whoever finds it at a start removes it.
//!
//! Files of another process may be read at any time: only whole groups count.

mod audit;
mod backup;
mod error;
mod export;
mod files;
mod format;
mod import;
mod line;
mod read;
mod run;
mod spare;
mod verify;
mod walk;
mod write;

pub use backup::{BackedUp, backup, restore};
pub use error::{Damage, JournalError};
pub use export::{Exported, export};
pub use import::{Imported, import};
pub use read::read;
pub use verify::{Verified, verify};

pub(super) use export::Summing;
pub(crate) use files::write_atomically;
pub(super) use files::{Lock, Segments, Standing, directory, segments, standing, sync_dir};
pub(super) use format::{Position, path};
pub(super) use import::{Sink, read_in};
pub(super) use run::Run;
pub(super) use walk::{Entry, Group, Walk};
pub(super) use write::{AppendError, Writer, erase};
