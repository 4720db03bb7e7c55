//! The records of a case, in words: customers, how they are told, and what they were told.

use std::collections::BTreeMap;

use slack_morphism::prelude::*;

use super::{
    Message, View,
    forms::case::{name_of, plan_of},
    ids::{ButtonValue, action::case as action},
    limits::{Look, SECTION, actions, button, context, cut, header, rows, section},
    line::{person, role_label, words},
    report::reference,
    when::date,
};
use crate::{
    ids::UserId,
    incident::{
        Incident, Text,
        case::{
            Customer, Fact, No, Reach, Standing, Waits, approvers, may_approve, notice_reference, notice_waits,
            wants_two,
        },
    },
    playbook::RoleId,
};

/// What the longest words take in a list.
const SHORT: usize = 300;
/// How many customers one message shows, each with its buttons.
const CUSTOMERS: usize = 15;

/// What happened, in a sentence.
pub(super) fn sentence(fact: &Fact, by: &str) -> String {
    match fact {
        Fact::CustomerNamed { customer, name, .. } => {
            format!(":office: {by} named customer {customer}: {}. It may be affected.", words(name))
        }
        Fact::ContactsChanged { customer, security, technical } => {
            let known = |text: &Option<Text>| text.as_ref().map_or_else(|| "nobody".to_owned(), words);
            format!(
                "{by} changed the contacts of customer {customer}: security {}, technical {}.",
                known(security),
                known(technical)
            )
        }
        Fact::ImpactConfirmed { customer, impact, due, .. } => {
            let impact = impact.as_ref().map(|impact| format!(": {}", words(impact))).unwrap_or_default();
            format!(":office: {by} confirmed the impact on customer {customer}, to be told by {}{impact}", date(*due))
        }
        Fact::CustomerCleared { customer, why } => {
            format!("{by} found that customer {customer} is not affected — {}", words(why))
        }
        Fact::PlanWritten { order, teller, text } => format!(
            ":envelope: {by} wrote down how customers are told.\nWho, in which order: {}\nBy whom: {}\nWhat: {}",
            words(order),
            words(teller),
            words(text)
        ),
        Fact::PlanApproved {} => format!(":white_check_mark: {by} approved the plan of how customers are told."),
        Fact::CustomerTold { customer, reach, text, actions, how, sent_at } => format!(
            ":envelope: {by} told customer {customer} ({}) {}, by {}: {}\nWhat they must do: {}",
            reach_words(*reach),
            date(*sent_at),
            words(how),
            words(text),
            words(actions)
        ),
        Fact::NoticeOverdue { customer } => late(*customer),
        Fact::NoticeAcknowledged { customer, who } => {
            format!(":white_check_mark: Customer {customer} acknowledged what it was told: {}", words(who))
        }
        Fact::Engaged { .. } | Fact::EngagementEnded { .. } => super::external::sentence(fact, by).unwrap_or_default(),
        Fact::EvidenceKept { .. }
        | Fact::CustodyPassed { .. }
        | Fact::Observed { .. }
        | Fact::ObservationConfirmed { .. } => super::evidence::sentence(fact, by).unwrap_or_default(),
        Fact::ReportAttached { report, reported_at, .. } => format!(
            ":incoming_envelope: {by} found that {} belongs to this incident; a customer reported it {}.",
            reference(*report),
            date(*reported_at)
        ),
        Fact::ReportDetached { report, .. } => {
            format!("{by} found that {} does not belong to this incident.", reference(*report))
        }
        Fact::ReportAcknowledged { report } => {
            format!(":eyes: {by} acknowledged {}: somebody looks at it.", reference(*report))
        }
        Fact::Carried { record, .. } => sentence(record, by),
        Fact::ReportOverdue { report } => format!(
            ":hourglass: Nobody has acknowledged {} in time. `/incident reports ack {}` does.",
            reference(*report),
            reference(*report)
        ),
    }
}

/// A customer who was not told in time.
fn late(customer: u32) -> String {
    format!(
        ":hourglass: Customer {customer} is confirmed as affected and was not told in time. `/incident customers` shows it; it holds \
         up closing."
    )
}

/// The same in a reminder; nothing once it was told.
pub(super) fn untold(it: &Incident, customer: u32) -> Option<String> {
    it.case.untold().find(|c| c.number == customer).map(|c| late(c.number))
}

/// What was done, for the one who did it, and what comes next; nothing where the whole sentence is as good.
pub(super) fn short(it: &Incident, fact: &Fact) -> Option<String> {
    let id = it.id;
    Some(match fact {
        Fact::CustomerNamed { customer: n, .. } => format!(
            "customer {n} is on the list. Once it is affected for certain: `/incident {id} customers confirm {n} &lt;impact&gt;`."
        ),
        Fact::ImpactConfirmed { customer: n, due, .. } => format!(
            "confirmed; customer {n} is to be told by {}. `/incident {id} customers` shows what is needed for that.",
            date(*due)
        ),
        Fact::PlanWritten { .. } => {
            format!("the plan is recorded. `/incident {id} customers` shows whether somebody must approve it.")
        }
        Fact::CustomerTold { customer: n, .. } => {
            format!(
                "recorded that customer {n} was told. Record it too when they acknowledge: `/incident {id} customers`."
            )
        }
        Fact::NoticeAcknowledged { .. } | Fact::CustomerCleared { .. } => "recorded.".to_owned(),
        Fact::EvidenceKept { item, .. } => format!("kept as evidence {item}."),
        Fact::Observed { observation, .. } => format!("recorded as observation {observation}."),
        Fact::ObservationConfirmed { observation, .. } => format!("observation {observation} is confirmed."),
        Fact::PlanApproved {} => {
            format!("approved. `/incident {id} customers` has the buttons to record what they are told.")
        }
        Fact::Engaged { engagement, who, .. } => super::external::recorded(it, *engagement, who),
        Fact::EngagementEnded { engagement, .. } => format!("engagement {engagement} is over."),
        _ => return None,
    })
}

const fn reach_words(reach: Reach) -> &'static str {
    match reach {
        Reach::Security => "its security contact",
        Reach::Technical => "its technical contact, as there is no security contact",
    }
}

fn role_names(w: View<'_>, roles: &[RoleId]) -> String {
    let roles: Vec<String> = roles.iter().map(|r| format!("*{}*", role_label(w, r))).collect();
    roles.join(" or ")
}

/// Why nothing was changed, and what to do next.
pub(super) fn refusal(w: View<'_>, it: Option<&Incident>, no: &No) -> String {
    let id = it.map_or_else(|| "INC-1".to_owned(), |it| it.id.to_string());
    match no {
        No::NoSuchCustomer(n) => format!("There is no customer {n}. `/incident {id} customers` shows those there are."),
        No::SameName { customer } => {
            format!("That is customer {customer} already. `/incident {id} customers` shows it. Nothing was changed.")
        }
        No::NoPlan => format!(
            "There is no plan yet of how customers are told: who, in which order, by whom, what. Write it first, with \
             `/incident {id} customers plan`. Nothing was recorded."
        ),
        No::PlanNotApproved { roles } => format!(
            "The plan of how customers are told waits for a second person: {}, other than its author. They press Approve plan \
             below `/incident {id} customers`. Nothing was recorded.",
            role_names(w, roles)
        ),
        No::OwnPlan => format!(
            "You wrote this plan; somebody else must approve it: they press Approve plan below `/incident {id} customers`."
        ),
        No::NotApprover(roles) => {
            format!("Only {} can approve the plan of how customers are told.", role_names(w, roles))
        }
        No::NotConfirmed(n) => format!(
            "The impact on customer {n} is not confirmed, and nobody is told of what is only suspected. Confirm it first: \
             `/incident {id} customers confirm {n} &lt;impact&gt;`. Nothing was recorded."
        ),
        No::NoContact(n) => format!(
            "Nobody knows whom to tell at customer {n}. Add a contact first: `/incident {id} customers contact {n} security: \
             &lt;who and how&gt;`. Nothing was recorded."
        ),
        No::WasTold(n) => format!(
            "Customer {n} was told that it is affected. If that was wrong, tell it so, and record that as another notice."
        ),
        No::NotTold(n) => format!(
            "Customer {n} was not told yet, so there is nothing to acknowledge. Record the notice first, with Record notice \
             below `/incident {id} customers`."
        ),
        No::NoSuchEngagement(n) => {
            format!("There is no engagement {n}. `/incident {id} external` shows those there are.")
        }
        No::NoEngagement(who) => format!(
            "{} is from outside, and {id} is need-to-know: nothing was changed. Record first why they help and until when, with \
             `/incident {id} external add`; then bring them in.",
            person(who)
        ),
        No::EndsInThePast => {
            "An engagement ends later than now. Name a time that lies ahead, like `until: 14 days`.".into()
        }
        No::NotAHash | No::TakenLater | No::NoSuchEvidence(_) | No::NoSuchObservation(_) | No::NotInside(_) => {
            super::evidence::refusal(&id, no).unwrap_or_default()
        }
        No::NoSuchReport(_)
        | No::ReportElsewhere { .. }
        | No::ReportStays(_)
        | No::ReportAcknowledged(_)
        | No::ReportedLater
        | No::ReportedLongAgo => super::report::refusal(no).unwrap_or_default(),
        No::SentEarlier { confirmed_at } => format!(
            "The impact on this customer was confirmed {}, and nobody is told before that. Choose when it was sent, or leave \
             that empty. Nothing was recorded.",
            date(*confirmed_at)
        ),
        No::SentLater => {
            "That time is still to come. Choose when it was sent, or leave that empty. Nothing was recorded.".into()
        }
    }
}

/// What the card shows of it; nothing where no customer is named.
pub(super) fn fact(it: &Incident) -> Option<String> {
    let customers = &it.case.customers;
    if customers.is_empty() {
        return None;
    }
    let count = |wanted: fn(&Standing) -> bool| customers.iter().filter(|c| wanted(&c.standing)).count();
    let parts = [
        (count(|s| matches!(s, Standing::Confirmed { overdue: true, .. })), ":hourglass: overdue to be told"),
        (count(|s| matches!(s, Standing::Confirmed { overdue: false, .. })), "to be told"),
        (count(|s| matches!(s, Standing::Told { .. })), "told"),
        (count(|s| matches!(s, Standing::Acknowledged { .. })), "acknowledged"),
        (count(|s| matches!(s, Standing::Named)), "not clear yet"),
        (count(|s| matches!(s, Standing::Cleared)), "not affected"),
    ];
    let parts: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    Some(format!("*Customers*\n{}", parts.join(", ")))
}

/// Who is known at a customer, for security and for technical questions.
fn known<'a>(customer: &Customer, facts: &'a BTreeMap<u64, Fact>) -> (Option<&'a Text>, Option<&'a Text>) {
    match facts.get(&customer.contacts) {
        Some(Fact::CustomerNamed { security, technical, .. } | Fact::ContactsChanged { security, technical, .. }) => {
            (security.as_ref(), technical.as_ref())
        }
        _ => (None, None),
    }
}

/// Everybody who is known at a customer, whom its notices go to first.
fn contacts(it: &Incident, customer: &Customer, facts: &BTreeMap<u64, Fact>) -> String {
    let told = cut(&reached(it, customer.number, facts), SHORT);
    match (customer.reach, known(customer, facts).1) {
        (Some(Reach::Security), Some(technical)) => {
            format!("{told}\ntechnical contact: {}", cut(&words(technical), SHORT))
        }
        (Some(Reach::Security | Reach::Technical) | None, _) => told,
    }
}

/// Whom a notice to this customer goes to.
pub(super) fn reached(it: &Incident, number: u32, facts: &BTreeMap<u64, Fact>) -> String {
    let customer = it.case.customer(number);
    let (security, technical) = customer.map(|c| known(c, facts)).unwrap_or_default();
    match customer.and_then(|c| c.reach) {
        Some(Reach::Security) => format!("security contact: {}", security.map(words).unwrap_or_default()),
        Some(Reach::Technical) => {
            format!("technical contact, as no security contact is known: {}", technical.map(words).unwrap_or_default())
        }
        None => "no contact is known".into(),
    }
}

fn standing(w: View<'_>, customer: &Customer, facts: &BTreeMap<u64, Fact>) -> String {
    let said = |seq: u64| facts.get(&seq);
    match customer.standing {
        Standing::Named => "named: may be affected".into(),
        Standing::Cleared => "not affected".into(),
        Standing::Confirmed { seq, due, overdue, .. } => {
            let impact = match said(seq) {
                Some(Fact::ImpactConfirmed { impact: Some(impact), .. }) => format!("\n{}", cut(&words(impact), SHORT)),
                _ => String::new(),
            };
            let late = if overdue || due < w.now { ":hourglass: *overdue*, " } else { "" };
            format!("*impact confirmed*, {late}to be told by {}{impact}", date(due))
        }
        Standing::Told { seq, at } => format!("told {}, not acknowledged yet{}", date(at), actions_of(said(seq))),
        Standing::Acknowledged { seq, at } => format!("told {}, acknowledged{}", date(at), actions_of(said(seq))),
    }
}

fn actions_of(notice: Option<&Fact>) -> String {
    match notice {
        Some(Fact::CustomerTold { actions, .. }) => format!("\nTheir side: {}", cut(&words(actions), SHORT)),
        _ => String::new(),
    }
}

/// The reference that stands in the letters to a customer.
fn letters(it: &Incident, customer: &Customer) -> String {
    if is_affected(customer) {
        format!("\nReference in letters: {}", notice_reference(it, customer.number))
    } else {
        String::new()
    }
}

/// Is the impact on it confirmed, so that it is told?
const fn is_affected(customer: &Customer) -> bool {
    match customer.standing {
        Standing::Confirmed { .. } | Standing::Told { .. } | Standing::Acknowledged { .. } => true,
        Standing::Named | Standing::Cleared => false,
    }
}

/// What the notice waits for, on a line of its own.
fn awaited(w: View<'_>, it: &Incident, waits: &Waits) -> String {
    let what = match waits {
        Waits::Authority(_) => "somebody who may speak to customers records it".to_owned(),
        Waits::Plan => "the plan is to be written first".into(),
        Waits::Approval(roles) => {
            format!("{}, other than its author, must approve the plan first", role_names(w, roles))
        }
        Waits::Contact => format!(
            "nobody knows whom to tell; `/incident {} customers contact &lt;n&gt; security: &lt;who and how&gt;` adds a contact",
            it.id
        ),
    };
    format!("\n_Notice: {what}._")
}

/// Those who wait stand first.
const fn order(customer: &Customer) -> u8 {
    match customer.standing {
        Standing::Confirmed { .. } => 0,
        Standing::Named => 1,
        Standing::Told { .. } => 2,
        Standing::Acknowledged { .. } => 3,
        Standing::Cleared => 4,
    }
}

/// Customers that are or may be affected, each with the buttons of what `me` can do about it now.
pub fn customers(w: View<'_>, it: &Incident, me: &UserId, facts: &BTreeMap<u64, Fact>) -> Message {
    let mut text = vec![plan(w, it, facts)];
    let mut blocks = vec![header(&format!("Customers of {}", it.id)), section(&text[0]), actions(general(w, it, me))];
    let mut all: Vec<&Customer> = it.case.customers.iter().collect();
    all.sort_by_key(|c| (order(c), c.number));
    for customer in &all {
        let name = name_of(customer.number, facts);
        let waits = is_affected(customer).then(|| notice_waits(it, w.playbook, customer, me, w.now)).flatten();
        let line = format!(
            "*{}* {name} · {}\n{}{}{}",
            customer.number,
            standing(w, customer, facts),
            contacts(it, customer, facts),
            letters(it, customer),
            waits.as_ref().map(|waits| awaited(w, it, waits)).unwrap_or_default()
        );
        if text.len() <= CUSTOMERS {
            blocks.push(section(&line));
            blocks.push(actions(steps(it, customer, waits.as_ref())));
        }
        text.push(line);
    }
    if all.is_empty() {
        text.push(format!("No customer is named. `/incident {} customers add &lt;name&gt;` names one.", it.id));
        blocks.push(section(&text[1]));
    } else if all.len() > CUSTOMERS {
        blocks.push(context(&format!("… and {} more; commands with their numbers work.", all.len() - CUSTOMERS)));
    }
    Message::new(format!("Customers of {}\n{}", it.id, rows(&text, SECTION)), blocks)
}

fn plan(w: View<'_>, it: &Incident, facts: &BTreeMap<u64, Fact>) -> String {
    let Some(([order, teller, text], plan)) = plan_of(it, facts).zip(it.case.plan.as_ref()) else {
        return "*No plan yet* of how customers are told. Before the first notice it must say who, in which order, by whom, what."
            .into();
    };
    let state = match &plan.approved_by {
        Some(by) => format!(", approved by {}", person(by)),
        None if wants_two(it, w.playbook) => {
            format!(", waits for {} to approve it", role_names(w, &approvers(it, w.playbook)))
        }
        None => String::new(),
    };
    let by = plan.by.as_ref().map(|by| format!(" by {}", person(by))).unwrap_or_default();
    let part = |text: &Text| cut(&words(text), SHORT);
    format!("*Plan*{by}{state}\nOrder: {}\nBy whom: {}\nWhat: {}", part(order), part(teller), part(text))
}

fn general(w: View<'_>, it: &Incident, me: &UserId) -> Vec<SlackActionBlockElement> {
    let value = ButtonValue::of(it.id);
    let label = if it.case.plan.is_some() { "Change plan" } else { "Write plan" };
    let mut buttons = vec![
        button(action::ADD, "Add customer", &value, Look::Usual),
        button(action::PLAN, label, &value, Look::Usual),
    ];
    if wants_two(it, w.playbook) && may_approve(it, w.playbook, me).is_ok() {
        buttons.push(button(action::APPROVE, "Approve plan", &value, Look::Primary));
    }
    buttons
}

fn steps(it: &Incident, customer: &Customer, waits: Option<&Waits>) -> Vec<SlackActionBlockElement> {
    let value = ButtonValue::of(it.id).number(customer.number);
    let one =
        |action: &str, label: &str, look: Look| button(&format!("{action}.{}", customer.number), label, &value, look);
    let contacts = || one(action::CONTACTS, "Contacts …", Look::Usual);
    let clear = || one(action::CLEAR, "Not affected …", Look::Usual);
    let tell = |label: &str, look: Look| waits.is_none().then(|| one(action::TELL, label, look));
    match customer.standing {
        Standing::Named => vec![one(action::CONFIRM, "Confirm impact …", Look::Primary), clear(), contacts()],
        Standing::Confirmed { .. } => {
            tell("Record notice …", Look::Primary).into_iter().chain([clear(), contacts()]).collect()
        }
        Standing::Told { .. } => std::iter::once(one(action::ACKNOWLEDGED, "Acknowledged …", Look::Primary))
            .chain(tell("Another notice …", Look::Usual))
            .chain([contacts()])
            .collect(),
        Standing::Acknowledged { .. } => {
            tell("Another notice …", Look::Usual).into_iter().chain([contacts()]).collect()
        }
        Standing::Cleared => vec![one(action::CONFIRM, "Confirm impact …", Look::Usual)],
    }
}
