//! Times, as people read them.

use jiff::Timestamp;

pub use crate::incident::times::{duration, utc};

/// A time in the reader's own zone; where Slack cannot show that, in UTC and saying so.
pub fn date(at: Timestamp) -> String {
    format!("<!date^{}^{{date_short_pretty}} {{time}}|{}>", at.as_second(), utc(at))
}

/// The same for people in several zones, who must mean the same instant when they speak of it.
pub fn date_and_utc(at: Timestamp) -> String {
    let seconds = at.as_second();
    format!(
        "<!date^{seconds}^{{date_short_pretty}} {{time}}|{}> ({})",
        at.strftime("%Y-%m-%d %H:%M"),
        at.strftime("%H:%M UTC")
    )
}
