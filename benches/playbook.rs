//! Reading a large playbook, against a plain parse of the same TOML in the same run.
//!
//! `cargo bench --bench playbook`

mod table;

use std::{
    hint::black_box,
    process::ExitCode,
    time::{Duration, Instant},
};

use watchroom::playbook::{BUILTIN, read};

use crate::table::Table;

const ROLES: usize = 200;
const TEMPLATES: usize = 500;
const ROUNDS: usize = 15;
/// Reading and checking may cost so many times a plain parse.
const TARGET: f64 = 100.0;

/// The built-in playbook with many more roles and templates.
fn large() -> String {
    let roles = (0..ROLES).map(|n| {
        format!(
            "[[roles]]\nid = \"role_{n}\"\nlabel = \"Role {n}\"\npurpose = \"Does {n}.\"\nmain = \"user:U{n}\"\n\
             backup = \"group:S{n}\"\nchecklist = [{{ id = \"a\", text = \"First\", due_min = 5 }}, {{ id = \"b\", text = \"Then\" }}]\n"
        )
    });
    let templates = (0..TEMPLATES).map(|n| {
        format!(
            "[[templates]]\nid = \"template_{n}\"\naudience = \"external\"\nkinds = [\"ops\"]\nphases = [\"identified\"]\nscenario = \"s{n}\"\nrequired = [\"impact\"]\n\
             body = \"{{{{ service }}}}: {{{{ impact }}}} {{{{ more }}}} Next update by {{{{ next_update }}}}.\"\n\
             defaults = {{ more = \"We are on it.\" }}\n"
        )
    });
    std::iter::once(BUILTIN.to_owned()).chain(roles).chain(templates).collect::<Vec<_>>().join("\n")
}

/// The median time of doing this.
fn median(work: impl Fn()) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[ROUNDS / 2]
}

#[expect(clippy::print_stdout, reason = "it prints what was measured")]
fn main() -> ExitCode {
    let text = large();
    assert!(read(&text, None).playbook.is_some(), "{:?}", read(&text, None).problems);
    let plain = median(|| drop(black_box(toml::from_str::<toml::Table>(&text).expect("TOML"))));
    let whole = median(|| drop(black_box(read(&text, None))));
    let ratio = whole.as_secs_f64() / plain.as_secs_f64();
    println!("{ROLES} roles and {TEMPLATES} templates: plain parse {plain:?}, read and checked {whole:?}");
    let mut table = Table::default();
    table.at_most("a playbook read and checked / plain parse", ratio, TARGET);
    table.print()
}
