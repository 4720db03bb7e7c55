//! (event, incident) -> Block Kit, text: every word people read. Pure.

/// A message: its blocks, and the text that carries the full meaning for notifications and screen readers.
#[derive(Clone, Debug)]
pub struct Message {
    /// Everything that the blocks say.
    pub text: String,
    /// As people see it.
    pub blocks: Vec<slack_morphism::blocks::SlackBlock>,
}
