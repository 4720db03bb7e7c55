//! The readings of a text that begins with a verb's name but may be a title.

use super::{
    args::split_first,
    declare::DECLARES,
    markup::plain,
    parse::{Reading, shorten},
};

/// The text read as this verb: with everything behind it where that is possible, else the verb's form or its help.
pub(super) fn meant(verb: &str, input: &str) -> Reading {
    let (said, rest) = split_first(input);
    let said = said.trim_end_matches(':');
    let what = shorten(&plain(rest), 40);
    let (label, input) = match verb {
        "declare" => (format!("Declare “{what}”"), format!("declare {rest}")),
        "phase" => ("Change the phase".to_owned(), "phase".to_owned()),
        "severity" => ("Change the severity".to_owned(), "severity".to_owned()),
        "page" => ("Page someone".to_owned(), "page".to_owned()),
        "handoff" => ("Hand over".to_owned(), "handoff".to_owned()),
        "lead" | "role" | "unassign" => ("Assign roles".to_owned(), "role".to_owned()),
        "checklist" => ("Show the checklist".to_owned(), "checklist".to_owned()),
        "tasks" => ("Show the tasks".to_owned(), "tasks".to_owned()),
        "roles" => ("Show the roles".to_owned(), "roles".to_owned()),
        "link" => ("Add a link".to_owned(), "link".to_owned()),
        "evidence" => ("Show the evidence".to_owned(), "evidence".to_owned()),
        "external" => ("Show who helps from outside".to_owned(), "external".to_owned()),
        "reports" => ("Show the reports".to_owned(), "reports".to_owned()),
        "customers" => ("Show the customers".to_owned(), "customers".to_owned()),
        "channels" => ("Show the channels".to_owned(), "channels".to_owned()),
        "maintenance" => ("Show scheduled maintenance".to_owned(), "maintenance".to_owned()),
        "statuspage" => ("Show the status page".to_owned(), "statuspage".to_owned()),
        "timeline" => ("Show the timeline".to_owned(), "timeline".to_owned()),
        "list" => ("List open incidents".to_owned(), "list".to_owned()),
        "access" => ("Show who is inside".to_owned(), "access".to_owned()),
        "private" => (format!("Make it need-to-know: “{what}”"), format!("{said} -- {rest}")),
        "cannot" => ("Say that you cannot come".to_owned(), format!("{said} -- {rest}")),
        "cancel" | "close" | "resolve" | "reopen" | "find" | "task" => {
            (format!("{}: “{what}”", capital(verb)), format!("{said} -- {rest}"))
        }
        other => (format!("Help on {other}"), format!("help {other}")),
    };
    Reading { label: shorten(&label, 75), input }
}

/// `open the gates fail`, certainly declared, under its whole text.
pub(super) fn other_title(verb: &str, input: &str) -> Option<Reading> {
    let (said, _) = split_first(input);
    let is_alias = verb == DECLARES && !said.eq_ignore_ascii_case(DECLARES);
    is_alias.then(|| Reading {
        label: shorten(&format!("Declare “{}”", plain(input)), 75),
        input: format!("{DECLARES} {input}"),
    })
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
