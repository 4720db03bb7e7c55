//! What the reader of the file says, in the words of an editor.

use toml::de::Error;

/// What keeps the file from being read at all.
pub(super) fn unreadable(text: &str, error: &Error) -> String {
    let at = error.span().and_then(|span| text.get(span)).map(str::trim).filter(|at| !at.contains('\n'));
    match (error.message(), at) {
        ("duplicate key", Some(key)) => format!("`{key}` stands in the file twice; keep one of them"),
        (message, _) => format!("this cannot be read: {message}"),
    }
}

/// What is wrong and what to write instead; `key` is the key whose value it is.
pub(super) fn sentence(error: &Error, key: Option<&str>) -> String {
    let message = error.message();
    if message.starts_with("unknown field") {
        let (unknown, all) = names(message);
        return format!("there is no key `{unknown}` here{}", hint(unknown, &all));
    }
    if message.starts_with("unknown variant") {
        let (unknown, all) = names(message);
        let of = key.map(|key| format!(" for `{key}`")).unwrap_or_default();
        return format!("`{unknown}` is not known{of}{}", hint(unknown, &all));
    }
    if let Some(key) = missing(error) {
        return format!("`{key}` is missing here; add it");
    }
    let Some((got, wanted)) = message.strip_prefix("invalid ").and_then(|m| m.split_once(", expected ")) else {
        return message.to_owned();
    };
    let what = key.map_or("this".to_owned(), |key| format!("`{key}`"));
    if key == Some("accountable") && got.contains("sequence") {
        return "`accountable` wants one name, not a list (exactly one role answers for an activity)".to_owned();
    }
    let wanted = match wanted {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more, without quotes and without a unit",
        "a boolean" => "true or false, without quotes",
        "a string" => "one text in quotes",
        "a sequence" => "a list: [\"one\", \"two\"]; of tables: [[…]] with two brackets on each side",
        "a map" => "a table: { key = \"value\" }",
        other if other.starts_with("struct ") => "a table: { key = \"value\" }, or [… ] with one bracket on each side",
        other => other,
    };
    let got = got.split_once(": ").map_or(got, |(_, got)| got);
    let got = match got {
        "sequence" => "a list".to_owned(),
        "map" => "a table".to_owned(),
        other => other
            .trim_start_matches("string ")
            .trim_start_matches("integer ")
            .trim_start_matches("boolean ")
            .trim_start_matches("floating point ")
            .to_owned(),
    };
    format!("{what} wants {wanted}; this is {got}")
}

/// The key that is missing, where that is what is wrong.
pub(super) fn missing(error: &Error) -> Option<&str> {
    error.message().strip_prefix("missing field `")?.strip_suffix('`')
}

/// The unknown name, and those that there are.
fn names(message: &str) -> (&str, Vec<&str>) {
    let mut quoted = message.split('`').skip(1).step_by(2);
    (quoted.next().unwrap_or_default(), quoted.collect())
}

/// Which one of `all` was probably meant, or all that there are.
pub(crate) fn hint(unknown: &str, all: &[&str]) -> String {
    let far = |known: &&&str| strsim::osa_distance(unknown, known);
    match all.iter().min_by_key(far).filter(|known| far(known) <= 3) {
        Some(known) => format!("; did you mean `{known}`?"),
        None => format!("; there are: {}", all.join(", ")),
    }
}
