//! The message that asks somebody for help, and later shows what became of it.

use jiff::Timestamp;

use super::{
    Message, View,
    escape::escape,
    ids::{ButtonValue, action},
    limits::{Look, actions, button, context, header, section},
    line::{escape_name, person, role_label, severity_label, targets, words},
    room::place,
    urgent::not_urgent,
    when::{date, duration},
};
use crate::{
    ids::UserId,
    incident::{Incident, Text},
    paging::{Page, PageState, Target},
    playbook::Paged,
};

/// What a page means to one who got it.
enum Standing {
    /// They are asked.
    Asked,
    /// Others are asked now; they still may answer.
    PassedOn,
    /// They said that they cannot come; they still may answer.
    Declined,
    /// They are on it, and others are waited for as well.
    Answered,
    /// It is over.
    Over,
}

fn standing(page: &Page, to: &Target) -> Standing {
    match page.state {
        PageState::Waiting if page.asked_now().contains(to) => Standing::Asked,
        PageState::Waiting if matches!(to, Target::Person(who) if page.answered.contains(who)) => Standing::Answered,
        PageState::Waiting if matches!(to, Target::Person(who) if page.declined.contains(who)) => Standing::Declined,
        PageState::Waiting => Standing::PassedOn,
        PageState::Acknowledged { .. }
        | PageState::AcknowledgedExternally { .. }
        | PageState::Exhausted { .. }
        | PageState::Ended { .. } => Standing::Over,
    }
}

/// What `to` is asked, or what became of it. `first` messages to a channel wake those who are there; `why` is why they said that
/// they cannot come.
pub fn page(w: View<'_>, it: &Incident, page: &Page, to: &Target, first: bool, why: Option<&Text>) -> Message {
    let standing = standing(page, to);
    let asked = matches!(standing, Standing::Asked);
    let title = escape(it.called());
    let by = page.asked_by.as_ref().map_or_else(|| "Watchroom".to_owned(), person);
    let here = if matches!(to, Target::Channel(_)) && first && asked { "<!here> " } else { "" };
    let state = state(it, page, &standing, why);
    let severity = if it.is_secret() { String::new() } else { format!("{} · ", severity_label(w, it.severity)) };
    let role = match &page.policy.of {
        Some(Paged::Role(role)) if !it.is_secret() => format!(" Whoever acknowledges is *{}*.", role_label(w, role)),
        Some(_) | None => String::new(),
    };
    let facts = format!("{severity}{}\n{by} asked for help {}.{role}", place(it), date(page.started_at));
    let (head, emoji) = headline(to, asked);
    let mut blocks =
        vec![header(&format!("{emoji}{head}: {}", it.id)), section(&format!("{here}*{} {title}*\n{facts}", it.id))];
    if !asked || page.times > 1 {
        blocks.push(section(&state));
    }
    let quiet = if asked && !it.is_urgent(page, w.now) { not_urgent(&page.policy) } else { String::new() };
    if !quiet.is_empty() {
        blocks.push(context(&quiet));
    }
    let value = ButtonValue::of(it.id).number(page.id.0).version(page.version);
    let acknowledge = button(action::ACKNOWLEDGE, "Acknowledge", &value, Look::Primary);
    match (&standing, &page.state) {
        (Standing::Asked, _) => {
            let cannot = button(action::CANNOT, "I can't", &value, Look::Usual);
            let by_name = matches!(to, Target::Person(_)).then_some(cannot);
            let pass_on = button(action::PASS_ON, "Escalate", &value, Look::Usual);
            let cannot = if by_name.is_some() { " I can't: others are asked instead." } else { "" };
            blocks.push(actions([acknowledge].into_iter().chain(by_name).chain([pass_on]).collect()));
            blocks.push(context(&format!(
                "Acknowledge: you are on it; or type `/incident {} ack`.{cannot} Escalate: ask the next one now.",
                it.id
            )));
        }
        (Standing::PassedOn | Standing::Declined, _)
        | (Standing::Over, PageState::AcknowledgedExternally { .. } | PageState::Exhausted { .. }) => {
            blocks.push(actions(vec![acknowledge]));
        }
        (Standing::Answered, _)
        | (Standing::Over, PageState::Waiting | PageState::Acknowledged { .. } | PageState::Ended { .. }) => {}
    }
    Message::new(format!("{here}{head}: {} {title}. {facts} {state} {quiet}", it.id).trim_end(), blocks)
}

/// What stands on one message.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// What its buttons are about.
    pub page: &'a Page,
    /// Other pages that were folded into it.
    pub beside: &'a [&'a Page],
    /// How many were folded into it in all.
    pub folded: u32,
}

/// What has become of all that stands on a message to `to`.
pub fn shown_page(w: View<'_>, it: &Incident, shown: &Shown<'_>, to: &Target, why: Option<&Text>) -> Message {
    let Message { text, mut blocks } = page(w, it, shown.page, to, false, why);
    if shown.folded == 0 {
        return Message { text, blocks };
    }
    let times = if shown.folded == 1 { "once".to_owned() } else { format!("{} times", shown.folded) };
    let intro = format!(
        ":inbox_tray: You got many pages within minutes, so this message was added to {times} instead of sending another."
    );
    let line = |other: &&Page| {
        let name = escape_name(&other.policy.name);
        format!("• Page {} ({name}): {}", other.id, state(it, other, &standing(other, to), None))
    };
    let (number, name) = (shown.page.id, escape_name(&shown.page.policy.name));
    let outro =
        format!("Acknowledge answers each of them that asks you; all else here is about page {number} ({name}).");
    let outro = (!shown.beside.is_empty()).then_some(outro);
    let said: Vec<String> = std::iter::once(intro).chain(shown.beside.iter().map(line)).chain(outro).collect();
    let said = said.join("\n");
    blocks.insert(blocks.len().min(2), section(&said));
    Message::new(format!("{text} {said}"), blocks)
}

/// Whether `to`, who acknowledged and was not heard of since, is still on it; or what became of the question.
pub fn still_on_it(w: View<'_>, it: &Incident, page: &Page, to: &UserId, version: u32) -> Message {
    let name = format!("*{} {}*", it.id, escape(it.called()));
    let said = match (&page.state, page.check()) {
        (_, Some((by, check))) if by == to && check.version == version => {
            return asked_whether(w, it, page, &name, check.until);
        }
        (PageState::Acknowledged { by, .. }, _) if by == to => "You are still on it; thank you.".to_owned(),
        (PageState::Acknowledged { by, .. }, _) => format!("{} is on it now.", person(by)),
        (PageState::AcknowledgedExternally { of, .. }, _) => format!("Somebody acknowledged in {}; thank you.", of.at),
        (PageState::Waiting, _) => format!(
            "The page went on: now {} is asked. If you are on it after all, type `/incident {} ack`.",
            asked_now(page),
            it.id
        ),
        (PageState::Exhausted { .. }, _) => {
            format!(
                "The page went on, and nobody acknowledged. If you are on it after all, type `/incident {} ack`.",
                it.id
            )
        }
        (PageState::Ended { .. }, _) => "This is over; you do not need to do anything.".to_owned(),
    };
    Message::plain(format!("{name}\n{said}"))
}

/// Asks the room whether somebody whom Slack does not know is still on it.
pub(super) fn somebody_on_it(it: &Incident, page: &Page, text: &str) -> Message {
    let value = ButtonValue::of(it.id).number(page.id.0);
    let buttons = vec![
        button(action::KEEP, "Somebody still is", &value, Look::Usual),
        button(action::ACKNOWLEDGE, "I am on it", &value, Look::Primary),
    ];
    Message::new(text.to_owned(), vec![section(text), actions(buttons)])
}

fn asked_whether(w: View<'_>, it: &Incident, page: &Page, name: &str, until: Timestamp) -> Message {
    let since = match &page.state {
        PageState::Acknowledged { sign, .. } => duration(w.now.duration_since(*sign)),
        PageState::Waiting
        | PageState::AcknowledgedExternally { .. }
        | PageState::Exhausted { .. }
        | PageState::Ended { .. } => "a while".to_owned(),
    };
    let text = format!(
        "{name} · {}\n:eyes: Are you still on it? Nothing was heard of you there for {since}. Without an answer by {} others are \
         asked again.",
        place(it),
        date(until)
    );
    let value = ButtonValue::of(it.id).number(page.id.0);
    let buttons = vec![
        button(action::KEEP, "Still on it", &value, Look::Primary),
        button(action::HAND_BACK, "Hand back", &value, Look::Usual),
    ];
    Message::new(text.clone(), vec![section(&text), actions(buttons)])
}

/// The last message of a page that is over, and that nothing else is known of.
pub fn ended_page(it: &Incident) -> Message {
    Message::plain(format!("*{} {}*\n{}", it.id, escape(it.called()), over(it)))
}

/// What is left of an earlier message of a page, once the title on it was redacted.
pub fn old_page(it: &Incident) -> Message {
    Message::plain(format!("An earlier page of {}. The latest message about it has the buttons.", it.id))
}

fn headline(to: &Target, asked: bool) -> (&'static str, &'static str) {
    match (to, asked) {
        (Target::Person(_), true) => ("You are paged", "🚨 "),
        (
            Target::Group(_)
            | Target::Channel(_)
            | Target::Schedule(_)
            | Target::Rotation { .. }
            | Target::Role(_)
            | Target::Service(_)
            | Target::Webhook(_)
            | Target::External(_),
            true,
        ) => ("Help is needed", "🚨 "),
        (_, false) => ("Page", ""),
    }
}

fn asked_now(page: &Page) -> String {
    let asked = page.asked_now();
    if asked.is_empty() { "the next step".to_owned() } else { targets(&asked) }
}

/// Where a page stands, in a sentence.
fn state(it: &Incident, page: &Page, standing: &Standing, why: Option<&Text>) -> String {
    match &page.state {
        PageState::Waiting => match standing {
            Standing::PassedOn => {
                format!(":arrow_right: Passed on: now {} is asked. You can still acknowledge.", asked_now(page))
            }
            Standing::Declined => {
                let why = why.map(|why| format!(": {}", words(why))).unwrap_or_default();
                format!(
                    ":raised_hand: You said that you cannot come{why}. Now {} is asked. You can still acknowledge.",
                    asked_now(page)
                )
            }
            Standing::Answered => {
                format!(":white_check_mark: You acknowledged. {} is still waited for.", asked_now(page))
            }
            Standing::Asked | Standing::Over if page.times > 1 => {
                format!("Please acknowledge; this was asked {} times.", page.times)
            }
            Standing::Asked | Standing::Over => "Please acknowledge.".into(),
        },
        PageState::Acknowledged { by, at, .. } => {
            format!(
                ":white_check_mark: {} acknowledged after {}.",
                person(by),
                duration(at.duration_since(page.started_at))
            )
        }
        PageState::AcknowledgedExternally { of, since, .. } => format!(
            ":white_check_mark: Somebody acknowledged in {} after {}. If you are on it too, acknowledge here.",
            of.at,
            duration(since.duration_since(page.started_at))
        ),
        PageState::Exhausted { .. } if page.answered.is_empty() => {
            ":rotating_light: Nobody acknowledged; you still can.".into()
        }
        PageState::Exhausted { .. } => ":rotating_light: Not everyone acknowledged; you still can.".into(),
        PageState::Ended { .. } => over(it).into(),
    }
}

fn over(it: &Incident) -> &'static str {
    if it.access.moved.is_some() {
        return ":checkered_flag: This page is over: it goes on elsewhere, with a page of its own for whoever is wanted.";
    }
    ":checkered_flag: This is over; nobody needs to come."
}

#[cfg(test)]
mod tests {
    use super::{super::samples, *};
    use crate::{
        incident::{Incident, What},
        paging::{Attempt, Onward, Outcome, PageId, Policy, Step},
    };

    fn sent(to: &Target, step: u32) -> What {
        let outcome = Outcome::Sent { channel: "D1".into(), ts: "1.1".into() };
        What::PageAttempted {
            page: PageId(1),
            attempt: Attempt { round: 0, step, times: 1, to: to.clone(), way: None, outcome },
        }
    }

    fn step(it: Incident, step: u32, to: &Target) -> Incident {
        let targets = vec![to.clone()];
        samples::then(
            it,
            What::PageStepReached {
                page: PageId(1),
                round: 0,
                step,
                targets,
                tick_at: samples::AT,
                why: Onward::default(),
            },
        )
    }

    /// What a person and a channel see of a page, whether they are asked and whether they can answer.
    #[test]
    fn whoever_is_not_asked_any_more_sees_that_and_may_still_answer() {
        let (bob, ops) = (Target::Person("U0BOB".into()), Target::Channel("C0OPS".into()));
        let steps = [&bob, &ops].map(|to| Step { targets: vec![to.clone()], wait_min: 5, ..Step::default() }).to_vec();
        let policy = Policy { name: "checkout".into(), steps, ..Policy::default() };
        let it = samples::then(samples::declared("checkout is down"), What::PageStarted { page: PageId(1), policy });
        let it = step(it, 0, &bob);
        let world = samples::World::new();
        let seen =
            |it: &Incident, to: &Target| page(world.view(), it, &it.pages[0], to, true, None).to_json().to_string();
        let first = seen(&it, &bob);
        assert!(
            first.contains("You are paged") && first.contains("\"Escalate\"") && !first.contains("<!here>"),
            "{first}"
        );

        let it = step(samples::then(it, sent(&bob, 0)), 1, &ops);
        let later = seen(&it, &bob);
        assert!(later.contains("Passed on: now <#C0OPS> is asked"), "{later}");
        assert!(
            later.contains("\"Acknowledge\"") && !later.contains("\"Escalate\"") && !later.contains("You are paged")
        );
        assert!(seen(&it, &ops).contains("<!here> *INC-1"));

        let it = samples::then(
            samples::then(it, sent(&ops, 1)),
            What::PageAcknowledged { page: PageId(1), by: "U0CAROL".into(), source: None, way: None },
        );
        for to in [&bob, &ops] {
            let over = seen(&it, to);
            assert!(over.contains("<@U0CAROL> acknowledged") && !over.contains("\"Acknowledge\""), "{over}");
            assert!(!over.contains("<!here>"), "nobody is woken by an edit: {over}");
        }
    }
}
