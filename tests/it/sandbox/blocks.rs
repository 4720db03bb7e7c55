//! Every limit on blocks, at its edge and one beyond.

use serde_json::{Value, json};

use super::{World, button, modal, option};

fn plain(length: usize) -> Value {
    json!({ "type": "plain_text", "text": "x".repeat(length) })
}

fn mrkdwn(length: usize) -> Value {
    json!({ "type": "mrkdwn", "text": "x".repeat(length) })
}

fn section(accessory: &Value) -> Value {
    json!({ "type": "section", "text": mrkdwn(1), "accessory": accessory })
}

fn row(element: &Value) -> Value {
    json!({ "type": "actions", "elements": [element] })
}

fn input(element: &Value) -> Value {
    json!({ "type": "input", "label": plain(1), "element": element })
}

fn options(count: usize) -> Vec<Value> {
    (0..count).map(|at| option("o", &at.to_string())).collect()
}

fn select(options: &[Value]) -> Value {
    json!({ "type": "static_select", "action_id": "a", "options": options })
}

fn with(mut element: Value, key: &str, value: Value) -> Value {
    element[key] = value;
    element
}

/// A block that Slack takes, one that it refuses, and the place it names.
type Edge = (Value, Value, &'static str);

fn edges_of_texts() -> Vec<Edge> {
    vec![
        (
            json!({ "type": "header", "text": plain(150) }),
            json!({ "type": "header", "text": plain(151) }),
            "/blocks/0/text/text",
        ),
        (
            json!({ "type": "section", "text": mrkdwn(3000) }),
            json!({ "type": "section", "text": mrkdwn(3001) }),
            "/blocks/0/text/text",
        ),
        (
            json!({ "type": "section", "text": mrkdwn(1) }),
            json!({ "type": "section", "text": mrkdwn(0) }),
            "/blocks/0/text/text",
        ),
        (
            json!({ "type": "section", "fields": vec![plain(1); 10] }),
            json!({ "type": "section", "fields": vec![plain(1); 11] }),
            "/blocks/0/fields",
        ),
        (
            json!({ "type": "section", "fields": [plain(2000)] }),
            json!({ "type": "section", "fields": [plain(2001)] }),
            "/blocks/0/fields/0/text",
        ),
        (json!({ "type": "section", "text": plain(1) }), json!({ "type": "section" }), "/blocks/0"),
        (json!({ "type": "divider" }), json!({ "type": "divider", "style": "x" }), "/blocks/0"),
        (json!({ "type": "divider" }), json!({ "type": "sparkle" }), "/blocks/0/type"),
        (
            json!({ "type": "divider", "block_id": "x".repeat(255) }),
            json!({ "type": "divider", "block_id": "x".repeat(256) }),
            "/blocks/0/block_id",
        ),
        (
            json!({ "type": "context", "elements": vec![plain(1); 10] }),
            json!({ "type": "context", "elements": vec![plain(1); 11] }),
            "/blocks/0/elements",
        ),
    ]
}

fn edges_of_buttons() -> Vec<Edge> {
    let b = || button("b", "a", "v");
    vec![
        (row(&with(b(), "text", plain(75))), row(&with(b(), "text", plain(76))), "/blocks/0/elements/0/text/text"),
        (
            row(&with(b(), "value", json!("v".repeat(2000)))),
            row(&with(b(), "value", json!("v".repeat(2001)))),
            "/blocks/0/elements/0/value",
        ),
        (
            row(&with(b(), "action_id", json!("v".repeat(255)))),
            row(&with(b(), "action_id", json!("v".repeat(256)))),
            "/blocks/0/elements/0/action_id",
        ),
        (
            row(&with(b(), "style", json!("danger"))),
            row(&with(b(), "style", json!("pink"))),
            "/blocks/0/elements/0/style",
        ),
        (
            row(&with(b(), "url", json!("https://a.b"))),
            row(&with(b(), "url", json!("nowhere"))),
            "/blocks/0/elements/0/url",
        ),
        (row(&b()), row(&with(b(), "text", mrkdwn(1))), "/blocks/0/elements/0/text/type"),
    ]
}

fn edges_of_menus() -> Vec<Edge> {
    let b = || button("b", "a", "v");
    let text_input = || json!({ "type": "plain_text_input", "action_id": "a" });
    vec![
        (row(&select(&options(100))), row(&select(&options(101))), "/blocks/0/elements/0/options"),
        (
            row(&select(&[option(&"x".repeat(75), "v")])),
            row(&select(&[option(&"x".repeat(76), "v")])),
            "/blocks/0/elements/0/options/0/text/text",
        ),
        (
            row(&select(&[option("x", &"v".repeat(75))])),
            row(&select(&[option("x", &"v".repeat(76))])),
            "/blocks/0/elements/0/options/0/value",
        ),
        (
            row(&select(&options(2))),
            row(&select(&[option("a", "1"), option("b", "1")])),
            "/blocks/0/elements/0/options/1/value",
        ),
        (
            row(&with(select(&options(2)), "initial_option", option("o", "1"))),
            row(&with(select(&options(2)), "initial_option", option("o", "9"))),
            "/blocks/0/elements/0",
        ),
        (
            row(&with(select(&options(1)), "placeholder", plain(150))),
            row(&with(select(&options(1)), "placeholder", plain(151))),
            "/blocks/0/elements/0/placeholder/text",
        ),
        (
            section(&json!({ "type": "overflow", "action_id": "a", "options": options(5) })),
            section(&json!({ "type": "overflow", "action_id": "a", "options": options(6) })),
            "/blocks/0/accessory/options",
        ),
        (section(&b()), section(&text_input()), "/blocks/0/accessory/type"),
    ]
}

fn edges_of_inputs() -> Vec<Edge> {
    let b = || button("b", "a", "v");
    let text_input = || json!({ "type": "plain_text_input", "action_id": "a" });
    vec![
        (
            row(&json!({ "type": "radio_buttons", "action_id": "a", "options": options(10) })),
            row(&json!({ "type": "radio_buttons", "action_id": "a", "options": options(11) })),
            "/blocks/0/elements/0/options",
        ),
        (
            row(&json!({ "type": "datepicker", "action_id": "a", "initial_date": "2026-02-28" })),
            row(&json!({ "type": "datepicker", "action_id": "a", "initial_date": "2026-02-30" })),
            "/blocks/0/elements/0/initial_date",
        ),
        (
            row(&json!({ "type": "timepicker", "action_id": "a", "initial_time": "23:59" })),
            row(&json!({ "type": "timepicker", "action_id": "a", "initial_time": "24:00" })),
            "/blocks/0/elements/0/initial_time",
        ),
        (
            row(&json!({ "type": "users_select", "action_id": "a" })),
            row(&json!({ "type": "users_select", "action_id": "a", "options": [] })),
            "/blocks/0/elements/0",
        ),
        (input(&text_input()), input(&b()), "/blocks/0/element/type"),
        (
            input(&with(text_input(), "max_length", json!(3000))),
            input(&with(text_input(), "max_length", json!(3001))),
            "/blocks/0/element/max_length",
        ),
        (
            input(&with(text_input(), "initial_value", json!("x".repeat(3000)))),
            input(&with(text_input(), "initial_value", json!("x".repeat(3001)))),
            "/blocks/0/element/initial_value",
        ),
    ]
}

fn edges_of_the_rest() -> Vec<Edge> {
    let b = || button("b", "a", "v");
    let text_input = || json!({ "type": "plain_text_input", "action_id": "a" });
    vec![
        (
            with(input(&text_input()), "label", plain(2000)),
            with(input(&text_input()), "label", plain(2001)),
            "/blocks/0/label/text",
        ),
        (
            with(input(&text_input()), "hint", plain(2000)),
            with(input(&text_input()), "hint", plain(2001)),
            "/blocks/0/hint/text",
        ),
        (
            row(&with(
                b(),
                "confirm",
                json!({ "title": plain(100), "text": plain(300), "confirm": plain(30), "deny": plain(30) }),
            )),
            row(&with(b(), "confirm", json!({ "title": plain(101), "text": plain(1) }))),
            "/blocks/0/elements/0/confirm/title/text",
        ),
        (
            json!({ "type": "markdown", "text": "x".repeat(12_000) }),
            json!({ "type": "markdown", "text": "x".repeat(12_001) }),
            "/blocks/0/text",
        ),
        (
            json!({ "type": "image", "image_url": "https://a.b/c.png", "alt_text": "x" }),
            json!({ "type": "image", "image_url": "https://a.b/c.png" }),
            "/blocks/0",
        ),
        (
            json!({ "type": "rich_text", "elements": [{ "type": "rich_text_section", "elements": [{ "type": "text", "text": "x" }] }] }),
            json!({ "type": "rich_text", "elements": [{ "type": "rich_text_section", "elements": [{ "type": "text" }] }] }),
            "/blocks/0/elements/0/elements/0",
        ),
    ]
}

fn edges() -> impl Iterator<Item = Edge> {
    [edges_of_texts(), edges_of_buttons(), edges_of_menus(), edges_of_inputs(), edges_of_the_rest()]
        .into_iter()
        .flatten()
}

#[tokio::test]
async fn each_limit_holds_at_its_edge() {
    let world = World::new().await;
    for (fits, too_much, place) in edges() {
        world.ok("chat.postMessage", json!({ "channel": "U0ALICE", "blocks": [fits] })).await;
        let answer = world.api("chat.postMessage", json!({ "channel": "U0ALICE", "blocks": [too_much] })).await;
        assert_eq!(answer["error"], "invalid_blocks", "{too_much}: {answer}");
        let messages = answer["response_metadata"]["messages"].to_string();
        assert!(messages.contains(&format!("[json-pointer:{place}]")), "{place} not in {messages}");
    }
}

#[tokio::test]
async fn a_message_is_limited_as_a_whole() {
    let world = World::new().await;
    let post = |blocks: Vec<Value>| json!({ "channel": "U0ALICE", "text": "t", "blocks": blocks });
    world.ok("chat.postMessage", post(vec![json!({ "type": "divider" }); 50])).await;
    let many = post(vec![json!({ "type": "divider" }); 51]);
    assert_eq!(world.refused("chat.postMessage", many).await, "invalid_blocks");
    let long = |texts: usize| post(vec![json!({ "type": "section", "text": mrkdwn(3000) }); texts]);
    world.ok("chat.postMessage", long(4)).await;
    assert_eq!(world.refused("chat.postMessage", long(5)).await, "msg_blocks_too_long");
    let twice = post(vec![json!({ "type": "divider", "block_id": "b" }); 2]);
    assert_eq!(world.refused("chat.postMessage", twice).await, "invalid_blocks");
    let buttons = |count: usize| -> Vec<Value> {
        vec![
            json!({ "type": "actions", "elements": (0..count).map(|at| button("b", &at.to_string(), "v")).collect::<Vec<_>>() }),
        ]
    };
    world.ok("chat.postMessage", post(buttons(25))).await;
    assert_eq!(world.refused("chat.postMessage", post(buttons(26))).await, "invalid_blocks");
    let same = vec![json!({ "type": "actions", "elements": [button("a", "x", "1"), button("b", "x", "2")] })];
    assert_eq!(world.refused("chat.postMessage", post(same)).await, "invalid_blocks");
}

#[tokio::test]
async fn a_view_is_limited_too() {
    let world = World::new().await;
    for (key, fits, too_much) in [
        ("title", plain(24), plain(25)),
        ("submit", plain(24), plain(25)),
        ("close", plain(24), plain(25)),
        ("private_metadata", json!("x".repeat(3000)), json!("x".repeat(3001))),
        ("callback_id", json!("x".repeat(255)), json!("x".repeat(256))),
        ("blocks", json!(vec![json!({ "type": "divider" }); 100]), json!(vec![json!({ "type": "divider" }); 101])),
        ("type", json!("modal"), json!("home")),
    ] {
        let open = async |value: Value| {
            let view = with(modal("m"), key, value);
            world.api("views.open", json!({ "trigger_id": world.trigger().await, "view": view })).await
        };
        assert_eq!(open(fits).await["ok"], true, "{key}");
        assert_eq!(open(too_much).await["error"], "invalid_arguments", "{key}");
    }
    let mut unsendable = modal("m");
    unsendable["submit"] = Value::Null;
    let open = json!({ "trigger_id": world.trigger().await, "view": unsendable });
    assert_eq!(world.refused("views.open", open).await, "invalid_arguments");
    let huge = with(modal("m"), "blocks", json!(vec![json!({ "type": "section", "text": mrkdwn(3000) }); 90]));
    let open = json!({ "trigger_id": world.trigger().await, "view": huge });
    assert_eq!(world.refused("views.open", open).await, "view_too_large");
}
