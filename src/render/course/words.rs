//! What is missing, in words.

use super::{View, plain_phase};
use crate::{
    incident::{Incident, course::Missing},
    playbook::Need,
    render::{comms, when::date},
};

/// What a need is, as the end of "it needs …".
pub(in crate::render) const fn need_words(need: Need) -> &'static str {
    match need {
        Need::ImpactStatement => "the impact (who feels what)",
        Need::Fix => "a fix on the timeline",
        Need::FinalFix => "the confirmed final fix",
        Need::Watched => "the time for which its signal is watched",
        Need::DetectionSource => "who noticed first",
        Need::SeverityReviewed => "a second look at the severity",
        Need::ScopeStatement => "the scope (what was reached, when, from where, whose data)",
        Need::Evidence => "a piece of evidence",
        Need::ContainmentStatement => "the containment (what keeps it from getting worse)",
        Need::EradicationStatement => "the eradication (what was removed)",
        Need::RecoveryStatement => "the recovery (by which criteria all is normal again)",
        Need::NoticesDelivered => "a notice to every customer whose impact is confirmed",
    }
}

/// The field of a form in which a statement is typed, its question, and a hint.
pub(in crate::render) const fn need_field(need: Need) -> Option<(&'static str, &'static str, &'static str)> {
    use crate::render::ids::field;
    match need {
        Need::ImpactStatement => {
            Some((field::IMPACT, "Impact: who feels what?", "A sentence, for people who come in fresh."))
        }
        Need::Fix => Some((field::FIX, "What should mend it?", "Goes on the timeline as a fix.")),
        Need::ScopeStatement => Some((
            field::SCOPE,
            "Scope: what was reached?",
            "What, when, from where, whose data. Say what is only suspected.",
        )),
        Need::ContainmentStatement => {
            Some((field::CONTAINMENT, "Containment: what stops it?", "What keeps it from getting worse."))
        }
        Need::EradicationStatement => {
            Some((field::ERADICATION, "Eradication: what was removed?", "Access, code, accounts, causes."))
        }
        Need::RecoveryStatement => {
            Some((field::RECOVERY, "Recovery: how do we know?", "The criteria by which all is normal again."))
        }
        Need::FinalFix
        | Need::Watched
        | Need::DetectionSource
        | Need::SeverityReviewed
        | Need::Evidence
        | Need::NoticesDelivered => None,
    }
}

/// What holds something up, as the end of "although …".
pub(super) fn missing(w: View<'_>, it: &Incident, all: &[Missing]) -> String {
    let words = all.iter().map(|missing| match missing {
        Missing::Need(need) => format!("{} is missing", need_words(*need)),
        Missing::Customer(n) => format!("customer {n} is affected and was not told (`/incident {} customers`)", it.id),
        Missing::Beside(phase) => format!("*{}* is not over", plain_phase(w, it, phase)),
        Missing::Exit { phase, role } => {
            format!("*{}* has not accepted that *{}* was left", super::role_label(w, role), plain_phase(w, it, phase))
        }
        Missing::Promised { to, due } => {
            format!("an update for {} was due by {}, and nothing went out since", comms::readers(*to), date(*due))
        }
        Missing::Unposted(outlet) => {
            format!("the last update for *{}* is not posted yet", comms::outlet_label(w, outlet))
        }
    });
    words.collect::<Vec<_>>().join("; ")
}
