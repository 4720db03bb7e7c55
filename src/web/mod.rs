//! 1  What the public reads with a browser.

pub mod snapshot;
mod status;
mod subscribe;

pub use status::{StatusPages, router};
