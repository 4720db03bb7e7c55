//! Every sentence that is said of an unsound playbook: what makes it be said, and in which line.

use std::{fs, path::Path};

use super::{
    looked_at,
    slips::{COURSE, HEAD, MARK, NAMES, PEOPLE, PLACES, Row, WORDS},
};

fn rows() -> impl Iterator<Item = &'static Row> {
    [HEAD, COURSE, PEOPLE, WORDS, PLACES, NAMES].into_iter().flatten()
}

/// What is said, of what the row is about, in the line of its mark.
fn told((spoil, level, says): &Row) -> Vec<String> {
    let text = spoil.of_full();
    let line = text.lines().position(|l| l.contains(MARK)).expect("a mark") + 1;
    let all = looked_at(&text).problems;
    let hits = all.iter().filter(|p| p.level == *level && p.line == line && p.what.contains(says));
    let hits: Vec<String> = hits.map(|p| p.what.clone()).collect();
    assert!(!hits.is_empty(), "line {line}: `{says}` is not among {all:#?}");
    hits
}

/// The sources of the checks, without comments.
fn sources() -> String {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/playbook/lint");
    let files = fs::read_dir(dir).expect("the checks").map(|file| fs::read_to_string(file.expect("a file").path()));
    let text = files.map(|text| text.expect("text")).collect::<Vec<_>>().concat();
    let kept: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    kept.join("\n")
}

/// The texts in double quotes.
fn literals(source: &str) -> Vec<String> {
    let (mut found, mut chars) = (Vec::new(), source.chars().peekable());
    while let Some(c) = chars.next() {
        if c != '"' {
            continue;
        }
        let mut text = String::new();
        while let Some(c) = chars.next().filter(|c| *c != '"') {
            match (c, chars.peek()) {
                ('\\', Some('\n')) => while chars.next_if(|c| c.is_whitespace()).is_some() {},
                ('\\', Some(_)) => text.extend(chars.next()),
                _ => text.push(c),
            }
        }
        found.push(text);
    }
    found
}

/// Could `format!` with this literal have made a part of `sentence`?
fn is_said_in(sentence: &str, literal: &str) -> bool {
    let literal = literal.replace("{{", "\u{1}").replace("}}", "\u{2}");
    let pieces = literal.split('{').enumerate().map(|(n, part)| match part.split_once('}') {
        Some((_, behind)) if n > 0 => behind,
        _ => part,
    });
    let mut rest = sentence;
    pieces.map(|piece| piece.replace('\u{1}', "{").replace('\u{2}', "}")).all(|piece| match rest.split_once(&piece) {
        Some((_, behind)) => {
            rest = behind;
            true
        }
        None => false,
    })
}

/// Whoever adds a sentence to the checks adds a row that makes it be said.
#[test]
fn every_sentence_of_the_checks_is_said_in_its_line() {
    let told: Vec<String> = rows().flat_map(told).collect();
    let sentences: Vec<String> = literals(&sources()).into_iter().filter(|text| text.contains(' ')).collect();
    assert!(sentences.len() > 60, "the checks moved: {sentences:#?}");
    let unsaid: Vec<_> = sentences.iter().filter(|text| !told.iter().any(|told| is_said_in(told, text))).collect();
    assert!(unsaid.is_empty(), "no row makes the checks say {unsaid:#?}");
}

/// Whoever has the checks look up one more name adds a row with one that is not there.
#[test]
fn every_name_is_looked_up() {
    let sources = sources();
    // A contact is looked up in one place for all who have one.
    let sites = sources.matches("cx.refers").count() - 1 + sources.matches("contact(cx, found, place!").count();
    assert_eq!(NAMES.len(), sites);
}
