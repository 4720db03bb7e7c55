//! What was imported from another provider, as our settings, and what was lost on the way, in words.

mod lost;
mod settings;

pub use lost::{checked, left, provider, unreadable};
pub use settings::settings;
