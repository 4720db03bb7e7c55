//! The simulated Slack workspace: for trying the bot, for training, for demos, and the counterpart of every test.
//!
//! It knows Slack's protocol and nothing of the bot: the bot under it is the production bot with its Web API base set
//! to `http://<listen>/api/`, receiving signed commands, interactions and events. Where Slack would refuse, it refuses.
//!
//! ```text
//! bot ── Web API ──► server ─► api (table of methods) ─► state (plain data, no I/O)
//! bot ── Twilio, ntfy ──► server ────────────────────────► state: the sample people's telephones
//! people (page, tests) ──► handle / server::page ─► acts ─► state        │ what happened
//! bot ◄── signed commands, interactions, events ── sender ◄─────────────┴──► live page
//! ```

pub mod config;
pub mod faults;
pub mod handle;
pub mod limits;
pub mod phones;
pub mod state;

mod acts;
mod api;
mod page;
mod rate;
mod refusal;
mod sender;
mod server;
mod shell;

pub use config::{Command, Config, Keeper, Shortcut};
pub use faults::{Fault, FaultKind};
pub use handle::{Actor, Answer, Handle, Outcome, SeenChannel, SeenMessage, SeenView, Target};
pub use refusal::Refusal;
pub use sender::signature;
pub use shell::Call;
pub use state::Workspace;
