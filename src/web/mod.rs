//! 1  What the public reads with a browser.

pub mod snapshot;
mod status;

pub use status::{StatusPages, router};
