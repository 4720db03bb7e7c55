//! What must be true once everything has settled, whatever was killed on the way.

use std::collections::BTreeMap;

use serde_json::Value;
use watchroom::sandbox::{Handle, SeenMessage};

use super::load::Told;
use crate::harness::{binary::Place, shown};

/// The record, from its export.
#[derive(Debug, Default)]
struct Record {
    /// By incident, in order: kind of event and its words.
    events: BTreeMap<String, Vec<(String, Vec<String>)>>,
}

impl Record {
    fn of(place: &Place) -> Self {
        let mut record = Self::default();
        for line in place.run(&["export"]).fine().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let Some(incident) = line["stream"].as_str().and_then(|s| s.strip_prefix("inc/")) else { continue };
            let texts = line["texts"].as_array().map(Vec::as_slice).unwrap_or_default();
            let words = texts.iter().map(|t| t[1].as_str().unwrap().to_owned()).collect();
            let kind = line["body"]["what"]["kind"].as_str().or(line["body"]["kind"].as_str()).unwrap().to_owned();
            record.events.entry(incident.to_owned()).or_default().push((kind, words));
        }
        record
    }

    /// How often this happened to an incident; with these words, where there are any.
    fn count(&self, incident: &str, kind: &str, words: Option<&str>) -> usize {
        let events = self.events.get(incident).map(Vec::as_slice).unwrap_or_default();
        events.iter().filter(|(k, w)| k == kind && words.is_none_or(|words| w.iter().any(|w| w == words))).count()
    }
}

/// Nothing answered is lost; no effect is lost, and none is doubled where Slack can tell.
pub fn check(place: &Place, slack: &Handle, told: &Told) {
    let record = Record::of(place);
    place.run(&["verify"]).fine();
    for (id, title) in &told.declared {
        assert_eq!(record.count(id, "declared", Some(title)), 1, "{id} {title}");
    }
    for (id, words) in &told.noted {
        assert_eq!(record.count(id, "entry_added", Some(words)), 1, "{id} {words}");
    }
    for id in &told.paged {
        assert!(record.count(id, "page_started", None) >= 1, "{id} was not paged");
    }
    for id in &told.acknowledged {
        assert!(record.count(id, "page_acknowledged", None) >= 1, "{id} was not acknowledged");
    }
    for (id, events) in &record.events {
        let failed = record.count(id, "delivery_failed", None);
        assert_eq!(failed, 0, "the bot gave something up: {events:?}");
        effects(slack, id, &record);
    }
    undoubled(slack);
}

/// What people see of one incident is what the record says of it.
fn effects(slack: &Handle, id: &str, record: &Record) {
    let prefix = format!("{}-", id.to_lowercase());
    let rooms: Vec<_> = slack.channels().into_iter().filter(|c| c.name.starts_with(&prefix)).collect();
    assert_eq!(rooms.len(), 1, "rooms of {id}: {:?}", rooms.iter().map(|r| &r.name).collect::<Vec<_>>());
    let said = slack.messages(&rooms[0].id);
    let once = |messages: &[SeenMessage], what: &str, by: &dyn Fn(&SeenMessage) -> bool| {
        let hits = messages.iter().filter(|m| by(m)).count();
        assert_eq!(hits, 1, "{what} of {id}, in:\n{}", shown(messages));
    };
    once(&said, "cards", &|m| m.contains("Post update"));
    once(&said, "pinned cards", &|m| m.contains("Post update") && m.pinned);
    let title = &record.events[id][0].1[0];
    once(&slack.messages("incidents"), "announcements", &|m| m.contains(title));
    for (kind, words) in &record.events[id] {
        if kind == "entry_added" {
            once(&said, &words[0], &|m| m.contains(&words[0]));
        }
    }
    if record.count(id, "page_started", None) > 0 {
        let asked =
            |m: &SeenMessage| m.contains(title) && m.metadata.as_ref().is_some_and(|m| m.to_string().contains("page/"));
        let bob = slack.dm("bob");
        // Who acknowledges before the question could be asked, as after a kill right behind the answer, needs none.
        let was_first =
            record.count(id, "page_acknowledged", None) > 0 && record.count(id, "page_attempted", None) == 0;
        assert!(was_first || bob.iter().any(asked), "bob was not asked about {id}:\n{}", shown(&bob));
    }
}

/// Every message carries the key of the work that posted it. Only a page may be sent again where it is not known whether
/// it arrived.
fn undoubled(slack: &Handle) {
    let mut seen = BTreeMap::new();
    for channel in slack.channels() {
        for message in slack.messages(&channel.id) {
            let Some(key) = message.metadata.as_ref().map(Value::to_string).filter(|key| !key.contains("page/")) else {
                continue;
            };
            if let Some(first) = seen.insert((channel.id.clone(), key), message.shown.clone()) {
                panic!("said twice in {}:\n{first}\n{message}", channel.name);
            }
        }
    }
    assert!(!seen.is_empty(), "nothing carries a key");
}
