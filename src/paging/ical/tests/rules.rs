//! Rules as another implementation works them out.

use proptest::prelude::*;

use super::*;

fn list(values: impl Iterator<Item = i32>) -> String {
    values.map(|n| n.to_string()).collect::<Vec<_>>().join(",")
}

/// Some of these, or none at all.
fn some(name: &'static str, from: Vec<i32>) -> impl Strategy<Value = String> {
    let chosen = prop::sample::subsequence(from, 1..=3);
    prop_oneof![3 => Just(String::new()), 1 => chosen.prop_map(move |all| format!(";{name}={}", list(all.into_iter())))]
}

fn by_day(freq: &'static str) -> impl Strategy<Value = String> {
    let days = prop::sample::subsequence(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"], 1..=4);
    let nth = if matches!(freq, "MONTHLY" | "YEARLY") { vec!["", "1", "2", "-1", "-2"] } else { vec![""] };
    let named = (days, prop::sample::select(nth)).prop_map(|(days, nth)| {
        let all: Vec<String> = days.iter().map(|day| format!("{nth}{day}")).collect();
        format!(";BYDAY={}", all.join(","))
    });
    prop_oneof![Just(String::new()), named]
}

fn rule() -> impl Strategy<Value = String> {
    let freq = prop::sample::select(vec!["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"]);
    freq.prop_flat_map(|freq| {
        let of_month = if freq == "WEEKLY" { Vec::new() } else { vec![1, 2, 13, 28, 29, 30, 31, -1, -2, -31] };
        let of_month =
            if of_month.is_empty() { Just(String::new()).boxed() } else { some("BYMONTHDAY", of_month).boxed() };
        let of_year = if freq == "YEARLY" {
            some("BYYEARDAY", vec![1, 60, 366, -1, -366]).boxed()
        } else {
            Just(String::new()).boxed()
        };
        let end = prop_oneof![
            Just(String::new()),
            (1u32..30).prop_map(|n| format!(";COUNT={n}")),
            prop::sample::select(vec![";UNTIL=20270101T000000Z", ";UNTIL=20260301T090000Z"]).prop_map(str::to_owned),
        ];
        let week = prop::sample::select(vec!["", ";WKST=SU", ";WKST=WE"]);
        (
            1u16..5,
            by_day(freq),
            of_month,
            of_year,
            some("BYMONTH", (1..=12).collect()),
            some("BYHOUR", vec![0, 9, 23]),
            end,
            week,
        )
            .prop_map(move |(every, day, of_month, of_year, month, hour, end, week)| {
                format!("FREQ={freq};INTERVAL={every}{day}{of_month}{of_year}{month}{hour}{end}{week}")
            })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    /// From the window on, whatever the rule is; without counting from its beginning, where it has no count.
    #[test]
    fn rules_agree_with_another_implementation(rule in rule(), day in 1u8..29, month in 1u8..13) {
        let start = format!("2025{month:02}{day:02}T090000Z");
        let window = days("2026-02-01", "2027-06-01");
        let Ok(other) = format!("DTSTART:{start}\nRRULE:{rule}").parse::<rrule::RRuleSet>() else { return Ok(()) };
        // By that one the beginning is no occurrence, unless the rule has it too; and it does not count it then.
        let first = other.into_iter().next();
        prop_assume!(first.is_some_and(|first| first.format("%Y%m%dT%H%M%SZ").to_string() == start));
        let expected: Vec<i64> = other.into_iter()
            .map(|at| at.timestamp())
            .take_while(|at| *at < window.end.as_second())
            .filter(|at| *at >= window.start.as_second())
            .collect();
        let part = event("a", &format!("DTSTART:{start}\nDURATION:PT1S\nRRULE:{rule}"));
        let read = read(&calendar(&[part]), &zone("UTC"), &window);
        prop_assert_eq!(&read.findings, &[]);
        let found: Vec<i64> = read.shifts.iter().map(|s| s.from.as_second()).collect();
        prop_assert_eq!(found, expected, "{} {}", start, rule);
    }
}
