//! Our own status page, as people and programs read it: HTML that needs no script, the JSON that hosted pages serve, and feeds.

mod feed;
mod html;
mod json;
mod mail;
mod subscribe;
mod templates;
mod view;
mod words;
mod words_subscribe;

pub use feed::{atom, rss};
pub use html::{component, group, history, incident, missing, overview};
pub use json::{Document, document};
pub use mail::{About, Written, list_mail, notification, post_mail, subscription_mail};
pub use subscribe::{Shown, Wrong, subscribe, subscription};
pub use view::Reading;
pub use words::{ALL as LANGUAGES, Words};
