//! The last good copy of a calendar, beside the record: its text, and in another file what is known of it.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::people::Known;
use crate::{
    adapters::calendar::Edition, config::CalendarSource, paging::rota::Failing, store::journal::write_atomically,
};

/// The version that this release writes; a copy of another one is not read.
const VERSION: u8 = 1;

/// What is known of a calendar beside its text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    v: u8,
    /// A digest of the address: a copy of another calendar is none of this one.
    of: String,
    pub edition: Edition,
    pub fetched: Option<Timestamp>,
    pub changed: Option<Timestamp>,
    pub failing: Option<Failing>,
    /// Who Slack said that people are.
    pub people: Known,
}

/// Where the copy of one is.
#[derive(Clone, Debug)]
pub(super) struct Place {
    text: PathBuf,
    about: PathBuf,
}

impl Place {
    pub fn of(dir: &Path, source: &CalendarSource) -> Self {
        // Layers are called as people like.
        let layer = hex::encode(&Sha256::digest(&source.layer)[..6]);
        let file = |ending: &str| dir.join(format!("{}-{layer}.{ending}", source.schedule));
        Self { text: file("ics"), about: file("json") }
    }
}

/// The copy of the calendar with this digest; nothing, where there is none that can be used.
pub(super) fn load(place: &Place, of: &str) -> (Option<String>, Kept) {
    let none = Kept { v: VERSION, of: of.to_owned(), ..Kept::default() };
    let about = fs::read(&place.about).ok().and_then(|bytes| serde_json::from_slice::<Kept>(&bytes).ok());
    let Some(kept) = about.filter(|kept| (kept.v, kept.of.as_str()) == (VERSION, of)) else { return (None, none) };
    match fs::read_to_string(&place.text) {
        Ok(text) => (Some(text), kept),
        // It was never read; since when that fails is still to be known.
        Err(_) => (None, Kept { fetched: None, changed: None, ..kept }),
    }
}

/// Writes what is known, and the text where it is another.
pub(super) async fn save(place: Place, text: Option<Arc<str>>, kept: Kept) -> io::Result<()> {
    let write = move || {
        if let Some(dir) = place.about.parent() {
            fs::create_dir_all(dir)?;
        }
        if let Some(text) = text {
            write_atomically(&place.text, text.as_bytes())?;
        }
        write_atomically(&place.about, &serde_json::to_vec(&kept)?)
    };
    tokio::task::spawn_blocking(write).await.map_err(io::Error::other)?
}
