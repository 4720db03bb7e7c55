//! The ways to a person beside Slack: every answer, message and form.

use watchroom::{
    incident::{Rejection, Text},
    paging::reach::{Contact, Contacts, Malformed, No, Test, Tried, Way},
    playbook::Playbook,
    render::{View, forms::ways_form, reach as render},
};

use super::{
    every::{at, settings},
    recorder::{form, message},
    words,
};

pub fn contacts(said: &str) -> Contacts {
    let contact = |(n, way): (u32, Way)| Contact {
        way,
        seq: n.into(),
        address: if n == 3 { Text::erased() } else { Text::new(said) },
        after_min: n,
        proved: (n % 2 == 0).then(|| at(5)),
    };
    Contacts { ways: (0..).zip(Way::ALL).map(contact).collect(), test: None }
}

#[test]
fn ways_to_people_are_told() {
    for (words, said) in words() {
        let name = |what: &str| format!("{words}-reach-{what}");
        for (which, contacts) in [("all", contacts(&said)), ("none", Contacts::default())] {
            message(&name(&format!("changed-{which}")), &render::changed(&contacts, &Way::ALL));
            form(&name(&format!("form-{which}")), &ways_form(&contacts, &Way::ALL).expect("ways"));
        }
        message(&name("changed-gone"), &render::changed(&contacts(&said), &[Way::Mail]));
        let outcomes = [Tried::Waits, Tried::Sent, Tried::Failed { why: said.clone() }, Tried::Answered, Tried::Sent];
        let test = Test { number: 7, at: at(0), ways: Way::ALL.into_iter().zip(outcomes).collect() };
        message(&name("testing"), &render::testing(&test));
        for linked in [true, false] {
            message(&name(&format!("tested-{linked}")), &render::tested(&test, linked));
        }
    }
    assert!(ways_form(&Contacts::default(), &[]).is_none());
    let (playbook, settings) = (Playbook::builtin(), settings());
    let w = View { playbook: &playbook, settings: &settings, now: at(90) };
    let malformed = [Malformed::Mail, Malformed::Phone, Malformed::Topic, Malformed::Name];
    let addresses = malformed.map(|why| No::Address { way: Way::Sms, why });
    let others = [No::Minutes { way: Way::Sms }, No::AlreadySo, No::NoWays, No::JustTested, No::NoSuchTest];
    for (n, no) in addresses.into_iter().chain(others).enumerate() {
        message(&format!("reach-refused-{n}"), &watchroom::render::refused(w, &Rejection::Reach(no), None));
    }
}
