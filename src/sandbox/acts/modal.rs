//! Filling in, submitting and closing modals.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{Answer, actor};
use crate::sandbox::{
    Refusal, limits, sender,
    sender::Delivery,
    shell::Shell,
    state::{Notice, TriggerContext, View, ViewKind, Workspace, inputs, value_key},
};

/// What became of a submitted form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It closed; what lay under it shows again.
    Closed,
    /// The bot put other content into it.
    Updated,
    /// The bot laid another one on top.
    Pushed,
    /// Every modal closed.
    Cleared,
    /// It stays, with words beside its fields: block id to text.
    Errors(BTreeMap<String, String>),
    /// It stays, with Slack's own error.
    Failed(String),
}

impl Workspace {
    /// Puts what a page has in its fields into the view; fields that are not there are left out.
    pub fn fill_all(&mut self, view: &str, values: &Value) {
        for (block_id, actions) in values.as_object().into_iter().flatten() {
            for (action_id, value) in actions.as_object().into_iter().flatten() {
                let stored = self.views.get(view).and_then(|v| v.values.get(block_id)?.get(action_id)).cloned();
                let Some(kind) = stored.as_ref().and_then(|v| v["type"].as_str()) else { continue };
                let key = value_key(kind);
                let empty = if key.ends_with('s') { json!([]) } else { Value::Null };
                let given = match value.get(key) {
                    // A field that was emptied is sent as null.
                    None | Some(Value::Null) => empty,
                    Some(Value::String(text)) if text.is_empty() => Value::Null,
                    Some(given) => given.clone(),
                };
                let value = json!({ "type": kind, key: given });
                if self.fill(view, block_id, action_id, value).is_err() {
                    tracing::warn!("a field went away while it was filled in");
                }
            }
        }
    }

    fn submission(&mut self, user: &str, id: &str) -> Result<Value, Refusal> {
        let view = self.views.get(id).ok_or(Refusal::from("view_not_found"))?.clone();
        let mut payload = sender::person(self, "view_submission", user)?;
        payload["trigger_id"] = json!(self.new_trigger(user, TriggerContext::Modal(id.to_owned())));
        payload["view"] = view.json();
        payload["response_urls"] = json!([]);
        Ok(payload)
    }

    /// Does what the bot's answer to a submission says.
    fn after_submission(&mut self, user: &str, id: &str, delivery: &Delivery) -> Outcome {
        let failed = |why: &str| Outcome::Failed(why.to_owned());
        if let Some(error) = delivery.error() {
            return failed(error);
        }
        if delivery.body().trim().is_empty() {
            self.take_view(user, id);
            return Outcome::Closed;
        }
        let Ok(answer) = serde_json::from_str::<Value>(delivery.body()) else { return failed("invalid_response") };
        let told = match answer["response_action"].as_str() {
            None if answer.as_object().is_some_and(serde_json::Map::is_empty) => {
                self.take_view(user, id);
                Ok(Outcome::Closed)
            }
            Some("clear") => {
                self.close_all(user);
                Ok(Outcome::Cleared)
            }
            Some("errors") => self.form_errors(id, &answer["errors"]),
            Some("update") => limits::view(&answer["view"], Some(ViewKind::Modal))
                .and_then(|()| self.update_view(id, answer["view"].clone(), None))
                .map(|_| Outcome::Updated),
            Some("push") => limits::view(&answer["view"], Some(ViewKind::Modal))
                .and_then(|()| self.push_view(user, answer["view"].clone()))
                .map(|_| Outcome::Pushed),
            _ => Err("invalid_response_action".into()),
        };
        told.unwrap_or_else(|refusal| Outcome::Failed(refusal.to_string()))
    }

    /// The bot's words beside fields; each has to belong to an input that is there.
    fn form_errors(&self, id: &str, errors: &Value) -> Result<Outcome, Refusal> {
        let view = self.views.get(id).ok_or(Refusal::from("view_not_found"))?;
        let is_input = |block: &str| view.blocks().iter().any(|b| b["type"] == "input" && b["block_id"] == block);
        let mut told = BTreeMap::new();
        for (block, text) in errors.as_object().into_iter().flatten() {
            if !is_input(block) {
                return Err(Refusal::with("invalid_errors", vec![format!("{block} is not an input")]));
            }
            told.insert(block.clone(), text.as_str().unwrap_or_default().to_owned());
        }
        if told.is_empty() { Err("invalid_errors".into()) } else { Ok(Outcome::Errors(told)) }
    }

    /// Takes one modal away, wherever it lies.
    fn take_view(&mut self, user: &str, id: &str) {
        if let Some(stack) = self.stacks.get_mut(user) {
            stack.retain(|v| v != id);
        }
        self.views.remove(id);
        self.notice(Notice::View(user.to_owned()));
    }
}

/// What Slack itself says beside fields before it sends anything.
pub fn complaints(view: &View) -> BTreeMap<String, String> {
    let mut told = BTreeMap::new();
    for block in view.blocks().iter().filter(|b| b["type"] == "input") {
        let Some((block_id, action_id, element)) = inputs(std::slice::from_ref(block)).into_iter().next() else {
            continue;
        };
        let kind = element["type"].as_str().unwrap_or_default();
        let value = &view.values[block_id][action_id][value_key(kind)];
        let empty = match value {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            Value::Array(items) => items.is_empty(),
            _ => false,
        };
        let complaint = if empty {
            (block["optional"] != true).then(|| "Please complete this required field.".to_owned())
        } else {
            value.as_str().and_then(|text| text_complaint(kind, element, text))
        };
        if let Some(complaint) = complaint {
            told.insert(block_id.to_owned(), complaint);
        }
    }
    told
}

fn text_complaint(kind: &str, element: &Value, text: &str) -> Option<String> {
    let length = text.chars().count() as u64;
    let bound = |key: &str| element[key].as_str().and_then(|b| b.parse::<f64>().ok());
    match kind {
        "plain_text_input" => {
            let (min, max) =
                (element["min_length"].as_u64().unwrap_or(0), element["max_length"].as_u64().unwrap_or(3000));
            if length < min {
                return Some(format!("Please use at least {min} characters."));
            }
            (length > max).then(|| format!("Please use no more than {max} characters."))
        }
        "number_input" => {
            let Ok(number) = text.parse::<f64>() else { return Some("Please enter a number.".to_owned()) };
            if element["is_decimal_allowed"] != true && number.fract() != 0.0 {
                return Some("Please enter a whole number.".to_owned());
            }
            let low = bound("min_value").is_some_and(|min| number < min);
            let high = bound("max_value").is_some_and(|max| number > max);
            (low || high).then(|| "Please enter a number within the range.".to_owned())
        }
        "email_text_input" => {
            let valid = text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
            (!valid).then(|| "Please enter a valid email address.".to_owned())
        }
        "url_text_input" => url::Url::parse(text).is_err().then(|| "Please enter a valid URL.".to_owned()),
        _ => None,
    }
}

impl Shell {
    /// Submits the modal on top.
    pub async fn submit(self: &Arc<Self>, user: &str, id: &str, values: &Value) -> Result<Outcome, Refusal> {
        let payload = self.with(|ws| -> Result<Result<Value, Outcome>, Refusal> {
            actor(ws, user)?;
            let top = ws.top_view(user).filter(|v| v.id == id).ok_or(Refusal::from("view_not_found"))?;
            if top.payload["submit"].is_null() || top.payload["submit_disabled"] == true {
                return Err("no_submit_button".into());
            }
            ws.fill_all(id, values);
            let told = ws.views.get(id).map(complaints).unwrap_or_default();
            if !told.is_empty() {
                return Ok(Err(Outcome::Errors(told)));
            }
            ws.notice(Notice::ViewLoading(user.to_owned()));
            ws.submission(user, id).map(Ok)
        })?;
        let payload = match payload {
            Ok(payload) => payload,
            Err(told) => return Ok(told),
        };
        let busy = self.busy();
        let (delivery, _) = self.interact(&payload).await;
        let outcome = self.with(|ws| {
            let outcome = ws.after_submission(user, id, &delivery);
            if let Outcome::Failed(why) = &outcome {
                ws.toast(user, format!("We had some trouble connecting. Try again? ({why})"), "error");
            }
            ws.notice(Notice::View(user.to_owned()));
            outcome
        });
        drop(busy);
        Ok(outcome)
    }

    /// Closes the modal on top, or all of them where that one says so.
    pub async fn close_view(self: &Arc<Self>, user: &str, id: &str) -> Result<Vec<Answer>, Refusal> {
        let payloads = self.with(|ws| -> Result<Vec<Value>, Refusal> {
            let top = ws.top_view(user).filter(|v| v.id == id).ok_or(Refusal::from("view_not_found"))?;
            let all = top.payload["clear_on_close"] == true;
            let closed = if all { ws.close_all(user) } else { ws.pop_view(user).into_iter().collect() };
            let told = closed.iter().filter(|v| v.payload["notify_on_close"] == true);
            told.map(|view| {
                let mut payload = sender::person(ws, "view_closed", user)?;
                payload["view"] = view.json();
                payload["is_cleared"] = json!(all);
                Ok(payload)
            })
            .collect()
        })?;
        let mut answers = Vec::new();
        for payload in &payloads {
            answers.push(self.interaction(user, payload).await);
        }
        Ok(answers)
    }
}
