//! The main job, end to end, as people live through it.

mod archive;
mod declare;
mod pages;
mod phases;
mod redaction;
mod playbook;
mod releases;
mod roles;
mod timeline;
mod updates;
