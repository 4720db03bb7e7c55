//! Finding what a person means on the screen: by its words, or by its id.

use serde_json::{Value, json};

use crate::sandbox::{Refusal, acts, state::value_key};

/// An element and the block it is in.
pub type Found = (Value, Value);

fn label(value: &Value) -> &str {
    value["text"].as_str().unwrap_or_default()
}

/// Whether a person would call this element so.
fn is_called(block: &Value, element: &Value, name: &str) -> bool {
    element["action_id"] == name
        || [&element["text"], &element["placeholder"], &block["label"]].iter().any(|text| label(text) == name)
        || block["block_id"] == name
}

/// The one element of that name for which `wanted` holds.
fn one(blocks: &[Value], name: &str, wanted: impl Fn(&Value) -> bool) -> Result<Found, Refusal> {
    let all: Vec<Found> = blocks
        .iter()
        .flat_map(|block| acts::elements(block).map(move |e| (block, e)))
        .filter(|(block, e)| wanted(e) && is_called(block, e, name))
        .map(|(block, e)| (block.clone(), e.clone()))
        .collect();
    let there = || blocks.iter().flat_map(acts::elements).map(describe).collect();
    match all.as_slice() {
        [found] => Ok(found.clone()),
        [] => Err(Refusal::with("no_such_element", there())),
        [..] => Err(Refusal::with("several_such_elements", all.iter().map(|(_, e)| describe(e)).collect())),
    }
}

fn describe(element: &Value) -> String {
    let text = label(&element["text"]);
    let text = if text.is_empty() { label(&element["placeholder"]) } else { text };
    format!("{} {} \"{text}\"", element["type"], element["action_id"])
}

/// The button called so.
pub fn button(blocks: &[Value], name: &str) -> Result<Found, Refusal> {
    one(blocks, name, |e| e["type"] == "button")
}

/// The menu, picker or field called so.
pub fn chooser(blocks: &[Value], name: &str) -> Result<Found, Refusal> {
    // An overflow menu has no words of its own: where there is one only, "…" means it.
    one(blocks, name, |e| e["type"] != "button").or_else(|refusal| {
        if matches!(name, "…" | "...") {
            let menus: Vec<Found> = blocks
                .iter()
                .flat_map(|b| acts::elements(b).filter(|e| e["type"] == "overflow").map(|e| (b.clone(), e.clone())))
                .collect();
            if let [only] = menus.as_slice() {
                return Ok(only.clone());
            }
        }
        Err(refusal)
    })
}

/// What a person chooses, as an element's value: an option by its text or value, a person by id, else as it is.
pub fn value(element: &Value, chosen: &Value, id_of: impl Fn(&str, &str) -> Option<String>) -> Result<Value, Refusal> {
    let kind = element["type"].as_str().unwrap_or_default();
    let key = if kind == "overflow" { "selected_option" } else { value_key(kind) };
    let option = |name: &Value| -> Result<Value, Refusal> {
        if name.is_object() {
            return Ok(name.clone());
        }
        let offered = acts::offers(element);
        let named = |o: &&&Value| o["value"] == *name || label(&o["text"]) == name.as_str().unwrap_or_default();
        let found = offered.iter().find(named).map(|o| (*o).clone());
        found.ok_or_else(|| {
            Refusal::with("not_an_option", offered.iter().map(|o| label(&o["text"]).to_owned()).collect())
        })
    };
    let id = |name: &Value| -> Value {
        let name = name.as_str().unwrap_or_default();
        json!(id_of(key, name).unwrap_or_else(|| name.to_owned()))
    };
    let several = |value: &Value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    let value = match key {
        _ if chosen.is_null() => Value::Null,
        "selected_option" => option(chosen)?,
        "selected_options" => several(chosen).iter().map(option).collect::<Result<_, _>>()?,
        "selected_user" | "selected_channel" | "selected_conversation" => id(chosen),
        "selected_users" | "selected_channels" | "selected_conversations" => several(chosen).iter().map(id).collect(),
        _ => chosen.clone(),
    };
    Ok(json!({ "type": kind, key: value }))
}
