//! Watchroom: a self-hosted incident-response bot for Slack.
//!
//! # The house
//!
//! Data flows one way:
//!
//! ```text
//! bytes ─ verify ─ parse ─► Command ─► decide ─► events ─► apply ─► effects ─► commit ─► reply
//!         ingress            command     └────────── incident/ (pure) ──────┘    store
//!                                                                                  │
//! timers due, delivery results ─────────────► Command                 outbox lanes ─► adapters ─► Slack
//!         (they come back in by the front door)                               delivery
//! ```
//!
//! # What happens when …
//!
//! | … | look at |
//! | --- | --- |
//! | somebody types `/incident` | [`ingress`] verifies and reads it, [`command`] understands it, [`engine`] carries it out, [`render`] has the words of the answer |
//! | a button is pressed, a form is sent | [`ingress`], then the same way |
//! | Slack cannot reach us | [`adapters::slack`] opens connections, [`ingress`]'s `socket` reads them, [`hearing`] knows whether one is live, [`delivery`] tells people where none is |
//! | an incident changes | [`incident::decide`] says whether and how, [`incident::apply`] what it is then, [`incident::effects`] what must be done about it |
//! | it must be on disk | [`store`]: one commit holds events, work, timers and the answer |
//! | several bots share one record | [`store`]'s `postgres` keeps it, [`delivery`] works in one of them at a time |
//! | a message must reach Slack | [`delivery`] takes it from its lane, [`render`] has the words, [`adapters`] speaks with Slack |
//! | nobody acknowledges a page | [`delivery`]'s timers ring, [`engine`] makes a command of it, [`incident::decide`] passes the page on |
//! | somebody is to be reached by more than the chat | [`paging::reach`] says by what and when, [`engine`]'s `reach` keeps it, [`delivery`] has each way take its turn, [`adapters::reach`] speaks with the neighbour |
//! | somebody follows a link that answers a page | [`engine`]'s `links` know whose it is, [`ingress`] shows it and takes the answer |
//! | somebody asks who is on call, or changes it | [`paging::schedule`] works it out, [`paging::rota`] says what may change, [`engine`]'s `oncall` keeps it and its `rota` says who hears of it, [`delivery`] tells them |
//! | a calendar of another program says who is on call | [`adapters::calendar`] fetches it, [`paging::ical`] reads it, [`calendars`] keeps it and finds who is meant |
//! | another provider pages its people | [`paging::external`] says by which key, [`delivery`] does there what is done here, [`ingress`] hears what is done there, [`providers`] knows who its people are |
//! | somebody looks at their App Home, or it changes while they do | [`home`] gathers what it shows, [`engine`]'s `rota` says whose changes, [`delivery`] shows it anew |
//! | a customer reports something | [`incident::case`] says what a report is, [`engine`]'s `reports` keep it and its `desk` says who hears of it, [`delivery`] tells them |
//! | monitoring delivers alerts | [`ingress`] reads them in its format, [`alert`] says what they mean for their group, [`engine`]'s `alerts` keep it, [`delivery`] shows it |
//! | a text for others is sent | [`incident::comms`] says what is looked at before, [`delivery`]'s `comms` and `publish` take it there, [`adapters::publish`] has a file for each kind of place, [`config`]'s `connectors` what each can do |
//! | what was sent is put right | [`incident::comms`]'s `correct` says what is looked at, [`delivery`]'s `correcting` changes it where it stands, or says it behind it |
//! | the public must be given a name for an incident | [`engine`]'s `names` make one that says nothing of its number |
//! | the public reads the status page | [`status`] is what stands there, [`engine`]'s `status` keeps it, [`web`] serves it, also as files, [`render::status`] has its words |
//! | somebody subscribes to the status page, or it has news for subscribers | [`web`] takes the form, [`engine`]'s `subscribers` keep it, [`delivery`] tells them row by row, [`render::status`] has the words |
//! | maintenance is planned, or falls due | [`status::maintenance`] says what may be and what the clock brings, [`engine`]'s `maintenance` keeps it and rings, [`ingress`] has its presses and forms, [`delivery`] tells people |
//! | somebody follows incidents without being in the room | [`incident::following`] says what fits, [`engine`]'s `following` keeps it, [`delivery`]'s `following` tells them |
//! | the leadership is to hear what is open | [`config`]'s `digest` says when, [`engine`]'s `digest` rings, [`delivery`]'s `digest` tells it |
//! | a setting is read | [`config`], and nowhere else |
//! | the playbook's file is edited | [`follower`] notices, [`playbook`] reads and checks it, [`engine`]'s `books` let it come into force, [`delivery`] tells its owner |
//! | the process starts or stops | [`app`] puts everything together, [`lifecycle`] owns every task |
//! | someone tries it without Slack | [`sandbox`] plays Slack, over HTTP, for the same bot |
//!
//! # What a playbook asks for, in areas
//!
//! Each area is a folder of [`incident`] with the facts it records, what is asked of it, its state, and what follows by itself;
//! files of the same name in [`command`], [`ingress`], [`render`] and [`delivery`] have its verbs, presses, words and errands.
//!
//! | area | what |
//! | --- | --- |
//! | [`incident::intake`] | criteria, kept events, services, similar incidents, a thread instead of a room |
//! | [`incident::course`] | what a phase needs before it is left, RACI, questions, the final fix, closing |
//! | [`incident::duty`] | who is asked to take a role and then who, checklists, tasks, exclusions |
//! | [`incident::access`] | need-to-know: who may see it, the codename, the private room |
//! | [`incident::comms`] | what is said to others: drafts, channels, approval, receipts, cadence |
//! | [`incident::case`] | records of a security incident: customers and notices, reports, evidence, outside help |

/// Commands allocate much and for a short time, and are freed on other threads than they came in on.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub mod adapters;
pub mod alert; // 3  alerts in groups, and what becomes of them
pub mod calendars; // 7  calendars of other programs that say who is on call
pub mod command; // 2  what people type: one grammar table, parser, help
pub mod delivery; // 6  lanes, retries, timers
pub mod engine; // 4  load, decide, apply, effects, commit, answer
pub mod follower; // 7  the files that people edit, taken up without a restart
pub mod hearing; // 7  whether Slack can bring us what people do
pub mod home; // 7  what somebody's App Home shows, gathered
pub mod incident; // 3  what an incident is and may become
pub mod ingress; // 1  bytes -> verified requests -> commands -> answers
pub mod paging; // 3  escalation policies, the life of one page, on-call schedules
pub mod playbook; // 3  severities, phases, roles, templates as data
pub mod ports; // what we need of neighbours, in our words
pub mod providers; // 7  other providers that page, and who is on call there
pub mod render; // every word people read
pub mod status; // 3  what stands on public status pages
pub mod store; // 5  the record and everything derived from it

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod ids;
pub mod lifecycle;
pub mod manifest;
pub mod sandbox;
mod standard_webhooks;
pub mod telemetry;
pub mod web; // 1  what the public reads with a browser
