//! Does a text sound like something is wrong?

/// Words that titles of incidents have, and reasons and search words seldom do.
const TROUBLE: &[&str] = &[
    "blank",
    "broken",
    "cannot",
    "can't",
    "crash",
    "crashed",
    "crashes",
    "crashing",
    "dead",
    "degraded",
    "down",
    "error",
    "errors",
    "fail",
    "failed",
    "failing",
    "fails",
    "failure",
    "failures",
    "hanging",
    "hangs",
    "lost",
    "missing",
    "offline",
    "outage",
    "slow",
    "stuck",
    "timeout",
    "timeouts",
    "unavailable",
    "unreachable",
    "wrong",
    "500",
    "502",
    "503",
    "504",
];

/// Does it end as titles do (`… is down`)? Reasons seldom do.
pub fn ends_like_a_title(text: &str) -> bool {
    text.split_whitespace().next_back().is_some_and(sounds_like_trouble)
}

/// Does it? Then a verb at its beginning may as well be the first word of a title.
pub fn sounds_like_trouble(text: &str) -> bool {
    text.split(|c: char| !(c.is_alphanumeric() || c == '\'')).any(|w| TROUBLE.contains(&w.to_lowercase().as_str()))
}
