//! What people are told about who is on call, and what an answer says that something was changed.

use jiff::Timestamp;

use super::{Change, Span, between, called, date, does, escape, lists::value, names, person, until};
use crate::{
    config::Followed,
    ids::{GroupId, UserId},
    incident::Text,
    paging::{
        rota::{Asked, Fact, Missing, Personal, PersonalFact, Rostered, Same, Wanted, Why},
        schedule::{Override, OverrideId, ScheduleId},
    },
    render::{
        Message,
        ids::action::oncall as action,
        limits::{Look, actions, button, context, section},
    },
};

fn because(reason: Option<&str>) -> String {
    reason.map(|why| format!(" — {}", escape(why))).unwrap_or_default()
}

fn words(reason: Option<&Text>) -> String {
    because(reason.and_then(|text| text.words()))
}

/// What an ask came to, for whoever asked.
pub fn made(followed: &Followed, facts: &[(u64, Fact)], me: &UserId, now: Timestamp) -> Message {
    let name = called(followed);
    let id = &followed.schedule.id;
    let lines: Vec<String> = facts.iter().map(|(_, fact)| done(&name, fact, now)).collect();
    let text = lines.join("\n");
    let mut blocks = vec![section(&text)];
    let undo = facts.iter().find_map(|(seq, fact)| match fact {
        Fact::OverrideMade { answers: None, .. } => Some(*seq),
        Fact::OverrideMade { .. }
        | Fact::OverrideEnded { .. }
        | Fact::CoverAsked { .. }
        | Fact::SwapOffered { .. }
        | Fact::AskEnded { .. } => None,
    });
    if let Some(seq) = undo {
        let undo = value(id, &seq.to_string());
        blocks.push(actions(vec![button(&format!("{}.{seq}", action::UNDO), "Undo", &undo, Look::Usual)]));
    }
    let asks = facts.iter().find(|(_, fact)| matches!(fact, Fact::CoverAsked { .. } | Fact::SwapOffered { .. }));
    if let Some((seq, _)) = asks {
        let end = value(id, &seq.to_string());
        blocks.push(actions(vec![button(&format!("{}.{seq}", action::END), "Never mind", &end, Look::Usual)]));
        blocks.push(context(&format!("You stay on call until somebody says yes, {}.", person(me))));
    }
    Message::new(text, blocks)
}

fn done(name: &str, fact: &Fact, now: Timestamp) -> String {
    match fact {
        Fact::OverrideMade { span, change, reason, .. } => {
            format!("{name} {}: {}{}.", until(*span, now), does(change), words(reason.as_ref()))
        }
        Fact::OverrideEnded { id } => format!("Override {} of {name} is ended.", escape(id.as_str())),
        Fact::CoverAsked { span, of, .. } => {
            format!("{name}: {} are asked to cover {}. The first who says yes has it.", names(of), until(*span, now))
        }
        Fact::SwapOffered { to, gives, takes, .. } => format!(
            "{name}: {} is asked to be on call {}, and you would be {}.",
            person(to),
            between(*gives),
            between(*takes)
        ),
        Fact::AskEnded { .. } => "It needs no answer any more; nothing changes.".to_owned(),
    }
}

/// Whoever pressed yes.
pub fn took(followed: &Followed, facts: &[(u64, Fact)], now: Timestamp) -> Message {
    let name = called(followed);
    let lines: Vec<String> = facts.iter().map(|(_, fact)| done(&name, fact, now)).collect();
    Message::plain(format!("Thank you. {}", lines.join("\n")))
}

/// Somebody else changed when one is on call.
pub fn changed(followed: &Followed, to: &UserId, fact: &Rostered, now: Timestamp) -> Message {
    let (name, by) = (called(followed), person(&fact.by));
    Message::plain(match &fact.what {
        Fact::OverrideMade { span, change, reason, answers } => {
            let (when, why) = (until(*span, now), words(reason.as_ref()));
            let theirs = match change {
                Change::Replace { by: who, .. } | Change::Add { who } if who == to => {
                    format!(":pager: You are on call for {name} {when}")
                }
                Change::Remove { who } if who == to => format!("You are not on call for {name} {when}"),
                Change::Replace { by: who, .. } => {
                    format!("{} is on call for {name} in your place {when}", person(who))
                }
                Change::Add { .. } | Change::Remove { .. } => format!("{name} {when}: {}", does(change)),
            };
            match answers {
                Some(_) => format!("{theirs}: {by} said yes."),
                None => format!("{theirs}: {by} changed it{why}."),
            }
        }
        Fact::OverrideEnded { .. } => {
            format!("{by} ended an override of {name} that you were in. `/incident oncall me` shows your shifts.")
        }
        Fact::AskEnded { .. } => format!("{by} declined to exchange shifts of {name}. You stay on call as before."),
        Fact::CoverAsked { .. } | Fact::SwapOffered { .. } => format!("{by} asks others about {name}."),
    })
}

/// Somebody is away who is on call by an override, to whoever counts on that.
pub fn uncovered(followed: &Followed, who: &UserId, by: &OverrideId, span: Span, now: Timestamp) -> Message {
    let (name, id, when) = (called(followed), &followed.schedule.id, until(span, now));
    let text = format!(
        ":warning: {} is away {when} and not on call for {name} then, although override {} says so.",
        person(who),
        escape(by.as_str())
    );
    let hint =
        format!("`/incident override {id} @person …` puts somebody else on call; until then do not count on it.");
    Message::new(format!("{text}\n{hint}"), vec![section(&text), context(&hint)])
}

/// The settings do not have the schedule any more: to those who set these overrides of it, or are in them.
pub fn void(schedule: &ScheduleId, overrides: &[&Override], now: Timestamp) -> Message {
    const LISTED: usize = 10;
    let id = escape(schedule.as_str());
    let line = |one: &&Override| {
        let span = Span { from: one.from, until: one.until };
        let by = person(&one.created_by);
        format!("• {} {}: {} (by {by})", escape(one.id.as_str()), until(span, now), does(&one.change))
    };
    let lines: Vec<String> = overrides.iter().take(LISTED).map(line).collect();
    let more = overrides.len().saturating_sub(LISTED);
    let more = if more > 0 { format!("\nAnd {more} more.") } else { String::new() };
    let text = format!(
        ":warning: The schedule `{id}` was taken out of the bot's settings, and nobody is on call by it any more. These overrides of it \
         count for nothing now:\n{}{more}",
        lines.join("\n")
    );
    let hint = "If it is put back they count again. Whoever runs the bot knows what takes its place; `/incident oncall` shows it.";
    Message::new(format!("{text}\n{hint}"), vec![section(&text), context(hint)])
}

/// Somebody is asked for cover or for a swap, and what became of it.
pub fn asked(followed: &Followed, to: &UserId, ask: &Asked, now: Timestamp) -> Message {
    let (name, by, why) = (called(followed), person(&ask.by), because(ask.reason.as_deref()));
    let (question, yes) = match &ask.wants {
        Wanted::Cover { span, .. } => {
            (format!("{by} asks who can be on call for {name} in their place {}{why}.", until(*span, now)), "I will")
        }
        Wanted::Swap { gives, takes, .. } => (
            format!(
                "{by} asks you to exchange shifts of {name}: you would be on call {}, and they {}{why}.",
                between(*gives),
                between(*takes)
            ),
            "Exchange",
        ),
    };
    let number = ask.number.to_string();
    let state = match &ask.taken_by {
        Some(who) if who == to => Some(":white_check_mark: You said yes.".to_owned()),
        Some(who) => Some(format!(":white_check_mark: {} said yes.", person(who))),
        None if ask.ended => Some("It needs no answer any more.".to_owned()),
        None if now >= ask.lapses() => Some("It is too late for an answer.".to_owned()),
        None => None,
    };
    let mut blocks = vec![section(&question)];
    if let Some(state) = &state {
        blocks.push(section(state));
    } else {
        let value = value(&followed.schedule.id, &number);
        let mut buttons = vec![button(&format!("{}.{number}", action::TAKE), yes, &value, Look::Primary)];
        if matches!(ask.wants, Wanted::Swap { .. }) {
            buttons.push(button(&format!("{}.{number}", action::END), "Decline", &value, Look::Usual));
        }
        blocks.push(actions(buttons));
    }
    let state = state.map(|s| format!(" {s}")).unwrap_or_default();
    Message::new(format!("{question}{state}"), blocks)
}

/// Somebody's shift begins, or has begun.
pub fn shift(followed: &Followed, span: Span, now: Timestamp) -> Message {
    let name = called(followed);
    let id = &followed.schedule.id;
    let text = if span.from <= now {
        format!(":pager: You are on call for {name} {}.", until(span, now))
    } else {
        format!(":pager: You are on call for {name} {}.", between(span))
    };
    let hint = format!("Cannot be? `/incident override {id} cover me` with the time behind it asks the others.");
    Message::new(text.clone(), vec![section(&text), context(&hint)])
}

/// Nobody is on call at these times, to whoever owns the schedule.
pub fn gaps(followed: &Followed, missing: &[Missing], now: Timestamp) -> Message {
    let (name, id) = (called(followed), &followed.schedule.id);
    let line = |gap: &Missing| {
        let why = match &gap.why {
            Why::Nobody => String::new(),
            Why::Strangers => ": the calendar names somebody whom Slack does not know".to_owned(),
            Why::Away(people) => format!(": {} away", names(people)),
            Why::Removed => ": taken off by an override".to_owned(),
        };
        let near = if gap.soon { " *soon*," } else { "" };
        format!("•{near} {}{why}", until(gap.span, now))
    };
    let lines: Vec<String> = missing.iter().take(10).map(line).collect();
    let more = missing.len().saturating_sub(10);
    let more = if more > 0 { format!("\nAnd {more} more.") } else { String::new() };
    let text = format!(":warning: Nobody is on call for {name}:\n{}{more}", lines.join("\n"));
    let hint = format!("`/incident override {id} @person from … until …` puts somebody on call.");
    Message::new(format!("{text}\n{hint}"), vec![section(&text), context(&hint)])
}

/// These will be on call and cannot be reached any more, to whoever owns the schedule.
pub fn left(followed: &Followed, left: &[(UserId, Span)], now: Timestamp) -> Message {
    let (name, id) = (called(followed), &followed.schedule.id);
    let line = |(who, span): &(UserId, Span)| format!("• {} {}", person(who), until(*span, now));
    let lines: Vec<String> = left.iter().take(10).map(line).collect();
    let more = left.len().saturating_sub(10);
    let more = if more > 0 { format!("\nAnd {more} more.") } else { String::new() };
    let text = format!(
        ":warning: Deactivated in Slack or not known there, and on call for {name}:\n{}{more}\nNobody would be reached. Put others into the schedule.",
        lines.join("\n")
    );
    let hint =
        format!("Until then `/incident override {id} @person instead of @person …` puts somebody in their place.");
    Message::new(format!("{text}\n{hint}"), vec![section(&text), context(&hint)])
}

/// A user group does not follow its schedule, to whoever owns that. `why`: Slack's code.
pub fn group_stays(followed: &Followed, group: &GroupId, why: &str) -> Message {
    let text = format!(
        ":warning: The user group <!subteam^{group}> does not follow {}: Slack refuses (`{}`). Whoever mentions it may call people who \
         are not on call.",
        called(followed),
        escape(why)
    );
    let hint = match why {
        "missing_scope" => "Install the app again with the scopes of its manifest.",
        "no_such_subteam" | "subteam_not_active" => "Correct `user_group` of the schedule in watchroom.toml.",
        "permission_denied" | "restricted_action" => {
            "An administrator of the workspace decides who may change user groups; let the app."
        }
        _ => "Until it follows again, change its members by hand. `watchroom doctor` looks at it.",
    };
    Message::new(format!("{text}\n{hint}"), vec![section(&text), context(hint)])
}

/// In these times a step of a policy asks nobody new, to whoever owns the schedule.
pub fn same(followed: &Followed, same: &[Same], now: Timestamp) -> Message {
    let (name, id) = (called(followed), &followed.schedule.id);
    let line = |same: &Same| {
        let when = match (same.lasts, same.span.from <= now) {
            (true, true) => "from now on".to_owned(),
            (true, false) => format!("from {} on", date(same.span.from)),
            (false, _) => until(same.span, now),
        };
        format!("• {}, step {}: {} {when}", escape(&same.policy), same.step, names(&same.who))
    };
    let lines: Vec<String> = same.iter().take(10).map(line).collect();
    let more = same.len().saturating_sub(10);
    let more = if more > 0 { format!("\nAnd {more} more.") } else { String::new() };
    let text = format!(
        ":warning: By {name} a step asks the same people as the step before, who have not answered then:\n{}{more}",
        lines.join("\n")
    );
    let hint = format!("`/incident override {id} @person from … until …` puts somebody else on call.");
    Message::new(format!("{text}\n{hint}"), vec![section(&text), context(&hint)])
}

/// What an ask about absences came to, for whoever asked.
pub fn noted(fact: &PersonalFact, who: &UserId, me: &UserId, on_call: &[(&Followed, Span)], now: Timestamp) -> Message {
    let (are, whose) = if who == me { ("You are", "you") } else { ("They are", "they") };
    let text = match fact {
        PersonalFact::AwayNoted { span } => {
            format!("{are} away {} and not on call, whatever schedules say.", until(*span, now))
        }
        PersonalFact::AwayEnded { .. } => format!("{are} not away any more; schedules count {whose} in again."),
        PersonalFact::Reach(_) | PersonalFact::Subscribing(_) => String::new(),
    };
    let alone = |(followed, span): &(&Followed, Span)| {
        let id = &followed.schedule.id;
        let when = until(*span, now);
        format!(
            "\n:warning: {} has nobody else {when}. `/incident override {id} @person …` puts somebody on call.",
            called(followed)
        )
    };
    Message::plain(text + &on_call.iter().map(alone).collect::<String>())
}

/// The same, with the zones in which the times that were typed were read: two people may mean two instants by one time of day.
pub fn read_in(said: Message, zones: &[String]) -> Message {
    if zones.is_empty() {
        return said;
    }
    let read = format!("The times that you typed were read in {}.", escape(&zones.join(" and ")));
    said.and(Message::new(read.clone(), vec![context(&read)]))
}

/// Somebody else noted that one is away.
pub fn away(fact: &Personal, now: Timestamp) -> Message {
    let by = person(&fact.by);
    Message::plain(match &fact.what {
        PersonalFact::AwayNoted { span } => {
            format!("{by} noted that you are away {}. `/incident away` shows it and takes it back.", until(*span, now))
        }
        PersonalFact::AwayEnded { .. } => format!("{by} noted that you are not away any more."),
        // Nobody but oneself changes that.
        PersonalFact::Reach(_) | PersonalFact::Subscribing(_) => String::new(),
    })
}
