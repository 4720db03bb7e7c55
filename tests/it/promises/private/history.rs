//! What is known of every incident while people act: its words, and who is inside.

use std::collections::{BTreeMap, BTreeSet};

use watchroom::{
    ids::IncidentId,
    incident::{
        What,
        access::{self, codename},
        comms::Fact,
    },
};

use super::{
    leaks::{self, Audience},
    log,
    neighbours::{NAMED, Neighbours},
    page::Page,
};
use crate::harness::{Bot, minutes};

pub const PEOPLE: [&str; 5] = ["alice", "bob", "carol", "dave", "erin"];
pub const IDS: [&str; 5] = ["U0ALICE", "U0BOB", "U0CAROL", "U0DAVE", "U0ERIN"];

/// How far the number of a new incident is looked for behind the one that it should get.
const GAP: u64 = 9;

/// One incident.
#[derive(Debug)]
pub struct Known {
    pub id: IncidentId,
    /// Words of it that must not get out.
    pub words: Vec<String>,
    /// Those of them that everybody could read before it was a secret.
    pub were_open: Vec<String>,
    /// Who was inside before the last act, and who is now.
    was: BTreeSet<String>,
    pub now: BTreeSet<String>,
    /// Everybody who may have been let in, by what people did.
    pub invited: BTreeSet<String>,
}

impl Known {
    pub fn new(id: IncidentId, words: Vec<String>, inside: &[&str]) -> Self {
        let inside: BTreeSet<String> = inside.iter().map(|who| (*who).to_owned()).collect();
        let invited = inside.iter().cloned().chain(NAMED.map(str::to_owned)).collect();
        Self { id, words, were_open: Vec::new(), was: inside.clone(), now: inside, invited }
    }

    pub fn is_secret(&self) -> bool {
        self.id.to_string().starts_with("SEC")
    }

    /// Might they read it, at some moment of the last act?
    pub fn may_read(&self, who: &str) -> bool {
        self.was.contains(who) || self.now.contains(who)
    }
}

pub struct History {
    pub bot: Bot,
    pub neighbours: Neighbours,
    pub leaks: Vec<String>,
    pub all: BTreeMap<IncidentId, Known>,
    pub order: Vec<IncidentId>,
    /// What was answered in this act, and to whom.
    pub answers: Vec<(usize, String)>,
    /// Is an open incident searched for as if it were a secret?
    pub aloud: bool,
    pub page: Page,
    words: usize,
    /// How much was logged, so that a silent log is noticed.
    logged: usize,
}

impl History {
    pub async fn start() -> Self {
        let (neighbours, bot) = Neighbours::start().await;
        log::take();
        let (all, order, answers, leaks) = (BTreeMap::new(), Vec::new(), Vec::new(), Vec::new());
        let page = Page::default();
        Self { bot, neighbours, leaks, all, order, answers, aloud: false, page, words: 0, logged: 0 }
    }

    /// Plays a history; returns what leaked.
    pub async fn played(acts: &[(u8, usize, usize, usize)]) -> Vec<String> {
        let mut history = Self::start().await;
        // Nothing happens to nothing.
        let (_, first, second, _) = acts[0];
        history.act(2, first, second, 0).await;
        history.act(0, second, first, 0).await;
        for (act, who, whom, dice) in acts {
            history.act(*act, *who, *whom, *dice).await;
            history.weigh(None).await;
            if !history.leaks.is_empty() {
                break;
            }
        }
        history.end().await
    }

    /// A word that nothing else has.
    pub fn word(&mut self) -> String {
        self.words += 1;
        format!("zq{}x{}qz", self.words, self.words * 7919)
    }

    /// A word of this incident, kept back where it is a secret.
    pub fn word_of(&mut self, id: IncidentId) -> String {
        let word = self.word();
        if let Some(known) = self.all.get_mut(&id) {
            known.words.push(word.clone());
        }
        word
    }

    pub fn word_of_first(&self) -> &str {
        self.all.values().next().map_or("", |known| &known.words[0])
    }

    pub fn pick(&self, dice: usize) -> Option<IncidentId> {
        (!self.order.is_empty()).then(|| self.order[dice % self.order.len()])
    }

    pub fn is_inside(&self, id: IncidentId, who: usize) -> bool {
        self.all.get(&id).is_some_and(|k| !k.is_secret() || k.now.contains(IDS[who]))
    }

    /// Waits until all of an act is done, and reads everything that left the bot meanwhile. `actor` did it.
    pub async fn weigh(&mut self, actor: Option<usize>) {
        self.bot.settle().await;
        self.catch_up().await;
        for (who, answer) in std::mem::take(&mut self.answers) {
            self.heard(&Audience::one(IDS[who]), &format!("what {} asked answers {answer}", PEOPLE[who]));
        }
        for call in self.bot.slack.take_calls() {
            let audience = leaks::audience(&self.bot, &call, actor.map(|who| IDS[who]));
            self.heard(&audience, &format!("the bot calls {} {}", call.method, call.args));
        }
        for (is_published, told) in self.neighbours.told() {
            if is_published {
                self.published(&format!("the program is told {told}"));
            }
            self.heard(&Audience::Nobody, &format!("a neighbour is told {told}"));
        }
        self.read_files(false).await;
        let logged = log::take();
        self.logged += logged.len();
        for line in logged.lines() {
            self.heard(&Audience::All, &format!("the log says {line}"));
        }
        for known in self.all.values_mut() {
            known.was.clone_from(&known.now);
        }
    }

    /// What is being declared, under the number that it should get.
    pub fn expected(&self) -> Vec<IncidentId> {
        self.all.keys().filter(|id| !self.order.contains(id)).copied().collect()
    }

    /// Numbers may leave gaps: what is being declared is known by the number that it got.
    async fn renumber(&mut self) {
        for id in self.expected() {
            for number in id.number..id.number + GAP {
                let got = IncidentId { number, ..id };
                if self.bot.app().engine.incident(got).await.expect("the record").is_none() {
                    continue;
                }
                if !self.all.contains_key(&got)
                    && let Some(known) = self.all.remove(&id)
                {
                    self.all.insert(got, Known { id: got, ..known });
                }
                break;
            }
        }
    }

    /// Who is inside now. What an open incident had said is a secret from when it moved on.
    async fn catch_up(&mut self) {
        self.renumber().await;
        for id in self.order.clone() {
            let Ok(Some(it)) = self.bot.app().engine.incident(id).await else { continue };
            let Some(moved) = it.access.moved.filter(|moved| !self.all.contains_key(&moved.to)) else { continue };
            let stub = self.all.get_mut(&id).expect("known");
            let words = std::mem::take(&mut stub.words);
            let goes_on = self.bot.app().engine.incident(moved.to).await.expect("the record").expect("it goes on");
            let mut known = Known::new(moved.to, words, &[goes_on.declared_by.as_str()]);
            known.were_open.clone_from(&known.words);
            known.invited.extend(stub.invited.iter().cloned());
            known.invited.extend(it.access.inside.iter().map(ToString::to_string));
            self.all.insert(moved.to, known);
            self.order.push(moved.to);
        }
        let mut outside = Vec::new();
        for known in self.all.values_mut().filter(|k| k.is_secret()) {
            let Ok(Some(it)) = self.bot.app().engine.incident(known.id).await else { continue };
            known.now = it.access.inside.iter().map(ToString::to_string).collect();
            // What those whom the playbook names for that released is public.
            for sent in it.comms.sends.iter().filter(|sent| sent.released) {
                let event = self.bot.app().engine.event(known.id, sent.seq).await.expect("the record").expect("there");
                if let What::Comms(Fact::Sent { letter, .. }) = event.what {
                    known.words.retain(|word| !letter.shown(false).contains(word.as_str()));
                }
            }
            for who in known.now.difference(&known.invited) {
                let how = self.bot.app().engine.history(known.id).await.expect("the record");
                let came_in = |what: &What| match what {
                    What::Access(access::Fact::LetIn { who: came, .. }) => came.as_str() == who,
                    _ => false,
                };
                let how: Vec<_> = how.into_iter().map(|(_, event)| event).filter(|e| came_in(&e.what)).collect();
                self.leaks.push(format!("{who} is inside {} although nobody let them in: {how:?}", known.id));
            }
            let shown = serde_json::to_string(&*access::outside(&it)).expect("our own types serialise");
            outside.push(format!("of {} outside its room is known {shown}", known.id));
        }
        for shown in outside {
            self.heard(&Audience::Nobody, &shown);
        }
    }

    /// Every secret and every stub with its events, as it is taken for messages to single people.
    async fn masked(&mut self) {
        for id in self.order.clone() {
            let it = self.bot.app().engine.incident(id).await.expect("the record").expect("an incident");
            let shown = serde_json::to_string(&*access::outside(&it)).expect("our own types serialise");
            self.heard(&Audience::Nobody, &format!("of {id} outside its room is known {shown}"));
            for (seq, event) in self.bot.app().engine.history(id).await.expect("the record") {
                let shown =
                    serde_json::to_string(&*access::outside_event(&it, &event)).expect("our own types serialise");
                self.heard(&Audience::Nobody, &format!("event {seq} of {id} outside its room is {shown}"));
            }
        }
    }

    /// Is a secret in what those outside read?
    pub fn heard(&mut self, audience: &Audience, text: &str) {
        for known in self.all.values().filter(|k| k.is_secret() || self.aloud) {
            let Some(word) = known.words.iter().find(|w| text.contains(w.as_str())) else { continue };
            let outside: Vec<&str> =
                IDS.into_iter().filter(|who| audience.reads(who) && !known.may_read(who)).collect();
            if !outside.is_empty() || *audience == Audience::Nobody {
                self.leaks.push(format!("`{word}` of {} reaches {outside:?}: {text}", known.id));
            }
        }
    }

    /// The last looks: everybody at everything, everything that stands in Slack, and every page over HTTP.
    pub async fn end(mut self) -> Vec<String> {
        if self.leaks.is_empty() {
            self.bot.slack.clear_faults();
            self.bot.advance(minutes(6)).await;
            for who in 1..PEOPLE.len() {
                self.look_around(who, who * 3).await;
            }
            self.weigh(None).await;
            self.standing();
            self.masked().await;
            for page in leaks::pages() {
                let got = self.bot.http.get(format!("{}{page}", self.bot.url)).send().await.expect("an answer");
                let text = got.text().await.expect("text");
                self.heard(&Audience::All, &format!("{page} shows {text}"));
                let named = self.all.values().filter(|k| k.is_secret()).map(|k| codename(k.id));
                let named: Vec<String> = named.filter(|name| text.contains(name)).collect();
                self.leaks.extend(named.iter().map(|name| format!("{page} names {name}: {text}")));
            }
            self.read_files(true).await;
            self.read_page().await;
        }
        if self.logged == 0 {
            self.leaks.push("nothing was logged, so nothing of the log was searched".into());
        }
        self.leaks
    }
}
