//! Mails to fixed addresses. One of an incident stands behind the one before; what was mailed can be neither looked for nor changed, so
//! that a person looks after an answer that was lost, and a correction is one more mail.

use std::sync::Arc;

use crate::{
    incident::comms::Published,
    ports::{Connector, Found, Mail, Publication, Reach, Trouble, Unsent},
    render::status::{LANGUAGES, Words, Written, list_mail},
};

#[derive(Debug)]
pub(super) struct Mails {
    to: Vec<String>,
    words: &'static Words,
    reach: Arc<dyn Reach>,
}

impl Mails {
    pub fn new(to: Vec<String>, language: &str, reach: Arc<dyn Reach>) -> Self {
        Self { to, words: Words::of(language).unwrap_or(LANGUAGES[0]), reach }
    }

    async fn send(
        &self,
        text: &Publication,
        key: String,
        thread: Option<String>,
        is_correction: bool,
    ) -> Result<Published, Trouble> {
        let said = (text.title.as_str(), text.body.as_str());
        let Written { subject, plain, html } =
            list_mail(self.words, said, text.status, text.link.as_deref(), is_correction);
        let at = Published { thread: thread.clone().unwrap_or_else(|| key.clone()), update: key.clone(), link: None };
        let mail = Mail { to: self.to.clone(), subject, plain, html, key, thread, leave: None };
        match self.reach.mail(&mail).await {
            Ok(()) => Ok(at),
            Err(Unsent::Server(trouble) | Unsent::Later(trouble) | Unsent::Theirs(trouble)) => Err(trouble),
        }
    }
}

#[async_trait::async_trait]
impl Connector for Mails {
    async fn publish(&self, text: &Publication, before: Option<&Published>) -> Result<Published, Trouble> {
        self.send(text, text.key.clone(), before.map(|before| before.thread.clone()), false).await
    }

    async fn find(&self, _: &Publication, _: Option<&Published>) -> Result<Found, Trouble> {
        Ok(Found::Unknown)
    }

    async fn correct(&self, at: &Published, text: &Publication) -> Result<Published, Trouble> {
        // Said again it is the same mail; another correction is another one.
        let key = format!("{}/corrected/{}", at.update, text.key);
        self.send(text, key, Some(at.thread.clone()), true).await
    }

    async fn withdraw(&self, _: &Published) -> Result<bool, Trouble> {
        Ok(false)
    }
}
