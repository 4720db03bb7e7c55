//! Assign roles, hand one over.

use serde_json::Value;

use super::{
    fields::{person, select},
    modal,
};
use crate::{
    incident::Incident,
    playbook::{ROLES_SHOWN, RoleId},
    render::{
        View,
        card::holder,
        ids::{FormMemory, field, form, value},
        limits::{SECTION, choice, rows, section},
        line::role_label,
    },
};

fn how() -> slack_morphism::blocks::SlackBlock {
    let options = vec![
        choice("Ask first; the present holder stays until they accept", value::ASK),
        choice("Give it to them now", value::NOW),
    ];
    select(field::HOW, "How?", options, Some(value::NOW), "")
}

/// Which role, to whom, and how.
pub fn roles_form(w: View<'_>, it: &Incident) -> Value {
    let lines: Vec<String> = w
        .playbook
        .roles
        .iter()
        .filter(|r| it.has_role(r))
        .map(|r| format!("*{}*: {}\n_{}_", r.label, holder(it, &r.id), r.purpose))
        .collect();
    let here = w.playbook.roles.iter().filter(|r| it.has_role(r));
    let roles = here.take(ROLES_SHOWN).map(|r| choice(&r.label, r.id.as_str())).collect();
    let content = [
        select(field::ROLE, "Role", roles, Some(it.lead_role.as_str()), ""),
        person(field::PERSON, "Who?", None),
        how(),
        super::small::reason("Why, if the roles of one person do not go together?", true),
        section(&rows(&lines, SECTION)),
    ];
    modal(form::ROLES, &format!("Roles of {}", it.id), "Assign", &FormMemory::of(it.id), &content)
}

/// To whom a role is handed over.
pub fn handover_form(w: View<'_>, it: &Incident, role: &RoleId) -> Value {
    let label = role_label(w, role);
    let content = [
        section(&format!("*{label}* of {}: you stay responsible until they accept.", it.id)),
        select(field::ROLE, "Role", vec![choice(&label, role.as_str())], Some(role.as_str()), ""),
        person(field::PERSON, "Who takes over?", None),
    ];
    modal(form::HAND_OVER, "Hand over", "Ask them", &FormMemory::of(it.id), &content)
}
