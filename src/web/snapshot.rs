//! The status page as files, for a web server that goes on when the bot is down: below the directory the same paths as over HTTP, each
//! page as `index.html` (`try_files $uri $uri/index.html`), in the page's own language.

use std::{fs, io, path::Path};

use jiff::Timestamp;

use crate::{
    config::StatusPageSettings,
    render::status::{Document, LANGUAGES, Reading, Words, atom, document, history, incident, overview, rss},
    status::Standing,
};

/// Writes every file that is not there as it should be; returns how many those were. Each is there whole at any time.
///
/// # Errors
/// What the file system says.
pub fn write(dir: &Path, standing: &Standing, settings: &StatusPageSettings, now: Timestamp) -> io::Result<usize> {
    let mut written = 0;
    for (path, text) in files(standing, settings, now) {
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
    let documents = Document::ALL.iter();
    files.extend(documents.map(|(name, which)| (format!("api/v2/{name}"), document(r, *which).to_string())));
    files
}
