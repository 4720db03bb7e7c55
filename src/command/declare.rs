//! `declare [sevN] [security: | thread:] [for <service>] <title>`.

use super::{
    args::{Args, Bad, Meaning, Outcome, split_first, wrong},
    markup::plain,
    parse::{ParseCx, Parsed},
    people::severity_word,
};
use crate::{
    incident::{Declaration, intake::may_thread},
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
    if let Some(rest) = behind_word("thread", rest) {
        return in_thread(severity, rest, cx);
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

/// Declares in a thread of this channel, without a room. The severity is the worst that may do without one, unless another of
/// those is named.
fn in_thread(severity: Option<Severity>, rest: &str, cx: &ParseCx<'_>) -> Outcome {
    let (behind, rest) = leading_severity(rest);
    let small: Vec<Severity> = cx.playbook.severities.iter().filter(|s| s.thread).map(|s| s.level).collect();
    let severity = severity.or(behind).or(small.first().copied());
    let Some(severity) = severity.filter(|severity| small.contains(severity)) else {
        let few: Vec<String> = small.iter().map(ToString::to_string).collect();
        let few = if few.is_empty() { "no severity of this playbook".to_owned() } else { few.join(" and ") };
        return Err(wrong(format!(
            "Only {few} may do without a room. Leave out `thread:`, or choose another severity. Nothing was declared."
        )));
    };
    if cx.channel.is_none_or(|channel| !may_thread(channel)) {
        return Err(wrong(
            "There are no threads here that others can join. Type it in a channel. Nothing was declared.",
        ));
    }
    let (service, rest) = leading_service(rest, cx.playbook);
    let title = plain(rest);
    if title.trim().is_empty() {
        return Err(wrong("What is it? Type a title behind `thread:`. Nothing was declared."));
    }
    let (severity, declared_in) = (Some(severity), cx.channel.cloned());
    let declaration = Declaration { title, severity, declared_in, service, thread: true, ..Declaration::default() };
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
    behind_word("security", text)
}

/// What follows `<word>:`, where the text begins with that.
fn behind_word<'a>(word: &str, text: &'a str) -> Option<&'a str> {
    let text = text.trim_start();
    let said = text.get(..word.len()).filter(|said| said.eq_ignore_ascii_case(word))?;
    text[said.len()..].trim_start().strip_prefix(':').map(str::trim)
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
