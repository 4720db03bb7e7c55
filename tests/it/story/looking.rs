//! Looking things up: lists, searches, one incident, and the App Home.

use watchroom::incident::access::codename;

use crate::harness::{Bot, minutes};

/// The incidents that a text names, in the order in which it names them, each once.
fn named(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
        let is_id = word
            .split_once('-')
            .is_some_and(|(series, number)| ["INC", "SEC", "DRILL"].contains(&series) && number.parse::<u64>().is_ok());
        if is_id && !found.iter().any(|f| f == word) {
            found.push(word.to_owned());
        }
    }
    found
}

/// What a person reads in an answer: `INC-…` in order.
async fn listed(bot: &Bot, who: &str, typed: &str) -> Vec<String> {
    let answer = bot.slash(who, &format!("/incident {typed}")).await;
    let (text, blocks) = (named(&answer.text), named(&answer.blocks.to_string()));
    assert_eq!(text, blocks, "the notification says what the message shows: {} / {}", answer.text, answer.blocks);
    text
}

/// The parts of someone's home: what stands under each heading.
fn home(bot: &Bot, who: &str) -> Vec<(String, Vec<String>)> {
    bot.slack.act_as(who).open_home().expect("opened");
    let view = bot.slack.home(who);
    let blocks = view.map(|v| v.json["blocks"].as_array().cloned().unwrap_or_default()).unwrap_or_default();
    let mut parts: Vec<(String, Vec<String>)> = Vec::new();
    for block in blocks {
        if block["type"] == "header" {
            parts.push((block["text"]["text"].as_str().unwrap_or_default().to_owned(), Vec::new()));
        } else if let Some((_, rows)) = parts.last_mut() {
            rows.extend(named(&block.to_string()).into_iter().take(1));
        }
    }
    parts
}

fn under<'a>(parts: &'a [(String, Vec<String>)], heading: &str) -> Vec<&'a str> {
    let part = parts.iter().find(|(h, _)| h == heading);
    let part = part.unwrap_or_else(|| panic!("no `{heading}` in {parts:?}"));
    part.1.iter().map(String::as_str).collect()
}

/// Three of alice, two of bob, one of each closed.
async fn some() -> Bot {
    let bot = Bot::start().await;
    for (who, what) in [
        ("alice", "sev1 checkout is down"),
        ("bob", "sev3 search is slow"),
        ("alice", "sev2 mail bounces"),
        ("bob", "sev3 printers jam"),
        ("alice", "sev4 a lamp blinks"),
    ] {
        bot.declare(who, what).await;
        bot.advance(minutes(1)).await;
    }
    for (who, id) in [("bob", "INC-4"), ("alice", "INC-5")] {
        bot.slash(who, &format!("/incident {id} fix a restart")).await;
        bot.slash(who, &format!("/incident {id} resolve a restart")).await;
        let closed = bot.slash(who, &format!("/incident {id} close")).await;
        assert!(closed.text.contains("closed"), "{}", closed.text);
    }
    bot
}

#[tokio::test]
async fn lists_show_what_is_open_mine_and_recent_latest_first() {
    let bot = some().await;
    assert_eq!(listed(&bot, "alice", "list").await, ["INC-3", "INC-2", "INC-1"]);
    assert_eq!(listed(&bot, "alice", "ls open").await, ["INC-3", "INC-2", "INC-1"]);
    assert_eq!(listed(&bot, "alice", "list mine").await, ["INC-3", "INC-1"], "mine go on, and I have to do with them");
    assert_eq!(listed(&bot, "bob", "list my").await, ["INC-2"]);
    assert_eq!(listed(&bot, "carol", "list mine").await, Vec::<String>::new());
    assert_eq!(listed(&bot, "dave", "list recent").await, ["INC-5", "INC-4", "INC-3", "INC-2", "INC-1"]);
    let text = bot.slash("alice", "/incident list").await.text;
    for part in ["checkout is down", "SEV1", "Investigating", "<@U0ALICE>", "<#"] {
        assert!(text.contains(part), "no `{part}` in {text}");
    }
    let text = bot.slash("alice", "/incident list recent").await.text;
    assert!(text.contains("Closed") || text.contains("closed"), "{text}");
    // A role makes it mine, giving it away makes it not mine.
    bot.slash("carol", "/incident INC-2 role support").await;
    assert_eq!(listed(&bot, "carol", "list mine").await, ["INC-2"]);
    bot.slash("carol", "/incident INC-2 unassign support").await;
    assert_eq!(listed(&bot, "carol", "list mine").await, Vec::<String>::new());
}

#[tokio::test]
async fn nothing_to_list_is_said_and_what_to_do() {
    let bot = Bot::start().await;
    for typed in ["list", "list mine", "list recent", "find nothing"] {
        let text = bot.slash("alice", &format!("/incident {typed}")).await.text;
        assert!(text.contains("None"), "`{typed}`: {text}");
    }
    let strange = bot.slash("alice", "/incident list everything there is").await;
    assert!(!strange.text.is_empty() || bot.slack.view("alice").is_some());
}

#[tokio::test]
async fn words_find_by_title_also_what_is_closed() {
    let bot = some().await;
    assert_eq!(listed(&bot, "alice", "find search").await, ["INC-2"]);
    assert_eq!(listed(&bot, "alice", "find CHECK").await, ["INC-1"], "the beginning of a word, in any case");
    assert_eq!(listed(&bot, "alice", "find lamp").await, ["INC-5"], "closed ones too");
    assert_eq!(listed(&bot, "alice", "search printers jam").await, ["INC-4"]);
    assert_eq!(listed(&bot, "alice", "find printers checkout").await, Vec::<String>::new(), "all words count");
    // A new title is found, the old one no more.
    bot.slash("alice", "/incident INC-1 title payments are down").await;
    assert_eq!(listed(&bot, "alice", "find payments").await, ["INC-1"]);
    let hostile = bot.slash("alice", "/incident find <!channel> *x*").await;
    assert!(!hostile.body.to_string().contains("<!channel>"), "{}", hostile.body);
    let bare = bot.slash("alice", "/incident find").await.text;
    assert!(bare.contains("/incident find checkout"), "{bare}");
}

#[tokio::test]
async fn one_incident_is_shown_from_anywhere_with_what_can_be_done() {
    let bot = some().await;
    bot.slash("bob", "/incident INC-1 role support").await;
    bot.slash("bob", "/incident INC-1 link https://graphs.example.com/x").await;
    for typed in ["show INC-1", "INC-1 show", "info inc-1", "INC-1"] {
        let answer = bot.slash("dave", &format!("/incident {typed}")).await;
        let all = format!("{} {}", answer.text, answer.blocks);
        for part in ["checkout is down", "SEV1", "<@U0ALICE>", "<@U0BOB>", "https://graphs.example.com/x"] {
            assert!(all.contains(part), "`{typed}`: no `{part}` in {all}");
        }
    }
    let shown = bot.slash("dave", "/incident show INC-1").await;
    for button in ["Post update", "Escalate", "Timeline", "Summary"] {
        assert!(shown.blocks.to_string().contains(button), "no `{button}`: {}", shown.blocks);
    }
    let over = bot.slash("dave", "/incident show INC-5").await;
    assert!(over.text.to_lowercase().contains("closed"), "{}", over.text);
    assert!(!over.blocks.to_string().contains("Post update"), "nothing to post to: {}", over.blocks);
}

#[tokio::test]
async fn the_home_has_each_incident_once_under_what_tells_most() {
    let bot = some().await;
    home(&bot, "alice");
    bot.settle().await;
    let parts = home(&bot, "alice");
    assert_eq!(under(&parts, "Yours"), ["INC-3", "INC-1"]);
    assert_eq!(under(&parts, "Other open incidents"), ["INC-2"]);
    assert_eq!(under(&parts, "Ended lately"), ["INC-5", "INC-4"]);
    // Opened again, it shows what came meanwhile.
    bot.declare("bob", "sev1 payments fail").await;
    bot.slash("bob", "/incident INC-6 handoff @alice").await;
    bot.press("alice", &bot.slack.dm("alice"), "Accept").await;
    home(&bot, "alice");
    bot.settle().await;
    assert_eq!(under(&home(&bot, "alice"), "Yours"), ["INC-6", "INC-3", "INC-1"]);
    // What stands there can be pressed.
    let view = bot.slack.home("alice").expect("a home");
    let answer = bot.slack.act_as("alice").press(&view, "Declare an incident").await.expect("pressed");
    assert_eq!(answer.error, None, "{:?}", answer.complaints);
    assert!(bot.form("alice").contains("What is wrong?"));
    bot.slack.act_as("alice").close().await.expect("closed");
    let show = "incident.show.home.open.INC-2";
    bot.slack.act_as("alice").press(&view, show).await.expect("pressed");
    bot.settle().await;
    assert!(bot.form("alice").contains("search is slow"), "shown in a window: there is no channel to answer in");
}

#[tokio::test]
async fn an_empty_home_is_no_blank_page() {
    let bot = Bot::start().await;
    home(&bot, "dave");
    bot.settle().await;
    let view = bot.slack.home("dave").expect("a home");
    for part in ["Declare an incident", "None", "/incident help"] {
        assert!(view.contains(part), "no `{part}` in {view:?}");
    }
}

#[tokio::test]
async fn many_incidents_are_counted_and_the_latest_are_shown() {
    let bot = Bot::start().await;
    for verb in ["declare sev4 printers jam", "declare sev4 a lamp blinks", "INC-2 cancel a test"] {
        bot.slash("bob", &format!("/incident {verb}")).await;
    }
    for n in 3..=25 {
        bot.slash("alice", &format!("/incident declare sev4 trouble{n}")).await;
    }
    let all = listed(&bot, "alice", "list").await;
    assert_eq!(all.len(), 20, "{all:?}");
    assert_eq!((all[0].as_str(), all[19].as_str()), ("INC-25", "INC-6"));
    let text = bot.slash("alice", "/incident list").await.text;
    assert!(text.contains("there are more"), "nobody takes twenty for all of them: {text}");
    home(&bot, "alice");
    bot.settle().await;
    let parts = home(&bot, "alice");
    assert_eq!(under(&parts, "Yours").len(), 8, "{parts:?}");
    let view = bot.slack.home("alice").expect("a home");
    assert!(view.contains("more: `/incident list`"), "{view:?}");
    // However many are hers, the others are there too.
    assert_eq!(under(&parts, "Other open incidents"), ["INC-1"]);
    assert_eq!(under(&parts, "Ended lately"), ["INC-2"]);
}

/// Need-to-know incidents are listed, found and shown to those inside alone, by their codename.
#[tokio::test]
async fn secrets_are_listed_to_those_inside_alone() {
    let bot = Bot::start().await;
    bot.declare("alice", "sev3 search is slow").await;
    bot.advance(minutes(1)).await;
    bot.declare_secret("erin", "sev1 security: zebra keys leaked").await;
    bot.advance(minutes(1)).await;
    bot.declare("alice", "sev3 mail bounces").await;
    assert_eq!(listed(&bot, "alice", "list").await, ["INC-2", "INC-1"]);
    assert_eq!(listed(&bot, "erin", "list").await, ["INC-2", "SEC-1", "INC-1"], "in one list, by time");
    assert_eq!(listed(&bot, "erin", "list mine").await, ["SEC-1"]);
    assert_eq!(listed(&bot, "erin", "list recent").await, ["INC-2", "SEC-1", "INC-1"]);
    assert_eq!(listed(&bot, "alice", "find zebra").await, Vec::<String>::new());
    for who in ["alice", "erin"] {
        home(&bot, who);
    }
    bot.settle().await;
    assert_eq!(under(&home(&bot, "erin"), "Yours"), ["SEC-1"]);
    assert_eq!(under(&home(&bot, "erin"), "Other open incidents"), ["INC-2", "INC-1"]);
    assert_eq!(under(&home(&bot, "alice"), "Yours"), ["INC-2", "INC-1"]);
    let secret = codename("SEC-1".parse().expect("an id"));
    let of = |who: &str| bot.slack.home(who).expect("a home").json.to_string();
    assert!(of("erin").contains(&secret) && !of("erin").contains("zebra"), "a home is looked at over a shoulder");
    assert!(!of("alice").contains(&secret) && !of("alice").contains("zebra"));
}
