//! Times in a text: readers take each for a promise.

/// Words that may stand between "within" and the time that it names.
const BETWEEN: [&str; 15] = [
    "the",
    "a",
    "an",
    "next",
    "another",
    "about",
    "around",
    "approximately",
    "roughly",
    "less",
    "than",
    "few",
    "couple",
    "of",
    "coming",
];
/// What says that a time is one that was.
const PAST: [&str; 4] = ["since", "from", "after", "between"];
/// What says of a time that something is to be over by then.
const UNTIL: [&str; 6] = ["by", "until", "till", "before", "at", "around"];
/// What people call a time.
const NAMED: [&str; 13] = [
    "noon",
    "midday",
    "midnight",
    "today",
    "tonight",
    "tomorrow",
    "eod",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "weekend",
];

/// The times of the day, and the lengths of time, that `text`, in lower case, names for what is to come; with the word before them.
pub(super) fn times(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().map(bare).collect();
        for at in 0..words.len() {
            let before = at.checked_sub(1).map(|before| words[before]);
            let length = clock(&words[at..]);
            if length > 0 && !before.is_some_and(|word| PAST.contains(&word)) {
                let begins = before.filter(|word| UNTIL.contains(word)).map_or(at, |_| at - 1);
                found.push(words[begins..at + length].join(" "));
            }
            let length = match words[at] {
                "in" | "within" => span(&words[at + 1..]),
                "by" => day(&words[at + 1..]),
                _ => 0,
            };
            if length > 0 {
                found.push(words[at..=at + length].join(" "));
            }
        }
    }
    found
}

/// A word without what stands around it.
fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// How many words from here on are a time of the day: `18:00`, `6pm`, `6 p.m`; 0: none.
fn clock(words: &[&str]) -> usize {
    let Some(first) = words.first() else { return 0 };
    let is_half = |word: &str| matches!(word, "am" | "pm" | "a.m" | "p.m");
    let hour = |text: &str, most: u8| text.len() <= 2 && text.parse::<u8>().is_ok_and(|hour| hour <= most);
    let minute = |text: &str| text.len() == 2 && text.parse::<u8>().is_ok_and(|minute| minute < 60);
    let digits = first.trim_end_matches(char::is_alphabetic).trim_end_matches('.');
    let is_halved = is_half(first[digits.len()..].trim_start_matches('.'));
    match digits.split_once(':') {
        Some((hours, minutes)) if hour(hours, 24) && minutes.split(':').all(minute) => 1,
        None if hour(digits, 12) && is_halved => 1,
        None if hour(first, 12) && words.get(1).is_some_and(|next| is_half(next)) => 2,
        _ => 0,
    }
}

/// How many words from here on are a length of time: `30 minutes`, `the hour`, `2h`; 0: none.
fn span(words: &[&str]) -> usize {
    let skipped = words.iter().take_while(|word| BETWEEN.contains(word)).count();
    let Some(first) = words.get(skipped) else { return 0 };
    let unit = first.trim_start_matches(|c: char| c.is_ascii_digit());
    if is_unit(unit) {
        return skipped + 1;
    }
    let is_next = words.get(skipped + 1).is_some_and(|next| is_unit(next));
    if is_number(first) && is_next { skipped + 2 } else { 0 }
}

fn is_number(word: &str) -> bool {
    let is_range = !word.is_empty() && word.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '–' | '.'));
    is_range || matches!(word, "one" | "two" | "three" | "four" | "five" | "six" | "ten" | "twenty" | "thirty" | "half")
}

fn is_unit(word: &str) -> bool {
    matches!(
        word,
        "m" | "min"
            | "mins"
            | "minute"
            | "minutes"
            | "h"
            | "hr"
            | "hrs"
            | "hour"
            | "hours"
            | "day"
            | "days"
            | "week"
            | "weeks"
    )
}

/// How many words from here on name a day or a part of it: `tomorrow`, `the end of the day`; 0: none.
fn day(words: &[&str]) -> usize {
    if words.first().is_some_and(|word| NAMED.contains(word)) {
        return 1;
    }
    let ends = words.iter().position(|word| !matches!(*word, "the" | "end" | "of" | "this"));
    let Some(last) = ends.filter(|at| (1..=4).contains(at)) else { return 0 };
    let is_end = words[..last].iter().any(|word| matches!(*word, "end" | "this"));
    let is_part = matches!(words[last], "day" | "week" | "morning" | "afternoon" | "evening");
    if is_end && is_part { last + 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::times;

    #[test]
    fn what_is_to_come_is_found_and_what_was_is_not() {
        for (text, found) in [
            ("we will be back by 18:00 utc.", &["by 18:00"][..]),
            ("fixed (within the hour), or in 30 min", &["within the hour", "in 30 min"]),
            ("expected in the next 2-3 hours; within 45min", &["in the next 2-3 hours", "within 45min"]),
            ("until 6pm, at 6 p.m. or 9:30", &["until 6pm", "at 6 p.m", "9:30"]),
            (
                "by tomorrow, by the end of the day, in a few days",
                &["by tomorrow", "by the end of the day", "in a few days"],
            ),
            ("in one hour", &["in one hour"]),
            ("since 14:05 and from 9:00 on, in the last 30 minutes", &[]),
            ("by 30 % in region 3, ratio 3:1, 25:00, 12:345, in minsk, by the day", &[]),
            ("cards fail in\n30 minutes were lost", &[]),
            ("", &[]),
        ] {
            assert_eq!(times(text), found, "{text}");
        }
    }
}
