//! How long an incident was in each phase and severity.

use jiff::{SignedDuration, Timestamp};

use crate::{
    incident::{Event, What, access},
    playbook::{PhaseId, Severity},
};

/// Time in each phase and in each severity, in the order in which they came first. Each minute while the incident went on counts
/// for exactly one phase and exactly one severity, so that both add up to the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spans {
    /// By phase.
    pub phases: Vec<(PhaseId, SignedDuration)>,
    /// By severity.
    pub severities: Vec<(Severity, SignedDuration)>,
    /// From declaring to the end, or until now, without the time for which it had ended.
    pub whole: SignedDuration,
}

/// What is so at the moment.
struct Now<'a> {
    phase: &'a PhaseId,
    severity: Severity,
    since: Timestamp,
    open: bool,
}

/// The spans of a history, until `now` where it goes on.
#[must_use]
pub fn spans(history: &[(u64, Event)], now: Timestamp) -> Spans {
    let mut spans = Spans::default();
    let mut at: Option<Now<'_>> = None;
    for (_, event) in history {
        match (&event.what, &mut at) {
            (What::Declared { phase, severity, .. }, at @ None) => {
                *at = Some(Now { phase, severity: *severity, since: event.at, open: true });
            }
            (What::PhaseChanged { to, .. }, Some(at)) => {
                spans.count(at, event.at);
                at.phase = to;
            }
            (What::Access(access::Fact::KindChanged { phase, .. }), Some(at)) => {
                spans.count(at, event.at);
                at.phase = phase;
            }
            (What::SeverityChanged { to, .. }, Some(at)) => {
                spans.count(at, event.at);
                at.severity = *to;
            }
            (What::Closed {} | What::Cancelled { .. } | What::MergedInto { .. }, Some(at)) => {
                spans.count(at, event.at);
                at.open = false;
            }
            (What::Reopened { phase, .. }, Some(at)) => {
                spans.count(at, event.at);
                (at.phase, at.open) = (phase, true);
            }
            _ => {}
        }
    }
    if let Some(mut at) = at {
        spans.count(&mut at, now);
    }
    spans
}

impl Spans {
    /// The time since `at.since` belongs to what is so.
    fn count(&mut self, at: &mut Now<'_>, until: Timestamp) {
        let length = until.duration_since(at.since).max(SignedDuration::ZERO);
        at.since = at.since.max(until);
        if at.open {
            add(&mut self.phases, at.phase, length);
            add(&mut self.severities, &at.severity, length);
            self.whole += length;
        }
    }
}

fn add<T: Clone + PartialEq>(all: &mut Vec<(T, SignedDuration)>, what: &T, length: SignedDuration) {
    match all.iter_mut().find(|(known, _)| known == what) {
        Some((_, sum)) => *sum += length,
        None => all.push((what.clone(), length)),
    }
}
