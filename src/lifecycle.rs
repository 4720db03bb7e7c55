//! Who owns the program's tasks: started here, ended here, and none of them dies unseen.

use std::{
    fmt,
    future::Future,
    panic::AssertUnwindSafe,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use futures_util::FutureExt;
use tokio::{sync::watch, task::JoinSet};

/// Told to tasks when it is time to end.
#[derive(Debug, Clone)]
pub struct Stopping {
    told: watch::Receiver<bool>,
}

impl Stopping {
    /// Returns once it is time to end; also when whoever could say so is gone.
    pub async fn wait(&self) {
        // An error means that the owner is gone, and so is the reason to go on.
        drop(self.told.clone().wait_for(|told| *told).await);
    }

    /// Is it time to end?
    #[must_use]
    pub fn is_requested(&self) -> bool {
        *self.told.borrow() || self.told.has_changed().is_err()
    }
}

/// A task ended by panicking, or by ending where it should have gone on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the task `{task}` {how}")]
pub struct Broken {
    /// Which.
    pub task: &'static str,
    /// How it ended.
    pub how: &'static str,
}

/// The tasks of one program.
pub struct Tasks {
    set: Mutex<JoinSet<()>>,
    stop: watch::Sender<bool>,
    broken: watch::Sender<Option<Broken>>,
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tasks").field("broken", &*self.broken.borrow()).finish_non_exhaustive()
    }
}

impl Default for Tasks {
    fn default() -> Self {
        Self { set: Mutex::default(), stop: watch::Sender::new(false), broken: watch::Sender::new(None) }
    }
}

impl Tasks {
    /// Nothing runs yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What tasks listen to for the end.
    #[must_use]
    pub fn stopping(&self) -> Stopping {
        Stopping { told: self.stop.subscribe() }
    }

    /// Starts a task that goes on until the end. If it panics, or ends before it was told to, the program is
    /// [`broken`](Self::broken).
    pub fn spawn(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let (broken, stopping) = (self.broken.clone(), self.stopping());
        self.start(async move {
            let how = match AssertUnwindSafe(task).catch_unwind().await {
                Ok(()) if stopping.is_requested() => return,
                Ok(()) => "ended by itself",
                Err(_) => "panicked",
            };
            report(&broken, Broken { task: name, how });
        });
    }

    /// Starts a task that ends when it has done its work. A panic in it breaks the program all the same.
    pub fn spawn_once(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let broken = self.broken.clone();
        self.start(async move {
            if AssertUnwindSafe(task).catch_unwind().await.is_err() {
                report(&broken, Broken { task: name, how: "panicked" });
            }
        });
    }

    /// Starts a task whose panic ends nothing but itself, as that of one connection.
    pub fn spawn_apart(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        self.start(async move {
            if AssertUnwindSafe(task).catch_unwind().await.is_err() {
                tracing::error!(task = name, "a task panicked; what it was doing is lost, the others go on");
            }
        });
    }

    fn start(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever waits for the end of all tasks waits for those that are there by now.
        if *self.stop.borrow() {
            return;
        }
        // Those that have ended are let go of, so that short tasks do not pile up.
        while set.try_join_next().is_some() {}
        set.spawn(task);
    }

    /// The first task that broke, if one did: the process is not ready then, and should end with an error.
    #[must_use]
    pub fn broken(&self) -> Option<Broken> {
        self.broken.borrow().clone()
    }

    /// What watches for a broken task without owning the tasks.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Option<Broken>> {
        self.broken.subscribe()
    }

    /// Returns when a task breaks.
    pub async fn failed(&self) -> Broken {
        let mut watching = self.broken.subscribe();
        loop {
            if let Some(broken) = watching.borrow_and_update().clone() {
                return broken;
            }
            if watching.changed().await.is_err() {
                // The sender lives in `self`.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Tells every task to end and waits up to `limit` for them, then cuts off those that have not. `false` if some
    /// had to be.
    pub async fn stop(&self, limit: Duration) -> bool {
        self.stop.send_replace(true);
        let mut set = std::mem::take(&mut *self.set.lock().unwrap_or_else(PoisonError::into_inner));
        let all = async { while set.join_next().await.is_some() {} };
        if tokio::time::timeout(limit, all).await.is_ok() {
            return true;
        }
        tracing::warn!(left = set.len(), "tasks did not end in time and are cut off");
        set.shutdown().await;
        false
    }
}

fn report(to: &watch::Sender<Option<Broken>>, broken: Broken) {
    tracing::error!(task = broken.task, "{broken}");
    to.send_if_modified(|first| {
        let new = first.is_none();
        if new {
            *first = Some(broken);
        }
        new
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);

    #[tokio::test]
    async fn tasks_end_when_told() {
        let tasks = Tasks::new();
        let stopping = tasks.stopping();
        tasks.spawn("patient", async move { stopping.wait().await });
        assert!(tasks.stop(LIMIT).await);
        assert_eq!(tasks.broken(), None);
    }

    #[tokio::test]
    async fn a_panic_breaks_the_program() {
        let tasks = Tasks::new();
        tasks.spawn_once("fragile", async { panic!("on purpose") });
        assert_eq!(tasks.failed().await, Broken { task: "fragile", how: "panicked" });
    }

    #[tokio::test]
    async fn a_task_that_ends_by_itself_breaks_the_program_and_one_that_may_does_not() {
        let tasks = Tasks::new();
        tasks.spawn_once("errand", async {});
        tasks.spawn("loop", async {});
        assert_eq!(tasks.failed().await, Broken { task: "loop", how: "ended by itself" });
    }

    #[tokio::test]
    async fn a_task_apart_breaks_nothing_but_itself() {
        let tasks = Tasks::new();
        let (tell, told) = tokio::sync::oneshot::channel();
        tasks.spawn_apart("fragile", async move {
            let _ = tell.send(());
            panic!("on purpose");
        });
        told.await.unwrap();
        assert!(tasks.stop(LIMIT).await);
        assert_eq!(tasks.broken(), None);
    }

    #[tokio::test]
    async fn whoever_does_not_listen_is_cut_off_and_nothing_starts_after_the_end() {
        let tasks = Tasks::new();
        let kept = std::sync::Arc::new(());
        for again in [true, false] {
            let held = std::sync::Arc::clone(&kept);
            tasks.spawn_apart("deaf", async move {
                std::future::pending::<()>().await;
                drop(held);
            });
            assert_eq!(tasks.stop(Duration::from_millis(1)).await, !again);
            assert_eq!(std::sync::Arc::strong_count(&kept), 1, "what it held is let go of");
        }
    }
}
