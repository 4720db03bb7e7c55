//! Somebody else is on call for a while.

use serde_json::Value;

use super::{
    fields::{TextField, person, required_moment, select, text},
    modal,
};
use crate::{
    paging::schedule::ScheduleId,
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
