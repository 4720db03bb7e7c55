//! Outside on-call providers: can they be asked, and whom would they wake?

use super::{Finding, bad, doubtful, fine};
use crate::{
    adapters::{
        http::Http,
        oncall::{GrafanaOnCall, Opsgenie, PagerDuty, WebhookPagers},
    },
    clock::{Clock as _, SystemClock},
    config::{Config, GrafanaOnCallConfig, OpsgenieConfig, PagerConfig, PagerDutyConfig, Settings},
    paging::{
        Target,
        external::{External, Provider},
    },
    ports::{ExternalTarget, OnCallProvider},
    providers::asked,
};

const OPSGENIE: &str = "Opsgenie";
const JIRA: &str = "Jira Service Management";
const GRAFANA: &str = "Grafana OnCall";
/// What lets their webhooks in.
const TOKENS: &str = "make a token for its webhook, and name it in WATCHROOM_API_TOKENS";

/// Who is on call there for all that the settings name, and what a token lacks.
pub(super) async fn findings(config: &Config, http: &Http) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(settings) = &config.pagerduty {
        findings.extend(pagerduty(settings, http).await);
        let hears = settings.services.is_empty() || !settings.webhook_secrets.is_empty();
        findings.extend(unheard("PagerDuty", hears, "add a webhook subscription, and set PAGERDUTY_WEBHOOK_SECRET"));
    }
    if let Some(settings) = &config.opsgenie {
        findings.extend(opsgenie(settings, &config.settings, http).await);
        let name = if settings.site.is_some() { JIRA } else { OPSGENIE };
        let hears = settings.key.is_none() || !config.api_tokens.is_empty();
        findings.extend(unheard(name, hears, TOKENS));
    }
    if let Some(settings) = &config.grafana_oncall {
        findings.extend(grafana(settings, http).await);
        let hears = settings.integrations.is_empty() || !config.api_tokens.is_empty();
        findings.extend(unheard(GRAFANA, hears, TOKENS));
    }
    findings.extend(pagers(&config.pagers).await);
    findings
}

/// Where it can be paged, and cannot say what becomes of a page.
fn unheard(name: &str, hears: bool, mend: &str) -> Option<Finding> {
    let told =
        "what is done there is seen when a step asks again at the earliest, and somebody else may be woken before";
    (!hears).then(|| doubtful(format!("{name}: {told}; {mend}")))
}

/// They are told of nothing: whether a page gets there only a page tells.
async fn pagers(all: &[PagerConfig]) -> Vec<Finding> {
    let provider = WebhookPagers::new(all, std::sync::Arc::new(SystemClock));
    let mut findings = Vec::new();
    for pager in all {
        let place = format!("Pager, {}", pager.name);
        findings.push(match &pager.on_call_url {
            Some(_) => on_call(&place, &provider, ExternalTarget::Service(pager.name.clone())).await,
            None => fine(format!("{place}: takes pages, and is not asked who is on call")),
        });
    }
    findings
}

async fn grafana(settings: &GrafanaOnCallConfig, http: &Http) -> Vec<Finding> {
    if settings.token.is_none() {
        let lacks = "nothing can be asked or acknowledged there; set GRAFANA_ONCALL_TOKEN";
        return vec![bad(format!("{GRAFANA}: {lacks}"))];
    }
    let provider = GrafanaOnCall::new(http.clone(), settings.clone());
    let mut findings = Vec::new();
    if settings.integrations.is_empty() && settings.schedules.is_empty() {
        let none = "no integration and no schedule is named; name them by id in [grafana_oncall]";
        findings.push(doubtful(format!("{GRAFANA}: {none}")));
    }
    for id in settings.integrations.keys() {
        let place = format!("{GRAFANA}, integration {id}");
        if settings.integration_url(id).is_none() {
            let variable = format!("GRAFANA_ONCALL_INTEGRATION_URL_{}", id.to_uppercase());
            findings.push(bad(format!("{place}: it cannot be paged; set {variable}")));
        }
        findings.push(on_call(&place, &provider, ExternalTarget::Service(id.clone())).await);
    }
    for id in &settings.schedules {
        let target = ExternalTarget::Schedule(id.clone());
        findings.push(on_call(&format!("{GRAFANA}, schedule {id}"), &provider, target).await);
    }
    findings
}

async fn pagerduty(settings: &PagerDutyConfig, http: &Http) -> Vec<Finding> {
    let provider = PagerDuty::new(http.clone(), settings.clone());
    let mut findings = Vec::new();
    if settings.services.is_empty() {
        findings.push(doubtful("PagerDuty: no service is named; name them by id as `services` in [pagerduty]"));
    }
    for id in settings.services.keys() {
        let place = format!("PagerDuty, service {id}");
        if settings.routing_key(id).is_none() && settings.from.is_none() {
            findings.push(bad(format!(
                "{place}: it cannot be paged; set PAGERDUTY_ROUTING_KEY_{}, or `from` in [pagerduty]",
                id.to_uppercase()
            )));
        }
        findings.push(on_call(&place, &provider, ExternalTarget::Service(id.clone())).await);
    }
    findings
}

async fn opsgenie(settings: &OpsgenieConfig, all: &Settings, http: &Http) -> Vec<Finding> {
    let name = if settings.site.is_some() { JIRA } else { OPSGENIE };
    let provider = Opsgenie::new(http.clone(), settings.clone());
    let mut findings = Vec::new();
    let targets = targets(all);
    if settings.schedules.is_empty() && targets.is_empty() {
        findings.push(doubtful(format!("{name}: no schedule is named; name them by id as `schedules` in [opsgenie]")));
    }
    for id in &settings.schedules {
        let target = ExternalTarget::Schedule(id.clone());
        findings.push(on_call(&format!("{name}, schedule {id}"), &provider, target).await);
    }
    for of in targets.iter().filter(|of| of.id.strip_prefix("schedule:").is_none_or(|id| !is_named(settings, id))) {
        let place = format!("{name}, {}", of.id.replacen(':', " ", 1));
        findings.push(match asked(of) {
            Ok(target) => on_call(&place, &provider, target).await,
            Err(trouble) => fine(format!("{place}: {trouble}")),
        });
    }
    findings
}

fn is_named(settings: &OpsgenieConfig, schedule: &str) -> bool {
    settings.schedules.iter().any(|id| id == schedule)
}

/// What steps page there, each once.
fn targets(settings: &Settings) -> Vec<External> {
    let steps = settings.policies.iter().flat_map(|p| p.steps.iter().map(|s| &s.targets).chain([&p.fallback]));
    let all = steps.chain([&settings.fallback]).flatten().filter_map(|target| {
        let Target::External(of) = target else { return None };
        (of.at == Provider::Opsgenie).then(|| of.clone())
    });
    all.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

async fn on_call(place: &str, provider: &dyn OnCallProvider, of: ExternalTarget) -> Finding {
    match provider.on_call(&of, SystemClock.now()).await {
        Ok(levels) if levels.is_empty() => bad(format!("{place}: nobody is on call there now")),
        Ok(levels) => {
            let told = levels.iter().map(|level| {
                let unknown = level.unknown.iter().map(|what| format!("unknown: {what}"));
                let names: Vec<String> = level.people.iter().map(|who| who.name.clone()).chain(unknown).collect();
                format!("level {} {}", level.level, names.join(" and "))
            });
            let told = format!("{place}: {}", told.collect::<Vec<_>>().join(", "));
            if levels.iter().all(|level| level.unknown.is_empty()) { fine(told) } else { bad(told) }
        }
        Err(trouble) => bad(format!("{place}: {trouble}")),
    }
}
