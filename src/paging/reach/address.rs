//! What an address must look like.

use serde::{Deserialize, Serialize};

use super::Way;

/// The longest mail address that mail takes (RFC 5321).
const MAIL: usize = 254;
/// The longest name or topic.
const LONGEST: usize = 64;

/// Why it is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Malformed {
    /// No mail address.
    Mail,
    /// No telephone number with its country.
    Phone,
    /// No topic.
    Topic,
    /// No name of an application.
    Name,
}

/// The address as it is kept: a telephone number in E.164 (`+491701234567`).
///
/// # Errors
/// Where it cannot be one.
pub fn clean(way: Way, text: &str) -> Result<String, Malformed> {
    let text = text.trim();
    match way {
        Way::Mail => mail(text).then(|| text.to_owned()).ok_or(Malformed::Mail),
        Way::Sms | Way::Call => phone(text).ok_or(Malformed::Phone),
        Way::Ntfy => name(text, "-_").then(|| text.to_owned()).ok_or(Malformed::Topic),
        Way::Gotify => name(text, "-_.").then(|| text.to_owned()).ok_or(Malformed::Name),
    }
}

fn name(text: &str, more: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
}

/// One `@` between two parts, of which the second has a dot. Whether it is somebody's, only a test tells.
fn mail(text: &str) -> bool {
    let sound =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_graphic() && !"@<>()[],;:\\\"".contains(c));
    let Some((local, domain)) = text.split_once('@') else { return false };
    let labels = || domain.split('.').all(|label| !label.is_empty());
    text.len() <= MAIL && sound(local) && sound(domain) && domain.contains('.') && labels()
}

/// `+` and 7 to 15 digits, however they are written apart.
fn phone(text: &str) -> Option<String> {
    let digits: String = text.strip_prefix('+')?.chars().filter(|c| !" -().\u{a0}/".contains(*c)).collect();
    let sound =
        (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    sound.then(|| format!("+{digits}"))
}
