//! Customers: who may be affected, how they are told, and what they were told.

use std::collections::BTreeMap;

use serde_json::Value;
use slack_morphism::blocks::SlackBlock;

use super::{
    comms::look_again,
    fields::{TextField, moment, text},
    modal,
    small::reason,
};
use crate::{
    incident::{
        Incident, Text,
        case::{CONTACT_LIMIT, Fact, NAME_LIMIT, Notice, notice_to_fill},
    },
    playbook::Hit,
    render::{
        View,
        comms::to_copy,
        ids::{FormMemory, field, form},
        limits::{cut, section},
        line::words,
    },
};

/// What a customer's name takes.
const NAME: usize = 120;
/// What the words of one part of a plan take above a form.
const PART: usize = 900;
/// What a letter to start from takes.
const LETTER: usize = 2500;

fn limit(characters: usize) -> u64 {
    u64::try_from(characters).unwrap_or(u64::MAX)
}

fn line(id: &str, label: &str, initial: &str, hint: &str, optional: bool) -> SlackBlock {
    text(&TextField { id, label, initial, hint, lines: false, optional, limit: limit(CONTACT_LIMIT) })
}

fn lines(id: &str, label: &str, initial: &str, hint: &str, optional: bool) -> SlackBlock {
    text(&TextField { id, label, initial, hint, lines: true, optional, limit: 2500 })
}

fn contact_fields(security: &str, technical: &str) -> [SlackBlock; 2] {
    [
        line(field::SECURITY, "Security contact", security, "Who, and how they are reached.", true),
        line(field::TECHNICAL, "Technical contact", technical, "Told where there is no security contact.", true),
    ]
}

fn memory(it: &Incident, customer: u32) -> FormMemory {
    FormMemory { number: customer, ..FormMemory::of(it.id) }
}

/// The name of a customer, as far as it is known.
pub(in crate::render) fn name_of(customer: u32, facts: &BTreeMap<u64, Fact>) -> String {
    let name = facts.values().find_map(|fact| match fact {
        Fact::CustomerNamed { customer: number, name, .. } if *number == customer => Some(cut(&words(name), NAME)),
        _ => None,
    });
    name.unwrap_or_else(|| format!("customer {customer}"))
}

/// A customer that may be affected.
pub fn customer_form(it: &Incident) -> Value {
    let name = text(&TextField {
        id: field::CUSTOMER,
        label: "Customer",
        initial: "",
        hint: "Nobody is told by this.",
        lines: false,
        optional: false,
        limit: limit(NAME_LIMIT),
    });
    let [security, technical] = contact_fields("", "");
    let title = format!("Customer of {}", it.id);
    modal(form::case::CUSTOMER, &title, "Add", &FormMemory::of(it.id), &[name, security, technical])
}

/// How a customer is reached.
pub fn contacts_form(it: &Incident, customer: u32, facts: &BTreeMap<u64, Fact>) -> Value {
    let known = it.case.customer(customer).and_then(|c| facts.get(&c.contacts));
    let plain = |text: &Option<Text>| text.as_ref().and_then(Text::words).unwrap_or_default().to_owned();
    let (security, technical) = match known {
        Some(Fact::CustomerNamed { security, technical, .. } | Fact::ContactsChanged { security, technical, .. }) => {
            (plain(security), plain(technical))
        }
        _ => (String::new(), String::new()),
    };
    let [security, technical] = contact_fields(&security, &technical);
    let content = [section(&format!("*{}*", name_of(customer, facts))), security, technical];
    modal(form::case::CONTACTS, &format!("Customer {customer}"), "Keep", &memory(it, customer), &content)
}

/// The customer is affected for certain.
pub fn confirm_form(it: &Incident, customer: u32, facts: &BTreeMap<u64, Fact>) -> Value {
    let said = format!(
        "*{}* is affected for certain. Whoever tells customers gets the task; nobody is told by this.",
        name_of(customer, facts)
    );
    let impact = lines(field::IMPACT, "What does it suffer?", "", "What is confirmed, not what is suspected.", true);
    let title = format!("Customer {customer}");
    modal(form::case::CONFIRM, &title, "Confirm impact", &memory(it, customer), &[section(&said), impact])
}

/// The customer is not affected.
pub fn clear_form(it: &Incident, customer: u32, facts: &BTreeMap<u64, Fact>) -> Value {
    let said = section(&format!("*{}* is not affected.", name_of(customer, facts)));
    let content = [said, reason("How do we know?", false)];
    modal(form::case::CLEAR, &format!("Customer {customer}"), "Not affected", &memory(it, customer), &content)
}

/// The plan's three parts: order, teller, text.
pub(in crate::render) fn plan_of<'a>(it: &Incident, facts: &'a BTreeMap<u64, Fact>) -> Option<[&'a Text; 3]> {
    match facts.get(&it.case.plan.as_ref()?.seq)? {
        Fact::PlanWritten { order, teller, text } => Some([order, teller, text]),
        _ => None,
    }
}

/// How customers are told.
pub fn plan_form(it: &Incident, facts: &BTreeMap<u64, Fact>) -> Value {
    let now = plan_of(it, facts).map(|parts| parts.map(|part| part.words().unwrap_or_default().to_owned()));
    let [order, teller, said] = now.unwrap_or_default();
    let content = [
        lines(field::ORDER, "Who is told, in which order?", &order, "Largest harm first, for example.", false),
        lines(field::TELLER, "By whom?", &teller, "One person for each customer.", false),
        lines(
            field::TEXT,
            "What are they told?",
            &said,
            "The core of every notice; each one is fitted to its customer.",
            false,
        ),
    ];
    modal(form::case::PLAN, &format!("Plan of {}", it.id), "Keep", &FormMemory::of(it.id), &content)
}

/// What a customer was told, by hand, with a letter to start from. `hits`: what to look at once more, which is said once; what was
/// typed into it stays, for its fields are the same. `typed`: what was typed as a command.
pub fn notice_form(
    w: View<'_>,
    it: &Incident,
    customer: u32,
    facts: &BTreeMap<u64, Fact>,
    hits: &[Hit],
    typed: Option<&Notice>,
) -> Value {
    // What was sent is not what was planned, nor a letter with blanks: only whoever sent it knows.
    let (said, actions, how) =
        typed.map_or(Default::default(), |typed| (typed.text.as_str(), typed.actions.as_str(), typed.how.as_str()));
    let plan = plan_of(it, facts).map_or_else(String::new, |[_, teller, text]| {
        format!(" By plan, by: {}\n*By plan they are told*: {}", cut(&words(teller), PART), cut(&words(text), PART))
    });
    let letter = it.case.customer(customer).and_then(|c| notice_to_fill(it, w.playbook, c, w.now));
    let letter = letter.map(|letter| {
        section(&format!("*To start from*; fill in what is in brackets:\n{}", to_copy(&cut(&letter, LETTER))))
    });
    let said_before = [section(&format!(
        "Tell *{}* ({}) yourself, then record it here. Watchroom sends nothing.{plan}",
        name_of(customer, facts),
        crate::render::case::reached(it, customer, facts)
    ))];
    let content = [
        lines(field::TEXT, "What was sent?", said, "The words as they went out.", false),
        lines(
            field::ACTIONS,
            "What must they do on their own side?",
            actions,
            "\u{201c}Nothing\u{201d} is an answer too.",
            false,
        ),
        line(field::HOW, "How was it sent?", how, "Mail, phone, portal, and to whom.", false),
        moment(field::NEXT_AT, "When was it sent?", "Left empty: just now."),
    ];
    let record = if hits.is_empty() { "Record notice" } else { "Record anyway" };
    let content: Vec<SlackBlock> =
        look_again(hits, record).into_iter().chain(said_before).chain(letter).chain(content).collect();
    let memory = FormMemory { anyway: !hits.is_empty(), ..memory(it, customer) };
    modal(form::case::NOTICE, &format!("Notice to customer {customer}"), record, &memory, &content)
}

/// The customer acknowledged what it was told.
pub fn acknowledged_form(it: &Incident, customer: u32, facts: &BTreeMap<u64, Fact>) -> Value {
    let content = [
        section(&format!("*{}* acknowledged what it was told.", name_of(customer, facts))),
        line(field::SECURITY, "Who acknowledged it, and how?", "", "A name, and mail or phone.", false),
    ];
    let title = format!("Customer {customer}");
    modal(form::case::ACKNOWLEDGED, &title, "Record", &memory(it, customer), &content)
}
