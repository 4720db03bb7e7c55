//! What is missing, to whoever acted, and what they can do about it.

use slack_morphism::prelude::SlackActionBlockElement;

use super::{View, need_field, need_words, phase_label, plain_phase, words::missing};
use crate::{
    incident::{
        Event, Incident, What,
        course::{Fact, Gate, Missing, No},
    },
    playbook::{Need, PhaseId},
    render::{
        Message,
        escape::escape,
        ids::{ButtonValue, action, comms as action_comms},
        limits::{Look, actions, button, section},
        line::{person, role_label},
    },
};

/// Why nothing was changed, and what to do next.
pub(in crate::render) fn refusal_text(w: View<'_>, why: &No, it: Option<&Incident>) -> String {
    let id = it.map_or_else(|| "the incident".to_owned(), |it| it.id.to_string());
    let phase = |p: &PhaseId| it.map_or_else(|| escape(p.as_str()), |it| phase_label(w, &it.kind, p));
    match why {
        No::Missing { gate, missing: all, a_reason_will_do } => {
            let what = match gate {
                Gate::Resolve => format!("{id} is not called resolved yet"),
                Gate::EndBeside(p) => format!("*{}* is not ended yet", phase(p)),
                Gate::Close => format!("{id} is not closed yet"),
                Gate::Cancel => format!("{id} is not cancelled yet"),
                Gate::Merge => format!("{id} is not merged yet"),
            };
            let why = it.map(|it| missing(w, it, all)).unwrap_or_default();
            let verb = match gate {
                Gate::Resolve => "resolve &lt;why&gt;".to_owned(),
                Gate::EndBeside(p) => format!("phase {} done &lt;why&gt;", escape(p.as_str())),
                Gate::Close => "close &lt;why&gt;".to_owned(),
                Gate::Cancel => "cancel &lt;why&gt;".to_owned(),
                Gate::Merge => "merge &lt;id&gt;".to_owned(),
            };
            let way_out = if *a_reason_will_do {
                format!("Do that first, or say why it goes without: `/incident {id} {verb}`.")
            } else {
                format!("That must be done first{}.", it.map(|it| hows(it, all)).unwrap_or_default())
            };
            format!("{what}: {why}. {way_out}")
        }
        No::NotBeside(p) => format!("*{}* does not run beside the others in {id}.", phase(p)),
        No::IsBeside(p) => format!(
            "*{}* runs beside the other phases already. When it is over: `/incident {id} phase {} done`.",
            phase(p),
            escape(p.as_str())
        ),
        No::NothingToAccept(p) => format!("Nobody waits for *{}* of {id} to be accepted.", phase(p)),
        No::NotAccountable { phase: p, role, holder } => format!(
            "*{}* answers for *{}*; only {} can accept that it was left.",
            role_label(w, role),
            phase(p),
            holder.as_ref().map_or_else(|| "whoever takes that role".to_owned(), person)
        ),
        No::NoSuchFix => "Which fix? Choose one that is on the timeline, or say what mended it.".into(),
        No::NoSuchConsult(n) => format!("No question {n} of {id} waits for an answer; it may have one already."),
        No::WhichConsult(all) => {
            let all: Vec<String> = all.iter().map(ToString::to_string).collect();
            format!(
                "Which question? {} wait: `/incident {id} consult answer &lt;number&gt; &lt;text&gt;`.",
                all.join(", ")
            )
        }
        No::NoConsult => format!(
            "No question of {id} waits for an answer. `/incident {id} consult &lt;role&gt; &lt;question&gt;` asks one."
        ),
        No::NotAStatement => format!(
            "That is no statement that a phase needs. `/incident {id} phase next` names what is missing, with a button to say it."
        ),
    }
}

/// The same, with buttons that supply what is missing.
pub fn refusal(w: View<'_>, why: &No, it: Option<&Incident>) -> Message {
    let text = refusal_text(w, why, it);
    let (No::Missing { gate, missing, a_reason_will_do }, Some(it)) = (why, it) else { return Message::plain(text) };
    let needs: Vec<Need> = missing
        .iter()
        .filter_map(|m| match m {
            Missing::Need(need) => Some(*need),
            Missing::Customer(_) => Some(Need::NoticesDelivered),
            Missing::Beside(_) | Missing::Exit { .. } | Missing::Promised { .. } | Missing::Unposted(_) => None,
        })
        .collect();
    let phase = match gate {
        Gate::EndBeside(phase) => phase,
        Gate::Resolve | Gate::Close | Gate::Cancel | Gate::Merge => &it.phase,
    };
    let mut buttons = supply(it, phase.as_str(), &needs);
    buttons.extend(presses(w, it, missing));
    buttons.extend(channels(it, missing));
    if *gate == Gate::Close && *a_reason_will_do {
        buttons.push(button(action::CLOSE, "Close with a reason", &ButtonValue::of(it.id), Look::Usual));
    }
    with_buttons(text, buttons)
}

/// By which commands others accept a phase that was left, and a phase beside the others ends.
fn hows(it: &Incident, missing: &[Missing]) -> String {
    let commands: Vec<String> = missing.iter().filter_map(how).map(|(verb, _)| verb).collect();
    let typed = commands.iter().map(|verb| format!("`/incident {} {}`", it.id, escape(verb)));
    let typed: Vec<String> = typed.collect();
    if typed.is_empty() { String::new() } else { format!(": {}", typed.join(", ")) }
}

/// The command that does what is missing, and the phase, where one command does it.
fn how(missing: &Missing) -> Option<(String, &PhaseId)> {
    match missing {
        Missing::Beside(phase) => Some((format!("phase {phase} done"), phase)),
        Missing::Exit { phase, .. } => Some((format!("phase {phase} accept"), phase)),
        Missing::Need(_) | Missing::Customer(_) | Missing::Promised { .. } | Missing::Unposted(_) => None,
    }
}

/// The same as presses.
fn presses(w: View<'_>, it: &Incident, missing: &[Missing]) -> Vec<SlackActionBlockElement> {
    // What ends with the last notice is not ended by a press before it.
    let untold = missing.iter().any(|m| matches!(m, Missing::Customer(_)));
    let ends_later = |phase: &PhaseId| {
        untold && super::phase_of(w, it, phase).is_some_and(|p| p.needs.contains(&Need::NoticesDelivered))
    };
    let press = |m: &Missing| {
        let (command, phase) = how(m)?;
        if matches!(m, Missing::Beside(_)) && ends_later(phase) {
            return None;
        }
        let verb = if matches!(m, Missing::Beside(_)) { "End" } else { "Accept" };
        let value = ButtonValue::of(it.id).extra(format!("{} {command}", it.id));
        let id = format!("{}.{}.{phase}", action::RUN, verb.to_lowercase());
        Some(button(&id, &format!("{verb} {}", plain_phase(w, it, phase)), &value, Look::Usual))
    };
    missing.iter().filter_map(press).collect()
}

/// Where customers wait for something, the way to give it to them.
fn channels(it: &Incident, missing: &[Missing]) -> Option<SlackActionBlockElement> {
    let waits = missing.iter().any(|m| matches!(m, Missing::Promised { .. } | Missing::Unposted(_)));
    waits.then(|| button(action_comms::CHANNELS, "Show channels", &ButtonValue::of(it.id), Look::Primary))
}

/// What a phase was left without, or for what customers still wait: said once, beside the answer.
pub(in crate::render) fn suggestion(
    w: View<'_>,
    it: &Incident,
    events: &[(u64, Event)],
    answer: &str,
) -> Option<Message> {
    let open = events.iter().find_map(|(_, event)| match &event.what {
        What::Course(Fact::Overridden { gate: Gate::Close, missing, .. }) => channels(it, missing).zip(Some(missing)),
        _ => None,
    });
    if let Some((channels, open)) = open {
        let next = "Tell those who wait. What somebody posts by hand can still be recorded, below the channels.";
        return Some(with_buttons(format!("{answer}\n:warning: {}. {next}", missing(w, it, open)), vec![channels]));
    }
    let skipped = events.iter().find_map(|(_, event)| match &event.what {
        What::Course(Fact::Overridden { gate: Gate::Resolve, missing, .. }) => Some(missing),
        _ => None,
    });
    if let Some(skipped) = skipped {
        let (id, what) = (it.id, missing(w, it, skipped));
        return Some(Message::plain(format!(
            "{answer}\n:warning: It was resolved although {what}: your words count as the reason why it goes without. If you \
             did not mean that: `/incident {id} reopen`, and confirm the final fix on the card."
        )));
    }
    let (phase, needs) = events.iter().find_map(|(_, event)| match &event.what {
        What::Course(Fact::LeftWithout { phase, needs }) => Some((phase, needs)),
        _ => None,
    })?;
    let words: Vec<&str> = needs.iter().map(|need| need_words(*need)).collect();
    let text = format!("{answer}\nStill missing for _{}_: {}.", plain_phase(w, it, phase), words.join("; "));
    Some(with_buttons(text, supply(it, phase.as_str(), needs)))
}

/// Buttons that supply what is missing.
fn supply(it: &Incident, phase: &str, needs: &[Need]) -> Vec<SlackActionBlockElement> {
    let value = ButtonValue::of(it.id);
    let mut buttons = Vec::new();
    if needs.iter().any(|need| need_field(*need).is_some()) {
        buttons.push(button(action::NEEDS, "Add what is missing", &value.clone().extra(phase), Look::Primary));
    }
    if needs.contains(&Need::FinalFix) {
        buttons.push(button(action::FINAL_FIX, "Confirm final fix", &value, Look::Primary));
    }
    if needs.contains(&Need::Evidence) {
        buttons.push(button(action::case::EVIDENCE, "Add evidence", &value, Look::Usual));
    }
    if needs.contains(&Need::NoticesDelivered) {
        let id = format!("{}.customers", action::RUN);
        let show = value.clone().extra(format!("{} customers", it.id));
        buttons.push(button(&id, "Show customers", &show, Look::Primary));
    }
    if needs.contains(&Need::DetectionSource) {
        buttons.push(button(action::intake::CRITERIA, "Say who noticed", &value, Look::Usual));
    }
    if needs.contains(&Need::SeverityReviewed) {
        buttons.push(button(action::REVIEW_SEVERITY, "Look at the severity", &value, Look::Usual));
    }
    buttons
}

fn with_buttons(text: String, buttons: Vec<SlackActionBlockElement>) -> Message {
    let mut blocks = vec![section(&text)];
    if !buttons.is_empty() {
        blocks.push(actions(buttons));
    }
    Message::new(text, blocks)
}
