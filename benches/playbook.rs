//! Reading large playbooks, against a plain parse of the same TOML in the same run: one as large as those of large organisations, and
//! ones of so many things of one sort that whatever looks at each pair of them shows.
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
/// So many things of one sort, and rounds of those.
const MANY: usize = 50_000;
const FEW_ROUNDS: usize = 3;
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

/// The built-in playbook with very many things of one sort.
fn many(one: impl Fn(usize) -> String) -> String {
    std::iter::once(BUILTIN.to_owned()).chain((0..MANY).map(one)).collect::<Vec<_>>().join("\n")
}

/// Each refers to the one before it.
fn many_of_each_sort() -> [(&'static str, String); 4] {
    let before = |n: usize| n.saturating_sub(1);
    let template = |n| format!("[[templates]]\nid = \"t{n}\"\naudience = \"reporter\"\nbody = \"x\"");
    let role = |n| format!("[[roles]]\nid = \"r{n}\"\nlabel = \"R\"\npurpose = \"P\"\nexcludes = [\"r{}\"]", before(n));
    let service = |n| format!("[[services]]\nid = \"s{n}\"\nlabel = \"S\"\ndepends_on = [\"s{}\"]", before(n));
    let rule = |n: usize| format!("[[cadence.rules]]\nseverity = {}", n % 5 + 1);
    [("templates", many(template)), ("roles", many(role)), ("services", many(service)), ("rules", many(rule))]
}

/// How many times a plain parse of it reading and checking a playbook takes.
fn ratio(text: &str, rounds: usize) -> f64 {
    let plain = median(rounds, || drop(black_box(toml::from_str::<toml::Table>(text).expect("TOML"))));
    let whole = median(rounds, || drop(black_box(read(text, None))));
    say(&format!("{} KiB: plain parse {plain:?}, read and checked {whole:?}", text.len() >> 10));
    whole.as_secs_f64() / plain.as_secs_f64()
}

#[expect(clippy::print_stdout, reason = "it prints what was measured")]
fn say(line: &str) {
    println!("{line}");
}

/// The median time of doing this.
fn median(rounds: usize, work: impl Fn()) -> Duration {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[rounds / 2]
}

fn main() -> ExitCode {
    let text = large();
    assert!(read(&text, None).playbook.is_some(), "{:?}", read(&text, None).problems);
    let mut table = Table::default();
    let what = format!("{ROLES} roles and {TEMPLATES} templates, read and checked / plain parse");
    table.at_most(&what, ratio(&text, ROUNDS), TARGET);
    for (what, text) in many_of_each_sort() {
        table.at_most(&format!("{MANY} {what}, read and checked / plain parse"), ratio(&text, FEW_ROUNDS), TARGET);
    }
    table.print()
}
