//! What a webhook is sent: all that may be known outside, or what a template of the settings makes of it.

use std::sync::LazyLock;

use jiff::Timestamp;
use minijinja::{Environment, UndefinedBehavior, value::Serde};
use serde_json::{Value, json};

use super::notice::room_link;
use crate::{incident::Incident, paging::Page, playbook::BadTemplate};

/// The most steps that filling in a template takes; more is a loop without end.
const FUEL: u64 = 20_000;

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment
});

/// A page that asks a webhook, as a template and the usual body have it.
pub fn facts(it: &Incident, page: &Page, now: Timestamp) -> Value {
    json!({
        "type": "page.asked",
        "at": now.to_string(),
        "incident": {
            "id": it.id,
            "title": it.called(),
            "severity": it.severity.to_string(),
            "link": room_link(it),
        },
        "page": {
            "number": page.id,
            "policy": page.policy.name,
            "step": page.step + 1,
            "times": page.times,
            "urgent": it.is_urgent(page, now),
        },
    })
}

/// The body. Values are filled in as JSON, with quotes and all.
///
/// # Errors
/// [`BadTemplate`] where a template has a place that nothing fills, or does not end.
pub fn body(template: Option<&str>, facts: &Value) -> Result<String, BadTemplate> {
    match template {
        None => Ok(facts.to_string()),
        // By its name what is filled in is known to be JSON.
        Some(text) => Ok(ENVIRONMENT.template_from_named_str("body.json", text)?.render(Serde(facts))?),
    }
}

/// Can a template be used?
///
/// # Errors
/// [`BadTemplate`], as [`body`] has it.
pub fn check(template: &str) -> Result<(), BadTemplate> {
    let incident = json!({ "id": "INC-1", "title": "t", "severity": "SEV1", "link": "https://slack.com/" });
    let page = json!({ "number": 1, "policy": "p", "step": 1, "times": 1, "urgent": true });
    let sample = json!({ "type": "page.asked", "at": "2026-01-01T00:00:00Z", "incident": incident, "page": page });
    body(Some(template), &sample).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_json_whatever_people_wrote() {
        let facts = json!({ "incident": { "title": "a \"b\" \\ \n <c>" } });
        let said = body(Some("{\"text\": {{ incident.title }}}"), &facts).expect("filled in");
        let read: Value = serde_json::from_str(&said).expect("JSON");
        assert_eq!(read["text"], facts["incident"]["title"]);
        assert_eq!(body(None, &facts).expect("as it is"), facts.to_string());
    }

    #[test]
    fn a_template_with_a_hole_is_told_before_anybody_is_paged() {
        assert!(check("{\"text\": {{ incident.title }}}").is_ok());
        for bad in ["{{ incident.name }}", "{{ incident", "{% for n in range(1000000) %}{% endfor %}"] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
