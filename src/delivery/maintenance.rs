//! What people are told of scheduled maintenance, in lanes of their own.

use super::{
    Delivery,
    errand::Stop,
    posting::{Parcel, receipt},
};
use crate::{
    engine::{Upkeep, UpkeepTold as Told},
    render::{View, maintenance as render},
    status::PostStatus,
    store::Job,
};

impl Delivery {
    pub(super) async fn tell_of_maintenance(&self, job: &Job, look: bool) -> Result<(), Stop> {
        let upkeep: Upkeep = job
            .body
            .read()
            .map_err(|e| Stop::Record(format!("job `{}` was written by another release: {e}", job.key)))?;
        let Some(post) = self.engine.maintenance(&upkeep.post).await? else { return self.end_aside(job, None).await };
        let (engine, now) = (&self.engine, self.clock.now());
        let w = View { playbook: engine.playbook(), settings: engine.settings(), now };
        let message = match upkeep.what {
            Told::Card => render::card(w, &post),
            Told::Near(_) if post.status == PostStatus::Scheduled => render::near(w, &post),
            Told::Over if !post.status.is_over() => render::over(w, &post),
            Told::Moved(due) => render::moved(w, &post, due),
            // It has changed before anybody could be told.
            Told::Near(_) | Told::Over => return self.end_aside(job, None).await,
        };
        let channel = match (&upkeep.to, engine.settings().announce_channel.as_deref()) {
            (Some(person), _) => self.chat.direct(person).await?,
            (None, Some(channel)) => self.configured(channel).await?,
            (None, None) => return self.end_aside(job, None).await,
        };
        let since = if upkeep.what == Told::Card { post.created_at } else { job.due };
        let parcel = Parcel { key: &job.key, look, since, under: None };
        let posted = match upkeep.what {
            Told::Card => self.keep_shown(&parcel, &channel, &message).await?,
            Told::Near(_) | Told::Over | Told::Moved(_) => self.send_once(&parcel, &channel, &message).await?,
        };
        self.end_aside(job, Some(receipt(&posted.at))).await
    }
}
