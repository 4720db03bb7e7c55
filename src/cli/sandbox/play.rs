//! `--play`: a sample incident that runs by itself, at a pace that people can watch.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, ensure};

use crate::sandbox::{Handle, SeenMessage};

/// How often it is looked for what a step must find.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How often at most.
const LOOKS: usize = 100;

/// Plays with a `pace` between two steps, and says on standard error if the play went wrong.
pub(super) async fn play(slack: Arc<Handle>, pace: Duration) {
    match incident(&slack, pace).await {
        Ok(()) => tracing::info!("the sample incident is over; the workspace is yours"),
        Err(error) => tracing::error!("the sample incident stopped: {error:#}"),
    }
    // The workspace goes on until it is stopped.
    std::future::pending::<()>().await;
}

async fn incident(slack: &Handle, pace: Duration) -> anyhow::Result<()> {
    tokio::time::sleep(pace).await;
    slack.act_as("bob").say("general", "Customers say they cannot pay. The checkout page shows an error.")?;
    step(slack, pace, "alice", "general", "/incident declare sev2 checkout is down").await?;
    let room = room(slack).await?;
    joined(slack, &room, "U0ALICE").await?;
    step(slack, pace, "alice", &room, "/incident page @bob").await?;
    let page = found(slack, || slack.dm("bob"), "Acknowledge").await?;
    tokio::time::sleep(pace).await;
    slack.act_as("bob").press(&page, "Acknowledge").await?;
    joined(slack, &room, "U0BOB").await?;
    for (who, typed) in [
        ("bob", "/incident note error rate went up at the 14:05 release"),
        ("alice", "/incident sev 1 no customer can pay"),
        ("bob", "/incident phase identified the new release cannot reach the payment service"),
        ("alice", "/incident role scribe @dave"),
        ("alice", "/incident update Payments fail for everyone. We are rolling back the last release."),
        ("bob", "/incident fix rolled back to the release of this morning"),
        ("alice", "/incident mitigate"),
        ("alice", "/incident resolve payments work again; watched for ten minutes"),
    ] {
        step(slack, pace, who, &room, typed).await?;
    }
    joined(slack, &room, "U0DAVE").await?;
    step(slack, pace, "dave", &room, "/incident summary").await
}

async fn step(slack: &Handle, pace: Duration, who: &str, channel: &str, typed: &str) -> anyhow::Result<()> {
    tokio::time::sleep(pace).await;
    let answer = slack.act_as(who).slash(channel, typed).await?;
    ensure!(answer.error.is_none(), "`{typed}` was answered with {:?}", answer.error);
    Ok(())
}

/// The room of the incident that was declared just now.
async fn room(slack: &Handle) -> anyhow::Result<String> {
    for _ in 0..LOOKS {
        let rooms = slack.channels().into_iter().filter(|c| c.name.starts_with("inc-") && !c.archived);
        if let Some(room) = rooms.max_by_key(|c| c.name.split('-').nth(1).and_then(|n| n.parse::<u64>().ok())) {
            return Ok(room.id);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    anyhow::bail!("no room appeared")
}

/// Waits until this person is in the room: only who is inside can type there.
async fn joined(slack: &Handle, room: &str, who: &str) -> anyhow::Result<()> {
    for _ in 0..LOOKS {
        if slack.find_channel(room).is_some_and(|c| c.members.iter().any(|member| member == who)) {
            return Ok(());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    anyhow::bail!("{who} did not get into the room")
}

/// The latest message with this button.
async fn found(slack: &Handle, look: impl Fn() -> Vec<SeenMessage>, button: &str) -> anyhow::Result<SeenMessage> {
    for _ in 0..LOOKS {
        if let Some(message) = look().into_iter().rev().find(|m| m.contains(button)) {
            return Ok(message);
        }
        slack.settled().await;
        tokio::time::sleep(LOOK_EVERY).await;
    }
    None.with_context(|| format!("no message with {button}"))
}
