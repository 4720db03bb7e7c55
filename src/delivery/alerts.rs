//! What people see of alerts, in lanes of their own.

use super::{
    Delivery,
    errand::Stop,
    posting::{Parcel, receipt},
};
use crate::{
    alert::Act,
    engine::{Showing, Shown, Taken},
    incident::Rejection,
    render::{self, Belongs, View},
    store::Job,
};

impl Delivery {
    pub(super) async fn work_of_alerts(&self, job: &Job, look: bool) -> Result<(), Stop> {
        let showing: Showing = job
            .body
            .read()
            .map_err(|e| Stop::Record(format!("job `{}` was written by another release: {e}", job.key)))?;
        match &showing.what {
            Shown::Message => self.show_alerts(job, showing.group, look).await,
            Shown::Refused { act, why } => self.tell_of_refused(job, showing.group, (act, why), look).await,
            Shown::Rule(act) => {
                self.engine.rule_alerts(showing.group, act).await?;
                self.end_aside(job, None).await
            }
        }
    }

    /// What a rule says of a group was refused: whoever reads alerts hears it, since an edit of the group's message rings nowhere.
    async fn tell_of_refused(
        &self,
        job: &Job,
        number: u64,
        (act, why): (&Act, &Rejection),
        look: bool,
    ) -> Result<(), Stop> {
        let settings = self.engine.settings();
        let channel = settings.alerts_channel.as_ref().or(settings.announce_channel.as_ref());
        let (Some(channel), Some((group, _))) = (channel, self.engine.alerts_to_show(number).await?) else {
            return self.end_aside(job, None).await;
        };
        let channel = self.configured(channel).await?;
        let w = View { playbook: self.engine.playbook(), settings, now: self.clock.now() };
        // Each time is a message of its own.
        let key = format!("{}/{}", job.key, job.id);
        let parcel = Parcel { key: &key, look, since: job.due, under: None };
        self.send_once(&parcel, &channel, &render::alerts_refused(w, &group, act, why)).await?;
        self.end_aside(job, None).await
    }

    /// The message of a group, as it stands, and what its incident must hear.
    async fn show_alerts(&self, job: &Job, number: u64, look: bool) -> Result<(), Stop> {
        // One that was forgotten meanwhile keeps its last message.
        let Some((group, taken)) = self.engine.alerts_to_show(number).await? else {
            return self.end_aside(job, None).await;
        };
        self.engine.tell_of_alerts(&group).await?;
        let settings = self.engine.settings();
        let channel = settings.alerts_channel.as_ref().or(settings.announce_channel.as_ref());
        let Some(channel) = channel else { return self.end_aside(job, None).await };
        let channel = self.configured(channel).await?;
        let parcel = Parcel { key: &job.key, look, since: group.at, under: None };
        // What was over before anybody saw it need not be seen.
        let is_seen =
            self.receipt(&job.key).await?.is_some() || look && self.sent_before(&parcel, &channel).await?.is_some();
        if !group.is_firing() && !is_seen {
            return self.end_aside(job, None).await;
        }
        let belongs = match &taken {
            Taken::Not(near) => Belongs::Nowhere(near.as_deref()),
            Taken::By(it) => Belongs::To(it),
            Taken::Hidden => Belongs::Somewhere,
            Taken::Dismissed => Belongs::Dismissed,
        };
        let w = View { playbook: self.engine.playbook(), settings, now: self.clock.now() };
        let posted = self.keep_shown(&parcel, &channel, &render::alerts(w, &group, belongs)).await?;
        self.end_aside(job, Some(receipt(&posted.at))).await
    }
}
