//! What is public: our own status page, as files and over HTTP, and what connectors publish. Neither words of a secret that were not released
//! stand there, nor its number or codename.

use std::{fs, path::PathBuf};

use jiff::Timestamp;
use watchroom::{incident::access::codename, render::status::LANGUAGES, status::Post, web::snapshot};

use super::{history::History, leaks::Audience};
use crate::harness::{files_below, unique};

/// The page's files.
#[derive(Debug)]
pub struct Page {
    dir: PathBuf,
    /// The version of the page that was written last.
    version: u64,
}

impl Default for Page {
    fn default() -> Self {
        let dir = std::env::temp_dir().join(format!("watchroom-page-{}-{}", std::process::id(), unique()));
        Self { dir, version: 0 }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // Not there where nothing was published.
        let _ = fs::remove_dir_all(&self.dir);
    }
}

impl History {
    /// The posts of the page.
    pub async fn posts(&self) -> Vec<Post> {
        self.bot.app().engine.status_page().await.expect("the record").posts.clone()
    }

    /// Is there more of a secret in it than was released?
    pub fn published(&mut self, text: &str) {
        self.heard(&Audience::Nobody, text);
        for known in self.all.values().filter(|k| k.is_secret()) {
            let names = [known.id.to_string(), known.id.to_string().to_lowercase(), codename(known.id)];
            let named = names.iter().find(|name| is_named(text, name));
            self.leaks.extend(named.map(|name| format!("`{name}` of {} is public: {text}", known.id)));
        }
    }

    /// The page as files, whenever it changed. What was public before it was a secret may take until the end to go.
    pub async fn read_files(&mut self, ended: bool) {
        let standing = self.bot.app().engine.status_page().await.expect("the record");
        if standing.page.version == self.page.version && !ended {
            return;
        }
        self.page.version = standing.page.version;
        let settings = self.bot.config.settings.status_page.clone().expect("a page");
        let now = Timestamp::from_second(self.bot.clock_second()).expect("a time");
        snapshot::write(&self.page.dir, &standing, &settings, now).expect("written");
        for (path, text) in self.files() {
            let text = self.without_what_was_open(ended, text);
            self.published(&format!("the file {path} says {text}"));
        }
    }

    fn without_what_was_open(&self, ended: bool, text: String) -> String {
        let open = self.all.values().filter(|_| !ended).flat_map(|known| &known.were_open);
        open.fold(text, |text, word| text.replace(word, "…"))
    }

    fn files(&self) -> Vec<(String, String)> {
        let files = files_below(&self.page.dir);
        assert!(files.len() > 10, "{files:?}");
        files
    }

    /// The same over HTTP, in every language.
    pub async fn read_page(&mut self) {
        for (path, _) in self.files() {
            let path = format!("/{}", path.trim_end_matches("/index.html"));
            for words in LANGUAGES {
                let request =
                    self.bot.http.get(format!("{}{path}", self.bot.url)).header("accept-language", words.code);
                let answer = request.send().await.expect("an answer");
                assert_eq!(answer.status(), 200, "{path}");
                let text = answer.text().await.expect("text");
                self.published(&format!("{path} in {} shows {text}", words.code));
            }
        }
    }
}

/// Does this name stand there, and not as the beginning of another number?
fn is_named(text: &str, name: &str) -> bool {
    let behind = |at: usize| text[at + name.len()..].chars().next();
    text.match_indices(name).any(|(at, _)| !behind(at).is_some_and(|c| c.is_ascii_digit()))
}
