//! What whoever types a name that the playbook does not have is told: which names there are.

use super::{
    args::Bad,
    markup::plain,
    parse::{ParseCx, shorten},
};
use crate::playbook::{Kind, Phase, Role};

/// How many names a sentence lists.
const LISTED: usize = 60;

/// No phase is called so. Those of the incident's kind, where it is known of which that is.
pub(super) fn no_phase(said: &str, cx: &ParseCx<'_>) -> Bad {
    let of = |kind: &Kind| listed(kind.phases.iter().map(|Phase { id, .. }| id.to_string()));
    let said = word(said);
    if let Some(kind) = cx.kind {
        let has = of(kind);
        return Bad::Unknown(format!("There is no phase `{said}`; this incident has {has}, and `next` and `back`."));
    }
    let kinds = cx.playbook.kinds.iter().map(|kind| format!("of kind `{}` have {}", kind.id, of(kind)));
    let kinds: Vec<String> = kinds.collect();
    Bad::Unknown(format!("There is no phase `{said}`; incidents {}.", kinds.join("; ")))
}

/// No severity is called so.
pub(super) fn no_severity(said: &str, cx: &ParseCx<'_>) -> Bad {
    let all = cx.playbook.severities.iter().map(|s| format!("`{}` ({})", s.level.0, plain(&s.label)));
    let all: Vec<String> = all.collect();
    Bad::Unknown(format!("There is no severity `{}`; there are {}.", word(said), all.join(", ")))
}

/// No kind is called so.
pub(super) fn no_kind(said: &str, cx: &ParseCx<'_>) -> Bad {
    Bad::Unknown(format!("There is no kind `{}`; there are {}.", word(said), kinds(cx)))
}

/// The kinds that there are.
pub(super) fn kinds(cx: &ParseCx<'_>) -> String {
    listed(cx.playbook.kinds.iter().map(|k| k.id.to_string()))
}

/// No role is called so. Those of the incident's kind, where it is known of which that is.
pub(super) fn no_role(said: &str, cx: &ParseCx<'_>) -> String {
    let is_here = |role: &&Role| cx.kind.is_none_or(|kind| role.is_for(&kind.id) || role.is_for_helpers(&kind.id));
    let here = listed(cx.playbook.roles.iter().filter(is_here).map(|r| r.id.to_string()));
    format!("There is no role `{}`; there are {here}.", word(said))
}

fn listed(names: impl Iterator<Item = String>) -> String {
    let mut all: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    let more = all.len().saturating_sub(LISTED);
    if more > 0 {
        all.truncate(LISTED);
        all.push(format!("and {more} more (`/incident playbook` shows them)"));
    }
    all.join(", ")
}

/// What was typed, so that it can stand between backticks.
fn word(said: &str) -> String {
    shorten(&plain(said).replace('`', "'"), 40)
}
