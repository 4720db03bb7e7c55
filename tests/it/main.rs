//! Every story in one binary: a file per promise, a sentence per test.

mod adapters;
mod cli;
mod contract;
mod crash;
mod deploy;
mod doctor;
mod domain;
mod harness;
mod incident;
mod layering;
mod oncall_import;
mod paper;
mod playbook;
mod promises;
mod publish;
mod sandbox;
mod snapshots;
mod store;
mod story;
