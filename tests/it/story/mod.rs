//! The main job, end to end, as people live through it.

mod access;
mod archive;
mod case;
mod comms;
mod course;
mod declare;
mod duty;
mod evidence;
mod intake;
mod pages;
mod phases;
mod playbook;
mod redaction;
mod releases;
mod report;
mod roles;
mod timeline;
mod updates;
