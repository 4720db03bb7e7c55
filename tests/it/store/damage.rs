//! Damaged files: found, named, and never taken for the truth.

use std::{
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use watchroom::store::{
    Store,
    journal::{self, Damage, JournalError},
    sled::{OpenError, SledStore},
};

use super::kit::{Counting, Dice, Dir, appending, copy, everything, files, filled, inc, note, open, options};

fn verify(dir: &Path) -> Result<(), Damage> {
    match journal::verify(dir) {
        Ok(verified) => {
            assert_eq!(verified.unfinished, None, "what was acknowledged is never called unfinished");
            Ok(())
        }
        Err(JournalError::Damaged(damage)) => Err(*damage),
        Err(other) => panic!("{other}"),
    }
}

/// A copy of the store in `dir` without its database, so that a start must read the whole journal.
fn journal_alone(dir: &Path) -> Dir {
    let alone = Dir::new();
    copy(dir, alone.path());
    fs::remove_dir_all(alone.path().join("sled")).unwrap();
    alone
}

/// One flipped byte anywhere in the journal, also in its last segment and in erased texts, is found and named.
#[tokio::test]
async fn one_flipped_byte_is_found_and_named() {
    let dir = Dir::new();
    filled(dir.path()).await;
    verify(dir.path()).unwrap();
    let segments = files(&dir.path().join("journal"));
    assert!(segments.len() > 4, "several segments");
    let mut dice = Dice::new();
    for (nth, segment) in segments.iter().enumerate() {
        let sound = fs::read(segment).unwrap();
        // Closely in the first segment, which has a line of every kind, and the last, whose end is like a crash's; other
        // bytes in each run.
        let step = if nth == 0 || nth + 1 == segments.len() { 4 } else { 43 };
        for at in (usize::try_from(dice.below(step)).unwrap()..sound.len()).step_by(usize::try_from(step).unwrap()) {
            let mut damaged = sound.clone();
            damaged[at] ^= 1 << dice.below(8);
            fs::write(segment, &damaged).unwrap();
            let Err(found) = verify(dir.path()) else { panic!("byte {at} of {} went unnoticed", segment.display()) };
            assert_eq!(found.segment, segment.file_name().unwrap().to_str().unwrap(), "byte {at}: {found}");
            let line = sound[..at].split(|&b| b == b'\n').count() as u64;
            // A commit's texts, and its group's sum, belong to lines of their own.
            assert!(found.line.abs_diff(line) <= 4, "byte {at} in line {line}: {found}");
        }
        fs::write(segment, &sound).unwrap();
    }
    verify(dir.path()).unwrap();
}

/// A changed word in an event's body is named with its stream and place.
#[tokio::test]
async fn a_broken_link_is_named_by_stream_and_place() {
    let dir = Dir::new();
    filled(dir.path()).await;
    let segment = &files(&dir.path().join("journal"))[1];
    let text = fs::read_to_string(segment).unwrap();
    fs::write(segment, text.replacen("\"kind\":\"note\"", "\"kind\":\"nose\"", 1)).unwrap();
    let found = verify(dir.path()).unwrap_err();
    let (stream, seq) = found.event.clone().unwrap();
    assert_eq!((stream, found.segment.as_str()), (inc(1), "00000002.jsonl"));
    assert!(seq > 1 && found.line > 1);
    assert!(found.to_string().contains(&format!("event {seq} of inc/INC-1")), "{found}");
}

/// A start that needs the damaged part refuses, says where and what to do, and changes nothing.
#[tokio::test]
async fn a_start_on_a_damaged_journal_is_refused() {
    let dir = Dir::new();
    filled(dir.path()).await;
    let alone = journal_alone(dir.path());
    let segments = files(&alone.path().join("journal"));
    for segment in [&segments[0], segments.last().unwrap()] {
        let sound = fs::read(segment).unwrap();
        for at in (0..sound.len()).step_by(sound.len() / 40) {
            let mut damaged = sound.clone();
            damaged[at] ^= 0x04;
            fs::write(segment, &damaged).unwrap();
            let refused = match open(alone.path()) {
                Err(refused) => refused,
                // In the blank of an erased text a byte does no harm: it is erased again.
                Ok(_) if sound[at] == b' ' && fs::read(segment).unwrap() == sound => continue,
                Ok(_) => panic!("byte {at} of {}", segment.display()),
            };
            let name = segment.file_name().unwrap().to_str().unwrap();
            let said = refused.to_string();
            assert!(said.contains(name) && said.contains("restore"), "byte {at}: {said}");
            assert_eq!(fs::read(segment).unwrap(), damaged);
        }
        fs::write(segment, &sound).unwrap();
    }
}

/// What a crash leaves of its last group is cut off whole, at whatever byte it ends and whatever it holds.
#[tokio::test]
async fn a_torn_last_group_is_cut_off() {
    let dir = Dir::new();
    {
        let store = open(dir.path()).unwrap();
        for text in ["one", "two"] {
            store.commit(appending(vec![note(&inc(1), text)])).await.unwrap();
        }
    }
    fs::remove_dir_all(dir.path().join("sled")).unwrap();
    let segment = dir.path().join("journal/00000001.jsonl");
    let whole = fs::read(&segment).unwrap();
    let second = whole.windows(11).rposition(|bytes| bytes == b"{\"group\":2}").unwrap();
    let mut dice = Dice::new();
    for end in second + 1..whole.len() {
        let mut torn = whole.clone();
        match dice.below(3) {
            0 => torn.truncate(end),
            1 => torn[end..].fill(0),
            _ => torn[second..end].fill(0),
        }
        let crashed = Dir::new();
        fs::create_dir_all(crashed.path().join("journal")).unwrap();
        fs::write(crashed.path().join("journal/00000001.jsonl"), &torn).unwrap();
        assert!(journal::verify(crashed.path()).unwrap().unfinished.is_some());
        let store = open(crashed.path()).unwrap();
        assert_eq!(store.length(&inc(1)).await.unwrap(), 1, "cut at {end}");
        store.commit(appending(vec![note(&inc(1), "again")])).await.unwrap();
        drop(store);
        assert_eq!(journal::verify(crashed.path()).unwrap().events, 2);
    }
}

/// Ahead of its end the journal is filled with what means nothing to whoever reads it. A crash leaves it there, a clean stop
/// does not.
#[tokio::test]
async fn what_is_filled_ahead_means_nothing() {
    let (dir, killed, kept) = (Dir::new(), Dir::new(), Dir::new());
    let segment = |dir: &Dir| dir.path().join("journal/00000001.jsonl");
    let store = open(dir.path()).unwrap();
    store.commit(appending(vec![note(&inc(1), "one")])).await.unwrap();
    assert_eq!(fs::read(segment(&dir)).unwrap().last(), Some(&0));
    verify(dir.path()).unwrap();
    journal::backup(dir.path(), kept.path()).unwrap();
    copy(&dir.path().join("journal"), &killed.path().join("journal"));
    store.close().await;
    drop(store);
    let stopped = fs::read(segment(&dir)).unwrap();
    assert_eq!(stopped.last(), Some(&b'\n'));
    assert_eq!(fs::read(segment(&kept)).unwrap(), stopped);

    let store = open(killed.path()).unwrap();
    assert_eq!(store.length(&inc(1)).await.unwrap(), 1);
    store.commit(appending(vec![note(&inc(1), "two")])).await.unwrap();
    store.close().await;
    assert_eq!(journal::verify(killed.path()).unwrap().events, 2);

    // Where something was acknowledged, nothing is a loss.
    let group = stopped.windows(11).rposition(|bytes| bytes == b"{\"group\":1}").unwrap();
    let mut lost = stopped;
    lost[group..].fill(0);
    fs::write(segment(&dir), lost).unwrap();
    let refused = open(dir.path()).unwrap_err();
    assert!(matches!(refused, OpenError::Short { .. }), "{refused}");
}

/// While a segment is written the next one is made ready, and taken when its turn comes. What a crash leaves of that is
/// removed, and a clean stop leaves nothing.
#[tokio::test]
async fn a_segment_that_was_made_ready_is_taken() {
    let (dir, killed) = (Dir::new(), Dir::new());
    let spare = |dir: &Dir| dir.path().join("journal/spare");
    let long = || fs::metadata(spare(&dir)).is_ok_and(|found| found.len() == options().segment_bytes);
    let segments = || files(&dir.path().join("journal")).len();
    let store = open(dir.path()).unwrap();
    let mut notes = 0;
    let mut crowd = async |store: &SledStore| {
        notes += 1;
        store.commit(appending(vec![note(&inc(1), &"words ".repeat(100))])).await.unwrap();
    };
    // It is ready some time after it is as long as it will be.
    let taken = loop {
        while !long() {
            crowd(&store).await;
        }
        copy(&dir.path().join("journal"), &killed.path().join("journal"));
        let before = segments();
        while spare(&dir).exists() && segments() == before {
            crowd(&store).await;
        }
        let last = files(&dir.path().join("journal")).into_iter().rfind(|path| *path != spare(&dir)).unwrap();
        if fs::metadata(&last).unwrap().len() == options().segment_bytes {
            break last;
        }
    };
    assert_eq!(fs::read(&taken).unwrap().last(), Some(&0));
    crowd(&store).await;
    assert_eq!(journal::verify(dir.path()).unwrap().events, notes);
    store.close().await;
    drop(store);
    assert!(!spare(&dir).exists());
    assert_eq!(fs::read(&taken).unwrap().last(), Some(&b'\n'));
    assert_eq!(journal::verify(dir.path()).unwrap().events, notes);

    assert!(spare(&killed).exists());
    let store = open(killed.path()).unwrap();
    assert!(!spare(&killed).exists());
    store.commit(appending(vec![note(&inc(2), "goes on")])).await.unwrap();
    store.close().await;
    journal::verify(killed.path()).unwrap();
}

/// A segment for which there is no space is given up at once: what there is of it does not wait for the next one.
#[tokio::test]
async fn a_segment_that_cannot_be_made_ready_leaves_nothing() {
    let dir = Dir::new();
    let journal = dir.path().join("journal");
    let (first, second, spare) =
        (journal.join("00000001.jsonl"), journal.join("00000002.jsonl"), journal.join("spare"));
    let store = open(dir.path()).unwrap();
    // Whatever is written there finds no space.
    std::os::unix::fs::symlink("/dev/full", &spare).unwrap();
    let mut notes = 0;
    let mut crowd = async || {
        notes += 1;
        store.commit(appending(vec![note(&inc(1), &"words ".repeat(100))])).await.unwrap();
    };
    let written = || fs::read(&first).unwrap_or_default().iter().take_while(|byte| **byte != 0).count() as u64;
    while written() <= options().segment_bytes / 2 {
        crowd().await;
    }
    let since = Instant::now();
    while spare.is_symlink() {
        assert!(since.elapsed() < Duration::from_secs(20), "it is kept until the next segment");
        tokio::task::yield_now().await;
    }
    assert!(!second.exists(), "the next segment is not there yet");
    while !second.exists() {
        crowd().await;
    }
    assert_eq!(journal::verify(dir.path()).unwrap().events, notes);
}

/// A crash while a segment is made leaves nothing in the way.
#[tokio::test]
async fn a_torn_new_segment_is_cut_off() {
    for torn in ["", "{\"watchroom_jour", "\0\0\0\0\0\0"] {
        let dir = Dir::new();
        {
            let store = open(dir.path()).unwrap();
            store.commit(appending(vec![note(&inc(1), "one")])).await.unwrap();
        }
        fs::write(dir.path().join("journal/00000002.jsonl"), torn).unwrap();
        let store = open(dir.path()).unwrap();
        store.commit(appending(vec![note(&inc(1), "two")])).await.unwrap();
        drop(store);
        assert_eq!(journal::verify(dir.path()).unwrap().events, 2, "{torn:?}");
    }
}

/// A missing file is never a shorter record.
#[tokio::test]
async fn missing_segments_are_missed() {
    let dir = Dir::new();
    filled(dir.path()).await;
    let count = files(&dir.path().join("journal")).len();
    for keep_sled in [true, false] {
        for nth in 0..count {
            let copied = if keep_sled { Dir::new() } else { journal_alone(dir.path()) };
            if keep_sled {
                copy(dir.path(), copied.path());
            }
            fs::remove_file(&files(&copied.path().join("journal"))[nth]).unwrap();
            verify(copied.path()).unwrap_err();
            if !keep_sled || nth + 1 == count {
                let said = open(copied.path()).unwrap_err().to_string();
                assert!(said.contains("restore"), "{said}");
            }
        }
    }
    // All of it gone: sled remembers that there was something.
    fs::remove_dir_all(dir.path().join("journal")).unwrap();
    fs::remove_file(dir.path().join("run.json")).unwrap();
    assert!(matches!(open(dir.path()), Err(OpenError::Short { .. })));
}

/// The database deleted, truncated or corrupted at random: rebuilt or refused with a sentence, never less than before.
#[tokio::test]
async fn a_damaged_database_is_rebuilt() {
    let dir = Dir::new();
    let before = filled(dir.path()).await;
    let mut dice = Dice::new();
    for round in 0..40 {
        let copied = Dir::new();
        copy(dir.path(), copied.path());
        if round % 2 == 0 {
            // As after a crash.
            fs::write(copied.path().join("run.json"), "{}").unwrap();
        }
        let sled = copied.path().join("sled");
        match round % 5 {
            0 => fs::remove_dir_all(&sled).unwrap(),
            1 => {
                let all: Vec<_> = files(&sled).into_iter().filter(|file| file.is_file()).collect();
                fs::remove_file(&all[usize::try_from(dice.below(all.len() as u64)).unwrap()]).unwrap();
            }
            2 => fs::OpenOptions::new().write(true).open(sled.join("db")).unwrap().set_len(dice.below(60_000)).unwrap(),
            _ => {
                let all: Vec<_> = files(&sled).into_iter().filter(|file| file.is_file()).collect();
                let any = all[usize::try_from(dice.below(all.len() as u64)).unwrap()].clone();
                let file = if dice.below(4) == 0 { any } else { sled.join("db") };
                let mut bytes = fs::read(&file).unwrap();
                let used = bytes.iter().rposition(|&b| b != 0).unwrap_or(0) as u64 + 1;
                for _ in 0..=dice.below(20) {
                    bytes[usize::try_from(dice.below(used)).unwrap()] ^= 1 << dice.below(8);
                }
                fs::write(&file, bytes).unwrap();
            }
        }
        let store = open(copied.path()).unwrap();
        let after = match everything(&store).await {
            Ok(after) => after,
            Err(error) => {
                assert!(error.to_string().contains("a restart rebuilds"), "{error}");
                assert!(store.commit(appending(vec![])).await.is_err(), "a store that cannot be read does not write");
                drop(store);
                everything(&open(copied.path()).unwrap()).await.unwrap()
            }
        };
        assert_eq!(after, before, "round {round}");
    }
}

/// Documents are made anew when the projector changes or the machine was restarted without a clean stop.
#[tokio::test]
async fn the_database_is_made_anew_when_it_is_in_doubt() {
    let dir = Dir::new();
    let before = filled(dir.path()).await;
    let reopened = |version| SledStore::open(dir.path(), Arc::new(Counting(version)), options());
    drop(reopened(2).unwrap());
    assert!(dir.path().join("sled.old").exists(), "another projector");
    let store = reopened(2).unwrap();
    assert_eq!(everything(&store).await.unwrap(), before);
    store.close().await;
    drop(store);
    assert!(!dir.path().join("sled.old").exists(), "a clean stop puts away what was set aside");
    drop(reopened(2).unwrap());
    assert!(!dir.path().join("sled.old").exists(), "nothing was in doubt");
    fs::write(dir.path().join("run.json"), r#"{"boot":"another","clean":false}"#).unwrap();
    let store = reopened(2).unwrap();
    assert!(dir.path().join("sled.old").exists(), "another boot");
    assert_eq!(everything(&store).await.unwrap(), before);
}

/// An erasure that was interrupted is finished by the next start, and is no damage.
#[tokio::test]
async fn an_interrupted_erasure_is_finished() {
    let dir = Dir::new();
    {
        let store = open(dir.path()).unwrap();
        store.commit(appending(vec![note(&inc(1), "a secret that goes")])).await.unwrap();
    }
    let segment = dir.path().join("journal/00000001.jsonl");
    let with_words = fs::read(&segment).unwrap();
    {
        let store = open(dir.path()).unwrap();
        store.commit(watchroom::store::Commit { erase: vec![(inc(1), 1)], ..appending(vec![]) }).await.unwrap();
    }
    let mut torn = fs::read(&segment).unwrap();
    let blank = torn.windows(9).position(|bytes| bytes == [b' '; 9]).unwrap();
    for half in [9, 30] {
        torn[blank + half..with_words.len().min(blank + 45)].copy_from_slice(&with_words[blank + half..][..45 - half]);
        let crashed = Dir::new();
        fs::create_dir_all(crashed.path().join("journal")).unwrap();
        fs::write(crashed.path().join("journal/00000001.jsonl"), &torn).unwrap();
        assert!(matches!(journal::verify(crashed.path()), Err(JournalError::Damaged(_))));
        let store = open(crashed.path()).unwrap();
        assert!(store.events(&inc(1), 1, 1).await.unwrap()[0].body["text"]["$text"].is_null());
        drop(store);
        assert_eq!(journal::verify(crashed.path()).unwrap().erased, 1);
    }
}

/// A text that somebody blanked without an order is damage, for the start as for `verify`.
#[tokio::test]
async fn a_text_blanked_by_hand_is_found() {
    let dir = Dir::new();
    filled(dir.path()).await;
    let alone = journal_alone(dir.path());
    let segment = alone.path().join("journal/00000001.jsonl");
    let mut bytes = fs::read(&segment).unwrap();
    let start = bytes.windows(3).position(|three| three == b"\n[[").unwrap() + 1;
    let end = start + bytes[start..].iter().position(|&b| b == b'\n').unwrap();
    bytes[start..end].fill(b' ');
    fs::write(&segment, bytes).unwrap();
    assert_eq!(verify(alone.path()).unwrap_err().event, Some((inc(1), 1)));
    assert!(matches!(open(alone.path()), Err(OpenError::Damaged { .. })));
}

/// A second process is told so in a sentence.
#[tokio::test]
async fn a_second_opener_is_told() {
    let dir = Dir::new();
    let _first = open(dir.path()).unwrap();
    let said = open(dir.path()).unwrap_err().to_string();
    assert!(said.contains("in use by another watchroom process"), "{said}");
}

/// A journal of a later format is refused by name.
#[tokio::test]
async fn a_later_format_is_refused() {
    let dir = Dir::new();
    filled(dir.path()).await;
    let alone = journal_alone(dir.path());
    let segment = alone.path().join("journal/00000001.jsonl");
    let text = fs::read_to_string(&segment).unwrap();
    fs::write(&segment, text.replacen("\"watchroom_journal\":1", "\"watchroom_journal\":2", 1)).unwrap();
    let said = open(alone.path()).unwrap_err().to_string();
    assert!(said.contains("format 2"), "{said}");
}
