//! The names of documents.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::{
    ids::{ChannelId, IncidentId, MessageTs, UserId},
    incident::MessageRef,
    playbook::ServiceId,
    status::{self, PostId},
};

/// The stream of kept events, `org/events`.
pub const EVENTS: &str = "events";

/// Sorts by series, then by number.
fn sorted(id: IncidentId) -> String {
    format!("{}/{:012}", id.series.prefix(), id.number)
}

pub fn head(id: IncidentId) -> String {
    format!("inc/{id}")
}

pub const ALL: &str = "all/";

pub fn all(id: IncidentId) -> String {
    format!("{ALL}{}", sorted(id))
}

pub const OPEN: &str = "open/";

pub fn open(id: IncidentId) -> String {
    format!("{OPEN}{}", sorted(id))
}

pub fn room(channel: &ChannelId) -> String {
    format!("room/{channel}")
}

pub fn words(word: &str) -> String {
    format!("word/{word}/")
}

pub fn word(word: &str, id: IncidentId) -> String {
    format!("{}{}", words(word), sorted(id))
}

pub fn services(service: &ServiceId) -> String {
    format!("service/{service}/")
}

pub fn service(service: &ServiceId, id: IncidentId) -> String {
    format!("{}{}", services(service), sorted(id))
}

pub fn thread(channel: &ChannelId, root: &MessageTs) -> String {
    format!("{}{root}", threads(channel))
}

/// All of a channel.
pub fn threads(channel: &ChannelId) -> String {
    format!("thread/{channel}/")
}

pub fn kept(number: u64) -> String {
    format!("kept/{number:012}")
}

/// The stream of customers' reports, `org/reports`.
pub const REPORTS: &str = "reports";

pub fn report(number: u64) -> String {
    format!("report/{number:012}")
}

/// By what makes it itself.
pub fn report_key(key: &str) -> String {
    format!("report-key/{key}")
}

pub const REPORTS_FREE: &str = "report-free/";

pub fn report_free(number: u64) -> String {
    format!("{REPORTS_FREE}{number:012}")
}

pub fn reports_of(id: IncidentId) -> String {
    format!("report-of/{}/", sorted(id))
}

pub fn report_of(id: IncidentId, number: u64) -> String {
    format!("{}{number:012}", reports_of(id))
}

pub fn reports_by(user: &UserId) -> String {
    format!("report-by/{user}/")
}

pub fn report_by(user: &UserId, number: u64) -> String {
    format!("{}{number:012}", reports_by(user))
}

/// The stream of alerts, `org/alerts`.
pub const ALERTS: &str = "alerts";

pub fn alerts(number: u64) -> String {
    format!("alerts/{number:012}")
}

/// By what makes the group itself: the latest.
pub fn alerts_key(digest: &str) -> String {
    format!("alerts-key/{digest}")
}

pub const ALERTS_WAITING: &str = "alerts-waiting/";

pub fn alerts_waiting(number: u64) -> String {
    format!("{ALERTS_WAITING}{number:012}")
}

pub const ALERTS_AGE: &str = "alerts-age/";

/// By when the group may be forgotten.
pub fn alerts_age(at: Timestamp, number: u64) -> String {
    format!("{ALERTS_AGE}{:012}/{number:012}", at.as_second().max(0))
}

/// The stream of our own status page, `org/status`.
pub const STATUS: &str = "status";

pub const STATUS_PAGE_DOC: &str = "status/page";

pub fn status_post(id: &PostId) -> String {
    format!("status/post/{id}")
}

/// Posts by number; each says its id.
pub const STATUS_POSTS: &str = "status-by/";

pub fn status_number(number: u64) -> String {
    format!("{STATUS_POSTS}{number:012}")
}

/// The stream of the page's subscribers, `org/subscribers`.
pub const SUBSCRIBERS: &str = "subscribers";

/// How many there are of them.
pub const SUBSCRIBERS_COUNT: &str = "subscribers-count";

/// Those of a row, by number.
pub fn subscribers(row: u64) -> String {
    format!("subscriber/{row}/")
}

pub fn subscriber(number: u64) -> String {
    format!("{}{number:012}", subscribers(status::row(number)))
}

/// By what makes it itself: says its number.
pub fn subscriber_by(what: &str, value: &str) -> String {
    format!("subscriber-by/{what}/{}", hex::encode(&Sha256::digest(value)[..16]))
}

pub const SUBSCRIBERS_PENDING: &str = "subscriber-pending/";

/// Those that nobody confirmed yet, the oldest first.
pub fn subscriber_pending(number: u64) -> String {
    format!("{SUBSCRIBERS_PENDING}{number:012}")
}

pub const KEPT_WAITING: &str = "kept-waiting/";

pub fn kept_waiting(number: u64) -> String {
    format!("{KEPT_WAITING}{number:012}")
}

/// What the overrides and asks of schedules begin with.
pub const ROLLS: &str = "roll/";

/// The overrides and asks of a schedule.
pub fn roll(schedule: &str) -> String {
    format!("{ROLLS}{schedule}")
}

/// How many pages of a policy have taken turns.
pub fn turns(policy: &str) -> String {
    format!("turns/{policy}")
}

/// When a person is away.
pub fn calendar(who: &UserId) -> String {
    format!("calendar/{who}")
}

/// What people follow.
pub const SUBSCRIPTIONS: &str = "subscriptions/";
/// What a person follows.
pub fn subscriptions(who: &UserId) -> String {
    format!("{SUBSCRIPTIONS}{who}")
}

/// The ways to a person.
pub fn contacts(who: &UserId) -> String {
    format!("reach/{who}")
}

pub fn whose(user: &UserId) -> String {
    format!("who/{user}/")
}

pub fn who(user: &UserId, id: IncidentId) -> String {
    format!("{}{}", whose(user), sorted(id))
}

/// What is secret has a place of its own, so that nobody else meets it there.
pub fn message(at: &MessageRef, secret: bool) -> String {
    format!("{}/{}/{}", if secret { "secret-msg" } else { "msg" }, at.channel, at.ts)
}

/// The incident at the end of a sorted key.
pub fn id_of(key: &str) -> Option<IncidentId> {
    let mut parts = key.rsplit('/');
    let number: u64 = parts.next()?.parse().ok()?;
    format!("{}-{number}", parts.next()?).parse().ok()
}
