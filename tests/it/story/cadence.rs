//! Early and often: for colleagues, for customers and for the leadership, by the same rules and each by themselves.

use watchroom::{
    incident::{
        Rejection, When,
        comms::{Ask, Drafting, No},
    },
    playbook::{Audience, CadenceRule, OutletId, Playbook, Severity},
};

use super::comms::{ask, drafting, incident, with_playbook};
use crate::harness::{Bot, minutes, shown};

/// Readers, and what the bot calls that of which it reminds.
struct Readers {
    to: Audience,
    /// What they get.
    what: &'static str,
    /// The role whose it is; none: whoever leads.
    role: Option<&'static str>,
    /// Where it is written, from the register.
    write: Option<&'static str>,
    outlet: &'static str,
    /// What the room is told once it is late.
    late: &'static str,
}

const ALL: [Readers; 3] = [
    Readers {
        to: Audience::Internal,
        what: "internal update",
        role: None,
        write: None,
        outlet: "",
        late: "is overdue. ",
    },
    Readers {
        to: Audience::External,
        what: "update for customers",
        role: Some("communications"),
        write: Some("Write update for customers"),
        outlet: "status_page",
        late: "update for customers was due",
    },
    Readers {
        to: Audience::Executive,
        what: "executive update",
        role: Some("internal_comms"),
        write: Some("Write executive update"),
        outlet: "leadership",
        late: "executive update was due",
    },
];

impl Readers {
    /// A bot that owes these readers alone something every so many minutes, and that has nothing else to remind of; Carol stands in for
    /// whoever leads.
    async fn owed(&self, every: u32) -> (Bot, String) {
        let bot = with_playbook(|p| {
            quiet(p);
            let none = CadenceRule { severity: Severity(1), ..p.cadence.rules[0].clone() };
            let none = CadenceRule {
                first_internal_min: 0,
                every_internal_min: 0,
                first_external_min: 0,
                every_external_min: 0,
                every_executive_min: 0,
                ..none
            };
            p.cadence.rules = vec![match self.to {
                Audience::Internal => CadenceRule { first_internal_min: every, every_internal_min: every, ..none },
                Audience::External => CadenceRule { first_external_min: every, every_external_min: every, ..none },
                _ => CadenceRule { every_executive_min: every, ..none },
            }];
        })
        .await;
        let room = bot.declare("alice", "sev1 checkout is down").await;
        if let Some(role) = self.role {
            bot.slash_in("alice", &room, &format!("/incident role {role} @bob")).await;
        }
        (bot, room)
    }

    /// Whose it is.
    const fn owner(&self) -> &'static str {
        if self.role.is_some() { "bob" } else { "alice" }
    }

    /// How often the owner was reminded, the room was told, and lead and backup heard of it.
    fn told(&self, bot: &Bot, room: &str) -> [usize; 4] {
        let dms = |who: &str, part: String| bot.slack.dm(who).iter().filter(|m| m.contains(&part)).count();
        let missing = |who: &str| dms(who, format!("the {} that was due", self.what));
        [
            dms(self.owner(), format!("· {} due", self.what)),
            bot.count(room, self.late),
            missing("alice"),
            missing("carol"),
        ]
    }

    /// The next one goes out, with another one promised in so many minutes.
    async fn post(&self, bot: &Bot, room: &str, words: &str, next: u32) {
        if self.to == Audience::Internal {
            bot.slash_in("alice", room, &format!("/incident update {words} next {next}m")).await;
        } else {
            let words = format!("{words}.");
            let mut text =
                Drafting { to: self.to, next_by: Some(When::In(next)), ..drafting(&[self.outlet], &words, true) };
            // What some phases want to know besides; the others take no notice of it.
            text.fields.insert("change".into(), words);
            assert_eq!(ask(bot, "alice", Ask::Draft(text)).await, Ok(()), "{}", self.what);
        }
    }

    async fn misses(&self, bot: &Bot) -> u32 {
        let it = incident(bot).await;
        it.comms.promise(self.to).map_or(it.comms.internal_misses, |promise| promise.misses)
    }
}

/// Nothing but what is owed reminds anybody.
fn quiet(p: &mut Playbook) {
    p.values.clear();
    p.roles.iter_mut().for_each(|role| role.checklist.clear());
    let commander = p.roles.iter_mut().find(|r| r.id.as_str() == "commander").expect("built in");
    commander.backup = Some("user:U0CAROL".parse().expect("a contact"));
}

/// [D3] Reminded at 80 %, visible at 100 %, escalated at 150 %, each once and counted once, whatever crashes; a post resets all of it:
/// for colleagues, customers and the leadership alike.
#[tokio::test]
async fn whoever_is_owed_something_is_not_forgotten() {
    for readers in ALL {
        let (mut bot, room) = readers.owed(20).await;
        let what = readers.what;
        for (by, told) in [
            (15, [0, 0, 0, 0]),
            (16, [1, 0, 0, 0]),
            (19, [1, 0, 0, 0]),
            (20, [1, 1, 0, 0]),
            (29, [1, 1, 0, 0]),
            (30, [1, 1, 1, 1]),
        ] {
            let since = incident(&bot).await.declared_at;
            let passed = i64::from(by) - (bot.clock_second() - since.as_second()) / 60;
            bot.advance(minutes(passed)).await;
            assert_eq!(readers.told(&bot, &room), told, "{what}, after {by} min: {}", shown(&bot.said(&room)));
            bot.crash_and_restart().await;
        }
        bot.advance(minutes(60)).await;
        assert_eq!(readers.told(&bot, &room), [1, 1, 1, 1], "{what}: each once");
        assert_eq!(readers.misses(&bot).await, 1, "{what}: counted once");
        readers.post(&bot, &room, "Some payments fail", 30).await;
        // The room strikes out what came after all.
        let reset = readers.told(&bot, &room)[1];
        bot.advance(minutes(23)).await;
        assert_eq!(readers.told(&bot, &room), [1, reset, 1, 1], "{what}: nothing is owed yet");
        bot.advance(minutes(1)).await;
        assert_eq!(readers.told(&bot, &room), [2, reset, 1, 1], "{what}: 80 % of the new time");
        readers.post(&bot, &room, "Fewer payments fail", 240).await;
        bot.advance(minutes(120)).await;
        assert_eq!(readers.told(&bot, &room), [2, reset, 1, 1], "{what}: it came in time");
        assert_eq!(readers.misses(&bot).await, 1, "{what}");
    }
}

/// [D3] Putting off needs a new time, which the room sees and which is reminded of: for colleagues, customers and the leadership.
#[tokio::test]
async fn later_needs_a_new_time() {
    for readers in ALL {
        let (bot, room) = readers.owed(20).await;
        let what = readers.what;
        bot.advance(minutes(16)).await;
        let owner = readers.owner();
        bot.press(owner, &bot.slack.dm(owner), &format!("Later: {what}, INC-1")).await;
        bot.submit(owner, &[("New time", "in 1 h"), ("Why", "We wait for the disk")]).await;
        bot.expect_once(&room, &format!("moved the next {what}"));
        bot.expect_once(&room, "We wait for the disk");
        let put_off = |until| Ask::Snooze { to: readers.to, until, why: None };
        assert_eq!(ask(&bot, "alice", put_off(When::Never)).await, Err(No::NoNextUpdate), "{what}");
        bot.advance(minutes(47)).await;
        assert_eq!(readers.told(&bot, &room), [1, 0, 0, 0], "{what}: not at the old time");
        bot.advance(minutes(13)).await;
        assert_eq!(readers.told(&bot, &room), [2, 1, 0, 0], "{what}: {}", shown(&bot.said(&room)));
    }
}

/// [D3] A time that has passed is no new time.
#[tokio::test]
async fn later_is_not_earlier() {
    use watchroom::{
        engine::{Ask as Request, Refusal},
        incident::{Actor, Command},
    };
    for readers in ALL {
        let (bot, _) = readers.owed(20).await;
        let until = When::At(incident(&bot).await.declared_at);
        let put_off = Command::Comms(Ask::Snooze { to: readers.to, until, why: None });
        let id = Some("INC-1".parse().expect("an id"));
        let asked = bot.app().engine.ask(Request::new(None, Actor::Person("U0ALICE".into()), id, put_off)).await;
        assert!(
            matches!(&asked, Err(Refusal::Rejected { why: Rejection::NextUpdatePast, .. })),
            "{}: {asked:?}",
            readers.what
        );
    }
}

/// The minutes to the next text that the form for these readers begins with.
async fn offered(bot: &Bot, room: &str, readers: &Readers) -> u32 {
    match readers.write {
        Some(write) => {
            bot.slash_in("alice", room, "/incident channels").await;
            let register = bot.slack.ephemerals("alice", room).pop().expect("the register");
            bot.press("alice", &[register], write).await;
        }
        None => drop(bot.press_card("alice", room, "Post update").await),
    }
    let blocks = bot.form("alice").json["blocks"].clone();
    let next = blocks.as_array().expect("blocks").iter().find(|b| b["label"]["text"] == "Next update").cloned();
    bot.slack.act_as("alice").close().await.expect("closed");
    let next = next.expect("when the next one comes");
    next["element"]["initial_option"]["value"].as_str().and_then(|m| m.parse().ok()).expect("minutes")
}

/// [D3] While it is watched, and after two hours, texts come half as often, for whomever: the greater factor counts, not both, and the
/// form says when.
#[tokio::test]
async fn whoever_is_owed_something_hears_less_often_later() {
    for readers in ALL {
        let (bot, room) = readers.owed(20).await;
        let what = readers.what;
        assert_eq!(offered(&bot, &room, &readers).await, 20, "{what}");
        bot.slash_in("alice", &room, "/incident mitigate").await;
        assert_eq!(offered(&bot, &room, &readers).await, 40, "{what} while it is watched");
        bot.slash_in("alice", &room, "/incident phase investigating it came back").await;
        assert_eq!(offered(&bot, &room, &readers).await, 20, "{what} again");
        bot.clock.advance(minutes(119));
        bot.settle().await;
        assert_eq!(offered(&bot, &room, &readers).await, 20, "{what} before two hours");
        bot.clock.advance(minutes(1));
        bot.settle().await;
        assert_eq!(offered(&bot, &room, &readers).await, 40, "{what} after two hours");
        bot.slash_in("alice", &room, "/incident mitigate").await;
        assert_eq!(offered(&bot, &room, &readers).await, 40, "{what}, both at once");
        // What is promised is what counts, and what the text says.
        readers.post(&bot, &room, "Some payments fail", 40).await;
        let it = incident(&bot).await;
        let due = it.comms.promise(readers.to).map_or(it.update.due, |promise| promise.due).expect("promised");
        assert_eq!((due.as_second() - bot.clock_second()) / 60, 40, "{what}");
        if readers.to != Audience::Internal {
            let sent = it.comms.sends.last().expect("sent");
            assert!(sent.delivery(&OutletId::from(readers.outlet)).is_some(), "{what}");
        }
    }
}
