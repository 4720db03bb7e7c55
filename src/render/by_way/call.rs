//! What a voice call says: `TwiML`, the language of Twilio's calls.

use super::super::{Notice, escape::xml};

/// The longest title that is read out; nobody listens to more at night.
const LONGEST: usize = 200;
/// How long a call waits for a key after it has spoken, in seconds.
const PATIENCE_S: u32 = 10;

/// The keys, as they are read out.
const KEYS: &str = "Press 1 to acknowledge. Press 2 if you cannot come.";

/// What is said when somebody lifts the receiver. A key that they press is posted to `answers`; without an address nobody can
/// answer.
pub fn call(notice: &Notice, answers: Option<&str>) -> String {
    let title = short(&notice.title);
    match answers {
        Some(answers) => asked(&format!("{title}. {KEYS}"), 2, answers),
        None => ended(&format!("{title}. Acknowledge it in Slack."), 2),
    }
}

/// What is said after a key that means nothing.
pub fn call_again(answers: &str) -> String {
    asked(&format!("This key means nothing here. {KEYS}"), 1, answers)
}

/// The last that is said.
pub fn call_ended(words: &str) -> String {
    ended(words, 1)
}

fn asked(words: &str, times: u32, answers: &str) -> String {
    document(&format!(
        "<Gather input=\"dtmf\" numDigits=\"1\" timeout=\"{PATIENCE_S}\" method=\"POST\" action=\"{}\">\
         <Say loop=\"{times}\">{}</Say></Gather><Say>No key was pressed. Others are asked.</Say>",
        xml(answers),
        xml(words)
    ))
}

fn ended(words: &str, times: u32) -> String {
    document(&format!("<Say loop=\"{times}\">{}</Say>", xml(words)))
}

fn document(inside: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>{inside}</Response>")
}

fn short(words: &str) -> &str {
    let end = words.char_indices().nth(LONGEST).map_or(words.len(), |(at, _)| at);
    words[..end].trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(title: &str) -> Notice {
        Notice {
            title: title.into(),
            text: "Words.".into(),
            link: None,
            acknowledge: None,
            thread: String::new(),
            urgent: true,
        }
    }

    #[test]
    fn what_somebody_wrote_is_read_out_and_nothing_else() {
        let said = call(&notice("</Say><Dial>0</Dial>"), Some("https://x.example/?a=1&b=2"));
        assert!(said.contains("&lt;Dial&gt;") && !said.contains("<Dial>"), "{said}");
        assert!(said.contains("action=\"https://x.example/?a=1&amp;b=2\""), "{said}");
    }

    #[test]
    fn it_stays_within_what_a_call_takes() {
        let said = call(&notice(&"&".repeat(5000)), Some(&format!("https://x.example/{}", "x".repeat(300))));
        assert!(said.len() < 4000, "{}", said.len());
    }

    #[test]
    fn where_nobody_can_answer_no_key_is_asked_for() {
        assert!(!call(&notice("x"), None).contains("Gather"));
    }
}
