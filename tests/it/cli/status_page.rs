//! `watchroom export --status-page DIR`.

use std::fs;

use watchroom::status::ComponentStatus;

use crate::{
    harness::{
        Bot,
        binary::{Place, SETTINGS},
        files_below,
    },
    story::status_page::update,
};

const PAGE: &str = "
[status_page]
name = 'Example'
url = 'https://status.example.com'
[[status_page.components]]
id = 'pay'
name = 'Payments'
";

#[tokio::test]
async fn the_page_is_written_from_the_record_alone() {
    let mut bot = Bot::with_status_page().await;
    let mut place = Place::new();
    place.keep_in(bot.config.data.clone());
    let dir = place.path("page");
    let export = || place.run(&["export".as_ref(), "--status-page".as_ref(), dir.as_os_str()]);
    let told = export().refused(2);
    assert!(told.contains("there is no status page; add `[status_page]`"), "{told}");
    assert!(!dir.exists(), "nothing is written");

    place.write("watchroom.toml", &format!("{SETTINGS}{PAGE}"));
    // Beside a bot, and before anything was said.
    assert!(export().fine().contains("files written below"));
    let read = |path: &str| fs::read_to_string(dir.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    assert!(read("status/index.html").contains("All systems operational"));
    assert!(files_below(&dir).iter().all(|(_, text)| !text.contains("1970-01-01")));

    bot.declare("alice", "sev2 checkout is down").await;
    update(&bot, "alice", "Some payments fail", &[("pay", ComponentStatus::PartialOutage)]).await;
    let id = bot.app().engine.status_page().await.expect("read").posts[0].id.clone();
    bot.crash().await;
    export().fine();
    for path in
        ["status/index.html", "api/v2/summary.json", "history.atom", &format!("status/incidents/{id}/index.html")]
    {
        assert!(read(path).contains("Some payments fail."), "{path}");
    }
    assert!(read("status/index.html").contains("Partial outage"));
    assert!(files_below(&dir).iter().all(|(_, text)| !text.contains("INC-1")));
}

#[test]
fn the_page_has_a_format_of_its_own() {
    let place = Place::new();
    place.write("watchroom.toml", &format!("{SETTINGS}{PAGE}"));
    for more in [["--format", "markdown"], ["--format", "jsonl"], ["--incident", "INC-1"]] {
        let told = place.run(&[&["export", "--status-page", "page"][..], &more].concat()).refused(2);
        assert!(told.contains("cannot be used with"), "{told}");
    }
    assert!(!place.path("page").exists());
    // A record that is not there is no page, and a place that cannot be written is told.
    place.run(&["export", "--status-page", "page"]).refused(1);
}
