//! Addresses, choices, and when each way has its turn.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::incident::Text;

const T0: Timestamp = Timestamp::UNIX_EPOCH;

fn after(minutes: i64) -> Timestamp {
    T0 + SignedDuration::from_mins(minutes)
}

#[test]
fn addresses_are_kept_as_neighbours_take_them() {
    let phone = |text| clean(Way::Sms, text);
    assert_eq!(phone(" +49 (170) 123-45.67 ").as_deref(), Ok("+491701234567"));
    for bad in
        ["", "0170 1234567", "0049 170 1234567", "+0170 1234567", "+49 170", "+49 170 CALLME", "+1234567890123456"]
    {
        assert_eq!(phone(bad), Err(Malformed::Phone), "{bad}");
    }
    assert!(clean(Way::Mail, "bob.o-n+call@mail.example.com").is_ok());
    for bad in [
        "bob",
        "bob@",
        "@example.com",
        "bob@example",
        "bob@@example.com",
        "Bob <bob@example.com>",
        "b b@example.com",
        "bob@example..com",
        "bob@exa\nmple.com",
    ] {
        assert_eq!(clean(Way::Mail, bad), Err(Malformed::Mail), "{bad}");
    }
    assert!(clean(Way::Ntfy, "bob-7f3a_Q").is_ok());
    for bad in ["", "https://ntfy.sh/bob", "bob on call", "büro", &"x".repeat(65)] {
        assert_eq!(clean(Way::Ntfy, bad), Err(Malformed::Topic), "{bad}");
    }
}

fn choice(way: Way, address: Option<&str>, after: Option<&str>) -> Choice {
    Choice { way, address: address.map(str::to_owned), after: after.map(str::to_owned) }
}

fn chosen(contacts: &mut Contacts, seq: u64, choices: &[Choice]) -> Result<Vec<Fact>, No> {
    let facts = decide(contacts, &Ask::Choose(choices.to_vec()), &Way::ALL, after(0))?;
    for (seq, fact) in (seq..).zip(&facts) {
        contacts.apply(seq, after(0), fact);
    }
    Ok(facts)
}

#[test]
fn another_address_is_to_be_proved_anew_and_another_time_is_not() {
    let mut contacts = Contacts::default();
    let (ntfy, sms) = (choice(Way::Ntfy, Some("bob"), None), choice(Way::Sms, Some("+491701234567"), Some("5")));
    chosen(&mut contacts, 1, &[sms.clone(), ntfy.clone()]).expect("chosen");
    assert_eq!(contacts.ways.iter().map(|c| (c.way, c.after_min)).collect::<Vec<_>>(), [(Way::Ntfy, 0), (Way::Sms, 5)]);
    contacts.apply(3, after(1), &Fact::Tested { ways: vec![Way::Ntfy, Way::Sms] });
    contacts.apply(4, after(1), &Fact::Proved { way: Way::Ntfy });
    assert_eq!(chosen(&mut contacts, 5, &[sms.clone(), ntfy]), Err(No::AlreadySo));
    let later = chosen(&mut contacts, 5, &[choice(Way::Ntfy, Some("bob"), Some("9"))]).expect("later");
    assert_eq!(later, [Fact::WayDelayed { way: Way::Ntfy, after_min: 9 }]);
    assert_eq!(contacts.of(Way::Ntfy).and_then(|c| c.proved), Some(after(1)));
    assert_eq!(contacts.ways[0].way, Way::Sms, "the sooner one first");
    chosen(&mut contacts, 6, &[choice(Way::Ntfy, Some("other"), Some("9"))]).expect("another");
    assert_eq!(contacts.of(Way::Ntfy).and_then(|c| c.proved), None);
    let gone = chosen(&mut contacts, 7, &[choice(Way::Ntfy, None, Some("9")), sms]).expect("removed");
    assert_eq!(gone, [Fact::WayRemoved { way: Way::Ntfy }]);
    for minutes in ["121", "-1", "soon"] {
        let bad = choice(Way::Sms, Some("+491701234567"), Some(minutes));
        assert_eq!(chosen(&mut contacts, 8, &[bad]), Err(No::Minutes { way: Way::Sms }), "{minutes}");
    }
}

#[test]
fn a_test_is_answered_by_whoever_got_it_and_only_by_its_way() {
    let mut contacts = Contacts::default();
    let ask = |contacts: &Contacts, ask: &Ask, at| decide(contacts, ask, &[Way::Ntfy], at);
    assert_eq!(ask(&contacts, &Ask::Test, after(0)), Err(No::NoWays));
    contacts.apply(1, after(0), &Fact::WayChosen { way: Way::Ntfy, address: Text::new("bob"), after_min: 0 });
    contacts.apply(2, after(0), &Fact::WayChosen { way: Way::Sms, address: Text::new("+491701234567"), after_min: 0 });
    let tested = ask(&contacts, &Ask::Test, after(1)).expect("tested");
    assert_eq!(tested, [Fact::Tested { ways: vec![Way::Ntfy] }], "SMS is not set up");
    contacts.apply(3, after(1), &tested[0]);
    assert_eq!(ask(&contacts, &Ask::Test, after(1)), Err(No::JustTested));
    let prove = Ask::Prove { test: 3, way: Way::Ntfy };
    let proved = ask(&contacts, &prove, after(2)).expect("proved");
    contacts.apply(4, after(2), &proved[0]);
    assert_eq!(contacts.of(Way::Ntfy).and_then(|c| c.proved), Some(after(2)));
    contacts.apply(5, after(2), &Fact::Tried { test: 3, way: Way::Ntfy, why: Some("late".into()) });
    assert_eq!(contacts.test.as_ref().map(|t| t.ways.clone()), Some(vec![(Way::Ntfy, Tried::Answered)]));
    assert_eq!(ask(&contacts, &prove, after(2)), Err(No::AlreadySo));
    contacts.apply(6, after(3), &Fact::WayChosen { way: Way::Ntfy, address: Text::new("other"), after_min: 0 });
    assert_eq!(ask(&contacts, &prove, after(3)), Err(No::NoSuchTest), "that was another address");
}

#[test]
fn each_way_has_its_turn_and_is_asked_again_only_after_it() {
    let (ways, step) = ([(Way::Ntfy, 0), (Way::Sms, 2)], (after(0), after(9)));
    let due = |plans: Vec<Plan>| plans.iter().map(|p| (p.way, p.due)).collect::<Vec<_>>();
    let first = plan(None, &ways, step, false, after(0));
    assert_eq!(due(first), [(Way::Ntfy, after(0)), (Way::Sms, after(2))]);
    assert_eq!(due(plan(None, &ways, step, true, after(1))), [(Way::Ntfy, after(1)), (Way::Sms, after(1))]);
    let known = |ntfy, sms| {
        let mut known = Beside::of("U1".into());
        known.put(Way::Ntfy, ntfy);
        known.put(Way::Sms, sms);
        known
    };
    let again = plan(Some(&known(Stage::Sent, Stage::Due)), &ways, step, false, after(2));
    assert_eq!(due(again), [(Way::Ntfy, after(2))], "the SMS is on its way");
    let again = plan(Some(&known(Stage::Failed, Stage::Sent)), &ways, step, false, after(2));
    assert_eq!(due(again), [(Way::Ntfy, after(2))], "the SMS went out just now");
    let again = plan(Some(&known(Stage::Sent, Stage::Sent)), &ways, step, false, after(4));
    assert_eq!(due(again), [(Way::Ntfy, after(4)), (Way::Sms, after(4))]);
}

#[test]
fn no_way_comes_later_than_a_minute_before_the_step_ends() {
    let ways = [(Way::Ntfy, 3), (Way::Sms, 4), (Way::Call, 5), (Way::Mail, 120)];
    let due = |minutes: i64| {
        let plans = plan(None, &ways, (after(1), after(1 + minutes)), false, after(1));
        plans.iter().map(|p| p.due.duration_since(after(1)).as_mins()).collect::<Vec<_>>()
    };
    assert_eq!(due(121), [3, 4, 5, 120]);
    assert_eq!(due(5), [3, 4, 4, 4]);
    assert_eq!(due(1), [0, 0, 0, 0], "a step of one minute");
    let known = Beside { sent: vec![Way::Mail], ..Beside::of("U1".into()) };
    let again = plan(Some(&known), &[(Way::Mail, 120)], (after(0), after(5)), false, after(5));
    assert_eq!(again, [Plan { way: Way::Mail, due: after(5) }], "it has had its turn");
}
