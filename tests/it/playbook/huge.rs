//! Playbooks of tens of thousands of things of one sort are read like others. Whatever would look at each pair of them, or walk from each
//! to all others, would not be done before the test is ended.

use watchroom::playbook::Reading;

use super::{FULL, looked_at};

/// As many as a file may hold.
const MANY: usize = 50_000;

/// What is said of the sound playbook with so many things behind it.
fn with_many(one: impl Fn(usize) -> String) -> Reading {
    looked_at(&(0..MANY).fold(FULL.to_owned(), |text, n| text + "\n" + &one(n)))
}

/// The one before it; the first one needs itself.
const fn before(n: usize) -> usize {
    n.saturating_sub(1)
}

#[track_caller]
fn expect_each_told(reading: &Reading, times: usize, says: &str) {
    let told = reading.problems.iter().filter(|p| p.what.contains(says)).count();
    assert_eq!(told, times, "`{says}`: {:#?}", reading.problems.iter().take(3).collect::<Vec<_>>());
}

#[test]
fn templates_that_are_never_used_are_told_of() {
    let reading = with_many(|n| format!("[[templates]]\nid = \"t{n}\"\naudience = \"executive\"\nbody = \"x\""));
    expect_each_told(&reading, MANY, "is never used");
}

#[test]
fn templates_for_special_cases_are_used() {
    let one = |n| format!("[[templates]]\nid = \"t{n}\"\naudience = \"executive\"\nscenario = \"s{n}\"\nbody = \"x\"");
    let reading = with_many(one);
    assert!(reading.problems.is_empty() && reading.playbook.is_some(), "{:?}", reading.problems.first());
}

#[test]
fn roles_that_exclude_each_other_are_known() {
    let one = |n| format!("[[roles]]\nid = \"r{n}\"\nlabel = \"R\"\npurpose = \"P\"\nexcludes = [\"r{}\"]", n + 1);
    let reading = with_many(one);
    expect_each_told(&reading, 1, "there is no role");
    expect_each_told(&reading, 2, "has more roles than the form");
}

/// What was probably meant is looked for a few times only.
#[test]
fn roles_that_nobody_knows_are_told_of() {
    let one = |n| format!("[[roles]]\nid = \"r{n}\"\nlabel = \"R\"\npurpose = \"P\"\nexcludes = [\"q{n}\"]");
    expect_each_told(&with_many(one), MANY, "there is no role");
}

#[test]
fn services_that_need_each_other_are_walked_once() {
    let one = |n| format!("[[services]]\nid = \"s{n}\"\nlabel = \"S\"\ndepends_on = [\"s{}\"]", before(n));
    let reading = with_many(one);
    expect_each_told(&reading, 1, "break the circle");
    let around = |n| format!("[[services]]\nid = \"s{n}\"\nlabel = \"S\"\ndepends_on = [\"s{}\"]", (n + 1) % MANY);
    expect_each_told(&with_many(around), MANY, "break the circle");
}

#[test]
fn rules_and_channels_are_held_against_each_other() {
    let reading = with_many(|n| format!("[[cadence.rules]]\nseverity = 2\nkinds = [\"k{n}\"]\nevery_external_min = 9"));
    expect_each_told(&reading, MANY, "there is no kind");
    let one =
        |n| format!("[[channels]]\nid = \"c{n}\"\nlabel = \"C\"\naudience = \"advisor\"\npost_roles = [\"legal\"]");
    let reading = with_many(one);
    expect_each_told(&reading, MANY, "no template is for its readers");
    expect_each_told(&reading, MANY, "can be held in incidents of kind `ops`");
}
