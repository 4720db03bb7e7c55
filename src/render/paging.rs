//! What is said of pages: in the room and on the timeline, and to whoever asked or answered.

use jiff::{Timestamp, civil::Time};

use super::{
    View,
    duty::numbers,
    escape::escape,
    line::{because, escape_name, named, person, target, targets},
    oncall::quoted,
    room::place,
    when::{date, duration},
};
use crate::{
    ids::UserId,
    incident::{Event, ExternalSource, Incident, Rejection, Text, What},
    paging::{
        Attempt, Condition, Hours, Onward, Outcome, Page, PageId, PageState, Return, Skipped, Target,
        external::{Provider, Update},
        reach::{Plan, Way},
    },
};

/// Who is asked, and what came of asking.
pub(super) fn sentence(w: View<'_>, it: &Incident, event: &Event, by: &str) -> String {
    match &event.what {
        What::PageStarted { policy, .. } => {
            let first = policy.steps.iter().find(|s| !s.targets.is_empty()).map_or(&policy.fallback, |s| &s.targets);
            // A page of one person is named after them.
            let name = escape_name(&policy.name);
            // Who is asked first depends; the next line says it.
            if policy.is_conditional() {
                return format!(":pager: {by} asks for help by {name}.");
            }
            let whom = targets(first);
            let by_policy = match policy.steps.iter().all(|s| s.targets.is_empty()) {
                true => format!(" (nobody is named for {name}, so the fallback is asked at once)"),
                false if whom == name => String::new(),
                false => format!(" ({name})"),
            };
            format!(":pager: {by} asks for help: {whom}{by_policy}.")
        }
        What::PageStepReached { targets: asked, page, step, why, .. } => reached(it, *page, *step, asked, *why, by),
        What::PageStepSkipped { page, step, why } => skipped(it, *page, *step, *why),
        What::PageRepeated { .. } => ":repeat: Asked again.".into(),
        What::PageTargetsFound { target: of, failed: Some(why), .. } => {
            let who = if matches!(of, Target::Group(_)) { "Who is in " } else { "" };
            format!(":warning: {who}{} could not be asked ({}).", target(of), escape(why))
        }
        What::PageTargetsFound { target: of, people, others, left_out, strangers, .. } => {
            let people = people.iter().cloned().map(Target::Person);
            let found = people.chain(others.iter().cloned()).collect::<Vec<_>>();
            self::found(w, of, &found, *left_out) + &unknown(strangers)
        }
        What::PageWaysFound { who, ways, .. } => planned(who, ways),
        What::PageAttempted { attempt, .. } => attempted(w, attempt),
        _ => answered(w, it, event, by),
    }
}

/// Whom a calendar names, and nobody can ask.
fn unknown(strangers: &[Text]) -> String {
    if strangers.is_empty() {
        return String::new();
    }
    format!(" The calendar names {}, whom Slack does not know.", quoted(strangers.iter().map(Text::or_tombstone)))
}

/// By which other ways somebody is asked, and when.
fn planned(who: &UserId, ways: &[Plan]) -> String {
    let each = ways.iter().map(|plan| format!("by {} {}", plan.way, date(plan.due)));
    format!("{} is asked {} too, unless they answer before.", person(who), named(each))
}

/// ` by SMS`; nothing for the chat.
fn by_way(way: Option<Way>) -> String {
    way.map(|way| format!(" by {way}")).unwrap_or_default()
}

/// What came of asking somebody.
fn attempted(w: View<'_>, attempt: &Attempt) -> String {
    let whom = target(&attempt.to);
    let by = by_way(attempt.way);
    match &attempt.outcome {
        Outcome::Sent { .. } => format!("{whom} was sent a message."),
        Outcome::Taken { .. } => format!(":incoming_envelope: {whom} was asked{by}."),
        Outcome::Delivered => format!(":incoming_envelope: What asked {whom}{by} got there."),
        Outcome::Spared => format!("{whom} was asked{by} so often within minutes that this one was left out."),
        Outcome::Failed { why } => {
            let numbers = attempt.to.person().map(|who| numbers(w, std::slice::from_ref(who))).unwrap_or_default();
            format!(":warning: {whom} could not be reached{by} ({}).{numbers}", escape(why))
        }
        Outcome::Folded { count: 1, .. } => format!(
            ":inbox_tray: {whom} got many pages within minutes. Further ones are shown on their last message, not sent anew, \
             until there are fewer."
        ),
        Outcome::Folded { .. } => format!("The last message to {whom} shows it as well."),
    }
}

/// Who was found behind a target.
fn found(w: View<'_>, of: &Target, people: &[Target], left_out: usize) -> String {
    if let Target::Schedule(id) | Target::Rotation { schedule: id, .. } = of
        && people.is_empty()
        && w.settings.schedule_of(id).is_none()
    {
        return format!(":warning: Nobody is asked: the settings have no schedule `{}` any more.", escape(id.as_str()));
    }
    let (whom, names) = (target(of), named(people.iter().map(target)));
    // `whoever is on call for primary` is `Nobody is on call for primary` where nobody is.
    let does = whom.strip_prefix("whoever ");
    match (people.is_empty(), left_out, does) {
        (true, 0, Some(does)) => format!(":warning: Nobody {does}."),
        (true, 0, None) => format!(":warning: Nobody in {whom} can be reached."),
        (_, 1.., _) => {
            let asked = if people.is_empty() { "nobody in it".to_owned() } else { names };
            format!(
                ":warning: {whom} is large: {asked} is asked, {left_out} more are not. Page others by name if you need them."
            )
        }
        (false, 0, Some(_)) if people.len() > 1 => format!("{whom}: {names}."),
        (false, 0, Some(does)) => format!("{names} {does}."),
        (false, 0, None) => format!("{whom} is {names}."),
    }
}

/// Who is asked now, and why now.
fn reached(it: &Incident, page: PageId, step: u32, asked: &[Target], why: Onward, by: &str) -> String {
    // By the event, not by where the page stands now: this may be said late.
    let fallback = it.page(page).is_some_and(|p| p.policy.step(step).is_none());
    let whom = if fallback { "the fallback" } else { "the next step" };
    let why = match why {
        Onward::NoAnswer => "No answer yet; asking".to_owned(),
        Onward::Began if fallback => "No step asks now; asking".to_owned(),
        Onward::Began => return format!(":arrow_double_up: First {} is asked.", targets(asked)),
        Onward::Unreached => "Nobody of this step could be reached; asking".to_owned(),
        Onward::Escalated => format!("{by} escalated; asking"),
        Onward::Declined => "Nobody of this step is left; asking".to_owned(),
        Onward::Returned if fallback => "Asking".to_owned(),
        Onward::Returned => return format!(":arrow_double_up: Asking {}.", targets(asked)),
    };
    format!(":arrow_double_up: {why} {whom}: {}.", targets(asked))
}

/// Why a step is left out, as the policy has it.
fn skipped(it: &Incident, page: PageId, step: u32, why: Skipped) -> String {
    let only = it.page(page).and_then(|p| p.policy.step(step)).map(|s| &s.only);
    let because = match (why, only) {
        (Skipped::Severity, Some(only)) => {
            let severities: Vec<String> = only.severities.iter().map(ToString::to_string).collect();
            format!("it asks only on {}", severities.join(", "))
        }
        (Skipped::Hours, Some(Condition { between: Some(between), .. })) => {
            format!("it asks only {}", hours(between))
        }
        (Skipped::Severity, None) => "it asks on other severities only".to_owned(),
        (Skipped::Hours, Some(_) | None) => "it asks at other times only".to_owned(),
    };
    format!(":fast_forward: Step {} is left out: {because}.", step.saturating_add(1))
}

/// `from 22:00 to 07:00 (Sun, Europe/Berlin)`
pub(super) fn hours(Hours { zone, window }: &Hours) -> String {
    let days: Vec<String> = window.days.iter().map(|d| format!("{d:?}")).collect();
    let time = |t: Time| t.strftime("%H:%M").to_string();
    format!("from {} to {} ({}, {zone})", time(window.from), time(window.until), days.join(" "))
}

/// What was said to it, and its end.
fn answered(w: View<'_>, it: &Incident, event: &Event, by: &str) -> String {
    match &event.what {
        What::PageDeclined { by, why, .. } => {
            format!(":raised_hand: {} cannot come{}", person(by), because(why.as_ref()))
        }
        What::PageChecked { by: Some(by), until, .. } => {
            format!("{} was asked whether they are still on it, and has until {}.", person(by), date(*until))
        }
        What::PageChecked { page, by: None, until } => still_there(it, *page, event.at, *until),
        What::PageKept { page, .. } if it.page(*page).is_some_and(|page| of_stranger(page).is_some()) => {
            format!("{by} says that somebody is still on it.")
        }
        What::PageKept { by, .. } => format!("{} is still on it.", person(by)),
        What::PageReturned { from, how, source, .. } => returned(event, from.as_ref(), *how, source.as_ref(), by),
        What::PageAcknowledged { page, by, source, way } => {
            let at = source.as_ref().map(|source| format!(" in {}", source.of.at)).unwrap_or_default();
            let (who, by) = (person(by), by_way(*way));
            format!(":white_check_mark: {who} acknowledged{at}{by} after {}.", took(it, *page, event.at))
        }
        What::PageAcknowledgedExternally { page, source, name } => format!(
            ":white_check_mark: {} acknowledged in {} after {}. Slack does not know them: they are not in this room.",
            somebody(name.as_ref()),
            source.of.at,
            took(it, *page, event.at)
        ),
        What::PageUpdatedExternally { page, source, update, name } => {
            external_update(it, *page, source, *update, name.as_ref())
        }
        What::PageAnswered { by, way, .. } => format!(
            ":white_check_mark: {} acknowledged{}. Everyone whom this step asks is to; the others are still waited for.",
            person(by),
            by_way(*way)
        ),
        What::PageExhausted { page } if it.page(*page).is_some_and(|p| !p.answered.is_empty()) => format!(
            ":rotating_light: *Not everyone has acknowledged* whom the policy wants, and the fallback was asked. Call the others by \
             phone, or ask someone else: press Escalate on the card, or type `/incident {} page @person`.{}",
            it.id,
            unheard(w, it, *page)
        ),
        What::PageExhausted { page } => format!(
            ":rotating_light: *Nobody has acknowledged.* Everyone in the policy and the fallback was asked. Call somebody by \
             phone, or ask someone else: press Escalate on the card, or type `/incident {} page @person`.{}",
            it.id,
            unheard(w, it, *page)
        ),
        What::PageLetGo { page, name, by } => {
            let left = by.as_ref().map_or_else(
                || {
                    format!(
                        "It asks nobody any more. If somebody is still wanted, type `/incident {} page @person`.",
                        it.id
                    )
                },
                |by| format!("{} is on it, and is not asked any more whether they still are.", person(by)),
            );
            format!(":file_folder: Page {page} ({}) made room for a new one. {left}", escape_name(name))
        }
        What::PageEnded { .. } => "The page is over; nobody needs to come.".into(),
        _ => String::new(),
    }
}

/// Whoever acknowledged it at another provider, whom Slack does not know: where, and since when.
const fn of_stranger(page: &Page) -> Option<(Provider, Timestamp)> {
    match &page.state {
        PageState::AcknowledgedExternally { of, since, .. } => Some((of.at, *since)),
        PageState::Waiting | PageState::Acknowledged { .. } | PageState::Exhausted { .. } | PageState::Ended { .. } => {
            None
        }
    }
}

/// The room is asked whether somebody whom Slack does not know is still on it; first of all whoever leads.
fn still_there(it: &Incident, page: PageId, now: Timestamp, until: Timestamp) -> String {
    let lead = it.lead().map(|lead| format!("{}: ", person(lead))).unwrap_or_default();
    let known = it.page(page).and_then(of_stranger);
    let said = known.map_or_else(
        || "somebody acknowledged elsewhere".to_owned(),
        |(at, since)| format!("somebody acknowledged in {at} {} ago", duration(now.duration_since(since))),
    );
    format!(
        ":eyes: {lead}{said}, and Slack does not know them. Are they still on it? Without an answer by {} others are asked \
         again.",
        date(until)
    )
}

/// Nobody is on it any more.
fn returned(event: &Event, from: Option<&UserId>, how: Return, source: Option<&ExternalSource>, by: &str) -> String {
    match (how, from, source) {
        (Return::Unacknowledged, _, Some(source)) => format!(
            ":leftwards_arrow_with_hook: Nobody is on it in {} any more: others are asked again.",
            escape(&source.of.to_string())
        ),
        (Return::Silent, Some(from), _) => {
            format!(":hourglass: {} acknowledged and is not heard of any more: others are asked again.", person(from))
        }
        (Return::Silent, None, _) => {
            ":hourglass: Nobody says that whoever acknowledged is still on it: others are asked again.".to_owned()
        }
        (Return::HandedBack, Some(from), _) if event.by.person() == Some(from) => {
            format!(":leftwards_arrow_with_hook: {by} handed the page back: others are asked again.")
        }
        (Return::HandedBack | Return::Unacknowledged, Some(from), _) => {
            format!(
                ":leftwards_arrow_with_hook: {by} says that {} is not on it any more: others are asked again.",
                person(from)
            )
        }
        (Return::HandedBack | Return::Unacknowledged, None, _) => {
            format!(":leftwards_arrow_with_hook: {by} says that nobody is on it any more: others are asked again.")
        }
    }
}

/// Each page in a line: whom it reached, and who acknowledged when. Whoever may read the summary may read of all of them.
pub(super) fn paged(history: &[(u64, Event)]) -> Vec<String> {
    let started = history.iter().filter_map(|(_, event)| match &event.what {
        What::PageStarted { page, policy } => Some((*page, &policy.name, event.at)),
        _ => None,
    });
    started.map(|(page, name, at)| of_page(history, page, name, at)).collect()
}

fn of_page(history: &[(u64, Event)], id: PageId, name: &str, started: Timestamp) -> String {
    let mut asked: Vec<Target> = Vec::new();
    let mut answers: Vec<String> = Vec::new();
    let mut without = "nobody has acknowledged yet";
    for (_, event) in history {
        match &event.what {
            What::PageAttempted { page, attempt } if *page == id && attempt.outcome.arrived() => {
                asked.retain(|to| *to != attempt.to);
                asked.push(attempt.to.clone());
            }
            What::PageAcknowledged { page, by, way, .. } | What::PageAnswered { page, by, way } if *page == id => {
                answers.push(format!("{} acknowledged{} {}", person(by), by_way(*way), date(event.at)));
            }
            What::PageAcknowledgedExternally { page, source, name } if *page == id => {
                let (who, at) = (somebody(name.as_ref()), source.of.at);
                answers.push(format!("{who} acknowledged in {at} {}", date(event.at)));
            }
            What::PageReturned { page, from, .. } if *page == id => {
                let from = from.as_ref().map_or_else(|| "whoever it was".to_owned(), person);
                answers.push(format!("{from} was not on it any more {}", date(event.at)));
            }
            What::PageExhausted { page } if *page == id => without = "nobody acknowledged",
            What::PageEnded { page, .. } if *page == id => without = "it was over before anybody acknowledged",
            _ => {}
        }
    }
    let name = escape_name(name);
    // A page of one person is named after them.
    let of = if name.starts_with('<') { String::new() } else { format!(" ({name})") };
    let asked = if asked.is_empty() { "nobody was reached".to_owned() } else { format!("asked {}", targets(&asked)) };
    let answers = if answers.is_empty() { without.to_owned() } else { answers.join(", ") };
    format!("{} Page {id}{of}: {asked}; {answers}.", date(started))
}

/// How to call those who were asked and have not answered, as far as the playbook knows.
fn unheard(w: View<'_>, it: &Incident, page: PageId) -> String {
    let Some(page) = it.page(page) else { return String::new() };
    let steps = page.policy.steps.iter().map(|step| &step.targets).chain([&page.policy.fallback]);
    let asked = steps.flatten().chain(page.attempts.iter().map(|attempt| &attempt.to)).filter_map(Target::person);
    let mut people: Vec<UserId> = Vec::new();
    for who in asked.filter(|who| !page.answered.contains(who)) {
        if !people.contains(who) {
            people.push(who.clone());
        }
    }
    numbers(w, &people)
}

/// How long a page had waited.
fn took(it: &Incident, page: PageId, until: Timestamp) -> String {
    let began = it.page(page).map(|page| page.started_at);
    began.map_or_else(|| "a while".to_owned(), |began| duration(until.duration_since(began)))
}

/// As another provider names them, where it does.
fn somebody(name: Option<&Text>) -> String {
    name.map_or_else(|| "Somebody".to_owned(), |name| escape(name.or_tombstone()))
}

/// What was done to a page at another provider.
fn external_update(
    it: &Incident,
    page: PageId,
    source: &ExternalSource,
    update: Update,
    name: Option<&Text>,
) -> String {
    let (who, of) = (somebody(name), escape(&source.of.to_string()));
    match update {
        Update::Acknowledged => {
            format!(":white_check_mark: {who} acknowledged in {of}. Others whom this step asks are still waited for.")
        }
        Update::Unacknowledged => format!(
            ":leftwards_arrow_with_hook: Nobody is on it in {of} any more; {} asks its people again. To ask others here, type \
             `/incident {} page @person`.",
            source.of.at, it.id
        ),
        Update::Escalated => format!(":arrow_double_up: {of} asks the next ones there{}.", now(name)),
        Update::Reassigned => format!(":arrows_counterclockwise: {of} asks others there{}.", now(name)),
        Update::Resolved if it.page(page).is_some_and(Page::waits) => format!(
            ":checkered_flag: {who} resolved page {page} in {of}. {} goes on, and nobody has acknowledged it here.",
            it.id
        ),
        Update::Resolved => format!(":checkered_flag: {who} resolved page {page} in {of}. {} goes on.", it.id),
    }
}

/// Whom it asks now.
fn now(name: Option<&Text>) -> String {
    name.map(|name| format!(": {}", escape(name.or_tombstone()))).unwrap_or_default()
}

/// To whoever acknowledged.
pub(super) fn on_it(it: &Incident, page: PageId) -> String {
    let holds = it.page(page).and_then(|p| p.policy.ack_timeout(it.severity));
    let asked = holds.map(|holds| {
        format!(" If nothing is heard of you there for {}, you are asked whether you still are.", duration(holds))
    });
    format!("you are on it; nobody else is asked. Go to {}.{}", place(it), asked.unwrap_or_default())
}

/// To whoever handed a page back.
pub(super) fn handed_back(it: &Incident, page: PageId) -> String {
    let asked = it.page(page).filter(|page| page.waits()).map(Page::asked_now).unwrap_or_default();
    if asked.is_empty() {
        return format!(
            "handed back. There is nobody else to ask: call somebody by phone, or `/incident {} page @person`.",
            it.id
        );
    }
    format!("handed back. Now {} is asked.", targets(&asked))
}

/// Who is asked instead.
pub(super) fn declined(it: &Incident, page: PageId) -> String {
    let asked = it.page(page).filter(|page| page.waits()).map(Page::asked_now).unwrap_or_default();
    if asked.is_empty() {
        return format!(
            "noted. There is nobody else to ask: call somebody by phone, or `/incident {} page @person`.",
            it.id
        );
    }
    format!("noted; you are not asked any more. Now {} is asked.", targets(&asked))
}

fn not_asked(it: Option<&Incident>, page: PageId, id: &str) -> String {
    let asked = it.and_then(|it| it.page(page)).map(Page::asked_now).unwrap_or_default();
    let who = if asked.is_empty() { String::new() } else { format!(": {} is", targets(&asked)) };
    format!("You are not asked by name at the moment{who}. If you can help, type `/incident {id} ack`.")
}

/// Why a page is not answered, or not begun.
pub(super) fn rejection(w: View<'_>, why: &Rejection, it: Option<&Incident>, id: &str) -> String {
    match why {
        Rejection::NothingToAcknowledge => format!("Nobody is being paged for {id} at the moment."),
        Rejection::NotAsked(page) => not_asked(it, *page, id),
        Rejection::AlreadyDeclined(_) => {
            format!("You said already that you cannot come. If you can after all, type `/incident {id} ack`.")
        }
        Rejection::OthersAwaited(_) => "You are on it already; others are still waited for.".into(),
        Rejection::NothingToHandBack => format!("Nobody has acknowledged a page of {id}, so there is nothing to hand back."),
        Rejection::WentOn(_) => {
            format!("The page has gone on meanwhile, and others are asked. If you are on it, type `/incident {id} ack`.")
        }
        Rejection::NoSuchPage(page) => {
            format!("{id} has no page {page}, or it made room for newer ones. If you can help, say so in its room.")
        }
        Rejection::AlreadyAcknowledged { by, at } => {
            let ago = duration(w.now.duration_since(*at));
            format!("{} acknowledged {ago} ago. You need not do anything.", person(by))
        }
        Rejection::AcknowledgedExternally { at, since } => {
            let ago = duration(w.now.duration_since(*since));
            format!("Somebody acknowledged in {at} {ago} ago. If you are on it too, type `/incident {id} ack`.")
        }
        Rejection::PageOver(page) => page_over(it, *page, id),
        Rejection::AlreadyAsked(_) => {
            "They are being asked already, and will be asked again until someone answers. Press Escalate on the message to go on \
             to the next one now."
                .into()
        }
        Rejection::PagesWait { limit } => pages_wait(*limit, id),
        Rejection::NobodyToPage => "There is nobody to ask: name a person, a user group or a policy.".into(),
        _ => String::new(),
    }
}

fn pages_wait(limit: usize, id: &str) -> String {
    format!(
        "{limit} pages of {id} wait for an answer already, so nobody else was asked. Call by phone, or answer one of them with \
         `/incident {id} ack`."
    )
}

/// A page that found nobody is over too, but not because nobody is needed.
fn page_over(it: Option<&Incident>, page: PageId, id: &str) -> String {
    match it.and_then(|it| it.page(page)).map(|page| &page.state) {
        Some(PageState::Exhausted { .. }) => format!(
            "Everyone on this page was asked, and nobody answered. Ask somebody else with `/incident {id} page @name`, or call \
             them by phone."
        ),
        Some(
            PageState::Waiting
            | PageState::Acknowledged { .. }
            | PageState::AcknowledgedExternally { .. }
            | PageState::Ended { .. },
        )
        | None => {
            format!("This page is over; nobody needs to come for {id} any more.")
        }
    }
}
