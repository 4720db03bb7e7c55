//! The webhook of Prometheus Alertmanager (version 4), and that of Grafana Alerting, which has the same fields and some more.
//! See <https://prometheus.io/docs/alerting/latest/configuration/#webhook_config> and
//! <https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/>.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::{digest, link};
use crate::alert::{Alert, Delivery, line};

/// Labels and annotations, where they are texts.
fn texts(value: Option<&Value>) -> BTreeMap<String, String> {
    let all = value.and_then(Value::as_object).into_iter().flatten();
    all.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}

/// A time; Go's zero time is none.
fn time(value: Option<&Value>) -> Option<Timestamp> {
    value?.as_str()?.parse().ok().filter(|at| *at > Timestamp::UNIX_EPOCH)
}

/// What the body delivers, or what is wrong with it, in a sentence.
pub(super) fn delivery(source: &str, service_label: &str, body: &Value) -> Result<Delivery, String> {
    let alerts = body.get("alerts").and_then(Value::as_array).ok_or(
        "This is no delivery of alerts: there is no list `alerts`. Alertmanager and Grafana send one; other programs use \
         /hooks/generic.",
    )?;
    let group = body.get("groupKey").and_then(Value::as_str).filter(|key| !key.is_empty());
    let group =
        group.ok_or("`groupKey` is missing. Alertmanager and Grafana send it; other programs use /hooks/generic.")?;
    let all_firing = body.get("status").and_then(Value::as_str) != Some("resolved");
    let named = |labels: &str| texts(body.get(labels)).get("alertname").and_then(|name| line(name));
    let truncated = body.get("truncatedAlerts").and_then(Value::as_u64).unwrap_or(0);
    Ok(Delivery {
        source: source.to_owned(),
        group: group.to_owned(),
        title: named("groupLabels").or_else(|| named("commonLabels")),
        link: body.get("externalURL").and_then(Value::as_str).and_then(link),
        alerts: alerts.iter().map(|it| alert(service_label, it, all_firing)).collect(),
        truncated: truncated > 0,
    })
}

fn alert(service_label: &str, it: &Value, all_firing: bool) -> Alert {
    let (labels, annotations) = (texts(it.get("labels")), texts(it.get("annotations")));
    let text = |field: &str| it.get(field).and_then(Value::as_str).filter(|text| !text.is_empty());
    let fingerprint = text("fingerprint").map_or_else(|| format!("{labels:?}"), str::to_owned);
    let annotation = |name: &str| annotations.get(name).and_then(|text| line(text));
    let label = |name: &str| labels.get(name).and_then(|text| line(text));
    Alert {
        key: digest(&fingerprint),
        firing: text("status").map_or(all_firing, |status| status != "resolved"),
        name: label("alertname").unwrap_or_else(|| "An alert without a name".to_owned()),
        summary: annotation("summary").or_else(|| annotation("description")).or_else(|| annotation("message")),
        severity: label("severity"),
        service: label(service_label),
        starts: time(it.get("startsAt")),
        ends: time(it.get("endsAt")),
        link: ["panelURL", "dashboardURL", "generatorURL"].into_iter().find_map(|field| link(text(field)?)),
        labels,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn alertmanager_is_understood() {
        let body = json!({
            "version": "4", "groupKey": "{}:{alertname=\"Down\"}", "truncatedAlerts": 3, "status": "firing",
            "groupLabels": { "alertname": "Down" }, "externalURL": "http://am.example:9093",
            "alerts": [
                { "status": "firing", "labels": { "alertname": "Down", "severity": "critical", "team": "pay" },
                  "annotations": { "summary": "a\nb" }, "startsAt": "2026-11-22T03:00:00.123456789+01:00",
                  "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "javascript:alert(1)", "fingerprint": "1a30ba71cca2921f" },
                { "status": "resolved", "labels": { "alertname": "Down" }, "endsAt": "2026-11-22T03:10:00Z" },
                { "labels": null, "startsAt": 7 },
            ],
        });
        let it = delivery("am", "team", &body).expect("understood");
        assert_eq!((it.title.as_deref(), it.truncated, it.alerts.len()), (Some("Down"), true, 3));
        let first = &it.alerts[0];
        assert_eq!(
            (first.firing, first.summary.as_deref(), first.service.as_deref()),
            (true, Some("a b"), Some("pay"))
        );
        assert_eq!((first.ends, first.link.as_deref()), (None, None));
        assert_eq!(first.starts.map(Timestamp::as_second), Some(1_795_312_800));
        assert!(!it.alerts[1].firing && it.alerts[1].ends.is_some() && it.alerts[2].firing);
    }

    #[test]
    fn what_is_no_delivery_is_told() {
        for (body, part) in [
            (json!({}), "no list `alerts`"),
            (json!([]), "no list `alerts`"),
            (json!({ "alerts": {} }), "no list `alerts`"),
            (json!({ "alerts": [] }), "`groupKey` is missing"),
            (json!({ "alerts": [], "groupKey": "" }), "`groupKey` is missing"),
        ] {
            let why = delivery("am", "service", &body).expect_err("refused");
            assert!(why.contains(part), "{body}: {why}");
        }
    }
}
