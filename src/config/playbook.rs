//! The playbook's file.

use std::{
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::civil::Date;

use crate::playbook::{BUILTIN, EditionId, Level, Playbook, read};

/// Where the playbook comes from, and what was read there.
#[derive(Debug, Clone)]
pub struct PlaybookFile {
    /// The file; none: the playbook inside the binary.
    pub path: Option<PathBuf>,
    /// What it says, word for word.
    pub text: String,
    /// What that means; none where it cannot be used.
    pub playbook: Option<Arc<Playbook>>,
    /// What is wrong with it, each with file and line.
    pub problems: Vec<String>,
}

impl PlaybookFile {
    /// The one inside the binary.
    #[must_use]
    pub fn builtin() -> Self {
        Self { path: None, text: BUILTIN.into(), playbook: Some(Arc::new(Playbook::builtin())), problems: Vec::new() }
    }

    /// Reads the file. What keeps it from being used is among the problems; so is what somebody should look at.
    #[must_use]
    pub fn read(path: Option<&Path>, today: Option<Date>) -> Self {
        path.map_or_else(Self::builtin, |path| Self::of(path, std::fs::read_to_string(path), today))
    }

    /// What stands in the file at `path` now; where that is the same as before, it is not read and checked once more.
    #[must_use]
    pub fn again(self, path: &Path) -> Self {
        match std::fs::read_to_string(path) {
            // Without text it is the one that could not be read, for a reason that may have changed.
            Ok(text) if text == self.text && !text.is_empty() => self,
            read => Self::of(path, read, None),
        }
    }

    fn of(path: &Path, text: io::Result<String>, today: Option<Date>) -> Self {
        let name = path.display();
        match text {
            Ok(text) => {
                let reading = read(&text, today);
                let problems = reading.problems.iter().map(|p| match p.level {
                    Level::Error => format!("{name}:{}: {}", p.line, p.what),
                    Level::Warning => format!("{name}:{}: warning: {}", p.line, p.what),
                });
                Self {
                    path: Some(path.into()),
                    problems: problems.collect(),
                    playbook: reading.playbook.map(Arc::new),
                    text,
                }
            }
            Err(e) => Self {
                path: Some(path.into()),
                text: String::new(),
                playbook: None,
                problems: vec![match e.kind() {
                    ErrorKind::InvalidData => format!("the playbook {name} is not text in UTF-8; save it as UTF-8"),
                    _ => format!("the playbook {name} cannot be read: {e}"),
                }],
            },
        }
    }

    /// Which text it is.
    #[must_use]
    pub fn edition(&self) -> EditionId {
        EditionId::of(&self.text)
    }
}
