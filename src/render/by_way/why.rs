//! Why a way did not take a notice, or did not bring it: in words that fit into brackets, without anybody's address.

/// By Twilio's own number for it.
pub fn twilio_failed(code: u64) -> String {
    let words = match code {
        20003 => "it does not know us; look at the credentials",
        70051 => "the API key may not do this; give it the permission to create messages and calls",
        21210 | 21212 | 21606 | 21612 => "it cannot send from our number to theirs",
        21211 | 21217 => "the telephone number is not valid",
        21214 => "the telephone number cannot be reached",
        21215 => "calls to that country are not allowed; allow them in Twilio's geographic permissions",
        21408 => "messages to that country are not allowed; allow them in Twilio's geographic permissions",
        21219 | 21608 => "a trial account reaches only numbers that were verified",
        21609 => "our public address is none that it can call",
        21610 => "they answered STOP to our messages; they can send START",
        21614 => "the telephone number takes no text messages",
        30003 => "the telephone is off, or out of reach",
        30004 | 30007 => "their network blocked the message",
        30005 | 30006 => "the telephone number is unknown, or takes no text messages",
        _ => return format!("Twilio {code}"),
    };
    format!("Twilio {code}: {words}")
}

/// How a call ended that nobody took, as Twilio says it. None, where somebody, or a mailbox, took it.
pub fn call_failed(status: &str) -> Option<&'static str> {
    match status {
        "busy" => Some("the line was busy"),
        "no-answer" => Some("nobody answered the telephone"),
        "failed" => Some("the call could not be put through"),
        "canceled" => Some("the call was taken back"),
        _ => None,
    }
}

/// By the mail server's reply code.
pub fn mail_refused(code: u16) -> String {
    let words = match code {
        530 | 534 | 535 | 538 => "the mail server does not know us; look at SMTP_URL",
        550 | 551 | 553 => "the mail server knows no such mailbox, or does not take mails for it from us",
        552 => "the mailbox is full",
        _ => return format!("the mail server refused it: {code}"),
    };
    format!("{words} ({code})")
}
