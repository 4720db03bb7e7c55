//! What is said, where, how often and in which words: templates, the channel register, cadence, wording, values.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{KindId, OutletId, PhaseId, RoleId, Severity, TemplateId};
use crate::ids::UserId;

/// Who reads a text. Words for one are never shown to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// People of the organisation.
    Internal,
    /// Its leadership.
    Executive,
    /// Those who were let into a need-to-know incident.
    NeedToKnow,
    /// A role that is asked for advice.
    Advisor,
    /// Customers and the public.
    External,
    /// Who reported something from outside.
    Reporter,
    /// A customer's security contact.
    CustomerContact,
}

impl Audience {
    /// Does it leave the organisation?
    #[must_use]
    pub const fn is_outside(self) -> bool {
        match self {
            Self::External | Self::Reporter | Self::CustomerContact => true,
            Self::Internal | Self::Executive | Self::NeedToKnow | Self::Advisor => false,
        }
    }

    /// The places that the bot fills in by itself in texts for these readers. Those outside get no number, title, person or room
    /// of ours, and whoever reported something hears of the report alone.
    #[must_use]
    pub const fn given(self) -> &'static [&'static str] {
        const ANYONE: [&str; 7] = ["service", "severity", "phase", "started_at", "ended_at", "duration", "next_update"];
        const INSIDE: [&str; 11] = {
            let [a, b, c, d, e, f, g] = ANYONE;
            [a, b, c, d, e, f, g, "incident", "title", "lead", "room"]
        };
        const ADVISOR: [&str; 13] = {
            let [a, b, c, d, e, f, g, h, i, j, k] = INSIDE;
            [a, b, c, d, e, f, g, h, i, j, k, "role", "answer_by"]
        };
        const CUSTOMER: [&str; 8] = {
            let [a, b, c, d, e, f, g] = ANYONE;
            [a, b, c, d, e, f, g, "reference"]
        };
        match self {
            Self::Internal | Self::Executive | Self::NeedToKnow => &INSIDE,
            Self::Advisor => &ADVISOR,
            Self::External => &ANYONE,
            Self::Reporter => &["reference"],
            Self::CustomerContact => &CUSTOMER,
        }
    }
}

/// The scenario of a template for customers' contacts that is for those who were not told yet.
pub const FIRST_NOTICE: &str = "first_notice";

/// A text with places to fill in, in minijinja's language. A place that is neither required nor given a default cannot be
/// used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its name.
    pub id: TemplateId,
    /// Who reads it.
    pub audience: Audience,
    /// The kinds it is for; empty: all.
    #[serde(default)]
    pub kinds: Vec<KindId>,
    /// The phases it is for; empty: all.
    #[serde(default)]
    pub phases: Vec<PhaseId>,
    /// A special case it is for (`supplier_outage`), which a person chooses in the form for the text; none: the usual one.
    #[serde(default)]
    pub scenario: Option<String>,
    /// A headline, where the reader gets one.
    #[serde(default)]
    pub title: Option<String>,
    /// The text.
    pub body: String,
    /// Places that a person must fill in.
    #[serde(default)]
    pub required: Vec<String>,
    /// What stands in the other places when nobody fills them in.
    #[serde(default)]
    pub defaults: BTreeMap<String, String>,
}

/// A communication channel of the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outlet {
    /// Its name.
    pub id: OutletId,
    /// For people.
    pub label: String,
    /// Who reads it.
    pub audience: Audience,
    /// When it is used; what is left out always holds.
    #[serde(default)]
    pub when: OutletWhen,
    /// Who may send there; empty: whoever leads.
    #[serde(default)]
    pub post_roles: Vec<RoleId>,
    /// Who may approve; empty: nobody needs to.
    #[serde(default)]
    pub approve_roles: Vec<RoleId>,
    /// Must someone other than the author approve?
    #[serde(default)]
    pub two_person: bool,
    /// Only for people with a date in `trained` that has not passed.
    #[serde(default)]
    pub trained_only: bool,
    /// Until when who is trained.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Date>")]
    pub trained: BTreeMap<UserId, Date>,
    /// The Slack channel it is (an id, or a name without `#`); none: posted by hand, and recorded here.
    #[serde(default)]
    pub slack: Option<String>,
    /// The connector of the settings that posts there, by its name (`status_page` is our own page); none, or one that is not set up: posted
    /// by hand.
    #[serde(default)]
    pub connector: Option<String>,
    /// How a person posts there.
    #[serde(default)]
    pub how: String,
    /// How, when our own systems are down.
    #[serde(default)]
    pub how_when_down: String,
    /// What else one should know.
    #[serde(default)]
    pub more: String,
    /// The longest text that fits; 0: any.
    #[serde(default)]
    pub max_chars: u32,
}

impl Outlet {
    /// Can the bot post there?
    #[must_use]
    pub const fn is_posted(&self) -> bool {
        self.slack.is_some() || self.connector.is_some()
    }
}

/// When a channel is used. What is left out always holds; what is given must hold together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OutletWhen {
    /// For these kinds.
    pub kinds: Vec<KindId>,
    /// For this severity and worse.
    pub min_severity: Option<Severity>,
    /// In these phases.
    pub phases: Vec<PhaseId>,
    /// Once it has lasted that many minutes.
    pub min_duration_min: u32,
    /// Only once a customer is known to be affected.
    pub customers_affected: bool,
}

/// How often whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cadence {
    /// The owner is reminded after this part of the time.
    #[serde(default = "remind_at")]
    pub remind_at_percent: u32,
    /// Lead and backup hear of it after this part of the time.
    #[serde(default = "escalate_at")]
    pub escalate_at_percent: u32,
    /// After so many minutes an incident counts as long …
    #[serde(default = "long_after")]
    pub long_after_min: u32,
    /// … and updates are due so many times less often.
    #[serde(default = "slower")]
    pub long_factor: u32,
    /// While we only watch, so many times less often. The greater of the two factors counts.
    #[serde(default = "slower")]
    pub monitoring_factor: u32,
    /// What holds for which severity and kind; the first that fits counts.
    #[serde(default)]
    pub rules: Vec<CadenceRule>,
}

const fn remind_at() -> u32 {
    80
}
const fn escalate_at() -> u32 {
    150
}
const fn long_after() -> u32 {
    120
}
const fn slower() -> u32 {
    2
}

/// How often, in minutes; 0: none is owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CadenceRule {
    /// Of this severity.
    pub severity: Severity,
    /// Of these kinds; empty: all.
    #[serde(default)]
    pub kinds: Vec<KindId>,
    /// From declaring to the first internal update.
    #[serde(default)]
    pub first_internal_min: u32,
    /// From one internal update to the next.
    #[serde(default)]
    pub every_internal_min: u32,
    /// From declaring to the first external update.
    #[serde(default)]
    pub first_external_min: u32,
    /// From one external update to the next, once there was one.
    #[serde(default)]
    pub every_external_min: u32,
    /// From one word to the leadership to the next.
    #[serde(default)]
    pub every_executive_min: u32,
}

/// Words that texts for others should not have: a warning, never a refusal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Wording {
    /// They promise a time or an outcome.
    pub promises: Vec<String>,
    /// They blame a person.
    pub blame: Vec<String>,
    /// Names of suppliers; naming one beside a failure blames it.
    pub suppliers: Vec<String>,
    /// Names of customers.
    pub customers: Vec<String>,
    /// Endings of internal host names (`.internal`).
    pub host_endings: Vec<String>,
}

/// Something that the organisation holds to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Value {
    /// Its name; `detect`, `respond`, `recover`, `learn`, `improve` in the built-in playbook.
    pub id: String,
    /// In a sentence.
    pub text: String,
    /// What the review asks about it.
    pub question: String,
    /// When the bot says a word about it, once and quietly.
    #[serde(default)]
    pub nudge: Option<Nudge>,
}

impl Value {
    /// What the bot says of it: the value, and its word for the moment.
    #[must_use]
    pub fn said(&self) -> String {
        format!("_{}_ {}", self.text, self.nudge.as_ref().map(|nudge| nudge.text.as_str()).unwrap_or_default())
    }
}

/// A quiet word at the right moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nudge {
    /// At which moment.
    pub on: Moment,
    /// So many minutes into it.
    #[serde(default)]
    pub after_min: u32,
    /// What is said.
    pub text: String,
}

/// The moment of a nudge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// A customer reported it before we noticed.
    CustomerFirst,
    /// Nothing was put on the timeline, and nobody was paged, for a while.
    Stuck,
    /// The cause is known for a while, and no fix is on the timeline.
    NoFix,
    /// It is resolved.
    Resolved,
    /// A similar incident happened before.
    Repeated,
}
