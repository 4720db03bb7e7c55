//! The records of a case: customers, who are told by a person, by plan, and only of what is confirmed.

use watchroom::incident::{What, case::Fact, duty};

use crate::harness::{Bot, minutes, shown};

/// What an answer says, with every reference as people read it left out.
fn flat(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">")
}

/// A need-to-know incident led by alice, with bob for the customers, and one customer with both contacts.
async fn case() -> (Bot, String) {
    let bot = Bot::start().await;
    let room = bot.declare_secret("alice", "sev2 security: zebra tokens").await;
    bot.slash_in("alice", &room, "/incident role customer_comms @bob").await;
    let added = "/incident customers add Quagga Ltd security: sec@quagga.example technical: ops@quagga.example";
    bot.slash_in("bob", &room, added).await;
    (bot, room)
}

const PLAN: &str = "/incident customers plan Quagga first | bob | Your tokens were read";
const TOLD: &str = "/incident customers told 1 mail | We revoked your tokens | Issue new ones";

/// How many notices the record has.
async fn notices(bot: &Bot) -> usize {
    let told = |what: &What| matches!(what, What::Case(Fact::CustomerTold { .. }));
    bot.history("SEC-1").await.iter().filter(|what| told(what)).count()
}

/// [G3] A notice without an engagement plan is refused; so is one whose plan no second person approved.
#[tokio::test]
async fn no_notice_without_a_plan() {
    let (bot, room) = case().await;
    bot.slash_in("bob", &room, "/incident customers confirm 1 its tokens were read").await;
    let refused = bot.slash_in("bob", &room, TOLD).await;
    assert!(refused.text.contains("There is no plan yet"), "{}", refused.text);
    // Nobody is offered what must be refused.
    let list = async |who: &str| {
        let list = bot.slash_in(who, &room, "/incident customers").await;
        (list.text.clone(), list.body.to_string())
    };
    let (text, shown) = list("bob").await;
    assert!(text.contains("Notice: the plan is to be written first"), "{text}");
    assert!(!shown.contains("Record notice"), "{shown}");
    assert!(text.contains("technical contact: ops@quagga.example"), "{text}");
    bot.slash_in("bob", &room, PLAN).await;
    let (text, shown) = list("bob").await;
    assert!(text.contains("other than its author, must approve the plan first"), "{text}");
    assert!(!shown.contains("Approve plan") && !shown.contains("Record notice"), "{shown}");
    let (_, shown) = list("alice").await;
    assert!(shown.contains("Approve plan"), "{shown}");
    let refused = bot.slash_in("bob", &room, TOLD).await;
    assert!(refused.text.contains("waits for a second person"), "{}", refused.text);
    let own = bot.slash_in("bob", &room, "/incident customers approve").await;
    assert!(own.text.contains("somebody else must approve it"), "{}", own.text);
    let other = bot.slash_in("carol", &room, "/incident customers approve").await;
    assert!(other.text.contains("can approve the plan"), "{}", other.text);
    assert_eq!(notices(&bot).await, 0);
    bot.slash_in("alice", &room, "/incident customers approve").await;
    // Another plan is another question.
    bot.slash_in("bob", &room, PLAN).await;
    let refused = bot.slash_in("bob", &room, TOLD).await;
    assert!(refused.text.contains("waits for a second person"), "{}", refused.text);
    bot.slash_in("alice", &room, "/incident customers approve").await;
    assert!(list("bob").await.1.contains("Record notice"), "he may, now");
    let (text, shown) = list("carol").await;
    assert!(text.contains("somebody who may speak to customers") && !shown.contains("Record notice"), "{text}");
    let carol = bot.slash_in("carol", &room, TOLD).await;
    assert_eq!(notices(&bot).await, 0, "only whom the register names: {}", carol.text);
    bot.slash_in("bob", &room, TOLD).await;
    assert_eq!(notices(&bot).await, 1);
    bot.expect_once(&room, "told customer 1 (its security contact)");
}

/// [G8] Without a confirmed impact no notice is possible; confirming makes a task for whoever tells customers, and telling ends
/// it. The technical contact is told where there is no security contact.
#[tokio::test]
async fn only_what_is_confirmed_is_told() {
    let (bot, room) = case().await;
    bot.slash_in("bob", &room, PLAN).await;
    bot.slash_in("alice", &room, "/incident customers approve").await;
    let refused = bot.slash_in("bob", &room, TOLD).await;
    assert!(flat(&refused.text).contains("is not confirmed"), "{}", refused.text);
    assert_eq!(notices(&bot).await, 0);
    let confirmed = bot.slash_in("alice", &room, "/incident customers confirm 1 its tokens were read").await;
    assert!(confirmed.text.contains("customer 1 is to be told by"), "{}", confirmed.text);
    assert!(!confirmed.text.contains("tokens"), "the room has the whole sentence: {}", confirmed.text);
    let history = bot.history("SEC-1").await;
    let owner = history.iter().find_map(|what| match what {
        What::Duty(duty::Fact::TaskAdded { owner, .. }) => Some(owner.as_str()),
        _ => None,
    });
    assert_eq!(owner, Some("U0BOB"), "the task is the customer communications lead's");
    bot.expect_dm("bob", "Task 1 is yours");
    bot.slash_in("bob", &room, TOLD).await;
    assert!(bot.history("SEC-1").await.contains(&What::Duty(duty::Fact::TaskDone { task: 1 })), "told is done");
    let again = bot.slash_in("bob", &room, "/incident customers confirm 1").await;
    assert!(again.text.contains("already"), "{}", again.text);

    bot.slash_in("bob", &room, "/incident customers add Tapir Inc technical: ops@tapir.example").await;
    bot.slash_in("bob", &room, "/incident customers add Okapi").await;
    for customer in [2, 3] {
        bot.slash_in("alice", &room, &format!("/incident customers confirm {customer}")).await;
    }
    bot.slash_in("bob", &room, "/incident customers told 2 phone | As Quagga | Nothing").await;
    bot.expect_once(&room, "told customer 2 (its technical contact");
    let nobody = bot.slash_in("bob", &room, "/incident customers told 3 phone | As Quagga | Nothing").await;
    assert!(nobody.text.contains("Nobody knows whom to tell"), "{}", nobody.text);
    bot.slash_in("bob", &room, "/incident customers contact 3 security: their duty officer").await;
    bot.slash_in("bob", &room, "/incident customers told 3 phone | As Quagga | Nothing").await;
    assert_eq!(notices(&bot).await, 3);
    let early = bot.slash_in("bob", &room, "/incident customers clear 3 it was another").await;
    assert!(early.text.contains("was told that it is affected"), "{}", early.text);
}

/// [J4] Words of a notice to look at once more are said once, other customers' names among them; the reader's own is none. What goes to
/// all customers is looked at for the same names.
#[tokio::test]
async fn doubtful_words_of_a_notice_are_said_once() {
    let (bot, room) = case().await;
    bot.slash_in("bob", &room, PLAN).await;
    bot.slash_in("alice", &room, "/incident customers approve").await;
    bot.slash_in("bob", &room, "/incident customers add Tapir Inc").await;
    bot.slash_in("alice", &room, "/incident customers confirm 1").await;
    bot.slash_in("bob", &room, "/incident customers").await;
    let list = bot.slack.ephemerals("bob", &room).pop().expect("a list");
    bot.slack.act_as("bob").press(&list, "Record notice …").await.expect("pressed");
    let typed = [
        ("What was sent?", "Quagga Ltd is hit like Tapir Inc; it will be fixed on db1.internal"),
        ("What must they do on their own side?", "Wait for no human error, and change keys by 18:00"),
        ("How was it sent?", "mail"),
    ];
    bot.submit("bob", &typed).await;
    assert_eq!(notices(&bot).await, 0, "shown first");
    let form = bot.form("bob").json.to_string();
    for warned in
        ["“Tapir Inc” is a customer", "“will be fixed”", "“db1.internal”", "“human error”", "press “Record anyway”"]
    {
        assert!(form.contains(warned), "no {warned} in {form}");
    }
    assert!(!form.contains("“Quagga Ltd”"), "its own name: {form}");
    assert!(!form.contains("“by 18:00”"), "their own time: {form}");
    bot.slack.act_as("bob").submit().await.expect("sent");
    bot.settle().await;
    assert_eq!(notices(&bot).await, 1, "never blocked twice");
    bot.expect_once(&room, "Quagga Ltd is hit like Tapir Inc");
}

/// [J4] What was typed as a command is looked at in the same way: the form shows it with what to look at, and records it when it is sent.
#[tokio::test]
async fn doubtful_words_of_a_typed_notice_are_said_once() {
    let (bot, room) = case().await;
    bot.slash_in("bob", &room, PLAN).await;
    bot.slash_in("alice", &room, "/incident customers approve").await;
    bot.slash_in("alice", &room, "/incident customers confirm 1").await;
    let typed = "/incident customers told 1 portal | It will be fixed on db1.internal | Issue new tokens";
    bot.slash_in("bob", &room, typed).await;
    assert_eq!(notices(&bot).await, 0, "shown first");
    let form = bot.form("bob").json.to_string();
    for part in [
        "“will be fixed”",
        "“db1.internal”",
        "It will be fixed on db1.internal",
        "Issue new tokens",
        "portal",
        "press “Record anyway”",
    ] {
        assert!(form.contains(part), "no {part} in {form}");
    }
    bot.slack.act_as("bob").submit().await.expect("sent");
    bot.settle().await;
    assert_eq!(notices(&bot).await, 1, "never blocked twice");
    bot.expect_once(&room, "Issue new tokens");
    // Where there is nothing to look at, it is recorded at once.
    bot.slash_in("bob", &room, "/incident customers told 1 mail | We revoked your tokens | Nothing").await;
    assert_eq!(notices(&bot).await, 2);
}

/// [G8] What the customer must do is a part of every notice, and its acknowledgement is recorded; all by buttons and forms.
#[tokio::test]
async fn a_notice_names_their_side_and_is_acknowledged() {
    let (bot, room) = case().await;
    bot.slash_in("bob", &room, PLAN).await;
    bot.slash_in("bob", &room, "/incident customers").await;
    let list = || bot.slack.ephemerals("bob", &room).pop().expect("a list");
    let person = bot.slack.act_as("bob");
    person.press(&list(), "Confirm impact …").await.expect("pressed");
    bot.submit("bob", &[("What does it suffer?", "tokens were read")]).await;
    bot.slash_in("alice", &room, "/incident customers").await;
    let shown_to_alice = bot.slack.ephemerals("alice", &room).pop().expect("a list");
    assert!(shown_to_alice.contains("security contact: sec@quagga.example"), "{shown_to_alice}");
    bot.slack.act_as("alice").press(&shown_to_alice, "Approve plan").await.expect("pressed");
    bot.settle().await;
    bot.slash_in("bob", &room, "/incident customers").await;
    person.press(&list(), "Record notice …").await.expect("pressed");
    let form = bot.form("bob").json.to_string();
    assert!(form.contains("Your tokens were read") && form.contains("sec@quagga.example"), "{form}");
    let sent =
        bot.submit("bob", &[("How was it sent?", "mail"), ("What must they do on their own side?", "New")]).await;
    let missing = matches!(&sent, watchroom::sandbox::Outcome::Errors(told) if told.contains_key("text"));
    assert!(missing, "what was sent only they know, it is neither plan nor letter: {sent:?}");
    let half = [("What was sent?", "Your tokens were read on Sunday"), ("What must they do on their own side?", "")];
    let half = bot.submit("bob", &half).await;
    assert!(!format!("{half:?}").contains("Closed"), "their side is missing: {half:?}");
    bot.submit("bob", &[("What must they do on their own side?", "Issue new tokens")]).await;
    assert_eq!(notices(&bot).await, 1);
    bot.expect_once(&room, "What they must do: Issue new tokens");
    bot.slash_in("bob", &room, "/incident customers").await;
    assert!(list().contains("Their side: Issue new tokens"), "{}", list());
    person.press(&list(), "Acknowledged …").await.expect("pressed");
    bot.submit("bob", &[("Who acknowledged it, and how?", "their duty officer, by phone")]).await;
    bot.expect_once(&room, "acknowledged what it was told: their duty officer");
    assert!(bot.card(&room).contains("1 acknowledged"), "{}", bot.card(&room));
}

/// Whoever tells a customer starts from the playbook's letter: for the first time, for what follows, and for the end; with a
/// reference that says nothing of ours, and that the list of customers has too.
#[tokio::test]
async fn a_notice_starts_from_the_letter_of_the_playbook() {
    let (bot, room) = case().await;
    bot.slash_in("bob", &room, PLAN).await;
    bot.slash_in("alice", &room, "/incident customers approve").await;
    bot.slash_in("alice", &room, "/incident customers confirm 1 its tokens were read").await;
    let letter = async |button: &str| {
        let list = bot.slash_in("bob", &room, "/incident customers").await.text;
        let reference = list.split("Reference in letters: ").nth(1).expect("a reference")[..10].to_owned();
        let list = bot.slack.ephemerals("bob", &room).pop().expect("a list");
        bot.slack.act_as("bob").press(&list, button).await.expect("pressed");
        bot.settle().await;
        let form = bot.form("bob").json;
        bot.slack.act_as("bob").close().await.expect("closed");
        let blocks = form["blocks"].as_array().expect("blocks").iter();
        let letter = blocks.filter_map(|b| b["text"]["text"].as_str()).find(|t| t.contains("```")).expect("a letter");
        assert!(letter.contains(&reference) && reference.starts_with("N-"), "{reference}: {letter}");
        for ours in ["SEC-1", "zebra", "Quagga", "U0ALICE", "{{"] {
            assert!(!letter.contains(ours), "`{ours}` in {letter}");
        }
        letter.to_owned()
    };
    let first = letter("Record notice …").await;
    for part in ["We have confirmed that [what happened]", "[your actions]", "We will write again by [next update]"] {
        assert!(first.contains(part), "no `{part}` in {first}");
    }
    bot.slash_in("bob", &room, TOLD).await;
    let next = letter("Another notice …").await;
    assert!(next.contains("since our last note, [change]"), "{next}");
    bot.slash_in("alice", &room, "/incident resolve rotated all tokens").await;
    bot.slash_in("alice", &room, "/incident phase improvement it is mended").await;
    let last = letter("Another notice …").await;
    assert!(last.contains("is closed. Final scope: [scope]"), "{last}");
    assert!(last.contains(&first[first.find("N-").expect("a reference")..][..10]), "one reference: {last}");
}

/// [G8] A notice is not recorded as sent before the impact on its customer was confirmed.
#[tokio::test]
async fn nobody_is_told_before_it_is_confirmed() {
    let (bot, room) = case().await;
    bot.slash_in("bob", &room, PLAN).await;
    bot.slash_in("alice", &room, "/incident customers approve").await;
    bot.slash_in("alice", &room, "/incident customers confirm 1 its tokens were read").await;
    let confirmed_at = bot.clock_second();
    bot.slash_in("bob", &room, "/incident customers").await;
    let list = bot.slack.ephemerals("bob", &room).pop().expect("a list");
    let person = bot.slack.act_as("bob");
    person.press(&list, "Record notice …").await.expect("pressed");
    let fields = [
        ("What was sent?", "Your tokens were read"),
        ("How was it sent?", "mail"),
        ("What must they do on their own side?", "New tokens"),
    ];
    person.fill([("When was it sent?", (confirmed_at - 3600).into())]).await.expect("a time");
    let refused = bot.submit("bob", &fields).await;
    assert!(format!("{refused:?}").contains("nobody is told before that"), "{refused:?}");
    assert_eq!(notices(&bot).await, 0);
    person.fill([("When was it sent?", (confirmed_at - confirmed_at % 60).into())]).await.expect("a time");
    bot.submit("bob", &fields).await;
    assert_eq!(notices(&bot).await, 1, "a form says whole minutes");
}

/// [G8] A confirmed customer that was not told is shown overdue, once, and holds up closing until it is told.
#[tokio::test]
async fn an_untold_customer_is_overdue_and_holds_up_closing() {
    let (mut bot, room) = case().await;
    bot.slash_in("alice", &room, "/incident customers confirm 1").await;
    assert!(bot.card(&room).contains("1 to be told"), "{}", bot.card(&room));
    bot.advance(minutes(29)).await;
    assert_eq!(bot.count(&room, "was not told in time"), 0);
    bot.crash_and_restart().await;
    bot.advance(minutes(2)).await;
    bot.expect_once(&room, "Customer 1 is confirmed as affected and was not told in time");
    assert!(bot.card(&room).contains("1 :hourglass: overdue to be told"), "{}", bot.card(&room));
    bot.expect_dm("bob", "was not told in time");
    bot.advance(minutes(120)).await;
    bot.expect_once(&room, "was not told in time");
    bot.slash_in("alice", &room, "/incident resolve rotated all tokens").await;
    bot.slash_in("alice", &room, "/incident phase improvement it is mended").await;
    let refused = bot.slash_in("alice", &room, "/incident close we are done").await;
    assert!(refused.text.contains("customer 1 is affected and was not told"), "{}", refused.text);
    assert!(!refused.body.to_string().contains("End Notification"), "it would be refused: {}", refused.body);
    bot.press("alice", &bot.slack.ephemerals("alice", &room), "Show customers").await;
    let list = bot.slack.ephemerals("alice", &room).pop().expect("a list");
    assert!(list.contains("Customers of SEC-1") && list.contains("Quagga Ltd"), "{list}");
    bot.slash_in("bob", &room, PLAN).await;
    bot.slash_in("alice", &room, "/incident customers approve").await;
    bot.slash_in("bob", &room, TOLD).await;
    let closing = bot.slash_in("alice", &room, "/incident close").await;
    assert!(!closing.text.contains("customer 1"), "{}", closing.text);
}

/// [G8] An open incident is held up in the same way, whatever its severity, and a reason lets it pass.
#[tokio::test]
async fn customers_hold_up_the_closing_of_any_incident() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev4 a report was sent twice").await;
    bot.slash_in("alice", &room, "/incident customers add Quagga").await;
    let twice = bot.slash_in("alice", &room, "/incident customers add  quagga ").await;
    assert!(twice.text.contains("That is customer 1 already"), "{}", twice.text);
    bot.slash_in("alice", &room, "/incident customers confirm 1").await;
    bot.slash_in("alice", &room, "/incident resolve stopped it").await;
    let refused = bot.slash_in("alice", &room, "/incident close").await;
    assert!(refused.text.contains("customer 1 is affected and was not told"), "{}", refused.text);
    bot.slash_in("alice", &room, "/incident close they were told by phone").await;
    assert!(bot.history("INC-1").await.contains(&What::Closed {}));
}

/// [G8] Nor is it cancelled or merged past them: cancelling takes a reason, and of a secret, or to merge, they are told first.
#[tokio::test]
async fn customers_hold_up_whatever_ends_it() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev4 a report was sent twice").await;
    bot.slash("alice", "/incident declare sev4 another one").await;
    bot.slash_in("alice", &room, "/incident customers add Quagga").await;
    bot.slash_in("alice", &room, "/incident customers confirm 1").await;
    for typed in ["cancel", "merge INC-2"] {
        let refused = bot.slash_in("alice", &room, &format!("/incident {typed}")).await.text;
        assert!(refused.contains("customer 1 is affected and was not told (`/incident INC-1 customers`)"), "{refused}");
    }
    let ended = |what: &What| matches!(what, What::Cancelled { .. } | What::MergedInto { .. });
    assert!(!bot.history("INC-1").await.iter().any(ended));
    bot.slash_in("alice", &room, "/incident cancel it was a test").await;
    assert!(bot.history("INC-1").await.iter().any(ended));
    bot.expect_once(&room, "cancelled INC-1 although customer 1 is affected");

    let (bot, room) = case().await;
    bot.slash_in("alice", &room, "/incident customers confirm 1").await;
    let refused = bot.slash_in("alice", &room, "/incident cancel it was a test").await.text;
    assert!(refused.contains("customer 1 is affected") && refused.contains("must be done first"), "{refused}");
    bot.slash_in("alice", &room, "/incident customers clear 1 it was another").await;
    bot.slash_in("alice", &room, "/incident cancel it was a test").await;
    assert!(bot.history("SEC-1").await.iter().any(ended));
}

/// [G8] [G9] Nothing about customers leaves the private room, and redacting reaches their names.
#[tokio::test]
async fn names_of_customers_stay_inside_and_can_be_removed() {
    let (bot, room) = case().await;
    bot.slash_in("alice", &room, "/incident customers confirm 1 zebra tokens").await;
    bot.advance(minutes(40)).await;
    let asked = bot.slash("dave", "/incident SEC-1 customers").await;
    assert!(asked.text.contains("There is no SEC-1"), "{}", asked.text);
    for channel in ["incidents", "general"] {
        assert_eq!(bot.count(channel, "Quagga") + bot.count(channel, "ustomer 1"), 0, "{}", shown(&bot.said(channel)));
    }
    for who in ["alice", "bob", "dave"] {
        let told = bot.slack.dm(who);
        assert!(told.iter().all(|m| !m.contains("Quagga") && !m.contains("zebra")), "{who}: {}", shown(&told));
    }
    let history = bot.history("SEC-1").await;
    let named = history.iter().position(|w| matches!(w, What::Case(Fact::CustomerNamed { .. }))).expect("named") + 1;
    bot.slash_in("alice", &room, &format!("/incident redact {named} it must not be here")).await;
    let list = bot.slash_in("bob", &room, "/incident customers").await;
    assert!(!list.text.contains("Quagga") && list.text.contains("no contact is known"), "{}", list.text);
    assert_eq!(bot.count(&room, "Quagga"), 0, "{}", shown(&bot.said(&room)));
}

/// [G3] A title that begins with the same word stays a title, and numbers that are none change nothing.
#[tokio::test]
async fn what_is_typed_about_customers_is_read_with_care() {
    let (bot, room) = case().await;
    for (typed, answer) in [
        ("customers confirm 7", "There is no customer 7"),
        ("customers confirm", "Name the customer by its number"),
        ("customers plan only one part", "Three texts are needed"),
        ("customers told 1 mail", "Three texts are needed"),
        ("customers clear 1", "The reason is empty"),
        ("customers contact 1 nobody", "The contact is empty"),
        ("customers add security: x", "The customer is empty"),
        ("customers acknowledged 1", "Say who acknowledged it"),
        ("customers acknowledged 1 x", "was not told yet"),
    ] {
        let said = bot.slash_in("alice", &room, &format!("/incident {typed}")).await;
        assert!(said.text.contains(answer), "{typed}: {}", said.text);
    }
    let title = bot.slash_in("alice", &room, "/incident customers confirm that nothing works").await;
    assert!(title.text.contains("nothing was changed"), "{}", title.text);
    let facts = bot.history("SEC-1").await.into_iter().filter(|w| matches!(w, What::Case(_))).count();
    assert_eq!(facts, 1, "only the customer that was named");
}
