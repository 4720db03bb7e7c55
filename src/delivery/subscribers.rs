//! Subscribers of our own status page, told.
//!
//! A row of them is told one after the other, and after each mail that the server took it is recorded how far the row is: nobody whose mail
//! was recorded gets it again, and nobody is passed over. Who is not told at once has a lane of their own, where nobody waits for them:
//! programs, and mailboxes whose server asks for patience.

use jiff::SignedDuration;

use super::{
    Delivery,
    errand::Stop,
    retry::{self, Verdict},
};
use crate::{
    config::{Secret, StatusPageSettings},
    engine::{Posting, Whom, Word, mailing},
    ports::{Call, Mail, Trouble, Unsent},
    render::status::{About, LANGUAGES, Reading, Words, Written, notification, post_mail, subscription_mail},
    status::{Destination, Standing, Subscriber},
    store::{Finish, Job},
};

/// So many mails go out between two looks at what else there is to do.
const AT_ONCE: usize = 16;
/// So many subscribers are read at once.
const READ: usize = 256;
/// So long something is tried for one of them.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);
/// So often a row waits for a server that is about to take a mail and asks for patience; then that mail waits by itself.
const STUBBORN: u32 = 5;
/// So often a mail is sent again of which it is not known whether it was taken.
const DOUBTFUL: u32 = 2;

impl Delivery {
    /// Tells subscribers.
    pub(super) async fn work_of_subscribers(&self, job: &Job, tries: u32) -> Result<(), Stop> {
        let settings = self.engine.settings().status_page.clone();
        // They are not told any more: the settings changed.
        let Some(page) = settings.filter(|page| page.subscribers.is_some()) else {
            return self.end_aside(job, None).await;
        };
        match mailing(job)? {
            Whom::Row { fact, row, after } => self.tell_row(job, &page, (fact, row, after), tries).await,
            Whom::One { subscriber, word } => match self.engine.subscriber(subscriber).await? {
                Some(it) => self.tell_subscriber(job, &page, (&it, word), tries).await,
                None => self.end_aside(job, None).await,
            },
        }
    }

    /// Some of a row, from where it was left.
    async fn tell_row(
        &self,
        job: &Job,
        page: &StatusPageSettings,
        (fact, row, after): (u64, u64, u64),
        tries: u32,
    ) -> Result<(), Stop> {
        let Some(news) = self.engine.news_of(fact).await? else { return self.end_aside(job, None).await };
        let people = self.engine.subscribers_of(row, after, READ).await?;
        let Some(last) = people.last().map(|it| it.number) else { return self.end_aside(job, None).await };
        let (mut apart, mut sent, mut tries) = (Vec::new(), 0, tries);
        for it in people.iter().filter(|it| it.wants(&news.post, news.at)) {
            let by_itself = match &it.to {
                Destination::Webhook { .. } => true,
                Destination::Mail { .. } => self.engine.waits_for(it.number).await?,
            };
            if by_itself {
                apart.push(it.number);
                continue;
            }
            match self.mail_news(page, &news, it).await {
                Ok(()) => {}
                Err(Unsent::Theirs(Trouble::Refused(code))) => passed_over(job, it, &code),
                Err(Unsent::Theirs(_)) => apart.push(it.number),
                Err(Unsent::Later(_)) if tries >= STUBBORN => apart.push(it.number),
                Err(Unsent::Server(trouble) | Unsent::Later(trouble)) => {
                    if !apart.is_empty() {
                        self.engine.told_up_to(fact, row, before(it.number), &apart).await?;
                    }
                    return Err(trouble.into());
                }
            }
            self.engine.told_up_to(fact, row, it.number, &apart).await?;
            apart.clear();
            (sent, tries) = (sent + 1, 0);
            if sent == AT_ONCE {
                return Ok(());
            }
        }
        Ok(self.engine.told_up_to(fact, row, last, &apart).await?)
    }

    async fn tell_subscriber(
        &self,
        job: &Job,
        page: &StatusPageSettings,
        (it, word): (&Subscriber, Word),
        tries: u32,
    ) -> Result<(), Stop> {
        let told = match (word, &it.to) {
            (Word::Post(fact), to) => {
                let news = self.engine.news_of(fact).await?.filter(|news| it.wants(&news.post, news.at));
                let Some(news) = news else { return self.end_aside(job, None).await };
                match to {
                    Destination::Mail { .. } => self.mail_news(page, &news, it).await,
                    Destination::Webhook { url, secret, .. } => {
                        let address = url.words().zip(secret.words());
                        return self.call_of_news(job, page, (it, &news), address).await;
                    }
                }
            }
            (Word::Confirm, _) => self.mail_about(job, page, it, About::Confirm).await,
            (Word::Known, _) => self.mail_about(job, page, it, About::Known).await,
            (Word::Stopped, _) => self.mail_about(job, page, it, About::Stopped).await,
        };
        let (trouble, is_theirs) = match told {
            Ok(()) => return self.end_aside(job, None).await,
            Err(Unsent::Theirs(trouble)) => (trouble, true),
            Err(Unsent::Server(trouble) | Unsent::Later(trouble)) => (trouble, false),
        };
        let is_over = match retry::verdict(&trouble) {
            Verdict::Never => true,
            // It was taken as likely as not, each time.
            Verdict::Look => tries >= DOUBTFUL,
            Verdict::Again => is_theirs && self.is_out_of_patience(job),
        };
        if is_over {
            passed_over(job, it, &trouble.to_string());
            return self.end_aside(job, None).await;
        }
        Err(trouble.into())
    }

    /// Tells a program. One that does not answer for long is told nothing any more.
    async fn call_of_news(
        &self,
        job: &Job,
        page: &StatusPageSettings,
        (it, news): (&Subscriber, &Posting),
        address: Option<(&str, &str)>,
    ) -> Result<(), Stop> {
        let Some((url, secret)) = address else { return self.end_aside(job, None).await };
        let standing = self.engine.status_page().await?;
        let body = notification(self.read_by(page, it, &standing), &news.post, &manage(page, it));
        let allow_private = page.subscribers.as_ref().is_some_and(|subscribers| subscribers.private_webhooks);
        let (url, secret, key) = (Secret::new(url), Secret::new(secret), job.key.clone());
        let finish = || Finish { id: job.id, key: job.key.clone(), receipt: None, postpone: None };
        match self.reach.call(&Call { url, secret, body, key, allow_private }).await {
            Ok(()) => self.end_aside(job, None).await,
            Err(Trouble::Refused(code)) if code == "http_410" => {
                Ok(self.engine.forget_subscriber(it, finish()).await?)
            }
            Err(_) if self.is_out_of_patience(job) => Ok(self.engine.stop_subscription(it, finish()).await?),
            // Whatever it says now, somebody may be mending it.
            Err(Trouble::Refused(code)) => Err(Trouble::Unreachable(code).into()),
            Err(trouble) => Err(trouble.into()),
        }
    }

    fn is_out_of_patience(&self, job: &Job) -> bool {
        self.clock.now().duration_since(job.due) >= PATIENCE
    }

    fn read_by<'a>(&self, page: &'a StatusPageSettings, it: &Subscriber, standing: &'a Standing) -> Reading<'a> {
        let words = Words::of(&it.language).unwrap_or(LANGUAGES[0]);
        Reading { standing, settings: page, words, now: self.clock.now() }
    }

    async fn mail_news(&self, page: &StatusPageSettings, news: &Posting, it: &Subscriber) -> Result<(), Unsent> {
        let nothing = Standing::default();
        let update = news.post.updates.iter().find(|update| update.key == news.update);
        let Some(update) = update else { return Ok(()) };
        let manage = manage(page, it);
        let written = post_mail(self.read_by(page, it, &nothing), &news.post, (update, news.reminds), &manage);
        // Its subscriber's own: two who compare their mails find nothing that is the same.
        let key = |update: &str| format!("subscriber/{}/{}/{update}", it.number, news.post.id);
        let first = news.post.updates.first().filter(|first| first.key != update.key);
        let thread = first.map(|first| key(&first.key));
        // A reminder stands behind what it reminds of.
        let (thread, key) = if news.reminds {
            (thread.or_else(|| Some(key(&update.key))), key(&format!("{}/near", update.key)))
        } else {
            (thread, key(&update.key))
        };
        self.mail_to(it, written, (key, thread), Some(manage)).await
    }

    async fn mail_about(
        &self,
        job: &Job,
        page: &StatusPageSettings,
        it: &Subscriber,
        about: About,
    ) -> Result<(), Unsent> {
        let manage = manage(page, it);
        let nothing = Standing::default();
        let written = subscription_mail(self.read_by(page, it, &nothing), about, &manage);
        // Whoever asked for nothing has nothing to leave.
        let leave = (about != About::Confirm).then_some(manage);
        self.mail_to(it, written, (format!("{}/{}", job.key, job.id), None), leave).await
    }

    async fn mail_to(
        &self,
        it: &Subscriber,
        written: Written,
        (key, thread): (String, Option<String>),
        leave: Option<String>,
    ) -> Result<(), Unsent> {
        let Some(to) = it.to.mail().map(str::to_owned) else { return Ok(()) };
        let Written { subject, plain, html } = written;
        self.reach.mail(&Mail { to: vec![to], subject, plain, html, key, thread, leave }).await
    }
}

/// Where a subscription is changed and ended.
fn manage(page: &StatusPageSettings, it: &Subscriber) -> String {
    let base = page.url.as_deref().unwrap_or_default();
    format!("{base}/subscription/{}", it.token.words().unwrap_or_default())
}

/// Everybody before this one was told.
const fn before(number: u64) -> u64 {
    number.saturating_sub(1)
}

/// By number: addresses stand in no log.
fn passed_over(job: &Job, it: &Subscriber, why: &str) {
    tracing::warn!(job = job.key, subscriber = it.number, why, "a subscriber cannot be told");
}
