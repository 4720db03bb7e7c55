//! `POST /sandbox/act`: everything a person can do on the page.

use std::sync::{Arc, atomic::Ordering};

use axum::{Json, extract::State};
use serde_json::{Value, json};

use crate::sandbox::{
    Fault, Refusal,
    acts::{Outcome, Place, actor},
    shell::Shell,
    state::{Notice, Workspace},
};

type Done = Result<Value, Refusal>;

/// Does it. What is refused is told as Slack's error code.
pub async fn act(State(shell): State<Arc<Shell>>, Json(body): Json<Value>) -> Json<Value> {
    let user = field(&body, "as");
    let known = shell.with(|ws| actor(ws, user));
    let done = match known {
        Err(refusal) => Err(refusal),
        Ok(()) => perform(&shell, user, &body).await,
    };
    Json(match done {
        Ok(mut answer) => {
            if answer.get("ok").is_none() {
                answer["ok"] = json!(true);
            }
            answer
        }
        Err(refusal) => json!({ "ok": false, "error": refusal.error, "messages": refusal.messages }),
    })
}

fn field<'a>(body: &'a Value, key: &str) -> &'a str {
    body[key].as_str().unwrap_or_default()
}

fn done(result: Result<(), Refusal>) -> Done {
    result.map(|()| json!({}))
}

async fn perform(shell: &Arc<Shell>, user: &str, body: &Value) -> Done {
    match field(body, "do") {
        "say" => say(shell, user, body).await,
        "block_action" => block_action(shell, user, body).await,
        "suggest" => {
            let place = place(body)?;
            keep_state(shell, user, &place, body);
            let ids = (field(body, "block_id"), field(body, "action_id"));
            shell.suggest(user, &place, ids, field(body, "value")).await
        }
        "submit" => Ok(outcome(shell.submit(user, field(body, "view_id"), &body["state"]).await?)),
        "close" => shell.close_view(user, field(body, "view_id")).await.map(|_| json!({})),
        "shortcut" => answered(&shell.shortcut(user, field(body, "callback_id")).await?),
        "message_shortcut" => {
            let (callback, channel, ts) = (field(body, "callback_id"), field(body, "channel"), field(body, "ts"));
            answered(&shell.message_shortcut(user, callback, channel, ts).await?)
        }
        "open_home" => done(shell.open_home(user)),
        "key" => done(shell.press_key(field(body, "call"), field(body, "key")).await),
        "decline" => done(shell.decline_call(field(body, "call")).await),
        "fault" => fault(shell, body),
        "clock" => clock(shell, body),
        other => shell.with(|ws| at_once(ws, user, other, body)),
    }
}

/// What needs nothing of the bot.
fn at_once(ws: &mut Workspace, user: &str, what: &str, body: &Value) -> Done {
    let (channel, ts) = (field(body, "channel"), field(body, "ts"));
    match what {
        "edit" => done(ws.edit_own(user, channel, ts, field(body, "text"))),
        "delete" => done(ws.delete_own(user, channel, ts)),
        "react" => done(ws.toggle_reaction(user, channel, ts, field(body, "name"), true)),
        "unreact" => done(ws.toggle_reaction(user, channel, ts, field(body, "name"), false)),
        "pin" => done(ws.toggle_pin(user, channel, ts, true)),
        "unpin" => done(ws.toggle_pin(user, channel, ts, false)),
        "join" => done(ws.join_as(user, channel)),
        "leave" if ws.channel(channel)?.is_general() => Err("cant_leave_general".into()),
        "leave" => done(ws.leave(channel, user)),
        "read" => {
            ws.mark_read(channel, user);
            Ok(json!({}))
        }
        "open_dm" => {
            let other = field(body, "user");
            ws.user(other)?;
            Ok(json!({ "channel": ws.open_dm(user, other) }))
        }
        "create_channel" => {
            let id = ws.create_channel(user, field(body, "name"), body["private"] == true)?;
            Ok(json!({ "channel": id }))
        }
        "archive" => done(own_room(ws, user, channel).and_then(|()| ws.archive(channel, user))),
        "rename" => done(own_room(ws, user, channel).and_then(|()| ws.rename(channel, user, field(body, "name")))),
        "invite" => done(own_room(ws, user, channel).and_then(|()| {
            let other = field(body, "user");
            ws.user(other)?;
            ws.join(channel, other, Some(user))
        })),
        "kick" => done(own_room(ws, user, channel).and_then(|()| ws.leave(channel, field(body, "user")))),
        _ => Err("unknown_act".into()),
    }
}

/// A room this person is in.
fn own_room(ws: &Workspace, user: &str, channel: &str) -> Result<(), Refusal> {
    let at = ws.channel(channel)?;
    if at.archived {
        return Err("is_archived".into());
    }
    if at.members.contains(user) { Ok(()) } else { Err("not_in_channel".into()) }
}

async fn say(shell: &Arc<Shell>, user: &str, body: &Value) -> Done {
    let (channel, text) = (field(body, "channel"), field(body, "text"));
    let thread = body["thread_ts"].as_str();
    if let Some(rest) = text.strip_prefix('/').filter(|rest| rest.starts_with(char::is_alphabetic)) {
        let name = rest.split_whitespace().next().unwrap_or_default();
        let known = shell.config.commands.iter().any(|c| c.command == format!("/{name}"));
        let wrong = match (known, thread) {
            (false, _) => Some(format!(
                "/{name} is not a valid command. In Slack, all messages that start with the \"/\" character are \
                 interpreted as commands."
            )),
            (true, Some(_)) => Some(format!("/{name} is not supported in threads. Sorry!")),
            (true, None) => None,
        };
        if let Some(wrong) = wrong {
            shell.with(|ws| ws.toast(user, wrong, "error"));
            return Err("invalid_command".into());
        }
        return answered(&shell.slash(user, channel, text).await?);
    }
    let message = shell.with(|ws| ws.say(user, channel, text, thread))?;
    Ok(json!({ "ts": message.ts }))
}

fn answered(answer: &crate::sandbox::Answer) -> Done {
    match &answer.error {
        None => Ok(json!({})),
        Some(error) => Err(Refusal::with(error, answer.complaints.clone())),
    }
}

fn place(body: &Value) -> Result<Place, Refusal> {
    let container = &body["container"];
    match container["type"].as_str() {
        Some("message") => {
            let (channel, ts) = (field(container, "channel"), field(container, "ts"));
            Ok(Place::Message { channel: channel.to_owned(), ts: ts.to_owned() })
        }
        Some("view" | "home") => Ok(Place::View(field(container, "view_id").to_owned())),
        _ => Err("invalid_container".into()),
    }
}

/// What is filled in elsewhere in the same message or view goes along.
fn keep_state(shell: &Arc<Shell>, user: &str, place: &Place, body: &Value) {
    if !body["state"].is_object() {
        return;
    }
    shell.with(|ws| match place {
        Place::View(id) if ws.views.get(id).is_some_and(|v| v.user == user) => ws.fill_all(id, &body["state"]),
        Place::View(_) => {}
        Place::Message { channel, ts } => ws.fill_message(user, channel, ts, &body["state"]),
    });
}

async fn block_action(shell: &Arc<Shell>, user: &str, body: &Value) -> Done {
    let place = place(body)?;
    keep_state(shell, user, &place, body);
    let ids = (field(body, "block_id"), field(body, "action_id"));
    match shell.block_action(user, &place, ids, body).await? {
        Some(answer) => answered(&answer),
        None => Ok(json!({})),
    }
}

fn outcome(outcome: Outcome) -> Value {
    match outcome {
        Outcome::Closed => json!({ "result": "closed" }),
        Outcome::Updated => json!({ "result": "updated" }),
        Outcome::Pushed => json!({ "result": "pushed" }),
        Outcome::Cleared => json!({ "result": "cleared" }),
        Outcome::Errors(errors) => json!({ "ok": false, "error": "invalid_form", "errors": errors }),
        Outcome::Failed(error) => json!({ "ok": false, "error": error }),
    }
}

/// `{fault: {kind, methods?, calls?, seconds?}}`, `{clear: true}`, `{rate_limits: bool}`.
fn fault(shell: &Arc<Shell>, body: &Value) -> Done {
    if body["clear"] == true {
        shell.faults().clear();
    }
    if let Some(on) = body["rate_limits"].as_bool() {
        shell.rate_limits.store(on, Ordering::Relaxed);
    }
    if !body["fault"].is_null() {
        let fault: Fault = serde_json::from_value(body["fault"].clone()).map_err(|_| Refusal::from("invalid_fault"))?;
        shell.faults().add(fault, shell.config.clock.now());
    }
    let active = json!(shell.faults().active(shell.config.clock.now()));
    Ok(json!({ "faults": active, "rate_limits": shell.rate_limits.load(Ordering::Relaxed) }))
}

fn clock(shell: &Arc<Shell>, body: &Value) -> Done {
    let movable = shell.config.movable.as_ref().ok_or(Refusal::from("clock_stands_with_the_machine"))?;
    let seconds = body["advance_seconds"].as_i64().filter(|s| (0..=31_536_000).contains(s));
    movable.advance(jiff::SignedDuration::from_secs(seconds.ok_or(Refusal::from("invalid_seconds"))?));
    shell.with(|ws| ws.notice(Notice::Clock));
    Ok(json!({ "now": shell.config.clock.now().as_millisecond() }))
}

impl Workspace {
    /// What a page has in the inputs of a message.
    fn fill_message(&mut self, user: &str, channel: &str, ts: &str, values: &Value) {
        let place = Place::Message { channel: channel.to_owned(), ts: ts.to_owned() };
        let Ok(blocks) = self.blocks_at(user, &place) else { return };
        let values = crate::sandbox::state::state_of(&blocks, values);
        self.choices.insert(format!("{channel}/{ts}/{user}"), values);
    }
}
