//! Our own status page, as people and programs read it: HTML that needs no script, the JSON that hosted pages serve, and feeds.

mod feed;
mod html;
mod json;
mod templates;
mod view;
mod words;

pub use feed::{atom, rss};
pub use html::{history, incident, overview};
pub use json::{Document, document};
pub use view::Reading;
pub use words::{ALL as LANGUAGES, Words};
