//! (event, incident) -> Block Kit, text: every word people read. Pure.
