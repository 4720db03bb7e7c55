//! A host that serves a calendar, as some program on the web does.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{
    StatusCode,
    header::{ETAG, IF_NONE_MATCH, LOCATION},
};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

/// What the host does with whoever asks.
#[derive(Clone, Debug)]
pub enum Serves {
    /// This text, or that nothing changed.
    Text(String),
    /// Nothing but a status.
    Status(u16),
    /// It leads on.
    To(String),
    /// It answers so once it is let go.
    Late(String),
}

#[derive(Debug)]
struct Memory {
    serves: Mutex<Serves>,
    /// The status of each answer.
    answered: Mutex<Vec<u16>>,
    released: watch::Sender<bool>,
}

/// The host; it ends with the story.
#[derive(Debug)]
pub struct FeedHost {
    /// The address of the calendar. Whoever knows it can read it.
    pub url: String,
    memory: Arc<Memory>,
    _tasks: JoinSet<()>,
}

impl FeedHost {
    pub async fn start(serves: Serves) -> Self {
        let memory = Arc::new(Memory {
            serves: Mutex::new(serves),
            answered: Mutex::default(),
            released: watch::Sender::new(false),
        });
        let app = Router::new().fallback(answer).with_state(Arc::clone(&memory));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/private-hush/basic.ics", listener.local_addr().expect("an address"));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { url, memory, _tasks: tasks }
    }

    /// From now on it does this.
    pub fn serve(&self, serves: Serves) {
        *self.memory.serves.lock().expect("a lock") = serves;
    }

    /// The status of each answer until now.
    pub fn answered(&self) -> Vec<u16> {
        self.memory.answered.lock().expect("a lock").clone()
    }

    /// Lets late answers go.
    pub fn release(&self) {
        self.memory.released.send_replace(true);
    }
}

async fn answer(State(memory): State<Arc<Memory>>, request: Request) -> Response {
    let serves = memory.serves.lock().expect("a lock").clone();
    let answer = match serves {
        Serves::Text(text) => served(&request, text),
        Serves::Status(status) => StatusCode::from_u16(status).expect("a status").into_response(),
        Serves::To(place) => (StatusCode::FOUND, [(LOCATION, place)]).into_response(),
        Serves::Late(text) => {
            let mut released = memory.released.subscribe();
            drop(released.wait_for(|released| *released).await);
            served(&request, text)
        }
    };
    memory.answered.lock().expect("a lock").push(answer.status().as_u16());
    answer
}

fn served(request: &Request, text: String) -> Response {
    let tag = format!("\"{}-{}\"", text.len(), text.bytes().map(u64::from).sum::<u64>());
    let known = request.headers().get(IF_NONE_MATCH).and_then(|tag| tag.to_str().ok());
    if known == Some(tag.as_str()) {
        return (StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response();
    }
    ([(ETAG, tag)], text).into_response()
}
