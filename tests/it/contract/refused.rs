//! That the servers say no where something does not fit their descriptions, so that a yes means something.

use http::StatusCode;
use reqwest::{Method, header::CONTENT_TYPE};
use watchroom::adapters::http::client;

use super::address;

const GRAFANA: &str = "integrations/v1/formatted_webhook/mReAoNwDm0eMwKo1mTeTwYo/";
const REQUEST: &str = "jsm/ops/api/35273b54-3f06-40d2-880f-dd28cf8daafa/v1/alerts/requests/r1";
const INCIDENTS: &str = "v1/pages/kctbh9vrtdwd/incidents";
const ACCOUNT: &str = "2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef";

async fn answer(service: &str, method: Method, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> StatusCode {
    let mut request = client().expect("a client").request(method, format!("{}/{path}", address(service)));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(body) = body {
        let kind = if body.starts_with('{') { "application/json" } else { "application/x-www-form-urlencoded" };
        request = request.header(CONTENT_TYPE, kind).body(body.to_owned());
    }
    request.send().await.expect("an answer").status()
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let genie = ("authorization", "GenieKey k");
    let basic = ("authorization", "Basic QTpC");
    let app = ("x-gotify-key", "A1");
    let bearer = ("authorization", "Bearer tk_agqdq7mvbofd37zqvnzdscxizbcvp");
    let texts = format!("{ACCOUNT}/Messages.json");
    let event = r#"{"routing_key":"e93facc04764012d7bfb002500d5d1a6","event_action":"trigger","dedup_key":"k","client_url":null}"#;
    for (service, path, headers, body) in [
        // Nothing is there.
        ("pagerduty", "oncall", &[][..], None),
        // No headers, no parameters.
        ("pagerduty", "oncalls", &[], None),
        // A field without a value, and one that is not known.
        ("pagerduty", "v2/enqueue", &[], Some(event)),
        ("opsgenie", "v2/alerts", &[genie], Some(r#"{"message":"m","alias":"a","sauce":"watchroom"}"#)),
        // A field that is missing; another's key.
        ("opsgenie", "v2/alerts", &[genie], Some(r#"{"alias":"a"}"#)),
        ("opsgenie", "v2/alerts", &[basic], Some(r#"{"message":"m","alias":"a"}"#)),
        // What kind of recipient it is has to be said.
        ("opsgenie", "v2/alerts/a/escalate?identifierType=alias", &[genie], Some(r#"{"escalation":{"id":"e1"}}"#)),
        // What came of a request is told to whoever made it.
        ("opsgenie", "v2/alerts/requests/r1", &[basic], None),
        ("jira", REQUEST, &[genie], None),
        // Escalating is not among what an integration's key may do.
        ("jira", "jsm/ops/integration/v2/alerts/a/escalate?identifierType=alias", &[genie], Some("{}")),
        // A state that it does not know; no key of ours, which would be an alert group of its own each time; no page of the list.
        ("grafana", GRAFANA, &[], Some(r#"{"alert_uid":"k","title":"t","state":"firing"}"#)),
        ("grafana", GRAFANA, &[], Some(r#"{"title":"t","state":"alerting"}"#)),
        ("grafana", "api/v1/alerts/?search=k", &[("authorization", "Bearer glsa_1")], None),
        ("grafana", "api/v1/alerts/?search=k&page=1", &[("authorization", "Token glsa_1")], None),
        // Nobody sends; no number.
        ("twilio", texts.as_str(), &[basic], Some("To=%2B15005550009&Body=b")),
        ("twilio", texts.as_str(), &[basic], Some("To=5550009&From=%2B15005550006&Body=b")),
        // A wrong type; no message.
        ("gotify", "message", &[app], Some(r#"{"message":"m","priority":"high"}"#)),
        ("gotify", "message", &[app], Some(r#"{"title":"t"}"#)),
        ("ntfy", "", &[bearer], Some(r#"{"topic":"t","priority":6}"#)),
    ] {
        let method = if body.is_some() { Method::POST } else { Method::GET };
        let status = answer(service, method, path, headers, body).await;
        assert!(status.is_client_error(), "{service}/{path} {body:?}: {status}");
    }
}

#[tokio::test]
async fn what_does_not_fit_hosted_pages_is_refused() {
    let oauth = ("authorization", "OAuth 89a229ce1a8dbcf9");
    let bearer = ("authorization", "Bearer 89a229ce1a8dbcf9");
    for (service, path, headers, body) in [
        // Nobody says whether subscribers are told; metadata that is no object; another's kind of key.
        (
            "statuspage",
            INCIDENTS,
            [oauth],
            Some(r#"{"incident":{"name":"n","status":"resolved","body":"b","metadata":{}}}"#),
        ),
        (
            "statuspage",
            INCIDENTS,
            [oauth],
            Some(
                r#"{"incident":{"name":"n","status":"resolved","body":"b","deliver_notifications":true,"metadata":{"w":"k"}}}"#,
            ),
        ),
        ("statuspage", "v1/pages/kctbh9vrtdwd/components?page=1&per_page=100", [bearer], None),
        // Resolved, and components named; no key of ours.
        (
            "incident_io",
            "v2/status_page_incident_updates",
            [bearer],
            Some(
                r#"{"status_page_incident_id":"01FCNDV6P870EA6S7TK1DSYDG5","message":"m","incident_status":"resolved","notify_subscribers":true,"component_statuses":[]}"#,
            ),
        ),
        ("incident_io", "v2/status_page_incidents", [bearer], Some(r#"{"name":"n"}"#)),
        // A status of another's; no statuses.
        (
            "instatus",
            "v1/ckf01/incidents/ckf02/incident-updates",
            [bearer],
            Some(
                r#"{"message":"m","components":[],"started":"2026-11-22T03:00:00.000Z","status":"resolved","notify":true,"statuses":[]}"#,
            ),
        ),
        (
            "instatus",
            "v1/ckf01/incidents/ckf02/incident-updates",
            [bearer],
            Some(
                r#"{"message":"m","components":[],"started":"2026-11-22T03:00:00.000Z","status":"RESOLVED","notify":true}"#,
            ),
        ),
    ] {
        let method = if body.is_some() { Method::POST } else { Method::GET };
        let status = answer(service, method, path, &headers, body).await;
        assert!(status.is_client_error(), "{service}/{path} {body:?}: {status}");
    }
}
