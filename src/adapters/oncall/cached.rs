//! What a provider said last, for as long as it may still be true, and longer while the provider is in trouble.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex as Turn;

use crate::{
    clock::SharedClock,
    ports::{ExternalNext, ExternalOnCall, ExternalTarget, OnCallProvider, Trouble},
};

/// How long an answer counts without asking again.
const FRESH: SignedDuration = SignedDuration::from_secs(45);
/// How long a provider in trouble is left alone, unless it named a time itself.
const REST: SignedDuration = SignedDuration::from_secs(10);

/// A provider whose answers are kept. Whoever asks for the same at the same time waits for one question.
#[derive(Debug)]
pub struct Cached {
    provider: Arc<dyn OnCallProvider>,
    clock: SharedClock,
    now: Answers<Vec<ExternalOnCall>>,
    next: Answers<Vec<ExternalNext>>,
}

/// What it answered to one kind of question.
#[derive(Debug)]
struct Answers<T>(Mutex<HashMap<ExternalTarget, Arc<Turn<Kept<T>>>>>);

#[derive(Debug)]
struct Kept<T> {
    last: Option<(Timestamp, T)>,
    /// Since the last answer it was in trouble; not to be asked before this.
    trouble: Option<(Timestamp, Trouble)>,
}

/// What is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Who was on call.
    pub levels: Vec<ExternalOnCall>,
    /// When the provider said so.
    pub said: Timestamp,
    /// Why it could not be asked since then, where that was due.
    pub stale: Option<Trouble>,
}

impl Cached {
    /// Keeps what this provider says.
    #[must_use]
    pub fn new(provider: Arc<dyn OnCallProvider>, clock: SharedClock) -> Self {
        Self { provider, clock, now: Answers(Mutex::default()), next: Answers(Mutex::default()) }
    }

    /// Who is on call now: as the provider said within the last 45 seconds; else as it says now; and while it is in trouble as it
    /// said last, with its age and the trouble.
    ///
    /// # Errors
    /// The provider's trouble, where it never said anything.
    pub async fn now(&self, of: &ExternalTarget) -> Result<Known, Trouble> {
        let now = self.clock.now();
        let (said, levels, stale) = self.now.get(of, now, || self.provider.on_call(of, now)).await?;
        Ok(Known { levels, said, stale })
    }

    /// Who comes next, as the provider said within the last 45 seconds, else as it says now.
    ///
    /// # Errors
    /// The provider's trouble: what it said of it longer ago may have come by now.
    pub async fn next(&self, of: &ExternalTarget) -> Result<Vec<ExternalNext>, Trouble> {
        let now = self.clock.now();
        match self.next.get(of, now, || self.provider.next(of, now)).await? {
            (_, next, None) => Ok(next),
            (_, _, Some(trouble)) => Err(trouble),
        }
    }
}

impl<T: Clone> Answers<T> {
    /// When it was said, what, and the trouble where that was too long ago.
    async fn get<F: Future<Output = Result<T, Trouble>>>(
        &self,
        of: &ExternalTarget,
        now: Timestamp,
        ask: impl FnOnce() -> F,
    ) -> Result<(Timestamp, T, Option<Trouble>), Trouble> {
        let kept = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let new = || Arc::new(Turn::new(Kept { last: None, trouble: None }));
            Arc::clone(all.entry(of.clone()).or_insert_with(new))
        };
        let mut kept = kept.lock().await;
        let is_fresh = |said: Timestamp| said <= now && said.duration_until(now) < FRESH;
        let rests = kept.trouble.as_ref().is_some_and(|(until, _)| now < *until);
        if !rests && !kept.last.as_ref().is_some_and(|(said, _)| is_fresh(*said)) {
            match ask().await {
                Ok(said) => *kept = Kept { last: Some((now, said)), trouble: None },
                Err(trouble) => {
                    let rest = match trouble {
                        Trouble::RateLimited(wait) => SignedDuration::try_from(wait).unwrap_or(REST),
                        Trouble::Unreachable(_) | Trouble::Ambiguous(_) | Trouble::Refused(_) => REST,
                    };
                    kept.trouble = Some((now.saturating_add(rest).unwrap_or(Timestamp::MAX), trouble));
                }
            }
        }
        let stale = kept.trouble.as_ref().map(|(_, trouble)| trouble.clone());
        match (&kept.last, stale) {
            (Some((said, answer)), stale) => {
                let stale = stale.filter(|_| !is_fresh(*said));
                Ok((*said, answer.clone(), stale))
            }
            (None, Some(trouble)) => Err(trouble),
            (None, None) => Err(Trouble::Unreachable("nothing was said".into())),
        }
    }
}
