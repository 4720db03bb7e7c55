//! What it took, and what came of that: a write is done later, and may come to nothing, as with a team that is there no more.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use reqwest::{RequestBuilder, StatusCode};
use serde_json::Value;

use super::{Opsgenie, wire};
use crate::{
    adapters::oncall::call::{Failed, SENT, answer},
    ports::Trouble,
};

/// So often an outcome is looked for, which takes a minute or so; then the same is asked for anew.
const LOOKS: u32 = 8;
/// So many outcomes are waited for at once. One that is forgotten is asked for anew, which does no harm.
const MOST: usize = 256;
/// What it says of a failure is cut to so many characters.
const SAID: usize = 200;

/// What was taken and is not known to be done: the ids of the requests, by what they do, and how often each was looked for.
#[derive(Debug, Default)]
pub(super) struct Taken(Mutex<HashMap<String, (String, u32)>>);

impl Taken {
    fn all(&self) -> MutexGuard<'_, HashMap<String, (String, u32)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The request that does this, if it was made; it is looked for once more.
    fn look(&self, what: &str) -> Option<String> {
        let mut all = self.all();
        let (request, looks) = all.get_mut(what)?;
        *looks += 1;
        if *looks > LOOKS {
            all.remove(what);
            return None;
        }
        Some(request.clone())
    }

    fn keep(&self, what: &str, request: &str) {
        let mut all = self.all();
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(what.to_owned(), (request.to_owned(), 1));
    }

    fn forget(&self, what: &str) {
        self.all().remove(what);
    }
}

/// What is done to an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Create,
    Acknowledge,
    /// To this level.
    Escalate(u32),
    /// To the highest priority.
    Raise,
    Close,
}

impl Deed {
    /// Does an alert like this need it no more?
    fn is_done(self, alert: &wire::Alert) -> bool {
        let closed = alert.status == "closed";
        match self {
            Self::Create => !closed,
            Self::Acknowledge => closed || alert.acknowledged,
            Self::Escalate(_) => false,
            // How urgent it is, is not read back; asked for twice it is as urgent.
            Self::Raise | Self::Close => closed,
        }
    }
}

/// What became of a request.
enum Became {
    /// It is done, or nobody says that it is not: who may write need not be able to look.
    Done,
    /// It came to nothing; its words.
    Nothing(String),
    /// It is not done yet.
    Waits,
}

impl Opsgenie {
    /// Has something done to the alert under this key. It is done once that is known: until then whoever asks again has it looked for, and
    /// not done again.
    pub(super) async fn carry_out(
        &self,
        (key, deed): (&str, Deed),
        request: RequestBuilder,
        body: &Value,
        scope: &str,
    ) -> Result<(), Trouble> {
        let what = format!("{deed:?}/{key}");
        let made = if let Some(made) = self.taken.look(&what) {
            made
        } else {
            let sent = answer(request.timeout(SENT).json(body)).await;
            let sent = sent.map_err(|failed| failed.trouble(scope))?;
            let Some(made) = sent["requestId"].as_str() else { return Ok(()) };
            self.taken.keep(&what, made);
            made.to_owned()
        };
        match self.became(&made).await? {
            // Not everybody can be told of every request; the alert tells as well.
            Became::Waits if !self.is_so(key, deed).await => {
                Err(Trouble::Ambiguous("it was taken, and is not done yet".into()))
            }
            Became::Waits | Became::Done => {
                self.taken.forget(&what);
                Ok(())
            }
            Became::Nothing(said) => {
                self.taken.forget(&what);
                self.came_to_nothing(key, deed, said).await
            }
        }
    }

    async fn is_so(&self, key: &str, deed: Deed) -> bool {
        self.alert(key).await.is_ok_and(|alert| alert.is_some_and(|alert| deed.is_done(&alert)))
    }

    async fn became(&self, request: &str) -> Result<Became, Trouble> {
        match self.get::<wire::RequestStatus>(&["alerts", "requests", request], &[]).await {
            Ok(found) if found.is_success == Some(false) => {
                Ok(Became::Nothing(found.status.unwrap_or_default().chars().take(SAID).collect()))
            }
            Err(Failed::Refused(StatusCode::NOT_FOUND)) => Ok(Became::Waits),
            Ok(_) | Err(Failed::Refused(_) | Failed::Trouble(Trouble::Refused(_))) => Ok(Became::Done),
            Err(Failed::Trouble(trouble)) => Err(trouble),
        }
    }

    /// What is so already is refused too, and is no trouble: the alert itself tells.
    async fn came_to_nothing(&self, key: &str, deed: Deed, said: String) -> Result<(), Trouble> {
        match self.alert(key).await {
            Ok(Some(alert)) if deed.is_done(&alert) => Ok(()),
            Ok(None) if deed != Deed::Create => Err(Trouble::Refused("not_found".into())),
            Ok(Some(_) | None) | Err(_) => Err(Trouble::Refused(said)),
        }
    }
}
