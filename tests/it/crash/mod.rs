//! The whole bot, as people run it, killed, cut from power and out of space: nothing that was answered is lost, and people
//! see everything that follows from it, once. Slack is simulated and survives.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod check;
mod load;
mod mortal;
mod process;
mod subscribers;
mod victim;

use std::{fs, time::Duration};

use watchroom::sandbox::Handle;

use self::{check::check, load::Told};
use crate::{
    harness::binary::{Place, Served, eventually, slack},
    store::{
        crash::{Mount, cannot, fill_up, restarted, stop, variable},
        kit::Dice,
    },
};

/// How often the bot is killed at random. The variable `WATCHROOM_BOT_CRASH_ROUNDS` asks for more:
/// `WATCHROOM_BOT_CRASH_ROUNDS=1000 cargo test --test it kill_9`.
const ROUNDS: u64 = 30;
/// So many rounds share a record and a Slack before everything is looked at.
const LIFE: u64 = 10;

/// Starts the bot, has people work, and after a moment does `then` to it.
async fn interrupt(place: &Place, slack: &Handle, told: &mut Told, after: Duration, then: impl FnOnce(&mut Served)) {
    let mut bot = place.serve();
    slack.set_bot_url(&bot.url);
    let kill = async {
        tokio::time::sleep(after).await;
        then(&mut bot);
    };
    tokio::join!(told.work(slack), kill);
}

/// Starts the bot for good and waits until it has done everything.
async fn recover(place: &Place, slack: &Handle) -> Served {
    let bot = place.serve();
    slack.set_bot_url(&bot.url);
    bot.settle(slack).await;
    bot
}

/// `kill -9` at random under load, now and then with sled's directory gone or broken.
#[tokio::test(flavor = "multi_thread")]
async fn kill_9_at_random_loses_and_doubles_nothing() {
    let rounds = variable("WATCHROOM_BOT_CRASH_ROUNDS").map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    let mut dice = Dice::new();
    let mut left = rounds;
    while left > 0 {
        let slack = slack().await;
        let (place, mut told) = (Place::beside(&slack), Told::default());
        for _ in 0..left.min(LIFE) {
            let after = Duration::from_millis(dice.below(700));
            interrupt(&place, &slack, &mut told, after, Served::kill).await;
            if dice.below(6) == 0 {
                fs::remove_dir_all(place.data().join("sled")).unwrap();
            }
        }
        left = left.saturating_sub(LIFE);
        let bot = recover(&place, &slack).await;
        // What is asked of it now is answered, so that there is something to look at.
        told.work(&slack).await;
        bot.settle(&slack).await;
        check(&place, &slack, &told);
        eprintln!("{} declared, {} noted, {} unanswered", told.declared.len(), told.noted.len(), told.unanswered);
    }
}

/// sled is only a copy: without it, and with nonsense in its place, the bot makes it anew and goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_crash_that_takes_sled_along_is_mended() {
    let slack = slack().await;
    let (place, mut told) = (Place::beside(&slack), Told::default());
    let sled = place.data().join("sled");
    for round in 0..3 {
        let mut bot = recover(&place, &slack).await;
        told.work(&slack).await;
        bot.settle(&slack).await;
        bot.kill();
        match round {
            0 => fs::remove_dir_all(&sled).unwrap(),
            1 => fs::write(sled.join("db"), "nonsense").unwrap(),
            _ => {}
        }
    }
    let _bot = recover(&place, &slack).await;
    assert_eq!((told.declared.len(), told.unanswered), (3, 0));
    check(&place, &slack, &told);
}

/// Power is cut under load: what was not synced is gone, and nothing that was answered.
#[tokio::test(flavor = "multi_thread")]
async fn power_cut_of_the_whole_bot_loses_nothing() {
    let slack = slack().await;
    let (mut place, mut told, mut dice) = (Place::beside(&slack), Told::default(), Dice::new());
    let (image, at) = (place.path("disk"), place.path("mount"));
    place.keep_in(at.join("record"));
    fs::File::create(&image).unwrap().set_len(160 << 20).unwrap();
    if let Err(why) = Mount::run("mkfs.ext4", &["-q", "-F", image.to_str().unwrap()]) {
        return cannot("cutting power", &why);
    }
    for _ in 0..2 {
        let mount = match Mount::image(&image, &at) {
            Err(why) => return cannot("cutting power", &why),
            Ok(mount) => mount,
        };
        let after = Duration::from_millis(dice.below(1200));
        interrupt(&place, &slack, &mut told, after, |bot| {
            stop(&bot.child);
            mount.cut_power().unwrap();
            bot.kill();
        })
        .await;
        drop(mount);
        let _mount = Mount::image(&image, &at).unwrap();
        restarted(place.data());
    }
    let _mount = Mount::image(&image, &at).unwrap();
    let bot = recover(&place, &slack).await;
    told.work(&slack).await;
    bot.settle(&slack).await;
    check(&place, &slack, &told);
    drop(bot);
}

/// A full disk: people are told in a plain sentence, nothing answered is lost, and it goes on when there is space again.
#[tokio::test(flavor = "multi_thread")]
async fn disk_full_is_told_and_goes_on() {
    let slack = slack().await;
    let (mut place, mut told) = (Place::beside(&slack), Told::default());
    let at = place.path("mount");
    let _mount = match Mount::tmpfs(&at, "128m") {
        Err(why) => return cannot("filling a disk", &why),
        Ok(mount) => mount,
    };
    place.keep_in(at.join("record"));
    let bot = recover(&place, &slack).await;
    told.work(&slack).await;
    let filler = fill_up(&at, 8 << 20);
    let alice = slack.act_as("alice");
    eventually("the full disk is noticed", async || bot.get("/readyz").await.0 == 503).await;
    let full = alice.slash("general", "/incident declare sev1 too late").await.unwrap().expect_ok();
    assert!(full.text.contains("Nothing was changed: the disk that holds the record is full"), "{}", full.text);
    let (status, why) = bot.get("/readyz").await;
    assert!(status == 503 && why.contains("the disk that holds the record is full"), "{status} {why}");
    assert_eq!(bot.get("/healthz").await.0, 200, "it lives");
    let shown = alice.slash("general", "/incident show INC-1").await.unwrap().expect_ok();
    assert!(shown.text.contains("shop 1 end") || shown.blocks.to_string().contains("shop 1 end"), "{shown:?}");
    fs::remove_file(filler).unwrap();
    eventually("the space is noticed", async || bot.get("/readyz").await.0 == 200).await;
    told.work(&slack).await;
    bot.settle(&slack).await;
    assert_eq!((told.declared.len(), told.unanswered), (2, 0));
    check(&place, &slack, &told);
    assert!(!slack.channels().iter().any(|c| c.name.contains("too-late")), "what was refused did not happen");
    drop(bot);
}
