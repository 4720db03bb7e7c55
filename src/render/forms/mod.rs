//! Forms: Slack's modals, each a function of the incident it is about. What they are sent with is read by `ingress`, under
//! the names in [`super::ids`].

pub(super) mod case;
pub mod comms;
mod course;
mod declare;
mod duty;
mod evidence;
mod external;
mod fields;
mod intake;
mod maintenance;
mod oncall;
mod paging;
mod roles;
mod small;
mod update;

use std::fmt;

use serde_json::{Value, json};
use slack_morphism::blocks::SlackBlock;

pub use case::{acknowledged_form, clear_form, confirm_form, contacts_form, customer_form, notice_form, plan_form};
pub use course::{answer_form, close_form, consult_form, final_fix_form, needs_form, phase_form};
pub use declare::{Declaring, declare_form};
pub use duty::{because_form, give_task_form, later_form, tick_form};
pub use evidence::{evidence_form, observation_form, pass_form};
pub use external::external_form;
pub use intake::{criteria_form, detection_of};
pub use maintenance::{cancel_maintenance_form, maintenance_form};
pub use oncall::{after_field, override_form, way_field, ways_form};
pub use paging::{cannot_form, escalate_form};
pub use roles::{handover_form, roles_form};
pub use small::{
    cancel_form, link_form, pick_form, pick_option, rename_form, reopen_form, resolve_form, severity_form, suggested,
};
pub use update::{Draft, update_form};

use super::limits::{blocks, plain};

/// A modal as `views.open` takes it. Titles and buttons have at most 24 characters.
fn modal(callback: &str, title: &str, submit: &str, memory: &impl fmt::Display, content: &[SlackBlock]) -> Value {
    const LABEL: usize = 24;
    json!({
        "type": "modal",
        "callback_id": callback,
        "title": plain(title, LABEL),
        "submit": plain(submit, LABEL),
        // It closes the form, or goes back to the one below: nothing is done either way.
        "close": plain("Cancel", LABEL),
        "private_metadata": memory.to_string(),
        "blocks": blocks(content),
    })
}
