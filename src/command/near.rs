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
        let far = strsim::osa_distance(&word, name);
        // Short words are close to everything.
        let allowed = if name.len().min(length) <= 4 { 1 } else { 2 };
        (far <= allowed).then_some((far, verb))
    });
    let nearest = slips.min_by_key(|(far, _)| *far).map(|(_, verb)| verb);
    nearest.or_else(|| names().find(|(name, _)| name.starts_with(&word)).map(|(_, verb)| verb))
}

#[cfg(test)]
mod tests {
    use super::*;

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
