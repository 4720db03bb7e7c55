//! What people do: declare, write, page, let in, merge, move, press, fill in, talk; and now and then Slack fails.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use watchroom::{
    command::GRAMMAR,
    ids::IncidentId,
    incident::access::codename,
    render::ids::ButtonValue,
    sandbox::{Fault, FaultKind, SeenMessage},
};

use super::history::{History, IDS, Known, PEOPLE};
use crate::harness::minutes;

/// How many kinds of acts there are.
pub const ACTS: u8 = 28;

impl History {
    /// One thing that somebody does.
    pub async fn act(&mut self, act: u8, who: usize, whom: usize, dice: usize) {
        match act {
            0 | 1 => self.declare(who).await,
            2..=4 => self.declare_secret(who, act).await,
            5 => self.look_around(who, dice).await,
            6 => self.home_and_menus(who).await,
            7 => self.bot.advance(minutes([2, 9, 20, 45][dice % 4])).await,
            8 => self.slack_fails(dice),
            9..=12 => self.press(who, dice).await,
            13 => self.talk(who, dice).await,
            24 | 25 => self.write_to_others(who, dice).await,
            26 | 27 => {
                if let Some(id) = self.pick(dice) {
                    self.release(id).await;
                }
            }
            _ => {
                if let Some(id) = self.pick(dice) {
                    let who = self.more_inside(id, who, dice);
                    let verb =
                        if act < 18 { self.example(id, who, whom, dice) } else { self.said(id, who, whom, dice) };
                    self.say(who, &verb).await;
                }
            }
        }
    }

    /// Whoever is outside can do little; two of three times somebody inside does it.
    fn more_inside(&self, id: IncidentId, who: usize, dice: usize) -> usize {
        let inside: Vec<usize> = (0..PEOPLE.len()).filter(|who| self.is_inside(id, *who)).collect();
        if (dice / 4).is_multiple_of(3) || inside.is_empty() { who } else { inside[who % inside.len()] }
    }

    /// A word for what this person says of it. Words of people outside would not be the incident's.
    fn word_by(&mut self, id: IncidentId, who: usize) -> String {
        if self.is_inside(id, who) { self.word_of(id) } else { "word".to_owned() }
    }

    /// How this person names it. To those outside a codename is a word like any other.
    fn named(&self, id: IncidentId, who: usize, dice: usize) -> String {
        let by_codename = id.to_string().starts_with("SEC") && self.is_inside(id, who) && dice.is_multiple_of(2);
        if by_codename { codename(id) } else { id.to_string() }
    }

    fn invite(&mut self, id: IncidentId, by: usize, whom: &[usize]) {
        if self.is_inside(id, by)
            && let Some(known) = self.all.get_mut(&id)
        {
            known.invited.extend(whom.iter().map(|whom| IDS[*whom].to_owned()));
        }
    }

    /// What people say most.
    fn said(&mut self, id: IncidentId, who: usize, whom: usize, dice: usize) -> String {
        let (name, word) = (PEOPLE[whom], self.word_by(id, who));
        let other = self.pick(dice + 1).unwrap_or(id);
        let (verb, invites) = match dice % 22 {
            0 => (format!("note {word}"), false),
            1 => (format!("update {word} next 30m"), false),
            2 => (format!("title {word} again"), false),
            3 => (format!("decision {word}"), false),
            4 => (format!("handoff @{name}"), true),
            5 => (format!("assign scribe @{name}"), true),
            6 => (format!("page @{name}"), true),
            7 => (format!("access add @{name} {word}"), true),
            8 => (format!("access remove @{name} {word}"), false),
            9 => (format!("lead @{name}"), true),
            10 => (format!("phase next {word}"), false),
            11 => (format!("severity {} {word}", 1 + dice % 4), false),
            12 => (format!("task {word} @{name} in 20m"), true),
            13 => (format!("consult analyst {word}?"), true),
            14 => (format!("merge {other}"), false),
            15 => (format!("private {word}"), false),
            16 => (format!("kind security {word}"), false),
            17 => ("page @managers".to_owned(), false),
            18 => (format!("cancel -- {word}"), false),
            19 => (format!("reopen {word}"), false),
            20 => ("page night".to_owned(), false),
            _ => (format!("link https://{word}.example"), false),
        };
        if invites {
            self.invite(id, who, &[whom]);
        }
        format!("{} {verb}", self.named(id, who, dice / 22))
    }

    /// An example of the grammar, in half of the cases with a word behind it.
    fn example(&mut self, id: IncidentId, who: usize, whom: usize, dice: usize) -> String {
        let verbs = GRAMMAR.iter().filter(|v| v.is_now() && v.name != "declare");
        let all: Vec<&str> = verbs.flat_map(|v| v.examples).copied().collect();
        let example = all[dice % all.len()];
        self.invite(id, who, &if example.contains("<@U1|alice>") { vec![whom, 1] } else { Vec::new() });
        let typed = example.replace("<@U1|alice>", &format!("@{}", PEOPLE[whom]));
        let typed = typed.replace("<@U2|bob>", "@bob").replace("<!subteam^S1|@db>", "@managers");
        let word = if dice.is_multiple_of(2) { self.word_by(id, who) } else { String::new() };
        format!("{} {typed} {word}", self.named(id, who, dice / 2))
    }

    async fn declare(&mut self, who: usize) {
        let word = self.word();
        let id = self.next("INC").await;
        self.all.insert(id, Known::new(id, vec![word.clone()], &[]));
        self.say(who, &format!("declare sev{} {word} is slow", 1 + self.order.len() % 4)).await;
        self.declared().await;
    }

    /// Says something aloud and searches for it as if it were a secret.
    pub async fn declare_aloud(&mut self) {
        self.aloud = true;
        let (id, word) = (IncidentId::inc(1), self.word());
        self.all.insert(id, Known::new(id, vec![word.clone()], &[IDS[0]]));
        self.say(0, &format!("declare sev2 {word}")).await;
        self.declared().await;
        self.say(1, "list").await;
        self.say(0, "INC-1 page @bob").await;
        self.say(0, "INC-1 page night").await;
        self.write_to_others(0, 0).await;
        self.write_to_others(0, 4).await;
        self.standing();
    }

    async fn declare_secret(&mut self, who: usize, how: u8) {
        let word = self.word();
        let id = self.next("SEC").await;
        // Known before it is said, so that nothing that is said of it at once is missed.
        self.all.insert(id, Known::new(id, vec![word.clone()], &[IDS[who]]));
        match how {
            2 => self.say(who, &format!("declare sev2 security: {word} leaked")).await,
            3 => self.say(who, &format!("security: {word} leaked")).await,
            _ => {
                let answer = self.bot.slash(PEOPLE[who], "/incident").await;
                self.answers.push((who, answer.body.to_string()));
                let ticks = json!(["data_exposed"]);
                let fields = [("What is wrong?", json!(format!("{word} leaked"))), ("Why is it an incident?", ticks)];
                if self.bot.slack.act_as(PEOPLE[who]).fill(fields).await.is_ok() {
                    self.send_form(who).await;
                }
                self.weigh(Some(who)).await;
            }
        }
        self.declared().await;
    }

    /// The number that what is declared now should get: one that nothing has, since forms that buttons open may declare something too.
    async fn next(&self, series: &str) -> IncidentId {
        let first: IncidentId = format!("{series}-1").parse().expect("an id");
        let known = self.order.iter().filter(|id| id.series == first.series).map(|id| id.number).max().unwrap_or(0);
        let mut id = IncidentId { number: known + 1, ..first };
        while self.bot.app().engine.incident(id).await.expect("the record").is_some() {
            id.number += 1;
        }
        id
    }

    /// Notes an incident that may have been declared.
    async fn declared(&mut self) {
        for id in self.expected() {
            if self.bot.app().engine.incident(id).await.expect("the record").is_none() {
                self.all.remove(&id);
            } else {
                self.order.push(id);
            }
        }
    }

    pub async fn say(&mut self, who: usize, text: &str) {
        let answer = self.bot.slash(PEOPLE[who], &format!("/incident {text}")).await;
        self.answers.push((who, answer.body.to_string()));
        // A form that opened is part of what is weighed; the next command finds none before it.
        drop(self.bot.slack.act_as(PEOPLE[who]).close().await);
        self.weigh(Some(who)).await;
    }

    /// Any button that this person has before them; where it opens a form, that is filled in and sent.
    async fn press(&mut self, who: usize, dice: usize) {
        let buttons = self.buttons(who);
        let Some((message, action, value)) = (!buttons.is_empty()).then(|| &buttons[dice * 31 % buttons.len()]) else {
            return;
        };
        let person = self.bot.slack.act_as(PEOPLE[who]);
        if let Ok(answer) = person.press(message, action).await {
            self.answers.push((who, answer.body.to_string()));
        }
        self.bot.settle().await;
        let about = ButtonValue::parse(value).and_then(|value| value.incident);
        if let (Some(id), Some(form)) = (about, self.bot.slack.view(PEOPLE[who])) {
            let word = self.word_by(id, who);
            for block in form.json["blocks"].as_array().into_iter().flatten() {
                if let ("plain_text_input", Some(field)) =
                    (block["element"]["type"].as_str().unwrap_or_default(), block["block_id"].as_str())
                {
                    // A field that is gone, or takes something else, stays as it is.
                    drop(person.fill([(field, Value::from(word.as_str()))]).await);
                }
            }
            self.send_form(who).await;
        }
        drop(person.close().await);
        self.weigh(Some(who)).await;
    }

    /// Somebody writes to customers or to the leadership, and sends it where they may.
    pub async fn write_to_others(&mut self, who: usize, dice: usize) {
        let Some(id) = self.pick(dice) else { return };
        let who = self.more_inside(id, who, dice);
        self.write(who, id, (dice / 4).is_multiple_of(2)).await;
    }

    /// Somebody writes to customers, or else to the leadership, and sends it where they may.
    pub async fn write(&mut self, who: usize, id: IncidentId, to_customers: bool) {
        self.say(who, &format!("{id} channels")).await;
        let Some(register) = self.bot.slack.ephemerals(PEOPLE[who], "general").pop() else { return };
        let person = self.bot.slack.act_as(PEOPLE[who]);
        let label = if to_customers { "Write update for customers" } else { "Write executive update" };
        if let Ok(answer) = person.press(&register, label).await {
            self.answers.push((who, answer.body.to_string()));
        }
        self.bot.settle().await;
        if self.bot.slack.view(PEOPLE[who]).is_some() {
            let word = self.word_by(id, who);
            drop(person.fill([("Impact", Value::from(word.as_str()))]).await);
            drop(person.fill([("Then", Value::from("Send it now"))]).await);
            // It is shown before it goes out, and what is doubtful is said once more.
            for _ in 0..3 {
                self.bot.settle().await;
                if self.bot.slack.view(PEOPLE[who]).is_some() {
                    self.send_form(who).await;
                }
            }
            drop(person.close().await);
        }
        self.weigh(Some(who)).await;
    }

    /// Two people find a text for the public right, and whoever leads sends it.
    pub async fn release(&mut self, id: IncidentId) {
        let it = self.bot.app().engine.incident(id).await.expect("the record").expect("an incident");
        let lead = it.lead().and_then(|lead| IDS.iter().position(|who| *who == lead.as_str()));
        let Some(lead) = lead.filter(|lead| self.is_inside(id, *lead)) else { return };
        let others = [(lead + 1) % PEOPLE.len(), (lead + 2) % PEOPLE.len()];
        for (role, who) in ["customer_comms", "legal"].into_iter().zip(others) {
            self.invite(id, lead, &[who]);
            self.say(lead, &format!("{id} role {role} @{}", PEOPLE[who])).await;
        }
        self.write(lead, id, true).await;
        for (who, label) in [(others[0], "Approve"), (others[1], "Approve"), (lead, "Send")] {
            let Some(room) = it.room.as_ref() else { return };
            let mut drafts = self.bot.said(room.channel.as_str()).into_iter().rev();
            let Some(draft) = drafts.find(|m| m.contains("Draft by") && m.contains(label)) else { return };
            if let Ok(answer) = self.bot.slack.act_as(PEOPLE[who]).press(&draft, label).await {
                self.answers.push((who, answer.body.to_string()));
            }
            self.weigh(Some(who)).await;
        }
    }

    /// The buttons of the latest messages that this person reads.
    fn buttons(&self, who: usize) -> Vec<(SeenMessage, String, String)> {
        let rooms = self.bot.slack.channels().into_iter().filter(|c| c.members.contains(&IDS[who].to_owned()));
        let mut messages: Vec<SeenMessage> = rooms.flat_map(|c| self.bot.said(&c.id)).collect();
        messages.extend(self.bot.slack.dm(PEOPLE[who]));
        let mut buttons = Vec::new();
        for message in messages {
            for element in message.blocks.iter().filter_map(|b| b["elements"].as_array()).flatten() {
                if let ("button", Some(action)) =
                    (element["type"].as_str().unwrap_or_default(), element["action_id"].as_str())
                {
                    let value = element["value"].as_str().unwrap_or_default().to_owned();
                    buttons.push((message.clone(), action.to_owned(), value));
                }
            }
        }
        buttons
    }

    async fn send_form(&mut self, who: usize) {
        let outcome = self.bot.slack.act_as(PEOPLE[who]).submit().await;
        self.answers.push((who, format!("{outcome:?}")));
    }

    /// Somebody asks the bot, and if they are inside says something in the room, puts it on the timeline, and changes it.
    async fn talk(&mut self, who: usize, dice: usize) {
        let Some(id) = self.pick(dice) else { return };
        let who = self.more_inside(id, who, dice);
        let dm = self.bot.slack.dm_id(PEOPLE[who]);
        drop(self.bot.slack.act_as(PEOPLE[who]).say(&dm, "what is it about?"));
        self.weigh(Some(who)).await;
        let Ok(Some(it)) = self.bot.app().engine.incident(id).await else { return };
        let (Some(room), person) = (it.open_room(), self.bot.slack.act_as(PEOPLE[who])) else { return };
        let there: BTreeSet<String> = self.bot.slack.channel(room.channel.as_str()).members.into_iter().collect();
        if !there.contains(IDS[who]) || !self.is_inside(id, who) {
            return;
        }
        let word = self.word_of(id);
        if let Ok(ts) = person.say(room.channel.as_str(), &format!("{word} is what I see")) {
            drop(person.react(room.channel.as_str(), &ts, "pushpin"));
            self.weigh(Some(who)).await;
            let word = self.word_of(id);
            drop(person.edit_message(room.channel.as_str(), &ts, &format!("{word} is what I mean")));
        }
        self.weigh(Some(who)).await;
    }

    fn slack_fails(&self, dice: usize) {
        let kind = [FaultKind::Outage, FaultKind::DropAfter, FaultKind::ServerError { status: 500 }][dice % 3];
        let methods = ["*", "chat.*", "conversations.*"][dice / 3 % 3];
        self.bot.slack.fault(Fault::new(kind).on(methods).times(3));
    }
}
