//! A database instead of a directory.

use super::{Place, slack};
use crate::store::database::Database;

/// What is wrong with the address, or with the server behind it, is said where people look, without the password.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_the_database_is_said_plainly() {
    let slack = slack().await;
    let mut place = Place::beside(&slack);
    place.set("DATABASE_URL", "mysql://u:hunter2@db/room");
    let bad = place.run(&["check"]);
    assert!(bad.code != 0 && bad.err.contains("does not start with postgres://"), "{bad:?}");
    place.set("DATABASE_URL", "postgres://u:hunter2@127.0.0.1:1/room");
    place.run(&["check"]).fine();
    let said = [place.run(&["doctor"]), place.run(&["serve"]), place.run(&["verify"])];
    for ran in &said {
        assert_eq!(ran.code, 1, "{ran:?}");
        let all = format!("{}{}", ran.out, ran.err);
        assert!(all.contains("127.0.0.1:1/room cannot be reached"), "{all}");
        assert!(!all.contains("hunter2"), "{all}");
    }
    assert_eq!(place.run(&["backup", "copy"]).code, 2);
}

/// A record moves from the directory into a database and back, and every link holds.
#[tokio::test(flavor = "multi_thread")]
async fn a_record_moves_into_a_database_and_back() {
    let database = Database::new();
    let (_slack, mut place, bot) = super::at_work().await;
    bot.stop();
    let before = place.run(&["export"]).fine();
    let file = place.write("export.jsonl", &before);
    place.set("DATABASE_URL", &database.url());
    let empty = place.run(&["verify"]);
    assert!(empty.code == 1 && empty.err.contains("no record"), "{empty:?}");
    place.run(&["import", file.to_str().unwrap()]).fine();
    let twice = place.run(&["import", file.to_str().unwrap()]);
    assert!(twice.code == 1 && twice.err.contains("has a record already"), "{twice:?}");
    assert!(place.run(&["verify"]).fine().contains("every link holds"));
    assert_eq!(place.run(&["export"]).fine(), before);
    let markdown = place.run(&["export", "--format", "markdown"]).fine();
    assert!(markdown.contains("checkout is down"), "{markdown}");
    // The bot goes on there, and what it adds comes back too.
    place.serve().stop();
    let after = place.run(&["export"]).fine();
    assert!(place.run(&["doctor"]).out.contains("every link holds"));
    let file = place.write("export.jsonl", &after);
    place.set("DATABASE_URL", "");
    place.keep_in(place.path("record-again"));
    place.run(&["import", file.to_str().unwrap()]).fine();
    assert_eq!(place.run(&["export"]).fine(), after);
    assert!(place.run(&["verify"]).fine().contains("every link holds"));
}
