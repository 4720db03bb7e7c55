//! Whoever answers for the playbook hears that its file, or the settings', broke, once, and that it is mended, once.

use jiff::SignedDuration;

use super::{Delivery, errand::Stop, posting::Parcel};
use crate::{
    engine::{Edited, News},
    paging::Target,
    playbook::Contact,
    ports::Trouble,
    render::{self, Message},
};

/// How many of an owning group, or of those on call, are written to.
const READERS: usize = 5;
/// How far back a message of ours is looked for, from before a crash.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24 * 7);

impl Delivery {
    /// Tells the news of the playbook's file and of the settings', if there are any. What cannot be told now is told at the next
    /// look.
    pub async fn tell_of_files(&self) {
        for news in [self.engine.books().news(), self.engine.choices().news()].into_iter().flatten() {
            let key = news.key();
            match self.tell_news(&news).await {
                Ok(()) | Err(Stop::NotYet) => {}
                Err(Stop::Trouble(trouble)) => tracing::warn!(%trouble, key, "nobody was told of an edited file yet"),
                Err(Stop::Record(why)) => tracing::error!(%why, key, "nobody was told of an edited file yet"),
            }
        }
    }

    async fn tell_news(&self, news: &News) -> Result<(), Stop> {
        let choices = self.engine.choices();
        let message = match news.file {
            Edited::Playbook => render::playbook_news(self.engine.playbook(), &self.engine.books().in_force()),
            Edited::Settings => render::settings_news(news.what, &choices.problems(), &choices.waits()),
        };
        let mut told = 0;
        for reader in self.readers().await? {
            told += usize::from(self.say_news(&reader, &message, news).await?);
        }
        // The owner may have left, or never been named.
        if told == 0
            && let Some(channel) = &self.engine.settings().announce_channel
        {
            let channel = Target::Channel(channel.as_str().into());
            told += usize::from(self.say_news(&channel, &message, news).await?);
        }
        if told == 0 {
            tracing::warn!(
                key = news.key(),
                "nobody is told of an edited file: name an `owner` in the playbook who is in Slack"
            );
        }
        Ok(self.engine.told(news).await?)
    }

    /// Those of the owner who can be written to.
    async fn readers(&self) -> Result<Vec<Target>, Stop> {
        Ok(match &self.engine.playbook().owner {
            Some(Contact::User(user)) => vec![Target::Person(user.clone())],
            Some(Contact::Group(group)) => match self.chat.group_members(group).await {
                Ok(people) => people.into_iter().take(READERS).map(Target::Person).collect(),
                Err(Trouble::Refused(_)) => Vec::new(),
                Err(trouble) => return Err(trouble.into()),
            },
            Some(Contact::OnCall(name)) => match self.engine.settings().schedule(name) {
                Some(found) => {
                    let people = self.engine.on_call(&found.schedule.id, None, self.clock.now()).await?;
                    people.into_iter().take(READERS).map(Target::Person).collect()
                }
                None => Vec::new(),
            },
            Some(Contact::External(_)) | None => Vec::new(),
        })
    }

    /// Said there, now or before? `false` where Slack refuses it for good.
    async fn say_news(&self, to: &Target, message: &Message, news: &News) -> Result<bool, Stop> {
        match self.post_news(to, message, news).await {
            Err(Stop::Trouble(Trouble::Refused(code))) => {
                tracing::warn!(%code, "someone could not be told of an edited file");
                Ok(false)
            }
            said => said.map(|()| true),
        }
    }

    async fn post_news(&self, to: &Target, message: &Message, news: &News) -> Result<(), Stop> {
        let channel = self.conversation(to).await?;
        let since = self.clock.now().saturating_sub(LOOK_BACK).unwrap_or(jiff::Timestamp::MIN);
        let parcel = Parcel { key: news.key(), look: true, since, under: None };
        self.send_once(&parcel, &channel, message).await?;
        self.forget(news.key());
        Ok(())
    }
}
