//! What a command means now: the events it makes, or why it changes nothing. A file per family of commands.

mod answers;
mod declare;
mod ending;
mod entries;
mod external;
pub(super) mod facts;
mod paged;
pub(super) mod pages;
mod phase;
pub(in crate::incident) mod roles;
mod room;
pub(super) mod updates;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{Actor, Command, Incident, Needed, Rejection, Text, What, access, case, comms, course, intake, remind};
pub use answers::WHY_LIMIT;
pub use paged::not_paged;
pub(super) use paged::{follow as paged_by_itself, is_awaited, is_paged};
pub(super) use phase::{change as change_phase, to_stage};

use crate::{config::Settings, ids::UserId, playbook::Playbook};

/// What a decision may look at besides the incident.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Who asks.
    pub by: &'a Actor,
    /// When.
    pub now: Timestamp,
    /// How the organisation works.
    pub playbook: &'a Playbook,
    /// The deployment's choices.
    pub settings: &'a Settings,
    /// How many pages of each policy began before, where it asks one after the other.
    pub turns: &'a Turns,
}

/// Pages by the name of their policy.
pub type Turns = BTreeMap<String, u64>;

impl<'a> Context<'a> {
    /// The person who asks.
    pub(in crate::incident) fn person(&self) -> Option<&'a UserId> {
        self.by.person()
    }
}

/// The events that `command` makes of `incident` now, in order; none when all is so already.
///
/// # Errors
/// A [`Rejection`] that says why nothing changes and what to do next.
pub fn decide(incident: Option<&Incident>, command: &Command, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    let it = match (incident, command) {
        (None, Command::Declare(declaration)) => return declare::declare(declaration, cx),
        (Some(_), Command::Declare(_)) => return Err(Rejection::NumberTaken),
        (None, _) => return Err(Rejection::Stale),
        (Some(it), _) => it,
    };
    // A stub takes no more words; only what stands in it may still be removed, and what is on its way come out.
    if it.access.moved.is_some() && cx.person().is_some() && !matches!(command, Command::Redact { .. }) {
        must_be_open(it)?;
    }
    match command {
        Command::Declare(_) => Err(Rejection::NumberTaken),
        Command::PostUpdate { text, next_by, again } => updates::post(it, text, *next_by, *again, cx),
        Command::Remind { of } => remind::remind(it, of, cx),
        Command::MissUpdate { version } => updates::miss(it, *version),
        Command::ChangePhase { to, why } => phase::change(it, to, why.as_deref(), cx),
        Command::Mitigate => phase::mitigate(it, cx),
        Command::Resolve { why } => phase::resolve(it, why.as_deref(), cx),
        Command::Course(ask) => course::decide(it, ask, cx),
        Command::ChangeSeverity { to, why } => facts::severity(it, *to, why.as_deref(), cx),
        Command::Rename { title } => facts::rename(it, title),
        Command::CorrectTime { which, to } => facts::time(it, *which, *to, cx),
        Command::AssignRole { role, to, why } => roles::assign(it, role.as_ref(), to, why.as_deref(), cx),
        Command::DropRole { role, who } => roles::drop(it, role, who.as_ref(), cx),
        Command::OfferRole { role, to } => roles::offer(it, role.as_ref(), to, cx),
        Command::AcceptOffer { role, offer } => roles::accept(it, role, *offer, cx),
        Command::DeclineOffer { role, offer } => roles::decline(it, role, *offer, cx),
        Command::ConfirmRole { role } => roles::confirm(it, role, cx),
        Command::Duty(ask) => super::duty::decide(it, ask, cx),
        Command::StartPage { policy } => pages::start(it, policy, cx),
        Command::Acknowledge { page, way } => pages::acknowledge(it, *page, *way, cx),
        Command::DeclinePage { page, why } => answers::decline(it, *page, why.as_deref(), cx),
        Command::KeepPage { page } => answers::keep(it, *page, cx),
        Command::HandBackPage { page } => answers::hand_back(it, *page, cx),
        Command::EscalatePage { page, version } => pages::escalate(it, *page, *version, cx),
        Command::TickPage { page, version } => pages::tick_command(it, *page, *version, cx),
        Command::FoundTargets { page, version, target, people, others, strangers, failed } => {
            let failed = failed.as_deref();
            let found = pages::Found { target, people, others, strangers, failed };
            pages::found(it, (*page, *version), &found, cx)
        }
        Command::FoundWays { page, asked, who, ways } => pages::found_ways(it, *page, *asked, who, ways, cx),
        Command::RecordAttempt { page, attempt } => pages::record(it, *page, attempt, cx),
        Command::ExternalUpdate { key, update, who, name, heard } => {
            let (who, name) = (who.as_ref(), name.as_deref());
            let said = external::ExternalUpdate { key, update: *update, who, name, heard: *heard };
            external::external_update(it, &said, cx.now)
        }
        Command::AddEntry { entry, text, said_at, author, source } => {
            entries::add(*entry, text, *said_at, author.as_ref(), source.as_ref())
        }
        Command::EditEntry { entry, text } => entries::edit(it, *entry, text),
        Command::LoseEntrySource { entry } => Ok(vec![What::EntrySourceDeleted { entry: *entry }]),
        Command::Redact { entry, found, why } => entries::redact(*entry, found.as_ref(), why),
        Command::AddLink { url } => entries::link(it, url),
        Command::Close { why } => ending::close(it, why.as_deref(), cx),
        Command::Cancel { why } => ending::cancel(it, why.as_deref(), cx),
        Command::Reopen { why } => ending::reopen(it, why.as_deref(), cx),
        Command::MergeInto { into } => ending::merge(it, *into, cx),
        Command::TakeMerged { from } => ending::take(it, *from),
        Command::RoomOpened { channel, name } => room::opened(it, channel, name),
        Command::RoomLost { how, at } => room::lost(it, *how, *at),
        Command::RoomBack { channel, name, at } => room::back(it, channel, name, *at),
        Command::Intake(ask) => intake::decide(it, ask, cx),
        Command::Access(ask) => access::decide(it, ask, cx),
        Command::Comms(ask) => comms::decide(it, ask, cx),
        Command::Case(ask) => case::decide(it, ask, cx),
        Command::GiveUp { what, why } => Ok(vec![What::DeliveryFailed { what: what.clone(), why: why.clone() }]),
    }
}

/// A title's greatest length, in characters.
pub const TITLE_LIMIT: usize = 200;
/// An update's, an entry's and a reason's greatest length, in characters: what one Slack section holds, with room for
/// escaping.
pub const TEXT_LIMIT: usize = 2500;
/// How far back a time may be set.
pub(super) const LONGEST_BACK: SignedDuration = SignedDuration::from_hours(24 * 366);

/// Trims `text` and strips control characters; refuses one that is empty or too long.
pub(super) fn text(raw: &str, what: Needed, limit: usize) -> Result<Text, Rejection> {
    let cleaned = clean(raw, is_one_line(what));
    if cleaned.is_empty() {
        return Err(Rejection::EmptyText(what));
    }
    let length = cleaned.chars().count();
    if length > limit {
        return Err(Rejection::TooLong { what, limit, length });
    }
    Ok(Text::new(cleaned))
}

/// What stands on one line wherever it is shown.
const fn is_one_line(what: Needed) -> bool {
    matches!(
        what,
        Needed::Title | Needed::Link | Needed::Task | Needed::Customer | Needed::Contact | Needed::How | Needed::Place
    )
}

/// A reason that may be left out.
pub(super) fn reason(raw: Option<&str>) -> Result<Option<Text>, Rejection> {
    match raw.map(str::trim).filter(|why| !why.is_empty()) {
        Some(why) => text(why, Needed::Reason, TEXT_LIMIT).map(Some),
        None => Ok(None),
    }
}

/// Removes what no eye sees: control characters, and characters that reorder or hide the text around them. Line breaks
/// stay, except in `one_line` texts, where any white space becomes one blank.
pub(crate) fn clean(raw: &str, one_line: bool) -> String {
    let seen = raw.chars().filter(|c| {
        *c == '\n'
            || *c == '\t'
            || !(c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}'))
    });
    let kept: String = seen.collect();
    if one_line { kept.split_whitespace().collect::<Vec<_>>().join(" ") } else { kept.trim().to_owned() }
}

/// Refuses what an ended incident does not take.
pub(super) fn must_be_open(it: &Incident) -> Result<(), Rejection> {
    match &it.ending {
        None => Ok(()),
        Some(super::Ending::Merged { into, .. }) => Err(Rejection::Merged { into: *into }),
        Some(_) => Err(Rejection::Ended(it.id)),
    }
}
