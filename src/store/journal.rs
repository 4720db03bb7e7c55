//! The append-only journal.
