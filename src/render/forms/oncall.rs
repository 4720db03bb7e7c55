//! Somebody else is on call for a while; by which ways one is reached.

use serde_json::Value;

use super::{
    fields::{TextField, person, required_moment, select, text},
    modal,
};
use crate::{
    paging::{
        reach::{Contacts, Way},
        schedule::ScheduleId,
    },
    render::{
        View,
        ids::{FormMemory, field, form},
        limits::{SHORT, choice, context},
    },
};

/// The longest reason.
const REASON: u64 = 300;

/// In which schedule, who, from when until when, and why; none where there is no schedule to choose.
pub fn override_form(w: View<'_>, chosen: Option<&ScheduleId>) -> Option<Value> {
    let fits = w.settings.schedules.iter().filter(|f| f.schedule.id.as_str().len() <= SHORT);
    let options: Vec<_> = fits.take(100).map(|f| choice(&f.schedule.name, f.schedule.id.as_str())).collect();
    let first = w.settings.schedules.first()?.schedule.id.as_str();
    let initial = chosen.map_or(first, ScheduleId::as_str);
    let content = vec![
        select(field::SCHEDULE, "Schedule", options, Some(initial), "Whose people change for a while"),
        person(field::PERSON, "Who is on call then", None),
        required_moment(field::FROM, "From", "The first moment"),
        required_moment(field::UNTIL, "Until", "From then on the schedule counts again"),
        text(&TextField {
            id: field::WHY,
            label: "Why",
            initial: "",
            hint: "They read it too",
            lines: false,
            optional: true,
            limit: REASON,
        }),
        context("They are told, and so is everybody whose place they take."),
    ];
    Some(modal(form::OVERRIDE, "Override", "Put on call", &FormMemory::default(), &content))
}

/// The longest address that a field takes.
const ADDRESS: u64 = 254;

/// The field of a way's address.
pub fn way_field(way: Way) -> String {
    format!("{}{}", field::WAY, way.key())
}

/// The field of the minutes after which a way comes.
pub fn after_field(way: Way) -> String {
    format!("{}{}", field::AFTER, way.key())
}

/// An address for each way that the deployment has, and after how many minutes it comes; none where it has no way.
pub fn ways_form(contacts: &Contacts, set_up: &[Way]) -> Option<Value> {
    let one = |id: &str, label: &str, initial: &str, hint: &str, limit| {
        text(&TextField { id, label, initial, hint, lines: false, optional: true, limit })
    };
    let mut content =
        vec![context("Slack messages reach you anyway. Leave a field empty where you do not want that way.")];
    for way in set_up {
        let known = contacts.of(*way);
        let (label, hint) = asks(*way);
        let address = known.and_then(|contact| contact.address.words()).unwrap_or_default();
        content.push(one(&way_field(*way), label, address, hint, ADDRESS));
        let after = known.map(|contact| contact.after_min.to_string()).unwrap_or_default();
        let label = format!("Minutes until {way}");
        content.push(one(
            &after_field(*way),
            &label,
            &after,
            "After the message in Slack, unless you answer before, and before others are asked; empty: at once",
            4,
        ));
    }
    content.push(context("Then try them: `/incident oncall test me`."));
    (!set_up.is_empty()).then(|| modal(form::WAYS, "Ways to reach you", "Save", &FormMemory::default(), &content))
}

/// What a way's address is called, and how to write it.
const fn asks(way: Way) -> (&'static str, &'static str) {
    match way {
        Way::Ntfy => {
            ("Push by ntfy: topic", "The name alone; whoever knows it can read along, so make it long and random")
        }
        Way::Gotify => ("Push by Gotify: name", "Under which whoever runs the bot has the token of your application"),
        Way::Sms => ("SMS: telephone number", "With + and the country: +49 170 1234567"),
        Way::Call => ("Voice call: telephone number", "With + and the country: +49 170 1234567"),
        Way::Mail => ("E-mail: address", "Mail seldom wakes anybody"),
    }
}
