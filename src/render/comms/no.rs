//! Why nothing is said to others, and what to do next.

use jiff::{Timestamp, civil::Date};

use super::{
    View,
    draft::{held, label},
    outlet_label, update_for,
};
use crate::{
    incident::{
        Incident,
        comms::{self, No},
    },
    playbook::{Audience, Outlet, OutletId, RoleId},
    render::{
        escape::escape,
        line::{person, phase_label, role_label},
        when::date,
    },
};

/// The sentence.
pub(in crate::render) fn no(w: View<'_>, why: &No, it: Option<&Incident>) -> String {
    let id = it.map_or_else(|| "the incident".to_owned(), |it| it.id.to_string());
    match why {
        No::NotWritten(to) => format!("The {} is not written here: `/incident {id} {}`.", update_for(*to), place(*to)),
        No::NoTemplate(to) => format!(
            "The playbook has no template of the {} for this phase, so nothing can be sent. Add one under `[[templates]]`.",
            update_for(*to)
        ),
        No::BadTemplate(error) => {
            format!("The playbook's template cannot be used ({}). Nothing was sent.", escape(error))
        }
        No::NeedToKnow => {
            format!("{id} is need-to-know: nothing about it may be public. Tell the affected customers one by one: \
                 `/incident {id} customers`.")
        }
        No::NoOutlet => "Choose at least one channel.".into(),
        No::NoSuchOutlet(outlet) => {
            format!("The channel `{}` is not in the playbook any more. Untick it under Edit.", escape(outlet.as_str()))
        }
        No::TooManyOutlets { limit } => format!("Choose at most {limit} channels."),
        No::DraftTooLong { limit } => {
            format!("All fields together may have {limit} characters. Please shorten it. Nothing was changed.")
        }
        No::Unfilled(places) => unfilled(places),
        No::NoNextUpdate => "Say when the next update comes. You can change the time later.".into(),
        No::TooLongFor { outlet, limit, length } => format!(
            "The update has {length} characters; *{}* takes {limit}. Shorten it, or untick that channel under Edit. Nothing was sent.",
            outlet_label(w, outlet)
        ),
        No::InternalText => {
            "These are the words of the internal update, which must not go outside. Write what these readers notice, and \
             what they can do."
                .into()
        }
        No::SameText => "The last update said the same. Readers want to know what is new.".into(),
        No::NoSuchDraft => "This draft was already sent or deleted. Nothing was changed.".into(),
        No::DraftChanged => "Somebody has changed this draft. Look at it again in the room. Nothing was changed.".into(),
        No::DraftThere { by } => {
            let by = by.as_ref().map_or_else(|| "Somebody".to_owned(), person);
            format!("{by} has already begun an update for these readers. Open that draft, or take it over.")
        }
        No::TooManyAuthors { limit } => {
            format!("{limit} people have already written on this draft. Let one of them make the change. Nothing was changed.")
        }
        No::OtherPhase(phase) => {
            let phase = it.map_or_else(|| escape(phase.as_str()), |it| phase_label(w, &it.kind, phase));
            format!("This was written in the phase {phase}, but {id} is in another phase now. Edit it first. Nothing was sent.")
        }
        No::NotAuthorised { outlet, roles } => not_authorised(w, &id, outlet, roles),
        No::NotTrained { outlet, until } => not_trained(w, outlet, *until),
        No::NotApproved { outlet, roles, alone_from } => not_approved(w, outlet, roles, *alone_from),
        No::NotReleased(roles) => not_released(w, &id, roles),
        No::OwnText => own_text(w, it),
        No::NotApprover(roles) => not_approver(w, it, &id, roles),
        No::NothingToRetry => "There is nothing to retry: it is posted, being posted, or too old.".into(),
        No::NotNow(outlet) => format!(
            "The channel register does not use *{}* any more as things stand now. If it must know, write a new update and tick it \
             there. Nothing was posted.",
            outlet_label(w, outlet)
        ),
        No::Newer(to) => {
            format!("A newer {} was sent since; this one would be old news. Nothing was posted.", update_for(*to))
        }
        No::NothingToCorrect
        | No::Withdrawn
        | No::Corrected { .. }
        | No::ManyCorrections { .. }
        | No::SaysSo => uncorrected(why),
        No::NothingDue(to) => format!("No {} is due at the moment.", update_for(*to)),
    }
}

fn unfilled(places: &[String]) -> String {
    let places: Vec<String> = places.iter().map(|place| format!("*{}*", escape(&label(place)))).collect();
    format!("Still empty: {}. Please fill it in.", places.join(", "))
}

/// Why what was sent is not corrected.
fn uncorrected(why: &No) -> String {
    match why {
        No::Withdrawn => "Its words were redacted, so it stands nowhere any more. Write a new update. Nothing was changed.".into(),
        No::Corrected { by } => {
            let by = by.as_ref().map_or_else(|| "Somebody".to_owned(), person);
            format!("{by} corrected it meanwhile. What it says now stands in the room. Nothing was changed.")
        }
        No::ManyCorrections { limit } => {
            format!("It was corrected {limit} times already. Write a new update. Nothing was changed.")
        }
        No::SaysSo => "That is what it says already. Nothing was changed.".into(),
        _ => "There is no such update, or it is too long ago: only the last four can be corrected. Write a new one, which says what was \
              wrong."
            .into(),
    }
}

/// Where these readers' texts are written, as what stands behind the incident in a command.
const fn place(to: Audience) -> &'static str {
    match to {
        Audience::Internal | Audience::NeedToKnow => "update",
        Audience::External | Audience::Executive => "channels",
        Audience::Advisor => "consult &lt;role&gt; &lt;question&gt;",
        Audience::Reporter => "reports",
        Audience::CustomerContact => "customers",
    }
}

/// Who may approve it: to be asked, or whose role to take.
fn not_approver(w: View<'_>, it: Option<&Incident>, id: &str, roles: &[RoleId]) -> String {
    let holders = it.into_iter().flat_map(|it| roles.iter().filter_map(move |role| it.holder(role)));
    let holders: Vec<String> = holders.map(person).collect();
    let take = if holders.is_empty() { "Take".to_owned() } else { format!("Ask {}, or take", holders.join(" or ")) };
    let role = roles.first().map_or("lead", RoleId::as_str);
    format!("Only {} may approve this. {take} the role: `/incident {id} role {role}`.", named(w, roles))
}

/// Whom to ask instead: whoever may approve what is drafted now.
fn own_text(w: View<'_>, it: Option<&Incident>) -> String {
    let mut roles: Vec<&RoleId> = Vec::new();
    let outlets = it.into_iter().flat_map(|it| &it.comms.drafts).flat_map(|d| &d.outlets);
    let mut outlets: Vec<&Outlet> = outlets.filter_map(|id| w.playbook.outlet(id)).collect();
    // Where some need it, only who may approve there is of use.
    if outlets.iter().any(|o| o.two_person) {
        outlets.retain(|o| o.two_person);
    }
    let releasers = it.into_iter().flat_map(|it| comms::releasers(it, w.playbook));
    for role in releasers.chain(outlets.into_iter().flat_map(|o| &o.approve_roles)) {
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    let held: Vec<String> = it.into_iter().flat_map(|it| roles.iter().map(move |role| held(w, it, role))).collect();
    let who = if held.is_empty() { "anyone else here".to_owned() } else { held.join(" or ") };
    format!("You wrote this; somebody else must approve it: {who} presses Approve below the draft.")
}

/// Why not this person, there, now: with the way to send to the other channels all the same.
fn not_authorised(w: View<'_>, id: &str, outlet: &OutletId, roles: &[RoleId]) -> String {
    format!(
        "Nothing was sent: only {1} may send to *{0}*. Untick *{0}* (below a draft: under Edit), take the role: \
         `/incident {id} role {2}`, or leave it to them as a draft.",
        outlet_label(w, outlet),
        named(w, roles),
        roles.first().map_or("lead", RoleId::as_str)
    )
}

fn not_trained(w: View<'_>, outlet: &OutletId, until: Option<Date>) -> String {
    let until =
        until.map_or_else(|| "you are not on the list".to_owned(), |date| format!("your training ended on {date}"));
    format!(
        "Nothing was sent: only trained people may send to *{0}*; {until}. Ask someone who is trained, or untick *{0}* (below a \
         draft: under Edit).",
        outlet_label(w, outlet)
    )
}

fn not_approved(w: View<'_>, outlet: &OutletId, roles: &[RoleId], alone_from: Option<Timestamp>) -> String {
    let alone = alone_from.map(|from| {
        format!(
            " If nobody answers, press Send below the draft after {}: you may send it with a reason then.",
            date(from)
        )
    });
    format!(
        "Nothing was sent: *{0}* needs two people, and {1} must approve it first. To send to the others now, untick *{0}* (below \
         a draft: under Edit).{2}",
        outlet_label(w, outlet),
        named(w, roles),
        alone.unwrap_or_default()
    )
}

fn not_released(w: View<'_>, id: &str, roles: &[RoleId]) -> String {
    format!(
        "Nothing was sent: {id} is need-to-know, and nothing about it may be public before {} approve this very text below its \
         draft, each of them another person.",
        labels(w, roles).join(" and ")
    )
}

fn named(w: View<'_>, roles: &[RoleId]) -> String {
    labels(w, roles).join(" or ")
}

fn labels(w: View<'_>, roles: &[RoleId]) -> Vec<String> {
    roles.iter().map(|role| format!("*{}*", escape(&role_label(w, role)))).collect()
}
