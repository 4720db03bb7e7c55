//! One calendar: fetched, read, and ready to be asked.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::{
    keep::{self, Kept, Place},
    people::People,
};
use crate::{
    adapters::calendar::{Fetched, Fetcher},
    config::{Address, CalendarSource},
    paging::{
        ical::{self, Finding},
        rota::{Failing, Feed, Missed},
        schedule::{HORIZON, Imported, Named, Planned, Zone},
    },
};

/// Shifts that ended so long ago are not known.
const BACK: SignedDuration = SignedDuration::from_hours(40 * 24);
/// Shifts are known a little further ahead than anybody looks.
const BEYOND: SignedDuration = SignedDuration::from_hours(24);
/// So many shifts of one calendar count.
const MOST: usize = 20_000;

/// A calendar as far as it is known.
#[derive(Debug)]
pub struct Calendar {
    source: CalendarSource,
    zone: Zone,
    place: Place,
    /// The last good copy.
    text: Option<Arc<str>>,
    kept: Kept,
    /// It is another than the one on disk.
    is_new: bool,
    /// It could not be read since then, until just now, and nobody was told of its end.
    recovered: Option<Timestamp>,
}

impl Calendar {
    /// With the last good copy in this directory, if there is one of this very address.
    pub(super) fn open(source: CalendarSource, zone: Zone, dir: &Path) -> Self {
        let (of, place) = (digest(&source.address), Place::of(dir, &source));
        let (text, kept) = keep::load(&place, &of);
        Self { source, zone, place, text: text.map(Arc::from), kept, is_new: false, recovered: None }
    }

    /// What it is of, and where it is.
    #[must_use]
    pub const fn source(&self) -> &CalendarSource {
        &self.source
    }

    /// Is it the same calendar, read in the same way?
    pub(super) fn is(&self, other: &Self) -> bool {
        let place = |source: &CalendarSource| (source.schedule.clone(), source.layer.clone(), source.address.clone());
        place(&self.source) == place(&other.source) && self.zone == other.zone
    }

    /// From now on it is fetched as this says.
    pub(super) fn fetch_as(&mut self, source: CalendarSource) {
        self.source = source;
    }

    /// Since when it could not be read, where it was just now and nobody heard of that.
    pub(super) const fn recovered(&self) -> Option<Timestamp> {
        self.recovered
    }

    /// Everything about it was told.
    pub(super) const fn is_told(&mut self) {
        self.recovered = None;
    }

    /// Fetches it. Where that fails, the last good copy stays.
    pub async fn fetch(&mut self, fetcher: &Fetcher, now: Timestamp) {
        let known = self.text.as_ref().map(|_| &self.kept.edition);
        let fetched = match fetcher.fetch(&self.source, known).await {
            Ok(Fetched::Same) => Ok(()),
            Ok(Fetched::Text(text, edition)) => self.take(text, now).await.map(|()| self.kept.edition = edition),
            Err(why) => Err(why),
        };
        match fetched {
            Ok(()) => {
                self.kept.fetched = Some(now);
                let failing = self.kept.failing.take();
                self.recovered = failing.map(|failing| failing.since).or(self.recovered);
            }
            Err(why) => {
                let since = self.kept.failing.as_ref().map_or(now, |failing| failing.since);
                self.kept.failing = Some(Failing { since, why });
            }
        }
    }

    /// Takes a text in the place of the one that is here, if it is a calendar and whole.
    async fn take(&mut self, text: String, now: Timestamp) -> Result<(), Missed> {
        if self.text.as_deref() == Some(text.as_str()) {
            return Ok(());
        }
        let text: Arc<str> = text.into();
        let read = self.read(&text, now).await;
        let faults = read.findings.iter().filter_map(|finding| match finding {
            Finding::TooLarge => Some(Missed::TooLarge),
            Finding::NoCalendar => Some(Missed::NoCalendar),
            Finding::CutShort => Some(Missed::CutShort),
            Finding::TooMuch | Finding::Event { .. } => None,
        });
        if let Some(fault) = faults.into_iter().next() {
            return Err(fault);
        }
        (self.text, self.kept.changed, self.is_new) = (Some(text), Some(now), true);
        Ok(())
    }

    async fn read(&self, text: &Arc<str>, now: Timestamp) -> ical::Imported {
        let from = now.saturating_sub(BACK).unwrap_or(Timestamp::MIN);
        let until = now.saturating_add(HORIZON + BEYOND).unwrap_or(Timestamp::MAX);
        let (text, zone) = (Arc::clone(text), self.zone.clone());
        let read = tokio::task::spawn_blocking(move || ical::read(&text, &zone, &(from..until))).await;
        read.unwrap_or_else(|_panic| ical::Imported { findings: vec![Finding::NoCalendar], ..Default::default() })
    }

    /// What it says as it stands here, with its names matched to people.
    pub async fn feed(&mut self, people: &People<'_>, now: Timestamp) -> Feed {
        let mut read = match self.text.clone() {
            Some(text) => self.read(&text, now).await,
            None => ical::Imported::default(),
        };
        if read.shifts.len() > MOST {
            read.shifts.truncate(MOST);
            read.findings.insert(0, Finding::TooMuch);
        }
        let is_over = |shift: &&ical::Shift| shift.until <= now;
        let (mut seen, mut names) = (BTreeSet::new(), Vec::new());
        // Those who have a shift next are looked up first.
        for shift in read.shifts.iter().filter(|s| !is_over(s)).chain(read.shifts.iter().filter(is_over)) {
            if seen.insert(shift.who.as_str()) {
                names.push(shift.who.as_str());
            }
        }
        let found = people.find(&names, &mut self.kept.people, now).await;
        let planned = |shift: &ical::Shift| {
            let who = found.known.get(&shift.who).cloned();
            let who = who.map_or_else(|| Named::Stranger(shift.who.clone()), Named::Person);
            Planned { from: shift.from, until: shift.until, who, level: shift.level }
        };
        let shifts: Vec<Planned> = read.shifts.iter().map(planned).collect();
        let coming: BTreeSet<&str> = read.shifts.iter().filter(|s| !is_over(s)).map(|s| s.who.as_str()).collect();
        let strangers = coming.into_iter().filter(|name| found.unknown.contains(*name)).map(str::to_owned);
        Feed {
            layer: self.source.layer.clone(),
            imported: Arc::new(Imported::new(&shifts)),
            fetched: self.kept.fetched,
            changed: self.kept.changed,
            failing: self.kept.failing.clone(),
            strangers: strangers.collect(),
            findings: read.findings,
            untold: read.untold,
        }
    }

    /// Keeps what is known for the next start.
    pub(super) async fn keep(&mut self) {
        let text = self.text.clone().filter(|_| self.is_new);
        let kept = keep::save(self.place.clone(), text, self.kept.clone()).await;
        match kept {
            Ok(()) => self.is_new = false,
            Err(error) => {
                tracing::warn!(schedule = %self.source.schedule, %error, "the copy of a calendar was not kept; tried again");
            }
        }
    }
}

/// What tells one address from another, without being it.
fn digest(address: &Address) -> String {
    let digest = match address {
        Address::Web(secret) => Sha256::digest(secret.expose()),
        Address::File(path) => Sha256::digest(path.as_os_str().as_encoded_bytes()),
    };
    hex::encode(digest)
}
