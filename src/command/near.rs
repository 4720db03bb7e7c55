//! Which verb an unknown word was probably meant to be.

use super::{Verb, table::GRAMMAR};

/// The verb that `word` is a slip of: one or two letters added, lost, changed or swapped, or the beginning of it.
pub fn near(word: &str) -> Option<&'static Verb> {
    let word = word.to_lowercase();
    let length = word.chars().count();
    if !(3..=20).contains(&length) {
        return None;
    }
    let names = || GRAMMAR.iter().filter(|v| v.is_now()).flat_map(|v| v.names().map(move |n| (n, v)));
    let slips = names().filter(|(name, _)| name.len() > 2).filter_map(|(name, verb)| {
        let far = distance(&word, name);
        // Short words are close to everything.
        let allowed = if name.len().min(length) <= 4 { 1 } else { 2 };
        (far <= allowed).then_some((far, verb))
    });
    let nearest = slips.min_by_key(|(far, _)| *far).map(|(_, verb)| verb);
    nearest.or_else(|| names().find(|(name, _)| name.starts_with(&word)).map(|(_, verb)| verb))
}

/// Damerau-Levenshtein distance, where no part is edited twice.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let changed = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + changed);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(rows[i - 2][j - 2] + 1);
            }
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted() {
        for (a, b, far) in [("", "", 0), ("", "ab", 2), ("pgae", "page", 1), ("resolv", "resolve", 1), ("ab", "ba", 1)]
        {
            assert_eq!(distance(a, b), far, "{a} {b}");
        }
    }

    #[test]
    fn slips_find_their_verb() {
        for (word, verb) in [
            ("pgae", "page"),
            ("resovle", "resolve"),
            ("Stauts", "phase"),
            ("timline", "timeline"),
            ("decl", "declare"),
            ("seveirty", "severity"),
        ] {
            assert_eq!(near(word).map(|v| v.name), Some(verb), "{word}");
        }
    }

    #[test]
    fn ordinary_words_are_no_slips() {
        for word in
            ["checkout", "login", "database", "api", "payments", "db", "site", "web", "server", "orders", "mail"]
        {
            assert!(near(word).is_none(), "{word} is taken for {:?}", near(word).map(|v| v.name));
        }
    }
}
