//! Help, made from the table that the parser uses.

use std::fmt::Write as _;

use super::{GRAMMAR, Verb, verb};

/// Every verb that can be used, one a line, in Slack's markup.
#[must_use]
pub fn help() -> String {
    let mut text = String::from(
        "*Watchroom* — `/incident` alone opens the card of this room's incident, elsewhere the form that declares one. \
         `/incident` and a title opens that form too. In an incident's room a verb means that incident; `INC-7` before \
         the verb means that one, from anywhere.\n",
    );
    for verb in GRAMMAR.iter().filter(|v| v.is_now()) {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n`{}` {}", called(verb), verb.summary);
    }
    text.push_str("\n\n`/incident help &lt;verb&gt;` says more.");
    text
}

/// One verb, with examples.
#[must_use]
pub fn help_on(name: &str) -> Option<String> {
    let verb = verb(name).filter(|v| v.is_now())?;
    let mut text = format!("`{}` {}", escape(&verb.line()), verb.summary);
    if !verb.more.is_empty() {
        let _ = write!(text, "\n{}", escape(verb.more));
    }
    if !verb.aliases.is_empty() {
        let aliases: Vec<String> = verb.aliases.iter().map(|a| format!("`{a}`")).collect();
        let _ = write!(text, "\nAlso {}.", aliases.join(", "));
    }
    let examples: Vec<String> =
        verb.examples.iter().map(|e| format!("`/incident {}`", escape(&super::plain(e)))).collect();
    let _ = write!(text, "\nFor example {}.", examples.join(", "));
    Some(text)
}

/// How long what follows a verb may be in the list of all verbs: a longer one is for the help of that verb.
const BRIEF: usize = 40;

/// `phase|status|state <phase> [why]`
fn called(verb: &Verb) -> String {
    let names: Vec<&str> = verb.names().collect();
    let usage = if verb.usage.len() > BRIEF { "…" } else { verb.usage };
    escape(format!("{} {usage}", names.join("|")).trim())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
