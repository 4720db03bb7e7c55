//! People who are reached by more than Slack.

use serde_json::Value;
use watchroom::{
    config::Config,
    paging::reach::{Ask, Choice, Way},
    sandbox::SeenMessage,
};

use super::{Bot, ntfy::Ntfy};

/// Where links lead, as people and neighbours know it.
pub const PUBLIC: &str = "https://watchroom.example.com";

/// A bot that pushes by a server of the story's own, and is known to the outside.
pub async fn pushing(change: impl FnOnce(&mut Config)) -> (Bot, Ntfy) {
    let ntfy = Ntfy::start().await;
    let bot = Bot::configured(|config| {
        ntfy.set_up(config);
        config.settings.public_url = Some(PUBLIC.into());
        change(config);
    })
    .await;
    (bot, ntfy)
}

impl Bot {
    /// Somebody is pushed to as well, so many minutes after the message in Slack. Their topic is their name.
    pub async fn choose_ntfy(&self, who: &str, after: u32) {
        let user = self.slack.act_as(who).id().into();
        let choice = Choice { way: Way::Ntfy, address: Some(who.to_owned()), after: Some(after.to_string()) };
        let chosen = self.app().engine.change_contacts(None, &user, &Ask::Choose(vec![choice]), None).await;
        chosen.expect("chosen");
    }

    /// The page behind a link that a push carries, at the bot itself.
    pub fn behind(&self, push: &Value) -> String {
        let link = push["actions"][0]["url"].as_str().unwrap_or_else(|| panic!("no link in {push}"));
        link.replace(PUBLIC, &self.url)
    }

    /// Opens a link; the status and the page.
    pub async fn open(&self, link: &str) -> (u16, String) {
        let answer = self.http.get(link).send().await.expect("an answer");
        let status = answer.status().as_u16();
        self.settle().await;
        (status, answer.text().await.expect("a page"))
    }

    /// Presses a button on the page behind a link.
    pub async fn press_link(&self, link: &str, button: &str) -> (u16, String) {
        let answer = self.http.post(link).form(&[("do", button)]).send().await.expect("an answer");
        let status = answer.status().as_u16();
        let page = answer.text().await.expect("a page");
        self.settle().await;
        (status, page)
    }

    /// Messages that ask somebody for help.
    pub fn asked(&self, who: &str) -> Vec<SeenMessage> {
        self.slack.dm(who).into_iter().filter(|m| m.contains("asked for help")).collect()
    }
}
