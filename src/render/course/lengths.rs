//! How long it was in each phase and severity.

use super::{View, plain_phase};
use crate::{
    incident::{Event, Incident, course::spans},
    render::when::duration,
};

/// Both add up to the same whole.
pub(in crate::render) fn lengths(w: View<'_>, it: &Incident, history: &[(u64, Event)]) -> String {
    let spans = spans(history, w.now);
    let phases = spans.phases.iter().map(|(phase, time)| format!("{} {}", plain_phase(w, it, phase), duration(*time)));
    let severities = spans.severities.iter().map(|(severity, time)| format!("{severity} {}", duration(*time)));
    format!(
        "*Time in each phase:* {}\n*Time in each severity:* {}\n*Together:* {}",
        phases.collect::<Vec<_>>().join(", "),
        severities.collect::<Vec<_>>().join(", "),
        duration(spans.whole)
    )
}
