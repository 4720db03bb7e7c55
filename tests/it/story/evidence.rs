//! Evidence with its chain of custody, and observations that are suspected until somebody confirms them.

use watchroom::{
    incident::{
        What,
        case::Fact,
        course::{Fact as Course, missing},
    },
    playbook::Need,
    render,
};

use crate::harness::{Bot, shown};

const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

async fn security() -> (Bot, String) {
    let bot = Bot::start().await;
    let room = bot.declare_secret("alice", "sev2 security: zebra tokens").await;
    (bot, room)
}

/// The export for people, as `watchroom export --format markdown` writes it.
async fn export(bot: &Bot, id: &str) -> String {
    render::markdown(&bot.app().engine.history(id.parse().expect("an id")).await.expect("a record"))
}

/// [G2] Each piece has its hash, its custodian, when it was taken and where it is kept; the export has every hand-over, in
/// order.
#[tokio::test]
async fn the_export_has_the_chain_of_custody() {
    let (bot, room) = security().await;
    let hash = HASH.to_uppercase();
    let kept = format!("/incident evidence quagga disk image sha256: {hash} taken: 20 min ago kept: safe 2");
    bot.slash_in("alice", &room, &kept).await;
    bot.slash_in("bob", &room, "/incident evidence the stolen badge custodian: @alice").await;
    let outsider = bot.slash_in("alice", &room, "/incident evidence pass 1 @dave").await;
    assert!(outsider.text.contains("was not let in"), "{}", outsider.text);
    bot.slash_in("alice", &room, "/incident evidence pass 1 @bob locker 7").await;
    bot.slash_in("alice", &room, "/incident access add @carol she keeps the vault").await;
    bot.slash_in("bob", &room, "/incident evidence pass 1 @carol the vault").await;
    let export = export(&bot, "SEC-1").await;
    let place = |part: &str| export.find(part).unwrap_or_else(|| panic!("no `{part}` in {export}"));
    let chain = [HASH, "to: U0BOB", "to: U0CAROL"].map(place);
    assert!(chain.is_sorted(), "in order: {chain:?} in {export}");
    for part in ["custodian: U0ALICE", "2026-11-22T02:40:00Z", "safe 2", "locker 7", "the vault"] {
        place(part);
    }
    let list = bot.slash_in("bob", &room, "/incident evidence").await;
    for part in ["quagga disk image", HASH, "custodian <@U0CAROL>, kept: the vault", "the stolen badge", "no hash"] {
        assert!(list.text.contains(part), "no `{part}` in {}", list.text);
    }
}

/// What the list has no room for is found by whoever reads it, with what they can type in Slack.
#[tokio::test]
async fn a_long_list_of_evidence_says_where_the_rest_is() {
    let (bot, room) = security().await;
    for n in 1..=16 {
        bot.slash_in("alice", &room, &format!("/incident evidence quagga image {n}.")).await;
    }
    let list = bot.slash_in("bob", &room, "/incident evidence").await;
    let shown = format!("{:?}", list.blocks);
    assert!(shown.contains("quagga image 16.") && !shown.contains("quagga image 1."), "{shown}");
    assert!(shown.contains("… and 1 earlier: `/incident SEC-1 timeline` has them all."), "{shown}");
    let timeline = bot.slash_in("bob", &room, "/incident SEC-1 timeline").await;
    assert!(timeline.text.contains("quagga image 1."), "{}", timeline.text);
}

/// [G2] What is only suspected is nowhere shown as confirmed: not in the room, the list, the timeline, the summary, the export.
#[tokio::test]
async fn what_is_suspected_is_never_shown_as_confirmed() {
    let (bot, room) = security().await;
    bot.slash_in("alice", &room, "/incident observe suspected a quagga copied the tokens").await;
    bot.slash_in("alice", &room, "/incident observe the okapi too").await;
    bot.slash_in("alice", &room, "/incident observe confirmed the tapir did not").await;
    let mut said = vec![shown(&bot.said(&room)), export(&bot, "SEC-1").await];
    for typed in ["observe", "timeline", "summary"] {
        said.push(bot.slash_in("alice", &room, &format!("/incident {typed}")).await.text);
    }
    for text in &said {
        for line in text.lines().filter(|l| l.contains("quagga") || l.contains("okapi")) {
            let line = line.to_lowercase();
            assert!(line.contains("suspected") && !line.contains("confirmed"), "{line}");
        }
        assert!(text.lines().any(|l| l.contains("tapir") && l.to_lowercase().contains("confirmed")), "{text}");
        assert!(text.contains("quagga"), "{text}");
    }
    bot.slash_in("alice", &room, "/incident observe").await;
    let list = bot.slack.ephemerals("alice", &room).pop().expect("a list");
    bot.slack.act_as("alice").press(&list, "case.observation.1").await.expect("pressed");
    bot.submit("alice", &[("How do we know that it is so?", "the access log shows it")]).await;
    let list = bot.slash_in("alice", &room, "/incident observe").await;
    let line = list.text.lines().find(|l| l.contains("quagga")).expect("it is there");
    assert!(line.contains("Confirmed") && !line.contains("Suspected"), "{line}");
    assert!(list.text.contains("_Confirmed by:_ the access log shows it"), "{}", list.text);
    assert!(list.text.lines().any(|l| l.contains("okapi") && l.contains("Suspected")), "{}", list.text);
    let again = bot.slash_in("alice", &room, "/incident observe confirm 1").await;
    assert!(again.text.contains("already"), "{}", again.text);
}

/// [G2] The phase that needs evidence, and the coordinator's duty to keep it, are judged by the record.
#[tokio::test]
async fn evidence_is_what_the_record_shows() {
    let (bot, room) = security().await;
    bot.slash_in("alice", &room, "/incident phase containment it goes on").await;
    bot.slash_in("alice", &room, "/incident phase eradication").await;
    let lacks = |what: &What| {
        matches!(what, What::Course(Course::LeftWithout { phase, needs })
            if phase.as_str() == "containment" && needs.contains(&Need::Evidence))
    };
    assert!(bot.history("SEC-1").await.iter().any(lacks), "left without evidence");
    let before = bot.slash_in("alice", &room, "/incident checklist").await;
    assert!(!before.text.contains(":ballot_box_with_check: Keep evidence"), "{}", before.text);
    bot.slash_in("alice", &room, "/incident evidence add").await;
    let form = bot.form("alice").json.to_string();
    assert!(
        form.contains("\"initial_user\":\"U0ALICE\""),
        "whoever records it has it, unless they say otherwise: {form}"
    );
    bot.slack.act_as("alice").fill([("Who keeps it?", "U0ALICE".into())]).await.expect("filled");
    bot.submit("alice", &[("What is it?", "the log of the gate"), ("SHA-256", "not a hash")]).await;
    let kept = |what: &What| matches!(what, What::Case(Fact::EvidenceKept { sha256: Some(_), .. }));
    assert!(!bot.history("SEC-1").await.iter().any(kept), "the form stays open");
    bot.submit("alice", &[("SHA-256", HASH)]).await;
    assert_eq!(bot.history("SEC-1").await.iter().filter(|what| kept(what)).count(), 1);
    let after = bot.slash_in("alice", &room, "/incident checklist").await;
    assert!(after.text.contains(":ballot_box_with_check: Keep evidence"), "{}", after.text);
    let it = bot.app().engine.incident("SEC-1".parse().expect("an id")).await.expect("read").expect("there");
    let phase = bot.app().engine.books().of(&it).kind(&it.kind).phase("containment").expect("a phase");
    assert!(!missing(phase, &it, it.declared_at).contains(&Need::Evidence));
}

/// [G2] What cannot be is refused with a sentence, and words of evidence can be removed.
#[tokio::test]
async fn what_is_no_evidence_is_refused() {
    let (bot, room) = security().await;
    for (typed, answer) in [
        ("evidence x sha256: 1234", "That is no SHA-256"),
        ("evidence x taken: once", "When was it taken?"),
        ("evidence x taken: 2027-01-01T00:00:00Z", "still to come"),
        ("evidence x custodian: nobody", "Who keeps it?"),
        ("evidence sha256: x", "The evidence is empty"),
        ("evidence pass 4 @alice", "There is no evidence 4"),
        ("evidence pass 4 somebody", "To whom?"),
        ("observe suspected", "The observation is empty"),
        ("observe confirm 9", "There is no observation 9"),
    ] {
        let said = bot.slash_in("alice", &room, &format!("/incident {typed}")).await;
        assert!(said.text.contains(answer), "{typed}: {}", said.text);
    }
    assert!(!bot.history("SEC-1").await.iter().any(|what| matches!(what, What::Case(_))), "nothing was recorded");
    bot.slash_in("alice", &room, "/incident evidence a quagga in the log").await;
    let at = bot.history("SEC-1").await.iter().position(|w| matches!(w, What::Case(_))).expect("kept") + 1;
    bot.slash_in("alice", &room, &format!("/incident redact {at} not here")).await;
    for typed in ["evidence", "timeline", "summary"] {
        let said = bot.slash_in("alice", &room, &format!("/incident {typed}")).await;
        assert!(!said.text.contains("quagga"), "{typed}: {}", said.text);
    }
    assert!(!export(&bot, "SEC-1").await.contains("quagga"));
    let dave = bot.slash("dave", "/incident SEC-1 evidence").await;
    assert!(dave.text.contains("There is no SEC-1"), "{}", dave.text);
}
