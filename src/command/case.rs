//! Verbs about the records of a case.

use super::{
    args::{Args, Bad, Meaning, Outcome, split_first, wrong},
    markup::plain,
    parse::{FormKind, ParseCx, Parsed, Query},
    trouble::sounds_like_trouble,
};
use crate::incident::{
    Command,
    case::{Ask, Notice},
};

const fn ask(ask: Ask) -> Meaning {
    Meaning::Do(Command::Case(ask))
}

/// `customers`, `customers add Acme security: s@acme.example`, `customers confirm 2 its tokens were read`.
pub fn customers(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    let (first, rest) = args.first();
    match first.to_lowercase().as_str() {
        "" | "list" if rest.is_empty() => Ok(Meaning::Look(|id| Parsed::Query(Query::Customers(id)))),
        "add" if rest.is_empty() => Ok(Meaning::Form(FormKind::Customer)),
        "add" => {
            let (name, security, technical) = contacts(rest);
            Ok(ask(Ask::NameCustomer { name, security, technical, known: std::collections::BTreeMap::new() }))
        }
        "plan" if rest.is_empty() => Ok(Meaning::Form(FormKind::Plan)),
        "plan" => {
            let [order, teller, text] = parts(rest, "plan <who, in which order> | <by whom> | <what they are told>")?;
            Ok(ask(Ask::Plan { order, teller, text }))
        }
        "approve" if rest.is_empty() => Ok(ask(Ask::ApprovePlan)),
        "confirm" => {
            let (customer, rest) = number(rest)?;
            Ok(ask(Ask::ConfirmImpact { customer, impact: (!rest.is_empty()).then(|| plain(rest)) }))
        }
        "clear" => {
            let (customer, why) = number(rest)?;
            Ok(ask(Ask::Clear { customer, why: plain(why) }))
        }
        "contact" => {
            let (customer, rest) = number(rest)?;
            let (_, security, technical) = contacts(rest);
            Ok(ask(Ask::ChangeContacts { customer, security, technical }))
        }
        "told" => {
            let (customer, rest) = number(rest)?;
            let [how, text, actions] = parts(rest, "told <n> <how> | <what was sent> | <what they must do>")?;
            Ok(ask(Ask::Tell { customer, notice: Notice { text, actions, how, sent_at: None } }))
        }
        "acknowledged" => {
            let (customer, who) = number(rest)?;
            if who.is_empty() {
                return Err(wrong(format!(
                    "Say who acknowledged it: `/incident customers acknowledged {customer} &lt;who and how&gt;`. Nothing was changed."
                )));
            }
            Ok(ask(Ask::Acknowledge { customer, who: plain(who) }))
        }
        // Many titles begin with them.
        _ if sounds_like_trouble(rest) || sounds_like_trouble(first) => {
            let title = format!("{} {}", args.said, args.text());
            Ok(Meaning::Whole(Parsed::DeclareForm { title, severity: None, secret: false }))
        }
        _ => Err(Bad::Unread),
    }
}

/// The number that a text begins with, and what stands behind it.
fn number(text: &str) -> Result<(u32, &str), Bad> {
    let (first, rest) = split_first(text);
    let number = first.trim_start_matches('#').trim_end_matches([':', ',']).parse();
    match number {
        Ok(number) => Ok((number, rest)),
        Err(_) if text.is_empty() => Err(wrong(
            "Name the customer by its number. `/incident customers` shows them, with a button for each step. Nothing was changed.",
        )),
        // `customers confirm that nothing works` is a title.
        Err(_) => Err(Bad::Unread),
    }
}

/// Three texts with strokes between them.
fn parts(text: &str, usage: &str) -> Result<[String; 3], Bad> {
    let all: Vec<String> = plain(text).split('|').map(|part| part.trim().to_owned()).collect();
    all.try_into().map_err(|_| {
        wrong(format!(
            "Three texts are needed, with `|` between them: `/incident customers {usage}`. Nothing was changed."
        ))
    })
}

/// A name, and the contacts behind `security:` and `technical:`.
fn contacts(text: &str) -> (String, Option<String>, Option<String>) {
    let lower = text.to_ascii_lowercase();
    let (security, technical) = (lower.find("security:"), lower.find("technical:"));
    let ends = |from: usize| [security, technical].into_iter().flatten().filter(|at| *at > from).min();
    let part = |at: Option<usize>, mark: &str| {
        let at = at?;
        let said = &text[at + mark.len()..ends(at).unwrap_or(text.len())];
        let said = plain(said.trim().trim_end_matches(',').trim());
        (!said.is_empty()).then_some(said)
    };
    let name = &text[..[security, technical].into_iter().flatten().min().unwrap_or(text.len())];
    let name = plain(name.trim().trim_end_matches(',').trim());
    (name, part(security, "security:"), part(technical, "technical:"))
}
