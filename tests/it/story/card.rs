//! The card, worked by its buttons and its menu alone: each is used, each form behind one is sent, and what it says comes about.

use std::collections::BTreeSet;

use watchroom::{
    incident::What,
    sandbox::{Outcome, SeenMessage},
};

use crate::harness::{Bot, shown};

/// An incident's card, and what of it was seen and used.
struct Card {
    bot: Bot,
    room: String,
    seen: BTreeSet<String>,
    used: BTreeSet<String>,
}

/// What a control is for, whichever role or phase it names.
fn called(action: &str) -> String {
    let action = if action.starts_with("role.take.") { "role.take" } else { action };
    action.to_owned()
}

/// What its buttons say, and their action ids.
fn buttons(card: &SeenMessage) -> impl Iterator<Item = (&str, &str)> {
    let elements = card.blocks.iter().filter_map(|block| block["elements"].as_array()).flatten();
    elements.filter_map(|e| Some((e["text"]["text"].as_str()?, e["action_id"].as_str()?)))
}

impl Card {
    /// alice's.
    async fn of(what: &str) -> Self {
        let bot = Bot::start().await;
        let room = bot.declare("alice", what).await;
        Self { bot, room, seen: BTreeSet::new(), used: BTreeSet::new() }
    }

    /// Looks which controls it has, as it stands now.
    fn look(&mut self) {
        for block in &self.bot.card(&self.room).blocks {
            for element in block["elements"].as_array().into_iter().flatten() {
                let entries = element["options"].as_array().into_iter().flatten();
                self.seen.extend(entries.filter_map(|entry| entry["text"]["text"].as_str()).map(str::to_owned));
            }
        }
        self.seen.extend(buttons(&self.bot.card(&self.room)).map(|(_, action)| called(action)));
    }

    /// Presses a button.
    async fn press(&mut self, who: &str, button: &str) {
        self.look();
        let shown = self.bot.card(&self.room);
        let pressed = buttons(&shown).find(|(label, _)| *label == button);
        let (_, action) = pressed.unwrap_or_else(|| panic!("no `{button}` on {shown}"));
        self.used.insert(called(action));
        self.bot.press_card(who, &self.room, button).await;
        self.look();
    }

    /// Chooses from the menu.
    async fn choose(&mut self, who: &str, entry: &str) {
        self.look();
        self.used.insert(entry.to_owned());
        let chosen = self.bot.slack.act_as(who).choose(&self.bot.card(&self.room), "…", entry).await;
        let answer = chosen.unwrap_or_else(|e| panic!("{entry}: {e:?}")).expect("the bot hears of it");
        assert_eq!(answer.error, None, "{entry}: {:?}", answer.complaints);
        self.bot.settle().await;
        self.look();
    }

    /// Sends the form that is open.
    async fn send(&mut self, who: &str, values: &[(&str, &str)]) {
        assert_eq!(self.bot.submit(who, values).await, Outcome::Closed, "{values:?}");
        self.look();
    }

    /// The card says this now.
    #[track_caller]
    fn says(&self, what: &str) {
        let card = self.bot.card(&self.room);
        assert!(card.contains(what), "no `{what}` on {card}");
    }

    /// Who has a role.
    async fn holder(&self, role: &str) -> String {
        let found = self.bot.app().engine.incident("INC-1".parse().expect("an id")).await.expect("a record");
        let it = found.expect("declared");
        it.holder(&role.into()).unwrap_or_else(|| panic!("nobody is {role}")).to_string()
    }

    /// The room heard this once.
    #[track_caller]
    fn told(&self, what: &str) {
        self.bot.expect_once(&self.room, what);
    }
}

#[tokio::test]
async fn every_button_and_every_entry_of_the_menu_does_what_it_says() {
    let mut card = Card::of("sev3 checkout is slow").await;
    card.bot.slack.act_as("bob").join(&card.room).expect("joined");
    while_it_is_open(&mut card).await;
    roles(&mut card).await;
    endings(&mut card).await;
    let left: Vec<&String> = card.seen.difference(&card.used).collect();
    assert!(left.is_empty(), "on the card, and not used here: {left:?}");
}

/// Severity, title, links, updates, pages, phases.
async fn while_it_is_open(card: &mut Card) {
    card.press("alice", "Accept Incident commander").await;
    card.press("alice", "Why is it an incident?").await;
    card.send("alice", &[("Why is it an incident?", "service_impact")]).await;
    card.choose("alice", "Change severity").await;
    let worse = [("Service: what is broken?", "2"), ("Customers: who suffers?", "3"), ("Why?", "carts are lost")];
    card.send("alice", &worse).await;
    card.says("SEV2");
    card.told("carts are lost");
    card.choose("bob", "Rename").await;
    card.send("bob", &[("What is wrong?", "carts are lost at checkout")]).await;
    card.says("carts are lost at checkout");
    card.choose("bob", "Keep a link").await;
    card.send("bob", &[("Address", "https://graphs.example/carts")]).await;
    card.says("https://graphs.example/carts");
    card.press("alice", "Post update").await;
    card.send("alice", &[("Update", "We put the old cache back")]).await;
    card.told("We put the old cache back");
    card.press("alice", "Escalate").await;
    card.send("alice", &[("Who is needed?", "erin")]).await;
    card.bot.expect_dm("erin", "carts are lost at checkout");
    card.press("alice", "Identified →").await;
    card.says("Identified");
    card.press("bob", "Change phase").await;
    card.send("bob", &[("Phase", "monitoring")]).await;
    card.says("Monitoring");
    card.press("alice", "Confirm final fix").await;
    let fixed = [
        ("What mended it?", "the old cache"),
        ("Which signal shows that it works?", "no errors"),
        ("And then?", "watch"),
    ];
    card.send("alice", &fixed).await;
    card.says("Final fix");
}

/// Assigned from the card; handed over from the direct message, and in both hands until it is accepted.
async fn roles(card: &mut Card) {
    card.press("alice", "Assign roles").await;
    card.send("alice", &[("Role", "scribe"), ("Who?", "dave"), ("How?", "now")]).await;
    assert_eq!(card.holder("scribe").await, "U0DAVE");
    let free = card.bot.card(&card.room);
    let (label, _) = buttons(&free).find(|(label, _)| label.starts_with("Take ")).expect("a role");
    card.press("bob", label).await;
    let dm = card.bot.slack.dm("alice");
    card.bot.press("alice", &dm, "Hand over").await;
    card.send("alice", &[("Who takes over?", "carol")]).await;
    assert_eq!(card.holder("commander").await, "U0ALICE", "responsible until then");
    let offer = card.bot.expect_dm("carol", "Accept");
    card.bot.press("carol", &[offer], "Accept").await;
    assert_eq!(card.holder("commander").await, "U0CAROL");
}

/// Resolved, reopened by the menu, cancelled, reopened by the button, closed by each of the two ways.
async fn endings(card: &mut Card) {
    let why = [("What mended it?", "the shop is well again")];
    card.choose("carol", "Resolve").await;
    card.send("carol", &why).await;
    card.says("Resolved");
    card.told("the shop is well again");
    card.choose("carol", "Reopen").await;
    card.send("carol", &[("Why?", "carts are lost again")]).await;
    card.told("carts are lost again");
    card.choose("carol", "Cancel incident").await;
    card.send("carol", &[("Why?", "it was a drill of another team")]).await;
    card.says("Cancelled");
    card.told("it was a drill of another team");
    card.press("bob", "Reopen").await;
    card.send("bob", &[("Why?", "it was none")]).await;
    card.told("it was none");
    for (by_menu, closed) in [(false, 1), (true, 2)] {
        card.choose("carol", "Resolve").await;
        card.send("carol", &why).await;
        if by_menu {
            card.choose("carol", "Close").await;
        } else {
            card.press("carol", "Close").await;
        }
        card.says("Closed");
        let history = card.bot.history("INC-1").await;
        let closings = history.iter().filter(|what| matches!(what, What::Closed {}));
        assert_eq!(closings.count(), closed, "{}", shown(&card.bot.said(&card.room)));
        card.press("bob", "Reopen").await;
        card.send("bob", &[("Why?", &format!("once more, {closed}"))]).await;
    }
}
