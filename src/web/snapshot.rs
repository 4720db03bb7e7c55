//! The status page as files, for a web server that goes on when the bot is down: below the directory the same paths as over HTTP, each
//! page as `index.html` (`try_files $uri $uri/index.html`), in the page's own language.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::{SignedDuration, Timestamp};

use crate::{
    config::StatusPageSettings,
    engine::Engine,
    render::status::{
        Document, LANGUAGES, Reading, Words, atom, component, document, group, history, incident, overview, rss,
    },
    status::Standing,
};

/// How often it is looked whether the status page changed.
const LOOK: SignedDuration = SignedDuration::from_secs(1);
/// What a page is called, and where there is one for each incident, month, component or group.
const PAGE: &str = "index.html";
const PAGES: [&str; 4] = ["status/incidents", "status/history", "status/components", "status/groups"];
/// How old the files of the status page become: they say how things stood when.
const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// Keeps the status page as files, which are there when we are not.
pub async fn keep(engine: &Engine, dir: PathBuf) {
    let clock = engine.clock();
    let mut last = None;
    loop {
        let now = clock.now();
        match engine.status_page().await {
            Ok(standing) => {
                let is_fresh = |(version, at): &(u64, Timestamp)| {
                    *version == standing.page.version && now.duration_since(*at) < FRESH
                };
                if !last.as_ref().is_some_and(is_fresh) {
                    let (settings, to) = (engine.settings().status_page.clone(), dir.clone());
                    let version = standing.page.version;
                    let writing = move || settings.map_or(Ok(0), |page| write(&to, &standing, &page, now));
                    match tokio::task::spawn_blocking(writing).await {
                        Ok(Ok(_)) => last = Some((version, now)),
                        Ok(Err(error)) => tracing::error!(%error, "the files of the status page were not written"),
                        Err(error) => tracing::error!(%error, "writing the status page panicked"),
                    }
                }
            }
            Err(error) => tracing::error!(%error, "the status page cannot be read"),
        }
        clock.sleep_until(now.saturating_add(LOOK).unwrap_or(now)).await;
    }
}

/// Writes every file that is not there as it should be; returns how many those were. Each is there whole at any time. What the page does not
/// show any more goes.
///
/// # Errors
/// What the file system says.
pub fn write(dir: &Path, standing: &Standing, settings: &StatusPageSettings, now: Timestamp) -> io::Result<usize> {
    let mut written = 0;
    let files = files(standing, settings, now);
    for folder in PAGES {
        stale(&dir.join(folder), &|name| files.iter().any(|(path, _)| *path == format!("{folder}/{name}/{PAGE}")))?;
    }
    for (path, text) in files {
        let path = dir.join(path);
        if fs::read(&path).is_ok_and(|there| there == text.as_bytes()) {
            continue;
        }
        let folder = path.parent().unwrap_or(dir);
        fs::create_dir_all(folder)?;
        let beside = path.with_extension("part");
        fs::write(&beside, &text)?;
        fs::rename(&beside, &path)?;
        written += 1;
    }
    Ok(written)
}

/// Removes the pages below a folder that nothing stands on any more.
fn stale(folder: &Path, stays: &dyn Fn(&str) -> bool) -> io::Result<()> {
    let Ok(there) = fs::read_dir(folder) else { return Ok(()) };
    for entry in there {
        let entry = entry?;
        let page = entry.path().join(PAGE);
        if page.is_file() && !entry.file_name().to_str().is_some_and(stays) {
            fs::remove_file(page)?;
            // Whatever else somebody put beside it is theirs.
            drop(fs::remove_dir(entry.path()));
        }
    }
    Ok(())
}

fn files(standing: &Standing, settings: &StatusPageSettings, now: Timestamp) -> Vec<(String, String)> {
    let words = Words::of(&settings.language).unwrap_or(LANGUAGES[0]);
    let r = Reading { standing, settings, words, now };
    let mut files = vec![
        ("status/index.html".to_owned(), overview(r)),
        ("history.atom".to_owned(), atom(r)),
        ("history.rss".to_owned(), rss(r)),
    ];
    files.extend(history(r, None).map(|text| ("status/history/index.html".to_owned(), text)));
    for month in r.month_names() {
        files.extend(history(r, Some(&month)).map(|text| (format!("status/history/{month}/index.html"), text)));
    }
    let posts = standing.posts.iter();
    files.extend(posts.map(|post| (format!("status/incidents/{}/index.html", post.id), incident(r, post))));
    let (components, groups) = r.codes();
    let of = |code: &String| component(r, code).map(|text| (format!("status/components/{code}/index.html"), text));
    files.extend(components.iter().filter_map(of));
    files.extend(groups.iter().filter_map(|code| Some((format!("status/groups/{code}/index.html"), group(r, code)?))));
    let documents = Document::ALL.iter();
    files.extend(documents.map(|(name, which)| (format!("api/v2/{name}"), document(r, *which).to_string())));
    files
}
