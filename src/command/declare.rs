//! `declare [sevN] [security:] [for <service>] <title>`.

use super::{
    args::{Args, Bad, Meaning, Outcome, split_first},
    markup::plain,
    parse::{ParseCx, Parsed},
    people::severity_word,
};
use crate::{
    incident::Declaration,
    playbook::{Playbook, ServiceId, Severity},
};

/// The name that declares without asking back.
pub(super) const DECLARES: &str = "declare";

/// Declares a need-to-know incident; without a title it opens the form.
pub(super) fn secret(rest: &str, severity: Option<Severity>, cx: &ParseCx<'_>) -> Parsed {
    let (service, rest) = leading_service(rest, cx.playbook);
    let title = plain(rest);
    if title.trim().is_empty() {
        return Parsed::DeclareForm { title: String::new(), severity, secret: true };
    }
    let declared_in = cx.channel.cloned();
    Parsed::Declare(Declaration { title, severity, declared_in, service, secret: true, ..Declaration::default() })
}

/// Declares. `new`, `create`, `open` and `start` are also how titles begin (`open the gates fail`): unless a severity
/// follows, both readings are offered.
pub fn declare(args: &Args<'_>, cx: &ParseCx<'_>) -> Outcome {
    let (severity, rest) = leading_severity(args.rest);
    if let Some(rest) = without_security(rest) {
        let (behind, rest) = leading_severity(rest);
        return Ok(Meaning::Whole(secret(rest, severity.or(behind), cx)));
    }
    let is_certain = args.said == DECLARES || args.sure || severity.is_some();
    if rest.is_empty() {
        return Ok(Meaning::Whole(Parsed::DeclareForm { title: String::new(), severity, secret: false }));
    }
    if !is_certain {
        return Err(Bad::Unread);
    }
    let (service, rest) = leading_service(rest, cx.playbook);
    let title = plain(rest);
    let declared_in = cx.channel.cloned();
    let declaration = Declaration { title, severity, declared_in, service, ..Declaration::default() };
    Ok(Meaning::Whole(Parsed::Declare(declaration)))
}

/// `sev1 …` without a verb: the form with this title, or what `security:` says.
pub(super) fn titled(rest: &str, severity: Severity, cx: &ParseCx<'_>) -> Parsed {
    match without_security(rest) {
        Some(rest) => secret(rest, Some(severity), cx),
        None => Parsed::DeclareForm { title: plain(rest), severity: Some(severity), secret: false },
    }
}

/// What follows `security:`, where the text begins with that. `security :` and `Security:` are meant as much.
#[must_use]
pub fn without_security(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let word = text.get(.."security".len()).filter(|word| word.eq_ignore_ascii_case("security"))?;
    text[word.len()..].trim_start().strip_prefix(':').map(str::trim)
}

/// `sev1 …` or `sev 1 …`. A bare number is the beginning of a title (`3 servers are down`).
fn leading_severity(text: &str) -> (Option<Severity>, &str) {
    let (first, rest) = split_first(text);
    let first = first.trim_end_matches([':', ',']).to_lowercase();
    if first == "sev" || first == "severity" {
        let (number, behind) = split_first(rest);
        return match severity_word(number.trim_end_matches([':', ','])) {
            Some(severity) => (Some(severity), behind),
            None => (None, text),
        };
    }
    match severity_word(&first).filter(|_| first.starts_with("sev")) {
        Some(severity) => (Some(severity), rest),
        None => (None, text),
    }
}

/// `for <service>` before a title, by any of the service's names; the longest counts. Where no service is called so, and
/// where no title follows, the words belong to the title.
pub(super) fn leading_service<'a>(text: &'a str, playbook: &Playbook) -> (Option<ServiceId>, &'a str) {
    let (first, behind) = split_first(text);
    if !first.eq_ignore_ascii_case("for") {
        return (None, text);
    }
    let names = playbook.services.iter().flat_map(|service| {
        let names = [service.id.as_str(), &service.label].into_iter().chain(service.aliases.iter().map(String::as_str));
        names.map(move |name| (name, service))
    });
    let fits = names.filter_map(|(name, service)| {
        let head = behind.get(..name.len())?;
        let rest = &behind[name.len()..];
        let ends = rest.starts_with(|c: char| c.is_whitespace() || matches!(c, ':' | ','));
        let title = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | ',')).trim_end();
        (head.eq_ignore_ascii_case(name) && ends && !title.is_empty()).then(|| (name.len(), service.id.clone(), title))
    });
    match fits.max_by_key(|(length, ..)| *length) {
        Some((_, service, title)) => (Some(service), title),
        None => (None, text),
    }
}
