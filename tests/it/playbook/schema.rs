//! The JSON Schema of the playbook, left with samples for a validator that is not ours (`tests/validate/playbook.mjs`).

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Value, json};
use watchroom::playbook::{BUILTIN, Playbook, schema};

use super::{FULL, looked_at};

fn data(text: &str) -> Value {
    let table: toml::Table = toml::from_str(text).expect("TOML");
    serde_json::to_value(table).expect("JSON")
}

/// The built-in playbook with one thing changed.
fn spoilt(pointer: &str, value: Value) -> Value {
    let mut book = data(BUILTIN);
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    match book.pointer_mut(parent).expect("the parent") {
        Value::Object(fields) => drop(fields.insert(key.into(), value)),
        other => panic!("{parent} is {other}"),
    }
    book
}

/// Editors mark what the bot refuses: each spoilt sample is refused by our own reading, and by the validator.
#[test]
fn the_schema_refuses_what_reading_refuses() {
    let bad = [
        spoilt("/colour", json!("red")),
        spoilt("/roles/0/purpse", json!("x")),
        spoilt("/roles/0/main", json!("alice")),
        spoilt("/severities/0/level", json!("one")),
        spoilt("/severities/0/page", json!(["somebody"])),
        spoilt("/kinds/1/visibility", json!("secret")),
        spoilt("/raci/0/accountable", json!(["a", "b"])),
        spoilt("/channels/0/audience", json!("everyone")),
        spoilt("/criteria", json!("none")),
    ];
    for book in &bad {
        assert!(serde_json::from_value::<Playbook>(book.clone()).is_err());
    }
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/playbook");
    fs::create_dir_all(&out).expect("a directory");
    let samples = json!({ "schema": schema(), "good": [data(BUILTIN), data(FULL)], "bad": bad });
    fs::write(out.join("samples.json"), samples.to_string()).expect("written");
}

/// The sample with every key is a playbook that can be used as it stands.
#[test]
fn a_playbook_with_every_key_is_sound() {
    let reading = looked_at(FULL);
    assert!(reading.problems.is_empty(), "{:#?}", reading.problems);
    assert!(reading.playbook.is_some());
}

/// A key that is new in the schema must be used by the sample, so that both readers of playbooks see it.
#[test]
fn the_sample_leaves_no_key_of_the_schema_out() {
    let schema = schema();
    let mut unused: BTreeSet<String> = keys("", &schema).collect();
    for (name, table) in schema["$defs"].as_object().expect("definitions") {
        unused.extend(keys(name, table));
    }
    assert!(unused.len() > 100, "the schema has another shape: {unused:?}");
    strike(&schema, ("", &schema), &data(FULL), &mut unused);
    assert_eq!(unused, BTreeSet::new(), "`full.toml` does without");
}

/// The keys of a table.
fn keys<'a>(name: &'a str, table: &'a Value) -> impl Iterator<Item = String> + use<'a> {
    table["properties"].as_object().into_iter().flatten().map(move |(key, _)| format!("{name}.{key}"))
}

/// Takes off the keys that `data` has where `schema`, called `name`, speaks of them.
fn strike<'a>(root: &'a Value, (name, schema): (&'a str, &'a Value), data: &Value, unused: &mut BTreeSet<String>) {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/")) {
        strike(root, (name, &root["$defs"][name]), data, unused);
    }
    for one_of in ["anyOf", "oneOf", "allOf"].iter().filter_map(|key| schema[key].as_array()).flatten() {
        strike(root, (name, one_of), data, unused);
    }
    for item in data.as_array().into_iter().flatten() {
        strike(root, (name, &schema["items"]), item, unused);
    }
    for (key, value) in data.as_object().into_iter().flatten() {
        if let Some(of) = schema["properties"].get(key) {
            unused.remove(&format!("{name}.{key}"));
            strike(root, (name, of), value, unused);
        }
    }
}
