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

/// What `security:` answers.
pub(super) fn security() -> Parsed {
    Parsed::Later { what: "Need-to-know incidents (`security:`)", title: None }
}

/// Declares. `new`, `create`, `open` and `start` are also how titles begin (`open the gates fail`): unless a severity
/// follows, both readings are offered.
pub fn declare(args: &Args<'_>, cx: &ParseCx<'_>) -> Outcome {
    let (severity, rest) = leading_severity(args.rest);
    if starts_with_security(rest) {
        return Ok(Meaning::Whole(security()));
    }
    let is_certain = args.said == DECLARES || args.sure || severity.is_some();
    if rest.is_empty() {
        return Ok(Meaning::Whole(Parsed::DeclareForm { title: String::new(), severity }));
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

/// The form with this title; `None` where the text is to be kept from everyone.
pub(super) fn titled(rest: &str, severity: Option<Severity>) -> Option<Parsed> {
    (!starts_with_security(rest)).then(|| Parsed::DeclareForm { title: plain(rest), severity })
}

fn starts_with_security(text: &str) -> bool {
    // `security :` and `Security:` are meant as much.
    let text = text.trim_start().to_lowercase();
    text.strip_prefix("security").is_some_and(|rest| rest.trim_start().starts_with(':'))
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
