//! How much fits where.

use super::Letter;
use crate::{
    config::{Abilities, Counts, Settings},
    playbook::Outlet,
};

/// How long a text is in a channel, as it is counted there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    /// Its length.
    pub length: usize,
    /// The most that fits; none: any.
    pub limit: Option<usize>,
}

impl Fit {
    /// Of this text in this channel of the register: what the register allows, and the place itself.
    #[must_use]
    pub fn of(letter: &Letter, outlet: &Outlet, settings: &Settings) -> Self {
        let named = outlet.connector.as_ref().filter(|_| outlet.slack.is_none());
        let place = named.and_then(|name| settings.connectors.get(name)).copied().unwrap_or_default();
        let Abilities { max_chars, counts, .. } = place;
        let limits = [Some(outlet.max_chars).filter(|most| *most > 0), max_chars];
        let limit = limits.into_iter().flatten().min().map(|most| usize::try_from(most).unwrap_or(usize::MAX));
        let length = counts.of(&letter.shown(counts == Counts::Body || is_short(outlet)));
        Self { length, limit }
    }

    /// Is it more than what fits?
    #[must_use]
    pub fn is_too_long(self) -> bool {
        self.limit.is_some_and(|limit| self.length > limit)
    }
}

/// Do texts go there without their headline?
#[must_use]
pub const fn is_short(outlet: &Outlet) -> bool {
    outlet.max_chars > 0
}
