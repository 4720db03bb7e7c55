//! The JSON Schema of the playbook, left with samples for a validator that is not ours (`tests/validate/playbook.mjs`).

use std::{fs, path::Path};

use serde_json::{Value, json};
use watchroom::playbook::{BUILTIN, Playbook, schema};

fn builtin() -> Value {
    let table: toml::Table = toml::from_str(BUILTIN).expect("TOML");
    serde_json::to_value(table).expect("JSON")
}

/// The built-in playbook with one thing changed.
fn spoilt(pointer: &str, value: Value) -> Value {
    let mut book = builtin();
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
    let samples = json!({ "schema": schema(), "good": [builtin()], "bad": bad });
    fs::write(out.join("samples.json"), samples.to_string()).expect("written");
}
