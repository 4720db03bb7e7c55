//! Which lane goes next. Pure: what is in a lane, and how it is done, is nothing to it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use jiff::Timestamp;

use crate::engine::is_of_subscribers;

/// How many lanes of each class are worked on at once.
pub(super) const AT_ONCE: usize = 32;

/// What came of working on a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// One job is done; there may be more.
    Done,
    /// There is nothing in it.
    Empty,
    /// Its first job failed: not before this instant, and look first where `look` says so.
    Later {
        /// Not before.
        until: Timestamp,
        /// It may have been done.
        look: bool,
    },
    /// Its first job is not due before this instant.
    NotDue(Timestamp),
}

/// A lane's turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Turn {
    pub lane: String,
    /// How often its first job has failed.
    pub tries: u32,
    /// Its first job may have been done already.
    pub look: bool,
}

/// Lanes of one class, which take no turns from others: a provider that is slow holds up its own alone.
#[derive(Debug, Default)]
struct Class {
    ready: VecDeque<String>,
    busy: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Ready,
    Busy { again: bool },
    Failed { until: Timestamp },
    NotDue { until: Timestamp },
}

/// Every lane that has, or may have, work.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    pages: Class,
    /// Pages at other providers, by provider.
    external: BTreeMap<String, Class>,
    /// Subscribers are many, and hold up nobody else.
    subscribers: Class,
    others: Class,
    state: HashMap<String, State>,
    /// Lanes that wait, by the end of their wait.
    waits: BTreeSet<(Timestamp, String)>,
    tries: HashMap<String, u32>,
    look: HashSet<String>,
}

/// Pages have lanes of their own, and stand behind nothing else.
fn is_page(lane: &str) -> bool {
    lane.starts_with("page/")
}

/// At which other provider a lane pages. Work that a release before this one left waits under `there/`.
fn provider(lane: &str) -> Option<&str> {
    lane.strip_prefix("external/").or_else(|| lane.strip_prefix("there/"))?.split('/').next()
}

impl Lanes {
    fn class(&mut self, lane: &str) -> &mut Class {
        match provider(lane) {
            Some(provider) => self.external.entry(provider.to_owned()).or_default(),
            None if is_page(lane) => &mut self.pages,
            None if is_of_subscribers(lane) => &mut self.subscribers,
            None => &mut self.others,
        }
    }

    fn ready(&mut self, lane: &str) {
        let before = self.state.insert(lane.to_owned(), State::Ready);
        if let Some(State::Failed { until } | State::NotDue { until }) = before {
            self.waits.remove(&(until, lane.to_owned()));
        }
        self.class(lane).ready.push_back(lane.to_owned());
    }

    /// A lane got work. One that failed waits all the same: its first job comes before the new one.
    pub fn heard(&mut self, lane: &str) {
        match self.state.get_mut(lane) {
            Some(State::Ready | State::Failed { .. }) => {}
            Some(State::Busy { again }) => *again = true,
            Some(State::NotDue { .. }) | None => self.ready(lane),
        }
    }

    /// A lane was found to have work; changes nothing for one that is known to.
    pub fn found(&mut self, lane: &str) {
        if !self.state.contains_key(lane) {
            self.ready(lane);
        }
    }

    /// The first job of this lane may have been done by a process that did not live to say so.
    pub fn doubt(&mut self, lane: &str) {
        self.look.insert(lane.to_owned());
    }

    /// The lane to work on next, pages first; none but those where all else must wait.
    pub fn take(&mut self, pages_only: bool) -> Option<Turn> {
        let others = (!pages_only).then_some([&mut self.others, &mut self.subscribers]);
        let mut classes =
            std::iter::once(&mut self.pages).chain(self.external.values_mut()).chain(others.into_iter().flatten());
        let class = classes.find(|class| class.busy < AT_ONCE && !class.ready.is_empty())?;
        let lane = class.ready.pop_front()?;
        class.busy += 1;
        self.state.insert(lane.clone(), State::Busy { again: false });
        Some(Turn { tries: self.tries.get(&lane).copied().unwrap_or(0), look: self.look.contains(&lane), lane })
    }

    /// What came of a turn.
    pub fn ended(&mut self, lane: &str, outcome: Outcome) {
        self.class(lane).busy -= 1;
        let again = matches!(self.state.remove(lane), Some(State::Busy { again: true }));
        match outcome {
            Outcome::Later { until, look } => {
                *self.tries.entry(lane.to_owned()).or_default() += 1;
                if look {
                    self.look.insert(lane.to_owned());
                }
                self.state.insert(lane.to_owned(), State::Failed { until });
                self.waits.insert((until, lane.to_owned()));
                return;
            }
            Outcome::NotDue(until) => {
                self.state.insert(lane.to_owned(), State::NotDue { until });
                self.waits.insert((until, lane.to_owned()));
            }
            Outcome::Done => {
                self.forget(lane);
                self.ready(lane);
            }
            Outcome::Empty => self.forget(lane),
        }
        if again {
            self.heard(lane);
        }
    }

    fn forget(&mut self, lane: &str) {
        self.tries.remove(lane);
        self.look.remove(lane);
    }

    /// Lanes whose wait is over may go again.
    pub fn wake(&mut self, now: Timestamp) {
        while self.waits.first().is_some_and(|(until, _)| *until <= now) {
            if let Some((_, lane)) = self.waits.pop_first() {
                self.ready(&lane);
            }
        }
    }

    /// When the next wait is over.
    pub fn next_wake(&self) -> Option<Timestamp> {
        self.waits.first().map(|(until, _)| *until)
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    const T0: Timestamp = Timestamp::UNIX_EPOCH;

    fn names(lanes: &mut Lanes) -> Vec<String> {
        std::iter::from_fn(|| lanes.take(false)).map(|t| t.lane).collect()
    }

    #[test]
    fn pages_go_first_and_have_their_own_room() {
        let mut lanes = Lanes::default();
        for n in 0..40 {
            lanes.heard(&format!("room/INC-{n}"));
        }
        lanes.heard("page/INC-1/1/U1");
        let taken = names(&mut lanes);
        assert_eq!(taken.first().map(String::as_str), Some("page/INC-1/1/U1"));
        assert_eq!(taken.len(), 1 + AT_ONCE);
        lanes.heard("page/INC-2/1/U1");
        assert_eq!(names(&mut lanes), ["page/INC-2/1/U1"], "full rooms do not hold a page");
        lanes.ended("room/INC-0", Outcome::Empty);
        assert_eq!(lanes.take(true), None, "a room waits where only pages may go");
        assert!(lanes.take(false).is_some());
    }

    #[test]
    fn a_provider_that_hangs_takes_no_turns_of_anybody_else() {
        let mut lanes = Lanes::default();
        for n in 0..40 {
            lanes.heard(&format!("external/pagerduty/INC-{n}/1/P1"));
        }
        assert_eq!(names(&mut lanes).len(), AT_ONCE, "all of them hang");
        lanes.heard("page/INC-2/1/U1");
        lanes.heard("external/opsgenie/INC-2/1/team:1");
        lanes.heard("room/INC-2");
        assert_eq!(names(&mut lanes), ["page/INC-2/1/U1", "external/opsgenie/INC-2/1/team:1", "room/INC-2"]);
    }

    #[test]
    fn a_lane_is_worked_on_once_at_a_time_and_again_when_it_got_more() {
        let mut lanes = Lanes::default();
        lanes.heard("a");
        assert_eq!(names(&mut lanes), ["a"]);
        lanes.heard("a");
        assert_eq!(lanes.take(false), None);
        lanes.ended("a", Outcome::Empty);
        assert_eq!(names(&mut lanes), ["a"], "it got work while it was found empty");
        lanes.ended("a", Outcome::Empty);
        assert_eq!(lanes.take(false), None);
    }

    #[test]
    fn new_work_does_not_shorten_the_wait_of_what_failed() {
        let mut lanes = Lanes::default();
        let until = T0 + SignedDuration::from_secs(4);
        lanes.heard("a");
        assert_eq!(lanes.take(false), Some(Turn { lane: "a".into(), tries: 0, look: false }));
        lanes.ended("a", Outcome::Later { until, look: true });
        lanes.heard("a");
        lanes.found("a");
        lanes.wake(T0);
        assert_eq!((lanes.take(false), lanes.next_wake()), (None, Some(until)));
        lanes.wake(until);
        assert_eq!(lanes.take(false), Some(Turn { lane: "a".into(), tries: 1, look: true }));
        lanes.ended("a", Outcome::Done);
        assert_eq!(lanes.take(false), Some(Turn { lane: "a".into(), tries: 0, look: false }));
    }
}
