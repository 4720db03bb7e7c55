//! Why nothing is said to others, and what to do next.

use super::{View, draft::label, outlet_label, readers};
use crate::{
    incident::{Incident, comms::No},
    playbook::RoleId,
    render::{
        escape::escape,
        line::{phase_label, role_label},
        when::date,
    },
};

/// The sentence.
pub(in crate::render) fn no(w: View<'_>, why: &No, it: Option<&Incident>) -> String {
    let id = it.map_or_else(|| "the incident".to_owned(), |it| it.id.to_string());
    match why {
        No::NotWritten(to) => format!("Texts for {} are not written here.", readers(*to)),
        No::NoTemplate(to) => format!(
            "The playbook has no template for {} in this phase, so nothing can be sent. Add one under `[[templates]]`.",
            readers(*to)
        ),
        No::BadTemplate(error) => {
            format!("The playbook's template cannot be used ({}). Nothing was sent.", escape(error))
        }
        No::NeedToKnow => {
            format!("{id} is need-to-know: nothing of it goes to the public. Customers it concerns are told one by one.")
        }
        No::NoOutlet => "Choose at least one channel.".into(),
        No::NoSuchOutlet(outlet) => {
            format!("The register has no channel `{}` for these readers any more. Choose again.", escape(outlet.as_str()))
        }
        No::TooManyOutlets { limit } => format!("Choose at most {limit} channels."),
        No::DraftTooLong { limit } => {
            format!("All fields together may have {limit} characters. Shorten it; readers skim. Nothing was changed.")
        }
        No::Unfilled(places) => {
            let places: Vec<String> = places.iter().map(|place| format!("*{}*", escape(&label(place)))).collect();
            format!("Still empty: {}. Fill it in before it is sent.", places.join(", "))
        }
        No::NoNextUpdate => "Say when the next one comes: readers wait for it, and it can be put off.".into(),
        No::TooLongFor { outlet, limit, length } => format!(
            "The text has {length} characters; *{}* takes {limit}. Shorten it, or leave that channel out. Nothing was sent.",
            outlet_label(w, outlet)
        ),
        No::InternalText => {
            "These are the words of the internal update, which never go outside. Write for these readers what they notice and \
             what they can do."
                .into()
        }
        No::SameText => "The last text said the same. Readers look for what is new since then.".into(),
        No::NoSuchDraft => "This draft was sent or thrown away meanwhile; nothing was changed.".into(),
        No::DraftChanged => "Somebody changed this draft meanwhile. Look at it as it is now, in the room.".into(),
        No::OtherPhase(phase) => {
            let phase = it.map_or_else(|| escape(phase.as_str()), |it| phase_label(w, &it.kind, phase));
            format!("This was written in {phase}, and {id} has gone on since. Edit it first; nothing was sent.")
        }
        No::NotAuthorised { outlet, roles } => format!(
            "*{}* is for {} to send. Share it as a draft, or take the role: `/incident {id} role {}`. Nothing was sent.",
            outlet_label(w, outlet),
            named(w, roles),
            roles.first().map_or("lead", RoleId::as_str)
        ),
        No::NotTrained { outlet, until } => {
            let until = until.map_or_else(|| "you are not among them".to_owned(), |date| format!("yours ended on {date}"));
            format!(
                "*{}* is only for people whose training is valid; {until}. Ask someone who is trained. Nothing was sent.",
                outlet_label(w, outlet)
            )
        }
        No::NotApproved { outlet, roles, alone_from } => {
            let alone = alone_from
                .map(|from| format!(" With nobody there, you may send it with a reason from {} on.", date(from)))
                .unwrap_or_default();
            format!(
                "*{}* asks for two people: {} must approve it first. Nothing was sent.{alone}",
                outlet_label(w, outlet),
                named(w, roles)
            )
        }
        No::OwnText => "You wrote on this; somebody else must approve it.".into(),
        No::NotApprover(roles) => format!("Only {} may approve this.", named(w, roles)),
        No::NothingToRetry => "There is nothing to try once more: it is there, on its way, or long over.".into(),
        No::NothingDue(to) => format!("Nothing is owed to {} at the moment.", readers(*to)),
    }
}

fn named(w: View<'_>, roles: &[RoleId]) -> String {
    let roles: Vec<String> = roles.iter().map(|role| format!("*{}*", escape(&role_label(w, role)))).collect();
    roles.join(" or ")
}
