//! The sample people's telephones: the bot reaches them as it would any, by its own adapters.

use url::Url;

use crate::{
    config::{NtfyConfig, Secret, TwilioConfig, WaysConfig},
    engine::Engine,
    ids::UserId,
    paging::reach::{Ask, Choice, Way},
    sandbox::phones,
};

/// Which way, the address, and after how many minutes.
type Chosen = (Way, &'static str, &'static str);

/// By what they are reached from the start.
const CHOSEN: [(&str, &[Chosen]); 5] = [
    ("U0ALICE", &[(Way::Sms, "+12025550101", "1"), (Way::Call, "+12025550101", "3")]),
    ("U0BOB", &[(Way::Sms, "+12025550102", "1"), (Way::Call, "+12025550102", "3")]),
    ("U0CAROL", &[(Way::Ntfy, "carol", "0"), (Way::Call, "+12025550103", "3")]),
    ("U0DAVE", &[(Way::Ntfy, "dave", "1")]),
    ("U0ERIN", &[(Way::Ntfy, "erin", "0"), (Way::Call, "+12025550105", "2")]),
];

/// An account at Twilio, and an ntfy server, that the sandbox plays at these addresses.
#[must_use]
pub fn ways(twilio: Url, ntfy: Url) -> WaysConfig {
    let token = Secret::new(phones::TWILIO_TOKEN);
    let twilio = TwilioConfig {
        url: twilio,
        account: phones::TWILIO_ACCOUNT.into(),
        user: phones::TWILIO_ACCOUNT.into(),
        password: token.clone(),
        auth_token: Some(token),
        from: Some(phones::FROM.into()),
        messaging_service: None,
    };
    let ntfy = NtfyConfig { url: ntfy, token: Some(Secret::new(phones::NTFY_TOKEN)) };
    WaysConfig { ntfy: Some(ntfy), twilio: Some(twilio), ..WaysConfig::default() }
}

/// Has the sample people choose how they are reached, as they would in the form.
pub(super) async fn hand_out(engine: &Engine) -> anyhow::Result<()> {
    for (who, ways) in CHOSEN {
        let who = UserId::from(who);
        if !engine.contacts(&who).await?.ways.is_empty() {
            continue;
        }
        let choice = |(way, address, after): &Chosen| Choice {
            way: *way,
            address: Some((*address).to_owned()),
            after: Some((*after).to_owned()),
        };
        let ask = Ask::Choose(ways.iter().map(choice).collect());
        engine.change_contacts(None, &who, &ask, None).await?;
    }
    Ok(())
}
