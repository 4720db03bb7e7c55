//! `watchroom doctor`: would this deployment work tonight?

mod calendars;
mod connectors;
mod oncall;
mod providers;
mod reach;
mod ways;

use std::{collections::BTreeSet, path::Path, sync::Arc};

use jiff::SignedDuration;
use serde::Serialize;

use self::oncall::Rota;
pub(super) use self::reach::listed;
use super::{
    Failure,
    check::{urgency, which},
    load, runtime, say,
};
use crate::{
    adapters::{
        http::Http,
        slack::{SlackChat, Sockets},
    },
    alert::Act,
    clock::{Clock as _, SystemClock},
    config::{Config, asked_for_service},
    ids::{ChannelId, GroupId, UserId},
    ingress::explained,
    manifest,
    paging::{AT_ONCE, Policy, Target, rota::Same},
    playbook::Contact,
    ports::Chat,
    store::journal::{self, JournalError},
};

/// A clock further off than this makes Slack's signatures look stale.
const SKEW: SignedDuration = SignedDuration::from_secs(60);

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    ok: bool,
    /// It works, but not as somebody may expect.
    warning: bool,
    what: String,
}

fn fine(what: impl Into<String>) -> Finding {
    Finding { ok: true, warning: false, what: what.into() }
}

fn doubtful(what: impl Into<String>) -> Finding {
    Finding { ok: true, warning: true, what: what.into() }
}

fn bad(what: impl Into<String>) -> Finding {
    Finding { ok: false, warning: false, what: what.into() }
}

pub(super) fn run(path: Option<&Path>, json: bool) -> Result<(), Failure> {
    let config = load(path)?;
    let findings = runtime()?.block_on(look(&config))?;
    if json {
        say(serde_json::json!({ "ok": findings.iter().all(|f| f.ok), "findings": findings }));
    } else {
        for finding in &findings {
            let mark = match (finding.ok, finding.warning) {
                (false, _) => "FAIL",
                (true, true) => "WARN",
                (true, false) => "ok  ",
            };
            say(format_args!("{mark} {}", finding.what));
        }
    }
    match findings.iter().filter(|f| !f.ok).count() {
        0 => Ok(()),
        n => Err(Failure::Check(format!("{n} of {} checks failed", findings.len()))),
    }
}

async fn look(config: &Config) -> Result<Vec<Finding>, Failure> {
    let mut findings = vec![store(config), playbook(config)];
    let http = Http::default();
    http.client().await.map_err(|e| Failure::Check(e.to_string()))?;
    findings.extend(ways::findings(&http, config).await);
    findings.extend(providers::findings(config, &http).await);
    findings.extend(connectors::findings(config, &http).await);
    let Some(token) = config.slack.bot_token.clone() else {
        findings.push(bad("SLACK_BOT_TOKEN is not set; nothing in Slack can be checked"));
        return Ok(findings);
    };
    findings.extend(socket(config).await);
    let chat = SlackChat::new(http, config.slack.api_url.clone(), token, Arc::new(SystemClock));
    match chat.identity().await {
        Ok(identity) => {
            findings.push(fine(format!("token: {} in workspace {}", identity.user, identity.team_name)));
            findings.push(scopes(&identity.scopes));
            findings.extend(identity.server_time.map(skew));
            findings.extend(channels(config, &chat).await);
            let mut woken = BTreeSet::new();
            let (read, feeds) = calendars::look(config, &chat).await;
            findings.extend(read);
            let rota = match Rota::read(&config.settings, &config.record(), &feeds, SystemClock.now()) {
                Ok(rota) => {
                    findings.extend(rota.findings(&chat).await);
                    findings.extend(pages(config, &rota, &chat, &mut woken).await);
                    Some(rota)
                }
                // Said of the store already, with what to do.
                Err(error) => {
                    findings.push(bad(format!("who is on call: the record cannot be read: {error}")));
                    None
                }
            };
            findings.extend(urgency(&config.settings).into_iter().map(fine));
            findings.extend(reach::findings(&config.settings, rota.as_ref(), &woken, &chat).await);
            findings.extend(people(config, &chat).await);
        }
        Err(trouble) => findings.push(bad(format!("token: Slack {trouble}"))),
    }
    Ok(findings)
}

/// Looked at from outside: the server may be running and hold the lock.
fn store(config: &Config) -> Finding {
    if config.database.is_some() {
        let record = config.record();
        return match record.verify() {
            Ok(verified) => fine(format!("store: {record}, {} events, every link holds", verified.events)),
            Err(error) if error.is_missing() => {
                fine(format!("store: {record} is empty; the first start makes its tables"))
            }
            Err(error) => bad(format!("store: {error}")),
        };
    }
    let dir = config.data.display();
    match std::fs::metadata(&config.data) {
        Ok(meta) if meta.is_dir() && !meta.permissions().readonly() => record(&config.data),
        Ok(_) => bad(format!("store: {dir} is not a directory that can be written")),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            fine(format!("store: {dir} does not exist yet; the first start makes it"))
        }
        Err(e) => bad(format!("store: {dir} cannot be read: {e}")),
    }
}

/// One that cannot be used names nobody who could be asked.
fn playbook(config: &Config) -> Finding {
    let which = which(&config.playbook);
    match config.playbook.playbook {
        Some(_) => fine(format!("playbook: {which}")),
        None => bad(format!("playbook: {which}; `watchroom check` says why")),
    }
}

/// A start reads only what is new; old damage is found by whoever looks for it.
fn record(data: &Path) -> Finding {
    let dir = data.display();
    match journal::verify(data) {
        Ok(verified) => fine(format!("store: {dir}, {} events, every link holds", verified.events)),
        Err(JournalError::Missing(_)) => fine(format!("store: {dir} is empty; the first start fills it")),
        Err(error) => bad(format!(
            "store: {dir}: {error}. The bot runs on, but this part of the record is lost: `watchroom restore` the last good \
             backup into an empty directory"
        )),
    }
}

/// Where Slack brings things over connections that the bot opens: can one be opened?
async fn socket(config: &Config) -> Option<Finding> {
    let token = config.slack.app_token.clone()?;
    let sockets = Sockets::new(config.slack.api_url.clone(), token, Arc::new(SystemClock));
    Some(match sockets.address().await {
        Ok(_) => fine("Socket Mode: the app's token opens connections"),
        Err(trouble) => bad(format!("Socket Mode: {}", explained(&trouble))),
    })
}

fn scopes(have: &[String]) -> Finding {
    let missing: Vec<String> = manifest::scopes().into_iter().filter(|s| !have.contains(s)).collect();
    if missing.is_empty() {
        fine("scopes: all that manifest.yml names")
    } else {
        bad(format!(
            "scopes: {} missing; add them in the app's OAuth settings and install it again",
            missing.join(", ")
        ))
    }
}

fn skew(slack: jiff::Timestamp) -> Finding {
    let off = SystemClock.now().duration_since(slack);
    let seconds = off.as_secs();
    if off.abs() > SKEW {
        bad(format!("clock: {seconds} s away from Slack's; set the machine's clock (NTP), or requests look stale"))
    } else {
        fine(format!("clock: {seconds} s away from Slack's"))
    }
}

async fn channels(config: &Config, chat: &dyn Chat) -> Vec<Finding> {
    let digest = config.settings.digest.as_ref().map(|digest| digest.channel.clone());
    let named = [
        ("digest", &digest),
        ("announce_channel", &config.settings.announce_channel),
        ("updates_channel", &config.settings.updates_channel),
        ("alerts_channel", &config.settings.alerts_channel),
    ];
    let mut findings = Vec::new();
    for (setting, name) in named {
        let Some(name) = name else {
            findings.push(fine(format!("{setting}: not set")));
            continue;
        };
        findings.push(match chat.channel_named(name).await {
            Ok(Some(id)) => fine(format!("{setting}: {name} is {id}")),
            Ok(None) => bad(format!("{setting}: there is no channel {name}, or the bot cannot see it")),
            Err(trouble) => bad(format!("{setting}: {name}: Slack {trouble}")),
        });
    }
    findings
}

/// Who would be paged right now at each step of each policy, and whether each can be reached; notes in `woken` who that is.
async fn pages(config: &Config, rota: &Rota<'_>, chat: &dyn Chat, woken: &mut BTreeSet<UserId>) -> Vec<Finding> {
    let settings = &config.settings;
    let mut findings = Vec::new();
    for policy in &settings.policies {
        let Policy { name, steps, fallback, .. } = policy;
        let mut before: Option<Vec<UserId>> = None;
        for (n, step) in steps.iter().enumerate() {
            let turns = if step.round_robin { " (one of them, in turn)" } else { "" };
            let place = format!("policy {name}, step {}{turns}", n + 1);
            let mut asked = Vec::new();
            for target in &step.targets {
                findings.extend(reach_all(&place, target, config, rota, chat, &mut asked).await);
            }
            asked.sort_unstable();
            woken.extend(asked.iter().cloned());
            if !asked.is_empty() && before.as_ref() == Some(&asked) {
                findings.push(doubtful(format!(
                    "{place}: asks the same people as the step before, who did not answer; name others"
                )));
            }
            before = Some(asked);
        }
        findings.extend(same_later(policy, rota, chat).await);
        for target in fallback {
            let place = format!("policy {name}, fallback");
            let mut asked = Vec::new();
            findings.extend(reach_all(&place, target, config, rota, chat, &mut asked).await);
            woken.extend(asked);
        }
    }
    for target in &settings.fallback {
        let place = "fallback of direct pages";
        let mut asked = Vec::new();
        findings.extend(reach_all(place, target, config, rota, chat, &mut asked).await);
        woken.extend(asked);
    }
    for (n, rule) in (1..).zip(&settings.alert_rules) {
        if let Act::Declare { lead, .. } = &rule.act {
            findings.push(reach_person(&format!("alert rule {n}, lead"), lead, chat).await);
        }
    }
    if settings.fallback.is_empty() {
        findings.push(bad("fallback: nobody is asked when a page finds no answer; set `fallback` in [paging]"));
    }
    findings
}

/// Where a step will ask nobody new.
async fn same_later(policy: &Policy, rota: &Rota<'_>, chat: &dyn Chat) -> Vec<Finding> {
    let mut findings = Vec::new();
    for Same { step, who, span, lasts, .. } in rota.same_later(policy) {
        let mut names = Vec::new();
        for who in &who {
            names.push(chat.person(who).await.map_or_else(|_| who.to_string(), |person| person.name));
        }
        let until = if lasts { "on".to_owned() } else { format!("until {}", span.until) };
        findings.push(doubtful(format!(
            "policy {}, step {step}: asks the same people as the step before ({}) from {} {until}; put somebody else on call",
            policy.name,
            names.join(", "),
            span.from
        )));
    }
    findings
}

/// The same of one target; notes in `asked` who that is now.
async fn reach_all(
    place: &str,
    target: &Target,
    config: &Config,
    rota: &Rota<'_>,
    chat: &dyn Chat,
    asked: &mut Vec<UserId>,
) -> Vec<Finding> {
    let on_call = match target {
        Target::Schedule(id) => rota.on_call(id, None),
        Target::Rotation { schedule, rotation } => rota.on_call(schedule, Some(rotation)),
        Target::Role(role) => return vec![fine(format!("{place}: whoever holds the role {role} in the incident"))],
        Target::Service(service) => {
            let book = config.playbook.playbook.as_ref();
            let Some((book, service)) = book.and_then(|book| Some((book, book.service(service.as_str())?))) else {
                return vec![bad(format!("{place}: the playbook has no service {service}"))];
            };
            let place = format!("{place}, service {}", service.id);
            let now = SystemClock.now();
            let behind = asked_for_service(&config.settings, book, &service.id, |only| only.may_hold(now));
            if behind.is_empty() {
                return vec![bad(format!("{place}: nobody is named for it now; the next step is asked"))];
            }
            let mut findings = Vec::new();
            for target in &behind {
                findings.extend(Box::pin(reach_all(&place, target, config, rota, chat, asked)).await);
            }
            return findings;
        }
        Target::Webhook(name) if config.settings.webhooks.contains(name) => {
            return vec![fine(format!("{place}: webhook {name}"))];
        }
        Target::Webhook(name) => return vec![bad(format!("{place}: [[webhooks]] has no `{name}`"))],
        Target::External(of) => {
            return vec![match config.settings.external_pagers.lacks(of) {
                Some(lacks) => bad(format!("{place}: {lacks}")),
                None => fine(format!("{place}: whoever is on call in {of}, as said of it")),
            }];
        }
        Target::Group(group) => return vec![reach_group(place, group, chat, asked).await],
        Target::Person(person) => {
            asked.push(person.clone());
            return vec![reach_person(place, person, chat).await];
        }
        Target::Channel(channel) => return vec![reach_channel(place, channel, chat).await],
    };
    match on_call {
        None => vec![bad(format!("{place}: there is no schedule or rotation {}", target.key()))],
        Some(people) if people.is_empty() => {
            vec![bad(format!("{place}: {target} is nobody now; the next step is asked"))]
        }
        Some(people) => {
            let mut findings = Vec::new();
            for person in people {
                let place = format!("{place}, {target}");
                findings.push(reach_person(&place, &person, chat).await);
                asked.push(person);
            }
            findings
        }
    }
}

/// Whom and what the playbook names in Slack: contacts go, and nobody tells the file.
async fn people(config: &Config, chat: &dyn Chat) -> Vec<Finding> {
    let Some(book) = &config.playbook.playbook else { return Vec::new() };
    let mut named: Vec<(String, &Contact)> = Vec::new();
    named.extend(book.owner.iter().map(|c| ("playbook, owner".to_owned(), c)));
    for role in &book.roles {
        named.extend(role.contacts().map(|(key, c)| (format!("role {}, {key}", role.id), c)));
    }
    let owned = book.services.iter().filter_map(|s| Some((format!("service {}, owner", s.id), s.owner.as_ref()?)));
    named.extend(owned);
    let mut findings = Vec::new();
    for (place, contact) in named {
        findings.push(match contact {
            Contact::User(user) => reach_person(&place, user, chat).await,
            Contact::Group(group) => reach_group(&place, group, chat, &mut Vec::new()).await,
            // Schedules are looked at by themselves; `check` knows one that is not there. The others are nobody in Slack.
            Contact::OnCall(_) | Contact::External(_) => continue,
        });
    }
    for outlet in &book.channels {
        let place = format!("channel {}", outlet.id);
        for who in outlet.trained.keys() {
            findings.push(reach_person(&format!("{place}, trained"), who, chat).await);
        }
        if let Some(name) = &outlet.slack {
            findings.push(match chat.channel_named(name).await {
                Ok(Some(id)) => fine(format!("{place}: {name} is {id}")),
                Ok(None) => bad(format!("{place}: there is no Slack channel {name}, or the bot cannot see it")),
                Err(trouble) => bad(format!("{place}: {name}: Slack {trouble}")),
            });
        }
    }
    findings
}

async fn reach_person(place: &str, user: &UserId, chat: &dyn Chat) -> Finding {
    match chat.person(user).await {
        Ok(person) if person.active && !person.is_bot => fine(format!("{place}: {} can be reached", person.name)),
        Ok(person) => bad(format!("{place}: {} is deactivated or a bot and cannot be reached", person.name)),
        Err(trouble) => bad(format!("{place}: <@{user}>: Slack {trouble}")),
    }
}

/// Notes in `asked` who that is now.
async fn reach_group(place: &str, group: &GroupId, chat: &dyn Chat, asked: &mut Vec<UserId>) -> Finding {
    let members = match chat.group_members(group).await {
        Ok(members) => members,
        Err(trouble) => return bad(format!("{place}: <!subteam^{group}>: Slack {trouble}")),
    };
    let active = members.len();
    asked.extend(members);
    if active == 0 {
        return bad(format!("{place}: nobody active is in user group {group}"));
    }
    if active > AT_ONCE {
        return doubtful(format!(
            "{place}: user group {group} has {active} active people, and only the first {AT_ONCE} are asked at once; use a \
             smaller group, or more steps"
        ));
    }
    fine(format!("{place}: user group {group} has {active} active people"))
}

async fn reach_channel(place: &str, channel: &ChannelId, chat: &dyn Chat) -> Finding {
    match chat.channel_named(channel.as_str()).await {
        Ok(Some(id)) => fine(format!("{place}: channel {id}")),
        Ok(None) => bad(format!("{place}: there is no channel {channel}, or the bot cannot see it")),
        Err(trouble) => bad(format!("{place}: <#{channel}>: Slack {trouble}")),
    }
}
