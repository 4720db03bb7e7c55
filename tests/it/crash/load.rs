//! People at work while the bot is killed, and what they were told.

use std::collections::{BTreeMap, BTreeSet};

use watchroom::sandbox::{Answer, Handle};

/// What people were told is done.
#[derive(Debug, Default)]
pub struct Told {
    /// Titles, by incident.
    pub declared: BTreeMap<String, String>,
    /// Words, with the incident they belong to.
    pub noted: Vec<(String, String)>,
    /// Incidents for which someone was paged.
    pub paged: BTreeSet<String>,
    /// Incidents whose page was acknowledged.
    pub acknowledged: BTreeSet<String>,
    /// How often nobody answered.
    pub unanswered: u32,
    count: u32,
}

/// Types a command in #general; what was said back, where the bot was there to answer.
async fn slash(slack: &Handle, who: &str, typed: &str) -> Option<String> {
    let Answer { text, error, .. } = slack.act_as(who).slash("general", typed).await.expect("typed");
    match error.as_deref() {
        None => Some(text),
        Some("dispatch_failed" | "operation_timeout") => None,
        Some(other) => panic!("`{typed}` was answered with {other}"),
    }
}

impl Told {
    fn fresh(&mut self, what: &str) -> String {
        self.count += 1;
        format!("{what} {} end", self.count)
    }

    /// A handful of people type at the same time: one declares, some note, one pages, one acknowledges.
    pub async fn work(&mut self, slack: &Handle) {
        let title = self.fresh("shop");
        let known: Vec<String> = self.declared.keys().cloned().collect();
        let latest: Vec<String> = known.iter().rev().take(2).cloned().collect();
        let notes: Vec<_> = latest.iter().map(|id| (id.clone(), self.fresh("note"))).collect();
        let unpaged = known.iter().find(|id| !self.paged.contains(*id));
        let unanswered = self.paged.iter().find(|id| !self.acknowledged.contains(*id));
        let declare = format!("/incident declare sev2 {title}");
        let page = unpaged.map(|id| (id.clone(), format!("/incident {id} page @bob")));
        let ack = unanswered.map(|id| (id.clone(), format!("/incident {id} ack")));
        let note = notes
            .iter()
            .map(|(id, words)| async move { slash(slack, "carol", &format!("/incident {id} note {words}")).await });
        let maybe = |who: &'static str, typed: Option<(String, String)>| async move {
            let (id, typed) = typed?;
            Some((id, slash(slack, who, &typed).await))
        };
        let (declared, noted, paged, acked) = tokio::join!(
            slash(slack, "alice", &declare),
            futures_util::future::join_all(note),
            maybe("dave", page),
            maybe("bob", ack)
        );
        match declared {
            Some(text) => {
                let id = text.split(' ').next().filter(|id| id.starts_with("INC-"));
                let id = id.unwrap_or_else(|| panic!("not declared: {text}"));
                let before = self.declared.insert(id.to_owned(), title);
                assert_eq!(before, None, "{id} was given out twice");
            }
            None => self.unanswered += 1,
        }
        for (note, said) in notes.into_iter().zip(noted) {
            self.told(said, &["recorded"], |told| told.noted.push(note));
        }
        if let Some((id, said)) = paged {
            // An earlier try may have been carried out without an answer.
            self.told(said, &[&id.clone(), "being asked already"], |told| _ = told.paged.insert(id));
        }
        if let Some((id, said)) = acked {
            self.told(said, &["acknowledged", "you are on it"], |told| _ = told.acknowledged.insert(id));
        }
    }

    fn told(&mut self, said: Option<String>, expected: &[&str], note: impl FnOnce(&mut Self)) {
        match said {
            Some(text) => {
                assert!(expected.iter().any(|part| text.contains(part)), "expected {expected:?}: {text}");
                note(self);
            }
            None => self.unanswered += 1,
        }
    }
}
