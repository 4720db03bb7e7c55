//! Links that answer pages from outside Slack: looking changes nothing, pressing does, and nobody can make one up.

use watchroom::incident::What;

use crate::harness::{Bot, minutes, ntfy::Ntfy, policy, reach::pushing};

/// Bob is paged by a policy that asks dave then; with the link that his push carries.
async fn pushed() -> (Bot, Ntfy, String, String) {
    let (bot, ntfy) =
        pushing(|config| config.settings.policies = vec![policy("checkout", &[("U0BOB", 5), ("U0DAVE", 5)])]).await;
    bot.choose_ntfy("bob", 0).await;
    let room = bot.declare("alice", "sev1 checkout <b>is</b> down").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    let link = bot.behind(&ntfy.pushed("bob")[0]);
    (bot, ntfy, room, link)
}

async fn acknowledged(bot: &Bot) -> usize {
    bot.history("INC-1").await.iter().filter(|what| matches!(what, What::PageAcknowledged { .. })).count()
}

#[tokio::test]
async fn looking_at_a_link_changes_nothing_and_pressing_acknowledges_once() {
    let (bot, _ntfy, room, link) = pushed().await;
    for _ in 0..3 {
        let (status, page) = bot.open(&link).await;
        assert!(
            status == 200 && page.contains("Acknowledge</button>") && page.contains("can't come"),
            "{status} {page}"
        );
        assert!(page.contains("checkout &lt;b&gt;is&lt;/b&gt; down") && !page.contains("<script"), "{page}");
    }
    assert_eq!(acknowledged(&bot).await, 0, "programs that look through mails follow links");
    let (status, page) = bot.press_link(&link, "acknowledge").await;
    assert!(status == 200 && page.contains("You are on it") && !page.contains("<button"), "{status} {page}");
    bot.expect_once(&room, "acknowledged by ntfy after 0 s.");
    let summary = bot.slash_in("alice", &room, "/incident summary").await.text;
    assert!(summary.contains("<@U0BOB> acknowledged by ntfy <!date"), "{summary}");
    let (status, page) = bot.press_link(&link, "acknowledge").await;
    assert!(status == 200 && page.contains("You are on it"), "twice is fine: {status} {page}");
    assert_eq!(acknowledged(&bot).await, 1);
    bot.advance(minutes(20)).await;
    assert!(bot.asked("dave").is_empty());
}

#[tokio::test]
async fn a_page_allows_nothing_but_its_own_words_and_form() {
    let (bot, _ntfy, _room, link) = pushed().await;
    let answer = bot.http.get(&link).send().await.expect("an answer");
    let header = |name: &str| answer.headers()[name].to_str().expect("text").to_owned();
    assert!(header("content-security-policy").starts_with("default-src 'none'"));
    assert_eq!((header("referrer-policy"), header("cache-control")), ("no-referrer".into(), "no-store".into()));
}

#[tokio::test]
async fn whoever_cannot_come_says_so_behind_the_link_and_the_next_is_asked_at_once() {
    let (bot, _ntfy, room, link) = pushed().await;
    let (status, page) = bot.press_link(&link, "cannot").await;
    assert!(status == 200 && page.contains("still acknowledge"), "{status} {page}");
    bot.expect_once(&room, "@bob cannot come");
    bot.expect_dm("dave", "checkout");
    assert_eq!(bot.press_link(&link, "cannot").await.0, 200);
    bot.expect_once(&room, "@bob cannot come");
    let (status, _) = bot.press_link(&link, "acknowledge").await;
    assert_eq!((status, acknowledged(&bot).await), (200, 1), "after all");
}

#[tokio::test]
async fn a_link_says_who_was_faster_and_when_it_is_over() {
    let (bot, _ntfy, room, link) = pushed().await;
    bot.slash_in("carol", &room, "/incident ack").await;
    let (status, page) = bot.open(&link).await;
    assert!(status == 200 && page.contains("carol") && page.contains("acknowledged"), "{status} {page}");
    let (status, page) = bot.press_link(&link, "acknowledge").await;
    assert!(status == 409 && page.contains("acknowledged. You need not"), "{status} {page}");
    bot.slash_in("alice", &room, "/incident cancel it was a test").await;
    for (status, page) in [bot.open(&link).await, bot.press_link(&link, "acknowledge").await] {
        assert!(status == 410 && page.contains("over") && !page.contains("<button"), "{status} {page}");
    }
    assert_eq!(acknowledged(&bot).await, 1);
}

#[tokio::test]
async fn nobody_makes_a_link_up() {
    let (bot, _ntfy, _room, link) = pushed().await;
    for bad in [
        link.replace("U0BOB", "U0EVE"),
        link.replace("INC-1.1", "INC-1.2"),
        format!("{link}x"),
        format!("{}/ack/INC-1.1.U0BOB", bot.url),
    ] {
        for (status, page) in [bot.open(&bad).await, bot.press_link(&bad, "acknowledge").await] {
            assert!(
                status == 404 && page.contains("not valid") && !page.contains("checkout"),
                "{bad}: {status} {page}"
            );
        }
    }
    assert_eq!(acknowledged(&bot).await, 0);
    assert_eq!(bot.press_link(&link, &"x".repeat(5000)).await.0, 413);
}

#[tokio::test]
async fn a_link_answers_again_what_is_asked_again() {
    let (bot, _ntfy, room, link) = pushed().await;
    bot.press_link(&link, "acknowledge").await;
    bot.slash_in("carol", &room, "/incident unack").await;
    let (status, page) = bot.open(&link).await;
    assert!(status == 200 && page.contains("Acknowledge</button>"), "{status} {page}");
    assert_eq!((bot.press_link(&link, "acknowledge").await.0, acknowledged(&bot).await), (200, 2));
}

#[tokio::test]
async fn without_a_public_address_a_push_tells_to_answer_in_slack() {
    let (bot, ntfy) = pushing(|config| config.settings.public_url = None).await;
    bot.choose_ntfy("bob", 0).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page @bob").await;
    let push = ntfy.pushed("bob").remove(0);
    assert!(push["message"].as_str().is_some_and(|m| m.contains("/incident INC-1 ack")), "{push}");
    assert!(!push.to_string().contains("/ack/"), "{push}");
}
