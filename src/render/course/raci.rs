//! The RACI table, for people and for screen readers.

use super::{View, role_label};
use crate::{
    playbook::{Activity, Letter, RoleId},
    render::{
        Message,
        limits::{TEXT, context, header, rows, section},
    },
};

const LEGEND: &str = "R does the work, A answers for it, C is asked, I is told. A dash means nobody by itself.";

/// Party level and role level of every activity.
pub fn raci(w: View<'_>) -> Message {
    if w.playbook.raci.is_empty() {
        return Message::plain("The playbook has no RACI table.");
    }
    let all: Vec<String> = w.playbook.raci.iter().map(|activity| row(w, activity)).collect();
    let mut blocks = vec![header("Who does what (RACI)"), context(LEGEND)];
    blocks.extend(all.iter().map(|row| section(row)));
    let aloud: Vec<String> = all.iter().map(|row| row.replace('\n', "; ")).collect();
    Message::new(format!("Who does what (RACI). {LEGEND}\n{}", rows(&aloud, TEXT - 200)), blocks)
}

fn row(w: View<'_>, activity: &Activity) -> String {
    let letters = |cell: &[Letter]| match cell {
        [] => "–".to_owned(),
        some => some.iter().map(|l| format!("{l:?}")).collect::<Vec<_>>().join(", "),
    };
    let roles = |letter: char, roles: &[RoleId]| {
        let labels: Vec<String> = roles.iter().map(|role| role_label(w, role)).collect();
        (!labels.is_empty()).then(|| format!("{letter}: {}", labels.join(", ")))
    };
    let by_role = [
        roles('R', &activity.responsible),
        roles('A', std::slice::from_ref(&activity.accountable)),
        roles('C', &activity.consulted),
        roles('I', &activity.informed),
    ];
    format!(
        "*{}* (provider {}, customer {})\n{}",
        activity.label,
        letters(&activity.provider),
        letters(&activity.customer),
        by_role.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    )
}
