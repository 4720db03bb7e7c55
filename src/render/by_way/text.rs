//! Text messages: few segments, whatever alphabet they take; and pushes, with their links in the text.

use super::super::Notice;

/// The most segments that a text message takes: each costs, and comes by itself.
const SEGMENTS: usize = 3;
/// What a segment of several holds in the alphabet of GSM (3GPP 23.038), in septets, and in any other, in units of UTF-16.
const GSM: usize = 153;
const UTF16: usize = 67;
/// A character of two units is not split between segments, which may leave one empty at the end of all but the last.
const SPLIT: usize = SEGMENTS - 1;

/// Characters of one septet.
const ONE: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Characters of two.
const TWO: &str = "^{}\\[~]|€";
/// Stands where words were left out.
const CUT: &str = "...";

/// A text message: what it is, what is asked, and where to say that one is on it. The address is whole, whatever becomes of the words.
pub fn text(notice: &Notice) -> String {
    let end = match (&notice.acknowledge, &notice.link) {
        (Some(url), _) => format!("\nAcknowledge: {url}"),
        (None, Some(url)) => format!("\n{url}"),
        (None, None) => String::new(),
    };
    fit(&plain(&format!("{}\n{}", notice.title, notice.text)), &end)
}

/// The text of a push, with its addresses below, for those who read it in a list.
pub fn push(notice: &Notice) -> String {
    let mut text = notice.text.clone();
    for (label, url) in [("Acknowledge", &notice.acknowledge), ("Open", &notice.link)] {
        if let Some(url) = url {
            text = format!("{text}\n{label}: {url}");
        }
    }
    text
}

/// Signs that programs put for others, which would make the whole message as dear as one in Chinese.
fn plain(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '‘' | '’' | '‚' => out.push('\''),
            '“' | '”' | '„' => out.push('"'),
            '–' | '—' | '‑' => out.push('-'),
            '…' => out.push_str(CUT),
            '\u{a0}' | '\u{202f}' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Septets of a character, where the alphabet has it.
fn septets(c: char) -> Option<usize> {
    let in_two = || TWO.contains(c).then_some(2);
    ONE.contains(c).then_some(1).or_else(in_two)
}

/// As many words as fit, and the end.
fn fit(words: &str, end: &str) -> String {
    let gsm = words.chars().chain(end.chars()).all(|c| septets(c).is_some());
    let room = SEGMENTS * if gsm { GSM } else { UTF16 } - SPLIT;
    let size = |c: char| if gsm { septets(c).unwrap_or(2) } else { c.len_utf16() };
    let units = |text: &str| text.chars().map(size).sum::<usize>();
    if units(words) + units(end) <= room {
        return format!("{words}{end}");
    }
    let mut left = room.saturating_sub(units(end) + units(CUT));
    let kept: String = words
        .chars()
        .take_while(|c| {
            let fits = size(*c) <= left;
            left = left.saturating_sub(size(*c));
            fits
        })
        .collect();
    format!("{}{CUT}{end}", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://watchroom.example.com/ack/0123456789abcdef0123456789abcdef";

    fn notice(title: &str, text: &str) -> Notice {
        let acknowledge = Some(URL.to_owned());
        Notice { title: title.into(), text: text.into(), link: None, acknowledge, thread: String::new(), urgent: true }
    }

    /// Segments as a network counts them.
    fn segments(text: &str) -> usize {
        let (units, most): (Vec<usize>, usize) = match text.chars().map(septets).collect::<Option<Vec<usize>>>() {
            Some(units) if units.iter().sum::<usize>() <= 160 => return 1,
            Some(units) => (units, GSM),
            None if text.encode_utf16().count() <= 70 => return 1,
            None => (text.chars().map(char::len_utf16).collect(), UTF16),
        };
        let (mut segments, mut used) = (1, 0);
        for unit in units {
            if used + unit > most {
                (segments, used) = (segments + 1, 0);
            }
            used += unit;
        }
        segments
    }

    #[test]
    fn a_message_takes_few_segments_and_keeps_its_address() {
        for words in ["a", "€", "a€", "ß", "я", "🔥", "a🔥", "中"] {
            for times in [1, 20, 40, 60, 100, 150, 200, 1000] {
                let said = text(&notice(&words.repeat(times), &words.repeat(times)));
                assert!(segments(&said) <= SEGMENTS, "{words} {times}: {} in {said}", segments(&said));
                assert!(said.ends_with(URL), "{said}");
            }
        }
    }

    #[test]
    fn what_programs_put_for_others_costs_nothing() {
        let said = text(&notice("“It’s down” – again…", "Come."));
        assert!(said.starts_with("\"It's down\" - again...\nCome.\nAcknowledge: "), "{said}");
    }
}
