//! One connection: reads what Slack brings, has each carried out by itself, and acknowledges it when it is done, which is after its commit.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use axum::{
    body::to_bytes,
    response::{IntoResponse as _, Response},
};
use futures_util::{SinkExt as _, StreamExt as _};
use http::StatusCode;
use serde_json::{json, value::RawValue};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    time::{Instant, timeout, timeout_at},
};
use tokio_tungstenite::tungstenite::{Bytes, Message};
use tracing::{Instrument as _, field::Empty};

use super::frame::{Frame, Kind};
use crate::{
    adapters::slack::Socket,
    hearing::{Hearing, Live},
    ingress::{Door, event, interaction, router::LIMIT, slash},
    lifecycle::{Stopping, Tasks},
};

/// So many at once; what comes then waits at Slack.
const AT_ONCE: usize = 256;
/// After so long without a word from Slack it is asked for a sign of life, and after as long again the connection counts as dead. Slack
/// itself asks several times a minute.
const SILENCE: Duration = Duration::from_secs(20);
/// How long Slack may take to take in an answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest answer that is sent.
const LONGEST: usize = 1024 * 1024;

/// Why a connection is not read any more.
#[derive(Debug, PartialEq, Eq)]
pub enum End {
    /// The program stops; everything that was under way is answered.
    Stopped,
    /// Slack ends it soon; until then it brings what it has.
    Refresh,
    /// Socket Mode is switched off.
    Disabled,
    /// It is gone.
    Lost(&'static str),
}

/// An open connection.
pub struct Connection {
    door: Arc<Door>,
    tasks: Weak<Tasks>,
    socket: Socket,
    hearing: Arc<Hearing>,
    /// Since Slack said hello.
    live: Option<Live>,
    places: Arc<Semaphore>,
    /// What is under way puts its acknowledgement in here.
    acknowledge: Option<mpsc::UnboundedSender<String>>,
    acknowledged: mpsc::UnboundedReceiver<String>,
    last_word: Instant,
    was_asked: bool,
}

impl Connection {
    pub fn new(door: Arc<Door>, tasks: Weak<Tasks>, socket: Socket, hearing: Arc<Hearing>) -> Self {
        let (acknowledge, acknowledged) = mpsc::unbounded_channel();
        let (places, last_word) = (Arc::new(Semaphore::new(AT_ONCE)), Instant::now());
        let (acknowledge, live, was_asked) = (Some(acknowledge), None, false);
        Self { door, tasks, socket, hearing, live, places, acknowledge, acknowledged, last_word, was_asked }
    }

    /// Reads until there is a reason not to.
    pub async fn run(&mut self, stop: &Stopping) -> End {
        loop {
            let has_place = self.places.available_permits() > 0;
            let read = tokio::select! {
                Some(answer) = self.acknowledged.recv() => self.send(Message::text(answer)).await,
                read = timeout_at(self.last_word + SILENCE, self.socket.next()), if has_place => match read {
                    Ok(Some(Ok(message))) => self.hear(&message),
                    Ok(Some(Err(_)) | None) => Err(End::Lost("the connection broke")),
                    Err(_) => self.ask_for_life().await,
                },
                () = stop.wait() => {
                    self.finish().await;
                    return End::Stopped;
                }
            };
            if let Err(end) = read {
                if end != End::Refresh {
                    self.live = None;
                }
                return end;
            }
        }
    }

    /// Answers what is under way, reads nothing more, and says goodbye.
    async fn finish(&mut self) {
        // The last sender is then with the last that is under way.
        self.acknowledge = None;
        while let Some(answer) = self.acknowledged.recv().await {
            if self.send(Message::text(answer)).await.is_err() {
                return;
            }
        }
        // Slack notices without, too.
        drop(timeout(PATIENCE, self.socket.close(None)).await);
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        match timeout(PATIENCE, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Lost("an answer was not taken in")),
        }
    }

    async fn ask_for_life(&mut self) -> Result<(), End> {
        if self.was_asked {
            return Err(End::Lost("Slack has fallen silent"));
        }
        (self.was_asked, self.last_word) = (true, Instant::now());
        self.send(Message::Ping(Bytes::new())).await
    }

    fn hear(&mut self, message: &Message) -> Result<(), End> {
        (self.was_asked, self.last_word) = (false, Instant::now());
        let text = match message {
            Message::Text(text) => text.as_str(),
            // Pings are answered below us.
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => return Ok(()),
            Message::Close(_) => return Err(End::Lost("Slack ended the connection")),
            Message::Binary(_) => {
                self.door.counters.not_understood.up();
                return Ok(());
            }
        };
        if text.len() > LIMIT {
            self.door.counters.oversized.up();
            return Ok(());
        }
        let Ok(frame) = serde_json::from_str::<Frame<'_>>(text) else {
            // Without knowing what it is there is nothing to acknowledge.
            self.door.counters.not_understood.up();
            return Ok(());
        };
        match frame.kind() {
            Kind::Hello => self.live = Some(self.hearing.joined()),
            Kind::Disconnect if frame.reason.as_deref() == Some("link_disabled") => return Err(End::Disabled),
            Kind::Disconnect if frame.reason.as_deref() == Some("too_many_websockets") => {
                return Err(End::Lost("too many connections of this app are open; Slack allows ten"));
            }
            Kind::Disconnect => return Err(End::Refresh),
            kind @ (Kind::Command | Kind::Interaction | Kind::Event | Kind::Unknown) => self.hand_over(kind, &frame),
        }
        Ok(())
    }

    /// Has it carried out beside the reading: one that takes long holds up no other.
    fn hand_over(&self, kind: Kind, frame: &Frame<'_>) {
        let Some(envelope) = frame.envelope_id.clone() else { return self.door.counters.not_understood.up() };
        // Where the program stops, Slack brings it to another connection.
        let (Some(tasks), Some(acknowledge)) = (self.tasks.upgrade(), self.acknowledge.clone()) else { return };
        // There was a place before it was read, and nobody else takes any.
        let place = Arc::clone(&self.places).try_acquire_owned().ok();
        let (door, json) = (Arc::clone(&self.door), frame.json().to_owned());
        tasks.spawn_apart("socket", carry_out(door, kind, json, envelope, acknowledge, place));
    }
}

async fn carry_out(
    door: Arc<Door>,
    kind: Kind,
    json: String,
    envelope: String,
    acknowledge: mpsc::UnboundedSender<String>,
    place: Option<OwnedSemaphorePermit>,
) {
    let response = match kind {
        Kind::Command => {
            let slash = serde_json::from_str(&json).unwrap_or_default();
            slash::take(&door, slash).instrument(tracing::info_span!("slack.command", command.verb = Empty)).await
        }
        Kind::Interaction => {
            let span = tracing::info_span!("slack.interaction", command.verb = Empty);
            interaction::take(&door, &json).instrument(span).await
        }
        Kind::Event => {
            let span = tracing::info_span!("slack.event", command.verb = Empty);
            event::answer(&door, json.as_bytes()).instrument(span).await
        }
        Kind::Hello | Kind::Disconnect | Kind::Unknown => {
            door.counters.not_understood.up();
            StatusCode::OK.into_response()
        }
    };
    if let Some(answer) = answer(&envelope, response).await
        && acknowledge.send(answer).is_err()
    {
        // What it asked for is done, and stands in the record; who asked sees it there.
        tracing::warn!("an answer found its connection gone");
    }
    drop(place);
}

/// What Slack is sent where HTTP would have had this response; nothing where it should come again.
async fn answer(envelope: &str, response: Response) -> Option<String> {
    if !response.status().is_success() {
        return None;
    }
    let body = to_bytes(response.into_body(), LONGEST).await.ok()?;
    let payload: Option<&RawValue> = serde_json::from_slice(&body).ok();
    let answer = match payload {
        Some(payload) => json!({ "envelope_id": envelope, "payload": payload }),
        None => json!({ "envelope_id": envelope }),
    };
    Some(answer.to_string())
}
