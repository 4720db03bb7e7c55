//! Times, as people read them.

use jiff::Timestamp;

pub use crate::incident::times::{duration, utc};

/// A time in the reader's own zone; where Slack cannot show that, in UTC and saying so.
pub fn date(at: Timestamp) -> String {
    format!("<!date^{}^{{date_short_pretty}} {{time}}|{}>", at.as_second(), utc(at))
}
