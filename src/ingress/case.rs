//! Buttons and forms about the records of a case.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Door,
    dispatch::{Answer, Spoken, ask, existing, request},
    forms::opened,
    message,
    press::is,
    submit::{Invalid, Read, missing},
    values::Values,
};
use crate::{
    engine::Refusal,
    ids::{IncidentId, UserId},
    incident::{
        Command, Incident,
        case::{self, Ask, Engaging, Motive, Notice, Piece},
    },
    playbook::{Hit, Warning},
    render::{
        self,
        forms::{
            acknowledged_form, clear_form, confirm_form, contacts_form, customer_form, evidence_form, external_form,
            notice_form, observation_form, pass_form, plan_form,
        },
        ids::{ButtonValue, FormMemory, action::case as action, field, form::case as form},
    },
};

/// A button of the lists of customers, evidence and observations.
pub async fn pressed(
    door: &Door,
    spoken: &Spoken<'_>,
    id: &str,
    incident: IncidentId,
    value: &ButtonValue,
) -> Result<Answer, Refusal> {
    if is(id, action::APPROVE) {
        let done = request(door, spoken, Some(incident), Command::Case(Ask::ApprovePlan)).await?;
        let facts = door.engine.case_facts(&done.incident).await?;
        // The list that was pressed on is old now.
        return Ok(Answer::Instead(render::customers(door.view_of(&done.incident), &done.incident, spoken.me, &facts)));
    }
    if is(id, action::END_EXTERNAL) {
        let ask = Command::Case(Ask::EndEngagement { engagement: value.number });
        let it = request(door, spoken, Some(incident), ask).await?.incident;
        return Ok(Answer::Instead(render::external(&it, &door.engine.case_facts(&it).await?)));
    }
    let it = existing(door, spoken.me, incident).await?;
    let facts = door.engine.case_facts(&it).await?;
    let customer = value.number;
    let alone = match id {
        _ if is(id, action::EXTERNAL) => Some((external_form(&it), "external add @person …".to_owned())),
        _ if is(id, action::EVIDENCE) => Some((evidence_form(&it, spoken.me), "evidence <what>".to_owned())),
        _ if is(id, action::PASS) => {
            Some((pass_form(&it, customer), format!("evidence pass {customer} @person <where>")))
        }
        _ if is(id, action::OBSERVATION) => {
            Some((observation_form(&it, customer, &facts), format!("observe confirm {customer} <how>")))
        }
        _ => None,
    };
    if let Some((view, instead)) = alone {
        return Ok(opened(door, spoken, &view, &format!("{incident} {instead}")).await);
    }
    let (view, instead) = match id {
        _ if is(id, action::ADD) => (customer_form(&it), "add <name>".to_owned()),
        _ if is(id, action::PLAN) => (plan_form(&it, &facts), "plan <order> | <by whom> | <what>".to_owned()),
        _ if is(id, action::CONTACTS) => {
            (contacts_form(&it, customer, &facts), format!("contact {customer} security: <who and how>"))
        }
        _ if is(id, action::CONFIRM) => (confirm_form(&it, customer, &facts), format!("confirm {customer} <impact>")),
        _ if is(id, action::CLEAR) => (clear_form(&it, customer, &facts), format!("clear {customer} <why>")),
        _ if is(id, action::TELL) => (
            notice_form(door.view_of(&it), &it, customer, &facts, &[], None),
            format!("told {customer} <how> | <what was sent> | <what they must do>"),
        ),
        _ if is(id, action::ACKNOWLEDGED) => {
            (acknowledged_form(&it, customer, &facts), format!("acknowledged {customer} <who>"))
        }
        _ => {
            door.counters.not_understood.up();
            return Ok(Answer::say(message::NOT_UNDERSTOOD));
        }
    };
    Ok(opened(door, spoken, &view, &format!("{incident} customers {instead}")).await)
}

/// The form of a notice once more, with what to look at before it is recorded; nothing where that was shown already, or there is
/// nothing to look at.
pub async fn doubtful(door: &Door, me: &UserId, memory: &FormMemory, values: Values<'_>) -> Option<Value> {
    let incident = memory.incident.filter(|_| !memory.anyway)?;
    // Whoever may not see it is refused when it is recorded.
    let it = existing(door, me, incident).await.ok()?;
    let facts = door.engine.case_facts(&it).await.ok()?;
    let said = [field::TEXT, field::ACTIONS].map(|f| values.text(f).unwrap_or_default());
    let hits = to_look_at(door, &it, memory.number, &facts, &said);
    (!hits.is_empty()).then(|| notice_form(door.view_of(&it), &it, memory.number, &facts, &hits, None))
}

/// What to look at once more in the words that this customer was told.
fn to_look_at(
    door: &Door,
    it: &Incident,
    customer: u32,
    facts: &BTreeMap<u64, case::Fact>,
    said: &[String; 2],
) -> Vec<Hit> {
    let reader = case::names(facts).find(|(number, _)| *number == customer).map(|(_, name)| name);
    let others = case::names(facts).filter(|(number, _)| *number != customer).map(|(_, name)| name);
    let wording = door.engine.books().of(it).wording.naming(others, reader);
    let [text, actions] = said;
    let mut hits = wording.hits(text);
    // By when they must act on their own side is no promise of ours.
    let theirs = wording.hits(actions).into_iter().filter(|hit| hit.warning != Warning::Time && !hits.contains(hit));
    let theirs: Vec<Hit> = theirs.collect();
    hits.extend(theirs);
    hits
}

/// Somebody typed what a customer was told. Where there is something to look at in it, the form shows that, with what was typed, as
/// it does where it was filled in by hand.
pub async fn told(
    door: &Door,
    spoken: &Spoken<'_>,
    incident: IncidentId,
    customer: u32,
    notice: Notice,
) -> Result<Answer, Refusal> {
    let it = existing(door, spoken.me, incident).await?;
    if it.case.customer(customer).is_some() {
        let facts = door.engine.case_facts(&it).await?;
        let hits = to_look_at(door, &it, customer, &facts, &[notice.text.clone(), notice.actions.clone()]);
        if !hits.is_empty() {
            let view = notice_form(door.view_of(&it), &it, customer, &facts, &hits, Some(&notice));
            return Ok(opened(door, spoken, &view, &format!("{incident} customers")).await);
        }
    }
    ask(door, spoken, Some(incident), Command::Case(Ask::Tell { customer, notice })).await
}

/// What a form asks for; `None` for one that we did not make.
pub fn read(callback: &str, memory: &FormMemory, values: Values<'_>) -> Option<Read> {
    let customer = memory.number;
    let said = |field: &str| values.text(field).unwrap_or_default();
    let (security, technical) = (values.text(field::SECURITY), values.text(field::TECHNICAL));
    let (at, ask) = match callback {
        form::CUSTOMER => {
            let (name, known) = (said(field::CUSTOMER), BTreeMap::new());
            (field::CUSTOMER, Ask::NameCustomer { name, security, technical, known })
        }
        form::CONTACTS if security.is_none() && technical.is_none() => {
            return Some(Err(missing(field::SECURITY, "Name at least one of the two.")));
        }
        form::CONTACTS => (field::SECURITY, Ask::ChangeContacts { customer, security, technical }),
        form::CONFIRM => (field::IMPACT, Ask::ConfirmImpact { customer, impact: values.text(field::IMPACT) }),
        form::CLEAR => (field::WHY, Ask::Clear { customer, why: said(field::WHY) }),
        form::PLAN => {
            let (order, teller, text) = (said(field::ORDER), said(field::TELLER), said(field::TEXT));
            (field::TEXT, Ask::Plan { order, teller, text })
        }
        form::NOTICE => {
            let (text, actions, how) = (said(field::TEXT), said(field::ACTIONS), said(field::HOW));
            let notice = Notice { text, actions, how, sent_at: values.moment(field::NEXT_AT) };
            (field::TEXT, Ask::Tell { customer, notice })
        }
        form::EXTERNAL => match engaging(values) {
            Ok(asked) => (field::SCOPE, Ask::Engage(asked)),
            Err(invalid) => return Some(Err(invalid)),
        },
        form::EVIDENCE => {
            let (sha256, place) = (values.text(field::HASH), values.text(field::PLACE));
            let (custodian, taken_at) = (values.user(field::PERSON), values.moment(field::NEXT_AT));
            (field::TEXT, Ask::KeepEvidence(Piece { what: said(field::TEXT), sha256, custodian, taken_at, place }))
        }
        form::PASS => {
            let Some(to) = values.user(field::PERSON) else {
                return Some(Err(missing(field::PERSON, "Choose a person.")));
            };
            (field::PERSON, Ask::PassEvidence { item: customer, to, place: values.text(field::PLACE) })
        }
        form::OBSERVATION => {
            (field::WHY, Ask::ConfirmObservation { observation: customer, how: values.text(field::WHY) })
        }
        form::ACKNOWLEDGED => (field::SECURITY, Ask::Acknowledge { customer, who: said(field::SECURITY) }),
        _ => return None,
    };
    Some(Ok((at, Command::Case(ask))))
}

/// Who helps from outside, as the form has it.
fn engaging(values: Values<'_>) -> Result<Engaging, Invalid> {
    let who = values.user(field::PERSON).ok_or_else(|| missing(field::PERSON, "Choose a person."))?;
    let motive = values.chosen(field::HOW).and_then(|name| Motive::ALL.into_iter().find(|m| m.name() == name));
    let reason = motive.ok_or_else(|| missing(field::HOW, "Choose why."))?;
    let nda = values.chosen(field::NDA).ok_or_else(|| missing(field::NDA, "Say whether there is one."))? == "yes";
    let until = values.moment(field::NEXT_AT).ok_or_else(|| missing(field::NEXT_AT, "Choose until when."))?;
    Ok(Engaging { who, reason, scope: values.text(field::SCOPE).unwrap_or_default(), nda, until })
}
