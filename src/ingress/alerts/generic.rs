//! Any JSON, read by the pointers of `[[alert_sources]]`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::{digest, link};
use crate::{
    alert::{Alert, Delivery, line},
    config::Mapping,
};

/// What the body delivers, or what is wrong with it, in a sentence.
pub(super) fn deliveries(source: &str, mapping: &Mapping, body: &Value) -> Result<Vec<Delivery>, String> {
    let items: Vec<&Value> = match &mapping.list {
        None => vec![body],
        Some(list) => {
            let items = body.pointer(list).and_then(Value::as_array);
            items
                .ok_or_else(|| format!("There is no list at `{list}`, where the alerts of `{source}` stand."))?
                .iter()
                .collect()
        }
    };
    let mut groups: BTreeMap<Option<String>, Vec<Alert>> = BTreeMap::new();
    for item in items {
        let group = mapping.group.as_deref().map(|pointer| text(item, pointer).unwrap_or_default());
        groups.entry(group).or_default().push(alert(mapping, item)?);
    }
    let delivery = |(group, alerts): (Option<String>, _)| Delivery {
        source: source.to_owned(),
        // What the whole source delivers is called by its name.
        title: group.as_ref().map_or_else(|| line(source), |group| line(group)),
        group: group.unwrap_or_default(),
        link: None,
        alerts,
        truncated: false,
    };
    Ok(groups.into_iter().map(delivery).collect())
}

fn alert(mapping: &Mapping, item: &Value) -> Result<Alert, String> {
    let needed = |pointer: &str, what: &str| {
        text(item, pointer).ok_or_else(|| format!("There is no text or number at `{pointer}`, where {what} stands."))
    };
    let at = |pointer: &Option<String>| text(item, pointer.as_deref()?);
    let status = at(&mapping.status);
    let is_over = |status: &str| mapping.resolved_values.iter().any(|value| value.eq_ignore_ascii_case(status.trim()));
    let key = needed(&mapping.key, "what makes an alert itself")?;
    let name = needed(&mapping.title, "what it is called")?;
    let labels = item.as_object().into_iter().flatten();
    Ok(Alert {
        key: digest(&key),
        firing: !status.as_deref().is_some_and(is_over),
        name: line(&name).unwrap_or_else(|| "An alert without a name".to_owned()),
        summary: at(&mapping.summary).and_then(|text| line(&text)),
        severity: at(&mapping.severity).and_then(|text| line(&text)),
        service: at(&mapping.service).and_then(|text| line(&text)),
        starts: time(item, mapping.starts.as_deref()),
        ends: time(item, mapping.ends.as_deref()),
        link: at(&mapping.link).and_then(|text| link(&text)),
        labels: labels.filter_map(|(name, value)| Some((name.clone(), scalar(value)?))).collect(),
    })
}

/// What stands at a pointer, where it is a text, a number, or yes or no.
fn text(item: &Value, pointer: &str) -> Option<String> {
    scalar(item.pointer(pointer)?)
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A time with its zone, or seconds or milliseconds since 1970.
fn time(item: &Value, pointer: Option<&str>) -> Option<Timestamp> {
    /// In seconds this is the year 5138, in milliseconds 1973.
    const MILLISECONDS: i64 = 100_000_000_000;
    let at = match item.pointer(pointer?)? {
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => match number.as_i64()? {
            ms if ms >= MILLISECONDS => Timestamp::from_millisecond(ms).ok(),
            s => Timestamp::from_second(s).ok(),
        },
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    at.filter(|at| *at > Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mapping() -> Mapping {
        let some = |pointer: &str| Some(pointer.to_owned());
        Mapping {
            key: "/id".into(),
            title: "/what/name".into(),
            status: some("/state"),
            starts: some("/since"),
            service: some("/service"),
            resolved_values: vec!["fine".into()],
            ..Mapping::default()
        }
    }

    #[test]
    fn a_mapping_is_followed() {
        let one =
            json!({ "id": 7, "what": { "name": "Down" }, "state": "FINE", "since": 1_795_316_400_000_i64, "x": true });
        let all = deliveries("shop", &mapping(), &one).expect("understood");
        let it = &all[0];
        assert_eq!((it.title.as_deref(), it.group.as_str(), it.alerts.len()), (Some("shop"), "", 1));
        let alert = &it.alerts[0];
        assert_eq!((alert.firing, alert.name.as_str(), alert.service.as_deref()), (false, "Down", None));
        assert_eq!(alert.starts.map(Timestamp::as_second), Some(1_795_316_400));
        assert_eq!(alert.labels.get("x").map(String::as_str), Some("true"));
        let listed = Mapping { list: Some("/all".into()), ..mapping() };
        let two = json!({ "all": [one, one] });
        assert_eq!(deliveries("shop", &listed, &two).expect("understood")[0].alerts.len(), 2);
        let grouped = Mapping { group: Some("/where".into()), ..listed.clone() };
        let mut both = json!({ "all": [one, one, one] });
        both["all"][1]["where"] = "cellar".into();
        let all = deliveries("shop", &grouped, &both).expect("understood");
        let counts: Vec<_> = all.iter().map(|it| (it.group.as_str(), it.alerts.len())).collect();
        assert_eq!(counts, [("", 2), ("cellar", 1)]);
        for (body, part) in [(json!({}), "no list at `/all`"), (json!({ "all": [{ "id": [] }] }), "`/id`")] {
            let why = deliveries("shop", &listed, &body).expect_err("refused");
            assert!(why.contains(part), "{why}");
        }
    }
}
