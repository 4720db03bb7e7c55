//! That the servers say no where something does not fit their descriptions, so that a yes means something.

use http::StatusCode;
use reqwest::{Method, header::CONTENT_TYPE};
use serde_json::Value;
use watchroom::adapters::http::client;

use super::address;

const GRAFANA: &str = "integrations/v1/formatted_webhook/mReAoNwDm0eMwKo1mTeTwYo/";
const REQUEST: &str = "jsm/ops/api/35273b54-3f06-40d2-880f-dd28cf8daafa/v1/alerts/requests/r1";
const INCIDENTS: &str = "v1/pages/kctbh9vrtdwd/incidents";
const ACCOUNT: &str = "2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef";

/// A request, and where and why it does not fit; nothing, where there is no such address.
type Misfit<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], Option<&'a str>, &'a str);

/// The request is refused for this reason: 404 where there is no such address, else 422.
async fn is_refused((service, path, headers, body, why): Misfit<'_>) {
    let method = if body.is_some() { Method::POST } else { Method::GET };
    let mut request = client().expect("a client").request(method, format!("{}/{path}", address(service)));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(body) = body {
        let kind = if body.starts_with('{') { "application/json" } else { "application/x-www-form-urlencoded" };
        request = request.header(CONTENT_TYPE, kind).body(body.to_owned());
    }
    let answer = request.send().await.expect("an answer");
    let status = answer.status();
    let said: Value = serde_json::from_str(&answer.text().await.expect("a body")).expect("why");
    let reasons = said["validation"].as_array().into_iter().flatten().filter_map(|reason| reason["message"].as_str());
    let reasons = reasons.collect::<Vec<_>>().join("; ");
    let expected = if why.is_empty() { StatusCode::NOT_FOUND } else { StatusCode::UNPROCESSABLE_ENTITY };
    assert!(status == expected && reasons.contains(why), "{service}/{path} {body:?}: {status} because of {reasons}");
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let genie = ("authorization", "GenieKey k");
    let basic = ("authorization", "Basic QTpC");
    let app = ("x-gotify-key", "A1");
    let bearer = ("authorization", "Bearer tk_agqdq7mvbofd37zqvnzdscxizbcvp");
    let texts = format!("{ACCOUNT}/Messages.json");
    let event = r#"{"routing_key":"e93facc04764012d7bfb002500d5d1a6","event_action":"trigger","dedup_key":"k","client_url":null}"#;
    let key = "parameter authorization must match";
    let misfits: [Misfit<'_>; 19] = [
        // Nothing is there.
        ("pagerduty", "oncall", &[], None, ""),
        // No headers, no parameters.
        ("pagerduty", "oncalls", &[], None, "query must have required property 'since'"),
        // A field without a value, and one that is not known.
        ("pagerduty", "v2/enqueue", &[], Some(event), "client_url must be string"),
        (
            "opsgenie",
            "v2/alerts",
            &[genie],
            Some(r#"{"message":"m","alias":"a","sauce":"watchroom"}"#),
            "found 'sauce'",
        ),
        // A field that is missing; another's key.
        ("opsgenie", "v2/alerts", &[genie], Some(r#"{"alias":"a"}"#), "required property 'message'"),
        ("opsgenie", "v2/alerts", &[basic], Some(r#"{"message":"m","alias":"a"}"#), key),
        // What kind of recipient it is has to be said.
        (
            "opsgenie",
            "v2/alerts/a/escalate?identifierType=alias",
            &[genie],
            Some(r#"{"escalation":{"id":"e1"}}"#),
            "escalation must have required property 'type'",
        ),
        // What came of a request is told to whoever made it.
        ("opsgenie", "v2/alerts/requests/r1", &[basic], None, key),
        ("jira", REQUEST, &[genie], None, key),
        // Escalating is not among what an integration's key may do.
        ("jira", "jsm/ops/integration/v2/alerts/a/escalate?identifierType=alias", &[genie], Some("{}"), ""),
        // A state that it does not know; no key of ours, which would be an alert group of its own each time; no page of the list.
        (
            "grafana",
            GRAFANA,
            &[],
            Some(r#"{"alert_uid":"k","title":"t","state":"firing"}"#),
            "property state must be equal to one",
        ),
        ("grafana", GRAFANA, &[], Some(r#"{"title":"t","state":"alerting"}"#), "required property 'alert_uid'"),
        ("grafana", "api/v1/alerts/?search=k", &[("authorization", "Bearer glsa_1")], None, "required property 'page'"),
        ("grafana", "api/v1/alerts/?search=k&page=1", &[("authorization", "Token glsa_1")], None, key),
        // Nobody sends; no number.
        ("twilio", &texts, &[basic], Some("To=%2B15005550009&Body=b"), "required property 'From'"),
        ("twilio", &texts, &[basic], Some("To=5550009&From=%2B15005550006&Body=b"), "property To must match"),
        // A wrong type; no message.
        ("gotify", "message", &[app], Some(r#"{"message":"m","priority":"high"}"#), "priority must be integer"),
        ("gotify", "message", &[app], Some(r#"{"title":"t"}"#), "required property 'message'"),
        ("ntfy", "", &[bearer], Some(r#"{"topic":"t","priority":6}"#), "priority must be <= 5"),
    ];
    for misfit in misfits {
        is_refused(misfit).await;
    }
}

#[tokio::test]
async fn what_does_not_fit_hosted_pages_is_refused() {
    let oauth = ("authorization", "OAuth 89a229ce1a8dbcf9");
    let bearer = ("authorization", "Bearer 89a229ce1a8dbcf9");
    let key = "parameter authorization must match";
    let misfits: [Misfit<'_>; 7] = [
        // Nobody says whether subscribers are told; metadata that is no object; another's kind of key.
        (
            "statuspage",
            INCIDENTS,
            &[oauth],
            Some(r#"{"incident":{"name":"n","status":"resolved","body":"b","metadata":{}}}"#),
            "required property 'deliver_notifications'",
        ),
        (
            "statuspage",
            INCIDENTS,
            &[oauth],
            Some(
                r#"{"incident":{"name":"n","status":"resolved","body":"b","deliver_notifications":true,"metadata":{"w":"k"}}}"#,
            ),
            "metadata.w must be object",
        ),
        ("statuspage", "v1/pages/kctbh9vrtdwd/components?page=1&per_page=100", &[bearer], None, key),
        // Resolved, and components named; no key of ours.
        (
            "incident_io",
            "v2/status_page_incident_updates",
            &[bearer],
            Some(
                r#"{"status_page_incident_id":"01FCNDV6P870EA6S7TK1DSYDG5","message":"m","incident_status":"resolved","notify_subscribers":true,"component_statuses":[]}"#,
            ),
            "found 'component_statuses'",
        ),
        (
            "incident_io",
            "v2/status_page_incidents",
            &[bearer],
            Some(r#"{"name":"n"}"#),
            "required property 'idempotency_key'",
        ),
        // A status of another's; no statuses.
        (
            "instatus",
            "v1/ckf01/incidents/ckf02/incident-updates",
            &[bearer],
            Some(
                r#"{"message":"m","components":[],"started":"2026-11-22T03:00:00.000Z","status":"resolved","notify":true,"statuses":[]}"#,
            ),
            "property status must be equal to one",
        ),
        (
            "instatus",
            "v1/ckf01/incidents/ckf02/incident-updates",
            &[bearer],
            Some(
                r#"{"message":"m","components":[],"started":"2026-11-22T03:00:00.000Z","status":"RESOLVED","notify":true}"#,
            ),
            "required property 'statuses'",
        ),
    ];
    for misfit in misfits {
        is_refused(misfit).await;
    }
}
