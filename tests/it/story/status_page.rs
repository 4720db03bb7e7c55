//! Updates on our own status page.

use std::sync::Arc;

use watchroom::{
    engine::Ask as Request,
    ids::StreamId,
    incident::{
        Actor, Command, Incident, When,
        comms::{Ask, Delivered, Drafting},
    },
    playbook::Audience,
    render::status::Document,
    sandbox::Outcome,
    status::{ComponentStatus, Impact, PostStatus, Standing},
    web::snapshot,
};

use crate::harness::{Bot, edited, minutes};

/// Sends an update to the page, as a person.
pub async fn update(bot: &Bot, who: &str, words: &str, impact: &[(&str, ComponentStatus)]) {
    send(bot, who, words, ("status_page", impact), false).await;
}

/// The same to any channel of the register; nobody is told of a `quiet` one.
pub(super) async fn send(
    bot: &Bot,
    who: &str,
    words: &str,
    (outlet, impact): (&str, &[(&str, ComponentStatus)]),
    quiet: bool,
) {
    let impact: Impact = impact.iter().map(|(id, status)| ((*id).into(), *status)).collect();
    let drafting = Drafting {
        to: Audience::External,
        scenario: None,
        fields: [("impact", words), ("cause", "A database is full")].map(|(k, v)| (k.to_owned(), v.to_owned())).into(),
        outlets: vec![outlet.into()],
        next_by: Some(When::In(30)),
        warnings: vec![],
        of: None,
        send: true,
        again: false,
        impact,
        quiet,
        corrects: None,
    };
    let by = Actor::Person(bot.slack.user_id(who).as_str().into());
    let id = Some("INC-1".parse().expect("an id"));
    let asked = Request::new(None, by, id, Command::Comms(Ask::Draft(drafting)));
    bot.app().engine.ask(asked).await.expect("sent");
    bot.settle().await;
}

async fn incident(bot: &Bot) -> Arc<Incident> {
    bot.app().engine.incident("INC-1".parse().expect("an id")).await.expect("read").expect("there")
}

async fn page(bot: &Bot) -> Arc<Standing> {
    bot.app().engine.status_page().await.expect("read")
}

/// What is sent stands on the page, once, with its components, over a crash; the receipt in the room leads there.
#[tokio::test]
async fn an_update_stands_on_the_page_and_the_room_has_a_receipt() {
    let mut bot = Bot::with_status_page().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    update(&bot, "alice", "Some payments fail", &[("pay", ComponentStatus::PartialOutage)]).await;
    let standing = page(&bot).await;
    let [post] = &standing.posts[..] else { panic!("{standing:?}") };
    assert_eq!((post.status, post.worst()), (PostStatus::Investigating, ComponentStatus::PartialOutage));
    assert!(post.updates[0].body.or_tombstone().contains("Some payments fail."), "{post:?}");
    assert_eq!(standing.page.status(&"pay".into()), ComponentStatus::PartialOutage);
    assert!(!post.id.as_str().contains("INC"), "{post:?}");
    let link = format!("https://status.example.com/incidents/{}", post.id);
    bot.expect_once(&room, &format!("*Public status page*: published · <{link}|open>"));

    bot.crash_and_restart().await;
    assert_eq!(page(&bot).await, standing);
    bot.slash_in("alice", &room, "/incident phase identified").await;
    update(&bot, "alice", "Payments by card fail", &[("pay", ComponentStatus::MajorOutage)]).await;
    let standing = page(&bot).await;
    let [post] = &standing.posts[..] else { panic!("{standing:?}") };
    assert_eq!((post.status, post.updates.len()), (PostStatus::Identified, 2));
}

/// The page as the record alone says it.
async fn of_record(bot: &Bot) -> Standing {
    let events = bot.app().engine.store().events(&StreamId::Org("status".into()), 1, 100).await.expect("read");
    let facts = events.into_iter().map(|e| (e.seq, serde_json::from_value(e.body).expect("a fact")));
    Standing::of(page(bot).await.since, facts)
}

/// Where these words stand: over HTTP, and in the files below this directory.
async fn places(bot: &Bot, dir: &std::path::Path, words: &str) -> Vec<String> {
    bot.advance(jiff::SignedDuration::from_secs(1)).await;
    let standing = page(bot).await;
    let now = jiff::Timestamp::from_second(bot.clock_second()).expect("a time");
    snapshot::write(dir, &standing, &crate::harness::status_page(), now).expect("written");
    let id = &standing.posts[0].id;
    let paths = ["status", "status/history", "status/history/2026-11", &format!("status/incidents/{id}")]
        .map(|page| (format!("/{page}"), format!("{page}/index.html")));
    let documents = Document::ALL.map(|(name, _)| format!("api/v2/{name}"));
    let documents = documents.into_iter().chain(["history.atom", "history.rss"].map(str::to_owned));
    let mut found = Vec::new();
    for (path, file) in paths.into_iter().chain(documents.map(|path| (format!("/{path}"), path))) {
        if text(bot, &path, "en").await.contains(words) {
            found.push(path);
        }
        let kept = std::fs::read_to_string(dir.join(&file)).unwrap_or_else(|e| panic!("{file}: {e}"));
        found.extend(kept.contains(words).then_some(file));
    }
    found
}

/// Words that are redacted in the room are gone from the page, its JSON, its feeds and its files, for good; headlines too.
#[tokio::test]
async fn redacted_words_are_gone_from_the_page() {
    let dir = std::env::temp_dir().join(format!("watchroom-redacted-{}", std::process::id()));
    let mut bot = Bot::configured(|config| {
        config.settings.show_status_page(crate::harness::status_page());
        config.playbook = edited(|playbook| {
            let mut templates = playbook.templates.iter_mut();
            let template = templates.find(|t| t.id.as_str() == "ops_investigating_external").expect("built in");
            template.title = Some("News: {{ impact }}".into());
        });
    })
    .await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    update(&bot, "alice", "Some payments fail", &[]).await;
    update(&bot, "alice", "Zebra pays nothing", &[]).await;
    // Overview, history, month, incident, four documents of incidents, two feeds; each served and kept.
    let before = places(&bot, &dir, "Zebra").await;
    assert!(before.len() >= 18, "{before:?}");
    assert!(page(&bot).await.posts[0].name.or_tombstone().contains("Zebra"));

    let sent = incident(&bot).await.comms.sends[1].seq;
    bot.slash_in("alice", &room, &format!("/incident redact {sent} names a customer")).await;
    bot.settle().await;
    let standing = page(&bot).await;
    assert_eq!(standing.posts[0].updates[1].body.words(), None, "{standing:?}");
    assert_eq!(standing.posts[0].name.words(), Some("News: Some payments fail."), "{standing:?}");
    assert_eq!(places(&bot, &dir, "Zebra").await, Vec::<String>::new());
    assert!(!places(&bot, &dir, "payments fail").await.is_empty());
    assert_eq!(of_record(&bot).await, *standing, "as it would be rebuilt");
    bot.crash_and_restart().await;
    assert_eq!(page(&bot).await, standing);
    assert_eq!(places(&bot, &dir, "Zebra").await, Vec::<String>::new());
    std::fs::remove_dir_all(dir).expect("our own directory");
}

/// What goes on as a need-to-know incident is not the public's any more: its post is gone, with all that it said of components.
#[tokio::test]
async fn what_goes_on_as_a_secret_is_taken_down() {
    let dir = std::env::temp_dir().join(format!("watchroom-moved-{}", std::process::id()));
    let bot = Bot::with_status_page().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    update(&bot, "alice", "Zebra pays nothing", &[("pay", ComponentStatus::MajorOutage)]).await;
    bot.declare("bob", "sev2 search is slow").await;
    let id = page(&bot).await.posts[0].id.clone();
    let kept = dir.join(format!("status/incidents/{id}/index.html"));
    assert!(!places(&bot, &dir, "Zebra").await.is_empty());
    bot.slash_in("alice", &room, "/incident private somebody reads it").await;
    bot.advance(minutes(1)).await;
    let standing = page(&bot).await;
    assert!(standing.posts.is_empty() && standing.page.open.is_empty(), "{standing:?}");
    assert_eq!(standing.page.status(&"pay".into()), ComponentStatus::Operational);
    assert_eq!(of_record(&bot).await, *standing, "as it would be rebuilt");
    let record = bot.app().engine.store().events(&StreamId::Org("status".into()), 1, 100).await.expect("read");
    assert!(record.iter().all(|event| !event.body.to_string().contains("Zebra")), "{record:?}");
    assert_eq!(read(&bot, &format!("/status/incidents/{id}"), "en").await.status(), 404);
    assert!(!text(&bot, "/history.atom", "en").await.contains(id.as_str()));
    let now = jiff::Timestamp::from_second(bot.clock_second()).expect("a time");
    snapshot::write(&dir, &standing, &crate::harness::status_page(), now).expect("written");
    assert!(!kept.exists(), "its file is gone too");
    std::fs::remove_dir_all(dir).expect("our own directory");
}

/// What the public calls an incident cannot be found by whoever tries all numbers: another record has other names for the same.
#[tokio::test]
async fn public_names_say_nothing_of_numbers() {
    let mut names = Vec::new();
    for _ in 0..2 {
        let mut bot = Bot::with_status_page().await;
        bot.declare("alice", "sev2 checkout is down").await;
        update(&bot, "alice", "Some payments fail", &[]).await;
        bot.crash_and_restart().await;
        update(&bot, "alice", "All payments fail", &[]).await;
        let [post] = &page(&bot).await.posts[..] else { panic!("one incident is one post") };
        names.extend([vec![post.id.to_string()], post.updates.iter().map(|u| u.key.clone()).collect()].concat());
    }
    let all: std::collections::BTreeSet<&String> = names.iter().collect();
    assert_eq!(all.len(), 6, "{names:?}");
}

/// Before anything happened the page is as old as the record.
#[tokio::test]
async fn a_page_that_never_changed_is_as_old_as_the_record() {
    let bot = Bot::with_status_page().await;
    bot.advance(minutes(30)).await;
    let begin = "2026-11-22T03:00:00";
    let summary: serde_json::Value =
        serde_json::from_str(&text(&bot, "/api/v2/summary.json", "en").await).expect("JSON");
    let at = [
        &summary["page"]["updated_at"],
        &summary["components"][0]["updated_at"],
        &summary["components"][1]["created_at"],
    ];
    assert!(at.iter().all(|at| at.as_str().is_some_and(|at| at.starts_with(begin))), "{summary}");
    for feed in ["/history.atom", "/history.rss"] {
        assert!(!text(&bot, feed, "en").await.contains("1970"), "{feed}");
    }
    assert!(text(&bot, "/history.atom", "en").await.contains(begin));
}

/// Without a page of its own a bot says that a person is to post it.
#[tokio::test]
async fn without_a_page_a_person_posts_it() {
    let bot = Bot::start().await;
    bot.declare("alice", "sev2 checkout is down").await;
    update(&bot, "alice", "Some payments fail", &[]).await;
    let it = incident(&bot).await;
    assert!(matches!(it.comms.sends[0].deliveries[0].state, Delivered::ByHand), "{:?}", it.comms.sends);
    assert!(page(&bot).await.posts.is_empty());
}

/// Everything that the public reads, as it reads it.
async fn read(bot: &Bot, path: &str, language: &str) -> reqwest::Response {
    let request = bot.http.get(format!("{}{path}", bot.url)).header("accept-language", language);
    request.send().await.expect("an answer")
}

async fn text(bot: &Bot, path: &str, language: &str) -> String {
    let answer = read(bot, path, language).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.expect("a body")
}

/// The page says how everything stands, in the reader's language, and keeps what people wrote as they wrote it.
#[tokio::test]
async fn the_page_says_how_everything_stands_in_the_readers_language() {
    let bot = Bot::with_status_page().await;
    let well = text(&bot, "/status", "en").await;
    assert!(well.contains("All systems operational") && well.contains("Payments"), "{well}");
    bot.declare("alice", "sev2 checkout is down").await;
    update(&bot, "alice", "Some <b>payments</b> fail", &[("pay", ComponentStatus::PartialOutage)]).await;
    bot.advance(minutes(1)).await;
    let page = text(&bot, "/status", "de-AT, en;q=0.5").await;
    for told in ["<html lang=\"de\">", "Teilweiser Ausfall", "Wird untersucht", "Some &lt;b&gt;payments&lt;", "CET"] {
        assert!(page.contains(told), "no `{told}` in {page}");
    }
    assert!(!page.contains("checkout") && !page.contains("INC-1") && !page.contains("alice"), "{page}");
    let chosen = text(&bot, "/status?lang=ja", "de").await;
    assert!(
        chosen.contains("一部障害") && chosen.contains("/status/history?lang=ja"),
        "links keep the choice: {chosen}"
    );
    assert!(!page.contains("<script"), "it needs no script");
    let id = page.split("/status/incidents/").nth(1).and_then(|rest| rest.split(['"', '?']).next()).expect("a link");
    let own = text(&bot, &format!("/status/incidents/{id}"), "fr").await;
    assert!(own.contains("Payments (Panne partielle)") && own.contains("Analyse en cours"), "{own}");
    assert!(text(&bot, "/status/history", "es").await.contains("Historial · 2026-11"));
    assert_eq!(read(&bot, "/status/incidents/none", "en").await.status(), 404);
    assert_eq!(read(&bot, "/status/history/1999-01", "en").await.status(), 404);
}

/// What was read already is not sent again until it changes.
#[tokio::test]
async fn what_did_not_change_is_not_sent_again() {
    let bot = Bot::with_status_page().await;
    bot.declare("alice", "sev2 checkout is down").await;
    for path in ["/status", "/api/v2/summary.json", "/history.atom", "/history.rss"] {
        let first = read(&bot, path, "en").await;
        let tag = first.headers()["etag"].clone();
        assert!(first.headers()["cache-control"].to_str().expect("text").contains("max-age"), "{path}");
        let again = |tag| bot.http.get(format!("{}{path}", bot.url)).header("if-none-match", tag).send();
        assert_eq!(again(tag.clone()).await.expect("an answer").status(), 304, "{path}");
    }
    let before = read(&bot, "/status", "en").await.headers()["etag"].clone();
    update(&bot, "alice", "Some payments fail", &[]).await;
    bot.advance(jiff::SignedDuration::from_secs(1)).await;
    assert_ne!(read(&bot, "/status", "en").await.headers()["etag"], before);
}

/// Whoever unpacks it gets it packed; whoever asks for the head alone gets the same head; and where there is nothing it says so.
#[tokio::test]
async fn what_is_served_is_packed_for_who_unpacks_it() {
    use std::io::Read as _;
    let bot = Bot::with_status_page().await;
    let ask = async |method: reqwest::Method, path: &str, headers: &[(&str, &str)]| {
        let request = bot.http.request(method, format!("{}{path}", bot.url));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        request.send().await.expect("an answer")
    };
    for path in ["/status", "/api/v2/summary.json", "/history.atom"] {
        let plain = ask(reqwest::Method::GET, path, &[]).await;
        assert!(plain.headers().get("content-encoding").is_none(), "{path}");
        assert!(plain.headers()["vary"].to_str().expect("text").contains("accept-encoding"), "{path}");
        let (tag, text) = (plain.headers()["etag"].clone(), plain.text().await.expect("a text"));
        for refused in ["br", "gzip;q=0", "identity"] {
            let answer = ask(reqwest::Method::GET, path, &[("accept-encoding", refused)]).await;
            assert_eq!(answer.headers()["etag"], tag, "{path}: {refused}");
        }
        let takes = [("accept-encoding", "br;q=1, gzip;q=0.8")];
        let packed = ask(reqwest::Method::GET, path, &takes).await;
        assert_eq!(packed.headers()["content-encoding"], "gzip", "{path}");
        let other = packed.headers()["etag"].clone();
        assert_ne!(other, tag, "other bytes, another tag");
        let head = ask(reqwest::Method::HEAD, path, &takes).await;
        for name in ["etag", "content-length", "content-encoding", "content-type", "cache-control", "vary"] {
            assert_eq!(head.headers().get(name), packed.headers().get(name), "{path}: {name}");
        }
        let bytes = packed.bytes().await.expect("bytes");
        assert!(bytes.len() < text.len(), "{path}: {} of {}", bytes.len(), text.len());
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut unpacked).expect("packed");
        assert_eq!(unpacked, text);
        for (known, status) in [(other.to_str().expect("text"), 304), (tag.to_str().expect("text"), 200), ("*", 304)] {
            for method in [reqwest::Method::GET, reqwest::Method::HEAD] {
                let answer = ask(method, path, &[takes[0], ("if-none-match", known)]).await;
                assert_eq!(answer.status(), status, "{path}: {known}");
            }
        }
    }
    let nothing = read(&bot, "/status/incidents/none", "de").await;
    assert_eq!((nothing.status().as_u16(), &nothing.headers()["cache-control"]), (404, &"no-store".parse().unwrap()));
    assert!(nothing.text().await.expect("a page").contains("Unter dieser Adresse gibt es nichts"));
}

/// Without a page there is none to read.
#[tokio::test]
async fn a_bot_without_a_page_serves_none() {
    let bot = Bot::start().await;
    for path in ["/status", "/status/history", "/api/v2/status.json", "/history.atom"] {
        assert_eq!(read(&bot, path, "en").await.status(), 404, "{path}");
    }
}

/// The JSON says what hosted pages say, with the same names.
#[tokio::test]
async fn programs_read_what_they_read_of_hosted_pages() {
    let bot = Bot::with_status_page().await;
    bot.declare("alice", "sev2 checkout is down").await;
    update(&bot, "alice", "Some payments fail", &[("pay", ComponentStatus::PartialOutage)]).await;
    bot.advance(minutes(1)).await;
    let summary: serde_json::Value =
        serde_json::from_str(&text(&bot, "/api/v2/summary.json", "en").await).expect("JSON");
    assert_eq!(summary["status"], serde_json::json!({ "indicator": "major", "description": "Partial outage" }));
    assert_eq!(summary["page"]["url"], "https://status.example.com");
    let names: Vec<_> = summary["components"].as_array().expect("a list").iter().map(|c| c["name"].clone()).collect();
    assert_eq!(names, ["Shop", "Payments", "Cart", "Search"]);
    assert_eq!(summary["components"][0]["components"][0], summary["components"][1]["id"]);
    let incident = &summary["incidents"][0];
    assert_eq!((incident["status"].as_str(), incident["impact"].as_str()), (Some("investigating"), Some("major")));
    let change = &incident["incident_updates"][0]["affected_components"][0];
    assert_eq!(
        (change["old_status"].as_str(), change["new_status"].as_str()),
        (Some("operational"), Some("partial_outage"))
    );
    for path in [
        "status",
        "components",
        "incidents",
        "incidents/unresolved",
        "scheduled-maintenances",
        "scheduled-maintenances/upcoming",
        "scheduled-maintenances/active",
    ] {
        let answer = read(&bot, &format!("/api/v2/{path}.json"), "en").await;
        assert_eq!(answer.headers()["access-control-allow-origin"], "*", "{path}");
        let read: serde_json::Value = answer.json().await.expect("JSON");
        assert_eq!(read["page"]["name"], "Example", "{path}");
    }
}

/// The form asks how each component stands; resolving asks about what the public still reads, and the last update ends it there.
#[tokio::test]
async fn the_form_asks_how_components_stand_until_the_public_knows_that_it_is_over() {
    let bot = Bot::with_status_page().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("alice", &room, "/incident channels").await;
    let register = bot.slack.ephemerals("alice", &room).pop().expect("the register");
    bot.slack.act_as("alice").press(&register, "Write update for customers").await.expect("pressed");
    bot.settle().await;
    bot.slack.act_as("alice").fill([("Affected component", "Payments".into())]).await.expect("a field");
    bot.settle().await;
    let values = [("Impact", "Some payments fail"), ("Payments", "Major outage"), ("Next update", "in 30 min")];
    assert_eq!(bot.submit("alice", &values).await, Outcome::Updated, "shown first");
    assert!(bot.form("alice").contains("Payments: Major outage"), "{:?}", bot.form("alice"));
    bot.submit("alice", &[]).await;
    let standing = page(&bot).await;
    assert_eq!(standing.page.status(&"pay".into()), ComponentStatus::MajorOutage, "{standing:?}");

    bot.slash_in("alice", &room, "/incident resolve a new index").await;
    bot.settle().await;
    bot.expect_once(&room, "Readers of *Public status page*");
    update(&bot, "alice", "Payments work again", &[]).await;
    let standing = page(&bot).await;
    assert_eq!(standing.page.status(&"pay".into()), ComponentStatus::Operational);
    assert_eq!(standing.posts[0].status, PostStatus::Resolved);
    assert!(incident(&bot).await.comms.open_posts().next().is_none());
}

/// The page is kept as files, which say the same; and the record alone says it too.
#[tokio::test]
async fn the_page_is_kept_as_files() {
    let dir = std::env::temp_dir().join(format!("watchroom-snapshot-{}", std::process::id()));
    let bot = Bot::with_status_page().await;
    bot.declare("alice", "sev2 checkout is down").await;
    update(&bot, "alice", "Some payments fail", &[("pay", ComponentStatus::PartialOutage)]).await;
    let standing = page(&bot).await;
    let settings = crate::harness::status_page();
    let now = jiff::Timestamp::from_second(bot.clock_second()).expect("a time");
    let written = snapshot::write(&dir, &standing, &settings, now).expect("written");
    let read = |path: &str| std::fs::read_to_string(dir.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    assert!(read("status/index.html").contains("Some payments fail."));
    assert!(read("api/v2/incidents/unresolved.json").contains("Some payments fail."));
    assert!(read(&format!("status/incidents/{}/index.html", standing.posts[0].id)).contains("Partial outage"));
    for path in ["status/history/index.html", "status/history/2026-11/index.html", "history.atom", "history.rss"] {
        read(path);
    }
    assert_eq!(written, 19);
    assert_eq!(snapshot::write(&dir, &standing, &settings, now).expect("written"), 0, "nothing changed");

    assert_eq!(of_record(&bot).await, *standing);
    std::fs::remove_dir_all(dir).expect("our own directory");
}
