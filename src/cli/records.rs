//! `watchroom export`, `import`, `verify`, `backup`, `restore`: the record, without a server.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use super::{ExportArguments, Failure, Format, load, say};
use crate::{
    clock::{Clock as _, SystemClock},
    config::Config,
    engine::{first_stream, status_stream},
    ids::StreamId,
    incident::Event,
    render,
    status::{Posted, Standing},
    store::{
        AtRest, RestError,
        journal::{self, JournalError},
    },
    web::snapshot,
};

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        Self::Check(error.to_string())
    }
}

impl From<RestError> for Failure {
    fn from(error: RestError) -> Self {
        Self::Check(error.to_string())
    }
}

pub(super) fn export(path: Option<&Path>, arguments: &ExportArguments) -> Result<(), Failure> {
    let config = load(path)?;
    if let Some(dir) = &arguments.status_page {
        return status_page(&config, dir);
    }
    let record = config.record();
    let only = arguments.incident.map(StreamId::Incident);
    let mut out = BufWriter::new(io::stdout());
    let written = match arguments.format {
        Format::Jsonl => {
            let exported = record.export(only.as_ref(), &mut out)?;
            out.flush().map(|()| exported.events)
        }
        Format::Markdown => markdown(&record, only.as_ref(), out)?,
    };
    match (written, &arguments.incident) {
        (Ok(0), Some(id)) => Err(Failure::Check(format!("there is no {id} in {record}"))),
        (Ok(_), _) => Ok(()),
        // Whoever read us has read enough (`… | head`).
        (Err(e), _) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        (Err(e), _) => Err(Failure::Check(format!("cannot write to standard output: {e}"))),
    }
}

/// The public page as files, as the record has it.
fn status_page(config: &Config, dir: &Path) -> Result<(), Failure> {
    let none = || Failure::Usage("there is no status page; add `[status_page]` with a `name` to watchroom.toml".into());
    let settings = config.settings.status_page.as_ref().ok_or_else(none)?;
    let (mut facts, mut since) = (Vec::new(), None);
    for recorded in config.record().read(|stream| [status_stream(), first_stream()].contains(stream))? {
        since = since.or(Some(recorded.at));
        if recorded.stream != status_stream() {
            continue;
        }
        let posted: Posted = serde_json::from_value(recorded.body)
            .map_err(|e| Failure::Check(format!("event {} of {}: {e}", recorded.seq, recorded.stream)))?;
        facts.push((recorded.seq, posted));
    }
    let written = snapshot::write(dir, &Standing::of(since, facts), settings, SystemClock.now());
    let written = written.map_err(|e| Failure::Check(format!("cannot write below {}: {e}", dir.display())))?;
    say(format_args!("{written} files written below {}", dir.display()));
    Ok(())
}

/// One section for each incident, in the order they were declared.
fn markdown(record: &AtRest, only: Option<&StreamId>, mut out: impl io::Write) -> Result<io::Result<u64>, Failure> {
    let mut streams: Vec<(StreamId, Vec<(u64, Event)>)> = Vec::new();
    let mut events = 0;
    let recorded = record.read(|stream| only.is_none_or(|only| stream == only))?.into_iter();
    for recorded in recorded.filter(|r| matches!(r.stream, StreamId::Incident(_))) {
        let event: Event = serde_json::from_value(recorded.body)
            .map_err(|e| Failure::Check(format!("event {} of {}: {e}", recorded.seq, recorded.stream)))?;
        let event = event.as_it_was();
        events += 1;
        match streams.iter_mut().find(|(stream, _)| *stream == recorded.stream) {
            Some((_, all)) => all.push((recorded.seq, event)),
            None => streams.push((recorded.stream, vec![(recorded.seq, event)])),
        }
    }
    let mut write = || -> io::Result<u64> {
        for (_, history) in &streams {
            writeln!(out, "{}", render::markdown(history))?;
        }
        Ok(events)
    };
    Ok(write())
}

pub(super) fn import(path: Option<&Path>, file: &Path) -> Result<(), Failure> {
    let record = load(path)?.record();
    let opened = File::open(file).map_err(|e| Failure::Usage(format!("{} cannot be read: {e}", file.display())))?;
    let imported = record.import(&mut BufReader::new(opened))?;
    say(format_args!("{} events of {} streams imported into {record}", imported.events, imported.streams));
    Ok(())
}

pub(super) fn verify(path: Option<&Path>, json: bool) -> Result<(), Failure> {
    let verified = load(path)?.record().verify();
    if let (true, Err(error)) = (json, &verified) {
        say(serde_json::json!({ "ok": false, "problem": error.to_string() }));
    }
    let verified = verified?;
    if json {
        say(serde_json::json!({
            "ok": true, "streams": verified.streams, "events": verified.events, "commits": verified.commits,
            "erased": verified.erased,
        }));
        return Ok(());
    }
    say(format_args!(
        "{} events of {} streams verified, {} of them redacted; every link holds",
        verified.events, verified.streams, verified.erased
    ));
    if let Some(unfinished) = verified.unfinished {
        say(format_args!("the last write is not finished ({unfinished}); nobody was told that it is durable"));
    }
    Ok(())
}

/// Where the journal is. A database is copied by its own means.
fn directory(path: Option<&Path>) -> Result<PathBuf, Failure> {
    let config = load(path)?;
    match config.database {
        None => Ok(config.data),
        Some(_) => Err(Failure::Usage(format!(
            "the record is in {}; copy it by what the server has for that, such as `pg_dump` and `pg_restore`. `watchroom \
             export` writes the events",
            config.record()
        ))),
    }
}

pub(super) fn backup(path: Option<&Path>, dir: &Path) -> Result<(), Failure> {
    let copied = journal::backup(&directory(path)?, dir)?;
    say(format_args!(
        "{} events of {} streams copied to {}, and verified",
        copied.events,
        copied.streams,
        dir.display()
    ));
    Ok(())
}

pub(super) fn restore(path: Option<&Path>, dir: &Path) -> Result<(), Failure> {
    let data = directory(path)?;
    let copied = journal::restore(dir, &data)?;
    say(format_args!("{} events of {} streams restored to {}", copied.events, copied.streams, data.display()));
    Ok(())
}
