//! Whatever is typed after `/incident` is understood or answered; it never ends the bot. The first byte says where it is
//! typed: in an incident's room, elsewhere, or nowhere that is known.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use watchroom::{
    command::{ParseCx, Parsed, parse},
    config::Settings,
    ids::{ChannelId, IncidentId, UserId},
    paging::{Policy, Target},
    playbook::Playbook,
};

static PLAYBOOK: LazyLock<Playbook> = LazyLock::new(Playbook::builtin);
static SETTINGS: LazyLock<Settings> = LazyLock::new(|| {
    let fallback = vec![Target::Person("U8".into())];
    let policy = |name: &str| Policy { name: name.into(), fallback: fallback.clone(), ..Policy::default() };
    Settings { policies: vec![policy("checkout"), policy("search api")], ..Settings::default() }
});

fuzz_target!(|data: &[u8]| {
    let Some((place, text)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let (me, channel) = (UserId("U1".into()), ChannelId("C1".into()));
    let cx = ParseCx {
        me: &me,
        channel: (place % 3 > 0).then_some(&channel),
        codename: None,
        here: (place % 3 == 2).then(|| IncidentId::inc(7)),
        playbook: &PLAYBOOK,
        kind: (place % 2 == 0).then(|| &PLAYBOOK.kinds[0]),
        settings: &SETTINGS,
        now: jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(500_000),
        zone: ["UTC", "Europe/Berlin", "Asia/Kolkata", "nowhere"][usize::from(place / 64)],
    };
    let said = parse(text, &cx);
    // Every other reading that is offered as a button is understood as something, and does not offer itself again.
    let readings = match &said.means {
        Parsed::Ambiguous { readings, .. } | Parsed::DidYouMean { readings, .. } => readings.as_slice(),
        Parsed::Later { title, .. } => title.as_slice(),
        _ => &[],
    };
    for reading in readings {
        let means = parse(&reading.input, &cx).means;
        assert!(
            !matches!(means, Parsed::Ambiguous { .. } | Parsed::DidYouMean { .. }),
            "{text:?} offers {:?}, which is no clearer: {means:?}",
            reading.input
        );
    }
});
