//! People from outside: not brought into a need-to-know incident without a recorded engagement.

use super::{Door, dispatch::existing};
use crate::{
    engine::Refusal,
    ids::{IncidentId, UserId},
    incident::{
        Command, Rejection, access,
        case::{No, may_come},
    },
    paging::Target,
};

/// Whom a command brings in.
fn newcomers(command: &Command) -> Vec<&UserId> {
    match command {
        Command::Access(access::Ask::LetIn { who: to, .. })
        | Command::AssignRole { to, .. }
        | Command::OfferRole { to, .. } => vec![to],
        Command::StartPage { policy } => {
            let people = policy.steps.iter().flat_map(|s| &s.targets).filter_map(|target| match target {
                Target::Person(person) => Some(person),
                Target::Group(_)
                | Target::Channel(_)
                | Target::Schedule(_)
                | Target::Rotation { .. }
                | Target::Role(_)
                | Target::Service(_)
                | Target::Webhook(_)
                | Target::External(_) => None,
            });
            people.collect()
        }
        _ => Vec::new(),
    }
}

/// Refuses to bring in somebody who is from outside for certain, where the record has no engagement of theirs. Whoever may not
/// see the incident themselves is answered by the engine, before anyone is looked up; the room's own invitation looks again.
pub async fn gate(door: &Door, me: &UserId, id: Option<IncidentId>, command: &Command) -> Result<(), Refusal> {
    let people = newcomers(command);
    let (Some(id), false) = (id, people.is_empty()) else { return Ok(()) };
    let it = match existing(door, me, id).await {
        Ok(it) => it,
        Err(Refusal::Rejected { .. }) => return Ok(()),
        Err(refusal) => return Err(refusal),
    };
    for who in people.into_iter().filter(|who| !may_come(&it, who)) {
        if door.people.is_outside(who).await {
            let why = Rejection::Case(No::NoEngagement(who.clone()));
            return Err(Refusal::Rejected { why, incident: Some(it) });
        }
    }
    Ok(())
}
