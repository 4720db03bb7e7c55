//! The main job, end to end, as people live through it.

mod access;
mod archive;
mod bridge;
mod case;
mod comms;
mod course;
mod declare;
mod duty;
mod evidence;
mod external;
mod intake;
mod looking;
mod oncall;
mod pages;
mod phases;
mod playbook;
mod redaction;
mod releases;
mod reminders;
mod report;
mod roles;
mod shortcuts;
mod timeline;
mod times;
mod unheard;
mod updates;
