//! (event, incident) -> Block Kit and text: every word people read. Pure.
//!
//! Slack's block and view types are used as data. The top-level text of a message carries the full meaning, for
//! notifications and screen readers; words of people are escaped once, in [`escape`], and cut at Slack's limits, in
//! [`limits`].

mod access;
pub mod ack;
mod alert;
mod brief;
pub mod by_way;
mod calendar;
mod card;
mod case;
pub mod comms;
mod course;
mod digest;
mod duty;
pub mod escape;
mod evidence;
mod external;
mod facts;
pub mod following;
pub mod forms;
mod hearing;
mod home;
pub mod ids;
pub mod import;
pub mod intake;
mod limits;
mod line;
mod lists;
pub mod maintenance;
mod notice;
pub mod oncall;
mod page;
mod paging;
pub mod plain;
mod playbook;
pub mod reach;
mod remind;
mod reply;
mod report;
mod room;
#[cfg(test)]
mod samples;
pub mod status;
mod urgent;
pub mod webhook;
mod when;

use slack_morphism::blocks::SlackBlock;

pub use access::access;
pub use alert::{ALERTS_SHOWN, Belongs, alerts, alerts_attached, alerts_refused, alerts_waiting};
pub use brief::{brief, told};
pub use calendar::{calendar, calendar_of};
pub use card::{card, card_now};
pub use case::customers;
pub use course::{question, question_text, raci};
pub use digest::digest;
pub use duty::{TaskWords, checklist, roles, task, tasks};
pub use evidence::{evidence, observations};
pub use external::external;
pub use facts::starting_text;
pub use hearing::{deaf, heard_again};
pub use home::{SHOWN as HOME_SHOWN, home};
pub use limits::blocks;
pub use line::{first_line, line, line_elsewhere, retracted, update_broadcast};
pub use lists::{list, markdown, show, summary, timeline};
pub use notice::{Notice, page_external, page_notice};
pub use page::{Shown, ended_page, old_page, page, shown_page, still_on_it};
pub use playbook::{PLAYBOOK_BROKEN, playbook, playbook_news, settings_news, with_note};
pub use remind::{Due, old_reminder, reminder};
pub use reply::{TroubleKind, done, duplicate, refused, rejection, room_made, trouble, unheard};
pub use report::{
    REPORTS_SHOWN, lines_of_report, report, report_acknowledged, report_added, report_came, report_filed,
    report_overdue, report_own, reports, reports_own, reports_waiting,
};
pub use room::{announcement, bookmarks, room_name, room_name_with_suffix, topic};
pub use urgent::urgency;
pub use when::{date, duration};

use crate::{config::Settings, playbook::Playbook};

/// A message: its blocks, and the text that carries the full meaning for notifications and screen readers.
#[derive(Clone, Debug)]
pub struct Message {
    /// Everything that the blocks say.
    pub text: String,
    /// As people see it.
    pub blocks: Vec<SlackBlock>,
}

/// What every rendering needs besides its subject.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// How the organisation works.
    pub playbook: &'a Playbook,
    /// The deployment's choices.
    pub settings: &'a Settings,
    /// The present, for "5 min ago".
    pub now: jiff::Timestamp,
}

impl Message {
    /// One paragraph, in Slack's markup.
    pub fn plain(text: impl Into<String>) -> Self {
        let text = limits::cut(&text.into(), limits::SECTION);
        Self { blocks: vec![limits::section(&text)], text }
    }

    /// A text, and blocks that say the same.
    pub fn new(text: impl Into<String>, blocks: Vec<SlackBlock>) -> Self {
        Self { text: limits::cut(&text.into(), limits::TEXT), blocks: limits::bound(blocks) }
    }

    /// This, and the other below it.
    #[must_use]
    pub fn and(mut self, below: Self) -> Self {
        self.blocks.extend(below.blocks);
        Self::new(format!("{} {}", self.text, below.text), self.blocks)
    }

    /// Does it ask for something, with a button to press?
    pub fn asks(&self) -> bool {
        self.blocks.iter().any(|block| matches!(block, SlackBlock::Actions(_)))
    }

    /// As Slack's methods take it.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({ "text": self.text, "blocks": blocks(&self.blocks) })
    }
}
