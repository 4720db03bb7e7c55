//! A page reaches a person by each way beside Slack, and they answer by it.

use watchroom::{
    incident::What,
    paging::{
        Outcome,
        reach::{Ask, Choice, Way},
    },
};

use crate::harness::{
    Bot,
    neighbour::{
        Neighbour, gotify,
        mail::Server,
        twilio::{self, AUTH_TOKEN, NOBODY, action, calls, post, texts},
    },
    reach::PUBLIC,
};

const NUMBER: &str = "+15005550009";

/// A bot with neighbours for every way of these.
struct Ways {
    bot: Bot,
    twilio: Neighbour,
    gotify: Neighbour,
    mail: Server,
}

impl Ways {
    async fn start() -> Self {
        let (twilio, gotify, mail) = (twilio::start().await, gotify::start().await, Server::start().await);
        let bot = Bot::configured(|config| {
            config.ways.twilio = Some(twilio::config(&twilio));
            config.ways.gotify = Some(gotify::config(&gotify));
            config.ways.mail = Some(mail.config());
            config.settings.ways = config.ways.set_up();
            config.settings.public_url = Some(PUBLIC.into());
        })
        .await;
        Self { bot, twilio, gotify, mail }
    }

    /// Bob can be reached by these at once.
    async fn bob_by(ways: &[(Way, &str)]) -> Self {
        let it = Self::start().await;
        let choice = |(way, address): &(Way, &str)| Choice { way: *way, address: Some((*address).into()), after: None };
        let chosen = Ask::Choose(ways.iter().map(choice).collect());
        it.bot.app().engine.change_contacts(None, &"U0BOB".into(), &chosen, None).await.expect("chosen");
        it
    }

    /// Declares, and pages bob. Returns the room.
    async fn page_bob(&self) -> String {
        let room = self.bot.declare("alice", "sev1 checkout is down").await;
        self.bot.slash_in("alice", &room, "/incident page @bob").await;
        room
    }

    /// The only call's address for keys.
    fn keys(&self) -> String {
        action(&calls(&self.twilio)[0]["Twiml"])
    }

    /// What came of asking by a way, in order.
    async fn outcomes(&self, way: Way) -> Vec<Outcome> {
        let history = self.bot.history("INC-1").await;
        let of_way = history.into_iter().filter_map(|what| match what {
            What::PageAttempted { attempt, .. } if attempt.way == Some(way) => Some(attempt.outcome),
            _ => None,
        });
        of_way.collect()
    }
}

#[tokio::test]
async fn a_page_goes_out_by_every_way_and_its_link_answers_it() {
    let every = [(Way::Gotify, "bob"), (Way::Sms, NUMBER), (Way::Call, NUMBER), (Way::Mail, "bob@example.com")];
    let ways = Ways::bob_by(&every).await;
    let room = ways.page_bob().await;
    let (texts, calls, pushes, mails) =
        (texts(&ways.twilio), calls(&ways.twilio), ways.gotify.done(), ways.mail.taken());
    assert_eq!((texts.len(), calls.len(), pushes.len(), mails.len()), (1, 1, 1, 1));
    let link = texts[0]["Body"].rsplit(' ').next().expect("a link").to_owned();
    assert!(link.starts_with(&format!("{PUBLIC}/ack/")), "{link}");
    let said = [texts[0]["Body"].clone(), calls[0]["Twiml"].clone(), pushes[0].json().to_string(), mails[0].shown()];
    for (said, way) in said.iter().zip([Way::Sms, Way::Call, Way::Gotify, Way::Mail]) {
        assert!(said.contains("checkout is down"), "{said}");
        assert!(said.contains(&format!("INC-1.1.U0BOB.{}.", way.key())), "whose answer it is, by which way: {said}");
    }
    // Looked at, as programs do that look for harm, it is no answer.
    let here = link.replace(PUBLIC, &ways.bot.url);
    let looked = ways.bot.http.get(&here).send().await.expect("an answer");
    assert_eq!(looked.status().as_u16(), 200);
    ways.bot.settle().await;
    assert_eq!(ways.bot.count(&room, "acknowledged"), 0);
    let answered = ways.bot.http.post(&here).send().await.expect("an answer");
    assert_eq!(answered.status().as_u16(), 200);
    ways.bot.settle().await;
    ways.bot.expect_once(&room, "acknowledged by SMS after 0 s.");
}

#[tokio::test]
async fn a_key_answers_a_call_once() {
    let ways = Ways::bob_by(&[(Way::Call, NUMBER)]).await;
    let room = ways.page_bob().await;
    let keys = ways.keys();
    // Whoever does not have Twilio's token is no Twilio.
    let (status, _) = post(&ways.bot, &keys, &[("CallSid", "CA1"), ("Digits", "1")], "another token").await;
    assert_eq!((status, ways.bot.count(&room, "acknowledged")), (403, 0));
    let (status, again) = post(&ways.bot, &keys, &[("CallSid", "CA1"), ("Digits", "7")], AUTH_TOKEN).await;
    assert_eq!((status, action(&again)), (200, keys.clone()));
    for _ in 0..2 {
        let (status, said) = post(&ways.bot, &keys, &[("CallSid", "CA1"), ("Digits", "1")], AUTH_TOKEN).await;
        assert!(status == 200 && said.contains("<Say loop=\"1\">You are on it"), "{status} {said}");
    }
    ways.bot.expect_once(&room, "acknowledged by voice call after 0 s.");
    // Signed, but for another address.
    let other = keys.replace("U0BOB", "U0CAROL");
    let (status, said) = post(&ways.bot, &other, &[("CallSid", "CA1"), ("Digits", "1")], AUTH_TOKEN).await;
    assert!(status == 200 && said.contains("not valid"), "{status} {said}");
}

#[tokio::test]
async fn a_call_can_be_declined() {
    let ways = Ways::bob_by(&[(Way::Call, NUMBER)]).await;
    let room = ways.page_bob().await;
    let (_, said) = post(&ways.bot, &ways.keys(), &[("CallSid", "CA1"), ("Digits", "2")], AUTH_TOKEN).await;
    assert!(said.contains("cannot come"), "{said}");
    ways.bot.expect_once(&room, "<@U0BOB> cannot come");
}

#[tokio::test]
async fn a_wrong_number_is_said_where_everybody_looks() {
    let ways = Ways::bob_by(&[(Way::Sms, NOBODY), (Way::Gotify, "nobody")]).await;
    let room = ways.page_bob().await;
    ways.bot.expect_once(&room, "could not be reached by SMS (Twilio 21211: the telephone number is not valid)");
    ways.bot.expect_once(&room, "could not be reached by Gotify (no_token)");
    assert_eq!(ways.bot.count(&room, NOBODY), 0, "whose number it is concerns nobody");
}

#[tokio::test]
async fn what_became_of_a_message_is_heard_once_and_only_from_twilio() {
    let ways = Ways::bob_by(&[(Way::Sms, NUMBER), (Way::Call, NUMBER)]).await;
    let room = ways.page_bob().await;
    let (text, call) = (texts(&ways.twilio)[0].clone(), calls(&ways.twilio)[0].clone());
    let sid = |outcomes: &[Outcome]| match outcomes {
        [Outcome::Taken { id: Some(id) }] => id.clone(),
        other => panic!("{other:?}"),
    };
    let (message, called) = (sid(&ways.outcomes(Way::Sms).await), sid(&ways.outcomes(Way::Call).await));
    let lost = [("MessageSid", message.as_str()), ("MessageStatus", "undelivered"), ("ErrorCode", "30003")];
    let forged = post(&ways.bot, &text["StatusCallback"], &lost, "another token").await;
    assert_eq!((forged.0, ways.outcomes(Way::Sms).await.len()), (403, 1));
    let under_way = [("MessageSid", message.as_str()), ("MessageStatus", "sent")];
    for fields in [&under_way[..], &lost, &lost] {
        assert_eq!(post(&ways.bot, &text["StatusCallback"], fields, AUTH_TOKEN).await.0, 204);
    }
    let silent = [("CallSid", called.as_str()), ("CallStatus", "no-answer")];
    assert_eq!(post(&ways.bot, &call["StatusCallback"], &silent, AUTH_TOKEN).await.0, 204);
    ways.bot.expect_once(&room, "by SMS (Twilio 30003: the telephone is off, or out of reach)");
    ways.bot.expect_once(&room, "by voice call (nobody answered the telephone)");
    // Of a message that nobody knows.
    let strange = [("MessageSid", "SM9"), ("MessageStatus", "delivered")];
    assert_eq!(post(&ways.bot, &text["StatusCallback"], &strange, AUTH_TOKEN).await.0, 204);
    assert_eq!(ways.outcomes(Way::Sms).await.len(), 2);
}

#[tokio::test]
async fn of_a_need_to_know_incident_only_its_codename_leaves() {
    let every = [(Way::Gotify, "bob"), (Way::Sms, NUMBER), (Way::Call, NUMBER), (Way::Mail, "bob@example.com")];
    let ways = Ways::bob_by(&every).await;
    let room = ways.bot.declare_secret("alice", "sev1 security: keys leaked").await;
    ways.bot.slash_in("alice", &room, "/incident page @bob").await;
    let (texts, calls, pushes, mails) =
        (texts(&ways.twilio), calls(&ways.twilio), ways.gotify.done(), ways.mail.taken());
    assert_eq!((texts.len(), calls.len(), pushes.len(), mails.len()), (1, 1, 1, 1));
    for said in [texts[0]["Body"].clone(), calls[0]["Twiml"].clone(), pushes[0].json().to_string(), mails[0].shown()] {
        assert!(said.contains("SEC-1") && !said.contains("keys"), "{said}");
    }
    assert!(!mails[0].header("Subject").contains("SEV1"), "{}", mails[0].text);
}
