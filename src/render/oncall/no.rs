//! Why not.

use super::{between, person};
use crate::paging::rota::No;

/// Why nothing was changed about who is on call, and what to do.
pub fn no(no: &No) -> String {
    match no {
        No::NoSuchSchedule => "There is no such schedule any more. `/incident oncall` shows those that there are.".into(),
        No::Past => "That would be over already. Name a time ahead: `for 2h`, `until 08:00`, `tomorrow`. Nothing was changed.".into(),
        No::TooLong => {
            "That is more than a year, or more than a year ahead; was another date meant? Nothing was changed.".into()
        }
        No::TooMany { limit } => {
            format!("{limit} are to come already, which is the most. End some first: `/incident override` lists them.")
        }
        No::AlreadySo => "It is so already; nothing was changed.".into(),
        No::NotOnCall { who } => format!(
            "{} is not on call then, so nothing was changed. `/incident oncall &lt;schedule&gt; weeks` shows who is when.",
            person(who)
        ),
        No::Away { who, span } => format!(
            "{0} is away {1}, and nobody is on call while they are away; so nothing was changed. Name somebody else or other hours. \
             `/incident away` (of somebody else: `/incident away @person`) takes an absence back.",
            person(who),
            between(*span)
        ),
        No::Oneself => "That would change nothing: it is one and the same person. Name somebody else.".into(),
        No::NobodyElse => {
            "Nobody else is in this schedule who is not away then. Name somebody: `/incident override &lt;schedule&gt; @person for 2h`.".into()
        }
        No::NoSuchOverride => "That override is over or was taken back already.".into(),
        No::NoSuchAbsence => "That absence is over or was taken back already.".into(),
        No::NoSuchAsk => "Nobody asks for that any more.".into(),
        No::Taken { by } => format!("{} has said yes already. You need not do anything.", person(by)),
        No::AskOver => "This needs no answer any more.".into(),
        No::NotAsked => "Others were asked, not you.".into(),
    }
}
