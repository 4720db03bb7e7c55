//! The part of Twilio's REST API that sends: what is sent arrives on a sample person's telephone.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Form, Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use crate::sandbox::{
    acts::{keys_to, spoken},
    phones::{FROM, TWILIO_ACCOUNT, TWILIO_TOKEN},
    shell::Shell,
    state::{Arrived, Line},
};

type Sent = BTreeMap<String, String>;

fn refuse(status: StatusCode, code: u32, message: &str) -> Response {
    let body = json!({ "code": code, "message": message, "status": status.as_u16() });
    (status, Json(body)).into_response()
}

/// `POST /twilio/2010-04-01/Accounts/<account>/{Messages,Calls}.json`
pub async fn send(
    State(shell): State<Arc<Shell>>,
    Path((account, what)): Path<(String, String)>,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Response {
    let own = format!("Basic {}", BASE64_STANDARD.encode(format!("{TWILIO_ACCOUNT}:{TWILIO_TOKEN}")));
    if account != TWILIO_ACCOUNT || headers.get(header::AUTHORIZATION).is_none_or(|by| by.as_bytes() != own.as_bytes())
    {
        return refuse(StatusCode::UNAUTHORIZED, 20003, "Authenticate");
    }
    let field = |name: &str| sent.get(name).cloned();
    let to = field("To").unwrap_or_default();
    if field("From").as_deref() != Some(FROM) {
        return refuse(StatusCode::BAD_REQUEST, 21212, "The 'From' number is not yours.");
    }
    let Some(user) = shell.with(|ws| ws.called(&to).map(str::to_owned)) else {
        return refuse(StatusCode::BAD_REQUEST, 21211, "The 'To' number is nobody's here.");
    };
    let status = field("StatusCallback");
    let id = match what.as_str() {
        "Messages.json" => {
            let words = field("Body").unwrap_or_default();
            let id = shell.with(|ws| {
                let id = ws.fresh("SM");
                ws.arrive(id.clone(), &user, Arrived::Text { words });
                id
            });
            shell.text_delivered(id.clone(), to, status);
            id
        }
        "Calls.json" => {
            let twiml = field("Twiml").unwrap_or_default();
            let (words, keys) = (spoken(&twiml), keys_to(&twiml));
            let id = shell.with(|ws| {
                let id = ws.fresh("CA");
                ws.arrive(id.clone(), &user, Arrived::Call { words, keys, status, line: Line::Ringing });
                id
            });
            shell.ring(id.clone());
            id
        }
        _ => return refuse(StatusCode::NOT_FOUND, 20404, "The requested resource was not found"),
    };
    (StatusCode::CREATED, Json(taken(&id))).into_response()
}

fn taken(id: &str) -> Value {
    json!({ "sid": id, "status": "queued" })
}
