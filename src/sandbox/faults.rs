//! Faults that can be switched on while the workspace runs.

use std::{fmt, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What goes wrong with a Web API call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum FaultKind {
    /// The answer takes this much longer, in real time.
    Latency {
        /// Milliseconds.
        millis: u64,
    },
    /// 429 with `Retry-After`; nothing was done.
    RateLimited {
        /// Seconds in the header.
        retry_after: u64,
    },
    /// A server error; nothing was done.
    ServerError {
        /// 500 to 599.
        status: u16,
    },
    /// The connection breaks before the call is handled.
    DropBefore,
    /// The call is done, then the connection breaks.
    DropAfter,
    /// The call is done, and no answer ever comes.
    TimeoutAfter,
    /// The call is done, then 500.
    ErrorAfter,
    /// Nothing works: 503 to every call.
    Outage,
    /// The workspace's own rules forbid it: `restricted_action`; nothing was done.
    Restricted,
    /// The workspace lets nobody change messages of this age: `edit_window_closed`; nothing was done.
    EditWindowClosed,
}

/// A fault that is switched on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What goes wrong.
    #[serde(flatten)]
    pub kind: FaultKind,
    /// Which methods: `chat.postMessage`, `chat.*`, `*`. Answers to a `response_url` count as `response_url`.
    #[serde(default = "everything")]
    pub methods: String,
    /// After how many calls it ends.
    #[serde(default)]
    pub calls: Option<u32>,
    /// For how many seconds by the workspace's clock, from when it is switched on.
    #[serde(default)]
    pub seconds: Option<i64>,
    #[serde(default)]
    ends: Option<Timestamp>,
}

fn everything() -> String {
    "*".to_owned()
}

impl Fault {
    /// For all methods until it is switched off.
    pub fn new(kind: FaultKind) -> Self {
        Self { kind, methods: everything(), calls: None, seconds: None, ends: None }
    }

    /// Only these methods: a name, or a prefix ending in `*`.
    #[must_use]
    pub fn on(mut self, methods: &str) -> Self {
        methods.clone_into(&mut self.methods);
        self
    }

    /// Only for the next calls.
    #[must_use]
    pub fn times(mut self, calls: u32) -> Self {
        self.calls = Some(calls);
        self
    }

    /// Only for this long by the workspace's clock.
    #[must_use]
    pub fn seconds(mut self, seconds: i64) -> Self {
        self.seconds = Some(seconds);
        self
    }

    fn covers(&self, method: &str) -> bool {
        self.methods.strip_suffix('*').map_or(self.methods == method, |prefix| method.starts_with(prefix))
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// The switches.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Faults {
    active: Vec<Fault>,
}

/// What applies to one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Wait first.
    pub delay: Duration,
    /// Then this.
    pub fault: Option<FaultKind>,
}

impl Faults {
    /// Switches one on.
    pub fn add(&mut self, mut fault: Fault, now: Timestamp) {
        fault.ends = fault.seconds.map(|s| now.saturating_add(jiff::SignedDuration::from_secs(s)).unwrap_or(now));
        self.active.push(fault);
    }

    /// Switches all off.
    pub fn clear(&mut self) {
        self.active.clear();
    }

    /// What is on.
    pub fn active(&mut self, now: Timestamp) -> &[Fault] {
        self.active.retain(|f| f.calls != Some(0) && f.ends.is_none_or(|end| now < end));
        &self.active
    }

    /// What goes wrong with this call: every latency, and the first other fault that covers it.
    pub fn judge(&mut self, method: &str, now: Timestamp) -> Verdict {
        self.active(now);
        let mut verdict = Verdict::default();
        for fault in self.active.iter_mut().filter(|f| f.covers(method)) {
            match fault.kind {
                FaultKind::Latency { millis } => verdict.delay += Duration::from_millis(millis),
                _ if verdict.fault.is_some() => continue,
                kind => verdict.fault = Some(kind),
            }
            fault.calls = fault.calls.map(|left| left.saturating_sub(1));
        }
        verdict
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn faults_end_after_their_calls_or_their_time() {
        let start = Timestamp::UNIX_EPOCH;
        let mut faults = Faults::default();
        faults.add(Fault::new(FaultKind::DropBefore).on("chat.*").times(1), start);
        faults.add(Fault::new(FaultKind::Outage).seconds(60), start);
        assert_eq!(faults.judge("chat.update", start).fault, Some(FaultKind::DropBefore));
        assert_eq!(faults.judge("chat.update", start).fault, Some(FaultKind::Outage));
        assert_eq!(faults.judge("auth.test", start + SignedDuration::from_secs(59)).fault, Some(FaultKind::Outage));
        assert_eq!(faults.judge("auth.test", start + SignedDuration::from_secs(60)).fault, None);
    }
}
