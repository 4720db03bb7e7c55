//! 1  What the public reads with a browser.

mod status;

pub use status::{StatusPages, router};
