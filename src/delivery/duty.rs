//! Who is asked to take a role, and who has what to do.

use super::{
    Delivery,
    errand::{Errand, Stop},
    posting::receipt,
};
use crate::{
    ids::UserId,
    incident::{
        Command, Incident, What,
        duty::{Ask, Fact, Several},
    },
    playbook::RoleId,
    render,
};

impl Delivery {
    /// Who is in the group that is asked to take a role?
    pub(super) async fn look_up_role_group(
        &self,
        it: &Errand,
        role: &RoleId,
        version: u32,
        group: &Several,
    ) -> Result<(), Stop> {
        let people = self.people_of(&it.whole, &group.clone().into()).await?;
        self.found_role_group(it, role, version, group, people, None).await
    }

    pub(super) async fn found_role_group(
        &self,
        it: &Errand,
        role: &RoleId,
        version: u32,
        group: &Several,
        people: Vec<UserId>,
        failed: Option<String>,
    ) -> Result<(), Stop> {
        let ask = Ask::FoundGroup { role: role.clone(), version, group: group.clone(), people, failed };
        self.report(it, None, Command::Duty(ask)).await
    }

    /// The words of the incident's open tasks, as they may be shown outside its room.
    pub(super) async fn outside_words_of_tasks(&self, it: &Incident) -> Result<render::TaskWords, Stop> {
        if it.is_secret() { Ok(render::TaskWords::new()) } else { Ok(self.engine.words_of_tasks(it).await?) }
    }

    /// A task and its buttons, as they stand, for the one who has it or had it.
    pub(super) async fn show_task(&self, it: &Errand, task: u32, seq: u64, to: &UserId, new: bool) -> Result<(), Stop> {
        let told_before = it.look || self.receipt(&it.job.key).await?.is_some();
        let theirs = it.incident.duty.task(task).is_some_and(|t| t.owner == *to);
        let wanted = told_before || (new && theirs);
        if !wanted {
            return self.end(it, None).await;
        }
        let What::Duty(Fact::TaskAdded { text, .. }) = self.event_of(it, seq).await?.what else {
            return Err(Stop::Record(format!("event {seq} of {} is no task", it.incident.id)));
        };
        let channel = self.chat.direct(to).await?;
        let message = render::task(&it.incident, task, to, &text);
        let posted = self.show(it, &channel, &message).await?;
        self.end(it, Some(receipt(&posted.at))).await
    }
}
