//! People look, by every way there is.

use serde_json::{Value, json};
use watchroom::{
    command::GRAMMAR,
    incident::access::codename,
    sandbox::{
        signature,
        state::{BOT_USER, Kind},
    },
};

use super::{
    history::{History, IDS, PEOPLE},
    leaks::Audience,
};
use crate::harness::Bot;

/// Whatever only shows something, for those inside.
const LOOKS: [&str; 15] = [
    "",
    "show",
    "summary",
    "timeline",
    "roles",
    "access",
    "similar",
    "update",
    "phase",
    "severity",
    "title",
    "channels",
    "playbook",
    "tasks",
    "checklist",
];
/// What is looked up without naming one.
const LISTS: [&str; 4] = ["list", "list recent", "list mine", "help"];

impl History {
    /// Every way to look at every incident, and at none. Outside, any verb at all.
    pub async fn look_around(&mut self, who: usize, dice: usize) {
        for list in LISTS {
            self.say(who, list).await;
        }
        for (n, id) in self.order.clone().into_iter().enumerate() {
            for at in [dice + n, dice * 7 + n] {
                let verb =
                    if self.is_inside(id, who) { LOOKS[at % LOOKS.len()] } else { GRAMMAR[at % GRAMMAR.len()].name };
                self.say(who, &format!("{id} {verb}")).await;
            }
        }
        self.find(who).await;
        self.home_and_menus(who).await;
    }

    /// Somebody searches for a secret word: the answer is the one that a word without meaning gets.
    async fn find(&mut self, who: usize) {
        let secrets = self.all.values().filter(|k| k.is_secret() && !k.may_read(IDS[who]));
        let words = secrets.flat_map(|k| k.words.iter().take(1).cloned().chain([codename(k.id)]));
        let words: Vec<String> = words.collect();
        let none = self.bot.slash(PEOPLE[who], "/incident find qqnothing").await.body.to_string();
        for word in words {
            let real = self.bot.slash(PEOPLE[who], &format!("/incident find {word}")).await;
            if real.body.to_string().replace(&word, "qqnothing") != none {
                self.leaks.push(format!("{} finds something by `{word}`: {}", PEOPLE[who], real.body));
            }
        }
    }

    pub async fn home_and_menus(&mut self, who: usize) {
        self.bot.slack.act_as(PEOPLE[who]).open_home().expect("a home");
        for menu in ["incident", "policy"] {
            let asked = json!({
                "type": "block_suggestion", "user": { "id": IDS[who] }, "action_id": menu, "block_id": menu, "value": "",
            });
            let answer = interaction(&self.bot, &asked).await;
            self.answers.push((who, answer));
        }
        self.weigh(Some(who)).await;
    }

    /// Everything that stands in Slack, as each person reads it.
    pub fn standing(&mut self) {
        for who in PEOPLE {
            let me = self.bot.slack.user_id(who);
            let open = self.bot.slack.channels();
            let open = open.iter().filter(|c| c.kind == Kind::Public || c.members.contains(&me));
            let mut all: Vec<String> = Vec::new();
            for channel in open {
                all.push(format!("{} {} {} {:?}", channel.name, channel.topic, channel.purpose, channel.bookmarks));
                // What people typed is theirs, and Slack keeps lines of its own about names and topics.
                let said = self.bot.said(&channel.id).into_iter().filter(|m| m.user == BOT_USER && m.subtype.is_none());
                all.extend(said.map(|m| format!("{} {:?} {:?}", m.text, m.blocks, m.metadata)));
            }
            for message in self.bot.slack.dm(who) {
                self.heard(&Audience::Nobody, &format!("{who} was told {} {:?}", message.text, message.blocks));
            }
            let home = self.bot.slack.home(who).map(|home| home.json.to_string()).unwrap_or_default();
            let names = self.all.values().filter(|k| k.is_secret() && !k.now.contains(&me)).map(|k| codename(k.id));
            let names: Vec<String> = names.filter(|name| home.contains(name)).collect();
            self.leaks.extend(names.iter().map(|name| format!("{who}'s home names {name}")));
            all.push(home);
            for text in all {
                self.heard(&Audience::one(&me), &format!("for {who} there stands in Slack {text}"));
            }
        }
    }
}

/// What Slack sends when somebody acts on what is shown, and the answer.
pub async fn interaction(bot: &Bot, payload: &Value) -> String {
    let body =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("payload", &payload.to_string()).finish();
    let stamp = bot.clock_second();
    let request = bot
        .http
        .post(format!("{}/slack/interactions", bot.url))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-slack-request-timestamp", stamp.to_string())
        .header("x-slack-signature", signature(bot.slack.signing_secret(), stamp, &body));
    request.body(body).send().await.expect("an answer").text().await.expect("words")
}
