//! Verbs about who may see an incident, and of which kind it is.

use super::{
    args::{Args, Bad, Meaning, Outcome, split_first, wrong},
    markup::{Piece, piece, plain},
    names::{kinds, no_kind},
    parse::{ParseCx, Parsed, Query},
    trouble::sounds_like_trouble,
};
use crate::{
    ids::UserId,
    incident::{Command, access::Ask},
};

/// `access`, `access add @person <why>`, `access remove @person <why>`.
pub fn access(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    let (first, rest) = args.first();
    let ask: fn(UserId, String) -> Ask = match first.to_lowercase().as_str() {
        "" | "list" | "log" if rest.is_empty() => {
            return Ok(Meaning::Look(|id| Parsed::Query(Query::Access(id))));
        }
        "add" => |who, why| Ask::LetIn { who, why },
        "remove" => |who, why| Ask::Remove { who, why },
        _ => return Err(Bad::Unread),
    };
    let (person, why) = split_first(rest);
    match piece(person) {
        Piece::User(who) if why.is_empty() => Err(wrong(format!(
            "Say why: `/incident access {first} <@{who}> <why>`. It is kept in the log. Nothing was changed."
        ))),
        Piece::User(who) => Ok(Meaning::Do(Command::Access(ask(who, plain(why))))),
        Piece::Unresolved(_) | Piece::Group(_) | Piece::Channel(_) => Err(wrong(format!(
            "Name one person: type `@` and the first letters, then pick them from the list that Slack shows, and say why. \
             `/incident access {first} @person <why>`. Nothing was changed."
        ))),
        Piece::Link(_) | Piece::Word(_) => Err(Bad::Unread),
    }
}

/// Makes an open incident a need-to-know one. A title like `private keys are exposed` must not.
pub fn private(args: &Args<'_>, _: &ParseCx<'_>) -> Outcome {
    if !args.sure && sounds_like_trouble(args.rest) {
        return Err(Bad::Unread);
    }
    Ok(Meaning::Do(Command::Access(Ask::Restrict { kind: None, why: args.reason(), to: None })))
}

/// `kind <kind> [why]`.
pub fn kind(args: &Args<'_>, cx: &ParseCx<'_>) -> Outcome {
    let (first, why) = args.first();
    if first.is_empty() {
        return Err(wrong(format!("Of which kind? There are {}. Nothing was changed.", kinds(cx))));
    }
    let first = first.trim_end_matches([':', ',']);
    let kind = cx.playbook.kind_named(first).ok_or_else(|| no_kind(first, cx))?;
    let why = (!why.is_empty()).then(|| plain(why));
    Ok(Meaning::Do(Command::Access(Ask::ChangeKind { to: kind.id.clone(), why })))
}
