//! Walking all there is and checking all that can be checked.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    thread,
    time::Duration,
};

use super::{
    Damage, JournalError, Position, directory, files,
    run::Run,
    walk::{Entry, Walk},
};
use crate::{
    ids::StreamId,
    store::{chain::Head, place::Place, text::Texts},
};

/// A running server overwrites a text a moment after it wrote the order: so often one looks again.
const LOOKS: u32 = 10;
/// And after so long.
const LOOK_AGAIN: Duration = Duration::from_millis(30);

/// What a sound journal holds.
#[derive(Debug, Default)]
pub(super) struct Audit {
    pub end: Position,
    pub commits: u64,
    pub events: u64,
    pub heads: HashMap<StreamId, Head>,
    /// Events whose texts were ordered to be erased.
    pub erased: HashSet<(StreamId, u64)>,
    /// A last group that was never finished.
    pub unfinished: Option<Damage>,
    /// Events whose texts are not there, until the order to erase them is found.
    missing: HashMap<(StreamId, u64), Damage>,
}

impl Audit {
    /// Goes through the journal of the store in `store`.
    pub fn of(store: &Path) -> Result<Self, JournalError> {
        let dir = directory(store);
        if files::segments(&dir)?.is_empty() {
            return Err(JournalError::Missing(store.to_owned()));
        }
        let acknowledged = Run::read(store).unwrap_or_default().acknowledged;
        let mut audit = Self::walk(&dir)?;
        if audit.end.group < acknowledged.group {
            let short = Damage {
                why: format!("the journal ends here, but group {} was acknowledged", acknowledged.group),
                ..audit.here()
            };
            return Err(damaged(audit.unfinished.take().unwrap_or(short)));
        }
        audit.settle(&dir)?;
        Ok(audit)
    }

    /// The same of a journal in the making, in `dir` itself. It may have texts that were erased after they were copied, and
    /// the order behind them: they are erased here too.
    pub fn of_copy(dir: &Path) -> Result<Self, JournalError> {
        let audit = Self::walk(dir)?;
        let places: Vec<Place> = audit.still_there(dir)?.into_iter().map(|(place, _)| place).collect();
        super::erase(dir, &places).map_err(JournalError::io(dir))?;
        Ok(audit)
    }

    /// Waits a little until the last erasure is done.
    fn settle(&self, dir: &Path) -> Result<(), JournalError> {
        for look in 1.. {
            match self.still_there(dir)?.pop() {
                Some((_, damage)) if look == LOOKS => return Err(damaged(damage)),
                Some(_) => thread::sleep(LOOK_AGAIN),
                None => break,
            }
        }
        Ok(())
    }

    fn here(&self) -> Damage {
        Damage { segment: super::format::name(self.end.segment), line: 0, event: None, why: String::new(), last: false }
    }

    fn walk(dir: &Path) -> Result<Self, JournalError> {
        // A busy server may write faster than this reads: what it adds meanwhile is left out, unless the order for an
        // erasure that was seen is still to be found in it.
        let enough = files::length(dir)?;
        let mut walk = Walk::from(dir, Position::default())?;
        let mut audit = Self::default();
        while !audit.missing.is_empty() || (walk.at().segment, walk.at().offset) < enough {
            let group = match walk.next() {
                Ok(Some(group)) => group,
                Ok(None) => break,
                Err(JournalError::Damaged(damage)) if damage.last => {
                    audit.unfinished = Some(*damage);
                    break;
                }
                Err(error) => return Err(error),
            };
            if let Err(damage) = &group.sound
                && damage.last
            {
                audit.unfinished = Some(*damage.clone());
                break;
            }
            for entry in &group.commits {
                audit.add(&walk, entry)?;
            }
            // Said after the events were looked at: they name what is wrong better than a sum over all of them.
            group.sound.map_err(JournalError::Damaged)?;
            audit.end = group.end;
        }
        let missing = std::mem::take(&mut audit.missing);
        let Some(damage) = missing.into_values().next() else { return Ok(audit) };
        // An order is on disk before a text is overwritten: the group that cannot be read was no torn one.
        Err(damaged(audit.unfinished.take().unwrap_or(damage)))
    }

    fn add(&mut self, walk: &Walk, entry: &Entry) -> Result<(), JournalError> {
        self.commits += 1;
        for (fact, texts) in entry.facts.events.iter().zip(&entry.texts) {
            let event = &fact.recorded;
            let id = || (event.stream.clone(), event.seq);
            let head = self.heads.entry(event.stream.clone()).or_default();
            let next = head.next(&event.stream.to_string(), event.at, &fact.sealed.body);
            if (next.length, next.hash) != (event.seq, fact.hash) {
                let why = "the hash chain of its stream is broken here".to_owned();
                return Err(damaged(entry.broken(walk.dir(), id(), why)));
            }
            *head = next;
            self.events += 1;
            if matches!(texts, Texts::Blank | Texts::Torn) {
                let why = "its texts are not what was hashed, and nobody erased them".to_owned();
                self.missing.insert(id(), entry.broken(walk.dir(), id(), why));
            }
        }
        for erased in &entry.facts.erase {
            self.missing.remove(erased);
            self.erased.insert(erased.clone());
        }
        Ok(())
    }

    /// The texts that are still there, wholly or in part, although they were to be erased.
    fn still_there(&self, dir: &Path) -> Result<Vec<(Place, Damage)>, JournalError> {
        let mut found = Vec::new();
        if self.erased.is_empty() {
            return Ok(found);
        }
        let mut walk = Walk::from(dir, Position::default())?;
        while let Some(group) = until(&mut walk, &self.end)? {
            for entry in &group.commits {
                for (fact, texts) in entry.facts.events.iter().zip(&entry.texts) {
                    let event = (fact.recorded.stream.clone(), fact.recorded.seq);
                    if fact.place.texts_len > 0 && *texts != Texts::Blank && self.erased.contains(&event) {
                        let why = "its texts were erased, but are still there; a start of the server finishes that";
                        found.push((fact.place, entry.broken(dir, event, why.to_owned())));
                    }
                }
            }
        }
        Ok(found)
    }
}

/// The next group up to `end`, which was found sound before.
pub(super) fn until(walk: &mut Walk, end: &Position) -> Result<Option<super::walk::Group>, JournalError> {
    if walk.at().group >= end.group {
        return Ok(None);
    }
    let Some(group) = walk.next()? else { return Ok(None) };
    match group.sound {
        Ok(()) => Ok(Some(group)),
        Err(damage) => Err(JournalError::Damaged(damage)),
    }
}

fn damaged(damage: Damage) -> JournalError {
    JournalError::Damaged(Box::new(damage))
}
