//! Pressing buttons, choosing from menus, and asking the bot for options.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Answer, actor};
use crate::sandbox::{
    Refusal, limits, sender,
    shell::Shell,
    state::{self, TriggerContext, ViewKind, Workspace, value_key},
};

/// Where an element is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a message.
    Message {
        /// Which channel.
        channel: String,
        /// Which message.
        ts: String,
    },
    /// In a modal or an App Home.
    View(String),
}

impl Workspace {
    /// The blocks this person sees there at present.
    pub fn blocks_at(&self, user: &str, place: &Place) -> Result<Vec<Value>, Refusal> {
        match place {
            Place::Message { channel, ts } => {
                let draft = &self.seen_message(channel, ts, user)?.draft;
                let attached = draft.attachments.iter().filter_map(|a| a["blocks"].as_array()).flatten();
                Ok(draft.blocks.iter().chain(attached).cloned().collect())
            }
            Place::View(id) => {
                let view = self.views.get(id).filter(|v| v.user == user).ok_or(Refusal::from("view_not_found"))?;
                let covered = view.kind == ViewKind::Modal && self.top_view(user).map(|v| &v.id) != Some(id);
                if covered { Err("view_is_covered".into()) } else { Ok(view.blocks().to_vec()) }
            }
        }
    }

    fn element_at(
        &self,
        user: &str,
        place: &Place,
        block_id: &str,
        action_id: &str,
    ) -> Result<(Value, Value), Refusal> {
        let blocks = self.blocks_at(user, place)?;
        let block = blocks.into_iter().find(|b| b["block_id"] == block_id).ok_or(Refusal::from("no_such_element"))?;
        let element = elements(&block).find(|e| e["action_id"] == action_id).cloned();
        element.map(|e| (block, e)).ok_or_else(|| "no_such_element".into())
    }

    /// An edit gives new names to the blocks that the bot did not name. Who pressed a moment before it meant the element that
    /// is still there, if there is just one, and with the value that was shown to them: the bot knows what became of it.
    fn named_anew(&self, user: &str, place: &Place, action_id: &str, chosen: &Value) -> Option<(Value, Value)> {
        let blocks = self.blocks_at(user, place).ok()?;
        let same = |e: &&Value| e["action_id"] == action_id;
        let mut found = blocks.iter().flat_map(|b| elements(b).filter(same).map(move |e| (b, e)));
        let (block, element) = found.next().filter(|_| found.next().is_none())?;
        let mut element = element.clone();
        if element["type"] == "button" && !chosen["value"].is_null() {
            element["value"] = chosen["value"].clone();
        }
        Some((block.clone(), element))
    }

    /// Remembers what was filled in.
    fn keep_choice(&mut self, user: &str, place: &Place, block_id: &str, element: &Value, chosen: &Value) {
        let kind = element["type"].as_str().unwrap_or_default();
        let action_id = element["action_id"].as_str().unwrap_or_default();
        let value = json!({ "type": kind, value_key(kind): chosen[value_key(kind)] });
        match place {
            Place::View(id) => {
                if let Some(slot) =
                    self.views.get_mut(id).and_then(|v| v.values.pointer_mut(&pointer(block_id, action_id)))
                {
                    *slot = value;
                }
            }
            Place::Message { channel, ts } => {
                let values = self.choices.entry(format!("{channel}/{ts}/{user}")).or_insert_with(|| json!({}));
                values[block_id][action_id] = value;
            }
        }
    }

    /// The payload of `block_actions`; nothing for an input that waits for the form.
    fn pressed(
        &mut self,
        user: &str,
        place: &Place,
        (block_id, action_id): (&str, &str),
        chosen: &Value,
    ) -> Result<Option<(Value, Option<String>)>, Refusal> {
        actor(self, user)?;
        let there = self.element_at(user, place, block_id, action_id);
        let (block, element) = there.or_else(|gone| self.named_anew(user, place, action_id, chosen).ok_or(gone))?;
        let block_id = block["block_id"].as_str().unwrap_or_default();
        offered(&element, chosen)?;
        if !matches!(element["type"].as_str(), Some("button" | "overflow")) {
            self.keep_choice(user, place, block_id, &element, chosen);
        }
        if block["type"] == "input" && block["dispatch_action"] != true {
            return Ok(None);
        }
        self.action_payload(user, place, block_id, &element, chosen).map(Some)
    }

    /// The payload of `block_actions`, and the secret of its response address.
    fn action_payload(
        &mut self,
        user: &str,
        place: &Place,
        block_id: &str,
        element: &Value,
        chosen: &Value,
    ) -> Result<(Value, Option<String>), Refusal> {
        let mut payload = sender::person(self, "block_actions", user)?;
        let ts = self.fresh_ts();
        payload["actions"] = json!([sender::action(block_id, element, chosen, &ts)]);
        let (context, secret) = self.put_place(&mut payload, user, place)?;
        payload["trigger_id"] = json!(self.new_trigger(user, context));
        Ok((payload, secret))
    }

    /// Adds the message or view to a payload.
    fn put_place(
        &mut self,
        payload: &mut Value,
        user: &str,
        place: &Place,
    ) -> Result<(TriggerContext, Option<String>), Refusal> {
        match place {
            Place::Message { channel, ts } => {
                if !payload["actions"].is_null() {
                    self.complete_choices(user, channel, ts)?;
                }
                sender::container_message(payload, self, channel, ts)?;
                let secret = self.new_response_url(user, channel, Some(ts));
                Ok((TriggerContext::Outside, Some(secret)))
            }
            Place::View(id) => {
                let view = self.views.get(id).ok_or(Refusal::from("view_not_found"))?;
                payload["container"] = json!({ "type": "view", "view_id": id });
                payload["view"] = view.json();
                let context = match view.kind {
                    ViewKind::Modal => TriggerContext::Modal(id.clone()),
                    ViewKind::Home => TriggerContext::Outside,
                };
                Ok((context, None))
            }
        }
    }

    /// A message's state shows every input, also those nobody touched.
    fn complete_choices(&mut self, user: &str, channel: &str, ts: &str) -> Result<(), Refusal> {
        let place = Place::Message { channel: channel.to_owned(), ts: ts.to_owned() };
        let blocks = self.blocks_at(user, &place)?;
        let key = format!("{channel}/{ts}/{user}");
        let before = self.choices.get(&key).cloned().unwrap_or_else(|| json!({}));
        self.choices.insert(key, state::state_of(&blocks, &before));
        Ok(())
    }
}

/// Where an input's value stands.
fn pointer(block_id: &str, action_id: &str) -> String {
    let escape = |id: &str| id.replace('~', "~0").replace('/', "~1");
    format!("/{}/{}", escape(block_id), escape(action_id))
}

/// The elements of a block that people can use.
pub fn elements(block: &Value) -> impl Iterator<Item = &Value> {
    let row = (block["type"] == "actions").then(|| block["elements"].as_array()).flatten();
    row.into_iter().flatten().chain([&block["accessory"], &block["element"]]).filter(|e| e["action_id"].is_string())
}

/// What a fixed menu offers.
pub fn offers(element: &Value) -> Vec<&Value> {
    let groups = element["option_groups"].as_array().into_iter().flatten().map(|g| &g["options"]);
    std::iter::once(&element["options"]).chain(groups).filter_map(Value::as_array).flatten().collect()
}

/// People can only choose what is offered.
fn offered(element: &Value, chosen: &Value) -> Result<(), Refusal> {
    let kind = element["type"].as_str().unwrap_or_default();
    let fixed = matches!(kind, "overflow" | "static_select" | "radio_buttons" | "multi_static_select" | "checkboxes");
    if !fixed {
        return Ok(());
    }
    let options = offers(element);
    let single = Some(&chosen["selected_option"]).filter(|o| !o.is_null());
    let several = chosen["selected_options"].as_array().into_iter().flatten();
    let known = |choice: &&Value| options.iter().any(|o| o["value"] == choice["value"]);
    if single.into_iter().chain(several).all(|c| known(&c)) { Ok(()) } else { Err("not_an_option".into()) }
}

impl Shell {
    /// Presses a button that a slow client still shows.
    pub async fn press_stale(
        self: &Arc<Self>,
        user: &str,
        place: &Place,
        block: &Value,
        element: &Value,
    ) -> Result<Answer, Refusal> {
        let (payload, secret) = self.with(|ws| -> Result<_, Refusal> {
            actor(ws, user)?;
            let block_id = block["block_id"].as_str().unwrap_or_default();
            ws.action_payload(user, place, block_id, element, &Value::Null)
        })?;
        let payload = self.with_response_url(payload, secret.as_deref());
        Ok(self.interaction(user, &payload).await)
    }

    fn with_response_url(&self, mut payload: Value, secret: Option<&str>) -> Value {
        if let Some(secret) = secret {
            payload["response_url"] = json!(self.response_url(secret));
        }
        payload
    }

    /// Presses a button or chooses from a menu.
    pub async fn block_action(
        self: &Arc<Self>,
        user: &str,
        place: &Place,
        ids: (&str, &str),
        chosen: &Value,
    ) -> Result<Option<Answer>, Refusal> {
        let Some((payload, secret)) = self.with(|ws| ws.pressed(user, place, ids, chosen))? else {
            return Ok(None);
        };
        let payload = self.with_response_url(payload, secret.as_deref());
        Ok(Some(self.interaction(user, &payload).await))
    }

    /// Asks the bot for the options of an external menu.
    pub async fn suggest(
        self: &Arc<Self>,
        user: &str,
        place: &Place,
        (block_id, action_id): (&str, &str),
        typed: &str,
    ) -> Result<Value, Refusal> {
        let payload = self.with(|ws| -> Result<Value, Refusal> {
            actor(ws, user)?;
            let (_, element) = ws.element_at(user, place, block_id, action_id)?;
            if !element["type"].as_str().is_some_and(|kind| kind.ends_with("external_select")) {
                return Err("no_such_element".into());
            }
            let mut payload = sender::person(ws, "block_suggestion", user)?;
            ws.put_place(&mut payload, user, place)?;
            payload["block_id"] = json!(block_id);
            payload["action_id"] = json!(action_id);
            payload["value"] = json!(typed);
            Ok(payload)
        })?;
        let busy = self.busy();
        let (delivery, _) = self.interact(&payload).await;
        drop(busy);
        if let Some(error) = delivery.error() {
            return Err(error.into());
        }
        let answer: Value = serde_json::from_str(delivery.body()).map_err(|_| Refusal::from("invalid_suggestions"))?;
        limits::suggestions(&answer)?;
        Ok(answer)
    }
}
