//! `watchroom doctor` about the people who would be woken tonight: each thing that can be wrong with it is told, with what to do.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::json;
use watchroom::{config::Host, sandbox::Handle};

use crate::deploy::{SAMPLE, sample_with};
use crate::harness::{
    binary::{Place, SETTINGS, eventually, slack},
    fails::Fails,
    grafana::{FakeGrafana, INTEGRATION},
    hosted::{self, FakeHost},
    neighbour::twilio::{self, ACCOUNT, KEY, KEY_SECRET},
    ntfy::Ntfy,
    opsgenie::{FakeOpsgenie, KEY as OPSGENIE_KEY},
    pagerduty::{FakePagerDuty, TOKEN},
};

/// A schedule of one layer; `more` belongs to the schedule, `turns` to its rotation.
fn schedule(id: &str, more: &str, people: &str, turns: &str) -> String {
    format!(
        "[[schedules]]\nid = \"{id}\"\n{more}\n[[schedules.rotations]]\nparticipants = {people}\n\
         start = \"2026-01-05T09:00\"\nevery = \"1 week\"\n{turns}\n"
    )
}

/// Runs it, on a thread of its own: those whom it asks live on this one. Each of these is told.
async fn told(place: Place, parts: &[&str]) -> (Place, String) {
    let (place, ran) = tokio::task::spawn_blocking(move || {
        let ran = place.run(&["doctor"]);
        (place, ran)
    })
    .await
    .unwrap();
    for part in parts {
        assert!(ran.out.contains(part), "{part} is missing in:\n{}\n{}", ran.out, ran.err);
    }
    (place, ran.out)
}

async fn typed(slack: &Handle, who: &str, text: &str) {
    let answer = slack.act_as(who).slash("general", &format!("/incident {text}")).await.unwrap().expect_ok();
    assert!(!answer.text.contains("Nothing was changed"), "{text}: {}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn schedules_without_anybody_are_told_with_the_reason() {
    let slack = slack().await;
    let place = Place::beside(&slack);
    let minute = "only = [{ days = [\"mon\"], from = \"09:00\", until = \"09:01\" }]";
    let future = "[[schedules.layers]]\nname = \"later\"\nfrom = \"2020-01-01T00:00\"\n[[schedules.layers.rotations]]\n\
                  participants = [\"U0BOB\"]\nstart = \"9000-01-01T09:00\"\nevery = \"1 week\"\n";
    let settings = [
        SETTINGS.replace("user:U0BOB", "schedule:empty"),
        schedule("expected", "gaps_expected = true\nuser_group = \"S0CHECKOUT\"", "[\"U0BOB\"]", minute),
        schedule("empty", "", "[[]]", ""),
        schedule("away", "user_group = \"S0NOWHERE\"", "[\"U0DAVE\"]", ""),
        schedule("covered", "user_group = \"S0ONCALL\"", "[\"U0BOB\"]", ""),
        schedule("followed", "user_group = \"S0MANAGERS\"", "[\"U0CAROL\"]", ""),
        format!("[[schedules]]\nid = \"never\"\n{future}"),
    ];
    place.write("watchroom.toml", &settings.concat());
    let bot = place.serve();
    slack.set_bot_url(&bot.url);
    typed(&slack, "dave", "away for 48h").await;
    typed(&slack, "bob", "override covered @erin for 72h").await;
    bot.settle(&slack).await;
    slack.with(|ws| ws.users.get_mut("U0ERIN").unwrap().deleted = true);
    let (_, said) = told(
        place,
        &[
            "policy checkout, step 1: whoever is on call for empty is nobody now; the next step is asked",
            "ok   schedule expected: nobody on call until",
            ", as is expected; then bob from",
            "FAIL schedule empty: nobody on call; nobody comes next",
            "WARN schedule empty, layer rotation: rotation rotation has nobody in it",
            "FAIL schedule away: nobody on call until",
            "(dave away); then dave from",
            "FAIL schedule covered, override 1: erin is deactivated or a bot; put somebody else in",
            "ok   schedule expected, user group S0CHECKOUT: stays as it is while nobody is on call",
            "FAIL schedule away, user group S0NOWHERE: it cannot follow: Slack ",
            "WARN schedule covered, user group S0ONCALL: has others as members than those on call",
            "ok   schedule followed, user group S0MANAGERS: has those on call as members",
            "FAIL schedule never: nobody on call until 9000-01-01T09:00:00Z; then bob from 9000-01-01T09:00:00Z",
        ],
    )
    .await;
    assert!(!said.contains("WARN schedule expected"), "{said}");
}

/// The settings are edited while the bot is down.
#[tokio::test(flavor = "multi_thread")]
async fn overrides_of_a_schedule_that_is_gone_are_told() {
    let slack = slack().await;
    let place = Place::beside(&slack);
    place.write("watchroom.toml", &(SETTINGS.to_owned() + &schedule("primary", "", "[\"U0BOB\"]", "")));
    let bot = place.serve();
    slack.set_bot_url(&bot.url);
    typed(&slack, "alice", "override primary @erin for 72h").await;
    bot.settle(&slack).await;
    drop(bot);
    place.write("watchroom.toml", SETTINGS);
    told(
        place,
        &["WARN schedule primary: the settings do not have it, and these overrides of it count for nothing: 1 until "],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_that_reach_nobody_new_or_nobody_at_all_are_told() {
    let slack = slack().await;
    let mut place = Place::beside(&slack);
    let services = "\n[[services]]\nid = \"ledger\"\nlabel = \"Ledger\"\nowner = \"user:U0BOB\"\n";
    place.write("playbook.toml", &format!("{}{services}", watchroom::playbook::BUILTIN));
    place.set("WATCHROOM_PLAYBOOK", place.path("playbook.toml").to_str().unwrap());
    let step = |targets: &str| format!("[[policies.steps]]\n{targets}\n");
    let steps = [
        step("targets = [\"user:U0BOB\"]"),
        step("targets = [\"user:U0BOB\"]"),
        step("targets = [\"user:U0DAVE\", \"user:U0ERIN\"]\nround_robin = true"),
        step("targets = [\"role:commander\", \"service:ledger\", \"service:nothing\"]"),
        step(
            "targets = [\"webhook:siren\", \"pagerduty:P1\", \"schedule:nights\", \"channel:#general\", \"channel:#nowhere\"]",
        ),
    ];
    let rule = "[[alert_rules]]\ndo = \"declare\"\nlead = \"user:U0FRANK\"\n";
    let policy = "announce_channel = \"#incidents\"\n[paging]\nfallback = [\"user:U0CAROL\"]\n[[policies]]\nname = \"shop\"\n\
                  urgent = [{ severities = [\"SEV1\"] }]\n";
    place.write("watchroom.toml", &[policy, &steps.concat(), rule].concat());
    let (place, _) = told(
        place,
        &[
            "WARN policy shop, step 2: asks the same people as the step before, who did not answer; name others",
            "ok   policy shop, step 3 (one of them, in turn): dave can be reached",
            "ok   policy shop, step 4: whoever holds the role commander in the incident",
            "ok   policy shop, step 4, service ledger: bob can be reached",
            "FAIL policy shop, step 4: the playbook has no service nothing",
            "FAIL policy shop, step 5: [[webhooks]] has no `siren`",
            "FAIL policy shop, step 5: PagerDuty cannot be paged for `P1`",
            "FAIL policy shop, step 5: there is no schedule or rotation schedule:nights",
            "ok   policy shop, step 5: channel C0GENERAL",
            "FAIL policy shop, step 5: there is no channel nowhere",
            "FAIL alert rule 1, lead: frank is deactivated or a bot",
            "ok   policy shop: Urgent on SEV1; otherwise nobody is called or sent a text message.",
        ],
    )
    .await;
    let checked = place.run(&["check"]);
    assert!(checked.out.contains("policy shop: Urgent on SEV1; otherwise nobody is called"), "{checked:?}");
    place.write("watchroom.toml", "timezone = \"UTC\"\n");
    told(place, &["FAIL fallback: nobody is asked when a page finds no answer; set `fallback` in [paging]"]).await;
}

/// Days before: the same person has both schedules from next week on.
#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_will_ask_the_same_people_is_told_days_before() {
    let slack = slack().await;
    let place = Place::beside(&slack);
    let settings = [
        "[paging]\nfallback = [\"user:U0CAROL\"]\n[[policies]]\nname = \"shop\"\n",
        "[[policies.steps]]\ntargets = [\"schedule:first\"]\n[[policies.steps]]\ntargets = [\"schedule:second\"]\n",
        &schedule("first", "", "[\"U0BOB\", \"U0DAVE\"]", ""),
        &schedule("second", "", "[\"U0ERIN\", \"U0ERIN\"]", ""),
    ]
    .concat();
    place.write("watchroom.toml", &settings);
    let bot = place.serve();
    slack.set_bot_url(&bot.url);
    typed(&slack, "erin", "override second @dave for 312h").await;
    bot.settle(&slack).await;
    let (_, said) = told(place, &["ok   schedule second: dave on call"]).await;
    // Now dave has both, or will within the week.
    let now = said.contains("WARN policy shop, step 2: asks the same people as the step before, who did not answer");
    let later = "WARN policy shop, step 2: asks the same people as the step before (dave) from";
    assert!(now || said.contains(later), "{said}");
    assert_eq!(now, said.contains("ok   schedule first: dave on call"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ways_that_lack_something_or_were_never_proved_are_told() {
    let (slack, ntfy, twilio) = (slack().await, Ntfy::start().await, twilio::start().await);
    let mut place = Place::beside(&slack);
    place.set("NTFY_URL", ntfy.url().as_str());
    place.set("WATCHROOM_PUBLIC_URL", "https://watchroom.example.com");
    let bot = place.serve();
    slack.set_bot_url(&bot.url);
    let bob = slack.act_as("bob");
    typed(&slack, "bob", "oncall me").await;
    let shown = slack.ephemerals("bob", "general").pop().unwrap();
    bob.press(&shown, "Change").await.unwrap().expect_ok();
    eventually("the form is open", async || slack.view("bob").is_some()).await;
    bob.fill([("Push by ntfy: topic", json!("bob-7f3a"))]).await.unwrap();
    bob.submit().await.unwrap();
    bot.settle(&slack).await;
    let proved = "WARN ways to people: nobody knows whether those of bob work; `/incident oncall test me` proves it";
    let (mut place, said) = told(place, &[proved, "WARN ways to people: only Slack reaches"]).await;
    assert!(!said.contains("WATCHROOM_PUBLIC_URL is not set"), "{said}");
    place.set("WATCHROOM_PUBLIC_URL", "");
    place.set("TWILIO_API_URL", twilio.url.as_str());
    place.set("TWILIO_ACCOUNT_SID", ACCOUNT);
    place.set("TWILIO_API_KEY", KEY);
    place.set("TWILIO_API_SECRET", KEY_SECRET);
    place.set("TWILIO_MESSAGING_SERVICE_SID", "MG0123456789abcdef0123456789abcdef");
    told(
        place,
        &[
            "WARN Twilio: nobody can answer a call by a key",
            "WARN Twilio: only text messages; calls need a number",
            "WARN WATCHROOM_PUBLIC_URL is not set",
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_providers_that_wake_nobody_are_told() {
    let (slack, pagerduty, opsgenie) = (slack().await, FakePagerDuty::start().await, FakeOpsgenie::start().await);
    pagerduty.memory().services.insert("PSVC".into(), "PPOL".into());
    let mut place = Place::beside(&slack);
    place.set("PAGERDUTY_API_URL", &pagerduty.url);
    place.set("PAGERDUTY_API_TOKEN", TOKEN);
    place.set("OPSGENIE_API_URL", &opsgenie.url);
    place.set("OPSGENIE_API_KEY", OPSGENIE_KEY);
    let (place, _) = told(
        place,
        &[
            "WARN PagerDuty: no service is named; name them by id as `services` in [pagerduty]",
            "WARN Opsgenie: no schedule is named; name them by id as `schedules` in [opsgenie]",
        ],
    )
    .await;
    let night =
        "[[policies]]\nname = \"night\"\n[[policies.steps]]\ntargets = [\"opsgenie:team:T1\", \"pagerduty:PSVC\"]\n";
    let providers = "[pagerduty]\nservices = [\"PSVC\"]\n[opsgenie]\nschedules = [\"S1\", \"S2\"]\n";
    place.write("watchroom.toml", &[SETTINGS, night, providers].concat());
    opsgenie.memory().on_call.insert("S1".into(), json!([]));
    told(
        place,
        &[
            "FAIL PagerDuty, service PSVC: it cannot be paged; set PAGERDUTY_ROUTING_KEY_PSVC, or `from` in [pagerduty]",
            "FAIL PagerDuty, service PSVC: nobody is on call there now",
            "FAIL Opsgenie, schedule S1: nobody is on call there now",
            "FAIL Opsgenie, schedule S2: ",
            "ok   Opsgenie, team T1: ",
        ],
    )
    .await;
}

/// What people begin with, with ids of this workspace: who would be woken tonight, at each step, and by which provider.
#[tokio::test(flavor = "multi_thread")]
async fn of_the_sample_it_tells_who_would_be_woken_tonight() {
    let (slack, ntfy, pagerduty) = (slack().await, Ntfy::start().await, FakePagerDuty::start().await);
    pagerduty.memory().services.insert("P1234AB".into(), "PPOL".into());
    pagerduty.put_on_call("PPOL", 1, "nightdesk", (None, None));
    let ours = |text: &str| {
        let ids = [
            ("U0123456", "U0BOB"),
            ("U0123457", "U0DAVE"),
            ("U0123458", "U0ERIN"),
            ("U0123459", "U0ALICE"),
            ("S0123456", "S0MANAGERS"),
            ("status-updates", "general"),
        ];
        ids.iter().fold(text.to_owned(), |text, (theirs, ours)| text.replace(theirs, ours))
    };
    let place = Place::beside(&slack);
    place.write("watchroom.toml", &ours(SAMPLE));
    let (mut at, said) = told(
        place,
        &[
            "ok   schedule primary: ",
            "ok   schedule secondary: ",
            "ok   policy production, step 3: alice can be reached",
            "ok   policy production, fallback: user group S0MANAGERS has 1 active people",
            "ok   ways to people: Slack messages alone",
        ],
    )
    .await;
    assert!(!said.contains("FAIL") && !said.contains("WARN"), "{said}");
    let woken = |step: u32, schedule: &str| {
        let line = format!("ok   policy production, step {step}, whoever is on call for {schedule}: ");
        let rest = said.split(&line).nth(1).unwrap_or_else(|| panic!("no `{line}` in\n{said}"));
        rest.split(" can be reached\n").next().unwrap_or_default().to_owned()
    };
    let (first, second) = (woken(1, "primary"), woken(2, "secondary"));
    assert!(
        first != second && [&first, &second].iter().all(|who| ["bob", "dave", "erin"].contains(&who.as_str())),
        "{said}"
    );

    at.write("watchroom.toml", &ours(&sample_with(&["[ntfy]", "[pagerduty]", "\"database\""])));
    at.set("NTFY_URL", ntfy.url().as_str());
    at.set("PAGERDUTY_API_URL", &pagerduty.url);
    at.set("PAGERDUTY_API_TOKEN", TOKEN);
    at.set("PAGERDUTY_ROUTING_KEY", "e93facc04764012d7bfb002500d5d1a6");
    let (_, said) = told(
        at,
        &[
            "ok   ntfy",
            "ok   PagerDuty, service P1234AB: level 1 nightdesk",
            "ok   policy database, step 1: whoever is on call in PagerDuty",
            &format!("ok   policy database, step 2, whoever is on call for primary: {first} can be reached"),
            "WARN ways to people: only Slack reaches alice, ",
        ],
    )
    .await;
    assert!(!said.contains("FAIL"), "{said}");
}

/// Without a way back an acknowledgement there is seen late, and somebody else is woken meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_cannot_say_what_becomes_of_a_page_is_told() {
    let (slack, pagerduty, opsgenie) = (slack().await, FakePagerDuty::start().await, FakeOpsgenie::start().await);
    let grafana = FakeGrafana::start().await;
    let mut place = Place::beside(&slack);
    for (name, value) in grafana.env() {
        place.set(name, &value);
    }
    place.set("PAGERDUTY_API_URL", &pagerduty.url);
    place.set("PAGERDUTY_API_TOKEN", TOKEN);
    place.set("OPSGENIE_API_URL", &opsgenie.url);
    place.set("OPSGENIE_API_KEY", OPSGENIE_KEY);
    let providers =
        format!("[pagerduty]\nservices = [\"PSVC\"]\n[grafana_oncall]\nintegrations = [\"{INTEGRATION}\"]\n");
    place.write("watchroom.toml", &[SETTINGS, &providers].concat());
    let unheard = "what is done there is seen when a step asks again at the earliest";
    let all = ["PagerDuty", "Opsgenie", "Grafana OnCall"].map(|name| format!("WARN {name}: {unheard}"));
    let (mut place, said) = told(place, &all.each_ref().map(String::as_str)).await;
    assert!(said.contains("set PAGERDUTY_WEBHOOK_SECRET") && said.contains("WATCHROOM_API_TOKENS"), "{said}");
    place.set("PAGERDUTY_WEBHOOK_SECRET", "hush");
    place.set("WATCHROOM_API_TOKENS", &format!("webhooks={}", "0a".repeat(32)));
    let (_, said) = told(place, &[]).await;
    assert!(!said.contains(unheard), "{said}");
}

/// A calendar names somebody whom nobody can ask, has more that cannot be read than anybody reads, and is gone in the end.
#[tokio::test(flavor = "multi_thread")]
async fn calendars_with_strangers_with_many_faults_or_gone_are_told() {
    let slack = slack().await;
    let place = Place::beside(&slack);
    let unread = |n: u32| format!("BEGIN:VEVENT\r\nUID:x{n}\r\nSUMMARY:Nothing {n}\r\nEND:VEVENT\r\n");
    let text = [
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20200101T000000Z\r\nDTEND:20200102T000000Z\r\n\
         RRULE:FREQ=DAILY\r\nATTENDEE:mailto:zed@example.com\r\nEND:VEVENT\r\n",
        &(0..103).map(unread).collect::<String>(),
        "END:VCALENDAR\r\n",
    ];
    let path = place.write("shifts.ics", &text.concat());
    let layer = format!(
        "[[schedules]]\nid = \"primary\"\n[[schedules.layers]]\nname = \"feed\"\ncalendar = \"file:{}\"\n",
        path.display()
    );
    place.write("watchroom.toml", &[SETTINGS, &layer].concat());
    let gap = "(the calendar names zed@example.com, whom Slack does not know)";
    let (place, said) = told(
        place,
        &[
            "WARN schedule primary, calendar of layer feed: and 3 more of this kind",
            "FAIL schedule primary: nobody on call",
            gap,
        ],
    )
    .await;
    assert_eq!(said.matches("when it begins cannot be read").count(), 100, "as many as anybody reads: {said}");
    let bot = place.serve();
    slack.set_bot_url(&bot.url);
    let copies = place.data.join("calendars");
    let is_about = |entry: std::fs::DirEntry| entry.path().extension().is_some_and(|ending| ending == "json");
    eventually("its copy is kept", async || std::fs::read_dir(&copies).is_ok_and(|all| all.flatten().any(is_about)))
        .await;
    place.write("shifts.ics", "<html>");
    told(
        place,
        &[
            "FAIL schedule primary, calendar of layer feed: it cannot be read: what is there is no calendar; its last good copy \
             counts, fetched",
            gap,
        ],
    )
    .await;
}

/// Each hosted page is asked which components it has, and nothing is published; what the settings have wrong is told.
#[tokio::test(flavor = "multi_thread")]
async fn hosted_pages_are_looked_at() {
    let slack = slack().await;
    let mut place = Place::beside(&slack);
    let (mut toml, mut fakes) = (vec![SETTINGS.to_owned()], Vec::new());
    for (host, kind, variable) in [
        (Host::Statuspage, "statuspage", "STATUSPAGE_API_TOKEN"),
        (Host::IncidentIo, "incident_io", "INCIDENT_IO_API_KEY"),
        (Host::Instatus, "instatus", "INSTATUS_API_KEY"),
    ] {
        let fake = FakeHost::start(host).await;
        place.set(variable, hosted::TOKEN);
        for (name, component) in [("good", "there-pay"), ("bad", "there-old")] {
            let url = fake.page().api_url;
            toml.push(format!(
                "[[connectors]]\nname = \"{name}-{kind}\"\nkind = \"{kind}\"\npage = \"{}\"\napi_url = \"{url}\"\n\
                 allow_private = true\ncomponents = {{ pay = \"{component}\" }}\n",
                hosted::PAGE
            ));
        }
        fakes.push(fake);
    }
    place.write("watchroom.toml", &toml.concat());
    let (mut place, said) = told(
        place,
        &[
            "ok   connector good-statuspage, Statuspage: page kctbh9vrtdwd has 2 components",
            "FAIL connector bad-statuspage, Statuspage: the page has no component there-old, which pay should be; it has cart there-cart, pay there-pay",
            "WARN connector good-statuspage: no channel of the playbook's register has `connector = \"good-statuspage\"`",
            "ok   connector good-incident_io, incident.io: page kctbh9vrtdwd has 2 components; that the key may write too, only a text tells",
            "FAIL connector bad-incident_io, incident.io: the page has no component there-old",
            "ok   connector good-instatus, Instatus: page kctbh9vrtdwd has 2 components",
            "FAIL connector bad-instatus, Instatus: the page has no component there-old",
        ],
    )
    .await;
    assert!(!said.contains(hosted::TOKEN), "{said}");
    assert!(fakes.iter().all(|fake| fake.said().is_empty()));
    place.set("STATUSPAGE_API_TOKEN", "another");
    fakes[2].memory().fails_looks.push_back(Fails::Status(403));
    told(
        place,
        &[
            "FAIL connector good-statuspage, Statuspage: refused: the token is not known (401)",
            "Instatus: refused: the token may not do this (403); it takes a key of a teammate of the page",
        ],
    )
    .await;
}
