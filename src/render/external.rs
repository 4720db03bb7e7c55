//! Help from outside, in words.

use std::collections::BTreeMap;

use super::{
    Message,
    ids::{ButtonValue, action::case as action},
    limits::{Look, SECTION, actions, button, cut, header, rows, section},
    line::{person, words},
    when::date,
};
use crate::{
    ids::UserId,
    incident::{
        Incident,
        case::{Engagement, Fact, Motive},
    },
};

/// What a scope takes in a list.
const SHORT: usize = 300;

/// Why somebody from outside helps.
pub(super) const fn motive_words(motive: Motive) -> &'static str {
    match motive {
        Motive::Capacity => "more hands",
        Motive::Skill => "a skill that is missing",
        Motive::Independent => "an independent view",
    }
}

/// What happened, in a sentence; nothing where it is about something else.
pub(super) fn sentence(fact: &Fact, by: &str) -> Option<String> {
    Some(match fact {
        Fact::Engaged { engagement, who, reason, scope, nda, until } => format!(
            ":handshake: {by} recorded engagement {engagement}: {} helps from outside, for {}, until {}, {}. Scope: {}",
            person(who),
            motive_words(*reason),
            date(*until),
            if *nda { "under an NDA" } else { "without an NDA" },
            words(scope)
        ),
        Fact::EngagementEnded { engagement, who, expired } => {
            let why = if *expired { "its time is over" } else { "somebody ended it" };
            format!(":no_entry: Engagement {engagement} of {} is over ({why}); their access ends with it.", person(who))
        }
        _ => return None,
    })
}

/// That an engagement is recorded, and what brings them in: the record alone does not.
pub(super) fn recorded(it: &Incident, engagement: u32, who: &UserId) -> String {
    let (id, who) = (it.id, person(who));
    let next = if it.is_secret() {
        format!(
            "To let them in: `/incident {id} access add @name &lt;why&gt;`; to give them a role, which lets them in too:"
        )
    } else {
        "Anybody may invite them to the room. To give them a role:".to_owned()
    };
    format!(
        "recorded as engagement {engagement}; that alone brings {who} nowhere. {next} `/incident {id} role &lt;role&gt; @name`."
    )
}

/// The engagements of an incident.
pub fn external(it: &Incident, facts: &BTreeMap<u64, Fact>) -> Message {
    let value = ButtonValue::of(it.id);
    let mut blocks = vec![
        header(&format!("Outside help for {}", it.id)),
        actions(vec![button(action::EXTERNAL, "Record an engagement", &value, Look::Usual)]),
    ];
    let mut text = Vec::new();
    for engagement in it.case.engagements.iter().rev() {
        let line = row(engagement, facts);
        blocks.push(section(&line));
        if !engagement.ended {
            let id = format!("{}.{}", action::END_EXTERNAL, engagement.number);
            let end = button(&id, "End", &value.clone().number(engagement.number), Look::Danger);
            blocks.push(actions(vec![end]));
        }
        text.push(line);
    }
    if text.is_empty() {
        text.push(
            "Nobody from outside helps. `/incident external add` records who does, before they are brought in."
                .to_owned(),
        );
        blocks.push(section(&text[0]));
    }
    Message::new(format!("Outside help for {}\n{}", it.id, rows(&text, SECTION)), blocks)
}

fn row(engagement: &Engagement, facts: &BTreeMap<u64, Fact>) -> String {
    let said = match facts.get(&engagement.seq) {
        Some(Fact::Engaged { reason, scope, nda, .. }) => format!(
            " · {} · {}\nScope: {}",
            motive_words(*reason),
            if *nda { "NDA" } else { "no NDA" },
            cut(&words(scope), SHORT)
        ),
        _ => String::new(),
    };
    let state = if engagement.ended { "over" } else { "until" };
    format!("*{}* {} · {state} {}{said}", engagement.number, person(&engagement.who), date(engagement.until))
}

/// What the card shows of it; nothing where nobody helps from outside.
pub(super) fn fact(it: &Incident) -> Option<String> {
    let lines: Vec<String> = it
        .case
        .engagements
        .iter()
        .filter(|e| !e.ended)
        .map(|e| format!("{} until {}", person(&e.who), date(e.until)))
        .collect();
    (!lines.is_empty()).then(|| format!("*Outside help*\n{}", lines.join(", ")))
}
