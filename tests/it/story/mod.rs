//! The main job, end to end, as people live through it.

mod declare;
mod pages;
mod phases;
mod releases;
mod roles;
mod timeline;
mod updates;
