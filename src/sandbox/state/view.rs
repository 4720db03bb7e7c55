//! Modals and App Homes: their stacks, hashes and what people have filled in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{APP, BOT, Notice, TEAM, Workspace};
use crate::sandbox::Refusal;

/// How many modals may lie on each other.
const DEEPEST: usize = 3;

/// Where a view is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ViewKind {
    /// A dialog.
    Modal,
    /// The app's home tab.
    Home,
}

/// A view as it stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct View {
    /// `V…`.
    pub id: String,
    /// What the bot sent, with every block named.
    pub payload: Value,
    /// Modal or home.
    pub kind: ViewKind,
    /// Who sees it.
    pub user: String,
    /// Changes with every update.
    pub hash: String,
    /// The first modal of its stack.
    pub root: String,
    /// The modal under it.
    pub previous: Option<String>,
    /// `state.values`.
    pub values: Value,
}

impl View {
    /// As the Web API and payloads show it.
    pub fn json(&self) -> Value {
        let mut view = json!({
            "id": self.id, "team_id": TEAM, "app_id": APP, "app_installed_team_id": TEAM, "bot_id": BOT,
            "type": self.kind, "hash": self.hash, "root_view_id": self.root, "previous_view_id": self.previous,
            "state": { "values": self.values }, "title": null, "close": null, "submit": null, "callback_id": "",
            "private_metadata": "", "external_id": "", "clear_on_close": false, "notify_on_close": false,
            "blocks": [],
        });
        if let (Value::Object(view), Value::Object(payload)) = (&mut view, &self.payload) {
            view.extend(payload.iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k.clone(), v.clone())));
        }
        view
    }

    /// The bot's own blocks.
    pub fn blocks(&self) -> &[Value] {
        self.payload["blocks"].as_array().map_or(&[], Vec::as_slice)
    }

    /// A text field of the payload, `callback_id` and the like.
    pub fn text(&self, key: &str) -> &str {
        self.payload[key].as_str().unwrap_or_default()
    }
}

impl Workspace {
    fn new_view(&mut self, user: &str, mut payload: Value, kind: ViewKind) -> Result<View, Refusal> {
        self.external_id_is_free(&payload, None)?;
        self.name_view(&mut payload);
        let id = self.fresh("V");
        let hash = self.fresh_hash();
        let values = state_of(payload["blocks"].as_array().map_or(&[], Vec::as_slice), &json!({}));
        Ok(View { root: id.clone(), id, payload, kind, user: user.to_owned(), hash, previous: None, values })
    }

    fn external_id_is_free(&self, payload: &Value, except: Option<&str>) -> Result<(), Refusal> {
        let Some(wanted) = payload["external_id"].as_str().filter(|id| !id.is_empty()) else { return Ok(()) };
        let taken = self.views.values().any(|v| v.text("external_id") == wanted && Some(v.id.as_str()) != except);
        if taken { Err("duplicate_external_id".into()) } else { Ok(()) }
    }

    fn fresh_hash(&mut self) -> String {
        self.last_id += 1;
        format!("{}.{:08x}", self.now.as_second(), self.last_id)
    }

    fn name_view(&mut self, payload: &mut Value) {
        if let Some(blocks) = payload["blocks"].as_array_mut() {
            let mut named = std::mem::take(blocks);
            self.name_blocks(&mut named);
            payload["blocks"] = Value::Array(named);
        }
    }

    /// Opens a modal as the first of a stack; what lay there is gone.
    pub fn open_view(&mut self, user: &str, payload: Value) -> Result<View, Refusal> {
        let view = self.new_view(user, payload, ViewKind::Modal)?;
        self.close_all(user);
        self.stacks.insert(user.to_owned(), vec![view.id.clone()]);
        Ok(self.keep(view))
    }

    /// Lays a modal on top of this person's stack.
    pub fn push_view(&mut self, user: &str, payload: Value) -> Result<View, Refusal> {
        let stack = self.stacks.get(user).cloned().unwrap_or_default();
        let (Some(root), Some(top)) = (stack.first(), stack.last()) else { return Err("not_found".into()) };
        if stack.len() >= DEEPEST {
            return Err("push_limit_reached".into());
        }
        let mut view = self.new_view(user, payload, ViewKind::Modal)?;
        view.root.clone_from(root);
        view.previous = Some(top.clone());
        self.stacks.entry(user.to_owned()).or_default().push(view.id.clone());
        Ok(self.keep(view))
    }

    fn keep(&mut self, view: View) -> View {
        self.views.insert(view.id.clone(), view.clone());
        self.notice(match view.kind {
            ViewKind::Modal => Notice::View(view.user.clone()),
            ViewKind::Home => Notice::Home(view.user.clone()),
        });
        view
    }

    /// Replaces a view's content, if `hash` is the present one or absent.
    pub fn update_view(&mut self, id: &str, mut payload: Value, hash: Option<&str>) -> Result<View, Refusal> {
        let mut view = self.views.get(id).cloned().ok_or(Refusal::from("not_found"))?;
        if hash.is_some_and(|hash| hash != view.hash) {
            return Err("hash_conflict".into());
        }
        self.external_id_is_free(&payload, Some(id))?;
        self.name_view(&mut payload);
        view.payload = payload;
        view.values = state_of(view.blocks(), &view.values);
        view.hash = self.fresh_hash();
        Ok(self.keep(view))
    }

    /// Publishes this person's App Home.
    pub fn publish_home(&mut self, user: &str, payload: Value, hash: Option<&str>) -> Result<View, Refusal> {
        if let Some(id) = self.homes.get(user).cloned() {
            return self.update_view(&id, payload, hash);
        }
        let view = self.new_view(user, payload, ViewKind::Home)?;
        self.homes.insert(user.to_owned(), view.id.clone());
        Ok(self.keep(view))
    }

    /// Takes the topmost modal away.
    pub fn pop_view(&mut self, user: &str) -> Option<View> {
        let id = self.stacks.get_mut(user)?.pop()?;
        self.notice(Notice::View(user.to_owned()));
        self.views.remove(&id)
    }

    /// Takes every modal away, topmost first.
    pub fn close_all(&mut self, user: &str) -> Vec<View> {
        let mut closed = Vec::new();
        while let Some(view) = self.pop_view(user) {
            closed.push(view);
        }
        closed
    }

    /// Sets what a person has filled in.
    pub fn fill(&mut self, view: &str, block_id: &str, action_id: &str, value: Value) -> Result<(), Refusal> {
        let view = self.views.get_mut(view).ok_or(Refusal::from("not_found"))?;
        let slot =
            view.values.get_mut(block_id).and_then(|b| b.get_mut(action_id)).ok_or(Refusal::from("not_found"))?;
        *slot = value;
        Ok(())
    }
}

/// Every element that has a value: block id, action id, element.
pub fn inputs(blocks: &[Value]) -> Vec<(&str, &str, &Value)> {
    let mut found = Vec::new();
    for block in blocks {
        let block_id = block["block_id"].as_str().unwrap_or_default();
        let mut candidates: Vec<&Value> = vec![&block["element"], &block["accessory"]];
        if block["type"] == "actions" {
            candidates.extend(block["elements"].as_array().into_iter().flatten());
        }
        for element in candidates {
            if let Some(kind) = element["type"].as_str()
                && !matches!(kind, "button" | "overflow" | "image" | "workflow_button")
            {
                found.push((block_id, element["action_id"].as_str().unwrap_or_default(), element));
            }
        }
    }
    found
}

/// `state.values` of these blocks: what was filled in before where the input is still there, else its initial value.
pub fn state_of(blocks: &[Value], before: &Value) -> Value {
    let mut values: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for (block_id, action_id, element) in inputs(blocks) {
        let kept = before.get(block_id).and_then(|b| b.get(action_id)).filter(|v| v["type"] == element["type"]);
        let value = kept.cloned().unwrap_or_else(|| initial(element));
        values.entry(block_id).or_default().insert(action_id.to_owned(), value);
    }
    json!(values)
}

/// The key under which an element's value stands in the state.
pub fn value_key(kind: &str) -> &'static str {
    match kind {
        "static_select" | "external_select" | "radio_buttons" => "selected_option",
        "multi_static_select" | "multi_external_select" | "checkboxes" => "selected_options",
        "users_select" => "selected_user",
        "multi_users_select" => "selected_users",
        "conversations_select" => "selected_conversation",
        "multi_conversations_select" => "selected_conversations",
        "channels_select" => "selected_channel",
        "multi_channels_select" => "selected_channels",
        "datepicker" => "selected_date",
        "timepicker" => "selected_time",
        "datetimepicker" => "selected_date_time",
        "rich_text_input" => "rich_text_value",
        "file_input" => "files",
        _ => "value",
    }
}

/// The key under which a bot gives an element its first value.
fn initial_key(kind: &str) -> &'static str {
    match value_key(kind) {
        "selected_option" => "initial_option",
        "selected_options" => "initial_options",
        "selected_user" => "initial_user",
        "selected_users" => "initial_users",
        "selected_conversation" => "initial_conversation",
        "selected_conversations" => "initial_conversations",
        "selected_channel" => "initial_channel",
        "selected_channels" => "initial_channels",
        "selected_date" => "initial_date",
        "selected_time" => "initial_time",
        "selected_date_time" => "initial_date_time",
        _ => "initial_value",
    }
}

fn initial(element: &Value) -> Value {
    let kind = element["type"].as_str().unwrap_or_default();
    let key = value_key(kind);
    let none = if key.ends_with('s') { json!([]) } else { Value::Null };
    let value = element.get(initial_key(kind)).cloned().unwrap_or(none);
    json!({ "type": kind, key: value })
}
