//! What comes from outside takes bounded time and space, whatever it is.

use proptest::{prelude::*, sample::Index};

use super::*;

fn read_utc(text: &str) -> Imported {
    read(text, &zone("Europe/Berlin"), &days("2026-01-01", "2026-04-01"))
}

#[test]
fn what_is_no_whole_calendar_is_told() {
    let whole = calendar(&[event("a", "DTSTART:20260201T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY")]);
    assert_eq!(read_utc(&whole).findings, []);
    let cut = whole.replace("END:VCALENDAR\r\n", "");
    let read = read_utc(&cut);
    assert_eq!((read.findings, read.shifts.is_empty()), (vec![Finding::CutShort], false));
    for text in ["", "<html>Sign in</html>", "BEGIN:VCARD\nEND:VCARD\n"] {
        let read = read_utc(text);
        assert_eq!((read.shifts, read.findings), (Vec::new(), vec![Finding::NoCalendar]), "{text}");
    }
    let large = whole.replace("bob", &"b".repeat(LARGEST));
    assert_eq!(read_utc(&large).findings, [Finding::TooLarge]);
}

#[test]
fn endless_rules_and_those_that_never_come_true_end() {
    let long_ago = event("a", "DTSTART:19700101T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY");
    assert_eq!(read_utc(&calendar(&[long_ago])).shifts.len(), 90);
    let never = "DTSTART:19700101T090000Z\nDURATION:PT1H\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30";
    let many: Vec<String> = (0..2000).map(|n| event(&format!("n{n}"), never)).collect();
    let read = read_utc(&calendar(&many));
    assert_eq!(read.findings, []);
    assert_eq!(read.shifts, []);
    // Each second of each day.
    let list = |n: u8| (0..n).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let all = format!("RRULE:FREQ=DAILY;BYHOUR={};BYMINUTE={};BYSECOND={}", list(24), list(60), list(60));
    let often = event("a", &format!("DTSTART:20200101T000000Z\nDURATION:PT1S\n{all}"));
    let read = read_utc(&calendar(std::slice::from_ref(&often)));
    assert_eq!(read.findings, [Finding::TooMuch]);
    assert!(!read.shifts.is_empty() && read.shifts.len() <= MOST);
    let counted = format!("{all};COUNT=4000000000").replace("DAILY", "HOURLY");
    let counted = event("a", &format!("DTSTART:00010101T000000Z\nDURATION:PT1S\n{counted}"));
    assert_eq!(read_utc(&calendar(&[counted])).findings, [Finding::TooMuch]);
}

#[test]
fn many_things_that_are_wrong_are_counted() {
    let many: Vec<String> = (0..300).map(|n| event(&format!("n{n}"), "DTSTART:never")).collect();
    let read = read_utc(&calendar(&many));
    assert_eq!((read.findings.len(), read.untold), (TOLD, 200));
}

/// Something of everything.
fn sample() -> String {
    let lines = [
        "DTSTART;TZID=Eastern Standard Time:20260105T090000\nDTEND;TZID=Eastern Standard Time:20260112T090000\n\
         RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,-1FR;WKST=SU;COUNT=40\nEXDATE;TZID=America/New_York:20260119T090000",
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20260202T140000Z\nDTSTART:20260202T150000Z\nDURATION:P1DT2H",
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;BYWEEKNO=-1,20;BYYEARDAY=-1;BYMONTH=12;BYSETPOS=-1\n\
         RDATE;VALUE=PERIOD:20260301T000000Z/PT8H\nSTATUS:CONFIRMED\nTRANSP:OPAQUE\nATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.com",
        "DTSTART:20260101T003000\nDTEND:20260101T013000\nRRULE:FREQ=HOURLY;BYHOUR=1,2,3;UNTIL=20260329T020000Z",
    ];
    let parts: Vec<String> = lines.iter().zip(["a", "a", "b", "c"]).map(|(lines, uid)| event(uid, lines)).collect();
    let zone = "BEGIN:VTIMEZONE\nTZID:Own\nBEGIN:STANDARD\nDTSTART:20001029T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n\
        RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:20000326T020000\nTZOFFSETFROM:+0100\n\
        TZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\nEND:DAYLIGHT\nEND:VTIMEZONE\n";
    calendar(&[vec![zone.to_owned()], parts].concat())
        .replace("20260101T0", "TZID=Own:20260101T0")
        .replace("DTSTART:TZID", "DTSTART;TZID")
        .replace("DTEND:TZID", "DTEND;TZID")
}

/// What happens to a text on its way.
#[derive(Clone, Debug)]
enum Harm {
    Cut(Index),
    Drop(Index, Index),
    Put(Index, String),
    Twice(Index),
    Swap(Index, Index),
}

fn harm() -> impl Strategy<Value = Harm> {
    let words = prop::sample::select(vec![
        "0",
        "9",
        "-",
        "+",
        "99999999999",
        "Z",
        ":",
        ";",
        ",",
        "=",
        "\"",
        "\r\n",
        "\r\n ",
        "é",
        "\u{0}",
        "FREQ=SECONDLY",
        "COUNT=0",
        "INTERVAL=0",
        "INTERVAL=65535",
        "BYDAY=-99MO",
        "BYHOUR=255",
        "BYMONTH=13",
        "00000000T999999",
        "99991231T235959Z",
        "END:VEVENT\r\n",
        "BEGIN:VEVENT\r\n",
        "PT99999999999S",
        "-P1W",
        "TZID=",
        "VALUE=DATE",
        "DTSTART:00000101T000000\r\n",
        "RRULE:FREQ=DAILY\r\n",
    ]);
    let at = any::<Index>;
    prop_oneof![
        at().prop_map(Harm::Cut),
        (at(), at()).prop_map(|(a, b)| Harm::Drop(a, b)),
        (at(), words).prop_map(|(a, word)| Harm::Put(a, word.to_owned())),
        (at(), ".{0,3}").prop_map(|(a, word)| Harm::Put(a, word)),
        at().prop_map(Harm::Twice),
        (at(), at()).prop_map(|(a, b)| Harm::Swap(a, b)),
    ]
}

fn harmed(text: &str, harm: &Harm) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    if lines.is_empty() {
        return String::new();
    }
    match harm {
        Harm::Cut(at) => chars.truncate(at.index(chars.len())),
        Harm::Drop(from, much) => {
            let from = from.index(chars.len());
            drop(chars.drain(from..(from + much.index(8) + 1).min(chars.len())));
        }
        Harm::Put(at, word) => {
            let at = at.index(chars.len());
            drop(chars.splice(at..at, word.chars()));
        }
        Harm::Twice(at) => {
            let at = at.index(lines.len());
            lines.insert(at, lines[at]);
            return lines.concat();
        }
        Harm::Swap(a, b) => {
            let all = lines.len();
            lines.swap(a.index(all), b.index(all));
            return lines.concat();
        }
    }
    chars.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    /// Whatever happened to a calendar, it is read without breaking, and what is read touches the window and has an end.
    #[test]
    fn harmed_calendars_are_read(harms in prop::collection::vec(harm(), 0..12)) {
        let text = harms.iter().fold(sample(), |text, harm| harmed(&text, harm));
        let window = days("2026-01-01", "2026-04-01");
        let read = read(&text, &zone("Europe/Berlin"), &window);
        prop_assert!(read.shifts.len() <= MOST && read.findings.len() <= TOLD + 2);
        for shift in &read.shifts {
            prop_assert!(shift.from < shift.until && shift.from < window.end && shift.until > window.start, "{shift:?}");
        }
    }
}

#[test]
fn the_sample_is_whole() {
    let read = read_utc(&sample());
    assert_eq!(read.findings, []);
    assert!(read.shifts.len() > 50, "{:?}", shown(&read.shifts));
}
