//! Names that buttons, menus and forms carry, written here and read by `ingress`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    ids::{ChannelId, IncidentId, UserId},
    incident::MessageRef,
};

/// Buttons and menus: action ids.
pub mod action {
    /// The next phase, in one press.
    pub const NEXT_PHASE: &str = "phase.next";
    /// Open the update form.
    pub const UPDATE: &str = "form.update";
    /// Open the phase form.
    pub const PHASE: &str = "form.phase";
    /// Open the roles form.
    pub const ROLES: &str = "form.roles";
    /// Open the escalate form.
    pub const ESCALATE: &str = "form.escalate";
    /// Open the declare form.
    pub const DECLARE: &str = "form.declare";
    /// The card's overflow menu; its options are [`super::Menu`].
    pub const MENU: &str = "card.menu";
    /// Reopen.
    pub const REOPEN: &str = "form.reopen";
    /// Take a free role.
    pub const TAKE: &str = "role.take";
    /// "I have it."
    pub const CONFIRM: &str = "role.confirm";
    /// Open the hand-over form.
    pub const HAND_OVER: &str = "form.handover";
    /// Accept a hand-over.
    pub const ACCEPT: &str = "offer.accept";
    /// Decline a hand-over.
    pub const DECLINE: &str = "offer.decline";
    /// "I am on it."
    pub const ACKNOWLEDGE: &str = "page.ack";
    /// Open the form that asks why somebody cannot come.
    pub const CANNOT: &str = "page.cannot";
    /// "I am still on it."
    pub const KEEP: &str = "page.keep";
    /// Give a page back.
    pub const HAND_BACK: &str = "page.return";
    /// Pass a page on.
    pub const PASS_ON: &str = "page.escalate";
    /// Declare although the same was declared just now.
    pub const DECLARE_ANYWAY: &str = "declare.anyway";
    /// Run the command that the button carries.
    pub const RUN: &str = "command.run";
    /// Entries of the timeline before those that are shown.
    pub const EARLIER: &str = "timeline.earlier";
    /// Show an incident.
    pub const SHOW: &str = "incident.show";
    /// Show how the update will look.
    pub const PREVIEW: &str = "update.preview";
    /// The special case that an update is for.
    pub const SCENARIO: &str = "update.scenario";

    /// How the trouble came in.
    pub mod intake {
        /// Open the form that asks which criteria are true.
        pub const CRITERIA: &str = "intake.criteria";
        /// Make an incident of a kept event.
        pub const PROMOTE: &str = "intake.promote";
        /// Remove the words of a kept event.
        pub const FORGET: &str = "intake.forget";
        /// A room instead of the thread.
        pub const ROOM: &str = "intake.room";
        /// Hear no more of the values.
        pub const MUTE: &str = "intake.mute";
        /// Join an incident instead of declaring the same.
        pub const JOIN: &str = "intake.join";
    }
    /// Say what a phase still needs.
    pub const NEEDS: &str = "course.needs";
    /// Confirm the final fix.
    pub const FINAL_FIX: &str = "course.fix";
    /// Look at the severity once more.
    pub const REVIEW_SEVERITY: &str = "course.severity";
    /// Accept that a phase was left.
    pub const ACCEPT_EXIT: &str = "course.accept";
    /// End a phase that runs beside the others.
    pub const END_BESIDE: &str = "course.end";
    /// Answer a question.
    pub const ANSWER: &str = "course.answer";
    /// Close although something is missing.
    pub const CLOSE: &str = "course.close";
    /// The records of a case.
    pub mod case {
        /// What the ids of these buttons and forms begin with.
        pub const PREFIX: &str = "case.";
        /// Name a customer.
        pub const ADD: &str = "case.add";
        /// Say how a customer is reached.
        pub const CONTACTS: &str = "case.contacts";
        /// Confirm the impact on a customer.
        pub const CONFIRM: &str = "case.confirm";
        /// A customer is not affected.
        pub const CLEAR: &str = "case.clear";
        /// Write down how customers are told.
        pub const PLAN: &str = "case.plan";
        /// Find the plan right.
        pub const APPROVE: &str = "case.approve";
        /// Record what a customer was told.
        pub const TELL: &str = "case.tell";
        /// Record that a customer acknowledged it.
        pub const ACKNOWLEDGED: &str = "case.acknowledged";
        /// Keep a piece of evidence.
        pub const EVIDENCE: &str = "case.evidence";
        /// Hand a piece of evidence over.
        pub const PASS: &str = "case.pass";
        /// Record help from outside.
        pub const EXTERNAL: &str = "case.external";
        /// End it.
        pub const END_EXTERNAL: &str = "case.end_external";
        /// Confirm an observation.
        pub const OBSERVATION: &str = "case.observation";
    }
    /// Who is on call.
    pub mod oncall {
        /// What the ids of these buttons and forms begin with.
        pub const PREFIX: &str = "oncall.";
        /// Show four weeks of a schedule.
        pub const WEEKS: &str = "oncall.weeks";
        /// Show its overrides.
        pub const OVERRIDES: &str = "oncall.overrides";
        /// Open the form that asks for an override.
        pub const OVERRIDE: &str = "oncall.override";
        /// End an override.
        pub const UNDO: &str = "oncall.undo";
        /// Say yes to cover or to a swap.
        pub const TAKE: &str = "oncall.take";
        /// Take an ask back, or decline it.
        pub const END: &str = "oncall.end";
        /// End an absence.
        pub const BACK: &str = "oncall.back";
        /// Open the form that asks by which ways somebody is reached.
        pub const WAYS: &str = "oncall.ways";
        /// Test them.
        pub const TEST: &str = "oncall.test";
        /// A test came.
        pub const CAME: &str = "oncall.came";
    }
    /// What somebody follows.
    pub mod follow {
        /// What the ids of these buttons begin with.
        pub const PREFIX: &str = "follow.";
        /// Not any more.
        pub const REMOVE: &str = "follow.remove";
        /// Hear of nothing.
        pub const MUTE: &str = "follow.mute";
        /// Hear of it again.
        pub const UNMUTE: &str = "follow.unmute";
    }
    /// Our own status page.
    pub mod page {
        /// What the ids of these buttons and forms begin with.
        pub const PREFIX: &str = "status_page.";
        /// Open the form that plans maintenance.
        pub const PLAN: &str = "status_page.plan";
        /// Open the form that changes the plan.
        pub const CHANGE: &str = "status_page.change";
        /// It begins now.
        pub const BEGIN: &str = "status_page.begin";
        /// It takes longer.
        pub const EXTEND: &str = "status_page.extend";
        /// It is over.
        pub const FINISH: &str = "status_page.finish";
        /// Open the form that cancels it.
        pub const CANCEL: &str = "status_page.cancel";
    }
    /// What customers report.
    pub mod report {
        /// What the ids of these buttons begin with.
        pub const PREFIX: &str = "report.";
        /// "I am looking at it."
        pub const ACKNOWLEDGE: &str = "report.ack";
        /// It belongs to the incident.
        pub const ATTACH: &str = "report.attach";
        /// What the ids of these buttons end with in a list.
        pub const LISTED: &str = ".listed";
    }
    /// Groups of alerts.
    pub mod alert {
        /// What the ids of these buttons and menus begin with.
        pub const PREFIX: &str = "alert.";
        /// Open the declare form for it.
        pub const DECLARE: &str = "alert.declare";
        /// It belongs to the incident that the button names.
        pub const ATTACH: &str = "alert.attach";
        /// It belongs to the incident that is chosen.
        pub const CHOOSE: &str = "alert.choose";
        /// It is none of ours.
        pub const DISMISS: &str = "alert.dismiss";
    }
    /// A duty is done.
    pub const ITEM_DONE: &str = "duty.done";
    /// A duty is done, although the record does not show it: asks why.
    pub const ITEM_WHY: &str = "duty.why";
    /// A task is done.
    pub const TASK_DONE: &str = "duty.task_done";
    /// Give a task to somebody else.
    pub const TASK_GIVE: &str = "duty.task_give";
    /// Give a task more time.
    pub const TASK_LATER: &str = "duty.task_later";
}

/// Buttons of what is said to others.
pub mod comms {
    /// What the ids of these buttons and forms begin with.
    pub const PREFIX: &str = "comms.";
    /// Show the channel register.
    pub const CHANNELS: &str = "comms.channels";
    /// Open the form for a text; carries for which readers.
    pub const WRITE: &str = "comms.write";
    /// Show the other places of the template too.
    pub const MORE: &str = "comms.more";
    /// Show how the text will look.
    pub const PREVIEW: &str = "comms.preview";
    /// Find a draft right.
    pub const APPROVE: &str = "comms.approve";
    /// Send a draft.
    pub const SEND: &str = "comms.send";
    /// Send a draft that says the same as the last one.
    pub const SEND_AGAIN: &str = "comms.again";
    /// Throw a draft away.
    pub const DROP: &str = "comms.drop";
    /// Try once more.
    pub const RETRY: &str = "comms.retry";
    /// Open the form "posted by hand".
    pub const HAND: &str = "comms.hand";
    /// Open the form that names another time.
    pub const LATER: &str = "comms.later";
    /// Open the form that keeps a question that came in.
    pub const QUESTION: &str = "comms.question";
    /// Open the form that corrects what was sent.
    pub const CORRECT: &str = "comms.correct";

    /// The form for a text.
    pub const LETTER_FORM: &str = "comms.letter";
    /// The form that asks why with nobody's approval.
    pub const ALONE_FORM: &str = "comms.alone";
    /// The form "posted by hand".
    pub const HAND_FORM: &str = "comms.byhand";
    /// The form that names another time.
    pub const LATER_FORM: &str = "comms.snooze";

    /// The form that keeps a question that came in.
    pub const QUESTION_FORM: &str = "comms.asked";

    /// Field: the channels.
    pub const OUTLETS: &str = "outlets";
    /// Field: the special case that the text is for.
    pub const SCENARIO: &str = "comms.scenario";
    /// Value: none, the usual text. No scenario is called so.
    pub const USUAL: &str = ":usual";
    /// Field: what happens now.
    pub const THEN: &str = "comms.then";
    /// Field: how long ago.
    pub const AGO: &str = "ago";
    /// Field: a place of the text, whose name stands behind it.
    pub const PLACE: &str = "place.";
    /// Field: how a component stands, whose id stands behind it.
    pub const IMPACT: &str = "impact.";
    /// Field: one more component.
    pub const ALSO: &str = "comms.also";
    /// Field: are subscribers told?
    pub const SUBSCRIBERS: &str = "subscribers";
    /// Value: they are.
    pub const TELL: &str = "tell";
    /// Value: they are not.
    pub const QUIET: &str = "quiet";
    /// Value: send it now.
    pub const NOW: &str = "send";
    /// Value: share it as a draft.
    pub const SHARE: &str = "share";
}

/// Forms: callback ids.
pub mod form {
    /// Declare an incident.
    pub const DECLARE: &str = "declare";
    /// Post an update.
    pub const UPDATE: &str = "update";
    /// Change the phase.
    pub const PHASE: &str = "phase";
    /// Change the severity.
    pub const SEVERITY: &str = "severity";
    /// Assign roles.
    pub const ROLES: &str = "roles";
    /// Hand a role over.
    pub const HAND_OVER: &str = "handover";
    /// Page somebody.
    pub const ESCALATE: &str = "escalate";
    /// Somebody who is paged cannot come.
    pub const CANNOT: &str = "cannot";
    /// Change the title.
    pub const RENAME: &str = "rename";
    /// Keep a link.
    pub const LINK: &str = "link";
    /// Cancel.
    pub const CANCEL: &str = "cancel";
    /// Resolve.
    pub const RESOLVE: &str = "resolve";
    /// Reopen.
    pub const REOPEN: &str = "reopen";
    /// Which incident does a message belong to?
    pub const PICK: &str = "pick";

    /// How the trouble came in.
    pub mod intake {
        /// Which criteria are true.
        pub const CRITERIA: &str = "intake.criteria";
    }
    /// What a phase still needs.
    pub const NEEDS: &str = "course.needs";
    /// Confirm the final fix.
    pub const FINAL_FIX: &str = "course.fix";
    /// Ask a role for its advice.
    pub const CONSULT: &str = "course.consult";
    /// Answer a question.
    pub const ANSWER: &str = "course.answer";
    /// Close with a reason.
    pub const CLOSE: &str = "course.close";
    /// The records of a case.
    pub mod case {
        /// A customer's name and contacts.
        pub const CUSTOMER: &str = "case.customer";
        /// A customer's contacts.
        pub const CONTACTS: &str = "case.contacts";
        /// What a customer suffers.
        pub const CONFIRM: &str = "case.confirm";
        /// Why a customer is not affected.
        pub const CLEAR: &str = "case.clear";
        /// How customers are told.
        pub const PLAN: &str = "case.plan";
        /// What a customer was told.
        pub const NOTICE: &str = "case.notice";
        /// Who acknowledged it.
        pub const ACKNOWLEDGED: &str = "case.acknowledged";
        /// A piece of evidence.
        pub const EVIDENCE: &str = "case.evidence";
        /// Who keeps it.
        pub const PASS: &str = "case.pass";
        /// Who helps from outside.
        pub const EXTERNAL: &str = "case.external";
        /// How one knows what was suspected.
        pub const OBSERVATION: &str = "case.observation";
    }
    /// Who is on call instead, and when.
    pub const OVERRIDE: &str = "oncall.form";
    /// Our own status page.
    pub mod page {
        /// Maintenance, planned or changed.
        pub const MAINTENANCE: &str = "status_page.maintenance";
        /// Why maintenance is cancelled.
        pub const CANCEL: &str = "status_page.cancelled";
    }
    /// By which ways somebody is reached.
    pub const WAYS: &str = "oncall.reach";
    /// Why someone holds a role that does not go with another of theirs.
    pub const BECAUSE: &str = "duty.because";
    /// Why a duty is done although the record does not show it.
    pub const TICK: &str = "duty.tick";
    /// To whom a task goes.
    pub const GIVE_TASK: &str = "duty.give_task";
    /// By when a task is due instead.
    pub const LATER: &str = "duty.later";
}

/// Fields of forms: block ids. Each field's action id is its block id.
pub mod field {
    /// The title.
    pub const TITLE: &str = "title";
    /// Ticked criteria.
    pub const CRITERIA: &str = "criteria";
    /// The kind.
    pub const KIND: &str = "kind";
    /// The severity.
    pub const SEVERITY: &str = "severity";
    /// What the service suffers.
    pub const SERVICE_IMPACT: &str = "service_impact";
    /// What customers suffer.
    pub const CUSTOMER_IMPACT: &str = "customer_impact";
    /// A reason.
    pub const WHY: &str = "why";
    /// An update's text.
    pub const TEXT: &str = "text";
    /// When the next update comes.
    pub const NEXT: &str = "next";
    /// When exactly.
    pub const NEXT_AT: &str = "next_at";
    /// A phase.
    pub const PHASE: &str = "phase";
    /// A role.
    pub const ROLE: &str = "role";
    /// A person.
    pub const PERSON: &str = "person";
    /// Now, or by asking.
    pub const HOW: &str = "how";
    /// People.
    pub const PEOPLE: &str = "people";
    /// A policy.
    pub const POLICY: &str = "policy";
    /// The impact.
    pub const IMPACT: &str = "impact";
    /// A fix.
    pub const FIX: &str = "fix";
    /// A fix on the timeline.
    pub const FIX_ENTRY: &str = "fix_entry";
    /// What shows that a fix works.
    pub const SIGNAL: &str = "signal";
    /// What comes then.
    pub const THEN: &str = "then";
    /// What was reached.
    pub const SCOPE: &str = "scope";
    /// What keeps it from getting worse.
    pub const CONTAINMENT: &str = "containment";
    /// What was removed.
    pub const ERADICATION: &str = "eradication";
    /// How one knows that all is normal.
    pub const RECOVERY: &str = "recovery";
    /// A link.
    pub const URL: &str = "url";
    /// An incident.
    pub const INCIDENT: &str = "incident";
    /// A service.
    pub const SERVICE: &str = "service";
    /// In a thread, without a room.
    pub const THREAD: &str = "thread";
    /// Is there an NDA?
    pub const NDA: &str = "nda";
    /// A SHA-256.
    pub const HASH: &str = "sha256";
    /// Where something is kept.
    pub const PLACE: &str = "place";
    /// A customer's name.
    pub const CUSTOMER: &str = "customer";
    /// A security contact.
    pub const SECURITY: &str = "security";
    /// A technical contact.
    pub const TECHNICAL: &str = "technical";
    /// Who is told, in which order.
    pub const ORDER: &str = "order";
    /// Who tells.
    pub const TELLER: &str = "teller";
    /// What a customer must do.
    pub const ACTIONS: &str = "actions";
    /// A schedule of who is on call.
    pub const SCHEDULE: &str = "schedule";
    /// From when.
    pub const FROM: &str = "from";
    /// Until when.
    pub const UNTIL: &str = "until";
    /// Components of the status page.
    pub const COMPONENTS: &str = "components";
    /// How they stand.
    pub const STANDING: &str = "standing";
    /// Who noticed first.
    pub const DETECTION: &str = "detection";
    /// An address of a way, which stands behind it.
    pub const WAY: &str = "way.";
    /// After how many minutes that way comes.
    pub const AFTER: &str = "after.";
}

/// Values of menus that are not names of something.
pub mod value {
    /// Take the severity that the criteria suggest.
    pub const SUGGESTED: &str = "suggested";
    /// Not sure whether it is an incident.
    pub const NOT_SURE: &str = "not_sure";
    /// No next update is promised.
    pub const NEVER: &str = "never";
    /// The next update is promised at the time beside.
    pub const AT: &str = "at";
    /// Give the role now.
    pub const NOW: &str = "now";
    /// Resolve then.
    pub const RESOLVE: &str = "resolve";
    /// Go on watching.
    pub const WATCH: &str = "watch";
    /// Ask first.
    pub const ASK: &str = "ask";
    /// Nobody knows which service it is.
    pub const UNKNOWN: &str = "?";
}

/// What the card's overflow menu offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Menu {
    /// Change the severity.
    Severity,
    /// Change the title.
    Rename,
    /// Keep a link.
    Link,
    /// Resolve.
    Resolve,
    /// Cancel.
    Cancel,
    /// Close.
    Close,
    /// Reopen.
    Reopen,
}

/// What a button carries: its incident, the version of what it saw, and a little more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ButtonValue {
    /// Of which incident.
    #[serde(rename = "i", skip_serializing_if = "Option::is_none", default)]
    pub incident: Option<IncidentId>,
    /// A page, an offer, or the version of what it saw.
    #[serde(rename = "n", skip_serializing_if = "is_zero", default)]
    pub number: u32,
    /// The version of what it saw.
    #[serde(rename = "v", skip_serializing_if = "is_zero", default)]
    pub version: u32,
    /// A role, a phase, a menu entry, a command.
    #[serde(rename = "x", skip_serializing_if = "String::is_empty", default)]
    pub extra: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for this signature")]
const fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl ButtonValue {
    /// A button of this incident.
    pub fn of(incident: IncidentId) -> Self {
        Self { incident: Some(incident), ..Self::default() }
    }

    /// With a number.
    #[must_use]
    pub const fn number(mut self, number: u32) -> Self {
        self.number = number;
        self
    }

    /// With a version.
    #[must_use]
    pub const fn version(mut self, version: u32) -> Self {
        self.version = version;
        self
    }

    /// With something more.
    #[must_use]
    pub fn extra(mut self, extra: impl Into<String>) -> Self {
        self.extra = extra.into();
        self
    }

    /// Reads one back; `None` for anything that we did not write.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

impl fmt::Display for ButtonValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

/// What a form remembers between opening and sending: its `private_metadata`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FormMemory {
    /// Of which incident.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// The message it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<MessageRef>,
    /// What that message says, where it is short enough: the bot may not read every channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Who wrote that message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<UserId>,
    /// Where it was opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelId>,
    /// The kept event that its words are from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<u64>,
    /// The alerts that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alerts: Option<u64>,
    /// Similar ones, or words to look at once more, were shown already.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub anyway: bool,
    /// Where the answer of ours can be changed that it was opened from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// Which question it answers.
    #[serde(skip_serializing_if = "is_zero")]
    pub number: u32,
    /// A role, a duty, a task: what else it is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<String>,
}

impl FormMemory {
    /// Of this incident.
    pub fn of(incident: IncidentId) -> Self {
        Self { incident: Some(incident), ..Self::default() }
    }

    /// With what else it is about.
    #[must_use]
    pub fn about(mut self, about: impl IntoIterator<Item = String>) -> Self {
        self.about = about.into_iter().collect();
        self
    }

    /// Reads it back; nothing for anything that we did not write.
    pub fn parse(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }
}

impl fmt::Display for FormMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}
