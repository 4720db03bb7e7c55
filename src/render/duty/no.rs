//! Why nothing was changed.

use super::{checklist::duty_text, people};
use crate::{
    incident::{
        Incident,
        duty::{No, NotHere},
    },
    render::{
        View,
        escape::escape,
        limits::cut,
        line::{person, role_label},
    },
};

/// Why nothing was changed, and what to do next.
pub(in crate::render) fn refusal(w: View<'_>, it: Option<&Incident>, no: &No) -> String {
    let id = it.map_or_else(|| "INC-1".to_owned(), |it| it.id.to_string());
    match no {
        No::NotHere { role, why: why_not, could } => {
            let could: Vec<String> = could.iter().map(|r| format!("`{r}`")).collect();
            let why = match why_not {
                NotHere::DrillsOnly => "exists in drills only, and this is a real incident",
                NotHere::OtherKind => "is not a role of this kind of incident",
                NotHere::Outside => "is for people outside the company, who are not in Slack",
                NotHere::NotEngaged => {
                    "is for people who help from outside, while an engagement of theirs is on record here"
                }
            };
            let first = match why_not {
                NotHere::NotEngaged => format!(" To record one: `/incident {id} external add @person …`."),
                NotHere::DrillsOnly | NotHere::OtherKind | NotHere::Outside => String::new(),
            };
            format!(
                "*{}* {why}.{first} Roles that can be held here: {}. Nothing was changed.",
                role_label(w, role),
                cut(&could.join(", "), 1500)
            )
        }
        No::NeedsReason { role, to, with } => {
            let with: Vec<String> = with.iter().map(|r| format!("*{}*", role_label(w, r))).collect();
            format!(
                "{} holds {}, and on a major incident should not also take *{}*: the one who leads should not also type the fix. If it is \
                 needed, say why: `/incident {id} role {role} {} because …`. Nothing was changed.",
                person(to),
                with.join(", "),
                role_label(w, role),
                person(to)
            )
        }
        No::WhoseRole { role, holders } => format!(
            "*{}* is held by {}. Say whose: `/incident {id} unassign {role} @person`.",
            role_label(w, role),
            people(holders)
        ),
        No::NoSuchDuty => {
            format!("This is not on any checklist any more. `/incident {id} checklist` shows what is.")
        }
        No::TickNeedsReason { role, duty } => format!(
            "“{}” ticks itself once the timeline shows it. To tick it by hand, say why. Nothing was changed.",
            escape(&duty_text(w, role, duty))
        ),
        No::NoSuchTask(task) => {
            format!("There is no open task {task}. `/incident {id} tasks` shows those that are open.")
        }
        No::TaskPast => "That time has passed. Give a later one, for example `by 15:00` or `in 20m`.".into(),
        No::NotInside(who) => format!(
            "{} has no access to {id}, so they cannot get a task in it. First give access: `/incident {id} access add @name &lt;why&gt;`.",
            person(who)
        ),
        No::TaskNeedsTime => "A task needs a time, for example `by 15:00` or `in 20m`.".into(),
    }
}
