//! Alerts as a source delivers them, in our words.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// The longest name, summary or other line of an alert, in characters.
pub const LONGEST: usize = 300;

/// One alert of a delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alert {
    /// What makes it itself at its source: its fingerprint.
    pub key: String,
    /// Does it fire? Else it is resolved.
    pub firing: bool,
    /// What it is called.
    pub name: String,
    /// What it says, where it says more than its name.
    pub summary: Option<String>,
    /// How bad, in the source's word.
    pub severity: Option<String>,
    /// Of which service, in the source's word.
    pub service: Option<String>,
    /// Since when it fires, where the source tells.
    pub starts: Option<Timestamp>,
    /// Since when it does not fire any more.
    pub ends: Option<Timestamp>,
    /// Where to look: an http or https address.
    pub link: Option<String>,
    /// Everything that it is labelled with; rules look at it, and it is not kept.
    pub labels: BTreeMap<String, String>,
}

/// What one request delivers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Who delivers, by the name of their token or secret.
    pub source: String,
    /// What the source groups by.
    pub group: String,
    /// What the group is called; else its first alert names it.
    pub title: Option<String>,
    /// Where to look at all of it.
    pub link: Option<String>,
    /// The alerts.
    pub alerts: Vec<Alert>,
    /// The source left some out.
    pub truncated: bool,
}

/// A text on one line, without what no eye sees, and no longer than [`LONGEST`]; nothing where nothing is left.
#[must_use]
pub fn line(raw: &str) -> Option<String> {
    let seen: String = raw.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let hidden = |c: &char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}');
    let words = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut kept: String = words.chars().filter(|c| !hidden(c)).take(LONGEST + 1).collect();
    if kept.chars().count() > LONGEST {
        kept = kept.chars().take(LONGEST - 1).chain(['…']).collect();
    }
    (!kept.is_empty()).then_some(kept)
}
