//! The main job, end to end, as people live through it.

mod access;
mod archive;
mod case;
mod bridge;
mod comms;
mod course;
mod declare;
mod duty;
mod evidence;
mod intake;
mod looking;
mod pages;
mod phases;
mod playbook;
mod redaction;
mod releases;
mod report;
mod reminders;
mod roles;
mod shortcuts;
mod timeline;
mod times;
mod updates;
