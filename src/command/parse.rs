//! From what was typed to what it means.

use jiff::Timestamp;

use super::{
    Does, Verb,
    args::{Args, Bad, Meaning, split_first, words},
    markup::{Piece, piece, plain},
    near::near,
    oncall::Rostering,
    people::severity_word,
    report::Reporting,
    status_page::Publishing,
    trouble::sounds_like_trouble,
    verb,
};
use crate::{
    config::Settings,
    ids::{ChannelId, IncidentId, UserId},
    incident::{Command, Declaration, following::Subscribing},
    playbook::{Kind, Playbook, Severity},
};

/// What the meaning of a text depends on.
#[derive(Clone, Copy, Debug)]
pub struct ParseCx<'a> {
    /// Who typed it.
    pub me: &'a UserId,
    /// Where.
    pub channel: Option<&'a ChannelId>,
    /// The incident whose room that is.
    pub here: Option<IncidentId>,
    /// The incident whose codename the first word is, where whoever typed it may know.
    pub codename: Option<IncidentId>,
    /// How the organisation works.
    pub playbook: &'a Playbook,
    /// Of which kind the incident is that verbs mean, where that is known.
    pub kind: Option<&'a Kind>,
    /// The deployment's choices: policies, and how long a page waits.
    pub settings: &'a Settings,
    /// When it was typed.
    pub now: Timestamp,
    /// The IANA zone of whoever typed it.
    pub zone: &'a str,
}

/// What was said: by which verb, and what it means.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// The verb's first name, where there was one.
    pub verb: Option<&'static str>,
    /// What it means.
    pub means: Parsed,
}

/// What a text means.
#[derive(Clone, Debug, PartialEq)]
pub enum Parsed {
    /// Show the control card of the incident whose room this is.
    Card(IncidentId),
    /// Open the form that declares.
    DeclareForm {
        /// What it starts with.
        title: String,
        /// What it starts with.
        severity: Option<Severity>,
        /// `security:` was said.
        secret: bool,
    },
    /// Declare at once.
    Declare(Declaration),
    /// Change an incident.
    Do {
        /// Which.
        incident: IncidentId,
        /// How.
        command: Command,
    },
    /// Go to the phase beside the present one.
    StepPhase {
        /// Of which incident.
        incident: IncidentId,
        /// Which way.
        step: Step,
        /// Why.
        why: Option<String>,
    },
    /// Open a form.
    Form {
        /// About which incident.
        incident: IncidentId,
        /// Which form.
        form: FormKind,
    },
    /// Something about what customers report.
    Report {
        /// The incident that it is said of.
        here: Option<IncidentId>,
        /// What.
        ask: Reporting,
    },
    /// Something about what whoever typed it follows.
    Follow {
        /// The incident that was named before the verb.
        incident: Option<IncidentId>,
        /// What; none: the list, or that incident.
        fact: Option<Subscribing>,
    },
    /// Something about who is on call.
    OnCall(Rostering),
    /// Something about our own status page.
    StatusPage(Publishing),
    /// Look something up; changes nothing.
    Query(Query),
    /// It can be read in more than one way: nothing is done, all readings are offered.
    Ambiguous {
        /// The verb that it begins with.
        verb: &'static Verb,
        /// What it names behind the verb is not there; which ones there are, in a sentence.
        unknown: Option<String>,
        /// At least two.
        readings: Vec<Reading>,
    },
    /// It begins with something close to a verb.
    DidYouMean {
        /// That verb.
        verb: &'static Verb,
        /// The same text with that verb first, then the text as a title.
        readings: Vec<Reading>,
    },
    /// The verb needs an incident, and this is no incident's room.
    NeedsIncident {
        /// The verb.
        verb: &'static Verb,
        /// What was typed, to be put behind an incident's number.
        input: String,
        /// The text as a title, where it may have been one.
        title: Option<Reading>,
    },
    /// The verb belongs to a later release.
    Later {
        /// What will come.
        what: &'static str,
        /// The text as a title, where it may have been one.
        title: Option<Reading>,
    },
    /// It cannot be done; the sentence says why and what to type.
    Problem(String),
}

/// Which way along the phases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Forth.
    Next,
    /// Back.
    Back,
}

/// A form about an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormKind {
    /// Post a status update.
    Update,
    /// Correct the latest update for others.
    Correct,
    /// Change the phase.
    Phase,
    /// Change the severity.
    Severity,
    /// Assign roles.
    Roles,
    /// Hand a role over.
    Handover,
    /// Ask people for help.
    Escalate,
    /// Change the title.
    Rename,
    /// Keep a link.
    Link,
    /// End what was no incident.
    Cancel,
    /// It is mended.
    Resolve,
    /// It goes on after all.
    Reopen,
    /// Name a customer that may be affected.
    Customer,
    /// Write down how customers are told.
    Plan,
    /// Keep a piece of evidence.
    Evidence,
    /// Record help from outside.
    External,
    /// Ask a role for its advice.
    Consult,
}

/// Something to look up.
#[derive(Clone, Debug, PartialEq)]
pub enum Query {
    /// A list of incidents.
    List(ListWhat),
    /// Incidents by words.
    Find(String),
    /// One incident.
    Show(IncidentId),
    /// What happened so far, in short.
    Summary(IncidentId),
    /// What happened, in order.
    Timeline(IncidentId),
    /// Who does what.
    Roles(IncidentId),
    /// The playbook in force; and that of the incident whose room this is.
    Playbook(Option<IncidentId>),
    /// What is like it.
    Similar(IncidentId),
    /// Who does what in which activity.
    Raci,
    /// Who may see it, and the log of that.
    Access(IncidentId),
    /// Where others are told.
    Channels(IncidentId),
    /// Who helps from outside.
    External(IncidentId),
    /// Pieces of evidence, and who keeps them.
    Evidence(IncidentId),
    /// What was observed.
    Observations(IncidentId),
    /// Customers that are or may be affected, and what they were told.
    Customers(IncidentId),
    /// Who has to do what.
    Checklist(IncidentId),
    /// What is being done by whom.
    Tasks(IncidentId),
    /// What can be typed; about one verb where one is named.
    Help(Option<&'static str>),
}

/// Which incidents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListWhat {
    /// Those that go on.
    Open,
    /// Those of the person who asks.
    Mine,
    /// The latest, ended ones too.
    Recent,
}

/// One way to read a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What the button says; at most 75 characters.
    pub label: String,
    /// What to type for exactly this reading.
    pub input: String,
}

/// What `input` means here.
#[must_use]
pub fn parse(input: &str, cx: &ParseCx<'_>) -> Said {
    let input = input.trim();
    if input.is_empty() {
        let means = cx
            .here
            .map_or_else(|| Parsed::DeclareForm { title: String::new(), severity: None, secret: false }, Parsed::Card);
        return Said { verb: None, means };
    }
    let (first, rest) = split_first(input);
    if first == "--" {
        let (secret, title) = super::declare::without_security(rest).map_or((false, rest), |rest| (true, rest));
        return Said { verb: None, means: Parsed::DeclareForm { title: plain(title), severity: None, secret } };
    }
    match named(input).or(cx.codename) {
        Some(id) if rest.is_empty() => Said { verb: Some("show"), means: Parsed::Query(Query::Show(id)) },
        Some(id) => Text { input: rest, on: Some(id), named: Some(id) }.read(cx),
        None => Text { input, on: cx.here, named: None }.read(cx),
    }
}

/// The incident that is named before everything else.
#[must_use]
pub fn named(input: &str) -> Option<IncidentId> {
    let (first, _) = split_first(input.trim());
    first.strip_suffix(':').unwrap_or(first).parse().ok()
}

/// A text of at least one word, without the number of an incident before it.
struct Text<'a> {
    input: &'a str,
    /// The incident that a verb means.
    on: Option<IncidentId>,
    /// The incident that was named before the verb.
    named: Option<IncidentId>,
}

impl Text<'_> {
    fn read(&self, cx: &ParseCx<'_>) -> Said {
        let (first, rest) = split_first(self.input);
        let word = first.strip_suffix(':').unwrap_or(first).to_lowercase();
        if let Some(severity) = severity_word(&word).filter(|_| word.len() > 2) {
            return self.bare_severity(severity, rest, cx);
        }
        // Must never become a public incident by being taken for a title.
        if let Some(rest) = super::declare::without_security(self.input) {
            return Said { verb: Some("declare"), means: super::declare::secret(rest, None, cx) };
        }
        match verb(&word) {
            Some(verb) => Said { verb: Some(verb.name), means: self.with_verb(verb, &word, rest, cx) },
            None => Said { verb: None, means: self.without_verb(&word, rest, cx) },
        }
    }

    fn with_verb(&self, verb: &'static Verb, said: &str, rest: &str, cx: &ParseCx<'_>) -> Parsed {
        let (sure, rest) = match split_first(rest) {
            ("--", behind) => (true, behind),
            _ => (false, rest),
        };
        let read = match verb.does {
            Does::Later { what, text } => return self.later(what, text, rest),
            Does::Now(read) => read,
        };
        match read(&Args { said, rest, sure }, cx) {
            Ok(meaning) => self.settle(verb, meaning, rest),
            Err(Bad::Wrong(sentence)) => Parsed::Problem(sentence),
            Err(Bad::Unknown(what)) if sure => Parsed::Problem(format!("{what} Nothing was changed.")),
            Err(Bad::Unknown(what)) => self.ambiguous(verb, Some(what)),
            Err(Bad::Unread) => self.ambiguous(verb, None),
        }
    }

    /// A verb that is not there yet. Free text behind one that takes none was a title.
    fn later(&self, what: &'static str, text: bool, rest: &str) -> Parsed {
        let is_title = !text && words(rest).filter(|w| matches!(piece(w), Piece::Word(_))).count() > 1;
        if is_title && self.named.is_none() {
            return Parsed::DeclareForm { title: plain(self.input), severity: None, secret: false };
        }
        let title = sounds_like_trouble(rest).then(|| self.as_title());
        Parsed::Later { what, title }
    }

    fn settle(&self, verb: &'static Verb, meaning: Meaning, rest: &str) -> Parsed {
        let meaning = match meaning {
            Meaning::Whole(Parsed::Report { ask, .. }) => return Parsed::Report { here: self.on, ask },
            Meaning::Whole(Parsed::Follow { fact, .. }) => return Parsed::Follow { incident: self.named, fact },
            Meaning::Whole(parsed) => return parsed,
            of => of,
        };
        let Some(incident) = self.on else {
            // `log ingestion is down` in any channel: a note on some incident, or the title of a new one.
            // The number of an incident is no title.
            let is_words = |w| matches!(piece(w), Piece::Word(word) if word.parse::<IncidentId>().is_err());
            let title = words(rest).any(is_words).then(|| self.as_title());
            return Parsed::NeedsIncident { verb, input: self.input.to_owned(), title };
        };
        match meaning {
            Meaning::Whole(parsed) => parsed,
            Meaning::Do(command) => Parsed::Do { incident, command },
            Meaning::Step(step, why) => Parsed::StepPhase { incident, step, why },
            Meaning::Form(form) => Parsed::Form { incident, form },
            Meaning::Look(look) => look(incident),
        }
    }

    fn ambiguous(&self, verb: &'static Verb, unknown: Option<String>) -> Parsed {
        let as_verb = super::verbs::meant(verb.name, self.input);
        let on = self.named.map_or_else(String::new, |id| format!("{id} "));
        let input = if as_verb.input.starts_with("help ") { as_verb.input } else { format!("{on}{}", as_verb.input) };
        let mut readings = vec![Reading { label: as_verb.label, input }];
        readings.extend(super::verbs::other_title(verb.name, self.input));
        readings.push(self.as_title());
        Parsed::Ambiguous { verb, unknown, readings }
    }

    fn without_verb(&self, word: &str, rest: &str, cx: &ParseCx<'_>) -> Parsed {
        if words(self.input).count() <= 3
            && let Some(verb) = near(word)
        {
            let on = self.named.map_or_else(String::new, |id| format!("{id} "));
            let corrected = format!("{on}{} {rest}", verb.name).trim().to_owned();
            let meant = match parse(&corrected, cx).means {
                // A press must not end in the next question.
                Parsed::Ambiguous { mut readings, .. } if !readings.is_empty() => readings.swap_remove(0),
                _ => Reading { label: shorten(&format!("/incident {}", plain(&corrected)), 75), input: corrected },
            };
            return Parsed::DidYouMean { verb, readings: vec![meant, self.as_title()] };
        }
        match self.named {
            None => Parsed::DeclareForm { title: plain(self.input), severity: None, secret: false },
            Some(id) => Parsed::Problem(format!(
                "I do not know `{}`, so nothing was changed. `/incident help` lists what can follow {id}.",
                shorten(&plain(word).replace('`', "'"), 40)
            )),
        }
    }

    /// `sev1`, or `sev1 checkout is down`, without a verb.
    fn bare_severity(&self, severity: Severity, rest: &str, cx: &ParseCx<'_>) -> Said {
        let Some(incident) = self.on else {
            return Said { verb: Some("declare"), means: super::declare::titled(rest, severity, cx) };
        };
        let means = if rest.is_empty() {
            Parsed::Do { incident, command: Command::ChangeSeverity { to: severity, why: None } }
        } else {
            let change = Reading {
                label: format!("Change {incident} to {severity}"),
                input: format!("{incident} severity {} {rest}", severity.0),
            };
            let declare = Reading {
                label: shorten(&format!("Declare {severity}: {}", plain(rest)), 75),
                input: format!("declare sev{} {rest}", severity.0),
            };
            match verb("severity") {
                Some(verb) => Parsed::Ambiguous { verb, unknown: None, readings: vec![change, declare] },
                None => Parsed::Do { incident, command: Command::ChangeSeverity { to: severity, why: None } },
            }
        };
        Said { verb: Some("severity"), means }
    }

    /// All of it as the title of a new incident.
    fn as_title(&self) -> Reading {
        let label = shorten(&format!("Declare “{}”", plain(self.input)), 75);
        Reading { label, input: format!("-- {}", self.input) }
    }
}

/// At most `limit` characters; an ellipsis says that there were more.
pub(super) fn shorten(text: &str, limit: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= limit {
        return text;
    }
    let mut kept: String = text.chars().take(limit.saturating_sub(1)).collect();
    kept.push('…');
    kept
}
