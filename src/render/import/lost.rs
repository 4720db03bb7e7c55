//! What was lost on the way, why, and what to do about it.

use crate::{
    ids::UserId,
    paging::import::{Asks, Checked, Imported, Left, Lost, Of, Provider, Unreadable, Why},
};

/// As people call it.
#[must_use]
pub const fn provider(provider: Provider) -> &'static str {
    match provider {
        Provider::PagerDuty => "PagerDuty",
        Provider::Opsgenie => "Opsgenie",
        Provider::Grafana => "Grafana OnCall",
    }
}

/// One thing that was lost: of what, why, and what to do.
#[must_use]
pub fn left(imported: &Imported, left: &Left) -> String {
    let of = match &left.of {
        Of::Schedule(name) => format!("schedule \u{201c}{name}\u{201d}"),
        Of::Policy(name) => format!("policy \u{201c}{name}\u{201d}"),
        Of::File(name) => name.clone(),
    };
    let part = if left.part.is_empty() { String::new() } else { format!(", {}", left.part) };
    format!("{of}{part}: {}", why(imported, &left.lost))
}

fn why(imported: &Imported, lost: &Lost) -> String {
    match lost {
        Lost::Over(0) => "it is over already, and is left out".into(),
        Lost::Over(1) => "1 override is over already, and is left out".into(),
        Lost::Over(n) => format!("{n} overrides are over already, and are left out"),
        Lost::Nobody => "nobody is in it from now on; it is left out".into(),
        Lost::Turn(seconds) => {
            format!("a turn of {seconds} s is no number of hours; it is left out, so write it with a turn of hours")
        }
        Lost::Hours => {
            "hours are counted on the local clock here, so that handovers may be an hour off from what they were \
                        after a change of clocks; compare the first of them"
                .into()
        }
        Lost::Repeats(how) => {
            format!(
                "it repeats in a way that turns and parts of the week do not give ({how}); it is left out, so write it yourself"
            )
        }
        Lost::Dates => "dates that are added or left out are not carried over; say them by `/incident override`".into(),
        Lost::OtherZone(zone) => format!(
            "its times are of {zone}, and are taken as those of the schedule's zone at its first shift; where the clocks of the \
             two change on other days, make it a schedule of its own"
        ),
        Lost::UnknownZone { named, taken } => {
            format!("`{named}` is no time zone that is known; {taken} is taken, so set `timezone`")
        }
        Lost::Clock => {
            "its times may be local or universal, and nothing in the export tells; they are taken as local, so compare \
                        the first shift, or add the rendered schedule to the export"
                .into()
        }
        Lost::Override { who, from, until } => format!(
            "an override is not carried over; say `/incident override \u{2026} @{} from {} until {}`",
            name(imported, who),
            from.strftime("%Y-%m-%d %H:%M"),
            until.strftime("%Y-%m-%d %H:%M")
        ),
        Lost::Homeless => {
            "an override does not say of which schedule it is; ask for the schedule itself with `since` and `until`"
                .into()
        }
        Lost::TurnOf(kind, name) => {
            format!("the {kind} \u{201c}{name}\u{201d} takes a turn, which is nobody's here (`[]`); put its people in")
        }
        Lost::Disabled => "it is switched off, and is left out".into(),
        Lost::NoRotations => "its rotations are not in the export, so that it is left out; ask for it by its id".into(),
        Lost::Calendar => "its shifts stand in a calendar; import that as a layer of its own".into(),
        Lost::MorePages => {
            "the answer says that there are more; ask for the next pages too, and put them beside it".into()
        }
        Lost::Unused => "nothing of it is used".into(),
        Lost::Missing(kind, name) => {
            format!(
                "the {kind} \u{201c}{name}\u{201d} is not in the export or was left out; it is not asked, so put another in"
            )
        }
        Lost::Differs { at, theirs, ours } => format!(
            "at {at} the export has {} on call, and this has {}; find out why before you rely on it",
            names(imported, theirs),
            names(imported, ours)
        ),
        Lost::Asks(asks) => why_asks(asks),
    }
}

fn why_asks(asks: &Asks) -> String {
    match asks {
        Asks::TargetOf(kind, name) => {
            format!(
                "it asks the {kind} \u{201c}{name}\u{201d}, which there is not here; put people, a user group or a schedule in"
            )
        }
        Asks::StepKind(kind) => format!("`{kind}` is nothing that a step does here; it is left out"),
        Asks::StepEmpty => "it asks nobody, and is left out".into(),
        Asks::RoundRobin => {
            "it asks one after the other, another one for each page; here it asks all of them at once".into()
        }
        Asks::FirstWait(minutes) => {
            format!("it begins after {minutes} min; here the first step is asked at once")
        }
        Asks::UntilClosed => "it goes on although somebody acknowledged; here an acknowledgement stops it".into(),
        Asks::WhomOf(kind) => format!("it asks `{kind}` of them; here whoever is on call then is asked"),
        Asks::AfterAll => {
            "what happens to the alert after the last step is not carried over; here the fallback is asked".into()
        }
        Asks::WaitsForHours => {
            "outside of these hours it waits for them to begin; here the steps after it are left out then".into()
        }
        Asks::Important => "it asks by the persons' ways for what is important; here a page always is".into(),
        Asks::TooLong => {
            "it asks more than a policy may here (10 steps, 10 targets in each, 40 in all); the rest is cut off".into()
        }
    }
}

fn name(imported: &Imported, who: &UserId) -> String {
    let known = imported.people.get(who).filter(|met| !met.name.is_empty());
    known.map_or_else(|| who.to_string(), |met| met.name.clone())
}

fn names(imported: &Imported, people: &[UserId]) -> String {
    match people {
        [] => "nobody".into(),
        some => some.iter().map(|who| name(imported, who)).collect::<Vec<_>>().join(", "),
    }
}

/// How a schedule compares with the provider's own rendering of it.
#[must_use]
pub fn checked(checked: &Checked) -> String {
    let Checked { schedule, parts, differ } = checked;
    let of = format!("schedule \u{201c}{schedule}\u{201d}: held against the export's own rendering of {parts} shifts,");
    if *differ == 0 { format!("{of} all are the same") } else { format!("{of} {differ} differ") }
}

/// Why a file could not be read, and what to do.
#[must_use]
pub fn unreadable(from: Provider, problem: &Unreadable) -> String {
    let (file, provider_of, from) = (&problem.file, from, provider(from));
    match &problem.why {
        Why::NoJson(e) => format!("{file} is no JSON ({e}); save the answer of {from}'s API as it comes"),
        Why::Other(Some(other)) if *other != provider_of => {
            let other = provider(*other);
            format!("{file} is no answer of {from}'s API, but looks like one of {other}'s; name that with --from")
        }
        Why::Other(Some(_) | None) => {
            format!("{file} is no answer of {from}'s API; the README lists the requests that give them")
        }
        Why::Shape(at, e) => format!("{file}: {at} is not as {from} describes it: {e}"),
        Why::Nothing => {
            format!("there is no schedule and no policy of {from} in it; the README lists the requests that give them")
        }
    }
}
