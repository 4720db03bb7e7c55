//! A schedule's calendar, for programs that show calendars.

use std::num::NonZeroU16;

use watchroom::{
    config::{ApiToken, Followed},
    paging::{
        ical::{Shift, read},
        rota::Watch,
        schedule::{Active, Every, Handover, Layer, Mode, Rotation, Schedule, Zone},
    },
};

use crate::harness::Bot;

const TOKEN: &str = "open sesame";

/// Bob and dave take turns by the week, each from Monday 09:00 UTC, since last summer.
async fn bot() -> Bot {
    let rotation = Rotation {
        name: "weekly".into(),
        effective_from: None,
        participants: vec![vec!["U0BOB".into()], vec!["U0DAVE".into()]],
        handover: Handover { start: "2026-06-01T09:00".parse().expect("a time"), every: Every::Weeks(NonZeroU16::MIN) },
        shifts_per_participant: NonZeroU16::MIN,
        restrictions: Vec::new(),
    };
    let layer = Layer {
        name: "all".into(),
        mode: Mode::Replace,
        active: Active::default(),
        rotations: vec![rotation],
        calendar: None,
    };
    let tz = Zone::named("UTC").expect("a zone");
    let schedule = Schedule { id: "primary".into(), name: "Primary".into(), tz, layers: vec![layer] };
    let watch = Watch { remind_min: 0, gaps_expected: false };
    let followed = Followed { schedule, owner: None, user_group: None, watch };
    Bot::configured(move |config| {
        config.settings.schedules = vec![followed];
        config.api_tokens = vec![ApiToken::new("desk", TOKEN)];
    })
    .await
}

async fn get(bot: &Bot, address: &str, headers: &[(&str, &str)]) -> (u16, String, String) {
    let request = bot.http.get(format!("{}/calendar/{address}", bot.url));
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let answer = request.send().await.expect("an answer");
    let tag = answer.headers().get("etag").map(|tag| tag.to_str().expect("a tag").to_owned());
    (answer.status().as_u16(), tag.unwrap_or_default(), answer.text().await.expect("a text"))
}

/// As another program reads it.
fn shifts(text: &str) -> Vec<Shift> {
    let whole = "2026-01-01T00:00Z".parse().expect("an instant")..="2028-01-01T00:00Z".parse().expect("an instant");
    let read = read(text, &Zone::named("Europe/Berlin").expect("a zone"), &(*whole.start()..*whole.end()));
    assert_eq!(read.findings, []);
    read.shifts
}

#[tokio::test]
async fn a_calendar_tells_who_is_on_call_from_a_month_ago_to_three_ahead() {
    let bot = bot().await;
    let (status, tag, text) = get(&bot, &format!("primary.ics?token={}", TOKEN.replace(' ', "%20")), &[]).await;
    assert_eq!((status, tag.is_empty()), (200, false), "{text}");
    let all = shifts(&text);
    let now = bot.clock_second();
    assert!(all.windows(2).all(|two| two[0].until == two[1].from && two[0].who != two[1].who), "{all:?}");
    let (first, last) = (all.first().expect("a shift"), all.last().expect("a shift"));
    assert!(
        first.from.as_second() <= now - 30 * 86_400 && last.until.as_second() >= now + 89 * 86_400,
        "{first:?} {last:?}"
    );
    assert!(all.iter().all(|s| s.until.duration_since(s.from).as_hours() == 7 * 24), "those at the ends are whole");
    assert!(all.iter().all(|s| s.who == "bob" || s.who == "dave"), "{all:?}");
    // By header it is the same, and nothing is sent twice to whoever has it.
    let bearer = format!("Bearer {TOKEN}");
    let again = get(&bot, "primary.ics", &[("authorization", &bearer), ("if-none-match", &tag)]).await;
    assert_eq!(again, (304, tag.clone(), String::new()));
    // An override shows, and the tag is another.
    bot.slash("alice", "/incident override primary @erin for 1h").await;
    let (_, other, text) = get(&bot, "primary.ics", &[("authorization", &bearer), ("if-none-match", &tag)]).await;
    assert_ne!(other, tag);
    let hour = shifts(&text).into_iter().find(|s| s.who == "erin").expect("erin's hour");
    assert_eq!(hour.until.duration_since(hour.from).as_hours(), 1);
}

#[tokio::test]
async fn a_person_has_a_calendar_of_their_own_shifts() {
    let bot = bot().await;
    let bearer = format!("Bearer {TOKEN}");
    let header = [("authorization", bearer.as_str())];
    let (status, tag, text) = get(&bot, "person/U0DAVE.ics", &header).await;
    assert_eq!((status, tag.is_empty()), (200, false), "{text}");
    assert!(text.contains("X-WR-CALNAME:On call: dave"), "{text}");
    let all = shifts(&text);
    assert!(all.len() > 6 && all.iter().all(|s| s.who == "Primary"), "{all:?}");
    assert!(
        all.windows(2).all(|two| two[1].from.duration_since(two[0].until).as_hours() == 7 * 24),
        "every other week: {all:?}"
    );
    bot.slash("alice", "/incident override primary @erin for 1h").await;
    assert_eq!(shifts(&get(&bot, "person/U0ERIN.ics", &header).await.2).len(), 1);
    let (status, _, text) = get(&bot, "person/U0NOBODY1.ics", &header).await;
    assert_eq!((status, shifts(&text)), (200, vec![]), "they may be on call one day");
    for (address, headers, expected) in [
        ("person/U0DAVE.ics", &[][..], 401),
        ("person/dave.ics", &header[..], 404),
        ("person/.ics", &header[..], 404),
        ("person/primary.ics", &header[..], 404),
        ("person", &header[..], 404),
    ] {
        assert_eq!(get(&bot, address, headers).await.0, expected, "{address}");
    }
}

#[tokio::test]
async fn without_a_token_nothing_is_told_and_with_one_a_wrong_name_is_no_hint() {
    let bot = bot().await;
    for address in ["primary.ics", "primary.ics?token=wrong", "primary.ics?token=", "nothing.ics?token=wrong"] {
        let (status, _, text) = get(&bot, address, &[]).await;
        assert_eq!((status, text.as_str()), (401, ""), "{address}");
    }
    let bearer = format!("Bearer {TOKEN}");
    for address in ["nothing.ics", "primary", "primary.ics.ics", "PRIMARY.ics", ".ics"] {
        let (status, _, text) = get(&bot, address, &[("authorization", &bearer)]).await;
        assert_eq!((status, text.as_str()), (404, ""), "{address}");
    }
}
