//! What people are told of customers' reports, in lanes of their own.

use super::{
    Delivery,
    errand::Stop,
    posting::{Parcel, receipt},
};
use crate::{
    engine::{Telling, Told},
    incident::MessageRef,
    render::{self, Message},
    store::Job,
};

impl Delivery {
    pub(super) async fn tell_of_report(&self, job: &Job, look: bool) -> Result<(), Stop> {
        let telling: Telling = job
            .body
            .read()
            .map_err(|e| Stop::Record(format!("job `{}` was written by another release: {e}", job.key)))?;
        let report = self.engine.report_to_tell(&telling).await?;
        let report = report.ok_or_else(|| Stop::Record(format!("job `{}` is about no report", job.key)))?;
        let waits = report.is_free() && report.acknowledged.is_none();
        let parcel = Parcel { key: &job.key, look, since: report.at, under: None };
        let posted = match &telling.what {
            Told::Came => {
                // What was never announced need not be any more.
                let message = render::report_came(&report, self.clock.now());
                self.at_desk(waits, &parcel, &message).await?
            }
            Told::Overdue => {
                let late = waits && report.is_overdue(self.clock.now());
                self.at_desk(late, &parcel, &render::report_overdue(&report)).await?
            }
            Told::Acknowledged(to) => {
                let channel = self.chat.direct(to).await?;
                Some(self.send_once(&parcel, &channel, &render::report_acknowledged(&report)).await?.at)
            }
        };
        self.end_aside(job, posted.as_ref().map(receipt)).await
    }

    /// Says it in the incidents channel, or shows it there as it stands; what is not `wanted` only where it was said already, perhaps by
    /// a process that did not live to say so.
    async fn at_desk(&self, wanted: bool, parcel: &Parcel<'_>, message: &Message) -> Result<Option<MessageRef>, Stop> {
        let Some(channel) = &self.engine.settings().announce_channel else { return Ok(None) };
        let channel = self.configured(channel).await?;
        let said = self.receipt(parcel.key).await?.is_some();
        if !wanted && !said && (!parcel.look || self.sent_before(parcel, &channel).await?.is_none()) {
            return Ok(None);
        }
        Ok(Some(self.keep_shown(parcel, &channel, message).await?.at))
    }
}
