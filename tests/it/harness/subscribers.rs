//! People who want to hear of what stands on the status page.

use watchroom::config::{Config, SubscriberSettings};

use super::{
    Bot,
    neighbour::mail::{Server, Taken},
    status_page,
};

/// Where the page is, as its readers know it.
pub const PAGE: &str = "https://status.example.com";

/// A bot whose page takes subscribers, and the mail server that it has.
pub async fn subscribing(change: impl FnOnce(&mut Config)) -> (Bot, Server) {
    let server = Server::start().await;
    let bot = Bot::configured(|config| {
        config.ways.mail = Some(server.config());
        let subscribers = Some(SubscriberSettings { private_webhooks: true });
        config.settings.show_status_page(watchroom::config::StatusPageSettings { subscribers, ..status_page() });
        change(config);
    })
    .await;
    (bot, server)
}

/// The link to a subscription in a mail, as the bot itself has it at `url`.
pub fn link(mail: &Taken, url: &str) -> String {
    let shown = mail.shown();
    let link = shown.split(&format!("{PAGE}/subscription/")).nth(1).unwrap_or_else(|| panic!("no link in {shown}"));
    let token: String = link.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    format!("{url}/status/subscription/{token}")
}

impl Bot {
    /// Somebody sends the form, from a place of their own; status and page.
    pub async fn ask_for_updates(&self, from: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let request = self.http.post(format!("{}/status/subscribe?lang=en", self.url)).form(fields);
        let answer = request.header("x-forwarded-for", from).send().await.expect("an answer");
        let status = answer.status().as_u16();
        let page = answer.text().await.expect("a page");
        self.settle().await;
        (status, page)
    }

    /// Presses a button of a subscription.
    pub async fn press_subscription(&self, link: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let answer = self.http.post(link).form(fields).send().await.expect("an answer");
        let status = answer.status().as_u16();
        let page = answer.text().await.expect("a page");
        self.settle().await;
        (status, page)
    }

    /// Somebody subscribes and confirms it; the link to the subscription.
    pub async fn subscribe(&self, server: &Server, mail: &str, fields: &[(&str, &str)]) -> String {
        let asked = self.ask_for_updates("8.8.8.8", &[&[("mail", mail)], fields].concat()).await;
        assert_eq!(asked.0, 202, "{}", asked.1);
        let link = link(server.taken_for(mail).last().expect("a mail that asks"), &self.url);
        let chosen: Vec<(&str, &str)> = fields.iter().filter(|(name, _)| *name == "component").copied().collect();
        let confirmed = self.press_subscription(&link, &[&[("do", "keep")], &chosen[..]].concat()).await;
        assert!(confirmed.0 == 200 && confirmed.1.contains("You are subscribed."), "{confirmed:?}");
        link
    }
}
