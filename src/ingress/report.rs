//! What customers report: by people in Slack.

use jiff::Timestamp;

use super::{
    Door,
    dispatch::{Answer, Spoken, existing, request},
    message,
    press::is,
};
use crate::{
    command::Reporting,
    engine::{Refusal, report_key},
    ids::{IncidentId, UserId},
    incident::{
        Actor, Command, Rejection,
        case::{Ask, Report, Source, make_report},
    },
    render::{
        self, Message,
        ids::{ButtonValue, action::report as action},
    },
    store::ReadError,
};

/// How many reports of one sort are looked at: one more than is shown tells that there are more.
const LISTED: usize = render::REPORTS_SHOWN + 1;

/// What was typed about reports.
pub async fn answer(
    door: &Door,
    spoken: &Spoken<'_>,
    here: Option<IncidentId>,
    asked: Reporting,
) -> Result<Answer, Refusal> {
    let (sight, now) = (door.engine.seen_by(spoken.me), door.clock().now());
    let said = match asked {
        Reporting::File(text) => {
            let report = file(door, spoken, &text, None).await?;
            if let Some(id) = here {
                // Where it cannot belong there it belongs to none yet.
                match attach(door, spoken, id, report.number).await {
                    Ok(()) | Err(Refusal::Rejected { .. }) => {}
                    Err(refusal) => return Err(refusal),
                }
            }
            render::report_filed(door.engine.playbook(), &report)
        }
        Reporting::Mine => render::reports_own(&sight.own_reports(render::REPORTS_SHOWN).await?),
        Reporting::Show(number) => {
            let within = door.people.is_within(spoken.me).await;
            let report = sight.report(number, within).await?;
            if within { shown(door, spoken, &report, here).await? } else { render::report_own(&report) }
        }
        _ if !door.people.is_within(spoken.me).await => return Ok(Answer::say(OUTSIDE)),
        Reporting::List => {
            let (it, of) = match here {
                Some(id) => (Some(existing(door, spoken.me, id).await?), sight.reports_of(id, LISTED).await?),
                None => (None, Vec::new()),
            };
            render::reports(it.as_deref(), &of, &sight.free_reports(LISTED).await?, now)
        }
        Reporting::Add { .. } | Reporting::Attach(_) | Reporting::Detach(_) if here.is_none() => {
            return Ok(Answer::say(
                "To which incident? Type its number before: `/incident INC-1 reports attach R-12`.",
            ));
        }
        Reporting::Add { text, reported_at } => {
            let Some(id) = here else { return Ok(Answer::say(message::NOT_UNDERSTOOD)) };
            let it = existing(door, spoken.me, id).await?;
            if !it.is_open() {
                return Err(Refusal::Rejected { why: Rejection::Ended(id), incident: Some(it) });
            }
            let report = file(door, spoken, &text, reported_at).await?;
            attach(door, spoken, id, report.number).await?;
            render::report_added(&report, id)
        }
        Reporting::Attach(number) => {
            let Some(id) = here else { return Ok(Answer::say(message::NOT_UNDERSTOOD)) };
            attach(door, spoken, id, number).await?;
            render::report_added(&sight.report(number, true).await?, id)
        }
        Reporting::Detach(number) => {
            let ask = Command::Case(Ask::DetachReport { report: number, found: None, first: None });
            request(door, spoken, here, ask).await?;
            render::report(&sight.report(number, true).await?, now, None)
        }
        Reporting::Acknowledge(number) => return acknowledge(door, spoken, number, here).await,
        Reporting::Forget(number) => {
            sight.report(number, true).await?;
            shown(door, spoken, &door.engine.forget_report(number, spoken.me).await?, here).await?
        }
    };
    Ok(Answer::Say(said))
}

/// A report to somebody within the organisation. Whoever may not see the incident that it belongs to sees their own report, and
/// nothing of the incident.
async fn shown(
    door: &Door,
    spoken: &Spoken<'_>,
    report: &Report,
    here: Option<IncidentId>,
) -> Result<Message, ReadError> {
    let inside = match report.incident {
        Some(id) => door.engine.seen_by(spoken.me).sees(id).await?,
        None => true,
    };
    let now = door.clock().now();
    Ok(if inside { render::report(report, now, here) } else { render::report_own(report) })
}

/// To guests, and to people of other organisations.
const OUTSIDE: &str =
    "You can tell us of something with `/incident report <text>`, and see your own reports with `/incident report`.";

/// Keeps a report, once for each request.
async fn file(door: &Door, spoken: &Spoken<'_>, text: &str, reported_at: Option<Timestamp>) -> Result<Report, Refusal> {
    let now = door.clock().now();
    let key = spoken.key.clone().unwrap_or_else(|| format!("said/{}/{}/{text}", spoken.me, now.as_second()));
    let (by, source) = (Actor::Person(spoken.me.clone()), Source::Person(spoken.me.clone()));
    let made = make_report(text, None, source, reported_at, report_key(&key), now)
        .map_err(|why| Refusal::Rejected { why, incident: None })?;
    Ok(door.engine.file_report(&by, made).await?.0)
}

async fn attach(door: &Door, spoken: &Spoken<'_>, id: IncidentId, report: u64) -> Result<(), Refusal> {
    request(door, spoken, Some(id), Command::Case(Ask::AttachReport { report, found: None })).await.map(drop)
}

async fn acknowledge(
    door: &Door,
    spoken: &Spoken<'_>,
    number: u64,
    here: Option<IncidentId>,
) -> Result<Answer, Refusal> {
    let report = door.engine.seen_by(spoken.me).report(number, true).await?;
    let report = match report.incident {
        // Whoever told us of it does not learn where it belongs.
        Some(id) if !door.engine.seen_by(spoken.me).sees(id).await? => report,
        Some(id) => {
            let ask = Command::Case(Ask::AcknowledgeReport { report: number, found: None });
            request(door, spoken, Some(id), ask).await?;
            door.engine.seen_by(spoken.me).report(number, true).await?
        }
        None => door.engine.acknowledge_report(number, spoken.me).await?,
    };
    Ok(Answer::Instead(shown(door, spoken, &report, here).await?))
}

/// A button of a report.
pub async fn pressed(door: &Door, spoken: &Spoken<'_>, id: &str, value: &ButtonValue) -> Result<Answer, Refusal> {
    let (Ok(number), true) = (value.extra.parse(), door.people.is_within(spoken.me).await) else {
        return Ok(Answer::say(OUTSIDE));
    };
    let said = match (id, value.incident) {
        (_, here) if is(id, action::ACKNOWLEDGE) => acknowledge(door, spoken, number, here).await?,
        (_, Some(here)) if is(id, action::ATTACH) => {
            attach(door, spoken, here, number).await?;
            let report = door.engine.seen_by(spoken.me).report(number, true).await?;
            Answer::Instead(render::report_added(&report, here))
        }
        _ => {
            door.counters.not_understood.up();
            return Ok(Answer::say(message::NOT_UNDERSTOOD));
        }
    };
    // A list has more than this one.
    if id.ends_with(action::LISTED) {
        return Ok(Box::pin(answer(door, spoken, value.incident, Reporting::List)).await?.instead());
    }
    Ok(said)
}

/// Below a list of incidents: how many reports belong to none, for those within the organisation.
pub async fn waiting(door: &Door, me: &UserId, said: Message) -> Result<Message, ReadError> {
    let free = door.engine.seen_by(me).free_reports(LISTED).await?;
    if free.is_empty() || !door.people.is_within(me).await {
        return Ok(said);
    }
    Ok(render::with_note(said, &render::reports_waiting(&free, door.clock().now())))
}
