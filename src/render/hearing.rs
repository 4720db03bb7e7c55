//! What is said where Slack can bring us nothing.

use jiff::Timestamp;

use super::{Message, when::date};

/// Said where people may be typing and pressing.
pub fn deaf(since: Timestamp) -> Message {
    Message::plain(format!(
        ":ear: Slack has brought me nothing since {}: commands and buttons do nothing until it can reach me again. Pages, reminders and \
         timers go on; a page can be answered by its link. Whoever runs the bot finds the reason in its log and at `/readyz`.",
        date(since)
    ))
}

/// Said in its place when it is over.
pub fn heard_again(since: Timestamp, until: Timestamp) -> Message {
    Message::plain(format!(
        ":white_check_mark: Slack can reach me again. From {} to {} it could not: what was typed or pressed then, and was not answered, may \
         have done nothing: look, and do it again.",
        date(since),
        date(until)
    ))
}
